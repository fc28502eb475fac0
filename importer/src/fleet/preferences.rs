//! Which versions are preferred, where a program has a choice: those that the fleet has in common.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::catalog::{CandidateId, Catalog, Extension, RangeId};

/// For each range the places of its versions, the best first.
#[derive(Debug, Clone)]
pub struct Preferences {
    /// What is preferred at first, by range.
    usual: Arc<[Vec<u32>]>,
    /// The ranges of which something else was preferred since.
    changed: BTreeMap<RangeId, Vec<u32>>,
}

impl Preferences {
    /// At first the highest version of any lock is preferred; versions that only the index has come last, and among them those that are
    /// no releases. What `earlier` says was chosen before is preferred to both: a fleet keeps what it has. But where no lock has that any
    /// more, and one has a higher version, the lock was updated, which is to reach the fleet.
    pub(super) fn new(catalog: &Catalog, earlier: impl Fn(CandidateId) -> bool) -> Self {
        let order = catalog.ranges.iter().map(|range| {
            let mut places: Vec<u32> = (0_u32..).take(range.candidates.len()).collect();
            let is_locked = |place: u32| !catalog.get(range.candidates[place as usize]).locks.is_empty();
            let highest_locked = places.iter().copied().rev().find(|place| is_locked(*place));
            places.sort_by_key(|place| {
                let id = range.candidates[*place as usize];
                let candidate = catalog.get(id);
                let only_index = candidate.locks.is_empty();
                let earlier = earlier(id);
                let is_left = only_index && highest_locked.is_some_and(|highest| *place < highest);
                (
                    !earlier || is_left,
                    only_index,
                    !earlier,
                    only_index && !candidate.version.pre.is_empty(),
                    std::cmp::Reverse(*place),
                )
            });
            places
        });
        Self {
            usual: order.collect(),
            changed: BTreeMap::new(),
        }
    }

    /// The places of a range's versions, the best first.
    pub fn of(&self, range: RangeId) -> &[u32] {
        let changed = self.changed.get(&range);
        changed.unwrap_or_else(|| &self.usual[range.0 as usize])
    }

    /// The ranges of which others prefer something else, which had the same preferences at first.
    pub(super) fn differing<'p>(&'p self, others: &'p Self) -> impl Iterator<Item = RangeId> + use<'p> {
        let both = self.changed.keys().chain(others.changed.keys()).copied();
        both.filter(|range| self.of(*range) != others.of(*range))
    }

    /// The same preferences in a catalog that has further names, with what is preferred in it at first.
    pub(super) fn extended(&self, extension: &Extension, first: &Self) -> Self {
        let changed = self.changed.iter();
        Self {
            usual: Arc::clone(&first.usual),
            changed: changed
                .map(|(range, order)| (extension.range(*range), order.clone()))
                .collect(),
        }
    }

    /// Prefers a version to all others of its range.
    pub(super) fn prefer(&mut self, catalog: &Catalog, id: CandidateId) {
        let candidate = catalog.get(id);
        let usual = &self.usual[candidate.range.0 as usize];
        let order = self.changed.entry(candidate.range).or_insert_with(|| usual.clone());
        order.retain(|place| *place != candidate.place);
        order.insert(0, candidate.place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_differ_where_something_else_comes_first() {
        let entry = |name: &str, version: &str| {
            let sum = "0".repeat(64);
            format!(
                r#"{{"name":"{name}","vers":"{version}","deps":[],"cksum":"{sum}","features":{{}},"yanked":false}}"#
            )
        };
        let entries = ["1.0.0", "1.1.0", "1.2.0"].map(|version| [entry("a", version), entry("b", version)]);
        let entries = entries.concat();
        let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
        let catalog = Catalog::of_entries(&entries);
        let first = Preferences::new(&catalog, |_| false);
        let (a, b) = (RangeId(0), RangeId(1));
        assert_eq!(first.of(a), [2, 1, 0]);
        let mut second = first.clone();
        second.prefer(&catalog, catalog.at(b, 1));
        assert_eq!(second.of(b), [1, 2, 0]);
        let differing = |one: &Preferences, other: &Preferences| {
            let found: std::collections::BTreeSet<RangeId> = one.differing(other).collect();
            Vec::from_iter(found)
        };
        assert_eq!(differing(&first, &second), [b]);
        assert_eq!(differing(&second, &first), [b]);
        let mut third = second.clone();
        third.prefer(&catalog, catalog.at(a, 0));
        assert_eq!(differing(&first, &third), [a, b]);
        // What comes first already, or again.
        third.prefer(&catalog, catalog.at(a, 2));
        second.prefer(&catalog, catalog.at(a, 2));
        assert_eq!(differing(&second, &first), [b]);
        assert_eq!(differing(&second, &third), [a]);
    }
}
