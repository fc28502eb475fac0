# wayland-sys and what links libwayland-client
{
  libraries = [ "wayland" ];
  tools = [ "pkg-config" ];
}
