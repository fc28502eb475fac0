{
  description = "A package set with nixpkgs' attribute names, for machines that cannot reach nixpkgs";

  # nixw copies this folder into its state folder, beside the pins of the machine's own packages, and gives the copy to
  # Nix as the `nixpkgs` input. It is no part of dyrust's own flake.
  outputs =
    { self }:
    let
      pins = builtins.fromJSON (builtins.readFile ./pins.json);
    in
    {
      legacyPackages.${pins.system} = import ./default.nix { inherit pins; };
    };
}
