//! Features: what programs get of each other.
//!
//! A crate that two programs have in one version with different features would be built twice, and so would all that depends on it. So a
//! program gets the features that others turn on, but never one that would bring a crate into it that it had not, or a native library;
//! and where those that may have a feature and those that may not would end up with more crates than if nobody had it but who asks for
//! it, it is left at that ([`super::choose`]).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::catalog::CandidateId;
use super::choose::choose;
use super::ground::{CrateFor, CrateUse, Ground, Uses, Wish};
use super::joint::{Fleet, FleetResolver, located};
use super::lockable::Lockable;
use super::program_workspace::{Addition, Additions, FEATURES_PACKAGE, extra};
use super::requested::{Requested, Wishes};
use super::solve::Locked;
use crate::internal::InternalError;
use crate::lock::SourceKind;
use crate::options::PlatformRequest;
use crate::resolve::Selected;
use crate::source::progress::Progress;
use crate::workspace::Workspace;

/// How often features are looked at that others turned on.
const ROUNDS: usize = 3;

/// The features that some program asks for, of each crate and for what.
type RequestedOf = BTreeMap<CrateFor, Requested>;

/// What there is to do for a program in a round.
enum GroundTask {
    /// Nothing: nobody turned on anything new of what it uses.
    Keep(Box<Ground>),
    Find {
        wishes: Wishes,
        /// Those of the wishes that a lock can have, and that lock.
        lockable: BTreeSet<Wish>,
        locked: Arc<Locked>,
    },
}

/// The features that are on in others, of what a program uses.
fn wishes(uses: &Uses, on: &RequestedOf) -> Wishes {
    let mut wishes = Wishes::default();
    for (place, used) in uses {
        if let Some(requested) = on.get(place) {
            wishes.add(*place, &used.everywhere, requested);
        }
    }
    wishes
}

impl Fleet<'_> {
    pub(super) fn unite_features(
        &mut self,
        platforms: &[PlatformRequest],
        progress: &dyn Progress,
    ) -> Result<(), crate::Error> {
        let (additions, locks) = self.united(platforms, progress)?;
        self.additions = additions;
        self.locks = locks;
        Ok(())
    }

    /// The features that every program gets, and the locks with them.
    fn united(
        &self,
        platforms: &[PlatformRequest],
        progress: &dyn Progress,
    ) -> Result<(Vec<Additions>, Vec<Arc<Locked>>), crate::Error> {
        let resolver = self.resolver(platforms, progress)?;
        let mut uses: Vec<Uses> = self.members.iter().map(|_| Uses::new()).collect();
        let mut on = RequestedOf::new();
        let locks = self.locks.iter();
        let mut lockable: Vec<Lockable<'_>> = locks.map(|locked| Lockable::new(&self.catalog, locked)).collect();
        let mut grounds: Vec<Ground> = Vec::new();
        for round in 0..=ROUNDS {
            grounds = self.grounds(&resolver, platforms, (&uses, &on), &mut lockable, grounds)?;
            let mut grown = false;
            for (ground, uses) in grounds.iter_mut().zip(&mut uses) {
                for (place, used) in std::mem::take(&mut ground.uses) {
                    grown |= on.entry(place).or_default().extend(&used.requested);
                    uses.entry(place).or_insert_with(|| {
                        grown = true;
                        // What a feature brought (build scripts and proc macros use it) is there only if the program gets that feature.
                        let everywhere = if round == 0 { used.everywhere } else { BTreeSet::new() };
                        CrateUse { everywhere, ..used }
                    });
                }
            }
            if !grown {
                break;
            }
        }
        let chosen = choose(&grounds)?;
        let additions: Vec<Additions> = grounds
            .iter()
            .zip(&uses)
            .zip(chosen)
            .map(|((ground, uses), chosen)| Ok(additions(uses, ground.effective(chosen)?)))
            .collect::<Result<_, InternalError>>()?;
        Ok(self.locked(additions, lockable))
    }

    /// The locks with additions; a program for which there is none goes without.
    fn locked(&self, mut additions: Vec<Additions>, lockable: Vec<Lockable<'_>>) -> (Vec<Additions>, Vec<Arc<Locked>>) {
        let locks = additions.par_iter_mut().zip(lockable).enumerate();
        let locks = locks.map(|(number, (additions, mut lockable))| {
            let own = || Arc::clone(&self.locks[number]);
            if additions.is_empty() {
                return own();
            }
            let locked = lockable.with(&extra(additions), |extra| self.lock_with(number, extra));
            locked.unwrap_or_else(|| {
                additions.clear();
                own()
            })
        });
        let locks = locks.collect();
        (additions, locks)
    }

    /// Is a crate one of a registry that the file does not keep separate?
    fn may_be_united(&self, id: CandidateId) -> bool {
        let candidate = self.catalog.get(id);
        let registry = candidate
            .source
            .as_ref()
            .is_some_and(|source| source.kind() == SourceKind::Registry);
        registry && !self.separate.contains(&candidate.name)
    }

    /// Finds out for every program which of the features that are on in others it may have, and what it uses then. Programs for which there
    /// is nothing new since the round before keep what was found out.
    fn grounds(
        &self,
        resolver: &FleetResolver<'_>,
        platforms: &[PlatformRequest],
        (uses, on): (&[Uses], &RequestedOf),
        lockable: &mut [Lockable<'_>],
        before: Vec<Ground>,
    ) -> Result<Vec<Ground>, crate::Error> {
        // There is none in the first round.
        let mut before: Vec<Option<Ground>> = before.into_iter().map(Some).collect();
        before.resize_with(uses.len(), || None);
        let tasks: Vec<GroundTask> = uses
            .par_iter()
            .enumerate()
            .zip(lockable)
            .zip(before)
            .map(|(((number, uses), lockable), before)| {
                let wishes = wishes(uses, on);
                match before {
                    Some(ground) if ground.wishes == wishes => GroundTask::Keep(Box::new(ground)),
                    _ => {
                        let solve = |extra: &_| self.lock_with(number, extra);
                        let (lockable, locked) = lockable.find(wishes.list.clone(), solve);
                        GroundTask::Find {
                            wishes,
                            lockable,
                            locked,
                        }
                    }
                }
            })
            .collect();
        let locks: Vec<Arc<Locked>> = (tasks.iter().zip(&self.locks))
            .map(|(task, own)| match task {
                GroundTask::Keep(_) => Arc::clone(own),
                GroundTask::Find { locked, .. } => Arc::clone(locked),
            })
            .collect();
        self.fetch_all(resolver, &locks)?;
        tasks
            .into_par_iter()
            .zip(uses)
            .enumerate()
            .map(|(number, (task, uses))| match task {
                GroundTask::Keep(ground) => Ok(*ground),
                GroundTask::Find {
                    wishes,
                    lockable,
                    locked,
                } => self.ground(resolver, platforms, (number, uses), wishes, (lockable, &locked)),
            })
            .collect()
    }

    /// A program, with what could be turned on in it: of its wishes those that a lock can have, with that lock.
    fn ground(
        &self,
        resolver: &FleetResolver<'_>,
        platforms: &[PlatformRequest],
        (number, uses): (usize, &Uses),
        wishes: Wishes,
        (lockable, locked): (BTreeSet<Wish>, &Locked),
    ) -> Result<Ground, crate::Error> {
        let additions = additions(uses, lockable.clone());
        let program = self.program(number, locked, &additions);
        let (workspace, selected) = program.workspace()?;
        let (lock, ids) = program.lock()?;
        let universe = resolver.universe((&workspace, lock), &selected);
        let universe = universe.map_err(|error| located(self.file, std::iter::once(&self.members[number]), error))?;
        let selected = without_additions(&workspace, selected);
        let mut ground = Ground::new(universe, selected, ids, &self.separate, wishes, lockable, platforms)?;
        // What keeps its own lock gets nothing of others, and gives them nothing.
        ground
            .uses
            .retain(|(id, _), _| locked.kept.is_none() && self.may_be_united(*id));
        Ok(ground)
    }
}

/// What is selected in a workspace with additions, without them.
fn without_additions(workspace: &Workspace, with: Selected) -> Selected {
    let is_added = |member: usize| workspace.packages[member].package.name.as_str() == FEATURES_PACKAGE;
    Selected {
        features: with
            .features
            .into_iter()
            .filter(|selected| !is_added(selected.member))
            .collect(),
        ..with
    }
}

/// Wishes as additions to what a program uses.
fn additions(uses: &Uses, wishes: BTreeSet<Wish>) -> Additions {
    let mut additions = Additions::new();
    for (id, side, feature) in wishes {
        if let Some(used) = uses.get(&(id, side)) {
            let addition = additions.entry((id, side)).or_insert_with(|| Addition {
                features: BTreeSet::new(),
                triples: used.triples.clone(),
            });
            addition.features.insert(feature);
        }
    }
    additions
}
