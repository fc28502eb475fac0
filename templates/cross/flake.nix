{
  description = "A program for x86_64 and, built there, for aarch64";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
  inputs.dyrust.url = "github:dyrust/dyrust";
  inputs.dyrust.inputs.nixpkgs.follows = "nixpkgs";

  outputs =
    { nixpkgs, dyrust, ... }:
    let
      native = dyrust.lib.mkFlake {
        src = ./.;
        systems = [ "x86_64-linux" ];
      };
      pkgs = nixpkgs.legacyPackages.x86_64-linux;
      # Compilers that run on x86_64, and what they make runs on aarch64.
      pkgsCross = pkgs.pkgsCross.aarch64-multiplatform;
      lib = dyrust.lib.mkLib pkgsCross;
      workspace = lib.buildGraph { src = ./.; };
      emulator = pkgsCross.stdenv.hostPlatform.emulator pkgsCross.buildPackages;
    in
    native
    // {
      packages.x86_64-linux = native.packages.x86_64-linux // {
        aarch64 = workspace.default;
        # One file over the C library alone.
        aarch64-static = lib.mkStatic workspace.default;
        # What an emulator prints of it.
        aarch64-run = pkgs.runCommand "aarch64-run" { } ''
          ${emulator} ${workspace.default}/bin/hello-cross > $out
        '';
      };
    };
}
