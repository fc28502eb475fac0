//! A lock with further features, where they contradict nothing that it has.
//!
//! The solver begins anew each time it is asked, and finds what the lock has already, with the packages that the features bring: in the
//! programs of `packages/forty.toml` it never found anything else. So these packages are looked for from the lock on; where they do not fit to
//! it, it is for the solver to say whether another lock has them.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::catalog::{CandidateId, Places, RangeId};
use super::program::{Requirements, SolverPackage};
use super::solve::Locked;
use crate::intern::Symbol;

impl Locked {
    /// The lock with what the requirements have beyond it: all that it has, and of what it has not the best versions. None if they
    /// contradict each other, or the lock.
    pub(super) fn grown(&self, requirements: &Requirements<'_>) -> Option<Self> {
        let mut growth = Growth::new(requirements, self);
        growth.meet(requirements.demands(SolverPackage::Program, 0).ok()?)?;
        while let Some((node, version)) = growth.waiting.pop() {
            growth.meet(requirements.demands(node, version).ok()?)?;
        }
        Some(growth.locked())
    }
}

/// A lock that becomes larger.
struct Growth<'g, 'a> {
    requirements: &'g Requirements<'a>,
    base: &'g Locked,
    /// What there is of a range.
    places: FxHashMap<RangeId, u32>,
    /// The packages that link to native libraries.
    links: FxHashMap<Symbol, u32>,
    /// Which of several ranges a dependency is from.
    ranges: FxHashMap<(CandidateId, u32), u32>,
    /// Further features, by range.
    features: FxHashMap<RangeId, Vec<Symbol>>,
    /// Nodes whose demands are met, or waiting.
    seen: FxHashSet<SolverPackage>,
    /// Nodes whose demands are not met yet.
    waiting: Vec<(SolverPackage, u32)>,
}

impl<'g, 'a> Growth<'g, 'a> {
    fn new(requirements: &'g Requirements<'a>, base: &'g Locked) -> Self {
        let catalog = requirements.catalog;
        let mut growth = Self {
            requirements,
            base,
            places: FxHashMap::default(),
            links: FxHashMap::default(),
            ranges: FxHashMap::default(),
            features: FxHashMap::default(),
            seen: FxHashSet::default(),
            waiting: Vec::new(),
        };
        for id in base.packages.keys() {
            let candidate = catalog.get(*id);
            growth.places.insert(candidate.range, candidate.place);
            // Its demands are met.
            growth.seen.insert(SolverPackage::Package(candidate.range));
            let links = catalog.read(*id).and_then(|read| read.package.links);
            growth.links.extend(links.map(|links| (links, id.0)));
        }
        growth
    }

    /// Chooses what is demanded; none if it does not fit.
    fn meet(&mut self, demands: BTreeMap<SolverPackage, Places>) -> Option<()> {
        let mut wanted: FxHashMap<RangeId, Vec<Symbol>> = FxHashMap::default();
        for node in demands.keys() {
            if let SolverPackage::Feature(range, feature) = node {
                wanted.entry(*range).or_default().push(*feature);
            }
        }
        for (node, places) in demands {
            let version = match node {
                SolverPackage::Program => continue,
                SolverPackage::Package(range) | SolverPackage::Feature(range, _) => {
                    let features = wanted.get(&range).map(Vec::as_slice).unwrap_or_default();
                    self.place(range, &places, features)?
                }
                SolverPackage::Links(name) => *self.links.entry(name).or_insert(*places.as_singleton()?),
                SolverPackage::Choice(id, position) | SolverPackage::ChoiceFeature(id, position, _) => {
                    self.range(id, position, &places)?
                }
            };
            if !places.contains(&version) {
                return None;
            }
            if self.seen.insert(node) {
                if let SolverPackage::Feature(range, feature) = node {
                    if !self.requirements.fits(range, version, Some(feature)) {
                        return None;
                    }
                    self.features.entry(range).or_default().push(feature);
                }
                self.waiting.push((node, version));
            }
        }
        Some(())
    }

    /// What there is of a range, or else the best version that has the features.
    fn place(&mut self, range: RangeId, places: &Places, features: &[Symbol]) -> Option<u32> {
        if let Some(place) = self.places.get(&range) {
            return Some(*place);
        }
        let fits = |place: &u32| {
            places.contains(place)
                && self.requirements.fits(range, *place, None)
                && features
                    .iter()
                    .all(|feature| self.requirements.fits(range, *place, Some(*feature)))
        };
        let place = self.requirements.by_preference(range).find(fits)?;
        self.places.insert(range, place);
        Some(place)
    }

    /// Which of the ranges that it accepts a dependency is from: what the lock has of it, or else the best.
    fn range(&mut self, id: CandidateId, position: u32, places: &Places) -> Option<u32> {
        if let Some(known) = self.chosen_range(id, position) {
            return Some(known);
        }
        let order = self.requirements.ordered_ranges(id, position);
        let chosen = order.into_iter().find(|at| places.contains(at))?;
        self.ranges.insert((id, position), chosen);
        Some(chosen)
    }

    fn chosen_range(&self, id: CandidateId, position: u32) -> Option<u32> {
        let catalog = self.requirements.catalog;
        let of_base = || {
            let to = self.base.packages.get(&id)?.get(&position)?;
            let mut ranges = (0_u32..).zip(catalog.accepted(id, position as usize));
            let (at, _) = ranges.find(|(_, (range, _))| *range == catalog.get(*to).range)?;
            Some(at)
        };
        self.ranges.get(&(id, position)).copied().or_else(of_base)
    }

    /// The lock, when all demands are met.
    fn locked(self) -> Locked {
        let catalog = self.requirements.catalog;
        let version = |node: SolverPackage| match node {
            SolverPackage::Package(range) => self.places.get(&range).copied(),
            SolverPackage::Choice(id, position) => self.chosen_range(id, position),
            _ => None,
        };
        let mut packages = self.base.packages.clone();
        let mut stack: Vec<CandidateId> = Vec::new();
        for (range, features) in &self.features {
            let Some(place) = self.places.get(range) else { continue };
            let id = catalog.at(*range, *place);
            if let Some(edges) = packages.get_mut(&id) {
                let further = self.requirements.edges(id, features, version);
                stack.extend(further.values());
                edges.extend(further);
            }
        }
        // As what the solver finds, what nothing leads to is in no lock.
        while let Some(id) = stack.pop() {
            if packages.contains_key(&id) {
                continue;
            }
            let features = self.features.get(&catalog.get(id).range);
            let features = features.map(Vec::as_slice).unwrap_or_default();
            let edges = self.requirements.edges(id, features, version);
            stack.extend(edges.values());
            packages.insert(id, edges);
        }
        Locked { packages, kept: None }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use proptest::prelude::*;

    use super::*;
    use crate::fleet::catalog::Catalog;
    use crate::fleet::preferences::Preferences;
    use crate::fleet::solve::{Extra, solution};

    /// A version of a package of the index: what it depends on, by the number of the package, the least version, whether it is optional, and which
    /// feature is asked for; and what its features `f0` and `f1` turn on beside each other.
    #[derive(Debug, Clone)]
    struct Entry {
        dependencies: Vec<(usize, u32, bool, Option<bool>)>,
        features: [Vec<usize>; 2],
        has_second: bool,
        links: bool,
    }

    const PACKAGES: usize = 6;

    fn entry() -> impl Strategy<Value = Entry> {
        let dependency = (0..PACKAGES, 0_u32..3, any::<bool>(), prop::option::of(any::<bool>()));
        let dependencies = prop::collection::vec(dependency, 0..4);
        let values = || prop::collection::vec(0_usize..4, 0..3);
        (dependencies, values(), values(), any::<bool>(), 0..6).prop_map(
            |(dependencies, first, second, has_second, links)| Entry {
                dependencies,
                features: [first, second],
                has_second,
                links: links == 0,
            },
        )
    }

    /// The entry's line in the index. Packages depend on those with higher numbers.
    fn line(number: usize, version: u32, entry: &Entry) -> String {
        let mut dependencies = String::new();
        let mut optional: Vec<(String, usize)> = Vec::new();
        let mut known = Vec::new();
        for (to, least, is_optional, feature) in &entry.dependencies {
            let to = number + 1 + to;
            if to >= PACKAGES || known.contains(&to) {
                continue;
            }
            known.push(to);
            if *is_optional {
                optional.push((format!("p{to}"), to));
            }
            let feature = feature
                .map(|second| format!(r#""f{}""#, u8::from(second)))
                .unwrap_or_default();
            let comma = if dependencies.is_empty() { "" } else { "," };
            write!(
                dependencies,
                r#"{comma}{{"name":"p{to}","req":">=1.{least}, <2","features":[{feature}],"optional":{is_optional},"default_features":true,"target":null,"kind":"normal"}}"#
            )
            .unwrap();
        }
        let values = |values: &[usize]| {
            let values = values.iter().filter_map(|at| optional.get(*at));
            let values: Vec<String> = values.map(|(name, _)| format!(r#""{name}""#)).collect();
            values.join(",")
        };
        let second = if entry.has_second {
            format!(r#","f1":[{}]"#, values(&entry.features[1]))
        } else {
            String::new()
        };
        let links = if entry.links { r#","links":"native""# } else { "" };
        let sum = "0".repeat(64);
        format!(
            r#"{{"name":"p{number}","vers":"1.{version}.0","deps":[{dependencies}],"cksum":"{sum}","features":{{"f0":[{}]{second}}}{links},"yanked":false}}"#,
            values(&entry.features[0])
        )
    }

    fn solved(catalog: &Catalog, preferences: &Preferences, root: CandidateId, extra: &Extra) -> Option<Locked> {
        solution(&Requirements::of_root(catalog, preferences, extra, root)).locked
    }

    /// Without this, a lock that never grew would be right as well.
    #[test]
    fn what_a_feature_brings_is_found_and_what_contradicts_is_not() {
        let of = |dependencies: &[(usize, u32, bool, Option<bool>)], brings: usize, links: bool| Entry {
            dependencies: dependencies.to_vec(),
            features: [vec![], vec![brings]],
            has_second: true,
            links,
        };
        // The second feature of `p1` brings `p2`; that of `p0` brings `p3`, which links to what `p4` does.
        let lines = [
            line(
                0,
                0,
                &of(
                    &[(0, 0, false, None), (3, 0, false, None), (2, 0, true, None)],
                    0,
                    false,
                ),
            ),
            line(1, 0, &of(&[(0, 0, true, None)], 0, false)),
            line(2, 0, &of(&[], 0, false)),
            line(3, 0, &of(&[], 0, true)),
            line(4, 0, &of(&[], 0, true)),
        ];
        let catalog = Catalog::of_entries(&lines.each_ref().map(String::as_str));
        let preferences = Preferences::new(&catalog, |_| false);
        let id = |name: &str| catalog.at(catalog.named(Symbol::new(name))[0], 0);
        let base = solved(&catalog, &preferences, id("p0"), &Extra::new()).unwrap();
        let grown = |name: &str| {
            let extra = Extra::from([(id(name), [Symbol::new("f1")].into())]);
            base.grown(&Requirements::of_root(&catalog, &preferences, &extra, id("p0")))
        };
        let found: Vec<CandidateId> = grown("p1").unwrap().packages.into_keys().collect();
        assert_eq!(found, ["p0", "p1", "p2", "p4"].map(id));
        assert_eq!(grown("p0"), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        /// Whoever prefers the versions of a grown lock finds that lock, and nothing that the lock had is lost.
        #[test]
        fn a_grown_lock_is_one_that_the_solver_finds(
            entries in prop::collection::vec(prop::collection::vec(entry(), 1..4), PACKAGES),
            asked in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 1..4),
        ) {
            let lines: Vec<String> = (entries.iter().enumerate())
                .flat_map(|(number, versions)| {
                    (0_u32..).zip(versions).map(move |(version, entry)| line(number, version, entry))
                })
                .collect();
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let catalog = Catalog::of_entries(&lines);
            let preferences = Preferences::new(&catalog, |_| false);
            // The newest version of the first package.
            let first = catalog.named(Symbol::new("p0"))[0];
            let root = *catalog.range(first).candidates.last().unwrap();
            let Some(base) = solved(&catalog, &preferences, root, &Extra::new()) else {
                return Ok(());
            };
            let ids: Vec<CandidateId> = base.packages.keys().copied().collect();
            let mut extra = Extra::new();
            for (index, second) in asked {
                let feature = Symbol::new(if second { "f1" } else { "f0" });
                extra.entry(*index.get(&ids)).or_default().insert(feature);
            }
            let grown = base.grown(&Requirements::of_root(&catalog, &preferences, &extra, root));
            let found = solved(&catalog, &preferences, root, &extra);
            let Some(grown) = grown else {
                return Ok(());
            };
            prop_assert!(found.is_some());
            for (id, edges) in &base.packages {
                let all = &grown.packages[id];
                prop_assert!(edges.iter().all(|(position, to)| all.get(position) == Some(to)));
            }
            let mut these = preferences.clone();
            for id in grown.packages.keys() {
                these.prefer(&catalog, *id);
            }
            prop_assert_eq!(solved(&catalog, &these, root, &extra), Some(grown));
        }
    }
}
