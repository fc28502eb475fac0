//! Reads a workspace: from a folder, or of a published program.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::load::Manifests;
use super::members::Collector;
use super::{Error, LoadedManifest, LocalPackage, MANIFEST_NAME, ResolveBehavior, Workspace, patch, root};
use crate::cargo_version::Novelty;
use crate::config::{self, Config};
use crate::manifest::{self, Manifest, ManifestOrigin};
use crate::source::Published;

/// Reads the workspace of a manifest or a folder; `patches` are those of Cargo's configuration.
///
/// # Errors
/// When a manifest or the lock is missing or wrong, or the members are not what the manifests say.
pub fn load(path: &Path, patches: &[config::ConfigPatch]) -> Result<Workspace, Error> {
    load_locked(path, patches, None)
}

/// The same with the patches and the lock that Cargo's configuration names.
///
/// # Errors
/// As [`load`], and when the lock lies outside of the workspace's folder.
pub fn load_configured(path: &Path, config: &Config) -> Result<Workspace, Error> {
    let lock = match config.lockfile_path() {
        // rustc is asked for its version only where there is the key. What an older Cargo passes over, `Config::unused` says.
        Ok(None) => None,
        _ if Novelty::LockfilePath.check().is_err() => None,
        path => path?,
    };
    let workspace = load_locked(path, &config.patches, lock.as_deref())?;
    patch::refuse_unknown_sources(&workspace.root_manifest.manifest, config)?;
    Ok(workspace)
}

/// `lock` is where it is, if not beside the root's manifest.
pub(super) fn load_locked(
    path: &Path,
    patches: &[config::ConfigPatch],
    lock: Option<&Path>,
) -> Result<Workspace, Error> {
    let current = folder_of(path)?;
    let mut manifests = Manifests::new(current.clone());
    if manifests.load(&current)?.is_none() {
        return Err(no_manifest(path, current.join(MANIFEST_NAME)));
    }
    let root = root::find(&mut manifests, &current, &BTreeSet::new())?;
    if root != current {
        // From here on messages name files relative to the root.
        manifests = Manifests::new(root.clone());
        manifests.load_all(&[root.clone(), current.clone()])?;
    }
    let mut collector = Collector {
        root: root.clone(),
        manifests,
        packages: BTreeMap::new(),
        roots: BTreeSet::from([root.clone()]),
    };
    let members = collector.members()?;
    if !members.contains(&current) && collector.has_package(&current) {
        let location = collector.manifests.location(&current.join(MANIFEST_NAME));
        return Err(Error::NotAMember {
            location,
            root: root.display().to_string(),
        });
    }
    let patches = collector.patches(patches)?;
    collector.follow_paths(&members, &patches)?;
    collector.refuse_patches_of_one_version(&patches)?;
    collector.finish(&current, &members, patches, lock)
}

/// The folder of the workspace root for a manifest or a folder.
///
/// # Errors
/// When there is no manifest, or one on the way up can't be read.
pub fn find_root(path: &Path) -> Result<PathBuf, Error> {
    let current = folder_of(path)?;
    let mut manifests = Manifests::new(current.clone());
    if manifests.load(&current)?.is_none() {
        return Err(no_manifest(path, current.join(MANIFEST_NAME)));
    }
    root::find(&mut manifests, &current, &BTreeSet::new())
}

/// Makes a workspace of a published program: one package, with the lock that it was published with.
///
/// # Errors
/// When its manifest is wrong.
pub fn published(published: Published) -> Result<Workspace, Error> {
    let Published { fetched, lock, .. } = published;
    let root_manifest = LoadedManifest {
        folder: PathBuf::from("/"),
        manifest: Manifest::parse(fetched.manifest.clone())?,
        sha256: String::new(),
    };
    let package = manifest::package(&root_manifest.manifest, &ManifestOrigin::Registry, None, &fetched.files)?;
    let location = fetched.manifest.location.clone();
    let resolver = ResolveBehavior::of(&root_manifest.manifest, Some(&package))?;
    let lock_location = location.replace(MANIFEST_NAME, "Cargo.lock");
    let folder = root_manifest.folder.clone();
    let package = LocalPackage {
        workspace: folder.clone(),
        folder,
        relative: ".".to_owned(),
        package,
        location,
        member: true,
        published: Some(fetched),
    };
    Ok(Workspace {
        root: root_manifest.folder.clone(),
        root_manifest,
        packages: vec![package],
        current: Some(0),
        default_members: vec![0],
        resolver,
        patches: Vec::new(),
        inputs: Vec::new(),
        lock,
        lock_location,
        warnings: Vec::new(),
    })
}

/// That there is no manifest where one was looked for, and where there is one: above a folder that was named, or else in those below it.
fn no_manifest(named: &Path, file: PathBuf) -> Error {
    let has_manifest = |folder: &Path| folder.join(MANIFEST_NAME).is_file();
    let above = file.ancestors().skip(1).find(|folder| has_manifest(folder));
    let below = || {
        let entries = named.read_dir().into_iter().flatten().flatten();
        let mut folders: Vec<PathBuf> = entries
            .map(|entry| entry.path())
            .filter(|path| has_manifest(path))
            .collect();
        folders.sort();
        folders.into_iter().next()
    };
    let near = above.map(Path::to_path_buf).or_else(below);
    let near = near.map(|folder| manifest::normalize(&folder).join(MANIFEST_NAME));
    Error::NoManifest {
        near: near
            .map(|file| format!(", such as {}", file.display()))
            .unwrap_or_default(),
        file,
    }
}

/// The folder of the manifest that was named, absolute. `.` is what nobody has to name: as with Cargo, it is then the nearest folder upwards that
/// has a manifest, <https://doc.rust-lang.org/cargo/commands/cargo-build.html#manifest-options>.
fn folder_of(path: &Path) -> Result<PathBuf, Error> {
    let absolute = std::path::absolute(path)
        .map(|path| manifest::normalize(&path))
        .map_err(|reason| Error::Unreadable {
            file: path.to_path_buf(),
            reason,
        })?;
    if absolute.is_dir() {
        let mut upwards = absolute.ancestors();
        let nearest = match path == Path::new(".") {
            true => upwards.find(|folder| folder.join(MANIFEST_NAME).is_file()),
            false => None,
        };
        return Ok(nearest.map(Path::to_path_buf).unwrap_or(absolute));
    }
    match absolute.parent() {
        Some(folder) if absolute.is_file() => match absolute.file_name() {
            // Another file's name may be a mistake for what it holds, which would not be read.
            Some(name) if name == MANIFEST_NAME => Ok(folder.to_path_buf()),
            _ => Err(Error::NotManifest(absolute)),
        },
        _ => Err(no_manifest(path, absolute)),
    }
}
