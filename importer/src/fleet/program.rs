//! One program's requirements, in the terms of the solver: what Cargo's resolver demands of a lock.
//!
//! A node of the solver is one of a package's compatible ranges, of which a program has one version; a feature of it, which needs the
//! same version; a native library, to which one package may link; or the choice between several ranges that one requirement spans. As
//! in Cargo, a lock is complete: it holds for all platforms, and for all features of the program's own packages.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use pubgrub::{Dependencies, DependencyConstraints, DependencyProvider, PackageResolutionStatistics, Ranges};
use rustc_hash::{FxHashMap, FxHashSet};

use super::catalog::{CandidateId, Catalog, Extension, Places, RangeId};
use super::member::Member;
use super::preferences::Preferences;
use crate::bits::BitSet;
use crate::config::Config;
use crate::intern::Symbol;
use crate::manifest::{DependencyKind, DependencySource, FeatureValue, Package, default_feature};
use crate::resolve::Matcher;

/// How many decisions a solution may take before it is given up; real programs take a few thousand.
const DECISIONS: u32 = 200_000;

/// What the solver chooses a version of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SolverPackage {
    /// The program.
    Program,
    /// A package's compatible range; versions are places in it.
    Package(RangeId),
    /// A feature of a package, at the same version.
    Feature(RangeId, Symbol),
    /// A native library; versions are the candidates that link to it.
    Links(Symbol),
    /// Which of several ranges a dependency of a candidate is from; versions are positions in the list of what it accepts.
    Choice(CandidateId, u32),
    /// A feature that is asked for of such a dependency.
    ChoiceFeature(CandidateId, u32, Symbol),
}

impl fmt::Display for SolverPackage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self:?}")
    }
}

/// Why a solution was given up.
#[derive(Debug, thiserror::Error)]
#[error("no solution was found in {DECISIONS} decisions")]
pub struct GivenUp;

/// A program's requirements.
pub struct Requirements<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) members: &'a [Member],
    pub(super) number: usize,
    pub(super) preferences: &'a Preferences,
    /// The packages of its workspace that take part.
    roots: Vec<CandidateId>,
    /// Features that are wanted of versions beyond what is asked for.
    extra: &'a BTreeMap<CandidateId, BTreeSet<Symbol>>,
    /// What its own lock has for the dependencies of packages that are in folders and repositories.
    own: FxHashMap<CandidateId, Vec<Option<CandidateId>>>,
    /// The packages that take the place of a registry's.
    patched: FxHashMap<Symbol, Vec<CandidateId>>,
    separate: FxHashSet<Symbol>,
    decisions: Cell<u32>,
    /// Names that a dependency has, but no candidate.
    pub(super) unknown: RefCell<BTreeSet<Symbol>>,
    /// What was chosen by preference.
    pub(super) choices: RefCell<Vec<Choice>>,
}

/// What was chosen of a range by preference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) range: RangeId,
    /// What of it could be chosen.
    places: Places,
    /// The feature that it had to have.
    feature: Option<Symbol>,
    /// None if nothing of it fits.
    chosen: Option<u32>,
}

impl Choice {
    /// The same in a catalog with further names.
    pub(super) fn extended(&self, extension: &Extension) -> Self {
        Self {
            range: extension.range(self.range),
            ..self.clone()
        }
    }
}

/// What a dependency stands for.
pub(super) enum Accepted<'a> {
    /// There is no choice: a folder, a commit, a patch.
    Given(CandidateId),
    /// Versions of registries, by range, the newest range last.
    Versions(&'a [(RangeId, Places)]),
}

/// What one version demands of others.
type Demands = BTreeMap<SolverPackage, Places>;

impl<'a> Requirements<'a> {
    pub(super) fn new(
        catalog: &'a Catalog,
        members: &'a [Member],
        number: usize,
        config: &Config,
        preferences: &'a Preferences,
        extra: &'a BTreeMap<CandidateId, BTreeSet<Symbol>>,
        separate: &BTreeSet<Symbol>,
    ) -> Self {
        let member = &members[number];
        let matcher = Matcher {
            lock: &member.lock,
            workspace: &member.workspace,
            config,
        };
        let is_registry = |id: CandidateId| {
            let source = catalog.get(id).source.as_ref();
            source.is_some_and(|source| source.kind() == crate::lock::SourceKind::Registry)
        };
        let mut own = FxHashMap::default();
        let mut patched: FxHashMap<Symbol, Vec<CandidateId>> = FxHashMap::default();
        let patches: FxHashSet<Symbol> = member
            .workspace
            .patches
            .iter()
            .map(|patch| Symbol::new(&patch.name))
            .collect();
        for index in (0_u32..).map(crate::lock::LockIndex).take(member.lock.packages.len()) {
            // No manifest describes it, so nothing depends on it.
            let Some(id) = catalog.of_lock(number, index) else {
                continue;
            };
            if is_registry(id) {
                continue;
            }
            if let Some(read) = catalog.read(id) {
                let targets = matcher.targets(index, &read.package).into_iter();
                let targets = targets.map(|target| target.and_then(|target| catalog.of_lock(number, target)));
                own.insert(id, targets.collect());
            }
            let name = member.lock.package(index).name;
            if patches.contains(&name) {
                patched.entry(name).or_default().push(id);
            }
        }
        let selected = member.selected.features.iter();
        // A member that its lock does not have is refused when the program is resolved.
        let mut roots: Vec<CandidateId> = selected
            .filter_map(|selected| catalog.of_local(members, number, selected.member))
            .collect();
        roots.sort_unstable();
        roots.dedup();
        Self {
            catalog,
            members,
            number,
            preferences,
            roots,
            extra,
            own,
            patched,
            separate: separate.iter().copied().collect(),
            decisions: Cell::new(0),
            unknown: RefCell::default(),
            choices: RefCell::default(),
        }
    }

    /// A program that is a package of a registry and needs nothing else.
    #[cfg(test)]
    pub(super) fn of_root(
        catalog: &'a Catalog,
        preferences: &'a Preferences,
        extra: &'a BTreeMap<CandidateId, BTreeSet<Symbol>>,
        root: CandidateId,
    ) -> Self {
        Self {
            catalog,
            members: &[],
            number: 0,
            preferences,
            roots: vec![root],
            extra,
            own: FxHashMap::default(),
            patched: FxHashMap::default(),
            separate: FxHashSet::default(),
            decisions: Cell::new(0),
            unknown: RefCell::default(),
            choices: RefCell::default(),
        }
    }

    /// The packages of its workspace that take part.
    pub(super) fn roots(&self) -> &[CandidateId] {
        &self.roots
    }

    /// What a dependency of a candidate may stand for.
    pub(super) fn accepted(&self, id: CandidateId, position: usize, package: &Package) -> Accepted<'a> {
        let dependency = &package.dependencies[position];
        let catalog = self.catalog;
        if let Some(Some(own)) = self.own.get(&id).and_then(|targets| targets.get(position)) {
            let candidate = catalog.get(*own);
            let registry = matches!(
                dependency.source,
                DependencySource::DefaultRegistry
                    | DependencySource::NamedRegistry(_)
                    | DependencySource::RegistryIndex(_)
            );
            let of_registry = candidate
                .source
                .as_ref()
                .is_some_and(|source| source.kind() == crate::lock::SourceKind::Registry);
            if !(registry && of_registry) {
                return Accepted::Given(*own);
            }
        }
        let patches = self.patched.get(&dependency.package);
        let fits = |id: &&CandidateId| dependency.accepts(&catalog.get(**id).version);
        if let Some(patch) = patches.into_iter().flatten().filter(fits).max() {
            return Accepted::Given(*patch);
        }
        Accepted::Versions(catalog.accepted(id, position))
    }

    /// For each of a candidate's dependencies that is there with these features (by its position) the package that it gets. `version` is
    /// what was chosen of a node.
    pub(super) fn edges(
        &self,
        id: CandidateId,
        features: &[Symbol],
        version: impl Fn(SolverPackage) -> Option<u32>,
    ) -> BTreeMap<u32, CandidateId> {
        let catalog = self.catalog;
        let mut edges = BTreeMap::new();
        let Some(read) = catalog.read(id) else { return edges };
        let package = &read.package;
        let names: BitSet = (features.iter())
            .filter_map(|feature| package.feature(*feature))
            .flat_map(|feature| &package.features[feature as usize].values)
            .filter_map(|value| match value {
                FeatureValue::Dependency(dependency) | FeatureValue::DependencyFeature { dependency, .. } => {
                    Some(*dependency)
                }
                FeatureValue::Feature(_) => None,
            })
            .collect();
        for (position, dependency) in (0_u32..).zip(&package.dependencies) {
            let active = !dependency.optional || names.contains(dependency.name);
            if dependency.kind == DependencyKind::Development || !active {
                continue;
            }
            let to = match self.accepted(id, position as usize, package) {
                Accepted::Given(to) => Some(to),
                Accepted::Versions([(range, _)]) => {
                    version(SolverPackage::Package(*range)).map(|place| catalog.at(*range, place))
                }
                Accepted::Versions(several) => version(SolverPackage::Choice(id, position))
                    .and_then(|at| several.get(at as usize))
                    .and_then(|(range, _)| {
                        let place = version(SolverPackage::Package(*range))?;
                        Some(catalog.at(*range, place))
                    }),
            };
            edges.extend(to.map(|to| (position, to)));
        }
        edges
    }

    fn exactly(&self, id: CandidateId) -> (RangeId, Places) {
        let candidate = self.catalog.get(id);
        (candidate.range, Ranges::singleton(candidate.place))
    }

    /// Demands a dependency, with a feature beyond those that it asks for.
    fn follow(
        &self,
        demands: &mut Demands,
        id: CandidateId,
        position: u32,
        package: &Package,
        extra: Option<Symbol>,
    ) -> Result<(), String> {
        let dependency = &package.dependencies[position as usize];
        if dependency.kind == DependencyKind::Development {
            return Ok(());
        }
        let features = dependency.features.iter().copied();
        let features = features
            .chain(dependency.default_features.then(default_feature))
            .chain(extra);
        let given;
        let versions = match self.accepted(id, position as usize, package) {
            Accepted::Given(id) => {
                given = [self.exactly(id)];
                &given[..]
            }
            Accepted::Versions(versions) => versions,
        };
        match versions {
            [] => {
                if self.catalog.named(dependency.package).is_empty() {
                    self.unknown.borrow_mut().insert(dependency.package);
                }
                let (name, requirement) = (dependency.package, dependency.requirement_text());
                return Err(format!(
                    "it needs `{name} = \"{requirement}\"`, and there is no such version"
                ));
            }
            [(range, places)] => {
                demand(demands, SolverPackage::Package(*range), places.clone());
                for feature in features {
                    demand(demands, SolverPackage::Feature(*range, feature), places.clone());
                }
            }
            several => {
                let count = several.iter().fold(0_u32, |count, _| count + 1);
                let all = Ranges::between(0_u32, count);
                demand(demands, SolverPackage::Choice(id, position), all.clone());
                for feature in features {
                    demand(
                        demands,
                        SolverPackage::ChoiceFeature(id, position, feature),
                        all.clone(),
                    );
                }
            }
        }
        Ok(())
    }

    /// Demands what a value of a feature turns on.
    fn value(
        &self,
        demands: &mut Demands,
        id: CandidateId,
        package: &Package,
        value: FeatureValue,
    ) -> Result<(), String> {
        let (range, place) = self.exactly(id);
        let name = |demands: &mut Demands, name: u32, extra: Option<Symbol>| {
            let named = (0_u32..).zip(&package.dependencies);
            for (position, _) in named.filter(|(_, dependency)| dependency.name == name) {
                self.follow(demands, id, position, package, extra)?;
            }
            Ok(())
        };
        match value {
            FeatureValue::Feature(feature) => {
                let feature = package.features[feature as usize].name;
                demand(demands, SolverPackage::Feature(range, feature), place);
                Ok(())
            }
            FeatureValue::Dependency(dependency) => name(demands, dependency, None),
            FeatureValue::DependencyFeature {
                dependency,
                feature,
                weak,
            } => {
                if !weak && let Some(implied) = implied(package, dependency) {
                    demand(demands, SolverPackage::Feature(range, implied), place);
                }
                // As in Cargo, a lock has what is turned on only weakly.
                name(demands, dependency, Some(feature))
            }
        }
    }

    fn package(&self, id: CandidateId) -> Result<Demands, String> {
        let mut demands = Demands::new();
        let Some(read) = self.catalog.read(id) else {
            return Err("its entry in the index is not known".to_owned());
        };
        let package = &read.package;
        for (position, dependency) in (0_u32..).zip(&package.dependencies) {
            if !dependency.optional {
                self.follow(&mut demands, id, position, package, None)?;
            }
        }
        if let Some(links) = package.links {
            demand(&mut demands, SolverPackage::Links(links), Ranges::singleton(id.0));
        }
        if self.catalog.get(id).local.is_some() {
            let (range, place) = self.exactly(id);
            for feature in &package.features {
                demand(&mut demands, SolverPackage::Feature(range, feature.name), place.clone());
            }
        }
        Ok(demands)
    }

    fn feature(&self, id: CandidateId, feature: Symbol) -> Result<Demands, String> {
        let mut demands = Demands::new();
        let (range, place) = self.exactly(id);
        demand(&mut demands, SolverPackage::Package(range), place);
        let Some(read) = self.catalog.read(id) else {
            return Err("its entry in the index is not known".to_owned());
        };
        let package = &read.package;
        match package.feature(feature) {
            Some(position) => {
                for value in &package.features[position as usize].values {
                    self.value(&mut demands, id, package, *value)?;
                }
            }
            // No package has to have one.
            None if feature == default_feature() => {}
            None => return Err(format!("it has no feature `{feature}`")),
        }
        Ok(demands)
    }

    pub(super) fn demands(&self, node: SolverPackage, version: u32) -> Result<Demands, String> {
        let mut demands = Demands::new();
        match node {
            SolverPackage::Program => {
                for root in &self.roots {
                    let (range, place) = self.exactly(*root);
                    demand(&mut demands, SolverPackage::Package(range), place);
                }
                for (id, features) in self.extra {
                    let (range, place) = self.exactly(*id);
                    for feature in features {
                        demand(&mut demands, SolverPackage::Feature(range, *feature), place.clone());
                    }
                }
            }
            SolverPackage::Package(range) => return self.package(self.catalog.at(range, version)),
            SolverPackage::Feature(range, feature) => return self.feature(self.catalog.at(range, version), feature),
            SolverPackage::Links(_) => {}
            SolverPackage::Choice(id, position) => {
                let (range, places) = self.chosen_range(id, position, version)?;
                demand(&mut demands, SolverPackage::Package(range), places);
            }
            SolverPackage::ChoiceFeature(id, position, feature) => {
                let (range, places) = self.chosen_range(id, position, version)?;
                demand(
                    &mut demands,
                    SolverPackage::Choice(id, position),
                    Ranges::singleton(version),
                );
                demand(&mut demands, SolverPackage::Feature(range, feature), places);
            }
        }
        Ok(demands)
    }

    fn chosen_range(&self, id: CandidateId, position: u32, version: u32) -> Result<(RangeId, Places), String> {
        let accepted = self.catalog.accepted(id, position as usize);
        accepted
            .get(version as usize)
            .cloned()
            .ok_or_else(|| "there is no such range".to_owned())
    }

    /// The ranges that a dependency may be from, the best first: one that a lock chose for it was tested, else the newest.
    pub(super) fn ordered_ranges(&self, id: CandidateId, position: u32) -> Vec<u32> {
        let accepted = self.catalog.accepted(id, position as usize);
        let mut chosen = FxHashSet::default();
        let mut own = FxHashSet::default();
        if let Some(read) = self.catalog.read(id) {
            let name = read.package.dependencies[position as usize].package;
            for (member, index) in &self.catalog.get(id).locks {
                let lock = &self.members[*member].lock;
                for target in &lock.package(*index).dependencies {
                    if lock.package(*target).name != name {
                        continue;
                    }
                    if let Some(target) = self.catalog.of_lock(*member, *target) {
                        chosen.insert(self.catalog.get(target).range);
                        if *member == self.number {
                            own.insert(self.catalog.get(target).range);
                        }
                    }
                }
            }
        }
        let mut order: Vec<u32> = (0_u32..).take(accepted.len()).collect();
        order.sort_by_key(|at| {
            let range = accepted[*at as usize].0;
            (!own.contains(&range), !chosen.contains(&range), std::cmp::Reverse(*at))
        });
        order
    }

    /// The best version of a range within `places`.
    fn best(&self, range: RangeId, places: &Places, feature: Option<Symbol>) -> Option<u32> {
        self.by_preference(range)
            .find(|place| places.contains(place) && self.fits(range, *place, feature))
    }

    /// The best version as [`Self::best`] has it, which is noted down.
    fn choose(&self, range: RangeId, places: &Places, feature: Option<Symbol>) -> Option<u32> {
        let chosen = self.best(range, places, feature);
        // Of one version there is no choice.
        if self.catalog.range(range).candidates.len() > 1 {
            self.choices.borrow_mut().push(Choice {
                range,
                places: places.clone(),
                feature,
                chosen,
            });
        }
        chosen
    }

    /// Would the same be chosen with these preferences?
    pub(super) fn chooses(&self, choice: &Choice) -> bool {
        self.best(choice.range, &choice.places, choice.feature) == choice.chosen
    }

    /// May a version be chosen, and has it the feature?
    pub(super) fn fits(&self, range: RangeId, place: u32, feature: Option<Symbol>) -> bool {
        let id = self.catalog.at(range, place);
        self.catalog.is_usable(id)
            && feature.is_none_or(|feature| {
                feature == default_feature()
                    || self
                        .catalog
                        .read(id)
                        .is_some_and(|read| read.package.feature(feature).is_some())
            })
    }

    /// The versions of a range, the best first; of what is separate, those of the program's own lock come first, and then again.
    pub(super) fn by_preference(&self, range: RangeId) -> impl Iterator<Item = u32> {
        let candidates = self.catalog.range(range);
        let own = self.separate.contains(&candidates.name).then(|| {
            let own = candidates.candidates.iter().rev().filter(|id| {
                let locks = &self.catalog.get(**id).locks;
                locks.iter().any(|(member, _)| *member == self.number)
            });
            own.map(|id| self.catalog.get(*id).place)
        });
        own.into_iter()
            .flatten()
            .chain(self.preferences.of(range).iter().copied())
    }
}

/// The feature of an optional dependency's name.
pub(super) fn implied(package: &Package, dependency: u32) -> Option<Symbol> {
    let name = package.dependency_names[dependency as usize];
    let optional = package
        .dependencies
        .iter()
        .any(|entry| entry.name == dependency && entry.optional);
    package.feature(name).filter(|_| optional).map(|_| name)
}

fn demand(demands: &mut Demands, node: SolverPackage, places: Places) {
    match demands.entry(node) {
        std::collections::btree_map::Entry::Vacant(entry) => {
            entry.insert(places);
        }
        std::collections::btree_map::Entry::Occupied(mut entry) => {
            let both = entry.get().intersection(&places);
            entry.insert(both);
        }
    }
}

impl DependencyProvider for Requirements<'_> {
    type P = SolverPackage;
    type V = u32;
    type VS = Places;
    type Priority = (u32, bool);
    type M = String;
    type Err = GivenUp;

    fn prioritize(
        &self,
        _: &SolverPackage,
        places: &Places,
        statistics: &PackageResolutionStatistics,
    ) -> Self::Priority {
        (statistics.conflict_count(), places.as_singleton().is_some())
    }

    fn choose_version(&self, node: &SolverPackage, places: &Places) -> Result<Option<u32>, GivenUp> {
        Ok(match node {
            SolverPackage::Program => Some(0),
            SolverPackage::Package(range) => self.choose(*range, places, None),
            SolverPackage::Feature(range, feature) => self.choose(*range, places, Some(*feature)),
            SolverPackage::Links(_) => places.as_singleton().copied(),
            SolverPackage::Choice(id, position) | SolverPackage::ChoiceFeature(id, position, _) => {
                let order = self.ordered_ranges(*id, *position);
                order.into_iter().find(|at| places.contains(at))
            }
        })
    }

    fn get_dependencies(
        &self,
        node: &SolverPackage,
        version: &u32,
    ) -> Result<Dependencies<SolverPackage, Places, String>, GivenUp> {
        Ok(match self.demands(*node, *version) {
            Ok(demands) => Dependencies::Available(DependencyConstraints::from_iter(demands)),
            Err(reason) => Dependencies::Unavailable(reason),
        })
    }

    fn should_cancel(&self) -> Result<(), GivenUp> {
        self.decisions.set(self.decisions.get() + 1);
        if self.decisions.get() > DECISIONS {
            Err(GivenUp)
        } else {
            Ok(())
        }
    }
}
