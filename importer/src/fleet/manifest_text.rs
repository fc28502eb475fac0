//! Manifests of packages as members of a workspace that they were not written for, and what they inherit from it.

/// What only the root of a workspace may have.
const ROOT_ONLY: [&str; 4] = ["workspace", "profile", "patch", "replace"];

const DEVELOPMENT: [&str; 2] = ["dev-dependencies", "dev_dependencies"];

/// What members may inherit, <https://doc.rust-lang.org/cargo/reference/workspaces.html>.
const INHERITED: [&str; 3] = ["package", "dependencies", "lints"];

/// Paths among the keys of `[workspace.package]`.
const PACKAGE_PATHS: [&str; 2] = ["readme", "license-file"];

/// A manifest in another workspace.
pub(super) struct Rewritten {
    pub(super) text: String,
    /// Does it inherit anything?
    pub(super) inherits: bool,
}

/// The manifest without the tables of a root, without dev-dependencies.
pub(super) fn rewritten(text: &str) -> Result<Rewritten, String> {
    let mut manifest = parsed(text)?;
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
    Ok(Rewritten {
        inherits: manifest.values().any(inherits),
        text: manifest.to_string(),
    })
}

/// The tables that members inherit from a root's manifest, where that folder is `place` below the new root.
pub(super) fn inherited(text: &str, place: &str) -> Result<toml::Table, String> {
    let mut manifest = parsed(text)?;
    let mut tables = match manifest.remove("workspace") {
        Some(toml::Value::Table(workspace)) => workspace,
        _ => toml::Table::new(),
    };
    tables.retain(|key, _| INHERITED.contains(&key));
    let moved = |path: &mut toml::Value| {
        if let toml::Value::String(path) = path {
            *path = format!("{place}/{path}");
        }
    };
    let package = tables.get_mut("package").and_then(toml::Value::as_table_mut);
    let package = package.into_iter().flat_map(toml::Table::iter_mut);
    for (_, path) in package.filter(|(key, _)| PACKAGE_PATHS.contains(&key.as_str())) {
        moved(path);
    }
    let dependencies = tables.get_mut("dependencies").and_then(toml::Value::as_table_mut);
    for (_, dependency) in dependencies.into_iter().flat_map(toml::Table::iter_mut) {
        if let Some(path) = dependency.get_mut("path") {
            moved(path);
        }
    }
    Ok(tables)
}

fn parsed(text: &str) -> Result<toml::Table, String> {
    toml::from_str(text).map_err(|reason: toml::de::Error| reason.message().to_owned())
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
