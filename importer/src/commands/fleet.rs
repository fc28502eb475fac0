//! `dyrust fleet`

use serde_json::json;

use super::Outcome;
use super::arguments::{FleetCommand, FleetImportArguments, FleetWorkspaceArguments, platforms};
use super::import::{report, requests, write};
use super::output::{Output, print};
use crate::Error;
use crate::fleet::{Fleet, FleetFile};
use crate::graph::{self, GENERATOR};
use crate::options::{PlatformRequest, Selection};

pub(super) fn run(command: &FleetCommand, output: &Output) -> Result<Outcome, Error> {
    match command {
        FleetCommand::Import(arguments) => import(arguments, output),
        FleetCommand::Workspace(arguments) => workspace(arguments, output),
    }
}

fn workspace(arguments: &FleetWorkspaceArguments, output: &Output) -> Result<Outcome, Error> {
    let folder = &arguments.folder;
    if std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(crate::fleet::Error::NotEmpty(folder.clone()).into());
    }
    let fleet = FleetFile::read(&arguments.file)?;
    let platforms = platforms_of(&fleet);
    let progress = output.progress();
    let solved = Fleet::solve(&fleet, &platforms, arguments.offline, progress.as_ref())?;
    let resolution = solved.resolve(&platforms, progress.as_ref())?;
    solved.write_workspace(folder, progress.as_ref())?;
    let command = cargo_build(&solved.cargo_selection(&resolution));
    if output.is_json() {
        output.json(&json!({ "folder": folder, "command": command }));
    } else {
        print(&format!("{}\n", command.join(" ")));
    }
    Ok(Outcome::Done)
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

/// The call of Cargo that builds a selection; the names in it need no quotes.
fn cargo_build(selection: &Selection) -> Vec<String> {
    let mut words = ["cargo", "build", "--release", "--locked", "--no-default-features"]
        .map(str::to_owned)
        .to_vec();
    for (flag, values) in [
        ("--package", &selection.packages),
        ("--features", &selection.features),
        ("--bin", &selection.bins),
    ] {
        words.extend(values.iter().map(|value| format!("{flag}={value}")));
    }
    words
}
