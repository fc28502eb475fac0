//! Chooses the versions of every program: each by itself, with the versions that the fleet has in common as the preference, repeated until
//! nothing moves.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use pubgrub::{PubGrubError, SelectedDependencies};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::catalog::{CandidateId, Catalog, Extension, Places, RangeId};
use super::member::Member;
use super::memory::{Found, SolverMemory};
use super::preferences::Preferences;
use super::program::{Accepted, Choice, Requirements, SolverPackage};
use crate::config::Config;
use crate::intern::Symbol;
use crate::lock::LockIndex;
use crate::manifest::DependencyKind;
use crate::resolve::Matcher;

/// How often the fleet's common versions are looked for anew.
const ROUNDS: usize = 4;

/// Features that are wanted of versions, beyond what is asked for.
pub type Extra = BTreeMap<CandidateId, BTreeSet<Symbol>>;

/// What asks for a range, and which of its versions that accepts.
type Asked = BTreeMap<RangeId, Vec<(CandidateId, Places)>>;

/// The lock of a program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Locked {
    /// The packages, and for each of their dependencies (by its position) the package that it got.
    pub packages: BTreeMap<CandidateId, BTreeMap<u32, CandidateId>>,
    /// Why the program keeps its own lock, if it does.
    pub kept: Option<String>,
}

/// What the solver says of a program.
pub(super) struct Solution {
    /// The lock; none if there is none.
    pub(super) locked: Option<Locked>,
    /// Names that a candidate depends on, but that have no candidates.
    pub(super) unknown: BTreeSet<Symbol>,
    /// What was chosen by preference.
    pub(super) choices: Vec<Choice>,
}

/// The lock of a program, with what its packages count as.
pub(super) struct ProgramLock {
    pub(super) locked: Arc<Locked>,
    /// By package, but for folders: a number that is the same in another lock if the package is, with all that it depends on.
    identities: Vec<u64>,
}

/// Solves programs.
pub(super) struct Solver<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) members: &'a [Member],
    pub(super) config: &'a Config,
    pub(super) separate: &'a BTreeSet<Symbol>,
    /// Versions that the fleet file chooses.
    pub(super) pinned: &'a BTreeSet<CandidateId>,
}

/// The outcome for all programs.
#[derive(Clone)]
pub(super) struct Solved {
    pub(super) locks: Vec<Arc<ProgramLock>>,
    pub(super) preferences: Preferences,
    /// Names that a candidate depends on, but that have no candidates.
    pub(super) unknown: BTreeSet<Symbol>,
}

impl Solver<'_> {
    /// Chooses versions for all programs.
    pub(super) fn solve(&self, mut preferences: Preferences, memory: &SolverMemory) -> Solved {
        for pin in self.pinned {
            preferences.prefer(self.catalog, *pin);
        }
        let found = (0..self.members.len()).into_par_iter();
        let found: Vec<_> = found.map(|number| self.program(number, &preferences, memory)).collect();
        let (locks, unknown): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        let mut solved = Solved {
            locks,
            preferences,
            unknown: unknown.into_iter().flatten().collect(),
        };
        for _ in 0..ROUNDS {
            let wishes = self.wishes(&solved);
            if wishes.is_empty() || !self.improve(&mut solved, &wishes, memory) {
                break;
            }
        }
        solved
    }

    /// The lock of a program and the names that are not known. It is its own where there is no other.
    fn program(
        &self,
        number: usize,
        preferences: &Preferences,
        memory: &SolverMemory,
    ) -> (Arc<ProgramLock>, BTreeSet<Symbol>) {
        let found = self.remembered(number, preferences, memory);
        let lock = match &found.lock {
            Some(lock) => Arc::clone(lock),
            None => {
                let own = self.own(number, self.refusal(number, preferences));
                Arc::new(ProgramLock::new(self.catalog, own))
            }
        };
        (lock, found.unknown.clone())
    }

    /// Why there is no lock of a program.
    fn refusal(&self, number: usize, preferences: &Preferences) -> String {
        let none = Extra::new();
        let requirements = self.requirements(number, preferences, &none);
        match pubgrub::resolve(&requirements, SolverPackage::Program, 0_u32) {
            Ok(_) => String::new(),
            Err(PubGrubError::NoSolution(tree)) => requirements.reason(&tree),
            Err(error) => error.to_string(),
        }
    }

    /// What the solver finds for a program, or what it found before if that holds.
    fn remembered(&self, number: usize, preferences: &Preferences, memory: &SolverMemory) -> Arc<Found> {
        let none = Extra::new();
        memory.find(&self.requirements(number, preferences, &none), solution)
    }

    /// A lock of a program with features beyond what it asks for: `base`, its lock without them, as far as they fit to it, else what the solver
    /// finds. Nobody asks why there is none.
    pub(super) fn with_features(
        &self,
        number: usize,
        base: &Locked,
        preferences: &Preferences,
        extra: &Extra,
    ) -> Option<Locked> {
        let requirements = self.requirements(number, preferences, extra);
        let grown = base.grown(&requirements);
        grown.or_else(|| solution(&requirements).locked)
    }

    fn requirements<'r>(&'r self, number: usize, preferences: &'r Preferences, extra: &'r Extra) -> Requirements<'r> {
        Requirements::new(
            self.catalog,
            self.members,
            number,
            self.config,
            preferences,
            extra,
            self.separate,
        )
    }

    /// A program's own lock, as it is.
    fn own(&self, number: usize, reason: String) -> Locked {
        let member = &self.members[number];
        let matcher = Matcher {
            lock: &member.lock,
            workspace: &member.workspace,
            config: self.config,
        };
        let mut packages = BTreeMap::new();
        for index in (0_u32..).map(LockIndex).take(member.lock.packages.len()) {
            let Some(id) = self.catalog.of_lock(number, index) else {
                continue;
            };
            let Some(read) = self.catalog.read(id) else {
                // What is not known does not matter on the fleet's platforms, but for the lock to be whole.
                let listed = member.lock.package(index).dependencies.iter();
                let listed = listed.filter_map(|target| self.catalog.of_lock(number, *target));
                packages.insert(id, (0_u32..).zip(listed).collect());
                continue;
            };
            let targets = (0_u32..).zip(matcher.targets(index, &read.package));
            let edges = targets
                .filter_map(|(position, target)| Some((position, self.catalog.of_lock(number, target?)?)))
                .filter(|(position, _)| {
                    read.package.dependencies[*position as usize].kind != DependencyKind::Development
                })
                .collect();
            packages.insert(id, edges);
        }
        // What only dev-dependencies need is left out.
        let selected = member.selected.features.iter();
        let mut stack: Vec<CandidateId> = selected
            .filter_map(|selected| self.catalog.of_local(self.members, number, selected.member))
            .collect();
        let mut reached = BTreeSet::new();
        while let Some(id) = stack.pop() {
            if reached.insert(id) {
                stack.extend(packages.get(&id).into_iter().flat_map(BTreeMap::values));
            }
        }
        packages.retain(|id, _| reached.contains(id));
        Locked {
            packages,
            kept: Some(reason),
        }
    }

    /// Versions that all programs could have of the ranges of which they have several, in families: ranges that depend on each other, whose
    /// versions often fit to one version of the other alone.
    fn wishes(&self, solved: &Solved) -> Vec<Vec<CandidateId>> {
        let mut used: BTreeMap<RangeId, BTreeMap<CandidateId, usize>> = BTreeMap::new();
        let locks = || {
            let locks = solved.locks.iter().map(|lock| &*lock.locked);
            locks.filter(|locked| locked.kept.is_none())
        };
        for id in locks().flat_map(|locked| locked.packages.keys()) {
            let versions = used.entry(self.catalog.get(*id).range).or_default();
            *versions.entry(*id).or_default() += 1;
        }
        used.retain(|_, versions| versions.len() > 1);
        let asked = self.asked(solved, &used);
        let mut wishes = BTreeMap::new();
        for (range, versions) in &used {
            let name = self.catalog.range(*range).name;
            let candidates = &self.catalog.range(*range).candidates;
            if self.separate.contains(&name) || candidates.iter().any(|id| self.pinned.contains(id)) {
                continue;
            }
            let asked = asked.get(range).map(Vec::as_slice).unwrap_or_default();
            // A version that rejects it counts for nothing where another one of the same range is had that does not.
            let is_accepted = |place: u32| {
                asked.iter().all(|(dependent, places)| {
                    let dependents = self.catalog.get(*dependent).range;
                    let mut others = asked.iter();
                    places.contains(&place)
                        || others.any(|(other, places)| {
                            other != dependent
                                && self.catalog.get(*other).range == dependents
                                && places.contains(&place)
                        })
                })
            };
            // The one that was preferred did not do for all. Of the others that all accept, one that most programs have already, else the
            // highest that a lock has, else the one that the fleet had: a newer one in the index changes nothing.
            let mut order = solved.preferences.of(*range).iter().copied();
            order.next();
            let mut all: Vec<CandidateId> = order
                .filter(|place| is_accepted(*place))
                .map(|place| self.catalog.at(*range, place))
                .collect();
            all.reverse();
            all.sort_by_key(|id| {
                (
                    versions.get(id).copied().unwrap_or(0),
                    !self.catalog.get(*id).locks.is_empty(),
                )
            });
            // To find out whether one is usable, its entry in the index is read.
            let wish = all.into_iter().rev().find(|id| self.catalog.is_usable(*id));
            wishes.extend(wish.map(|wish| (*range, wish)));
        }
        self.families(&asked, &wishes)
    }

    /// Of the ranges of which the programs have several versions, what asks for one, and for which.
    fn asked(&self, solved: &Solved, several: &BTreeMap<RangeId, BTreeMap<CandidateId, usize>>) -> Asked {
        let none = Extra::new();
        let mut asked = Asked::new();
        for (number, lock) in solved.locks.iter().enumerate() {
            let locked = &lock.locked;
            if locked.kept.is_some() {
                continue;
            }
            let requirements = self.requirements(number, &solved.preferences, &none);
            for (id, edges) in &locked.packages {
                let Some(read) = self.catalog.read(*id) else { continue };
                for (position, to) in edges {
                    let range = self.catalog.get(*to).range;
                    if several.contains_key(&range)
                        && let Accepted::Versions(versions) =
                            requirements.accepted(*id, *position as usize, &read.package)
                        && let Some((_, places)) = versions.iter().find(|(known, _)| *known == range)
                    {
                        asked.entry(range).or_default().push((*id, places.clone()));
                    }
                }
            }
        }
        asked
    }

    /// Wishes whose ranges depend on each other, directly or by way of others that have a wish, stand together.
    fn families(&self, asked: &Asked, wishes: &BTreeMap<RangeId, CandidateId>) -> Vec<Vec<CandidateId>> {
        let mut neighbours: BTreeMap<RangeId, BTreeSet<RangeId>> = BTreeMap::new();
        for (range, dependents) in asked {
            for dependent in dependents.iter().map(|(id, _)| self.catalog.get(*id).range) {
                neighbours.entry(*range).or_default().insert(dependent);
                neighbours.entry(dependent).or_default().insert(*range);
            }
        }
        let mut reached = BTreeSet::new();
        let mut families = Vec::new();
        for range in wishes.keys() {
            let mut family = Vec::new();
            let mut stack = vec![*range];
            while let Some(range) = stack.pop() {
                if let Some(wish) = wishes.get(&range)
                    && reached.insert(range)
                {
                    family.push(*wish);
                    stack.extend(neighbours.get(&range).into_iter().flatten());
                }
            }
            if !family.is_empty() {
                families.push(family);
            }
        }
        families
    }

    /// Prefers the versions, as far as the fleet becomes smaller by it: all of them, or each family, or each version. Did anything change?
    fn improve(&self, solved: &mut Solved, families: &[Vec<CandidateId>], memory: &SolverMemory) -> bool {
        if self.prefer(solved, &families.concat(), memory) {
            return true;
        }
        let mut changed = false;
        for family in families {
            if families.len() > 1 && self.prefer(solved, family, memory) {
                changed = true;
            } else if family.len() > 1 {
                for wish in family {
                    changed |= self.prefer(solved, &[*wish], memory);
                }
            }
        }
        changed
    }

    /// Prefers the versions if the fleet becomes smaller by it. Does it?
    fn prefer(&self, solved: &mut Solved, wishes: &[CandidateId], memory: &SolverMemory) -> bool {
        match self.tried(solved, wishes, memory) {
            Some(better) if size(&better.locks) < size(&solved.locks) => {
                *solved = better;
                true
            }
            _ => false,
        }
    }

    fn tried(&self, solved: &Solved, wishes: &[CandidateId], memory: &SolverMemory) -> Option<Solved> {
        let mut tried = solved.clone();
        let mut ranges = FxHashSet::default();
        for wish in wishes {
            tried.preferences.prefer(self.catalog, *wish);
            ranges.insert(self.catalog.get(*wish).range);
        }
        let affected: Vec<usize> = (0..self.members.len())
            .filter(|number| {
                let mut packages = solved.locks[*number].locked.packages.keys();
                packages.any(|id| ranges.contains(&self.catalog.get(*id).range))
            })
            .collect();
        let found: Option<Vec<_>> = (affected.par_iter())
            .map(|number| {
                let found = self.remembered(*number, &tried.preferences, memory);
                let lock = Arc::clone(found.lock.as_ref()?);
                Some((lock, found))
            })
            .collect();
        for (number, (lock, found)) in affected.into_iter().zip(found?) {
            tried.locks[number] = lock;
            tried.unknown.extend(&found.unknown);
        }
        Some(tried)
    }
}

/// Asks the solver.
pub(super) fn solution(requirements: &Requirements<'_>) -> Solution {
    let solution = pubgrub::resolve(requirements, SolverPackage::Program, 0_u32).ok();
    let locked = solution.map(|solution| Locked::of_solution(requirements, &solution));
    Solution {
        locked,
        unknown: requirements.unknown.take(),
        choices: requirements.choices.take(),
    }
}

/// How many different packages there are, counting one twice if it depends on different versions, and then how many versions;
/// folders count for nothing.
fn size(locks: &[Arc<ProgramLock>]) -> (usize, usize) {
    let all: FxHashSet<u64> = locks.iter().flat_map(|lock| &lock.identities).copied().collect();
    let versions: FxHashSet<CandidateId> = (locks.iter())
        .flat_map(|lock| lock.locked.packages.keys().copied())
        .collect();
    (all.len(), versions.len())
}

impl ProgramLock {
    pub(super) fn new(catalog: &Catalog, locked: Locked) -> Self {
        let mut known: FxHashMap<CandidateId, u64> = FxHashMap::default();
        for id in locked.packages.keys() {
            identity(&locked, *id, &mut known);
        }
        let remote = known.into_iter().filter(|(id, _)| catalog.get(*id).local.is_none());
        Self {
            identities: remote.map(|(_, identity)| identity).collect(),
            locked: Arc::new(locked),
        }
    }
}

/// A number that is the same for a package with all that it depends on in two locks, if all of that is the same.
pub(super) fn identity(locked: &Locked, id: CandidateId, known: &mut FxHashMap<CandidateId, u64>) -> u64 {
    if let Some(identity) = known.get(&id) {
        return *identity;
    }
    // Packages that depend on each other end here.
    known.insert(id, 0);
    let mut hasher = FxHasher::default();
    id.hash(&mut hasher);
    for to in locked.packages.get(&id).into_iter().flat_map(BTreeMap::values) {
        identity(locked, *to, known).hash(&mut hasher);
    }
    let identity = hasher.finish();
    known.insert(id, identity);
    identity
}

impl Locked {
    /// The same in a catalog with further names.
    pub(super) fn extended(&self, extension: &Extension) -> Self {
        let packages = self.packages.iter().map(|(id, edges)| {
            let edges = edges.iter();
            let edges = edges.map(|(position, to)| (*position, extension.candidate(*to)));
            (extension.candidate(*id), edges.collect())
        });
        Self {
            packages: packages.collect(),
            kept: self.kept.clone(),
        }
    }

    /// Follows what was chosen from the program's own packages.
    fn of_solution(requirements: &Requirements<'_>, solution: &SelectedDependencies<SolverPackage, u32>) -> Self {
        let catalog = requirements.catalog;
        let mut features: FxHashMap<RangeId, Vec<Symbol>> = FxHashMap::default();
        for (node, _) in solution.iter() {
            if let SolverPackage::Feature(range, feature) = node {
                features.entry(*range).or_default().push(*feature);
            }
        }
        let mut packages: BTreeMap<CandidateId, BTreeMap<u32, CandidateId>> = BTreeMap::new();
        let mut stack: Vec<CandidateId> = requirements.roots().to_vec();
        while let Some(id) = stack.pop() {
            if packages.contains_key(&id) {
                continue;
            }
            let on = features.get(&catalog.get(id).range);
            let on = on.map(Vec::as_slice).unwrap_or_default();
            let edges = requirements.edges(id, on, |node| solution.get(&node).copied());
            stack.extend(edges.values());
            packages.insert(id, edges);
        }
        Self { packages, kept: None }
    }
}
