//! Closures without Nix: a path refers to every store entry whose hash occurs in its files, which is the rule by which
//! Nix finds references after a build.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{Closure, StorePath, split_name};
use crate::Error;
use crate::files;

/// Characters of the hash that begins an entry's name.
pub(super) const HASH_LENGTH: usize = 32;

/// Whether a byte is in the alphabet of those hashes (digits and letters without e, o, t and u).
pub(super) fn is_hash_character(byte: u8) -> bool {
    byte.is_ascii_digit() || byte.is_ascii_lowercase() && !matches!(byte, b'e' | b'o' | b't' | b'u')
}

/// Finds closures by scanning files.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scan;

/// The entries of a store, by hash.
#[derive(Debug)]
pub struct StoreIndex {
    entries: HashMap<[u8; HASH_LENGTH], PathBuf>,
}

impl StoreIndex {
    /// Lists the folder of a store; a folder that does not exist is a store without entries.
    ///
    /// # Errors
    /// If the folder cannot be listed.
    pub fn read(store: &Path) -> Result<Self, Error> {
        let mut entries = HashMap::new();
        if !store.exists() {
            return Ok(Self { entries });
        }
        for entry in fs::read_dir(store).map_err(Error::read(store))? {
            let name = entry.map_err(Error::read(store))?.file_name();
            // Derivations and lock files are never needed at run time.
            let Some(text) = name.to_str().filter(|text| !is_build_file(text)) else {
                continue;
            };
            let Some((hash, _)) = split_name(text) else { continue };
            if let Ok(hash) = <[u8; HASH_LENGTH]>::try_from(hash.as_bytes()) {
                entries.insert(hash, store.join(text));
            }
        }
        Ok(Self { entries })
    }

    /// Adds the entries whose hash occurs in `bytes` to `found`.
    fn scan<'index>(&'index self, bytes: &[u8], found: &mut BTreeSet<&'index Path>) {
        let mut run = 0;
        for (position, byte) in bytes.iter().enumerate() {
            if is_hash_character(*byte) {
                run += 1;
                continue;
            }
            if *byte == b'-' && run >= HASH_LENGTH {
                let hash = bytes
                    .get(position - HASH_LENGTH..position)
                    .and_then(|hash| hash.try_into().ok());
                if let Some(path) = hash.and_then(|hash: [u8; HASH_LENGTH]| self.entries.get(&hash)) {
                    found.insert(path);
                }
            }
            run = 0;
        }
    }

    /// The entries that the files below `path` (or the file itself) refer to, by content or as a link's target; sorted.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn references(&self, path: &Path) -> Result<Vec<PathBuf>, Error> {
        let files = files::below(path)?;
        let found: Result<Vec<BTreeSet<&Path>>, Error> = files
            .par_iter()
            .map(|file| {
                let mut found = BTreeSet::new();
                if file.link {
                    let target = fs::read_link(&file.path).map_err(Error::read(&file.path))?;
                    self.scan(target.as_os_str().as_bytes(), &mut found);
                } else {
                    self.scan(&fs::read(&file.path).map_err(Error::read(&file.path))?, &mut found);
                }
                Ok(found)
            })
            .collect();
        let all: BTreeSet<&Path> = found?.into_iter().flatten().collect();
        Ok(all
            .into_iter()
            .filter(|reference| *reference != path)
            .map(Path::to_owned)
            .collect())
    }
}

fn is_build_file(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|extension| extension == "drv" || extension == "lock" || extension == "chroot")
}

impl Closure for Scan {
    fn closure(&self, store: &Path, paths: &[PathBuf]) -> Result<Vec<StorePath>, Error> {
        let index = StoreIndex::read(store)?;
        let mut closure: BTreeMap<PathBuf, StorePath> = BTreeMap::new();
        let mut waiting: Vec<PathBuf> = paths.to_vec();
        while let Some(path) = waiting.pop() {
            if closure.contains_key(&path) {
                continue;
            }
            if !path.exists() {
                return Err(Error::NotInStore {
                    path,
                    store: store.to_owned(),
                });
            }
            let references = index.references(&path)?;
            waiting.extend(references.iter().cloned());
            closure.insert(
                path.clone(),
                StorePath {
                    path,
                    references,
                    nar_size: None,
                    deriver: None,
                },
            );
        }
        Ok(closure.into_values().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn hash(letter: char) -> String {
        letter.to_string().repeat(HASH_LENGTH)
    }

    fn entry(store: &Path, letter: char, name: &str, text: &str) -> PathBuf {
        let path = store.join(format!("{}-{name}", hash(letter)));
        fs::create_dir_all(path.join("lib")).unwrap();
        fs::write(path.join("lib/file"), text).unwrap();
        path
    }

    #[test]
    fn a_closure_follows_contents_and_links_and_ignores_unknown_hashes() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path();
        let c = entry(
            store,
            'c',
            "c-1.0",
            "nothing, and an unknown one: dddddddddddddddddddddddddddddddd-d",
        );
        // The text runs on behind the reference, as strings in a program do.
        let b = entry(store, 'b', "b-1.0", &format!("{}more-text", c.display()));
        let linked = entry(store, 'f', "f-1.0", "");
        let a = entry(store, 'a', "a-1.0", &format!("own: {}-a-1.0", hash('a')));
        symlink(b.join("lib/file"), a.join("lib/link")).unwrap();
        entry(store, 'g', "unused-1.0", "");
        fs::write(linked.join("self"), format!("{}", linked.display())).unwrap();
        let closure = Scan.closure(store, &[a.clone(), linked.clone()]).unwrap();
        let found: Vec<_> = closure
            .iter()
            .map(|path| (path.path.clone(), path.references.clone()))
            .collect();
        assert_eq!(
            found,
            [
                (a, vec![b.clone()]),
                (b, vec![c.clone()]),
                (c, vec![]),
                (linked, vec![])
            ]
        );
    }

    #[test]
    fn a_path_that_is_not_in_the_store_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join(format!("{}-x", hash('a')));
        let error = Scan.closure(folder.path(), &[missing]).unwrap_err();
        assert!(error.to_string().contains("is not in the store"), "{error}");
    }
}
