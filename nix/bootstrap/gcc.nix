# gcc and g++ as they come, without the wrapper that tells them where the C library is.
{
  unpackDebian,
  debian,
  libgcc,
  libstdcxx,
  platform,
  pins,
}:
let
  # The packages that the name without a version depends on: gcc -> gcc-12 -> gcc-12-x86-64-linux-gnu in later suites.
  debs = debian.matching "(gcc|g[+][+]|cpp|libgcc|libstdc[+][+])-[0-9]+(-dev|-[a-z0-9-]+-linux-gnu)?";
  version = builtins.head (
    map (name: pins.packages.${name}.version) (debian.matching "gcc-[0-9]+(-[a-z0-9-]+-linux-gnu)?")
  );
in
unpackDebian {
  name = "gcc-unwrapped-${version}";
  inherit debs;
  # gcc finds its own parts by paths relative to the program, multi-arch folders included.
  flatten = false;
  libraries = debian.librariesOf debs;
  fixup = ''
    find $out -name lto-dump\* -exec rm -f {} +
    rm -rf $out/share
    folder=$(dirname $(find $out/lib/gcc -name libgcc.a))
    ln -sf ${libgcc}/lib/libgcc_s.so.1 $folder/libgcc_s.so.1
    # Names without the version.
    for tool in gcc g++ cpp gcc-ar gcc-nm gcc-ranlib gcov; do
      file=$(ls -d $out/bin/${platform.multiarch}-$tool-[0-9]* | head -n 1)
      ln -s $(basename $file) $out/bin/$tool
    done
  '';
}
// {
  pname = "gcc";
  inherit version libgcc;
  # What the names of its programs begin with.
  prefix = "";
  lib = libstdcxx;
}
