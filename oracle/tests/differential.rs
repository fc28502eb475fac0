//! dyrust's units are those of `cargo build --unit-graph`.
//!
//! The ordinary run takes well under two minutes: the fixtures, git repositories, registries and patches, and 60 random workspaces. The
//! long run compares the published programs too (the first time they are downloaded) and as many random workspaces as PROPTEST_CASES
//! says, from the seed DYRUST_ORACLE_SEED on:
//!
//! ```text
//! PROPTEST_CASES=2000 DYRUST_ORACLE_SEED=$(date +%s) cargo test --release -p dyrust-oracle --test differential -- --include-ignored
//! ```

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use dyrust_oracle::suite::{self, Row};
use dyrust_oracle::table::line;
use dyrust_oracle::{host_triple, random};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

fn host() -> String {
    host_triple(&repository()).unwrap()
}

/// Fails with what is wrong, if anything is; `at_least` keeps an empty folder from passing.
fn hold(rows: &[Row], at_least: usize) {
    let failures: Vec<&str> = rows.iter().flat_map(|row| &row.failures).map(String::as_str).collect();
    assert!(
        failures.is_empty(),
        "{} differences:\n{}",
        failures.len(),
        failures.join("\n\n")
    );
    assert!(rows.len() >= at_least, "only {} projects were compared", rows.len());
    for row in rows {
        assert!(row.equal > 0 && row.units > 0, "{}: nothing was compared", row.name);
    }
}

/// Fails if docs/oracle.md does not say just this of the projects of a section.
fn hold_page(heading: &str, rows: &[Row]) {
    let page = std::fs::read_to_string(repository().join("docs/oracle.md")).unwrap();
    let (_, section) = page.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let said: Vec<&str> = section
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| project") && !line.starts_with("| **"))
        .collect();
    let found: Vec<String> = rows.iter().map(line).collect();
    let stale: Vec<&str> = found
        .iter()
        .map(String::as_str)
        .filter(|line| !said.contains(line))
        .collect();
    assert!(
        stale.is_empty() && said.len() == found.len(),
        "docs/oracle.md is stale; call `cargo run --release -p dyrust-oracle -- --table docs/oracle.md --only {heading:?}`: {} projects, and it has {}; \
         it lacks\n{}",
        found.len(),
        said.len(),
        stale.join("\n")
    );
}

#[test]
fn fixtures() {
    let rows = suite::fixtures::run(&repository().join("checks/fixtures"), &host()).unwrap();
    hold(&rows, 50);
    hold_page("Fixtures", &rows);
}

#[test]
fn templates() {
    let rows = suite::fixtures::run(&repository().join("templates"), &host()).unwrap();
    hold(&rows, 1);
    hold_page("Templates", &rows);
}

#[test]
fn past_failures_of_random_workspaces() {
    let rows = suite::fixtures::run(&repository().join("oracle/regressions"), &host()).unwrap();
    hold(&rows, 1);
    hold_page("Past failures", &rows);
}

#[test]
fn git_dependencies() {
    hold(
        &suite::git::run(Path::new(env!("CARGO_BIN_EXE_dyrust-oracle"))).unwrap(),
        6,
    );
}

#[test]
fn alternative_registries() {
    hold(
        &suite::registries::run(Path::new(env!("CARGO_BIN_EXE_dyrust-oracle"))).unwrap(),
        2,
    );
}

#[test]
fn patches_and_vendored_folders() {
    hold(
        &suite::sources::run(Path::new(env!("CARGO_BIN_EXE_dyrust-oracle"))).unwrap(),
        5,
    );
}

#[test]
#[ignore = "downloads some 3000 packages the first time"]
fn published_programs() {
    let programs = suite::corpus::parse(include_str!("../corpus.tsv")).unwrap();
    assert!(programs.len() >= 11);
    hold(&suite::corpus::run(programs, &host()).unwrap(), 11);
}

#[test]
fn random_workspaces() {
    let number = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let (first, cases) = (number("DYRUST_ORACLE_SEED", 1), number("PROPTEST_CASES", 60));
    let (tally, failures) = suite::random(first, cases, &host()).unwrap();
    println!("{tally:?}");
    report(&failures);
    let questions = tally.questions();
    assert!(
        tally.without_lock * 10 < tally.workspaces,
        "too many without a lock: {tally:?}"
    );
    assert!(
        (tally.both_reject + tally.cargo_rejects) * 3 < questions,
        "too many questions that cargo rejects: {tally:?}"
    );
    assert!(tally.units > tally.equal * 5, "the workspaces are too small: {tally:?}");
}

#[test]
fn seeds_of_past_failures() {
    let seeds = include_str!("seeds").lines().filter(|line| !line.starts_with('#'));
    for seed in seeds {
        let (_, failures) = suite::random(seed.parse().unwrap(), 1, &host()).unwrap();
        report(&failures);
    }
}

/// Keeps the shrunk workspaces where they can be looked at, and fails.
fn report(failures: &[random::Failure]) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("differential");
    let texts: Vec<String> = failures
        .iter()
        .map(|failure| {
            let at = failure.write(&folder).unwrap();
            format!("seed {}, shrunk to {}\n{}", failure.seed, at.display(), failure.text)
        })
        .collect();
    assert!(
        texts.is_empty(),
        "{} random workspaces differ:\n{}",
        texts.len(),
        texts.join("\n\n")
    );
}
