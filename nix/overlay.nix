# The overlay: `dyrust` (the program, with the functions as its attribute `lib`) and `libstd-rust` in any package set.
final: prev:
let
  lib = import ./mkLib.nix final;
in
{
  dyrust = (lib.buildGraph { src = ../.; }).packages.dyrust // {
    inherit lib;
  };
  inherit (lib) libstd-rust;
}
