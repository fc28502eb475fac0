# The crate cmake: whoever builds with it needs the program
{
  libraries = [ ];
  tools = [ "cmake" ];
}
