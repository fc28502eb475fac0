# The compiler's run-time library, alone: it is in the closure of every Rust program.
{
  unpackDebian,
  pins,
}:
unpackDebian {
  name = "libgcc-${pins.packages.libgcc-s1.version}";
  debs = [ "libgcc-s1" ];
  libraries = [ ];
}
