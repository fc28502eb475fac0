# alsa-sys
{
  libraries = [ "alsa-lib" ];
  tools = [ "pkg-config" ];
}
