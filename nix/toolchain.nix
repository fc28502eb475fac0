# What every node's builder is told of the compiler.
{ needs, libstd-rust }:
{
  rustc = "${needs.rustc}";
  cargo = "${needs.cargo}";
  cc = "${needs.cc}";
  bintools = "${needs.bintools}";
  libstd = "${libstd-rust}";
  sysroot = "${libstd-rust.dev}";
}
