# overridesFor unit: the native libraries, tools and variables that a unit is given. A build script is given those of its own package, of
# every library inside of it (bindgen's users need libclang), and of the packages whose `links` it depends on; any other unit those of its
# own package. A package is found by its `links` key, else by its name. The user's overrides are stronger than those of nix/overrides; each
# may be a function of the package set.
{
  pkgs,
  overrides,
  graph,
}:
let
  all = import ./overrides pkgs // overrides;
  none = {
    tools = [ ];
    libraries = [ ];
    environment = { };
  };
  value = override: if builtins.isFunction override then override pkgs else override;

  # Keyed by what it was found under, so that a script that reaches one package by two ways gets its override once.
  own =
    package:
    let
      found =
        if package ? links && all ? ${package.links} then
          [ package.links ]
        else if all ? ${package.name} then
          [ package.name ]
        else
          [ ];
    in
    builtins.listToAttrs (
      map (name: {
        inherit name;
        value = none // value all.${name};
      }) found
    );

  # Every unit of the host once, however many ways lead to it.
  reached = builtins.mapAttrs (
    _id: unit: builtins.foldl' (found: id: found // reached.${id}) (own unit.package) unit.dependencies
  ) graph.units;
in
unit:
if unit.kind or "lib" != "build" then
  own unit.package
else
  builtins.foldl' (found: id: found // reached.${id}) (
    # A script that is told of other native libraries by their scripts may compile against their headers.
    builtins.foldl' (found: id: found // own graph.units.${id}.package) (own unit.package) (
      unit.metadata or [ ]
    )
  ) unit.dependencies
