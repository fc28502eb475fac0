//! Fleets: each program of a fleet is held against what Cargo builds from the lock that the fleet chose for it.
//!
//! `dyrust fleet workspace` writes that lock, with a workspace for it. With `--locked` Cargo refuses a lock that is not what its own
//! resolver makes of it, so the locks are compared as well as the units.

use std::path::Path;

use dyrust_importer::PlatformRequest;
use dyrust_importer::fleet::{Fleet, FleetFile, FleetOptions};
use dyrust_importer::source::progress::Silent;

use crate::Outcome;
use crate::cargo::{Cargo, CargoError, fetch_for};
use crate::compare::compare;
use crate::importer::normalise;

/// The outcome for a program on a target.
pub struct ProgramOutcome {
    /// What the fleet file calls the program.
    pub program: String,
    /// The target.
    pub target: String,
    /// The outcome.
    pub outcome: Outcome,
}

/// Asks Cargo and dyrust for the units of each program of the fleet on each of `targets`. The workspaces are written below `scratch`.
///
/// # Errors
/// When dyrust rejects the fleet, or Cargo can't be run.
pub fn ask(file: &Path, targets: &[String], host: &str, scratch: &Path) -> Result<Vec<ProgramOutcome>, Error> {
    let file = FleetFile::read(file).map_err(dyrust_importer::Error::from)?;
    let platforms: Vec<PlatformRequest> = targets
        .iter()
        .map(|target| PlatformRequest {
            target: target.clone(),
            host: Some(host.to_owned()),
        })
        .collect();
    let fleet = Fleet::solve(&file, &platforms, &FleetOptions::default(), &Silent)?;
    let resolutions = fleet.resolve(&platforms, &Silent)?;
    let workspaces = scratch.join("workspaces");
    let wanted: Vec<String> = targets.iter().cloned().chain([host.to_owned()]).collect();
    fleet.write_workspaces(&workspaces, &Silent)?;
    let mut outcomes = Vec::with_capacity(targets.len() * resolutions.len());
    for (number, resolution) in resolutions.iter().enumerate() {
        let program = fleet.members[number].name.clone();
        let root = workspaces.join(&program);
        if let Err(error) = fetch_for(&root, &wanted) {
            match error {
                CargoError::Rejected { message } => {
                    outcomes.push(ProgramOutcome {
                        program,
                        target: "every target".to_owned(),
                        outcome: Outcome::CargoRejects(message),
                    });
                    continue;
                }
                error => return Err(error.into()),
            }
        }
        let cargo = Cargo {
            folder: root.clone(),
            target_directory: scratch.join("target"),
            home: None,
            root,
        };
        let selection = fleet
            .cargo_selection(number, resolution)
            .map_err(dyrust_importer::Error::from)?;
        for (target, ours) in targets
            .iter()
            .zip(resolution.report().map_err(dyrust_importer::Error::from)?.platforms)
        {
            let ours = normalise(ours);
            outcomes.push(ProgramOutcome {
                program: program.clone(),
                target: target.clone(),
                outcome: match cargo.unit_graph(&selection, target) {
                    Ok(theirs) => Outcome::Compared(compare(&theirs, &ours)),
                    Err(CargoError::Rejected { message }) => Outcome::CargoRejects(message),
                    Err(error) => return Err(error.into()),
                },
            });
        }
    }
    Ok(outcomes)
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
