//! Where packages come from: reads their manifests and pins their sources.
//!
//! The rest of the importer hands in what the lock says of a package ([`Request`]) and gets back its manifest, the list of its files
//! and its pin ([`Fetched`]). Packages come from Cargo's own caches where they are there, else from the registry or the git remote.

mod abandoned;
pub mod archive;
pub(crate) mod atomic;
mod directory;
mod error;
pub(crate) mod facts;
mod fetcher;
mod files;
mod git;
mod git_command;
pub mod hex;
mod http;
mod origin;
pub mod progress;
mod registry;
#[cfg(test)]
mod testing;
mod threads;

use std::path::PathBuf;
use std::sync::Arc;

pub use abandoned::remove_abandoned;
pub use error::{Error, PackageName};
pub use fetcher::{FetchOptions, Fetcher};
pub use files::FileSet;
pub use git::Checkout;
pub(crate) use git::decode_reference;
pub use git_command::Unknown;
pub use registry::{IndexFile, Published};

use crate::manifest::Package;

/// One package of the lock that does not belong to the workspace.
#[derive(Debug, Clone)]
pub struct Request {
    /// The package's name.
    pub name: String,
    /// Its version, as written in the lock.
    pub version: String,
    /// The lock's `source` string, for example `registry+…`, `sparse+…` or `git+URL?branch=main#REV`.
    pub source: String,
    /// The lock's checksum: 64 hex digits; git packages have none.
    pub checksum: Option<String>,
}

/// A manifest's text and the name it goes by in messages.
#[derive(Debug, Clone)]
pub struct ManifestText {
    /// The text of the `Cargo.toml`.
    pub text: String,
    /// What messages call it: a path relative to the workspace, or `memchr-2.7.4/Cargo.toml`.
    pub location: String,
}

/// What pins a package's source; it goes into the graph as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pin {
    /// A `.crate` file of a registry.
    Registry {
        /// Hex sha256 of the `.crate` file.
        sha256: String,
        /// `(short name, download template)` of a registry other than the default one.
        registry: Option<(String, String)>,
    },
    /// A crate in a git repository.
    Git {
        /// The repository's URL without query and fragment.
        url: String,
        /// The commit, 40 hex digits.
        rev: String,
        /// SRI hash of the checked-out tree without `.git`, as `nix hash path` computes it, submodules included.
        hash: String,
        /// Folder of the crate in the repository, relative, `.` for the root.
        folder: String,
        /// Whether the repository has submodules (the hash covers them).
        submodules: bool,
    },
    /// A crate in a directory source inside the workspace.
    Vendored {
        /// Relative to the workspace root.
        path: String,
        /// SRI hash of the folder, as `nix hash path` computes it.
        hash: String,
    },
}

/// A package as its source has it.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// What earlier imports made of it, if that is known; manifest, index and files are empty then.
    pub known: Option<Arc<Package>>,
    /// Whether what is made of it holds as long as its pin does: nothing else is looked at for it.
    pub lasting: bool,
    /// Its manifest.
    pub manifest: ManifestText,
    /// Its entry in the registry's index, where that may say something else than the manifest; Cargo goes by the entry.
    pub index: Option<Box<tame_index::IndexVersion>>,
    /// The manifest of the git repository's workspace that it inherits from (it may be its own), with the folder of that workspace in
    /// the repository.
    pub workspace: Option<(ManifestText, String)>,
    /// Its files.
    pub files: FileSet,
    /// Its pin.
    pub pin: Pin,
    /// The `.crate` file or checked-out folder on this machine, for `prefetch`; never written to the graph.
    pub local: PathBuf,
}

/// The default registry, as a lock names it.
pub fn default_source() -> String {
    format!("registry+{}", tame_index::CRATES_IO_INDEX)
}

/// Is it [`default_source`]?
pub(crate) fn is_default_source(text: &str) -> bool {
    text.strip_prefix("registry+") == Some(tame_index::CRATES_IO_INDEX)
}
