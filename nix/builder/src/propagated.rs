//! What packages of the package set say that those who use them need too, as its `stdenv` follows it.

use crate::failure::Result;
use crate::files;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The file of `nix-support` that names packages whose libraries or headers are needed.
pub const LIBRARIES: &str = "propagated-build-inputs";
/// The file that names packages whose programs are needed.
pub const TOOLS: &str = "propagated-native-build-inputs";

/// The packages that one package names in one file.
///
/// # Errors
/// If the file is there and cannot be read.
pub fn by(package: &Path, file: &str) -> Result<Vec<PathBuf>> {
    let file = package.join("nix-support").join(file);
    if !file.exists() {
        return Ok(Vec::new());
    }
    let text = files::read_text(&file)?;
    Ok(text.split_whitespace().map(PathBuf::from).collect())
}

/// These packages and all that they propagate by the files of these names, each once; what was asked for comes first.
///
/// # Errors
/// As [`by`].
pub fn all(packages: Vec<PathBuf>, files: &[&str]) -> Result<Vec<PathBuf>> {
    let mut seen = BTreeSet::new();
    let mut list = Vec::new();
    let mut waiting = packages;
    while !waiting.is_empty() {
        let mut next = Vec::new();
        for package in waiting {
            if !seen.insert(package.clone()) {
                continue;
            }
            for name in files {
                next.extend(by(&package, name)?);
            }
            list.push(package);
        }
        waiting = next;
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_propagated_comes_once_and_after_what_was_asked_for() {
        let base = crate::test_folder("propagated");
        let write = |name: &str, text: String| {
            files::write(
                &base.join(name).join("nix-support/propagated-build-inputs"),
                text.as_bytes(),
            )
            .unwrap();
        };
        let path = |name: &str| base.join(name).display().to_string();
        write("fontconfig", format!("{} {}\n", path("freetype"), path("expat")));
        write("freetype", format!("{}\n{}", path("zlib"), path("fontconfig")));
        let asked = ["fontconfig", "expat"].map(|name| base.join(name)).to_vec();
        let found = all(asked, &[LIBRARIES]).unwrap();
        let names: Vec<_> = found.iter().filter_map(|path| path.file_name()).collect();
        assert_eq!(names, ["fontconfig", "expat", "freetype", "zlib"]);
    }
}
