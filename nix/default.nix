# The table of contents: every function of dyrust's Nix side, one a file. `mkLib pkgs` ties them together.
{
  mkLib = import ./mkLib.nix;
  overlay = import ./overlay.nix;
}
