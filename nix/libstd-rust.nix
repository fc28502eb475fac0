# libstd-rust: the shared standard library as a package of its own.
# `out` is the stripped library with its file name as SONAME; `dev` the sysroot that rustc is pointed at.
{
  needs,
  builder,
}:
derivation {
  # A toolchain that was joined from parts tells no version.
  name = "libstd-rust${if needs.rustc ? version then "-${needs.rustc.version}" else ""}";
  inherit (needs) system;
  outputs = [
    "out"
    "dev"
  ];
  __structuredAttrs = true;
  builder = "${builder}";
  unit = {
    kind = "libstd";
    package = "libstd-rust";
    version = needs.rustc.version or "";
  };
  platform = {
    inherit (needs) target host;
    rustflags = [ ];
  };
  toolchain = {
    rustc = "${needs.rustc}";
    cargo = "${needs.cargo}";
    cc = "${needs.cc}";
    bintools = "${needs.bintools}";
    inherit (needs) targetPrefix;
    hostCc = "${needs.hostCc}";
    hostBintools = "${needs.hostBintools}";
    lld = if needs.lld == null then null else "${needs.lld}";
  };
  outputChecks.out.disallowedReferences = [
    "dev"
    needs.rustc
    needs.cc
  ];
}
