//! `dyrust fleet import`

use std::path::PathBuf;

use dyrust_importer::fleet::{Fleet, FleetFile, FleetOptions, ProgramSource};
use dyrust_importer::graph::{self, Graph};

use super::solve::platforms_of;
use crate::arguments::FleetImportArguments;
use crate::import::{compares_with_a_file, differs, is_old_enough, known_graph, report, write};
use crate::output::Output;
use crate::{Error, Outcome};

pub(super) fn run(arguments: &FleetImportArguments, output: &Output) -> Result<Outcome, Error> {
    compares_with_a_file(arguments.check, arguments.output.as_deref())?;
    let fleet = FleetFile::read(&arguments.file)?;
    let beside = || arguments.file.with_extension("json");
    let file = arguments.output.clone().unwrap_or_else(beside);
    let earlier = known_graph(&file)?;
    let options = FleetOptions {
        offline: arguments.offline,
        earlier: earlier.as_ref(),
        ..FleetOptions::default()
    };
    let Some(imported) = Imported::new(file, &fleet, &options, output)? else {
        return Ok(Outcome::Refused);
    };
    if !arguments.check {
        imported.write()?;
    }
    imported.report(arguments.check, output)
}

/// The graph of a fleet, not yet written.
pub(super) struct Imported {
    file: PathBuf,
    graph: Graph,
    text: String,
    /// Is it another one than the file has?
    changed: bool,
}

impl Imported {
    /// Resolves a fleet, for a graph in this file; none if a package is too young.
    pub(super) fn new(
        file: PathBuf,
        fleet: &FleetFile,
        options: &FleetOptions<'_>,
        output: &Output,
    ) -> Result<Option<Self>, Error> {
        let platforms = platforms_of(fleet);
        let progress = output.progress();
        let solved = Fleet::solve(fleet, &platforms, options, progress.as_ref())?;
        let graph = solved.graph(&platforms, progress.as_ref())?;
        // What the file names was chosen by who wrote it.
        let published = fleet.programs.values().filter_map(|program| match &program.source {
            ProgramSource::Published { name, version } => Some((name.as_str(), version.as_str())),
            _ => None,
        });
        let named: Vec<(&str, &str)> = published.collect();
        if let Some(latest) = options.latest
            && !is_old_enough((&graph, &named), latest, &fleet.folder, options.offline, output)?
        {
            return Ok(None);
        }
        let text = graph::print(&graph)?;
        let changed = differs(&file, &text);
        Ok(Some(Self {
            file,
            graph,
            text,
            changed,
        }))
    }

    /// Writes the graph, if it is another one than the file has.
    pub(super) fn write(&self) -> Result<(), Error> {
        if self.changed {
            write(&self.file, &self.text)
        } else {
            Ok(())
        }
    }

    /// Says what it has.
    pub(super) fn report(&self, only_check: bool, output: &Output) -> Result<Outcome, Error> {
        // Whose manifests they are may be many; each import of their own says it.
        report(output, (&self.file, &self.graph), &[], self.changed, only_check)
    }
}
