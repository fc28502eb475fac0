//! `dyrust update-cost` through the command line: two builds, in a store and in plain folders.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn write(file: &Path, text: &str) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

/// A program in a store that needs a library of it.
fn build(store: &Path, hash: &str, library: &str) -> PathBuf {
    let (library_path, program) = (
        store.join(format!("{hash}a-memchr-2.7.4")),
        store.join(format!("{hash}b-rg-14.1.1")),
    );
    write(&library_path.join("lib/libmemchr.so"), library);
    write(
        &program.join("bin/rg"),
        &format!("{}/lib/libmemchr.so", library_path.display()),
    );
    program
}

fn dyrust(arguments: &[&str], store: &Path) -> Output {
    // A Nix that is not there: closures are found by the references in the files.
    let nix = store.join("no-nix");
    Command::new(env!("CARGO_BIN_EXE_dyrust"))
        .args(arguments)
        .args(["--store", store.to_str().unwrap(), "--nix", nix.to_str().unwrap()])
        .output()
        .unwrap()
}

/// Two folders without a file, a build that failed say, were compared: an update that costs nothing.
#[test]
fn a_folder_without_files_is_no_build() {
    let folder = tempfile::tempdir().unwrap();
    let store = fs::canonicalize(folder.path()).unwrap();
    let built = build(&store, &"0".repeat(31), "before");
    let empty = tempfile::tempdir().unwrap();
    let output = dyrust(
        &["update-cost", built.to_str().unwrap(), empty.path().to_str().unwrap()],
        &store,
    );
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("there is no file in "), "{said}");
}

/// Two graphs were taken for programs of a few kilobytes.
#[test]
fn a_graph_is_no_build() {
    let folder = tempfile::tempdir().unwrap();
    let store = fs::canonicalize(folder.path()).unwrap();
    for name in ["old.json", "new.json"] {
        write(&store.join(name), "{}");
    }
    let (old, new) = (store.join("old.json"), store.join("new.json"));
    let output = dyrust(&["update-cost", old.to_str().unwrap(), new.to_str().unwrap()], &store);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("old.json: it is a file of JSON, and no build"), "{said}");
}

#[test]
fn what_is_new_is_told_from_what_only_moved() {
    let folder = tempfile::tempdir().unwrap();
    let store = fs::canonicalize(folder.path()).unwrap();
    let old = build(&store, &"0".repeat(31), "before");
    let moved = build(&store, &"1".repeat(31), "before");
    let new = build(&store, &"2".repeat(31), "after, longer");
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let costs = |new: &Path| -> serde_json::Value {
        let output = dyrust(&["--format", "json", "update-cost", &text(&old), &text(new)], &store);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let cost = &costs(&moved)["forms"][0];
    assert_eq!(
        (&cost["form"], &cost["byContent"]["files"], &cost["asBuilt"]["files"]),
        (&"dynamic".into(), &0.into(), &2.into())
    );
    let cost = &costs(&new)["forms"][0];
    // The program names the library, which is another one.
    assert_eq!(cost["changed"], serde_json::json!(["bin/rg", "lib/libmemchr.so"]));
}

#[test]
fn forms_are_compared_with_the_static_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: usize| {
        let path = folder.path().join(name);
        write(&path.join("bin/rg"), &"x".repeat(bytes));
        path.to_str().unwrap().to_owned()
    };
    let (old, new) = (file("old", 10), file("new", 25));
    let (old_static, new_static) = (file("old-static", 90), file("new-static", 100));
    let output = dyrust(
        &["update-cost", &old, &new, "--static", &old_static, &new_static],
        folder.path().join("store").as_path(),
    );
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("0.2500"), "{said}");
}

#[test]
fn what_is_not_there_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let output = dyrust(&["update-cost", "/nonexistent/old", "/nonexistent/new"], folder.path());
    assert!(!output.status.success() && output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("/nonexistent/old"));
}
