# A git tree by the hash of its Nix archive, with nixpkgs' arguments and names. It is never fetched here: `dyrust prefetch`
# seeds it from Cargo's checkouts.
{ platform, seeds }:
{
  url,
  rev,
  name ?
    let
      parts = builtins.filter builtins.isString (builtins.split "[/:]" url);
      nonEmpty = builtins.filter (part: part != "") parts;
      base = builtins.elemAt nonEmpty (builtins.length nonEmpty - 1);
      withoutSuffix = builtins.match "(.*)[.]git" base;
      repository = if withoutSuffix == null then base else builtins.head withoutSuffix;
    in
    "${repository}-${builtins.substring 0 7 rev}",
  ...
}@arguments:
let
  hash = arguments.hash or arguments.sha256 or (throw "fetchgit ${name}: a hash is required");
in
derivation (
  {
    inherit name;
    inherit (platform) system;
    outputHash = hash;
    outputHashMode = "recursive";
    preferLocalBuild = true;
    builder = "${seeds.busybox}/bin/busybox";
    args = [
      "sh"
      "-c"
      ''
        echo "The git tree ${url} at ${rev} is not in the store." >&2
        echo "Run \`dyrust prefetch GRAPH\` with the graph that names it (crate-graph.json), then build again." >&2
        exit 1
      ''
    ];
  }
  // (if builtins.match "sha256-.*" hash != null then { } else { outputHashAlgo = "sha256"; })
)
