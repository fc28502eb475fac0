//! Fleets: which versions are chosen, who is kept apart, and what is refused.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

mod support;

/// What is tested.
const PROGRAM: &str = env!("CARGO_BIN_EXE_dyrust");

use dyrust_report::elf::{Relocations, Sections};
use dyrust_report::model::{CurvePoint, Totals};
use serde_json::{Value, json};
use support::World;

/// The versions of a package in a graph.
fn versions(graph: &Value, name: &str) -> Vec<String> {
    let packages = graph["packages"].as_object().unwrap();
    let found = packages.iter().filter(|(key, _)| key.split('@').next() == Some(name));
    found
        .map(|(_, package)| package["version"].as_str().unwrap().to_owned())
        .collect()
}

fn apart(graph: &Value) -> Vec<&str> {
    graph["apart"]
        .as_object()
        .map(|apart| apart.keys().map(String::as_str).collect())
        .unwrap_or_default()
}

const TWO: &str = "[programs.one]\ncrate = \"one@1.0.0\"\n[programs.two]\ncrate = \"two@1.0.0\"\n";

/// The features of each unit of the package `part`, sorted.
fn features_of_part(graph: &serde_json::Value) -> Vec<String> {
    let units = graph["packages"]["part"]["units"].as_object().unwrap();
    let mut features: Vec<String> = units.values().map(|unit| unit["features"].to_string()).collect();
    features.sort();
    features
}

/// Two programs on one library: a requirement and a version in the lock for each.
fn two(one: (&str, &str), two: (&str, &str)) -> World {
    let mut world = World::new();
    for version in ["0.4.9", "1.1.0", "1.2.0", "1.3.0", "2.0.0"] {
        world.publish("part", version, "[features]\na = []\nb = []\n", &[]);
    }
    for (name, feature, (requirement, version)) in [("one", "a", one), ("two", "b", two)] {
        world.program(
            name,
            &format!("[dependencies]\npart = {{ version = \"{requirement}\", features = [\"{feature}\"] }}\n"),
            &[(name, "1.0.0", &["part"]), ("part", version, &[])],
        );
    }
    world
}

#[test]
fn the_highest_of_a_range_serves_all_with_united_features() {
    let world = two(("1.1", "1.1.0"), ("1", "1.3.0"));
    let graph = world.import(TWO);
    assert_eq!(versions(&graph, "part"), ["1.3.0"]);
    assert_eq!(graph["packages"]["part"]["units"]["lib"]["features"], json!(["a", "b"]));
    assert_eq!(graph["roots"]["units"], json!(["one bin one", "two bin two"]));
    let why = world.why("part");
    assert_eq!(why["locks"], json!({ "one": ["1.1.0"], "two": ["1.3.0"] }));
    assert_eq!(why["chosen"][0]["asked"][0]["by"], "one 1.0.0");
    assert_eq!(why["chosen"][0]["brought"], json!(["two"]));
}

#[test]
fn a_version_of_a_lock_is_preferred_to_a_newer_one() {
    // 1.3.0 is in the registry, but nobody has tested it.
    let graph = two(("1", "1.1.0"), ("1", "1.2.0")).import(TWO);
    assert_eq!(versions(&graph, "part"), ["1.2.0"]);
}

#[test]
fn one_version_that_all_accept_is_taken_for_all() {
    let world = two(("=1.1.0", "1.1.0"), ("1", "1.3.0"));
    assert_eq!(versions(&world.import(TWO), "part"), ["1.1.0"]);
}

/// The reason was told in the solver's own numbers (`Package(RangeId(0))`).
#[test]
fn why_a_program_keeps_its_own_lock_is_told_in_names() {
    let mut world = World::new();
    world.publish("part", "1.0.0", "", &[]);
    // The index has an entry of it that Cargo passes over: a feature of what it does not depend on.
    let manifest = "[dependencies]\nother = { version = \"1\", optional = true }\n[features]\na = [\"dep:other\"]\n";
    world.publish_as("part", "1.1.0", manifest, &[], &json!([]));
    let requirements = [("one", "=1.1.0", "1.1.0"), ("two", "1", "1.0.0")];
    for (name, requirement, version) in requirements {
        world.program(
            name,
            &format!("[dependencies]\npart = \"{requirement}\"\n"),
            &[(name, "1.0.0", &["part"]), ("part", version, &[])],
        );
    }
    let graph = world.import(TWO);
    assert_eq!(versions(&graph, "part"), ["1.0.0", "1.1.0"]);
    let texts: Vec<&str> = (graph["notices"].as_array().unwrap().iter())
        .filter(|notice| notice["kind"] == "own-lock")
        .map(|notice| notice["text"].as_str().unwrap())
        .collect();
    let expected = "`one` keeps the versions of its own lock: Because one 1.0.0 depends on part 1.1.0 and the program `one` depends on one \
                    1.0.0, the program `one` is forbidden.";
    assert_eq!(texts, [expected]);
}

#[test]
fn two_of_a_range_stay_where_no_version_serves_all() {
    let world = two(("=1.1.0", "1.1.0"), ("1.2", "1.3.0"));
    let graph = world.import(TWO);
    assert_eq!(versions(&graph, "part"), ["1.1.0", "1.3.0"]);
    assert!(apart(&graph).is_empty());
    let why = world.why("part");
    let beside: Vec<&str> = why["chosen"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|chosen| chosen["beside"].as_str())
        .collect();
    assert_eq!(beside, ["two 1.0.0 asks for ^1.2, which rejects 1.1.0"]);
}

/// As of icu: crates of one release fit to each other alone, and a program has one of which there is no newer one. Each range's wish was tried by
/// itself, and what the old version of one was rejected by was the new version of another.
#[test]
fn a_family_of_crates_is_had_in_one_release() {
    let mut world = World::new();
    for minor in ["3", "4"] {
        let version = format!("2.{minor}.0");
        world.publish("collections", &version, "", &[]);
        let needs = format!("[dependencies]\ncollections = \"~2.{minor}.0\"\n");
        world.publish("properties", &version, &needs, &[]);
        world.publish(
            "normalizer",
            &version,
            &format!("{needs}properties = \"~2.{minor}.0\"\n"),
            &[],
        );
    }
    world.publish("segmenter", "2.3.0", "[dependencies]\ncollections = \"~2.3.0\"\n", &[]);
    world.publish(
        "adapter",
        "1.0.0",
        "[dependencies]\nnormalizer = \"2\"\nproperties = \"2\"\n",
        &[],
    );
    let release = |version| {
        [
            ("adapter", "1.0.0", &["normalizer", "properties"][..]),
            ("collections", version, &[]),
            ("normalizer", version, &["collections", "properties"]),
            ("properties", version, &["collections"]),
        ]
    };
    let with = |entries: &[(&'static str, &'static str, &'static [&'static str])], version| {
        [entries, &release(version)[..]].concat()
    };
    let segmenter = "[dependencies]\nadapter = \"1\"\nsegmenter = \"2\"\n";
    let entries = [
        ("one", "1.0.0", &["adapter", "segmenter"][..]),
        ("segmenter", "2.3.0", &["collections"]),
    ];
    world.program("one", segmenter, &with(&entries, "2.3.0"));
    // It asks for one of them itself, so that this is chosen before the others.
    world.publish("middle", "1.0.0", "[dependencies]\nadapter = \"1\"\n", &[]);
    let entries = [
        ("middle", "1.0.0", &["adapter"][..]),
        ("two", "1.0.0", &["middle", "properties"]),
    ];
    let needs = "[dependencies]\nmiddle = \"1\"\nproperties = \"2\"\n";
    world.program("two", needs, &with(&entries, "2.4.0"));
    // Another range has a wish that nobody can have, so that not all can be had at once.
    for (version, leaf) in [("1.1.0", "=1.0.0"), ("1.2.0", "=1.1.0")] {
        world.publish("part", version, &format!("[dependencies]\nleaf = \"{leaf}\"\n"), &[]);
    }
    world.publish("leaf", "1.0.0", "", &[]);
    world.publish("leaf", "1.1.0", "", &[]);
    world.program(
        "three",
        "[dependencies]\npart = \"=1.1.0\"\n",
        &[
            ("leaf", "1.0.0", &[]),
            ("part", "1.1.0", &["leaf"]),
            ("three", "1.0.0", &["part"]),
        ],
    );
    world.program(
        "four",
        "[dependencies]\nleaf = \"=1.1.0\"\npart = \"1\"\n",
        &[
            ("four", "1.0.0", &["leaf", "part"]),
            ("leaf", "1.1.0", &[]),
            ("part", "1.2.0", &["leaf"]),
        ],
    );
    let more = "[programs.three]\ncrate = \"three@1.0.0\"\n[programs.four]\ncrate = \"four@1.0.0\"\n";
    let graph = world.import(&format!("{TWO}{more}"));
    for name in ["collections", "normalizer", "properties"] {
        assert_eq!(versions(&graph, name), ["2.3.0"], "{name}");
    }
    assert_eq!(versions(&graph, "part"), ["1.1.0", "1.2.0"]);
}

#[test]
fn a_requirement_of_several_ranges_stays_in_that_of_its_lock() {
    let graph = two((">=0.4, <2", "0.4.9"), ("1", "1.3.0")).import(TWO);
    assert_eq!(versions(&graph, "part"), ["0.4.9", "1.3.0"]);
}

#[test]
fn pins_and_separate_crates() {
    let world = two(("1", "1.1.0"), ("1", "1.3.0"));
    let graph = world.import(&format!("pin = {{ part = \"1.1.0\" }}\n{TWO}"));
    assert_eq!(versions(&graph, "part"), ["1.1.0"]);
    let graph = world.import(&format!("separate = [\"part\"]\n{TWO}"));
    assert_eq!(versions(&graph, "part"), ["1.1.0", "1.3.0"]);
}

/// rustls has a provider for `ring` and one for `aws_lc_rs` and panics with both: what a program got of tokio-rustls turned the second on.
#[test]
fn a_separate_crate_has_no_features_of_others_by_way_of_what_uses_it() {
    let mut world = World::new();
    world.publish("part", "1.1.0", "[features]\na = []\nb = []\n", &[]);
    let middle = "[features]\na = [\"part/a\"]\nb = [\"part/b\"]\n[dependencies]\npart = \"1\"\n";
    world.publish("middle", "1.0.0", middle, &[]);
    for (name, feature) in [("one", "a"), ("two", "b")] {
        world.program(
            name,
            &format!("[dependencies]\nmiddle = {{ version = \"1\", features = [\"{feature}\"] }}\n"),
            &[
                (name, "1.0.0", &["middle"]),
                ("middle", "1.0.0", &["part"]),
                ("part", "1.1.0", &[]),
            ],
        );
    }
    assert_eq!(features_of_part(&world.import(TWO)), ["[\"a\",\"b\"]"]);
    let graph = world.import(&format!("separate = [\"part\"]\n{TWO}"));
    assert_eq!(features_of_part(&graph), ["[\"a\"]", "[\"b\"]"]);
}

#[test]
fn a_version_that_lacks_a_feature_is_given_up() {
    let mut world = World::new();
    world.publish("part", "1.1.0", "[features]\nold = []\n", &[]);
    world.publish("part", "1.2.0", "", &[]);
    let uses = |extra: &str| format!("[dependencies]\npart = {{ version = \"1\"{extra} }}\n");
    world.program(
        "one",
        &uses(", features = [\"old\"]"),
        &[("one", "1.0.0", &["part"]), ("part", "1.1.0", &[])],
    );
    world.program("two", &uses(""), &[("two", "1.0.0", &["part"]), ("part", "1.2.0", &[])]);
    assert_eq!(versions(&world.import(TWO), "part"), ["1.1.0"]);
}

#[test]
fn a_version_whose_own_needs_no_lock_has_is_given_up() {
    let mut world = World::new();
    world.publish("leaf", "1.0.0", "", &[]);
    world.publish(
        "part",
        "1.1.0",
        "[features]\nmore = [\"dep:leaf\"]\n[dependencies]\nleaf = { version = \"1\", optional = true }\n",
        &[],
    );
    world.publish(
        "part",
        "1.2.0",
        "[features]\nmore = [\"dep:leaf\"]\n[dependencies]\nleaf = { version = \"2\", optional = true }\n",
        &[],
    );
    let uses = |extra: &str| format!("[dependencies]\npart = {{ version = \"1\"{extra} }}\n");
    world.program(
        "one",
        &uses(", features = [\"more\"]"),
        &[
            ("leaf", "1.0.0", &[]),
            ("one", "1.0.0", &["part"]),
            ("part", "1.1.0", &["leaf"]),
        ],
    );
    world.program("two", &uses(""), &[("part", "1.2.0", &[]), ("two", "1.0.0", &["part"])]);
    assert_eq!(versions(&world.import(TWO), "part"), ["1.1.0"]);
}

#[test]
fn each_of_several_programs_gets_the_features_that_make_it_share_most() {
    // `fourth` shares most with `first`, which needs the feature, `second` with `third`, which may not have it: all or nobody would be wrong.
    let mut world = World::new();
    world.publish("leaf", "1.0.0", "", &[]);
    world.publish(
        "part",
        "1.0.0",
        "[features]\nmore = [\"dep:leaf\"]\n[dependencies]\nleaf = { version = \"1\", optional = true }\n",
        &[],
    );
    for name in ["with-a", "with-b", "without-a", "without-b"] {
        world.publish(name, "1.0.0", "[dependencies]\npart = \"1\"\n", &[]);
    }
    let with: &[&str] = &["with-a", "with-b"];
    let without: &[&str] = &["without-a", "without-b"];
    let mut file = String::new();
    for (name, above, leaf, asks) in [
        ("first", with, true, true),
        ("second", without, true, false),
        ("third", without, false, false),
        ("fourth", with, true, false),
    ] {
        let mut manifest = "[dependencies]\n".to_owned();
        let mut packages: Vec<(&str, &str, &[&str])> = vec![];
        let mut below: Vec<&str> = above.to_vec();
        for one in above {
            manifest.push_str(&format!("{one} = \"1\"\n"));
            packages.push((*one, "1.0.0", &["part"]));
        }
        if asks {
            manifest.push_str("part = { version = \"1\", features = [\"more\"] }\n");
            below.push("part");
        }
        if leaf {
            manifest.push_str("leaf = \"1\"\n");
            packages.push(("leaf", "1.0.0", &[]));
            below.push("leaf");
        }
        packages.push(("part", "1.0.0", if asks { &["leaf"] } else { &[] }));
        below.sort_unstable();
        packages.push((name, "1.0.0", &below));
        packages.sort_unstable();
        world.program(name, &manifest, &packages);
        file.push_str(&format!("[programs.{name}]\ncrate = \"{name}@1.0.0\"\n"));
    }
    let graph = world.import(&file);
    for one in ["part", "with-a", "with-b", "without-a", "without-b"] {
        let units = graph["packages"][one]["units"].as_object().unwrap();
        assert_eq!(units.len(), if one == "part" { 2 } else { 1 }, "{one}: {units:?}");
    }
}

#[test]
fn a_plan_counts_what_is_shared_once_and_takes_measured_bytes_from_a_report() {
    let world = two(("1", "1.1.0"), ("1", "1.2.0"));
    world.import(TWO);
    let run = |arguments: &[&str]| {
        let output = world.dyrust(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let arguments = ["fleet", "plan", "--offline", "fleet.toml", "--format", "json"];
    let plan: Value = serde_json::from_str(&run(&arguments)).unwrap();
    // Each program has a library of its own.
    assert_eq!(plan["estimated"], 5);
    let (one, two) = (&plan["programs"][0], &plan["programs"][1]);
    assert_eq!((&one["name"], &one["new-libraries"]), (&json!("one"), &json!(2)));
    assert_eq!(
        (&two["name"], &two["libraries"], &two["new-libraries"]),
        (&json!("two"), &json!(2), &json!(1))
    );
    assert!(one["adds"].as_u64() > two["adds"].as_u64(), "{plan}");

    let object = |file: &str| {
        let (sections, relocations) = (Sections::default(), Relocations::default());
        json!({ "file": file, "bytes": 1, "sections": sections, "relocations": relocations, "exports": 0, "imports": 0, "users": [], "loaded": true })
    };
    let package = |id: &str, bytes: u64, file: &str| json!({ "id": id, "path": "", "bytes": bytes, "files": 0, "nar-size": 0, "users": [], "objects": [object(file)] });
    let report = json!({
        "schema": 1, "generator": "", "store": "",
        "forms": [{
            "form": "dynamic", "totals": Totals::default(), "programs": [], "updates": [],
            "packages": [
                package("part-1.2.0 (abcdefg)", 7_000, "lib/libpart.so"),
                package("one-1.0.0 (hijklmn)", 500, "bin/one"),
                package("one-1.0.0 (opqrstu)", 50, "lib/libone.so"),
                package("two-1.0.0 (vwxyzab)", 60, "lib/libtwo.so"),
                package("two-1.0.0", 600, "bin/two"),
            ]
        }]
    });
    world.write("report.json", &report.to_string());
    let with: Vec<&str> = arguments.into_iter().chain(["--report", "report.json"]).collect();
    let plan: Value = serde_json::from_str(&run(&with)).unwrap();
    assert_eq!((&plan["built"], &plan["estimated"]), (&json!(5), &json!(0)));
    assert_eq!(
        (&plan["programs"][0]["adds"], &plan["programs"][1]["adds"]),
        (&json!(7_550), &json!(660))
    );
    // The curves have the names and fields of a report's.
    let curves = plan["curves"].as_object().unwrap();
    assert_eq!(
        curves.keys().collect::<Vec<_>>(),
        ["cargo", "dynamic", "grouped", "image"]
    );
    for (form, points) in curves {
        let points: Vec<CurvePoint> = serde_json::from_value(points.clone()).unwrap();
        let programs: Vec<&str> = points.iter().map(|point| point.program.as_str()).collect();
        assert_eq!(programs, ["one", "two"], "{form}");
    }
    assert_eq!(
        curves["dynamic"][1]["bytes"].as_u64().unwrap() - curves["dynamic"][0]["bytes"].as_u64().unwrap(),
        660
    );
    let text = run(&["fleet", "plan", "--offline", "fleet.toml"]);
    assert!(text.contains("sums are good to a fifth"), "{text}");
}

/// The key of a program that is a dependency of another one as well once came from what the fleet file calls it.
#[test]
fn what_a_fleet_calls_its_programs_is_in_no_key() {
    let mut world = World::new();
    world.program("one", "", &[("one", "1.0.0", &[])]);
    world.program(
        "two",
        "[dependencies]\none = \"1\"\n",
        &[("one", "1.0.0", &[]), ("two", "1.0.0", &["one"])],
    );
    let named = |one: &str, two: &str| {
        format!("[programs.{one}]\ncrate = \"one@1.0.0\"\n[programs.{two}]\ncrate = \"two@1.0.0\"\n")
    };
    let (first, second) = (world.import(&named("a", "b")), world.import(&named("d", "c")));
    assert_eq!(versions(&first, "one").len(), 2);
    assert_eq!(first["packages"], second["packages"]);
}

#[test]
fn programs_with_different_packages_for_a_native_library_share_the_rest() {
    let mut world = World::new();
    world.publish("part", "1.0.0", "", &[]);
    for version in ["0.1.0", "0.2.0"] {
        world.publish(
            "z-sys",
            version,
            "links = \"z\"\nbuild = \"build.rs\"\n",
            &[("build.rs", "fn main() {}\n")],
        );
    }
    for (name, requirement) in [("one", "0.1"), ("two", "0.2"), ("three", "0.2")] {
        let version = format!("{requirement}.0");
        world.program(
            name,
            &format!("[dependencies]\nz-sys = \"{requirement}\"\npart = \"1\"\n"),
            &[
                (name, "1.0.0", &["part", "z-sys"]),
                ("part", "1.0.0", &[]),
                ("z-sys", &version, &[]),
            ],
        );
    }
    let graph = world.import(&format!("{TWO}[programs.three]\ncrate = \"three@1.0.0\"\n"));
    assert!(apart(&graph).is_empty());
    assert_eq!(versions(&graph, "z-sys"), ["0.1.0", "0.2.0"]);
    assert_eq!(graph["packages"]["part"]["units"].as_object().unwrap().len(), 1);
}

#[test]
fn an_isolated_member_is_as_import_has_it() {
    let world = two(("1", "1.1.0"), ("1", "1.3.0"));
    let graph = world.import(&TWO.replace("[programs.two]", "isolated = true\n[programs.two]"));
    assert_eq!(versions(&graph, "part"), ["1.3.0"]);
    let output = world.dyrust(&[
        "import",
        "--crate",
        "one@1.0.0",
        "--bin",
        "one",
        "--offline",
        "--output",
        "one.json",
    ]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let alone: Value = serde_json::from_str(&std::fs::read_to_string(world.path("one.json")).unwrap()).unwrap();
    assert_eq!(graph["apart"]["one"]["packages"], alone["packages"]);
    assert_eq!(graph["apart"]["one"]["roots"], alone["roots"]);
}

/// What was written to was read first: of a pipe there was no end.
#[test]
fn a_graph_of_a_fleet_can_go_to_standard_output() {
    let world = two(("1", "1.1.0"), ("1", "1.3.0"));
    world.import(TWO);
    let graph = std::fs::read(world.path("fleet.json")).unwrap();
    let output = world.dyrust(&["fleet", "import", "--offline", "--output", "-"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.stdout, graph);
}

/// Who was in a fleet's folder was told to give the path of a Cargo.toml.
#[test]
fn an_import_in_a_fleets_folder_says_what_is_to_be_run() {
    let world = two(("1", "1.1.0"), ("1", "1.3.0"));
    world.write("fleet.toml", TWO);
    let output = world.dyrust(&["import", "--offline"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("run `dyrust fleet import ./fleet.toml`"), "{said}");
}

/// The folder of a file that was named through `..` had it in it, and no folder seemed to be below.
#[test]
fn a_fleet_file_is_named_through_the_folder_above() {
    let world = World::new();
    world.write(
        "fleet/ours/Cargo.toml",
        "[package]\nname = \"ours\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
    );
    world.write("fleet/ours/src/main.rs", "fn main() {}\n");
    world.write("fleet/ours/Cargo.lock", &world.lock(&[("ours", "0.1.0", &[])], "ours"));
    world.write("fleet/fleet.toml", "[programs.ours]\npath = \"ours\"\n");
    world.write("elsewhere/notes", "");
    let mut command = world.command(&["fleet", "import", "../fleet/fleet.toml", "--offline"]);
    let output = command.current_dir(world.path("elsewhere")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(world.path("fleet/fleet.json").is_file());
}

#[test]
fn workspaces_below_the_fleet_file() {
    let world = two(("1", "1.1.0"), ("1", "1.3.0"));
    world.write(
        "ours/Cargo.toml",
        "[workspace]\nmembers = [\"tool\", \"base\"]\nresolver = \"2\"\n",
    );
    world.write(
        "ours/tool/Cargo.toml",
        "[package]\nname = \"tool\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\nbase = { path = \"../base\" }\n",
    );
    world.write("ours/tool/src/main.rs", "fn main() {}\n");
    world.write(
        "ours/base/Cargo.toml",
        "[package]\nname = \"base\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\npart = \"1\"\n",
    );
    world.write("ours/base/src/lib.rs", "");
    let part = world.lock(&[("part", "1.2.0", &[])], "");
    let lock = format!(
        "{part}\n[[package]]\nname = \"base\"\nversion = \"0.1.0\"\ndependencies = [\"part\"]\n\n\
         [[package]]\nname = \"tool\"\nversion = \"0.1.0\"\ndependencies = [\"base\"]\n"
    );
    world.write("ours/Cargo.lock", &lock);
    let graph = world.import(&format!(
        "{TWO}[programs.ours]\npath = \"ours\"\npackages = [\"tool\"]\n"
    ));
    assert_eq!(graph["packages"]["base"]["path"], "ours/base");
    assert_eq!(graph["packages"]["base"]["workspace"], "ours");
    assert_eq!(graph["packages"]["one"].get("workspace"), None);
    assert_eq!(versions(&graph, "part"), ["1.3.0"]);
    assert_eq!(
        graph["roots"]["units"],
        json!(["one bin one", "tool bin tool", "two bin two"])
    );
    for file in [
        "fleet.toml",
        "ours/Cargo.lock",
        "ours/Cargo.toml",
        "ours/base/Cargo.toml",
        "ours/tool/Cargo.toml",
    ] {
        assert!(graph["inputs"].get(file).is_some(), "{file}: {}", graph["inputs"]);
    }
    assert_eq!(world.dyrust(&["check"]).status.code(), Some(0));
    world.write("ours/Cargo.lock", &format!("{lock}\n"));
    let output = world.dyrust(&["check"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.ends_with("is not current: ours/Cargo.lock has changed: run `dyrust fleet import fleet.toml`\n"),
        "{said}"
    );
    // Elsewhere there is no such file.
    let mut command = world.command(&["check", "../fleet.json"]);
    let output = command.current_dir(world.path("ours")).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.ends_with("run `dyrust fleet import ../fleet.toml`\n"), "{said}");
}

#[test]
fn packages_of_a_lock_as_programs_of_their_own() {
    let mut world = World::new();
    for name in ["tool_a", "tool_b", "tool_c"] {
        world.publish(name, "0.1.0", "", &[("src/main.rs", "fn main() {}\n")]);
    }
    world.program(
        "one",
        "[features]\ndefault = [\"dep:tool_a\"]\nmore = [\"dep:tool_b\"]\nall = [\"dep:tool_c\"]\n[dependencies]\n\
         tool_a = { version = \"0.1\", optional = true }\ntool_b = { version = \"0.1\", optional = true }\n\
         tool_c = { version = \"0.1\", optional = true }\n",
        &[
            ("one", "1.0.0", &["tool_a", "tool_b", "tool_c"]),
            ("tool_a", "0.1.0", &[]),
            ("tool_b", "0.1.0", &[]),
            ("tool_c", "0.1.0", &[]),
        ],
    );
    let graph = world.import("[programs.one]\ncrate = \"one@1.0.0\"\nfeatures = [\"more\"]\npackages = [\"tool_*\"]\n");
    assert_eq!(
        graph["roots"]["units"],
        json!(["tool_a bin tool_a", "tool_b bin tool_b"])
    );
}

#[test]
fn a_current_graph_is_not_written_again() {
    let world = two(("1", "1.1.0"), ("1", "1.3.0"));
    world.import(TWO);
    let said = |arguments: &[&str]| String::from_utf8(world.dyrust(arguments).stderr).unwrap();
    assert!(said(&["fleet", "import", "--offline"]).contains("fleet.json is current"));
    world.write("fleet.toml", &format!("# Two programs.\n{TWO}"));
    assert_eq!(
        world.dyrust(&["fleet", "import", "--check", "--offline"]).status.code(),
        Some(1)
    );
    assert!(said(&["fleet", "import", "--offline"]).contains("fleet.json written"));
}

/// Of lightningcss 1.0.0-alpha.72 it was not said which features its program needs, and of gptman 3.1.1 that it is a library.
#[test]
fn the_features_that_programs_need_are_named() {
    let mut world = World::new();
    let manifest = "[[bin]]\nname = \"top\"\nrequired-features = [\"cli\"]\n[[bin]]\nname = \"rest\"\npath = \"src/main.rs\"\nrequired-features = [\"cli\", \"net\"]\n[features]\ncli = []\nnet = []\n";
    world.program("top", manifest, &[("top", "1.0.0", &[])]);
    let lock = world.lock(&[("part", "1.0.0", &[])], "part");
    world.publish("part", "1.0.0", "", &[("Cargo.lock", &lock)]);
    for more in ["", "isolated = true\n"] {
        assert_eq!(
            world.refused(&format!("[programs.part]\ncrate = \"part@1.0.0\"\n{more}")),
            "fleet.toml:1: program `part` builds nothing: none of its packages has a program: name those that have with `packages`"
        );
        assert_eq!(
            world.refused(&format!("[programs.top]\ncrate = \"top@1.0.0\"\n{more}")),
            "fleet.toml:1: program `top` builds nothing: the features of none of its programs are on: `rest` needs `features = [\"cli\", \"net\"]`, `top` needs `features = [\"cli\"]`"
        );
    }
}

/// A workspace of such a program was written, and the command that was told built its library.
#[test]
fn a_workspace_of_nothing_is_refused() {
    let mut world = World::new();
    let manifest = "[[bin]]\nname = \"top\"\nrequired-features = [\"cli\"]\n[features]\ncli = []\n";
    world.program("top", manifest, &[("top", "1.0.0", &[])]);
    world.write("fleet.toml", "[programs.top]\ncrate = \"top@1.0.0\"\n");
    let output = world.dyrust(&["fleet", "workspace", "folder", "--offline"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("program `top` builds nothing"), "{said}");
    assert!(!world.path("folder").exists());
}

/// Versions were told that no platform builds, and `name@version` was no crate.
#[test]
fn a_crate_is_asked_about_as_cargo_has_it() {
    let mut world = World::new();
    for version in ["0.4.9", "1.1.0", "1.3.0"] {
        world.publish("part", version, "", &[]);
    }
    let of_windows = "[target.'cfg(windows)'.dependencies]\nold = { package = \"part\", version = \"0.4\" }\n";
    world.program(
        "one",
        &format!("[dependencies]\npart = \"1.2\"\n{of_windows}"),
        &[
            ("one", "1.0.0", &["part 0.4.9", "part 1.3.0"]),
            ("part", "0.4.9", &[]),
            ("part", "1.3.0", &[]),
        ],
    );
    world.program(
        "two",
        "[dependencies]\npart = \"=1.1.0\"\n",
        &[("two", "1.0.0", &["part"]), ("part", "1.1.0", &[])],
    );
    world.import(TWO);
    let chosen = |why: &Value| {
        let chosen = why["chosen"].as_array().unwrap().iter();
        let mut versions: Vec<String> = chosen.map(|one| one["version"].as_str().unwrap().to_owned()).collect();
        versions.sort();
        versions
    };
    let why = world.why("part");
    assert_eq!(chosen(&why), ["1.1.0", "1.3.0"]);
    assert_eq!(why["unbuilt"], json!([{ "version": "0.4.9", "members": ["one"] }]));
    let why = world.why("part@1.1");
    assert_eq!(chosen(&why), ["1.1.0"]);
    assert_eq!(
        (&why["unbuilt"], &why["locks"]),
        (&json!([]), &json!({ "two": ["1.1.0"] }))
    );
    let text = |spec: &str| {
        let output = world.dyrust(&["fleet", "why", spec, "--offline"]);
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
    };
    let unbuilt = "part 0.4.9 is not built for x86_64-unknown-linux-gnu or aarch64-unknown-linux-gnu; the lock that was chosen for one has it\n";
    assert!(text("part@0.4.9").starts_with(unbuilt), "{}", text("part@0.4.9"));
    for (spec, expected) in [
        (
            "part@1.2",
            "error: fleet.toml: no member has `part` in a version that `part@1.2` fits: there is `part@0.4.9`, `part@1.1.0`, `part@1.3.0`\n",
        ),
        (
            "part@^1",
            "error: fleet.toml: `part@^1`: unexpected version requirement",
        ),
        (
            "https://h.example/part",
            "an address is not asked for: give a crate's name, or NAME@VERSION",
        ),
        ("prat", "error: fleet.toml: no member's lock has a crate `prat`"),
    ] {
        let said = text(spec);
        assert!(said.contains(expected), "{spec}: {said}");
    }
}

#[test]
fn what_is_wrong_is_said_with_file_and_line() {
    let mut world = two(("1", "1.1.0"), ("1", "1.3.0"));
    let cases = [
        (
            "",
            "fleet.toml: the fleet has no programs: add a table, for example [programs.rg] with `crate = \"ripgrep@14.1.1\"`",
        ),
        (
            "\nbins = 1\n",
            "fleet.toml:2: not a fleet file: unknown field `bins`, expected one of `programs`, `platforms`, `host`, `separate`, `pin`, `candidates`",
        ),
        (
            "[programs.one]\ncrate = \"one\"\n",
            "fleet.toml:2: `crate = \"one\"`: expected NAME@VERSION, for example ripgrep@14.1.1",
        ),
        (
            "[programs.one]\n",
            "fleet.toml:1: program `one` needs exactly one of `crate`, `git` and `path`",
        ),
        (
            "[programs.one]\ngit = \"https://example.org/a\"\n",
            "fleet.toml:2: `git = \"https://example.org/a\"` needs `rev` beside it: the commit in full, 40 hexadecimal digits",
        ),
        (
            "[programs.one]\npath = \"../x\"\n",
            "fleet.toml:2: the folder `../x` is not below that of the fleet file, and Nix is handed that folder alone: move one of them, or use `git`",
        ),
        // Neither the fleet file nor its line was named.
        (
            "[programs.one]\npath = \"tools/none\"\n",
            "fleet.toml:2: there is no Cargo.toml in the folder `tools/none`: correct `path`, which starts from the fleet file's folder",
        ),
        (
            "[programs.one]\ncrate = \"one@1.0.0\"\nbins = [\"other\"]\n",
            "fleet.toml:3: program `one` has no program `other` that its features allow: there are one",
        ),
        (
            "[programs.one]\ncrate = \"one@1.0.0\"\npackages = [\"x*\"]\n",
            "fleet.toml:3: program `one` builds nothing: no package of its lock is named `x*`: correct `packages`",
        ),
        (
            "[programs.one]\ncrate = \"one@1.0.0\"\npackages = [\"part\"]\n",
            "fleet.toml:1: program `one` builds nothing: none of its packages has a program whose required features are on: correct `features` or `packages`",
        ),
        (
            "pin = { part = \"1.2\" }\n[programs.one]\ncrate = \"one@1.0.0\"\n",
            "fleet.toml:1: `part = \"1.2\"` is not a version: unexpected end of input while parsing minor version number: a pin is one version in full, for example 4.5.4",
        ),
        (
            "pin = { part = \"1.9.0\" }\n[programs.one]\ncrate = \"one@1.0.0\"\n",
            "fleet.toml:1: there is no `part` 1.9.0 to choose: there are 0.4.9, 1.1.0, 1.2.0, 1.3.0, 2.0.0",
        ),
        (
            "separate = [\"parts\"]\n[programs.one]\ncrate = \"one@1.0.0\"\n",
            "fleet.toml:1: no member's lock has a crate `parts`: correct the name, or remove it from `separate`; did you mean `part`?",
        ),
        (
            "[programs.\"../one\"]\ncrate = \"one@1.0.0\"\n",
            "fleet.toml:1: a program can't be called \"../one\": its name has letters, digits, `-`, `_`, `.` and `+`, and begins with none of `-` and `.`",
        ),
        (
            "[programs.\"a;b\"]\ncrate = \"one@1.0.0\"\n",
            "fleet.toml:1: a program can't be called \"a;b\": its name has letters, digits, `-`, `_`, `.` and `+`, and begins with none of `-` and `.`",
        ),
        (
            "[programs.one]\ncrate = \"one@1.0.0\"\n[programs.uno]\ncrate = \"one@1.0.0\"\n",
            "fleet.toml:3: `one` and `uno` are the same package, one: keep one of them with the features and `bins` of both, or add `isolated = true` to one",
        ),
        (
            "[programs.one]\ncrate = \"one@1.0.0\"\n[programs.uno]\ncrate = \"one@1.0.0\"\nisolated = true\n",
            "fleet.toml:3: `one` and `uno` both have a program `one`: choose others with `bins`, or drop one of them",
        ),
        // The line was missing.
        (
            "[programs.one]\ncrate = \"one@1.0.0\"\nfeatures = [\"mroe\"]\n",
            "fleet.toml:3: program `one`: none of its packages has the feature `mroe`: correct the name",
        ),
        // It was said to be no `struct ProgramTable`.
        (
            "[programs]\none = \"one@1.0.0\"\n",
            "fleet.toml:2: not a fleet file: invalid type: string \"one@1.0.0\", expected a table, for example [programs.rg] with `crate = \"ripgrep@14.1.1\"`",
        ),
        // It was wanted to be a `string or table`.
        (
            "candidates = true\n[programs.one]\ncrate = \"one@1.0.0\"\n",
            "fleet.toml:1: not a fleet file: invalid type: boolean `true`, expected `candidates` to be \"index\" or \"locks\"",
        ),
        (
            "candidates = \"lock\"\n[programs.one]\ncrate = \"one@1.0.0\"\n",
            "fleet.toml:1: not a fleet file: invalid value: string \"lock\", expected `candidates` to be \"index\" or \"locks\"",
        ),
        // The key was not named.
        (
            "[programs.one]\ncrate = \"one@1.0.0\"\n[programs.one]\ncrate = \"one@1.0.0\"\n",
            "fleet.toml:3: not a fleet file: the key `one` is there twice: keep one of them",
        ),
        (
            "pin = 3\n[programs.one]\ncrate = \"one@1.0.0\"\n",
            "fleet.toml:1: not a fleet file: invalid type: integer `3`, expected a table",
        ),
        (
            "separate = true\n[programs.one]\ncrate = \"one@1.0.0\"\n",
            "fleet.toml:1: not a fleet file: invalid type: boolean `true`, expected an array",
        ),
        // It was taken for both Linux ones.
        (
            "platforms = []\n[programs.one]\ncrate = \"one@1.0.0\"\n",
            "fleet.toml:1: `platforms` has no platform: name one, as x86_64-unknown-linux-gnu, or leave the key out for both Linux ones",
        ),
        // The lock was to blame.
        (
            "[programs.one]\ncrate = \"one@1.0.0\"\nfeatures = [\"part/aa\", \"part/b\"]\n",
            "fleet.toml:3: program `one`: the feature `part/aa`: `part 1.1.0` has no feature `aa`: correct the name",
        ),
        // A link was followed out of the folder, of which Nix sees the link alone.
        (
            "[programs.one]\npath = \"link\"\n",
            "fleet.toml:2: the folder `link` is not below that of the fleet file, and Nix is handed that folder alone: move one of them, or use `git`",
        ),
    ];
    std::os::unix::fs::symlink("/", world.path("link")).unwrap();
    for (fleet, message) in cases {
        assert_eq!(world.refused(fleet), message, "{fleet}");
    }
    // Of several members it was not said which.
    world.write("tools/broken/Cargo.toml", "[package\n");
    assert_eq!(
        world.refused("[programs.one]\npath = \"tools/broken\"\n"),
        "fleet.toml:2: program `one`, in the folder `tools/broken`: Cargo.toml:1: not valid TOML for a Cargo manifest: \
         unclosed table, expected `]`"
    );
    // The line of the manifest was not named.
    world.write(
        "tools/far/Cargo.toml",
        "[package]\nname = \"far\"\n[dependencies]\ngone = { path = \"../gone\" }\n",
    );
    world.write("tools/far/Cargo.lock", "version = 4\n");
    world.write("tools/far/src/main.rs", "fn main() {}\n");
    assert_eq!(
        world.refused("[programs.far]\npath = \"tools/far\"\n"),
        "fleet.toml:2: program `far`, in the folder `tools/far`: Cargo.toml:4: the dependency `gone` has path `DIR/tools/gone`, \
         where there is no Cargo.toml: correct the path"
    );
    // Of these, too, and the file's name.
    let message = world.refused("[programs.none]\ncrate = \"none@1.0.0\"\n");
    assert!(message.starts_with("fleet.toml:2: program `none`: none"), "{message}");
    world.program("old", "resolver = \"1\"\n", &[("old", "1.0.0", &[])]);
    assert_eq!(
        world.refused("[programs.old]\ncrate = \"old@1.0.0\"\nfeatures = [\"mroe\"]\n"),
        "fleet.toml:3: program `old`: package `old 1.0.0` has no feature `mroe`: correct the name, or add it to [features]"
    );
}

#[test]
fn pins_that_nobody_can_have_are_told() {
    let mut world = World::new();
    world.yanked.insert(("part".to_owned(), "1.5.0".to_owned()));
    for version in ["1.1.0", "1.5.0", "2.0.0"] {
        world.publish("part", version, "", &[]);
    }
    let lock: &[(&str, &str, &[&str])] = &[("one", "1.0.0", &["part"]), ("part", "1.1.0", &[])];
    world.program("one", "[dependencies]\npart = \"1\"\n", lock);
    let one = "[programs.one]\ncrate = \"one@1.0.0\"\n";
    assert_eq!(
        world.refused(&format!("pin = {{ part = \"1.5.0\" }}\n{one}")),
        "fleet.toml:1: `part` 1.5.0 can't be chosen: no lock has it, and it was withdrawn, or needs a newer compiler: pin another version"
    );
    // It is in the registry, but what asks for the crate accepts no version of that range.
    let graph = world.import(&format!("pin = {{ part = \"2.0.0\" }}\n{one}"));
    assert_eq!(versions(&graph, "part"), ["1.1.0"]);
    let notice = json!({ "kind": "pin", "text": "No program can have part 2.0.0, which `pin` asks for." });
    assert_eq!(graph["notices"], json!([notice]));
    assert_eq!(
        world.import(&format!("pin = {{ part = \"1.1.0\" }}\n{one}"))["notices"],
        Value::Null
    );
}

/// libc has hundreds of versions.
#[test]
fn of_the_many_versions_of_a_registry_those_of_the_locks_are_told() {
    let mut world = World::new();
    for minor in 0..20 {
        world.publish("part", &format!("1.{minor}.0"), "", &[]);
    }
    let lock: &[(&str, &str, &[&str])] = &[("one", "1.0.0", &["part"]), ("part", "1.1.0", &[])];
    world.program("one", "[dependencies]\npart = \"1\"\n", lock);
    assert_eq!(
        world.refused("pin = { part = \"1.99.0\" }\n[programs.one]\ncrate = \"one@1.0.0\"\n"),
        "fleet.toml:1: there is no `part` 1.99.0 to choose: the locks have 1.1.0, and there are 19 others"
    );
}

#[test]
fn a_host_without_platforms_is_that_of_the_usual_ones() {
    let world = two(("1", "1.1.0"), ("1", "1.3.0"));
    let graph = world.import(&format!("host = \"aarch64-unknown-linux-gnu\"\n{TWO}"));
    let (other, own) = ("x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu");
    assert_eq!(
        graph["platforms"],
        json!([{ "target": other, "host": own }, { "target": own }])
    );
}

#[test]
fn a_platform_that_is_listed_twice_is_one() {
    let world = two(("1", "1.1.0"), ("1", "1.3.0"));
    let own = "aarch64-unknown-linux-gnu";
    let graph = world.import(&format!("platforms = [\"{own}\", \"{own}\"]\n{TWO}"));
    assert_eq!(graph["platforms"], json!([{ "target": own }]));
}

/// A mistyped triple was told without the place where it stands.
#[test]
fn a_triple_that_nobody_knows_is_told_with_its_line() {
    let world = two(("1", "1.1.0"), ("1", "1.3.0"));
    let own = "x86_64-unknown-linux-gnu";
    for (keys, line, triple) in [
        ("\nplatforms = [\"x86_64-linux\"]\n".to_owned(), 2, "x86_64-linux"),
        (
            format!("platforms = [\"{own}\"]\nhost = \"x86_64-linus\"\n"),
            2,
            "x86_64-linus",
        ),
    ] {
        world.write("fleet.toml", &format!("{keys}{TWO}"));
        let output = world.dyrust(&["fleet", "import", "--offline"]);
        let said = String::from_utf8_lossy(&output.stderr);
        let expected = format!("error: fleet.toml:{line}: target `{triple}` is not known to dyrust: ");
        assert!(said.starts_with(&expected), "{said}");
    }
}

/// The index has one file for both names, so that the archive of one was asked for that nobody has.
#[test]
fn a_name_in_capitals_is_none() {
    let mut world = World::new();
    world.program("one", "", &[("one", "1.0.0", &[])]);
    let output = world.dyrust(&["fleet", "add", "One", "--offline"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("there is no release of a crate `One`"), "{said}");
    assert!(world.dyrust(&["fleet", "add", "one", "--offline"]).status.success());
}

/// It said "added" of what it then took back.
#[test]
fn what_a_fleet_can_not_take_is_not_added() {
    let world = two(("1", "1.1.0"), ("1", "1.3.0"));
    world.write("fleet.toml", "[programs.one]\ncrate = \"one@1.0.0\"\n");
    let add = |program: &str| {
        let output = world.dyrust(&["fleet", "add", "--offline", program]);
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let (success, said) = add("part@1.1.0");
    assert!(!success && said.is_empty(), "{said}");
    let (success, said) = add("two@1.0.0");
    assert!(success && said.contains("two 1.0.0 added\n"), "{said}");
}

/// A fleet file was written before its import, and again when that failed: if it was interrupted meanwhile, it was not as it had been.
#[test]
fn an_edit_that_cannot_be_imported_writes_nothing() {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let mut world = World::new();
    for name in ["one", "two"] {
        world.program(name, "", &[(name, "1.0.0", &[])]);
    }
    world.import("[programs.one]\ncrate = \"one@1.0.0\"\n");
    let (file, graph) = (world.path("fleet.toml"), world.path("fleet.json"));
    let of = |file| (fs::metadata(file).unwrap().ino(), fs::read_to_string(file).unwrap());
    let before = (of(&file), of(&graph));
    let add = |program: &str| world.dyrust(&["fleet", "add", "--offline", program]).status.code();
    assert_eq!(add("two@9.9.9"), Some(2));
    fs::set_permissions(&graph, fs::Permissions::from_mode(0o444)).unwrap();
    assert_eq!(add("two@1.0.0"), Some(2));
    assert_eq!((of(&file), of(&graph)), before);
    // Nor is there one where there was none.
    assert_eq!(
        world
            .dyrust(&["fleet", "add", "--offline", "--file", "new.toml", "two@9.9.9"])
            .status
            .code(),
        Some(2)
    );
    assert!(!world.path("new.toml").exists());
}

#[test]
fn contradicting_variables_name_both_members() {
    let mut world = World::new();
    for (name, value) in [("one", "1"), ("two", "2")] {
        let lock = world.lock(&[(name, "1.0.0", &[])], name);
        let configuration = format!("[env]\nNUMBER = \"{value}\"\n");
        let files = [
            ("src/main.rs", "fn main() {}\n"),
            ("Cargo.lock", &lock),
            (".cargo/config.toml", &configuration),
        ];
        world.publish(name, "1.0.0", "", &files);
    }
    assert_eq!(
        world.refused(TWO),
        "fleet.toml:3: `one` and `two` set `NUMBER` to different values (`1`, `2`): add `isolated = true` to one of them"
    );
    let graph = world.import(&format!("{TWO}isolated = true\n"));
    assert_eq!(graph["environment"], json!({ "NUMBER": "1" }));
    assert_eq!(graph["apart"]["two"]["environment"], json!({ "NUMBER": "2" }));
}

/// Two programs: one has the newest `part`, which asks for `leaf` exactly, but without the feature for it; the other has an older one.
fn family() -> World {
    let mut world = World::new();
    for version in ["1.0.0", "1.1.0", "1.2.0", "1.3.0"] {
        world.publish("leaf", version, "", &[]);
    }
    for (version, leaf) in [("1.0.0", "=1.0.0"), ("1.1.0", "=1.1.0")] {
        world.publish(
            "part",
            version,
            &format!("[features]\nmore = [\"dep:leaf\"]\n[dependencies]\nleaf = {{ version = \"{leaf}\", optional = true }}\n"),
            &[],
        );
    }
    world.program(
        "one",
        "[dependencies]\npart = { version = \"1\", features = [\"more\"] }\n",
        &[
            ("leaf", "1.0.0", &[]),
            ("one", "1.0.0", &["part"]),
            ("part", "1.0.0", &["leaf"]),
        ],
    );
    world.program(
        "two",
        "[dependencies]\npart = \"1\"\n",
        &[("part", "1.1.0", &[]), ("two", "1.0.0", &["part"])],
    );
    world
}

#[test]
fn a_version_that_no_lock_has_is_taken_from_the_index_where_it_is_needed() {
    let world = family();
    let graph = world.import(TWO);
    assert_eq!(versions(&graph, "part"), ["1.1.0"]);
    assert_eq!(versions(&graph, "leaf"), ["1.1.0"]);
    let notices = graph["notices"].as_array().unwrap();
    let notice = notices.iter().find(|notice| notice["kind"] == "index").unwrap();
    assert_eq!(
        notice["text"],
        "No member's lock has leaf 1.1.0: taken from the registry's index."
    );
    let graph = world.import(&format!("candidates = \"locks\"\n{TWO}"));
    assert_eq!(versions(&graph, "leaf"), ["1.0.0"]);
}

/// A notice named packages that were nowhere in the graph, and another import named others of them: the graph was never current.
#[test]
fn what_only_other_platforms_take_from_the_index_is_in_no_notice() {
    let mut world = World::new();
    for version in ["1.0.0", "1.1.0"] {
        world.publish("leaf", version, "", &[]);
        let manifest = format!(
            "[features]\nmore = [\"dep:leaf\"]\n[target.'cfg(windows)'.dependencies]\nleaf = {{ version = \"={version}\", optional = true }}\n"
        );
        let dependencies = json!([{
            "name": "leaf", "req": format!("={version}"), "features": [], "optional": true, "default_features": true,
            "target": "cfg(windows)", "kind": "normal",
        }]);
        world.publish_as("part", version, &manifest, &[], &dependencies);
    }
    let one = "[dependencies]\npart = { version = \"1\", features = [\"more\"] }\n";
    let lock: &[(&str, &str, &[&str])] = &[
        ("leaf", "1.0.0", &[]),
        ("one", "1.0.0", &["part"]),
        ("part", "1.0.0", &["leaf"]),
    ];
    world.program("one", one, lock);
    let lock: &[(&str, &str, &[&str])] = &[("part", "1.1.0", &[]), ("two", "1.0.0", &["part"])];
    world.program("two", "[dependencies]\npart = \"1\"\n", lock);
    let graph = world.import(TWO);
    assert_eq!(versions(&graph, "part"), ["1.1.0"]);
    assert_eq!(graph["packages"].get("leaf"), None);
    assert_eq!(graph["notices"], Value::Null);
    let windows = world.import(&format!("platforms = [\"x86_64-pc-windows-gnu\"]\n{TWO}"));
    assert_eq!(versions(&windows, "leaf"), ["1.1.0"]);
    assert_eq!(windows["notices"][0]["kind"], "index");
}

#[test]
fn withdrawn_versions_and_those_for_newer_compilers_are_not_taken_from_the_index() {
    for newer in [false, true] {
        let mut world = World::new();
        world.publish("leaf", "1.0.0", "", &[]);
        world.publish("leaf", "1.1.0", "", &[]);
        if newer {
            world.publish("leaf", "1.2.0", "rust-version = \"9.1\"\n", &[]);
        } else {
            world.yanked.insert(("leaf".to_owned(), "1.2.0".to_owned()));
            world.publish("leaf", "1.2.0", "", &[]);
        }
        let part = "[features]\nmore = [\"dep:leaf\"]\n[dependencies]\nleaf = { version = \"1.1\", optional = true }\n";
        world.publish("part", "1.0.0", &part.replace("1.1", "1.0"), &[]);
        world.publish("part", "1.1.0", part, &[]);
        world.program(
            "one",
            "[dependencies]\npart = { version = \"1\", features = [\"more\"] }\n",
            &[
                ("leaf", "1.0.0", &[]),
                ("one", "1.0.0", &["part"]),
                ("part", "1.0.0", &["leaf"]),
            ],
        );
        world.program(
            "two",
            "[dependencies]\npart = \"1\"\n",
            &[("part", "1.1.0", &[]), ("two", "1.0.0", &["part"])],
        );
        assert_eq!(versions(&world.import(TWO), "leaf"), ["1.1.0"], "newer: {newer}");
    }
}

#[test]
fn a_feature_is_not_shared_where_it_would_bring_a_crate() {
    let mut world = World::new();
    world.publish("leaf", "1.0.0", "", &[]);
    world.publish(
        "part",
        "1.0.0",
        "[features]\nmore = [\"dep:leaf\"]\nplain = []\n[dependencies]\nleaf = { version = \"1\", optional = true }\n",
        &[],
    );
    let uses = |features: &str| format!("[dependencies]\npart = {{ version = \"1\", features = [{features}] }}\n");
    world.program(
        "one",
        &uses("\"more\""),
        &[
            ("leaf", "1.0.0", &[]),
            ("one", "1.0.0", &["part"]),
            ("part", "1.0.0", &["leaf"]),
        ],
    );
    world.program(
        "two",
        &uses("\"plain\""),
        &[("part", "1.0.0", &[]), ("two", "1.0.0", &["part"])],
    );
    assert_eq!(
        features_of_part(&world.import(TWO)),
        [r#"["more","plain"]"#, r#"["plain"]"#]
    );
}

/// flate2's `any_zlib` was shared without the `zlib` that includes it, and did not compile: only what somebody asks for is shared.
#[test]
fn a_feature_that_is_only_included_in_others_is_not_shared() {
    let mut world = World::new();
    world.publish("sys", "1.0.0", "", &[]);
    world.publish(
        "part",
        "1.0.0",
        "[features]\nany = []\nzlib = [\"any\", \"dep:sys\"]\nplain = []\n[dependencies]\nsys = { version = \"1\", optional = true }\n",
        &[],
    );
    let uses = |features: &str| format!("[dependencies]\npart = {{ version = \"1\", features = [{features}] }}\n");
    world.program(
        "one",
        &uses("\"zlib\""),
        &[
            ("one", "1.0.0", &["part"]),
            ("part", "1.0.0", &["sys"]),
            ("sys", "1.0.0", &[]),
        ],
    );
    world.program(
        "two",
        &uses("\"plain\""),
        &[("part", "1.0.0", &[]), ("two", "1.0.0", &["part"])],
    );
    assert_eq!(
        features_of_part(&world.import(TWO)),
        [r#"["any","plain","zlib"]"#, r#"["plain"]"#]
    );
}

/// gzp asks flate2 for `any_zlib` and for `zlib-ng`; others got the first alone, and flate2 did not compile. A marker that a dependency of its
/// own asks for alone is given, and so is what is asked for with what the program has anyway.
#[test]
fn of_what_is_asked_for_at_once_no_part_is_shared() {
    // By the table of dependencies, by a feature of the dependent, and by both.
    let asker = |table: &str, feature: &str| {
        format!(
            "[features]\ndefault = [{feature}]\n[dependencies]\npart = {{ version = \"1\", default-features = false, features = [{table}] }}\n"
        )
    };
    for asker in [
        asker("\"any\", \"zlib\"", ""),
        asker("", "\"part/any\", \"part/zlib\""),
        asker("\"any\"", "\"part/zlib\""),
        format!(
            "{}[target.'cfg(unix)'.dependencies]\npart = {{ version = \"1\", features = [\"zlib\"] }}\n",
            asker("\"any\"", "")
        ),
    ] {
        for has_sys in [false, true] {
            let mut world = World::new();
            world.publish("sys", "1.0.0", "", &[]);
            let part = "[features]\nany = []\nzlib = [\"dep:sys\"]\nplain = []\n[dependencies]\nsys = { version = \"1\", optional = true }\n";
            world.publish("part", "1.0.0", part, &[]);
            world.publish("asker", "1.0.0", &asker, &[]);
            world.program(
                "one",
                "[dependencies]\nasker = \"1\"\n",
                &[
                    ("asker", "1.0.0", &["part"]),
                    ("one", "1.0.0", &["asker"]),
                    ("part", "1.0.0", &["sys"]),
                    ("sys", "1.0.0", &[]),
                ],
            );
            let mut uses = "[dependencies]\npart = { version = \"1\", features = [\"plain\"] }\n".to_owned();
            let mut lock: Vec<(&str, &str, &[&str])> = vec![("part", "1.0.0", &[]), ("two", "1.0.0", &["part"])];
            // What brings no crate any more is shared as a whole.
            let mut expected = vec![r#"["any","plain","zlib"]"#, r#"["plain"]"#];
            if has_sys {
                uses.push_str("sys = \"1\"\n");
                lock = vec![
                    ("part", "1.0.0", &[]),
                    ("sys", "1.0.0", &[]),
                    ("two", "1.0.0", &["part", "sys"]),
                ];
                expected.pop();
            }
            world.program("two", &uses, &lock);
            assert_eq!(features_of_part(&world.import(TWO)), expected, "{asker}");
        }
    }
}

/// The first resolver has one set of features for target and host: what a program got for the one counted as asked for by itself for the other,
/// and was given on in part.
#[test]
fn what_was_given_to_a_program_of_the_first_resolver_is_not_given_on_in_part() {
    let mut world = World::new();
    let script = [("build.rs", "fn main() {}\n")];
    world.publish("sys", "1.0.0", "links = \"sys\"\nbuild = \"build.rs\"\n", &script);
    let part =
        "[features]\nany = []\nzlib = [\"dep:sys\"]\n[dependencies]\nsys = { version = \"1\", optional = true }\n";
    world.publish("part", "1.0.0", part, &[]);
    let asks = "[dependencies]\npart = { version = \"1\", features = [\"any\", \"zlib\"] }\n";
    world.program(
        "one",
        asks,
        &[
            ("one", "1.0.0", &["part"]),
            ("part", "1.0.0", &["sys"]),
            ("sys", "1.0.0", &[]),
        ],
    );
    world.program(
        "two",
        "resolver = \"1\"\n[dependencies]\nsys = \"1\"\npart = \"1\"\n[build-dependencies]\npart = \"1\"\nsys = \"1\"\n",
        &[("part", "1.0.0", &[]), ("sys", "1.0.0", &[]), ("two", "1.0.0", &["part", "sys"])],
    );
    world.program(
        "three",
        "build = \"build.rs\"\n[build-dependencies]\npart = \"1\"\n",
        &[("part", "1.0.0", &[]), ("three", "1.0.0", &["part"])],
    );
    let graph = world.import(&format!("{TWO}[programs.three]\ncrate = \"three@1.0.0\"\n"));
    for features in features_of_part(&graph) {
        assert!(features != "[\"any\"]", "{features}");
    }
}

/// Programs of the first resolver were refused what brings a proc macro, as that resolver knows one set of features for target and host.
#[test]
fn a_feature_that_brings_a_proc_macro_is_shared_whatever_the_resolver() {
    let mut world = World::new();
    world.publish("part_derive", "1.0.0", "[lib]\nproc-macro = true\n", &[]);
    world.publish(
        "part",
        "1.0.0",
        "[features]\nderive = [\"dep:part_derive\"]\n[dependencies]\npart_derive = { version = \"1\", optional = true }\n",
        &[],
    );
    world.program(
        "one",
        "[dependencies]\npart = { version = \"1\", features = [\"derive\"] }\n",
        &[
            ("one", "1.0.0", &["part"]),
            ("part", "1.0.0", &["part_derive"]),
            ("part_derive", "1.0.0", &[]),
        ],
    );
    world.program(
        "two",
        "resolver = \"1\"\n[dependencies]\npart = \"1\"\n",
        &[("part", "1.0.0", &[]), ("two", "1.0.0", &["part"])],
    );
    let units = &world.import(TWO)["packages"]["part"]["units"];
    assert_eq!(units.as_object().unwrap().len(), 1);
    assert_eq!(units["lib"]["features"], json!(["derive"]));
}

#[test]
fn a_feature_is_shared_with_programs_that_have_its_crate_anyway() {
    let mut world = World::new();
    world.publish("leaf", "1.0.0", "", &[]);
    world.publish(
        "part",
        "1.0.0",
        "[features]\nmore = [\"dep:leaf\"]\n[dependencies]\nleaf = { version = \"1\", optional = true }\n",
        &[],
    );
    world.program(
        "one",
        "[dependencies]\npart = { version = \"1\", features = [\"more\"] }\n",
        &[
            ("leaf", "1.0.0", &[]),
            ("one", "1.0.0", &["part"]),
            ("part", "1.0.0", &["leaf"]),
        ],
    );
    world.program(
        "two",
        "[dependencies]\npart = \"1\"\nleaf = \"1\"\n",
        &[
            ("leaf", "1.0.0", &[]),
            ("part", "1.0.0", &[]),
            ("two", "1.0.0", &["leaf", "part"]),
        ],
    );
    let units = &world.import(TWO)["packages"]["part"]["units"];
    assert_eq!(units.as_object().unwrap().len(), 1);
    assert_eq!(units["lib"]["features"], json!(["more"]));
}

#[test]
fn a_program_keeps_its_own_profile_for_its_own_code() {
    let mut world = World::new();
    world.publish("part", "1.0.0", "", &[]);
    for (name, profile) in [
        (
            "one",
            "[profile.release]\nopt-level = \"s\"\ncodegen-units = 1\n\
             [profile.release.package]\none = { overflow-checks = true }\n\"*\" = { opt-level = 3 }\n",
        ),
        ("two", ""),
    ] {
        world.program(
            name,
            &format!("{profile}[dependencies]\npart = \"1\"\n"),
            &[(name, "1.0.0", &["part"]), ("part", "1.0.0", &[])],
        );
    }
    let graph = world.import(TWO);
    assert_eq!(
        graph["packages"]["one"]["units"]["bin one"]["profile"],
        json!({ "opt-level": "s", "codegen-units": 1, "overflow-checks": true })
    );
    // The tables for single packages were passed over without a word.
    let told = "[profile.release.package.\"*\"] of `one` counts for packages of their own alone: what they share has Cargo's own release profile.";
    assert!(
        graph["notices"].to_string().contains(&told.replace('"', "\\\"")),
        "{}",
        graph["notices"]
    );
    assert_eq!(graph["packages"]["part"]["units"]["lib"].get("profile"), None);

    // What the environment says counted less than the manifest, where Cargo has it the other way round.
    let import = |variables: &[(&str, &str)]| {
        let output = world
            .command(&["fleet", "import", "--offline"])
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let graph = std::fs::read_to_string(world.path("fleet.json")).unwrap();
        serde_json::from_str::<Value>(&graph).unwrap()
    };
    let graph = import(&[("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")]);
    let one = &graph["packages"]["one"]["units"]["bin one"]["profile"];
    assert_eq!(
        (one, &graph["profile"]["target"]["opt-level"]),
        (&json!({ "codegen-units": 1, "overflow-checks": true }), &json!("1"))
    );
}

/// A workspace in a folder below was built as if the fleet's folder were its own: its lock was not looked for, what its configuration of
/// rustc's flags names neither, and what its manifest says that all packages read was not there.
#[test]
fn what_packages_read_of_their_workspace_below_the_fleet_file() {
    let world = World::new();
    let script =
        "fn main() { println!(\"cargo:rerun-if-changed=Cargo.lock\"); std::fs::read(\"Cargo.lock\").unwrap(); }\n";
    let manifest = |name: &str| format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
    for folder in ["shop", "forge"] {
        let lock = [folder, &format!("{folder}-part")]
            .map(|name| format!("[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\n"));
        world.write(
            &format!("{folder}/Cargo.lock"),
            &format!("version = 4\n\n{}\n{}", lock[0], lock[1]),
        );
        world.write(
            &format!("{folder}/Cargo.toml"),
            &format!(
                "{}[workspace]\nmembers = [\"part\"]\n[workspace.metadata.dyrust]\nfiles = [\"words/*.txt\"]\n",
                manifest(folder)
            ),
        );
        world.write(&format!("{folder}/build.rs"), script);
        world.write(&format!("{folder}/src/main.rs"), "fn main() {}\n");
        world.write(
            &format!("{folder}/part/Cargo.toml"),
            &manifest(&format!("{folder}-part")),
        );
        world.write(
            &format!("{folder}/part/src/main.rs"),
            "const A: &str = include_str!(\"../../notes.md\"); fn main() {}\n",
        );
        world.write(&format!("{folder}/notes.md"), "");
        world.write(&format!("{folder}/words/a.txt"), "");
        world.write(&format!("{folder}/libs/a.txt"), "");
    }
    world.write(".cargo/config.toml", "[build]\nrustflags = [\"-Lnative=libs\"]\n");
    let members = |name: &str| format!("[programs.{name}]\npath = \"{name}\"\npackages = [\"*\"]\n");
    let graph = world.import(&format!("{}isolated = true\n{}", members("forge"), members("shop")));
    for (graph, name) in [(&graph["apart"]["forge"], "forge"), (&graph, "shop")] {
        let files = |package: &str| graph["packages"][package]["files"].clone();
        let around = format!("/{name}/libs");
        assert_eq!(
            files(name),
            json!([format!("/{name}/Cargo.lock"), "libs", "words/*.txt"]),
            "{graph}"
        );
        let part = format!("{name}-part");
        let expected = json!([around, format!("/{name}/notes.md"), format!("/{name}/words/*.txt")]);
        assert_eq!(files(&part), expected);
        assert_eq!(graph["packages"][&part]["workspace"], name);
        assert_eq!(graph.get("files"), None);
    }
}

/// Two workspaces with a library of one name could not be in a fleet: they were taken for the same package.
#[test]
fn workspaces_have_packages_of_one_name() {
    let world = World::new();
    let manifest = |name: &str| format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
    for (folder, profile) in [("shop", "[profile.release]\npanic = \"abort\"\n"), ("forge", "")] {
        let app = format!("{folder}-app");
        let locked = |name: &str, more: &str| format!("[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\n{more}\n");
        let depends = "dependencies = [\"common\"]\n";
        let lock = [locked("common", ""), locked(&app, depends), locked("xtask", depends)];
        world.write(
            &format!("{folder}/Cargo.lock"),
            &format!("version = 4\n\n{}", lock.concat()),
        );
        world.write(
            &format!("{folder}/Cargo.toml"),
            &format!("[workspace]\nmembers = [\"app\", \"common\", \"xtask\"]\nresolver = \"2\"\n{profile}"),
        );
        let common = "[dependencies]\ncommon = { path = \"../common\" }\n";
        world.write(
            &format!("{folder}/app/Cargo.toml"),
            &format!("{}{common}", manifest(&app)),
        );
        world.write(&format!("{folder}/app/src/main.rs"), "fn main() {}\n");
        world.write(&format!("{folder}/common/Cargo.toml"), &manifest("common"));
        world.write(&format!("{folder}/common/src/lib.rs"), "");
        world.write(
            &format!("{folder}/xtask/Cargo.toml"),
            &format!("{}{common}", manifest("xtask")),
        );
        world.write(&format!("{folder}/xtask/src/main.rs"), "fn main() {}\n");
    }
    let both = "[programs.forge]\npath = \"forge\"\n[programs.shop]\npath = \"shop\"\n";
    assert_eq!(
        world.refused(both),
        "fleet.toml:1: `shop` and `forge` both have a program `xtask`: choose others with `bins`, or drop one of them"
    );
    let graph = world.import(&format!("{both}bins = [\"shop-app\"]\n"));
    let packages = graph["packages"].as_object().unwrap();
    let mut paths: Vec<&str> = packages
        .values()
        .map(|package| package["path"].as_str().unwrap())
        .collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        ["forge/app", "forge/common", "forge/xtask", "shop/app", "shop/common"]
    );
    // What a member's profile says is of its own programs.
    let panic = |package: &str, unit: &str| graph["packages"][package]["units"][unit]["profile"]["panic"].clone();
    assert_eq!(panic("shop-app", "bin shop-app"), "abort");
    assert_eq!(panic("forge-app", "bin forge-app"), Value::Null);
}

#[test]
fn a_patch_concerns_what_depends_on_it() {
    let mut world = World::new();
    world.publish("leaf", "1.0.0", "", &[]);
    world.publish("middle", "1.0.0", "[dependencies]\nleaf = \"1\"\n", &[]);
    world.publish("other", "1.0.0", "", &[]);
    world.program(
        "two",
        "[dependencies]\nmiddle = \"1\"\nother = \"1\"\n",
        &[
            ("leaf", "1.0.0", &[]),
            ("middle", "1.0.0", &["leaf"]),
            ("other", "1.0.0", &[]),
            ("two", "1.0.0", &["middle", "other"]),
        ],
    );
    world.write(
        "ours/Cargo.toml",
        "[package]\nname = \"ours\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[workspace]\n[dependencies]\nmiddle = \"1\"\n\
         other = \"1\"\n[patch.crates-io]\nleaf = { path = \"leaf\" }\n",
    );
    world.write("ours/src/main.rs", "fn main() {}\n");
    world.write(
        "ours/leaf/Cargo.toml",
        "[package]\nname = \"leaf\"\nversion = \"1.0.1\"\nedition = \"2021\"\n",
    );
    world.write("ours/leaf/src/lib.rs", "");
    let lock = world.lock(&[("middle", "1.0.0", &["leaf"]), ("other", "1.0.0", &[])], "");
    world.write(
        "ours/Cargo.lock",
        &format!(
            "{lock}\n[[package]]\nname = \"leaf\"\nversion = \"1.0.1\"\n\n[[package]]\nname = \"ours\"\nversion = \"0.1.0\"\n\
             dependencies = [\"middle\", \"other\"]\n"
        ),
    );
    let graph = world.import("[programs.ours]\npath = \"ours\"\n[programs.two]\ncrate = \"two@1.0.0\"\n");
    assert!(apart(&graph).is_empty());
    assert_eq!(versions(&graph, "leaf"), ["1.0.0", "1.0.1"]);
    assert_eq!(graph["packages"]["middle"]["units"].as_object().unwrap().len(), 2);
    assert_eq!(graph["packages"]["other"]["units"].as_object().unwrap().len(), 1);
    // The workspace that was written of the program had no patch, so that Cargo refused its lock. One that nothing uses would be in a lock.
    let manifest = std::fs::read_to_string(world.path("ours/Cargo.toml")).unwrap();
    world.write(
        "ours/Cargo.toml",
        &format!("{manifest}unused = {{ path = \"unused\" }}\n"),
    );
    world.write(
        "ours/unused/Cargo.toml",
        "[package]\nname = \"unused\"\nversion = \"1.0.0\"\nedition = \"2021\"\n",
    );
    world.write("ours/unused/src/lib.rs", "");
    // Nor could such a member be imported.
    let output = world.dyrust(&["fleet", "import", "--offline"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = world.dyrust(&["fleet", "workspace", "written", "--offline"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let written = |program: &str| -> toml::Table {
        let text = std::fs::read_to_string(world.path(&format!("written/{program}/Cargo.toml"))).unwrap();
        toml::from_str(&text).unwrap()
    };
    let patches: toml::Table = toml::from_str("[crates-io]\nleaf = { path = \"ours/leaf\" }\n").unwrap();
    assert_eq!(written("ours")["patch"], patches.into());
    assert!(!written("two").contains_key("patch"));
}

/// A program whose packages inherit, as in most workspaces, could not be written.
#[test]
fn a_written_workspace_has_what_its_packages_inherit() {
    let world = two(("1", "1.1.0"), ("1", "1.2.0"));
    world.write(
        "ours/Cargo.toml",
        "[workspace]\nmembers = [\"app\", \"crates/part-of\"]\n[workspace.package]\nversion = \"0.3.0\"\nedition = \"2021\"\n\
         readme = \"README.md\"\n[workspace.lints.rust]\nunused = \"allow\"\n[workspace.dependencies]\n\
         part = { version = \"1\", default-features = false }\npart-of = { path = \"crates/part-of\" }\n",
    );
    world.write("ours/README.md", "");
    let inherited =
        "version.workspace = true\nedition.workspace = true\nreadme.workspace = true\n[lints]\nworkspace = true\n";
    world.write(
        "ours/app/Cargo.toml",
        &format!("[package]\nname = \"app\"\n{inherited}[dependencies]\npart-of.workspace = true\n"),
    );
    world.write("ours/app/src/main.rs", "fn main() {\n    part_of::call();\n}\n");
    world.write(
        "ours/crates/part-of/Cargo.toml",
        &format!("[package]\nname = \"part-of\"\n{inherited}[dependencies]\npart = {{ workspace = true }}\n"),
    );
    world.write("ours/crates/part-of/src/lib.rs", "pub fn call() {}\n");
    let lock = world.lock(&[("part", "1.1.0", &[])], "");
    world.write(
        "ours/Cargo.lock",
        &format!(
            "{lock}\n[[package]]\nname = \"app\"\nversion = \"0.3.0\"\ndependencies = [\"part-of\"]\n\n\
             [[package]]\nname = \"part-of\"\nversion = \"0.3.0\"\ndependencies = [\"part\"]\n"
        ),
    );
    world.import(&format!("{TWO}[programs.ours]\npath = \"ours\"\n"));
    let output = world.dyrust(&["fleet", "workspace", "written", "--offline"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Cargo takes the lock for that of the workspace.
    let output = world.cargo("written/ours", &["check", "--locked", "--offline"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The command is printed to be run, and a program may have any name: a shell read the rest of it as a command of its own.
#[test]
fn the_command_for_a_written_workspace_is_one_of_a_shell() {
    let world = World::new();
    world.write(
        "ours/Cargo.toml",
        "[package]\nname = \"ours\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[[bin]]\nname = \"odd; $(name)\"\npath = \"src/main.rs\"\n",
    );
    world.write("ours/src/main.rs", "fn main() {}\n");
    world.write("ours/Cargo.lock", &world.lock(&[("ours", "0.1.0", &[])], "ours"));
    world.import("[programs.ours]\npath = \"ours\"\n");
    let output = world.dyrust(&["fleet", "workspace", "written", "--offline"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    let command = printed.trim_end().strip_suffix(')').unwrap();
    assert!(command.ends_with(" --bin='odd; $(name)'"), "{printed}");
}

#[test]
fn a_fleet_keeps_what_it_has_when_a_program_comes() {
    let mut world = two(("1", "1.1.0"), ("1", "1.2.0"));
    assert_eq!(versions(&world.import(TWO), "part"), ["1.2.0"]);
    world.program(
        "three",
        "[dependencies]\npart = \"1\"\n",
        &[("part", "1.3.0", &[]), ("three", "1.0.0", &["part"])],
    );
    let fleet = format!("{TWO}[programs.three]\ncrate = \"three@1.0.0\"\n");
    assert_eq!(versions(&world.import(&fleet), "part"), ["1.2.0"]);
    // `why` and `workspace` spoke of the fleet that would be without its graph: of versions that no unit has.
    assert_eq!(world.why("part")["chosen"][0]["version"], "1.2.0");
    let output = world.dyrust(&["fleet", "workspace", "written", "--offline"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lock = std::fs::read_to_string(world.path("written/three/Cargo.lock")).unwrap();
    assert!(lock.contains("\"1.2.0\"") && !lock.contains("\"1.3.0\""), "{lock}");
}

/// After `cargo update` in a member the graph kept the version from before, which no lock had any more, and said that it was of the index.
#[test]
fn the_update_of_a_lock_reaches_the_graph() {
    let mut world = World::new();
    for version in ["1.1.0", "1.2.0", "1.3.0"] {
        world.publish("part", version, "", &[]);
    }
    let manifest =
        |name: &str| format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\n[dependencies]\npart = \"1\"\n");
    for name in ["ours", "theirs"] {
        world.write(&format!("{name}/Cargo.toml"), &manifest(name));
        world.write(&format!("{name}/src/main.rs"), "fn main() {}\n");
    }
    let locked = |name: &str, version: &str| {
        let lock: &[(&str, &str, &[&str])] = &[(name, "0.1.0", &["part"]), ("part", version, &[])];
        world.write(&format!("{name}/Cargo.lock"), &world.lock(lock, name));
    };
    let ours = "[programs.ours]\npath = \"ours\"\n";
    locked("ours", "1.1.0");
    assert_eq!(versions(&world.import(ours), "part"), ["1.1.0"]);
    locked("ours", "1.2.0");
    let graph = world.import(ours);
    assert_eq!(versions(&graph, "part"), ["1.2.0"]);
    assert_eq!(graph["notices"], Value::Null);
    // What another lock has still is what the fleet has: the versions are chosen anew by `dyrust fleet update` alone.
    locked("theirs", "1.2.0");
    let both = format!("{ours}[programs.theirs]\npath = \"theirs\"\n");
    locked("ours", "1.3.0");
    assert_eq!(versions(&world.import(&both), "part"), ["1.2.0"]);
    locked("theirs", "1.3.0");
    assert_eq!(versions(&world.import(&both), "part"), ["1.3.0"]);
}

/// A member in a folder was said not to be there, and a crate in another range, or in a member's workspace, to be in no lock.
#[test]
fn what_has_no_other_version_is_told_from_what_is_not_there() {
    let world = two(("1", "1.1.0"), ("1", "1.2.0"));
    world.write("three/Cargo.toml", "[package]\nname = \"three\"\nversion = \"0.1.0\"\n");
    world.write("three/src/main.rs", "fn main() {}\n");
    world.write("three/Cargo.lock", &world.lock(&[("three", "0.1.0", &[])], "three"));
    world.import(&format!("{TWO}[programs.three]\npath = \"three\"\n"));
    let refused = |arguments: &[&str]| {
        let output = world.dyrust(arguments);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    assert_eq!(
        refused(&["fleet", "update", "three"]),
        "error: fleet.toml: `three` is not a published program, and has no newer version to take: change its lock, or its `rev`, \
         and run `dyrust fleet import`\n"
    );
    let bisect = |package: &str| refused(&["fleet", "bisect", package, "--offline", "--", "true"]);
    assert_eq!(
        bisect("three"),
        "error: fleet.toml: `three` is a program of the fleet, or a package in its workspace: there is one version of it, and no other to \
         look for\n"
    );
    assert_eq!(
        bisect("part@9.0.0"),
        "error: fleet.toml: no program has `part` in a version compatible with 9.0.0: the versions are 1.2.0\n"
    );
    assert_eq!(
        bisect("parts"),
        "error: fleet.toml: no member's lock has a crate `parts`: correct the name; did you mean `part`?\n"
    );
}

/// It was said that a fleet has to have programs, of one that has some.
#[test]
fn the_last_program_of_a_fleet_stays() {
    let world = two(("1", "1.1.0"), ("1", "1.3.0"));
    world.import(TWO);
    let output = world.dyrust(&["fleet", "remove", "one", "two", "--offline"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: fleet.toml: `one`, `two` is all that the fleet has: one without programs can't be imported, so add another program first \
         (`dyrust fleet add NAME`), or remove the file\n"
    );
    assert_eq!(std::fs::read_to_string(world.path("fleet.toml")).unwrap(), TWO);
}

/// `why`, `blame` and `workspace` knew the fleet file by its position alone, all other verbs that are of something else by `--file` alone.
#[test]
fn verbs_that_are_of_something_else_have_an_option_for_the_file() {
    let world = two(("1", "1.1.0"), ("1", "1.3.0"));
    world.write("other.toml", TWO);
    world.write(
        "log",
        "error: builder for '/nix/store/0123-part-1.3.0.drv' failed with exit code 1\n",
    );
    for words in [["why", "part"], ["blame", "log"], ["workspace", "written"]] {
        let run = |file: &[&str]| {
            let words: Vec<&str> = ["fleet"]
                .iter()
                .chain(&words)
                .chain(file)
                .chain(&["--offline"])
                .copied()
                .collect();
            let output = world.dyrust(&words);
            let _ = std::fs::remove_dir_all(world.path("written"));
            output
        };
        let (option, position) = (run(&["--file", "other.toml"]), run(&["other.toml"]));
        let said = String::from_utf8_lossy(&option.stderr);
        assert!(
            option.status.success() && !option.stdout.is_empty(),
            "{words:?}: {said}"
        );
        assert_eq!(option.stdout, position.stdout, "{words:?}");
        assert_eq!(
            run(&["--file", "other.toml", "other.toml"]).status.code(),
            Some(2),
            "{words:?}"
        );
    }
}
