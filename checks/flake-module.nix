# The module for flake-parts gives what mkFlake gives, and the overlay has the program and the functions. flake-parts itself is not at hand:
# in its place stands the little of it, and of nixpkgs' library, that the module uses.
lib:
let
  inherit (lib) pkgs;
  inherit (pkgs.stdenv.hostPlatform) system;
  little = {
    mkOption = option: option;
    mkDefault = value: value;
    mkIf = condition: value: if condition then value else { };
    types = {
      path = "path";
      str = "str";
      raw = "raw";
      nullOr = type: type;
      functionTo = type: type;
    };
  };
  perSystem =
    settings:
    let
      module =
        (import ../nix/flakeModule.nix {
          lib = little;
          flake-parts-lib.mkPerSystemOption = module: module;
        }).options.perSystem;
      result = module {
        inherit pkgs;
        config.dyrust = builtins.mapAttrs (
          name: declared: settings.${name} or declared.default
        ) result.options.dyrust;
      };
    in
    result.config;

  ours = perSystem { src = ../templates/default; };
  flake = (import ../nix).mkFlake { legacyPackages.${system} = pkgs; } {
    src = ../templates/default;
  };
  # What `dyrust init` writes for a workspace without a program: there was no default package, and there were no checks.
  libraries = (import ../nix).mkFlake { legacyPackages.${system} = pkgs; } {
    src = ./fixtures/library-only;
  };
  kinds = builtins.map (name: builtins.head (builtins.split "-" name)) (
    builtins.attrNames libraries.checks.${system}
  );
  lacking = builtins.filter (kind: !(builtins.elem kind kinds)) [
    "test"
    "doctest"
    "clippy"
    "doc"
    "fmt"
  ];

  # Only names: nothing is built for this.
  paths =
    outputs:
    builtins.mapAttrs (_name: package: builtins.unsafeDiscardStringContext package.drvPath) outputs;
  same = kind: paths ours.${kind} == paths flake.${kind}.${system};
  different = builtins.filter (kind: !(same kind)) [
    "packages"
    "checks"
    "devShells"
    "legacyPackages"
  ];

  overlaid = import ../nix/overlay.nix pkgs pkgs;
  changed = overlaid.dyrust.overrideAttrs { meta.priority = 1; };
  sampleOf = functions: (functions.buildGraph { src = ../templates/default; }).default.drvPath;
in
if perSystem { } != { } then
  throw "dyrust: the module for flake-parts has outputs without a workspace"
else if lacking != [ ] then
  throw "dyrust: a workspace of a library has no checks ${builtins.concatStringsSep ", " lacking}"
else if !(builtins.tryEval libraries.packages.${system}.default.drvPath).success then
  throw "dyrust: a workspace of a library has no default package"
else if different != [ ] then
  throw "dyrust: the module for flake-parts has other ${builtins.concatStringsSep ", " different} than mkFlake"
else if
  sampleOf overlaid.dyrust.lib != sampleOf lib || overlaid.dyrust.meta.mainProgram != "dyrust"
then
  throw "dyrust: the overlay has other functions than mkLib, or not the program"
# An output of the program was called `lib`, too.
else if
  !(changed.lib ? buildGraph) || !((overlaid.dyrust.override { debug = true; }).lib ? buildGraph)
then
  throw "dyrust: a changed program of the overlay has no functions"
else
  pkgs.runCommand "check-flake-module" { } "touch $out"
