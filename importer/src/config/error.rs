//! What can be wrong in Cargo's configuration.

use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

/// A configuration file or variable that cannot be used.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum Error {
    /// No home folder to look for Cargo's own folder in.
    #[error("neither CARGO_HOME nor HOME is set, so Cargo's folder cannot be found")]
    #[diagnostic(help("set CARGO_HOME to Cargo's folder, usually `$HOME/.cargo`"))]
    NoHome,
    /// A file that is there cannot be read.
    #[error("{}: cannot be read: {reason}", file.display())]
    #[diagnostic(help("make the file readable, or move it away"))]
    Unreadable {
        /// The configuration file.
        file: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// A file is not TOML.
    #[error("{}:{line}: not valid TOML: {reason}", file.display())]
    #[diagnostic(help("correct the line; the format is described in the Cargo book, chapter Configuration"))]
    Syntax {
        /// The configuration file.
        file: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// What the parser expected.
        reason: String,
    },
    /// A value has another type than Cargo defines.
    #[error("{origin}: `{key}` must be {expected}, but is {found}")]
    #[diagnostic(help("write `{key}` as {expected}"))]
    Type {
        /// The file or the environment variable.
        origin: String,
        /// The key, with dots.
        key: String,
        /// The type that is expected.
        expected: &'static str,
        /// The type that was found.
        found: String,
    },
    /// Two files have a value of different types.
    #[error("{origin}: `{key}` is {found}, but {other} in {other_origin}")]
    #[diagnostic(help("write both in the same way, as Cargo wants it to join them"))]
    Merge {
        /// The file that is closer to the workspace.
        origin: String,
        /// The key, with dots.
        key: String,
        /// What the key is there.
        found: &'static str,
        /// The other file.
        other_origin: String,
        /// What the key is in that.
        other: &'static str,
    },
    /// An `include` leads to itself.
    #[error("{}: its `include` leads back to itself", file.display())]
    #[diagnostic(help("remove one `include` of the circle"))]
    IncludeCycle {
        /// The file that was met twice.
        file: PathBuf,
    },
    /// An `include` names a file that Cargo would not accept.
    #[error("{}: `include` names `{path}`, which does not end with `.toml`", file.display())]
    #[diagnostic(help("Cargo includes files that end with `.toml` only: rename the file"))]
    IncludeName {
        /// The including file.
        file: PathBuf,
        /// What it names.
        path: String,
    },
    /// An `include` in the configuration of a repository or a published package.
    #[error("{}: `include` is not followed in what others have written: it would read files of this machine", file.display())]
    #[diagnostic(help("clone or unpack it, and import it from its folder"))]
    IncludeOfOthers {
        /// The including file.
        file: PathBuf,
    },
    /// An entry of `[env]` that Cargo takes from its own environment alone.
    #[error("{origin}: `env.{name}` can't be set here: Cargo reads it before its configuration")]
    #[diagnostic(help("set {name} where Cargo is started"))]
    VariableOfTheTools {
        /// The file.
        origin: String,
        /// The variable.
        name: String,
    },
    /// A `[profile]` table that is not as Cargo's schema has it.
    #[error("{origin}: profile `{name}` is not valid: {reason}")]
    #[diagnostic(help("correct `[profile.{name}]`; see the Cargo book, chapter Profiles"))]
    Profile {
        /// The file.
        origin: String,
        /// The profile's name.
        name: String,
        /// What the parser expected.
        reason: String,
    },
    /// A variable that stands for a key, with a value that the key can't have.
    #[error("environment variable {variable}: `{value}` is not valid: {reason}")]
    #[diagnostic(help("correct the variable, or unset it"))]
    Variable {
        /// The variable's name.
        variable: String,
        /// Its value.
        value: String,
        /// What the parser expected.
        reason: String,
    },
    /// An entry of a `[patch]` table that is no dependency.
    #[error("{origin}: `patch.{source_name}.{name}` is not valid: {reason}")]
    #[diagnostic(help("write it as in a manifest; see the Cargo book, chapter Overriding Dependencies"))]
    Patch {
        /// The file.
        origin: String,
        /// The patched source.
        source_name: String,
        /// The entry's key.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// A key that only a build script can print.
    #[error("{origin}: `{key}` can't be said in place of a build script")]
    #[diagnostic(help("remove the key; see the Cargo book, chapter Build Scripts, Overriding Build Scripts"))]
    ScriptOutput {
        /// The file.
        origin: String,
        /// The key, with dots.
        key: String,
    },
    /// `paths` overrides.
    #[error("{origin}: `paths` replaces packages by folders, which dyrust does not do: the lock does not say which")]
    #[diagnostic(help("use `[patch]` in place of `paths`: it can do the same, and the lock says so"))]
    Paths {
        /// The file or the variable.
        origin: String,
    },
    /// A `[source]` table without exactly one place.
    #[error(
        "{origin}: `source.{name}` must have exactly one of `registry`, `local-registry`, `directory` and `git`, but has {count}"
    )]
    #[diagnostic(help("keep one of them; see the Cargo book, chapter Source Replacement"))]
    SourcePlace {
        /// The file.
        origin: String,
        /// The name of the source.
        name: String,
        /// How many places it has.
        count: usize,
    },
    /// Neither a `[source]` nor a registry of that name exists.
    #[error("{origin}: `source.{name}` is replaced with `{replacement}`, which is defined nowhere")]
    #[diagnostic(help("define `[source.{replacement}]` or `[registries.{replacement}]`"))]
    UnknownReplacement {
        /// The file.
        origin: String,
        /// The replaced source.
        name: String,
        /// What it should be replaced with.
        replacement: String,
    },
    /// `replace-with` leads back to where it started.
    #[error("{origin}: `source.{name}` is replaced with itself in the end")]
    #[diagnostic(help("remove one `replace-with` of the circle"))]
    ReplacementCycle {
        /// The file.
        origin: String,
        /// The name of the source.
        name: String,
    },
}
