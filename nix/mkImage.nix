# mkImage { programs, … }: a closed set of programs, linked again from the objects of their nodes (docs/relinker.md).
{
  needs,
  toolchain,
  builder,
  # The package of dyrust-link.
  linker,
}:
{
  # The name in the store.
  name ? "image",
  # Programs of buildGraph; all of one toolchain.
  programs,
  # "image": what several programs use is in few shared objects. "grouped": in at most seven a program, by who uses it. "trim": a shared object a crate. "static": each program alone.
  form ? "image",
  # Of the grouped form: the file of the shared objects' hashes, which `dyrust pin` writes; it need not be there yet. Each object, and the code
  # of each larger program, is then an output of its own, which keeps its path as long as it is the same bytes.
  pins ? null,
  # Of the grouped form: whether the shared objects keep all that their crates show to others, and not only what the programs use. They stay the
  # same when programs come and go over the same crates, and are larger.
  open ? false,
  # An output `debug`, which holds symbols and debug information.
  debug ? false,
  # Further arguments of dyrust-link, such as "--icf=none".
  arguments ? [ ],
}:
let
  node =
    program:
    let
      inner = program.unwrapped or program;
    in
    if inner ? dev then
      "${inner.dev}"
    else
      throw "dyrust: ${name}: ${
        program.name or "something in `programs`"
      } is no program of buildGraph or buildFleet: list those of their `packages`";
  nodes =
    if programs == [ ] then
      throw "dyrust: ${name} has no programs: list at least one in `programs`"
    else
      map node programs;
  lld =
    if needs.lld != null then
      needs.lld
    else
      throw "dyrust: ${name} is linked with lld, and mkLib was given `lld = null`";
  linkedAs =
    name: more:
    derivation {
      inherit name;
      inherit (needs) system;
      outputs = [ "out" ] ++ (if debug then [ "debug" ] else [ ]);
      builder = "${linker}/bin/dyrust-link";
      args = [
        form
        "--quiet"
        "--out=${builtins.placeholder "out"}"
        "--cc=${needs.cc}/bin/${needs.targetPrefix}cc"
        "--objcopy=${needs.bintools}/bin/${needs.targetPrefix}objcopy"
        "--lld=${lld}"
      ]
      ++ (
        if !open then
          [ ]
        else if form == "grouped" then
          [ "--open" ]
        else
          throw "dyrust: ${name}: `open` is of the grouped form, not of \"${form}\""
      )
      ++ (if debug then [ "--debug=${builtins.placeholder "debug"}" ] else [ ])
      ++ more
      ++ arguments
      ++ nodes;
      # The C compiler looks for its assembler and linker there.
      PATH = "${needs.cc}/bin:${needs.bintools}/bin";
      # What runs needs nothing of what it was made from.
      disallowedReferences = nodes ++ [
        toolchain.rustc
        toolchain.cc
        toolchain.sysroot
      ];
    };
  separate = import ./separateObjects.nix {
    inherit
      needs
      toolchain
      builder
      linkedAs
      name
      pins
      ;
  };
in
import ./specifiedOutputs.nix (
  if pins == null then
    linkedAs name [ ]
  else if form != "grouped" then
    throw "dyrust: ${name}: `pins` are of the grouped form, not of \"${form}\", whose objects name paths"
  else
    separate
)
// {
  meta = if builtins.length programs == 1 then (builtins.head programs).meta or { } else { };
}
