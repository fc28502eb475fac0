# patchedSource build override package folder source: a crate's source as an override has it (crateOverride.nix), a string; as it is if the
# override changes nothing. `build` is the package set of the host, `folder` the crate's in its source.
build:
{
  src,
  patches,
  postPatch,
  ...
}:
package: folder: source:
if src == null && patches == [ ] && postPatch == "" then
  "${source}"
else if patches == [ ] && postPatch == "" then
  # A flake's input is an attribute set.
  "${src}"
else
  "${build.stdenv.mkDerivation {
    name = import ./storeName.nix "${package.name}-${package.version}-patched";
    src = if src == null then source else src;
    inherit patches postPatch;
    # A git repository is kept whole: crates reach into each other's folders.
    prePatch = ''
      top=$PWD
      cd ${import ./shellWord.nix (if src == null then "./${folder}" else ".")}
    '';
    dontConfigure = true;
    dontBuild = true;
    installPhase = ''cp -R "$top" $out'';
    dontFixup = true;
  }}"
