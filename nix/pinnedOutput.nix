# pinnedOutput { builder, system } { name, from, hash }: a copy of what is below a path, as a fixed output: it keeps its path as long as it is the
# same bytes.
{ builder, system }:
{
  # No version: the same bytes keep their path.
  name,
  from,
  hash,
}:
derivation {
  name = import ./storeName.nix name;
  inherit system;
  builder = "${builder}";
  args = [
    "pinned"
    "${from}"
  ];
  outputHashMode = "recursive";
  outputHashAlgo = "sha256";
  outputHash = hash;
}
