# The program that runs inside every node's derivation: one rustc call, no shell, nothing but std.
{ needs }:
let
  # The sources alone: the tests beside the code may change without a rebuild of every crate.
  source = builtins.path {
    name = "dyrust-builder-source";
    path = ./builder/src;
  };
in
derivation {
  name = "dyrust-builder";
  inherit (needs) system;
  builder = "${needs.rustc}/bin/rustc";
  args = [
    "--edition=2024"
    "--crate-name=dyrust_builder"
    "-Copt-level=2"
    "-Cstrip=symbols"
    "-Cpanic=abort"
    "-Clinker=${needs.hostCc}/bin/cc"
    "--remap-path-prefix=${source}=dyrust-builder"
    "${source}/main.rs"
    "-o"
    (builtins.placeholder "out")
  ];
  # rustc and the linker look for nothing else on it.
  PATH = "${needs.hostCc}/bin:${needs.hostBintools}/bin";
}
