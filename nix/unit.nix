# unit { … } id unit: the derivation that builds one unit (docs/node-outputs.md says what goes in and what comes out).
{
  system,
  builder,
  toolchain,
}:
nodeInput: _id: unit:
let
  input = nodeInput unit;
  isLibrary = unit.kind or "lib" == "lib" && !(unit.test or false);
  isMacro = unit.kind or "lib" == "proc-macro" && !(unit.test or false);
  onlyForCompiling = isMacro || isLibrary && input.unit.linkage == "rlib";
in
derivation (
  input
  // {
    name = import ./unitName.nix unit;
    inherit system;
    builder = "${builder}";
    __structuredAttrs = true;
    outputs =
      if onlyForCompiling then
        [ "dev" ]
      else
        [
          "out"
          "dev"
        ];
    outputChecks.out.disallowedReferences = [
      toolchain.rustc
      toolchain.cc
      toolchain.sysroot
    ];
  }
)
