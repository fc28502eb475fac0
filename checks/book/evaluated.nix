# evaluated { nixpkgs, dyrust, system } file: how many derivations a Nix block of the book defines, each of them evaluated.
#
# What it may name, beside `builtins`: `dyrust` and `nixpkgs`, the flakes; `pkgs`, the package set; `lib`, dyrust's functions for it. A block that
# is a whole flake is called with the inputs that it declares. In the place of flakes and packages that are not at hand stand those of stand-ins/.
{
  nixpkgs,
  dyrust,
  system,
}:
let
  stand-ins = import ./stand-ins { inherit nixpkgs dyrust; };
  pkgs = stand-ins.nixpkgs.legacyPackages.${system};
  scope = {
    inherit (stand-ins) nixpkgs dyrust;
    inherit pkgs;
    lib = stand-ins.dyrust.lib.mkLib pkgs;
  };
  outputsOf = import ./outputs-of.nix {
    inherit stand-ins;
    own = (import ../../flake.nix).inputs;
  };

  # All derivations of a value.
  count =
    value:
    if builtins.isList value then
      builtins.foldl' (sum: each: sum + count each) 0 value
    else if !builtins.isAttrs value then
      builtins.seq value 0
    else if value ? drvPath then
      builtins.seq value.drvPath 1
    # A flake, and a system of NixOS.
    else if value ? outputs && value ? inputs then
      count (outputsOf value)
    else if value ? config.environment.systemPackages then
      count value.config.environment.systemPackages
    # What buildGraph gives has that only where it was asked for.
    else
      count (builtins.attrValues (removeAttrs value [ "debugInformation" ]));
in
file: count (builtins.scopedImport scope file)
