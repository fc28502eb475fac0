//! Published programs: what they are resolved by, and what is refused.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

mod support;

/// What is tested.
const PROGRAM: &str = env!("CARGO_BIN_EXE_dyrust");

use std::fs;

use serde_json::{Value, json};
use support::World;

/// Imports `NAME 1.0.0`.
fn import(world: &World, name: &str, arguments: &[&str]) -> Result<Value, String> {
    let package = format!("{name}@1.0.0");
    let all = [&["import", "--crate", &package, "--offline"], arguments].concat();
    let output = world.dyrust(&all);
    if output.status.success() {
        Ok(serde_json::from_str(&fs::read_to_string(world.path("crate-graph.json")).unwrap()).unwrap())
    } else {
        assert!(!world.path("crate-graph.json").exists());
        Err(String::from_utf8(output.stderr).unwrap())
    }
}

/// silicon 0.5.2 got features that Cargo does not turn on: the index of conv 0.3.3 asks for less than its manifest does.
#[test]
fn the_index_decides_where_cargo_did_not_write_the_manifest() {
    let manifest = "[dependencies]\nleaf = \"1\"\n";
    let in_index = json!([{
        "name": "leaf", "req": "^1.0.0", "features": ["extra"], "optional": false, "default_features": false, "target": null, "kind": "normal",
    }]);
    let features = |written: bool| {
        let mut world = World::new();
        let leaf = "[features]\ndefault = [\"std\"]\nstd = []\nextra = []\n";
        world.publish("leaf", "1.0.0", leaf, &[]);
        if written {
            world.publish_as_written("old", "1.0.0", manifest, &in_index);
        } else {
            world.publish_as("old", "1.0.0", manifest, &[], &in_index);
        }
        let lock: &[(&str, &str, &[&str])] = &[
            ("leaf", "1.0.0", &[]),
            ("old", "1.0.0", &["leaf"]),
            ("top", "1.0.0", &["old"]),
        ];
        world.program("top", "[dependencies]\nold = \"1\"\n", lock);
        import(&world, "top", &[]).unwrap()["packages"]["leaf"]["units"]["lib"]["features"].clone()
    };
    assert_eq!(features(true), json!(["extra"]));
    assert_eq!(features(false), json!(["default", "std"]));
}

/// qsv 16.1.0 made an empty graph: each of its programs needs a feature.
#[test]
fn a_program_that_needs_features_is_not_left_out_silently() {
    let mut world = World::new();
    let manifest = "autolib = false\n[[bin]]\nname = \"top\"\nrequired-features = [\"one\", \"two\"]\n[features]\none = []\ntwo = []\n";
    world.program("top", manifest, &[("top", "1.0.0", &[])]);
    let message = import(&world, "top", &[]).unwrap_err();
    assert_eq!(
        message,
        "error: `top 1.0.0` builds nothing with the selected features: `top` needs `--features one,two`\n"
    );
    let graph = import(&world, "top", &["--features", "one,two"]).unwrap();
    assert_eq!(graph["roots"]["units"], json!(["top bin top"]));
}
