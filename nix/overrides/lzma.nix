# lzma-sys, liblzma-sys
{
  libraries = [ "xz" ];
  tools = [ "pkg-config" ];
}
