# The fleets that lie beside this file, by their names: NAME.toml says what is in them, NAME.json is their graph.
lib:
let
  files = builtins.filter (name: builtins.match ".*\\.toml" name != null) (
    builtins.attrNames (builtins.readDir ./.)
  );
in
builtins.listToAttrs (
  map (
    file:
    let
      name = builtins.substring 0 (builtins.stringLength file - 5) file;
    in
    {
      inherit name;
      value = lib.buildFleet {
        inherit name;
        src = ./.;
        graph = ./. + "/${name}.json";
      };
    }
  ) files
)
