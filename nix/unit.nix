# unit { … } { nodeInput, debug, … } id unit: the derivation that builds one unit (docs/node-outputs.md says what goes in and what comes out).
{
  system,
  builder,
  toolchain,
}:
{
  nodeInput,
  # Whether libraries and programs have an output `debug`, with what debuggers look up.
  debug,
  # Whether outputs have paths that are made of what is in them.
  contentAddressed,
  # id → node → the pinned copy of what programs load of a node, or null (pins.nix).
  pinOf ? _id: _node: null,
  # unit → the pinned outputs below it (pinnedBelow.nix).
  pinnedBelow ? _unit: [ ],
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
  # One of some size has its code in an output `lib`, and is a stub over that.
  isProgram = unit.kind or "lib" == "bin" && !(unit.test or false) && input.unit.linkage == "dylib";
  onlyForCompiling = isMacro || isLibrary && input.unit.linkage == "rlib" && !isForC;

  common = {
    name = import ./unitName.nix unit;
    inherit system;
    builder = "${builder}";
    __structuredAttrs = true;
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
  // (
    if contentAddressed then
      {
        __contentAddressed = true;
        outputHashMode = "recursive";
        outputHashAlgo = "sha256";
      }
    else
      { }
  );
  build =
    input:
    derivation (
      input
      // common
      // {
        outputs =
          if onlyForCompiling then
            [ "dev" ]
          else
            [
              "out"
              "dev"
            ]
            ++ (if isProgram then [ "lib" ] else [ ])
            ++ (if debug && !isScript then [ "debug" ] else [ ]);
      }
    );

  # What it is without any pins: pins are made of that.
  plain = build input // {
    unitId = input.unit.id;
    loaded = if isProgram then plain.lib else plain.out;
  };
  isShared = isLibrary && !onlyForCompiling && !isForC;
  isPinnable = isShared || isProgram;
  pinned = if isPinnable then pinOf id plain else null;

  below = if isLibrary || isMacro || isScript then [ ] else map toString (pinnedBelow unit);
  # A program whose code is pinned: its list alone is made anew.
  stub =
    derivation (
      input
      // common
      // {
        outputs = [ "out" ];
        unit = input.unit // {
          action = "stub";
        };
        program = "${plain.dev}";
        code = "${pinned}";
        pinned = below;
      }
    )
    // {
      inherit (plain) dev unitId;
    }
    // (if debug then { inherit (plain) debug; } else { });
  node =
    if isProgram && pinned != null then
      stub
    else if below == [ ] then
      plain
    else
      build (input // { pinned = below; });
in
node
// {
  inherit isPinnable;
  # The copy of what programs load of it, as `dyrust pin` pinned it.
  pinned = if isShared then pinned else null;
}
