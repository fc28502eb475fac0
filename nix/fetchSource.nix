# fetchSource { src, members, registries } package: the package's source as a store path.
# Registry and git sources are fixed outputs under the names nixpkgs gives them, so that `dyrust prefetch` can seed them.
{ fetchCrate, fetchgit }:
{
  src,
  members,
  registries,
}:
let
  memberSource = import ./memberSource.nix { inherit src members; };
in
package:
if package ? sha256 then
  fetchCrate (
    {
      pname = package.name;
      inherit (package) version sha256;
      unpack = false;
    }
    // (if package ? registry then { registryDl = registries.${package.registry}; } else { })
  )
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
  memberSource package.path
