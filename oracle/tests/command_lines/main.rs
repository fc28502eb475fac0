//! Every flag and variable that Cargo gives rustc and build scripts is known: what the graph says is what Cargo passes, and for
//! the rest `table.rs` says who sees to it, or why nobody does.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

mod cargo;
mod expected;
mod table;

use std::path::{Path, PathBuf};

use dyrust_importer::graph::Graph;
use dyrust_oracle::cargo::fetch;
use dyrust_oracle::{host_triple, published};

use cargo::Call;
use expected::Expected;

/// Fixtures with something of each kind that a manifest or Cargo's configuration can tell a compiler or a build script.
const FIXTURES: [&str; 19] = [
    "build-dependency-features",
    "build-script-chain",
    "build-script-directives",
    "build-script-environment",
    "build-script-path",
    "crate-types",
    "custom-cfg",
    "custom-cfg-of-host",
    "edition-2015",
    "flags-by-cfg",
    "lints",
    "links-of-host",
    "names",
    "panic-abort",
    "proc-macro",
    "profiles",
    "renames",
    "target-editions",
    "two-majors",
];

/// Published programs, from the lock files that they are published with.
const PROGRAMS: [(&str, &str); 3] = [("hyperfine", "1.19.0"), ("sd", "1.0.0"), ("zoxide", "0.9.7")];

fn read(graph: &Path) -> Graph {
    let bytes = std::fs::read(graph).unwrap_or_else(|error| panic!("{}: {error}", graph.display()));
    serde_json::from_slice(&bytes).unwrap()
}

/// Compares all that Cargo runs with the graph; returns the differences, and how many calls were compared.
fn compare(project: &Path, graph: &Graph, target: &str) -> (Vec<String>, usize) {
    let platform = graph
        .platforms
        .iter()
        .position(|platform| platform.target == target && !platform.tests)
        .unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let calls = cargo::calls(project, target, scratch.path());
    let all = Expected::all(graph, platform);
    let mut differences = Vec::new();
    for call in &calls {
        differences.extend(compare_call(call, &all));
    }
    (differences, calls.len())
}

/// A call may be that of one of several units, which differ in what is compared: then one has to agree.
fn compare_call(call: &Call, all: &[Expected]) -> Vec<String> {
    let candidates = all.iter().filter(|expected| expected.may_be(call));
    let mut found: Vec<Vec<String>> = candidates.map(|expected| expected.differences(call)).collect();
    found.sort_by_key(Vec::len);
    found
        .into_iter()
        .next()
        .unwrap_or_else(|| vec![format!("no unit of the graph is {call:?}")])
}

fn check(projects: impl Iterator<Item = (PathBuf, Graph)>) -> usize {
    let target = host_triple(Path::new(".")).unwrap();
    let mut compared = 0;
    let mut differences = Vec::new();
    for (project, graph) in projects {
        let (found, calls) = compare(&project, &graph, &target);
        differences.extend(found.into_iter().map(|text| format!("{}: {text}", project.display())));
        compared += calls;
    }
    assert!(
        differences.is_empty(),
        "{} differences:\n{}",
        differences.len(),
        differences.join("\n")
    );
    compared
}

#[test]
fn what_cargo_gives_in_fixtures_is_known() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../checks/fixtures");
    let projects = FIXTURES.iter().map(|name| {
        let folder = fixtures.join(name);
        let graph = read(&folder.join("crate-graph.json"));
        (folder, graph)
    });
    let compared = check(projects);
    assert!(compared >= 60, "only {compared} calls were compared");
}

/// Builds the programs with Cargo, which takes a minute or two, and fetches what is not in Cargo's cache.
#[test]
#[ignore = "builds published programs: cargo test -p dyrust-oracle --test command_lines -- --ignored"]
fn what_cargo_gives_in_published_programs_is_known() {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packages");
    let scratch = tempfile::tempdir().unwrap();
    let projects = PROGRAMS.iter().map(|(name, version)| {
        let file = published::crate_file(name, version).unwrap();
        let folder = published::unpack(&file, scratch.path()).unwrap();
        fetch(&folder).unwrap();
        (folder, read(&packages.join(format!("{name}.json"))))
    });
    let compared = check(projects);
    assert!(compared >= 200, "only {compared} calls were compared");
}
