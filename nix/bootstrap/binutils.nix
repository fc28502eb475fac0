# The assembler, linkers and object tools, with their own libraries inside.
{
  unpackDebian,
  debian,
  pins,
}:
let
  debs = debian.matching "binutils|binutils-.*-linux-gnu|libbinutils|libctf.*|libsframe.*|libgprofng.*";
  inherit (pins.packages.binutils) version;
in
unpackDebian {
  name = "binutils-${version}";
  inherit debs;
  libraries = debian.librariesOf debs;
  fixup = "rm -rf $out/share $out/lib/gprofng $out/bin/*gp-* $out/bin/*gprofng";
}
// {
  pname = "binutils";
  inherit version;
  # What the names of its programs begin with.
  prefix = "";
}
