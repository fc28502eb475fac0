//! `dyrust fleet`

use super::Outcome;
use super::arguments::{FleetCommand, FleetImportArguments, platforms};
use super::import::{report, requests, write};
use super::output::Output;
use crate::Error;
use crate::fleet::{Fleet, FleetFile};
use crate::graph::{self, GENERATOR};
use crate::options::PlatformRequest;

pub(super) fn run(command: &FleetCommand, output: &Output) -> Result<Outcome, Error> {
    match command {
        FleetCommand::Import(arguments) => import(arguments, output),
    }
}

fn import(arguments: &FleetImportArguments, output: &Output) -> Result<Outcome, Error> {
    let fleet = FleetFile::read(&arguments.file)?;
    let file = arguments
        .output
        .clone()
        .unwrap_or_else(|| arguments.file.with_extension("json"));
    let platforms = platforms_of(&fleet);
    // A graph that can't be read is written anew.
    if let Some(graph) = file.exists().then(|| graph::read(&file).ok()).flatten()
        && graph.generator == GENERATOR
        && graph.selection.fleet.as_deref() == Some(&fleet.name)
        && requests(&graph) == platforms
        && graph.outdated(&fleet.folder)?.is_none()
    {
        return Ok(report(output, &file, &graph, false, false));
    }
    let progress = output.progress();
    let solved = Fleet::solve(&fleet, &platforms, arguments.offline, progress.as_ref())?;
    let graph = solved.graph(&platforms, progress.as_ref())?;
    let text = graph::print(&graph);
    let changed = std::fs::read(&file).map_or(true, |before| before != text.as_bytes());
    if changed && !arguments.check {
        write(&file, &text)?;
    }
    Ok(report(output, &file, &graph, changed, arguments.check))
}

/// The platforms of the fleet file, or the usual ones.
fn platforms_of(fleet: &FleetFile) -> Vec<PlatformRequest> {
    if fleet.platforms.is_empty() {
        platforms(&[], None)
    } else {
        fleet.platforms.clone()
    }
}
