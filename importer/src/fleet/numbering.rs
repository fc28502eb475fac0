//! The crates of a program as numbers. A number stands for a crate, its features and all that is below it, and is the same in all
//! programs, so that crates that programs have in common are equal numbers.
//!
//! Thousands of choices of features are looked at, and most of them change little of a program. So a numbering knows what each crate may
//! depend on, dependencies first, and goes through it once: only what a change reaches gets a new number.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use super::catalog::CandidateId;
use super::ground::Ground;
use crate::bits::BitSet;
use crate::lock::LockIndex;
use crate::resolve::{Features, FeaturesFor, position};

/// What is on in a program.
pub(super) trait TurnedOn {
    /// The features of a crate; none if it takes no part.
    fn features(&self, place: CratePlace) -> Option<&BitSet>;

    /// The names of its dependency tables that are on.
    fn dependency_names(&self, place: CratePlace) -> &BitSet;
}

impl TurnedOn for Features<'_> {
    fn features(&self, place: CratePlace) -> Option<&BitSet> {
        self.of(place.index, place.side)
    }

    fn dependency_names(&self, place: CratePlace) -> &BitSet {
        self.dependency_names(place.index, place.side)
    }
}

/// A crate of a program, and what it is built for.
#[derive(Debug, Clone, Copy)]
pub(super) struct CratePlace {
    pub(super) index: LockIndex,
    pub(super) side: FeaturesFor,
}

/// A crate that may be below another one.
#[derive(Debug, Clone)]
struct Below {
    /// Its position in [`Numbering::crates`].
    to: usize,
    /// The names that turn it on; none if it is always on.
    names: Option<BitSet>,
}

#[derive(Debug)]
struct NumberedCrate {
    place: CratePlace,
    /// None for a program's own.
    id: Option<CandidateId>,
    /// Is it one that others could have as well?
    counts: bool,
    below: Vec<Below>,
}

impl NumberedCrate {
    /// The crates below that are on, by their positions.
    fn those_on<'n>(&'n self, on: &'n impl TurnedOn) -> impl Iterator<Item = usize> {
        let names = on.dependency_names(self.place);
        let below = self.below.iter();
        below
            .filter(move |below| below.names.as_ref().is_none_or(|any| any.intersects(names)))
            .map(|below| below.to)
    }
}

/// The crates that a program may have on a platform.
#[derive(Debug)]
pub(super) struct Numbering {
    /// Each after all that it may depend on.
    crates: Vec<NumberedCrate>,
    roots: Vec<usize>,
}

/// The numbers of a program's crates, by their positions in a [`Numbering`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Numbers {
    numbers: Vec<u64>,
    /// Is it a crate of the program?
    reached: Vec<bool>,
}

/// The number of a crate that counts, and whether it runs with the program.
pub(super) type NumberedUse = (u64, bool);

impl Numbering {
    /// What may be reached from a program's own packages.
    pub(super) fn new(ground: &Ground, features: &Features<'_>) -> Self {
        let mut order = Order {
            ground,
            features,
            known: vec![None; ground.ids.len() * 2],
            crates: Vec::new(),
        };
        let members = ground.selected.features.iter();
        let roots = members
            .filter_map(|member| ground.universe.locals[member.member])
            .filter_map(|index| {
                order.add(CratePlace {
                    index,
                    side: FeaturesFor::Target,
                })
            })
            .collect();
        Self {
            crates: order.crates,
            roots,
        }
    }

    /// All numbers.
    pub(super) fn numbers(&self, on: &impl TurnedOn) -> Numbers {
        let mut numbers = Vec::with_capacity(self.crates.len());
        for one in &self.crates {
            numbers.push(number(one, &numbers, on));
        }
        Numbers {
            numbers,
            reached: self.reached(on),
        }
    }

    /// The numbers with other features: as [`Self::numbers`], by the numbers with those before.
    pub(super) fn changed<On: TurnedOn>(&self, known: &Numbers, before: &On, after: &On) -> Numbers {
        let mut next = known.clone();
        let mut is_new = vec![false; self.crates.len()];
        let mut depends_otherwise = false;
        for (at, one) in self.crates.iter().enumerate() {
            let otherwise = before.dependency_names(one.place) != after.dependency_names(one.place);
            depends_otherwise |= otherwise;
            if otherwise
                || before.features(one.place) != after.features(one.place)
                || one.below.iter().any(|below| is_new[below.to])
            {
                next.numbers[at] = number(one, &next.numbers[..at], after);
                is_new[at] = next.numbers[at] != known.numbers[at];
            }
        }
        if depends_otherwise {
            next.reached = self.reached(after);
        }
        next
    }

    /// Which crates are those of the program?
    fn reached(&self, on: &impl TurnedOn) -> Vec<bool> {
        let mut reached = vec![false; self.crates.len()];
        let mut stack = self.roots.clone();
        while let Some(at) = stack.pop() {
            if !std::mem::replace(&mut reached[at], true) {
                stack.extend(self.crates[at].those_on(on));
            }
        }
        reached
    }

    /// The crates that count.
    pub(super) fn uses(&self, numbers: &Numbers) -> Vec<NumberedUse> {
        let all = self.crates.iter().enumerate();
        all.filter_map(|(at, one)| one.in_use(numbers, at)).collect()
    }

    /// The crates that count of some numbers, and that others do not have at the same place.
    pub(super) fn without(&self, numbers: &Numbers, others: &Numbers) -> Vec<NumberedUse> {
        let all = self.crates.iter().enumerate();
        let same =
            |at: &usize| numbers.numbers[*at] == others.numbers[*at] && numbers.reached[*at] == others.reached[*at];
        all.filter(|(at, _)| !same(at))
            .filter_map(|(at, one)| one.in_use(numbers, at))
            .collect()
    }
}

impl NumberedCrate {
    fn in_use(&self, numbers: &Numbers, at: usize) -> Option<NumberedUse> {
        let used = self.counts && numbers.reached[at];
        used.then(|| (numbers.numbers[at], self.place.side == FeaturesFor::Target))
    }
}

/// The number of a crate, by those before it. One that depends on it in turn is not before it, and does not matter.
fn number(one: &NumberedCrate, before: &[u64], on: &impl TurnedOn) -> u64 {
    let mut hasher = FxHasher::default();
    (one.id, one.place.side, on.features(one.place)).hash(&mut hasher);
    // In any order, as crates stand in another one in each program.
    let below = one.those_on(on).filter_map(|to| before.get(to));
    hasher.write_u64(below.fold(0_u64, |sum, number| sum.wrapping_add(*number)));
    mixed(hasher.finish())
}

/// Spreads a hash over all bits: what is added up must not be linear in what was hashed. The finalizer of SplitMix64.
fn mixed(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// Puts the crates in order.
struct Order<'o, 'g> {
    ground: &'g Ground,
    features: &'o Features<'g>,
    /// By [`position`]: `Some(None)` while a crate's dependencies are added.
    known: Vec<Option<Option<usize>>>,
    crates: Vec<NumberedCrate>,
}

impl Order<'_, '_> {
    /// Adds a crate after what it may depend on; none if it is one of these in turn, as in a lock that Cargo would not make.
    fn add(&mut self, place: CratePlace) -> Option<usize> {
        let CratePlace { index, side } = place;
        let known = position(index, side);
        if let Some(at) = self.known[known] {
            return at;
        }
        self.known[known] = Some(None);
        let mut below: Vec<Below> = Vec::new();
        let features = self.features;
        for dependency in features.possible(index, side) {
            let (index, side) = dependency.to;
            let Some(to) = self.add(CratePlace { index, side }) else {
                continue;
            };
            let earlier = below.iter_mut().find(|below| below.to == to);
            match (earlier, dependency.name) {
                (None, name) => below.push(Below {
                    to,
                    names: name.map(|name| BitSet::from_iter([name])),
                }),
                (Some(earlier), None) => earlier.names = None,
                (Some(earlier), Some(name)) => {
                    if let Some(names) = &mut earlier.names {
                        names.insert(name);
                    }
                }
            }
        }
        let id = self.ground.ids[index.0 as usize];
        let remote = self.ground.universe.lock.package(index).source.is_some();
        let at = self.crates.len();
        self.crates.push(NumberedCrate {
            place,
            id,
            counts: id.is_some() && remote,
            below,
        });
        self.known[known] = Some(Some(at));
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CRATES: usize = 12;

    /// Features and names of dependencies that are on, by crate.
    #[derive(Debug, Clone)]
    struct Chosen(Vec<(Option<BitSet>, BitSet)>);

    impl TurnedOn for Chosen {
        fn features(&self, place: CratePlace) -> Option<&BitSet> {
            self.0[place.index.0 as usize].0.as_ref()
        }

        fn dependency_names(&self, place: CratePlace) -> &BitSet {
            &self.0[place.index.0 as usize].1
        }
    }

    fn few() -> impl Strategy<Value = BitSet> {
        prop::collection::vec(0_u32..3, 0..3).prop_map(BitSet::from_iter)
    }

    fn own() -> impl Strategy<Value = (Option<BitSet>, BitSet)> {
        (prop::option::of(few()), few())
    }

    fn chosen() -> impl Strategy<Value = Chosen> {
        prop::collection::vec(own(), CRATES).prop_map(Chosen)
    }

    /// Each crate may depend on some of those before it.
    fn numbering() -> impl Strategy<Value = Numbering> {
        let below = (any::<prop::sample::Index>(), prop::option::of(few()));
        let crates = prop::collection::vec(prop::collection::vec(below, 0..4), CRATES);
        crates.prop_map(|crates| {
            let crates = crates.into_iter().enumerate();
            let crates = crates.map(|(at, below)| NumberedCrate {
                place: CratePlace {
                    index: LockIndex(u32::try_from(at).unwrap()),
                    side: FeaturesFor::host(at % 3 == 0),
                },
                id: Some(CandidateId(u32::try_from(at).unwrap())),
                counts: at % 5 != 0,
                below: below
                    .into_iter()
                    .filter(|_| at > 0)
                    .map(|(to, names)| Below {
                        to: to.index(at),
                        names,
                    })
                    .collect(),
            });
            Numbering {
                crates: crates.collect(),
                roots: vec![CRATES - 1, CRATES - 2],
            }
        })
    }

    fn sorted(mut uses: Vec<NumberedUse>) -> Vec<NumberedUse> {
        uses.sort_unstable();
        uses
    }

    proptest! {
        #[test]
        fn changed_numbers_are_those_that_are_made_anew(
            numbering in numbering(),
            first in chosen(),
            changes in prop::collection::vec((0..CRATES, own()), 1..8),
        ) {
            let mut on = first;
            let mut numbers = numbering.numbers(&on);
            for (at, own) in changes {
                let mut next = on.clone();
                next.0[at] = own;
                let changed = numbering.changed(&numbers, &on, &next);
                prop_assert_eq!(&changed, &numbering.numbers(&next));
                // What is lost and gained makes the one of the other.
                let mut uses = numbering.uses(&numbers);
                uses.extend(numbering.without(&changed, &numbers));
                let mut expected = numbering.uses(&changed);
                expected.extend(numbering.without(&numbers, &changed));
                prop_assert_eq!(sorted(uses), sorted(expected));
                (on, numbers) = (next, changed);
            }
        }
    }

    /// Sums of hashes that are linear in what is hashed would be the same if two crates exchanged a feature.
    #[test]
    fn features_that_change_places_make_another_number() {
        let place = |index, side| CratePlace {
            index: LockIndex(index),
            side,
        };
        let leaf = |index| NumberedCrate {
            place: place(index, FeaturesFor::Target),
            id: Some(CandidateId(index)),
            counts: true,
            below: Vec::new(),
        };
        let top = NumberedCrate {
            below: vec![Below { to: 0, names: None }, Below { to: 1, names: None }],
            ..leaf(2)
        };
        let numbering = Numbering {
            crates: vec![leaf(0), leaf(1), top],
            roots: vec![2],
        };
        let on = |first: &[u32], second: &[u32]| {
            let own = |features: &[u32]| (Some(features.iter().copied().collect()), BitSet::default());
            numbering
                .numbers(&Chosen(vec![own(first), own(second), own(&[])]))
                .numbers[2]
        };
        assert_ne!(on(&[0], &[]), on(&[], &[0]));
        assert_eq!(on(&[0], &[]), on(&[0], &[]));
    }
}
