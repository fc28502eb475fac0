# libudev-sys
{
  libraries = [ "udev" ];
  tools = [ "pkg-config" ];
}
