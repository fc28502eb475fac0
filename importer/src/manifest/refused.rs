//! What Cargo refuses in a manifest that fits its schema.
//!
//! Cargo says all of this before it looks for a lock, so that none can be made; but a lock of an earlier time is soon at hand. The rules are
//! those of Cargo's `toml::to_real_manifest` and of the Cargo book, chapter The Manifest Format.

use std::collections::BTreeMap;

use cargo_util_schemas::manifest::{InheritableDependency, PackageName, TomlDependency, TomlManifest, TomlPackage};

use super::inherit::Inheritance;
use super::{Edition, Error, Feature, FeatureValue, Manifest, Package, Problem, Target, least_rust};
use crate::resolved::TargetKind;

/// The names that `cargo-features` may have: those of what was unstable once. All others need a nightly Cargo, or are none.
const STABILIZED: [&str; 13] = [
    "alternative-registries",
    "default-run",
    "edition",
    "edition2021",
    "edition2024",
    "named-profiles",
    "profile-overrides",
    "rename-dependency",
    "resolver",
    "rust-version",
    "strip",
    "test-dummy-stable",
    "workspace-inheritance",
];

/// The folders that Cargo makes beside programs.
const BUILD_FOLDERS: [&str; 4] = ["build", "deps", "examples", "incremental"];

fn cargo_features(manifest: &Manifest) -> Result<(), Error> {
    let mut names = manifest.tables.cargo_features.iter().flatten();
    match names.find(|name| !STABILIZED.contains(&name.as_str())) {
        Some(name) => Err(manifest.fail(&["cargo-features"], Problem::CargoFeature(name.clone()))),
        None => Ok(()),
    }
}

/// Refuses what is unstable in a manifest, before anything is made of it.
pub(super) fn unstable(manifest: &Manifest, table: &TomlPackage) -> Result<(), Error> {
    cargo_features(manifest)?;
    let keys = [
        ("package.metabuild", "metabuild", table.metabuild.is_some()),
        ("package.im-a-teapot", "im-a-teapot", table.im_a_teapot.is_some()),
        ("package.forced-target", "forced-target", table.forced_target.is_some()),
        (
            "package.default-target",
            "default-target",
            table.default_target.is_some(),
        ),
    ];
    match keys.iter().find(|(_, _, given)| *given) {
        Some((name, key, _)) => Err(manifest.fail(&["package", key], Problem::Unstable(name))),
        None => Ok(()),
    }
}

/// Spellings that edition 2024 has done away with, and those in their place.
const DEVELOPMENT: (&str, &str) = ("dev_dependencies", "dev-dependencies");
const BUILD: (&str, &str) = ("build_dependencies", "build-dependencies");
const DEFAULT_FEATURES: (&str, &str) = ("default_features", "default-features");

/// A spelling that edition 2024 has done away with.
pub(super) struct OldSpelling<'a> {
    /// The keys of its place.
    pub path: Vec<&'a str>,
    /// What is written.
    pub old: &'static str,
    /// What is to be written.
    pub new: &'static str,
    /// Whether it is in the workspace's entry of a dependency that is inherited.
    pub is_of_workspace: bool,
}

/// Refuses the spellings that edition 2024 has done away with. Of a dependency that is inherited the workspace's own entry counts, by the
/// edition of who inherits it; beside `workspace = true` the old one is still known.
pub(super) fn refuse_old_spellings(inherit: &Inheritance<'_>, edition: Edition) -> Result<(), Error> {
    if edition < Edition::E2024 {
        return Ok(());
    }
    let manifest = inherit.manifest;
    let shared = inherit
        .workspace
        .and_then(|workspace| workspace.tables.dependencies.as_ref());
    let Some(found) = old_spellings(&manifest.tables, shared).into_iter().next() else {
        return Ok(());
    };
    let OldSpelling { path, old, new, .. } = &found;
    let problem = match path.last() {
        Some(name) if found.is_of_workspace => Problem::OldSpellingInherited((*name).to_owned()),
        _ => Problem::OldSpelling { old, new },
    };
    Err(manifest.fail(path, problem))
}

/// The spellings of a package's manifest that edition 2024 has done away with; `shared` are the workspace's dependencies.
pub(super) fn old_spellings<'a>(
    tables: &'a TomlManifest,
    shared: Option<&BTreeMap<PackageName, TomlDependency>>,
) -> Vec<OldSpelling<'a>> {
    let mut found = Vec::new();
    let mut add = |path: Vec<&'a str>, (old, new), is_of_workspace| {
        found.push(OldSpelling {
            path,
            old,
            new,
            is_of_workspace,
        });
    };
    if tables.project.is_some() {
        add(vec!["project"], ("[project]", "[package]"), false);
    }
    if tables.dev_dependencies2.is_some() {
        add(vec![DEVELOPMENT.0], DEVELOPMENT, false);
    }
    if tables.build_dependencies2.is_some() {
        add(vec![BUILD.0], BUILD, false);
    }
    for (name, platform) in tables.target.iter().flatten() {
        if platform.dev_dependencies2.is_some() {
            add(vec!["target", name, DEVELOPMENT.0], DEVELOPMENT, false);
        }
        if platform.build_dependencies2.is_some() {
            add(vec!["target", name, BUILD.0], BUILD, false);
        }
    }
    let lists = [&tables.bin, &tables.example, &tables.test, &tables.bench];
    let keys = ["bin", "example", "test", "bench"];
    let library = tables.lib.iter().map(|target| ("lib", target));
    let listed = keys
        .into_iter()
        .zip(lists)
        .flat_map(|(key, list)| list.iter().flatten().map(move |target| (key, target)));
    for (key, target) in library.chain(listed) {
        if target.crate_type2.is_some() {
            add(vec![key, "crate_type"], ("crate_type", "crate-type"), false);
        }
        if target.proc_macro2.is_some() {
            add(vec![key, "proc_macro"], ("proc_macro", "proc-macro"), false);
        }
    }
    let is_old = |dependency: &TomlDependency| match dependency {
        TomlDependency::Detailed(dependency) => dependency.default_features2.is_some(),
        TomlDependency::Simple(_) => false,
    };
    for (path, name, dependency) in dependencies(tables) {
        let entry = path.into_iter().chain([name]);
        match dependency {
            InheritableDependency::Value(dependency) if is_old(dependency) => {
                add(entry.chain([DEFAULT_FEATURES.0]).collect(), DEFAULT_FEATURES, false);
            }
            InheritableDependency::Inherit(_) => {
                let shared = shared.and_then(|list| list.iter().find(|(key, _)| key.as_str() == name));
                if shared.is_some_and(|(_, dependency)| is_old(dependency)) {
                    add(entry.collect(), DEFAULT_FEATURES, true);
                }
            }
            InheritableDependency::Value(_) => {}
        }
    }
    found
}

/// All dependencies of a package, with the keys of the tables that they are in.
pub(super) fn dependencies(tables: &TomlManifest) -> impl Iterator<Item = (Vec<&str>, &str, &InheritableDependency)> {
    let own = [
        ("dependencies", tables.dependencies.as_ref()),
        spelled(DEVELOPMENT, &tables.dev_dependencies, &tables.dev_dependencies2),
        spelled(BUILD, &tables.build_dependencies, &tables.build_dependencies2),
    ];
    let own = own.into_iter().map(|(key, list)| (vec![key], list));
    let of_platforms = tables.target.iter().flatten().flat_map(|(platform, tables)| {
        let lists = [
            ("dependencies", tables.dependencies.as_ref()),
            spelled(DEVELOPMENT, &tables.dev_dependencies, &tables.dev_dependencies2),
            spelled(BUILD, &tables.build_dependencies, &tables.build_dependencies2),
        ];
        lists.map(|(key, list)| (vec!["target", platform.as_str(), key], list))
    });
    own.chain(of_platforms).flat_map(|(path, list)| {
        let list = list.into_iter().flatten();
        list.map(move |(name, dependency)| (path.clone(), name.as_ref(), dependency))
    })
}

/// A table of dependencies under the name that it has: the old one counts where there is no new one.
fn spelled<'a, T>(
    (old, new): (&'static str, &'static str),
    table: &'a Option<T>,
    old_table: &'a Option<T>,
) -> (&'static str, Option<&'a T>) {
    match table {
        Some(table) => (new, Some(table)),
        None => (old, old_table.as_ref()),
    }
}

/// Refuses a package whose parts do not go together.
pub(super) fn contradictions(
    manifest: &Manifest,
    table: &TomlPackage,
    edition: Edition,
    rust_version: Option<&str>,
    targets: &[Target],
) -> Result<(), Error> {
    let in_package = |key: &str, problem| Err(manifest.fail(&["package", key], problem));
    if let (Some(rust_version), Some(least)) = (rust_version, edition.least_rust())
        && least_rust(rust_version).is_some_and(|version| version < least)
    {
        let problem = Problem::RustBelowEdition {
            rust_version: rust_version.to_owned(),
            edition: edition.as_str(),
            least,
        };
        return in_package("rust-version", problem);
    }
    let has_script = targets.iter().any(|target| target.kind == TargetKind::CustomBuild);
    if targets.len() == usize::from(has_script) {
        return in_package("name", Problem::NoTargets);
    }
    if let (Some(links), false) = (&table.links, has_script) {
        return in_package("links", Problem::LinksWithoutScript { links: links.clone() });
    }
    let mut programs = targets.iter().filter(|target| target.kind == TargetKind::Bin);
    if let Some(program) = programs.clone().find(|program| BUILD_FOLDERS.contains(&&*program.name)) {
        let name = program.name.to_string();
        return Err(manifest.fail(&["bin"], Problem::BuildFolderName { name }));
    }
    if let Some(name) = &table.default_run
        && !programs.any(|program| *program.name == **name)
    {
        return in_package("default-run", Problem::NoDefaultRun { name: name.clone() });
    }
    Ok(())
}

/// Refuses a feature of a member that includes itself. Cargo resolves members with all of their features, and other packages with those
/// that somebody asks for.
pub(crate) fn feature_of_itself(manifest: &Manifest, package: &Package) -> Result<(), Error> {
    let includes_itself = |(position, feature): &(usize, &Feature)| {
        let itself =
            |value: &FeatureValue| matches!(value, FeatureValue::Feature(other) if *other as usize == *position);
        feature.values.iter().any(itself)
    };
    match package.features.iter().enumerate().find(includes_itself) {
        Some((_, feature)) => {
            let feature = feature.name.to_string();
            Err(manifest.fail(
                &["features", &feature],
                Problem::FeatureCycle {
                    feature: feature.clone(),
                },
            ))
        }
        None => Ok(()),
    }
}

/// Refuses in a workspace's root what is for members alone.
pub(crate) fn in_root(manifest: &Manifest) -> Result<(), Error> {
    cargo_features(manifest)?;
    let Some(workspace) = &manifest.tables.workspace else {
        return Ok(());
    };
    if manifest.tables.package().is_none()
        && let Some(key) = manifest.tables.requires_package().next()
    {
        return Err(manifest.fail(&[key], Problem::OfPackagesAlone(key)));
    }
    let of_package = manifest
        .tables
        .package()
        .and_then(|package| package.resolver.as_deref());
    let names_another = manifest
        .tables
        .package()
        .is_some_and(|package| package.workspace.is_some());
    if names_another {
        return Err(manifest.fail(&["package", "workspace"], Problem::WorkspaceTwice));
    }
    if of_package.is_some() && workspace.resolver.is_some() {
        return Err(manifest.fail(&["package", "resolver"], Problem::ResolverTwice));
    }
    for (name, dependency) in workspace.dependencies.iter().flatten() {
        let TomlDependency::Detailed(dependency) = dependency else {
            continue;
        };
        let keys = [("optional", dependency.optional), ("public", dependency.public)];
        if let Some((key, _)) = keys.into_iter().find(|(_, value)| *value == Some(true)) {
            let name = name.to_string();
            let path = ["workspace", "dependencies", &name];
            return Err(manifest.fail(
                &path,
                Problem::OfMembersAlone {
                    name: name.clone(),
                    key,
                },
            ));
        }
    }
    Ok(())
}
