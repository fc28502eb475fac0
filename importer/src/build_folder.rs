//! The folders that Cargo builds in.

use std::path::Path;

use crate::workspace::MANIFEST_NAME;

/// Is this a folder of what Cargo has built? It is called `target`, and lies beside a manifest or has Cargo's mark in it: any other
/// folder of that name has sources in it as well as one of another name.
pub(crate) fn is_build_folder(folder: &Path) -> bool {
    let beside_manifest = || {
        folder
            .parent()
            .is_some_and(|parent| parent.join(MANIFEST_NAME).is_file())
    };
    folder.file_name().is_some_and(|name| name == "target")
        && (beside_manifest() || folder.join("CACHEDIR.TAG").is_file())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_build_folder_lies_beside_a_manifest_or_has_a_mark() {
        let folder = tempfile::tempdir().unwrap();
        let path = |path: &str| folder.path().join(path);
        for below in ["target", "src/target", "deep/target", "src/other"] {
            fs::create_dir_all(path(below)).unwrap();
        }
        fs::write(path("Cargo.toml"), "").unwrap();
        fs::write(path("deep/target/CACHEDIR.TAG"), "").unwrap();
        let found = ["target", "src/target", "deep/target", "src/other"].map(|below| is_build_folder(&path(below)));
        assert_eq!(found, [true, false, true, false]);
    }
}
