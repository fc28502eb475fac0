//! Features: what programs get of each other.
//!
//! A crate that two programs have in one version with different features would be built twice, and so would all that depends on it. So a
//! program gets the features that others turn on, but never one that would bring a crate into it that it had not, or a native library;
//! and where those that may have a feature and those that may not would end up with more crates than if nobody had it but who asks for
//! it, it is left at that ([`super::choose`]).

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::catalog::CandidateId;
use super::choose::choose;
use super::joint::{Fleet, FleetResolver};
use super::lockable::Lockable;
use super::program_workspace::{Addition, Additions, FEATURES_PACKAGE, extra};
use super::solve::Locked;
use crate::bits::BitSet;
use crate::intern::Symbol;
use crate::lock::{LockIndex, SourceKind};
use crate::options::PlatformRequest;
use crate::resolve::{Features, FeaturesFor, Selected, Universe};
use crate::source::progress::Progress;
use crate::workspace::Workspace;

/// How often features are looked at that others turned on.
const ROUNDS: usize = 3;

/// A crate, and what it is built for.
pub(super) type CrateFor = (CandidateId, FeaturesFor);

/// A feature of a crate, and what for.
pub(super) type Wish = (CandidateId, FeaturesFor, Symbol);

/// A wish, and the same in the terms of a universe.
type PlacedWish = (Wish, Option<(LockIndex, FeaturesFor, u32)>);

/// What a program uses: of each crate and for what.
type Uses = BTreeMap<CrateFor, CrateUse>;

/// The features that some program asks for, of each crate and for what.
type Requested = BTreeMap<CrateFor, BTreeSet<Symbol>>;

/// How a program uses a crate.
#[derive(Debug, Default)]
struct CrateUse {
    /// The features that are on wherever it is used.
    everywhere: BTreeSet<Symbol>,
    /// The features that some dependent asks for. Only such are given to others: a crate need not compile with a feature that is only
    /// ever included in another one.
    requested: BTreeSet<Symbol>,
    /// For which triples it is used.
    triples: BTreeSet<String>,
}

/// A program, with what could be turned on in it.
pub(super) struct Ground {
    pub(super) universe: Universe,
    pub(super) selected: Selected,
    /// The candidates that the universe's packages are; none of a program's own.
    pub(super) ids: Vec<Option<CandidateId>>,
    indexes: FxHashMap<CandidateId, LockIndex>,
    /// What it may have.
    pub(super) allowed: BTreeSet<Wish>,
    /// Why it may not have the rest: the crates that it would get; none if no lock has the feature with the program's versions.
    pub(super) brings: BTreeMap<Wish, BTreeSet<Symbol>>,
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
        let locks = self.locks.iter();
        let mut lockable: Vec<Lockable<'_>> = locks.map(|locked| Lockable::new(&self.catalog, locked)).collect();
        let mut grounds: Vec<Ground> = Vec::new();
        for round in 0..=ROUNDS {
            grounds = self.grounds(&resolver, platforms, (&uses, &on), &mut lockable, grounds)?;
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
                        CrateUse { everywhere, ..used }
                    });
                }
            }
            if !grown {
                break;
            }
        }
        let chosen = choose(&grounds)?;
        let additions: Vec<Additions> = grounds
            .iter()
            .zip(&uses)
            .zip(chosen)
            .map(|((ground, uses), chosen)| additions(uses, ground.effective(chosen)))
            .collect();
        Ok(self.locked(additions, lockable))
    }

    /// The locks with additions; a program for which there is none goes without.
    fn locked(&self, mut additions: Vec<Additions>, lockable: Vec<Lockable<'_>>) -> (Vec<Additions>, Vec<Locked>) {
        let locks = additions.par_iter_mut().zip(lockable).enumerate();
        let locks = locks.map(|(number, (additions, mut lockable))| {
            let own = || self.locks[number].clone();
            if additions.is_empty() {
                return own();
            }
            let locked = lockable.with(&extra(additions), |extra| self.solve_again(number, extra));
            if locked.kept.is_some() {
                additions.clear();
                return own();
            }
            locked
        });
        let locks = locks.collect();
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
        lockable: &mut [Lockable<'_>],
        before: Vec<Ground>,
    ) -> Result<Vec<Ground>, crate::Error> {
        // There is none in the first round.
        let mut before: Vec<Option<Ground>> = before.into_iter().map(Some).collect();
        before.resize_with(uses.len(), || None);
        let tasks: Vec<GroundTask> = uses
            .par_iter()
            .enumerate()
            .zip(lockable)
            .zip(before)
            .map(|(((number, uses), lockable), before)| {
                let wishes = wishes(uses, on);
                match before {
                    Some(ground) if ground.wishes == wishes => GroundTask::Keep(Box::new(ground)),
                    _ => {
                        let solve = |extra: &_| self.solve_again(number, extra);
                        let (lockable, locked) = lockable.find(wishes.clone(), solve);
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
                } => self.ground(resolver, platforms, (number, uses), wishes, (lockable, &locked)),
            })
            .collect()
    }

    /// A program, with what could be turned on in it: of its wishes those that a lock can have, with that lock.
    fn ground(
        &self,
        resolver: &FleetResolver<'_>,
        platforms: &[PlatformRequest],
        (number, uses): (usize, &Uses),
        wishes: BTreeSet<Wish>,
        (lockable, locked): (BTreeSet<Wish>, &Locked),
    ) -> Result<Ground, crate::Error> {
        let additions = additions(uses, lockable.clone());
        let program = self.program(number, locked, &additions);
        let (workspace, selected) = program.workspace()?;
        let (lock, ids) = program.lock()?;
        let universe = resolver.universe((&workspace, lock), &selected)?;
        let selected = without_additions(&workspace, selected);
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
    /// The features on each platform, without those of others.
    pub(super) fn features(&self) -> Vec<Features<'_>> {
        let platforms = self.universe.platforms.iter();
        platforms
            .map(|platform| Features::resolve(&self.universe, *platform, &self.selected, false))
            .collect()
    }

    /// A wish in the terms of the universe.
    pub(super) fn place(&self, (id, side, feature): &Wish) -> Option<(LockIndex, FeaturesFor, u32)> {
        let index = *self.indexes.get(id)?;
        let feature = self.universe.package(index)?.feature(*feature)?;
        Some((index, *side, feature))
    }

    /// Where a crate is in the universe, if it was reached.
    pub(super) fn index(&self, id: CandidateId) -> Option<LockIndex> {
        let index = *self.indexes.get(&id)?;
        self.universe.loaded(index).map(|_| index)
    }

    /// Finds out which wishes may come true.
    fn allow(&mut self, wishes: BTreeSet<Wish>) {
        let mut with = self.features();
        let before: Vec<FxHashSet<(LockIndex, FeaturesFor)>> = with
            .iter()
            .map(|features| features.packages(&self.selected).into_iter().collect())
            .collect();
        let mut allowed: Vec<PlacedWish> = Vec::new();
        let mut brings = BTreeMap::new();
        let wishes = wishes.into_iter();
        let mut parts: Vec<Vec<PlacedWish>> = vec![wishes.map(|wish| (wish, self.place(&wish))).collect()];
        while let Some(part) = parts.pop() {
            if part.is_empty() {
                continue;
            }
            // Those that were allowed before are asked for again: a crate that they are of may only come by the others.
            let places = allowed.iter().chain(&part).filter_map(|(_, place)| *place);
            let tried: Vec<Features<'_>> = with.iter().map(|features| features.with(places.clone())).collect();
            let brought = self.brought(&before, &tried);
            if brought.is_empty() {
                allowed.extend(part);
                with = tried;
            } else if let [(wish, _)] = part.as_slice() {
                brings.insert(*wish, brought);
            } else {
                let (first, second) = part.split_at(part.len() / 2);
                parts.push(second.to_vec());
                parts.push(first.to_vec());
            }
        }
        self.allowed = allowed.into_iter().map(|(wish, _)| wish).collect();
        self.brings.extend(brings);
    }

    /// The crates and native libraries that a program gets on some platform, and may not.
    fn brought(&self, before: &[FxHashSet<(LockIndex, FeaturesFor)>], with: &[Features<'_>]) -> BTreeSet<Symbol> {
        let mut brought = BTreeSet::new();
        for (features, before) in with.iter().zip(before) {
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
                let used = uses.entry((id, side)).or_insert_with(|| CrateUse {
                    everywhere: on.clone(),
                    ..CrateUse::default()
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
