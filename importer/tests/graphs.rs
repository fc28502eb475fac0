//! The graph of several platforms says of each the same as its units do.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use dyrust_importer::graph::{Graph, OnPlatform};
use dyrust_importer::source::progress::Silent;
use dyrust_importer::{ImportOptions, Mode, PlatformRequest, PlatformUnits, Resolution, Selection, TargetKind};

/// A unit in words → what it needs: `extern name = unit`, `run unit`, `metadata unit`, `program unit`.
type Listing = BTreeMap<String, BTreeSet<String>>;

fn of_units(units: &PlatformUnits) -> Listing {
    let is_script = |unit: usize| {
        let unit = &units.units[unit];
        unit.kind == TargetKind::CustomBuild && unit.mode == Mode::Build
    };
    let name = |unit: usize| {
        let unit = &units.units[unit];
        let test = if unit.mode == Mode::Test { " test" } else { "" };
        let host = if unit.host { " host" } else { "" };
        let target = if unit.kind == TargetKind::CustomBuild {
            ""
        } else {
            &unit.name
        };
        format!(
            "{} {} {:?} {target}{test}{host} {:?}",
            unit.package, unit.version, unit.kind, unit.features
        )
    };
    let mut listing = Listing::new();
    for (number, unit) in units.units.iter().enumerate().filter(|(number, _)| !is_script(*number)) {
        let mut needs = BTreeSet::new();
        for dependency in &unit.dependencies {
            let other = &units.units[dependency.unit];
            if is_script(dependency.unit) {
                let libraries = other.dependencies.iter();
                needs.extend(libraries.map(|library| format!("{} = {}", library.extern_name, name(library.unit))));
            } else if unit.mode == Mode::RunCustomBuild {
                needs.insert(format!("metadata {}", name(dependency.unit)));
            } else if other.mode == Mode::RunCustomBuild {
                needs.insert(format!("run {}", name(dependency.unit)));
            } else if other.kind == TargetKind::Bin {
                needs.insert(format!("program {}", name(dependency.unit)));
            } else {
                needs.insert(format!("{} = {}", dependency.extern_name, name(dependency.unit)));
            }
        }
        // Units that differ in their profiles only have one name here.
        listing.entry(name(number)).or_default().extend(needs);
    }
    listing
}

fn of_graph(graph: &Graph, number: usize) -> Listing {
    let view = graph.on_platform(number);
    let units: BTreeMap<&str, (String, &dyrust_importer::graph::Package, &dyrust_importer::graph::Unit)> = view
        .units()
        .map(|id| {
            let (key, package, unit) = view.unit(id).unwrap();
            (id, (key.split('@').next().unwrap().to_owned(), package, unit))
        })
        .collect();
    let name = |id: &str| {
        let (package_name, package, unit) = &units[id];
        let kind = match unit.kind.as_deref() {
            None | Some("proc-macro") => TargetKind::Lib,
            Some("build") => TargetKind::CustomBuild,
            Some("bin") => TargetKind::Bin,
            Some("example") => TargetKind::Example,
            Some("test") => TargetKind::Test,
            Some("bench") => TargetKind::Bench,
            Some(other) => panic!("{other}"),
        };
        let target = match kind {
            TargetKind::CustomBuild => String::new(),
            TargetKind::Lib => crate_name(package_name, unit),
            _ => unit.name.clone().unwrap_or_else(|| package_name.clone()),
        };
        let test = if unit.test { " test" } else { "" };
        let host = if unit.host || unit.kind.as_deref() == Some("proc-macro") {
            " host"
        } else {
            ""
        };
        format!(
            "{package_name} {} {kind:?} {target}{test}{host} {:?}",
            package.version, unit.features
        )
    };
    let mut listing = Listing::new();
    for id in reachable(&view) {
        let (_, _, unit) = &units[id];
        let mut needs = BTreeSet::new();
        for other in view.libraries(id) {
            let (package, _, library) = &units[other];
            let own = vec![crate_name(package, library)];
            for extern_name in unit.renames.get(other).unwrap_or(&own) {
                needs.insert(format!("{extern_name} = {}", name(other)));
            }
        }
        needs.extend(unit.build.as_deref().map(|id| format!("run {}", name(id))));
        needs.extend(view.metadata(id).into_iter().map(|id| format!("metadata {}", name(id))));
        needs.extend(unit.binaries.values().map(|id| format!("program {}", name(id))));
        listing.entry(name(id)).or_default().extend(needs);
    }
    listing
}

fn crate_name(package: &str, unit: &dyrust_importer::graph::Unit) -> String {
    unit.name.clone().unwrap_or_else(|| package.replace('-', "_"))
}

fn reachable<'a>(view: &OnPlatform<'a>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut stack = view.roots();
    while let Some(id) = stack.pop() {
        if found.insert(id) {
            stack.extend(view.needs(id));
        }
    }
    found
}

/// The graph of a folder, held equal to its units.
fn compare(folder: &Path, selection: Selection) -> Result<Graph, dyrust_importer::Error> {
    let targets = [
        "x86_64-unknown-linux-gnu",
        "aarch64-apple-darwin",
        "x86_64-pc-windows-msvc",
        "wasm32-wasip1",
    ];
    let mut platforms: Vec<PlatformRequest> = targets.into_iter().map(PlatformRequest::native).collect();
    platforms.push(PlatformRequest {
        target: targets[2].to_owned(),
        host: Some(targets[0].to_owned()),
    });
    let options = ImportOptions {
        manifest_path: folder.to_owned(),
        platforms,
        selection,
        offline: true,
    };
    let resolution = Resolution::new(&options, &Silent)?;
    let graph = Graph::new(&resolution, &options.selection)?;
    for (number, units) in resolution.report().unwrap().platforms.iter().enumerate() {
        assert_eq!(
            of_graph(&graph, number),
            of_units(units),
            "{} on platform {number}",
            folder.display()
        );
    }
    Ok(graph)
}

/// The fixtures; those with packages of a registry are left to the oracle, which fetches them.
fn projects() -> Vec<PathBuf> {
    let own =
        |folder: &PathBuf| fs::read_to_string(folder.join("Cargo.lock")).is_ok_and(|lock| !lock.contains("registry+"));
    let checks = Path::new(env!("CARGO_MANIFEST_DIR")).join("../checks/fixtures");
    let entries = fs::read_dir(checks).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(own).collect()
}

#[test]
fn graphs_of_the_fixtures_are_their_units() {
    let projects = projects();
    assert!(projects.len() > 50, "only {} fixtures", projects.len());
    for folder in projects {
        for (workspace, tests) in [(false, false), (true, true)] {
            let selection = Selection {
                workspace,
                tests,
                ..Selection::default()
            };
            compare(&folder, selection).unwrap();
        }
    }
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
}

#[test]
fn features_of_some_platforms_make_variants() {
    let folder = tempfile::tempdir().unwrap();
    let package = |name: &str| format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\n");
    let app = package("app")
        + "[workspace]\n[dependencies]\nleaf = { path = \"leaf\" }\nmiddle-one = { path = \"middle\" }\n\
           [target.'cfg(windows)'.dependencies]\nleaf = { path = \"leaf\", features = [\"extra\"] }\n\
           [target.'cfg(unix)'.dependencies]\nunix_only = { path = \"unix\", package = \"unix-only\" }\n\
           [build-dependencies]\nleaf = { path = \"leaf\" }\n";
    let middle = package("middle-one") + "[dependencies]\nleaf = { path = \"../leaf\" }\n";
    let leaf = package("leaf") + "[features]\nextra = []\n";
    let lock = "version = 4\n\
        [[package]]\nname = \"app\"\nversion = \"1.0.0\"\ndependencies = [\"leaf\", \"middle-one\", \"unix-only\"]\n\
        [[package]]\nname = \"leaf\"\nversion = \"1.0.0\"\n\
        [[package]]\nname = \"middle-one\"\nversion = \"1.0.0\"\ndependencies = [\"leaf\"]\n\
        [[package]]\nname = \"unix-only\"\nversion = \"1.0.0\"\n";
    write(
        folder.path(),
        &[
            ("Cargo.toml", &app),
            ("Cargo.lock", lock),
            ("src/main.rs", ""),
            ("build.rs", ""),
            ("leaf/Cargo.toml", &leaf),
            ("leaf/src/lib.rs", ""),
            ("middle/Cargo.toml", &middle),
            ("middle/src/lib.rs", ""),
            ("unix/Cargo.toml", &package("unix-only")),
            ("unix/src/lib.rs", ""),
        ],
    );
    let graph = compare(folder.path(), Selection::default()).unwrap();
    let leaf = &graph.packages["leaf"].units;
    assert_eq!(leaf.keys().collect::<Vec<_>>(), ["lib", "lib host", "lib ~2"]);
    assert_eq!(leaf["lib ~2"].features, ["extra"]);
    let middle = &graph.packages["middle-one"].units["lib"];
    assert!(middle.dependencies.is_empty());
    let when: Vec<(&str, &[String])> = middle
        .when
        .iter()
        .map(|(on, ids)| (on.as_str(), ids.as_slice()))
        .collect();
    assert_eq!(
        when,
        [
            ("0 1 3", &["leaf".to_owned()][..]),
            ("2 4", &["leaf ~2".to_owned()][..])
        ]
    );
    let program = &graph.packages["app"].units["bin app"];
    assert_eq!(program.dependencies, ["middle-one"]);
    assert_eq!(program.when["0 1"], ["unix-only"]);
    assert_eq!(program.build.as_deref(), Some("app build"));
    assert_eq!(graph.packages["app"].units["build"].dependencies, ["leaf lib host"]);
    assert_eq!(graph.platforms[4].host.as_deref(), Some("x86_64-unknown-linux-gnu"));
}
