//! `dyrust fleet plan`: what a fleet will cost, before it is built.

use std::collections::BTreeMap;
use std::path::Path;

use dyrust_importer::config::Config;
use dyrust_importer::fleet::{FleetFile, Plan, Size};
use dyrust_importer::graph::{self, Graph, Package, Unit, package_name};
use dyrust_importer::source::{FetchOptions, Fetcher, Request, default_source};
use dyrust_report::Table;
use dyrust_report::size::show;
use serde_json::json;

use crate::arguments::FleetPlanArguments;
use crate::inspect::number_of;
use crate::output::{Output, print};
use crate::{Error, Outcome};

pub(crate) fn run(arguments: &FleetPlanArguments, output: &Output) -> Result<Outcome, Error> {
    let file = FleetFile::read(&arguments.file)?;
    let graph_file = arguments.file.with_extension("json");
    let graph = graph::read(&graph_file)?;
    let platform = number_of(&graph, &graph_file, arguments.target.as_deref())?;
    if let Some(reason) = graph.outdated(&file.folder)? {
        let graph_file = graph_file.display();
        output.say(&format!(
            "note: {graph_file} is not current: {reason}: run `dyrust fleet import`"
        ));
    }
    let built = Built::read(&arguments.report)?;
    let archives = archives(&graph, &built, &file.folder, arguments.offline, output)?;
    let plan = Plan::new(&graph, platform, &|key, package, unit| {
        let label = label(key, package);
        match built.bytes(&label, unit) {
            Some(bytes) => Size::Built(bytes),
            None => archives.get(&label).copied().map_or(Size::Unknown, Size::Archive),
        }
    })?;
    if output.is_json() {
        output.json(&json!(plan))?;
    } else if !output.is_quiet() {
        print(&text(&plan))?;
    }
    Ok(Outcome::Done)
}

/// Name and version, as the store has them.
fn label(key: &str, package: &Package) -> String {
    format!("{}-{}", package_name(key), package.version)
}

/// What was measured of libraries and programs that are built.
#[derive(Default)]
struct Built {
    /// By the package's name and version: the bytes of each library that was built of it.
    libraries: BTreeMap<String, Vec<u64>>,
    /// By the name in the store.
    programs: BTreeMap<String, Vec<u64>>,
}

impl Built {
    fn read(reports: &[impl AsRef<Path>]) -> Result<Self, Error> {
        let mut built = Self::default();
        for file in reports {
            let report = dyrust_report::read(file.as_ref())?;
            for package in report.forms.iter().take(1).flat_map(|form| &form.packages) {
                // What tells two of one name apart stands behind it, in brackets.
                let name = package
                    .id
                    .split_once(" (")
                    .map_or(package.id.as_str(), |(name, _)| name);
                let is_program = package.objects.iter().any(|object| object.file.starts_with("bin/"));
                let known = if is_program {
                    &mut built.programs
                } else {
                    &mut built.libraries
                };
                known.entry(name.to_owned()).or_default().push(package.bytes);
            }
        }
        Ok(built)
    }

    /// The bytes of a unit; of several variants that were built, their average.
    fn bytes(&self, label: &str, unit: &Unit) -> Option<u64> {
        let known = if unit.kind.as_deref() == Some("bin") {
            let named = unit
                .name
                .as_ref()
                .and_then(|name| self.programs.get(&format!("{label}-{name}")));
            named.or_else(|| self.programs.get(label))
        } else {
            self.libraries.get(label)
        }?;
        Some(known.iter().sum::<u64>() / known.len() as u64)
    }
}

/// The bytes of the archives of what is not built, by name and version. Only the default registry's: a graph does not say where the others are.
fn archives(
    graph: &Graph,
    built: &Built,
    folder: &Path,
    offline: bool,
    output: &Output,
) -> Result<BTreeMap<String, u64>, Error> {
    let graphs = std::iter::once(graph).chain(graph.apart.values());
    let mut requests: BTreeMap<String, Request> = BTreeMap::new();
    for (key, package) in graphs.flat_map(|graph| &graph.packages) {
        let label = label(key, package);
        let has_unknown = package.units.values().any(|unit| {
            let counts = matches!(unit.kind.as_deref(), None | Some("bin")) && !unit.host;
            counts && built.bytes(&label, unit).is_none()
        });
        if has_unknown && package.sha256.is_some() && package.registry.is_none() {
            let request = Request {
                name: package_name(key).to_owned(),
                version: package.version.clone(),
                source: default_source(),
                checksum: package.sha256.clone(),
            };
            requests.insert(label, request);
        }
    }
    let config = Config::load(folder)?;
    let progress = output.progress();
    let fetcher = Fetcher::new(&config, FetchOptions { offline }, progress.as_ref());
    let (labels, requests): (Vec<String>, Vec<Request>) = requests.into_iter().unzip();
    let files = fetcher.archives(&requests)?;
    labels
        .into_iter()
        .zip(files)
        .map(|(label, file)| match std::fs::metadata(&file) {
            Ok(metadata) => Ok((label, metadata.len())),
            Err(reason) => Err(Error::Unreadable(file, reason)),
        })
        .collect()
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
    for program in &plan.programs {
        let fleet = &program.fleet;
        table.row(vec![
            program.name.clone(),
            program.libraries.to_string(),
            program.new_libraries.to_string(),
            show(program.adds),
            show(program.cargo),
            fleet.libraries.to_string(),
            show(fleet.dynamic),
            show(fleet.grouped),
            show(fleet.image),
            show(fleet.cargo),
            show(fleet.download),
            show(fleet.update),
            show(fleet.cargo_update),
        ]);
    }
    let (built, estimated) = (plan.built, plan.estimated);
    format!(
        "{}\nOn {}; bytes of {built} libraries and programs are known, of {estimated} estimated by their archives: sums are good to a fifth.\n",
        table.render(),
        plan.platform
    )
}
