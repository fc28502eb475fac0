# A crate's source by its checksum, with nixpkgs' arguments and names, so that `dyrust prefetch` seeds the same outputs.
{
  platform,
  seeds,
  gnutar,
  gzip,
  runCommand,
}:
{
  pname ? crateName,
  crateName ? pname,
  version,
  unpack ? true,
  # Where to download from: an address, or a template with Cargo's markers {crate} and {version}.
  registryDl ? null,
  ...
}@arguments:
let
  name = "${pname}-${version}.tar.gz";
  # A hash is given as SRI (`hash`) or as hexadecimal or base 32 (`sha256`); 2.8 reads them all in outputHash.
  hash = arguments.hash or arguments.sha256 or (throw "fetchCrate ${name}: a hash is required");
  template =
    if builtins.match ".*[{](crate|version)[}].*" registryDl != null then
      registryDl
    else
      "${registryDl}/{crate}/{version}/download";
  fixed = {
    inherit name;
    outputHash = hash;
    outputHashAlgo = if builtins.match "sha256-.*" hash != null then null else "sha256";
    outputHashMode = "flat";
    preferLocalBuild = true;
  };
  download = fixed // {
    system = "builtin";
    builder = "builtin:fetchurl";
    url = builtins.replaceStrings [ "{crate}" "{version}" ] [ pname version ] template;
    executable = false;
    unpack = false;
  };
  missing = fixed // {
    inherit (platform) system;
    builder = "${seeds.busybox}/bin/busybox";
    args = [
      "sh"
      "-c"
      ''
        echo "The source of the crate ${pname} ${version} is not in the store and there is no network to get it from." >&2
        echo "Run \`dyrust prefetch GRAPH\` with the graph that names it (crate-graph.json), then build again." >&2
        exit 1
      ''
    ];
  };
  clean =
    attributes:
    builtins.removeAttrs attributes (
      if attributes.outputHashAlgo == null then [ "outputHashAlgo" ] else [ ]
    );
  archive = derivation (clean (if registryDl == null then missing else download));
in
if !unpack then
  archive
else
  runCommand "${pname}-${version}" { inherit archive; } ''
    mkdir $out
    ${gnutar}/bin/tar --use-compress-program=${gzip}/bin/gzip -xf $archive -C $out --strip-components 1
  ''
