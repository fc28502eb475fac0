//! The file `node.json` of a node's `dev` output, by the very reader and type with which the builder writes it
//! (docs/node-outputs.md).

use std::path::{Path, PathBuf};

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
    let mut node = Node::read(dev).map_err(|failure| Error::Node {
        reason: failure.to_string(),
    })?;
    if !node.is_program() {
        own_archives(&node.searches, &mut node.link_arguments, &mut node.natives);
    }
    Ok(node)
}

/// What only a `#[link]` of a library asks for, and another package's build script made, stands among its node's link arguments. Of a shared
/// library that says all. An archive is the library's own as those are that its node names: each file that is linked with the argument would
/// have a copy of it, and of what it keeps.
fn own_archives(searches: &[String], arguments: &mut Vec<String>, natives: &mut Vec<Native>) {
    for argument in std::mem::take(arguments) {
        let name = argument.strip_prefix("-l");
        match name.and_then(|name| Some((name, archive_of(searches, name)?))) {
            None => arguments.push(argument),
            Some((name, _)) if natives.iter().any(|native| native.name == name) => {}
            Some((name, archive)) => natives.push(Native {
                name: name.to_owned(),
                archive,
                shared: None,
                visible: None,
                whole: false,
            }),
        }
    }
}

/// The archive that a linker finds by `-lNAME` in some folders; nothing where it finds a shared library, or nothing at all.
fn archive_of(searches: &[String], name: &str) -> Option<PathBuf> {
    let names = match name.strip_prefix(':') {
        Some(file) => vec![file.to_owned()],
        None => ["so", "a"].map(|ending| format!("lib{name}.{ending}")).to_vec(),
    };
    let folders = searches.iter().filter_map(|search| search_folder(search));
    let mut files = folders.flat_map(|folder| names.iter().map(|name| folder.join(name)));
    let file = files.find(|file| file.is_file())?;
    file.extension().is_some_and(|ending| ending == "a").then_some(file)
}

/// The folder in which a linker searches, as rustc's `-L` has it: KIND=PATH or PATH; `crate` and `dependency` are for Rust's own files.
pub fn search_folder(search: &str) -> Option<&Path> {
    match search.split_once('=') {
        Some(("native" | "all", folder)) => Some(Path::new(folder)),
        Some(("crate" | "dependency" | "framework", _)) => None,
        _ => Some(Path::new(search)),
    }
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

    // A crate's `#[link]` on an archive of another crate's script: two programs that shared the crate had copies of the archive besides.
    #[test]
    fn an_archive_among_the_arguments_is_the_librarys_own() {
        let folder = tempfile::tempdir().unwrap();
        let folders = ["first", "second"].map(|name| folder.path().join(name));
        for (place, file) in [(0, "liblent.a"), (0, "libboth.so"), (1, "libboth.a"), (1, "liblent.so")] {
            std::fs::create_dir_all(&folders[place]).unwrap();
            std::fs::write(folders[place].join(file), "").unwrap();
        }
        let searches = folders.map(|folder| format!("native={}", folder.display()));
        let mut arguments = ["-llent", "-lboth", "-l:libboth.a", "-lm", "-pthread"]
            .map(str::to_owned)
            .to_vec();
        let mut natives = Vec::new();
        own_archives(&searches, &mut arguments, &mut natives);
        assert_eq!(arguments, ["-lboth", "-lm", "-pthread"]);
        let names: Vec<&str> = natives.iter().map(|native| native.name.as_str()).collect();
        assert_eq!(names, ["lent", ":libboth.a"]);
        assert!(natives[0].archive.ends_with("first/liblent.a") && natives[1].archive.ends_with("second/libboth.a"));
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
