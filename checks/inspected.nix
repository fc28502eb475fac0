# What every fixture is at run time, a folder each; `checks/regenerate --expected` copies it to the fixtures.
lib:
let
  fixtures = import ./fixtures lib;
in
lib.pkgs.linkFarm "inspected" (
  map (name: {
    inherit name;
    path = fixtures.${name}.inspected;
  }) (builtins.filter (name: fixtures.${name}.inspected != null) (builtins.attrNames fixtures))
)
