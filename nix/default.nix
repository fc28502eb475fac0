# The table of contents: every function that dyrust's flake offers, one a file. `mkLib pkgs` ties together those that need packages.
let
  checked = import ./checked.nix;
  # By its file, so that it may be imported by several modules of a system, and messages say where an option is from. (Nix 2.8 checks that a
  # flake's module is a set or a function.)
  module = file: {
    _file = file;
    imports = [ file ];
  };
in
{
  mkLib = import ./mkLib.nix;
  forSystems = checked "forSystems" (import ./forSystems.nix);
  mkFlake = context: checked "mkFlake" (import ./mkFlake.nix context);
  onlyTools = import ./onlyTools.nix;
  toolShell = import ./toolShell.nix;
  overlay = import ./overlay.nix;
  nixosModule = module ./nixosModule.nix;
  coreutilsModule = module ./coreutilsModule.nix;
  flakeModule = ./flakeModule.nix;
}
