//! Manifests of packages as members of a workspace that they were not written for.

/// What only the root of a workspace may have.
const ROOT_ONLY: [&str; 4] = ["workspace", "profile", "patch", "replace"];

const DEVELOPMENT: [&str; 2] = ["dev-dependencies", "dev_dependencies"];

/// The manifest without the tables of a root, without dev-dependencies.
pub(super) fn rewritten(text: &str) -> Result<String, String> {
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
    Ok(manifest.to_string())
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
