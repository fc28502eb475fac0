# libssh2-sys
{
  libraries = [ "libssh2" ];
  tools = [ "pkg-config" ];
}
