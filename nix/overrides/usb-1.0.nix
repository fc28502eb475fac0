# libusb1-sys: takes the library if its version fits, else compiles its own
{
  libraries = [ "libusb1" ];
  tools = [ "pkg-config" ];
}
