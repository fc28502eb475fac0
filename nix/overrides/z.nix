# libz-sys
{
  libraries = [ "zlib" ];
  tools = [ "pkg-config" ];
}
