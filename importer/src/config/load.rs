//! Finds and merges Cargo's configuration files and the environment variables that stand for their keys.
//!
//! The rules are those of the Cargo book, chapter Configuration: hierarchical structure, `include`, environment variables.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::tree::{ConfigValue, Definition};
use super::{Error, FILES};

/// Environment variables by name; those that are not UTF-8 are left out, as Cargo ignores them too.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

/// Shows the names alone: values may be tokens.
impl fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

impl Environment {
    /// The environment of this process.
    pub fn current() -> Self {
        Self(
            std::env::vars_os()
                .filter_map(|(name, value): (OsString, OsString)| {
                    Some((name.into_string().ok()?, value.into_string().ok()?))
                })
                .collect(),
        )
    }

    /// An environment of just these variables.
    pub fn of<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(
            variables
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        )
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The registries of which variables have the index: what stands for the name in the variable, and the index.
    pub(super) fn registries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(variable, index)| {
            let name = variable.strip_prefix("CARGO_REGISTRIES_")?.strip_suffix("_INDEX")?;
            Some((name, index.as_str()))
        })
    }

    /// The variable that stands for a key of the configuration: `CARGO_`, upper case, `-` and `.` as `_`.
    pub(super) fn for_key(&self, path: &[&str]) -> Option<(String, &str)> {
        let name = format!("CARGO_{}", in_variable(path));
        let value = self.get(&name)?;
        Some((name, value))
    }

    /// The variable that stands for a key in an entry of a table whose keys are the user's, such as `[env]`: the entry's own key is in
    /// its name as it is. Cargo looks for it only where a file has the entry.
    pub(super) fn for_entry(&self, table: &[&str], entry: &str, keys: &[&str]) -> Option<(String, &str)> {
        let keys: String = keys.iter().map(|key| format!("_{}", in_variable(&[key]))).collect();
        let name = format!("CARGO_{}_{entry}{keys}", in_variable(table));
        let value = self.get(&name)?;
        Some((name, value))
    }
}

/// What stands for keys of the configuration in the name of a variable.
fn in_variable(path: &[&str]) -> String {
    path.join("_").to_uppercase().replace(['-', '.'], "_")
}

/// The files of a configuration, merged.
#[derive(Debug, Default)]
pub(super) struct LoadedConfig {
    /// All values.
    pub(super) tree: ConfigValue,
    /// The files of the workspace and the folders above it that were read, the closest first.
    pub(super) files: Vec<PathBuf>,
}

/// Reads the files from `workspace_root` upwards and the one in Cargo's folder.
pub(super) fn files(workspace_root: &Path, cargo_home: &Path) -> Result<LoadedConfig, Error> {
    let mut loaded = LoadedConfig::default();
    let mut trees = Vec::new();
    for folder in workspace_root.ancestors() {
        if let Some(file) = existing(&folder.join(".cargo"), "config") {
            trees.push(read(&file, &mut Vec::new(), &mut loaded.files)?);
        }
    }
    if let Some(file) = existing(cargo_home, "config")
        && !loaded.files.contains(&file)
    {
        // Cargo's folder is the machine's, wherever it is: no graph depends on it by name.
        trees.push(read(&file, &mut Vec::new(), &mut Vec::new())?);
    }
    for tree in trees.into_iter().rev() {
        loaded.tree.merge(tree)?;
    }
    Ok(loaded)
}

/// The configuration in the folder of a repository: the name of its file and the text. Cargo looks for the old name first.
pub(super) fn text_in(folder: &Path) -> Result<Option<(&'static str, String)>, Error> {
    for name in FILES {
        let file = folder.join(name);
        let unreadable = |reason| Error::Unreadable {
            file: file.clone(),
            reason,
        };
        let real = match file.canonicalize() {
            Err(reason) if matches!(reason.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => continue,
            other => other.map_err(unreadable)?,
        };
        // What a link outside leads to would not be the same on another machine.
        if real.is_file() && real.starts_with(folder.canonicalize().map_err(unreadable)?) {
            let text = std::fs::read_to_string(&file).map_err(unreadable)?;
            return Ok(Some((name, text)));
        }
    }
    Ok(None)
}

/// `folder/name` (the old form wins where both exist, as in Cargo) or `folder/name.toml`.
pub(super) fn existing(folder: &Path, name: &str) -> Option<PathBuf> {
    [folder.join(name), folder.join(format!("{name}.toml"))]
        .into_iter()
        .find(|file| file.is_file())
}

/// Reads one file and what it includes.
pub(super) fn read(file: &Path, including: &mut Vec<PathBuf>, files: &mut Vec<PathBuf>) -> Result<ConfigValue, Error> {
    if including.iter().any(|other| other == file) {
        return Err(Error::IncludeCycle {
            file: file.to_path_buf(),
        });
    }
    let text = std::fs::read_to_string(file).map_err(|reason| Error::Unreadable {
        file: file.to_path_buf(),
        reason,
    })?;
    parse(&text, file, including, files)
}

/// Reads a text that may include nothing.
pub(super) fn parse_alone(text: &str, file: &Path) -> Result<ConfigValue, Error> {
    let table = table(text, file)?;
    let origin = Definition(Arc::from(file));
    check_kinds(&table, &origin)?;
    if table.contains_key("include") {
        return Err(Error::IncludeOfOthers {
            file: file.to_path_buf(),
        });
    }
    Ok(ConfigValue::new(toml::Value::Table(table), &origin))
}

/// Cargo's configuration has no numbers with a fraction and no times, not even under keys that mean nothing.
fn check_kinds(table: &toml::Table, origin: &Definition) -> Result<(), Error> {
    let mut open: Vec<(String, &toml::Value)> = table.iter().map(|(key, value)| (key.clone(), value)).collect();
    while let Some((key, value)) = open.pop() {
        match value {
            toml::Value::Table(table) => {
                open.extend(table.iter().map(|(inner, value)| (format!("{key}.{inner}"), value)));
            }
            toml::Value::Array(items) => open.extend(items.iter().map(|item| (key.clone(), item))),
            toml::Value::Float(_) | toml::Value::Datetime(_) => {
                let expected = "a string, a whole number, true or false, a list or a table";
                return Err(ConfigValue::new(value.clone(), origin).wrong(&[&key], expected));
            }
            _ => {}
        }
    }
    Ok(())
}

fn table(text: &str, file: &Path) -> Result<toml::Table, Error> {
    toml::from_str(text).map_err(|reason: toml::de::Error| Error::Syntax {
        file: file.to_path_buf(),
        line: reason.span().map_or(1, |span| line_of(text, span.start)),
        reason: reason.message().replace('\n', " "),
    })
}

/// Reads a file's text and what it includes.
fn parse(
    text: &str,
    file: &Path,
    including: &mut Vec<PathBuf>,
    files: &mut Vec<PathBuf>,
) -> Result<ConfigValue, Error> {
    let mut table = table(text, file)?;
    files.push(file.to_path_buf());
    let origin = Definition(Arc::from(file));
    check_kinds(&table, &origin)?;
    let mut tree = ConfigValue::default();
    if let Some(include) = table.remove("include") {
        including.push(file.to_path_buf());
        for (path, optional) in includes(&include, &origin)? {
            if !path.ends_with(".toml") {
                return Err(Error::IncludeName {
                    file: file.to_path_buf(),
                    path,
                });
            }
            let included = file.parent().unwrap_or(Path::new("")).join(path);
            if optional && !included.exists() {
                continue;
            }
            tree.merge(read(&included, including, files)?)?;
        }
        including.pop();
    }
    tree.merge(ConfigValue::new(toml::Value::Table(table), &origin))?;
    Ok(tree)
}

/// The paths of an `include` and whether each may be absent.
fn includes(include: &toml::Value, origin: &Definition) -> Result<Vec<(String, bool)>, Error> {
    let wrong =
        || ConfigValue::new(include.clone(), origin).wrong(&["include"], "a list of strings or tables with a `path`");
    match include {
        toml::Value::Array(items) => items
            .iter()
            .map(|item| match item {
                toml::Value::String(path) => Ok((path.clone(), false)),
                toml::Value::Table(table) => {
                    let path = table.get("path").and_then(toml::Value::as_str).ok_or_else(wrong)?;
                    let optional = table.get("optional").and_then(toml::Value::as_bool).unwrap_or(false);
                    Ok((path.to_owned(), optional))
                }
                _ => Err(wrong()),
            })
            .collect(),
        _ => Err(wrong()),
    }
}

/// The line of a byte offset, from 1.
fn line_of(text: &str, offset: usize) -> usize {
    1 + text
        .as_bytes()
        .iter()
        .take(offset)
        .filter(|byte| **byte == b'\n')
        .count()
}
