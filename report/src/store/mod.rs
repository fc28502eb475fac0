//! Finds what a set of store paths refers to: by asking Nix, or by scanning files as Nix itself does after a build.

pub mod nar;
mod nix;
mod scan;

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

pub use nix::NixCommand;
pub use scan::{Scan, StoreIndex};

use crate::Error;

/// One path of a closure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorePath {
    /// Absolute path of the store's entry.
    pub path: PathBuf,
    /// The entries that this one refers to, sorted; never itself.
    pub references: Vec<PathBuf>,
    /// Bytes of the path as a Nix archive, where the source of the closure knows them.
    pub nar_size: Option<u64>,
    /// The derivation that made the path, where it is known; it need not be in the store.
    pub deriver: Option<PathBuf>,
}

/// What each derivation needs: derivation → the derivations that its builder's inputs come from.
pub type Derivations = HashMap<PathBuf, Vec<PathBuf>>;

/// A source of closures; tests and other stores bring their own.
pub trait Closure: Sync {
    /// The entries that `paths` (entries of the store in the folder `store`) reach, themselves included, sorted by path.
    ///
    /// # Errors
    /// If a path is not in the store, or the store cannot be asked.
    fn closure(&self, store: &Path, paths: &[PathBuf]) -> Result<Vec<StorePath>, Error>;

    /// The derivations that `derivers` reach, themselves included; `None` if the store does not have them all, as on a
    /// machine that downloaded what it did not build.
    fn derivations(&self, store: &Path, derivers: &[PathBuf]) -> Option<Derivations> {
        let _ = (store, derivers);
        None
    }
}

/// Asks Nix, and scans files on a machine that has none.
#[derive(Debug, Clone, Default)]
pub struct NixOrScan {
    /// How Nix is asked.
    pub nix: NixCommand,
}

impl Closure for NixOrScan {
    fn closure(&self, store: &Path, paths: &[PathBuf]) -> Result<Vec<StorePath>, Error> {
        match self.nix.closure(store, paths) {
            Err(Error::NixMissing { .. }) => Scan.closure(store, paths),
            answer => answer,
        }
    }

    fn derivations(&self, store: &Path, derivers: &[PathBuf]) -> Option<Derivations> {
        self.nix.derivations(store, derivers)
    }
}

/// The store's entry that `path` is in, if it is in the store.
#[must_use]
pub fn entry_of(store: &Path, path: &Path) -> Option<PathBuf> {
    let mut below = path.strip_prefix(store).ok()?.components();
    match below.next() {
        Some(Component::Normal(entry)) => Some(store.join(entry)),
        _ => None,
    }
}

/// Splits an entry's file name into the hash that begins it and the rest; `None` if it has no such hash.
#[must_use]
pub fn split_name(entry: &str) -> Option<(&str, &str)> {
    let (hash, name) = entry.split_once('-')?;
    (hash.len() == scan::HASH_LENGTH && hash.bytes().all(scan::is_hash_character)).then_some((hash, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_the_first_folder_below_the_store() {
        let store = Path::new("/nix/store");
        assert_eq!(
            entry_of(store, Path::new("/nix/store/a-b/bin/x")),
            Some("/nix/store/a-b".into())
        );
        assert_eq!(entry_of(store, Path::new("/nix/store")), None);
        assert_eq!(entry_of(store, Path::new("/usr/bin/x")), None);
    }

    #[test]
    fn only_a_name_with_a_hash_is_split() {
        assert_eq!(
            split_name("0123456789abcdfghijklmnpqrsvwxyz-memchr-2.7.4"),
            Some(("0123456789abcdfghijklmnpqrsvwxyz", "memchr-2.7.4"))
        );
        assert_eq!(split_name("memchr-2.7.4"), None);
        assert_eq!(
            split_name("e123456789abcdfghijklmnpqrsvwxyz-x"),
            None,
            "e is not in Nix's alphabet"
        );
    }
}
