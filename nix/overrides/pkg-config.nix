# The crate pkg-config: whoever asks with it needs the program
{
  libraries = [ ];
  tools = [ "pkg-config" ];
}
