# pq-sys
{
  libraries = [ "libpq" ];
  tools = [ "pkg-config" ];
}
