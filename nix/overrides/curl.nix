# curl-sys
{
  libraries = [ "curl" ];
  tools = [ "pkg-config" ];
}
