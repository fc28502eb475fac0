# The NixOS module `coreutils`: uutils' coreutils, every utility as a program of its own, before those that NixOS puts into a system (which has
# them with a lower priority). The programs are those of packages/coreutils-fleet.toml.
{
  config,
  lib,
  pkgs,
  ...
}:
{
  options.dyrust.coreutils.form = lib.mkOption {
    type = lib.types.enum [
      "dynamic"
      "grouped"
      "image"
      "static"
    ];
    default = "image";
    description = ''
      As of `dyrust.fleets`; "image" is the smallest, and the quickest to start (docs/fleets.md).
    '';
  };

  config.environment.systemPackages = [
    (import ./fleetPackage.nix pkgs "coreutils" {
      src = ../packages;
      graph = "coreutils-fleet.json";
      inherit (config.dyrust.coreutils) form;
    })
  ];
}
