//! Why a command failed: the importer's and the report's reasons, and what only a command line can get wrong.

use std::path::PathBuf;

use crate::audit::AuditError;
use crate::pin::PinError;
use crate::prefetch::PrefetchError;
use crate::reproduce::ReproduceError;

/// Why a command failed; each variant says where and what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// An import, or the reading of a graph.
    #[error(transparent)]
    Importer(dyrust_importer::Error),
    /// The report.
    #[error(transparent)]
    Report(#[from] dyrust_report::Error),
    /// Sources could not be put into the Nix store.
    #[error(transparent)]
    Prefetch(#[from] PrefetchError),
    /// Libraries could not be pinned.
    #[error(transparent)]
    Pin(#[from] PinError),
    /// An audit can't be made.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// Nothing could be built twice.
    #[error(transparent)]
    Reproduce(#[from] ReproduceError),
    /// A file can't be read.
    #[error("{}: {}", .0.display(), .1)]
    Unreadable(PathBuf, std::io::Error),
    /// What was asked for the last time can't be read from a graph.
    #[error(
        "{}: what was asked for the last time can't be read from it: {reason}: after a merge take one side, `git checkout --ours {}` (or `--theirs`), and run the command again; or delete the file to begin anew",
        .file.display(),
        crate::check::quote(&.file.display().to_string())
    )]
    KnownGraph {
        /// The graph's file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file that is to be written is not a graph, so that it is not to be replaced.
    #[error(
        "{}: it is there already, and is no crate graph of dyrust's: {reason}: give another file by `--output`, or move this one away",
        .file.display()
    )]
    NotAGraph {
        /// The file.
        file: PathBuf,
        /// Why it is none.
        reason: String,
    },
    /// A fleet was given to what imports workspaces.
    #[error(
        "{}: this is a fleet, and beside it there is no Cargo.toml: run `dyrust fleet import {}`",
        .0.display(),
        crate::check::quote(&.0.display().to_string())
    )]
    OnlyFleet(PathBuf),
    /// A file that was not there before can't be taken away again.
    #[error("{}: it was not there before, and can't be removed: {}", .0.display(), .1)]
    NotRemoved(PathBuf, std::io::Error),
    /// Where a program was named there is none.
    #[error("{}: there is no program for Linux: give one, or a folder with programs in it or in its `bin`", .0.display())]
    NoProgram(PathBuf),
    /// JSON in the place of a build that is no graph either, and no file of pins.
    #[error(
        "{}: it is a file of JSON, and no build, no graph and no file of pins: give two builds, two graphs or two files of pins, before and after",
        .0.display()
    )]
    NotABuild(PathBuf),
    /// What is to be compared cannot be read.
    #[error("{}: {}", .0.display(), .1)]
    EvidenceOfUpdate(PathBuf, std::io::Error),
    /// Two things that cannot be compared with each other.
    #[error(
        "{} is of {}, {} of {}: give two builds, two graphs or two files of pins, before and after",
        .old.display(), .kinds[0], .new.display(), .kinds[1]
    )]
    TwoKinds {
        /// What was given first.
        old: PathBuf,
        /// What was given then.
        new: PathBuf,
        /// What they are.
        kinds: [crate::update_cost::Evidence; 2],
    },
    /// An option that says nothing of what was given.
    #[error("`{option}` is for {allowed}, and {given} were given: leave it out")]
    OptionOfUpdate {
        /// The option.
        option: &'static str,
        /// What it is for.
        allowed: crate::update_cost::Evidence,
        /// What was given.
        given: crate::update_cost::Evidence,
    },
    /// An option that would change nothing of what is asked for.
    #[error("`{option}` {why}: leave it out")]
    NoEffect {
        /// The option.
        option: &'static str,
        /// Why it changes nothing.
        why: &'static str,
    },
    /// No unit of a fleet failed.
    #[error("{}: it names no unit of the fleet that failed: give all that `nix build` wrote to standard error", .0.display())]
    NoFailure(PathBuf),
    /// A search failed, and what it had changed could not be put back.
    #[error("{0}; the fleet file and its graph could not be put back as they were: {1}")]
    NotRestored(Box<Self>, Box<Self>),
    /// A search was interrupted.
    #[error("the search was interrupted")]
    Interrupted,
    /// The system has no handlers for signals.
    #[error("signals can't be handled: {0}")]
    Signals(std::io::Error),
    /// What is to build a fleet can't be run.
    #[error("`{command}` can't be run: {reason}: give another command after `--`")]
    NoBuild {
        /// The command.
        command: String,
        /// What the system says.
        reason: std::io::Error,
    },
    /// No version of a crate compiles.
    #[error(
        "none of the {tried} versions of `{name}` that the programs accept compiles; the fleet file is as it was: `dyrust fleet blame` says what else may be to blame"
    )]
    NoneCompiles {
        /// The crate.
        name: String,
        /// How many were built.
        tried: usize,
    },
    /// A graph was not made for a platform.
    #[error("{file}: the graph is not made for `{target}`, only for {known}: {help}")]
    NoPlatform {
        /// The graph's file.
        file: String,
        /// What was asked for.
        target: String,
        /// What to do.
        help: String,
        /// The graph's targets.
        known: String,
    },
    /// A graph was made for no platform at all.
    #[error(
        "{}: the graph is made for no platform: the file was edited or merged; run `dyrust import`, or `dyrust fleet import` for that of a fleet, to write it anew",
        .0.display()
    )]
    NoPlatforms(PathBuf),
    /// `dyrust init` where there is a flake.
    #[error(
        "{}: is there already, and stays as it is: run `dyrust import` for the graph, and take `lib.mkFlake` into the flake as `nix flake init -t {}` has it in an empty folder",
        .0.display(),
        crate::flake::PUBLISHED
    )]
    FlakeExists(PathBuf),
    /// No graph was named, and the usual one is not there.
    #[error("{}: there is no such file, neither here nor beside the `Cargo.lock` of a workspace: {help}", .file.display())]
    NoGraph {
        /// The graph's usual name.
        file: PathBuf,
        /// What to do.
        help: String,
    },
    /// A fleet has no graph yet.
    #[error("{}: there is no such file: run `{command}`", .file.display())]
    NoFleetGraph {
        /// The graph's file.
        file: PathBuf,
        /// What writes it.
        command: String,
    },
    /// A crate is not in a graph.
    #[error(
        "{file}: there is no crate `{name}` in the graph: give a package's name, `name@version`, or a unit's id{near}"
    )]
    NoCrate {
        /// The graph's file.
        file: String,
        /// What was asked for.
        name: String,
        /// What it may have meant.
        near: String,
    },
    /// A crate is in a graph, but nothing needs it on the platform that was asked for.
    #[error(
        "{file}: nothing needs `{name}` for {target}, only for {others}: leave `--target` out, or name another one"
    )]
    NotNeeded {
        /// The graph's file.
        file: String,
        /// What was asked for.
        name: String,
        /// The platform that was asked for.
        target: String,
        /// Those on which something needs it.
        others: String,
    },
    /// `--allow` with something that is no licence.
    #[error("`{0}` is not the SPDX id of a licence: {1}")]
    License(String, String),
    /// What a command found can't be printed: the disk is full, say.
    #[error("standard output can't be written: {0}")]
    Output(std::io::Error),
}

impl Error {
    /// What to do, where the message does not say so itself.
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Self::Importer(error) => error.help(),
            // Else it is in `NotRestored`.
            Self::Interrupted => Some("the fleet file and its graph are as they were".to_owned()),
            _ => None,
        }
    }
}

/// The importer's stages have an error each.
macro_rules! from_the_importer {
    ($($error:ty),+ $(,)?) => {
        $(impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::Importer(error.into())
            }
        })+
    };
}

from_the_importer!(
    dyrust_importer::Error,
    dyrust_importer::InternalError,
    dyrust_importer::config::Error,
    dyrust_importer::fleet::Error,
    dyrust_importer::graph::Error,
    dyrust_importer::lock::Error,
    dyrust_importer::source::Error,
    dyrust_importer::workspace::Error,
);
