//! What can be wrong with a lock.

use crate::manifest::Place;

/// A lock that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct Error {
    /// Where.
    pub place: Place,
    /// What, and what to do.
    pub problem: Box<Problem>,
}

/// What is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum Problem {
    #[error("not a Cargo.lock: {0}: run `cargo generate-lockfile`, or restore the file")]
    Syntax(String),
    #[error(
        "git left both sides of a merge in the lock: take either, as by `git checkout --theirs Cargo.lock`, then run `cargo update --workspace`"
    )]
    Merged,
    #[error("this lock has version {version}, but the newest known is {newest}: use a newer dyrust")]
    UnknownVersion { version: u64, newest: u64 },
    #[error("this lock says that its version is {version}, which Cargo wrote into none: run `cargo generate-lockfile`")]
    NoVersion { version: u64 },
    #[error("package `{name}` has version `{version}`, which is not a version: {reason}")]
    Version {
        name: String,
        version: String,
        reason: String,
    },
    #[error(
        "package `{name}` has the source `{source}`, which is of no known kind: expected registry+…, sparse+… or git+…"
    )]
    Source { name: String, r#source: String },
    #[error(
        "package `{name}` has the checksum `{checksum}`, but 64 hexadecimal digits were expected: restore the file, or run `cargo generate-lockfile`"
    )]
    Checksum { name: String, checksum: String },
    #[error("package `{name}` depends on `{dependency}`, which is not in the lock: run `cargo generate-lockfile`")]
    NoSuchPackage { name: String, dependency: String },
    #[error("package `{name}` {version} is in the lock twice: run `cargo generate-lockfile`")]
    Duplicate { name: String, version: String },
}
