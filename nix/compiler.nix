# compiler needs: the compiler and linker as a node's builder is told of them.
needs: {
  rustc = "${needs.rustc}";
  cargo = "${needs.cargo}";
  cc = "${needs.cc}";
  bintools = "${needs.bintools}";
  inherit (needs) targetPrefix;
  hostCc = "${needs.hostCc}";
  hostBintools = "${needs.hostBintools}";
  # Without it the C compiler's own linker links.
  lld = if needs.lld == null then null else "${needs.lld}";
}
