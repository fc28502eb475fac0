//! Decides for one platform which features and optional dependencies are on.
//!
//! What is on only ever grows, so the order in which tasks are taken up does not matter.

use rustc_hash::FxHashMap;

use super::{Loaded, Platform, Selected, Universe};
use crate::bits::BitSet;
use crate::intern::Symbol;
use crate::lock::LockIndex;
use crate::manifest::{DependencyKind, FeatureValue};
use crate::workspace::Resolver;

/// What features are for: resolver 1 knows no difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum For {
    /// Normal and development dependencies of what is built for the target.
    Target,
    /// Build scripts and proc macros, and what they depend on.
    Host,
}

impl For {
    /// By a flag.
    pub fn host(host: bool) -> Self {
        if host { Self::Host } else { Self::Target }
    }
}

#[derive(Debug, Clone, Default)]
struct State {
    known: bool,
    visited: bool,
    features: BitSet,
    /// Those of the features that another package asks for, and not only a feature that includes them.
    requested: BitSet,
    dependencies: BitSet,
}

/// The features that are on for one platform.
#[derive(Debug, Clone)]
pub struct Features<'a> {
    universe: &'a Universe,
    platform: Platform,
    /// Resolver 2 and later.
    apart: bool,
    /// Dev-dependencies do not count, as nothing is built that uses them.
    without_development: bool,
    /// Two for each package: for the target and for the host.
    states: Vec<State>,
    deferred: FxHashMap<(usize, u32), Vec<Symbol>>,
    tasks: Vec<Task>,
}

#[derive(Debug, Clone)]
enum Task {
    Visit(usize),
    Feature(usize, u32),
    /// A name was turned on.
    Dependency(usize, u32),
}

impl<'a> Features<'a> {
    /// Resolves the features of a selection.
    pub fn resolve(universe: &'a Universe, platform: Platform, selected: &Selected, development: bool) -> Self {
        let apart = universe.resolver != Resolver::V1;
        let mut features = Self {
            universe,
            platform,
            apart,
            without_development: apart && !development,
            states: vec![State::default(); universe.packages.len() * 2],
            deferred: FxHashMap::default(),
            tasks: Vec::new(),
        };
        for member in &selected.features {
            let Some(index) = universe.locals[member.member] else {
                continue;
            };
            let Some(package) = universe.package(index) else {
                continue;
            };
            let sides: &[For] = if apart && package.is_proc_macro() {
                &[For::Target, For::Host]
            } else {
                &[For::Target]
            };
            for side in sides {
                let key = features.key(index, *side);
                features.enter(key);
                for value in &member.values {
                    features.value(key, *value);
                }
                if member.default_features {
                    features.default(key);
                }
                if member.all_features {
                    for feature in (0_u32..).take(package.features.len()) {
                        features.enable(key, feature);
                    }
                }
            }
        }
        features.run();
        features
    }

    fn key(&self, index: LockIndex, side: For) -> usize {
        index.0 as usize * 2 + usize::from(self.apart && side == For::Host)
    }

    fn loaded(&self, key: usize) -> Option<&'a Loaded> {
        self.universe.packages[key / 2].as_ref()
    }

    /// The features of a package, none if it is in no use of this kind.
    pub fn of(&self, index: LockIndex, side: For) -> Option<&BitSet> {
        let state = &self.states[self.key(index, side)];
        state.known.then_some(&state.features)
    }

    /// The features of a package that other packages ask for.
    pub(crate) fn requested(&self, index: LockIndex, side: For) -> &BitSet {
        &self.states[self.key(index, side)].requested
    }

    /// Is a name of the dependency tables turned on?
    pub fn has_dependency(&self, index: LockIndex, side: For, name: u32) -> bool {
        self.states[self.key(index, side)].dependencies.contains(name)
    }

    /// What is on if further features are asked for, of packages that take part by then.
    pub(crate) fn with(&self, further: impl IntoIterator<Item = (LockIndex, For, u32)>) -> Self {
        let mut features = self.clone();
        let mut waiting: Vec<(LockIndex, For, u32)> = further.into_iter().collect();
        loop {
            let before = waiting.len();
            waiting.retain(|(index, side, feature)| {
                let takes_part = features.takes_part(*index, *side);
                if takes_part {
                    features.request(features.key(*index, *side), *feature);
                }
                !takes_part
            });
            features.run();
            // A feature may bring a package that others wait for.
            if waiting.is_empty() || waiting.len() == before {
                return features;
            }
        }
    }

    /// Is a package used for this?
    pub(crate) fn takes_part(&self, index: LockIndex, side: For) -> bool {
        self.states[self.key(index, side)].visited
    }

    /// The packages that are built for the platform, and what for. Unlike what features are on for, this goes by the platform and by what
    /// is built with every resolver.
    pub(crate) fn packages(&self, selected: &Selected) -> Vec<(LockIndex, For)> {
        let mut seen = vec![false; self.states.len()];
        let members = selected.features.iter();
        let mut stack: Vec<(LockIndex, For)> = members
            .filter_map(|member| self.universe.locals[member.member])
            .map(|index| (index, For::Target))
            .collect();
        let mut found = Vec::new();
        while let Some((index, side)) = stack.pop() {
            let position = index.0 as usize * 2 + usize::from(side == For::Host);
            if !std::mem::replace(&mut seen[position], true) {
                found.push((index, side));
                stack.extend(self.dependencies(index, side));
            }
        }
        found
    }

    /// The packages that a package's dependencies stand for, with what they are built for.
    pub(crate) fn dependencies(&self, index: LockIndex, side: For) -> Vec<(LockIndex, For)> {
        let key = self.key(index, side);
        let Some(loaded) = self.loaded(key) else {
            return Vec::new();
        };
        let mut found: Vec<(LockIndex, For)> = self
            .active(key, None)
            .into_iter()
            .filter_map(|(position, to)| {
                let dependency = &loaded.package.dependencies[position as usize];
                let build = side == For::Host || dependency.kind == DependencyKind::Build;
                let triple = if build {
                    self.platform.host
                } else {
                    self.platform.target
                };
                let condition = loaded.conditions[position as usize];
                let takes_part = self.universe.conditions.holds(condition, triple)
                    && (!dependency.optional || self.states[key].dependencies.contains(dependency.name));
                let to = LockIndex(u32::try_from(to / 2).unwrap_or(u32::MAX));
                let proc_macro = self.universe.package(to).is_some_and(|package| package.is_proc_macro());
                takes_part.then_some((to, For::host(build || proc_macro)))
            })
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    fn run(&mut self) {
        while let Some(task) = self.tasks.pop() {
            match task {
                Task::Visit(key) => self.follow(key, None),
                Task::Dependency(key, name) => {
                    self.follow(key, Some(name));
                    for feature in self.deferred.remove(&(key, name)).unwrap_or_default() {
                        self.dependency_feature(key, name, feature, true);
                    }
                }
                Task::Feature(key, feature) => {
                    let Some(loaded) = self.loaded(key) else { continue };
                    for value in &loaded.package.features[feature as usize].values {
                        self.value(key, *value);
                    }
                }
            }
        }
    }

    fn enter(&mut self, key: usize) {
        let state = &mut self.states[key];
        state.known = true;
        if !std::mem::replace(&mut state.visited, true) {
            self.tasks.push(Task::Visit(key));
        }
    }

    fn enable(&mut self, key: usize, feature: u32) {
        if self.states[key].features.insert(feature) {
            self.tasks.push(Task::Feature(key, feature));
        }
    }

    /// Turns on a feature for another package.
    fn request(&mut self, key: usize, feature: u32) {
        self.states[key].requested.insert(feature);
        self.enable(key, feature);
    }

    fn default(&mut self, key: usize) {
        let default = self
            .loaded(key)
            .and_then(|loaded| loaded.package.feature(Symbol::new("default")));
        if let Some(feature) = default {
            self.request(key, feature);
        }
    }

    fn value(&mut self, key: usize, value: FeatureValue) {
        match value {
            FeatureValue::Feature(feature) => self.enable(key, feature),
            FeatureValue::Dependency(name) => self.turn_on(key, name),
            FeatureValue::DependencyFeature {
                dependency,
                feature,
                weak,
            } => {
                self.dependency_feature(key, dependency, feature, weak);
            }
        }
    }

    fn turn_on(&mut self, key: usize, name: u32) {
        if self.states[key].dependencies.insert(name) {
            self.tasks.push(Task::Dependency(key, name));
        }
    }

    /// Asks the dependencies of a name for a feature; an optional one is turned on by it, unless it is weak.
    fn dependency_feature(&mut self, key: usize, name: u32, feature: Symbol, weak: bool) {
        let Some(loaded) = self.loaded(key) else { return };
        for (position, to) in self.active(key, Some(name)) {
            if loaded.package.dependencies[position as usize].optional {
                if weak && !self.states[key].dependencies.contains(name) {
                    let deferred = self.deferred.entry((key, name)).or_default();
                    if !deferred.contains(&feature) {
                        deferred.push(feature);
                    }
                    continue;
                }
                self.turn_on(key, name);
                if !weak && let Some(implied) = loaded.package.feature(loaded.package.dependency_names[name as usize]) {
                    self.enable(key, implied);
                }
            }
            self.states[to].known = true;
            let wanted = self.loaded(to).and_then(|loaded| loaded.package.feature(feature));
            if let Some(feature) = wanted {
                self.request(to, feature);
            }
        }
    }

    /// Follows the dependencies of a name, or all that are not optional.
    fn follow(&mut self, key: usize, name: Option<u32>) {
        let Some(loaded) = self.loaded(key) else { return };
        for (position, to) in self.active(key, name) {
            let dependency = &loaded.package.dependencies[position as usize];
            if name.is_none() && dependency.optional {
                continue;
            }
            self.enter(to);
            for feature in &dependency.features {
                if let Some(feature) = self.loaded(to).and_then(|loaded| loaded.package.feature(*feature)) {
                    self.request(to, feature);
                }
            }
            if dependency.default_features {
                self.default(to);
            }
        }
    }

    /// The dependencies (of a name) that count here, with the key of what they stand for.
    fn active(&self, key: usize, name: Option<u32>) -> Vec<(u32, usize)> {
        let Some(loaded) = self.loaded(key) else {
            return Vec::new();
        };
        let for_host = key % 2 == 1;
        let mut found = Vec::new();
        for edge in &loaded.edges {
            for position in &edge.dependencies {
                let dependency = &loaded.package.dependencies[*position as usize];
                if name.is_some_and(|name| name != dependency.name)
                    || self.without_development && dependency.kind == DependencyKind::Development
                {
                    continue;
                }
                let build = dependency.kind == DependencyKind::Build;
                if self.apart {
                    let triple = if build || for_host {
                        self.platform.host
                    } else {
                        self.platform.target
                    };
                    if !self
                        .universe
                        .conditions
                        .holds(loaded.conditions[*position as usize], triple)
                    {
                        continue;
                    }
                }
                let proc_macro = self
                    .universe
                    .package(edge.to)
                    .is_some_and(|package| package.is_proc_macro());
                found.push((*position, self.key(edge.to, For::host(for_host || build || proc_macro))));
            }
        }
        found
    }
}
