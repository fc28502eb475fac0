# The C++ run-time library; as nixpkgs' `gcc.cc.lib` it also answers for libgcc_s.
{
  unpackDebian,
  libgcc,
  pins,
}:
unpackDebian {
  name = "gcc-${pins.packages."libstdc++6".version}-lib";
  debs = [ "libstdc++6" ];
  libraries = [ libgcc ];
  fixup = "ln -s ${libgcc}/lib/libgcc_s.so.1 $out/lib/";
}
