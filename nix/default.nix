# The table of contents: every function that dyrust's flake offers, one a file. `mkLib pkgs` ties together those that need packages.
let
  checked = import ./checked.nix;
in
{
  mkLib = import ./mkLib.nix;
  forSystems = checked "forSystems" (import ./forSystems.nix);
  mkFlake = context: checked "mkFlake" (import ./mkFlake.nix context);
  onlyTools = import ./onlyTools.nix;
  toolShell = import ./toolShell.nix;
  overlay = import ./overlay.nix;
  nixosModule = import ./nixosModule.nix;
  coreutilsModule = import ./coreutilsModule.nix;
  flakeModule = ./flakeModule.nix;
}
