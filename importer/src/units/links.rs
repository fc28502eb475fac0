//! Packages with `links`: no two for one native library, and metadata from one build script to another.

use rustc_hash::FxHashMap;

use super::Error;
use super::build::{Builder, UnitIndex};
use super::purpose::Found;
use crate::intern::Symbol;
use crate::lock::LockIndex;
use crate::manifest::Target;
use crate::resolved::Mode;

impl Builder<'_> {
    /// Only one package may link to a native library.
    pub(super) fn check_links(&self) -> Result<(), Error> {
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
    pub(super) fn connect_build_scripts(&mut self) {
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
}
