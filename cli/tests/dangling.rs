//! A unit of a graph that is not there, as after a merge: each command that reads graphs says so, and an import writes the graph anew.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

mod support;

/// What is tested.
const PROGRAM: &str = env!("CARGO_BIN_EXE_dyrust");

use std::fs;

use serde_json::{Value, json};
use support::World;

const FLEET: &str = "[programs.top]\ncrate = \"top@1.0.0\"\n";

/// A fleet of `top`, which needs `leaf`, and its graph.
fn fleet() -> (World, Value) {
    let mut world = World::new();
    world.publish("leaf", "1.0.0", "", &[]);
    let lock: &[(&str, &str, &[&str])] = &[("top", "1.0.0", &["leaf"]), ("leaf", "1.0.0", &[])];
    world.program("top", "[dependencies]\nleaf = \"1\"\n", lock);
    let graph = world.import(FLEET);
    let advisory = "```toml\n[advisory]\nid = \"RUSTSEC-2099-0001\"\npackage = \"leaf\"\ndate = \"2099-01-01\"\n\
                    url = \"https://h.example/\"\n[versions]\npatched = []\n```\n\n# It is wrong\n\nIt is.\n";
    world.write("db/crates/leaf/RUSTSEC-2099-0001.md", advisory);
    world.write("good.json", &graph.to_string());
    (world, graph)
}

/// Where a reference to a unit that is not there may be, and who refers to it then.
const PLACES: [(&str, &str); 3] = [
    ("/packages/top/units", "top"),
    ("/roots/units", "roots"),
    ("/apart/other/packages/top/units", "top"),
];

/// The graph with a reference to `gone` in a place.
fn broken(graph: &Value, place: &str) -> Value {
    let mut broken = graph.clone();
    if place.starts_with("/apart") {
        let mut apart = graph.clone();
        apart["schema"] = graph["schema"].clone();
        broken["apart"] = json!({ "other": apart });
    }
    let found = broken.pointer_mut(place).unwrap();
    match found {
        Value::Array(roots) => roots.push(json!("gone")),
        _ => {
            let unit = found.as_object_mut().unwrap().values_mut().next().unwrap();
            unit["dependencies"] = json!(["gone"]);
        }
    }
    broken
}

/// A message of Nix's, or half of an answer, is nothing that says what to do; none of these commands had a test of it.
#[test]
fn every_command_that_reads_graphs_says_what_is_not_there() {
    let (world, graph) = fleet();
    let commands: &[&[&str]] = &[
        &["tree", "--graph", "fleet.json"],
        &["tree", "--graph", "fleet.json", "--invert", "leaf"],
        &["why", "leaf", "--graph", "fleet.json"],
        &["outdated", "--offline", "--graph", "fleet.json"],
        &["overrides", "--graph", "fleet.json"],
        &["sbom", "--graph", "fleet.json"],
        &["licenses", "--graph", "fleet.json"],
        &["audit", "--db", "db", "--graph", "fleet.json"],
        &["prefetch", "--offline", "fleet.json"],
        &["check", "fleet.json"],
        &["check", "fleet.toml"],
        &["check", ".", "--graph", "fleet.json"],
        &["fleet", "plan", "--offline"],
        &["fleet", "diff", "fleet.json", "good.json"],
        &["fleet", "diff", "good.json", "fleet.json"],
        &["update-cost", "--offline", "fleet.json", "good.json"],
        &["update-cost", "--offline", "good.json", "fleet.json"],
    ];
    for (place, unit) in PLACES {
        world.write("fleet.json", &broken(&graph, place).to_string());
        for arguments in commands {
            let output = world.dyrust(arguments);
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{place}, {arguments:?}: {said}");
            let file = world.path("fleet.json").display().to_string();
            let said = said.replace(&file, "fleet.json").replace("./fleet.json", "fleet.json");
            assert!(
                said.starts_with(&format!("error: fleet.json: unit `{unit}"))
                    && said.contains("refers to `gone`, which is not in the graph")
                    && said.contains("run `dyrust import`, or `dyrust fleet import` for that of a fleet"),
                "{place}, {arguments:?}: {said}"
            );
            assert_eq!(output.stdout, b"", "{place}, {arguments:?}");
        }
    }
}

/// What is advised helps, and asks for what was asked for before.
#[test]
fn an_import_writes_the_graph_anew() {
    let (world, graph) = fleet();
    for (place, _) in PLACES {
        for arguments in [
            &["fleet", "import", "--offline"][..],
            &["fleet", "update"],
            &["fleet", "add", "top@1.0.0", "--offline"],
        ] {
            world.write("fleet.json", &broken(&graph, place).to_string());
            let output = world.dyrust(arguments);
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{place}, {arguments:?}: {said}");
            let written: Value = serde_json::from_slice(&fs::read(world.path("fleet.json")).unwrap()).unwrap();
            assert_eq!(written, graph, "{place}, {arguments:?}");
        }
    }
    let import = |arguments: &[&str]| {
        let output = world.dyrust(&[&["import", "--offline", "--output", "top.json"], arguments].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&fs::read(world.path("top.json")).unwrap()).unwrap()
    };
    let target = "aarch64-unknown-linux-gnu";
    let graph = import(&["--crate", "top@1.0.0", "--no-default-features", "--target", target]);
    world.write("top.json", &broken(&graph, "/packages/top/units").to_string());
    assert_eq!(import(&["--crate", "top@1.0.0"]), graph);
}
