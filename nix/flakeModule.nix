# The module for flake-parts: `perSystem.dyrust.src = ./.;` gives what mkFlake gives, beside the other outputs of the flake. It takes the package
# set that `perSystem` has as `pkgs`.
{ lib, flake-parts-lib, ... }:
{
  options.perSystem = flake-parts-lib.mkPerSystemOption (
    { config, pkgs, ... }:
    let
      settings = config.dyrust;
      function = lib.mkOption {
        type = lib.types.functionTo lib.types.raw;
        default = _pkgs: { };
        description = "As mkFlake has it.";
      };
      outputs = import ./workspaceOutputs.nix (import ./mkLib.nix pkgs) {
        inherit (settings)
          src
          default
          toolchain
          arguments
          ;
        graph = settings.src + "/${settings.graph}";
      };
      # What there is one of gives way to what the flake, or another of its modules, says.
      weak =
        all:
        all // builtins.mapAttrs (_name: lib.mkDefault) (builtins.intersectAttrs { default = null; } all);
    in
    {
      options.dyrust = {
        src = lib.mkOption {
          type = lib.types.nullOr lib.types.path;
          default = null;
          description = "The workspace's folder; null for none.";
        };
        graph = lib.mkOption {
          type = lib.types.str;
          default = "crate-graph.json";
          description = "The graph's file in that folder, as `dyrust import` wrote it.";
        };
        default = lib.mkOption {
          type = lib.types.nullOr lib.types.str;
          default = null;
          description = "The program that `nix build` and `nix run` take if they are told nothing.";
        };
        toolchain = function;
        arguments = function;
      };
      config = lib.mkIf (settings.src != null) (
        outputs
        // {
          packages = weak outputs.packages;
          apps = weak outputs.apps;
          devShells = weak outputs.devShells;
          formatter = lib.mkDefault outputs.formatter;
        }
      );
    }
  );
}
