//! The builder's readers of what others wrote, as a library: for fuzzers, and for tests that hold them against other readers.
//!
//! The builder itself is the program in `main.rs`; nothing that is built depends on this.

#![allow(dead_code)]

pub mod archive;
pub mod elf;
pub mod failure;
pub mod files;
pub mod inflate;
pub mod json;
pub mod tar;
#[cfg(test)]
mod testing;

#[cfg(test)]
use testing::test_folder;
