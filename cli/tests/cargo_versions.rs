//! What one Cargo takes and an older one does not, an import takes or refuses as the Cargo of the rustc that it finds.
//!
//! What each version does was seen with the Cargos 1.95 to 1.98 of rustup and Debian; 1.99 is after its source.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

const LOCK: &str = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n";
const PACKAGE: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";

fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// Imports with a rustc that says it is 1.MINOR; none is there for 0.
fn import(folder: &Path, minor: u64, arguments: &[&str]) -> Output {
    let rustc = folder.join("rustc");
    if minor > 0 {
        fs::write(
            &rustc,
            format!("#!/bin/sh\necho 'rustc 1.{minor}.1 (0123456789 2026-01-01)'\n"),
        )
        .unwrap();
        fs::set_permissions(&rustc, fs::Permissions::from_mode(0o755)).unwrap();
    }
    Command::new(env!("CARGO_BIN_EXE_dyrust"))
        .current_dir(folder)
        .env("RUSTC", rustc)
        .env("CARGO_HOME", folder.join("cargo-home"))
        .args(["import", "--offline", "--target", "x86_64-unknown-linux-gnu"])
        .args(arguments)
        .output()
        .unwrap()
}

fn message(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn graph(folder: &Path, output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{}", message(output));
    serde_json::from_slice(&fs::read(folder.join("crate-graph.json")).unwrap()).unwrap()
}

#[test]
fn members_that_turn_default_features_off() {
    let folder = project(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = ['a', 'b']\nresolver = '3'\n[workspace.dependencies]\nb.path = 'b'\n",
        ),
        (
            "Cargo.lock",
            "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\ndependencies = [\n \"b\",\n]\n\n[[package]]\nname = \"b\"\nversion = \"0.1.0\"\n",
        ),
        (
            "a/Cargo.toml",
            &format!("{PACKAGE}[dependencies]\nb = {{ workspace = true, default-features = false }}\n"),
        ),
        ("a/src/lib.rs", ""),
        (
            "b/Cargo.toml",
            "[package]\nname = 'b'\nversion = '0.1.0'\nedition = '2024'\n[features]\ndefault = ['x']\nx = []\n",
        ),
        ("b/src/lib.rs", ""),
    ]);
    let refused = import(folder.path(), 98, &["-p", "a"]);
    assert_eq!(refused.status.code(), Some(2));
    let expected = "a/Cargo.toml:6: dependency `b` turns off the default features that the workspace has on, which takes Cargo 1.99, and that of the rustc found is 1.98: ";
    assert!(message(&refused).contains(expected), "{}", message(&refused));
    assert!(!folder.path().join("crate-graph.json").exists());
    for minor in [99, 0] {
        let graph = graph(folder.path(), &import(folder.path(), minor, &["-p", "a"]));
        let unit = &graph["packages"]["b"]["units"]["lib"];
        assert!(unit.is_object() && unit.get("features").is_none(), "{unit}");
        fs::remove_file(folder.path().join("crate-graph.json")).unwrap();
        let _ = fs::remove_file(folder.path().join("rustc"));
    }
}

/// The older Cargo takes the lock beside the manifest, with a warning.
#[test]
fn a_lock_elsewhere() {
    let folder = project(&[
        ("Cargo.toml", PACKAGE),
        ("Cargo.lock", LOCK),
        ("locks/Cargo.lock", LOCK),
        (".cargo/config.toml", "[resolver]\nlockfile-path = 'locks/Cargo.lock'\n"),
        ("src/lib.rs", ""),
    ]);
    let old = graph(folder.path(), &import(folder.path(), 96, &[]));
    assert_eq!(old["lock"], "Cargo.lock");
    assert_eq!(
        old["notices"][0]["text"],
        "`resolver.lockfile-path = \"locks/Cargo.lock\"` of .cargo/config.toml is not followed: it takes Cargo 1.97, and that of the rustc found is 1.96."
    );
    let new = graph(folder.path(), &import(folder.path(), 97, &[]));
    assert_eq!(new["lock"], "locks/Cargo.lock");
    assert!(new.get("notices").is_none(), "{}", new["notices"]);
}

#[test]
fn the_profile_debug() {
    let folder = project(&[("Cargo.toml", PACKAGE), ("Cargo.lock", LOCK), ("src/lib.rs", "")]);
    let refused = import(folder.path(), 98, &["--profile", "debug"]);
    assert_eq!(refused.status.code(), Some(2));
    let expected = "the name `debug` of a profile takes Cargo 1.99, and that of the rustc found is 1.98: use `dev`";
    assert!(message(&refused).contains(expected), "{}", message(&refused));
    let debug = graph(folder.path(), &import(folder.path(), 99, &["--profile", "debug"]));
    let dev = graph(folder.path(), &import(folder.path(), 98, &["--profile", "dev"]));
    assert_eq!(debug["profile"]["name"], "debug");
    assert_eq!(debug["profile"]["target"], dev["profile"]["target"]);
}

#[test]
fn a_registry_beside_a_repository() {
    let manifest = format!("{PACKAGE}[dependencies]\nb = {{ git = 'https://b.example/b', registry = 'other' }}\n");
    let folder = project(&[("Cargo.toml", &manifest), ("Cargo.lock", LOCK), ("src/lib.rs", "")]);
    let expected =
        "dependency `b` has `git` and `registry`, which takes Cargo 1.96, and that of the rustc found is 1.95";
    let refused = message(&import(folder.path(), 95, &[]));
    assert!(refused.contains(&format!("Cargo.toml:6: {expected}")), "{refused}");
    // Then it is the lock that does not have it.
    let taken = message(&import(folder.path(), 96, &[]));
    assert!(
        !taken.contains("which takes Cargo") && taken.contains("Cargo.lock"),
        "{taken}"
    );
}

/// Every import once started a rustc, which took longer than all the rest of a small one.
#[test]
fn rustc_is_asked_only_where_the_answer_matters() {
    let folder = project(&[("Cargo.toml", PACKAGE), ("Cargo.lock", LOCK), ("src/lib.rs", "")]);
    let rustc = folder.path().join("rustc");
    let asked = folder.path().join("asked");
    fs::write(&rustc, format!("#!/bin/sh\n: > '{}'\n", asked.display())).unwrap();
    fs::set_permissions(&rustc, fs::Permissions::from_mode(0o755)).unwrap();
    graph(folder.path(), &import(folder.path(), 0, &[]));
    assert!(!asked.exists());
    import(folder.path(), 0, &["--profile", "debug"]);
    assert!(asked.exists());
}
