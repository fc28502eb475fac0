//! Lists the files of a store path or folder in a stable order.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Error;

/// A regular file or a symbolic link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// Absolute path.
    pub path: PathBuf,
    /// True for a symbolic link, which is not followed.
    pub link: bool,
    /// Bytes of a regular file; 0 for a link.
    pub bytes: u64,
}

/// All files and links below `path`, sorted by path; `path` itself if it is no folder.
///
/// # Errors
/// If a folder cannot be listed.
pub fn below(path: &Path) -> Result<Vec<FoundFile>, Error> {
    let mut found = Vec::new();
    let mut waiting = vec![path.to_owned()];
    while let Some(next) = waiting.pop() {
        let facts = fs::symlink_metadata(&next).map_err(Error::read(&next))?;
        if facts.is_dir() {
            for entry in fs::read_dir(&next).map_err(Error::read(&next))? {
                waiting.push(entry.map_err(Error::read(&next))?.path());
            }
        } else if facts.is_file() || facts.is_symlink() {
            let bytes = if facts.is_file() { facts.len() } else { 0 };
            found.push(FoundFile {
                path: next,
                link: facts.is_symlink(),
                bytes,
            });
        }
    }
    found.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(found)
}
