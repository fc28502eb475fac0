# The NixOS module: fleets of programs in a system.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  fleet = {
    options = {
      src = lib.mkOption {
        type = lib.types.path;
        description = "The folder of the fleet file and its graph.";
      };
      graph = lib.mkOption {
        type = lib.types.str;
        default = "fleet.json";
        description = "The graph's file in that folder, as `dyrust fleet import` wrote it.";
      };
      form = lib.mkOption {
        type = lib.types.enum [
          "dynamic"
          "grouped"
          "image"
          "static"
        ];
        default = "grouped";
        description = ''
          "grouped": the fleet is linked again into programs of at most eight files each, by who uses what; with `dyrust pin` what an update
          leaves as it was keeps its path. "dynamic": a shared object a crate, which other fleets and programs can share. "image": the fleet is
          linked again into small programs and one or a few shared objects, for a closed system. "static": each program alone.
        '';
      };
      overrides = lib.mkOption {
        type = lib.types.attrsOf lib.types.raw;
        default = { };
        description = "Native libraries for -sys crates, as buildGraph has them.";
      };
    };
  };
in
{
  options.dyrust.fleets = lib.mkOption {
    type = lib.types.attrsOf (lib.types.submodule fleet);
    default = { };
    description = "Fleets whose programs are on everyone's PATH.";
    example = lib.literalExpression "{ tools.src = ./tools; }";
  };

  config.environment.systemPackages = builtins.attrValues (
    builtins.mapAttrs (import ./fleetPackage.nix pkgs) config.dyrust.fleets
  );
}
