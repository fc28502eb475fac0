# libclang, which bindgen loads while a build script runs, with clang's own headers where it looks for them.
{
  debian,
  unpackDebian,
  pins,
}:
let
  debs = debian.matching "libclang1-[0-9]+(t64)?|libclang-common-[0-9]+-dev";
  inherit (pins.packages.${builtins.head (debian.matching "libclang1-.*")}) version;
  package = unpackDebian {
    name = "libclang-${version}";
    inherit debs;
    libraries = debian.librariesOf debs;
    flatten = false;
    fixup = ''
      # Sanitizers' run-time archives; no program here links to them.
      find $out -path '*/clang/*/lib' -exec rm -rf {} +
      object=$(find $out/lib -name 'libclang*.so*' -type f | head -n 1)
      for name in libclang.so libclang.so.1; do
        [ -e $out/lib/$name ] || ln -s $object $out/lib/$name
      done
    '';
  };
in
package
// {
  pname = "libclang";
  inherit version;
  lib = package;
  dev = package;
}
