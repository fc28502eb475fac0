//! Which crates run when a package of the workspace is built, which is what its build script uses and the macros that it may call; and
//! which run in its tests alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::merge::{Merged, Position};
use super::packages::{PackageId, Packages};
use crate::parallel;
use crate::reads::{Helper, Helpers};
use crate::resolve::Provenance;
use crate::resolved::{Mode, TargetKind};

/// How far below a package its macros and the helpers of its tests are looked for: its own dependencies, and what these hand on.
const HANDED_ON: usize = 2;

/// What runs for each of the packages, read from their sources.
pub(super) fn of(
    known: &Packages<'_>,
    merged: &Merged<'_>,
    members: impl Iterator<Item = PackageId>,
) -> BTreeMap<PackageId, Helpers> {
    let mut units: BTreeMap<PackageId, Vec<Position>> = members.map(|id| (id, Vec::new())).collect();
    for (position, unit) in merged.units.iter().enumerate() {
        if let Some(list) = units.get_mut(&unit.own.package) {
            list.push(position);
        }
    }
    type Run = (BTreeSet<PackageId>, BTreeSet<PackageId>);
    let run: BTreeMap<PackageId, Run> = units
        .into_iter()
        .map(|(id, positions)| {
            let run = run_for(merged, id, &positions);
            (id, (run, run_in_tests(merged, id, &positions)))
        })
        .collect();
    let all = run.values().flat_map(|(build, tests)| build.iter().chain(tests));
    let all: BTreeSet<PackageId> = all.copied().collect();
    // What is kept is there at once; only to read sources is work for all processors.
    let mut read: BTreeMap<PackageId, Option<Helper>> = BTreeMap::new();
    let mut unread = Vec::new();
    for id in all {
        match recall(known, id) {
            Some(helper) => {
                read.insert(id, helper);
            }
            None => unread.push(id),
        }
    }
    let new: Vec<(PackageId, Option<Helper>)> = parallel::map(unread, |id| (id, self::read(known, id)));
    read.extend(new);
    let read: BTreeMap<PackageId, Arc<Helper>> = read
        .into_iter()
        .filter_map(|(id, helper)| Some((id, Arc::new(helper?))))
        .collect();
    let found = |helpers: BTreeSet<PackageId>| helpers.iter().filter_map(|helper| read.get(helper).cloned()).collect();
    run.into_iter()
        .map(|(id, (build, tests))| {
            let helpers = Helpers {
                build: found(build),
                tests: found(tests),
            };
            (id, helpers)
        })
        .collect()
}

/// The packages that tests, examples and benchmarks alone depend on, and what these hand on.
fn run_in_tests(merged: &Merged<'_>, id: PackageId, units: &[Position]) -> BTreeSet<PackageId> {
    let is_development = |position: &Position| {
        let unit = &merged.units[*position];
        unit.own.mode == Mode::Test
            || matches!(
                unit.target.kind,
                TargetKind::Test | TargetKind::Bench | TargetKind::Example
            )
    };
    let used = |position: Position| {
        let needs = merged.units[position].needs.values();
        needs.flat_map(|needs| needs.libraries.keys().copied())
    };
    let package = |position: Position| merged.units[position].own.package;
    let (development, rest): (Vec<Position>, Vec<Position>) = units.iter().copied().partition(is_development);
    let mut known: BTreeSet<PackageId> = rest.into_iter().flat_map(used).map(package).collect();
    known.insert(id);
    let mut level: BTreeSet<Position> = development.into_iter().collect();
    let mut found = BTreeSet::new();
    for _ in 0..HANDED_ON {
        level = level.into_iter().flat_map(used).collect();
        level.retain(|position| !known.contains(&package(*position)) && !merged.units[*position].own.host);
        found.extend(level.iter().copied().map(package));
    }
    found
}

fn run_for(merged: &Merged<'_>, id: PackageId, units: &[Position]) -> BTreeSet<PackageId> {
    let is_macro = |position: Position| merged.units[position].target.proc_macro;
    let used = |position: Position| {
        let needs = merged.units[position].needs.values();
        needs.flat_map(|needs| needs.libraries.keys().copied())
    };
    let mut pending = Vec::new();
    for unit in units {
        if merged.units[*unit].target.kind == TargetKind::CustomBuild {
            pending.extend(used(*unit));
            continue;
        }
        let mut level: BTreeSet<Position> = BTreeSet::from([*unit]);
        for _ in 0..HANDED_ON {
            level = level.into_iter().flat_map(used).collect();
            pending.extend(level.iter().copied().filter(|position| is_macro(*position)));
            level.retain(|position| !is_macro(*position));
        }
    }
    let mut seen = BTreeSet::new();
    let mut packages = BTreeSet::new();
    while let Some(position) = pending.pop() {
        if seen.insert(position) {
            packages.insert(merged.units[position].own.package);
            pending.extend(used(position));
        }
    }
    packages.remove(&id);
    packages
}

/// What an earlier import found in a package that runs in builds, if that is kept.
fn recall(known: &Packages<'_>, id: PackageId) -> Option<Option<Helper>> {
    match &known.loaded(id).provenance {
        Provenance::Local(_) => None,
        Provenance::Remote(remote) => Helper::recall(remote, &known.resolution(id).config.cache),
    }
}

/// What is to be known of a package that runs in builds.
fn read(known: &Packages<'_>, id: PackageId) -> Option<Helper> {
    match &known.loaded(id).provenance {
        Provenance::Local(position) => {
            let local = &known.resolution(id).workspace.packages[*position];
            Helper::in_workspace(&local.folder)
        }
        Provenance::Remote(remote) => Helper::fetched(remote, &known.resolution(id).config.cache),
    }
}
