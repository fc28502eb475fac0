# A program of a package with several finds the others beside its own file, where Cargo puts them: rga of ripgrep_all starts rga-preproc so.
lib:
let
  inherit (lib) pkgs;
  all = (lib.buildGraph { src = ./fixtures/siblings; }).default;
in
pkgs.runCommand "check-siblings" { } ''
  said=$(${all}/bin/front back) || {
    echo "$said; beside it:" >&2
    ls -l ${all}/bin >&2
    exit 1
  }
  [ "$said" = back ]
  touch $out
''
