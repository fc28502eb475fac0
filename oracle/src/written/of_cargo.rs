//! Cargo's units, as far as a graph has them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use super::facts::Facts;
use super::of_graph::{PROFILE, RUN_PROFILE};
use crate::cargo::{Cargo, CargoError, parse, relative};
use crate::unit::{Mode, Unit, UnitGraph, UnitKey};

#[derive(Deserialize)]
struct Places {
    units: Vec<PlacedUnit>,
}

#[derive(Deserialize)]
struct PlacedUnit {
    pkg_id: String,
    target: PlacedTarget,
}

#[derive(Deserialize)]
struct PlacedTarget {
    src_path: String,
}

/// The units of a unit graph's text.
pub(super) fn units(text: &str, cargo: &Cargo, facts: &Facts) -> Result<UnitGraph, CargoError> {
    let graph = parse(text, &cargo.root)?;
    let places: Places = serde_json::from_str(text).map_err(|error| CargoError::Format(error.to_string()))?;
    let is_script = |unit: &Unit| unit.key.kind == "custom-build" && unit.key.mode == Mode::Build;
    let mut units = Vec::with_capacity(graph.units.len());
    let mut number = BTreeMap::new();
    for (index, (unit, place)) in graph.units.iter().zip(&places.units).enumerate() {
        if is_script(unit) {
            continue;
        }
        number.insert(index, units.len());
        let mut dependencies = BTreeSet::new();
        for (name, other) in &unit.dependencies {
            let needed = &graph.units[*other];
            if is_script(needed) {
                dependencies.extend(needed.dependencies.iter().cloned());
            } else {
                dependencies.insert((purpose(unit, needed, name), *other));
            }
        }
        units.push(Unit {
            key: key(unit, place, facts)?,
            dependencies,
        });
    }
    let find = |index: &usize| number.get(index).copied();
    let missing = || CargoError::Format("a build script is used otherwise than by its run".to_owned());
    for unit in &mut units {
        let found: Option<BTreeSet<_>> = unit
            .dependencies
            .iter()
            .map(|(name, index)| Some((name.clone(), find(index)?)))
            .collect();
        unit.dependencies = found.ok_or_else(missing)?;
    }
    let roots: Option<BTreeSet<usize>> = graph.roots.iter().map(find).collect();
    Ok(UnitGraph {
        units,
        roots: roots.ok_or_else(missing)?,
    })
}

/// What a unit is needed for: the extern name of a library, else `metadata`, `build` or `program`.
fn purpose(unit: &Unit, needed: &Unit, name: &str) -> String {
    let is_run = |unit: &Unit| unit.key.mode == Mode::RunBuildScript;
    match (is_run(unit), is_run(needed), needed.key.kind.as_str()) {
        (true, true, _) => "metadata".to_owned(),
        (false, true, _) => "build".to_owned(),
        (_, _, "bin") => "program".to_owned(),
        _ => name.to_owned(),
    }
}

fn key(unit: &Unit, place: &PlacedUnit, facts: &Facts) -> Result<UnitKey, CargoError> {
    let key = unit.key.clone();
    let package = facts
        .get(&place.pkg_id)
        .ok_or_else(|| CargoError::Format(format!("cargo metadata does not know {}", place.pkg_id)))?;
    let folder = package.manifest_path.parent().unwrap_or(Path::new(""));
    let target = if key.kind == "lib" { "" } else { &key.target };
    let mut facts = package.facts();
    facts.insert("root", relative(Path::new(&place.target.src_path), folder));
    if key.mode == Mode::Test && key.source.starts_with("path+") {
        facts.insert("harness", package.has_harness(&key.kind, target).to_string());
    }
    let wanted: &[&str] = if key.mode == Mode::RunBuildScript {
        &RUN_PROFILE
    } else {
        &PROFILE
    };
    Ok(UnitKey {
        source: source(&key.source),
        crate_types: key
            .crate_types
            .iter()
            .map(|kind| if kind == "rlib" { "lib".to_owned() } else { kind.clone() })
            .collect(),
        profile: key
            .profile
            .into_iter()
            .filter(|(name, _)| wanted.contains(name))
            .collect(),
        facts,
        ..unit.key.clone()
    })
}

/// The kind of a source; of a path the folder, too.
fn source(source: &str) -> String {
    match source.split_once('+') {
        Some(("path", _)) => source.to_owned(),
        Some(("git", _)) => "git".to_owned(),
        _ => "registry".to_owned(),
    }
}
