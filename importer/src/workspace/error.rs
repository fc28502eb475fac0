//! What can be wrong with a workspace.

use std::path::PathBuf;

use crate::{config, manifest};

/// A workspace that can't be read.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum Error {
    #[error("{}: there is no such file or folder: give the path of a Cargo.toml, or of a folder that holds one{near}", .file.display())]
    NoManifest { file: PathBuf, near: String },
    #[error("{}: the file is not called Cargo.toml, as Cargo wants it: give the path of a Cargo.toml, or of a folder that holds one", .0.display())]
    NotManifest(PathBuf),
    #[error("{}: can't be read: {reason}", .file.display())]
    Unreadable { file: PathBuf, reason: std::io::Error },
    #[error("{}: is not UTF-8: Cargo's files have to be", .0.display())]
    NotUtf8(PathBuf),
    #[error("{}: there is no Cargo.lock beside the workspace's manifest: run `cargo generate-lockfile` and commit the file", .0.display())]
    NoLock(PathBuf),
    #[error("{}: `resolver.lockfile-path` of Cargo's configuration leads out of the workspace's folder, which is all that Nix sees: name a file in it", .0.display())]
    LockOutside(PathBuf),
    #[error(transparent)]
    Manifest(#[from] manifest::Error),
    #[error(transparent)]
    Config(#[from] config::Error),
    #[error("{place}: workspace member `{member}` has no Cargo.toml: create it, or correct `workspace.members`")]
    NoMember { place: manifest::Place, member: String },
    #[error("{place}: `{pattern}` is not a pattern for folders: {reason}")]
    Pattern {
        place: manifest::Place,
        pattern: String,
        reason: String,
    },
    #[error(
        "{place}: `{member}` is in `default-members`, but not a member of the workspace: add it to `workspace.members`"
    )]
    DefaultMember { place: manifest::Place, member: String },
    #[error("{place}: the dependency `{dependency}` has path `{path}`, where there is no Cargo.toml: correct the path")]
    NoPathDependency {
        place: manifest::Place,
        dependency: String,
        path: String,
    },
    #[error(
        "{location}: the package is not a member of the workspace whose root is {root}: add it to `workspace.members` or `workspace.exclude` there"
    )]
    NotAMember { location: String, root: String },
    #[error("{first} and {second}: two members of the workspace are named `{name}`: give them different names")]
    DuplicateMember {
        name: String,
        first: String,
        second: String,
    },
    #[error(
        "{location}: the package is a member of the workspace of {ours}, but belongs to that of {other}: add it to `workspace.exclude` in {ours}, or drop one of the two workspaces"
    )]
    OtherWorkspace {
        location: String,
        ours: String,
        other: String,
    },
    #[error("{place}: the manifest is virtual and the workspace has no members: add some to `workspace.members`")]
    Empty { place: manifest::Place },
    #[error(
        "{place}: `package.workspace` says that the workspace's root is {root}, which has no [workspace] table: add one, or drop the key"
    )]
    NotARoot { place: manifest::Place, root: String },
}
