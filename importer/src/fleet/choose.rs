//! Which programs get which features of others, so that there are as few different crates as possible.
//!
//! What each may have is known ([`super::unite`]). The search begins where everybody has all that they may have, and takes back what does
//! harm. Then it goes from crate to crate, and gives programs that have one set of its features the set that others have. A change stays if
//! there are fewer crates by it; nothing depends on the programs' names, or on the order in which the fleet file has them.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHasher};

use super::unite::{CrateFor, Ground, Wish};
use crate::intern::Symbol;
use crate::lock::LockIndex;
use crate::resolve::{Features, FeaturesFor, position};

/// How often all that is disputed is tried.
const PASSES: usize = 3;

/// How much a crate that runs with the programs counts, beside one that is only needed to build them.
const RUN_TIME: usize = 16;

/// What each program gets, of what it may have.
pub(super) fn choose(grounds: &[Ground]) -> Vec<BTreeSet<Wish>> {
    let mut order: Vec<usize> = (0..grounds.len()).collect();
    order.sort_by_key(|number| (&grounds[*number].ids, &grounds[*number].allowed));
    let search = Search {
        grounds,
        plain: grounds.par_iter().map(Plain::new).collect(),
        order,
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
    let mut places: BTreeMap<CrateFor, BTreeSet<Wish>> = BTreeMap::new();
    for wish in &disputed {
        places.entry((wish.0, wish.1)).or_default().insert(*wish);
    }
    trials.extend(places.into_values().filter(|wishes| wishes.len() > 1));
    trials.extend(disputed.iter().map(|wish| BTreeSet::from([*wish])));
    let most: Vec<BTreeSet<Wish>> = grounds.iter().map(|ground| ground.allowed.clone()).collect();
    search.improve(most, &trials)
}

/// What is turned on in each program, and what crates there are by it.
struct Choice {
    /// By program.
    wishes: Vec<BTreeSet<Wish>>,
    /// By program: a number for each crate, and whether it runs with the program.
    crates: Vec<Vec<(u64, bool)>>,
    counted: Counted,
}

struct Search<'g> {
    grounds: &'g [Ground],
    /// By program; none on a fleet without platforms.
    plain: Vec<Option<Plain<'g>>>,
    /// The programs, ordered by what they are made of: their numbers come from their names.
    order: Vec<usize>,
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
        let mut choice = Choice {
            wishes: chosen,
            crates,
            counted: Counted::default(),
        };
        for crates in &choice.crates {
            choice.counted.add(crates);
        }
        for _ in 0..PASSES {
            let before = choice.counted.cost;
            for trial in trials {
                for on in [false, true] {
                    let changed = self.turned(&choice.wishes, trial, on);
                    self.attempt(&mut choice, changed);
                }
            }
            self.merge(&mut choice);
            if choice.counted.cost == before {
                break;
            }
        }
        choice.wishes
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
    fn places(&self) -> BTreeSet<CrateFor> {
        let wishes = self
            .grounds
            .iter()
            .flat_map(|ground| ground.allowed.iter().chain(ground.brings.keys()));
        wishes.map(|(id, side, _)| (*id, *side)).collect()
    }

    /// The sets of features that a crate has, and in which programs.
    fn sets(&self, now: &[Option<Features<'_>>], place: CrateFor) -> BTreeMap<BTreeSet<Symbol>, Vec<usize>> {
        let mut sets: BTreeMap<BTreeSet<Symbol>, Vec<usize>> = BTreeMap::new();
        for number in &self.order {
            let ground = &self.grounds[*number];
            if let Some(names) = now[*number].as_ref().and_then(|features| ground.names(features, place)) {
                sets.entry(names).or_default().push(*number);
            }
        }
        sets
    }

    /// Where programs have a crate with different features: gives some of them the set that others have, or what two sets have in common, as
    /// long as there are fewer crates by it.
    fn merge(&self, choice: &mut Choice) {
        let mut now: Vec<Option<Features<'_>>> = (0..self.grounds.len())
            .into_par_iter()
            .map(|number| self.features(number, &choice.wishes[number]))
            .collect();
        for place in self.places() {
            while let Some(changed) = self.merge_at(place, &now, choice) {
                for number in changed {
                    now[number] = self.features(number, &choice.wishes[number]);
                }
            }
        }
    }

    /// The first change to the sets of features of one crate that makes fewer crates, if there is one: it is made, and the programs are told.
    fn merge_at(&self, place: CrateFor, now: &[Option<Features<'_>>], choice: &mut Choice) -> Option<Vec<usize>> {
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
                    .filter_map(|number| Some((*number, self.moved(*number, &choice.wishes[*number], place, target)?)))
                    .collect();
                let numbers = changed.iter().map(|(number, _)| *number).collect();
                if !changed.is_empty() && self.attempt(choice, changed) {
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
        place: CrateFor,
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
    fn attempt(&self, choice: &mut Choice, changed: Vec<(usize, BTreeSet<Wish>)>) -> bool {
        let Choice {
            wishes,
            crates,
            counted,
        } = choice;
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
            for ((number, next_wishes), next) in changed.into_iter().zip(next) {
                wishes[number] = next_wishes;
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
