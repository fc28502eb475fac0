//! A fleet as its file asks for it, for the verbs that look at it or write its graph beside it.

use std::path::Path;

use dyrust_importer::PlatformRequest;
use dyrust_importer::fleet::{Fleet, FleetFile, FleetOptions};
use dyrust_importer::graph::{self, Graph};

use crate::Error;
use crate::arguments::platforms;
use crate::import::known_graph;
use crate::output::Output;

/// The graph that lies beside a fleet file, if there is one.
pub(super) fn graph_beside(fleet: &FleetFile) -> Result<Option<Graph>, Error> {
    known_graph(&fleet.path.with_extension("json"))
}

/// A fleet as an import would have it now. What the graph beside its file has already is preferred, as by the import: what is said of the
/// fleet is said of what gets built.
pub(super) fn solve<'f>(fleet: &'f FleetFile, offline: bool, output: &Output) -> Result<Fleet<'f>, Error> {
    let earlier = graph_beside(fleet)?;
    let options = FleetOptions {
        offline,
        earlier: earlier.as_ref(),
        ..FleetOptions::default()
    };
    let progress = output.progress();
    Ok(Fleet::solve(fleet, &platforms_of(fleet), &options, progress.as_ref())?)
}

/// The graph of a fleet, as text; what an earlier graph has already is preferred.
pub(super) fn graph_text(
    fleet: &FleetFile,
    earlier: Option<&Graph>,
    offline: bool,
    output: &Output,
) -> Result<String, Error> {
    let options = FleetOptions {
        offline,
        earlier,
        ..FleetOptions::default()
    };
    let platforms = platforms_of(fleet);
    let progress = output.progress();
    let solved = Fleet::solve(fleet, &platforms, &options, progress.as_ref())?;
    Ok(graph::print(&solved.graph(&platforms, progress.as_ref())?)?)
}

/// What an import of a fleet file would write now, over an earlier graph.
pub(crate) fn text_now(file: &Path, earlier: &Graph, output: &Output) -> Result<String, Error> {
    let fleet = FleetFile::read(file)?;
    let platforms = platforms_of(&fleet);
    let progress = output.progress();
    let options = FleetOptions {
        earlier: Some(earlier),
        ..FleetOptions::default()
    };
    let solved = Fleet::solve(&fleet, &platforms, &options, progress.as_ref())?;
    let mut fresh = solved.graph(&platforms, progress.as_ref())?;
    // Another version of dyrust may write the same.
    fresh.generator.clone_from(&earlier.generator);
    Ok(graph::print(&fresh)?)
}

/// The platforms of the fleet file, or the usual ones.
pub(super) fn platforms_of(fleet: &FleetFile) -> Vec<PlatformRequest> {
    if fleet.platforms.is_empty() {
        platforms(&[], fleet.host.as_deref())
    } else {
        fleet.platforms.clone()
    }
}

pub(super) fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}
