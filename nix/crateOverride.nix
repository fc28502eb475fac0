# crateOverride { pkgs, overrides } package: what overrides change of a crate itself:
#   src              its source in the place of the one that the graph pins: a folder, or a .crate file
#   patches          applied to its source, `-p1` from its folder
#   postPatch        shell commands after them, in its folder
#   rustflags        further arguments of rustc for its libraries and programs of the target
#   hardeningEnable, hardeningDisable   how its build script has C code compiled
{ pkgs, overrides }:
let
  none = {
    src = null;
    patches = [ ];
    postPatch = "";
    rustflags = [ ];
    hardeningEnable = [ ];
    hardeningDisable = [ ];
  };
  overrideOf = import ./overrideOf.nix overrides pkgs;
in
package:
builtins.intersectAttrs none (
  builtins.foldl' (all: name: all // overrideOf name) none (import ./overrideNames.nix package)
)
