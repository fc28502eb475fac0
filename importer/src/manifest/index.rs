//! Dependencies and features as a registry's index has them, in place of the manifest's.

use std::collections::BTreeMap;

use cargo_util_schemas::manifest::{
    FeatureName, InheritableDependency, PackageName, TomlDependency, TomlDetailedDependency, TomlManifest, TomlPlatform,
};
use semver::Version;
use tame_index::IndexVersion;
use tame_index::krate::{DependencyKind, IndexDependency};

use super::inherit::Inheritance;
use super::{Edition, Error, Manifest, ManifestMetadata, ManifestOrigin, Package, Problem, dependencies, features};
use crate::intern::Symbol;
use crate::source::ManifestText;

type Dependencies = BTreeMap<PackageName, InheritableDependency>;

/// Puts the dependencies and features of the index into a manifest's tables. What does not fit the schema is left out: Cargo passes over
/// such entries, and no package of a lock can need them.
pub(crate) fn resolve_by_index(tables: &mut TomlManifest, entry: &IndexVersion) {
    tables.dependencies = None;
    tables.build_dependencies = None;
    tables.build_dependencies2 = None;
    for platform in tables.target.iter_mut().flat_map(BTreeMap::values_mut) {
        platform.dependencies = None;
        platform.build_dependencies = None;
        platform.build_dependencies2 = None;
    }
    for dependency in entry.dependencies() {
        add(tables, dependency);
    }
    let features = entry.features().filter_map(|(name, enables)| {
        let name = FeatureName::new(name.clone()).ok()?;
        Some((name, enables.clone()))
    });
    tables.features = Some(features.collect());
}

/// What the index says of a version, as a package without targets. That is enough to choose versions; what is built is read from its
/// manifest.
///
/// # Errors
/// When the entry is one that Cargo would pass over.
pub(crate) fn of_index(entry: &IndexVersion) -> Result<Package, Error> {
    let mut manifest = Manifest {
        source: ManifestText {
            text: String::new(),
            location: format!("the index's entry of {} {}", entry.name, entry.version),
        },
        tables: TomlManifest::default(),
        unused: Vec::new(),
    };
    resolve_by_index(&mut manifest.tables, entry);
    // Features may name the dev-dependencies.
    for dependency in entry.dependencies() {
        if dependency.kind() == DependencyKind::Dev {
            put(&mut manifest.tables, dependency, |tables| &mut tables.dev_dependencies);
        }
    }
    let version = Version::parse(&entry.version).map_err(|_| manifest.fail(&[], Problem::NoPackage))?;
    let inherit = Inheritance {
        manifest: &manifest,
        workspace: None,
    };
    let (dependency_names, dependencies) =
        dependencies::collect(&manifest, &ManifestOrigin::Registry, &inherit, Edition::E2021)?;
    let features = features::collect(&manifest, &dependency_names, &dependencies)?;
    Ok(Package {
        name: Symbol::new(&entry.name),
        version,
        edition: Edition::E2021,
        links: entry.links().map(Symbol::new),
        resolver: None,
        facts: ManifestMetadata {
            rust_version: entry.rust_version().map(str::to_owned),
            ..ManifestMetadata::default()
        },
        targets: Vec::new(),
        dependencies,
        dependency_names,
        features,
        lints: Default::default(),
        files: Default::default(),
    })
}

fn add(tables: &mut TomlManifest, dependency: &IndexDependency) {
    match (dependency.target(), dependency.kind()) {
        (None, DependencyKind::Normal) => put(tables, dependency, |tables| &mut tables.dependencies),
        (None, DependencyKind::Build) => put(tables, dependency, |tables| &mut tables.build_dependencies),
        (Some(target), DependencyKind::Normal) => {
            put(tables, dependency, |tables| &mut platform(tables, target).dependencies)
        }
        (Some(target), DependencyKind::Build) => put(tables, dependency, |tables| {
            &mut platform(tables, target).build_dependencies
        }),
        // Nobody builds the tests of a registry's package.
        (_, DependencyKind::Dev) => {}
    }
}

fn platform<'t>(tables: &'t mut TomlManifest, target: &str) -> &'t mut TomlPlatform {
    let platforms = tables.target.get_or_insert_default();
    platforms.entry(target.to_owned()).or_insert_with(no_dependencies)
}

/// Puts a dependency into one of a manifest's tables, unless its name is none for Cargo.
fn put(
    tables: &mut TomlManifest,
    dependency: &IndexDependency,
    table: impl FnOnce(&mut TomlManifest) -> &mut Option<Dependencies>,
) {
    let Ok(name) = PackageName::new(dependency.name.to_string()) else {
        return;
    };
    let Ok(package) = dependency
        .package()
        .map(|name| PackageName::new(name.to_owned()))
        .transpose()
    else {
        return;
    };
    let detailed = TomlDetailedDependency {
        version: Some(dependency.req.to_string()),
        features: Some(dependency.features().to_vec()),
        optional: Some(dependency.is_optional()),
        default_features: Some(dependency.has_default_features()),
        package,
        ..TomlDetailedDependency::default()
    };
    let value = InheritableDependency::Value(TomlDependency::Detailed(detailed));
    table(tables).get_or_insert_default().insert(name, value);
}

fn no_dependencies() -> TomlPlatform {
    TomlPlatform {
        dependencies: None,
        build_dependencies: None,
        build_dependencies2: None,
        dev_dependencies: None,
        dev_dependencies2: None,
    }
}
