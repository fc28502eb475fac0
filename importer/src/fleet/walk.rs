//! Follows the members' dependencies through the candidates: which versions are reached, with which features.
//!
//! This is what Cargo's resolver does for a lock, but that versions are chosen by a rule in place of a search. What is on only ever
//! grows, so the order does not matter.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::candidates::{CandidateId, Candidates};
use super::choice::{Bans, Rules, choose};
use super::member::Member;
use crate::bits::BitSet;
use crate::config::Config;
use crate::intern::Symbol;
use crate::manifest::{DependencyKind, FeatureValue, Package};
use crate::platform::{Condition, Conditions};
use crate::resolve::{Fetch, Matcher, conditions, read_package, request};

/// How far a walk goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What is built: the features that were asked for, on the fleet's platforms.
    Needed,
    /// What a Cargo.lock holds: all features of the members, on all platforms.
    Complete,
}

/// The manifest of a candidate.
#[derive(Debug)]
pub struct Read {
    /// The package.
    pub package: Package,
    /// The condition of each dependency.
    pub conditions: Vec<Option<Condition>>,
    /// What the locks that have the package chose for each dependency.
    pub own: Vec<Vec<CandidateId>>,
}

/// Why a version can't be used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failure {
    /// The version that can't be used.
    pub culprit: CandidateId,
    /// Why not.
    pub reason: String,
}

/// A package that was reached.
#[derive(Debug, Clone, Default)]
pub struct Reached {
    /// The features that are on in some use.
    pub features: BitSet,
    names: BitSet,
    visited: bool,
    /// The dependencies that are on, by their positions, and what was chosen.
    pub edges: BTreeMap<u32, CandidateId>,
}

/// The outcome of a walk.
#[derive(Debug, Clone, Default)]
pub struct Walked {
    /// What was reached.
    pub reached: BTreeMap<CandidateId, Reached>,
    /// The versions that can't be used.
    pub failures: BTreeSet<Failure>,
}

/// Walks through candidates, and keeps the manifests that it reads.
pub struct Walker<'a> {
    pub(super) members: &'a [Member],
    pub(super) candidates: &'a Candidates,
    pub(super) rules: &'a Rules,
    pub(super) config: &'a Config,
    pub(super) fetch: &'a Fetch<'a>,
    pub(super) conditions: Conditions,
    pub(super) read: FxHashMap<CandidateId, Read>,
}

struct Want {
    by: Option<CandidateId>,
    to: CandidateId,
    features: Vec<Symbol>,
    default: bool,
}

enum Task {
    Visit(CandidateId),
    Feature(CandidateId, u32),
    Name(CandidateId, u32, Option<Symbol>),
}

struct Walk<'w, 'a> {
    walker: &'w mut Walker<'a>,
    extent: Extent,
    bans: &'w Bans,
    tasks: Vec<Task>,
    wants: Vec<Want>,
    walked: Walked,
}

impl Walker<'_> {
    /// Walks from the selected packages of all members.
    ///
    /// # Errors
    /// When a package can't be had or read.
    pub fn walk(&mut self, extent: Extent, bans: &Bans) -> Result<Walked, crate::Error> {
        let mut seeds = Vec::new();
        for (number, member) in self.members.iter().enumerate() {
            for selected in &member.selected.features {
                let Some(id) = self.candidates.of_local(self.members, number, selected.member) else {
                    let local = &member.workspace.packages[selected.member];
                    return Err(crate::resolve::Error::NotInLock {
                        lock: member.lock.location.clone(),
                        name: local.package.name.to_string(),
                        version: local.package.version.to_string(),
                        location: local.location.clone(),
                    }
                    .into());
                };
                seeds.push((id, selected));
            }
        }
        let mut walk = Walk {
            walker: self,
            extent,
            bans,
            tasks: Vec::new(),
            wants: seeds
                .iter()
                .map(|(id, selected)| Want {
                    by: None,
                    to: *id,
                    features: Vec::new(),
                    default: selected.default_features || extent == Extent::Complete,
                })
                .collect(),
            walked: Walked::default(),
        };
        walk.load()?;
        for (id, selected) in seeds {
            let count = walk.walker.read.get(&id).map_or(0, |read| read.package.features.len());
            if selected.all_features || extent == Extent::Complete {
                walk.tasks
                    .extend((0_u32..).take(count).map(|feature| Task::Feature(id, feature)));
            }
            for value in &selected.values {
                walk.value(id, *value);
            }
        }
        walk.run()?;
        Ok(walk.walked)
    }

    /// Reads the manifests of candidates.
    fn load(&mut self, ids: &BTreeSet<CandidateId>) -> Result<(), crate::Error> {
        let missing: Vec<CandidateId> = ids.iter().copied().filter(|id| !self.read.contains_key(id)).collect();
        let (local, remote): (Vec<_>, Vec<_>) = missing
            .into_iter()
            .partition(|id| self.candidates.get(*id).local.is_some());
        for id in local {
            if let Some((member, position)) = self.candidates.get(id).local {
                let local = &self.members[member].workspace.packages[position];
                self.add(id, local.package.clone(), &local.location)?;
            }
        }
        let requests: Vec<_> = remote
            .iter()
            .filter_map(|id| {
                let (member, index) = self.candidates.get(*id).locks.first()?;
                Some(request(&self.members[*member].lock, *index))
            })
            .collect();
        if requests.is_empty() {
            return Ok(());
        }
        let fetched = (self.fetch)(&requests)?;
        let packages: Vec<_> = fetched
            .into_par_iter()
            .map(read_package)
            .collect::<Result<_, crate::resolve::Error>>()?;
        for (id, (package, _, location)) in remote.into_iter().zip(packages) {
            self.add(id, package, &location)?;
        }
        Ok(())
    }

    fn add(&mut self, id: CandidateId, package: Package, location: &str) -> Result<(), crate::Error> {
        let mut own = vec![Vec::new(); package.dependencies.len()];
        for (member, index) in &self.candidates.get(id).locks {
            let matcher = Matcher {
                lock: &self.members[*member].lock,
                workspace: &self.members[*member].workspace,
                config: self.config,
            };
            for (list, target) in own.iter_mut().zip(matcher.targets(*index, &package)) {
                list.extend(target.and_then(|target| self.candidates.of_lock(*member, target)));
            }
        }
        for list in &mut own {
            list.sort_unstable();
            list.dedup();
        }
        let conditions = conditions(&package, location, &mut self.conditions)?;
        self.read.insert(
            id,
            Read {
                package,
                conditions,
                own,
            },
        );
        Ok(())
    }
}

impl Walk<'_, '_> {
    fn package(&self, id: CandidateId) -> Option<&Package> {
        self.walker.read.get(&id).map(|read| &read.package)
    }

    fn run(&mut self) -> Result<(), crate::Error> {
        loop {
            while let Some(task) = self.tasks.pop() {
                match task {
                    Task::Visit(id) => self.visit(id),
                    Task::Feature(id, feature) => self.feature(id, feature),
                    Task::Name(id, name, feature) => self.name(id, name, feature),
                }
            }
            if self.wants.is_empty() {
                return Ok(());
            }
            self.load()?;
        }
    }

    /// Reads what is waited for, and takes it up.
    fn load(&mut self) -> Result<(), crate::Error> {
        let wants = std::mem::take(&mut self.wants);
        self.walker.load(&wants.iter().map(|want| want.to).collect())?;
        for want in wants {
            self.want(&want);
        }
        Ok(())
    }

    fn want(&mut self, want: &Want) {
        let Some(package) = self.package(want.to) else { return };
        let mut tasks = vec![Task::Visit(want.to)];
        let mut missing = Vec::new();
        for name in &want.features {
            match package.feature(*name) {
                Some(feature) => tasks.push(Task::Feature(want.to, feature)),
                None => missing.push(*name),
            }
        }
        if want.default {
            let default = package.feature(Symbol::new("default"));
            tasks.extend(default.map(|feature| Task::Feature(want.to, feature)));
        }
        self.tasks.extend(tasks);
        for feature in missing {
            let by = want
                .by
                .map(|by| self.walker.candidates.describe(by))
                .unwrap_or_default();
            let reason = format!("it has no feature `{feature}`, which {by} asks for");
            self.fail(want.to, reason);
        }
    }

    fn fail(&mut self, culprit: CandidateId, reason: String) {
        self.walked.failures.insert(Failure { culprit, reason });
    }

    fn visit(&mut self, id: CandidateId) {
        let reached = self.walked.reached.entry(id).or_default();
        if std::mem::replace(&mut reached.visited, true) {
            return;
        }
        let count = self.package(id).map_or(0, |package| package.dependencies.len());
        for position in 0..count {
            if self
                .package(id)
                .is_some_and(|package| !package.dependencies[position].optional)
            {
                self.follow(id, position, None);
            }
        }
    }

    fn feature(&mut self, id: CandidateId, feature: u32) {
        if !self.walked.reached.entry(id).or_default().features.insert(feature) {
            return;
        }
        let values = self
            .package(id)
            .map(|package| package.features[feature as usize].values.clone());
        for value in values.into_iter().flatten() {
            self.value(id, value);
        }
    }

    fn value(&mut self, id: CandidateId, value: FeatureValue) {
        match value {
            FeatureValue::Feature(feature) => self.tasks.push(Task::Feature(id, feature)),
            FeatureValue::Dependency(name) => self.tasks.push(Task::Name(id, name, None)),
            FeatureValue::DependencyFeature {
                dependency,
                feature,
                weak,
            } => {
                let implied = self.package(id).filter(|_| !weak).and_then(|package| {
                    let optional = package
                        .dependencies
                        .iter()
                        .any(|entry| entry.name == dependency && entry.optional);
                    package
                        .feature(package.dependency_names[dependency as usize])
                        .filter(|_| optional)
                });
                self.tasks.extend(implied.map(|feature| Task::Feature(id, feature)));
                self.tasks.push(Task::Name(id, dependency, Some(feature)));
            }
        }
    }

    fn name(&mut self, id: CandidateId, name: u32, feature: Option<Symbol>) {
        let new = self.walked.reached.entry(id).or_default().names.insert(name);
        if !new && feature.is_none() {
            return;
        }
        let count = self.package(id).map_or(0, |package| package.dependencies.len());
        for position in 0..count {
            if self
                .package(id)
                .is_some_and(|package| package.dependencies[position].name == name)
            {
                self.follow(id, position, feature);
            }
        }
    }

    fn follow(&mut self, id: CandidateId, position: usize, extra: Option<Symbol>) {
        let Some(read) = self.walker.read.get(&id) else { return };
        let dependency = &read.package.dependencies[position];
        if dependency.kind == DependencyKind::Development
            || self.extent == Extent::Needed && !self.walker.conditions.holds_anywhere(read.conditions[position])
        {
            return;
        }
        let Walker { candidates, rules, .. } = self.walker;
        let Some((to, _)) = choose(candidates, rules, self.bans, dependency, &read.own[position]) else {
            let reason = format!(
                "it needs `{} = \"{}\"`, and no member's lock has such a version that can be used",
                dependency.package,
                dependency.requirement_text()
            );
            return self.fail(id, reason);
        };
        let position = u32::try_from(position).unwrap_or(u32::MAX);
        let edges = &mut self.walked.reached.entry(id).or_default().edges;
        let first = edges.insert(position, to).is_none();
        let mut features: Vec<Symbol> = extra.into_iter().collect();
        if first {
            features.extend(&dependency.features);
        }
        self.wants.push(Want {
            by: Some(id),
            to,
            features,
            default: first && dependency.default_features,
        });
    }
}
