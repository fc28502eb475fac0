//! Copies the folder of a program, with the links in it.

use std::fs;
use std::path::{Path, PathBuf};

use super::Error;
use crate::build_folder::is_build_folder;

/// Copies a folder's files, but for what is hidden and what Cargo built.
///
/// A link stays one where the copy has what it leads to; of what lies elsewhere it becomes a copy, so that whoever writes to the copy
/// writes to nothing else.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    let root = from.canonicalize().map_err(unreadable(from))?;
    let mut jobs = vec![Job {
        from: root.clone(),
        to: to.to_path_buf(),
        roots: vec![root],
    }];
    while let Some(job) = jobs.pop() {
        fs::create_dir_all(&job.to).map_err(unwritable(&job.to))?;
        for entry in fs::read_dir(&job.from).map_err(unreadable(&job.from))? {
            let entry = entry.map_err(unreadable(&job.from))?;
            let (path, to) = (entry.path(), job.to.join(entry.file_name()));
            let kind = entry.file_type().map_err(unreadable(&path))?;
            if is_left_out(&path) {
                continue;
            }
            if kind.is_symlink() {
                jobs.extend(link(&path, &to, &job.roots)?);
            } else if kind.is_dir() {
                jobs.push(Job {
                    from: path,
                    to,
                    roots: job.roots.clone(),
                });
            } else if kind.is_file() {
                file(&path, &to)?;
            }
        }
    }
    Ok(())
}

/// A folder to copy.
struct Job {
    from: PathBuf,
    to: PathBuf,
    /// The folder that is copied, last, before it those whose links led there. None of them is copied into itself.
    roots: Vec<PathBuf>,
}

fn is_left_out(path: &Path) -> bool {
    let is_hidden = path
        .file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with('.'));
    is_hidden || is_build_folder(path)
}

/// Copies a link or the file that it leads to; gives the folder that it leads to if that is to be copied.
fn link(path: &Path, to: &Path, roots: &[PathBuf]) -> Result<Option<Job>, Error> {
    let target = fs::read_link(path).map_err(unreadable(path))?;
    let Ok(real) = path.canonicalize() else {
        // It leads nowhere, there as here.
        return keep(&target, to).map(|()| None);
    };
    let is_copied = roots.last().is_some_and(|root| {
        real.starts_with(root) && !real.ancestors().take_while(|above| above != root).any(is_left_out)
    });
    let has_copy = roots.iter().any(|root| root.starts_with(&real));
    if target.is_relative() && (is_copied || has_copy) {
        keep(&target, to)?;
    } else if real.is_file() {
        file(&real, to)?;
    } else if real.is_dir() && !has_copy {
        let roots = roots.iter().chain([&real]).cloned().collect();
        return Ok(Some(Job {
            from: real,
            to: to.to_path_buf(),
            roots,
        }));
    }
    Ok(None)
}

#[cfg(unix)]
fn keep(target: &Path, link: &Path) -> Result<(), Error> {
    std::os::unix::fs::symlink(target, link).map_err(unwritable(link))
}

/// Elsewhere not everybody may make links, and there are hardly any.
#[cfg(not(unix))]
fn keep(_target: &Path, _link: &Path) -> Result<(), Error> {
    Ok(())
}

fn file(from: &Path, to: &Path) -> Result<(), Error> {
    fs::File::open(from).map_err(unreadable(from))?;
    fs::copy(from, to).map_err(unwritable(to))?;
    Ok(())
}

fn unreadable(file: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let file = file.to_path_buf();
    move |reason| Error::Uncopied { file, reason }
}

fn unwritable(file: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let file = file.to_path_buf();
    move |reason| Error::Unwritable { file, reason }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A link to its own folder was followed until the system refused, and one to the parent brought all that is in there.
    #[test]
    fn links_are_kept_where_the_copy_has_what_they_lead_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = |path: &str| folder.path().join(path);
        for below in ["in/app/src/target", "in/app/target", "in/app/.hidden", "in/more", "out"] {
            fs::create_dir_all(path(below)).unwrap();
            fs::write(path(below).join("file"), below).unwrap();
        }
        fs::write(path("in/app/Cargo.toml"), "").unwrap();
        let links = [
            ("loop", "."),
            ("up", ".."),
            ("inside", "src/target/file"),
            ("nowhere", "nothing"),
            ("hidden", ".hidden/file"),
            ("outside", "../more"),
        ];
        for (link, target) in links {
            symlink(target, path("in/app").join(link)).unwrap();
        }
        symlink(path("in/more/file"), path("in/app/absolute")).unwrap();
        symlink(path("in"), path("in/app/above")).unwrap();
        symlink("../app", path("in/more/back")).unwrap();
        copy(&path("in/app"), &path("out/app")).unwrap();
        let copied = |link: &str| path("out/app").join(link);
        for (link, target) in &links[..4] {
            assert_eq!(fs::read_link(copied(link)).unwrap(), Path::new(target));
        }
        for (link, below) in [
            ("hidden", "in/app/.hidden"),
            ("absolute", "in/more"),
            ("outside/file", "in/more"),
        ] {
            assert!(!copied(link).is_symlink());
            assert_eq!(fs::read_to_string(copied(link)).unwrap(), below);
        }
        // What it leads to has the copy in it.
        assert_eq!(fs::read_link(copied("outside/back")).unwrap(), Path::new("../app"));
        assert!(!copied("above").exists() && !copied("target").exists() && copied("src/target/file").exists());
    }

    /// The error named the copy that could not be written, where it was the file that could not be read.
    #[test]
    fn an_error_names_what_cannot_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("gone");
        let error = copy(&from, &folder.path().join("to")).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("{}: can't be read: ", from.display())),
            "{error}"
        );
    }
}
