# ownEnvironment { pkgs, build, isCross, overrides } unit: the variables that the user's overrides set for a unit's package: rustc sees them, too
# (`env!`), and not the package's build script alone.
{
  pkgs,
  # The package set of the host.
  build,
  isCross,
  overrides,
}:
let
  of =
    set: package:
    (builtins.foldl' (all: name: all // import ./overrideOf.nix overrides set name) { } (
      import ./overrideNames.nix package
    )).environment or { };
in
unit:
of (
  if isCross && unit.host or (unit.kind or "lib" == "proc-macro") then build else pkgs
) unit.package
