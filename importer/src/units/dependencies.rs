//! What a single unit depends on.

use super::Error;
use super::build::{UnitBuilder, UnitDep, UnitIndex, UnitKey};
use super::roots::available;
use super::unit_for::UnitFor;
use crate::intern::Symbol;
use crate::internal::{InternalError, Invariant};
use crate::manifest::{DependencyKind, Target};
use crate::resolve::{Edge, LoadedPackage};
use crate::resolved::{Mode, TargetKind};

impl<'a> UnitBuilder<'a> {
    pub(super) fn visit(&mut self, unit: UnitIndex, unit_for: UnitFor) -> Result<(), Error> {
        let key = self.units[unit.0 as usize].clone();
        let (loaded, target) = (self.loaded(key.package)?, self.target(unit)?);
        let mut found = Vec::new();
        if key.mode == Mode::RunCustomBuild {
            if self.outputs.get(loaded.package.links, key.host).is_some() {
                self.dependencies[unit.0 as usize] = Some(found);
                return Ok(());
            }
            let unit_for = unit_for.of_build_script();
            found.push(self.find(
                &key,
                key.target as usize,
                Mode::Build,
                true,
                unit_for,
                target.crate_name,
            )?);
            self.dependencies[unit.0 as usize] = Some(found);
            return Ok(());
        }
        for edge in &loaded.edges {
            let mut active = edge
                .dependencies
                .iter()
                .filter(|position| self.counts(&key, loaded, target, unit_for, **position));
            let Some(first) = active.next() else { continue };
            let is_development =
                |position: &u32| loaded.package.dependencies[*position as usize].kind == DependencyKind::Development;
            let development = is_development(first) && active.all(is_development);
            let other = self.loaded(edge.to)?;
            // Cargo leaves out a dependency without a library, with a warning.
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
            let next = unit_for.of_dependency(target, library);
            let host = key.host || library.for_host();
            let mut dependency = self.found(
                edge.to,
                position,
                Mode::Build,
                host,
                next,
                self.settings(edge.to, next)?,
                extern_name,
            )?;
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
                let next = unit_for.of_build_script();
                found.push(self.found(
                    key.package,
                    script,
                    Mode::RunCustomBuild,
                    key.host,
                    next,
                    settings,
                    name,
                )?);
            }
            if target.kind != TargetKind::Lib {
                found.extend(self.own_library(&key, loaded, target, unit_for)?);
                found.extend(self.own_programs(&key, loaded, target)?);
            }
        }
        for dependency in found.iter().filter(|dependency| dependency.development) {
            self.development_edges.insert((unit, dependency.unit));
        }
        self.dependencies[unit.0 as usize] = Some(found);
        Ok(())
    }

    /// Does a dependency count for this target of its package?
    fn counts(&self, key: &UnitKey, loaded: &LoadedPackage, target: &Target, unit_for: UnitFor, position: u32) -> bool {
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
                    .has_dependency(key.package, unit_for.side(), dependency.name))
    }

    /// The name of a dependency's crate in this one: the key in the tables if it was renamed there.
    fn extern_name(
        &self,
        key: &UnitKey,
        loaded: &LoadedPackage,
        edge: &Edge,
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
        let first = names.next().invariant("a dependency that an edge stands for")?;
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
    fn own_library(
        &mut self,
        key: &UnitKey,
        loaded: &'a LoadedPackage,
        target: &Target,
        unit_for: UnitFor,
    ) -> Result<Option<UnitDep>, InternalError> {
        let Some(position) = loaded.package.targets.iter().position(Target::is_linkable) else {
            return Ok(None);
        };
        let library = &loaded.package.targets[position];
        let next = unit_for.of_dependency(target, library);
        let host = key.host || library.for_host();
        let library = self.find(key, position, Mode::Build, host, next, library.crate_name)?;
        Ok(Some(library))
    }

    /// Integration tests and benchmarks find the programs of their package in variables.
    fn own_programs(
        &mut self,
        key: &UnitKey,
        loaded: &'a LoadedPackage,
        target: &Target,
    ) -> Result<Vec<UnitDep>, InternalError> {
        if key.mode != Mode::Test || !matches!(target.kind, TargetKind::Test | TargetKind::Bench) {
            return Ok(Vec::new());
        }
        let mut known = None;
        let mut found = Vec::new();
        for (position, program) in loaded.package.targets.iter().enumerate() {
            if program.kind != TargetKind::Bin {
                continue;
            }
            if let Some(required) = &program.required_features {
                let known = match &mut known {
                    Some(known) => known,
                    none => {
                        let package = key.package;
                        none.insert(available(self.universe, self.platform, self.features, package, false)?)
                    }
                };
                if !required.iter().all(|feature| known.contains(feature.as_str())) {
                    continue;
                }
            }
            found.push(self.find(
                key,
                position,
                Mode::Build,
                key.host,
                UnitFor::NORMAL,
                program.crate_name,
            )?);
        }
        Ok(found)
    }
}
