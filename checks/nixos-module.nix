# The NixOS module puts a fleet's programs into a system, in each form. Where the package set has nixpkgs' library its module system evaluates
# it, else the little of that which the module uses.
lib:
let
  inherit (lib) pkgs;
  module = import ../nix/nixosModule.nix;
  settings = {
    open.src = ../packages;
    closed = {
      src = ../packages;
      graph = "coreutils-fleet.json";
      form = "image";
    };
  };

  # Options are functions from what is set to the value.
  little = {
    mkOption = option: option;
    literalExpression = text: text;
    types = {
      path = "path";
      str = "str";
      raw = "raw";
      enum = _values: "enum";
      submodule = module: module;
      attrsOf = type: type;
    };
  };
  evaluatedByLittle =
    let
      result = module {
        inherit pkgs;
        lib = little;
        config.dyrust.fleets = builtins.mapAttrs (
          _name: set:
          builtins.mapAttrs (
            option: declared: set.${option} or declared.default
          ) result.options.dyrust.fleets.type.options
        ) settings;
      };
    in
    result.config;
  evaluatedByNixpkgs =
    (pkgs.lib.evalModules {
      modules = [
        module
        {
          options.environment.systemPackages = pkgs.lib.mkOption { default = [ ]; };
          # Where there are options, nothing stands beside them and `config`.
          config = {
            _module.args = { inherit pkgs; };
            dyrust.fleets = settings;
          };
        }
      ];
    }).config;
  config = if pkgs ? lib.evalModules then evaluatedByNixpkgs else evaluatedByLittle;

  fleet =
    name: graph:
    lib.buildFleet {
      inherit name;
      src = ../packages;
      graph = ../packages + "/${graph}";
    };
  wanted = [
    (lib.mkImage {
      name = "closed-image";
      form = "image";
      programs = builtins.attrValues (fleet "closed" "coreutils-fleet.json").packages;
    }).drvPath
    (fleet "open" "fleet.json").environment.drvPath
  ];
  found = map (package: package.drvPath) config.environment.systemPackages;
  # Only names: nothing of the fleets is built for this.
  text = list: builtins.unsafeDiscardStringContext (builtins.concatStringsSep " " list);
in
if found == wanted then
  pkgs.runCommand "check-nixos-module" { } "touch $out"
else
  throw "dyrust: the NixOS module gives ${text found}, not ${text wanted}"
