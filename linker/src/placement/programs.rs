//! Sets of programs.

/// A set of programs, by their places in the list of programs.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Programs(Vec<u64>);

impl Programs {
    /// The set of one program.
    pub fn one(program: usize) -> Self {
        let mut words = vec![0; program / 64 + 1];
        words[program / 64] = 1 << (program % 64);
        Self(words)
    }

    /// Adds all of another set; says whether that changed anything.
    pub fn add(&mut self, other: &Self) -> bool {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        let mut changed = false;
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            changed |= *word | more != *word;
            *word |= more;
        }
        changed
    }

    /// Those that are not marked.
    pub fn without(&self, marked: &[bool]) -> Self {
        let mut rest = Self::default();
        for program in self.iter().filter(|&program| !marked[program]) {
            rest.add(&Self::one(program));
        }
        rest
    }

    /// Both together.
    pub fn union(&self, other: &Self) -> Self {
        let mut union = self.clone();
        union.add(other);
        union
    }

    /// Whether every program of the other set is in this one.
    pub fn contains_all(&self, other: &Self) -> bool {
        other
            .0
            .iter()
            .enumerate()
            .all(|(index, word)| word & !self.0.get(index).copied().unwrap_or(0) == 0)
    }

    /// Whether any program is in both.
    pub fn intersects(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(one, other)| one & other != 0)
    }

    /// Whether a program is in it.
    pub fn contains(&self, program: usize) -> bool {
        self.0
            .get(program / 64)
            .is_some_and(|word| word >> (program % 64) & 1 == 1)
    }

    /// How many programs are in it.
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether no program is in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The programs, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        (0..self.0.len() * 64).filter(|program| self.contains(*program))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_more_programs_than_a_word_has_bits() {
        let mut set = Programs::one(3);
        assert!(set.add(&Programs::one(100)) && !set.add(&Programs::one(3)));
        assert_eq!((set.len(), set.iter().collect::<Vec<_>>()), (2, vec![3, 100]));
        assert!(set.contains_all(&Programs::one(100)) && !Programs::one(3).contains_all(&set));
        assert!(!set.contains(4) && !set.contains(1000));
        let marked: Vec<bool> = (0..200).map(|program| program < 50).collect();
        assert_eq!(set.without(&marked), Programs::one(100));
    }
}
