//! Programs as they are published: the `.crate` file, through Cargo's own cache, unpacked to a folder.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::read::GzDecoder;

use crate::cargo::Cargo;

/// Why a published crate could not be unpacked.
#[derive(Debug, thiserror::Error)]
pub enum PublishedError {
    /// Cargo can't give the crate.
    #[error("cargo has no {package}: {message}")]
    Missing {
        /// `NAME@VERSION`.
        package: String,
        /// What Cargo said.
        message: String,
    },
    /// The file can't be read or unpacked.
    #[error("{path}: {source}")]
    Unpack {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

/// The `.crate` file in Cargo's cache, which Cargo downloads if it is not there yet.
///
/// # Errors
/// [`PublishedError::Missing`] with Cargo's message.
pub fn crate_file(name: &str, version: &str) -> Result<PathBuf, PublishedError> {
    if let Some(file) = cached(name, version) {
        return Ok(file);
    }
    // `cargo info` is the one command that downloads a single crate without its dependencies.
    let package = format!("{name}@{version}");
    let output = Command::new(Cargo::program())
        .current_dir(std::env::temp_dir())
        .args(["info", "--quiet", &package])
        .output();
    let message = match output {
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim_end().to_owned(),
        Err(error) => error.to_string(),
    };
    cached(name, version).ok_or(PublishedError::Missing { package, message })
}

fn cached(name: &str, version: &str) -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))?;
    let registries = std::fs::read_dir(home.join("registry/cache")).ok()?;
    registries
        .filter_map(Result::ok)
        .map(|registry| registry.path().join(format!("{name}-{version}.crate")))
        .find(|file| file.is_file())
}

/// Unpacks a `.crate` file below `folder`, without its choice of a toolchain; the result is the crate's own folder.
///
/// # Errors
/// [`PublishedError::Unpack`] if the file is damaged or the folder can't be written.
pub fn unpack(file: &Path, folder: &Path) -> Result<PathBuf, PublishedError> {
    let failed = |source| PublishedError::Unpack {
        path: file.to_owned(),
        source,
    };
    let reader = std::fs::File::open(file).map_err(failed)?;
    tar::Archive::new(GzDecoder::new(reader))
        .unpack(folder)
        .map_err(failed)?;
    let package = folder.join(file.file_stem().unwrap_or_default());
    // The comparison is with this Cargo, whichever the program's authors use.
    for name in ["rust-toolchain", "rust-toolchain.toml"] {
        match std::fs::remove_file(package.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    Ok(package)
}
