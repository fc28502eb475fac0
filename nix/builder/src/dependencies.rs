//! What a unit is compiled against: the nodes that it names, and all below them.

use crate::failure::Result;
use crate::files;
use crate::kind::Kind;
use crate::node::{Native, Node};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A node that was built before.
#[derive(Debug, Clone)]
pub struct Dependency {
    /// Its `dev` output.
    pub dev: PathBuf,
    /// What it says about itself.
    pub node: Node,
}

impl Dependency {
    /// Reads what a node's `dev` output says.
    ///
    /// # Errors
    /// As [`Node::read`].
    pub fn read(dev: &Path) -> Result<Self> {
        Ok(Self {
            dev: dev.to_owned(),
            node: Node::read(dev)?,
        })
    }

    /// What consumers pass to rustc; nothing for what is none's dependency.
    #[must_use]
    pub fn file(&self) -> &Path {
        self.node.file.as_deref().unwrap_or(Path::new(""))
    }
}

/// All dependencies of a unit.
#[derive(Debug, Default)]
pub struct Dependencies {
    /// Those that it names, with their extern names.
    pub direct: Vec<(String, Dependency)>,
    /// These and all below them, each once.
    pub closure: Vec<Dependency>,
}

impl Dependencies {
    /// Reads the dependencies: extern names (empty for the crate's own) with `dev` outputs.
    ///
    /// # Errors
    /// If a `node.json` cannot be read.
    pub fn read(named: &[(String, PathBuf)]) -> Result<Self> {
        let mut direct = Vec::new();
        for (name, dev) in named {
            let dependency = Dependency::read(dev)?;
            let name = match name.as_str() {
                "" => dependency.node.crate_name.clone(),
                name => name.to_owned(),
            };
            direct.push((name, dependency));
        }
        let closure = closure(named.iter().map(|(_, dev)| dev.as_path()))?;
        Ok(Self { direct, closure })
    }

    /// All libraries. What a proc macro brings is inside of it already.
    pub fn libraries(&self) -> impl Iterator<Item = &Dependency> {
        self.closure.iter().filter(|dependency| dependency.node.is_library())
    }

    /// The static archives of all libraries.
    pub fn natives(&self) -> impl Iterator<Item = &Native> {
        self.libraries().flat_map(|dependency| &dependency.node.natives)
    }

    /// Those that the unit names and that are of this kind.
    pub fn direct_of_kind(&self, kind: Kind) -> impl Iterator<Item = &Dependency> {
        let direct = self.direct.iter().map(|(_, dependency)| dependency);
        direct.filter(move |dependency| dependency.node.kind == kind)
    }

    /// The library of this package, if it is among those that the unit names.
    #[must_use]
    pub fn library_of(&self, package: &str, version: &str) -> Option<&Node> {
        self.direct_of_kind(Kind::Lib)
            .map(|dependency| &dependency.node)
            .find(|node| node.package == package && node.version == version)
    }

    /// A library that the unit names and that goes into each program: then this one has to go there, too.
    #[must_use]
    pub fn inside_below(&self) -> Option<&Node> {
        let mut direct = self.direct.iter().map(|(_, dependency)| &dependency.node);
        direct.find(|node| node.is_inside())
    }

    /// The crates among what a linker was told, in its order; nothing if no linker ran. Those that the crate does not name are
    /// not among them.
    ///
    /// # Errors
    /// If the record cannot be read.
    pub fn linked(&self, record: &Path) -> Result<Option<Vec<&Dependency>>> {
        if !record.exists() {
            return Ok(None);
        }
        let text = files::read_text(record)?;
        let dependency = |file: &str| {
            self.closure
                .iter()
                .find(|dependency| dependency.file() == Path::new(file))
        };
        Ok(Some(text.lines().filter_map(dependency).collect()))
    }
}

/// Reads these nodes and all below them, each once, in the order of a walk that is the same at every run.
///
/// # Errors
/// If a `node.json` cannot be read.
pub fn closure<'a>(devs: impl IntoIterator<Item = &'a Path>) -> Result<Vec<Dependency>> {
    let mut seen = BTreeSet::new();
    let mut list = Vec::new();
    let mut waiting: Vec<PathBuf> = devs.into_iter().map(Path::to_owned).collect();
    waiting.reverse();
    while let Some(dev) = waiting.pop() {
        if !seen.insert(dev.clone()) {
            continue;
        }
        let dependency = Dependency::read(&dev)?;
        let node = &dependency.node;
        // What a proc macro is made of is inside of it.
        if node.kind != Kind::ProcMacro {
            let below = node.dependencies.iter().chain(&node.macros);
            waiting.extend(below.rev().cloned());
        }
        list.push(dependency);
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Value;

    #[test]
    fn walks_each_node_once() {
        let base = crate::test_folder("closure");
        let text = |name: &str, dependencies: &[&str]| {
            let paths: Value = dependencies
                .iter()
                .map(|name| base.join(name))
                .collect::<Vec<_>>()
                .iter()
                .collect();
            let mut members = vec![("schema", Value::Number(1.0)), ("dependencies", paths)];
            for key in ["package", "version", "crate", "id", "target"] {
                members.push((key, name.into()));
            }
            members.extend([("kind", "lib".into()), ("linkage", "dylib".into())]);
            Value::object(members).to_string()
        };
        for (name, dependencies) in [("a", &["b", "c"][..]), ("b", &["d"]), ("c", &["d"]), ("d", &[])] {
            let file = base.join(name).join("node.json");
            files::write(&file, text(name, dependencies).as_bytes()).unwrap();
        }
        let list = closure([base.join("a").as_path()]).unwrap();
        let names: Vec<_> = list.iter().map(|dependency| dependency.node.package.as_str()).collect();
        assert_eq!(names, ["a", "b", "d", "c"]);
        assert!(Dependency::read(&base).is_err());
    }
}
