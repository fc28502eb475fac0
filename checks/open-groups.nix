# open-groups lib: groups that keep all that their crates show: two sets of programs that use other functions of the same crates have the same
# object. Without `open` they have not.
lib:
let
  inherit (lib) pkgs;
  inherit (lib.buildGraph { src = ./fixtures/for-programs-alone; }) packages;
  set =
    open: names:
    lib.mkImage {
      name = "open-groups";
      form = "grouped";
      # Objects apart, as none is pinned yet: they refer to no path of the set.
      arguments = [ "--separate" ];
      inherit open;
      programs = map (name: packages.${name}) names;
    };
  sets = open: {
    first = set open [
      "count"
      "start"
    ];
    second = set open [
      "run"
      "start"
    ];
  };
  closed = sets false;
  open = sets true;
in
pkgs.runCommand "check-open-groups" { } ''
  test "$(${open.first}/bin/count)" = "1 1"
  test "$(${open.second}/bin/start)" = "$(${closed.second}/bin/start)"
  objects() { (cd "$1" && cat libstd/lib/*.so | sha256sum); }
  test "$(objects ${open.first})" = "$(objects ${open.second})"
  test "$(objects ${closed.first})" != "$(objects ${closed.second})"
  touch $out
''
