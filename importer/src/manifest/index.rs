//! Dependencies and features as a registry's index has them, in place of the manifest's.

use std::collections::BTreeMap;

use cargo_util_schemas::manifest::{
    FeatureName, InheritableDependency, PackageName, TomlDependency, TomlDetailedDependency, TomlManifest, TomlPlatform,
};
use tame_index::IndexVersion;
use tame_index::krate::{DependencyKind, IndexDependency};

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

fn add(tables: &mut TomlManifest, dependency: &IndexDependency) {
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
    let (normal, build) = match dependency.target() {
        None => (&mut tables.dependencies, &mut tables.build_dependencies),
        Some(target) => {
            let platforms = tables.target.get_or_insert_default();
            let platform = platforms.entry(target.to_owned()).or_insert_with(no_dependencies);
            (&mut platform.dependencies, &mut platform.build_dependencies)
        }
    };
    let table: &mut Option<Dependencies> = match dependency.kind() {
        DependencyKind::Normal => normal,
        DependencyKind::Build => build,
        // Nobody builds the tests of a registry's package.
        DependencyKind::Dev => return,
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
    table.get_or_insert_default().insert(name, value);
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
