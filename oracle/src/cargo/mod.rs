//! Cargo's side: runs `cargo build --unit-graph` and brings its output into the common form.
//!
//! The format is described in Cargo's book under "unstable features", `unit-graph`. It is unstable, so that one call is told that it is
//! a nightly Cargo; nothing is compiled by it.

mod package_id;
mod unit_graph;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::unit::UnitGraph;
use dyrust_importer::Selection;

pub(crate) use package_id::{decode, relative};
pub use unit_graph::parse;

/// Why there is no unit graph of Cargo's.
#[derive(Debug, thiserror::Error)]
pub enum CargoError {
    /// Cargo could not be started.
    #[error("cannot run {program}: {source}")]
    Start {
        /// The program as called.
        program: String,
        /// The system's error.
        source: std::io::Error,
    },
    /// Cargo refused; a project that it rejects can't be compared.
    #[error("cargo rejects the project or the selection:\n{message}")]
    Rejected {
        /// Its standard error.
        message: String,
    },
    /// The output is not the unit graph that this program knows.
    #[error("cargo's unit graph cannot be read: {0}")]
    Format(String),
}

/// Calls Cargo in one workspace.
#[derive(Debug, Clone)]
pub struct Cargo {
    /// The workspace's root: paths in the units are relative to it.
    pub root: PathBuf,
    /// The folder to call it in: the root or that of a member.
    pub folder: PathBuf,
    /// Cargo's target directory for these calls; it keeps only Cargo's notes on rustc, so one folder serves many workspaces.
    pub target_directory: PathBuf,
    /// Cargo's home, if not the user's.
    pub home: Option<PathBuf>,
}

impl Cargo {
    /// The program: that of `CARGO`, which `cargo test` sets, else the one on the PATH.
    pub fn program() -> String {
        std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(Self::program());
        // The same folder for every command: what Cargo has found out about rustc is kept there.
        command
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target_directory);
        if let Some(home) = &self.home {
            command.env("CARGO_HOME", home);
        }
        command
    }

    /// Makes the lock anew, offline; false if Cargo finds none.
    ///
    /// # Errors
    /// [`CargoError::Start`].
    pub fn generate_lock(&self) -> Result<bool, CargoError> {
        let output = self
            .command()
            .args(["generate-lockfile", "--offline", "--quiet"])
            .output()
            .map_err(not_started)?;
        Ok(output.status.success())
    }

    /// The units of `selection` on the platform `target`.
    ///
    /// # Errors
    /// [`CargoError::Rejected`] carries Cargo's own message; the other kinds mean that the comparison itself does not work.
    pub fn unit_graph(&self, selection: &Selection, target: &str) -> Result<UnitGraph, CargoError> {
        parse(&self.unit_graph_text(selection, target)?, &self.root)
    }

    /// The unit graph as Cargo prints it.
    ///
    /// # Errors
    /// As [`Cargo::unit_graph`].
    pub fn unit_graph_text(&self, selection: &Selection, target: &str) -> Result<String, CargoError> {
        let mut command = self.command();
        command
            // Cargo's alone. RUSTC_BOOTSTRAP would reach rustc, too, which then has the `cfg`s of a nightly.
            .env("__CARGO_TEST_CHANNEL_OVERRIDE_DO_NOT_USE_THIS", "nightly")
            .args(["build", "--unit-graph", "-Zunstable-options", "--offline", "--locked"])
            // Units are the same for every compiler; which one may build them is found out by the builder.
            .arg("--ignore-rust-version")
            .args(["--target", target])
            .args(arguments(selection));
        printed(&mut command)
    }

    /// What `cargo metadata` prints of the packages on some platforms, with all features.
    ///
    /// # Errors
    /// As [`Cargo::unit_graph`].
    pub fn metadata(&self, platforms: &BTreeSet<&str>) -> Result<String, CargoError> {
        let mut command = self.command();
        command
            .args([
                "metadata",
                "--format-version=1",
                "--all-features",
                "--offline",
                "--locked",
            ])
            .args(platforms.iter().map(|platform| format!("--filter-platform={platform}")));
        printed(&mut command)
    }
}

/// Fetches what the lock of the workspace at `root` lists, as both sides are offline when they are compared. The network is used only if
/// something is not in Cargo's cache.
///
/// # Errors
/// [`CargoError::Rejected`] if the lock does not fit the manifests or a package can't be had.
pub fn fetch(root: &Path) -> Result<(), CargoError> {
    fetch_for(root, &[])
}

/// The same for some targets only; for all if none is given.
///
/// # Errors
/// As [`fetch`].
pub fn fetch_for(root: &Path, targets: &[String]) -> Result<(), CargoError> {
    let run = |offline: bool| {
        Command::new(Cargo::program())
            .current_dir(root)
            .args(["fetch", "--locked", "--quiet"])
            .args(targets.iter().flat_map(|target| ["--target", target.as_str()]))
            .args(offline.then_some("--offline"))
            .output()
            .map_err(not_started)
    };
    if run(true)?.status.success() {
        return Ok(());
    }
    let output = run(false)?;
    if output.status.success() {
        return Ok(());
    }
    Err(CargoError::Rejected {
        message: String::from_utf8_lossy(&output.stderr).trim_end().to_owned(),
    })
}

/// The selection as arguments of `cargo build`.
pub fn arguments(selection: &Selection) -> Vec<String> {
    let mut arguments = vec![format!("--profile={}", selection.profile())];
    let flags = [
        ("--workspace", selection.workspace),
        ("--lib", selection.lib),
        ("--bins", selection.all_bins),
        ("--tests", selection.tests),
        ("--examples", selection.examples),
        ("--benches", selection.benches),
        ("--all-targets", selection.all_targets),
        ("--all-features", selection.all_features),
        ("--no-default-features", selection.no_default_features),
    ];
    arguments.extend(flags.iter().filter(|(_, set)| *set).map(|(name, _)| (*name).to_owned()));
    for (name, values) in [
        ("--package", &selection.packages),
        ("--bin", &selection.bins),
        ("--features", &selection.features),
    ] {
        arguments.extend(values.iter().map(|value| format!("{name}={value}")));
    }
    arguments
}

/// What a command of Cargo prints.
fn printed(command: &mut Command) -> Result<String, CargoError> {
    let output = command.output().map_err(not_started)?;
    if !output.status.success() {
        return Err(CargoError::Rejected {
            message: String::from_utf8_lossy(&output.stderr).trim_end().to_owned(),
        });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn not_started(source: std::io::Error) -> CargoError {
    CargoError::Start {
        program: Cargo::program(),
        source,
    }
}

/// The root of the workspace that `folder` belongs to, as Cargo finds it.
///
/// # Errors
/// As [`Cargo::unit_graph`].
pub fn workspace_root(folder: &Path) -> Result<PathBuf, CargoError> {
    let output = Command::new(Cargo::program())
        .current_dir(folder)
        .args(["locate-project", "--workspace", "--message-format=plain"])
        .output()
        .map_err(not_started)?;
    let manifest = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    match manifest.parent() {
        Some(root) if output.status.success() => Ok(root.to_owned()),
        _ => Err(CargoError::Rejected {
            message: String::from_utf8_lossy(&output.stderr).trim_end().to_owned(),
        }),
    }
}
