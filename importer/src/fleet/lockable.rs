//! Which further features a program's lock can have.
//!
//! A feature that is bound to be on with what a lock has already needs no other lock. Only those that bring a package into it are asked of
//! the solver, and what was found out in one round is known in the next, when most of the wishes are the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::catalog::{CandidateId, Catalog};
use super::ground::Wish;
use super::program::implied;
use super::solve::{Extra, Locked};
use crate::intern::Symbol;
use crate::manifest::{DependencyKind, FeatureValue, default_feature};

/// What was found out about a program's lock.
pub(super) struct Lockable<'f> {
    catalog: &'f Catalog,
    base: &'f Arc<Locked>,
    /// Features that the lock can have as it is, each with all that it turns on.
    held: FxHashSet<(CandidateId, Symbol)>,
    /// Wishes that were asked of the solver together, those of them that a lock can have, and that lock.
    solved: Option<(BTreeSet<Wish>, BTreeSet<Wish>, Arc<Locked>)>,
    /// Wishes for which there is no lock together.
    refused: Vec<BTreeSet<Wish>>,
}

impl<'f> Lockable<'f> {
    pub(super) fn new(catalog: &'f Catalog, base: &'f Arc<Locked>) -> Self {
        Self {
            catalog,
            base,
            held: FxHashSet::default(),
            solved: None,
            refused: Vec::new(),
        }
    }

    /// As many of the wishes as a lock can have without another version of what the program has, and that lock. Wishes come in the order of
    /// their set: one that does not fit to those before it is refused.
    ///
    /// `solve` finds a lock with further features. For more features there is no lock if there is none for some of them.
    pub(super) fn find(
        &mut self,
        wishes: BTreeSet<Wish>,
        solve: impl Fn(&Extra) -> Option<Locked>,
    ) -> (BTreeSet<Wish>, Arc<Locked>) {
        // A program that keeps its own lock has none that was solved, and so none with more.
        if self.base.kept.is_some() {
            return (BTreeSet::new(), Arc::clone(self.base));
        }
        let holds = |(id, _, feature): &Wish| self.holds(*id, *feature);
        let (mut kept, bringing): (BTreeSet<Wish>, BTreeSet<Wish>) = wishes.into_iter().partition(holds);
        if bringing.is_empty() {
            return (kept, Arc::clone(self.base));
        }
        let (found, locked) = match self.solved.take() {
            Some((asked, found, locked)) if asked == bringing => (found, locked),
            _ => self.ask(&bringing, solve),
        };
        self.solved = Some((bringing, found.clone(), Arc::clone(&locked)));
        kept.extend(found);
        (kept, locked)
    }

    /// The lock with features of which it is known that it can have them, alone; nothing if it can't have them together.
    pub(super) fn with(&mut self, extra: &Extra, solve: impl Fn(&Extra) -> Option<Locked>) -> Option<Arc<Locked>> {
        let mut bringing = extra.clone();
        bringing.retain(|id, features| {
            features.retain(|feature| !self.holds(*id, *feature));
            !features.is_empty()
        });
        if bringing.is_empty() {
            return Some(Arc::clone(self.base));
        }
        match &self.solved {
            Some((_, found, locked)) if self::extra(found) == bringing => Some(Arc::clone(locked)),
            _ => solve(extra).map(Arc::new),
        }
    }

    /// As many of the wishes as the solver finds a lock for, and that lock.
    fn ask(
        &mut self,
        wishes: &BTreeSet<Wish>,
        solve: impl Fn(&Extra) -> Option<Locked>,
    ) -> (BTreeSet<Wish>, Arc<Locked>) {
        let base = self.base;
        let attempt = |wishes: &[Wish]| {
            let locked = solve(&extra(wishes));
            locked.filter(|locked| base.packages.keys().all(|id| locked.packages.contains_key(id)))
        };
        loop {
            let wanted = self.without_refused(wishes);
            if wanted.is_empty() {
                return (BTreeSet::new(), Arc::clone(base));
            }
            if let Some(locked) = attempt(&wanted) {
                return (wanted.into_iter().collect(), Arc::new(locked));
            }
            // The first ones up to `fits` have a lock, those up to `fails` have none.
            let (mut fits, mut fails) = (0, wanted.len());
            while fails - fits > 1 {
                let middle = fits.midpoint(fails);
                if attempt(&wanted[..middle]).is_some() {
                    fits = middle;
                } else {
                    fails = middle;
                }
            }
            // Most do not fit at all, whatever comes before them.
            let last = &wanted[fits..fails];
            let alone = fits > 0 && attempt(last).is_none();
            let refused = if alone { last } else { &wanted[..fails] };
            self.refused.push(refused.iter().copied().collect());
        }
    }

    /// The wishes but those that complete a set that was refused.
    fn without_refused(&self, wishes: &BTreeSet<Wish>) -> Vec<Wish> {
        let mut kept: BTreeSet<Wish> = BTreeSet::new();
        for wish in wishes {
            kept.insert(*wish);
            let mut with_it = self.refused.iter().filter(|refused| refused.contains(wish));
            if with_it.any(|refused| refused.is_subset(&kept)) {
                kept.remove(wish);
            }
        }
        kept.into_iter().collect()
    }

    /// Does the lock have all that a feature may bring?
    fn holds(&mut self, id: CandidateId, feature: Symbol) -> bool {
        let mut seen = FxHashSet::default();
        let mut stack = vec![(id, feature)];
        while let Some(one) = stack.pop() {
            if self.held.contains(&one) || !seen.insert(one) {
                continue;
            }
            let Some(turned_on) = self.turned_on(one) else {
                return false;
            };
            stack.extend(turned_on);
        }
        self.held.extend(seen);
        true
    }

    /// The features that one turns on directly; none if there is no such feature, or the lock has not all that it needs.
    fn turned_on(&self, (id, feature): (CandidateId, Symbol)) -> Option<Vec<(CandidateId, Symbol)>> {
        let edges = self.base.packages.get(&id)?;
        let package = &self.catalog.read(id)?.package;
        let Some(feature) = package.feature(feature) else {
            // No package has to have one.
            return (feature == default_feature()).then(Vec::new);
        };
        let mut found = Vec::new();
        for value in &package.features[feature as usize].values {
            let (name, further) = match value {
                FeatureValue::Feature(feature) => {
                    found.push((id, package.features[*feature as usize].name));
                    continue;
                }
                FeatureValue::Dependency(name) => (*name, None),
                FeatureValue::DependencyFeature {
                    dependency,
                    feature,
                    weak,
                } => {
                    let implied = implied(package, *dependency).filter(|_| !weak);
                    found.extend(implied.map(|implied| (id, implied)));
                    (*dependency, Some(*feature))
                }
            };
            let named = (0_u32..)
                .zip(&package.dependencies)
                .filter(|(_, dependency)| dependency.name == name && dependency.kind != DependencyKind::Development);
            for (position, _) in named {
                // As in Cargo, a lock has what is turned on only weakly.
                let to = edges.get(&position)?;
                found.extend(further.map(|feature| (*to, feature)));
            }
        }
        Some(found)
    }
}

/// Wishes as what a lock is asked for: for what a feature is does not matter to it.
fn extra<'w>(wishes: impl IntoIterator<Item = &'w Wish>) -> Extra {
    let mut extra: Extra = BTreeMap::new();
    for (id, _, feature) in wishes {
        extra.entry(*id).or_default().insert(*feature);
    }
    extra
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::resolve::FeaturesFor;

    /// `a` has features of its own, one that passes on to `b`, which it depends on, and some that bring `c`.
    const ENTRIES: [&str; 3] = [
        r#"{"name":"a","vers":"1.0.0","deps":[
            {"name":"b","req":"1","features":[],"optional":false,"default_features":true,"target":null,"kind":"normal"},
            {"name":"c","req":"1","features":[],"optional":true,"default_features":true,"target":null,"kind":"normal"}],
            "cksum":"0000000000000000000000000000000000000000000000000000000000000000",
            "features":{"own":["inner"],"inner":[],"passed":["b/more"],"missing":["b/none"],
                "bring":["c"],"also":["inner","bring"],"weak":["c?/x"]},"yanked":false}"#,
        r#"{"name":"b","vers":"1.0.0","deps":[],
            "cksum":"0000000000000000000000000000000000000000000000000000000000000000",
            "features":{"more":[],"further":[]},"yanked":false}"#,
        r#"{"name":"c","vers":"1.0.0","deps":[],
            "cksum":"0000000000000000000000000000000000000000000000000000000000000000",
            "features":{"x":[]},"yanked":false}"#,
    ];

    fn base() -> Arc<Locked> {
        let (a, b) = (CandidateId(0), CandidateId(1));
        Arc::new(Locked {
            packages: BTreeMap::from([(a, BTreeMap::from([(0, b)])), (b, BTreeMap::new())]),
            kept: None,
        })
    }

    fn wish(feature: &str) -> Wish {
        (CandidateId(0), FeaturesFor::Target, Symbol::new(feature))
    }

    #[test]
    fn only_what_brings_a_package_needs_another_lock() {
        let catalog = Catalog::of_entries(&ENTRIES);
        let base = base();
        let mut lockable = Lockable::new(&catalog, &base);
        let holds = [
            "own", "inner", "passed", "default", "missing", "bring", "also", "weak", "c", "unknown",
        ]
        .map(|feature| lockable.holds(CandidateId(0), Symbol::new(feature)));
        assert_eq!(
            holds,
            [true, true, true, true, false, false, false, false, false, false]
        );
    }

    /// Finds a lock unless both `bring` and `weak`, or `also` at all, are wanted, and counts how often it was asked.
    fn solve<'t>(base: &'t Locked, asked: &'t Cell<usize>) -> impl Fn(&Extra) -> Option<Locked> + 't {
        move |extra| {
            asked.set(asked.get() + 1);
            let wanted = |feature: &str| extra[&CandidateId(0)].contains(&Symbol::new(feature));
            (!(wanted("also") || wanted("bring") && wanted("weak"))).then(|| {
                let mut locked = base.clone();
                locked.packages.insert(CandidateId(2), BTreeMap::new());
                locked
            })
        }
    }

    #[test]
    fn wishes_that_fit_to_those_before_them_are_kept() {
        let catalog = Catalog::of_entries(&ENTRIES);
        let base = base();
        let asked = Cell::new(0);
        let mut lockable = Lockable::new(&catalog, &base);
        let mut find = |features: &[&str]| {
            let before = asked.get();
            let wishes = features.iter().map(|feature| wish(feature)).collect();
            let (kept, locked) = lockable.find(wishes, solve(&base, &asked));
            let kept: Vec<&str> = kept.iter().map(|(_, _, feature)| feature.as_str()).collect();
            (kept, locked.packages.len(), asked.get() - before)
        };
        assert_eq!(find(&["own", "passed"]), (vec!["own", "passed"], 2, 0));
        let (kept, packages, _) = find(&["also", "bring", "own", "weak"]);
        assert_eq!((kept, packages), (vec!["bring", "own"], 3));
        // Nothing new is asked for, or what was refused before with something that fits.
        assert_eq!(
            find(&["also", "bring", "inner", "weak"]),
            (vec!["bring", "inner"], 3, 0)
        );
        assert_eq!(find(&["also", "bring", "c", "weak"]), (vec!["bring", "c"], 3, 1));
        assert_eq!(find(&["also", "c", "weak"]), (vec!["c", "weak"], 3, 1));
    }
}
