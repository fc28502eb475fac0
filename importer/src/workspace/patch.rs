//! `[patch]` and `[replace]`, of the root manifest and of Cargo's configuration: packages that take the place of others.
//!
//! Which version takes which place stands in the lock; only folders that nothing else names have to be read.

use std::collections::BTreeMap;
use std::path::Path;

use cargo_util_schemas::core::PackageIdSpec;
use cargo_util_schemas::manifest::TomlDependency;

use super::Error;
use crate::config::{self, Config, DEFAULT_REGISTRY};
use crate::manifest::{self, DependencySource, Manifest, ManifestOrigin, Problem};

/// The index of the default registry, as a table of `[patch]` may name it.
const CRATES_IO_INDEX: &str = "https://github.com/rust-lang/crates.io-index";

/// A package that may take another's place.
#[derive(Debug, Clone)]
pub struct Patch {
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub source: DependencySource,
    /// What messages call the file that says so.
    pub location: String,
    /// Where the root manifest says so; nothing for entries of `[replace]` and of Cargo's configuration.
    pub entry: Option<PatchEntry>,
}

/// An entry of the root manifest's `[patch]`.
#[derive(Debug, Clone)]
pub struct PatchEntry {
    /// The source whose packages are patched, as the table is called.
    pub table: String,
    /// The entry's key.
    pub name: String,
}

/// Collects the entries of both tables of the root manifest and of `[patch]` in Cargo's configuration, which win over the manifest's.
pub(super) fn collect(root: &Manifest, folder: &Path, configured: &[config::ConfigPatch]) -> Result<Vec<Patch>, Error> {
    let mut patches = Vec::new();
    let tables = root
        .tables
        .patch
        .iter()
        .flat_map(|patch| patch.keys().map(String::as_str));
    let (of_manifest, of_configuration) = (
        last_of_each(tables),
        last_of_each(configured.iter().map(|patch| patch.source.as_str())),
    );
    for (source, table) in root.tables.patch.iter().flatten() {
        let counts = of_manifest.get(patched(source)) == Some(&source.as_str());
        for (name, dependency) in table {
            let is_replaced = |patch: &config::ConfigPatch| {
                Some(&patch.source.as_str()) == of_configuration.get(patched(source)) && patch.name == name.as_str()
            };
            if !counts || configured.iter().any(is_replaced) {
                continue;
            }
            let fail = |problem| root.fail(&["patch", source, name.as_str()], problem);
            let entry = PatchEntry {
                table: source.clone(),
                name: name.to_string(),
            };
            let patch = convert(&root.source.location, name.as_str(), dependency, folder).map_err(fail)?;
            patches.extend(patch.map(|patch| Patch {
                entry: Some(entry),
                ..patch
            }));
            refuse_same_source(source, name.as_str(), dependency).map_err(fail)?;
        }
    }
    for (spec, dependency) in root.tables.replace.iter().flatten() {
        let fail = |problem| root.fail(&["replace", spec], problem);
        if PackageIdSpec::parse(spec).is_ok_and(|spec| spec.partial_version().is_none()) {
            let spec = spec.clone();
            return Err(fail(Problem::ReplaceWithoutVersion { spec }).into());
        }
        patches.extend(convert(&root.source.location, spec, dependency, folder).map_err(fail)?);
    }
    for patch in configured {
        if of_configuration.get(patched(&patch.source)) != Some(&patch.source.as_str()) {
            continue;
        }
        let fail = |reason: String| config::Error::Patch {
            origin: patch.origin.clone(),
            source_name: patch.source.clone(),
            name: patch.name.clone(),
            reason,
        };
        let dependency: TomlDependency = patch
            .dependency
            .clone()
            .try_into()
            .map_err(|reason: toml::de::Error| fail(reason.message().replace('\n', " ")))?;
        patches.extend(
            convert(&patch.origin, &patch.name, &dependency, &patch.base)
                .map_err(|problem| fail(problem.to_string()))?,
        );
    }
    Ok(patches)
}

/// The source that a table of `[patch]` is for: crates.io has two names.
fn patched(table: &str) -> &str {
    if table == CRATES_IO_INDEX {
        DEFAULT_REGISTRY
    } else {
        table
    }
}

/// Of tables for one source, in one file or in Cargo's configuration, Cargo takes the last by name and forgets the others.
fn last_of_each<'a>(tables: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, &'a str> {
    let mut last = BTreeMap::new();
    for table in tables {
        let known = last.entry(patched(table)).or_insert(table);
        *known = table.max(known);
    }
    last
}

/// Refuses a patch that leaves a package where it comes from.
fn refuse_same_source(source: &str, name: &str, dependency: &TomlDependency) -> Result<(), Problem> {
    let is_same = match dependency {
        TomlDependency::Simple(_) => source == DEFAULT_REGISTRY,
        TomlDependency::Detailed(patch) => match (&patch.git, &patch.registry, &patch.registry_index) {
            (Some(git), ..) => git == source,
            (None, Some(registry), _) => **registry == source,
            (None, None, None) => source == DEFAULT_REGISTRY && patch.path.is_none(),
            (None, None, Some(_)) => false,
        },
    };
    let name = name.to_owned();
    if is_same {
        Err(Problem::PatchOfSameSource { name })
    } else {
        Ok(())
    }
}

/// Refuses tables of `[patch]` for what is neither a registry of the configuration nor an address.
pub(super) fn refuse_unknown_sources(root: &Manifest, config: &Config) -> Result<(), Error> {
    for source in root.tables.patch.iter().flat_map(|patch| patch.keys()) {
        if source != DEFAULT_REGISTRY && !is_url(source) && config.registry(source)?.is_none() {
            let source_name = source.clone();
            return Err(root
                .fail(&["patch", source], Problem::PatchedSource { source_name })
                .into());
        }
    }
    Ok(())
}

/// Whether a text begins as addresses do: with a scheme.
fn is_url(text: &str) -> bool {
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
    };
    text.split_once(':').is_some_and(|(scheme, _)| is_scheme(scheme))
}

fn convert(location: &str, name: &str, dependency: &TomlDependency, folder: &Path) -> Result<Option<Patch>, Problem> {
    let TomlDependency::Detailed(detailed) = dependency else {
        return Ok(None);
    };
    let origin = ManifestOrigin::Local(folder.to_path_buf());
    let dependency = manifest::convert_dependency(name, detailed, &origin, None)?;
    Ok(Some(Patch {
        name: dependency.package.to_string(),
        source: dependency.source,
        location: location.to_owned(),
        entry: None,
    }))
}
