//! Follows dependencies from the units that were asked for to all others.

use rustc_hash::{FxHashMap, FxHashSet};

use super::profile::UnitSettings;
use super::roots::{self, Root};
use super::unit_for::UnitFor;
use super::{Error, Profile};
use crate::bits::BitSet;
use crate::config::ScriptOutputs;
use crate::intern::Symbol;
use crate::internal::{self, InternalError, Invariant};
use crate::lock::LockIndex;
use crate::manifest::Target;
use crate::options::Selection;
use crate::resolve::{Features, FeaturesFor, LoadedPackage, PlatformTriples, Provenance, Selected, Universe};
use crate::resolved::{Mode, ProfileSettings};
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
    pub dependencies: Vec<UnitEdge>,
}

/// A unit that another depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnitEdge {
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
pub(super) struct UnitKey {
    pub(super) package: LockIndex,
    pub(super) target: u32,
    pub(super) mode: Mode,
    pub(super) host: bool,
    pub(super) features: BitSet,
    pub(super) profile: u32,
}

/// A unit that another depends on, while units are built.
#[derive(Debug, Clone, Copy)]
pub(super) struct UnitDep {
    pub(super) unit: UnitIndex,
    pub(super) extern_name: Symbol,
    /// What for; it decides what the other's own dependencies are.
    pub(super) unit_for: UnitFor,
    /// Only dev-dependencies stand behind it.
    pub(super) development: bool,
}

/// A platform, and what Cargo's configuration says for it in place of build scripts.
#[derive(Debug, Clone, Copy)]
pub struct BuildPlatform<'a> {
    /// The platform.
    pub platform: PlatformTriples,
    /// What stands in place of build scripts.
    pub outputs: &'a ScriptOutputs,
}

impl Units {
    /// Builds the units of a selection on one platform.
    ///
    /// # Errors
    /// When a target that was asked for does not exist or lacks features, or Cargo would refuse the result.
    pub fn new(
        workspace: &Workspace,
        universe: &Universe,
        BuildPlatform { platform, outputs }: BuildPlatform<'_>,
        selected: &Selected,
        selection: &Selection,
        profile: &Profile,
    ) -> Result<Self, Error> {
        let features = Features::resolve(universe, platform, selected, roots::needs_development(selection))?;
        let roots = roots::collect(universe, platform, &features, selected, selection)?;
        let mut builder = UnitBuilder {
            workspace,
            universe,
            platform,
            outputs,
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
        builder.check_settings()?;
        builder.check_links()?;
        builder.connect_build_scripts()?;
        Ok(builder.finish(roots)?)
    }
}

pub(super) struct UnitBuilder<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) universe: &'a Universe,
    pub(super) platform: PlatformTriples,
    pub(super) outputs: &'a ScriptOutputs,
    pub(super) features: &'a Features<'a>,
    pub(super) profile: &'a Profile,
    pub(super) profiles: FxHashMap<UnitSettings, u32>,
    pub(super) settings: Vec<UnitSettings>,
    pub(super) keys: FxHashMap<UnitKey, UnitIndex>,
    pub(super) units: Vec<UnitKey>,
    /// None until the unit was visited.
    pub(super) dependencies: Vec<Option<Vec<UnitDep>>>,
    pub(super) development_edges: FxHashSet<(UnitIndex, UnitIndex)>,
}

impl<'a> UnitBuilder<'a> {
    pub(super) fn loaded(&self, index: LockIndex) -> Result<&'a LoadedPackage, InternalError> {
        self.universe.reached(index)
    }

    pub(super) fn target(&self, unit: UnitIndex) -> Result<&'a Target, InternalError> {
        let key = &self.units[unit.0 as usize];
        let targets = &self.loaded(key.package)?.package.targets;
        targets.get(key.target as usize).invariant("a target of the package")
    }

    fn build(&mut self, roots: &[Root]) -> Result<Vec<UnitIndex>, Error> {
        let mut found = Vec::with_capacity(roots.len());
        for root in roots {
            let targets = &self.loaded(root.package)?.package.targets;
            let target = targets.get(root.target).invariant("a target of the package")?;
            let unit_for = match (root.mode, target.for_host()) {
                (Mode::Test, _) => UnitFor::TEST,
                (_, true) => UnitFor {
                    unwind: true,
                    ..UnitFor::NORMAL
                },
                (_, false) => UnitFor::NORMAL,
            };
            let side = FeaturesFor::host(target.proc_macro);
            let settings = self.settings(root.package, unit_for)?;
            let unit = self.intern(root.package, root.target, root.mode, target.for_host(), side, settings)?;
            found.push(unit);
        }
        for unit in &found {
            let target = self.target(*unit)?;
            let unit_for = match (self.units[unit.0 as usize].mode, target.proc_macro) {
                (Mode::Test, false) => UnitFor::TEST,
                (_, true) => UnitFor::HOST,
                (_, false) => UnitFor::NORMAL,
            };
            self.visit_all(*unit, unit_for)?;
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Visits a unit and all below it, depth first and in order: the first purpose that a unit is reached with counts.
    fn visit_all(&mut self, unit: UnitIndex, unit_for: UnitFor) -> Result<(), Error> {
        if self.dependencies[unit.0 as usize].is_some() {
            return Ok(());
        }
        self.visit(unit, unit_for)?;
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
                self.visit(found.unit, found.unit_for)?;
                stack.push((found.unit, 0));
            }
        }
        Ok(())
    }

    /// Another unit of the same package, with the settings of its unit_for.
    pub(super) fn find(
        &mut self,
        key: &UnitKey,
        target: usize,
        mode: Mode,
        host: bool,
        unit_for: UnitFor,
        extern_name: Symbol,
    ) -> Result<UnitDep, InternalError> {
        let settings = self.settings(key.package, unit_for)?;
        self.found(key.package, target, mode, host, unit_for, settings, extern_name)
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn found(
        &mut self,
        package: LockIndex,
        target: usize,
        mode: Mode,
        host: bool,
        unit_for: UnitFor,
        settings: UnitSettings,
        extern_name: Symbol,
    ) -> Result<UnitDep, InternalError> {
        let unit = self.intern(package, target, mode, host, unit_for.side(), settings)?;
        Ok(UnitDep {
            unit,
            extern_name,
            unit_for,
            development: false,
        })
    }

    pub(super) fn settings(&self, package: LockIndex, unit_for: UnitFor) -> Result<UnitSettings, InternalError> {
        let member = match self.loaded(package)?.provenance {
            Provenance::Local(position) => self.workspace.packages[position].member,
            Provenance::Remote(_) => false,
        };
        let entry = self.universe.lock.package(package);
        Ok(self.profile.settings(entry, member, unit_for.host, unit_for.unwind))
    }

    fn intern(
        &mut self,
        package: LockIndex,
        target: usize,
        mode: Mode,
        host: bool,
        side: FeaturesFor,
        settings: UnitSettings,
    ) -> Result<UnitIndex, InternalError> {
        let profile = match self.profiles.get(&settings) {
            Some(profile) => *profile,
            None => {
                let profile = internal::position(self.settings.len())?;
                self.settings.push(settings.clone());
                self.profiles.insert(settings, profile);
                profile
            }
        };
        let features = self.features.of(package, side).cloned();
        let features = features.invariant("features of a package that is built")?;
        let target = internal::position(target)?;
        let key = UnitKey {
            package,
            target,
            mode,
            host,
            features,
            profile,
        };
        if let Some(unit) = self.keys.get(&key) {
            return Ok(*unit);
        }
        let unit = UnitIndex(internal::position(self.units.len())?);
        self.keys.insert(key.clone(), unit);
        self.units.push(key);
        self.dependencies.push(None);
        Ok(unit)
    }

    /// Refuses what rustc would refuse of a profile's settings. A build script's run is no call of rustc.
    fn check_settings(&self) -> Result<(), Error> {
        for (number, key) in (0..).zip(&self.units) {
            if key.mode != Mode::RunCustomBuild {
                let settings = &self.settings[key.profile as usize].shown;
                self.profile.check_unit(settings, self.target(UnitIndex(number))?)?;
            }
        }
        Ok(())
    }

    fn finish(self, roots: Vec<UnitIndex>) -> Result<Units, InternalError> {
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
                let mut dependencies: Vec<UnitEdge> = found
                    .invariant("the dependencies of a unit, all of which are visited")?
                    .into_iter()
                    .map(|found| UnitEdge {
                        unit: found.unit,
                        extern_name: found.extern_name,
                    })
                    .collect();
                dependencies.sort_unstable();
                dependencies.dedup();
                let debug_nearby = dependencies.iter().any(|dependency| debug[dependency.unit.0 as usize]);
                let profile = self.settings[key.profile as usize].clone().finish(debug_nearby);
                Ok(Unit {
                    package: key.package,
                    target: key.target,
                    mode: key.mode,
                    host: key.host,
                    features: key.features,
                    profile,
                    dependencies,
                })
            })
            .collect::<Result<_, InternalError>>()?;
        Ok(Units { units, roots })
    }
}
