//! What `cargo metadata` and the manifests say of packages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use dyrust_importer::graph::Graph;
use serde::Deserialize;

use crate::cargo::{Cargo, CargoError};

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: BTreeSet<String>,
}

#[derive(Deserialize)]
pub(super) struct Package {
    id: String,
    pub(super) manifest_path: PathBuf,
    source: Option<String>,
    authors: Vec<String>,
    description: Option<String>,
    homepage: Option<String>,
    repository: Option<String>,
    license: Option<String>,
    license_file: Option<String>,
    readme: Option<String>,
    rust_version: Option<String>,
    targets: Vec<Target>,
    /// Kinds and names of targets without a test harness; of packages with a path.
    #[serde(skip)]
    without_harness: BTreeSet<(String, String)>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
}

impl Package {
    /// The facts, by their names in the graph; those that are empty are left out.
    pub(super) fn facts(&self) -> BTreeMap<&'static str, String> {
        facts([
            ("authors", Some(self.authors.join(":"))),
            ("description", self.description.clone()),
            ("homepage", self.homepage.clone()),
            ("repository", self.repository.clone()),
            ("license", self.license.clone()),
            ("license-file", self.license_file.clone()),
            ("readme", self.readme.clone()),
            ("rust-version", self.rust_version.clone()),
        ])
    }

    pub(super) fn has_harness(&self, kind: &str, target: &str) -> bool {
        !self.without_harness.contains(&(kind.to_owned(), target.to_owned()))
    }
}

/// The facts that are not empty.
pub(super) fn facts<const N: usize>(facts: [(&'static str, Option<String>); N]) -> BTreeMap<&'static str, String> {
    let stated = facts.into_iter().filter_map(|(name, value)| Some((name, value?)));
    stated.filter(|(_, value)| !value.is_empty()).collect()
}

/// The packages by their ids.
pub(super) struct Facts {
    packages: BTreeMap<String, Package>,
    members: BTreeSet<String>,
}

impl Facts {
    pub(super) fn read(cargo: &Cargo, graph: &Graph, host: &str) -> Result<Self, CargoError> {
        let platforms = graph.platforms.iter().map(|platform| platform.target.as_str());
        let platforms: BTreeSet<&str> = platforms.chain([host]).collect();
        let text = cargo.metadata(&platforms)?;
        let metadata: Metadata =
            serde_json::from_str(&text).map_err(|error| CargoError::Format(format!("cargo metadata: {error}")))?;
        let mut packages = BTreeMap::new();
        for mut package in metadata.packages {
            if package.source.is_none() {
                package.without_harness = without_harness(&package)?;
            }
            packages.insert(package.id.clone(), package);
        }
        Ok(Self {
            packages,
            members: metadata.workspace_members,
        })
    }

    pub(super) fn get(&self, id: &str) -> Option<&Package> {
        self.packages.get(id)
    }

    /// Has a member a library?
    pub(super) fn has_library(&self) -> bool {
        let not_libraries = ["bin", "example", "test", "bench", "custom-build"];
        let members = self.members.iter().filter_map(|id| self.packages.get(id));
        members
            .flat_map(|package| &package.targets)
            .any(|target| target.kind.iter().any(|kind| !not_libraries.contains(&kind.as_str())))
    }
}

/// The targets for which the manifest says `harness = false`. Cargo tells of none of them.
fn without_harness(package: &Package) -> Result<BTreeSet<(String, String)>, CargoError> {
    let file = &package.manifest_path;
    let fail = |error: String| CargoError::Format(format!("{}: {error}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| fail(error.to_string()))?;
    let manifest: toml::Table = text.parse().map_err(|error: toml::de::Error| fail(error.to_string()))?;
    let mut found = BTreeSet::new();
    for kind in ["bin", "test", "bench", "example"] {
        let targets = manifest.get(kind).and_then(toml::Value::as_array);
        for target in targets.into_iter().flatten() {
            if target.get("harness").and_then(toml::Value::as_bool) == Some(false)
                && let Some(name) = target.get("name").and_then(toml::Value::as_str)
            {
                found.insert((kind.to_owned(), name.to_owned()));
            }
        }
    }
    let library = manifest.get("lib");
    if library
        .and_then(|library| library.get("harness"))
        .and_then(toml::Value::as_bool)
        == Some(false)
    {
        found.insert(("lib".to_owned(), String::new()));
    }
    Ok(found)
}
