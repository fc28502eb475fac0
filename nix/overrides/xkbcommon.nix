# xkbcommon-dl, xkbcommon
{
  libraries = [ "libxkbcommon" ];
  tools = [ "pkg-config" ];
}
