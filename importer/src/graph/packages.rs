//! The packages of several resolutions: the same package of two programs is one.

use std::collections::BTreeMap;

use semver::Version;

use crate::intern::Symbol;
use crate::internal::{InternalError, Invariant};
use crate::lock::{LockIndex, LockPackage, LockSource};
use crate::manifest;
use crate::resolution::Resolution;
use crate::resolve::{LoadedPackage, Provenance};

/// A position in [`Packages`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct PackageId(u32);

/// All packages of some resolutions.
pub(super) struct Packages<'r> {
    resolutions: &'r [Resolution],
    /// A resolution that has the package, and where.
    list: Vec<(usize, LockIndex, &'r LoadedPackage)>,
    /// Of each resolution the packages of its lock.
    ids: Vec<Vec<Option<PackageId>>>,
    /// Of each resolution whether its lock is a file of the workspace, not of a published program.
    has_lock: Vec<bool>,
}

/// What a package is; the order is that of a lock.
type Identity<'r> = (Symbol, &'r Version, Option<&'r LockSource>, Option<(&'r str, &'r str)>);

impl<'r> Packages<'r> {
    pub(super) fn new(resolutions: &'r [Resolution]) -> Self {
        let mut found: BTreeMap<Identity<'r>, Vec<(usize, LockIndex, &'r LoadedPackage)>> = BTreeMap::new();
        for (number, resolution) in resolutions.iter().enumerate() {
            let packages = (0_u32..).map(LockIndex).zip(&resolution.universe.lock.packages);
            for (index, package) in packages {
                // A lock may have packages that take no part.
                let Some(loaded) = resolution.universe.loaded(index) else {
                    continue;
                };
                let local = match loaded.provenance {
                    Provenance::Local(position) => {
                        let local = &resolution.workspace.packages[position];
                        Some((local.location.as_str(), local.relative.as_str()))
                    }
                    Provenance::Remote(_) => None,
                };
                let identity = (package.name, &package.version, package.source.as_ref(), local);
                found.entry(identity).or_default().push((number, index, loaded));
            }
        }
        let mut packages = Self {
            resolutions,
            list: Vec::with_capacity(found.len()),
            ids: resolutions
                .iter()
                .map(|resolution| vec![None; resolution.universe.lock.packages.len()])
                .collect(),
            has_lock: resolutions
                .iter()
                .map(|resolution| {
                    let mut locals = resolution.workspace.packages.iter();
                    locals.all(|local| local.published.is_none())
                })
                .collect(),
        };
        for (id, places) in (0_u32..).map(PackageId).zip(found.into_values()) {
            // Of workspaces that have a package in their folders, the closest is its own.
            let closest = places.iter().max_by_key(|(number, index, loaded)| {
                let depth = match loaded.provenance {
                    Provenance::Local(position) => {
                        let local = &resolutions[*number].workspace.packages[position];
                        if local.is_inside() {
                            local.workspace.components().count()
                        } else {
                            0
                        }
                    }
                    Provenance::Remote(_) => 0,
                };
                (depth, std::cmp::Reverse((*number, *index)))
            });
            packages.list.extend(closest);
            for (number, index, _) in places {
                packages.ids[number][index.0 as usize] = Some(id);
            }
        }
        packages
    }

    pub(super) fn resolutions(&self) -> &'r [Resolution] {
        self.resolutions
    }

    /// The package of a resolution's lock that a unit is of.
    pub(super) fn id(&self, resolution: usize, index: LockIndex) -> Result<PackageId, InternalError> {
        self.ids[resolution][index.0 as usize].invariant("a package that takes part")
    }

    /// A resolution that has the package.
    pub(super) fn resolution(&self, id: PackageId) -> &'r Resolution {
        &self.resolutions[self.list[id.0 as usize].0]
    }

    /// Whether the lock of that resolution is a file of the workspace.
    pub(super) fn has_lock(&self, id: PackageId) -> bool {
        self.has_lock[self.list[id.0 as usize].0]
    }

    pub(super) fn entry(&self, id: PackageId) -> &'r LockPackage {
        let (number, index, _) = self.list[id.0 as usize];
        self.resolutions[number].universe.lock.package(index)
    }

    pub(super) fn loaded(&self, id: PackageId) -> &'r LoadedPackage {
        self.list[id.0 as usize].2
    }

    pub(super) fn package(&self, id: PackageId) -> &'r manifest::Package {
        self.loaded(id).package.as_ref()
    }

    /// A target of the package.
    pub(super) fn target(&self, id: PackageId, target: u32) -> Result<&'r manifest::Target, InternalError> {
        let targets = &self.package(id).targets;
        targets.get(target as usize).invariant("a target of the package")
    }
}
