//! Packs store paths into what starts them: an OCI image layout for container engines, or a cpio archive for a kernel.
//!
//! Owners are root and times are zero, and everything is in the order of its path: the same paths give the same bytes.

mod cpio;
mod oci;
mod tar;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Component, Path, PathBuf};

use crate::error::{Error, Result, read};

pub use cpio::initrd;
pub use oci::{Container, image};

/// Something in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A folder.
    Folder,
    /// A file: where its content is now, and whether it is a program.
    File(PathBuf, bool),
    /// A symbolic link and its target.
    Link(PathBuf),
}

impl Entry {
    /// The permission bits: store paths cannot be written to.
    fn mode(&self) -> u32 {
        match self {
            Self::Folder | Self::File(_, true) => 0o555,
            Self::File(_, false) => 0o444,
            Self::Link(_) => 0o777,
        }
    }
}

/// The content of an archive, by path without the leading `/`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    entries: BTreeMap<PathBuf, Entry>,
}

impl Tree {
    /// Adds a file or folder with all that is in it, under the path that it has.
    pub fn add(&mut self, path: &Path) -> Result<()> {
        let kind = std::fs::symlink_metadata(path).map_err(Error::io("read", path))?;
        if kind.is_symlink() {
            let target = std::fs::read_link(path).map_err(Error::io("read", path))?;
            self.insert(path, Entry::Link(target));
        } else if kind.is_dir() {
            self.insert(path, Entry::Folder);
            for entry in std::fs::read_dir(path).map_err(Error::io("read", path))? {
                self.add(&entry.map_err(Error::io("read", path))?.path())?;
            }
        } else {
            self.insert(
                path,
                Entry::File(path.to_owned(), kind.permissions().mode() & 0o100 != 0),
            );
        }
        Ok(())
    }

    /// Adds an entry, and the folders above it.
    pub fn insert(&mut self, path: &Path, entry: Entry) {
        let path = path.strip_prefix("/").unwrap_or(path);
        for above in path.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty()) {
            self.entries.entry(above.to_owned()).or_insert(Entry::Folder);
        }
        self.entries.insert(path.to_owned(), entry);
    }

    /// What is at a path, wherever links of the archive lead; nothing where one leads out of it.
    pub fn find(&self, path: &Path) -> Option<&Entry> {
        let mut at = PathBuf::new();
        let mut rest: Vec<Component> = path.components().rev().collect();
        let mut links = 0;
        while let Some(part) = rest.pop() {
            match part {
                Component::RootDir => at.clear(),
                Component::ParentDir => drop(at.pop()),
                Component::Normal(name) => at.push(name),
                Component::CurDir | Component::Prefix(_) => {}
            }
            if let Some(Entry::Link(target)) = self.entries.get(&at) {
                // As many as Linux follows.
                if links == 40 {
                    return None;
                }
                links += 1;
                at.pop();
                rest.extend(target.components().rev());
            }
        }
        self.entries.get(&at)
    }

    /// All entries; folders come before what is in them.
    pub fn iter(&self) -> impl Iterator<Item = (&Path, &Entry)> {
        self.entries.iter().map(|(path, entry)| (path.as_path(), entry))
    }
}

/// The store paths in a file that Nix wrote for `exportReferencesGraph`: it lists each path, with what it refers to.
pub fn references(file: &Path) -> Result<Vec<PathBuf>> {
    let text = String::from_utf8_lossy(&read(file)?).into_owned();
    let mut paths: Vec<PathBuf> = text
        .lines()
        .filter(|line| line.starts_with('/'))
        .map(PathBuf::from)
        .collect();
    paths.sort();
    paths.dedup();
    // A path's deriver is in there too; it is not needed for running, and is not in the sandbox.
    paths.retain(|path| path.extension().is_none_or(|end| end != "drv"));
    Ok(paths)
}

#[cfg(test)]
mod tests;
