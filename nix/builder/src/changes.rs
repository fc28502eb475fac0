//! What a build script writes into its own package's folder. Cargo does not forbid it, and compiles the package from the
//! changed folder; here the package's other units start from the source again, so the changes go along.

use crate::failure::{Context, Result};
use crate::files;
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The files of a folder, and what changes about each when it is written.
#[derive(Debug, PartialEq, Eq)]
pub struct Snapshot {
    files: BTreeMap<PathBuf, (u64, i64, i64)>,
}

impl Snapshot {
    /// Looks at every file of a folder.
    ///
    /// # Errors
    /// If a folder cannot be listed.
    pub fn take(folder: &Path) -> Result<Self> {
        let mut snapshot = Self { files: BTreeMap::new() };
        snapshot.add(folder, Path::new(""))?;
        Ok(snapshot)
    }

    fn add(&mut self, folder: &Path, inside: &Path) -> Result<()> {
        for path in files::list(folder)? {
            let name = inside.join(path.file_name().unwrap_or_default());
            let data = std::fs::symlink_metadata(&path).file("read", &path)?;
            if data.is_dir() {
                self.add(&path, &name)?;
            } else {
                // The time of the last change of any kind can't be set by programs, unlike that of the content.
                self.files.insert(name, (data.len(), data.ctime(), data.ctime_nsec()));
            }
        }
        Ok(())
    }

    /// Copies what was added or changed in the folder since, to the same place below `to`. Returns how many files.
    ///
    /// # Errors
    /// If a file cannot be read or written.
    pub fn keep_changes(&self, folder: &Path, to: &Path) -> Result<usize> {
        let now = Self::take(folder)?;
        let changed = now
            .files
            .iter()
            .filter(|(name, state)| self.files.get(*name) != Some(*state));
        let mut count = 0;
        for (name, _) in changed {
            let (from, target) = (folder.join(name), to.join(name));
            if from.is_symlink() {
                let points_at = std::fs::read_link(&from).file("read the link", &from)?;
                if let Some(parent) = target.parent() {
                    files::make_folder(parent)?;
                }
                files::link(&points_at, &target)?;
            } else {
                files::copy(&from, &target)?;
            }
            count += 1;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_and_changed_files_are_kept() {
        let base = crate::test_folder("changes");
        let folder = base.join("source");
        files::write(&folder.join("src/lib.rs"), b"one").unwrap();
        files::write(&folder.join("src/same.rs"), b"same").unwrap();
        let before = Snapshot::take(&folder).unwrap();
        files::write(&folder.join("src/lib.rs"), b"two").unwrap();
        files::write(&folder.join("src/new/made.rs"), b"made").unwrap();
        let to = base.join("changes");
        assert_eq!(before.keep_changes(&folder, &to).unwrap(), 2);
        assert_eq!(files::read(&to.join("src/lib.rs")).unwrap(), b"two");
        assert_eq!(files::read(&to.join("src/new/made.rs")).unwrap(), b"made");
        assert!(!to.join("src/same.rs").exists());
        assert_eq!(Snapshot::take(&folder).unwrap().keep_changes(&folder, &to).unwrap(), 0);
    }
}
