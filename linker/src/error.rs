//! What can go wrong, said once: what was found, what was expected, and what to do.

use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

/// The result of everything that can fail here.
pub type Result<T> = std::result::Result<T, Error>;

/// All errors of the relinker.
#[derive(Debug, Error, Diagnostic)]
pub enum Error {
    /// A file could not be read or written.
    #[error("cannot {action} {}: {source}", .path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A JSON file does not have the expected shape.
    #[error("{} line {} column {}: {source}", .path.display(), .source.line(), .source.column())]
    Json {
        /// The file.
        path: PathBuf,
        /// What serde_json found.
        source: serde_json::Error,
    },
    /// A folder is not the `dev` output of a node.
    #[error("{} is not a node's dev output: it has no node.json", .path.display())]
    #[diagnostic(help(
        "give the `dev` output of a program that dyrust built, for example /nix/store/…-ripgrep-14.1.1-dev"
    ))]
    NotANode {
        /// The folder.
        path: PathBuf,
    },
    /// The node.json cannot be read.
    #[error("{reason}")]
    #[diagnostic(help("build the programs and dyrust-link from the same version of dyrust"))]
    Node {
        /// Which file, and what is wrong with it.
        reason: String,
    },
    /// A program was expected.
    #[error("{} is of kind `{kind}`, not a program", .path.display())]
    #[diagnostic(help(
        "only programs (bin, example, test, bench) are linked; libraries come along through `dependencies`"
    ))]
    NotAProgram {
        /// The dev output.
        path: PathBuf,
        /// What it is.
        kind: &'static str,
    },
    /// A dependency is not a library of the target.
    #[error("{unit} depends on {}, which is of kind `{kind}` and cannot be linked", .path.display())]
    #[diagnostic(help(
        "`dependencies` of a node.json lists libraries of the target alone: no proc macros, no build scripts"
    ))]
    NotALibrary {
        /// The unit that depends on it.
        unit: String,
        /// The dependency's dev output.
        path: PathBuf,
        /// What it is.
        kind: &'static str,
    },
    /// Units depend on each other in a circle.
    #[error("the dependencies form a circle: {circle}")]
    Circle {
        /// The units on it, in order.
        circle: String,
    },
    /// Something that node.json names is not there.
    #[error("{unit}: {what} {} does not exist", .path.display())]
    #[diagnostic(help(
        "build the unit again; if the store was collected, keep the `dev` outputs of the programs as roots"
    ))]
    Missing {
        /// The unit that names it.
        unit: String,
        /// What it is.
        what: &'static str,
        /// Where it should be.
        path: PathBuf,
    },
    /// Two units come from different toolchains or targets.
    #[error("{what} differs: {first} has {first_value}, {second} has {second_value}")]
    #[diagnostic(help(
        "objects of different compilers have no common ABI: build all programs of the set with one toolchain, for one target"
    ))]
    Mixed {
        /// The property that differs.
        what: &'static str,
        /// One unit.
        first: String,
        /// Its value.
        first_value: String,
        /// The other unit.
        second: String,
        /// Its value.
        second_value: String,
    },
    /// A unit was compiled against a library that is not among its dependencies.
    #[error("{unit} was compiled against {}, but its dependencies provide {provided}", .needed.display())]
    #[diagnostic(help(
        "the node.json and the compiled file are of different builds: build {unit} again together with its dependencies"
    ))]
    OtherBuild {
        /// The unit.
        unit: String,
        /// The shared object that its compiled file needs.
        needed: PathBuf,
        /// What its dependencies have in its place.
        provided: String,
    },
    /// A file is not an object of this target.
    #[error("{}: {reason}", .path.display())]
    #[diagnostic(help("expected {expected}"))]
    Foreign {
        /// The file, with the member's name for archives.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
        /// What was expected.
        expected: String,
    },
    /// The sysroot lacks what static linking needs.
    #[error("{}: {reason}", .path.display())]
    #[diagnostic(help("the sysroot must hold the rlibs of std for {target}, as the `dev` output of libstd-rust does"))]
    Sysroot {
        /// The folder.
        path: PathBuf,
        /// What is missing.
        reason: String,
        /// The target.
        target: String,
    },
    /// The allocator of the toolchain has a symbol of unknown meaning.
    #[error("std of {rustc} needs the allocator symbol `{symbol}`, whose meaning is unknown here")]
    #[diagnostic(help("this compiler is newer than this dyrust-link: update dyrust"))]
    Allocator {
        /// The compiler.
        rustc: String,
        /// The symbol.
        symbol: String,
    },
    /// Two programs of the set have one name.
    #[error("two programs are called `{name}`: {} and {}", .first.display(), .second.display())]
    #[diagnostic(help("an image has one bin folder: leave one of them out"))]
    SameName {
        /// The name.
        name: String,
        /// One dev output.
        first: PathBuf,
        /// The other dev output.
        second: PathBuf,
    },
    /// The placement breaks one of its own rules: a defect of dyrust-link.
    #[error("the placement is not closed: {reason}")]
    #[diagnostic(help(
        "this is a defect of dyrust-link; `trim` or static links avoid it: please report the output of `--plan`"
    ))]
    Placement {
        /// The rule and where it is broken.
        reason: String,
    },
    /// The linker could not be started.
    #[error("cannot run {program}: {source}")]
    #[diagnostic(help("{help}"))]
    Spawn {
        /// The program.
        program: String,
        /// The system's answer.
        source: std::io::Error,
        /// What to do.
        help: &'static str,
    },
    /// The linker refused.
    #[error("linking {} failed ({status}):\n{}", .file.display(), beginning(.output))]
    #[diagnostic(help("`--keep-work DIR` keeps the command files for a look"))]
    Linker {
        /// What was being linked.
        file: PathBuf,
        /// How the linker ended.
        status: String,
        /// All that it said.
        output: String,
    },
    /// A finished file needs a symbol that nothing provides.
    #[error("{} needs `{symbol}`, which no object of the image exports", .file.display())]
    #[diagnostic(help("this is a defect of dyrust-link: please report it with the output of `--plan`"))]
    Unresolved {
        /// The finished file.
        file: PathBuf,
        /// The symbol.
        symbol: String,
    },
    /// A command line argument cannot be used.
    #[error("{0}")]
    Usage(String),
}

impl Error {
    /// Makes the closure that `map_err` needs from what was tried on which path.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }
}

/// How many lines of the linker's complaints are shown.
const SHOWN_LINES: usize = 30;

/// The first lines of a text, and how many more there are.
fn beginning(text: &str) -> String {
    let mut shown: String = text.lines().take(SHOWN_LINES).flat_map(|line| [line, "\n"]).collect();
    let left = text.lines().count().saturating_sub(SHOWN_LINES);
    if left > 0 {
        shown += &format!("(and {left} lines more)\n");
    }
    shown
}

/// Reads a file whole.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(Error::io("read", path))
}

/// Writes a file in one step: readers see the old content or the new one, never a part.
pub fn write_atomically(path: &Path, content: &[u8]) -> Result<()> {
    dyrust_nar::whole::write(path, content).map_err(Error::io("write", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A report that is a link was replaced by a file, a device by root too.
    #[test]
    fn a_link_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (link, file) = (folder.path().join("link"), folder.path().join("file"));
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write_atomically(&link, b"text").unwrap();
        assert!(link.is_symlink());
        assert_eq!(read(&file).unwrap(), b"text");
    }
}
