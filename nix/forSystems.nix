# forSystems { legacyPackages, systems } make: flake outputs for every system; `make` gets that system's functions and gives
# { packages, checks, … } without the system, as a flake of one system would. `dyrust.lib.forSystems` has the package sets of the flake's
# nixpkgs already, and takes `make` alone.
{
  # Package sets by their system, as nixpkgs' flake has them.
  legacyPackages,
  # The systems that dyrust knows, unless fewer are wanted.
  systems ? import ./linuxSystems.nix,
}:
make:
let
  mkLib = import ./mkLib.nix;
  outputs = builtins.listToAttrs (
    map (system: {
      name = system;
      value = make (
        mkLib (
          legacyPackages.${system}
            or (throw "dyrust: there is no package set for ${system}, which `systems` names")
        )
      );
    }) systems
  );
  # The names are the same on every system; asking the first one keeps the others unevaluated.
  names = builtins.attrNames outputs.${builtins.head systems};
in
if !builtins.isFunction make then
  throw "dyrust: forSystems takes a function: forSystems (lib: { packages.default = …; })"
else
  builtins.listToAttrs (
    map (name: {
      inherit name;
      value = builtins.mapAttrs (
        system: output:
        output.${name}
          or (throw "dyrust: forSystems: there are `${name}` for ${builtins.head systems}, and none for ${system}; give each system the same outputs, empty ones if need be")
      ) outputs;
    }) names
  )
