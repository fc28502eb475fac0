//! Reads manifests, with what they inherit from their workspace, into the form that the resolver works on.
//!
//! The schema is that of Cargo's own published crate; the meaning of the keys follows the Cargo book, chapter The Manifest Format.

mod dependencies;
mod error;
mod features;
mod files;
mod index;
mod inherit;
mod lints;
mod model;
mod refused;
mod rust_version;
mod targets;
#[cfg(test)]
mod tests;
mod warnings;

use std::path::{Path, PathBuf};

use cargo_util_schemas::manifest::{StringOrBool, TomlManifest, TomlPackage, TomlWorkspace};
use semver::Version;

pub(crate) use dependencies::convert as convert_dependency;
pub use error::{Error, Place, Problem};
pub use files::workspace_files;
pub(crate) use index::{of_index, resolve_by_index};
pub(crate) use model::default_feature;
pub use model::{
    Dependency, DependencyKind, DependencySource, Edition, Feature, FeatureValue, FileRules, GitReferenceKind,
    ManifestMetadata, Package, Target,
};

use crate::intern::Symbol;
use crate::source::{FileSet, ManifestText};
pub(crate) use features::Spelling;
use inherit::Inheritance;
pub(crate) use inherit::relative;
pub(crate) use refused::{feature_of_itself as refuse_feature_of_itself, in_root as refuse_in_root};
pub(crate) use rust_version::least_rust;
pub(crate) use targets::section;
pub use warnings::Warning;
pub(crate) use warnings::{Standing, warnings};

/// A manifest's text and its tables.
#[derive(Debug)]
pub struct Manifest {
    /// The text, for the lines in messages.
    pub source: ManifestText,
    /// The tables.
    pub tables: TomlManifest,
    /// The keys that the schema does not have, each with the tables around it; of the workspace's own manifests alone.
    pub unused: Vec<Vec<String>>,
}

impl Manifest {
    /// Parses a manifest.
    ///
    /// # Errors
    /// When the text is not TOML or does not fit the schema.
    pub fn parse(source: ManifestText) -> Result<Self, Error> {
        let tables = toml::from_str(&source.text).map_err(|reason| syntax(&source, &reason))?;
        Ok(Self {
            source,
            tables,
            unused: Vec::new(),
        })
    }

    /// Parses a manifest of the workspace, where keys that Cargo does not know are told.
    ///
    /// # Errors
    /// As [`Manifest::parse`].
    pub fn parse_own(source: ManifestText) -> Result<Self, Error> {
        let mut unused = Vec::new();
        let tables = toml::de::Deserializer::parse(&source.text).and_then(|deserializer| {
            serde_ignored::deserialize(deserializer, |path| {
                let mut keys = Vec::new();
                keys_of(&path, &mut keys);
                unused.push(keys);
            })
        });
        let tables = tables.map_err(|reason| syntax(&source, &reason))?;
        // One table may have been looked at several times.
        unused.sort_unstable();
        unused.dedup();
        Ok(Self { source, tables, unused })
    }

    /// An error at a key of this manifest.
    pub fn fail(&self, path: &[&str], problem: Problem) -> Error {
        Error {
            place: Place::of_key(&self.source.location, &self.source.text, path),
            problem: Box::new(problem),
        }
    }

    /// The resolver that the manifest asks for, as the root of a workspace.
    pub fn resolver(&self) -> Option<&str> {
        let of_workspace = self
            .tables
            .workspace
            .as_ref()
            .and_then(|workspace| workspace.resolver.as_deref());
        of_workspace.or_else(|| self.tables.package().and_then(|package| package.resolver.as_deref()))
    }
}

/// The error for a text that is no manifest.
fn syntax(source: &ManifestText, reason: &toml::de::Error) -> Error {
    let place = match reason.span() {
        Some(span) => Place::at(&source.location, &source.text, span.start),
        None => Place::file(&source.location),
    };
    let problem = Problem::Syntax(reason.message().replace('\n', " "));
    Error {
        place,
        problem: Box::new(problem),
    }
}

/// The keys that lead to a value; of a list the number.
fn keys_of(path: &serde_ignored::Path<'_>, keys: &mut Vec<String>) {
    use serde_ignored::Path;
    match path {
        Path::Root => {}
        Path::Seq { parent, index } => {
            keys_of(parent, keys);
            keys.push(index.to_string());
        }
        Path::Map { parent, key } => {
            keys_of(parent, keys);
            keys.push(key.clone());
        }
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => {
            keys_of(parent, keys);
        }
    }
}

/// What a package inherits from, and the folder that paths in it start from.
#[derive(Debug, Clone, Copy)]
pub struct WorkspaceTables<'a> {
    /// The `[workspace]` table.
    pub tables: &'a TomlWorkspace,
    /// The workspace's folder, in the same terms as [`ManifestOrigin`].
    pub folder: &'a Path,
}

/// Which kind of place a manifest was read from; it decides what `path` means in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ManifestOrigin {
    /// A folder on this machine, absolute.
    Local(PathBuf),
    /// A folder in a git repository, relative to its root.
    Git(PathBuf),
    /// A package of a registry or a vendored one: paths mean nothing there.
    Registry,
}

impl ManifestOrigin {
    fn folder(&self) -> Option<&Path> {
        match self {
            Self::Local(folder) | Self::Git(folder) => Some(folder),
            Self::Registry => None,
        }
    }
}

/// Makes a package of a manifest: inherits, discovers targets, checks features.
///
/// # Errors
/// When the manifest asks for something that Cargo refuses, or that is unstable in Cargo.
pub fn package(
    manifest: &Manifest,
    origin: &ManifestOrigin,
    workspace: Option<WorkspaceTables<'_>>,
    files: &FileSet,
) -> Result<Package, Error> {
    let tables = &manifest.tables;
    let table = tables.package().ok_or_else(|| manifest.fail(&[], Problem::NoPackage))?;
    let inherit = Inheritance { manifest, workspace };
    let name = table
        .name
        .as_ref()
        .ok_or_else(|| manifest.fail(&["package"], Problem::NoName))?;
    let name = Symbol::new(name.as_ref());
    refused::unstable(manifest, table)?;

    let edition = match inherit.value(table.edition.as_ref(), "edition", |from| from.edition.clone())? {
        Some(text) => Edition::parse(&text)
            .ok_or_else(|| manifest.fail(&["package", "edition"], Problem::Edition(text.clone())))?,
        None => Edition::E2015,
    };
    refused::refuse_old_spellings(&inherit, edition)?;
    let version = inherit
        .value(table.version.as_ref(), "version", |from| from.version.clone())?
        .unwrap_or_else(|| Version::new(0, 0, 0));

    let (dependency_names, dependencies) = dependencies::collect(manifest, origin, &inherit, edition)?;
    let features = features::collect(manifest, &dependency_names, &dependencies)?;
    let targets = targets::discover(manifest, table, name, edition, origin, files)?;
    let lints = lints::flags(&inherit)?;
    let facts = facts(table, &inherit, origin, files)?;
    refused::contradictions(manifest, table, edition, facts.rust_version.as_deref(), &targets)?;
    Ok(Package {
        name,
        version,
        edition,
        links: table.links.as_deref().map(Symbol::new),
        resolver: manifest.resolver().map(Symbol::new),
        facts,
        targets,
        dependencies,
        dependency_names,
        features,
        lints,
        files: files::rules(&inherit, matches!(origin, ManifestOrigin::Local(_)))?,
    })
}

fn facts(
    table: &TomlPackage,
    inherit: &Inheritance<'_>,
    origin: &ManifestOrigin,
    files: &FileSet,
) -> Result<ManifestMetadata, Error> {
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    let authors = inherit.value(table.authors.as_ref(), "authors", |from| from.authors.clone())?;
    let readme = match &table.readme {
        Some(field) if field.is_inherited() => {
            let shared = inherit.value(Some(field), "readme", |from| from.readme.clone())?;
            readme(shared.as_ref(), files).map(|path| inherit.of_workspace_path(origin, &path))
        }
        Some(field) => readme(field.as_value(), files),
        None => readme(None, files),
    };
    let license_file = match &table.license_file {
        Some(field) => {
            let path = inherit.value(Some(field), "license-file", |from| from.license_file.clone())?;
            path.map(|path| {
                if field.is_inherited() {
                    inherit.of_workspace_path(origin, &path)
                } else {
                    path
                }
            })
        }
        None => None,
    };
    let rust_version = match &table.rust_version {
        Some(field) => inherit
            .value(Some(field), "rust-version", |from| from.rust_version)?
            .map(|version| version.to_string()),
        None => None,
    };
    Ok(ManifestMetadata {
        authors: filled(authors.map(|authors| authors.join(":"))),
        description: filled(inherit.value(table.description.as_ref(), "description", |from| {
            from.description.clone()
        })?),
        homepage: filled(inherit.value(table.homepage.as_ref(), "homepage", |from| from.homepage.clone())?),
        repository: filled(inherit.value(table.repository.as_ref(), "repository", |from| from.repository.clone())?),
        license: filled(inherit.value(table.license.as_ref(), "license", |from| from.license.clone())?),
        license_file: filled(license_file),
        readme: filled(readme),
        rust_version: filled(rust_version),
    })
}

/// The readme's path: what the manifest says, or the first of the usual names that exists.
fn readme(field: Option<&StringOrBool>, files: &FileSet) -> Option<String> {
    match field {
        Some(StringOrBool::String(path)) => Some(path.clone()),
        Some(StringOrBool::Bool(true)) => Some("README.md".to_owned()),
        Some(StringOrBool::Bool(false)) => None,
        None => ["README.md", "README.txt", "README"]
            .into_iter()
            .find(|name| files.contains(name))
            .map(str::to_owned),
    }
}

/// Resolves `.` and `..` in a path without looking at the file system.
pub fn normalize(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut result = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => match result.components().next_back() {
                Some(Component::Normal(_)) => {
                    result.pop();
                }
                Some(Component::RootDir | Component::Prefix(_)) => {}
                _ => result.push(".."),
            },
            other => result.push(other),
        }
    }
    result
}
