//! Which programs get which features of others, so that there are as few different crates as possible.
//!
//! What each may have is known ([`super::ground`]). The search begins where everybody has all that they may have, and takes back what does
//! harm. Then it goes from crate to crate, and gives programs that have one set of its features the set that others have. A change stays if
//! there are fewer crates by it; nothing depends on the programs' names, or on the order in which the fleet file has them.
//!
//! Most of what is tried is not kept, and tried again after something else was. So a program remembers what its crates would be by what was
//! tried, until something of it changes.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::count::{Counts, Difference};
use super::ground::{CrateFor, Ground, Wish};
use super::numbering::{NumberedUse, Numbering, Numbers};
use crate::bits::BitSet;
use crate::intern::Symbol;
use crate::internal::{InternalError, Invariant};
use crate::lock::LockIndex;
use crate::resolve::{Features, FeaturesFor};

/// How often all that is disputed is tried.
const PASSES: usize = 3;

/// How many programs are looked at by one thread at least: to wake another one costs as much as a few of them.
const PROGRAMS_OF_THREAD: usize = 8;

/// What each program gets, of what it may have.
///
/// # Errors
/// An internal one.
pub(super) fn choose(grounds: &[Ground]) -> Result<Vec<BTreeSet<Wish>>, InternalError> {
    let programs: Result<Vec<Option<Program<'_>>>, InternalError> = grounds.par_iter().map(Program::new).collect();
    let programs: Option<Vec<Program<'_>>> = programs?.into_iter().collect();
    // Without a platform there are no crates that could be fewer.
    let Some(programs) = programs else {
        return Ok(grounds.iter().map(|ground| ground.allowed.clone()).collect());
    };
    let mut search = Search::new(&programs);
    search.improve(&trials(grounds))?;
    let states = programs.iter().zip(&search.states);
    Ok(states.map(|(program, state)| program.named(&state.on)).collect())
}

/// The wishes that are turned off or on together, in the order in which it is tried.
fn trials(grounds: &[Ground]) -> Vec<BTreeSet<Wish>> {
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
    trials
}

/// A program on one platform, with what it may have.
struct Program<'g> {
    ground: &'g Ground,
    /// Without features of others.
    plain: Features<'g>,
    numbering: Numbering,
    /// What it may have, in the order of wishes: sets of them are sets of their positions.
    wishes: Vec<PossibleWish>,
    /// By what they are for.
    places: FxHashMap<CrateFor, BitSet>,
    /// Those that make sense with others alone, and with which.
    companions: Vec<(u32, Vec<BitSet>)>,
}

struct PossibleWish {
    wish: Wish,
    /// The same in the terms of the universe.
    place: Option<(LockIndex, FeaturesFor, u32)>,
}

/// What is turned on in a program, and what crates it has by it.
struct State<'g> {
    on: BitSet,
    features: Features<'g>,
    numbers: Numbers,
    /// What else was tried since something changed, and what crates would come and go by it.
    tried: FxHashMap<BitSet, Difference>,
}

impl<'g> Program<'g> {
    /// Nothing, if there is no platform.
    fn new(ground: &'g Ground) -> Result<Option<Self>, InternalError> {
        let Some(platform) = ground.universe.platforms.first() else {
            return Ok(None);
        };
        let plain = ground.features_on(*platform)?;
        let mut places: FxHashMap<CrateFor, BitSet> = FxHashMap::default();
        for ((id, side, _), bit) in ground.allowed.iter().zip(0_u32..) {
            places.entry((*id, *side)).or_default().insert(bit);
        }
        let wishes = ground.allowed.iter().map(|wish| PossibleWish {
            wish: *wish,
            place: ground.place(wish),
        });
        let bits: FxHashMap<&Wish, u32> = ground.allowed.iter().zip(0_u32..).collect();
        let companions = ground.allowed.iter().zip(0_u32..).filter_map(|(wish, bit)| {
            let companions = ground.wishes.companions(wish)?;
            // What it may not have of them, it never gets.
            let all = |with: &Vec<Wish>| with.iter().map(|other| bits.get(other).copied()).collect();
            Some((bit, companions.iter().filter_map(all).collect()))
        });
        Ok(Some(Self {
            companions: companions.collect(),
            ground,
            numbering: Numbering::new(ground, &plain),
            plain,
            wishes: wishes.collect(),
            places,
        }))
    }

    /// Of some wishes those that have their companions among them.
    fn whole(&self, mut wishes: BitSet) -> BitSet {
        loop {
            let torn = self.companions.iter().filter(|(bit, with)| {
                wishes.contains(*bit) && !with.iter().any(|companions| companions.is_subset(&wishes))
            });
            let torn: BitSet = torn.map(|(bit, _)| *bit).collect();
            if torn.iter().next().is_none() {
                return wishes;
            }
            wishes = wishes.difference(&torn);
        }
    }

    fn named(&self, wishes: &BitSet) -> BTreeSet<Wish> {
        let wishes = wishes.iter();
        wishes.map(|bit| self.wishes[bit as usize].wish).collect()
    }

    /// The state with all that it may have.
    fn most(&self) -> State<'g> {
        let on: BitSet = (0_u32..).take(self.wishes.len()).collect();
        let features = self.plain.with(self.requests(&on));
        State {
            numbers: self.numbering.numbers(&features),
            on,
            features,
            tried: FxHashMap::default(),
        }
    }

    fn requests(&self, wishes: &BitSet) -> impl Iterator<Item = (LockIndex, FeaturesFor, u32)> {
        wishes.iter().filter_map(|bit| self.wishes[bit as usize].place)
    }

    /// The features and numbers with other wishes.
    fn with(&self, state: &State<'g>, next: &BitSet) -> (Features<'g>, Numbers) {
        // What is on only ever grows by a wish, so that it can be added to what others turned on, but not taken away from it.
        let base = if state.on.is_subset(next) {
            &state.features
        } else {
            &self.plain
        };
        let features = base.with(self.requests(next));
        let numbers = self.numbering.changed(&state.numbers, &state.features, &features);
        (features, numbers)
    }

    /// The crates that other wishes would bring, and those that would go.
    fn difference(&self, state: &State<'g>, next: &BitSet) -> (Vec<NumberedUse>, Vec<NumberedUse>) {
        let (_, numbers) = self.with(state, next);
        (
            self.numbering.without(&numbers, &state.numbers),
            self.numbering.without(&state.numbers, &numbers),
        )
    }

    /// What is turned on, if a crate gets a set of features (in ascending order) instead of those that it has; none if the program asks for
    /// more, or nothing changes.
    fn moved(&self, on: &BitSet, (at, target): (CrateAt, &[u32])) -> Option<BitSet> {
        let target: BitSet = target.iter().copied().collect();
        let plain = self.plain.of(at.index, at.place.1);
        if !plain.is_none_or(|plain| plain.is_subset(&target)) {
            return None;
        }
        let none = BitSet::default();
        let here = self.places.get(&at.place).unwrap_or(&none);
        let wanted = here.iter().filter(|bit| {
            let place = self.wishes[*bit as usize].place;
            place.is_some_and(|(_, _, feature)| target.contains(feature))
        });
        let next = self.whole(on.difference(here).union(&wanted.collect()));
        (next != *on).then_some(next)
    }
}

/// A crate that may be united, in one of the programs.
#[derive(Clone, Copy)]
struct CrateAt {
    place: CrateFor,
    program: usize,
    index: LockIndex,
}

/// The sets of features that a crate has, each in ascending order, and in which programs.
type FeatureSets = BTreeMap<Vec<u32>, Vec<CrateAt>>;

/// A change: programs, and what is turned on in each.
type Changes = Vec<(usize, BitSet)>;

struct Search<'p, 'g> {
    programs: &'p [Program<'g>],
    states: Vec<State<'g>>,
    counts: Counts,
}

impl<'p, 'g> Search<'p, 'g> {
    fn new(programs: &'p [Program<'g>]) -> Self {
        let states: Vec<State<'g>> = programs.par_iter().map(Program::most).collect();
        let mut counts = Counts::default();
        for (program, state) in programs.iter().zip(&states) {
            counts.add(&program.numbering.uses(&state.numbers));
        }
        Self {
            programs,
            states,
            counts,
        }
    }

    /// Turns wishes off or on for all programs that may have them, as long as there are fewer crates by it.
    fn improve(&mut self, trials: &[BTreeSet<Wish>]) -> Result<(), InternalError> {
        let trials = self.by_program(trials);
        let places = self.places();
        for _ in 0..PASSES {
            let before = self.counts.cost();
            for trial in &trials {
                self.turn(trial, BitSet::difference)?;
                self.turn(trial, BitSet::union)?;
            }
            for crates in &places {
                while self.merge(crates)? {}
            }
            if self.counts.cost() == before {
                break;
            }
        }
        Ok(())
    }

    /// The trials in the terms of the programs that may have any of it.
    fn by_program(&self, trials: &[BTreeSet<Wish>]) -> Vec<Changes> {
        let mut bits: FxHashMap<Wish, Vec<(usize, u32)>> = FxHashMap::default();
        for (number, program) in self.programs.iter().enumerate() {
            for (wish, bit) in program.wishes.iter().zip(0_u32..) {
                bits.entry(wish.wish).or_default().push((number, bit));
            }
        }
        let of_trial = |wishes: &BTreeSet<Wish>| {
            let mut by_program: BTreeMap<usize, BitSet> = BTreeMap::new();
            for (number, bit) in wishes.iter().filter_map(|wish| bits.get(wish)).flatten() {
                by_program.entry(*number).or_default().insert(*bit);
            }
            by_program.into_iter().collect()
        };
        trials.iter().map(of_trial).collect()
    }

    /// Turns a trial off or on in all programs where it is a change.
    fn turn(
        &mut self,
        trial: &[(usize, BitSet)],
        turned: impl Fn(&BitSet, &BitSet) -> BitSet,
    ) -> Result<bool, InternalError> {
        let next = trial.iter().map(|(number, wishes)| {
            let on = &self.states[*number].on;
            (*number, self.programs[*number].whole(turned(on, wishes)))
        });
        let changes: Changes = next.filter(|(number, next)| *next != self.states[*number].on).collect();
        self.attempt(&changes)
    }

    /// All crates that may be united, in the programs that have them.
    fn places(&self) -> Vec<Vec<CrateAt>> {
        // The programs' numbers come from their names; by what they are made of, their order is always the same.
        let mut order: Vec<usize> = (0..self.programs.len()).collect();
        order.sort_by_key(|number| {
            let ground = self.programs[*number].ground;
            (&ground.ids, &ground.allowed)
        });
        let grounds = self.programs.iter().map(|program| program.ground);
        let wishes = grounds.flat_map(|ground| ground.allowed.iter().chain(ground.brings.keys()));
        let places: BTreeSet<CrateFor> = wishes.map(|(id, side, _)| (*id, *side)).collect();
        let of_place = |place: CrateFor| {
            let crates = order.iter().filter_map(move |program| {
                let index = self.programs[*program].ground.index(place.0)?;
                Some(CrateAt {
                    place,
                    program: *program,
                    index,
                })
            });
            crates.collect()
        };
        places.into_iter().map(of_place).collect()
    }

    fn sets(&self, crates: &[CrateAt]) -> FeatureSets {
        let mut sets = FeatureSets::new();
        for at in crates {
            if let Some(features) = self.states[at.program].features.of(at.index, at.place.1) {
                sets.entry(features.iter().collect()).or_default().push(*at);
            }
        }
        sets
    }

    /// Where programs have a crate with different features: gives some of them the set that others have, or what two sets have in common, if
    /// there are fewer crates by it. The first such change is made. Was there one?
    fn merge(&mut self, crates: &[CrateAt]) -> Result<bool, InternalError> {
        let sets = self.sets(crates);
        if sets.len() < 2 {
            return Ok(false);
        }
        let mut targets: BTreeSet<Vec<u32>> = BTreeSet::new();
        for first in sets.keys() {
            let common = |second: &Vec<u32>| -> Vec<u32> {
                let first = first.iter().copied();
                first.filter(|feature| second.binary_search(feature).is_ok()).collect()
            };
            targets.extend(sets.keys().map(common));
        }
        for target in &targets {
            let others = sets.iter().filter(|(set, _)| *set != target);
            let moved = |at: &CrateAt| {
                let next = self.programs[at.program].moved(&self.states[at.program].on, (*at, target))?;
                Some((at.program, next))
            };
            let others: Vec<Changes> = others
                .map(|(_, crates)| crates.iter().filter_map(moved).collect())
                .collect();
            // All at once, then those of one set, then each by itself.
            let all = others.concat();
            let single = all.chunks(1);
            let attempts = std::iter::once(all.as_slice())
                .chain(others.iter().map(Vec::as_slice))
                .chain(single);
            for changes in attempts {
                if self.attempt(changes)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Changes what is turned on in programs, if there are fewer crates by it.
    fn attempt(&mut self, changes: &[(usize, BitSet)]) -> Result<bool, InternalError> {
        self.look_at(changes);
        let differences = changes.iter().map(|(number, next)| {
            let known = self.states[*number].tried.get(next);
            known.invariant("what was looked at")
        });
        let differences: Vec<&Difference> = differences.collect::<Result<_, _>>()?;
        if !self.counts.become_fewer(&differences) {
            return Ok(false);
        }
        for (number, next) in changes {
            let (program, state) = (&self.programs[*number], &mut self.states[*number]);
            let (features, numbers) = program.with(state, next);
            *state = State {
                on: next.clone(),
                features,
                numbers,
                tried: FxHashMap::default(),
            };
        }
        Ok(true)
    }

    /// Finds out what crates would come and go, where it is not known.
    fn look_at(&mut self, changes: &[(usize, BitSet)]) {
        let states = &self.states;
        let unknown: Vec<&(usize, BitSet)> = changes
            .iter()
            .filter(|(number, next)| !states[*number].tried.contains_key(next))
            .collect();
        let found: Vec<_> = unknown
            .par_iter()
            .with_min_len(PROGRAMS_OF_THREAD)
            .map(|(number, next)| self.programs[*number].difference(&states[*number], next))
            .collect();
        for ((number, next), (gained, lost)) in unknown.into_iter().zip(found) {
            let difference = self.counts.difference(&gained, &lost);
            self.states[*number].tried.insert(next.clone(), difference);
        }
    }
}
