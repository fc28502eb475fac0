{
  description = "Rust programs that share their libraries: Cargo.lock in, one dylib derivation a crate out";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs =
    { nixpkgs, ... }:
    let
      dyrust = import ./nix;
      forSystems = dyrust.forSystems { inherit (nixpkgs) legacyPackages; };
      app = program: {
        default = {
          type = "app";
          program = "${program}/bin/dyrust";
          meta = removeAttrs program.meta [ "outputsToInstall" ];
        };
      };
      outputs = forSystems (lib: rec {
        packages = import ./packages lib;
        apps = app packages.dyrust;
        checks = import ./checks { inherit lib packages; };
        formatter = packages.nixfmt_rs;
        devShells.default = (lib.buildGraph { src = ./.; }).devShell;
        # Too long for `nix flake check`, or not a test.
        legacyPackages = import ./packages/whole.nix { inherit lib packages; };
      });
      # What there is where no programs are made: macOS.
      elsewhere = builtins.mapAttrs (_system: pkgs: rec {
        packages.default = packages.dyrust;
        packages.dyrust = import ./packages/portable.nix pkgs;
        apps = app packages.dyrust;
        devShells.default = dyrust.toolShell pkgs { };
      }) (dyrust.onlyTools nixpkgs.legacyPackages);
      also = name: outputs.${name} // builtins.mapAttrs (_system: output: output.${name}) elsewhere;
    in
    {
      lib = {
        inherit (dyrust) mkLib;
        inherit forSystems;
        mkFlake = dyrust.mkFlake { inherit (nixpkgs) legacyPackages; };
      };
      overlays.default = dyrust.overlay;
      nixosModules = {
        default = dyrust.nixosModule;
        coreutils = dyrust.coreutilsModule;
      };
      flakeModules.default = dyrust.flakeModule;
      templates = {
        default = {
          path = ./templates/default;
          description = "A workspace of two libraries and a program that shares them";
        };
        workspace = {
          path = ./templates/workspace;
          description = "A program, a macro, a library with C and one with files above its folder, with tests";
        };
        service = {
          path = ./templates/service;
          description = "A server with TLS and SQLite: program, container, service of NixOS, with tests";
        };
        cross = {
          path = ./templates/cross;
          description = "A program for x86_64 and, built there, for aarch64";
        };
        fleet = {
          path = ./templates/fleet;
          description = "Published programs that share their libraries";
        };
      };
    }
    // outputs
    // {
      packages = also "packages";
      apps = also "apps";
      devShells = also "devShells";
    };
}
