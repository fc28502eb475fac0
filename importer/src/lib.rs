//! Imports a Cargo workspace or a published program into a crate graph; the format is described in `docs/graph-format.md`.

pub mod source;
