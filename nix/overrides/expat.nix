# expat-sys
{
  libraries = [ "expat" ];
  tools = [ "pkg-config" ];
}
