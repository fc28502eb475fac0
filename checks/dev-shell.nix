# In the shell of a project with a native library cargo builds, lints and formats it, as the checks do: all that they have is there.
lib:
let
  folder = ./fixtures/dev-shell;
  shell = (lib.buildGraph { src = folder; }).devShell;
  # nixpkgs has the standard library's source apart, for editors.
  withSource =
    (import ../nix/mkLib.nix (
      lib.pkgs
      // {
        rustPlatform = lib.pkgs.rustPlatform or { } // {
          rustLibSrc = folder;
        };
      }
    )).buildGraph
      { src = folder; };
in
assert withSource.devShell.attributes.RUST_SRC_PATH == "${folder}";
lib.pkgs.runCommand "check-dev-shell" shell.attributes ''
  cp -R ${folder} project
  chmod -R u+w project
  cd project
  export CARGO_HOME=$PWD/cargo
  cargo build --offline
  [ "$(target/debug/dev-shell)" = "$(cat expected)" ]
  cargo clippy --offline -- -Dwarnings
  cargo fmt --check
  touch $out
''
