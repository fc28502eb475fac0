//! The tar archive of a tree, by the crate `tar`: GNU headers, which have names of any length.

use std::path::{Path, PathBuf};

use tar::{Builder, EntryType, Header};

use crate::error::{Error, Result, read};
use crate::pack::{Entry, Tree};

/// The archive of a tree.
///
/// # Errors
/// When a file of it can't be read, or a name in it can't be written.
pub fn archive(tree: &Tree) -> Result<Vec<u8>> {
    let mut builder = Builder::new(Vec::new());
    for (path, entry) in tree.iter() {
        append(&mut builder, path, entry)?;
    }
    builder
        .into_inner()
        .map_err(Error::io("pack", Path::new("the archive")))
}

fn append(builder: &mut Builder<Vec<u8>>, path: &Path, entry: &Entry) -> Result<()> {
    let failed = || Error::io("pack", path);
    let mut header = Header::new_gnu();
    header.set_mode(entry.mode());
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(0);
    for set in [Header::set_username, Header::set_groupname] {
        set(&mut header, "root").map_err(failed())?;
    }
    match entry {
        Entry::Folder => {
            header.set_entry_type(EntryType::Directory);
            // A folder's name ends in a slash.
            let name: PathBuf = path.join("");
            builder
                .append_data(&mut header, name, std::io::empty())
                .map_err(failed())
        }
        Entry::File(file, _) => {
            let content = read(file)?;
            header.set_entry_type(EntryType::Regular);
            header.set_size(content.len() as u64);
            builder
                .append_data(&mut header, path, content.as_slice())
                .map_err(failed())
        }
        Entry::Link(target) => {
            header.set_entry_type(EntryType::Symlink);
            builder.append_link(&mut header, path, target).map_err(failed())
        }
    }
}
