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
