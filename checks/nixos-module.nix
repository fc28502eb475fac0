# The NixOS modules put a fleet's programs into a system, in each form, and uutils' coreutils as one program each. Where the package set has nixpkgs' library its module system evaluates
# it, else the little of that which the module uses.
lib:
let
  inherit (lib) pkgs;
  inherit (pkgs.stdenv.hostPlatform) system;
  module = import ../nix/nixosModule.nix;
  coreutils = import ../nix/coreutilsModule.nix;
  settings = {
    usual.src = ../packages;
    open = {
      src = ../packages;
      form = "dynamic";
    };
    # It was the name of a derivation.
    "an odd name" = {
      src = ../packages;
      form = "dynamic";
    };
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
      utilities = coreutils {
        inherit pkgs;
        lib = little;
        config.dyrust.coreutils.form = utilities.options.dyrust.coreutils.form.default;
      };
    in
    result.config.environment.systemPackages ++ utilities.config.environment.systemPackages;
  evaluatedByNixpkgs =
    (pkgs.lib.evalModules {
      modules = [
        module
        coreutils
        {
          options.environment.systemPackages = pkgs.lib.mkOption { default = [ ]; };
          # Where there are options, nothing stands beside them and `config`.
          config = {
            _module.args = { inherit pkgs; };
            dyrust.fleets = settings;
          };
        }
      ];
    }).config.environment.systemPackages;
  packages = if pkgs ? lib.evalModules then evaluatedByNixpkgs else evaluatedByLittle;

  fleet =
    name: graph:
    lib.buildFleet {
      inherit name;
      src = ../packages;
      graph = ../packages + "/${graph}";
    };
  utilities =
    name:
    (lib.mkImage {
      name = "${name}-image";
      form = "image";
      programs = builtins.attrValues (fleet name "coreutils-fleet.json").packages;
    }).drvPath;
  # Modules are merged in no order that counts.
  sorted = builtins.sort builtins.lessThan;
  wanted = sorted [
    (utilities "closed")
    (utilities "coreutils")
    (fleet "an-odd-name" "fleet.json").environment.drvPath
    (fleet "open" "fleet.json").environment.drvPath
    (fleet "usual" "fleet.json").grouped.drvPath
  ];
  found = sorted (map (package: package.drvPath) packages);
  # The module of the template `service`.
  service =
    (import ../templates/service/module.nix { packages.${system}.default = "/visits"; } {
      pkgs.stdenv.hostPlatform = { inherit system; };
      lib = little // {
        mkIf = holds: value: if holds then value else { };
        mkEnableOption = text: text;
        types = little.types // {
          package = "package";
        };
      };
      config.services.visits = {
        enable = true;
        package = "/visits";
        listen = "0.0.0.0:80";
      };
    }).config.systemd.services.visits.serviceConfig.ExecStart;
  wantedService = "/visits/bin/visits --listen 0.0.0.0:80 --database /var/lib/visits/visits.sqlite";

  # Only names: nothing of the fleets is built for this.
  text = list: builtins.unsafeDiscardStringContext (builtins.concatStringsSep " " list);
  # Pins of a flake's fleet were of another build than those that the module asks for, by the fleet's name alone.
  pinned = name: (fleet name "fleet.json").grouped.pins.pins.objects.build;
  # Two modules of a system could not import one: the option was declared twice.
  offered = import ../nix;
  isByFile =
    offered.nixosModule.imports == [ ../nix/nixosModule.nix ]
    && offered.coreutilsModule.imports == [ ../nix/coreutilsModule.nix ];
in
if pinned "fleet" != pinned "usual" then
  throw "dyrust: pins of a fleet's groups are not for the same fleet by another name"
else if !isByFile then
  throw "dyrust: a module of the flake is not by its file"
else if service != wantedService then
  throw "dyrust: the template's module starts `${service}`, not `${wantedService}`"
else if found == wanted then
  pkgs.runCommand "check-nixos-module" { } "touch $out"
else
  throw "dyrust: the NixOS module gives ${text found}, not ${text wanted}"
