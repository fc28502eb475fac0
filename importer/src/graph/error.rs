//! Why a graph can't be written or read.

use std::path::{Path, PathBuf};

/// A graph that can't be used.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum Error {
    #[error(transparent)]
    Internal(#[from] crate::InternalError),
    #[error(transparent)]
    Manifest(#[from] crate::manifest::Error),
    #[error("{}: can't be read: {reason}: {}", .file.display(), readable(.reason))]
    Unreadable { file: PathBuf, reason: std::io::Error },
    #[error("{}: can't be written: {reason}", .file.display())]
    Unwritable { file: PathBuf, reason: std::io::Error },
    #[error("{}:{line}: not a crate graph: {reason}: {}", .file.display(), well_formed(.file))]
    Malformed { file: PathBuf, line: usize, reason: String },
    #[error("{}: has schema {found}, and this dyrust reads up to {}: use a newer dyrust", .file.display(), super::SCHEMA)]
    Newer { file: PathBuf, found: u64 },
    #[error("{}: unit `{unit}` refers to `{id}`, which is not in the graph: the file was edited or merged; run `dyrust import`, or `dyrust fleet import` for that of a fleet, to write it anew", .file.display())]
    Dangling { file: PathBuf, unit: String, id: String },
    #[error("{}: {name:?} has a control character, as no name, version, feature or target has: the file was edited; run `dyrust import`, or `dyrust fleet import` for that of a fleet, to write it anew", .file.display())]
    OddName { file: PathBuf, name: String },
}

/// What to do where a graph can't be read.
fn readable(reason: &std::io::Error) -> &'static str {
    match reason.kind() {
        std::io::ErrorKind::IsADirectory => "give the graph's file, in a workspace's folder usually `crate-graph.json`",
        _ => "run `dyrust import`, or `dyrust fleet import` if it is that of a fleet",
    }
}

/// What to do where a file is no graph. A fleet file or a manifest is not to be written anew: the graph beside it is meant.
fn well_formed(file: &Path) -> &'static str {
    match file.extension().is_some_and(|extension| extension == "toml") {
        true => "give the graph's file, usually `crate-graph.json`, or the name of a fleet's file with `.json`",
        false => "run `dyrust import`, or `dyrust fleet import` for that of a fleet, to write it anew",
    }
}
