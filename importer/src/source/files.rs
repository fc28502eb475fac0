//! The files of a package, listed or looked up when asked.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The files of a package, for the discovery of its targets: paths relative to the package, with `/`.
#[derive(Debug, Clone)]
pub struct FileSet(Kind);

#[derive(Debug, Clone)]
enum Kind {
    /// All paths.
    Listed(BTreeSet<String>),
    /// A folder that is asked only for what is needed; most packages are never asked for more than one or two files.
    Folder {
        root: PathBuf,
        listings: OnceLock<Box<Listing>>,
    },
}

/// The paths below one folder of a package; the answers form a chain so that they can be lent out.
#[derive(Debug, Clone)]
struct Listing {
    folder: String,
    paths: Vec<String>,
    next: OnceLock<Box<Listing>>,
}

impl Default for FileSet {
    fn default() -> Self {
        Self::new([])
    }
}

impl FileSet {
    /// Makes a set from relative paths with `/` as separator.
    pub fn new(files: impl IntoIterator<Item = String>) -> Self {
        Self(Kind::Listed(files.into_iter().collect()))
    }

    /// The files of a package that is unpacked in a folder; the folder is read when it is asked for.
    pub fn from_directory(root: impl Into<PathBuf>) -> Self {
        Self(Kind::Folder {
            root: root.into(),
            listings: OnceLock::new(),
        })
    }

    /// Is there a file (or a link to one) of exactly this path?
    pub fn contains(&self, path: &str) -> bool {
        match &self.0 {
            Kind::Listed(files) => files.contains(path),
            Kind::Folder { root, .. } => !path.is_empty() && root.join(path).is_file(),
        }
    }

    /// The paths of the files in a folder, and of those in the folders directly in it, sorted; `folder` ends without `/`.
    ///
    /// Deeper files may be left out: Cargo looks for targets no deeper (`src/bin/name/main.rs`).
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        let start = format!("{folder}/");
        let (listed, looked_up) = match &self.0 {
            Kind::Listed(files) => (Some(files.range(start.clone()..)), None),
            Kind::Folder { root, listings } => (None, Some(look_up(root, listings, folder).iter())),
        };
        let listed = listed
            .into_iter()
            .flatten()
            .take_while(move |path| path.starts_with(&start));
        listed.chain(looked_up.into_iter().flatten()).map(String::as_str)
    }
}

/// The paths below a folder, read once.
fn look_up<'a>(root: &Path, mut place: &'a OnceLock<Box<Listing>>, folder: &str) -> &'a [String] {
    loop {
        let listing = place.get_or_init(|| {
            let mut paths = Vec::new();
            list(&root.join(folder), folder, 2, &mut paths);
            paths.sort();
            Box::new(Listing {
                folder: folder.to_owned(),
                paths,
                next: OnceLock::new(),
            })
        });
        if listing.folder == folder {
            return &listing.paths;
        }
        place = &listing.next;
    }
}

/// Adds the files of `path`, called `name` in the package, and of its folders down to `depth` levels.
fn list(path: &Path, name: &str, depth: usize, paths: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(path) else { return };
    for entry in entries.flatten() {
        let Ok(file_name) = entry.file_name().into_string() else {
            continue;
        };
        if file_name.starts_with('.') {
            continue;
        }
        let full = format!("{name}/{file_name}");
        // Cargo takes a link to a file for a file, and does not follow a link to a folder.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            if depth > 1 {
                list(&entry.path(), &full, depth - 1, paths);
            }
        } else if entry.path().is_file() {
            paths.push(full);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(files: &FileSet) {
        assert!(files.contains("src/lib.rs"));
        assert!(!files.contains("src"));
        assert!(!files.contains("src/main.rs"));
        assert!(!files.contains(""));
        let below: Vec<_> = files.below("src/bin").collect();
        assert_eq!(below, ["src/bin/a.rs", "src/bin/b/main.rs"]);
        assert_eq!(files.below("tests").collect::<Vec<_>>(), ["tests/t.rs"]);
        assert_eq!(files.below("src/bin").count(), 2, "a second look gives the same");
        assert_eq!(files.below("benches").count(), 0);
        assert_eq!(files.below("src/bi").count(), 0);
    }

    #[test]
    fn listed_and_folder_answer_alike() {
        let paths = [
            "src/lib.rs",
            "src/bin/b/main.rs",
            "src/bin/a.rs",
            "tests/t.rs",
            "src/binary.rs",
        ];
        check(&FileSet::new(paths.map(str::to_owned)));
        let folder = tempfile::tempdir().unwrap();
        for path in paths {
            let file = folder.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "").unwrap();
        }
        check(&FileSet::from_directory(folder.path()));
        check(&FileSet::from_directory(folder.path()).clone());
    }

    #[cfg(unix)]
    #[test]
    fn links_count_as_their_targets() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("src")).unwrap();
        std::fs::write(folder.path().join("real.rs"), "").unwrap();
        std::os::unix::fs::symlink("../real.rs", folder.path().join("src/lib.rs")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("src/main.rs")).unwrap();
        let files = FileSet::from_directory(folder.path());
        assert!(files.contains("src/lib.rs"));
        assert!(!files.contains("src/main.rs"));
        assert_eq!(files.below("src").collect::<Vec<_>>(), ["src/lib.rs"]);
    }
}
