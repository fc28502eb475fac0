# The overlay: `dyrust` (the functions) and `libstd-rust` in any package set.
final: prev:
let
  dyrust = import ./mkLib.nix final;
in
{
  inherit dyrust;
  inherit (dyrust) libstd-rust;
}
