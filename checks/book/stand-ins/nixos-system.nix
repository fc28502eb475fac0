# nixpkgs' `lib.nixosSystem { system, modules }`, with two of its options.
{ legacyPackages }:
{ system, modules }:
let
  base =
    { lib, ... }:
    {
      options.environment.systemPackages = lib.mkOption {
        type = lib.types.listOf lib.types.package;
        default = [ ];
      };
      options.nixpkgs.overlays = lib.mkOption {
        type = lib.types.listOf lib.types.raw;
        default = [ ];
      };
    };
  evaluated = import ./evaluate-modules.nix {
    pkgs = legacyPackages.${system}.appendOverlays evaluated.config.nixpkgs.overlays;
  } ([ base ] ++ modules);
in
evaluated
