//! Imports a Cargo workspace or a published program into a crate graph; the format is described in `docs/graph-format.md`.

pub mod age;
mod bits;
mod build_folder;
mod cargo_version;
pub mod config;
mod crate_spec;
mod error;
pub mod fleet;
#[doc(hidden)]
pub mod fuzzing;
pub mod graph;
mod intern;
mod internal;
pub mod lock;
pub mod manifest;
mod options;
mod parallel;
pub mod platform;
pub mod reads;
mod resolution;
pub mod resolve;
mod resolved;
pub mod similar;
pub mod source;
pub mod units;
pub mod workspace;

pub use bits::BitSet;
pub use cargo_version::TooOld;
pub use crate_spec::{CrateSpec, CrateSpecError};
pub use error::{Error, LockOwner};
pub use intern::Symbol;
pub use internal::InternalError;
pub use options::{ImportOptions, PlatformRequest, Selection};
pub use resolution::{Resolution, ResolvedPlatform};
pub use resolved::{Mode, PlatformUnits, ProfileSettings, ResolvedDependency, ResolvedUnit, ResolvedUnits, TargetKind};

/// Resolves a workspace as `cargo build --target T` does for each platform asked for, and lists the units at Cargo's granularity.
///
/// # Errors
/// When a file can't be read or is invalid, a package can't be had, or the lock does not fit the manifests.
pub fn resolve_workspace(options: &ImportOptions) -> Result<ResolvedUnits, Error> {
    Ok(Resolution::new(options, &source::progress::Silent)?.report()?)
}
