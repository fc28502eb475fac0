//! Fleets: many programs with one resolution, held against a workspace of Cargo's with the same versions.
//!
//! `dyrust fleet workspace` writes that workspace. With `--locked` Cargo refuses a lock that is not what its own resolver makes of it, so
//! the joint lock is compared as well as the units.

use std::collections::BTreeMap;
use std::path::Path;

use dyrust_importer::PlatformRequest;
use dyrust_importer::fleet::{Fleet, FleetFile, PACKAGES};
use dyrust_importer::source::progress::Silent;

use crate::Outcome;
use crate::cargo::{Cargo, CargoError, fetch};
use crate::compare::compare;
use crate::importer::normalise;
use crate::unit::UnitGraph;

/// Asks Cargo and dyrust for the units of the fleet's joined members on each of `targets`; one outcome a target. The workspace is
/// written below `scratch`.
///
/// # Errors
/// When dyrust rejects the fleet, or Cargo can't be run.
pub fn ask(file: &Path, targets: &[String], host: &str, scratch: &Path) -> Result<Vec<Outcome>, Error> {
    let file = FleetFile::read(file).map_err(dyrust_importer::Error::from)?;
    let platforms: Vec<PlatformRequest> = targets
        .iter()
        .map(|target| PlatformRequest {
            target: target.clone(),
            host: Some(host.to_owned()),
        })
        .collect();
    let fleet = Fleet::solve(&file, &platforms, false, &Silent)?;
    let resolution = fleet.resolve(&platforms, &Silent)?;
    let root = scratch.join("workspace");
    fleet.write_workspace(&root, &Silent)?;
    fetch(&root)?;
    let cargo = Cargo {
        folder: root.clone(),
        target_directory: scratch.join("target"),
        home: None,
        root,
    };
    let selection = fleet.cargo_selection(&resolution);
    let mut outcomes = Vec::with_capacity(targets.len());
    for (target, ours) in targets.iter().zip(resolution.report().platforms) {
        let ours = normalise(ours);
        outcomes.push(match cargo.unit_graph(&selection, target) {
            Ok(theirs) => Outcome::Compared(compare(&from_registries(theirs, &ours), &ours)),
            Err(CargoError::Rejected { message }) => Outcome::CargoRejects(message),
            Err(error) => return Err(error.into()),
        });
    }
    Ok(outcomes)
}

/// Packages that are in folders only because Cargo could not lock them otherwise are from where dyrust has them from.
fn from_registries(mut theirs: UnitGraph, ours: &UnitGraph) -> UnitGraph {
    let name = |package: &str, version: &str| (package.to_owned(), version.to_owned());
    let sources: BTreeMap<(String, String), String> = ours
        .units
        .iter()
        .map(|unit| (name(&unit.key.package, &unit.key.version), unit.key.source.clone()))
        .collect();
    let folder = format!("path+{PACKAGES}/");
    for unit in &mut theirs.units {
        if unit.key.source.starts_with(&folder)
            && let Some(source) = sources.get(&name(&unit.key.package, &unit.key.version))
        {
            unit.key.source.clone_from(source);
        }
    }
    theirs
}

/// Why nothing could be compared.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// dyrust rejects the fleet.
    #[error(transparent)]
    Dyrust(#[from] dyrust_importer::Error),
    /// Cargo can't be run, or can't fetch.
    #[error(transparent)]
    Cargo(#[from] CargoError),
}
