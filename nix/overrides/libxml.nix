# libxml, which has no `links` key and makes its bindings with bindgen
{
  libraries = [ "libxml2" ];
  tools = [ "pkg-config" ];
}
