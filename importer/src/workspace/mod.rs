//! The workspace: its root, its members, and the packages that they reach by `path`.
//!
//! The rules are those of the Cargo book, chapter Workspaces.

mod error;
mod layout;
mod load;
mod members;
mod patch;
mod read;
mod resolver;
mod root;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use error::Error;
pub use layout::layout;
pub(crate) use load::file_digest;
pub use load::{LoadedManifest, MANIFEST_NAME};
pub use patch::{Patch, PatchEntry};
pub use resolver::ResolveBehavior;
pub(crate) use root::is_excluded;

use crate::manifest::{Package, Place, Warning};
use crate::source::Fetched;

/// A package of the workspace, or one that is reached from it by `path`.
#[derive(Debug)]
pub struct LocalPackage {
    /// Its folder, absolute; for a published program the folder in its archive.
    pub folder: PathBuf,
    /// Its folder relative to the workspace root, with `/`; `.` for the root itself. In a fleet relative to the fleet's folder.
    pub relative: String,
    /// The folder of the workspace's root manifest, absolute: rustc starts there.
    pub workspace: PathBuf,
    /// The package.
    pub package: Package,
    /// What messages call its manifest.
    pub location: String,
    /// Whether it is a member of the workspace.
    pub member: bool,
    /// For a published program: where it comes from.
    pub published: Option<Fetched>,
}

impl LocalPackage {
    /// Whether it lies in its workspace's folder.
    pub(crate) fn is_inside(&self) -> bool {
        self.folder.starts_with(&self.workspace)
    }

    /// The place of a key in its manifest, which is read once more: only for messages.
    pub(crate) fn place(&self, path: &[&str]) -> Place {
        let text = match &self.published {
            Some(fetched) => fetched.manifest.text.clone(),
            // Without its text the message names the file alone.
            None => std::fs::read_to_string(self.folder.join(MANIFEST_NAME)).unwrap_or_default(),
        };
        Place::of_key(&self.location, &text, path)
    }
}

/// A workspace, read.
#[derive(Debug)]
pub struct Workspace {
    /// The folder of the root manifest, absolute.
    pub root: PathBuf,
    /// The root manifest, with profiles and patches.
    pub root_manifest: LoadedManifest,
    /// The members and what they reach by `path`, sorted by folder.
    pub packages: Vec<LocalPackage>,
    /// The package of the manifest that was named, unless that is a virtual one: a position in `packages`.
    pub current: Option<usize>,
    /// The members that are meant if none is named: positions in `packages`.
    pub default_members: Vec<usize>,
    /// Which resolver applies.
    pub resolver: ResolveBehavior,
    /// The entries of `[patch]` and `[replace]`.
    pub patches: Vec<Patch>,
    /// Every file that this was read from, with its sha256 in hex.
    pub inputs: Vec<(PathBuf, String)>,
    /// The lock's text.
    pub lock: String,
    /// What messages call the lock.
    pub lock_location: String,
    /// What Cargo warns of in the manifests of the root and of the members; of those of others it says nothing.
    pub warnings: Vec<Warning>,
}

impl Workspace {
    /// The positions of the members.
    pub fn members(&self) -> impl Iterator<Item = usize> {
        (0..self.packages.len()).filter(|position| self.packages[*position].member)
    }

    /// Whether the manifest that was named has no package.
    pub fn is_virtual(&self) -> bool {
        self.current.is_none()
    }

    /// The local package of a folder.
    pub fn package_at(&self, folder: &Path) -> Option<usize> {
        position(&self.packages, folder)
    }
}

/// The position of a folder's package among packages that are sorted by folder.
fn position(packages: &[LocalPackage], folder: &Path) -> Option<usize> {
    packages
        .binary_search_by(|package| package.folder.as_path().cmp(folder))
        .ok()
}

pub use load::read_lock;
pub use read::{find_root, load, load_configured, published};
