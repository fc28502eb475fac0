//! Follows dependencies from the units that were asked for to all others.

use rustc_hash::{FxHashMap, FxHashSet};

use super::profile::Settings;
use super::roots::{self, Root};
use super::{Error, Profile};
use crate::bits::BitSet;
use crate::intern::Symbol;
use crate::lock::LockIndex;
use crate::manifest::{DependencyKind, Target};
use crate::options::Selection;
use crate::resolve::{Features, For, Loaded, Platform, Provenance, Selected, Universe};
use crate::resolved::{Mode, ProfileSettings, TargetKind};
use crate::workspace::Workspace;

/// A position in [`Units::units`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitIndex(pub u32);

/// A call of rustc or the run of a build script.
#[derive(Debug, Clone)]
pub struct Unit {
    /// The package, by its position in the lock.
    pub package: LockIndex,
    /// Position in the package's targets.
    pub target: u32,
    /// What is done with it.
    pub mode: Mode,
    /// For the host; a build script's run is for whom it runs for.
    pub host: bool,
    /// The features that are on, as positions in the package's features.
    pub features: BitSet,
    /// The settings of the profile.
    pub profile: ProfileSettings,
    /// Sorted by unit and extern name.
    pub dependencies: Vec<Dependency>,
}

/// A unit that another depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dependency {
    /// The other unit.
    pub unit: UnitIndex,
    /// What `--extern` calls it.
    pub extern_name: Symbol,
}

/// The units of one platform.
#[derive(Debug)]
pub struct Units {
    /// All of them.
    pub units: Vec<Unit>,
    /// Those that were asked for.
    pub roots: Vec<UnitIndex>,
}

/// All that tells units apart, but for what they depend on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    package: LockIndex,
    target: u32,
    mode: Mode,
    host: bool,
    features: BitSet,
    profile: u32,
}

/// What a unit is for, as far as its dependencies have to know.
#[derive(Debug, Clone, Copy)]
struct Purpose {
    /// It runs on the host: the profile's `build-override` applies.
    host: bool,
    /// It is part of a build script or proc macro: features of the host apply.
    host_features: bool,
    /// It has to unwind, whatever the profile says.
    unwind: bool,
}

impl Purpose {
    const NORMAL: Self = Self {
        host: false,
        host_features: false,
        unwind: false,
    };
    const TEST: Self = Self {
        unwind: true,
        ..Self::NORMAL
    };
    const HOST: Self = Self {
        host: true,
        host_features: true,
        unwind: true,
    };

    fn side(self) -> For {
        For::host(self.host_features)
    }

    fn of_dependency(self, parent: &Target, dependency: &Target) -> Self {
        Self {
            host: self.host || dependency.for_host(),
            host_features: self.host_features || parent.kind == TargetKind::CustomBuild || dependency.proc_macro,
            unwind: self.unwind || dependency.for_host(),
        }
    }

    fn of_build_script(self) -> Self {
        Self {
            host: true,
            host_features: self.host_features,
            unwind: true,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Found {
    unit: UnitIndex,
    extern_name: Symbol,
    purpose: Purpose,
    /// Only dev-dependencies stand behind it.
    development: bool,
}

impl Units {
    /// Builds the units of a selection on one platform.
    ///
    /// # Errors
    /// When a target that was asked for does not exist or lacks features, or Cargo would refuse the result.
    pub fn new(
        workspace: &Workspace,
        universe: &Universe,
        platform: Platform,
        selected: &Selected,
        selection: &Selection,
        profile: &Profile,
    ) -> Result<Self, Error> {
        let features = Features::resolve(universe, platform, selected, roots::needs_development(selection));
        let roots = roots::collect(universe, platform, &features, selected, selection)?;
        let mut builder = Builder {
            workspace,
            universe,
            platform,
            features: &features,
            profile,
            profiles: FxHashMap::default(),
            settings: Vec::new(),
            keys: FxHashMap::default(),
            units: Vec::new(),
            dependencies: Vec::new(),
            development_edges: FxHashSet::default(),
        };
        let roots = builder.build(&roots)?;
        builder.check_links()?;
        builder.connect_build_scripts();
        Ok(builder.finish(roots))
    }
}

struct Builder<'a> {
    workspace: &'a Workspace,
    universe: &'a Universe,
    platform: Platform,
    features: &'a Features<'a>,
    profile: &'a Profile,
    profiles: FxHashMap<Settings, u32>,
    settings: Vec<Settings>,
    keys: FxHashMap<Key, UnitIndex>,
    units: Vec<Key>,
    /// None until the unit was visited.
    dependencies: Vec<Option<Vec<Found>>>,
    development_edges: FxHashSet<(UnitIndex, UnitIndex)>,
}

impl<'a> Builder<'a> {
    fn loaded(&self, index: LockIndex) -> Option<&'a Loaded> {
        self.universe.loaded(index)
    }

    fn target(&self, unit: UnitIndex) -> Option<&'a Target> {
        let key = &self.units[unit.0 as usize];
        self.loaded(key.package)?.package.targets.get(key.target as usize)
    }

    fn build(&mut self, roots: &[Root]) -> Result<Vec<UnitIndex>, Error> {
        let mut found = Vec::with_capacity(roots.len());
        for root in roots {
            let Some(target) = self
                .loaded(root.package)
                .and_then(|loaded| loaded.package.targets.get(root.target))
            else {
                continue;
            };
            let purpose = match (root.mode, target.for_host()) {
                (Mode::Test, _) => Purpose::TEST,
                (_, true) => Purpose {
                    unwind: true,
                    ..Purpose::NORMAL
                },
                (_, false) => Purpose::NORMAL,
            };
            let side = For::host(target.proc_macro);
            let settings = self.settings(root.package, purpose);
            let unit = self.intern(root.package, root.target, root.mode, target.for_host(), side, settings);
            found.push(unit);
        }
        for unit in &found {
            let Some(target) = self.target(*unit) else { continue };
            let purpose = match (self.units[unit.0 as usize].mode, target.proc_macro) {
                (Mode::Test, false) => Purpose::TEST,
                (_, true) => Purpose::HOST,
                (_, false) => Purpose::NORMAL,
            };
            self.visit_all(*unit, purpose)?;
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Visits a unit and all below it, depth first and in order: the first purpose that a unit is reached with counts.
    fn visit_all(&mut self, unit: UnitIndex, purpose: Purpose) -> Result<(), Error> {
        if self.dependencies[unit.0 as usize].is_some() {
            return Ok(());
        }
        self.visit(unit, purpose)?;
        let mut stack = vec![(unit, 0)];
        while let Some((unit, next)) = stack.pop() {
            let Some(found) = self.dependencies[unit.0 as usize]
                .as_ref()
                .and_then(|list| list.get(next))
                .copied()
            else {
                continue;
            };
            stack.push((unit, next + 1));
            if self.dependencies[found.unit.0 as usize].is_none() {
                self.visit(found.unit, found.purpose)?;
                stack.push((found.unit, 0));
            }
        }
        Ok(())
    }

    fn visit(&mut self, unit: UnitIndex, purpose: Purpose) -> Result<(), Error> {
        let key = self.units[unit.0 as usize].clone();
        let (Some(loaded), Some(target)) = (self.loaded(key.package), self.target(unit)) else {
            return Ok(());
        };
        let mut found = Vec::new();
        if key.mode == Mode::RunCustomBuild {
            let purpose = purpose.of_build_script();
            found.push(self.find(&key, key.target as usize, Mode::Build, true, purpose, target.crate_name));
            self.dependencies[unit.0 as usize] = Some(found);
            return Ok(());
        }
        for edge in &loaded.edges {
            let mut active = edge
                .dependencies
                .iter()
                .filter(|position| self.counts(&key, target, purpose, **position));
            let Some(first) = active.next() else { continue };
            let is_development =
                |position: &u32| loaded.package.dependencies[*position as usize].kind == DependencyKind::Development;
            let development = is_development(first) && active.all(is_development);
            let Some(other) = self.loaded(edge.to) else { continue };
            let Some(position) = other
                .package
                .targets
                .iter()
                .position(|target| target.kind == TargetKind::Lib)
            else {
                continue;
            };
            let library = &other.package.targets[position];
            let extern_name = self.extern_name(&key, loaded, edge, library)?;
            let next = purpose.of_dependency(target, library);
            let host = key.host || library.for_host();
            let mut dependency = self.found(
                edge.to,
                position,
                Mode::Build,
                host,
                next,
                self.settings(edge.to, next),
                extern_name,
            );
            dependency.development = development;
            found.push(dependency);
        }
        if target.kind != TargetKind::CustomBuild {
            let script = loaded
                .package
                .targets
                .iter()
                .position(|target| target.kind == TargetKind::CustomBuild);
            if let Some(script) = script {
                let settings = self.profile.of_run(&self.settings[key.profile as usize]);
                let name = loaded.package.targets[script].crate_name;
                let next = purpose.of_build_script();
                found.push(self.found(
                    key.package,
                    script,
                    Mode::RunCustomBuild,
                    key.host,
                    next,
                    settings,
                    name,
                ));
            }
            if target.kind != TargetKind::Lib {
                found.extend(self.own_library(&key, loaded, target, purpose));
                found.extend(self.own_programs(&key, loaded, target));
            }
        }
        for dependency in found.iter().filter(|dependency| dependency.development) {
            self.development_edges.insert((unit, dependency.unit));
        }
        self.dependencies[unit.0 as usize] = Some(found);
        Ok(())
    }

    /// Does a dependency count for this target of its package?
    fn counts(&self, key: &Key, target: &Target, purpose: Purpose, position: u32) -> bool {
        let Some(loaded) = self.loaded(key.package) else {
            return false;
        };
        let dependency = &loaded.package.dependencies[position as usize];
        let is_script = target.kind == TargetKind::CustomBuild;
        if is_script != (dependency.kind == DependencyKind::Build) {
            return false;
        }
        let uses_development = matches!(target.kind, TargetKind::Test | TargetKind::Example) || key.mode == Mode::Test;
        if dependency.kind == DependencyKind::Development && !uses_development {
            return false;
        }
        let triple = if key.host {
            self.platform.host
        } else {
            self.platform.target
        };
        self.universe
            .conditions
            .holds(loaded.conditions[position as usize], triple)
            && (!dependency.optional
                || self
                    .features
                    .has_dependency(key.package, purpose.side(), dependency.name))
    }

    /// The name of a dependency's crate in this one: the key in the tables if it was renamed there.
    fn extern_name(
        &self,
        key: &Key,
        loaded: &Loaded,
        edge: &crate::resolve::Edge,
        library: &Target,
    ) -> Result<Symbol, Error> {
        // A package that its own tests depend on goes by its own name, whatever its dev-dependencies call it.
        if edge.to == key.package {
            return Ok(library.crate_name);
        }
        let mut names = edge.dependencies.iter().map(|position| {
            let dependency = &loaded.package.dependencies[*position as usize];
            if dependency.renamed {
                Symbol::new(&loaded.package.dependency_names[dependency.name as usize].replace('-', "_"))
            } else {
                library.crate_name
            }
        });
        let first = names.next().unwrap_or(library.crate_name);
        match names.find(|name| *name != first) {
            None => Ok(first),
            Some(second) => Err(Error::TwoNames {
                dependent: self.universe.name(key.package),
                package: self.universe.name(edge.to),
                first: first.to_string(),
                second: second.to_string(),
            }),
        }
    }

    /// A program, test, … is linked with the library of its package.
    fn own_library(&mut self, key: &Key, loaded: &'a Loaded, target: &Target, purpose: Purpose) -> Option<Found> {
        let position = loaded.package.targets.iter().position(Target::is_linkable)?;
        let library = &loaded.package.targets[position];
        let next = purpose.of_dependency(target, library);
        let host = key.host || library.for_host();
        Some(self.find(key, position, Mode::Build, host, next, library.crate_name))
    }

    /// Integration tests and benchmarks find the programs of their package in variables.
    fn own_programs(&mut self, key: &Key, loaded: &'a Loaded, target: &Target) -> Vec<Found> {
        if key.mode != Mode::Test || !matches!(target.kind, TargetKind::Test | TargetKind::Bench) {
            return Vec::new();
        }
        let mut known = None;
        let mut found = Vec::new();
        for (position, program) in loaded.package.targets.iter().enumerate() {
            if program.kind != TargetKind::Bin {
                continue;
            }
            if let Some(required) = &program.required_features {
                let known = known.get_or_insert_with(|| {
                    roots::available(self.universe, self.platform, self.features, key.package, false)
                });
                if !required.iter().all(|feature| known.contains(feature.as_str())) {
                    continue;
                }
            }
            found.push(self.find(
                key,
                position,
                Mode::Build,
                key.host,
                Purpose::NORMAL,
                program.crate_name,
            ));
        }
        found
    }

    /// Another unit of the same package, with the settings of its purpose.
    fn find(
        &mut self,
        key: &Key,
        target: usize,
        mode: Mode,
        host: bool,
        purpose: Purpose,
        extern_name: Symbol,
    ) -> Found {
        let settings = self.settings(key.package, purpose);
        self.found(key.package, target, mode, host, purpose, settings, extern_name)
    }

    #[allow(clippy::too_many_arguments)]
    fn found(
        &mut self,
        package: LockIndex,
        target: usize,
        mode: Mode,
        host: bool,
        purpose: Purpose,
        settings: Settings,
        extern_name: Symbol,
    ) -> Found {
        let unit = self.intern(package, target, mode, host, purpose.side(), settings);
        Found {
            unit,
            extern_name,
            purpose,
            development: false,
        }
    }

    fn settings(&self, package: LockIndex, purpose: Purpose) -> Settings {
        let member = self.loaded(package).is_some_and(|loaded| match loaded.provenance {
            Provenance::Local(position) => self.workspace.packages[position].member,
            Provenance::Remote(_) => false,
        });
        self.profile.settings(
            self.universe.lock.package(package),
            member,
            purpose.host,
            purpose.unwind,
        )
    }

    fn intern(
        &mut self,
        package: LockIndex,
        target: usize,
        mode: Mode,
        host: bool,
        side: For,
        settings: Settings,
    ) -> UnitIndex {
        let profile = match self.profiles.get(&settings) {
            Some(profile) => *profile,
            None => {
                let profile = u32::try_from(self.settings.len()).unwrap_or(u32::MAX);
                self.settings.push(settings.clone());
                self.profiles.insert(settings, profile);
                profile
            }
        };
        let features = self.features.of(package, side).cloned().unwrap_or_default();
        let target = u32::try_from(target).unwrap_or(u32::MAX);
        let key = Key {
            package,
            target,
            mode,
            host,
            features,
            profile,
        };
        if let Some(unit) = self.keys.get(&key) {
            return *unit;
        }
        let unit = UnitIndex(u32::try_from(self.units.len()).unwrap_or(u32::MAX));
        self.keys.insert(key.clone(), unit);
        self.units.push(key);
        self.dependencies.push(None);
        unit
    }

    /// Only one package may link to a native library.
    fn check_links(&self) -> Result<(), Error> {
        let mut known: FxHashMap<Symbol, LockIndex> = FxHashMap::default();
        for key in &self.units {
            let Some(links) = self.loaded(key.package).and_then(|loaded| loaded.package.links) else {
                continue;
            };
            let first = *known.entry(links).or_insert(key.package);
            if first != key.package {
                return Err(Error::TwoLinks {
                    links: links.to_string(),
                    first: self.universe.name(first),
                    second: self.universe.name(key.package),
                });
            }
        }
        Ok(())
    }

    /// A build script's run sees the metadata of the build scripts of direct dependencies that have `links`.
    fn connect_build_scripts(&mut self) {
        let mut added: FxHashMap<UnitIndex, Vec<Found>> = FxHashMap::default();
        for (dependent, dependencies) in (0_u32..).map(UnitIndex).zip(&self.dependencies) {
            let dependencies = dependencies.as_deref().unwrap_or_default();
            for run in dependencies
                .iter()
                .filter(|found| self.units[found.unit.0 as usize].mode == Mode::RunCustomBuild)
            {
                for other in dependencies {
                    added
                        .entry(run.unit)
                        .or_default()
                        .extend(self.metadata(dependent, run.unit, *other));
                }
            }
        }
        for (run, new) in added {
            if let Some(list) = &mut self.dependencies[run.0 as usize] {
                list.extend(new);
            }
        }
    }

    fn metadata(&self, dependent: UnitIndex, run: UnitIndex, other: Found) -> Option<Found> {
        let key = &self.units[other.unit.0 as usize];
        let linked = self.target(other.unit).is_some_and(Target::is_linkable)
            && self
                .loaded(key.package)
                .is_some_and(|loaded| loaded.package.links.is_some());
        if key.package == self.units[run.0 as usize].package
            || !linked
            || self.development_edges.contains(&(dependent, other.unit))
        {
            return None;
        }
        let of_other = self.dependencies[other.unit.0 as usize].as_deref().unwrap_or_default();
        of_other
            .iter()
            .find(|found| self.units[found.unit.0 as usize].mode == Mode::RunCustomBuild)
            .copied()
    }

    fn finish(self, roots: Vec<UnitIndex>) -> Units {
        let debug: Vec<bool> = self
            .units
            .iter()
            .map(|key| self.settings[key.profile as usize].shown.debuginfo != "0")
            .collect();
        let units = self
            .units
            .into_iter()
            .zip(self.dependencies)
            .map(|(key, found)| {
                let mut dependencies: Vec<Dependency> = found
                    .unwrap_or_default()
                    .into_iter()
                    .map(|found| Dependency {
                        unit: found.unit,
                        extern_name: found.extern_name,
                    })
                    .collect();
                dependencies.sort_unstable();
                dependencies.dedup();
                let debug_nearby = dependencies.iter().any(|dependency| debug[dependency.unit.0 as usize]);
                let profile = self.settings[key.profile as usize].clone().finish(debug_nearby);
                Unit {
                    package: key.package,
                    target: key.target,
                    mode: key.mode,
                    host: key.host,
                    features: key.features,
                    profile,
                    dependencies,
                }
            })
            .collect();
        Units { units, roots }
    }
}
