# A crate's source by its checksum, with nixpkgs' arguments and names, so that `dyrust prefetch` seeds the same outputs.
{
  platform,
  seeds,
  gnutar,
  gzip,
  runCommand,
  fetchurl,
}:
{
  pname ? crateName,
  crateName ? pname,
  version,
  unpack ? true,
  # What the registry's `dl` is, without markers; nothing for the default registry, which this set does not know.
  registryDl ? null,
  ...
}@arguments:
let
  name = "${crateName}-${version}.tar.gz";
  archive =
    if registryDl == null then
      missing
    else
      fetchurl (
        builtins.removeAttrs arguments [
          "pname"
          "crateName"
          "version"
          "unpack"
          "registryDl"
        ]
        // {
          inherit name;
          url = "${registryDl}/${crateName}/${version}/download";
        }
      );
  missing = derivation (
    builtins.removeAttrs
      (fetchurl (
        arguments
        // {
          inherit name;
          url = "none";
        }
      )).drvAttrs
      [
        "url"
        "executable"
        "unpack"
      ]
    // {
      inherit (platform) system;
      builder = "${seeds.busybox}/bin/busybox";
      args = [
        "sh"
        "-c"
        ''
          echo "The source of the crate ${crateName} ${version} is not in the store and there is no network to get it from." >&2
          echo "Run \`dyrust prefetch GRAPH\` (or \`nixw run dyrust -- prefetch GRAPH\`) with the graph that names it (crate-graph.json), then build again." >&2
          exit 1
        ''
      ];
    }
  );
in
if !unpack then
  archive
else
  runCommand "${crateName}-${version}" { inherit archive; } ''
    mkdir $out
    ${gnutar}/bin/tar --use-compress-program=${gzip}/bin/gzip -xf $archive -C $out --strip-components 1
  ''
