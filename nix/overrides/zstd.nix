# zstd-sys: looks for the library only when asked to by a feature or ZSTD_SYS_USE_PKG_CONFIG; else it compiles its own
{
  libraries = [ "zstd" ];
  tools = [ "pkg-config" ];
}
