{
  description = "Published Rust programs that share their libraries";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
  inputs.dyrust.url = "github:dyrust/dyrust";
  inputs.dyrust.inputs.nixpkgs.follows = "nixpkgs";

  outputs =
    { dyrust, ... }:
    dyrust.lib.forSystems (
      lib:
      let
        fleet = lib.buildFleet { src = ./.; };
      in
      {
        packages = fleet.packages // {
          default = fleet.grouped;
        };
        checks = fleet.packages;
      }
    );
}
