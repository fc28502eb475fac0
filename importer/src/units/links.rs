//! Packages with `links`: no two for one native library, and metadata from one build script to another.

use rustc_hash::FxHashMap;

use super::Error;
use super::build::{UnitBuilder, UnitDep, UnitIndex};
use crate::intern::Symbol;
use crate::internal::{InternalError, Invariant};
use crate::lock::LockIndex;
use crate::resolved::Mode;

/// All units are visited before build scripts are connected.
const VISITED: &str = "a unit whose dependencies are known";

impl UnitBuilder<'_> {
    /// Only one package may link to a native library.
    pub(super) fn check_links(&self) -> Result<(), Error> {
        let mut known: FxHashMap<Symbol, LockIndex> = FxHashMap::default();
        for key in &self.units {
            let Some(links) = self.loaded(key.package)?.package.links else {
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
    pub(super) fn connect_build_scripts(&mut self) -> Result<(), InternalError> {
        let mut added: FxHashMap<UnitIndex, Vec<UnitDep>> = FxHashMap::default();
        for (dependent, dependencies) in (0_u32..).map(UnitIndex).zip(&self.dependencies) {
            let dependencies = dependencies.as_deref().invariant(VISITED)?;
            for run in dependencies
                .iter()
                .filter(|found| self.units[found.unit.0 as usize].mode == Mode::RunCustomBuild)
            {
                for other in dependencies {
                    let metadata = self.metadata(dependent, run.unit, *other)?;
                    added.entry(run.unit).or_default().extend(metadata);
                }
            }
        }
        for (run, new) in added {
            let list = self.dependencies[run.0 as usize].as_mut();
            list.invariant(VISITED)?.extend(new);
        }
        Ok(())
    }

    /// The build script's run whose metadata a run sees because of a dependency of its package.
    fn metadata(&self, dependent: UnitIndex, run: UnitIndex, other: UnitDep) -> Result<Option<UnitDep>, InternalError> {
        let key = &self.units[other.unit.0 as usize];
        let linked = self.target(other.unit)?.is_linkable() && self.loaded(key.package)?.package.links.is_some();
        if key.package == self.units[run.0 as usize].package
            || !linked
            || self.development_edges.contains(&(dependent, other.unit))
        {
            return Ok(None);
        }
        let of_other = self.dependencies[other.unit.0 as usize].as_deref().invariant(VISITED)?;
        let metadata = of_other
            .iter()
            .find(|found| self.units[found.unit.0 as usize].mode == Mode::RunCustomBuild)
            .copied();
        Ok(metadata)
    }
}
