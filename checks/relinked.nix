# relinked lib FORM: the programs of all fixtures as one closed set, linked again in a form, print what the fixtures expect.
lib: form:
let
  inherit (lib) pkgs;
  folders = builtins.readDir ./.;
  has = name: file: builtins.pathExists (./. + "/${name}/${file}");
  program = name: (lib.buildGraph { src = ./. + "/${name}"; }).default;
  # Fixtures with one program that has their name: one folder holds all programs of a set. A file `dynamic-only` says why one is left out.
  fixtures = builtins.filter (
    name:
    folders.${name} == "directory"
    && has name "crate-graph.json"
    && has name "expected"
    && !(has name "dynamic-only")
    && (program name).pname == name
  ) (builtins.attrNames folders);
  set = lib.mkImage {
    name = "fixtures-${form}";
    inherit form;
    programs = map program fixtures;
  };
  arguments =
    name: if has name "arguments" then builtins.readFile (./. + "/${name}/arguments") else "";
  run = name: ''
    ${set}/bin/${name} ${arguments name} > stdout || {
      echo "${form}: ${name} failed with $?" >&2
      exit 1
    }
    diff -u ${./. + "/${name}/expected"} stdout || {
      echo "${form}: ${name} does not print what checks/${name}/expected says" >&2
      exit 1
    }
  '';
in
pkgs.runCommand "check-relinked-${form}" { } ''
  ${builtins.concatStringsSep "" (map run fixtures)}
  touch $out
''
