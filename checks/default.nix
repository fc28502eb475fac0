# The flake's checks: the sample, every fixture in a folder of its own, and rules of the Nix side that no fixture shows.
{ lib, packages }:
let
  folders = builtins.readDir ./.;
  isFixture =
    name: folders.${name} == "directory" && builtins.pathExists (./. + "/${name}/crate-graph.json");
  fixture = name: {
    inherit name;
    value = import ./fixture.nix lib {
      inherit name;
      folder = ./. + "/${name}";
    };
  };
in
builtins.listToAttrs (map fixture (builtins.filter isFixture (builtins.attrNames folders)))
// {
  sample = import ./sample.nix { inherit lib; };
  ripgrep = import ./smoke.nix lib.pkgs "ripgrep" packages.ripgrep;
  staleness = import ./staleness.nix lib.pkgs;
}
