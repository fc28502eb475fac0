# formatCheck { pkgs, needs } src: the check `fmt-workspace`, what `cargo fmt --all --check` says of a workspace. It is made again when a file
# of Rust or TOML changes, or a link, which may lead to one; no other.
{ pkgs, needs }:
src:
let
  isBuildFolder = import ./isBuildFolder.nix;
  isNeeded =
    file: type:
    type == "directory" && baseNameOf file != ".git" && !(isBuildFolder file)
    || type == "symlink"
    || builtins.match ".*[.](rs|toml)" file != null;
  source = builtins.path {
    name = "rust-files";
    path = src;
    filter = isNeeded;
  };
in
{
  fmt-workspace =
    pkgs.runCommand "fmt-workspace"
      {
        nativeBuildInputs = [
          needs.cargo
          needs.rustc
          needs.rustfmt
        ];
      }
      ''
        export CARGO_HOME=$PWD/cargo
        cargo fmt --all --check --manifest-path ${source}/Cargo.toml || {
          echo 'dyrust: the workspace is not formatted: run `cargo fmt --all` (or `nix fmt`, where mkFlake made the flake)' >&2
          exit 1
        }
        touch $out
      '';
}
