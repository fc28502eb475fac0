//! Decides for one platform which features and optional dependencies are on.
//!
//! What is on only ever grows, so the order in which tasks are taken up does not matter.

use std::sync::{Arc, OnceLock};

use rustc_hash::{FxHashMap, FxHashSet};

use super::states::FeatureStates;
use super::{LoadedPackage, PlatformTriples, Selected, Universe};
use crate::bits::BitSet;
use crate::intern::Symbol;
use crate::internal::{self, InternalError, Invariant};
use crate::lock::LockIndex;
use crate::manifest::{DependencyKind, FeatureValue, default_feature};
use crate::workspace::ResolveBehavior;

/// What features are for: resolver 1 knows no difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FeaturesFor {
    /// Normal and development dependencies of what is built for the target.
    Target,
    /// Build scripts and proc macros, and what they depend on.
    Host,
}

impl FeaturesFor {
    /// By a flag.
    pub fn host(host: bool) -> Self {
        if host { Self::Host } else { Self::Target }
    }
}

/// A package, and what it is used for: what Cargo's feature resolver decides on.
#[derive(Debug, Clone, Copy)]
struct PackageFor<'a> {
    /// The position in [`Features::states`].
    key: usize,
    loaded: &'a LoadedPackage,
}

impl PackageFor<'_> {
    fn is_for_host(self) -> bool {
        self.key % 2 == 1
    }

    fn default(self) -> Option<u32> {
        self.loaded.package.feature(default_feature())
    }
}

/// What a dependency stands for on a platform, if it is on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PossibleDependency {
    /// The name that turns it on, if it is optional.
    pub(crate) name: Option<u32>,
    pub(crate) to: (LockIndex, FeaturesFor),
}

/// The position of a package in lists that have two entries for each.
pub(crate) fn position(index: LockIndex, side: FeaturesFor) -> usize {
    index.0 as usize * 2 + usize::from(side == FeaturesFor::Host)
}

/// The packages that are built for a platform, and what for.
#[derive(Debug, Clone)]
pub(crate) struct BuiltPackages {
    /// All of them, in no order.
    pub(crate) list: Vec<(LockIndex, FeaturesFor)>,
    /// By [`position`].
    is_built: Vec<bool>,
}

impl BuiltPackages {
    fn has(&self, index: LockIndex, side: FeaturesFor) -> bool {
        self.is_built[position(index, side)]
    }

    /// Adds packages that are not among them.
    pub(crate) fn extend(&mut self, further: &[(LockIndex, FeaturesFor)]) {
        for (index, side) in further {
            self.is_built[position(*index, *side)] = true;
        }
        self.list.extend(further);
    }
}

/// What features are found out for: it stays the same meanwhile.
#[derive(Debug, Clone, Copy)]
struct FeaturesScope<'a> {
    universe: &'a Universe,
    platform: PlatformTriples,
    /// Resolver 2 and later.
    apart: bool,
    /// Dev-dependencies do not count, as nothing is built that uses them.
    without_development: bool,
}

impl<'a> FeaturesScope<'a> {
    fn key(self, index: LockIndex, side: FeaturesFor) -> usize {
        index.0 as usize * 2 + usize::from(self.apart && side == FeaturesFor::Host)
    }

    /// The dependencies (of a name) that count here, with what they stand for.
    fn active(
        self,
        user: PackageFor<'a>,
        name: Option<u32>,
    ) -> impl Iterator<Item = (u32, LockIndex, PackageFor<'a>)> + use<'a> {
        user.loaded.edges.iter().flat_map(move |edge| {
            // That there is one, the universe has made sure of.
            let library = self.universe.loaded(edge.to);
            library.into_iter().flat_map(move |library| {
                let proc_macro = library.package.is_proc_macro();
                edge.dependencies.iter().filter_map(move |position| {
                    let dependency = &user.loaded.package.dependencies[*position as usize];
                    if name.is_some_and(|name| name != dependency.name)
                        || self.without_development && dependency.kind == DependencyKind::Development
                    {
                        return None;
                    }
                    let host = user.is_for_host() || dependency.kind == DependencyKind::Build;
                    if self.apart {
                        let triple = if host { self.platform.host } else { self.platform.target };
                        let condition = user.loaded.conditions[*position as usize];
                        if !self.universe.conditions.holds(condition, triple) {
                            return None;
                        }
                    }
                    let library = PackageFor {
                        key: self.key(edge.to, FeaturesFor::host(host || proc_macro)),
                        loaded: library,
                    };
                    Some((*position, edge.to, library))
                })
            })
        })
    }
}

/// The features that are on for one platform.
#[derive(Debug, Clone)]
pub struct Features<'a> {
    scope: FeaturesScope<'a>,
    /// Two for each package: for the target and for the host.
    states: FeatureStates,
    deferred: FxHashMap<(usize, u32), Vec<Symbol>>,
    /// By [`position`], once somebody asked: what a package may depend on. It does not change with the features, and copies share it.
    possible: Arc<[OnceLock<Vec<PossibleDependency>>]>,
    tasks: Vec<FeatureTask<'a>>,
}

#[derive(Debug, Clone)]
enum FeatureTask<'a> {
    Visit(PackageFor<'a>),
    Feature(PackageFor<'a>, u32),
    /// A name was turned on.
    Dependency(PackageFor<'a>, u32),
}

impl<'a> Features<'a> {
    /// Resolves the features of a selection.
    ///
    /// # Errors
    /// An internal one, if the universe was made for another selection.
    pub fn resolve(
        universe: &'a Universe,
        platform: PlatformTriples,
        selected: &Selected,
        development: bool,
    ) -> Result<Self, InternalError> {
        let apart = universe.resolver != ResolveBehavior::V1;
        let mut features = Self {
            scope: FeaturesScope {
                universe,
                platform,
                apart,
                without_development: apart && !development,
            },
            states: FeatureStates::new(universe.packages.len() * 2),
            deferred: FxHashMap::default(),
            possible: (0..universe.packages.len() * 2).map(|_| OnceLock::new()).collect(),
            tasks: Vec::new(),
        };
        for member in &selected.features {
            // What is selected is part of what the universe was made for, which has it all.
            let index = universe.locals[member.member].invariant("a lock that has what is selected")?;
            let target = features.package_for(index, FeaturesFor::Target);
            let target = target.invariant("a universe that has what is selected")?;
            let package = &target.loaded.package;
            let host = features
                .package_for(index, FeaturesFor::Host)
                .filter(|_| apart && package.is_proc_macro());
            for user in std::iter::once(target).chain(host) {
                features.enter(user);
                for value in &member.values {
                    features.value(user, *value);
                }
                if member.default_features {
                    features.default(user);
                }
                if member.all_features {
                    for feature in (0_u32..).take(package.features.len()) {
                        features.enable(user, feature);
                    }
                }
            }
        }
        features.run();
        Ok(features)
    }

    fn key(&self, index: LockIndex, side: FeaturesFor) -> usize {
        self.scope.key(index, side)
    }

    /// What a package is kept for that is used for this: without a difference of target and host, for both.
    pub(crate) fn side_of(&self, side: FeaturesFor) -> FeaturesFor {
        if self.scope.apart { side } else { FeaturesFor::Target }
    }

    /// None if the package does not take part.
    fn package_for(&self, index: LockIndex, side: FeaturesFor) -> Option<PackageFor<'a>> {
        Some(PackageFor {
            key: self.key(index, side),
            loaded: self.scope.universe.loaded(index)?,
        })
    }

    /// The features of a package, none if it is in no use of this kind.
    pub fn of(&self, index: LockIndex, side: FeaturesFor) -> Option<&BitSet> {
        let state = &self.states[self.key(index, side)];
        state.known.then_some(&state.features)
    }

    /// The features of a package that other packages ask for.
    pub(crate) fn requested(&self, index: LockIndex, side: FeaturesFor) -> &BitSet {
        &self.states[self.key(index, side)].requested
    }

    /// What each package that takes part asks each of its dependencies for, by all of its tables; target and host are apart if they are with the resolver.
    pub(crate) fn requests(&self) -> Result<Vec<(LockIndex, FeaturesFor, BitSet)>, InternalError> {
        let mut requests = Vec::new();
        for number in 0..self.scope.universe.packages.len() {
            let index = LockIndex(internal::position(number)?);
            let sides = [FeaturesFor::Target, FeaturesFor::Host].into_iter();
            for side in sides.filter(|side| self.scope.apart || *side == FeaturesFor::Target) {
                if let Some(user) = self.package_for(index, side)
                    && self.states[user.key].visited
                {
                    self.requests_of(user, &mut requests);
                }
            }
        }
        Ok(requests)
    }

    fn requests_of(&self, user: PackageFor<'a>, requests: &mut Vec<(LockIndex, FeaturesFor, BitSet)>) {
        let (package, state) = (&user.loaded.package, &self.states[user.key]);
        let on = state.features.iter();
        let values = on.flat_map(|feature| &package.features[feature as usize].values);
        let of_features: Vec<(u32, Symbol)> = values
            .filter_map(|value| match value {
                FeatureValue::DependencyFeature {
                    dependency, feature, ..
                } => Some((*dependency, *feature)),
                FeatureValue::Feature(_) | FeatureValue::Dependency(_) => None,
            })
            .collect();
        let first = requests.len();
        for (position, index, library) in self.scope.active(user, None) {
            let dependency = &package.dependencies[position as usize];
            if dependency.optional && !state.dependencies.contains(dependency.name) {
                continue;
            }
            let further = of_features.iter().filter(|(name, _)| *name == dependency.name);
            let names = dependency.features.iter().chain(further.map(|(_, feature)| feature));
            let library_features = names.filter_map(|name| library.loaded.package.feature(*name));
            let default = library.default().filter(|_| dependency.default_features);
            let features: BitSet = library_features.chain(default).collect();
            let side = FeaturesFor::host(library.is_for_host());
            // What tables for some platforms add is asked for with the rest.
            let mut of_user = requests.iter_mut().skip(first);
            match of_user.find(|known| (known.0, known.1) == (index, side)) {
                Some(known) => known.2 = known.2.union(&features),
                None => requests.push((index, side, features)),
            }
        }
    }

    /// Is a name of the dependency tables turned on?
    pub fn has_dependency(&self, index: LockIndex, side: FeaturesFor, name: u32) -> bool {
        self.dependency_names(index, side).contains(name)
    }

    /// The names of the dependency tables that are turned on.
    pub(crate) fn dependency_names(&self, index: LockIndex, side: FeaturesFor) -> &BitSet {
        &self.states[self.key(index, side)].dependencies
    }

    /// What is on if further features are asked for, of packages that take part by then.
    pub(crate) fn with(&self, further: impl IntoIterator<Item = (LockIndex, FeaturesFor, u32)>) -> Self {
        let mut features = self.clone();
        let mut waiting: Vec<(LockIndex, FeaturesFor, u32)> = further.into_iter().collect();
        loop {
            let before = waiting.len();
            waiting.retain(|(index, side, feature)| {
                let user = features
                    .package_for(*index, *side)
                    .filter(|user| features.states[user.key].visited);
                if let Some(user) = user {
                    features.request(user, *feature);
                }
                user.is_none()
            });
            features.run();
            // A feature may bring a package that others wait for.
            if waiting.is_empty() || waiting.len() == before {
                return features;
            }
        }
    }

    /// Is a package used for this?
    pub(crate) fn takes_part(&self, index: LockIndex, side: FeaturesFor) -> bool {
        self.states[self.key(index, side)].visited
    }

    /// The packages that are built for the platform, and what for. Unlike what features are on for, this goes by the platform and by what
    /// is built with every resolver.
    pub(crate) fn packages(&self, selected: &Selected) -> BuiltPackages {
        let members = selected.features.iter();
        let members = members.filter_map(|member| self.scope.universe.locals[member.member]);
        let mut built = BuiltPackages {
            list: Vec::new(),
            is_built: vec![false; self.scope.universe.packages.len() * 2],
        };
        built.list = self.reached(
            members.map(|index| (index, FeaturesFor::Target)).collect(),
            |index, side| !std::mem::replace(&mut built.is_built[position(index, side)], true),
        );
        built
    }

    /// The packages that are built beyond those of features which these came of by [`Self::with`].
    ///
    /// # Errors
    /// An internal one.
    pub(crate) fn further_packages(
        &self,
        before: &Self,
        built: &BuiltPackages,
    ) -> Result<Vec<(LockIndex, FeaturesFor)>, InternalError> {
        let mut stack = Vec::new();
        for key in self.states.differing(&before.states) {
            // Without a difference of target and host a state is that of both.
            let sides = [FeaturesFor::Target, FeaturesFor::Host].into_iter();
            for side in sides.filter(|side| !self.scope.apart || *side == FeaturesFor::host(key % 2 == 1)) {
                let index = LockIndex(internal::position(key / 2)?);
                if built.has(index, side) {
                    stack.extend(self.those_on(index, side));
                }
            }
        }
        let mut seen = FxHashSet::default();
        Ok(self.reached(stack, |index, side| {
            !built.has(index, side) && seen.insert((index, side))
        }))
    }

    /// What is built of these packages, and what they depend on, as far as it is new.
    fn reached(
        &self,
        mut stack: Vec<(LockIndex, FeaturesFor)>,
        mut is_new: impl FnMut(LockIndex, FeaturesFor) -> bool,
    ) -> Vec<(LockIndex, FeaturesFor)> {
        let mut found = Vec::new();
        while let Some((index, side)) = stack.pop() {
            if is_new(index, side) {
                found.push((index, side));
                stack.extend(self.those_on(index, side));
            }
        }
        found
    }

    /// The packages that a package's dependencies stand for, with what they are built for, in no order, and the same more than once if
    /// several dependencies stand for it; none for a package that does not take part.
    fn those_on(&self, index: LockIndex, side: FeaturesFor) -> impl Iterator<Item = (LockIndex, FeaturesFor)> {
        let on = self.dependency_names(index, side);
        let is_on = |dependency: &&PossibleDependency| dependency.name.is_none_or(|name| on.contains(name));
        let possible = self.possible(index, side).iter();
        possible.filter(is_on).map(|dependency| dependency.to)
    }

    /// What a package may depend on, on the platform.
    pub(crate) fn possible(&self, index: LockIndex, side: FeaturesFor) -> &[PossibleDependency] {
        self.possible[position(index, side)].get_or_init(|| self.possible_dependencies(index, side))
    }

    /// The packages that a package's dependencies stand for on the platform, whatever is on.
    fn possible_dependencies(&self, index: LockIndex, side: FeaturesFor) -> Vec<PossibleDependency> {
        let Some(user) = self.package_for(index, side) else {
            return Vec::new();
        };
        let loaded = user.loaded;
        self.scope
            .active(user, None)
            .filter_map(|(position, to, library)| {
                let dependency = &loaded.package.dependencies[position as usize];
                let build = side == FeaturesFor::Host || dependency.kind == DependencyKind::Build;
                let triple = if build {
                    self.scope.platform.host
                } else {
                    self.scope.platform.target
                };
                let condition = loaded.conditions[position as usize];
                let proc_macro = library.loaded.package.is_proc_macro();
                self.scope
                    .universe
                    .conditions
                    .holds(condition, triple)
                    .then_some(PossibleDependency {
                        name: dependency.optional.then_some(dependency.name),
                        to: (to, FeaturesFor::host(build || proc_macro)),
                    })
            })
            .collect()
    }

    fn run(&mut self) {
        while let Some(task) = self.tasks.pop() {
            match task {
                FeatureTask::Visit(user) => self.follow(user, None),
                FeatureTask::Dependency(user, name) => {
                    self.follow(user, Some(name));
                    // Nothing waits for most names.
                    for feature in self.deferred.remove(&(user.key, name)).unwrap_or_default() {
                        self.dependency_feature(user, name, feature, true);
                    }
                }
                FeatureTask::Feature(user, feature) => {
                    for value in &user.loaded.package.features[feature as usize].values {
                        self.value(user, *value);
                    }
                }
            }
        }
    }

    fn enter(&mut self, user: PackageFor<'a>) {
        if !self.states[user.key].visited {
            let state = &mut self.states[user.key];
            state.known = true;
            state.visited = true;
            self.tasks.push(FeatureTask::Visit(user));
        }
    }

    fn enable(&mut self, user: PackageFor<'a>, feature: u32) {
        if !self.states[user.key].features.contains(feature) {
            self.states[user.key].features.insert(feature);
            self.tasks.push(FeatureTask::Feature(user, feature));
        }
    }

    /// Turns on a feature for another package.
    fn request(&mut self, user: PackageFor<'a>, feature: u32) {
        if !self.states[user.key].requested.contains(feature) {
            self.states[user.key].requested.insert(feature);
        }
        self.enable(user, feature);
    }

    /// Turns on a feature for another package, whose dependency names it; that it exists, the universe has made sure of.
    fn request_named(&mut self, user: PackageFor<'a>, name: Symbol) {
        if let Some(feature) = user.loaded.package.feature(name) {
            self.request(user, feature);
        }
    }

    fn default(&mut self, user: PackageFor<'a>) {
        if let Some(feature) = user.default() {
            self.request(user, feature);
        }
    }

    fn value(&mut self, user: PackageFor<'a>, value: FeatureValue) {
        match value {
            FeatureValue::Feature(feature) => self.enable(user, feature),
            FeatureValue::Dependency(name) => self.turn_on(user, name),
            FeatureValue::DependencyFeature {
                dependency,
                feature,
                weak,
            } => {
                self.dependency_feature(user, dependency, feature, weak);
            }
        }
    }

    fn turn_on(&mut self, user: PackageFor<'a>, name: u32) {
        if !self.states[user.key].dependencies.contains(name) {
            self.states[user.key].dependencies.insert(name);
            self.tasks.push(FeatureTask::Dependency(user, name));
        }
    }

    /// Asks the dependencies of a name for a feature; an optional one is turned on by it, unless it is weak.
    fn dependency_feature(&mut self, user: PackageFor<'a>, name: u32, feature: Symbol, weak: bool) {
        let package = &user.loaded.package;
        for (position, _, library) in self.scope.active(user, Some(name)) {
            if package.dependencies[position as usize].optional {
                if weak && !self.states[user.key].dependencies.contains(name) {
                    let deferred = self.deferred.entry((user.key, name)).or_default();
                    if !deferred.contains(&feature) {
                        deferred.push(feature);
                    }
                    continue;
                }
                self.turn_on(user, name);
                if !weak && let Some(implied) = package.feature(package.dependency_names[name as usize]) {
                    self.enable(user, implied);
                }
            }
            if !self.states[library.key].known {
                self.states[library.key].known = true;
            }
            self.request_named(library, feature);
        }
    }

    /// Follows the dependencies of a name, or all that are not optional.
    fn follow(&mut self, user: PackageFor<'a>, name: Option<u32>) {
        for (position, _, library) in self.scope.active(user, name) {
            let dependency = &user.loaded.package.dependencies[position as usize];
            if name.is_none() && dependency.optional {
                continue;
            }
            self.enter(library);
            for feature in &dependency.features {
                self.request_named(library, *feature);
            }
            if dependency.default_features {
                self.default(library);
            }
        }
    }
}
