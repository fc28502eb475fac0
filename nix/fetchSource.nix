# fetchSource { memberSource, src, registries } { package, forTests }: the package's source as a store path.
# Registry and git sources are fixed outputs under the names nixpkgs gives them, so that `dyrust prefetch` can seed them.
{
  fetchCrate,
  fetchgit,
  fetchurl,
}:
{
  # What members see of their workspace.
  memberSource,
  src,
  registries,
}:
let
  crateAddress = import ./crateAddress.nix;
in
{
  package,
  # Whether it is for a test, example or benchmark.
  forTests,
}:
if package ? sha256 && package ? registry then
  # fetchCrate knows registries without markers in their addresses alone. The name is the same.
  fetchurl {
    name = "${package.name}-${package.version}.tar.gz";
    url = crateAddress registries.${package.registry} package;
    inherit (package) sha256;
  }
else if package ? sha256 then
  fetchCrate {
    pname = package.name;
    inherit (package) version sha256;
    unpack = false;
  }
else if package ? git then
  fetchgit {
    inherit (package.git) url rev hash;
    fetchSubmodules = package.git.submodules or false;
  }
else if package ? vendored then
  builtins.path {
    name = "${package.name}-${package.version}";
    path = src + "/${package.vendored.path}";
    sha256 = package.vendored.hash;
  }
else
  memberSource.source { inherit package forTests; }
