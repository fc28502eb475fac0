//! Fleets: neither the order nor the names of members matter.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

mod support;

/// What is tested.
const PROGRAM: &str = env!("CARGO_BIN_EXE_dyrust");

use std::fs;

use serde_json::Value;

/// A fleet file; the programs go by the given names in it.
fn named(programs: &[(String, &String)]) -> String {
    let table = |(name, program): &(String, &String)| format!("[programs.{name}]\ncrate = \"{program}@1.0.0\"\n");
    programs.iter().map(table).collect()
}

#[test]
fn the_order_and_the_names_of_members_do_not_matter() {
    let (mut compared, mut several) = (0, 0);
    for seed in 1..=24 {
        let (world, programs) = support::random::world(seed);
        if programs.len() < 2 {
            continue;
        }
        let forward: Vec<_> = programs
            .iter()
            .enumerate()
            .map(|(at, program)| (format!("a{at}"), program))
            .collect();
        let backward: Vec<_> = programs
            .iter()
            .enumerate()
            .map(|(at, program)| (format!("b{}", 9 - at), program))
            .collect();
        let first = world.import(&named(&forward));
        // What is there already would stay.
        fs::remove_file(world.path("fleet.json")).unwrap();
        let second = world.import(&named(&backward));
        assert_eq!(first["packages"], second["packages"], "seed {seed}");
        assert_eq!(first["roots"], second["roots"], "seed {seed}");
        let alone = |graph: &Value| {
            let apart = graph["apart"].as_object().cloned().unwrap_or_default();
            let mut alone: Vec<String> = apart
                .values()
                .map(|graph| graph["selection"]["crate"].to_string())
                .collect();
            alone.sort();
            alone
        };
        assert_eq!(alone(&first), alone(&second), "seed {seed}");
        compared += 1;
        several += usize::from(
            first["packages"]
                .as_object()
                .unwrap()
                .keys()
                .any(|key| key.contains('@')),
        );
    }
    assert!(
        compared > 8 && several > 0,
        "{compared} fleets, {several} with several versions of a crate"
    );
}
