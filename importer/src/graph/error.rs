//! Why a graph can't be written or read.

use std::path::PathBuf;

/// A graph that can't be used.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum Error {
    #[error(transparent)]
    Internal(#[from] crate::InternalError),
    #[error(transparent)]
    Manifest(#[from] crate::manifest::Error),
    #[error("{}: can't be read: {reason}: run `dyrust import`, or `dyrust fleet import` if it is that of a fleet", .file.display())]
    Unreadable { file: PathBuf, reason: std::io::Error },
    #[error("{}: can't be written: {reason}", .file.display())]
    Unwritable { file: PathBuf, reason: std::io::Error },
    #[error("{}:{line}: not a crate graph: {reason}: run `dyrust import`, or `dyrust fleet import` for that of a fleet, to write it anew", .file.display())]
    Malformed { file: PathBuf, line: usize, reason: String },
    #[error("{}: has schema {found}, and this dyrust reads up to {}: use a newer dyrust", .file.display(), super::SCHEMA)]
    Newer { file: PathBuf, found: u64 },
    #[error("{}: unit `{unit}` refers to `{id}`, which is not in the graph: the file was edited or merged; run `dyrust import`, or `dyrust fleet import` for that of a fleet, to write it anew", .file.display())]
    Dangling { file: PathBuf, unit: String, id: String },
}
