# fleet-folders lib fixtures: the members of fixtures/fleet.toml, each a workspace in a folder of its own below the fleet's, print what is
# expected of them alone, in the dynamic and in the grouped form. (rustc started in the fleet's folder: messages had other paths, and the lock,
# and what a build script names from the workspace's folder, were not found.)
lib: fixtures:
let
  inherit (lib) pkgs;
  fleet = lib.buildFleet { src = ./fixtures; };
  members = builtins.attrNames (builtins.fromTOML (builtins.readFile ./fixtures/fleet.toml)).programs;
  printedBy =
    built: builtins.concatStringsSep "" (map (name: fixtures.${name}.printedBy built) members);
in
pkgs.runCommand "check-fleet-folders" { } ''
  ${printedBy fleet.environment}
  ${printedBy fleet.grouped}
  touch $out
''
