//! Finds the packages of a checked-out repository by Cargo's rules.
//!
//! Every folder is looked at, from the root down and in the order of the names, but for hidden ones, submodules and the `target`
//! folders of packages; a package's `path` dependencies follow right after it, wherever they are. Of two packages of the same name and
//! version the first counts. Manifests that cannot be understood are passed over: repositories have broken ones as test data.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// A package of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DiscoveredPackage {
    pub(super) name: String,
    pub(super) version: String,
    /// Its folder in the repository, `.` for the root.
    pub(super) folder: String,
    /// Its manifest.
    pub(super) text: String,
    /// The folder and the manifest of the workspace that it belongs to; that may be its own.
    pub(super) workspace: Option<(String, String)>,
}

/// The packages of the repository in `root`, whose submodules are in the folders `submodules`.
pub(super) fn packages(root: &Path, submodules: &[String]) -> Vec<DiscoveredPackage> {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    let mut search = Discovery {
        root: &root,
        submodules,
        manifests: BTreeMap::new(),
        visited: BTreeSet::new(),
        found: Vec::new(),
    };
    search.walk();
    search.found
}

/// A manifest that was read.
#[derive(Debug, Clone)]
struct TreeManifest {
    text: String,
    table: toml::Table,
}

struct Discovery<'a> {
    root: &'a Path,
    submodules: &'a [String],
    /// By folder; nothing where there is none or it is broken.
    manifests: BTreeMap<PathBuf, Option<TreeManifest>>,
    visited: BTreeSet<PathBuf>,
    found: Vec<DiscoveredPackage>,
}

impl Discovery<'_> {
    fn walk(&mut self) {
        let mut open = vec![PathBuf::new()];
        while let Some(folder) = open.pop() {
            if self.is_left_out(&folder) {
                continue;
            }
            self.visit(&folder);
            let Ok(entries) = fs::read_dir(self.root.join(&folder)) else {
                continue;
            };
            let mut names: Vec<_> = entries
                .flatten()
                .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
                .map(|entry| entry.file_name())
                .collect();
            // The last is taken first.
            names.sort_unstable_by(|left, right| right.cmp(left));
            open.extend(names.into_iter().map(|name| folder.join(name)));
        }
    }

    /// Does Cargo look for no packages in a folder? It is hidden, a submodule, or what a package was built in.
    fn is_left_out(&self, folder: &Path) -> bool {
        let Some(name) = folder.file_name().and_then(|name| name.to_str()) else {
            return false;
        };
        let is_submodule = || self.submodules.iter().any(|submodule| Path::new(submodule) == folder);
        let is_build_output = || name == "target" && folder.parent().is_some_and(|parent| self.has_manifest(parent));
        name.starts_with('.') || is_submodule() || is_build_output()
    }

    fn has_manifest(&self, folder: &Path) -> bool {
        self.root.join(folder).join("Cargo.toml").exists()
    }

    /// Adds the package of a folder, and after each package those that it has as `path` dependencies.
    fn visit(&mut self, folder: &Path) {
        let mut open = vec![folder.to_path_buf()];
        while let Some(folder) = open.pop() {
            if self.visited.insert(folder.clone()) {
                // The last is taken first.
                open.extend(self.add(&folder).unwrap_or_default().into_iter().rev());
            }
        }
    }

    /// Adds the package of a folder; gives the folders of its `path` dependencies.
    fn add(&mut self, folder: &Path) -> Option<Vec<PathBuf>> {
        let manifest = self.manifest(folder)?;
        let package = table(&manifest.table, "package").or_else(|| table(&manifest.table, "project"))?;
        let name = package.get("name").and_then(toml::Value::as_str)?;
        let workspace = self.workspace(folder, &manifest);
        let shared = workspace
            .as_ref()
            .and_then(|(_, workspace)| table(&workspace.table, "workspace"));
        let version = match package.get("version") {
            None => "0.0.0",
            Some(toml::Value::String(version)) => version.as_str(),
            Some(_) => shared.and_then(|shared| table(shared, "package")?.get("version")?.as_str())?,
        };
        // A dependency that the workspace has as a path starts from the workspace's folder.
        let base = workspace.as_ref().map_or(folder, |(base, _)| base.as_path());
        let mut nested = Vec::new();
        for (key, dependency) in dependencies(&manifest.table) {
            if let Some(path) = dependency.get("path").and_then(toml::Value::as_str) {
                nested.extend(normal(&folder.join(path)));
            } else if dependency.get("workspace").is_some()
                && let Some(shared) = shared.and_then(|shared| table(shared, "dependencies")?.get(key)?.as_table())
                && let Some(path) = shared.get("path").and_then(toml::Value::as_str)
            {
                nested.extend(normal(&base.join(path)));
            }
        }
        self.found.push(DiscoveredPackage {
            name: name.to_owned(),
            version: version.to_owned(),
            folder: in_repository(folder),
            text: manifest.text.clone(),
            workspace: workspace
                .as_ref()
                .map(|(folder, manifest)| (in_repository(folder), manifest.text.clone())),
        });
        Some(nested)
    }

    /// The workspace that a package belongs to: its own, the one it names, else the first above it that does not exclude it.
    fn workspace(&mut self, folder: &Path, manifest: &TreeManifest) -> Option<(PathBuf, TreeManifest)> {
        if manifest.table.contains_key("workspace") {
            return Some((folder.to_path_buf(), manifest.clone()));
        }
        if let Some(named) = self.named_workspace(folder, manifest) {
            return Some(named);
        }
        for above in folder.ancestors().skip(1) {
            let Some(manifest) = self.manifest(above) else { continue };
            if let Some(workspace) = table(&manifest.table, "workspace") {
                let covers = |key: &str| {
                    let paths = workspace.get(key).and_then(toml::Value::as_array).into_iter().flatten();
                    let mut folders = paths.filter_map(|path| normal(&above.join(path.as_str()?)));
                    folders.any(|path| folder.starts_with(path))
                };
                if covers("members") || !covers("exclude") {
                    return Some((above.to_path_buf(), manifest));
                }
            } else if let Some(named) = self.named_workspace(above, &manifest) {
                return Some(named);
            }
        }
        None
    }

    /// The workspace that a manifest names with `package.workspace`.
    fn named_workspace(&mut self, folder: &Path, manifest: &TreeManifest) -> Option<(PathBuf, TreeManifest)> {
        let path = table(&manifest.table, "package")?.get("workspace")?.as_str()?;
        let folder = normal(&folder.join(path))?;
        let manifest = self.manifest(&folder)?;
        Some((folder, manifest))
    }

    fn manifest(&mut self, folder: &Path) -> Option<TreeManifest> {
        if let Some(manifest) = self.manifests.get(folder) {
            return manifest.clone();
        }
        let manifest = self.read(folder);
        self.manifests.insert(folder.to_path_buf(), manifest.clone());
        manifest
    }

    fn read(&self, folder: &Path) -> Option<TreeManifest> {
        let file = self.root.join(folder).join("Cargo.toml").canonicalize().ok()?;
        // What a link outside leads to would not be the same on another machine.
        if !file.starts_with(self.root) {
            return None;
        }
        let text = fs::read_to_string(file).ok()?;
        let table = toml::from_str(&text).ok()?;
        Some(TreeManifest { text, table })
    }
}

fn table<'t>(parent: &'t toml::Table, key: &str) -> Option<&'t toml::Table> {
    parent.get(key)?.as_table()
}

/// All dependencies of a manifest that are tables, of every kind and target.
fn dependencies(manifest: &toml::Table) -> Vec<(&str, &toml::Table)> {
    const KINDS: [&str; 5] = [
        "dependencies",
        "build-dependencies",
        "build_dependencies",
        "dev-dependencies",
        "dev_dependencies",
    ];
    let targets = table(manifest, "target")
        .into_iter()
        .flat_map(toml::Table::values)
        .filter_map(toml::Value::as_table);
    std::iter::once(manifest)
        .chain(targets)
        .flat_map(|parent| KINDS.iter().filter_map(move |kind| table(parent, kind)))
        .flat_map(|dependencies| {
            dependencies
                .iter()
                .filter_map(|(key, value)| Some((key.as_str(), value.as_table()?)))
        })
        .collect()
}

/// The path without `.` and `..`; nothing if it leads out of the repository.
fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => normal.push(part),
            Component::CurDir => {}
            Component::ParentDir => {
                if !normal.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(normal)
}

/// A folder as pins have it: `.` for the root, else with `/`.
fn in_repository(folder: &Path) -> String {
    let parts: Vec<_> = folder
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    if parts.is_empty() {
        ".".to_owned()
    } else {
        parts.join("/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A repository whose packages name each other as paths in a long row ended the program: each was a call within a call.
    #[test]
    fn packages_may_name_each_other_in_a_long_row() {
        const LAST: usize = 5_000;
        let root = tempfile::tempdir().unwrap();
        for number in 0..=LAST {
            let folder = root.path().join(format!(".row/{number}"));
            fs::create_dir_all(&folder).unwrap();
            let text = format!(
                "[package]\nname = \"p{number}\"\nversion = \"1.0.0\"\n[dependencies]\nnext = {{ path = \"../{}\" }}\n",
                number + 1
            );
            fs::write(folder.join("Cargo.toml"), text).unwrap();
        }
        let first = "[package]\nname = \"first\"\nversion = \"1.0.0\"\n[dependencies]\nnext = { path = \".row/0\" }\n";
        fs::write(root.path().join("Cargo.toml"), first).unwrap();
        assert_eq!(packages(root.path(), &[]).len(), LAST + 2);
    }
}
