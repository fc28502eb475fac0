# nasm-rs runs nasm
{
  libraries = [ ];
  tools = [ "nasm" ];
}
