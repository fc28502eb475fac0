//! The importer's own error: one variant for each stage.

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
}

impl Error {
    /// What to do, where the message does not say so itself.
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Self::Config(error) => error.help(),
            Self::Source(error) | Self::Resolve(resolve::Error::Source(error)) => error.help(),
            Self::Fleet(error) => return error.help(),
            _ => None,
        };
        help.map(|help| help.to_string())
    }
}

impl From<units::ProfileError> for Error {
    fn from(error: units::ProfileError) -> Self {
        Self::Units(error.into())
    }
}
