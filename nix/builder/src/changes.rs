//! What a build script changes in its own package's folder. Cargo does not forbid it, and compiles the package from the
//! changed folder; here the package's other units start from the source again, so the changes go along.

use crate::failure::{Context, Result};
use crate::files;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// In the `dev` of a build script's run: what it wrote into its source.
const WRITTEN: &str = "changes";
/// There, too: the paths of what it took away, each with a zero byte behind it.
const REMOVED: &str = "removed";

/// What changes about a file when it is written.
#[derive(Debug, PartialEq, Eq)]
struct FileState {
    length: u64,
    /// The time of the last change of any kind can't be set by programs, unlike that of the content.
    changed: (i64, i64),
    is_link: bool,
}

/// The files and folders of a folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    files: BTreeMap<PathBuf, FileState>,
    folders: BTreeSet<PathBuf>,
}

impl Snapshot {
    /// Looks at everything in a folder.
    ///
    /// # Errors
    /// If a folder cannot be listed.
    pub fn take(folder: &Path) -> Result<Self> {
        let mut snapshot = Self::default();
        snapshot.add(folder, Path::new(""))?;
        Ok(snapshot)
    }

    fn add(&mut self, folder: &Path, inside: &Path) -> Result<()> {
        for path in files::list(folder)? {
            let name = inside.join(path.file_name().unwrap_or_default());
            let data = std::fs::symlink_metadata(&path).file("read", &path)?;
            if data.is_dir() {
                self.add(&path, &name)?;
                self.folders.insert(name);
            } else {
                let state = FileState {
                    length: data.len(),
                    changed: (data.ctime(), data.ctime_nsec()),
                    is_link: data.is_symlink(),
                };
                self.files.insert(name, state);
            }
        }
        Ok(())
    }

    /// Keeps in `dev` what was added, changed or taken away in the folder since. Returns how many files and folders.
    ///
    /// # Errors
    /// If a file cannot be read or written.
    pub fn keep_changes(&self, folder: &Path, dev: &Path) -> Result<usize> {
        let now = Self::take(folder)?;
        let to = dev.join(WRITTEN);
        let mut count = 0;
        // An empty one may be all that a macro looks for, which embeds what is in it.
        for name in now.folders.difference(&self.folders) {
            files::make_folder(&to.join(name))?;
            count += 1;
        }
        let changed = now
            .files
            .iter()
            .filter(|(name, state)| self.files.get(*name) != Some(*state));
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
        // A link and a file do not take each other's place by being written.
        let is_gone = |(name, state): &(&PathBuf, &FileState)| {
            now.files.get(*name).is_none_or(|now| now.is_link != state.is_link)
        };
        let files = self.files.iter().filter(is_gone).map(|(name, _)| name);
        let mut removed = Vec::new();
        for name in files.chain(self.folders.difference(&now.folders)) {
            removed.extend_from_slice(name.as_os_str().as_bytes());
            removed.push(0);
            count += 1;
        }
        if !removed.is_empty() {
            files::write(&dev.join(REMOVED), &removed)?;
        }
        Ok(count)
    }
}

/// Makes the changes that are kept in `dev` to a folder that has none of them.
///
/// # Errors
/// If a file cannot be read, written or removed.
pub fn apply(dev: &Path, folder: &Path) -> Result<()> {
    let removed = dev.join(REMOVED);
    if removed.exists() {
        for name in files::read(&removed)?.split(|byte| *byte == 0) {
            let path = folder.join(OsStr::from_bytes(name));
            if name.is_empty() || path.symlink_metadata().is_err() {
                continue;
            }
            let removing = match path.is_dir() && !path.is_symlink() {
                true => std::fs::remove_dir_all(&path),
                false => std::fs::remove_file(&path),
            };
            removing.file("remove", &path)?;
        }
    }
    let written = dev.join(WRITTEN);
    if written.is_dir() {
        files::copy_tree(&written, folder)?;
    }
    Ok(())
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
        let dev = base.join("dev");
        assert_eq!(before.keep_changes(&folder, &dev).unwrap(), 3);
        let to = dev.join("changes");
        assert_eq!(files::read(&to.join("src/lib.rs")).unwrap(), b"two");
        assert_eq!(files::read(&to.join("src/new/made.rs")).unwrap(), b"made");
        assert!(!to.join("src/same.rs").exists() && !dev.join("removed").exists());
        assert_eq!(Snapshot::take(&folder).unwrap().keep_changes(&folder, &to).unwrap(), 0);
    }

    // A script that makes an empty folder for a macro to embed (rust-embed's users have such) had it for itself alone; a file that a script
    // takes away was there for the crate.
    #[test]
    fn folders_and_what_was_taken_away_are_kept() {
        let base = crate::test_folder("changes-folders");
        let (folder, again, dev) = (base.join("source"), base.join("again"), base.join("dev"));
        for folder in [&folder, &again] {
            files::write(&folder.join("old/a/b.txt"), b"b").unwrap();
            files::write(&folder.join("file"), b"file").unwrap();
            files::write(&folder.join("turned"), b"turned").unwrap();
            files::write(&folder.join("replaced/c.txt"), b"c").unwrap();
            files::write(&folder.join("linked"), b"linked").unwrap();
            files::link(Path::new("file"), &folder.join("link")).unwrap();
        }
        let before = Snapshot::take(&folder).unwrap();
        std::fs::rename(folder.join("old"), folder.join("new")).unwrap();
        std::fs::remove_file(folder.join("file")).unwrap();
        std::fs::remove_file(folder.join("turned")).unwrap();
        files::make_folder(&folder.join("turned/empty")).unwrap();
        std::fs::remove_dir_all(folder.join("replaced")).unwrap();
        files::link(Path::new("new"), &folder.join("replaced")).unwrap();
        std::fs::remove_file(folder.join("linked")).unwrap();
        files::link(Path::new("new/a/b.txt"), &folder.join("linked")).unwrap();
        std::fs::remove_file(folder.join("link")).unwrap();
        files::write(&folder.join("link"), b"a file").unwrap();
        before.keep_changes(&folder, &dev).unwrap();

        apply(&dev, &again).unwrap();

        let names = |folder: &Path| {
            let Snapshot { files, folders } = Snapshot::take(folder).unwrap();
            (files.into_keys().collect::<Vec<_>>(), folders)
        };
        assert_eq!(names(&again), names(&folder));
        assert!(again.join("turned/empty").is_dir() && again.join("replaced").is_symlink());
        assert!(again.join("linked").is_symlink() && !again.join("link").is_symlink());
    }
}
