# libdbus-sys
{
  libraries = [ "dbus" ];
  tools = [ "pkg-config" ];
}
