//! What differs between two unit graphs, found unit by unit and told in words.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::unit::{UnitGraph, UnitKey};

/// Which of the two graphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// That of `cargo build --unit-graph`.
    Cargo,
    /// That of the importer.
    Dyrust,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cargo => "cargo",
            Self::Dyrust => "dyrust",
        })
    }
}

/// One point in which the graphs differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// A unit that the other side does not have, with the path from a root.
    OnlyIn {
        /// The side that has it.
        side: Side,
        /// The unit.
        unit: String,
        /// Its features, which often say why.
        features: String,
        /// From a root to the unit.
        path: Vec<String>,
    },
    /// A unit that both have, with unequal fields or dependencies.
    Changed {
        /// The unit.
        unit: String,
        /// Field, value on Cargo's side, value on dyrust's side.
        fields: Vec<(String, String, String)>,
        /// Dependencies (extern name and unit) that only Cargo's unit has.
        only_cargo: Vec<String>,
        /// Dependencies that only dyrust's unit has.
        only_dyrust: Vec<String>,
        /// From a root to the unit, on Cargo's side.
        path: Vec<String>,
    },
    /// Only one side takes the unit for one of those asked for.
    Root {
        /// The side.
        side: Side,
        /// The unit.
        unit: String,
    },
    /// The units are the same, one by one, but joined differently at this one.
    Joined {
        /// The unit.
        unit: String,
    },
    /// Dependencies that lead back to where they started.
    Cycle {
        /// The side that has the cycle.
        side: Side,
        /// A unit in it.
        unit: String,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OnlyIn {
                side,
                unit,
                features,
                path,
            } => {
                write!(f, "only in {side}: {unit}\n  features: {features}")?;
                write_path(f, path)
            }
            Self::Changed {
                unit,
                fields,
                only_cargo,
                only_dyrust,
                path,
            } => {
                write!(f, "differs: {unit}")?;
                for (name, cargo, dyrust) in fields {
                    write!(f, "\n  {name}\n    cargo:  {cargo}\n    dyrust: {dyrust}")?;
                }
                for dependency in only_cargo {
                    write!(f, "\n  depends only in cargo on {dependency}")?;
                }
                for dependency in only_dyrust {
                    write!(f, "\n  depends only in dyrust on {dependency}")?;
                }
                write_path(f, path)
            }
            Self::Root { side, unit } => write!(f, "asked for only in {side}: {unit}"),
            Self::Joined { unit } => write!(f, "depends on other variants of the same units: {unit}"),
            Self::Cycle { side, unit } => write!(f, "a cycle in {side}: {unit}"),
        }
    }
}

fn write_path(f: &mut fmt::Formatter<'_>, path: &[String]) -> fmt::Result {
    for (depth, unit) in path.iter().enumerate() {
        write!(f, "\n  {}{unit}", if depth == 0 { "by " } else { " → " })?;
    }
    Ok(())
}

type Dependencies<'a> = BTreeSet<(&'a str, &'a UnitKey)>;

fn dependencies(graph: &UnitGraph, index: usize) -> Dependencies<'_> {
    graph.units[index]
        .dependencies
        .iter()
        .map(|(name, dependency)| (name.as_str(), &graph.units[*dependency].key))
        .collect()
}

/// Lists the differences of two graphs that are known to differ; the ids are those of [`crate::compare`].
pub(crate) fn differences(
    cargo: &UnitGraph,
    dyrust: &UnitGraph,
    cargo_ids: &[usize],
    dyrust_ids: &[usize],
) -> Vec<Difference> {
    let mut result = Vec::new();
    let mut groups: BTreeMap<_, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (index, unit) in cargo.units.iter().enumerate() {
        groups.entry(unit.key.identity()).or_default().0.push(index);
    }
    for (index, unit) in dyrust.units.iter().enumerate() {
        groups.entry(unit.key.identity()).or_default().1.push(index);
    }
    for (mut ours, mut theirs) in groups.into_values() {
        let shallow_cargo = |&index: &usize| (&cargo.units[index].key, dependencies(cargo, index));
        let shallow_dyrust = |&index: &usize| (&dyrust.units[index].key, dependencies(dyrust, index));
        let left: BTreeSet<_> = ours.iter().map(shallow_cargo).collect();
        let right: BTreeSet<_> = theirs.iter().map(shallow_dyrust).collect();
        ours.retain(|index| !right.contains(&shallow_cargo(index)));
        theirs.retain(|index| !left.contains(&shallow_dyrust(index)));
        pair_up(cargo, dyrust, ours, theirs, &mut result);
    }
    let keys = |graph: &UnitGraph| -> BTreeSet<UnitKey> {
        graph.roots.iter().map(|&root| graph.units[root].key.clone()).collect()
    };
    let (cargo_roots, dyrust_roots) = (keys(cargo), keys(dyrust));
    for (side, mine, other) in [
        (Side::Cargo, &cargo_roots, &dyrust_roots),
        (Side::Dyrust, &dyrust_roots, &cargo_roots),
    ] {
        result.extend(mine.difference(other).map(|key| Difference::Root {
            side,
            unit: key.to_string(),
        }));
    }
    if result.is_empty() {
        let known: BTreeSet<_> = dyrust_ids.iter().collect();
        result.extend(
            cargo_ids
                .iter()
                .zip(&cargo.units)
                .filter(|(id, _)| !known.contains(id))
                .map(|(_, unit)| Difference::Joined {
                    unit: unit.key.to_string(),
                }),
        );
    }
    if result.is_empty() {
        let known: BTreeSet<_> = cargo_ids.iter().collect();
        result.extend(
            dyrust_ids
                .iter()
                .zip(&dyrust.units)
                .filter(|(id, _)| !known.contains(id))
                .map(|(_, unit)| Difference::Joined {
                    unit: unit.key.to_string(),
                }),
        );
    }
    result
}

/// Takes the most similar units of both sides for versions of each other; what is left over exists on one side only.
fn pair_up(
    cargo: &UnitGraph,
    dyrust: &UnitGraph,
    mut ours: Vec<usize>,
    mut theirs: Vec<usize>,
    result: &mut Vec<Difference>,
) {
    while !ours.is_empty() && !theirs.is_empty() {
        let candidates = ours.iter().flat_map(|&a| theirs.iter().map(move |&b| (a, b)));
        let Some((a, b)) = candidates.min_by_key(|&(a, b)| distance(cargo, a, dyrust, b)) else {
            break;
        };
        ours.retain(|&index| index != a);
        theirs.retain(|&index| index != b);
        result.push(changed(cargo, a, dyrust, b));
    }
    for (side, graph, rest) in [(Side::Cargo, cargo, ours), (Side::Dyrust, dyrust, theirs)] {
        result.extend(rest.into_iter().map(|index| {
            let key = &graph.units[index].key;
            Difference::OnlyIn {
                side,
                unit: key.to_string(),
                features: key.features.iter().cloned().collect::<Vec<_>>().join(" "),
                path: graph.path_to(index),
            }
        }));
    }
}

fn distance(cargo: &UnitGraph, a: usize, dyrust: &UnitGraph, b: usize) -> usize {
    let (left, right) = (&cargo.units[a].key, &dyrust.units[b].key);
    let fields = left
        .fields()
        .iter()
        .zip(right.fields())
        .filter(|(x, y)| *x != y)
        .count();
    fields * 4
        + left.features.symmetric_difference(&right.features).count()
        + dependencies(cargo, a)
            .symmetric_difference(&dependencies(dyrust, b))
            .count()
}

fn changed(cargo: &UnitGraph, a: usize, dyrust: &UnitGraph, b: usize) -> Difference {
    let (left, right) = (&cargo.units[a].key, &dyrust.units[b].key);
    let mine: BTreeMap<_, _> = left.fields().into_iter().collect();
    let other: BTreeMap<_, _> = right.fields().into_iter().collect();
    let names: BTreeSet<_> = mine.keys().chain(other.keys()).cloned().collect();
    let value = |map: &BTreeMap<String, String>, name: &String| map.get(name).cloned().unwrap_or_default();
    let fields = names
        .into_iter()
        .filter(|name| mine.get(name) != other.get(name))
        .map(|name| (name.clone(), value(&mine, &name), value(&other, &name)))
        .collect();
    let describe = |set: &Dependencies<'_>, other: &Dependencies<'_>| -> Vec<String> {
        set.difference(other)
            .map(|(name, key)| {
                let features: Vec<_> = key.features.iter().cloned().collect();
                format!("{name} = {key} [{}]", features.join(" "))
            })
            .collect()
    };
    let (needs, needed) = (dependencies(cargo, a), dependencies(dyrust, b));
    Difference::Changed {
        unit: left.to_string(),
        fields,
        only_cargo: describe(&needs, &needed),
        only_dyrust: describe(&needed, &needs),
        path: cargo.path_to(a),
    }
}
