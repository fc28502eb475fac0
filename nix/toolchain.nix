# What every node's builder is told of the toolchain: the compiler, and the shared std.
{ needs, libstd-rust }:
import ./compiler.nix needs
// {
  libstd = "${libstd-rust}";
  sysroot = "${libstd-rust.dev}";
}
