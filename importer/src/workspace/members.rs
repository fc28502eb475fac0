//! Collects the members of a workspace and all that they reach by `path`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_util_schemas::manifest::TomlWorkspace;

use super::load::{Manifests, read_lock};
use super::{Error, LoadedManifest, LocalPackage, MANIFEST_NAME, ResolveBehavior, Workspace, patch, position, root};
use crate::config;
use crate::manifest::{
    self, DependencyKind, DependencySource, Edition, ManifestOrigin, Package, Place, Problem, Standing, Warning,
    WorkspaceTables,
};
use crate::parallel;
use crate::source::FileSet;

pub(super) struct Collector {
    pub(super) root: PathBuf,
    pub(super) manifests: Manifests,
    pub(super) packages: BTreeMap<PathBuf, Package>,
    /// The root, and those of other workspaces that packages reached by `path` belong to.
    pub(super) roots: BTreeSet<PathBuf>,
}

impl Collector {
    fn root_manifest(&self) -> Result<&LoadedManifest, Error> {
        self.manifests.get(&self.root).ok_or_else(|| Error::NoManifest {
            file: self.root.join(MANIFEST_NAME),
            near: String::new(),
        })
    }

    pub(super) fn has_package(&self, folder: &Path) -> bool {
        self.manifests
            .get(folder)
            .is_some_and(|loaded| loaded.manifest.tables.package().is_some())
    }

    /// The place of a key of the root's `[workspace]` table.
    fn place(&self, key: &str) -> Place {
        match self.manifests.get(&self.root) {
            Some(loaded) => {
                let source = &loaded.manifest.source;
                Place::of_key(&source.location, &source.text, &["workspace", key])
            }
            None => Place::file(MANIFEST_NAME),
        }
    }

    /// The folders of the members: those that are listed, the root, and what they reach by `path` below the root.
    pub(super) fn members(&mut self) -> Result<BTreeSet<PathBuf>, Error> {
        let workspace = self
            .root_manifest()?
            .manifest
            .tables
            .workspace
            .clone()
            .unwrap_or_default();
        let mut frontier = Vec::new();
        for folder in self.expand(workspace.members.as_deref().unwrap_or_default(), "members")? {
            if root::is_excluded(&workspace, &self.root, &folder) {
                continue;
            }
            if self.manifests.load(&folder)?.is_none() {
                let member = self.manifests.location(&folder);
                return Err(Error::NoMember {
                    place: self.place("members"),
                    member,
                });
            }
            frontier.push(folder);
        }
        if self.has_package(&self.root) {
            frontier.push(self.root.clone());
        }
        let mut members: BTreeSet<PathBuf> = frontier.iter().cloned().collect();
        let is_workspace = self.root_manifest()?.manifest.tables.workspace.is_some();
        while !frontier.is_empty() {
            self.read(&frontier, true)?;
            let mut next = BTreeSet::new();
            for folder in frontier.iter().filter(|_| is_workspace) {
                let reached: Vec<_> = self
                    .packages
                    .get(folder)
                    .into_iter()
                    .flat_map(|package| path_dependencies(package, true))
                    .collect();
                for (_, path) in reached {
                    if !members.contains(&path) && self.is_member(&workspace, &path)? {
                        next.insert(path);
                    }
                }
            }
            members.extend(next.iter().cloned());
            frontier = next.into_iter().collect();
        }
        self.refuse_equal_names(&members)?;
        Ok(members)
    }

    /// The error for a member that is a workspace's root itself, or says or lies so that it belongs to another one.
    fn member_of_another(&self, folder: &Path, root: &Path) -> Error {
        let location = |folder: &Path| self.manifests.location(&folder.join(MANIFEST_NAME));
        Error::OtherWorkspace {
            location: location(folder),
            ours: location(&self.root),
            other: location(root),
        }
    }

    /// Is a package that a member depends on by `path` a member too?
    fn is_member(&mut self, workspace: &TomlWorkspace, folder: &Path) -> Result<bool, Error> {
        if self.manifests.load(folder)?.is_none() || !self.has_package(folder) {
            return Ok(false);
        }
        if !folder.starts_with(&self.root) && root::find(&mut self.manifests, folder, &self.roots)? != self.root {
            return Ok(false);
        }
        Ok(!root::is_excluded(workspace, &self.root, folder))
    }

    fn refuse_equal_names(&self, members: &BTreeSet<PathBuf>) -> Result<(), Error> {
        let mut names = BTreeMap::new();
        for folder in members {
            let Some(package) = self.packages.get(folder) else {
                continue;
            };
            if let Some(first) = names.insert(package.name, folder) {
                let location = |folder: &Path| self.manifests.location(&folder.join(MANIFEST_NAME));
                return Err(Error::DuplicateMember {
                    name: package.name.to_string(),
                    first: location(first),
                    second: location(folder),
                });
            }
        }
        Ok(())
    }

    /// The folders that a list of patterns stands for.
    fn expand(&self, patterns: &[String], key: &str) -> Result<Vec<PathBuf>, Error> {
        let mut folders = Vec::new();
        for pattern in patterns {
            let path = self.root.join(pattern);
            let fail = |reason: String| Error::Pattern {
                place: self.place(key),
                pattern: pattern.clone(),
                reason,
            };
            // Below a folder whose name is not UTF-8 Cargo takes every pattern for a folder's name.
            let Some(text) = path.to_str() else {
                folders.push(manifest::normalize(&path));
                continue;
            };
            let found: Vec<PathBuf> = glob::glob(text)
                .map_err(|reason| fail(reason.to_string()))?
                .collect::<Result<_, _>>()
                .map_err(|reason| fail(reason.to_string()))?;
            if found.is_empty() {
                folders.push(manifest::normalize(&path));
            } else {
                folders.extend(
                    found
                        .iter()
                        .filter(|path| path.is_dir())
                        .map(|path| manifest::normalize(path)),
                );
            }
        }
        Ok(folders)
    }

    /// Reads the packages of folders whose manifests exist: members, or others, which may belong to another workspace and inherit
    /// from it.
    fn read(&mut self, folders: &[PathBuf], members: bool) -> Result<(), Error> {
        self.manifests.load_all(folders)?;
        let mut roots = Vec::with_capacity(folders.len());
        for folder in folders {
            let root = root::find(&mut self.manifests, folder, &self.roots)?;
            if members && root != self.root {
                return Err(self.member_of_another(folder, &root));
            }
            self.roots.insert(root.clone());
            roots.push(root);
        }
        let places: Vec<_> = folders.iter().zip(roots).collect();
        let read: Result<Vec<Option<(PathBuf, Package)>>, Error> = parallel::map(places, |(folder, root)| {
            let Some(loaded) = self.manifests.get(folder) else {
                return Ok(None);
            };
            if loaded.manifest.tables.package().is_none() {
                return Ok(None);
            }
            let workspace = self
                .manifests
                .get(&root)
                .and_then(|root| root.manifest.tables.workspace.as_ref())
                .map(|tables| WorkspaceTables { tables, folder: &root });
            let origin = ManifestOrigin::Local(folder.clone());
            let files = FileSet::from_directory(folder);
            let package = manifest::package(&loaded.manifest, &origin, workspace, &files)?;
            if members {
                manifest::refuse_feature_of_itself(&loaded.manifest, &package)?;
            }
            Ok(Some((folder.clone(), package)))
        });
        self.packages.extend(read?.into_iter().flatten());
        Ok(())
    }

    pub(super) fn patches(&mut self, configured: &[config::ConfigPatch]) -> Result<Vec<patch::Patch>, Error> {
        let root = self.root_manifest()?;
        patch::collect(&root.manifest, &self.root, configured)
    }

    /// Refuses two patches of one source that are the same version, of which neither is before the other.
    pub(super) fn refuse_patches_of_one_version(&self, patches: &[patch::Patch]) -> Result<(), Error> {
        let mut seen = BTreeMap::new();
        for patch in patches {
            let (DependencySource::Path(folder), Some(entry)) = (&patch.source, &patch.entry) else {
                continue;
            };
            let Some(package) = self.packages.get(folder) else {
                continue;
            };
            let Some(first) = seen.insert((&entry.table, package.name, &package.version), entry) else {
                continue;
            };
            let problem = Problem::PatchTwice {
                first: first.name.clone(),
                second: entry.name.clone(),
                name: package.name.to_string(),
                version: package.version.clone(),
            };
            let manifest = &self.root_manifest()?.manifest;
            return Err(manifest.fail(&["patch", &entry.table, &entry.name], problem).into());
        }
        Ok(())
    }

    /// Reads the packages that are no members, but reached from them or from patches by `path`.
    pub(super) fn follow_paths(&mut self, members: &BTreeSet<PathBuf>, patches: &[patch::Patch]) -> Result<(), Error> {
        let mut frontier: Vec<PathBuf> = members.iter().cloned().collect();
        let mut seen = members.clone();
        let mut pending: BTreeSet<PathBuf> = BTreeSet::new();
        for patch in patches {
            if let DependencySource::Path(folder) = &patch.source {
                let place = Place::file(&patch.location);
                self.check_path(|_| place, &patch.name, folder)?;
                pending.extend((!seen.contains(folder)).then(|| folder.clone()));
            }
        }
        loop {
            for folder in &frontier {
                let Some(package) = self.packages.get(folder) else {
                    continue;
                };
                let found: Vec<_> = path_dependencies(package, members.contains(folder)).collect();
                for (name, path) in found {
                    if seen.contains(&path) || pending.contains(&path) {
                        continue;
                    }
                    self.check_path(|members| members.place_of_path(folder, &path), &name, &path)?;
                    pending.insert(path);
                }
            }
            if pending.is_empty() {
                return Ok(());
            }
            frontier = std::mem::take(&mut pending).into_iter().collect();
            seen.extend(frontier.iter().cloned());
            self.read(&frontier, false)?;
        }
    }

    /// The place in a package's manifest of its dependency in a folder.
    fn place_of_path(&self, package: &Path, path: &Path) -> Place {
        let location = self.manifests.location(&package.join(MANIFEST_NAME));
        let entry = self.packages.get(package).and_then(|package| {
            let is_meant = |source: &DependencySource| matches!(source, DependencySource::Path(known) if known == path);
            let mut entries = package.dependencies.iter();
            Some(package.keys(entries.find(|dependency| is_meant(&dependency.source))?))
        });
        match (entry, self.manifests.get(package)) {
            (Some(keys), Some(loaded)) => Place::of_key(location, &loaded.manifest.source.text, &keys),
            _ => Place::file(location),
        }
    }

    fn check_path(&mut self, place: impl FnOnce(&Self) -> Place, dependency: &str, folder: &Path) -> Result<(), Error> {
        if self.manifests.load(folder)?.is_some() && self.has_package(folder) {
            return Ok(());
        }
        Err(Error::NoPathDependency {
            place: place(self),
            dependency: dependency.to_owned(),
            path: self.manifests.location(folder),
        })
    }

    pub(super) fn finish(
        mut self,
        current: &Path,
        members: &BTreeSet<PathBuf>,
        patches: Vec<patch::Patch>,
        lock: Option<&Path>,
    ) -> Result<Workspace, Error> {
        let lock_path = lock.map_or_else(|| self.root.join("Cargo.lock"), manifest::normalize);
        let lock_location = lock_path
            .strip_prefix(&self.root)
            .ok()
            .and_then(Path::to_str)
            .ok_or_else(|| Error::LockOutside(lock_path.clone()))?
            .to_owned();
        let lock = read_lock(&lock_path)?;
        let default_members = self.default_members(current, members)?;
        let resolver = ResolveBehavior::of(&self.root_manifest()?.manifest, self.packages.get(&self.root))?;
        let warnings = self.warnings(members, resolver)?;
        let mut inputs = Vec::new();
        let mut packages = Vec::with_capacity(self.packages.len());
        for (folder, package) in std::mem::take(&mut self.packages) {
            if let Some(loaded) = self.manifests.get(&folder) {
                inputs.push((folder.join(MANIFEST_NAME), loaded.sha256.clone()));
            }
            packages.push(LocalPackage {
                relative: relative_folder(&folder, &self.root),
                workspace: self.root.clone(),
                location: self.manifests.location(&folder.join(MANIFEST_NAME)),
                member: members.contains(&folder),
                folder,
                package,
                published: None,
            });
        }
        let root_manifest = self.manifests.take(&self.root).ok_or_else(|| Error::NoManifest {
            file: self.root.join(MANIFEST_NAME),
            near: String::new(),
        })?;
        if root_manifest.manifest.tables.package().is_none() {
            inputs.push((self.root.join(MANIFEST_NAME), root_manifest.sha256.clone()));
        }
        for folder in self.roots.iter().filter(|folder| **folder != self.root) {
            if let Some(loaded) = self.manifests.get(folder)
                && loaded.manifest.tables.package().is_none()
            {
                inputs.push((folder.join(MANIFEST_NAME), loaded.sha256.clone()));
            }
        }
        let position = |folder: &Path| position(&packages, folder);
        let default_members: Vec<usize> = default_members.iter().filter_map(|folder| position(folder)).collect();
        let current = position(current);
        // `default-members = []` is a workspace of which something has to be selected.
        if members.is_empty() {
            return Err(Error::Empty {
                place: Place::of_key(
                    MANIFEST_NAME,
                    &root_manifest.manifest.source.text,
                    &["workspace", "members"],
                ),
            });
        }
        Ok(Workspace {
            root: self.root,
            root_manifest,
            packages,
            current,
            default_members,
            resolver,
            patches,
            inputs,
            lock,
            lock_location,
            warnings,
        })
    }

    /// What Cargo warns of, by the folders of the manifests.
    fn warnings(&self, members: &BTreeSet<PathBuf>, resolver: ResolveBehavior) -> Result<Vec<Warning>, Error> {
        let root = &self.root_manifest()?.manifest;
        let mut found = Vec::new();
        let mut folders = members.clone();
        folders.insert(self.root.clone());
        for folder in &folders {
            let Some(loaded) = self.manifests.get(folder) else {
                continue;
            };
            let is_root = *folder == self.root;
            let manifest = &loaded.manifest;
            let standing = Standing {
                is_root,
                edition: self.packages.get(folder).map(|package| package.edition),
                workspace: root.tables.workspace.as_ref(),
            };
            let mut of_manifest = manifest::warnings(manifest, standing);
            let asked = manifest
                .tables
                .package()
                .and_then(|package| package.resolver.as_deref());
            if let Some(asked) = asked.filter(|asked| !is_root && ResolveBehavior::parse(asked) != Some(resolver)) {
                of_manifest.push(Warning {
                    place: Place::of_key(&manifest.source.location, &manifest.source.text, &["package", "resolver"]),
                    text: format!(
                        "`resolver = \"{asked}\"` of a member is not heeded: write it into the manifest of the workspace's root"
                    ),
                });
            }
            of_manifest.sort_by_key(|warning| warning.place.line);
            found.extend(of_manifest);
        }
        let editions = members
            .iter()
            .filter_map(|folder| Some(self.packages.get(folder)?.edition));
        if root.tables.package().is_none()
            && root.resolver().is_none()
            && let Some(edition) = editions.max().filter(|edition| *edition >= Edition::E2021)
        {
            let implied = if edition == Edition::E2021 { "2" } else { "3" };
            found.push(Warning {
                place: self.place("resolver"),
                text: format!(
                    "the workspace names no resolver and has number 1, though members are of edition {}, which stands for {implied}: \
                     write `resolver = \"{implied}\"`, or `resolver = \"1\"` for what is now",
                    edition.as_str()
                ),
            });
        }
        Ok(found)
    }

    fn default_members(&self, current: &Path, members: &BTreeSet<PathBuf>) -> Result<Vec<PathBuf>, Error> {
        let workspace = self.root_manifest()?.manifest.tables.workspace.as_ref();
        let listed = workspace.and_then(|workspace| workspace.default_members.as_deref());
        match listed {
            Some(listed) if current == self.root => {
                let mut chosen = Vec::new();
                for folder in self.expand(listed, "default-members")? {
                    if members.contains(&folder) {
                        chosen.push(folder);
                    } else if !workspace.is_some_and(|workspace| root::is_excluded(workspace, &self.root, &folder)) {
                        let member = self.manifests.location(&folder);
                        return Err(Error::DefaultMember {
                            place: self.place("default-members"),
                            member,
                        });
                    }
                }
                Ok(chosen)
            }
            _ if self.has_package(current) => Ok(vec![current.to_path_buf()]),
            _ => Ok(members.iter().cloned().collect()),
        }
    }
}

/// The names and folders of path dependencies; those for development count for members only.
fn path_dependencies(package: &Package, member: bool) -> impl Iterator<Item = (String, PathBuf)> {
    package
        .dependencies
        .iter()
        .filter_map(move |dependency| match &dependency.source {
            DependencySource::Path(folder) if member || dependency.kind != DependencyKind::Development => {
                Some((dependency.package.to_string(), folder.clone()))
            }
            _ => None,
        })
}

/// A folder as seen from another, `.` if they are the same.
fn relative_folder(folder: &Path, root: &Path) -> String {
    match manifest::relative(folder, root) {
        Some(path) if path.is_empty() => ".".to_owned(),
        Some(path) => path,
        None => folder.to_string_lossy().into_owned(),
    }
}
