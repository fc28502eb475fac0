//! `dyrust pin` writes what Nix built into a file beside the graph, and says whether that is current.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn pin(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dyrust"))
        .args(["pin", "--built", "built"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

/// What `buildGraph`'s `pins` would hold: libraries of these texts.
fn built(folder: &Path, libraries: &[(&str, &str)]) {
    let mut units = serde_json::Map::new();
    for (name, text) in libraries {
        let out = folder.join(name);
        fs::create_dir_all(out.join("lib")).unwrap();
        fs::write(out.join("lib/file.so"), text).unwrap();
        units.insert(
            (*name).to_owned(),
            serde_json::json!({ "out": out, "build": format!("of {text}") }),
        );
    }
    let built = serde_json::json!({ "schema": 1, "toolchain": "a toolchain", "units": units });
    fs::write(folder.join("built"), built.to_string()).unwrap();
    for graph in ["crate-graph.json", "fleet.json"] {
        fs::write(folder.join(graph), "{}").unwrap();
    }
}

/// The advice was to delete the file, though it was the graph.
#[test]
fn what_is_no_build_of_pins_is_told_and_not_to_be_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    built(folder, &[("one", "1")]);
    for (text, reason) in [(Some("{}"), "missing field"), (None, "Is a directory")] {
        fs::remove_file(folder.join("built")).unwrap();
        match text {
            Some(text) => fs::write(folder.join("built"), text).unwrap(),
            None => fs::create_dir(folder.join("built")).unwrap(),
        }
        let output = pin(folder, &[]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            said.starts_with("error: built: not what Nix builds of a graph's `pins`: ") && said.contains(reason),
            "{said}"
        );
        assert!(!said.contains("delete"), "{said}");
    }
}

#[test]
fn pins_are_written_compared_and_kept_by_toolchain() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let file = folder.join("crate-graph.pins.json");
    built(folder, &[("one", "1"), ("two", "2"), ("open", "at /nix/store/x")]);

    let output = pin(folder, &["--check"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(!file.exists());
    let output = pin(folder, &[]);
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("open is not pinned: it refers to store paths"), "{said}");
    let first = fs::read_to_string(&file).unwrap();
    assert!(
        first.contains("\"two\"") && !first.contains("\"open\"") && first.contains("sha256-"),
        "{first}"
    );
    assert!(pin(folder, &["--check"]).status.success());

    // Another build of the same bytes is not current, but the hash stays.
    let other = first.replace("of 1", "of another source");
    fs::write(&file, &other).unwrap();
    assert_eq!(pin(folder, &["--check"]).status.code(), Some(1));
    fs::write(&file, first.replace("a toolchain", "another toolchain")).unwrap();
    assert!(pin(folder, &[]).status.success());
    let both = fs::read_to_string(&file).unwrap();
    assert!(
        both.contains("a toolchain") && both.contains("another toolchain"),
        "{both}"
    );
}

/// Of pins of several platforms that were written at once, some were lost: each wrote what it had read, and its own.
#[test]
fn pins_that_are_written_at_once_are_all_kept() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let toolchains: Vec<String> = (0..12).map(|number| format!("toolchain {number}")).collect();
    built(folder, &[("one", "1")]);
    let text = fs::read_to_string(folder.join("built")).unwrap();
    let children: Vec<_> = toolchains
        .iter()
        .map(|toolchain| {
            fs::write(folder.join(toolchain), text.replace("a toolchain", toolchain)).unwrap();
            Command::new(env!("CARGO_BIN_EXE_dyrust"))
                .args(["pin", "--quiet", "--built", toolchain])
                .current_dir(folder)
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let pins = fs::read_to_string(folder.join("crate-graph.pins.json")).unwrap();
    for toolchain in toolchains {
        assert!(
            pins.contains(&format!("\"{toolchain}\"")),
            "{toolchain} is missing: {pins}"
        );
    }
}

#[test]
fn a_file_that_holds_no_pins_is_named() {
    let folder = tempfile::tempdir().unwrap();
    built(folder.path(), &[("one", "1")]);
    fs::write(folder.path().join("crate-graph.pins.json"), "{ \"schema\": 1 }").unwrap();
    let output = pin(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("crate-graph.pins.json") && said.contains("run `dyrust pin`"),
        "{said}"
    );
}

/// A file of pins that is a link was replaced by a file.
#[test]
fn pins_are_written_to_where_a_link_leads() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    built(folder, &[("one", "1")]);
    let link = folder.join("crate-graph.pins.json");
    std::os::unix::fs::symlink("shared.json", &link).unwrap();
    assert!(pin(folder, &[]).status.success());
    assert!(link.is_symlink());
    assert!(
        fs::read_to_string(folder.join("shared.json"))
            .unwrap()
            .contains("\"one\"")
    );
}

/// It said what it had pinned, and then that nothing could be written.
#[test]
fn what_is_not_written_is_not_said() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    built(folder, &[("one", "1")]);
    let output = pin(folder, &["--file", "none/crate-graph.pins.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: none/crate-graph.pins.json: No such file or directory (os error 2)\n"
    );
}

/// They were written into `fleet.pins.json`, where they count for nothing.
#[test]
fn pins_of_the_grouped_form_have_a_file_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    built(folder, &[("objects/one", "1")]);
    fs::rename(
        folder.join("objects/one/lib/file.so"),
        folder.join("objects/one/lib/one.so"),
    )
    .unwrap();
    let built = serde_json::json!({
        "schema": 1, "toolchain": "a toolchain", "units": {},
        "objects": { "build": "of 1", "folder": folder.join("objects") },
    });
    fs::write(folder.join("built"), built.to_string()).unwrap();
    assert!(pin(folder, &["--graph", "fleet.json"]).status.success());
    assert!(!folder.join("fleet.pins.json").exists());
    let pins = fs::read_to_string(folder.join("fleet.grouped.pins.json")).unwrap();
    assert!(pins.contains("\"one\""), "{pins}");
}

/// With the flake in the folder above the workspace's, pins were written beside the flake, where nothing reads them.
#[test]
fn pins_are_written_beside_a_graph_alone() {
    let folder = tempfile::tempdir().unwrap();
    built(folder.path(), &[("one", "1")]);
    fs::remove_file(folder.path().join("crate-graph.json")).unwrap();
    for arguments in [&[] as &[_], &["--graph", "none.json"]] {
        let output = pin(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
    assert!(!folder.path().join("crate-graph.pins.json").exists());
    assert!(!folder.path().join("none.pins.json").exists());
}

/// Of all pins that are not current it was said to run `dyrust pin`, which writes those of another graph.
#[test]
fn the_command_is_of_these_pins() {
    let folder = tempfile::tempdir().unwrap();
    built(folder.path(), &[("one", "1")]);
    let command = |arguments: &[&str]| {
        let output = pin(folder.path(), &[&["--check"], arguments].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        said.trim_end().rsplit_once("run ").unwrap().1.to_owned()
    };
    assert_eq!(command(&[]), "`dyrust pin --built built`");
    assert_eq!(
        command(&["--graph", "fleet.json"]),
        "`dyrust pin --graph fleet.json --built built`"
    );
    assert_eq!(
        command(&["--file", "a b.json"]),
        "`dyrust pin --file 'a b.json' --built built`"
    );
}
