//! Cpio archives in the form that Linux unpacks at its start (`newc`).

use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use crate::error::{Error, Result, read};
use crate::pack::{Entry, Tree};

/// File types, as in `st_mode`.
const FOLDER: u32 = 0o040_000;
const FILE: u32 = 0o100_000;
const LINK: u32 = 0o120_000;

/// An initial file system, in which `/init` leads to a program if one is given: to one of the archive.
pub fn initrd(tree: &Tree, init: Option<&Path>) -> Result<Vec<u8>> {
    let mut tree = tree.clone();
    if let Some(init) = init {
        // The kernel would say so, when it starts.
        if !init.is_absolute() || !matches!(tree.find(init), Some(Entry::File(_, true))) {
            return Err(Error::Usage(format!(
                "--init {}: there is no such program in what is packed",
                init.display()
            )));
        }
        tree.insert(Path::new("/init"), Entry::Link(init.to_owned()));
    }
    let mut out = Vec::new();
    for (number, (path, entry)) in tree.iter().enumerate() {
        let (kind, content) = match entry {
            Entry::Folder => (FOLDER, Vec::new()),
            Entry::File(file, _) => (FILE, read(file)?),
            Entry::Link(target) => (LINK, target.as_os_str().as_bytes().to_vec()),
        };
        let links = if kind == FOLDER { 2 } else { 1 };
        // Each has a number of its own: equal ones would be taken for hard links.
        write(&mut out, path, number + 1, kind | entry.mode(), links, &content)?;
    }
    write(&mut out, Path::new("TRAILER!!!"), 0, 0, 1, &[])?;
    Ok(out)
}

fn write(out: &mut Vec<u8>, path: &Path, number: usize, mode: u32, links: u32, content: &[u8]) -> Result<()> {
    let name = path.as_os_str().as_bytes();
    let size = u32::try_from(content.len())
        .map_err(|_| Error::Usage(format!("{}: cpio holds no files of 4 GB or more", path.display())))?;
    // inode, mode, user, group, links, time, size, two devices of two numbers, length of the name, checksum
    let fields = [
        number as u32,
        mode,
        0,
        0,
        links,
        0,
        size,
        0,
        0,
        0,
        0,
        name.len() as u32 + 1,
        0,
    ];
    out.extend_from_slice(b"070701");
    fields
        .iter()
        .for_each(|field| out.extend_from_slice(format!("{field:08X}").as_bytes()));
    out.extend_from_slice(name);
    out.push(0);
    // The header is counted from the start of the archive, which is a multiple of 4 before each entry.
    out.resize(out.len().next_multiple_of(4), 0);
    out.extend_from_slice(content);
    out.resize(out.len().next_multiple_of(4), 0);
    Ok(())
}
