//! The importer's own error: one variant for each stage.

use std::fmt;

use miette::Diagnostic;

use crate::{config, fleet, graph, lock, platform, resolve, source, units, workspace};

/// Why an import failed; each variant says where and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The workspace or one of its manifests.
    #[error(transparent)]
    Workspace(#[from] workspace::Error),
    /// The lock.
    #[error(transparent)]
    Lock(#[from] lock::Error),
    /// Cargo's configuration.
    #[error(transparent)]
    Config(#[from] config::Error),
    /// A target platform.
    #[error(transparent)]
    Platform(#[from] platform::Error),
    /// A package's source.
    #[error(transparent)]
    Source(#[from] source::Error),
    /// Packages and features.
    #[error(transparent)]
    Resolve(#[from] resolve::Error),
    /// Targets, profiles and units.
    #[error(transparent)]
    Units(#[from] units::Error),
    /// The graph's file.
    #[error(transparent)]
    Graph(#[from] graph::Error),
    /// A fleet.
    #[error(transparent)]
    Fleet(#[from] fleet::Error),
    /// A mistake of dyrust's own.
    #[error(transparent)]
    Internal(#[from] crate::InternalError),
    /// A manifest of a published program.
    #[error("`--crate {0}`: expected NAME@VERSION, for example ripgrep@14.1.1")]
    Published(String),
    /// A lock is wrong that is not the user's own.
    #[error("{error}")]
    OfLock {
        /// Whose lock it is.
        owner: LockOwner,
        /// What is wrong with it.
        #[source]
        error: Box<Error>,
    },
}

/// Who made a lock that is no workspace's of the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockOwner {
    /// The publisher of a program, `NAME@VERSION`.
    Publisher(String),
    /// dyrust, for the programs of a fleet file.
    Fleet(String),
}

/// What to do: there is no lock in which `cargo update` could change anything.
impl fmt::Display for LockOwner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Publisher(program) => write!(
                formatter,
                "the lock is the one that {program} was published with, which can't be changed: take another version of it, make a fleet of it \
                 (`dyrust fleet add`), which chooses versions itself, or check out its repository, mend the lock there by `cargo update` and import it"
            ),
            Self::Fleet(file) => write!(
                formatter,
                "the versions are chosen for {file}: name another one in its table `pin` or another version of the program; where a program of a \
                 folder has it in its own lock, run `cargo update` there"
            ),
        }
    }
}

impl Error {
    /// What to do, where the message does not say so itself.
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Self::Config(error) => error.help(),
            Self::Source(error) => error.help(),
            Self::Resolve(error) => return error.help(),
            Self::Units(units::Error::TwoLinks { .. }) => {
                return Some("run `cargo update`, or drop one of them".to_owned());
            }
            Self::Fleet(error) => return error.help(),
            Self::OfLock { owner, .. } => return Some(owner.to_string()),
            _ => None,
        };
        help.map(|help| help.to_string())
    }
}

impl Error {
    /// The same of a lock that somebody else made; what has nothing to do with the lock stays as it is.
    #[must_use]
    pub fn of_lock(self, owner: LockOwner) -> Self {
        let is_of_lock = match &self {
            Self::Source(error) => error.is_of_lock(),
            Self::Resolve(error) => error.is_of_lock(),
            Self::Units(error) => matches!(error, units::Error::TwoLinks { .. }),
            _ => false,
        };
        match is_of_lock {
            true => Self::OfLock {
                owner,
                error: Box::new(self),
            },
            false => self,
        }
    }
}

impl From<units::ProfileError> for Error {
    fn from(error: units::ProfileError) -> Self {
        Self::Units(error.into())
    }
}
