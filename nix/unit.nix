# unit { … } { nodeInput, debug } id unit: the derivation that builds one unit (docs/node-outputs.md says what goes in and what comes out).
{
  system,
  builder,
  toolchain,
}:
{
  nodeInput,
  # Whether libraries and programs have an output `debug`, with what debuggers look up.
  debug,
  # id → node → the pinned output of a library, or null (pins.nix).
  pinOf ? _id: _node: null,
}:
id: unit:
let
  input = nodeInput unit;
  isLibrary = unit.kind or "lib" == "lib" && !(unit.test or false);
  isMacro = unit.kind or "lib" == "proc-macro" && !(unit.test or false);
  isScript = unit.kind or "lib" == "build";
  isTest =
    unit.test or false
    || builtins.elem (unit.kind or "lib") [
      "test"
      "bench"
    ];
  isForC = input.unit ? cType;
  onlyForCompiling = isMacro || isLibrary && input.unit.linkage == "rlib" && !isForC;
  node = derivation (
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
          ]
          ++ (if debug && !isScript then [ "debug" ] else [ ]);
      # What a build script leaves may well say how it was made: Makefiles name the compiler. That is for compiling alone.
      # A test may start Cargo.
      outputChecks.out.disallowedReferences =
        if isScript || isTest then
          [ ]
        else
          [
            toolchain.rustc
            toolchain.cc
            toolchain.sysroot
          ];
    }
  );
  isShared = isLibrary && !onlyForCompiling && !isForC;
  named = node // {
    unitId = input.unit.id;
  };
in
named
// {
  # Whether programs load it, and its output as `dyrust pin` pinned it.
  inherit isShared;
  pinned = if isShared then pinOf id named else null;
}
