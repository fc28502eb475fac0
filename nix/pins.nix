# pins { file, graph, toolchain }: the hashes of libraries that `dyrust pin` wrote beside a graph, for one platform and toolchain.
#   toolchain   what they are kept by in the file
#   of          id → node → the pinned copy of what programs load of it, or null: what is not pinned builds as ever
{
  # The file; it need not be there.
  file,
  graph,
  # What every node's builder is told of the compiler.
  toolchain,
  rustcVersion,
  builder,
  system,
}:
let
  read = import ./readPins.nix {
    inherit file rustcVersion toolchain;
    inherit (graph.platform) target;
  };
  # What a node is built from, all of it: a pin counts for the very build that it was made of. An output that is in the store already
  # is never built again, so that one of an older source would be taken for the new one.
  build = node: read.digest node.drvPath;
in
{
  inherit (read) toolchain;
  inherit build;
  of =
    id: node:
    let
      unit = graph.units.${id};
      pin = read.all.${id};
    in
    if !(read.all ? ${id}) then
      null
    else if pin.build != build node then
      throw "dyrust: ${baseNameOf file} pins another build of ${unit.package.name} ${unit.package.version} than that of the graph; run `dyrust pin`, with `--file` or `--graph` if it is not the usual file"
    else
      import ./pinnedOutput.nix { inherit builder system; } {
        name = "${unit.package.name}-${node.unitId}";
        from = node.loaded;
        inherit (pin) hash;
      };
}
