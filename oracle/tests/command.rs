//! The program `dyrust-oracle`, as one calls it.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output};

fn oracle(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dyrust-oracle"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../checks/fixtures/required-features"))
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn equal_units_are_told_with_their_number() {
    let output = oracle(&["--target", "x86_64-unknown-linux-gnu", "--features", "extra", "--bins"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert_eq!(
        text,
        "x86_64-unknown-linux-gnu: equal (2 units, 0 dependencies)\nequal\n"
    );
}

#[test]
fn what_cargo_rejects_cannot_be_compared() {
    let output = oracle(&["--bin", "rich"]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("requires the features: `basic`, `extra`"), "{text}");
    assert_eq!(oracle(&["no/such/folder"]).status.code(), Some(2));
    assert_eq!(oracle(&["--no-such-flag"]).status.code(), Some(2));
}

/// What users build from is the graph: it has more than a selection's units, and each part of it can be wrong.
#[test]
fn a_graph_that_was_written_is_compared_in_every_part() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../checks/fixtures/member-checks");
    let text = std::fs::read_to_string(folder.join("crate-graph.json")).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("graph.json");
    let compare = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let output = oracle(&[folder.to_str().unwrap(), "--graph", file.to_str().unwrap()]);
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, said) = compare(&text);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("x86_64-unknown-linux-gnu tests: equal ("), "{said}");
    for (right, wrong, told) in [
        (
            "\"root\": \"tests/data.rs\"",
            "\"root\": \"tests/other.rs\"",
            "tests/other.rs",
        ),
        ("\"harness\": false,", "", "harness"),
        (
            "\"edition\": \"2018\"",
            "\"edition\": \"2018\", \"license\": \"MIT\"",
            "license",
        ),
        (
            "\"bin my-tool\": {\n     \"dependencies\": [\"der\"],",
            "\"bin my-tool\": {",
            "der",
        ),
    ] {
        assert!(text.contains(right), "{right}");
        let (code, said) = compare(&text.replacen(right, wrong, 1));
        assert_eq!(code, Some(1), "{wrong}: {said}");
        assert!(said.contains(told), "{told}: {said}");
    }
}
