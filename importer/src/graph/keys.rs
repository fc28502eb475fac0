//! The names of packages and units in a graph.

use std::collections::BTreeMap;

use semver::Version;
use sha2::{Digest, Sha256};

use super::packages::{PackageId, Packages};
use crate::InternalError;
use crate::intern::Symbol;
use crate::resolve::Provenance;
use crate::source::hex;

/// The keys of packages: the name, or `name@` and the shortest prefix of the version that tells it apart.
pub(super) fn packages(
    packages: &Packages<'_>,
    used: impl Iterator<Item = PackageId>,
) -> Result<BTreeMap<PackageId, String>, InternalError> {
    let mut by_name: BTreeMap<Symbol, Vec<PackageId>> = BTreeMap::new();
    for id in used {
        by_name.entry(packages.entry(id).name).or_default().push(id);
    }
    let mut keys = BTreeMap::new();
    for (name, ids) in by_name {
        for id in &ids {
            let package = packages.entry(*id);
            let others = ids
                .iter()
                .filter(|other| *other != id)
                .map(|other| &packages.entry(*other).version);
            let key = match others.clone().next() {
                None => name.to_string(),
                Some(_) => match prefix(&package.version, others) {
                    Some(prefix) => format!("{name}@{prefix}"),
                    None => {
                        // The same version from two sources, or of two workspaces.
                        let digest = hex::encode(&Sha256::digest(place(packages, *id)?));
                        format!("{name}@{}+{}", package.version, &digest[..8])
                    }
                },
            };
            keys.insert(*id, key);
        }
    }
    Ok(keys)
}

/// Where a published program is, beside the same package as a dependency of another one.
const PUBLISHED_PROGRAM: &str = "program";

/// Where a package comes from: its source in the lock, or its folder.
fn place<'r>(packages: &Packages<'r>, id: PackageId) -> Result<&'r str, InternalError> {
    match (&packages.entry(id).source, &packages.loaded(id).provenance) {
        (Some(source), _) => Ok(source.as_str()),
        (None, Provenance::Local(position)) => {
            let local = &packages.resolution(id).workspace.packages[*position];
            // A published program has no folder but what its fleet calls it, which is no part of what it is.
            Ok(if local.published.is_some() {
                PUBLISHED_PROGRAM
            } else {
                local.relative.as_str()
            })
        }
        (None, Provenance::Remote(_)) => Err(InternalError::new("a package with a source or a folder")),
    }
}

/// The shortest prefix of a version that none of the others has.
fn prefix<'a>(version: &Version, others: impl Iterator<Item = &'a Version> + Clone) -> Option<String> {
    let forms = |version: &Version| {
        let Version {
            major, minor, patch, ..
        } = version;
        [
            format!("{major}"),
            format!("{major}.{minor}"),
            format!("{major}.{minor}.{patch}"),
            version.to_string(),
        ]
    };
    forms(version)
        .into_iter()
        .enumerate()
        .find(|(length, form)| others.clone().all(|other| forms(other)[*length] != *form))
        .map(|(_, form)| form)
}

/// The name in a package's key: what is before `@`.
pub fn package_name(key: &str) -> &str {
    key.split_once('@').map_or(key, |(name, _)| name)
}

/// The name of the package that a unit's id begins with.
pub(super) fn package_of(id: &str) -> &str {
    package_name(id.split_once(' ').map_or(id, |(key, _)| key))
}

/// The id of a unit, from its package's key and its own.
pub(super) fn unit_id(package: &str, key: &str) -> String {
    match key.strip_prefix("lib") {
        Some("") => package.to_owned(),
        Some(variant) if variant.starts_with(" ~") => format!("{package}{variant}"),
        _ => format!("{package} {key}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{package_name, package_of, prefix, unit_id};
    use semver::Version;

    #[test]
    fn versions_are_shortened_to_what_tells_them_apart() {
        let version = |text: &str| Version::parse(text).unwrap();
        let others = [version("0.8.5"), version("1.0.0")];
        assert_eq!(prefix(&version("0.7.3"), others.iter()).as_deref(), Some("0.7"));
        assert_eq!(prefix(&version("2.0.0-a.1"), others.iter()).as_deref(), Some("2"));
        assert_eq!(prefix(&version("1.0.0-b"), others.iter()).as_deref(), Some("1.0.0-b"));
        assert_eq!(prefix(&version("1.0.0"), others.iter()), None);
    }

    #[test]
    fn a_key_begins_with_the_name() {
        assert_eq!(package_name("mio"), "mio");
        assert_eq!(package_name("mio@0.8"), "mio");
        assert_eq!(package_name("mio@1.0.0+0a1b2c3d"), "mio");
    }

    #[test]
    fn an_id_begins_with_the_key() {
        assert_eq!(package_of("mio"), "mio");
        assert_eq!(package_of("mio@0.8 ~2"), "mio");
        assert_eq!(package_of("mio bin mio"), "mio");
    }

    #[test]
    fn the_plain_library_goes_without_a_key() {
        assert_eq!(unit_id("mio", "lib"), "mio");
        assert_eq!(unit_id("mio", "lib ~2"), "mio ~2");
        assert_eq!(unit_id("mio", "lib host ~2"), "mio lib host ~2");
        assert_eq!(unit_id("rg", "bin rg"), "rg bin rg");
    }
}
