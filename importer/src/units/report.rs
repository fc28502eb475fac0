//! Lists units in the form that is compared with Cargo's.

use super::Units;
use crate::internal::{InternalError, Invariant};
use crate::resolve::{Provenance, Universe};
use crate::resolved::{PlatformUnits, ResolvedDependency, ResolvedUnit};
use crate::workspace::Workspace;

/// The units of one platform with names in place of positions.
///
/// # Errors
/// An internal one, when the units are not those of the universe.
pub fn report(
    workspace: &Workspace,
    universe: &Universe,
    target: &str,
    host: &str,
    units: &Units,
) -> Result<PlatformUnits, InternalError> {
    let listed = units.units.iter().map(|unit| {
        let loaded = universe.reached(unit.package)?;
        let target = loaded.package.targets.get(unit.target as usize);
        let target = target.invariant("a target of the package")?;
        let entry = universe.lock.package(unit.package);
        let path = match loaded.provenance {
            Provenance::Local(position) => Some(workspace.packages[position].relative.clone()),
            Provenance::Remote(_) => None,
        };
        let names = unit
            .features
            .iter()
            .map(|feature| loaded.package.features[feature as usize].name.to_string());
        Ok(ResolvedUnit {
            package: entry.name.to_string(),
            version: entry.version.to_string(),
            source: entry.source.as_ref().map(ToString::to_string),
            path,
            kind: target.kind,
            name: target.name.to_string(),
            edition: target.edition.as_str().to_owned(),
            crate_types: target.crate_types.iter().map(ToString::to_string).collect(),
            mode: unit.mode,
            features: names.collect(),
            host: unit.host,
            profile: unit.profile.clone(),
            dependencies: unit
                .dependencies
                .iter()
                .map(|dependency| ResolvedDependency {
                    unit: dependency.unit.0 as usize,
                    extern_name: dependency.extern_name.to_string(),
                })
                .collect(),
        })
    });
    Ok(PlatformUnits {
        target: target.to_owned(),
        host: host.to_owned(),
        units: listed.collect::<Result<_, InternalError>>()?,
        roots: units.roots.iter().map(|root| root.0 as usize).collect(),
    })
}
