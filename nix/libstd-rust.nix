# libstd-rust: the shared standard library as a package of its own.
# `out` is the stripped library with its own absolute path as SONAME; `dev` the sysroot that rustc is pointed at.
{
  needs,
  builder,
  rustTarget,
}:
derivation {
  name = "libstd-rust-${needs.rustc.version}";
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
    inherit (needs.rustc) version;
  };
  platform = rec {
    target = rustTarget needs.system;
    host = target;
    rustflags = [ ];
  };
  toolchain = {
    rustc = "${needs.rustc}";
    cc = "${needs.cc}";
    bintools = "${needs.bintools}";
  };
  outputChecks.out.disallowedReferences = [
    "dev"
    needs.rustc
    needs.cc
  ];
}
