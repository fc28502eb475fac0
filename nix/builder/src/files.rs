//! Files and folders, with errors that name them.

use crate::failure::{Context, Result};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Reads a whole file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).file("read", path)
}

/// Reads a whole file as text; bytes that are not UTF-8 are replaced.
pub fn read_text(path: &Path) -> Result<String> {
    Ok(String::from_utf8_lossy(&read(path)?).into_owned())
}

/// Writes a whole file, and the folders above it.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    fs::write(path, bytes).file("write", path)
}

/// Makes a folder and those above it.
pub fn make_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).file("create the folder", path)
}

/// Copies one file, with its permissions, to a path whose folder may not exist yet; the copy can be written to.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        make_folder(folder)?;
    }
    fs::copy(from, to).file("copy", from)?;
    make_writable(to)
}

/// Makes a symbolic link at `link` that points at `target`.
pub fn link(target: &Path, link: &Path) -> Result<()> {
    std::os::unix::fs::symlink(target, link).file("make the link", link)
}

/// Lets the owner write to a file or folder.
pub fn make_writable(path: &Path) -> Result<()> {
    let mut permissions = fs::metadata(path).file("read", path)?.permissions();
    if permissions.mode() & 0o200 == 0 {
        permissions.set_mode(permissions.mode() | 0o200);
        fs::set_permissions(path, permissions).file("change the permissions of", path)?;
    }
    Ok(())
}

/// Removes a folder, also where copies of folders in the store are in it, which are read-only.
///
/// # Errors
/// If it is not there, or something in it cannot be removed.
pub fn remove_tree(folder: &Path) -> Result<()> {
    make_folders_writable(folder)?;
    fs::remove_dir_all(folder).file("remove", folder)
}

fn make_folders_writable(folder: &Path) -> Result<()> {
    make_writable(folder)?;
    for path in list(folder)? {
        if fs::symlink_metadata(&path).file("read", &path)?.is_dir() {
            make_folders_writable(&path)?;
        }
    }
    Ok(())
}

/// The entries of a folder, sorted by name.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).file("list", folder)? {
        paths.push(entry.file("list", folder)?.path());
    }
    paths.sort();
    Ok(paths)
}

/// Copies a folder with all that is in it; links stay links, times stay, and the copy can be written to.
pub fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    make_folder(to)?;
    for path in list(from)? {
        let Some(name) = path.file_name() else { continue };
        let target = to.join(name);
        let metadata = fs::symlink_metadata(&path).file("read", &path)?;
        if metadata.is_symlink() {
            if target.is_symlink() {
                fs::remove_file(&target).file("replace", &target)?;
            }
            link(&fs::read_link(&path).file("read the link", &path)?, &target)?;
        } else if metadata.is_dir() {
            copy_tree(&path, &target)?;
        } else {
            copy(&path, &target)?;
            if let (Ok(time), Ok(file)) = (metadata.modified(), fs::File::options().write(true).open(&target)) {
                // A time that cannot be set changes nothing that a build may rely on but the order of files' ages.
                drop(file.set_modified(time));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copied_tree_is_equal_and_writable() {
        let base = crate::test_folder("copy_tree");
        let from = base.join("from");
        write(&from.join("a/b.txt"), b"text").unwrap();
        link(Path::new("a/b.txt"), &from.join("l")).unwrap();
        fs::set_permissions(from.join("a/b.txt"), fs::Permissions::from_mode(0o444)).unwrap();
        let to = base.join("to");
        copy_tree(&from, &to).unwrap();
        write(&to.join("a/b.txt"), b"changed").unwrap();
        assert_eq!(read(&from.join("a/b.txt")).unwrap(), b"text");
        assert_eq!(fs::read_link(to.join("l")).unwrap(), Path::new("a/b.txt"));
    }

    #[test]
    fn errors_name_the_file() {
        let error = read(Path::new("/nonexistent/file")).unwrap_err().to_string();
        assert!(error.starts_with("cannot read /nonexistent/file: "), "{error}");
    }
}
