# overridesFor unit: the native libraries, tools and variables that a unit is given. A build script is given those of its own package, of
# every library inside of it (bindgen's users need libclang), and of the packages whose `links` it depends on; any other unit those of its
# own package. A package is found by the names of overrideNames.nix. The user's overrides are stronger than those of nix/overrides, key by key;
# each may be a function of the package set: of the target's, or for what runs during builds of the host's.
{
  pkgs,
  # The package set of the host.
  build,
  isCross,
  overrides,
  graph,
}:
let
  none = {
    tools = [ ];
    libraries = [ ];
    runtimeLibraries = [ ];
    environment = { };
  };

  # The overrides with the packages of one set.
  of =
    set:
    let
      ours = import ./overrides set;
      overrideOf = import ./overrideOf.nix overrides set;
      override = name: ours.${name} or { } // overrideOf name;
      # Keyed by what it was found under, so that a script that reaches one package by two ways gets its override once.
      own =
        package:
        let
          found = builtins.filter (name: ours ? ${name} || overrides ? ${name}) (
            import ./overrideNames.nix package
          );
        in
        if found == [ ] then
          { }
        else
          { ${builtins.head found} = builtins.foldl' (all: name: all // override name) none found; };
      # Every unit of the host once, however many ways lead to it.
      reached = builtins.mapAttrs (
        _id: unit: builtins.foldl' (found: id: found // reached.${id}) (own unit.package) unit.dependencies
      ) graph.units;
    in
    {
      inherit own reached;
    };
  target = of pkgs;
  host = if isCross then of build else target;
  # What a script is made of is linked by libraries of the host, which the scripts of those crates name; it shall not find them in the place
  # of the target's.
  withoutLibraries = builtins.mapAttrs (_name: override: override // { libraries = [ ]; });
in
unit:
let
  forHost = unit.host or (unit.kind or "lib" == "proc-macro");
  side = if forHost then host else target;
  own = side.own unit.package;
  inside = builtins.foldl' (found: id: found // side.reached.${id}) { } unit.dependencies;
  # A script that is told of other native libraries by their scripts may compile against their headers.
  told = builtins.foldl' (found: id: found // side.own graph.units.${id}.package) { } (
    unit.metadata or [ ]
  );
in
if unit.kind or "lib" != "build" then
  own
else
  (if isCross && !forHost then withoutLibraries inside else inside) // told // own
