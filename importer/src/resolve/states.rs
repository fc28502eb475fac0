//! What is on in the packages of a platform: a list of which copies share what neither of them changes.

use std::ops::{Index, IndexMut};
use std::sync::Arc;

use crate::bits::BitSet;

/// How many states change together. A few features more touch a few packages, which lie anywhere.
const BLOCK: usize = 8;

/// What is on in a package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct FeatureState {
    pub(super) known: bool,
    pub(super) visited: bool,
    pub(super) features: BitSet,
    /// Those of the features that another package asks for, and not only a feature that includes them.
    pub(super) requested: BitSet,
    pub(super) dependencies: BitSet,
}

type Block = [FeatureState; BLOCK];

/// The states of packages, by a position.
#[derive(Debug, Clone)]
pub(super) struct FeatureStates(Vec<Arc<Block>>);

impl FeatureStates {
    /// At least so many, in which nothing is on.
    pub(super) fn new(count: usize) -> Self {
        let nothing = Arc::new(Block::default());
        Self(vec![nothing; count.div_ceil(BLOCK)])
    }

    /// The positions of the states that others have otherwise.
    pub(super) fn differing<'s>(&'s self, others: &'s Self) -> impl Iterator<Item = usize> + use<'s> {
        let blocks = self.0.iter().zip(&others.0).enumerate();
        let changed = blocks.filter(|(_, (own, other))| !Arc::ptr_eq(own, other));
        changed.flat_map(|(number, (own, other))| {
            let states = own.iter().zip(other.iter()).enumerate();
            let otherwise = states.filter(|(_, (own, other))| own != other);
            otherwise.map(move |(at, _)| number * BLOCK + at)
        })
    }
}

impl Index<usize> for FeatureStates {
    type Output = FeatureState;

    fn index(&self, position: usize) -> &FeatureState {
        &self.0[position / BLOCK][position % BLOCK]
    }
}

impl IndexMut<usize> for FeatureStates {
    /// What copies share is copied by this, so that only what changes should be asked for.
    fn index_mut(&mut self, position: usize) -> &mut FeatureState {
        &mut Arc::make_mut(&mut self.0[position / BLOCK])[position % BLOCK]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_changes_by_itself() {
        let mut first = FeatureStates::new(BLOCK * 3);
        first[1].features.insert(7);
        let mut second = first.clone();
        assert_eq!(second.differing(&first).count(), 0);
        second[1].features.insert(8);
        second[BLOCK * 2].visited = true;
        assert!(!first[1].features.contains(8) && !first[BLOCK * 2].visited && second[1].features.contains(7));
        assert!(second.differing(&first).eq([1, BLOCK * 2]) && first.differing(&second).eq([1, BLOCK * 2]));
        // What was copied without a change is no difference.
        second[BLOCK].visited = false;
        assert!(second.differing(&first).eq([1, BLOCK * 2]));
    }
}
