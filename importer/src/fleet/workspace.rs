//! Writes a fleet as a workspace of Cargo's: what `cargo build` makes of it is what the fleet's graph describes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::file::ProgramSource;
use super::joint::Fleet;
use super::lock_text::lock_text;
use super::member::Member;
use super::walk::{Extent, Walker};
use super::{Error, Problem};
use crate::manifest::FeatureValue;
use crate::options::Selection;
use crate::resolution::{self, Resolution};
use crate::resolve::MemberFeatures;
use crate::source::progress::Progress;
use crate::source::{FetchOptions, Fetcher, Pin, Request, default_source};
use crate::workspace::MANIFEST_NAME;

/// The folder of the members in the workspace.
pub(super) const MEMBERS: &str = "members";

impl Fleet<'_> {
    /// Writes the joined members, a manifest over them and the lock that Cargo would make of the versions that were chosen. Members have
    /// no dev-dependencies there, as no versions are chosen for those.
    ///
    /// # Errors
    /// When a package can't be had, a file can't be written, or Cargo has no such workspace: a member inherits from its own.
    pub fn write_workspace(&self, folder: &Path, progress: &dyn Progress) -> Result<(), crate::Error> {
        let mut members: BTreeSet<String> = BTreeSet::new();
        for member in &self.members {
            let place = folder.join(MEMBERS).join(&member.name);
            let root = match &member.program.source {
                ProgramSource::Published { name, version } => {
                    self.unpack(member, &place, progress)?;
                    place.join(format!("{name}-{version}"))
                }
                ProgramSource::Git { .. } => {
                    copy(&member.workspace.root, &place)?;
                    place
                }
                ProgramSource::Path(_) => {
                    let below = member.workspace.root.strip_prefix(&self.file.folder);
                    let place = folder.join(below.unwrap_or(Path::new("")));
                    if place == *folder {
                        return Err(self.no_workspace(member, "its folder is that of the fleet file").into());
                    }
                    copy(&member.workspace.root, &place)?;
                    place
                }
            };
            for local in &member.workspace.packages {
                let own = local
                    .folder
                    .strip_prefix(&member.workspace.root)
                    .unwrap_or(Path::new(""));
                let own = root.join(own);
                self.rewrite(member, &own.join(MANIFEST_NAME))?;
                let relative = own.strip_prefix(folder).unwrap_or(&own);
                members.insert(relative.to_string_lossy().into_owned());
            }
            // The manifest of a workspace that has no package of its own.
            if !member
                .workspace
                .packages
                .iter()
                .any(|local| local.folder == member.workspace.root)
            {
                let _ = fs::remove_file(root.join(MANIFEST_NAME));
            }
        }
        let mut workspace = toml::Table::new();
        workspace.insert("resolver".to_owned(), "2".into());
        workspace.insert("members".to_owned(), members.into_iter().collect::<Vec<_>>().into());
        let manifest = toml::Table::from_iter([("workspace".to_owned(), workspace.into())]);
        write(&folder.join(MANIFEST_NAME), &manifest.to_string())?;
        write(&folder.join("Cargo.lock"), &self.complete_lock(progress)?)
    }

    /// What `cargo build` is asked for in that workspace, so that it builds what the fleet does.
    pub fn cargo_selection(&self, resolution: &Resolution) -> Selection {
        let mut selection = Selection {
            no_default_features: true,
            ..Selection::default()
        };
        let mut packages = BTreeSet::new();
        let mut features = BTreeSet::new();
        for member in &self.members {
            for selected in &member.selected.features {
                let package = &member.workspace.packages[selected.member].package;
                packages.insert(format!("{}@{}", package.name, package.version));
                features.extend(named(member, selected).map(|feature| format!("{}/{feature}", package.name)));
            }
        }
        let mut bins = BTreeSet::new();
        for platform in &resolution.platforms {
            for root in &platform.units.roots {
                let unit = &platform.units.units[root.0 as usize];
                let package = resolution.universe.lock.package(unit.package);
                packages.insert(format!("{}@{}", package.name, package.version));
                let target = resolution
                    .universe
                    .package(unit.package)
                    .and_then(|package| package.targets.get(unit.target as usize));
                bins.extend(target.map(|target| target.name.to_string()));
            }
        }
        selection.packages = packages.into_iter().collect();
        selection.features = features.into_iter().collect();
        selection.bins = bins.into_iter().collect();
        selection
    }

    /// The lock with all that Cargo keeps in one: all features of the members, all platforms.
    fn complete_lock(&self, progress: &dyn Progress) -> Result<String, crate::Error> {
        let Some(joint) = &self.joint else {
            return Ok("version = 4\n".to_owned());
        };
        let fetcher = Fetcher::new(&self.config, self.fetch_options(), progress);
        let fetch = |requests: &[Request]| fetcher.fetch(requests);
        let (conditions, _, _) = resolution::platforms(&[], &self.config)?;
        let mut walker = Walker {
            members: &self.members,
            candidates: &joint.candidates,
            rules: &self.rules,
            config: &self.config,
            fetch: &fetch,
            conditions,
            read: Default::default(),
        };
        let walked = walker.walk(Extent::Complete, &joint.solution.bans)?;
        Ok(lock_text(&joint.candidates, &walked))
    }

    fn fetch_options(&self) -> FetchOptions {
        FetchOptions { offline: self.offline }
    }

    /// Unpacks a published program's `.crate` file.
    fn unpack(&self, member: &Member, folder: &Path, progress: &dyn Progress) -> Result<(), crate::Error> {
        let Some(local) = member.workspace.packages.first() else {
            return Ok(());
        };
        let Some(Pin::Registry { sha256, .. }) = local.published.as_ref().map(|fetched| &fetched.pin) else {
            return Ok(());
        };
        let request = Request {
            name: local.package.name.to_string(),
            version: local.package.version.to_string(),
            source: default_source(),
            checksum: Some(sha256.clone()),
        };
        let fetcher = Fetcher::new(&self.config, self.fetch_options(), progress);
        for archive in fetcher.archives(&[request])? {
            let unwritable = |reason| Error::Unwritable {
                file: folder.to_path_buf(),
                reason,
            };
            let file = fs::File::open(&archive).map_err(unwritable)?;
            tar::Archive::new(flate2::read::GzDecoder::new(file))
                .unpack(folder)
                .map_err(unwritable)?;
        }
        Ok(())
    }

    fn no_workspace(&self, member: &Member, reason: &str) -> Error {
        let problem = Problem::NoWorkspace {
            name: member.name.clone(),
            reason: reason.to_owned(),
        };
        self.file.fail(&["programs", &member.name], problem)
    }

    /// Leaves out of a manifest what only the root of a workspace may have, and dev-dependencies.
    fn rewrite(&self, member: &Member, file: &Path) -> Result<(), crate::Error> {
        let text = fs::read_to_string(file).map_err(|reason| Error::Unreadable {
            file: file.to_path_buf(),
            reason,
        })?;
        let mut manifest: toml::Table =
            toml::from_str(&text).map_err(|reason| self.no_workspace(member, reason.message()))?;
        const ROOT_ONLY: [&str; 4] = ["workspace", "profile", "patch", "replace"];
        const DEVELOPMENT: [&str; 2] = ["dev-dependencies", "dev_dependencies"];
        for key in ROOT_ONLY.iter().chain(&DEVELOPMENT) {
            manifest.remove(*key);
        }
        let targets = manifest.get_mut("target").and_then(toml::Value::as_table_mut);
        for target in targets.into_iter().flat_map(|targets| targets.iter_mut()) {
            if let Some(table) = target.1.as_table_mut() {
                for key in DEVELOPMENT {
                    table.remove(key);
                }
            }
        }
        if inherits(&toml::Value::Table(manifest.clone())) {
            let reason = "it inherits from its own workspace, and Cargo has no workspaces within workspaces";
            return Err(self.no_workspace(member, reason).into());
        }
        write(file, &manifest.to_string())
    }
}

/// The features that a member is asked for, by their names.
fn named<'m>(member: &'m Member, selected: &'m MemberFeatures) -> impl Iterator<Item = String> + use<'m> {
    let package = &member.workspace.packages[selected.member].package;
    let default = package
        .features
        .iter()
        .filter(|feature| selected.all_features || selected.default_features && feature.name.as_str() == "default")
        .map(|feature| feature.name.to_string());
    let values = selected.values.iter().filter_map(|value| match value {
        FeatureValue::Feature(feature) => Some(package.features[*feature as usize].name.to_string()),
        // Cargo's command line has no name for a feature of a member's dependency.
        FeatureValue::Dependency(_) | FeatureValue::DependencyFeature { .. } => None,
    });
    default.chain(values)
}

/// Is there a `workspace = true` anywhere?
fn inherits(value: &toml::Value) -> bool {
    match value {
        toml::Value::Table(table) => {
            table.get("workspace").and_then(toml::Value::as_bool) == Some(true) || table.values().any(inherits)
        }
        _ => false,
    }
}

fn write(file: &Path, text: &str) -> Result<(), crate::Error> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(file, text))
        .map_err(|reason| Error::Unwritable {
            file: file.to_path_buf(),
            reason,
        })?;
    Ok(())
}

/// Copies a folder's files, but for what is hidden and what Cargo built.
fn copy(from: &Path, to: &Path) -> Result<(), crate::Error> {
    let mut folders: Vec<(PathBuf, PathBuf)> = vec![(from.to_path_buf(), to.to_path_buf())];
    while let Some((from, to)) = folders.pop() {
        let failed = |reason| Error::Unwritable {
            file: to.clone(),
            reason,
        };
        fs::create_dir_all(&to).map_err(failed)?;
        let mut entries: BTreeMap<_, _> = BTreeMap::new();
        for entry in fs::read_dir(&from).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            entries.insert(entry.file_name(), entry.path());
        }
        for (name, path) in entries {
            let hidden = name.to_string_lossy().starts_with('.');
            if hidden || name == "target" && from.join(MANIFEST_NAME).is_file() {
                continue;
            }
            if path.is_dir() {
                folders.push((path, to.join(name)));
            } else {
                fs::copy(&path, to.join(name)).map_err(failed)?;
            }
        }
    }
    Ok(())
}
