//! How many different crates a fleet has.

use rustc_hash::FxHashMap;

use super::numbering::NumberedUse;

/// How much a crate that runs with the programs counts, beside one that is only needed to build them.
const RUN_TIME: usize = 16;

/// A position in [`Counts::programs`].
type KnownCrate = u32;

/// The crates that come and go in a program by a change.
#[derive(Debug)]
pub(super) struct Difference {
    gained: Box<[KnownCrate]>,
    lost: Box<[KnownCrate]>,
}

/// Different crates, and how many programs have each.
#[derive(Debug, Default)]
pub(super) struct Counts {
    known: FxHashMap<NumberedUse, KnownCrate>,
    /// The position of the next one that is not known yet.
    next: KnownCrate,
    /// By crate: how many programs have it.
    programs: Vec<i32>,
    /// By crate: how much it counts.
    weights: Vec<usize>,
    cost: usize,
    /// By crate: how many programs more would have it. All are 0 but while a change is looked at.
    more: Vec<i32>,
}

impl Counts {
    /// What all the crates that some program has count together.
    pub(super) fn cost(&self) -> usize {
        self.cost
    }

    /// Adds the crates of a program.
    pub(super) fn add(&mut self, crates: &[NumberedUse]) {
        for one in crates {
            let known = self.crate_of(*one);
            self.change(known, 1);
        }
    }

    /// A change of one program.
    pub(super) fn difference(&mut self, gained: &[NumberedUse], lost: &[NumberedUse]) -> Difference {
        let mut known = |crates: &[NumberedUse]| crates.iter().map(|one| self.crate_of(*one)).collect();
        Difference {
            gained: known(gained),
            lost: known(lost),
        }
    }

    /// Makes changes, one of each of some programs, if what all crates count becomes less by it. Does it?
    pub(super) fn become_fewer(&mut self, differences: &[&Difference]) -> bool {
        let mut touched: Vec<KnownCrate> = Vec::new();
        for difference in differences {
            for (crates, by) in [(&difference.gained, 1), (&difference.lost, -1)] {
                for known in crates {
                    self.more[*known as usize] += by;
                }
                touched.extend(crates);
            }
        }
        let (mut gained, mut lost) = (0, 0);
        let mut changed: Vec<(KnownCrate, i32)> = Vec::new();
        for known in touched {
            let at = known as usize;
            let more = std::mem::take(&mut self.more[at]);
            if more == 0 {
                continue;
            }
            changed.push((known, more));
            match (self.programs[at], self.programs[at] + more) {
                (0, _) => gained += self.weights[at],
                (_, 0) => lost += self.weights[at],
                _ => {}
            }
        }
        let fewer = gained < lost;
        if fewer {
            for (known, more) in changed {
                self.change(known, more);
            }
        }
        fewer
    }

    fn crate_of(&mut self, one: NumberedUse) -> KnownCrate {
        let known = *self.known.entry(one).or_insert(self.next);
        if known == self.next {
            self.next += 1;
            self.programs.push(0);
            self.more.push(0);
            self.weights.push(if one.1 { RUN_TIME } else { 1 });
        }
        known
    }

    fn change(&mut self, known: KnownCrate, more: i32) {
        let at = known as usize;
        let before = self.programs[at];
        self.programs[at] += more;
        match (before, self.programs[at]) {
            (0, _) => self.cost += self.weights[at],
            (_, 0) => self.cost -= self.weights[at],
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, NumberedUse, RUN_TIME};

    #[test]
    fn a_change_stays_if_there_are_fewer_crates_by_it() {
        let (old, new, tool): (NumberedUse, NumberedUse, NumberedUse) = ((1, true), (2, true), (3, false));
        let mut counts = Counts::default();
        counts.add(&[old, tool]);
        counts.add(&[new, tool]);
        assert_eq!(counts.cost(), 2 * RUN_TIME + 1);
        // A crate that none had instead of one of two.
        let third = counts.difference(&[(4, true)], &[old]);
        assert!(!counts.become_fewer(&[&third]));
        // To give each what the other has makes no difference; to give the one what the other has does.
        let (first, second) = (counts.difference(&[new], &[old]), counts.difference(&[old], &[new]));
        assert!(!counts.become_fewer(&[&first, &second]));
        assert!(counts.become_fewer(&[&first]));
        assert_eq!(counts.cost(), RUN_TIME + 1);
        // The same in both: all is gone.
        let gone = counts.difference(&[], &[tool]);
        assert!(counts.become_fewer(&[&gone, &gone]));
        assert_eq!(counts.cost(), RUN_TIME);
    }
}
