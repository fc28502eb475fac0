# The overlay: `dyrust` (the program, with the functions as its attribute `lib`) and `libstd-rust` in any package set.
final: prev:
let
  lib = import ./mkLib.nix final;
  # The functions stay where somebody changes the program: it has an output `lib`, too.
  withFunctions =
    program:
    program
    // {
      inherit lib;
      override = arguments: withFunctions (program.override arguments);
      overrideAttrs = change: withFunctions (program.overrideAttrs change);
    };
in
{
  dyrust = withFunctions (lib.buildGraph { src = ../.; }).packages.dyrust;
  inherit (lib) libstd-rust;
}
