//! `dyrust fleet plan`: what a fleet will cost, before it is built.

pub(crate) mod prediction;

use std::collections::BTreeMap;
use std::path::Path;

use dyrust_importer::config::Config;
use dyrust_importer::fleet::FleetFile;
use dyrust_importer::graph::{self, Graph, Package, Unit, package_name};
use dyrust_importer::source::archive::SourceBytes;
use dyrust_importer::source::{FetchOptions, Fetcher, Request, default_source};
use dyrust_report::size::show;
use dyrust_report::{Form, Table};
use serde_json::json;

use crate::arguments::{EstimateArguments, FLEET_NAME, FleetPlanArguments};
use crate::built::{BuiltSizes, is_of_programs, label};
use crate::check::quote;
use crate::inspect::number_of;
use crate::output::{Output, print};
use crate::{Error, Outcome};
use prediction::{Estimate, Plan, Size};

pub(crate) fn run(arguments: &FleetPlanArguments, output: &Output) -> Result<Outcome, Error> {
    let file = FleetFile::read(&arguments.file)?;
    let graph_file = arguments.file.with_extension("json");
    let graph = match graph_file.exists() {
        true => graph::read(&graph_file)?,
        false => {
            let command = import_of(&arguments.file);
            return Err(Error::NoFleetGraph {
                file: graph_file,
                command,
            });
        }
    };
    let platform = number_of(&graph, &graph_file, arguments.estimate.target.as_deref())?;
    if let Some(reason) = graph.outdated(&file.folder)? {
        let graph_file = graph_file.display();
        output.say(&format!(
            "note: {graph_file} is not current: {reason}: run `{}`",
            import_of(&arguments.file)
        ));
    }
    let plan = estimate(&graph, platform, &arguments.estimate, &file.folder, output)?.plan();
    if output.is_json() {
        output.json(&json!(plan))?;
    } else {
        print(&text(&plan))?;
    }
    Ok(Outcome::Done)
}

/// The command that writes the graph of a fleet file.
fn import_of(fleet: &Path) -> String {
    match fleet == Path::new(FLEET_NAME) {
        true => "dyrust fleet import".to_owned(),
        false => format!("dyrust fleet import {}", quote(&fleet.display().to_string())),
    }
}

/// What the programs of a graph take on one platform: by what was built, else by the sources. `folder` is that of Cargo's configuration.
pub(crate) fn estimate<'a>(
    graph: &'a Graph,
    platform: usize,
    arguments: &EstimateArguments,
    folder: &Path,
    output: &Output,
) -> Result<Estimate<'a>, Error> {
    let built = BuiltSizes::read(&arguments.report)?;
    let sources = sources(graph, &built, folder, arguments.offline, output)?;
    let size = |key: &str, package: &Package, unit: &Unit| {
        let source = || sources.get(&label(key, package)).copied();
        match built.bytes(key, package, unit) {
            Some(bytes) => Size::Built(bytes),
            None => source().map_or(Size::Unknown, Size::Source),
        }
    };
    Ok(Estimate::new(graph, platform, &size)?)
}

/// How much source the packages have of which something is not built, by name and version. Only the default registry's: a graph does not say where the others are.
fn sources(
    graph: &Graph,
    built: &BuiltSizes,
    folder: &Path,
    offline: bool,
    output: &Output,
) -> Result<BTreeMap<String, SourceBytes>, Error> {
    let graphs = std::iter::once(graph).chain(graph.apart.values());
    let mut requests: BTreeMap<String, Request> = BTreeMap::new();
    for (key, package) in graphs.flat_map(|graph| &graph.packages) {
        let has_unknown = package
            .units
            .values()
            .any(|unit| is_of_programs(unit) && built.bytes(key, package, unit).is_none());
        if has_unknown && package.sha256.is_some() && package.registry.is_none() {
            let request = Request {
                name: package_name(key).to_owned(),
                version: package.version.clone(),
                source: default_source(),
                checksum: package.sha256.clone(),
            };
            requests.insert(label(key, package), request);
        }
    }
    let config = Config::load(folder)?;
    let progress = output.progress();
    let fetcher = Fetcher::new(&config, FetchOptions { offline }, progress.as_ref());
    let (labels, requests): (Vec<String>, Vec<Request>) = requests.into_iter().unzip();
    let sources = fetcher.source_bytes(&requests)?;
    Ok(labels
        .into_iter()
        .zip(sources)
        .filter_map(|(label, source)| Some((label, source?)))
        .collect())
}

fn text(plan: &Plan) -> String {
    let headings = [
        "program",
        "libraries",
        "new",
        "adds",
        "cargo",
        "| all: libraries",
        "dynamic",
        "grouped",
        "image",
        "cargo",
        "download",
        "update",
        "cargo's",
    ];
    let mut table = Table::new(&headings, &[]);
    let mut libraries = 0;
    for (position, program) in plan.programs.iter().enumerate() {
        let point = |form| plan.curves.get(&form).and_then(|points| points.get(position));
        let bytes = |form| point(form).map(|point| show(point.bytes)).unwrap_or_default();
        let update = |form| point(form).and_then(|point| point.update).map(show).unwrap_or_default();
        let download = point(Form::Dynamic).and_then(|point| point.download);
        libraries += program.new_libraries;
        table.row(vec![
            program.name.clone(),
            program.libraries.to_string(),
            program.new_libraries.to_string(),
            show(program.adds),
            show(program.cargo),
            libraries.to_string(),
            bytes(Form::Dynamic),
            bytes(Form::Grouped),
            bytes(Form::Image),
            bytes(Form::Cargo),
            download.map(show).unwrap_or_default(),
            update(Form::Dynamic),
            update(Form::Cargo),
        ]);
    }
    let (built, estimated) = (plan.built, plan.estimated);
    format!(
        "{}\nOn {}; bytes of {built} libraries and programs are known, of {estimated} estimated by their sources: sums are good to a fifth.\n",
        table.render(),
        plan.platform
    )
}
