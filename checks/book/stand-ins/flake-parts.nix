# flake-parts' `lib.mkFlake { inputs } module`, with the options of its own that the book uses. `perSystem` is evaluated with the package set
# of the input nixpkgs.
{ inputs }:
module:
let
  evaluate = import ./evaluate-modules.nix;
  base =
    { lib, ... }:
    {
      options = {
        systems = lib.mkOption { type = lib.types.listOf lib.types.str; };
        perSystem = lib.mkOption { type = modules; };
      };
    };
  # Modules of one place are all of them.
  modules = {
    name = "modules";
    merge = _place: definitions: definitions;
  };
  # Options of the outputs, each weaker than what the modules declare.
  outputs =
    { lib, ... }:
    {
      options =
        builtins.mapAttrs
          (
            _name: type:
            lib.mkOption {
              inherit type;
              default = { };
            }
          )
          {
            packages = lib.types.attrsOf lib.types.package;
            checks = lib.types.attrsOf lib.types.package;
            devShells = lib.types.attrsOf lib.types.package;
            legacyPackages = lib.types.attrsOf lib.types.raw;
            apps = lib.types.attrsOf lib.types.raw;
          }
        // {
          formatter = lib.mkOption { type = lib.types.package; };
        };
    };
  # As flake-parts has it: options of `perSystem` are modules of it.
  declared =
    evaluate
      {
        inherit inputs;
        flake-parts-lib.mkPerSystemOption = module: {
          isOption = true;
          inherit module;
        };
      }
      [
        base
        module
      ];
  inherit (declared) config;
  perSystemModules =
    builtins.concatMap (
      option: if option ? module then [ option.module ] else [ ]
    ) declared.options.perSystem.declarations
    ++ config.perSystem;
  ofSystem =
    system:
    (evaluate { pkgs = inputs.nixpkgs.legacyPackages.${system}; } ([ outputs ] ++ perSystemModules))
    .config;
in
builtins.zipAttrsWith (_name: builtins.foldl' (sum: each: sum // each) { }) (
  map (
    system:
    builtins.mapAttrs (_name: value: { ${system} = value; }) (
      removeAttrs (ofSystem system) [ "dyrust" ]
    )
  ) config.systems
)
