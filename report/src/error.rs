//! What can go wrong, said so that the reader knows what to do.

use std::io;
use std::path::{Path, PathBuf};

use crate::elf::ElfError;

/// Any failure of a report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file or folder that was asked for does not exist.
    #[error("{} does not exist: expected a store path, a folder with bin/, or a program", .0.display())]
    Missing(PathBuf),
    /// A folder that was asked for has no file in it.
    #[error("there is no file in {}: expected a store path, a folder with bin/, or a program", .0.display())]
    NoFile(PathBuf),
    /// A file begins as ELF and cannot be read to its end.
    #[error("{} is not a readable ELF file: {source}", path.display())]
    Elf {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ElfError,
    },
    /// None of the paths of a form holds a program.
    #[error("no program in {paths}: expected ELF executables in bin/ of each path, or the path of one (form `{form}`)")]
    NoProgram {
        /// The form's name.
        form: &'static str,
        /// The paths, separated by commas.
        paths: String,
    },
    /// A request without any path.
    #[error("nothing to report on: give at least one store path, folder or program")]
    NoPath,
    /// Two different programs of one form have the same name.
    #[error("two programs are called `{name}`: {} and {}; report them apart", first.display(), second.display())]
    SameName {
        /// The name in bin/.
        name: String,
        /// The file that came first.
        first: PathBuf,
        /// The other one.
        second: PathBuf,
    },
    /// An option that would change nothing of what is asked for.
    #[error("`{option}` {why}")]
    NoEffect {
        /// The option.
        option: &'static str,
        /// Why it changes nothing, and what to do.
        why: &'static str,
    },
    /// A fact about a form was given twice, or for a form that was not asked for.
    #[error("{0}")]
    Request(String),
    /// Nix could not be started.
    #[error("cannot run `{program}`: {source}; without Nix, ask for the closure to be found by scanning files")]
    NixMissing {
        /// The program that was tried.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// Nix refused a question about the closure.
    #[error("`{command}` failed: {message}")]
    Nix {
        /// The command line.
        command: String,
        /// What Nix wrote to its standard error.
        message: String,
    },
    /// Nix answered with a JSON document of an unknown shape.
    #[error("`{command}` answered what this version cannot read: {message}")]
    NixAnswer {
        /// The command line.
        command: String,
        /// What was expected.
        message: String,
    },
    /// A store path is named that the store does not hold.
    #[error("{} is not in the store {}: build it, or copy its closure there", path.display(), store.display())]
    NotInStore {
        /// The path.
        path: PathBuf,
        /// The store's folder.
        store: PathBuf,
    },
    /// A budget file is not TOML, or holds something unknown.
    #[error("{}: {message}", path.display())]
    Budget {
        /// The file.
        path: PathBuf,
        /// Where in the file, what was expected, and what to do.
        message: String,
    },
    /// A file cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file, or `-` for the standard output.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A saved report is of another version, or no report.
    #[error("{} is no report that this version can read: {message}", path.display())]
    Saved {
        /// The file.
        path: PathBuf,
        /// What was expected.
        message: String,
    },
    /// A file of a plan is none.
    #[error("{} is no plan: {message}; `dyrust fleet plan --format json` prints one", path.display())]
    Plan {
        /// The file.
        path: PathBuf,
        /// What was expected.
        message: String,
    },
    /// A program could not be started to measure its start.
    #[error("cannot start {}: {message}", program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// Why.
        message: String,
    },
}

impl Error {
    /// For `map_err` on an operation on `path`.
    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Read {
            path: path.to_owned(),
            source,
        }
    }
}
