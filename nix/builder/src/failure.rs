//! What can go wrong in a node's build, and how it is told.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a node could not be built.
#[derive(Debug)]
pub enum Failure {
    /// A sentence that needs nothing else.
    Message(String),
    /// A file or folder could not be read, written, …
    File {
        /// What was tried, as in "cannot read".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A program could not be started or did not succeed.
    Command {
        /// The whole command line, ready to paste into a shell; nothing if it was shown before.
        command: Option<String>,
        /// How it ended, and what it said where that was not shown yet.
        outcome: String,
    },
    /// Another failure, with the phase of the build in which it happened.
    During(&'static str, Box<Failure>),
}

/// The result of a step of the build.
pub type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// A failure that is told by one sentence.
    pub fn message(text: impl Into<String>) -> Self {
        Self::Message(text.into())
    }

    /// Adds a line that says what to do to the failure of a command.
    #[must_use]
    pub fn with_advice(self, advice: &str) -> Self {
        match self {
            Self::Command { command, outcome } => Self::Command {
                command,
                outcome: format!("{outcome}\n  {advice}"),
            },
            other => other,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(text) => out.write_str(text),
            Self::File { action, path, source } => write!(out, "cannot {action} {}: {source}", path.display()),
            Self::Command {
                command: Some(command),
                outcome,
            } => write!(out, "{outcome}\n  command: {command}"),
            Self::Command { command: None, outcome } => out.write_str(outcome),
            Self::During(phase, cause) => write!(out, "{phase}: {cause}"),
        }
    }
}

impl std::error::Error for Failure {}

/// Adds what was being done to an error.
pub trait Context<T> {
    /// Names the action and the file of an input or output error.
    fn file(self, action: &'static str, path: &Path) -> Result<T>
    where
        Self: Sized;
}

impl<T> Context<T> for io::Result<T> {
    fn file(self, action: &'static str, path: &Path) -> Result<T> {
        self.map_err(|source| Failure::File {
            action,
            path: path.to_owned(),
            source,
        })
    }
}

/// Names the phase of the build in which something failed.
pub trait Phase<T> {
    /// Names the phase, as in "compiling the build script".
    fn during(self, phase: &'static str) -> Result<T>
    where
        Self: Sized;
}

impl<T> Phase<T> for Result<T> {
    fn during(self, phase: &'static str) -> Result<T> {
        self.map_err(|cause| Failure::During(phase, Box::new(cause)))
    }
}
