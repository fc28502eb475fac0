//! Small trees of crates, built by the builder outside of Nix, and run.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod findings;
mod libraries;
mod plugins;
mod store;
