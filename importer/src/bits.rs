//! Small sets of numbers: which features or dependencies of a package are on.

/// A set of small numbers, kept as bits. Nearly all are below 64, and cost no memory of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
        std::iter::once(&self.first)
            .chain(&self.further)
            .zip(0_u32..)
            .flat_map(|(&word, index)| {
                (0..64)
                    .filter(move |bit| word & (1 << bit) != 0)
                    .map(move |bit| index * 64 + bit)
            })
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
}
