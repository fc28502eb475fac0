//! The units of fleets are those of Cargo for a workspace with the same versions, and Cargo's own resolver accepts the joint lock.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

#[path = "../../cli/tests/support/mod.rs"]
mod support;

use std::path::Path;

/// What is tested.
const PROGRAM: &str = env!("CARGO_BIN_EXE_dyrust-oracle");

/// The target of the short run.
const LINUX: &str = "x86_64-unknown-linux-gnu";

/// Compares the fleet of a random world's programs on `targets`; false if there are fewer than two, so that there is nothing to see.
fn compare(seed: u64, targets: &[&str]) -> bool {
    let (world, programs) = support::random::world(seed);
    if programs.len() < 2 {
        return false;
    }
    let table = |program: &String| format!("[programs.{program}]\ncrate = \"{program}@1.0.0\"\n");
    world.write("fleet.toml", &programs.iter().map(table).collect::<String>());
    let targets = targets.iter().flat_map(|target| ["--target", *target]);
    let arguments: Vec<&str> = ["--fleet", "fleet.toml"].into_iter().chain(targets).collect();
    let output = world.dyrust(&arguments);
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "seed {seed}: {said}");
    assert!(said.ends_with("equal\n"), "seed {seed}: {said}");
    true
}

/// Cargo was asked for a library in the place of a program that is not built, which was a difference; and of no program at all all was equal.
#[test]
fn what_builds_nothing_is_not_compared() {
    let mut world = support::World::new();
    let manifest = "[[bin]]\nname = \"top\"\nrequired-features = [\"cli\"]\n[features]\ncli = []\n";
    world.program("top", manifest, &[("top", "1.0.0", &[])]);
    for (more, expected) in [
        (
            "",
            "program `top` builds nothing: the features of none of its programs are on",
        ),
        (
            "features = [\"cli\"]\nisolated = true\n",
            "every program of the fleet is `isolated`",
        ),
    ] {
        world.write("fleet.toml", &format!("[programs.top]\ncrate = \"top@1.0.0\"\n{more}"));
        let output = world.dyrust(&["--fleet", "fleet.toml", "--target", LINUX]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn random_fleets() {
    let compared = (1..=16).filter(|seed| compare(*seed, &[LINUX])).count();
    assert!(compared > 4, "only {compared} fleets were compared");
}

/// `cargo test -p dyrust-oracle --test fleets hundreds -- --ignored`; DYRUST_FLEET_SEEDS=FIRST..LAST takes others.
#[test]
#[ignore = "takes many minutes"]
fn hundreds_of_random_fleets() {
    let (first, last) = match std::env::var("DYRUST_FLEET_SEEDS") {
        Ok(seeds) => {
            let (first, last) = seeds.split_once("..").unwrap();
            (first.parse().unwrap(), last.parse().unwrap())
        }
        Err(_) => (17_u64, 900_u64),
    };
    let compared = (first..=last)
        .filter(|seed| compare(*seed, &dyrust_oracle::suite::TARGETS))
        .count();
    eprintln!("{compared} fleets were compared");
    assert!(compared > 0, "no fleet was compared");
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
