//! What dependents ask a crate for.
//!
//! Features are meant to be added to each other, and what is asked for at once need not make sense in part: gzp asks flate2 for `any_zlib` and
//! for an implementation of it, without which flate2 does not compile. So of what one dependent asks for, a program gets all or nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::ground::{CrateFor, Wish};
use crate::intern::Symbol;

/// The features of a crate that dependents ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Requested {
    /// Those that some dependent asks for, and for nothing else of the crate.
    alone: BTreeSet<Symbol>,
    /// Two or more that a dependent asks for at once, in ascending order.
    together: BTreeSet<Vec<Symbol>>,
}

impl Requested {
    /// Adds what a dependent asks for.
    pub(super) fn add(&mut self, mut features: Vec<Symbol>) {
        features.sort_unstable();
        features.dedup();
        if let [feature] = features.as_slice() {
            self.alone.insert(*feature);
        } else if !features.is_empty() {
            self.together.insert(features);
        }
    }

    /// Adds what others ask for; is any of it new?
    pub(super) fn extend(&mut self, others: &Self) -> bool {
        let before = (self.alone.len(), self.together.len());
        self.alone.extend(&others.alone);
        // Most is there already, and is not copied.
        let new = others
            .together
            .iter()
            .filter(|features| !self.together.contains(*features));
        let new: Vec<Vec<Symbol>> = new.cloned().collect();
        self.together.extend(new);
        before != (self.alone.len(), self.together.len())
    }

    /// Each feature, perhaps several times.
    fn features(&self) -> impl Iterator<Item = Symbol> {
        self.alone.iter().chain(self.together.iter().flatten()).copied()
    }
}

/// The features that a program does not have and others do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wishes {
    pub(super) list: BTreeSet<Wish>,
    /// Of those that nobody asks for alone: what is asked for with them, by each that does.
    companions: BTreeMap<Wish, BTreeSet<Vec<Wish>>>,
}

impl Wishes {
    /// Adds what others ask of a crate, `on` being what is on in it already.
    pub(super) fn add(&mut self, place: CrateFor, on: &BTreeSet<Symbol>, requested: &Requested) {
        let wish = |feature: Symbol| (place.0, place.1, feature);
        let is_missing = |feature: &Symbol| !on.contains(feature);
        // Of most crates all is on that anybody asks for.
        if !requested.features().any(|feature| is_missing(&feature)) {
            return;
        }
        self.list.extend(requested.features().filter(is_missing).map(wish));
        let mut alone: BTreeSet<Symbol> = requested.alone.clone();
        let missing = requested.together.iter().map(|features| -> Vec<Symbol> {
            let missing = features.iter().copied().filter(is_missing);
            missing.collect()
        });
        let missing: Vec<Vec<Symbol>> = missing.collect();
        alone.extend(missing.iter().filter(|features| features.len() == 1).flatten());
        for features in &missing {
            for feature in features.iter().filter(|feature| !alone.contains(*feature)) {
                let others = features.iter().filter(|other| *other != feature);
                let others = others.map(|other| wish(*other)).collect();
                self.companions.entry(wish(*feature)).or_default().insert(others);
            }
        }
    }

    /// What is asked for with a wish, by each that asks for it; nothing where somebody asks for it alone.
    pub(super) fn companions(&self, wish: &Wish) -> Option<&BTreeSet<Vec<Wish>>> {
        self.companions.get(wish)
    }

    /// Takes away of some of the wishes those whose companions are not all among them; returns these.
    pub(super) fn keep_whole(&self, some: &mut BTreeSet<Wish>) -> BTreeSet<Wish> {
        let mut gone = BTreeSet::new();
        loop {
            let is_whole = |wish: &Wish| {
                let companions = self.companions.get(wish);
                companions.is_none_or(|list| list.iter().any(|with| with.iter().all(|other| some.contains(other))))
            };
            let torn: Vec<Wish> = some.iter().filter(|wish| !is_whole(wish)).copied().collect();
            if torn.is_empty() {
                return gone;
            }
            for wish in torn {
                some.remove(&wish);
                gone.insert(wish);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Requested, Wishes};
    use crate::fleet::catalog::CandidateId;
    use crate::intern::Symbol;
    use crate::resolve::FeaturesFor;

    fn symbols(names: &str) -> Vec<Symbol> {
        names.split_whitespace().map(Symbol::new).collect()
    }

    /// The wishes of a program with the features `on`, where dependencies ask for `requests`; and which of `possible` it may have.
    fn whole(on: &str, requests: &[&str], possible: &str) -> Vec<String> {
        let place = (CandidateId(0), FeaturesFor::Target);
        let mut requested = Requested::default();
        for request in requests {
            requested.add(symbols(request));
        }
        let mut wishes = Wishes::default();
        wishes.add(place, &symbols(on).into_iter().collect(), &requested);
        let mut some: BTreeSet<_> = symbols(possible)
            .into_iter()
            .map(|feature| (place.0, place.1, feature))
            .filter(|wish| wishes.list.contains(wish))
            .collect();
        wishes.keep_whole(&mut some);
        some.into_iter().map(|(.., feature)| feature.to_string()).collect()
    }

    /// flate2 was given `any_zlib` without the `zlib-ng` that gzp asks for with it, and did not compile.
    #[test]
    fn what_is_asked_for_at_once_is_not_given_in_part() {
        assert!(whole("", &["any zlib"], "any").is_empty());
        assert_eq!(whole("", &["any zlib"], "any zlib"), ["any", "zlib"]);
        // Who has the rest already, or where another asks for it alone.
        assert_eq!(whole("zlib", &["any zlib"], "any"), ["any"]);
        assert_eq!(whole("", &["any zlib", "any"], "any"), ["any"]);
        assert_eq!(whole("", &["any zlib", "any rust"], "any rust"), ["any", "rust"]);
        // What falls takes along what was asked for with it.
        assert!(whole("", &["a b", "b c d"], "a c").is_empty());
        assert_eq!(whole("", &["a b", "c"], "a c"), ["c"]);
    }
}
