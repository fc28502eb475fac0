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

fn dyrust(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dyrust"))
        .args(arguments)
        .output()
        .unwrap()
}

/// The same of builds in a store.
fn dyrust_in(store: &Path, arguments: &[&str]) -> Output {
    // A Nix that is not there: closures are found by the references in the files.
    let nix = store.join("no-nix");
    let options = ["--store", store.to_str().unwrap(), "--nix", nix.to_str().unwrap()];
    dyrust(&[arguments, &options].concat())
}

/// Two folders without a file, a build that failed say, were compared: an update that costs nothing.
#[test]
fn a_folder_without_files_is_no_build() {
    let folder = tempfile::tempdir().unwrap();
    let store = fs::canonicalize(folder.path()).unwrap();
    let built = build(&store, &"0".repeat(31), "before");
    let empty = tempfile::tempdir().unwrap();
    let output = dyrust_in(
        &store,
        &["update-cost", built.to_str().unwrap(), empty.path().to_str().unwrap()],
    );
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("there is no file in "), "{said}");
}

/// Two files of JSON were taken for programs of a few kilobytes.
#[test]
fn json_that_is_no_graph_and_no_pins_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = fs::canonicalize(folder.path()).unwrap();
    for name in ["old.json", "new.json"] {
        write(&store.join(name), "{}");
    }
    let (old, new) = (store.join("old.json"), store.join("new.json"));
    let output = dyrust(&["update-cost", old.to_str().unwrap(), new.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("old.json: it is a file of JSON, and no build"), "{said}");
}

/// A graph of one program over two libraries, of which `low` has the given version.
fn graph(file: &Path, low: &str) {
    let graph = serde_json::json!({
        "schema": 1, "generator": "", "digest": "", "selection": {}, "inputs": {},
        "profile": { "name": "release", "target": {}, "host": {} },
        "platforms": [{ "target": "x86_64-unknown-linux-gnu" }, { "target": "aarch64-unknown-linux-gnu" }],
        "roots": { "units": ["rg bin rg", "fd bin fd"] },
        "packages": {
            "rg": { "version": "1.0.0", "units": { "bin rg": { "kind": "bin", "dependencies": ["high", "low"] } } },
            "fd": { "version": "1.0.0", "units": { "bin fd": { "kind": "bin", "dependencies": ["high"] } } },
            "high": { "version": "1.0.0", "units": { "lib": {} } },
            "low": { "version": low, "units": { "lib": {} } }
        }
    });
    write(file, &graph.to_string());
}

#[test]
fn of_two_graphs_what_is_built_again_is_told_before_any_is_built() {
    let folder = tempfile::tempdir().unwrap();
    let [old, new] = ["old.json", "new.json"].map(|name| folder.path().join(name));
    graph(&old, "1.0.0");
    graph(&new, "1.0.1");
    let both = [old.to_str().unwrap(), new.to_str().unwrap()];
    let output = dyrust(&["--format", "json", "update-cost", "--offline", both[0], both[1]]);
    assert!(output.status.success(), "{output:?}");
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        said["rebuilt"],
        serde_json::json!({ "of": 4, "units": ["low", "rg bin rg"] })
    );
    let [dynamic, cargo] = [&said["graphs"]["forms"][0], &said["graphs"]["forms"][1]];
    assert_eq!(
        (&dynamic["form"], &dynamic["all"]["files"], &dynamic["asBuilt"]["files"]),
        (&"dynamic".into(), &4.into(), &2.into())
    );
    assert_eq!(
        (&cargo["form"], &cargo["all"]["files"], &cargo["asBuilt"]["files"]),
        (&"cargo".into(), &2.into(), &1.into())
    );
    let output = dyrust(&["update-cost", "--offline", both[0], both[1]]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("On x86_64-unknown-linux-gnu 2 of 4 units are built again."),
        "{said}"
    );
    let output = dyrust(&[
        "update-cost",
        both[0],
        both[1],
        "--target",
        "riscv64gc-unknown-linux-gnu",
    ]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn of_two_files_of_pins_what_has_other_bytes_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let [old, new] = ["old.pins.json", "new.pins.json"].map(|name| folder.path().join(name));
    let pins = |file: &Path, pins: serde_json::Value| {
        let all = serde_json::json!({ "schema": 1, "toolchains": { "a platform": pins } });
        write(file, &all.to_string());
    };
    let pin = |build: &str, bytes: u64, hash: &str| serde_json::json!({ "build": build, "bytes": bytes, "hash": hash });
    pins(
        &old,
        serde_json::json!({ "low": pin("1", 10, "a"), "high": pin("2", 20, "b"), "other": pin("3", 30, "c") }),
    );
    // The lower one has other bytes; what is above was built again and is the same.
    pins(
        &new,
        serde_json::json!({ "low": pin("4", 11, "d"), "high": pin("5", 20, "b"), "other": pin("3", 30, "c") }),
    );
    let both = [old.to_str().unwrap(), new.to_str().unwrap()];
    let output = dyrust(&["--format", "json", "update-cost", both[0], both[1]]);
    assert!(output.status.success(), "{output:?}");
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        said["pins"],
        serde_json::json!([{
            "toolchain": "a platform", "all": { "outputs": 3, "bytes": 61 }, "builtAgain": 2,
            "byContent": { "outputs": 1, "bytes": 11 }, "changed": ["low"]
        }])
    );
    // Of before there are files without bytes.
    pins(&old, serde_json::json!({ "low": { "build": "1", "hash": "a" } }));
    pins(&new, serde_json::json!({ "low": { "build": "2", "hash": "b" } }));
    let output = dyrust(&["update-cost", both[0], both[1]]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("unknown"), "{said}");
}

/// A graph was compared with a folder, and two graphs in whatever store was named.
#[test]
fn what_can_not_be_compared_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.json");
    graph(&file, "1.0.0");
    let (build, graph) = (folder.path().to_str().unwrap(), file.to_str().unwrap());
    for (arguments, expected) in [
        (vec!["update-cost", build, graph], "new.json of graphs: give two builds"),
        (
            vec!["update-cost", graph, graph, "--image", build, build],
            "`--image` is for builds, and graphs were given",
        ),
        (
            vec!["update-cost", graph, graph, "--store", build],
            "`--store` is for builds, and graphs were given",
        ),
        (
            vec!["update-cost", graph, graph, "--nix", "nix"],
            "`--nix` is for builds, and graphs were given",
        ),
        (
            vec!["update-cost", build, build, "--offline"],
            "`--offline` is for graphs, and builds were given",
        ),
        // It was said to be of builds.
        (
            vec!["update-cost", graph, "nowhere.json"],
            "error: nowhere.json: No such file or directory",
        ),
    ] {
        let output = dyrust(&arguments);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(expected), "{said}");
    }
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
        let output = dyrust_in(&store, &["--format", "json", "update-cost", &text(&old), &text(new)]);
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
    let output = dyrust_in(
        &folder.path().join("store"),
        &["update-cost", &old, &new, "--static", &old_static, &new_static],
    );
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("0.2500"), "{said}");
}

#[test]
fn what_is_not_there_is_an_error_that_names_it() {
    let output = dyrust(&["update-cost", "/nonexistent/old", "/nonexistent/new"]);
    assert!(!output.status.success() && output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("/nonexistent/old"));
}
