//! Chooses versions until all members fit together: falls back where a version can't be used, and settles what Cargo allows once only,
//! one version of a range and one package for a native library. A member that can't be made to fit is named, and is to be kept apart.

use std::collections::{BTreeMap, BTreeSet};

use super::candidates::{CandidateId, Candidates, Range, range};
use super::choice::Bans;
use super::member::Member;
use super::walk::{Extent, Walked, Walker};
use crate::intern::Symbol;

/// A set of versions that serves all members.
#[derive(Debug, Clone, Default)]
pub struct Solution {
    /// What was reached.
    pub walked: Walked,
    /// The versions that were given up, and why.
    pub bans: Bans,
    /// Ranges of which several versions are used, as no one version will do.
    pub several: BTreeMap<(Symbol, Range), String>,
}

/// What came out.
#[derive(Debug)]
pub enum Outcome {
    /// All members fit together.
    Solved(Box<Solution>),
    /// These members, by their positions, can't be joined with the others, and why.
    Apart(BTreeMap<usize, String>),
}

/// What there may be one of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Single {
    Links(Symbol),
    Range(Symbol, String, Range),
}

impl Walker<'_> {
    /// Solves the fleet.
    ///
    /// # Errors
    /// When a package can't be had or read.
    pub fn solve(&mut self) -> Result<Outcome, crate::Error> {
        let mut solution = match self.settle(Bans::new())? {
            Ok(solution) => solution,
            Err(apart) => return Ok(Outcome::Apart(apart)),
        };
        'conflicts: loop {
            let conflict = self
                .conflicts(&solution.walked)
                .into_iter()
                .find(|(single, _)| !matches!(single, Single::Range(name, _, range) if solution.several.contains_key(&(*name, *range))));
            let Some((single, versions)) = conflict else {
                return Ok(Outcome::Solved(Box::new(solution)));
            };
            // The highest first: the others are given up if all members can do without.
            for keep in versions.iter().rev() {
                // What the fleet file pins is never given up.
                if versions.iter().any(|other| other != keep && self.is_pinned(*other)) {
                    continue;
                }
                let mut bans = solution.bans.clone();
                for other in versions.iter().filter(|other| *other != keep) {
                    bans.insert(*other, self.why_banned(&single, *keep));
                }
                if let Ok(settled) = self.settle(bans)?
                    && !self.conflicts(&settled.walked).contains_key(&single)
                {
                    solution = Solution {
                        several: solution.several,
                        ..settled
                    };
                    continue 'conflicts;
                }
            }
            let users = users(self.members, self.candidates, &solution.walked);
            let using: Vec<BTreeSet<usize>> = versions
                .iter()
                .map(|version| users.get(version).cloned().unwrap_or_default())
                .collect();
            if let Single::Range(name, _, range) = &single {
                let mut seen = BTreeSet::new();
                if using.iter().flatten().all(|member| seen.insert(*member)) {
                    let names: Vec<String> = versions.iter().map(|id| self.candidates.describe(*id)).collect();
                    let reason = format!("no one of {} serves all members", names.join(", "));
                    solution.several.insert((*name, *range), reason);
                    continue;
                }
            }
            return Ok(Outcome::Apart(self.odd(&single, &versions, &using)));
        }
    }

    /// Gives up versions that can't be used until none is left; the error is the members that fail themselves.
    fn settle(&mut self, mut bans: Bans) -> Result<Result<Solution, BTreeMap<usize, String>>, crate::Error> {
        loop {
            let walked = self.walk(Extent::Needed, &bans)?;
            if walked.failures.is_empty() {
                return Ok(Ok(Solution {
                    walked,
                    bans,
                    several: BTreeMap::new(),
                }));
            }
            let mut apart = BTreeMap::new();
            for failure in walked.failures {
                match self.candidates.get(failure.culprit).local {
                    Some(_) => {
                        for (member, _) in &self.candidates.get(failure.culprit).locks {
                            apart.entry(*member).or_insert_with(|| failure.reason.clone());
                        }
                    }
                    None => {
                        bans.entry(failure.culprit).or_insert(failure.reason);
                    }
                }
            }
            if !apart.is_empty() {
                return Ok(Err(apart));
            }
        }
    }

    /// What is there several times, though Cargo allows it once; the versions ascend.
    fn conflicts(&self, walked: &Walked) -> BTreeMap<Single, Vec<CandidateId>> {
        let mut groups: BTreeMap<Single, Vec<CandidateId>> = BTreeMap::new();
        for id in walked.reached.keys() {
            let candidate = self.candidates.get(*id);
            let links = self.read.get(id).and_then(|read| read.package.links);
            if let Some(links) = links {
                groups.entry(Single::Links(links)).or_default().push(*id);
            }
            if let Some(source) = &candidate.source
                && !self.rules.separate.contains(&candidate.name)
            {
                let single = Single::Range(candidate.name, source.to_string(), range(&candidate.version));
                groups.entry(single).or_default().push(*id);
            }
        }
        groups.retain(|_, versions| versions.len() > 1);
        for versions in groups.values_mut() {
            versions.sort_by(|a, b| {
                let key = |id: &CandidateId| (self.candidates.get(*id).version.clone(), *id);
                key(a).cmp(&key(b))
            });
        }
        groups
    }

    fn is_pinned(&self, id: CandidateId) -> bool {
        let candidate = self.candidates.get(id);
        self.rules.pin.get(&candidate.name) == Some(&candidate.version)
    }

    fn why_banned(&self, single: &Single, keep: CandidateId) -> String {
        let keep = self.candidates.describe(keep);
        match single {
            Single::Links(links) => {
                format!("only one package may link to the native library `{links}`, and {keep} does")
            }
            Single::Range(..) => format!("{keep} serves all dependents, and Cargo allows one version of a range"),
        }
    }

    /// The members that bring the version that the fewest use, the lowest of several; not all members, though.
    fn odd(&self, single: &Single, versions: &[CandidateId], using: &[BTreeSet<usize>]) -> BTreeMap<usize, String> {
        let mut order: Vec<usize> = (0..versions.len()).collect();
        order.sort_by_key(|position| (using[*position].len(), *position));
        let all: BTreeSet<usize> = using.iter().flatten().copied().collect();
        let chosen = order
            .iter()
            .copied()
            .find(|position| using[*position].len() < all.len());
        let (odd, members) = match chosen {
            Some(position) => (versions[position], using[position].clone()),
            // Every member uses every version: the one that comes first by what it is.
            None => {
                let first = all.iter().copied().min_by_key(|member| self.identity(*member));
                (versions[order[0]], first.into_iter().collect())
            }
        };
        let others: Vec<String> = versions
            .iter()
            .filter(|version| **version != odd)
            .map(|version| self.candidates.describe(*version))
            .collect();
        let what = match single {
            Single::Links(links) => format!("both link to the native library `{links}`, which only one package may"),
            Single::Range(..) => "one program can't hold both".to_owned(),
        };
        let reason = format!(
            "it needs {}, other members need {}, and {what}",
            self.candidates.describe(odd),
            others.join(", ")
        );
        members.into_iter().map(|member| (member, reason.clone())).collect()
    }

    /// What a member is, whatever the fleet file calls it.
    fn identity(&self, member: usize) -> Vec<String> {
        let member = &self.members[member];
        let packages = member.selected.features.iter();
        packages
            .map(|selected| member.workspace.packages[selected.member].location.clone())
            .collect()
    }
}

/// Which members use a package.
pub(super) fn users(
    members: &[Member],
    candidates: &Candidates,
    walked: &Walked,
) -> BTreeMap<CandidateId, BTreeSet<usize>> {
    let mut users: BTreeMap<CandidateId, BTreeSet<usize>> = BTreeMap::new();
    for (number, member) in members.iter().enumerate() {
        let selected = member.selected.features.iter();
        let mut stack: Vec<CandidateId> = selected
            .filter_map(|selected| candidates.of_local(members, number, selected.member))
            .collect();
        while let Some(id) = stack.pop() {
            if users.entry(id).or_default().insert(number)
                && let Some(reached) = walked.reached.get(&id)
            {
                stack.extend(reached.edges.values());
            }
        }
    }
    users
}
