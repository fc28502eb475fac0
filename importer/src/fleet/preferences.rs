//! Which versions are preferred, where a program has a choice: those that the fleet has in common.

use super::catalog::{CandidateId, Catalog, RangeId};

/// For each range the places of its versions, the best first.
#[derive(Debug, Clone)]
pub struct Preferences(Vec<Vec<u32>>);

impl Preferences {
    /// At first the highest version of any lock is preferred; versions that only the index has come last, and among them those that are
    /// no releases. What `earlier` says was chosen before is preferred to both: a fleet keeps what it has.
    pub(super) fn new(catalog: &Catalog, earlier: impl Fn(CandidateId) -> bool) -> Self {
        let order = catalog.ranges.iter().map(|range| {
            let mut places: Vec<u32> = (0_u32..).take(range.candidates.len()).collect();
            places.sort_by_key(|place| {
                let id = range.candidates[*place as usize];
                let candidate = catalog.get(id);
                let only_index = candidate.locks.is_empty();
                (
                    !earlier(id),
                    only_index,
                    only_index && !candidate.version.pre.is_empty(),
                    std::cmp::Reverse(*place),
                )
            });
            places
        });
        Self(order.collect())
    }

    /// The places of a range's versions, the best first.
    pub fn of(&self, range: RangeId) -> &[u32] {
        &self.0[range.0 as usize]
    }

    /// Prefers a version to all others of its range.
    pub(super) fn prefer(&mut self, catalog: &Catalog, id: CandidateId) {
        let candidate = catalog.get(id);
        let order = &mut self.0[candidate.range.0 as usize];
        order.retain(|place| *place != candidate.place);
        order.insert(0, candidate.place);
    }
}
