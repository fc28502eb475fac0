# bzip2-sys
{
  libraries = [ "bzip2" ];
  tools = [ "pkg-config" ];
}
