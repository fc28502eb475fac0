//! Which files a manifest says belong to a package: Cargo's `include` and `exclude`, and the keys of `[package.metadata.dyrust]`.

use toml::Value;

use super::inherit::Inheritance;
use super::model::FileRules;
use super::{Error, Manifest, Problem};

pub(super) fn rules(inherit: &Inheritance<'_>) -> Result<FileRules, Error> {
    let manifest = inherit.manifest;
    let Some(table) = manifest.tables.package() else {
        return Ok(FileRules::default());
    };
    let include = inherit.value(table.include.as_ref(), "include", |from| from.include.clone())?;
    let exclude = inherit.value(table.exclude.as_ref(), "exclude", |from| from.exclude.clone())?;
    let metadata = table.metadata.as_ref();
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
/// When it is no list of strings.
pub fn workspace_files(manifest: &Manifest) -> Result<Vec<String>, Error> {
    let workspace = manifest.tables.workspace.as_ref();
    let metadata = workspace.and_then(|workspace| workspace.metadata.as_ref());
    list(manifest, "workspace", metadata, "files")
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
