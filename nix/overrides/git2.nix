# libgit2-sys: takes the library if its version fits, else compiles its own
{
  libraries = [ "libgit2" ];
  tools = [ "pkg-config" ];
}
