# The names that the system of the pins has in Nix, in Debian and in the loader's file name.
{ pins }:
let
  cpu = builtins.head (builtins.split "-" pins.system);
  loaders = {
    x86_64 = "ld-linux-x86-64.so.2";
    aarch64 = "ld-linux-aarch64.so.1";
  };
in
{
  inherit (pins) system;
  inherit cpu;
  # GNU's triplet as Debian writes it: the folder under /usr/lib and the prefix of the cross tools.
  multiarch = "${cpu}-linux-gnu";
  # The triplet as Nix and LLVM write it.
  config = "${cpu}-unknown-linux-gnu";
  loader = loaders.${cpu} or (throw "the bootstrap package set knows no loader for ${pins.system}");
}
