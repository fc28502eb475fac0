//! The units of fleets are those of Cargo for a workspace with the same versions, and Cargo's own resolver accepts the joint lock.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

#[path = "../../cli/tests/support/mod.rs"]
mod support;

use std::path::Path;

/// What is tested.
const PROGRAM: &str = env!("CARGO_BIN_EXE_dyrust-oracle");

/// Compares the fleet of `programs` in a world; false if fewer than two are joined, so that there is nothing to see.
fn compare(seed: u64) -> bool {
    let (world, programs) = support::random::world(seed);
    if programs.len() < 2 {
        return false;
    }
    let table = |program: &String| format!("[programs.{program}]\ncrate = \"{program}@1.0.0\"\n");
    world.write("fleet.toml", &programs.iter().map(table).collect::<String>());
    let output = world.dyrust(&["--fleet", "fleet.toml", "--target", "x86_64-unknown-linux-gnu"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "seed {seed}: {said}");
    assert!(said.ends_with("equal\n"), "seed {seed}: {said}");
    true
}

#[test]
fn random_fleets() {
    let compared = (1..=16).filter(|seed| compare(*seed)).count();
    assert!(compared > 4, "only {compared} fleets were compared");
}

/// Needs all packages of the programs' locks, for whatever platform.
#[test]
#[ignore = "takes its packages from the network the first time"]
fn fleets_of_the_repository() {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packages");
    for name in ["fleet.toml", "coreutils-fleet.toml"] {
        let output = std::process::Command::new(PROGRAM)
            .arg("--fleet")
            .arg(packages.join(name))
            .args(
                dyrust_oracle::suite::TARGETS
                    .iter()
                    .flat_map(|target| ["--target", *target]),
            )
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "{name}: {said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
