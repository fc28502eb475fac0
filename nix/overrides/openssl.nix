# openssl-sys
{
  libraries = [ "openssl" ];
  tools = [ "pkg-config" ];
}
