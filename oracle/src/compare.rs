//! Holds two unit graphs against each other and says where they part.
//!
//! A unit's identity is its own key and the identities of what it depends on, so two graphs are equal exactly if their roots have equal
//! identities. Units that are the same in every compared field count once: Cargo sometimes makes two that differ only in what is not
//! compared.

use std::collections::{BTreeSet, HashMap};

use crate::difference::{Difference, Side, differences};
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::unit::{Mode, Unit};

    fn unit(name: &str, features: &[&str], dependencies: &[(&str, usize)]) -> Unit {
        Unit {
            key: UnitKey {
                facts: BTreeMap::new(),
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
