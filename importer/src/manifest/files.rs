//! Which files a manifest says belong to a package: Cargo's `include` and `exclude`, and the keys of `[package.metadata.dyrust]`.

use toml::Value;

use super::inherit::Inheritance;
use super::model::FileRules;
use super::{Error, Manifest, Problem};
use crate::similar::did_you_mean;

/// The keys of `[package.metadata.dyrust]`, and of `[workspace.metadata.dyrust]`.
const KEYS_OF_PACKAGE: &[&str] = &["files", "exclude"];
const KEYS_OF_WORKSPACE: &[&str] = &["files"];

/// `is_own` says whether the manifest is the user's, who can mend it.
pub(super) fn rules(inherit: &Inheritance<'_>, is_own: bool) -> Result<FileRules, Error> {
    let manifest = inherit.manifest;
    let Some(table) = manifest.tables.package() else {
        return Ok(FileRules::default());
    };
    let include = inherit.value(table.include.as_ref(), "include", |from| from.include.clone())?;
    let exclude = inherit.value(table.exclude.as_ref(), "exclude", |from| from.exclude.clone())?;
    let metadata = table.metadata.as_ref();
    if is_own {
        check_keys(manifest, "package", metadata, KEYS_OF_PACKAGE)?;
    }
    let mut exclude = exclude.unwrap_or_default();
    exclude.extend(list(manifest, "package", metadata, "exclude")?);
    Ok(FileRules {
        include: include.unwrap_or_default(),
        exclude,
        files: list(manifest, "package", metadata, "files")?,
    })
}

/// `workspace.metadata.dyrust.files`: patterns, relative to the workspace's root, of what every package of it reads.
///
/// # Errors
/// When it is no list of strings, or the table has a key that is not known.
pub fn workspace_files(manifest: &Manifest) -> Result<Vec<String>, Error> {
    let workspace = manifest.tables.workspace.as_ref();
    let metadata = workspace.and_then(|workspace| workspace.metadata.as_ref());
    check_keys(manifest, "workspace", metadata, KEYS_OF_WORKSPACE)?;
    list(manifest, "workspace", metadata, "files")
}

/// A key that is misspelt would be one that says nothing.
fn check_keys(manifest: &Manifest, table: &str, metadata: Option<&Value>, known: &[&str]) -> Result<(), Error> {
    let Some(value) = metadata.and_then(|metadata| metadata.get("dyrust")) else {
        return Ok(());
    };
    let path = [table, "metadata", "dyrust"];
    let name = || path.join(".");
    let entries = value
        .as_table()
        .ok_or_else(|| manifest.fail(&path, Problem::NoTable(name())))?;
    match entries.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let problem = Problem::UnknownKey {
                table: name(),
                key: key.clone(),
                known: known.join("`, `"),
                near: did_you_mean(key, known.iter().copied()),
            };
            Err(manifest.fail(&[&path[..], &[key.as_str()]].concat(), problem))
        }
    }
}

fn list(manifest: &Manifest, table: &str, metadata: Option<&Value>, key: &str) -> Result<Vec<String>, Error> {
    let Some(value) = metadata.and_then(|metadata| metadata.get("dyrust")?.get(key)) else {
        return Ok(Vec::new());
    };
    let fail = || {
        let key = format!("{table}.metadata.dyrust.{key}");
        manifest.fail(&[table, "metadata", "dyrust"], Problem::FileList(key))
    };
    let items = value.as_array().ok_or_else(fail)?;
    let text = |item: &Value| item.as_str().map(str::to_owned).ok_or_else(fail);
    items.iter().map(text).collect()
}
