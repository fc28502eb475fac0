//! A graph's units in the common form.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use dyrust_importer::graph::{Graph, Package, Settings, Unit as Written, package_name};

use super::facts::facts;
use crate::unit::{Mode, Unit, UnitGraph, UnitKey};

/// The settings of a unit's profile that a graph has.
pub(super) const PROFILE: [&str; 6] = [
    "opt-level",
    "debug",
    "debug-assertions",
    "overflow-checks",
    "panic",
    "codegen-units",
];

/// Those that a build script's run is told of.
pub(super) const RUN_PROFILE: [&str; 3] = ["opt-level", "debug", "debug-assertions"];

/// The units that the roots reach on a platform.
pub(super) fn units(graph: &Graph, platform: usize) -> Result<UnitGraph, String> {
    let view = graph.on_platform(platform);
    let mut number = BTreeMap::new();
    let mut order = Vec::new();
    let mut stack = view.roots();
    while let Some(id) = stack.pop() {
        if !number.contains_key(id) {
            number.insert(id, order.len());
            order.push(id);
            stack.extend(view.needs(id));
        }
    }
    let missing = |id: &str| format!("the graph has no unit `{id}`");
    let find = |id: &str| number.get(id).copied().ok_or_else(|| missing(id));
    let mut units = Vec::with_capacity(order.len());
    for id in &order {
        let (name, package, unit) = view.unit(id).ok_or_else(|| missing(id))?;
        let mut dependencies = BTreeSet::new();
        for other in view.libraries(id) {
            let (name, _, library) = view.unit(other).ok_or_else(|| missing(other))?;
            let own = vec![target_name(name, library)];
            for extern_name in unit.renames.get(other).unwrap_or(&own) {
                dependencies.insert((extern_name.clone(), find(other)?));
            }
        }
        if let Some(build) = &unit.build {
            dependencies.insert(("build".to_owned(), find(build)?));
        }
        for other in view.metadata(id) {
            dependencies.insert(("metadata".to_owned(), find(other)?));
        }
        for program in unit.binaries.values() {
            dependencies.insert(("program".to_owned(), find(program)?));
        }
        units.push(Unit {
            key: key(graph, name, package, unit),
            dependencies,
        });
    }
    let roots = view.roots().into_iter().map(find).collect::<Result<_, _>>()?;
    Ok(UnitGraph { units, roots })
}

fn key(graph: &Graph, name: &str, package: &Package, unit: &Written) -> UnitKey {
    let kind = match unit.kind.as_deref() {
        None => "lib",
        Some("build") => "custom-build",
        Some(kind) => kind,
    };
    let mode = match (kind, unit.test) {
        ("custom-build", _) => Mode::RunBuildScript,
        (_, true) => Mode::Test,
        _ => Mode::Build,
    };
    let source = match (&package.path, &package.git) {
        (Some(path), _) => format!("path+{path}"),
        (None, Some(_)) => "git".to_owned(),
        (None, None) => "registry".to_owned(),
    };
    let host = unit.host || kind == "proc-macro";
    let crate_types = match (unit.types.as_slice(), kind) {
        ([], "lib") => BTreeSet::from(["lib".to_owned()]),
        ([], "proc-macro") => BTreeSet::from(["proc-macro".to_owned()]),
        ([], _) => BTreeSet::from(["bin".to_owned()]),
        (types, _) => types
            .iter()
            .map(|kind| if kind == "rlib" { "lib".to_owned() } else { kind.clone() })
            .collect(),
    };
    let root = unit.root.clone().unwrap_or_else(|| match kind {
        "custom-build" => "build.rs".to_owned(),
        _ => "src/lib.rs".to_owned(),
    });
    let mut facts = facts([
        ("authors", package.authors.clone()),
        ("description", package.description.clone()),
        ("homepage", package.homepage.clone()),
        ("repository", package.repository.clone()),
        ("license", package.license.clone()),
        ("license-file", package.license_file.clone()),
        ("readme", package.readme.clone()),
        ("rust-version", package.rust_version.clone()),
        ("root", Some(root.clone())),
    ]);
    if mode == Mode::Test && package.path.is_some() {
        facts.insert("harness", unit.harness.unwrap_or(true).to_string());
    }
    UnitKey {
        package: package_name(name).to_owned(),
        version: package.version.clone(),
        source,
        target: match kind {
            "custom-build" => {
                let stem = Path::new(&root).file_stem().unwrap_or_default();
                format!("build-script-{}", stem.to_string_lossy())
            }
            _ => target_name(name, unit),
        },
        kind: kind.to_owned(),
        crate_types,
        edition: unit
            .edition
            .as_ref()
            .or(package.edition.as_ref())
            .map_or_else(|| "2015".to_owned(), String::clone),
        mode,
        host,
        features: unit.features.iter().cloned().collect(),
        profile: profile(
            if host {
                &graph.profile.host
            } else {
                &graph.profile.target
            },
            &unit.profile,
            mode,
        ),
        facts,
    }
}

fn target_name(package: &str, unit: &Written) -> String {
    let package = package_name(package);
    unit.name.clone().unwrap_or_else(|| match unit.kind.as_deref() {
        None | Some("proc-macro") => package.replace('-', "_"),
        Some(_) => package.to_owned(),
    })
}

fn profile(defaults: &Settings, own: &Settings, mode: Mode) -> BTreeMap<&'static str, String> {
    let text = |own: &Option<String>, default: &Option<String>, absent: &str| {
        own.clone()
            .or_else(|| default.clone())
            .unwrap_or_else(|| absent.to_owned())
    };
    let flag = |own: Option<bool>, default: Option<bool>| own.or(default).unwrap_or(false).to_string();
    let mut profile = BTreeMap::from([
        ("opt-level", text(&own.opt_level, &defaults.opt_level, "0")),
        ("debug", text(&own.debug, &defaults.debug, "0")),
        (
            "debug-assertions",
            flag(own.debug_assertions, defaults.debug_assertions),
        ),
    ]);
    if mode != Mode::RunBuildScript {
        profile.insert("overflow-checks", flag(own.overflow_checks, defaults.overflow_checks));
        profile.insert("panic", text(&own.panic, &defaults.panic, "unwind"));
        let units = own.codegen_units.or(defaults.codegen_units);
        profile.extend(units.map(|units| ("codegen-units", units.to_string())));
    }
    profile
}
