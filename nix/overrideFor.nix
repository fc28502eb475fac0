# overrideFor package: the native libraries, tools and variables that a package's build script is given: by its `links` key, else by
# its name. The user's overrides are stronger than those of nix/overrides; each may be a function of the package set.
{ pkgs, overrides }:
let
  all = import ./overrides pkgs // overrides;
  none = {
    tools = [ ];
    libraries = [ ];
    environment = { };
  };
  value = override: if builtins.isFunction override then override pkgs else override;
in
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
# Keyed by what it was found under, so that a script that reaches one package by two ways gets its override once.
builtins.listToAttrs (
  map (name: {
    inherit name;
    value = none // value all.${name};
  }) found
)
