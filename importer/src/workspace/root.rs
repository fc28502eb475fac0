//! Finds the root of the workspace that a package belongs to.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_util_schemas::manifest::TomlWorkspace;

use super::Error;
use super::load::{MANIFEST_NAME, Manifests};
use crate::manifest::{self, Place};

/// The folder of the workspace root for the package in `folder`, which has a manifest; the folder itself if it stands alone.
///
/// Roots that are known already come before others that lie nearer, as in Cargo: a member below a nested workspace stays a member.
pub(super) fn find(manifests: &mut Manifests, folder: &Path, known: &BTreeSet<PathBuf>) -> Result<PathBuf, Error> {
    let Some(own) = manifests.load(folder)? else {
        return Ok(folder.to_path_buf());
    };
    if own.manifest.tables.workspace.is_some() {
        return Ok(folder.to_path_buf());
    }
    if let Some(root) = named(manifests, folder)? {
        return Ok(root);
    }
    for ancestor in folder.ancestors().skip(1).filter(|ancestor| known.contains(*ancestor)) {
        if let Some(loaded) = manifests.get(ancestor)
            && let Some(workspace) = &loaded.manifest.tables.workspace
            && !is_excluded(workspace, ancestor, folder)
        {
            return Ok(ancestor.to_path_buf());
        }
    }
    for ancestor in folder.ancestors().skip(1) {
        let Some(loaded) = manifests.load(ancestor)? else {
            continue;
        };
        if let Some(workspace) = &loaded.manifest.tables.workspace {
            if !is_excluded(workspace, ancestor, folder) {
                return Ok(ancestor.to_path_buf());
            }
        } else if let Some(root) = named(manifests, ancestor)? {
            return Ok(root);
        }
    }
    Ok(folder.to_path_buf())
}

/// The folder that a package names as its workspace's, with `package.workspace`.
fn named(manifests: &mut Manifests, folder: &Path) -> Result<Option<PathBuf>, Error> {
    let Some(loaded) = manifests.load(folder)? else {
        return Ok(None);
    };
    let package = loaded.manifest.tables.package();
    let Some(root) = package.and_then(|package| package.workspace.as_deref()) else {
        return Ok(None);
    };
    let root = manifest::normalize(&folder.join(root));
    if let Some(loaded) = manifests.load(&root)?
        && loaded.manifest.tables.workspace.is_some()
    {
        return Ok(Some(root));
    }
    let location = manifests.location(&folder.join(MANIFEST_NAME));
    let place = match manifests.get(folder) {
        Some(loaded) => Place::of_key(location, &loaded.manifest.source.text, &["package", "workspace"]),
        None => Place::file(location),
    };
    Err(Error::NotARoot {
        place,
        root: manifests.location(&root),
    })
}

/// Does `workspace.exclude` leave out a folder that is not listed as a member?
pub(crate) fn is_excluded(workspace: &TomlWorkspace, root: &Path, folder: &Path) -> bool {
    let below = |list: &Option<Vec<String>>| list.iter().flatten().any(|entry| folder.starts_with(root.join(entry)));
    below(&workspace.exclude) && !below(&workspace.members)
}
