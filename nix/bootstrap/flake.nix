{
  description = "A package set with nixpkgs' attribute names, for machines that cannot reach nixpkgs";

  # nixw copies this folder into its state folder, beside the pins of the machine's own packages, and gives the copy to
  # Nix as the `nixpkgs` input. It is no part of dyrust's own flake.
  outputs =
    { self }:
    let
      set = system: {
        name = system;
        value = import ./default.nix { inherit system; };
      };
    in
    {
      # Only the machine's own system can be built. The others are there because `nix flake check` evaluates them all.
      legacyPackages = builtins.listToAttrs (
        map set [
          "x86_64-linux"
          "aarch64-linux"
        ]
      );
    };
}
