# specifiedOutputs derivation: the derivation with outputs that say of themselves that they were chosen, as those of nixpkgs' packages do.
# Without that Nix since 2.10 builds `out` where somebody asks for `.#NAME.dev` (InstallableFlake::toDerivedPaths).
derivation:
let
  names = [
    "out"
    "dev"
    "lib"
    "debug"
  ];
in
derivation
// builtins.mapAttrs (_name: output: output // { outputSpecified = true; }) (
  builtins.intersectAttrs (import ./asSet.nix names) derivation
)
