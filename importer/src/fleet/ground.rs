//! A program of a fleet, with what could be turned on in it.
//!
//! It may have the features that others turn on, but never one that would bring a crate into it that it had not, or a native library, and
//! none that would turn anything on in a crate that the file keeps separate.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::catalog::CandidateId;
use super::requested::{Requested, Wishes};
use crate::bits::BitSet;
use crate::intern::Symbol;
use crate::internal::{InternalError, Invariant};
use crate::lock::LockIndex;
use crate::options::PlatformRequest;
use crate::resolve::{self, BuiltPackages, Features, FeaturesFor, PlatformTriples, Selected, Universe};

/// A crate, and what it is built for.
pub(super) type CrateFor = (CandidateId, FeaturesFor);

/// A feature of a crate, and what for.
pub(super) type Wish = (CandidateId, FeaturesFor, Symbol);

/// A feature of a package in the terms of a universe.
type Place = (LockIndex, FeaturesFor, u32);

/// A wish, and the same in the terms of a universe.
type PlacedWish = (Wish, Option<Place>);

/// What a program uses: of each crate and for what.
pub(super) type Uses = BTreeMap<CrateFor, CrateUse>;

/// How a program uses a crate.
#[derive(Debug, Default)]
pub(super) struct CrateUse {
    /// The features that are on wherever it is used.
    pub(super) everywhere: BTreeSet<Symbol>,
    /// The features that some dependent asks for. Only such are given to others: a crate need not compile with a feature that is only
    /// ever included in another one.
    pub(super) requested: Requested,
    /// For which triples it is used.
    pub(super) triples: BTreeSet<String>,
}

/// A program, with what could be turned on in it.
pub(super) struct Ground {
    pub(super) universe: Universe,
    pub(super) selected: Selected,
    /// The candidates that the universe's packages are; none of a program's own.
    pub(super) ids: Vec<Option<CandidateId>>,
    indexes: FxHashMap<CandidateId, LockIndex>,
    /// The crates that have its own features alone.
    separate: Vec<LockIndex>,
    /// What it may have.
    pub(super) allowed: BTreeSet<Wish>,
    /// What of that changes anything, if it has all of it.
    effective: BTreeSet<Wish>,
    /// Why it may not have the rest: the crates that it would get; none if no lock has the feature with the program's versions.
    pub(super) brings: BTreeMap<Wish, BTreeSet<Symbol>>,
    /// What it uses, if it has all that it may have.
    pub(super) uses: Uses,
    /// What was asked for it.
    pub(super) wishes: Wishes,
}

impl Ground {
    /// A program of which `wishes` are asked for, and of these a lock can have those that are `lockable`. The crates of these names have
    /// its own features alone.
    pub(super) fn new(
        universe: Universe,
        selected: Selected,
        ids: Vec<Option<CandidateId>>,
        separate: &BTreeSet<Symbol>,
        wishes: Wishes,
        lockable: BTreeSet<Wish>,
        platforms: &[PlatformRequest],
    ) -> Result<Self, InternalError> {
        let indexes = (0_u32..)
            .map(LockIndex)
            .zip(&ids)
            .filter_map(|(index, id)| Some(((*id)?, index)))
            .collect();
        let is_separate = |index: &LockIndex| separate.contains(&universe.lock.package(*index).name);
        let separate = (0_u32..).map(LockIndex).take(ids.len()).filter(is_separate).collect();
        let refused = wishes.list.difference(&lockable).map(|wish| (*wish, BTreeSet::new()));
        let mut ground = Self {
            universe,
            selected,
            ids,
            indexes,
            separate,
            allowed: BTreeSet::new(),
            effective: BTreeSet::new(),
            brings: refused.collect(),
            uses: Uses::new(),
            wishes,
        };
        ground.allow(lockable, platforms)?;
        Ok(ground)
    }

    /// The features on each platform, without those of others.
    pub(super) fn features(&self) -> Result<Vec<Features<'_>>, InternalError> {
        let platforms = self.universe.platforms.iter();
        platforms.map(|platform| self.features_on(*platform)).collect()
    }

    /// The features on a platform, without those of others.
    pub(super) fn features_on(&self, platform: PlatformTriples) -> Result<Features<'_>, InternalError> {
        Features::resolve(&self.universe, platform, &self.selected, false)
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

    /// Finds out which wishes may come true, and what the program uses then.
    fn allow(&mut self, wishes: BTreeSet<Wish>, platforms: &[PlatformRequest]) -> Result<(), InternalError> {
        let plain = self.features()?;
        let mut with = plain.clone();
        let mut built: Vec<BuiltPackages> = with.iter().map(|features| features.packages(&self.selected)).collect();
        // Of what was allowed that of which the crate is not there on some platform: it may only come by others, and is asked for again.
        let mut waiting: Vec<Place> = Vec::new();
        let mut allowed: Vec<PlacedWish> = Vec::new();
        let mut brings = BTreeMap::new();
        let wishes = wishes.into_iter();
        let mut parts: Vec<Vec<PlacedWish>> = vec![wishes.map(|wish| (wish, self.place(&wish))).collect()];
        while let Some(part) = parts.pop() {
            if part.is_empty() {
                continue;
            }
            let places = part.iter().filter_map(|(_, place)| *place);
            let places = waiting.iter().copied().chain(places);
            let tried: Vec<Features<'_>> = with.iter().map(|features| features.with(places.clone())).collect();
            let further = tried.iter().zip(&with).zip(&built);
            let further: Vec<Vec<(LockIndex, FeaturesFor)>> = further
                .map(|((tried, with), built)| tried.further_packages(with, built))
                .collect::<Result<_, InternalError>>()?;
            // Tests look at all packages.
            debug_assert!(
                tried.iter().zip(&built).zip(&further).all(|((tried, built), further)| {
                    tried.packages(&self.selected).list.len() == built.list.len() + further.len()
                }),
                "packages that are built are those before and further ones"
            );
            let mut brought = self.brought(&further)?;
            brought.extend(self.turned_on(&plain, &tried));
            if brought.is_empty() {
                let is_missing = |(index, side, _): &Place| {
                    let mut platforms = tried.iter();
                    platforms.any(|features| !features.takes_part(*index, *side))
                };
                waiting = places.filter(is_missing).collect();
                for (built, further) in built.iter_mut().zip(&further) {
                    built.extend(further);
                }
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
        let mut whole: BTreeSet<Wish> = allowed.iter().map(|(wish, _)| *wish).collect();
        let torn = self.wishes.keep_whole(&mut whole);
        if !torn.is_empty() {
            // Less is on than was tried.
            let places: Vec<Place> = whole.iter().filter_map(|wish| self.place(wish)).collect();
            with = plain.iter().map(|features| features.with(places.clone())).collect();
            built = with.iter().map(|features| features.packages(&self.selected)).collect();
        }
        let is_there = |wish: &&Wish| self.takes_part(wish, &with);
        let effective = whole.iter().filter(is_there).copied().collect();
        self.uses = self.used(&with, &built, platforms)?;
        self.effective = effective;
        self.allowed = whole;
        self.brings.extend(brings);
        for wish in torn {
            let brought = self.brought_with(&wish);
            self.brings.insert(wish, brought);
        }
        Ok(())
    }

    /// Of the packages that a program gets, those that it may not: crates and native libraries.
    fn brought(&self, further: &[Vec<(LockIndex, FeaturesFor)>]) -> Result<BTreeSet<Symbol>, InternalError> {
        let mut brought = BTreeSet::new();
        for (index, side) in further.iter().flatten().copied() {
            let native = self.universe.reached(index)?.package.links.is_some();
            // What runs inside the compiler, or belongs to a build script, is not part of the program.
            if side == FeaturesFor::Target || native {
                brought.insert(self.universe.lock.package(index).name);
            }
        }
        Ok(brought)
    }

    /// What those bring that are asked for with a wish.
    fn brought_with(&self, wish: &Wish) -> BTreeSet<Symbol> {
        let companions = self.wishes.companions(wish).into_iter().flatten().flatten();
        let brought = companions.filter_map(|other| self.brings.get(other));
        brought.flatten().copied().collect()
    }

    /// The separate crates that get features.
    fn turned_on(&self, before: &[Features<'_>], with: &[Features<'_>]) -> BTreeSet<Symbol> {
        let changed = |index: LockIndex| {
            let sides = [FeaturesFor::Target, FeaturesFor::Host];
            let mut platforms = before.iter().zip(with);
            platforms.any(|(before, with)| {
                sides
                    .iter()
                    .any(|side| before.of(index, *side) != with.of(index, *side))
            })
        };
        let separate = self.separate.iter().copied().filter(|index| changed(*index));
        separate.map(|index| self.universe.lock.package(index).name).collect()
    }

    /// What the program uses of what is built with features.
    fn used(
        &self,
        with: &[Features<'_>],
        built: &[BuiltPackages],
        platforms: &[PlatformRequest],
    ) -> Result<Uses, InternalError> {
        let mut uses = Uses::new();
        for ((features, built), request) in with.iter().zip(built).zip(platforms) {
            let mut requests: Vec<Vec<BitSet>> = vec![Vec::new(); self.ids.len() * 2];
            for (index, side, asked) in features.requests()? {
                // Most dependents ask for the same.
                let known = &mut requests[resolve::position(index, side)];
                if !known.contains(&asked) {
                    known.push(asked);
                }
            }
            for (index, side) in built.list.iter().copied() {
                // A program's own crates are nobody else's.
                let Some(id) = self.ids[index.0 as usize] else { continue };
                let package = &self.universe.reached(index)?.package;
                let names = |set: &BitSet| -> BTreeSet<Symbol> {
                    let features = set.iter();
                    features
                        .map(|feature| package.features[feature as usize].name)
                        .collect()
                };
                let on = names(features.of(index, side).invariant("features of what is built")?);
                let used = uses.entry((id, side)).or_insert_with(|| CrateUse {
                    everywhere: on.clone(),
                    ..CrateUse::default()
                });
                used.everywhere.retain(|feature| on.contains(feature));
                // What neither a dependency nor another program asks for, the command line does.
                let mut rest = features.requested(index, side).clone();
                for asked in &requests[resolve::position(index, features.side_of(side))] {
                    rest = rest.difference(asked);
                    used.requested.add(names(asked).into_iter().collect());
                }
                let is_wish = |side: FeaturesFor, feature: &Symbol| self.wishes.list.contains(&(id, side, *feature));
                let other = FeaturesFor::host(side == FeaturesFor::Target);
                let rest = names(&rest);
                for feature in rest.iter().filter(|feature| !is_wish(side, feature)) {
                    match features.side_of(FeaturesFor::Host) {
                        // Without a difference of target and host it was given for both, and makes sense with what is there.
                        FeaturesFor::Target if is_wish(other, feature) => {
                            let all = names(features.requested(index, side));
                            used.requested.add(all.into_iter().collect());
                        }
                        _ => used.requested.add(vec![*feature]),
                    }
                }
                let triple = match side {
                    FeaturesFor::Target => &request.target,
                    FeaturesFor::Host => request.host(),
                };
                used.triples.insert(triple.to_owned());
            }
        }
        Ok(uses)
    }

    /// Those of the wishes that change anything: of what was chosen, the crate may not be there.
    pub(super) fn effective(&self, chosen: BTreeSet<Wish>) -> Result<BTreeSet<Wish>, InternalError> {
        if chosen == self.allowed {
            return Ok(self.effective.clone());
        }
        let plain = self.features()?;
        let with: Vec<Features<'_>> = plain
            .iter()
            .map(|features| features.with(chosen.iter().filter_map(|wish| self.place(wish))))
            .collect();
        Ok(chosen.into_iter().filter(|wish| self.takes_part(wish, &with)).collect())
    }

    /// Is the crate of a wish there on some platform?
    fn takes_part(&self, (id, side, _): &Wish, with: &[Features<'_>]) -> bool {
        let index = self.indexes.get(id);
        index.is_some_and(|index| with.iter().any(|features| features.takes_part(*index, *side)))
    }
}
