# devShell { pkgs, needs } { graph, overridesFor }: a shell to work on a workspace with cargo. It has what the workspace's checks have: the
# toolchain, the native libraries and tools that overrides give to its crates, with their variables, and the standard library's source for
# editors, if the package set has it.
{ pkgs, needs }:
{ graph, overridesFor }:
let
  given = builtins.attrValues (
    builtins.foldl' (found: unit: found // overridesFor unit) { } (builtins.attrValues graph.units)
  );
  # The outputs with headers and with libraries; stdenv takes the first alone, where nothing leads from it to the other.
  outputs = library: [
    (library.dev or library)
    (library.lib or library.out or library)
  ];
  source = pkgs.rustPlatform.rustLibSrc or null;
  attributes =
    builtins.foldl' (all: override: all // override.environment) graph.environment given
    // (if source == null then { } else { RUST_SRC_PATH = "${source}"; })
    // {
      nativeBuildInputs = [
        needs.rustc
        needs.cargo
        needs.clippy
        needs.rustfmt
        needs.hostCc
      ]
      ++ builtins.concatMap (override: override.tools) given;
      buildInputs = builtins.concatMap outputs (builtins.concatMap (override: override.libraries) given);
    };
in
pkgs.mkShell (attributes // { passthru = { inherit attributes; }; })
