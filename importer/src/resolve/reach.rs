//! Finds the packages that a selection can reach, with the features that may be on in any of their uses.
//!
//! This is the part of Cargo's resolver that is left once a lock has fixed all versions: it finds out which optional dependencies are
//! there at all, and refuses features that do not exist. It works in rounds: all packages that are known to be needed are fetched and
//! read at once, then followed as far as what has been read goes.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::selection::{MemberFeatures, Selected};
use super::universe::{Fetch, PlatformTriples, ResolveInputs};
use super::{Error, Universe};
use crate::bits::BitSet;
use crate::config::Config;
use crate::intern::Symbol;
use crate::internal::{self, InternalError, Invariant};
use crate::lock::{Lock, LockIndex};
use crate::manifest::{DependencyKind, FeatureValue, Package, default_feature};
use crate::platform::Conditions;
use crate::similar::did_you_mean;
use crate::workspace::{ResolveBehavior, Workspace};

/// Features that a package is asked for, before its manifest is known.
pub(super) struct FeatureRequest {
    by: LockIndex,
    features: Vec<Symbol>,
    default: bool,
}

/// A package as something needs it. A selected member is needed for itself, with its dev-dependencies; if something depends on it, then
/// without them, and features that only a dependent turns on don't reach them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Activation {
    package: LockIndex,
    selected: bool,
}

impl Activation {
    fn of(package: LockIndex) -> Self {
        Self {
            package,
            selected: false,
        }
    }

    fn selected(package: LockIndex) -> Self {
        Self {
            package,
            selected: true,
        }
    }

    fn position(self) -> usize {
        self.package.0 as usize * 2 + usize::from(self.selected)
    }
}

/// What is on in a use of a package.
#[derive(Default, Clone)]
pub(super) struct Reached {
    features: BitSet,
    dependencies: BitSet,
    visited: bool,
}

pub(super) enum ReachTask {
    Feature(Activation, u32),
    Dependency(Activation, u32, Option<Symbol>),
    Visit(Activation),
}

pub(super) struct Reach<'a> {
    pub(super) context: &'a ResolveInputs<'a>,
    pub(super) universe: Universe,
    /// Where the workspace's packages are in it, by their places in the lock.
    pub(super) positions: FxHashMap<LockIndex, usize>,
    pub(super) reached: Vec<Reached>,
    /// Only dependencies for the platforms in question count, as only those have to be there.
    pub(super) only_active: bool,
    pub(super) pending: FxHashMap<LockIndex, Vec<FeatureRequest>>,
    pub(super) tasks: Vec<ReachTask>,
}

impl Universe {
    /// Reaches everything that the selected members need on any of the platforms.
    ///
    /// # Errors
    /// When a package can't be had or read, the lock does not fit the manifests, or a feature does not exist.
    pub fn new(
        workspace: &Workspace,
        lock: Lock,
        config: &Config,
        (conditions, platforms): (Conditions, Vec<PlatformTriples>),
        selected: &Selected,
        fetch: &Fetch<'_>,
    ) -> Result<Self, Error> {
        let context = ResolveInputs {
            workspace,
            config,
            fetch,
        };
        let locals = workspace
            .packages
            .iter()
            .map(|local| lock.local(local.package.name, &local.package.version))
            .collect::<Vec<_>>();
        let mut positions = FxHashMap::default();
        for (position, index) in locals.iter().enumerate() {
            if let Some(index) = index {
                positions.entry(*index).or_insert(position);
            }
        }
        let count = lock.packages.len();
        let universe = Self {
            packages: std::iter::repeat_with(|| None).take(count).collect(),
            lock,
            conditions,
            platforms,
            resolver: workspace.resolver,
            locals,
        };
        let mut reach = Reach {
            context: &context,
            universe,
            positions,
            reached: vec![Reached::default(); count * 2],
            only_active: workspace.resolver != ResolveBehavior::V1,
            pending: FxHashMap::default(),
            tasks: Vec::new(),
        };
        // Those on this machine first: they are broken by a mistake in a manifest, and not by a lock that is out of date.
        reach.refuse_unknown_features()?;
        let reached = reach.start(selected).and_then(|()| reach.run());
        reached.map_err(|error| reach.asked_for(selected, error))?;
        reach.refuse_unknown_features()?;
        let universe = reach.finish()?;
        universe.refuse_circles()?;
        Ok(universe)
    }
}

impl Reach<'_> {
    fn start(&mut self, selected: &Selected) -> Result<(), Error> {
        for member in &selected.features {
            let index = self.local(member.member)?;
            self.pending.entry(index).or_default();
        }
        self.load()?;
        for member in &selected.features {
            let index = self.local(member.member)?;
            self.tasks.push(ReachTask::Visit(Activation::selected(index)));
            self.command_line(Activation::selected(index), member)?;
        }
        Ok(())
    }

    /// The error for a feature that was asked for as `dependency/feature`: the lock is not to blame.
    fn asked_for(&self, selected: &Selected, error: Error) -> Error {
        let Error::NoFeatureOfDependency {
            dependent,
            feature,
            package,
            name,
            near,
        } = &error
        else {
            return error;
        };
        for member in &selected.features {
            let local = &self.context.workspace.packages[member.member].package;
            for value in &member.values {
                let FeatureValue::DependencyFeature {
                    dependency,
                    feature: wanted,
                    ..
                } = value
                else {
                    continue;
                };
                let mut named = local.dependencies.iter().filter(|entry| entry.name == *dependency);
                if wanted.as_str() == feature
                    && *dependent == format!("{} {}", local.name, local.version)
                    && named.any(|entry| entry.package.as_str() == name)
                {
                    return Error::NoSuchFeatureOfDependency {
                        asked: format!("{}/{feature}", local.dependency_names[*dependency as usize]),
                        feature: feature.clone(),
                        package: package.clone(),
                        near: near.clone(),
                    };
                }
            }
        }
        error
    }

    fn local(&self, position: usize) -> Result<LockIndex, Error> {
        let local = &self.context.workspace.packages[position];
        self.universe.locals[position].ok_or_else(|| Error::NotInLock {
            lock: self.universe.lock.location.clone(),
            name: local.package.name.to_string(),
            version: local.package.version.to_string(),
            location: local.location.clone(),
        })
    }

    fn command_line(&mut self, user: Activation, member: &MemberFeatures) -> Result<(), InternalError> {
        if member.all_features {
            let count = self.package(user)?.features.len();
            self.tasks
                .extend((0_u32..).take(count).map(|feature| ReachTask::Feature(user, feature)));
        }
        for value in &member.values {
            self.value(user, *value)?;
        }
        if member.default_features {
            self.default_feature(user)?;
        }
        Ok(())
    }

    /// The package of a use: what is used has been read by then.
    #[track_caller]
    fn package(&self, user: Activation) -> Result<&Package, InternalError> {
        Ok(self.universe.reached(user.package)?.package.as_ref())
    }

    fn default_feature(&mut self, user: Activation) -> Result<(), InternalError> {
        let default = self.package(user)?.feature(default_feature());
        self.tasks
            .extend(default.map(|feature| ReachTask::Feature(user, feature)));
        Ok(())
    }

    fn value(&mut self, user: Activation, value: FeatureValue) -> Result<(), InternalError> {
        match value {
            FeatureValue::Feature(feature) => self.tasks.push(ReachTask::Feature(user, feature)),
            FeatureValue::Dependency(name) => self.tasks.push(ReachTask::Dependency(user, name, None)),
            FeatureValue::DependencyFeature {
                dependency,
                feature,
                weak,
            } => {
                if !weak {
                    let package = self.package(user)?;
                    let name = package.dependency_names[dependency as usize];
                    let optional = package
                        .dependencies
                        .iter()
                        .any(|entry| entry.name == dependency && entry.optional);
                    let implied = package.feature(name).filter(|_| optional);
                    self.tasks
                        .extend(implied.map(|feature| ReachTask::Feature(user, feature)));
                }
                self.tasks.push(ReachTask::Dependency(user, dependency, Some(feature)));
            }
        }
        Ok(())
    }

    fn run(&mut self) -> Result<(), Error> {
        loop {
            while let Some(task) = self.tasks.pop() {
                match task {
                    ReachTask::Feature(user, feature) => self.feature(user, feature)?,
                    ReachTask::Dependency(user, name, feature) => self.dependency(user, name, feature)?,
                    ReachTask::Visit(user) => self.visit(user)?,
                }
            }
            if self.pending.is_empty() {
                return Ok(());
            }
            self.load()?;
        }
    }

    fn feature(&mut self, user: Activation, feature: u32) -> Result<(), Error> {
        if !self.reached[user.position()].features.insert(feature) {
            return Ok(());
        }
        let package = self.package(user)?;
        let values = package.features[feature as usize].values.clone();
        if values.contains(&FeatureValue::Feature(feature)) {
            let feature = package.features[feature as usize].name.to_string();
            return Err(Error::FeatureCycle {
                package: self.universe.name(user.package),
                feature,
            });
        }
        for value in values {
            self.value(user, value)?;
        }
        Ok(())
    }

    /// Follows the dependencies that are not optional, once.
    fn visit(&mut self, user: Activation) -> Result<(), Error> {
        if std::mem::replace(&mut self.reached[user.position()].visited, true) {
            return Ok(());
        }
        let package = Arc::clone(&self.universe.reached(user.package)?.package);
        for (position, dependency) in package.dependencies.iter().enumerate() {
            if !dependency.optional {
                self.follow(user, position, None)?;
            }
        }
        Ok(())
    }

    /// Turns on the dependencies of a name, or adds a feature to them.
    fn dependency(&mut self, user: Activation, name: u32, feature: Option<Symbol>) -> Result<(), Error> {
        let new = self.reached[user.position()].dependencies.insert(name);
        if !new && feature.is_none() {
            return Ok(());
        }
        let package = Arc::clone(&self.universe.reached(user.package)?.package);
        for (position, dependency) in package.dependencies.iter().enumerate() {
            if dependency.name == name {
                self.follow(user, position, feature)?;
            }
        }
        Ok(())
    }

    fn follow(&mut self, user: Activation, position: usize, extra: Option<Symbol>) -> Result<(), Error> {
        let loaded = self.universe.packages[user.package.0 as usize]
            .as_mut()
            .invariant("a package that takes part")?;
        let dependency = &loaded.package.dependencies[position];
        if dependency.kind == DependencyKind::Development && !user.selected {
            return Ok(());
        }
        if self.only_active && !self.universe.conditions.holds_anywhere(loaded.conditions[position]) {
            return Ok(());
        }
        let Some(to) = loaded.targets[position] else {
            let entry = self.universe.lock.package(user.package);
            return Err(Error::NoMatch {
                lock: self.universe.lock.location.clone(),
                line: entry.line,
                package: format!("{} {}", entry.name, entry.version),
                dependency: dependency.package.to_string(),
                requirement: dependency.requirement_text(),
            });
        };
        let first = loaded.present.insert(internal::position(position)?);
        let mut features: Vec<Symbol> = extra.into_iter().collect();
        if first {
            features.extend(&dependency.features);
        }
        let wanted = FeatureRequest {
            by: user.package,
            features,
            default: first && dependency.default_features,
        };
        if self.universe.loaded(to).is_some() {
            self.want(to, &wanted)
        } else {
            self.pending.entry(to).or_default().push(wanted);
            Ok(())
        }
    }

    pub(super) fn want(&mut self, index: LockIndex, wanted: &FeatureRequest) -> Result<(), Error> {
        let user = Activation::of(index);
        let package = self.package(user)?;
        let mut tasks = Vec::with_capacity(wanted.features.len() + 1);
        for name in &wanted.features {
            let Some(feature) = package.feature(*name) else {
                let known = package.features.iter().map(|feature| feature.name.as_str());
                return Err(Error::NoFeatureOfDependency {
                    near: did_you_mean(name.as_str(), known),
                    dependent: self.universe.name(wanted.by),
                    feature: name.to_string(),
                    package: self.universe.name(index),
                    name: package.name.to_string(),
                });
            };
            if !self.reached[user.position()].features.contains(feature) {
                tasks.push(ReachTask::Feature(user, feature));
            }
        }
        self.tasks.append(&mut tasks);
        if wanted.default {
            self.default_feature(user)?;
        }
        self.tasks.push(ReachTask::Visit(user));
        Ok(())
    }
}
