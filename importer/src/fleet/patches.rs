//! `[patch]` of a member, in the workspace that is written of its program.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::config::ConfigPatch;
use crate::internal::{InternalError, Invariant};
use crate::lock::{LockSource, SourceKind};
use crate::manifest::normalize;
use crate::workspace::Workspace;

/// The tables of the root manifest and of the member's own configuration, which wins; folders in them are absolute.
pub(super) fn collect(workspace: &Workspace, configured: &[ConfigPatch]) -> Result<Table, InternalError> {
    let text = &workspace.root_manifest.manifest.source.text;
    let mut manifest: Table = toml::from_str(text).ok().invariant("a manifest that was read before")?;
    let mut patches = match manifest.remove("patch") {
        Some(Value::Table(patches)) => patches,
        _ => Table::new(),
    };
    for (_, entries) in &mut patches {
        for (_, dependency) in entries.as_table_mut().into_iter().flat_map(Table::iter_mut) {
            make_absolute(dependency, &workspace.root);
        }
    }
    for patch in configured {
        let mut dependency = patch.dependency.clone();
        make_absolute(&mut dependency, &patch.base);
        let entries = patches.entry(&patch.source).or_insert_with(|| Table::new().into());
        let entries = entries.as_table_mut().invariant("a table of patches")?;
        entries.insert(patch.name.clone(), dependency);
    }
    Ok(patches)
}

fn make_absolute(dependency: &mut Value, base: &Path) {
    if let Some(Value::String(path)) = dependency.get_mut("path") {
        *path = normalize(&base.join(&*path)).to_string_lossy().into_owned();
    }
}

/// The patches that a lock uses: Cargo notes the others in a lock, which no lock that was chosen does. `folders` has what became of the
/// folders that it has, `packages` is the names and sources of what comes from elsewhere.
pub(super) fn used(patches: &Table, folders: &BTreeMap<PathBuf, String>, packages: &[(&str, &LockSource)]) -> Table {
    let mut found = Table::new();
    for (source, entries) in patches {
        let mut kept = Table::new();
        for (key, dependency) in entries.as_table().into_iter().flatten() {
            let text = |key: &str| dependency.get(key).and_then(Value::as_str);
            let name = text("package").unwrap_or(key);
            let mut dependency = dependency.clone();
            let is_used = match (text("path"), text("git")) {
                (Some(path), _) => match folders.get(Path::new(path)) {
                    Some(folder) => {
                        dependency["path"] = folder.as_str().into();
                        true
                    }
                    None => false,
                },
                (None, Some(url)) => packages
                    .iter()
                    .any(|(known, source)| *known == name && source.kind() == SourceKind::Git && source.same_url(url)),
                (None, None) => packages
                    .iter()
                    .any(|(known, source)| *known == name && source.kind() == SourceKind::Registry),
            };
            if is_used {
                kept.insert(key.clone(), dependency);
            }
        }
        if !kept.is_empty() {
            found.insert(source.clone(), kept.into());
        }
    }
    found
}
