//! What is asked of a graph that is there: `tree`, `why`, `check`, and how it is answered.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output};

use dyrust_report::elf::{Relocations, Sections};
use dyrust_report::model::Totals;
use serde_json::{Value, json};

fn dyrust(arguments: &[&str]) -> Output {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("packages");
    Command::new(env!("CARGO_BIN_EXE_dyrust"))
        .args(arguments)
        .current_dir(packages)
        .env_remove("NO_COLOR")
        .output()
        .unwrap()
}

fn printed(arguments: &[&str]) -> String {
    let output = dyrust(arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn said(arguments: &[&str]) -> String {
    let output = dyrust(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn the_parts_of_a_tree_are_host_and_target() {
    let target = printed(&["tree", "--graph", "sd.json", "--only", "target"]);
    assert!(target.starts_with("sd bin sd v1.0.0\n"), "{target}");
    assert!(target.contains("\n  rayon v"), "{target}");
    assert!(!target.contains(" host") && !target.contains(" build "), "{target}");

    let host = printed(&["tree", "--graph", "sd.json", "--only", "host"]);
    assert!(
        host.lines()
            .all(|line| line.contains(" host ") || line.contains(" build ")),
        "{host}"
    );
    assert!(host.contains("syn lib host v2"), "{host}");
}

#[test]
fn a_tree_can_be_turned_round() {
    let users = printed(&["tree", "--graph", "sd.json", "-i", "memchr"]);
    assert!(users.starts_with("memchr v2"), "{users}");
    assert!(
        users.contains("\n  aho-corasick v") && users.contains("sd bin sd v1.0.0"),
        "{users}"
    );
    let direct = printed(&["tree", "--graph", "sd.json", "-i", "memchr", "--depth", "1"]);
    assert!(
        direct
            .lines()
            .skip(1)
            .all(|line| line.starts_with("  ") && !line.starts_with("    ")),
        "{direct}"
    );
}

/// It once printed the root's own name alone.
#[test]
fn a_root_is_there_because_it_was_asked_for() {
    assert_eq!(
        printed(&["why", "--graph", "sd.json", "sd"]),
        "sd bin sd v1.0.0: asked for by the import itself\n"
    );
}

#[test]
fn names_that_are_near_are_proposed() {
    let wrong = said(&["why", "--graph", "sd.json", "memchar"]);
    assert!(wrong.trim_end().ends_with("did you mean `memchr`?"), "{wrong}");
    let wrong = said(&["tree", "--graph", "sd.json", "-i", "rayno"]);
    assert!(wrong.trim_end().ends_with("did you mean `rayon`?"), "{wrong}");
    let wrong = said(&["fleet", "remove", "ripgrpe"]);
    assert!(wrong.trim_end().ends_with("did you mean `ripgrep`?"), "{wrong}");
    let unlike = said(&["why", "--graph", "sd.json", "tokio"]);
    assert!(!unlike.contains("did you mean"), "{unlike}");
}

/// `dyrust check FILE` once took every file for a manifest.
#[test]
fn any_graph_can_be_checked_by_its_name() {
    for graph in ["sd.json", "fleet.json", "../templates/default/crate-graph.json"] {
        printed(&["check", graph]);
    }
}

#[test]
fn colours_are_for_those_who_want_them() {
    let wrong = ["why", "--graph", "sd.json", "tokio"];
    let colour = |more: &[&str]| said(&[&wrong[..], more].concat()).contains('\u{1b}');
    assert!(!colour(&[]), "a file is not coloured");
    assert!(colour(&["--color", "always"]));
    assert!(!colour(&["--color", "never"]));
}

/// A report of `memchr`, in two variants, of `sd`, and of the library of a build script's crate.
fn report() -> Value {
    let (sections, relocations) = (Sections::default(), Relocations::default());
    let package = |id: &str, bytes: u64, file: &str| {
        let object = json!({
            "file": file, "bytes": bytes, "sections": sections, "relocations": relocations, "exports": 0, "imports": 0, "users": [], "loaded": true
        });
        json!({ "id": id, "path": "", "bytes": bytes, "files": 0, "nar-size": 0, "users": [], "objects": [object] })
    };
    json!({
        "schema": 1, "generator": "", "store": "",
        "forms": [{
            "form": "dynamic", "totals": Totals::default(), "programs": [], "updates": [],
            "packages": [
                package("sd-1.0.0", 1_234_000, "bin/sd"),
                package("memchr-2.6.4 (abcdefg)", 100_000, "lib/libmemchr.so"),
                package("memchr-2.6.4 (hijklmn)", 200_000, "lib/libmemchr.so"),
                package("quote-1.0.33", 77_000, "lib/libquote.so"),
            ]
        }]
    })
}

#[test]
fn a_tree_has_the_bytes_of_what_a_report_knows() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    std::fs::write(&file, report().to_string()).unwrap();
    let file = file.to_str().unwrap();
    let tree = printed(&["tree", "--graph", "sd.json", "--report", file]);
    assert!(tree.starts_with("sd bin sd v1.0.0, 1.23 MB\n"), "{tree}");
    let of = |name: &str| -> Vec<&str> {
        let lines = tree.lines().map(str::trim_start);
        lines.filter(|line| line.starts_with(name)).collect()
    };
    // Of two variants their average, wherever the crate stands.
    let memchr = of("memchr ");
    assert!(
        !memchr.is_empty() && memchr.iter().all(|line| line.contains(", 150 kB")),
        "{memchr:?}"
    );
    // What no report has, and what only builds programs, has no bytes.
    for name in ["rayon ", "quote lib host"] {
        let lines = of(name);
        assert!(
            !lines.is_empty() && lines.iter().all(|line| !line.contains("kB")),
            "{lines:?}"
        );
    }
    let data = printed(&["tree", "--graph", "sd.json", "--report", file, "--format", "json"]);
    let data: Value = serde_json::from_str(&data).unwrap();
    let bytes: Vec<u64> = data["bytes"]
        .as_object()
        .unwrap()
        .values()
        .filter_map(Value::as_u64)
        .collect();
    assert_eq!(bytes, [150_000, 1_234_000], "{data}");
    assert!(!printed(&["tree", "--graph", "sd.json"]).contains(" MB"));
}

#[test]
fn a_report_of_something_else_is_said_to_be_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let mut other = report();
    other["forms"][0]["packages"] = json!([]);
    std::fs::write(&file, other.to_string()).unwrap();
    let output = dyrust(&["tree", "--graph", "sd.json", "--report", file.to_str().unwrap()]);
    assert!(output.status.success());
    let note = String::from_utf8(output.stderr).unwrap();
    assert!(note.contains("the reports have none of these crates"), "{note}");
    let missing = said(&["tree", "--graph", "sd.json", "--report", "/nonexistent.json"]);
    assert!(missing.contains("cannot read /nonexistent.json"), "{missing}");
}
