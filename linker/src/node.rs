//! The file `node.json` of a node's `dev` output, by the very reader and type with which the builder writes it
//! (docs/node-outputs.md).

use std::path::Path;

pub use dyrust_builder_readers::kind::{Kind, Linkage};
pub use dyrust_builder_readers::node::{FILE, Native, Node};

use crate::error::{Error, Result};

/// Reads the node of a `dev` output.
///
/// # Errors
/// If the folder is none, or its `node.json` is of another format.
pub fn read(dev: &Path) -> Result<Node> {
    if !dev.join(FILE).is_file() {
        return Err(Error::NotANode { path: dev.to_owned() });
    }
    Node::read(dev).map_err(|failure| Error::Node {
        reason: failure.to_string(),
    })
}

/// The file name that a program has in `bin`.
#[must_use]
pub fn program_name(node: &Node) -> String {
    match node.program.as_deref().and_then(Path::file_name) {
        Some(name) => name.to_string_lossy().into_owned(),
        None => node.crate_name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_schema_is_refused_before_its_fields_are_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), r#"{"schema":2,"kind":7}"#).unwrap();
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("its schema is 2"), "{error}");
    }

    #[test]
    fn a_folder_without_node_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("is not a node's dev output"), "{error}");
    }

    #[test]
    fn a_broken_file_is_reported_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), "{\"schema\":1,\n\"kind\":}").unwrap();
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("node.json: ") && error.contains("byte 20"), "{error}");
    }
}
