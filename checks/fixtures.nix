# The fixtures, by name: the template's own folder, and every folder here that has a graph.
lib:
let
  folders = builtins.readDir ./.;
  isFixture =
    name: folders.${name} == "directory" && builtins.pathExists (./. + "/${name}/crate-graph.json");
  names = builtins.filter isFixture (builtins.attrNames folders);
in
builtins.listToAttrs (
  map (name: {
    inherit name;
    value = import ./fixture.nix lib {
      inherit name;
      folder = ./. + "/${name}";
    };
  }) names
)
// {
  sample = import ./fixture.nix lib {
    name = "sample";
    folder = ../templates/default;
    expectations = ./sample;
  };
}
