//! `dyrust fleet import`

use std::path::PathBuf;

use dyrust_importer::fleet::{Fleet, FleetFile, FleetOptions};
use dyrust_importer::graph;

use super::solve::platforms_of;
use crate::arguments::FleetImportArguments;
use crate::import::{is_old_enough, report, write};
use crate::output::Output;
use crate::{Error, Outcome};

pub(super) fn run(arguments: &FleetImportArguments, output: &Output) -> Result<Outcome, Error> {
    let fleet = FleetFile::read(&arguments.file)?;
    let file = graph_file(arguments);
    // A graph that can't be read is written anew.
    let earlier = file.is_file().then(|| graph::read(&file).ok()).flatten();
    let options = FleetOptions {
        offline: arguments.offline,
        earlier: earlier.as_ref(),
        ..FleetOptions::default()
    };
    import_with(arguments, &fleet, &options, output)
}

fn graph_file(arguments: &FleetImportArguments) -> PathBuf {
    let given = arguments.output.clone();
    given.unwrap_or_else(|| arguments.file.with_extension("json"))
}

pub(super) fn import_with(
    arguments: &FleetImportArguments,
    fleet: &FleetFile,
    options: &FleetOptions<'_>,
    output: &Output,
) -> Result<Outcome, Error> {
    let file = graph_file(arguments);
    let platforms = platforms_of(fleet);
    let progress = output.progress();
    let solved = Fleet::solve(fleet, &platforms, options, progress.as_ref())?;
    let graph = solved.graph(&platforms, progress.as_ref())?;
    if let Some(latest) = options.latest
        && !is_old_enough(&graph, latest, &fleet.folder, options.offline, output)?
    {
        return Ok(Outcome::Refused);
    }
    let text = graph::print(&graph)?;
    let changed = std::fs::read(&file).map_or(true, |before| before != text.as_bytes());
    if changed && !arguments.check {
        write(&file, &text)?;
    }
    report(output, &file, &graph, changed, arguments.check)
}
