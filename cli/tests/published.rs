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

/// dssim 3.5.1 was to be mended by `cargo update --workspace`, which nobody can run on what is published: its lock names a sibling
/// package by its folder. Cargo takes what the lock lacks from the index, and so does the fleet that the message names now.
#[test]
fn a_published_lock_that_is_out_of_date_is_for_a_fleet() {
    let mut world = World::new();
    world.publish("leaf", "1.0.0", "", &[]);
    let lock = "version = 4\n[[package]]\nname = \"leaf\"\nversion = \"1.0.0\"\n[[package]]\nname = \"top\"\nversion = \"1.0.0\"\ndependencies = [\"leaf\"]\n";
    let files = [("src/main.rs", "fn main() {}\n"), ("Cargo.lock", lock)];
    world.publish("top", "1.0.0", "[dependencies]\nleaf = \"1\"\n", &files);
    let refused = import(&world, "top", &[]).unwrap_err();
    assert!(
        refused.contains("top-1.0.0/Cargo.lock:2: `leaf 1.0.0` has no source")
            && refused.contains("make a fleet of it"),
        "{refused}"
    );
    fs::write(world.path("fleet.toml"), "[programs.top]\ncrate = \"top@1.0.0\"\n").unwrap();
    let output = world.dyrust(&["fleet", "import"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("No member's lock has leaf 1.0.0: taken from the registry's index."),
        "{said}"
    );
}

/// pio 0.4.0 is a library: its graph was written without a word, and `nix build` of it made an empty folder.
#[test]
fn a_library_alone_is_told() {
    let mut world = World::new();
    let lock = world.lock(&[("top", "1.0.0", &[])], "top");
    let said = |world: &World, more: &[&str]| {
        let output = world.dyrust(&[&["import", "--crate", "top@1.0.0", "--offline"], more].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        said
    };
    let note = "note: top@1.0.0 has no program, and no library for other languages: its Rust library is what `units` of buildGraph gives\n";
    world.publish("top", "1.0.0", "", &[("Cargo.lock", &lock)]);
    assert!(said(&world, &[]).ends_with(note));
    // rimage 0.14.0 has a program that a feature turns on: it was told that it has none.
    let manifest = "[[bin]]\nname = \"tool\"\npath = \"src/tool.rs\"\nrequired-features = [\"one\", \"two\"]\n[features]\none = []\ntwo = []\n";
    let mut sleeping = World::new();
    let files = [
        ("Cargo.lock", lock.as_str()),
        ("src/lib.rs", ""),
        ("src/tool.rs", "fn main() {}\n"),
    ];
    sleeping.publish("top", "1.0.0", manifest, &files);
    let note = "note: top@1.0.0 builds no program with the selected features (`tool` needs `--features one,two`), and no library for other languages: its Rust library is what `units` of buildGraph gives\n";
    assert!(said(&sleeping, &[]).ends_with(note), "{}", said(&sleeping, &[]));
    assert!(!said(&sleeping, &["--features", "one,two"]).contains("no program"));
    for (manifest, file) in [
        ("", "src/main.rs"),
        ("[lib]\ncrate-type = [\"cdylib\"]\n", "src/lib.rs"),
    ] {
        let mut world = World::new();
        let files = [(file, "fn main() {}\n"), ("Cargo.lock", lock.as_str())];
        world.publish("top", "1.0.0", manifest, &files);
        for more in [&[][..], &["--lib"]] {
            assert!(!said(&world, more).contains("no program"), "{manifest}");
        }
    }
}

/// Without a version the program was refused, though `fleet add` takes the newest.
#[test]
fn the_newest_version_is_taken_and_told() {
    let mut world = World::new();
    for version in ["1.0.0", "1.1.0", "2.0.0-rc.1"] {
        let lock = world.lock(&[("top", version, &[])], "top");
        world.publish(
            "top",
            version,
            "",
            &[("src/main.rs", "fn main() {}\n"), ("Cargo.lock", &lock)],
        );
    }
    let output = world.dyrust(&["import", "--crate", "top"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("note: top@1.1.0 is the newest version; `--crate top@1.1.0` names it"),
        "{said}"
    );
    let graph = fs::read_to_string(world.path("crate-graph.json")).unwrap();
    assert!(graph.contains("top@1.1.0"), "{graph}");
    let output = world.dyrust(&["import", "--crate", "absent"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("there is no release of a crate `absent`"), "{said}");
    // Which version a check is of is to be named.
    let output = world.dyrust(&["import", "--crate", "top", "--check"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("`--crate top`: expected NAME@VERSION"), "{said}");
}

/// It was advised to run `cargo update`, which knows nothing of a lock that was published.
#[test]
fn the_lock_of_a_published_program_is_nothing_to_update() {
    let mut world = World::new();
    world.publish("leaf", "1.0.0", "", &[]);
    world.program("top", "[dependencies]\nleaf = \"1\"\n", &[("top", "1.0.0", &[])]);
    let message = import(&world, "top", &[]).unwrap_err();
    assert!(
        message.contains("fits `leaf = \"^1\"`: the lock is out of date\n"),
        "{message}"
    );
    let help = "  help: the lock is the one that top@1.0.0 was published with, which can't be changed: take another version of it, make a fleet";
    assert!(message.contains(help), "{message}");
    // What is advised helps.
    world.import("[programs.top]\ncrate = \"top@1.0.0\"\n");
    world.publish("leaf", "1.1.0", "", &[]);
    let lock: &[(&str, &str, &[&str])] = &[("leaf", "1.0.0", &[]), ("whole", "1.0.0", &["leaf"])];
    world.program("whole", "[dependencies]\nleaf = \"1\"\n", lock);
    import(&world, "whole", &[]).unwrap();
    let output = world.dyrust(&["outdated", "--offline"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("note: the lock of whole@1.0.0 is the one that it was published with"),
        "{said}"
    );
}

/// No package that was published lately is imported, and nothing is written.
#[test]
fn young_packages_are_refused() {
    let mut world = World::new();
    world.publish("leaf", "1.0.0", "", &[]);
    world.program(
        "top",
        "[dependencies]\nleaf = \"1\"\n",
        &[("leaf", "1.0.0", &[]), ("top", "1.0.0", &["leaf"])],
    );
    world.set_published("3/t/top", "1.0.0", "2015-05-15T00:00:00Z");
    let call = || world.dyrust(&["import", "--crate", "top@1.0.0", "--offline", "--min-age", "14"]);
    let output = call();
    assert!(output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("of unknown age: leaf 1.0.0"), "{said}");
    fs::remove_file(world.path("crate-graph.json")).unwrap();
    // A time that stays in the future.
    world.set_published("le/af/leaf", "1.0.0", "2999-01-01T00:00:00Z");
    let output = call();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("too young: leaf 1.0.0 was published at 2999-01-01T00:00:00Z"),
        "{said}"
    );
    assert!(!world.path("crate-graph.json").exists());
}

/// A fleet takes the newest versions that are old enough.
#[test]
fn a_fleet_is_updated_to_what_is_old_enough() {
    let mut world = World::new();
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        world.publish("leaf", version, "", &[]);
    }
    let lock = world.lock(&[("leaf", "1.0.0", &[]), ("top", "1.0.0", &["leaf"])], "top");
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        let lock = lock.replace(
            "\"top\"\nversion = \"1.0.0\"",
            &format!("\"top\"\nversion = \"{version}\""),
        );
        let files = [("src/main.rs", "fn main() {}\n"), ("Cargo.lock", lock.as_str())];
        world.publish("top", version, "[dependencies]\nleaf = \"1\"\n", &files);
    }
    for index in ["3/t/top", "le/af/leaf"] {
        for (version, time) in [
            ("1.0.0", "2015-05-15T00:00:00Z"),
            ("1.1.0", "2016-05-15T00:00:00Z"),
            ("1.2.0", "2999-01-01T00:00:00Z"),
        ] {
            world.set_published(index, version, time);
        }
    }
    world.write("fleet.toml", "[programs.top]\ncrate = \"top@1.0.0\"\n");
    let output = world.dyrust(&["fleet", "update", "--min-age", "14"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let fleet = fs::read_to_string(world.path("fleet.toml")).unwrap();
    assert!(fleet.contains("top@1.1.0"), "{fleet}");
    // One whose own lock has what is too young is refused, and the file is as it was.
    world.set_published("le/af/leaf", "1.0.0", "2999-01-01T00:00:00Z");
    world.write("fleet.toml", "[programs.top]\ncrate = \"top@1.0.0\"\n");
    fs::remove_file(world.path("fleet.json")).unwrap();
    world.set_published("le/af/leaf", "1.1.0", "2999-01-01T00:00:00Z");
    let output = world.dyrust(&["fleet", "update", "--min-age", "14"]);
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(!world.path("fleet.json").exists());
    assert!(
        fs::read_to_string(world.path("fleet.toml"))
            .unwrap()
            .contains("top@1.0.0")
    );
}

/// Who updates one program changes the rest of the fleet as little as can be; who updates all has what the highest of their locks has.
#[test]
fn an_update_of_one_program_keeps_what_the_locks_of_others_have() {
    let mut world = World::new();
    world.publish("part", "1.0.0", "", &[]);
    world.publish("part", "1.1.0", "", &[]);
    for (name, version, part) in [
        ("one", "1.0.0", "1.0.0"),
        ("one", "1.1.0", "1.1.0"),
        ("two", "1.0.0", "1.0.0"),
    ] {
        let lock = world.lock(&[(name, version, &["part"]), ("part", part, &[])], name);
        let files = [("src/main.rs", "fn main() {}\n"), ("Cargo.lock", lock.as_str())];
        world.publish(name, version, "[dependencies]\npart = \"1\"\n", &files);
    }
    world.import("[programs.one]\ncrate = \"one@1.0.0\"\n[programs.two]\ncrate = \"two@1.0.0\"\n");
    for (arguments, part) in [
        (&["fleet", "update", "one"][..], "1.0.0"),
        (&["fleet", "update"], "1.1.0"),
    ] {
        let output = world.dyrust(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let graph: Value = serde_json::from_str(&fs::read_to_string(world.path("fleet.json")).unwrap()).unwrap();
        assert_eq!(graph["packages"]["one"]["version"], "1.1.0");
        assert_eq!(graph["packages"]["part"]["version"], part, "{arguments:?}");
    }
}

/// A program that has a newer version than those that are old enough was given an older one, and so was one whose version was withdrawn.
#[test]
fn an_update_never_takes_a_program_to_a_lower_version() {
    let mut world = World::new();
    world.yanked.insert(("top".to_owned(), "1.2.0".to_owned()));
    let mut publish = |version: &str| {
        let lock = world.lock(&[("top", version, &[])], "top");
        let files = [("src/main.rs", "fn main() {}\n"), ("Cargo.lock", lock.as_str())];
        world.publish("top", version, "", &files);
    };
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        publish(version);
    }
    for (version, time) in [
        ("1.0.0", "2015-05-15T00:00:00Z"),
        ("1.1.0", "2999-01-01T00:00:00Z"),
        ("1.2.0", "2015-05-15T00:00:00Z"),
    ] {
        world.set_published("3/t/top", version, time);
    }
    for (version, arguments, note) in [
        (
            "1.1.0",
            &["--min-age", "14"][..],
            "the newest release that is 14 days old is 1.0.0",
        ),
        ("1.2.0", &[], "the newest release that was not withdrawn is 1.1.0"),
    ] {
        let text = format!("[programs.top]\ncrate = \"top@{version}\"\n");
        world.write("fleet.toml", &text);
        let output = world.dyrust(&[&["fleet", "update"], arguments].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        assert!(said.contains(&format!("note: top {version} stays: {note}")), "{said}");
        assert_eq!(fs::read_to_string(world.path("fleet.toml")).unwrap(), text);
    }
}

/// The features of a published program were lost when it was imported again, in another version too, without a word.
#[test]
fn a_program_that_is_imported_again_is_what_it_was() {
    let mut world = World::new();
    let manifest = "[features]\nmore = []\n";
    world.program("top", manifest, &[("top", "1.0.0", &[])]);
    let lock = world.lock(&[("top", "1.1.0", &[])], "top");
    let files = [("src/main.rs", "fn main() {}\n"), ("Cargo.lock", lock.as_str())];
    world.publish("top", "1.1.0", manifest, &files);
    world.program("other", "", &[("other", "1.0.0", &[])]);
    let target = ["--target", "x86_64-unknown-linux-gnu"];
    let asked = ["--features", "more", "--target", "x86_64-unknown-linux-gnu"];
    let first = import(&world, "top", &asked).unwrap();
    let selection = json!({ "crate": "top@1.0.0", "features": ["more"] });
    assert_eq!(first["selection"], selection);
    assert_eq!(import(&world, "top", &[]).unwrap(), first);
    assert_eq!(import(&world, "top", &target).unwrap(), first);
    let newer = world.dyrust(&["import", "--crate", "top@1.1.0", "--offline"]);
    assert!(newer.status.success());
    let graph: Value = serde_json::from_str(&fs::read_to_string(world.path("crate-graph.json")).unwrap()).unwrap();
    assert_eq!(graph["selection"]["features"], json!(["more"]));
    // What is asked for counts alone, and another program is another one.
    let without = import(&world, "top", &["--no-default-features"]).unwrap();
    assert_eq!(without["selection"]["features"], Value::Null);
    import(&world, "top", &asked).unwrap();
    assert_eq!(
        import(&world, "other", &[]).unwrap()["selection"]["features"],
        Value::Null
    );
}
