//! Holds two unit graphs against each other and says where they part.
//!
//! A unit's identity is its own key and the identities of what it depends on, so two graphs are equal exactly if their roots have equal
//! identities. Units that are the same in every compared field count once: Cargo sometimes makes two that differ only in what is not
//! compared.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use crate::unit::{UnitGraph, UnitKey};

/// What came out of a comparison.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// Distinct units on Cargo's side.
    pub cargo_units: usize,
    /// Distinct units on dyrust's side.
    pub dyrust_units: usize,
    /// Dependencies between the distinct units on Cargo's side.
    pub edges: usize,
    /// The differences; none if the graphs are equal.
    pub differences: Vec<Difference>,
}

impl Comparison {
    /// Are the two graphs the same?
    pub fn is_equal(&self) -> bool {
        self.differences.is_empty()
    }
}

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

/// Compares Cargo's graph with dyrust's.
pub fn compare(cargo: &UnitGraph, dyrust: &UnitGraph) -> Comparison {
    let mut identities = Identities::default();
    let sides = [(Side::Cargo, cargo), (Side::Dyrust, dyrust)].map(|(side, graph)| identities.of(side, graph));
    let [Ok(cargo_ids), Ok(dyrust_ids)] = &sides else {
        let differences = sides.into_iter().filter_map(Result::err).collect();
        return Comparison {
            cargo_units: cargo.units.len(),
            dyrust_units: dyrust.units.len(),
            edges: 0,
            differences,
        };
    };
    let distinct = |ids: &[usize]| ids.iter().collect::<BTreeSet<_>>().len();
    let mut seen = BTreeSet::new();
    let edges = cargo
        .units
        .iter()
        .zip(cargo_ids)
        .filter(|(_, id)| seen.insert(*id))
        .map(|(unit, _)| unit.dependencies.len())
        .sum();
    let roots = |graph: &UnitGraph, ids: &[usize]| graph.roots.iter().map(|&root| ids[root]).collect::<BTreeSet<_>>();
    let equal = distinct(cargo_ids) == distinct(dyrust_ids)
        && cargo_ids.iter().collect::<BTreeSet<_>>() == dyrust_ids.iter().collect::<BTreeSet<_>>()
        && roots(cargo, cargo_ids) == roots(dyrust, dyrust_ids);
    Comparison {
        cargo_units: distinct(cargo_ids),
        dyrust_units: distinct(dyrust_ids),
        edges,
        differences: if equal {
            Vec::new()
        } else {
            differences(cargo, dyrust, cargo_ids, dyrust_ids)
        },
    }
}

/// Gives equal numbers to units that are equal with all they depend on.
#[derive(Default)]
struct Identities {
    numbers: HashMap<(UnitKey, Vec<(String, usize)>), usize>,
}

impl Identities {
    fn of(&mut self, side: Side, graph: &UnitGraph) -> Result<Vec<usize>, Difference> {
        let mut ids = vec![None; graph.units.len()];
        let mut open = vec![false; graph.units.len()];
        for start in 0..graph.units.len() {
            let mut stack = vec![start];
            while let Some(&current) = stack.last() {
                let unit = &graph.units[current];
                let waiting: Vec<usize> = unit
                    .dependencies
                    .iter()
                    .map(|&(_, dependency)| dependency)
                    .filter(|&dependency| ids[dependency].is_none())
                    .collect();
                if ids[current].is_none() && !waiting.is_empty() {
                    if waiting.iter().any(|&dependency| open[dependency]) {
                        return Err(Difference::Cycle {
                            side,
                            unit: unit.key.to_string(),
                        });
                    }
                    open[current] = true;
                    stack.extend(waiting);
                    continue;
                }
                stack.pop();
                open[current] = false;
                if ids[current].is_none() {
                    let dependencies = unit
                        .dependencies
                        .iter()
                        .filter_map(|(name, dependency)| Some((name.clone(), ids[*dependency]?)))
                        .collect::<BTreeSet<_>>()
                        .into_iter()
                        .collect();
                    let next = self.numbers.len();
                    ids[current] = Some(*self.numbers.entry((unit.key.clone(), dependencies)).or_insert(next));
                }
            }
        }
        Ok(ids.into_iter().flatten().collect())
    }
}

type Dependencies<'a> = BTreeSet<(&'a str, &'a UnitKey)>;

fn dependencies(graph: &UnitGraph, index: usize) -> Dependencies<'_> {
    graph.units[index]
        .dependencies
        .iter()
        .map(|(name, dependency)| (name.as_str(), &graph.units[*dependency].key))
        .collect()
}

fn differences(cargo: &UnitGraph, dyrust: &UnitGraph, cargo_ids: &[usize], dyrust_ids: &[usize]) -> Vec<Difference> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::{Mode, Unit};

    fn unit(name: &str, features: &[&str], dependencies: &[(&str, usize)]) -> Unit {
        Unit {
            key: UnitKey {
                package: name.to_owned(),
                version: "1.0.0".to_owned(),
                source: "path+.".to_owned(),
                kind: "lib".to_owned(),
                target: name.to_owned(),
                crate_types: BTreeSet::from(["lib".to_owned()]),
                edition: "2024".to_owned(),
                mode: Mode::Build,
                host: false,
                features: features.iter().map(|&feature| feature.to_owned()).collect(),
                profile: BTreeMap::from([("opt-level", "3".to_owned())]),
            },
            dependencies: dependencies
                .iter()
                .map(|&(name, index)| (name.to_owned(), index))
                .collect(),
        }
    }

    fn graph(units: Vec<Unit>, roots: &[usize]) -> UnitGraph {
        UnitGraph {
            units,
            roots: roots.iter().copied().collect(),
        }
    }

    #[test]
    fn order_and_doubles_do_not_count() {
        let left = graph(
            vec![
                unit("a", &[], &[("b", 1)]),
                unit("b", &["x"], &[]),
                unit("b", &["x"], &[]),
            ],
            &[0],
        );
        let right = graph(vec![unit("b", &["x"], &[]), unit("a", &[], &[("b", 0)])], &[1]);
        let comparison = compare(&left, &right);
        assert!(comparison.is_equal(), "{:?}", comparison.differences);
        assert_eq!(
            (comparison.cargo_units, comparison.dyrust_units, comparison.edges),
            (2, 2, 1)
        );
    }

    #[test]
    fn a_feature_more_is_told_with_its_path() {
        let left = graph(vec![unit("a", &[], &[("b", 1)]), unit("b", &["x"], &[])], &[0]);
        let right = graph(vec![unit("a", &[], &[("b", 1)]), unit("b", &["x", "y"], &[])], &[0]);
        let differences = compare(&left, &right).differences;
        let text: Vec<_> = differences.iter().map(ToString::to_string).collect();
        assert!(
            text[1].contains("features\n    cargo:  x\n    dyrust: x y"),
            "{text:#?}"
        );
        assert!(text[1].contains("by a 1.0.0 lib"), "{text:#?}");
        assert!(
            text[0].contains("depends only in cargo on b = b 1.0.0 lib"),
            "{text:#?}"
        );
    }

    #[test]
    fn each_kind_of_difference_is_found() {
        let base = || vec![unit("a", &[], &[("b", 1)]), unit("b", &[], &[]), unit("c", &[], &[])];
        let left = graph(base(), &[0, 2]);
        let one = |change: &dyn Fn(&mut UnitGraph)| {
            let mut right = graph(base(), &[0, 2]);
            change(&mut right);
            let there = compare(&left, &right);
            let back = compare(&right, &left);
            assert_eq!(there.is_equal(), back.is_equal());
            there.differences
        };
        assert!(one(&|_| ()).is_empty());
        let missing = one(&|graph| {
            graph.units.pop();
            graph.roots.remove(&2);
        });
        assert!(missing.iter().any(
            |found| matches!(found, Difference::OnlyIn { side: Side::Cargo, unit, .. } if unit.starts_with("c "))
        ));
        assert!(
            missing
                .iter()
                .any(|found| matches!(found, Difference::Root { side: Side::Cargo, .. }))
        );
        let renamed = one(&|graph| graph.units[0].dependencies = BTreeSet::from([("other".to_owned(), 1)]));
        assert!(
            matches!(&renamed[..], [Difference::Changed { only_dyrust, .. }] if only_dyrust[0].starts_with("other = b"))
        );
        let host = one(&|graph| graph.units[1].key.host = true);
        assert!(
            host.iter()
                .any(|found| matches!(found, Difference::OnlyIn { side: Side::Dyrust, .. }))
        );
        let profile = one(&|graph| {
            graph.units[2].key.profile.insert("opt-level", "0".to_owned());
        });
        assert!(matches!(&profile[0], Difference::Changed { fields, .. } if fields[0].0 == "profile opt-level"));
        let extra = one(&|graph| {
            graph.units[2].key.profile.insert("codegen-units", "1".to_owned());
        });
        assert!(matches!(&extra[0], Difference::Changed { fields, .. } if fields[0].1.is_empty()));
        let root = one(&|graph| {
            graph.roots.insert(1);
        });
        assert!(matches!(&root[..], [Difference::Root { side: Side::Dyrust, .. }]));
        let cycle = one(&|graph| {
            graph.units[1].dependencies.insert(("a".to_owned(), 0));
        });
        assert!(matches!(&cycle[..], [Difference::Cycle { side: Side::Dyrust, .. }]));
    }

    #[test]
    fn the_same_units_joined_differently_are_not_equal() {
        // Two variants of `b` differ by the `c` they use; `a` uses one of them.
        let units = |chosen: usize| {
            vec![
                unit("a", &[], &[("b", chosen)]),
                unit("b", &[], &[("c", 3)]),
                unit("b", &[], &[("c", 4)]),
                unit("c", &["x"], &[]),
                unit("c", &["y"], &[]),
                unit("all", &[], &[("one", 1), ("two", 2)]),
            ]
        };
        let differences = compare(&graph(units(1), &[0, 5]), &graph(units(2), &[0, 5])).differences;
        assert!(
            matches!(&differences[..], [Difference::Joined { unit }] if unit.starts_with("a ")),
            "{differences:?}"
        );
    }
}
