//! Small sets of numbers: which features or dependencies of a package are on.

/// A set of small numbers, kept as bits. Nearly all are below 64, and cost no memory of their own.
#[expect(
    clippy::derived_hash_with_manual_eq,
    reason = "sets are equal where their words are, which are what is hashed"
)]
#[derive(Debug, Clone, Default, Eq, Hash, PartialOrd, Ord)]
pub struct BitSet {
    /// 0 to 63.
    first: u64,
    /// From 64 on, 64 in each word; the last word is not 0.
    further: Vec<u64>,
}

impl BitSet {
    /// Adds a number; true if it was not there.
    pub fn insert(&mut self, number: u32) -> bool {
        let (word, bit) = (number as usize / 64, 1_u64 << (number % 64));
        let word = match word.checked_sub(1) {
            None => &mut self.first,
            Some(position) => {
                if self.further.len() <= position {
                    self.further.resize(position + 1, 0);
                }
                &mut self.further[position]
            }
        };
        let before = *word;
        *word |= bit;
        before & bit == 0
    }

    /// Is the number in the set?
    pub fn contains(&self, number: u32) -> bool {
        let word = match (number as usize / 64).checked_sub(1) {
            None => Some(&self.first),
            Some(position) => self.further.get(position),
        };
        word.is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    /// The numbers, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.words().zip(0_u32..).flat_map(|(word, index)| {
            // Each step takes away the lowest bit.
            let lowest = |rest: &u64| (*rest != 0).then_some(*rest);
            std::iter::successors(lowest(&word), move |rest| lowest(&(rest & (rest - 1))))
                .map(move |rest| index * 64 + rest.trailing_zeros())
        })
    }

    /// The numbers of either set.
    pub fn union(&self, other: &Self) -> Self {
        self.combined(other, |a, b| a | b)
    }

    /// The numbers of both sets.
    pub fn intersection(&self, other: &Self) -> Self {
        self.combined(other, |a, b| a & b)
    }

    /// The numbers of the set that the other has not.
    pub fn difference(&self, other: &Self) -> Self {
        self.combined(other, |a, b| a & !b)
    }

    /// Is there a number that both sets have?
    pub fn intersects(&self, other: &Self) -> bool {
        self.words().zip(other.words()).any(|(a, b)| a & b != 0)
    }

    /// Has the other all numbers of the set?
    pub fn is_subset(&self, other: &Self) -> bool {
        let others = other.words().chain(std::iter::repeat(0));
        self.words().zip(others).all(|(a, b)| a & !b == 0)
    }

    fn words(&self) -> impl Iterator<Item = u64> {
        std::iter::once(self.first).chain(self.further.iter().copied())
    }

    fn combined(&self, other: &Self, both: impl Fn(u64, u64) -> u64) -> Self {
        let at = |set: &Self, position: usize| set.further.get(position).copied().unwrap_or_default();
        let count = self.further.len().max(other.further.len());
        let mut further: Vec<u64> = (0..count)
            .map(|position| both(at(self, position), at(other, position)))
            .collect();
        while further.last() == Some(&0) {
            further.pop();
        }
        Self {
            first: both(self.first, other.first),
            further,
        }
    }
}

impl PartialEq for BitSet {
    /// As if it were derived; but comparing no bytes is a call of its own, and most sets have none.
    fn eq(&self, other: &Self) -> bool {
        self.first == other.first
            && self.further.len() == other.further.len()
            && (self.further.is_empty() || self.further == other.further)
    }
}

impl FromIterator<u32> for BitSet {
    fn from_iter<T: IntoIterator<Item = u32>>(numbers: T) -> Self {
        let mut set = Self::default();
        for number in numbers {
            set.insert(number);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::BitSet;

    #[test]
    fn holds_what_was_inserted_in_order() {
        let mut set = BitSet::default();
        assert!(set.insert(70) && set.insert(3) && set.insert(64) && !set.insert(3));
        assert_eq!(set.iter().collect::<Vec<_>>(), [3, 64, 70]);
        assert!(set.contains(64) && !set.contains(65) && !set.contains(1000));
    }

    #[test]
    fn sets_are_combined() {
        let of = |numbers: &[u32]| numbers.iter().copied().collect::<BitSet>();
        let (small, large) = (of(&[0, 63]), of(&[0, 5, 64, 200]));
        assert_eq!(small.union(&large), of(&[0, 5, 63, 64, 200]));
        assert_eq!(small.intersection(&large), of(&[0]));
        assert_eq!(large.difference(&small), of(&[5, 64, 200]));
        // Equal sets are equal, however they came to be.
        assert_eq!(large.difference(&of(&[64, 200])), of(&[0, 5]));
        assert!(of(&[0]).is_subset(&small) && of(&[5, 200]).is_subset(&large) && of(&[]).is_subset(&small));
        assert!(!large.is_subset(&small) && !small.is_subset(&large));
        assert!(large.intersects(&of(&[200])) && !large.intersects(&of(&[63, 300])));
    }
}
