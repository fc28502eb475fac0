# libsqlite3-sys; with its feature bundled it compiles its own
{
  libraries = [ "sqlite" ];
  tools = [ "pkg-config" ];
}
