//! The dependency tables of a manifest in one list.

use std::collections::BTreeMap;
use std::path::Path;

use cargo_util_schemas::manifest::{InheritableDependency, PackageName, TomlDetailedDependency};
use semver::VersionReq;

use super::inherit::Inheritance;
use super::{
    Dependency, DependencyKind, DependencySource, Edition, Error, GitReferenceKind, Manifest, ManifestOrigin, Problem,
};
use crate::cargo_version::Novelty;
use crate::intern::Symbol;

type Table = BTreeMap<PackageName, InheritableDependency>;

/// Reads all tables; the names are sorted and dependencies refer to them by position.
pub(super) fn collect(
    manifest: &Manifest,
    origin: &ManifestOrigin,
    inherit: &Inheritance<'_>,
    edition: Edition,
) -> Result<(Vec<Symbol>, Vec<Dependency>), Error> {
    let tables = &manifest.tables;
    let mut all: Vec<(Vec<&str>, Option<&Table>, DependencyKind)> = vec![
        (
            vec!["dependencies"],
            tables.dependencies.as_ref(),
            DependencyKind::Normal,
        ),
        (
            vec!["dev-dependencies"],
            tables.dev_dependencies(),
            DependencyKind::Development,
        ),
        (
            vec!["build-dependencies"],
            tables.build_dependencies(),
            DependencyKind::Build,
        ),
    ];
    for (platform, table) in tables.target.iter().flatten() {
        all.push((
            vec!["target", platform, "dependencies"],
            table.dependencies.as_ref(),
            DependencyKind::Normal,
        ));
        all.push((
            vec!["target", platform, "dev-dependencies"],
            table.dev_dependencies(),
            DependencyKind::Development,
        ));
        all.push((
            vec!["target", platform, "build-dependencies"],
            table.build_dependencies(),
            DependencyKind::Build,
        ));
    }
    let mut names: Vec<Symbol> = all
        .iter()
        .filter_map(|(_, table, _)| *table)
        .flat_map(|table| table.keys().map(|name| Symbol::new(name.as_str())))
        .collect();
    names.sort_unstable();
    names.dedup();

    let mut dependencies: Vec<Dependency> = Vec::new();
    // The first dependency of each name.
    let mut first: Vec<Option<usize>> = vec![None; names.len()];
    for (path, table, kind) in all {
        let platform = (path.len() == 3).then(|| Symbol::new(path[1]));
        for (name, value) in table.into_iter().flatten() {
            let name = name.as_str();
            let fail = |problem| {
                let mut path = path.clone();
                path.push(name);
                manifest.fail(&path, problem)
            };
            let (detailed, base) = inherit.dependency(name, value, &path, edition)?;
            let position = names.binary_search(&Symbol::new(name)).unwrap_or_default();
            let dependency = Dependency {
                name: u32::try_from(position).unwrap_or_default(),
                kind,
                platform,
                ..convert(name, &detailed, origin, base).map_err(fail)?
            };
            if dependency.optional && kind == DependencyKind::Development {
                return Err(fail(Problem::OptionalDevelopment { name: name.to_owned() }));
            }
            if let Some(first) = first.get_mut(position) {
                let other = first.get_or_insert(dependencies.len());
                let other = dependencies.get(*other);
                if other.is_some_and(|other| other.source != dependency.source) {
                    return Err(fail(Problem::TwoSources { name: name.to_owned() }));
                }
            }
            dependencies.push(dependency);
        }
    }
    Ok((names, dependencies))
}

/// Reads one entry; name, kind and platform are the caller's to fill in.
pub(crate) fn convert(
    name: &str,
    detailed: &TomlDetailedDependency,
    origin: &ManifestOrigin,
    base: Option<&Path>,
) -> Result<Dependency, Problem> {
    if detailed.artifact.is_some() || detailed.lib.is_some() || detailed.target.is_some() {
        return Err(Problem::Artifact { name: name.to_owned() });
    }
    if detailed.base.is_some() {
        return Err(Problem::Unstable("dependencies with a path base"));
    }
    let requirement = match detailed.version.as_deref() {
        Some(text) => Some(VersionReq::parse(text).map_err(|reason| Problem::Requirement {
            name: name.to_owned(),
            requirement: text.to_owned(),
            reason: reason.to_string(),
        })?),
        None => None,
    };
    let package = detailed.package.as_ref().map_or(name, |package| package.as_str());
    Ok(Dependency {
        name: 0,
        package: Symbol::new(package),
        renamed: detailed.package.is_some(),
        requirement,
        source: source(name, detailed, origin, base)?,
        kind: DependencyKind::Normal,
        platform: None,
        optional: detailed.optional.unwrap_or(false),
        default_features: detailed.default_features().unwrap_or(true),
        features: detailed
            .features
            .iter()
            .flatten()
            .map(|feature| Symbol::new(feature))
            .collect(),
    })
}

fn source(
    name: &str,
    detailed: &TomlDetailedDependency,
    origin: &ManifestOrigin,
    base: Option<&Path>,
) -> Result<DependencySource, Problem> {
    if let Some(url) = &detailed.git {
        let references = [
            (GitReferenceKind::Branch, &detailed.branch),
            (GitReferenceKind::Tag, &detailed.tag),
            (GitReferenceKind::Rev, &detailed.rev),
        ];
        let mut given = references
            .into_iter()
            .filter_map(|(kind, value)| Some((kind, value.clone()?)));
        let reference = given.next();
        if given.next().is_some() {
            return Err(Problem::GitReference { name: name.to_owned() });
        }
        if detailed.registry.is_some() {
            Novelty::RegistryBesideGit
                .check()
                .map_err(|too_old| Problem::RegistryBesideGit {
                    name: name.to_owned(),
                    too_old,
                })?;
        }
        return Ok(DependencySource::Git {
            url: url.clone(),
            reference,
        });
    }
    let of_git = [
        ("branch", &detailed.branch),
        ("tag", &detailed.tag),
        ("rev", &detailed.rev),
    ];
    if let Some((key, _)) = of_git.into_iter().find(|(_, value)| value.is_some()) {
        let name = name.to_owned();
        return Err(Problem::OfGitAlone { name, key });
    }
    if let (Some(path), Some(folder)) = (&detailed.path, base.or_else(|| origin.folder())) {
        return Ok(DependencySource::Path(super::normalize(&folder.join(path))));
    }
    if let Some(registry) = &detailed.registry {
        return Ok(DependencySource::NamedRegistry(registry.to_string()));
    }
    if let Some(index) = &detailed.registry_index {
        return Ok(DependencySource::RegistryIndex(index.clone()));
    }
    if detailed.version.is_none() && *origin != ManifestOrigin::Registry {
        return Err(Problem::NoSource { name: name.to_owned() });
    }
    Ok(DependencySource::DefaultRegistry)
}
