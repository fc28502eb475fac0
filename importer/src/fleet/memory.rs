//! What the solver found for programs, so that it is asked once where it would find the same again.
//!
//! It asks for requirements, which are always the same, and for the best version of what can be chosen. So with other preferences it finds
//! the same for a program if every choice that it made there by preference would be made alike. With further names in the catalog it finds
//! the same if it met none that was not known.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::catalog::{Catalog, Extension};
use super::preferences::Preferences;
use super::program::{Choice, Requirements};
use super::solve::{ProgramLock, Solution};
use crate::intern::Symbol;

/// What the solver found for a program.
pub(super) struct Found {
    /// The lock; none if there is none.
    pub(super) lock: Option<Arc<ProgramLock>>,
    /// Names that are not known.
    pub(super) unknown: BTreeSet<Symbol>,
    /// With which preferences.
    preferences: Preferences,
    /// What was chosen by them, by range.
    choices: Vec<Choice>,
}

impl Found {
    fn new(catalog: &Catalog, preferences: &Preferences, solution: Solution) -> Self {
        let mut choices = solution.choices;
        choices.sort_by_key(|choice| choice.range);
        // Of a package and its features it is mostly the same.
        choices.dedup();
        choices.shrink_to_fit();
        Self {
            lock: solution
                .locked
                .map(|locked| Arc::new(ProgramLock::new(catalog, locked))),
            unknown: solution.unknown,
            preferences: preferences.clone(),
            choices,
        }
    }

    /// Would the same be found with what a program requires now?
    fn holds(&self, requirements: &Requirements<'_>) -> bool {
        let mut differing = requirements.preferences.differing(&self.preferences);
        differing.all(|range| {
            let first = self.choices.partition_point(|choice| choice.range < range);
            let mut choices = self.choices[first..].iter().take_while(|choice| choice.range == range);
            choices.all(|choice| requirements.chooses(choice))
        })
    }

    fn is(&self, solution: &Solution) -> bool {
        let locked = self.lock.as_ref().map(|lock| &*lock.locked);
        locked == solution.locked.as_ref() && self.unknown == solution.unknown
    }

    /// The same in a catalog with further names, if it is.
    fn extended(&self, catalog: &Catalog, extension: &Extension, first: &Preferences) -> Option<Self> {
        if !self.unknown.is_empty() {
            return None;
        }
        let lock = self.lock.as_ref().map(|lock| lock.locked.extended(extension));
        let choices = self.choices.iter();
        Some(Self {
            lock: lock.map(|locked| Arc::new(ProgramLock::new(catalog, locked))),
            unknown: BTreeSet::new(),
            preferences: self.preferences.extended(extension, first),
            choices: choices.map(|choice| choice.extended(extension)).collect(),
        })
    }
}

/// What was found for programs so far, by their numbers.
pub(super) struct SolverMemory(Vec<Mutex<Vec<Arc<Found>>>>);

impl SolverMemory {
    pub(super) fn new(programs: usize) -> Self {
        Self(std::iter::repeat_with(Mutex::default).take(programs).collect())
    }

    /// What is found for a program with these requirements: what is known if it holds, else what the solver says.
    pub(super) fn find(
        &self,
        requirements: &Requirements<'_>,
        solve: impl Fn(&Requirements<'_>) -> Solution,
    ) -> Arc<Found> {
        let known = || {
            self.0[requirements.number]
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        // What was found last is what most of a fleet keeps.
        let holding = known().iter().rev().find(|found| found.holds(requirements)).cloned();
        if let Some(found) = holding {
            // Tests ask all the same.
            debug_assert!(found.is(&solve(requirements)), "what holds is what is found");
            return found;
        }
        let found = Found::new(requirements.catalog, requirements.preferences, solve(requirements));
        let found = Arc::new(found);
        known().push(Arc::clone(&found));
        found
    }

    /// What is known with further names in the catalog, where `first` is preferred at first.
    pub(super) fn extended(self, catalog: &Catalog, extension: &Extension, first: &Preferences) -> Self {
        let programs = self.0.into_iter().map(|known| {
            let known = known.into_inner().unwrap_or_else(PoisonError::into_inner);
            let known = known
                .iter()
                .filter_map(|found| found.extended(catalog, extension, first));
            Mutex::new(known.map(Arc::new).collect())
        });
        Self(programs.collect())
    }
}
