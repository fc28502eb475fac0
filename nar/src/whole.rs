//! Files that are written as a whole or not at all, and what is left where that was interrupted.

use std::ffi::OsStr;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the name of a temporary file begins with: no editor and no user calls a file so.
const TEMPORARY: &str = ".dyrust-new-";

/// How many letters and digits follow in the name of a temporary file.
const RANDOM: usize = 6;

/// The age from which on nobody writes to a temporary file any more.
const ABANDONED: Duration = Duration::from_secs(24 * 3600);

/// How many links Linux follows one after the other.
const LINKS: usize = 40;

/// Writes a file in one step: readers see the old contents or the new ones, never a part.
///
/// A link is followed; what is no regular file, such as a device or a pipe, is written to as it is. A file that is there keeps its
/// permissions, a new one has those of any other new file.
///
/// # Errors
/// When the file, or its folder, can't be written to. The error names no path.
pub fn write(file: &Path, contents: &[u8]) -> io::Result<()> {
    replace(file, contents).map_err(without_path)
}

fn replace(file: &Path, contents: &[u8]) -> io::Result<()> {
    let known = match file.metadata() {
        // By the name that was given: `/dev/stdout` leads to a pipe that has no other.
        Ok(known) if !known.is_file() => return OpenOptions::new().write(true).open(file)?.write_all(contents),
        // To replace it needs no permission to write to it, but that is what was meant.
        Ok(known) if known.permissions().readonly() => return Err(io::ErrorKind::PermissionDenied.into()),
        known => known.ok(),
    };
    let target = place(file)?;
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // The system's own words, which `tempfile` has not.
    fs::metadata(folder)?;
    remove_abandoned_files(folder);
    let mut temporary = tempfile::Builder::new()
        .prefix(TEMPORARY)
        .rand_bytes(RANDOM)
        // The system takes away what the umask does.
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)?;
    temporary.write_all(contents)?;
    if let Some(known) = known {
        temporary.as_file().set_permissions(known.permissions())?;
    }
    temporary.persist(&target)?;
    Ok(())
}

/// Where a link leads, be something there or not; a file that is not there yet has no other name.
fn place(file: &Path) -> io::Result<PathBuf> {
    let unknown = match file.canonicalize() {
        Ok(place) => return Ok(place),
        Err(unknown) => unknown,
    };
    let mut place = file.to_path_buf();
    for _ in 0..LINKS {
        match place.read_link() {
            Ok(target) => place = place.parent().map_or(target.clone(), |folder| folder.join(&target)),
            Err(_) => return Ok(place),
        }
    }
    Err(unknown)
}

/// The error of the system, without the name of the temporary file.
fn without_path(error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(_) => error,
        None => error.kind().into(),
    }
}

/// Removes what writers that were killed left in a folder. It is the user's: whatever is no file of ours stays.
fn remove_abandoned_files(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if is_abandoned(&entry, TEMPORARY) && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            // It may be another user's, and does no harm.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Was something in a folder made by `tempfile` with this prefix, as long ago that nobody uses it any more?
#[must_use]
pub fn is_abandoned(entry: &fs::DirEntry, prefix: &str) -> bool {
    let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
    is_temporary(&entry.file_name(), prefix) && age().is_some_and(|age| age > ABANDONED)
}

/// Is a name the prefix and what `tempfile` puts behind it?
fn is_temporary(name: &OsStr, prefix: &str) -> bool {
    let random = name.to_str().and_then(|name| name.strip_prefix(prefix));
    random.is_some_and(|random| random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Read;
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::{FileTypeExt, symlink};
    use std::process::Command;
    use std::time::SystemTime;

    use super::*;

    fn mode(file: &Path) -> u32 {
        fs::metadata(file).unwrap().permissions().mode() & 0o777
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// Each of five writers had other permissions for its files, and most gave a file that was there new ones.
    #[test]
    fn a_file_keeps_its_permissions_and_a_new_one_has_usual_ones() {
        let folder = tempfile::tempdir().unwrap();
        let [new, usual, private] = ["new", "usual", "private"].map(|name| folder.path().join(name));
        File::create(&usual).unwrap();
        fs::write(&private, "before").unwrap();
        fs::set_permissions(&private, Permissions::from_mode(0o600)).unwrap();
        for file in [&new, &private] {
            write(file, b"text").unwrap();
            assert_eq!(fs::read(file).unwrap(), b"text");
        }
        assert_eq!((mode(&new), mode(&private)), (mode(&usual), 0o600));
        assert_eq!(names(folder.path()), ["new", "private", "usual"]);
    }

    /// It was `entity not found`.
    #[test]
    fn a_folder_that_is_not_there_is_told_in_the_systems_words() {
        let folder = tempfile::tempdir().unwrap();
        let error = write(&folder.path().join("none/file"), b"text").unwrap_err();
        assert_eq!(error.to_string(), "No such file or directory (os error 2)");
    }

    #[test]
    fn a_link_is_followed_wherever_it_leads() {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().join("there");
        fs::create_dir(&there).unwrap();
        for name in ["old", "new"] {
            symlink(format!("there/{name}"), folder.path().join(name)).unwrap();
        }
        fs::write(there.join("old"), "before").unwrap();
        for name in ["old", "new"] {
            write(&folder.path().join(name), b"text").unwrap();
            assert_eq!(fs::read(there.join(name)).unwrap(), b"text");
            assert!(folder.path().join(name).is_symlink());
        }
        symlink("circle", folder.path().join("circle")).unwrap();
        assert!(write(&folder.path().join("circle"), b"").is_err());
    }

    /// Run by root, a report to /dev/null replaced the device by a file.
    #[test]
    fn what_is_no_regular_file_stays_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read(pipe).unwrap()
        });
        write(&pipe, b"text").unwrap();
        assert_eq!(reader.join().unwrap(), b"text");
        assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
        assert!(write(folder.path(), b"text").is_err());
        assert_eq!(names(folder.path()), ["pipe"]);
    }

    /// A graph could not be written to `/dev/stdout` where that is a pipe.
    #[test]
    fn a_pipe_without_a_name_is_written_to() {
        let (mut reader, writer) = io::pipe().unwrap();
        write(Path::new(&format!("/proc/self/fd/{}", writer.as_raw_fd())), b"text").unwrap();
        drop(writer);
        let mut found = Vec::new();
        reader.read_to_end(&mut found).unwrap();
        assert_eq!(found, b"text");
    }

    #[test]
    fn a_read_only_file_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "before").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o444)).unwrap();
        let error = write(&file, b"text").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        assert_eq!(fs::read(&file).unwrap(), b"before");
        assert_eq!(names(folder.path()), ["file"]);
    }

    #[test]
    fn an_error_names_no_temporary_file() {
        let folder = tempfile::tempdir().unwrap();
        let error = write(&folder.path().join("none/file"), b"").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(!error.to_string().contains(TEMPORARY), "{error}");
    }

    /// Whatever began with `.crate-graph` was removed: an editor's `.crate-graph.json.swp`, and folders.
    #[test]
    fn only_what_killed_writers_left_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let files = [
            ".crate-graph.json.swp",
            ".dyrust-new-",
            ".dyrust-new-abcdef.swp",
            ".dyrust-new-aB3dEf",
        ];
        for name in files {
            fs::write(folder.path().join(name), "").unwrap();
        }
        fs::create_dir(folder.path().join(".dyrust-new-folder")).unwrap();
        let before = SystemTime::now() - 2 * ABANDONED;
        for name in names(folder.path()) {
            File::open(folder.path().join(name))
                .unwrap()
                .set_modified(before)
                .unwrap();
        }
        fs::write(folder.path().join(".dyrust-new-recent"), "").unwrap();
        write(&folder.path().join("file"), b"").unwrap();
        let mut left = vec![".dyrust-new-folder", ".dyrust-new-recent", "file"];
        left.extend(&files[..3]);
        left.sort_unstable();
        assert_eq!(names(folder.path()), left);
    }
}
