# The table of contents: every function that dyrust's flake offers, one a file. `mkLib pkgs` ties together those that need packages.
{
  mkLib = import ./mkLib.nix;
  forSystems = import ./forSystems.nix;
  mkFlake = import ./mkFlake.nix;
  onlyTools = import ./onlyTools.nix;
  toolShell = import ./toolShell.nix;
  overlay = import ./overlay.nix;
  nixosModule = import ./nixosModule.nix;
  coreutilsModule = import ./coreutilsModule.nix;
  flakeModule = ./flakeModule.nix;
}
