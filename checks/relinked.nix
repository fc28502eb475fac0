# relinked lib FORM: the programs of all fixtures, linked again in a form, print what the fixtures expect. They are one closed set, but for
# those whose name another fixture has, too: these are further sets. "separate" is the grouped form with objects that may be outputs of their own,
# as with pins. There an object more costs nothing, so that the code of the smallest program is one: while these stayed whole, larger ones
# with pins unwound in spite of `panic = "abort"`, did not find C++'s library, or had the compiler's `cbrt` in the place of libm's.
lib: form:
let
  separate = [
    "--separate"
    "--cost=${builtins.toFile "cost.json" (builtins.toJSON { microsecondsPerObject = 0; })}"
  ];
  inherit (lib) pkgs;
  folders = builtins.readDir ./fixtures;
  has = name: file: builtins.pathExists (./fixtures + "/${name}/${file}");
  # A file `dynamic-only` says why a fixture is left out; where there are `failures`, something is not to be built.
  fixtures = builtins.filter (
    name:
    folders.${name} == "directory"
    && has name "crate-graph.json"
    && !(has name "dynamic-only" || has name "failures")
  ) (builtins.attrNames folders);

  programsOf =
    fixture:
    let
      programs = (lib.buildGraph { src = ./fixtures + "/${fixture}"; }).packages;
      names = builtins.attrNames programs;
    in
    map (name: {
      inherit name fixture;
      program = programs.${name};
      expected = if builtins.length names == 1 then "expected" else "expected.${name}";
    }) names;
  # One folder holds all programs of a set, so that of one name only one can be in it.
  byName = builtins.groupBy (entry: entry.name) (builtins.concatMap programsOf fixtures);
  most = builtins.foldl' (
    most: list: if builtins.length list > most then builtins.length list else most
  ) 0 (builtins.attrValues byName);
  # Of each name the first, then the second, …
  rounds = builtins.genList (
    number:
    map (list: builtins.elemAt list number) (
      builtins.filter (list: builtins.length list > number) (builtins.attrValues byName)
    )
  ) most;
  arguments =
    fixture:
    if has fixture "arguments" then builtins.readFile (./fixtures + "/${fixture}/arguments") else "";
  runAll =
    entries:
    let
      set = lib.mkImage {
        name = "fixtures-${form}";
        form = if form == "separate" then "grouped" else form;
        arguments = if form == "separate" then separate else [ ];
        programs = map (entry: entry.program) entries;
      };
    in
    builtins.concatStringsSep "" (map (run set) entries);
  # All that differ are told, not the first alone.
  run = set: entry: ''
    if ! ${set}/bin/${entry.name} ${arguments entry.fixture} > stdout; then
      echo "${form}: ${entry.name} of ${entry.fixture} failed" >&2
      differ="$differ ${entry.name}"
    elif ! diff -u ${./fixtures + "/${entry.fixture}/${entry.expected}"} stdout; then
      echo "${form}: ${entry.name} does not print what checks/fixtures/${entry.fixture}/${entry.expected} says" >&2
      differ="$differ ${entry.name}"
    fi
  '';
in
pkgs.runCommand "check-relinked-${form}" { } ''
  differ=
  ${builtins.concatStringsSep "" (map runAll rounds)}
  if [ -n "$differ" ]; then
    echo "${form}:$differ" >&2
    exit 1
  fi
  touch $out
''
