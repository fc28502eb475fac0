//! Features: what programs get of each other.
//!
//! A crate that two programs have in one version with different features would be built twice, and so would all that depends on it. So a
//! program gets the features that others turn on, but never one that would bring a crate into it that it had not, or a native library;
//! and where those that may have a feature and those that may not would end up with more crates than if nobody had it but who asks for
//! it, it is left at that.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::catalog::CandidateId;
use super::joint::{Fleet, FleetResolver};
use super::program_workspace::{Addition, Additions, FEATURES_PACKAGE, extra};
use super::solve::{Extra, Locked};
use crate::bits::BitSet;
use crate::intern::Symbol;
use crate::lock::{LockIndex, SourceKind};
use crate::options::PlatformRequest;
use crate::resolve::{Features, FeaturesFor, Selected, Universe, position};
use crate::source::progress::Progress;
use crate::workspace::Workspace;

/// How often features are looked at that others turned on.
const ROUNDS: usize = 3;

/// How often all that is disputed is tried.
const PASSES: usize = 3;

/// How much a crate that runs with the programs counts, beside one that is only needed to build them.
const RUN_TIME: usize = 16;

/// A feature of a crate, and what for.
type Wish = (CandidateId, FeaturesFor, Symbol);

/// What a program uses: of each crate and for what.
type Uses = BTreeMap<(CandidateId, FeaturesFor), Use>;

/// The features that some program asks for, of each crate and for what.
type Requested = BTreeMap<(CandidateId, FeaturesFor), BTreeSet<Symbol>>;

/// How a program uses a crate.
#[derive(Debug, Default)]
struct Use {
    /// The features that are on wherever it is used.
    everywhere: BTreeSet<Symbol>,
    /// The features that some dependent asks for. Only such are given to others: a crate need not compile with a feature that is only
    /// ever included in another one.
    requested: BTreeSet<Symbol>,
    /// For which triples it is used.
    triples: BTreeSet<String>,
}

/// A program, with what could be turned on in it.
struct Ground {
    universe: Universe,
    selected: Selected,
    ids: Vec<Option<CandidateId>>,
    indexes: FxHashMap<CandidateId, LockIndex>,
    /// What it may have.
    allowed: BTreeSet<Wish>,
    /// Why it may not have the rest: the crates that it would get; none if no lock has the feature with the program's versions.
    brings: BTreeMap<Wish, BTreeSet<Symbol>>,
    /// What it uses, if it has all that it may have.
    uses: Uses,
    /// What was asked for it.
    wishes: BTreeSet<Wish>,
}

/// What there is to do for a program in a round.
enum GroundTask {
    /// Nothing: nobody turned on anything new of what it uses.
    Keep(Box<Ground>),
    Find {
        wishes: BTreeSet<Wish>,
        /// Those of the wishes that a lock can have, and that lock.
        lockable: BTreeSet<Wish>,
        locked: Locked,
    },
}

/// The features that are on in others, of what a program uses.
fn wishes(uses: &Uses, on: &Requested) -> BTreeSet<Wish> {
    let mut wishes = BTreeSet::new();
    for (place, used) in uses {
        let others = on.get(place).into_iter().flatten();
        let missing = others.filter(|feature| !used.everywhere.contains(*feature));
        wishes.extend(missing.map(|feature| (place.0, place.1, *feature)));
    }
    wishes
}

impl Fleet<'_> {
    pub(super) fn unite_features(
        &mut self,
        platforms: &[PlatformRequest],
        progress: &dyn Progress,
    ) -> Result<(), crate::Error> {
        let (additions, locks) = self.united(platforms, progress)?;
        self.additions = additions;
        self.locks = locks;
        Ok(())
    }

    /// The features that every program gets, and the locks with them.
    fn united(
        &self,
        platforms: &[PlatformRequest],
        progress: &dyn Progress,
    ) -> Result<(Vec<Additions>, Vec<Locked>), crate::Error> {
        let resolver = self.resolver(platforms, progress)?;
        let mut uses: Vec<Uses> = self.members.iter().map(|_| Uses::new()).collect();
        let mut on = Requested::new();
        let mut grounds = Vec::new();
        for round in 0..=ROUNDS {
            grounds = self.grounds(&resolver, platforms, (&uses, &on), grounds)?;
            let mut grown = false;
            for (ground, uses) in grounds.iter_mut().zip(&mut uses) {
                for (place, used) in std::mem::take(&mut ground.uses) {
                    let known = on.entry(place).or_default();
                    let before = known.len();
                    known.extend(&used.requested);
                    grown |= known.len() != before;
                    uses.entry(place).or_insert_with(|| {
                        grown = true;
                        // What a feature brought (build scripts and proc macros use it) is there only if the program gets that feature.
                        let everywhere = if round == 0 { used.everywhere } else { BTreeSet::new() };
                        Use { everywhere, ..used }
                    });
                }
            }
            if !grown {
                break;
            }
        }
        let chosen = choose(&grounds);
        let additions: Vec<Additions> = grounds
            .iter()
            .zip(&uses)
            .zip(chosen)
            .map(|((ground, uses), chosen)| additions(uses, ground.effective(chosen)))
            .collect();
        Ok(self.locked(additions))
    }

    /// The locks with additions; a program for which there is none goes without.
    fn locked(&self, mut additions: Vec<Additions>) -> (Vec<Additions>, Vec<Locked>) {
        let extras: Vec<Extra> = additions.iter().map(extra).collect();
        let changed: Vec<usize> = (0..additions.len())
            .filter(|number| !additions[*number].is_empty())
            .collect();
        let mut locks = self.locks.clone();
        for (number, locked) in changed.iter().zip(self.solve_again(&changed, &extras)) {
            if locked.kept.is_some() {
                additions[*number].clear();
            } else {
                locks[*number] = locked;
            }
        }
        (additions, locks)
    }

    /// Is a crate one of a registry that the file does not keep separate?
    fn may_be_united(&self, id: CandidateId) -> bool {
        let candidate = self.catalog.get(id);
        let registry = candidate
            .source
            .as_ref()
            .is_some_and(|source| source.kind() == SourceKind::Registry);
        registry && !self.separate.contains(&candidate.name)
    }

    /// Finds out for every program which of the features that are on in others it may have, and what it uses then. Programs for which there
    /// is nothing new since the round before keep what was found out.
    fn grounds(
        &self,
        resolver: &FleetResolver<'_>,
        platforms: &[PlatformRequest],
        (uses, on): (&[Uses], &Requested),
        before: Vec<Ground>,
    ) -> Result<Vec<Ground>, crate::Error> {
        let mut before = before.into_iter();
        let tasks: Vec<GroundTask> = uses
            .par_iter()
            .enumerate()
            .zip(self.members.iter().map(|_| before.next()).collect::<Vec<_>>())
            .map(|((number, uses), before)| {
                let wishes = wishes(uses, on);
                match before {
                    Some(ground) if ground.wishes == wishes => GroundTask::Keep(Box::new(ground)),
                    _ => {
                        let (lockable, locked) = self.lockable(number, wishes.clone());
                        GroundTask::Find {
                            wishes,
                            lockable,
                            locked,
                        }
                    }
                }
            })
            .collect();
        let locks: Vec<Locked> = (tasks.iter().zip(&self.locks))
            .map(|(task, own)| match task {
                GroundTask::Keep(_) => own.clone(),
                GroundTask::Find { locked, .. } => locked.clone(),
            })
            .collect();
        self.fetch_all(resolver, &locks)?;
        tasks
            .into_par_iter()
            .zip(uses)
            .enumerate()
            .map(|(number, (task, uses))| match task {
                GroundTask::Keep(ground) => Ok(*ground),
                GroundTask::Find {
                    wishes,
                    lockable,
                    locked,
                } => {
                    let additions = additions(uses, lockable.clone());
                    let (workspace, selected) = self.program(number, &locked, &additions).workspace()?;
                    let universe = resolver.universe(&workspace, &selected)?;
                    let selected = without_additions(&workspace, selected);
                    let ids = ids(self, &locked, &universe);
                    let indexes = (0_u32..)
                        .map(LockIndex)
                        .zip(&ids)
                        .filter_map(|(index, id)| Some(((*id)?, index)))
                        .collect();
                    let refused = wishes.difference(&lockable).map(|wish| (*wish, BTreeSet::new()));
                    let mut ground = Ground {
                        universe,
                        selected,
                        ids,
                        indexes,
                        allowed: BTreeSet::new(),
                        brings: refused.collect(),
                        uses: Uses::new(),
                        wishes,
                    };
                    ground.allow(lockable);
                    if locked.kept.is_none() {
                        ground.uses = ground.used(platforms);
                        ground.uses.retain(|(id, _), _| self.may_be_united(*id));
                    }
                    Ok(ground)
                }
            })
            .collect()
    }

    /// As many of the wishes as a lock can have without another version of what the program has, and that lock.
    fn lockable(&self, number: usize, wishes: BTreeSet<Wish>) -> (BTreeSet<Wish>, Locked) {
        let base = &self.locks[number];
        if wishes.is_empty() {
            return (wishes, base.clone());
        }
        let attempt = |wishes: &BTreeSet<Wish>| {
            let mut extras = vec![Extra::new(); self.members.len()];
            for (id, _, feature) in wishes {
                extras[number].entry(*id).or_default().insert(*feature);
            }
            let locked = self.solve_again(&[number], &extras).pop()?;
            let keeps = locked.kept.is_none() && base.packages.keys().all(|id| locked.packages.contains_key(id));
            keeps.then_some(locked)
        };
        if let Some(locked) = attempt(&wishes) {
            return (wishes, locked);
        }
        // Half by half: those that do not fit are few.
        let mut kept: BTreeSet<Wish> = BTreeSet::new();
        let mut best = base.clone();
        let mut parts: Vec<Vec<Wish>> = vec![wishes.into_iter().collect()];
        while let Some(part) = parts.pop() {
            let mut with = kept.clone();
            with.extend(&part);
            if let Some(locked) = attempt(&with) {
                (kept, best) = (with, locked);
            } else if part.len() > 1 {
                let (first, second) = part.split_at(part.len() / 2);
                parts.push(second.to_vec());
                parts.push(first.to_vec());
            }
        }
        (kept, best)
    }
}

/// What is selected in a workspace with additions, without them.
fn without_additions(workspace: &Workspace, with: Selected) -> Selected {
    let is_added = |member: usize| workspace.packages[member].package.name.as_str() == FEATURES_PACKAGE;
    Selected {
        features: with
            .features
            .into_iter()
            .filter(|selected| !is_added(selected.member))
            .collect(),
        ..with
    }
}

/// The candidates of a universe's packages.
fn ids(fleet: &Fleet<'_>, locked: &Locked, universe: &Universe) -> Vec<Option<CandidateId>> {
    let mut known: FxHashMap<(Symbol, String, Option<String>), CandidateId> = FxHashMap::default();
    for id in locked.packages.keys() {
        let candidate = fleet.catalog.get(*id);
        let source = candidate.source.as_ref().map(ToString::to_string);
        known.insert((candidate.name, candidate.version.to_string(), source), *id);
    }
    let packages = universe.lock.packages.iter();
    packages
        .map(|package| {
            let source = package.source.as_ref().map(ToString::to_string);
            known.get(&(package.name, package.version.to_string(), source)).copied()
        })
        .collect()
}

/// Wishes as additions to what a program uses.
fn additions(uses: &Uses, wishes: BTreeSet<Wish>) -> Additions {
    let mut additions = Additions::new();
    for (id, side, feature) in wishes {
        if let Some(used) = uses.get(&(id, side)) {
            let addition = additions.entry((id, side)).or_insert_with(|| Addition {
                features: BTreeSet::new(),
                triples: used.triples.clone(),
            });
            addition.features.insert(feature);
        }
    }
    additions
}

impl Ground {
    fn features(&self) -> Vec<Features<'_>> {
        let platforms = self.universe.platforms.iter();
        platforms
            .map(|platform| Features::resolve(&self.universe, *platform, &self.selected, false))
            .collect()
    }

    /// A wish in the terms of the universe.
    fn place(&self, (id, side, feature): &Wish) -> Option<(LockIndex, FeaturesFor, u32)> {
        let index = *self.indexes.get(id)?;
        let feature = self.universe.package(index)?.feature(*feature)?;
        Some((index, *side, feature))
    }

    /// The names of the features that a crate has; none if it does not take part.
    fn names(&self, features: &Features<'_>, (id, side): (CandidateId, FeaturesFor)) -> Option<BTreeSet<Symbol>> {
        let index = *self.indexes.get(&id)?;
        let package = self.universe.package(index)?;
        let set = features.of(index, side)?;
        Some(
            set.iter()
                .map(|feature| package.features[feature as usize].name)
                .collect(),
        )
    }

    /// Finds out which wishes may come true.
    fn allow(&mut self, wishes: BTreeSet<Wish>) {
        let plain = self.features();
        let before: Vec<FxHashSet<(LockIndex, FeaturesFor)>> = plain
            .iter()
            .map(|features| features.packages(&self.selected).into_iter().collect())
            .collect();
        let brought = |with: &BTreeSet<Wish>| {
            let mut brought = BTreeSet::new();
            for (features, before) in plain.iter().zip(&before) {
                let features = features.with(with.iter().filter_map(|wish| self.place(wish)));
                for (index, side) in features.packages(&self.selected) {
                    if before.contains(&(index, side)) {
                        continue;
                    }
                    let package = self.universe.package(index);
                    let native = package.is_some_and(|package| package.links.is_some());
                    // What runs inside the compiler, or belongs to a build script, is not part of the program.
                    if side == FeaturesFor::Target || native {
                        brought.insert(self.universe.lock.package(index).name);
                    }
                }
            }
            brought
        };
        let mut allowed: BTreeSet<Wish> = BTreeSet::new();
        let mut brings = BTreeMap::new();
        let mut parts: Vec<Vec<Wish>> = vec![wishes.into_iter().collect()];
        while let Some(part) = parts.pop() {
            if part.is_empty() {
                continue;
            }
            let mut with = allowed.clone();
            with.extend(&part);
            let brought = brought(&with);
            if brought.is_empty() {
                allowed = with;
            } else if let [wish] = part.as_slice() {
                brings.insert(*wish, brought);
            } else {
                let (first, second) = part.split_at(part.len() / 2);
                parts.push(second.to_vec());
                parts.push(first.to_vec());
            }
        }
        self.allowed = allowed;
        self.brings.extend(brings);
    }

    /// What the program uses, if it has all that it may have.
    fn used(&self, platforms: &[PlatformRequest]) -> Uses {
        let mut uses = Uses::new();
        for (features, request) in self.features().iter().zip(platforms) {
            let features = features.with(self.allowed.iter().filter_map(|wish| self.place(wish)));
            for (index, side) in features.packages(&self.selected) {
                let (Some(id), Some(package)) = (self.ids[index.0 as usize], self.universe.package(index)) else {
                    continue;
                };
                let names = |set: &BitSet| -> BTreeSet<Symbol> {
                    let features = set.iter();
                    features
                        .map(|feature| package.features[feature as usize].name)
                        .collect()
                };
                let on = features.of(index, side).map(names).unwrap_or_default();
                let used = uses.entry((id, side)).or_insert_with(|| Use {
                    everywhere: on.clone(),
                    ..Use::default()
                });
                used.everywhere.retain(|feature| on.contains(feature));
                used.requested.extend(names(features.requested(index, side)));
                let triple = match side {
                    FeaturesFor::Target => &request.target,
                    FeaturesFor::Host => request.host(),
                };
                used.triples.insert(triple.to_owned());
            }
        }
        uses
    }

    /// Those of the wishes that change anything: of what was chosen, the crate may not be there.
    fn effective(&self, chosen: BTreeSet<Wish>) -> BTreeSet<Wish> {
        let plain = self.features();
        let with: Vec<Features<'_>> = plain
            .iter()
            .map(|features| features.with(chosen.iter().filter_map(|wish| self.place(wish))))
            .collect();
        let takes_part = |(id, side, _): &Wish| {
            let index = self.indexes.get(id);
            index.is_some_and(|index| with.iter().any(|features| features.takes_part(*index, *side)))
        };
        chosen.into_iter().filter(takes_part).collect()
    }
}

/// Chooses which programs get what they may have, so that there are as few different crates as possible.
///
/// The search begins where everybody has all that they may have, and takes back what does harm. Then it goes from crate to crate, and gives
/// programs that have one set of its features the set that others have.
fn choose(grounds: &[Ground]) -> Vec<BTreeSet<Wish>> {
    let search = Search {
        grounds,
        plain: grounds.par_iter().map(Plain::new).collect(),
    };
    // Wishes that somebody can't have, by what they would bring.
    let mut groups: BTreeMap<BTreeSet<Symbol>, BTreeSet<Wish>> = BTreeMap::new();
    for ground in grounds {
        for (wish, brought) in &ground.brings {
            groups.entry(brought.clone()).or_default().insert(*wish);
        }
    }
    let disputed: BTreeSet<Wish> = groups.values().flatten().copied().collect();
    // First all at once, then by what they would bring, by crate, and one by one.
    let mut trials = vec![disputed.clone()];
    trials.extend(groups.into_values());
    let mut places: BTreeMap<(CandidateId, FeaturesFor), BTreeSet<Wish>> = BTreeMap::new();
    for wish in &disputed {
        places.entry((wish.0, wish.1)).or_default().insert(*wish);
    }
    trials.extend(places.into_values().filter(|wishes| wishes.len() > 1));
    trials.extend(disputed.iter().map(|wish| BTreeSet::from([*wish])));
    let most: Vec<BTreeSet<Wish>> = grounds.iter().map(|ground| ground.allowed.clone()).collect();
    search.improve(most, &trials)
}

/// What is turned on in each program, and the crates of that program.
type State = (Vec<BTreeSet<Wish>>, Vec<Vec<(u64, bool)>>);

struct Search<'g> {
    grounds: &'g [Ground],
    plain: Vec<Option<Plain<'g>>>,
}

/// A program without features of others, on one platform.
struct Plain<'g> {
    ground: &'g Ground,
    features: Features<'g>,
}

impl<'g> Plain<'g> {
    fn new(ground: &'g Ground) -> Option<Self> {
        let features = ground.features().into_iter().next()?;
        Some(Self { ground, features })
    }

    fn with(&self, chosen: &BTreeSet<Wish>) -> Features<'g> {
        self.features
            .with(chosen.iter().filter_map(|wish| self.ground.place(wish)))
    }

    /// The crates of the program, if it gets some features: each as a number that stands for the crate, its features and all below it.
    fn crates(&self, chosen: &BTreeSet<Wish>) -> Vec<(u64, bool)> {
        let mut walk = Walk {
            plain: self,
            features: self.with(chosen),
            known: vec![None; self.ground.ids.len() * 2],
            crates: Vec::new(),
        };
        let ground = self.ground;
        for member in &ground.selected.features {
            if let Some(index) = ground.universe.locals[member.member] {
                walk.number((index, FeaturesFor::Target));
            }
        }
        walk.crates
    }
}

/// A walk over the crates of a program.
struct Walk<'p, 'g> {
    plain: &'p Plain<'g>,
    features: Features<'g>,
    known: Vec<Option<u64>>,
    crates: Vec<(u64, bool)>,
}

impl Walk<'_, '_> {
    /// A number that is the same for a crate with the same features and crates below it, in all programs.
    fn number(&mut self, place: (LockIndex, FeaturesFor)) -> u64 {
        let (index, side) = place;
        let at = position(index, side);
        if let Some(number) = self.known[at] {
            return number;
        }
        // Crates that depend on each other end here.
        self.known[at] = Some(0);
        let below = self.features.dependencies(index, side);
        let mut below: Vec<u64> = below.into_iter().map(|place| self.number(place)).collect();
        below.sort_unstable();
        let ground = self.plain.ground;
        let id = ground.ids[index.0 as usize];
        let mut hasher = FxHasher::default();
        (id, side, self.features.of(index, side)).hash(&mut hasher);
        below.hash(&mut hasher);
        let number = hasher.finish();
        self.known[at] = Some(number);
        if id.is_some() && ground.universe.lock.package(index).source.is_some() {
            self.crates.push((number, side == FeaturesFor::Target));
        }
        number
    }
}

impl Search<'_> {
    fn features(&self, number: usize, chosen: &BTreeSet<Wish>) -> Option<Features<'_>> {
        Some(self.plain[number].as_ref()?.with(chosen))
    }

    fn crates(&self, number: usize, chosen: &BTreeSet<Wish>) -> Vec<(u64, bool)> {
        let plain = self.plain[number].as_ref();
        plain.map(|plain| plain.crates(chosen)).unwrap_or_default()
    }

    /// Turns wishes off or on for all programs that may have them, as long as there are fewer crates by it.
    fn improve(&self, chosen: Vec<BTreeSet<Wish>>, trials: &[BTreeSet<Wish>]) -> Vec<BTreeSet<Wish>> {
        let crates = chosen
            .par_iter()
            .enumerate()
            .map(|(number, chosen)| self.crates(number, chosen))
            .collect();
        let mut state: State = (chosen, crates);
        let mut counted = Counted::default();
        for crates in &state.1 {
            counted.add(crates);
        }
        for _ in 0..PASSES {
            let before = counted.cost;
            for trial in trials {
                for on in [false, true] {
                    let changed = self.turned(&state.0, trial, on);
                    self.attempt(&mut state, &mut counted, changed);
                }
            }
            self.merge(&mut state, &mut counted);
            if counted.cost == before {
                break;
            }
        }
        state.0
    }

    /// What is turned on if wishes are turned off or on for all programs that may have them, for those where it is a change.
    fn turned(&self, chosen: &[BTreeSet<Wish>], trial: &BTreeSet<Wish>, on: bool) -> Vec<(usize, BTreeSet<Wish>)> {
        let grounds = self.grounds.iter().zip(chosen).enumerate();
        grounds
            .filter_map(|(number, (ground, now))| {
                let next: BTreeSet<Wish> = if on {
                    let allowed = trial.intersection(&ground.allowed);
                    now.iter().chain(allowed).copied().collect()
                } else {
                    now.difference(trial).copied().collect()
                };
                (next.len() != now.len()).then_some((number, next))
            })
            .collect()
    }

    /// All crates that may be united, and what for.
    fn places(&self) -> BTreeSet<(CandidateId, FeaturesFor)> {
        let wishes = self
            .grounds
            .iter()
            .flat_map(|ground| ground.allowed.iter().chain(ground.brings.keys()));
        wishes.map(|(id, side, _)| (*id, *side)).collect()
    }

    /// The sets of features that a crate has, and in which programs.
    fn sets(
        &self,
        now: &[Option<Features<'_>>],
        place: (CandidateId, FeaturesFor),
    ) -> BTreeMap<BTreeSet<Symbol>, Vec<usize>> {
        let mut sets: BTreeMap<BTreeSet<Symbol>, Vec<usize>> = BTreeMap::new();
        for (number, (ground, features)) in self.grounds.iter().zip(now).enumerate() {
            if let Some(names) = features.as_ref().and_then(|features| ground.names(features, place)) {
                sets.entry(names).or_default().push(number);
            }
        }
        sets
    }

    /// Where programs have a crate with different features: gives some of them the set that others have, or what two sets have in common, as
    /// long as there are fewer crates by it.
    fn merge(&self, state: &mut State, counted: &mut Counted) {
        let mut now: Vec<Option<Features<'_>>> = (0..self.grounds.len())
            .into_par_iter()
            .map(|number| self.features(number, &state.0[number]))
            .collect();
        for place in self.places() {
            while let Some(changed) = self.merge_at(place, &now, state, counted) {
                for number in changed {
                    now[number] = self.features(number, &state.0[number]);
                }
            }
        }
    }

    /// The first change to the sets of features of one crate that makes fewer crates, if there is one: it is made, and the programs are told.
    fn merge_at(
        &self,
        place: (CandidateId, FeaturesFor),
        now: &[Option<Features<'_>>],
        state: &mut State,
        counted: &mut Counted,
    ) -> Option<Vec<usize>> {
        let sets = self.sets(now, place);
        let mut targets: BTreeSet<BTreeSet<Symbol>> = BTreeSet::new();
        for first in sets.keys() {
            targets.extend(sets.keys().map(|second| first.intersection(second).copied().collect()));
        }
        for target in &targets {
            let others = sets.iter().filter(|(set, _)| *set != target);
            let others: Vec<&[usize]> = others.map(|(_, programs)| programs.as_slice()).collect();
            // All at once, then those of one set, then each by itself.
            let all = others.concat();
            let single = all.chunks(1);
            for programs in std::iter::once(all.as_slice()).chain(others).chain(single) {
                let changed: Vec<(usize, BTreeSet<Wish>)> = programs
                    .iter()
                    .filter_map(|number| Some((*number, self.moved(*number, &state.0[*number], place, target)?)))
                    .collect();
                let numbers = changed.iter().map(|(number, _)| *number).collect();
                if !changed.is_empty() && self.attempt(state, counted, changed) {
                    return Some(numbers);
                }
            }
        }
        None
    }

    /// What is turned on in a program, if a crate gets a set of features instead of those that it has; none if the program asks for more, or
    /// nothing changes.
    fn moved(
        &self,
        number: usize,
        chosen: &BTreeSet<Wish>,
        place: (CandidateId, FeaturesFor),
        target: &BTreeSet<Symbol>,
    ) -> Option<BTreeSet<Wish>> {
        let ground = &self.grounds[number];
        let plain = ground
            .names(&self.plain[number].as_ref()?.features, place)
            .unwrap_or_default();
        let elsewhere = chosen.iter().filter(|wish| (wish.0, wish.1) != place).copied();
        let here = target.iter().map(|feature| (place.0, place.1, *feature));
        let next = elsewhere
            .chain(here.filter(|wish| ground.allowed.contains(wish)))
            .collect();
        (plain.is_subset(target) && next != *chosen).then_some(next)
    }

    /// Changes what is turned on in programs, if there are fewer crates by it.
    fn attempt(
        &self,
        (chosen, crates): &mut State,
        counted: &mut Counted,
        changed: Vec<(usize, BTreeSet<Wish>)>,
    ) -> bool {
        let next: Vec<Vec<(u64, bool)>> = changed
            .par_iter()
            .map(|(number, chosen)| self.crates(*number, chosen))
            .collect();
        let before = counted.cost;
        for ((number, _), next) in changed.iter().zip(&next) {
            counted.remove(&crates[*number]);
            counted.add(next);
        }
        let better = counted.cost < before;
        if better {
            for ((number, next_chosen), next) in changed.into_iter().zip(next) {
                chosen[number] = next_chosen;
                crates[number] = next;
            }
        } else {
            for ((number, _), next) in changed.iter().zip(&next) {
                counted.remove(next);
                counted.add(&crates[*number]);
            }
        }
        better
    }
}

/// Different crates, and how many programs have each.
#[derive(Default)]
struct Counted {
    counts: FxHashMap<(u64, bool), usize>,
    cost: usize,
}

impl Counted {
    fn weight(run_time: bool) -> usize {
        if run_time { RUN_TIME } else { 1 }
    }

    fn add(&mut self, crates: &[(u64, bool)]) {
        for one in crates {
            let count = self.counts.entry(*one).or_default();
            *count += 1;
            if *count == 1 {
                self.cost += Self::weight(one.1);
            }
        }
    }

    fn remove(&mut self, crates: &[(u64, bool)]) {
        for one in crates {
            if let Some(count) = self.counts.get_mut(one) {
                *count -= 1;
                if *count == 0 {
                    self.counts.remove(one);
                    self.cost -= Self::weight(one.1);
                }
            }
        }
    }
}
