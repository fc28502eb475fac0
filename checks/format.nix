# All Nix files are as nixfmt writes them; nixfmt is itself one of the programs that dyrust builds.
{ pkgs, nixfmt }:
let
  isNix = path: type: type == "directory" || builtins.match ".*\\.nix" (baseNameOf path) != null;
  source = builtins.path {
    name = "nix-files";
    path = ../.;
    filter =
      path: type:
      isNix path type
      && !(builtins.elem (baseNameOf path) [
        ".git"
        "target"
      ]);
  };
in
pkgs.runCommand "check-format" { } ''
  find ${source} -name '*.nix' -print0 | xargs -0 ${nixfmt}/bin/nixfmt --check
  touch $out
''
