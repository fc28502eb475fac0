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
    /// A manifest of a published program.
    #[error("`--crate {0}`: expected NAME@VERSION, for example ripgrep@14.1.1")]
    Published(String),
    /// A graph was not made for a platform.
    #[error("{file}: the graph is not made for `{target}`, only for {known}: run `dyrust import --target {target}`")]
    NoPlatform {
        /// The graph's file.
        file: String,
        /// What was asked for.
        target: String,
        /// The graph's targets.
        known: String,
    },
    /// `dyrust init` where there is a flake.
    #[error(
        "{}: is there already, and stays as it is: run `dyrust import` for the graph, and take `lib.buildGraph` into the flake as `nix flake init -t dyrust` has it in an empty folder",
        .0.display()
    )]
    FlakeExists(std::path::PathBuf),
    /// A crate is not in a graph.
    #[error("{file}: there is no crate `{name}` in the graph: give a package's name, `name@version`, or a unit's id")]
    NoCrate {
        /// The graph's file.
        file: String,
        /// What was asked for.
        name: String,
    },
    /// Sources could not be put into the Nix store.
    #[error(transparent)]
    Prefetch(#[from] crate::commands::PrefetchError),
    /// The report.
    #[error(transparent)]
    Report(#[from] dyrust_report::Error),
    /// The manual page could not be made.
    #[error("the manual page could not be made: {0}")]
    Manual(std::io::Error),
}

impl Error {
    /// What to do, where the message does not say so itself.
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Self::Config(error) => error.help(),
            Self::Source(error) | Self::Resolve(resolve::Error::Source(error)) => error.help(),
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
