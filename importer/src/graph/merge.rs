//! Merges the units of several platforms: those whose own fields are equal are one.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::{Settings, keys};
use crate::bits::BitSet;
use crate::config::ScriptOutput;
use crate::intern::Symbol;
use crate::lock::LockIndex;
use crate::resolution::{Resolution, ResolvedPlatform};
use crate::resolved::{Mode, ProfileSettings, TargetKind};
use crate::units::UnitIndex;

/// A position in [`Merged::units`].
pub(super) type Position = usize;

/// All that tells units apart, but for what they depend on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Own {
    pub(super) package: LockIndex,
    pub(super) target: u32,
    pub(super) mode: Mode,
    pub(super) host: bool,
    pub(super) features: BitSet,
    /// A position in [`Merged::profiles`].
    profile: usize,
    /// Of a build script that Cargo's configuration replaces: what it would have said.
    pub(super) output: Option<ScriptOutput>,
}

/// What a unit depends on, on one platform.
#[derive(Debug, Clone, Default)]
pub(super) struct Needs {
    pub(super) libraries: BTreeMap<Position, BTreeSet<Symbol>>,
    pub(super) build: Option<Position>,
    pub(super) metadata: BTreeSet<Position>,
    pub(super) binaries: BTreeSet<Position>,
}

/// A unit of the graph.
#[derive(Debug)]
pub(super) struct MergedUnit {
    pub(super) own: Own,
    /// Its settings, as far as they are not those of the graph.
    pub(super) profile: Settings,
    pub(super) key: String,
    pub(super) id: String,
    /// What it needs on each platform that has it.
    pub(super) needs: BTreeMap<usize, Needs>,
}

/// The units of all platforms.
#[derive(Debug)]
pub(super) struct Merged {
    pub(super) units: Vec<MergedUnit>,
    /// The roots of each platform.
    pub(super) roots: Vec<BTreeSet<Position>>,
    pub(super) packages: BTreeMap<LockIndex, String>,
}

#[derive(Default)]
struct Merger {
    positions: FxHashMap<Own, Position>,
    owns: Vec<Own>,
    needs: Vec<BTreeMap<usize, Needs>>,
    profiles: Vec<Settings>,
}

/// Merges the units of a resolution; `defaults` are the graph's settings for target and host.
pub(super) fn merge(resolution: &Resolution, defaults: &(ProfileSettings, ProfileSettings)) -> Merged {
    let mut merger = Merger::default();
    let mut roots = Vec::with_capacity(resolution.platforms.len());
    for (number, platform) in resolution.platforms.iter().enumerate() {
        roots.push(merger.add(resolution, number, platform, defaults));
    }
    let used: BTreeSet<LockIndex> = merger.owns.iter().map(|own| own.package).collect();
    let packages = keys::packages(&resolution.universe.lock, used.into_iter());
    merger.finish(resolution, roots, packages)
}

impl Merger {
    /// Adds the units of one platform; returns its roots.
    fn add(
        &mut self,
        resolution: &Resolution,
        platform: usize,
        ResolvedPlatform { units, outputs, .. }: &ResolvedPlatform,
        defaults: &(ProfileSettings, ProfileSettings),
    ) -> BTreeSet<Position> {
        // The compilation of a build script is part of its run.
        let is_script = |index: UnitIndex| {
            let unit = &units.units[index.0 as usize];
            unit.mode == Mode::Build && target_kind(resolution, unit.package, unit.target) == TargetKind::CustomBuild
        };
        let positions: Vec<Option<Position>> = (0_u32..)
            .map(UnitIndex)
            .zip(&units.units)
            .map(|(index, unit)| {
                (!is_script(index)).then(|| {
                    let default = if unit.host { &defaults.1 } else { &defaults.0 };
                    let profile = self.profile(difference(&unit.profile, default, unit.mode));
                    let links = resolution
                        .universe
                        .package(unit.package)
                        .and_then(|package| package.links);
                    let output = match unit.mode {
                        Mode::RunCustomBuild => outputs.get(links, unit.host).cloned(),
                        _ => None,
                    };
                    self.intern(Own {
                        output,
                        package: unit.package,
                        target: unit.target,
                        mode: unit.mode,
                        host: unit.host,
                        features: unit.features.clone(),
                        profile,
                    })
                })
            })
            .collect();
        for (unit, position) in units.units.iter().zip(&positions) {
            let Some(position) = *position else { continue };
            let mut needs = Needs::default();
            for dependency in &unit.dependencies {
                let other = &units.units[dependency.unit.0 as usize];
                match positions[dependency.unit.0 as usize] {
                    None => {
                        for library in &other.dependencies {
                            if let Some(position) = positions[library.unit.0 as usize] {
                                needs.libraries.entry(position).or_default().insert(library.extern_name);
                            }
                        }
                    }
                    Some(other_position) => match (unit.mode, other.mode) {
                        (Mode::RunCustomBuild, _) => {
                            needs.metadata.insert(other_position);
                        }
                        (_, Mode::RunCustomBuild) => needs.build = Some(other_position),
                        _ if target_kind(resolution, other.package, other.target) == TargetKind::Bin => {
                            needs.binaries.insert(other_position);
                        }
                        _ => {
                            needs
                                .libraries
                                .entry(other_position)
                                .or_default()
                                .insert(dependency.extern_name);
                        }
                    },
                }
            }
            self.needs[position].insert(platform, needs);
        }
        units
            .roots
            .iter()
            .filter_map(|root| positions[root.0 as usize])
            .collect()
    }

    fn profile(&mut self, settings: Settings) -> usize {
        match self.profiles.iter().position(|known| *known == settings) {
            Some(position) => position,
            None => {
                self.profiles.push(settings);
                self.profiles.len() - 1
            }
        }
    }

    fn intern(&mut self, own: Own) -> Position {
        if let Some(position) = self.positions.get(&own) {
            return *position;
        }
        let position = self.owns.len();
        self.positions.insert(own.clone(), position);
        self.owns.push(own);
        self.needs.push(BTreeMap::new());
        position
    }

    /// Gives every unit its key; variants are numbered in the order of platforms.
    fn finish(
        self,
        resolution: &Resolution,
        roots: Vec<BTreeSet<Position>>,
        packages: BTreeMap<LockIndex, String>,
    ) -> Merged {
        let mut order: Vec<Position> = (0..self.owns.len()).collect();
        order.sort_by_key(|position| (self.needs[*position].keys().next().copied(), &self.owns[*position]));
        let mut counts: FxHashMap<(LockIndex, String), usize> = FxHashMap::default();
        let mut named: Vec<String> = vec![String::new(); self.owns.len()];
        for position in order {
            let own = &self.owns[position];
            let key = base_key(resolution, own);
            let count = counts.entry((own.package, key.clone())).or_default();
            *count += 1;
            named[position] = if *count == 1 { key } else { format!("{key} ~{count}") };
        }
        let units = self.owns.into_iter().zip(self.needs).zip(named);
        let units = units
            .map(|((own, needs), key)| MergedUnit {
                id: keys::unit_id(packages.get(&own.package).map_or("", String::as_str), &key),
                profile: self.profiles[own.profile].clone(),
                own,
                key,
                needs,
            })
            .collect();
        Merged { units, roots, packages }
    }
}

fn target_kind(resolution: &Resolution, package: LockIndex, target: u32) -> TargetKind {
    resolution
        .universe
        .package(package)
        .and_then(|package| package.targets.get(target as usize))
        .map_or(TargetKind::Lib, |target| target.kind)
}

/// A unit's key, without the number of a variant.
fn base_key(resolution: &Resolution, own: &Own) -> String {
    let target = resolution
        .universe
        .package(own.package)
        .and_then(|package| package.targets.get(own.target as usize));
    let Some(target) = target else { return String::new() };
    let named = |kind: &str| format!("{kind} {}", target.name);
    let mut key = match target.kind {
        TargetKind::Lib => "lib".to_owned(),
        TargetKind::CustomBuild => "build".to_owned(),
        TargetKind::Bin => named("bin"),
        TargetKind::Example => named("example"),
        TargetKind::Test => named("test"),
        TargetKind::Bench => named("bench"),
    };
    if own.host && !target.proc_macro {
        key.push_str(" host");
    }
    if own.mode == Mode::Test && !matches!(target.kind, TargetKind::Test | TargetKind::Bench) {
        key.push_str(" test");
    }
    key
}

/// The settings in which a unit differs from the graph's profile; a build script's run is told of three only.
fn difference(unit: &ProfileSettings, default: &ProfileSettings, mode: Mode) -> Settings {
    let text = |unit: &String, default: &String| (unit != default).then(|| unit.clone());
    let flag = |unit: bool, default: bool| (unit != default).then_some(unit);
    let compiled = mode != Mode::RunCustomBuild;
    Settings {
        opt_level: text(&unit.opt_level, &default.opt_level),
        debug: text(&unit.debuginfo, &default.debuginfo),
        debug_assertions: flag(unit.debug_assertions, default.debug_assertions),
        overflow_checks: flag(unit.overflow_checks, default.overflow_checks).filter(|_| compiled),
        panic: text(&unit.panic, &default.panic).filter(|_| compiled),
        strip: None,
        codegen_units: unit
            .codegen_units
            .filter(|_| compiled && unit.codegen_units != default.codegen_units),
    }
}
