//! Configuration values with the place each was defined in, and the rules by which Cargo merges files.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Error;

/// The configuration file that a value was defined in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Definition(pub(super) Arc<Path>);

impl Definition {
    /// The folder that relative paths of this file start from: the parent of the folder that it is in.
    pub(super) fn base(&self) -> PathBuf {
        self.0
            .parent()
            .and_then(Path::parent)
            .unwrap_or(Path::new(""))
            .to_path_buf()
    }
}

impl fmt::Display for Definition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0.display())
    }
}

/// A value and the places its parts come from.
#[derive(Clone)]
pub(super) enum ConfigValue {
    /// A table, merged key by key.
    Table(BTreeMap<String, ConfigValue>),
    /// A list; files closer to the workspace add to its end.
    List(Vec<(toml::Value, Definition)>),
    /// Anything else; the closest file wins.
    Leaf(toml::Value, Definition),
}

/// Shows nothing: any value may be a token.
impl fmt::Debug for ConfigValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ConfigValue(…)")
    }
}

impl Default for ConfigValue {
    fn default() -> Self {
        Self::Table(BTreeMap::new())
    }
}

impl ConfigValue {
    /// Turns a parsed file into a tree whose values all come from `origin`.
    pub(super) fn new(value: toml::Value, origin: &Definition) -> Self {
        match value {
            toml::Value::Table(table) => Self::Table(
                table
                    .into_iter()
                    .map(|(key, value)| (key, Self::new(value, origin)))
                    .collect(),
            ),
            toml::Value::Array(items) => Self::List(items.into_iter().map(|item| (item, origin.clone())).collect()),
            value => Self::Leaf(value, origin.clone()),
        }
    }

    /// Lays `stronger` over this tree: its values win, its lists are appended.
    ///
    /// # Errors
    /// When one has a list or a table where the other has something else: Cargo refuses that.
    pub(super) fn merge(&mut self, stronger: ConfigValue) -> Result<(), Error> {
        self.merge_at(stronger, &mut Vec::new())
    }

    fn merge_at(&mut self, stronger: ConfigValue, path: &mut Vec<String>) -> Result<(), Error> {
        match (&mut *self, stronger) {
            (Self::Table(mine), Self::Table(theirs)) => {
                for (key, node) in theirs {
                    match mine.entry(key) {
                        std::collections::btree_map::Entry::Vacant(place) => {
                            place.insert(node);
                        }
                        std::collections::btree_map::Entry::Occupied(mut place) => {
                            path.push(place.key().clone());
                            place.get_mut().merge_at(node, path)?;
                            path.pop();
                        }
                    }
                }
            }
            (Self::List(mine), Self::List(theirs)) => mine.extend(theirs),
            (Self::Leaf(..), theirs @ Self::Leaf(..)) => *self = theirs,
            (_, theirs) => {
                return Err(Error::Merge {
                    origin: theirs.place(),
                    key: path.join("."),
                    found: theirs.kind(),
                    other_origin: self.place(),
                    other: self.kind(),
                });
            }
        }
        Ok(())
    }

    /// The node at a path of keys.
    pub(super) fn get(&self, path: &[&str]) -> Option<&ConfigValue> {
        path.iter().try_fold(self, |node, key| match node {
            Self::Table(table) => table.get(*key),
            _ => None,
        })
    }

    /// The entries of the table at a path; none if there is no such table.
    pub(super) fn table(&self, path: &[&str]) -> Result<Vec<(&str, &ConfigValue)>, Error> {
        match self.get(path) {
            None => Ok(Vec::new()),
            Some(Self::Table(table)) => Ok(table.iter().map(|(key, node)| (key.as_str(), node)).collect()),
            Some(node) => Err(node.wrong(path, "a table")),
        }
    }

    /// The text at a path, with its origin.
    pub(super) fn text(&self, path: &[&str]) -> Result<Option<(&str, &Definition)>, Error> {
        match self.get(path) {
            None => Ok(None),
            Some(Self::Leaf(toml::Value::String(text), origin)) => Ok(Some((text, origin))),
            Some(node) => Err(node.wrong(path, "a string")),
        }
    }

    /// The boolean at a path.
    pub(super) fn boolean(&self, path: &[&str]) -> Result<Option<bool>, Error> {
        match self.get(path) {
            None => Ok(None),
            Some(Self::Leaf(toml::Value::Boolean(value), _)) => Ok(Some(*value)),
            Some(node) => Err(node.wrong(path, "true or false")),
        }
    }

    /// The whole number at a path.
    pub(super) fn number(&self, path: &[&str]) -> Result<Option<u64>, Error> {
        match self.get(path) {
            None => Ok(None),
            Some(Self::Leaf(toml::Value::Integer(value), _)) if *value >= 0 => Ok(Some(value.unsigned_abs())),
            Some(node) => Err(node.wrong(path, "a whole number")),
        }
    }

    /// The words at a path: a list of strings, or one string that is split at white space.
    pub(super) fn words(&self, path: &[&str]) -> Result<Option<Vec<String>>, Error> {
        match self.get(path) {
            None => Ok(None),
            Some(Self::Leaf(toml::Value::String(text), _)) => {
                Ok(Some(text.split_whitespace().map(str::to_owned).collect()))
            }
            Some(node @ Self::List(items)) => items
                .iter()
                .map(|(item, _)| {
                    item.as_str()
                        .map(str::to_owned)
                        .ok_or_else(|| node.wrong(path, "a list of strings"))
                })
                .collect::<Result<_, _>>()
                .map(Some),
            Some(node) => Err(node.wrong(path, "a string or a list of strings")),
        }
    }

    /// The plain value, without origins.
    pub(super) fn value(&self) -> toml::Value {
        match self {
            Self::Table(table) => {
                toml::Value::Table(table.iter().map(|(key, node)| (key.clone(), node.value())).collect())
            }
            Self::List(items) => toml::Value::Array(items.iter().map(|(item, _)| item.clone()).collect()),
            Self::Leaf(value, _) => value.clone(),
        }
    }

    /// Where the first value of this node was defined.
    pub(super) fn origin(&self) -> Option<&Definition> {
        match self {
            Self::Table(table) => table.values().find_map(Self::origin),
            Self::List(items) => items.first().map(|(_, origin)| origin),
            Self::Leaf(_, origin) => Some(origin),
        }
    }

    /// The error for a value of another type than expected.
    pub(super) fn wrong(&self, path: &[&str], expected: &'static str) -> Error {
        Error::Type {
            origin: self.place(),
            key: path.join("."),
            expected,
            found: match self {
                Self::Leaf(value, _) => format!("`{value}` ({})", value.type_str()),
                _ => self.kind().to_owned(),
            },
        }
    }

    /// Where the value was defined, for messages.
    fn place(&self) -> String {
        let origin = self.origin();
        origin.map_or_else(|| "Cargo's configuration".to_owned(), Definition::to_string)
    }

    /// What it is, for messages.
    fn kind(&self) -> &'static str {
        match self {
            Self::Table(_) => "a table",
            Self::List(_) => "a list",
            Self::Leaf(toml::Value::String(_), _) => "a string",
            Self::Leaf(..) => "another value",
        }
    }
}
