//! Turns resolved features into units: calls of rustc and runs of build scripts, at Cargo's own granularity.
//!
//! The rules are those of `cargo build --unit-graph --target TARGET`, also where target and host are the same triple.

mod build;
mod dependencies;
mod error;
mod links;
mod profile;
mod report;
mod roots;
mod target_files;
mod unit_for;

pub use build::{BuildPlatform, Unit, UnitEdge, UnitIndex, Units};
pub use error::Error;
pub use profile::{Profile, ProfileError};
pub use report::report;
pub(crate) use target_files::refuse_missing as refuse_missing_files;
