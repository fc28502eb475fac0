# The flakes that blocks of the book name: dyrust and nixpkgs themselves, with what the package set that nixw makes has not, and in the place of
# others the little of them that the book uses.
{ nixpkgs, dyrust }:
let
  packages = import ./packages.nix;
  # nixpkgs' own counts wherever it is there.
  withPackages = set: set.extend (final: before: packages final // before);
  self = {
    nixpkgs = nixpkgs // {
      legacyPackages = builtins.mapAttrs (_system: withPackages) nixpkgs.legacyPackages;
      lib = {
        nixosSystem = import ./nixos-system.nix { inherit (self.nixpkgs) legacyPackages; };
      }
      // nixpkgs.lib or { };
    };
    dyrust =
      dyrust
      // (import "${dyrust}/flake.nix").outputs {
        self = self.dyrust;
        inherit (self) nixpkgs;
      };
    flake-parts.lib.mkFlake = import ./flake-parts.nix;
    rust-overlay.lib.mkRustBin = import ./rust-overlay.nix;
  };
in
self
