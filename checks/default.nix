# The flake's checks: the sample, every fixture in a folder of its own, and rules of the Nix side that no fixture shows.
{ lib, packages }:
let
  # What a user's flake offers as checks of a workspace: lints and documentation of the sample's members.
  sampleChecks = (lib.buildGraph { src = ../templates/default; }).checks;
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
builtins.listToAttrs (
  map (name: {
    name = "sample-${name}";
    value = sampleChecks.${name};
  }) (builtins.attrNames sampleChecks)
)
// builtins.listToAttrs (map fixture (builtins.filter isFixture (builtins.attrNames folders)))
// {
  sample = import ./sample.nix { inherit lib; };
  ripgrep = import ./smoke.nix lib.pkgs "ripgrep" packages.ripgrep;
  builder = import ./builder.nix lib.pkgs;
  staleness = import ./staleness.nix lib.pkgs;
}
