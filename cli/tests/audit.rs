//! `dyrust audit`: what advisories of a folder in RustSec's layout say of a graph.

#![allow(clippy::unwrap_used, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// An advisory as the database has it: a table, then Markdown.
fn advisory(folder: &Path, id: &str, package: &str, more: &str, versions: &str) {
    let text = format!(
        "```toml\n[advisory]\nid = \"{id}\"\npackage = \"{package}\"\ndate = \"2099-01-01\"\n\
         url = \"https://example.org/{id}\"\n{more}\n[versions]\n{versions}\n```\n\n# {package} is wrong\n\nIt is.\n"
    );
    let folder = folder.join("crates").join(package);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("{id}.md")), text).unwrap();
}

fn graph(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

/// Exit code and what was printed.
fn audit(database: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_dyrust"))
        .args(["audit", "--db"])
        .arg(database)
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn version_of(graph: &Path, package: &str) -> String {
    let graph: Value = serde_json::from_slice(&fs::read(graph).unwrap()).unwrap();
    graph["packages"][package]["version"].as_str().unwrap().to_owned()
}

#[test]
fn affected_units_and_programs_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path();
    let sd = graph("packages/sd.json");
    let sd_name = sd.to_str().unwrap();
    let memchr = version_of(&sd, "memchr");
    advisory(database, "RUSTSEC-2099-0001", "memchr", "", "patched = [\">= 2.99.1\"]");
    advisory(database, "RUSTSEC-2099-0002", "syn", "", "patched = []");
    advisory(
        database,
        "RUSTSEC-2099-0003",
        "regex",
        "informational = \"unmaintained\"",
        "patched = []",
    );
    advisory(
        database,
        "RUSTSEC-2099-0004",
        "regex",
        "withdrawn = \"2099-01-02\"",
        "patched = []",
    );
    advisory(database, "RUSTSEC-2099-0005", "rayon", "", "patched = [\">= 7.0.0\"]");
    // What is not about these.
    advisory(
        database,
        "RUSTSEC-2099-0006",
        "memchr",
        "",
        &format!("patched = [\">= {memchr}\"]"),
    );
    advisory(database, "RUSTSEC-2099-0007", "serde_of_nobody", "", "patched = []");
    advisory(
        database,
        "RUSTSEC-2099-0008",
        "rayon",
        "",
        "patched = []\n[affected]\nos = [\"windows\"]",
    );

    let (code, text, _) = audit(database, &["--graph", sd_name]);
    assert_eq!(code, Some(1));
    let ids: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("RUSTSEC-2099-")?.get(..4))
        .collect();
    assert_eq!(ids, ["0001", "0002", "0003", "0005"], "{text}");
    let part = |id: &str| {
        let start = text.find(id).unwrap();
        let rest = &text[start..];
        rest[..rest.find("\n  see: ").unwrap()].to_owned()
    };
    let first = part("RUSTSEC-2099-0001");
    assert!(
        first.contains(&format!("memchr {memchr}: memchr is wrong (vulnerability)")),
        "{first}"
    );
    assert!(
        first.contains("units: memchr") && first.contains(&format!("in: sd bin sd ({sd_name})")),
        "{first}"
    );
    assert!(first.contains("mended by: memchr 2.99.1: "), "{first}");
    // A macro's part only builds the program.
    let second = part("RUSTSEC-2099-0002");
    assert!(
        second.contains("builds: sd bin sd") && !second.contains("\n  in:"),
        "{second}"
    );
    assert!(second.contains("no version mends it"), "{second}");
    assert!(part("RUSTSEC-2099-0003").contains("(unmaintained)"));
    assert!(
        part("RUSTSEC-2099-0005").contains("not compatible: sd must ask for it first"),
        "{text}"
    );

    let ignored = "--ignore=RUSTSEC-2099-0001,RUSTSEC-2099-0002,RUSTSEC-2099-0005";
    let (code, text, _) = audit(database, &["--graph", sd_name, ignored]);
    assert_eq!(code, Some(0), "{text}");
    // Of two digits that changed places nothing was said.
    let (.., said) = audit(database, &["--graph", sd_name, ignored, "--ignore=RUSTSEC-2099-0010"]);
    assert!(said.contains("`--ignore RUSTSEC-2099-0010` does nothing"), "{said}");
    assert!(!said.contains("RUSTSEC-2099-0001"), "{said}");
    let (code, ..) = audit(database, &["--graph", sd_name, ignored, "--informational"]);
    assert_eq!(code, Some(1));
    let (_, json, _) = audit(database, &["--format", "json", "--graph", sd_name]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["counted"], 3);
    assert_eq!(json["findings"][0]["units"], serde_json::json!(["memchr"]));
}

/// An advisory about the machine that builds was passed over where another one was the target.
#[test]
fn what_builds_is_asked_about_on_its_own_platform() {
    let folder = tempfile::tempdir().unwrap();
    let mut cross: Value = serde_json::from_slice(&std::fs::read(graph("packages/sd.json")).unwrap()).unwrap();
    cross["platforms"] = serde_json::json!([
        { "target": "aarch64-unknown-linux-gnu", "host": "x86_64-unknown-linux-gnu" },
        { "target": "aarch64-unknown-linux-musl", "host": "x86_64-unknown-linux-gnu" },
    ]);
    let file = folder.path().join("cross.json");
    std::fs::write(&file, cross.to_string()).unwrap();
    let only = "patched = []\n[affected]\narch = [\"x86_64\"]";
    advisory(folder.path(), "RUSTSEC-2099-0001", "syn", "", only);
    advisory(folder.path(), "RUSTSEC-2099-0002", "memchr", "", only);
    let (code, text, _) = audit(folder.path(), &["--graph", file.to_str().unwrap()]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("0001") && !text.contains("0002"), "{text}");
}

/// "a newer sd@1.0.0" was to be waited for.
#[test]
fn a_newer_program_has_no_version_yet() {
    let folder = tempfile::tempdir().unwrap();
    advisory(
        folder.path(),
        "RUSTSEC-2099-0001",
        "memchr",
        "",
        "patched = [\">= 2.99.1\"]",
    );
    let (_, text, _) = audit(folder.path(), &["--graph", graph("packages/sd.json").to_str().unwrap()]);
    assert!(text.contains("a newer sd whose Cargo.lock has it"), "{text}");
}

/// Of a folder without advisories all was well, for ever; and a folder without programs had one that said nothing of itself.
#[test]
fn what_is_empty_is_no_good_news() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("crates")).unwrap();
    let sd = graph("packages/sd.json");
    let (code, _, error) = audit(folder.path(), &["--graph", sd.to_str().unwrap()]);
    assert_eq!(code, Some(2));
    assert!(error.contains("there is no advisory in it"), "{error}");

    advisory(folder.path(), "RUSTSEC-2099-0001", "memchr", "", "patched = []");
    let empty = tempfile::tempdir().unwrap();
    let (code, _, error) = audit(folder.path(), &[empty.path().to_str().unwrap()]);
    assert_eq!(code, Some(2));
    assert!(error.contains("there is no program for Linux"), "{error}");
}

#[test]
fn a_workspace_is_told_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let own = graph("crate-graph.json");
    let version = version_of(&own, "memchr");
    advisory(
        folder.path(),
        "RUSTSEC-2099-0001",
        "memchr",
        "",
        "patched = [\"^2.99.1\"]",
    );
    let (code, text, _) = audit(folder.path(), &["--graph", own.to_str().unwrap()]);
    assert_eq!(code, Some(1));
    let command = format!("`cargo update --package memchr@{version} --precise 2.99.1`, then `dyrust import`");
    assert!(text.contains(&command), "{text}");
}

/// Of an advisory that can't be read the file was told, and not what is wrong with it.
#[test]
fn an_advisory_that_is_wrong_is_told_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    advisory(folder.path(), "RUSTSEC-2099-0001", "memchr", "", "patched = [\"nope\"]");
    let own = graph("crate-graph.json");
    let (code, _, error) = audit(folder.path(), &["--graph", own.to_str().unwrap()]);
    assert_eq!(code, Some(2));
    assert!(
        error.contains("RUSTSEC-2099-0001.md: ") && error.contains("unexpected character 'n'"),
        "{error}"
    );
}

#[test]
fn what_is_no_database_or_says_nothing_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (code, _, error) = audit(folder.path(), &["--graph", "crate-graph.json"]);
    assert_eq!(code, Some(2));
    assert!(
        error.contains("can't be read as a RustSec advisory database"),
        "{error}"
    );
    // The reason stood there twice.
    assert_eq!(error.matches("No such file or directory").count(), 1, "{error}");
    advisory(folder.path(), "RUSTSEC-2099-0001", "memchr", "", "patched = []");
    let program = env!("CARGO_BIN_EXE_dyrust");
    let (code, _, error) = audit(folder.path(), &[program]);
    assert_eq!(code, Some(2));
    assert!(error.contains("it does not say what it is made of"), "{error}");
    let (code, _, error) = audit(folder.path(), &["nowhere"]);
    assert_eq!(code, Some(2));
    assert!(
        error.contains("nowhere does not exist: expected a store path, a folder with bin/, or a program"),
        "{error}"
    );
    fs::write(folder.path().join("crates/memchr/RUSTSEC-2099-0002.md"), "no table").unwrap();
    let (code, _, error) = audit(folder.path(), &[program]);
    assert_eq!(code, Some(2));
    assert!(
        error.contains("RUSTSEC-2099-0002.md") || error.contains("advisory"),
        "{error}"
    );
}
