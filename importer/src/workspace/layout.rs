//! Which files there are that imply targets: a new `src/bin/tool.rs` changes a package although no manifest does.

use std::path::Path;

use sha2::{Digest, Sha256};

use crate::source::{FileSet, hex};

/// First 16 hex digits of the sha256 of the list of all files from which targets of the packages in these folders are inferred, and of
/// the readmes that have a usual name: a line each. `nix/layout.nix` makes the same list.
pub fn layout<'a>(root: &Path, folders: impl Iterator<Item = &'a str>) -> String {
    let mut digest = Sha256::new();
    for folder in folders {
        let files = FileSet::from_directory(root.join(folder));
        let single = [
            "README",
            "README.md",
            "README.txt",
            "build.rs",
            "src/lib.rs",
            "src/main.rs",
        ]
        .into_iter()
        .filter(|file| counts(&root.join(folder).join(file)));
        let listed = ["src/bin", "examples", "tests", "benches"]
            .into_iter()
            .flat_map(|folder| {
                files
                    .below(folder)
                    .filter(move |file| implies_target(&file[folder.len() + 1..]))
            });
        for file in single.chain(listed) {
            digest.update(folder);
            digest.update(file);
            digest.update("\n");
        }
    }
    let mut text = hex::encode(&digest.finalize());
    text.truncate(16);
    text
}

/// Whether a file is there, or a link that leads somewhere: Nix can't tell where to.
fn counts(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|metadata| !metadata.is_dir()) && path.exists()
}

/// `name.rs` and `name/main.rs`
fn implies_target(path: &str) -> bool {
    match path.split_once('/') {
        None => path.ends_with(".rs"),
        Some((_, rest)) => rest == "main.rs",
    }
}

#[cfg(test)]
mod tests {
    use super::layout;

    #[test]
    fn only_files_that_imply_targets_count() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str| {
            let file = folder.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "").unwrap();
        };
        let now = || layout(folder.path(), ["a"].into_iter());
        write("a/src/lib.rs");
        let before = now();
        write("a/src/other.rs");
        write("a/src/bin/tool/help.rs");
        assert_eq!(now(), before);
        std::fs::create_dir(folder.path().join("a/README")).unwrap();
        assert_eq!(now(), before);
        write("a/src/bin/tool/main.rs");
        assert_ne!(now(), before);
    }
}
