# action { … } unit: a derivation that does something else with a unit than building it: `name` is "run" (its tests, built already as
# `program`), "doctest", "clippy" or "doc"; `arguments` go to the program that does it, which finds `tools`.
{
  system,
  builder,
  clippy,
  # What runs the target's programs where they are not the host's.
  emulator,
}:
nodeInput:
{
  name,
  arguments ? [ ],
  program ? null,
  # Packages whose programs are on its PATH.
  tools ? [ ],
  # Further variables.
  environment ? { },
}:
unit:
let
  input = nodeInput unit;
in
derivation (
  input
  // {
    name = "${import ./unitName.nix unit}-${name}";
    inherit
      system
      arguments
      program
      emulator
      ;
    builder = "${builder}";
    __structuredAttrs = true;
    outputs = [ "out" ];
    tools = map toString tools;
    environment = input.environment // environment;
    unit = input.unit // {
      action = name;
    };
    # Only here: no crate is built anew when clippy changes.
    toolchain = input.toolchain // (if name == "clippy" then { clippy = "${clippy}"; } else { });
  }
)
