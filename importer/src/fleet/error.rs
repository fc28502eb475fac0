//! What can be wrong with a fleet.

use std::path::PathBuf;

use crate::manifest::Place;
use crate::platform;

/// A fleet that can't be used.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum Error {
    #[error("{}: can't be read: {reason}: give the path of a fleet file, or begin one with `dyrust fleet add NAME`; docs/fleet.md says what stands in it", .file.display())]
    Unreadable { file: PathBuf, reason: std::io::Error },
    #[error("{}: can't be written: {reason}", .file.display())]
    Unwritable { file: PathBuf, reason: std::io::Error },
    #[error("{}: a fleet file can't end in .json, as its graph does: give it another ending, usually .toml", .0.display())]
    GraphsName(PathBuf),
    #[error("{}: there is something already: give the name of a folder that is not there, or is empty", .0.display())]
    NotEmpty(PathBuf),
    #[error("{}: can't be read: {reason}: a program's folder is copied, so make the file readable, or move it out of there", .file.display())]
    Uncopied { file: PathBuf, reason: std::io::Error },
    #[error(
        "{}: this and the folder of program `{name}`, {}, are one in the other, which would be copied into itself: give the name of a folder beside it", .folder.display(), .root.display()
    )]
    WorkspaceWithin {
        folder: PathBuf,
        name: String,
        root: PathBuf,
    },
    #[error(transparent)]
    Internal(#[from] crate::InternalError),
    #[error("{place}: {problem}")]
    At { place: Place, problem: Box<Problem> },
}

impl Error {
    /// What to do, where the message does not say so itself.
    pub fn help(&self) -> Option<String> {
        let Self::At { problem, .. } = self else { return None };
        let Problem::Unavailable { error, .. } = &**problem else {
            return None;
        };
        if error.is_of_lock() {
            return Some("name another version of the program".to_owned());
        }
        miette::Diagnostic::help(&**error).map(|help| help.to_string())
    }

    pub(super) fn at(place: Place, problem: Problem) -> Self {
        Self::At {
            place,
            problem: Box::new(problem),
        }
    }
}

/// What is wrong, and what to do.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum Problem {
    #[error("not a fleet file: {0}")]
    Syntax(String),
    #[error(transparent)]
    Platform(#[from] platform::Error),
    #[error(
        "`platforms` has no platform: name one, as x86_64-unknown-linux-gnu, or leave the key out for both Linux ones"
    )]
    NoPlatforms,
    #[error(
        "{name} is all that the fleet has: one without programs can't be imported, so add another program first (`dyrust fleet add NAME`), or remove the file"
    )]
    LastProgram { name: String },
    #[error("the fleet has no programs: add a table, for example [programs.rg] with `crate = \"ripgrep@14.1.1\"`")]
    NoPrograms,
    #[error(
        "a program can't be called {name:?}: its name has letters, digits, `-`, `_`, `.` and `+`, and begins with none of `-` and `.`"
    )]
    ProgramName { name: String },
    #[error("program `{name}` needs exactly one of `crate`, `git` and `path`")]
    Source { name: String },
    #[error("`crate = \"{0}\"`: expected NAME@VERSION, for example ripgrep@14.1.1")]
    Published(String),
    #[error(
        "`git = \"{url}\"` is no address of a repository: give one with its scheme, and without `?` and `#`, as https://…, ssh://git@… or file:///…"
    )]
    GitUrl { url: String },
    #[error(
        "the repository of `{name}` has no Cargo.lock in its root at that commit: choose a commit that has one, or check it out below the fleet \
         file, run `cargo generate-lockfile`, and name it by `path`"
    )]
    NoLockInRepository { name: String },
    #[error("`git = \"{url}\"` needs `rev` beside it: the commit in full, 40 hexadecimal digits")]
    Rev { url: String },
    #[error("`rev` says which commit of `git`, which is not there: add `git`, or remove `rev`")]
    RevWithoutGit,
    #[error("`{pattern}` is not a pattern: {reason}")]
    Pattern { pattern: String, reason: String },
    #[error("`{name} = \"{version}\"` is not a version: {reason}: a pin is one version in full, for example 4.5.4")]
    PinVersion {
        name: String,
        version: String,
        reason: String,
    },
    #[error("there is no `{name}` {version} to choose: {known}")]
    PinUnknown {
        name: String,
        version: String,
        known: String,
    },
    #[error(
        "`{name}` {version} can't be chosen: no lock has it, and it was withdrawn, or needs a newer compiler: pin another version"
    )]
    PinUnusable { name: String, version: String },
    #[error("no member's lock has a crate `{name}`: correct the name, or remove it from `separate`{near}")]
    SeparateUnknown { name: String, near: String },
    #[error("there is no program `{name}`: the programs are {known}{near}")]
    UnknownProgram { name: String, known: String, near: String },
    #[error("`{name}` is what the file calls another program, not the published one: rename that one in the file")]
    NotPublished { name: String },
    #[error(
        "`{name}` is not a published program, and has no newer version to take: change its lock, or its `rev`, and run `dyrust fleet import`"
    )]
    NotUpdated { name: String },
    #[error(
        "`{name}` is a program of the fleet, or a package in its workspace: there is one version of it, and no other to look for"
    )]
    OneVersion { name: String },
    #[error("no program has `{name}` in a version compatible with {wanted}: the versions are {versions}")]
    NoSuchRange {
        name: String,
        wanted: String,
        versions: String,
    },
    #[error("there is no release of a crate `{name}`: correct the name, or give a version as NAME@VERSION")]
    NoRelease { name: String },
    #[error("no member's lock has a crate `{name}`: correct the name{near}")]
    UnknownCrate { name: String, near: String },
    #[error("no member has `{name}` in a version that `{spec}` fits: there is {known}")]
    UnknownVersion { spec: String, name: String, known: String },
    #[error("`{spec}`: {reason}: give a crate's name, or NAME@VERSION, for example regex@1.10")]
    Specification { spec: String, reason: String },
    #[error(
        "the folder `{path}` is not below that of the fleet file, and Nix is handed that folder alone: move one of them, or use `git`"
    )]
    Outside { path: String },
    #[error("there is no Cargo.toml in the folder `{path}`: correct `path`, which starts from the fleet file's folder")]
    NoManifest { path: String },
    #[error("program `{name}` can't be part of a workspace of Cargo's: {reason}")]
    NoWorkspace { name: String, reason: String },
    #[error(
        "`{first}` and `{second}` are the same package, {package}: keep one of them with the features and `bins` of both, or add `isolated = true` to one"
    )]
    SamePackage {
        first: String,
        second: String,
        package: String,
    },
    #[error("`{first}` and `{second}` both have a program `{bin}`: choose others with `bins`, or drop one of them")]
    SameProgram { first: String, second: String, bin: String },
    #[error("program `{name}` builds nothing: {reason}")]
    Nothing { name: String, reason: String },
    #[error("program `{name}`: {error}")]
    Unavailable {
        name: String,
        error: Box<crate::source::Error>,
    },
    #[error("program `{name}`, in the folder `{path}`: {error}")]
    Workspace {
        name: String,
        path: String,
        error: Box<crate::workspace::Error>,
    },
    #[error("program `{name}`: {error}")]
    Features {
        name: String,
        error: Box<crate::resolve::Error>,
    },
    #[error("program `{name}`: none of its packages has the feature `{feature}`: correct the name{near}")]
    UnknownFeature {
        name: String,
        feature: String,
        near: String,
    },
    #[error("program `{name}` has no program `{bin}` that its features allow: there are {known}")]
    NoProgram { name: String, bin: String, known: String },
    #[error(
        "`{first}` and `{second}` set `{variable}` to different values (`{first_value}`, `{second_value}`): add `isolated = true` to one of them"
    )]
    Variable {
        first: String,
        second: String,
        variable: String,
        first_value: String,
        second_value: String,
    },
    #[error("the locks of `{first}` and `{second}` have different checksums for {package}: one of them was edited")]
    Checksum {
        first: String,
        second: String,
        package: String,
    },
}
