{
  description = "Rust programs that share their libraries: Cargo.lock in, one dylib derivation a crate out";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs =
    { self, nixpkgs }:
    let
      dyrust = import ./nix;
      systems = [
        "x86_64-linux"
        "aarch64-linux"
      ];
      forSystems =
        make:
        builtins.listToAttrs (
          map (system: {
            name = system;
            value = make nixpkgs.legacyPackages.${system};
          }) systems
        );
    in
    {
      lib = {
        inherit (dyrust) mkLib;
      };
      overlays.default = dyrust.overlay;
      templates.default = {
        path = ./templates/default;
        description = "A workspace of two libraries and a program that shares them";
      };
      packages = forSystems (pkgs: import ./nix/packages.nix { inherit pkgs dyrust; });
      checks = forSystems (
        pkgs:
        import ./checks {
          inherit pkgs dyrust;
          packages = self.packages.${pkgs.stdenv.hostPlatform.system};
        }
      );
    };
}
