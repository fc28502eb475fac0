//! Builds one node of a crate graph inside a Nix derivation; the input and the outputs are described in `docs/node-outputs.md`.

fn main() {}
