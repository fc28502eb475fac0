//! Merges the units of several platforms and of several programs.
//!
//! On one platform the units of two programs are one if they are equal with all that they depend on. Of two platforms they are one if their
//! own fields are equal; where a platform has several of those, as programs depend on different versions, the ones that the same programs
//! use are one.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::packages::{PackageId, Packages};
use super::{Settings, keys};
use crate::bits::BitSet;
use crate::config::ScriptOutput;
use crate::intern::Symbol;
use crate::internal::{InternalError, Invariant};
use crate::manifest::Target;
use crate::resolution::ResolvedPlatform;
use crate::resolved::{Mode, ProfileSettings, TargetKind};
use crate::units::UnitIndex;

/// Units are merged after those that they depend on; only the compilation of a build script has no position of its own.
const MERGED: &str = "a dependency that has a position";

/// A position in [`Merged::units`].
pub(super) type Position = usize;

/// One of the units with equal fields of their own: the programs that have it, and its position on each platform.
type Variant = (BTreeSet<usize>, BTreeMap<usize, Position>);

/// All that tells units apart, but for what they depend on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct UnitFields {
    pub(super) package: PackageId,
    pub(super) target: u32,
    pub(super) mode: Mode,
    pub(super) host: bool,
    pub(super) features: BitSet,
    /// A position in [`Merger::profiles`].
    profile: usize,
    /// Of a build script that Cargo's configuration replaces: what it would have said.
    pub(super) output: Option<ScriptOutput>,
}

/// What a unit depends on, on one platform.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Needs {
    pub(super) libraries: BTreeMap<Position, BTreeSet<Symbol>>,
    pub(super) build: Option<Position>,
    pub(super) metadata: BTreeSet<Position>,
    pub(super) binaries: BTreeSet<Position>,
}

impl Needs {
    fn at(&self, positions: &[Position]) -> Self {
        let at = |position: &Position| positions[*position];
        Self {
            libraries: self
                .libraries
                .iter()
                .map(|(position, names)| (at(position), names.clone()))
                .collect(),
            build: self.build.as_ref().map(at),
            metadata: self.metadata.iter().map(at).collect(),
            binaries: self.binaries.iter().map(at).collect(),
        }
    }
}

/// A unit of the graph.
#[derive(Debug)]
pub(super) struct MergedUnit<'r> {
    pub(super) own: UnitFields,
    /// The target that it is of.
    pub(super) target: &'r Target,
    /// Its settings, as far as they are not those of the graph.
    pub(super) profile: Settings,
    pub(super) key: String,
    pub(super) id: String,
    /// What it needs on each platform that has it.
    pub(super) needs: BTreeMap<usize, Needs>,
}

/// The units of all platforms.
#[derive(Debug)]
pub(super) struct Merged<'r> {
    pub(super) units: Vec<MergedUnit<'r>>,
    /// The roots of each platform.
    pub(super) roots: Vec<BTreeSet<Position>>,
    pub(super) packages: BTreeMap<PackageId, String>,
}

impl Merged<'_> {
    /// The key of a unit's package.
    pub(super) fn package_key(&self, unit: &MergedUnit<'_>) -> Result<&String, InternalError> {
        self.packages
            .get(&unit.own.package)
            .invariant("a package that has a key")
    }
}

/// The units of all programs on one platform.
#[derive(Default)]
struct MergedPlatform {
    positions: FxHashMap<(usize, Needs), Position>,
    /// Of each unit its position in [`Merger::owns`], what it needs by positions here, and the programs that have it.
    units: Vec<(usize, Needs, BTreeSet<usize>)>,
    roots: BTreeSet<Position>,
}

struct Merger<'p, 'r> {
    packages: &'p Packages<'r>,
    defaults: &'p (ProfileSettings, ProfileSettings),
    own_positions: FxHashMap<UnitFields, usize>,
    owns: Vec<UnitFields>,
    profiles: Vec<Settings>,
}

/// Merges the units of resolutions for the same platforms; `defaults` are the graph's settings for target and host.
pub(super) fn merge<'r>(
    packages: &Packages<'r>,
    defaults: &(ProfileSettings, ProfileSettings),
) -> Result<Merged<'r>, InternalError> {
    let mut merger = Merger {
        packages,
        defaults,
        own_positions: FxHashMap::default(),
        owns: Vec::new(),
        profiles: Vec::new(),
    };
    let count = packages.resolutions().first().map_or(0, |first| first.platforms.len());
    let mut platforms = Vec::with_capacity(count);
    for number in 0..count {
        let mut platform = MergedPlatform::default();
        for (program, resolution) in packages.resolutions().iter().enumerate() {
            merger.add(&mut platform, program, &resolution.platforms[number])?;
        }
        platforms.push(platform);
    }
    merger.finish(platforms)
}

impl<'r> Merger<'_, 'r> {
    /// Adds the units of a program on a platform: each after those that it depends on.
    fn add(
        &mut self,
        platform: &mut MergedPlatform,
        program: usize,
        resolved: &ResolvedPlatform,
    ) -> Result<(), InternalError> {
        let units = &resolved.units;
        let mut positions: Vec<Option<Position>> = vec![None; units.units.len()];
        let mut visited = vec![false; units.units.len()];
        let all = (0_u32..).map(UnitIndex).take(units.units.len());
        for first in all {
            let mut stack = vec![(first, 0)];
            while let Some((unit, next)) = stack.pop() {
                let at = unit.0 as usize;
                if next == 0 && std::mem::replace(&mut visited[at], true) {
                    continue;
                }
                if let Some(dependency) = units.units[at].dependencies.get(next) {
                    stack.push((unit, next + 1));
                    if !visited[dependency.unit.0 as usize] {
                        stack.push((dependency.unit, 0));
                    }
                    continue;
                }
                positions[at] = self.intern(platform, program, resolved, unit, &positions)?;
            }
        }
        for root in &units.roots {
            let position = positions[root.0 as usize].invariant("a root that is no build script")?;
            platform.roots.insert(position);
        }
        Ok(())
    }

    /// A unit whose dependencies have their positions. The compilation of a build script is part of its run, and has none.
    fn intern(
        &mut self,
        platform: &mut MergedPlatform,
        program: usize,
        ResolvedPlatform { units, outputs, .. }: &ResolvedPlatform,
        index: UnitIndex,
        positions: &[Option<Position>],
    ) -> Result<Option<Position>, InternalError> {
        let unit = &units.units[index.0 as usize];
        let package = self.packages.id(program, unit.package)?;
        if unit.mode == Mode::Build && self.packages.target(package, unit.target)?.kind == TargetKind::CustomBuild {
            return Ok(None);
        }
        let mut needs = Needs::default();
        for dependency in &unit.dependencies {
            let other = &units.units[dependency.unit.0 as usize];
            let kind = self
                .packages
                .target(self.packages.id(program, other.package)?, other.target)?
                .kind;
            if other.mode == Mode::Build && kind == TargetKind::CustomBuild {
                for library in &other.dependencies {
                    let position = positions[library.unit.0 as usize].invariant(MERGED)?;
                    needs.libraries.entry(position).or_default().insert(library.extern_name);
                }
                continue;
            }
            let position = positions[dependency.unit.0 as usize].invariant(MERGED)?;
            match (unit.mode, other.mode) {
                (Mode::RunCustomBuild, _) => {
                    needs.metadata.insert(position);
                }
                (_, Mode::RunCustomBuild) => needs.build = Some(position),
                _ if kind == TargetKind::Bin => {
                    needs.binaries.insert(position);
                }
                _ => {
                    let names = needs.libraries.entry(position).or_default();
                    names.insert(dependency.extern_name);
                }
            }
        }
        let default = if unit.host { &self.defaults.1 } else { &self.defaults.0 };
        let profile = self.profile(Settings::of_unit(&unit.profile, default, unit.mode));
        let links = self.packages.package(package).links;
        let output = match unit.mode {
            Mode::RunCustomBuild => outputs.get(links, unit.host).cloned(),
            _ => None,
        };
        let own = self.own(UnitFields {
            output,
            package,
            target: unit.target,
            mode: unit.mode,
            host: unit.host,
            features: unit.features.clone(),
            profile,
        });
        let next = platform.units.len();
        let position = *platform
            .positions
            .entry((own, needs))
            .or_insert_with_key(|(own, needs)| {
                platform.units.push((*own, needs.clone(), BTreeSet::new()));
                next
            });
        platform.units[position].2.insert(program);
        Ok(Some(position))
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

    fn own(&mut self, own: UnitFields) -> usize {
        if let Some(position) = self.own_positions.get(&own) {
            return *position;
        }
        self.own_positions.insert(own.clone(), self.owns.len());
        self.owns.push(own);
        self.owns.len() - 1
    }

    /// Makes one of the units of several platforms, and gives every unit its key.
    fn finish(self, platforms: Vec<MergedPlatform>) -> Result<Merged<'r>, InternalError> {
        let used: BTreeSet<PackageId> = self.owns.iter().map(|own| own.package).collect();
        let packages = keys::packages(self.packages, used.into_iter())?;
        // By own fields: the units so far, with the programs that have them and their positions on platforms.
        let mut alike: Vec<Vec<Variant>> = vec![Vec::new(); self.owns.len()];
        for (number, platform) in platforms.iter().enumerate() {
            let mut order: Vec<Position> = (0..platform.units.len()).collect();
            // What most programs have comes first; of those with as many, what the first program has.
            order.sort_by(|a, b| {
                let users = |position: &Position| &platform.units[*position].2;
                (users(b).len(), users(a)).cmp(&(users(a).len(), users(b)))
            });
            for position in order {
                let (own, _, programs) = &platform.units[position];
                let candidates = alike[*own].iter_mut().filter(|(_, on)| !on.contains_key(&number));
                let common = |(known, _): &&mut Variant| known.intersection(programs).count();
                let best = candidates.rev().max_by_key(common);
                match best {
                    Some((known, on)) => {
                        known.extend(programs);
                        on.insert(number, position);
                    }
                    None => alike[*own].push((programs.clone(), BTreeMap::from([(number, position)]))),
                }
            }
        }
        let mut order: Vec<(usize, usize)> = Vec::new();
        for (own, units) in alike.iter().enumerate() {
            order.extend((0..units.len()).map(|variant| (own, variant)));
        }
        order.sort_by(|(a, first), (b, second)| {
            let key = |own: usize, variant: usize| {
                let (programs, on) = &alike[own][variant];
                (
                    on.keys().next().copied(),
                    std::cmp::Reverse(programs.len()),
                    &self.owns[own],
                    programs,
                )
            };
            key(*a, *first).cmp(&key(*b, *second))
        });
        let mut positions: Vec<Vec<Position>> =
            platforms.iter().map(|platform| vec![0; platform.units.len()]).collect();
        for (position, (own, variant)) in order.iter().enumerate() {
            for (number, at) in &alike[*own][*variant].1 {
                positions[*number][*at] = position;
            }
        }
        let mut counts: FxHashMap<(PackageId, String), usize> = FxHashMap::default();
        let units = order
            .iter()
            .map(|(own, variant)| {
                let own_fields = &self.owns[*own];
                let target = self.packages.target(own_fields.package, own_fields.target)?;
                let key = base_key(target, own_fields);
                let count = counts.entry((own_fields.package, key.clone())).or_default();
                *count += 1;
                let key = if *count == 1 { key } else { format!("{key} ~{count}") };
                let needs = alike[*own][*variant].1.iter();
                let package = packages
                    .get(&own_fields.package)
                    .invariant("a package that has a key")?;
                Ok(MergedUnit {
                    id: keys::unit_id(package, &key),
                    target,
                    profile: self.profiles[own_fields.profile].clone(),
                    own: own_fields.clone(),
                    key,
                    needs: needs
                        .map(|(number, at)| (*number, platforms[*number].units[*at].1.at(&positions[*number])))
                        .collect(),
                })
            })
            .collect::<Result<_, InternalError>>()?;
        let roots = platforms.iter().zip(&positions);
        let roots = roots
            .map(|(platform, positions)| platform.roots.iter().map(|root| positions[*root]).collect())
            .collect();
        Ok(Merged { units, roots, packages })
    }
}

/// A unit's key, without the number of a variant.
fn base_key(target: &Target, own: &UnitFields) -> String {
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
