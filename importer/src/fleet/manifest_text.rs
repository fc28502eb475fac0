//! Manifests of packages as members of a workspace that they were not written for.

use std::path::PathBuf;

use crate::manifest::{Dependency, DependencyKind};

/// What only the root of a workspace may have.
const ROOT_ONLY: [&str; 4] = ["workspace", "profile", "patch", "replace"];

const DEVELOPMENT: [&str; 2] = ["dev-dependencies", "dev_dependencies"];

/// A dependency that is in a folder.
pub(super) struct Redirect<'a> {
    pub(super) dependency: &'a Dependency,
    /// Its key in the manifest's table.
    pub(super) key: &'a str,
    pub(super) path: PathBuf,
}

/// The manifest without the tables of a root, without dev-dependencies, and with paths where `redirects` say so.
pub(super) fn rewritten(text: &str, redirects: &[Redirect<'_>]) -> Result<String, String> {
    let mut manifest: toml::Table =
        toml::from_str(text).map_err(|reason: toml::de::Error| reason.message().to_owned())?;
    for key in ROOT_ONLY.iter().chain(&DEVELOPMENT) {
        manifest.remove(*key);
    }
    let targets = manifest.get_mut("target").and_then(toml::Value::as_table_mut);
    for (_, target) in targets.into_iter().flat_map(toml::Table::iter_mut) {
        if let Some(table) = target.as_table_mut() {
            for key in DEVELOPMENT {
                table.remove(key);
            }
        }
    }
    if manifest.values().any(inherits) {
        return Err("it inherits from its own workspace, and Cargo has no workspaces within workspaces".to_owned());
    }
    for redirect in redirects {
        set_path(&mut manifest, redirect);
    }
    Ok(manifest.to_string())
}

fn set_path(manifest: &mut toml::Table, redirect: &Redirect<'_>) {
    let tables = match redirect.dependency.platform {
        None => Some(manifest),
        Some(platform) => manifest
            .get_mut("target")
            .and_then(|targets| targets.get_mut(platform.as_str()))
            .and_then(toml::Value::as_table_mut),
    };
    let names: &[&str] = match redirect.dependency.kind {
        DependencyKind::Build => &["build-dependencies", "build_dependencies"],
        _ => &["dependencies"],
    };
    let Some(tables) = tables else { return };
    for name in names {
        let entry = tables.get_mut(*name).and_then(|table| table.get_mut(redirect.key));
        let Some(entry) = entry else { continue };
        let path = toml::Value::from(redirect.path.to_string_lossy().into_owned());
        match entry {
            toml::Value::Table(table) => {
                table.insert("path".to_owned(), path);
                table.remove("registry-index");
            }
            requirement => {
                let table = [("version".to_owned(), requirement.clone()), ("path".to_owned(), path)];
                *requirement = toml::Table::from_iter(table).into();
            }
        }
    }
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
