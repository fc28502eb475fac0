# forSystems { legacyPackages, systems } make: flake outputs for every system; `make` gets that system's functions and gives
# { packages, checks, … } without the system, as a flake of one system would. `dyrust.lib.forSystems` has the package sets of the flake's
# nixpkgs already, and takes `make` alone.
{
  # Package sets by their system, as nixpkgs' flake has them.
  legacyPackages,
  # The systems that dyrust knows, unless fewer are wanted.
  systems ? [
    "x86_64-linux"
    "aarch64-linux"
  ],
}:
make:
let
  mkLib = import ./mkLib.nix;
  outputs = builtins.listToAttrs (
    map (system: {
      name = system;
      value = make (mkLib legacyPackages.${system});
    }) systems
  );
  # The names are the same on every system; asking the first one keeps the others unevaluated.
  names = builtins.attrNames outputs.${builtins.head systems};
in
builtins.listToAttrs (
  map (name: {
    inherit name;
    value = builtins.mapAttrs (_system: output: output.${name}) outputs;
  }) names
)
