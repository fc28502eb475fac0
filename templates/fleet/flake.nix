{
  description = "Published Rust programs that share their libraries";

  inputs.dyrust.url = "flake:dyrust";

  outputs =
    { dyrust, ... }:
    dyrust.lib.forSystems (
      lib:
      let
        fleet = lib.buildFleet { src = ./.; };
      in
      {
        packages = fleet.packages // {
          default = fleet.environment;
        };
        checks = fleet.packages;
      }
    );
}
