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

/// They were taken and passed over: what was compared was another selection than the one that was asked for.
#[test]
fn an_option_without_effect_is_refused() {
    let selection = "cannot be used with";
    for (arguments, expected) in [
        (&["--graph", "crate-graph.json", "--features", "extra"][..], selection),
        (&["--graph", "crate-graph.json", "--all-features"], selection),
        (&["--fleet", "fleet.toml", "--workspace"], selection),
        (&["--fleet", "fleet.toml", "--profile", "dev"], selection),
        (&["--table", "page.md", "--bin", "rich"], selection),
        (&["--table", "page.md", "--graph", "crate-graph.json"], selection),
        (&["--table", "page.md", "--fleet", "fleet.toml"], selection),
        (
            &["--table", "page.md", "--only", "Fixtures", "--cases", "9"],
            "`--cases` is of the section",
        ),
        (
            &["--table", "page.md", "--only", "Fixtures", "--seed", "9"],
            "`--seed` is of the section",
        ),
    ] {
        let output = oracle(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
}

/// What Cargo says of a manifest has parts of it, and was printed as it is: it could set the terminal's title.
#[test]
fn nothing_of_others_is_printed_raw() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::create_dir(folder.path().join("src")).unwrap();
    write("src/lib.rs", "");
    write(
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n",
    );
    write(
        "Cargo.toml",
        "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[features]\n\"x\\u001b]0;title\\u0007\" = []\n",
    );
    let output = oracle(&[folder.path().to_str().unwrap()]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.starts_with("error: ") && said.contains("]0;title"), "{said}");
    assert!(!said.contains(['\u{1b}', '\u{7}']), "{said:?}");
    // Further lines are no messages of their own.
    assert!(said.lines().skip(1).all(|line| line.starts_with("    ")), "{said}");
    let missing = oracle(&["/no/such\u{1b}[31m/folder", "--graph", "/no\u{7}"]);
    let said = String::from_utf8(missing.stderr).unwrap();
    assert!(!said.contains(['\u{1b}', '\u{7}']), "{said:?}");
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
