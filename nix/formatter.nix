# formatter { pkgs, needs }: what `nix fmt` runs in a workspace's folder. Nix before 2.25 names the folder `.` where the user names nothing.
{ pkgs, needs }:
pkgs.writeShellScriptBin "fmt" ''
  export PATH=${needs.rustfmt}/bin:${needs.cargo}/bin:${needs.rustc}/bin''${PATH:+:$PATH}
  if [ $# -eq 0 ] || [ "$*" = . ]; then
    exec cargo fmt --all
  fi
  exec rustfmt "$@"
''
