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
  plain = text: builtins.unsafeDiscardStringContext text;
  digest = text: builtins.substring 0 16 (builtins.hashString "sha256" (plain text));
  name = "${graph.platform.target}, rustc ${rustcVersion}, ${digest (builtins.toJSON toolchain)}";
  # What a node is built from, all of it: a pin counts for the very build that it was made of. An output that is in the store already
  # is never built again, so that one of an older source would be taken for the new one.
  build = node: digest node.drvPath;
  all =
    if file == null || !(builtins.pathExists file) then
      { }
    else
      let
        read = builtins.fromJSON (builtins.readFile file);
      in
      if read.schema or null == 1 then
        read.toolchains.${name} or { }
      else
        throw "dyrust: ${baseNameOf file}: its schema is not 1; take the dyrust that wrote it, or run `dyrust pin`";
in
{
  toolchain = name;
  inherit build;
  of =
    id: node:
    let
      unit = graph.units.${id};
      pin = all.${id};
    in
    if !(all ? ${id}) then
      null
    else if pin.build != build node then
      throw "dyrust: ${baseNameOf file} pins another build of ${unit.package.name} ${unit.package.version} than that of the graph; run `dyrust pin`"
    else
      derivation {
        # No version: the same bytes keep their path.
        name = import ./storeName.nix "${unit.package.name}-${node.unitId}";
        inherit system;
        builder = "${builder}";
        args = [
          "pinned"
          "${node.loaded}"
        ];
        outputHashMode = "recursive";
        outputHashAlgo = "sha256";
        outputHash = pin.hash;
      };
}
