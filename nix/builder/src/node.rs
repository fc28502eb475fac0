//! `node.json`: what one node's build leaves for those that depend on it.

use crate::failure::{Failure, Result};
use crate::files;
use crate::json::Value;
use crate::unit::Kind;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The version of the format.
pub const SCHEMA: f64 = 1.0;

/// A static archive that a build script made.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Native {
    /// Its name, as in `-lNAME`.
    pub name: String,
    /// The archive.
    pub archive: String,
    /// The shared object made of it; nothing if it goes into each program that uses it.
    pub shared: Option<String>,
    /// For what goes into programs: the archive as it is linked there, if not the archive itself.
    pub visible: Option<String>,
    /// Whether all of it is linked, needed or not (`+whole-archive`).
    pub whole: bool,
}

impl Native {
    /// As `node.json` has it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Value::object([
            ("name", (&self.name).into()),
            ("archive", (&self.archive).into()),
            ("shared", self.shared.clone().into()),
            ("visible", self.visible.clone().into()),
            ("wholeArchive", self.whole.into()),
        ])
    }
}

/// What consumers read of another node's `node.json`.
#[derive(Debug, Clone)]
pub struct Node {
    /// The node's `dev` output.
    pub dev: PathBuf,
    /// The whole file.
    pub value: Value,
}

impl Node {
    /// Reads the `node.json` of a `dev` output.
    ///
    /// # Errors
    /// If it cannot be read, or is of another schema.
    pub fn read(dev: &Path) -> Result<Self> {
        let file = dev.join("node.json");
        let value = Value::parse(&files::read_text(&file)?)
            .map_err(|error| Failure::message(format!("{}: {error}", file.display())))?;
        if value.get("schema") != Some(&Value::Number(SCHEMA)) {
            return Err(Failure::message(format!(
                "{}: its schema is not {SCHEMA}",
                file.display()
            )));
        }
        Ok(Self {
            dev: dev.to_owned(),
            value,
        })
    }

    /// What consumers pass to rustc.
    #[must_use]
    pub fn file(&self) -> &str {
        self.value.text("file")
    }

    /// A library's shared object in `out`.
    #[must_use]
    pub fn library(&self) -> Option<&str> {
        self.value.get("library").and_then(Value::as_str)
    }

    /// Whether it is a library that goes into each program that uses it (see [`crate::inside`]).
    #[must_use]
    pub fn is_inside(&self) -> bool {
        self.value.text("kind") == Kind::Lib.name() && self.value.text("linkage") == "rlib"
    }

    /// Whether consumers must keep it although they use none of its symbols.
    #[must_use]
    pub fn has_side_effects(&self) -> bool {
        let reasons = ["constructors", "allocator", "exports"];
        !self.is_inside() && reasons.iter().any(|reason| self.value.flag(reason))
    }

    /// The static archives of its build script.
    #[must_use]
    pub fn natives(&self) -> Vec<Native> {
        let path = |entry: &Value, key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
        let native = |entry: &Value| Native {
            name: entry.text("name").to_owned(),
            archive: entry.text("archive").to_owned(),
            shared: path(entry, "shared"),
            visible: path(entry, "visible"),
            whole: entry.flag("wholeArchive"),
        };
        self.value
            .get("natives")
            .and_then(Value::as_array)
            .unwrap_or_default()
            .iter()
            .map(native)
            .collect()
    }
}

/// Reads these nodes and all below them, each once, dependents before what they depend on only by chance:
/// the order is that of a walk, the same at every run.
///
/// # Errors
/// If a `node.json` cannot be read.
pub fn closure<'a>(devs: impl IntoIterator<Item = &'a Path>) -> Result<Vec<Node>> {
    let mut seen = BTreeSet::new();
    let mut list = Vec::new();
    let mut waiting: Vec<PathBuf> = devs.into_iter().map(Path::to_owned).collect();
    waiting.reverse();
    while let Some(dev) = waiting.pop() {
        if !seen.insert(dev.clone()) {
            continue;
        }
        let node = Node::read(&dev)?;
        let mut below = node.value.strings("dependencies");
        below.extend(node.value.strings("macros"));
        // What a proc macro is made of is inside of it.
        if node.value.text("kind") == Kind::ProcMacro.name() {
            below.clear();
        }
        waiting.extend(below.into_iter().rev().map(PathBuf::from));
        list.push(node);
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_each_node_once() {
        let base = crate::test_folder("closure");
        let text = |dependencies: &[&str]| {
            let paths: Value = dependencies
                .iter()
                .map(|name| base.join(name).to_string_lossy().into_owned())
                .collect();
            Value::object([("schema", Value::Number(SCHEMA)), ("dependencies", paths)]).to_string()
        };
        for (name, dependencies) in [("a", &["b", "c"][..]), ("b", &["d"]), ("c", &["d"]), ("d", &[])] {
            files::write(&base.join(name).join("node.json"), text(dependencies).as_bytes()).unwrap();
        }
        let nodes = closure([base.join("a").as_path()]).unwrap();
        let names: Vec<_> = nodes
            .iter()
            .map(|node| node.dev.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["a", "b", "d", "c"]);
        assert!(Node::read(&base).is_err());
    }
}
