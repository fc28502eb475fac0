# checkCurrent { graph, src, lockFile } value: the value, if the graph is what `dyrust import` would write today.
# Compares the manifests by their hashes and the lock package by package (docs/graph-format.md), so that merged bumps stay current.
{
  graph,
  src,
  graphName,
}:
let
  command = import ./importCommand.nix (graph.selection or { });
  stale = reason: throw "dyrust: ${graphName} is not current: ${reason}; run `${command}`";

  inputs = graph.inputs or { };
  staleInputs = builtins.filter (
    name:
    !builtins.pathExists (src + "/${name}")
    || builtins.hashFile "sha256" (src + "/${name}") != inputs.${name}
  ) (builtins.attrNames inputs);

  lock = builtins.fromTOML (builtins.readFile (src + "/${graph.lock}"));
  # Locks of version 1 keep the checksums in a table of their own.
  withChecksum =
    entry:
    let
      key = "checksum ${entry.name} ${entry.version} (${entry.source or ""})";
    in
    if lock ? metadata && lock.metadata ? ${key} && lock.metadata.${key} != "<none>" then
      entry // { checksum = lock.metadata.${key}; }
    else
      entry;
  digest =
    entry:
    builtins.substring 0 16 (builtins.hashString "sha256" (builtins.toJSON (withChecksum entry)));
  # Version 1 keeps the root package apart.
  entries = (lock.package or [ ]) ++ (if lock ? root then [ lock.root ] else [ ]);
  digests = builtins.groupBy (entry: "${entry.name} ${entry.version}") entries;

  isStale =
    package:
    package ? entry
    && !(builtins.any (entry: digest entry == package.entry) (
      digests."${package.name} ${package.version}" or [ ]
    ));
  stalePackages = builtins.filter (id: isStale graph.packages.${id}) (
    builtins.attrNames graph.packages
  );
in
value:
if staleInputs != [ ] then
  stale "${builtins.head staleInputs} was changed since"
else if graph ? lock && stalePackages != [ ] then
  stale "the entry of ${builtins.head stalePackages} in ${graph.lock} was changed since"
else
  value
