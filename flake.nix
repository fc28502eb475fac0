{
  description = "Rust programs that share their libraries: Cargo.lock in, one dylib derivation a crate out";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs =
    { nixpkgs, ... }:
    let
      dyrust = import ./nix;
      forSystems = dyrust.forSystems { inherit (nixpkgs) legacyPackages; };
    in
    {
      lib = {
        inherit (dyrust) mkLib;
        inherit forSystems;
        mkFlake = dyrust.mkFlake { inherit (nixpkgs) legacyPackages; };
      };
      overlays.default = dyrust.overlay;
      nixosModules.default = dyrust.nixosModule;
      templates = {
        default = {
          path = ./templates/default;
          description = "A workspace of two libraries and a program that shares them";
        };
        fleet = {
          path = ./templates/fleet;
          description = "Published programs that share their libraries";
        };
      };
    }
    // forSystems (lib: rec {
      packages = import ./packages lib;
      apps.default = {
        type = "app";
        program = "${packages.dyrust}/bin/dyrust";
      };
      checks = import ./checks { inherit lib packages; };
      formatter = packages.nixfmt_rs;
      devShells.default = (lib.buildGraph { src = ./.; }).devShell;
      # Too long for `nix flake check`, or not a test.
      legacyPackages = import ./packages/whole.nix { inherit lib packages; };
    });
}
