{
  description = "What the bootstrap package set promises, as builds; run by ./test";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs =
    { nixpkgs, ... }:
    let
      forSystem = system: {
        name = system;
        value = import ./packages.nix nixpkgs.legacyPackages.${system};
      };
      systems = [
        "x86_64-linux"
        "aarch64-linux"
      ];
    in
    {
      packages = builtins.listToAttrs (map forSystem systems);
    };
}
