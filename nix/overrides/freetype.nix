# freetype-sys
{
  libraries = [ "freetype" ];
  tools = [ "pkg-config" ];
}
