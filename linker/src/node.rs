//! The file `node.json` of a node's `dev` output; docs/node-outputs.md says what the fields mean.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, read};

/// The format that this program reads.
pub const SCHEMA: u32 = 1;

/// A static archive that a unit's build script made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Native {
    /// As in `-l name`.
    pub name: String,
    /// The archive.
    pub archive: PathBuf,
    /// The shared object that was made of it for the dynamic linkage.
    #[serde(default)]
    pub shared: Option<PathBuf>,
    /// Whether all of it is linked, needed or not.
    #[serde(default)]
    pub whole_archive: bool,
}

/// What a node says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Node {
    /// Version of the format.
    pub schema: u32,
    /// `lib`, `bin`, `example`, `test`, `bench`, `proc-macro` or `build`.
    pub kind: String,
    /// `dylib` or `rlib`.
    #[serde(default)]
    pub linkage: String,
    /// The package's name.
    pub package: String,
    /// The package's version.
    pub version: String,
    /// The crate's name as rustc knows it.
    #[serde(rename = "crate", default)]
    pub crate_name: String,
    /// What `-C metadata` was: says what the unit is; another version of the same range may have the same.
    #[serde(default)]
    pub id: String,
    /// The target triple.
    #[serde(default)]
    pub target: String,
    /// The compiler, as `rustc --version` prints it.
    #[serde(default)]
    pub rustc: String,
    /// What consumers pass to rustc.
    #[serde(default)]
    pub file: Option<PathBuf>,
    /// The name under which the loader knows the unit's shared object.
    #[serde(default)]
    pub soname: Option<String>,
    /// That shared object, stripped, where programs load it from.
    #[serde(default)]
    pub library: Option<PathBuf>,
    /// For programs: where the dynamic form of the program is.
    #[serde(default)]
    pub program: Option<PathBuf>,
    /// The run-time output of std.
    #[serde(default)]
    pub libstd: Option<PathBuf>,
    /// The sysroot that rustc was pointed at.
    #[serde(default)]
    pub sysroot: Option<PathBuf>,
    /// The code objects, relative to the `dev` output.
    #[serde(default)]
    pub objects: Vec<PathBuf>,
    /// Static archives, in the order in which rustc would link them.
    #[serde(default)]
    pub natives: Vec<Native>,
    /// What is left for foreign libraries.
    #[serde(default)]
    pub link_arguments: Vec<String>,
    /// What the build script asked for the link of this program alone.
    #[serde(default)]
    pub own_link_arguments: Vec<String>,
    /// Where foreign libraries are looked for, as `-L` of rustc takes them.
    #[serde(default)]
    pub searches: Vec<String>,
    /// The `dev` outputs of the libraries that the unit uses directly.
    #[serde(default)]
    pub dependencies: Vec<PathBuf>,
    /// Of programs: folders in which the loader looks for what is loaded by name while they run.
    #[serde(default)]
    pub run_paths: Vec<PathBuf>,
    /// Whether the names of its private functions are kept, for backtraces.
    #[serde(default)]
    pub function_names: bool,
    /// Of programs: the `dev` outputs of all libraries, in the order in which rustc linked them.
    #[serde(default)]
    pub crates: Option<Vec<PathBuf>>,
}

impl Node {
    /// Reads the node of a `dev` output.
    pub fn read(dev: &Path) -> Result<Self> {
        let path = dev.join("node.json");
        if !path.is_file() {
            return Err(Error::NotANode { path: dev.to_owned() });
        }
        let text = read(&path)?;
        // The schema comes first: a later format may have other shapes.
        #[derive(Deserialize)]
        struct Head {
            schema: u32,
        }
        let head: Head = serde_json::from_slice(&text).map_err(|source| Error::Json {
            path: path.clone(),
            source,
        })?;
        if head.schema != SCHEMA {
            return Err(Error::Schema {
                path,
                found: head.schema,
                expected: SCHEMA,
            });
        }
        serde_json::from_slice(&text).map_err(|source| Error::Json { path, source })
    }

    /// The package with its version, and the crate's name where it is another one.
    pub fn display(&self) -> String {
        if self.is_program() || self.crate_name == self.package.replace('-', "_") {
            format!("{} {}", self.package, self.version)
        } else {
            format!("{} {} ({})", self.package, self.version, self.crate_name)
        }
    }

    /// Whether the unit is something that runs.
    pub fn is_program(&self) -> bool {
        matches!(self.kind.as_str(), "bin" | "example" | "test" | "bench")
    }

    /// The file name that the program has in `bin`.
    pub fn program_name(&self) -> String {
        match self.program.as_deref().and_then(Path::file_name) {
            Some(name) => name.to_string_lossy().into_owned(),
            None => self.crate_name.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> (tempfile::TempDir, Result<Node>) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("node.json"), text).unwrap();
        let node = Node::read(folder.path());
        (folder, node)
    }

    #[test]
    fn a_program_has_the_name_of_its_file() {
        let (_folder, node) = written(
            r#"{"schema":1,"kind":"bin","package":"ripgrep","version":"14.1.1","crate":"rg","program":"/x/bin/rg"}"#,
        );
        let node = node.unwrap();
        assert_eq!((node.program_name().as_str(), node.is_program()), ("rg", true));
        assert_eq!(node.display(), "ripgrep 14.1.1");
    }

    #[test]
    fn another_schema_is_refused_before_its_fields_are_looked_at() {
        let (_folder, node) = written(r#"{"schema":2,"kind":7}"#);
        assert!(matches!(
            node,
            Err(Error::Schema {
                found: 2,
                expected: SCHEMA,
                ..
            })
        ));
    }

    #[test]
    fn a_folder_without_node_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = Node::read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("is not a node's dev output"), "{error}");
    }

    #[test]
    fn a_broken_file_is_reported_with_its_place() {
        let (_folder, node) = written("{\"schema\":1,\n\"kind\":}");
        let error = node.unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
    }
}
