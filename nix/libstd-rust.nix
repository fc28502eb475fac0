# libstd-rust: the shared standard library as a package of its own.
# `out` is the stripped library with its file name as SONAME; `dev` the sysroot that rustc is pointed at.
{
  needs,
  builder,
}:
import ./specifiedOutputs.nix (derivation {
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
  toolchain = import ./compiler.nix needs;
  outputChecks.out.disallowedReferences = [
    "dev"
    needs.rustc
    needs.cc
  ];
})
