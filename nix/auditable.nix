# auditable graph id: what a program is made of, as cargo-auditable's section `.dep-v0` says it: the packages of all that is in it
# or built it, each with the indexes of those that it needs (https://github.com/rust-secure-code/cargo-auditable, PARSING.md).
graph: id:
let
  isForHost = unit: unit.host or false || unit.kind or "lib" == "proc-macro";
  # A unit may be part of the program and of what builds it; as the former it counts.
  state = build: id: {
    key = if build then "${id} " else id;
    inherit build;
    unit = graph.units.${id};
  };
  below =
    { build, unit, ... }:
    map (used: state (build || isForHost graph.units.${used}) used) unit.dependencies
    ++ (if unit ? build then [ (state true unit.build) ] else [ ]);
  reached = builtins.genericClosure {
    startSet = [ (state false id) ];
    operator = below;
  };
  # Sorted by name and version, as the graph's keys are by the name.
  keyOf = { unit, ... }: "${unit.package.name} ${unit.package.version} ${sourceOf unit.package}";
  byPackage = builtins.groupBy keyOf reached;
  keys = builtins.attrNames byPackage;
  numbers = builtins.listToAttrs (
    builtins.genList (number: {
      name = builtins.elemAt keys number;
      value = number;
    }) (builtins.length keys)
  );
  sourceOf =
    package:
    if package ? git then
      "git"
    else if package ? registry then
      "registry"
    else if package ? sha256 || package ? vendored then
      "crates.io"
    else
      "local";
  root = keyOf (builtins.head reached);
  describe =
    key:
    let
      units = byPackage.${key};
      inherit ((builtins.head units).unit) package;
      needed = builtins.groupBy keyOf (builtins.concatMap below units);
      dependencies = map (key: numbers.${key}) (builtins.attrNames (builtins.removeAttrs needed [ key ]));
    in
    {
      inherit (package) name version;
      source = sourceOf package;
    }
    // (if builtins.all (unit: unit.build) units then { kind = "build"; } else { })
    // (if dependencies == [ ] then { } else { inherit dependencies; })
    // (if key == root then { root = true; } else { });
in
{
  packages = map describe keys;
}
