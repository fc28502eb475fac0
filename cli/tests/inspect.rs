//! What is asked of a graph that is there: `tree`, `why`, `check`, and how it is answered.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output};

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
