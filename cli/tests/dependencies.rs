//! What dyrust itself is made of is what deny.toml allows: licences, duplicates, bans and sources, without a network.

#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

fn table(file: &str) -> toml::Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn texts(value: &toml::Value) -> BTreeSet<String> {
    let list = value.as_array().unwrap().iter();
    list.map(|value| match value.get("crate") {
        Some(name) => name.as_str().unwrap().to_owned(),
        None => value.as_str().unwrap().to_owned(),
    })
    .collect()
}

/// Name, version and source.
fn locked(lock: &toml::Table) -> Vec<(String, String, Option<String>)> {
    let text = |package: &toml::Value, key: &str| package.get(key).map(|value| value.as_str().unwrap().to_owned());
    let packages = lock["package"].as_array().unwrap().iter();
    packages
        .map(|package| {
            (
                text(package, "name").unwrap(),
                text(package, "version").unwrap(),
                text(package, "source"),
            )
        })
        .collect()
}

/// What is wrong with a lock by the lists of deny.toml.
fn wrong(deny: &toml::Table, lock: &toml::Table) -> Vec<String> {
    let mut found = Vec::new();
    let banned = texts(&deny["bans"]["deny"]);
    let mut skipped = texts(&deny["bans"]["skip"]);
    let registries = texts(&deny["sources"]["allow-registry"]);
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, version, source) in locked(lock) {
        if banned.contains(&name) {
            found.push(format!("{name} is banned"));
        }
        if let Some(source) = source
            && !source
                .strip_prefix("registry+")
                .is_some_and(|index| registries.contains(index))
        {
            found.push(format!("{name} {version} is from {source}"));
        }
        if !skipped.remove(&format!("{name}@{version}")) {
            versions.entry(name).or_default().push(version);
        }
    }
    let several = versions.iter().filter(|(_, versions)| versions.len() > 1);
    found.extend(
        several.map(|(name, versions)| format!("{name} is there in several versions: {}", versions.join(", "))),
    );
    found.extend(
        skipped
            .iter()
            .map(|name| format!("{name} is skipped, but not there any more")),
    );
    found
}

#[test]
fn the_lock_is_what_is_allowed() {
    let found = wrong(&table("deny.toml"), &table("Cargo.lock"));
    assert!(found.is_empty(), "{found:#?}");
}

/// The check can fail.
#[test]
fn a_lock_of_something_else_is_found_out() {
    let deny = table("deny.toml");
    let mut skip = deny.clone();
    skip["bans"]
        .as_table_mut()
        .unwrap()
        .insert("skip".to_owned(), toml::Value::Array(Vec::new()));
    let lock = "[[package]]\nname = 'a'\nversion = '1.0.0'\nsource = 'git+https://h/a#0'\n\
                [[package]]\nname = 'a'\nversion = '2.0.0'\nsource = 'registry+https://h/i'\n\
                [[package]]\nname = 'openssl-sys'\nversion = '0.9.0'\n";
    let lock: toml::Table = toml::from_str(lock).unwrap();
    assert_eq!(
        wrong(&skip, &lock),
        [
            "a 1.0.0 is from git+https://h/a#0",
            "a 2.0.0 is from registry+https://h/i",
            "openssl-sys is banned",
            "a is there in several versions: 1.0.0, 2.0.0"
        ]
    );
    assert!(
        wrong(&deny, &lock)
            .iter()
            .any(|text| text.contains("not there any more"))
    );
}

/// Holds the dependencies of packages in a workspace's lock against their manifests. The first package is the workspace's own.
fn assert_lock_is_current(lock: &str, manifests: &[(&str, &str)]) {
    let lock = table(lock);
    let (own, own_manifest) = manifests[0];
    let packages = lock["package"].as_array().unwrap();
    for (name, manifest) in manifests {
        let entry = packages.iter().find(|package| package["name"].as_str() == Some(name));
        let locked: BTreeSet<String> = match entry.unwrap().get("dependencies") {
            // "name", or "name version" if there are several.
            Some(list) => texts(list)
                .iter()
                .map(|text| text.split(' ').next().unwrap().to_owned())
                .collect(),
            None => BTreeSet::new(),
        };
        let asked: BTreeSet<String> = match table(manifest).get("dependencies") {
            // No feature of the others is turned on, and a lock has of such packages what is turned on.
            Some(list) => (list.as_table().unwrap().iter())
                .filter(|(_, dependency)| {
                    *name == own || dependency.get("optional").and_then(|optional| optional.as_bool()) != Some(true)
                })
                .map(|(dependency, _)| dependency.clone())
                .collect(),
            None => BTreeSet::new(),
        };
        assert_eq!(
            locked, asked,
            "{name}: run `cargo metadata --manifest-path {own_manifest}`"
        );
    }
}

/// The lock of the fuzz targets was stale for days: the readers had got a dependency that it did not have.
#[test]
fn the_fuzz_targets_have_a_current_lock() {
    let manifests = [
        ("dyrust-fuzz", "fuzz/Cargo.toml"),
        ("dyrust-importer", "importer/Cargo.toml"),
        ("dyrust-builder", "nix/builder/Cargo.toml"),
    ];
    assert_lock_is_current("fuzz/Cargo.lock", &manifests);
}

/// No check compiles it.
#[test]
fn the_comparison_of_solvers_has_a_current_lock() {
    let manifests = [
        ("dyrust-bench-solvers", "bench/solvers/Cargo.toml"),
        ("dyrust-importer", "importer/Cargo.toml"),
    ];
    assert_lock_is_current("bench/solvers/Cargo.lock", &manifests);
}

#[test]
fn licences_are_what_is_allowed() {
    let allowed: Vec<String> = texts(&table("deny.toml")["licenses"]["allow"]).into_iter().collect();
    let output = Command::new(env!("CARGO_BIN_EXE_dyrust"))
        .args(["licenses", "--build", "--allow", &allowed.join(","), "--graph"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../crate-graph.json"))
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
