# onig_sys: takes the library only with RUSTONIG_SYSTEM_LIBONIG, else compiles its own
{
  libraries = [ "oniguruma" ];
  tools = [ "pkg-config" ];
}
