//! Short, unique names for the packages of a form.

use std::collections::BTreeMap;
use std::path::Path;

use crate::store::split_name;
use crate::tree::PackageNode;

/// A name for each package: a store path's name without its hash; where two have the same, with the hash's beginning.
/// What is outside the store has its file name, or its path where that is not enough.
pub(crate) fn of(packages: &[PackageNode]) -> Vec<String> {
    let short: Vec<String> = packages.iter().map(|package| short_name(&package.path)).collect();
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for name in &short {
        *count.entry(name).or_default() += 1;
    }
    packages
        .iter()
        .zip(&short)
        .map(|(package, name)| {
            if count.get(name.as_str()).copied().unwrap_or(0) < 2 {
                return name.clone();
            }
            let file = package.path.file_name().unwrap_or_default().to_string_lossy();
            match split_name(&file) {
                Some((hash, name)) => format!("{name} ({})", hash.get(..7).unwrap_or(hash)),
                None => package.path.display().to_string(),
            }
        })
        .collect()
}

fn short_name(path: &Path) -> String {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    split_name(&file).map_or_else(|| file.to_string(), |(_, name)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(path: &str) -> PackageNode {
        PackageNode::at(path.into())
    }

    #[test]
    fn names_are_short_unless_two_are_the_same() {
        let packages = [
            package("/nix/store/0123456789abcdfghijklmnpqrsvwxyz-memchr-2.7.4"),
            package("/nix/store/1123456789abcdfghijklmnpqrsvwxyz-memchr-2.7.4"),
            package("/nix/store/2123456789abcdfghijklmnpqrsvwxyz-libc-0.2"),
            package("/srv/image"),
            package("/a/rg"),
            package("/b/rg"),
        ];
        assert_eq!(
            of(&packages),
            [
                "memchr-2.7.4 (0123456)",
                "memchr-2.7.4 (1123456)",
                "libc-0.2",
                "image",
                "/a/rg",
                "/b/rg"
            ]
        );
    }
}
