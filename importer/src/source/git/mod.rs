//! Packages in git repositories, pinned by commit and by the hash of the checked-out tree.
//!
//! A commit is checked out once, in dyrust's cache folder, from Cargo's database if it holds the commit, else from the remote. The tree
//! is the one that nixpkgs' `fetchgit` makes: git's own checkout without settings of the user, submodules included, and nothing named
//! `.git` left in it. (Cargo's checkouts have files of its own in them and follow the user's settings, so they are not used.)

mod checkout;
mod discover;
#[cfg(test)]
mod tests;
mod url;

use std::fs;
use std::path::{Path, PathBuf};

use super::atomic::write_file;
use super::{Error, Fetched, FileSet, ManifestText, PackageName, Pin, Request, remove_abandoned};
use crate::config::Config;

pub(super) use url::GitSource;
pub(crate) use url::decode as decode_reference;

/// A commit's tree on this machine.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    folder: PathBuf,
    hash: String,
    /// The folders of the submodules.
    submodules: Vec<String>,
}

/// A commit's tree, for those who read it whole.
#[derive(Debug, Clone)]
pub struct Checkout {
    /// Where it is on this machine.
    pub folder: PathBuf,
    /// Its SRI hash, as pins have it.
    pub hash: String,
    /// Whether the repository has submodules.
    pub submodules: bool,
}

/// What the name of a folder begins with in which a tree is made.
const TEMPORARY: &str = ".new-";

/// The first line of what is remembered of a tree; another one means another format.
const HEADER: &str = "dyrust tree 1";

impl Tree {
    /// The tree of a commit: the one in the cache, else one that is made now.
    ///
    /// `package` is the one that messages name.
    pub(super) fn get(
        config: &Config,
        offline: bool,
        source: &GitSource,
        package: &PackageName,
    ) -> Result<Self, Error> {
        if let Some(tree) = Self::cached(config, source) {
            return Ok(tree);
        }
        let place = config.cache.join("git").join(&source.rev);
        let io = |reason| Error::Io {
            doing: "writing",
            file: place.clone(),
            reason,
        };
        let parent = place.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(io)?;
        remove_abandoned(parent, TEMPORARY);
        let temporary = tempfile::Builder::new()
            .prefix(TEMPORARY)
            .tempdir_in(parent)
            .map_err(io)?;
        let folder = temporary.path().join("tree");
        let submodules = checkout::checkout(config, offline, source, package, &folder)?;
        let hash = dyrust_nar::hash_path(&folder).map_err(io)?;
        let mut text = format!("{HEADER}\n{hash}\n");
        for submodule in &submodules {
            text.push_str(submodule);
            text.push('\n');
        }
        write_file(&temporary.path().join("info"), text.as_bytes()).map_err(io)?;
        // Another process may have been faster; a folder without `info` is a leftover, and one with other files is damaged.
        if Self::cached(config, source).is_none() {
            if place.exists() {
                fs::remove_dir_all(&place).map_err(io)?;
            }
            // Once renamed, the temporary folder is gone, and there is nothing left to clean up.
            if let Err(reason) = fs::rename(temporary.path(), &place)
                && Self::recall(&place).is_none()
            {
                return Err(io(reason));
            }
        }
        Self::recall(&place).ok_or_else(|| io(std::io::Error::other("what was written cannot be read")))
    }

    /// The tree of a commit, if it is in the cache, whole: what was read from a damaged one would be pinned as the commit's.
    pub(super) fn cached(config: &Config, source: &GitSource) -> Option<Self> {
        let tree = Self::recall(&config.cache.join("git").join(&source.rev))?;
        let found = dyrust_nar::hash_path(&tree.folder).ok()?;
        (found == tree.hash).then_some(tree)
    }

    fn recall(place: &Path) -> Option<Self> {
        let text = fs::read_to_string(place.join("info")).ok()?;
        let mut lines = text.lines();
        let folder = place.join("tree");
        if lines.next()? != HEADER || !folder.is_dir() {
            return None;
        }
        let hash = lines.next().filter(|hash| hash.starts_with("sha256-"))?.to_owned();
        Some(Self {
            folder,
            hash,
            submodules: lines.map(str::to_owned).collect(),
        })
    }

    pub(super) fn into_checkout(self) -> Checkout {
        Checkout {
            folder: self.folder,
            hash: self.hash,
            submodules: !self.submodules.is_empty(),
        }
    }

    /// The package in this tree, found as Cargo finds it.
    pub(super) fn package(&self, source: &GitSource, request: &Request) -> Result<Fetched, Error> {
        let packages = discover::packages(&self.folder, &self.submodules);
        let found = packages
            .iter()
            .find(|package| package.name == request.name && package.version == request.version);
        let Some(package) = found else {
            let mut names: Vec<String> = packages.iter().map(|p| format!("{} {}", p.name, p.version)).collect();
            names.sort();
            names.dedup();
            return Err(Error::NotInRepository {
                package: PackageName {
                    name: request.name.clone(),
                    version: request.version.clone(),
                },
                url: source.url.clone(),
                rev: source.rev.clone(),
                found: if names.is_empty() {
                    "no package at all".to_owned()
                } else {
                    names.join(", ")
                },
            });
        };
        let short = source.rev.get(..7).unwrap_or(&source.rev);
        let location = |folder: &str| match folder {
            "." => format!("{}#{short}/Cargo.toml", source.url),
            folder => format!("{}#{short}/{folder}/Cargo.toml", source.url),
        };
        let workspace = package.workspace.as_ref().map(|(folder, text)| {
            (
                ManifestText {
                    text: text.clone(),
                    location: location(folder),
                },
                folder.clone(),
            )
        });
        Ok(Fetched {
            known: None,
            lasting: false,
            index: None,
            manifest: ManifestText {
                text: package.text.clone(),
                location: location(&package.folder),
            },
            workspace,
            files: FileSet::from_directory(self.folder.join(&package.folder)),
            pin: Pin::Git {
                url: source.url.clone(),
                rev: source.rev.clone(),
                hash: self.hash.clone(),
                folder: package.folder.clone(),
                submodules: !self.submodules.is_empty(),
            },
            local: self.folder.clone(),
        })
    }
}
