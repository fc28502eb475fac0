//! `key.workspace = true`: values that a package takes from its workspace's manifest.

use std::path::{Component, Path, PathBuf};

use cargo_util_schemas::manifest::{
    InheritableDependency, InheritableField, InheritablePackage, TomlDependency, TomlDetailedDependency,
};

use crate::TooOld;
use crate::cargo_version::Novelty;

use super::{Edition, Error, Manifest, ManifestOrigin, Problem, WorkspaceTables};

/// What a manifest can inherit from.
pub(super) struct Inheritance<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) workspace: Option<WorkspaceTables<'a>>,
}

impl<'a> Inheritance<'a> {
    /// The value of a key of `[package]`, its own or the workspace's.
    pub(super) fn value<T: Clone>(
        &self,
        field: Option<&InheritableField<T>>,
        key: &str,
        of_workspace: impl Fn(&InheritablePackage) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        match field {
            None => Ok(None),
            Some(InheritableField::Value(value)) => Ok(Some(value.clone())),
            Some(InheritableField::Inherit(_)) => {
                let fail = |problem| self.manifest.fail(&["package", key], problem);
                let workspace = self
                    .workspace
                    .ok_or_else(|| fail(Problem::NoWorkspace { key: key.to_owned() }))?;
                let value = workspace.tables.package.as_ref().and_then(of_workspace);
                match value {
                    Some(value) => Ok(Some(value)),
                    None => Err(fail(Problem::NothingToInherit {
                        key: format!("package.{key}"),
                    })),
                }
            }
        }
    }

    /// A path in the workspace's manifest, as seen from the package.
    pub(super) fn of_workspace_path(&self, origin: &ManifestOrigin, path: &str) -> String {
        match (self.workspace, origin.folder()) {
            (Some(workspace), Some(folder)) => {
                relative(&super::normalize(&workspace.folder.join(path)), folder).unwrap_or_else(|| path.to_owned())
            }
            _ => path.to_owned(),
        }
    }

    /// A dependency with the workspace's part merged in, and the folder that its `path` starts from.
    pub(super) fn dependency(
        &self,
        name: &str,
        dependency: &InheritableDependency,
        table: &[&str],
        edition: Edition,
    ) -> Result<(TomlDetailedDependency, Option<&'a Path>), Error> {
        let own = match dependency {
            InheritableDependency::Value(TomlDependency::Simple(version)) => {
                return Ok((
                    TomlDetailedDependency {
                        version: Some(version.clone()),
                        ..Default::default()
                    },
                    None,
                ));
            }
            InheritableDependency::Value(TomlDependency::Detailed(detailed)) => return Ok((detailed.clone(), None)),
            InheritableDependency::Inherit(own) => own,
        };
        let fail = |problem| {
            let mut path = table.to_vec();
            path.push(name);
            self.manifest.fail(&path, problem)
        };
        let workspace = self.workspace.ok_or_else(|| {
            fail(Problem::NoWorkspace {
                key: format!("dependencies.{name}"),
            })
        })?;
        let shared = workspace
            .tables
            .dependencies
            .as_ref()
            .and_then(|dependencies| dependencies.iter().find(|(key, _)| key.as_str() == name))
            .ok_or_else(|| {
                fail(Problem::NothingToInherit {
                    key: format!("dependencies.{name}"),
                })
            })?;
        let mut merged = match shared.1 {
            TomlDependency::Simple(version) => TomlDetailedDependency {
                version: Some(version.clone()),
                ..Default::default()
            },
            TomlDependency::Detailed(detailed) => detailed.clone(),
        };
        let shared = merged.default_features();
        merged.default_features =
            default_features(own.default_features(), shared, edition, Novelty::check).map_err(|too_old| {
                fail(Problem::MemberDefaultFeatures {
                    name: name.to_owned(),
                    too_old,
                })
            })?;
        if let Some(features) = &own.features {
            merged.features.get_or_insert_default().extend(features.iter().cloned());
        }
        merged.optional = own.optional;
        Ok((merged, Some(workspace.folder)))
    }
}

/// `default-features` of a dependency that a member has from its workspace: its own word and the workspace's. Before edition 2024 the member's
/// is passed over where it would turn them off; from then on it counts, if Cargo has that (`check`) or both say the same.
fn default_features(
    own: Option<bool>,
    shared: Option<bool>,
    edition: Edition,
    check: impl FnOnce(Novelty) -> Result<(), TooOld>,
) -> Result<Option<bool>, TooOld> {
    match (own, shared) {
        (Some(false), None | Some(true)) if edition >= Edition::E2024 => {
            check(Novelty::MemberDefaultFeatures)?;
            Ok(own)
        }
        (Some(true), Some(false)) => Ok(own),
        _ => Ok(shared),
    }
}

/// `path` as seen from `folder`, with `/`; both are normalized and in the same terms.
pub(crate) fn relative(path: &Path, folder: &Path) -> Option<String> {
    let mut path_parts = path.components().peekable();
    let mut folder_parts = folder.components().filter(|part| *part != Component::CurDir).peekable();
    while let (Some(left), Some(right)) = (path_parts.peek(), folder_parts.peek()) {
        if left != right {
            break;
        }
        path_parts.next();
        folder_parts.next();
    }
    let mut result: PathBuf = folder_parts.map(|_| "..").collect();
    result.extend(path_parts);
    result.to_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use semver::Version;

    use super::*;

    /// RFC 3945, in Cargo since 1.99, which an older one refuses; before edition 2024 the member's word is passed over.
    #[test]
    fn members_of_edition_2024_override_default_features() {
        for (shared, edition, own, expected, of_old) in [
            (None, Edition::E2024, Some(false), Some(false), None),
            (Some(true), Edition::E2024, Some(false), Some(false), None),
            (Some(false), Edition::E2024, Some(false), Some(false), Some(Some(false))),
            (Some(false), Edition::E2024, Some(true), Some(true), Some(Some(true))),
            (Some(false), Edition::E2024, None, Some(false), Some(Some(false))),
            (None, Edition::E2021, Some(false), None, Some(None)),
            (Some(true), Edition::E2021, Some(false), Some(true), Some(Some(true))),
            (Some(false), Edition::E2021, Some(true), Some(true), Some(Some(true))),
        ] {
            let with = |minor| {
                default_features(own, shared, edition, |novelty| {
                    novelty.check_in(Some(&Version::new(1, minor, 0)))
                })
            };
            assert_eq!(with(99), Ok(expected), "{shared:?}, {edition:?}, {own:?}");
            assert_eq!(with(98).ok(), of_old, "{shared:?}, {edition:?}, {own:?}");
        }
    }
}
