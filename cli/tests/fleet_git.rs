//! Fleets: a member in a git repository.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

mod support;

/// What is tested.
const PROGRAM: &str = env!("CARGO_BIN_EXE_dyrust");

use std::process::{Command, Output};

use serde_json::Value;
use support::World;

/// Runs git in a folder of the world and returns what it prints.
fn git(world: &World, folder: &str, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(world.path(folder))
        .args(["-c", "user.name=Test", "-c", "user.email=test@localhost"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Imports the fleet; a repository on this machine is not in Cargo's cache, so not `--offline`.
fn import(world: &World) -> Output {
    Command::new(PROGRAM)
        .current_dir(world.path("."))
        .env("HOME", world.path("home"))
        .env("CARGO_HOME", world.path("home/.cargo"))
        .env("XDG_CACHE_HOME", world.path("home/.cache"))
        .args(["fleet", "import"])
        .output()
        .unwrap()
}

/// A program in the registry, and a workspace in a repository whose program wants an older version of the same library.
fn world() -> (World, String, String) {
    let mut world = World::new();
    world.publish("part", "1.1.0", "", &[]);
    world.publish("part", "1.3.0", "", &[]);
    let part = world.lock(&[("part", "1.3.0", &[])], "");
    let lock = format!("{part}\n[[package]]\nname = \"one\"\nversion = \"1.0.0\"\ndependencies = [\"part\"]\n");
    world.publish(
        "one",
        "1.0.0",
        "[dependencies]\npart = \"1\"\n",
        &[("src/main.rs", "fn main() {}\n"), ("Cargo.lock", &lock)],
    );
    world.write(
        "repository/Cargo.toml",
        "[workspace]\nmembers = [\"tool\"]\nresolver = \"2\"\n",
    );
    world.write(
        "repository/tool/Cargo.toml",
        "[package]\nname = \"tool\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\npart = \"1\"\n",
    );
    world.write("repository/tool/src/main.rs", "fn main() {}\n");
    let part = world.lock(&[("part", "1.1.0", &[])], "");
    let lock = format!("{part}\n[[package]]\nname = \"tool\"\nversion = \"0.1.0\"\ndependencies = [\"part\"]\n");
    world.write("repository/Cargo.lock", &lock);
    git(&world, "repository", &["init", "--quiet"]);
    git(&world, "repository", &["add", "."]);
    git(&world, "repository", &["commit", "--quiet", "-m", "first"]);
    let rev = git(&world, "repository", &["rev-parse", "HEAD"]);
    let url = format!("file://{}", world.path("repository").display());
    (world, url, rev)
}

#[test]
fn a_member_in_a_repository_shares_with_the_others() {
    let (world, url, rev) = world();
    world.write(
        "fleet.toml",
        &format!("[programs.one]\ncrate = \"one@1.0.0\"\n[programs.tool]\ngit = \"{url}\"\nrev = \"{rev}\"\n"),
    );
    let output = import(&world);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let graph: Value = serde_json::from_str(&std::fs::read_to_string(world.path("fleet.json")).unwrap()).unwrap();
    let tool = &graph["packages"]["tool"];
    assert_eq!(tool["git"]["url"], Value::from(url));
    assert_eq!(tool["git"]["rev"], Value::from(rev));
    assert_eq!(tool["git"]["folder"], "tool");
    assert!(tool["git"]["hash"].as_str().unwrap().starts_with("sha256-"));
    assert_eq!(graph["packages"]["part"]["version"], "1.3.0");
    assert_eq!(
        graph["roots"]["units"],
        serde_json::json!(["one bin one", "tool bin tool"])
    );
}

#[test]
fn a_commit_that_is_not_there_is_told() {
    let (world, url, rev) = world();
    let other: String = rev.chars().rev().collect();
    world.write(
        "fleet.toml",
        &format!("[programs.tool]\ngit = \"{url}\"\nrev = \"{other}\"\n"),
    );
    let output = import(&world);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(&other), "{said}");
    assert!(!world.path("fleet.json").exists());
}

/// What lies in the cache already was taken from wherever the file said, and such an address was written into the graph.
#[test]
fn a_repository_has_an_address_and_a_lock() {
    let (world, url, rev) = world();
    let refused = |url: &str, rev: &str| {
        world.write(
            "fleet.toml",
            &format!("[programs.tool]\ngit = \"{url}\"\nrev = \"{rev}\"\n"),
        );
        let output = import(&world);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), said)
    };
    assert_eq!(refused(&url, &rev).0, Some(0));
    std::fs::remove_file(world.path("fleet.json")).unwrap();
    let path = world.path("repository").display().to_string();
    for address in [
        "repository",
        "../repository",
        &path,
        "git@example.org:tool",
        &format!("{url}?branch=main"),
        &format!("{url}#main"),
    ] {
        let (code, said) = refused(address, &rev);
        assert_eq!(code, Some(2), "{said}");
        assert!(
            said.contains("fleet.toml:2: ") && said.contains("is no address of a repository"),
            "{said}"
        );
    }
    std::fs::remove_file(world.path("repository/Cargo.lock")).unwrap();
    git(&world, "repository", &["commit", "--quiet", "-am", "no lock"]);
    let rev = git(&world, "repository", &["rev-parse", "HEAD"]);
    let (code, said) = refused(&url, &rev);
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("fleet.toml:2: the repository of `tool` has no Cargo.lock"),
        "{said}"
    );
    assert!(!world.path("fleet.json").exists());
}
