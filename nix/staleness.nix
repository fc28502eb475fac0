# staleness { graph, hashOf, lockText, … }: null if the graph is what `dyrust import` would write today, else what has changed, in words.
# Compares the manifests by their hashes and the lock package by package (docs/graph-format.md), the graph with its own digest (git may
# have merged two into one that no import would write), the files that imply targets, and the folders that may be members.
{
  # the graph as the file has it
  graph,
  # file name → sha256 in hex, or null if there is no such file
  hashOf,
  # the text of the lock, or null if there is none
  lockText,
  # the digest of the files that imply targets, by nix/layout.nix
  layout ? graph.layout or null,
  # what nix/newMembers.nix finds
  newMembers ? [ ],
}:
let
  digestOf = text: builtins.substring 0 16 (builtins.hashString "sha256" text);
  isWhole =
    !(graph ? digest)
    ||
      graph.digest == digestOf (
        builtins.toJSON (
          builtins.removeAttrs graph [
            "digest"
            "generator"
          ]
        )
      );

  inputs = graph.inputs or { };
  staleInputs = builtins.filter (name: hashOf name != inputs.${name}) (builtins.attrNames inputs);
  # Cargo takes the first that there is.
  configurations = builtins.filter (name: hashOf name != null) [
    ".cargo/config"
    ".cargo/config.toml"
  ];
  hasNewConfiguration = configurations != [ ] && !(inputs ? ${builtins.head configurations});
  # In a repository Nix copies what git knows, and nothing else.
  missing = file: "${file} is not there, or git does not know it (`git add ${file}`)";

  lock = builtins.fromTOML lockText;
  # Locks of version 1 keep the checksums in a table of their own.
  withChecksum =
    entry:
    let
      checksum = lock.metadata."checksum ${entry.name} ${entry.version} (${entry.source or ""})" or null;
    in
    if checksum == null || checksum == "<none>" then entry else entry // { inherit checksum; };
  digest = entry: digestOf (builtins.toJSON (withChecksum entry));
  # The oldest locks keep the root package apart.
  entries = (lock.package or [ ]) ++ (if lock ? root then [ lock.root ] else [ ]);
  byVersion = builtins.groupBy (entry: "${entry.name} ${entry.version}") entries;

  packageName = id: builtins.head (builtins.split "@" id);
  isCurrent =
    id:
    let
      package = graph.packages.${id};
    in
    !(package ? entry)
    || builtins.any (entry: digest entry == package.entry) (
      byVersion."${packageName id} ${package.version}" or [ ]
    );
  stalePackages = builtins.filter (id: !isCurrent id) (builtins.attrNames graph.packages);
in
if !isWhole then
  "it was merged or edited, and is not what one import wrote"
else if graph ? lock && !(graph ? digest) then
  "an older dyrust wrote it, without a digest"
else if staleInputs != [ ] then
  if hashOf (builtins.head staleInputs) == null then
    missing (builtins.head staleInputs)
  else
    "${builtins.head staleInputs} was changed since"
else if graph ? lock && lockText == null then
  # Libraries often have theirs ignored.
  "${graph.lock} is not there, or git does not know it (`git add ${graph.lock}`, with `--force` where it is ignored)"
else if graph ? lock && import ./isConflicted.nix lockText then
  "${graph.lock} has the marks of a merge, to be resolved first"
else if hasNewConfiguration then
  "${builtins.head configurations} is new"
else if newMembers != [ ] then
  "${builtins.head newMembers} is new, and a member"
else if layout != graph.layout or null then
  # Those of a new workspace may be none that git knows.
  "source files that imply targets have come or gone, or git does not know them (`git add` them)"
else if stalePackages != [ ] then
  "the entry of ${builtins.head stalePackages} in ${graph.lock} was changed since"
else
  null
