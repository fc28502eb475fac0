//! The commands and their flags; help, man page and completions are made from them.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::Error;
use crate::graph_file::{Naming, named_or_usual};
use dyrust_importer::{CrateSpec, PlatformRequest, Selection};

/// The platforms of a graph if none is asked for.
const DEFAULT_TARGETS: [&str; 2] = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"];

/// The fleet file if none is given.
pub(crate) const FLEET_NAME: &str = "fleet.toml";

/// Imports Cargo.lock into a pinned crate graph that Nix builds as one dylib a crate.
#[derive(Debug, Parser)]
#[command(name = "dyrust", version, after_help = EXIT_CODES)]
pub struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) common: Common,
}

const EXIT_CODES: &str = "Exit codes: 0 done; 1 the graph is not current, the report is over its budget, a licence is not allowed, a package is too young, an advisory is about a package, or what was built twice differs; 2 wrong usage or failure.";

/// Flags of all commands.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// Say nothing but errors; what is asked for is printed.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// The form of what is printed on standard output [default: text].
    #[arg(long, global = true, value_enum)]
    pub(crate) format: Option<Format>,
    #[command(flatten)]
    pub(crate) color: colorchoice_clap::Color,
}

/// The colours that a command line asks for which was not understood, or asks for help.
pub(crate) fn color_of(words: impl IntoIterator<Item = OsString>) -> colorchoice_clap::Color {
    let mut words = words.into_iter().skip(1).take_while(|word| word != "--");
    let mut color = colorchoice_clap::Color::default();
    while let Some(word) = words.next() {
        let Some(word) = word.to_str() else { continue };
        let value = match word.strip_prefix("--color") {
            Some("") => words.next().and_then(|value| value.into_string().ok()),
            Some(rest) => rest.strip_prefix('=').map(str::to_owned),
            None => None,
        };
        if let Some(asked) = value.and_then(|value| colorchoice_clap::ColorChoice::from_str(&value, false).ok()) {
            color.color = asked;
        }
    }
    color
}

/// What writes to standard output as to a file.
pub(crate) const STANDARD_OUTPUT: &str = "/dev/stdout";

/// A file to write, where `-` is standard output, as it is for other programs.
fn file_or_standard_output(file: PathBuf) -> PathBuf {
    match file == Path::new("-") {
        true => PathBuf::from(STANDARD_OUTPUT),
        false => file,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs: one JSON value.
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a flake.nix beside a Cargo.lock, and the crate graph.
    Init(InitArguments),
    /// Resolve a workspace, or a published program, and write its crate graph.
    Import(ImportArguments),
    /// Is a graph current? If not, says which command makes it so, and exits with 1.
    Check(CheckArguments),
    /// Put all sources of graphs into the Nix store, so that builds need no network.
    Prefetch(PrefetchArguments),
    /// Write the hashes of a graph's libraries beside it: those that an update leaves as they were then keep their paths.
    Pin(PinArguments),
    /// Print the units of a graph as a tree.
    Tree(ShowArguments),
    /// Print how a crate comes to be in a graph.
    Why(WhyArguments),
    /// Print the packages of a graph of which the registry has newer releases, and which of these an update takes.
    ///
    /// An update (`cargo update`, `dyrust fleet update`) takes the newest release that all accept which depend on the package, as they are now;
    /// for a newer one the manifests of those that are named beside it have to ask for it. That is known of packages of the registry and of the
    /// workspace's own; of those from git and other registries the table takes what is compatible. Not looked at are the `rust-version` of
    /// releases, and what brings a package into a lock for other platforms than the graph's.
    Outdated(OutdatedArguments),
    /// List the crates of a graph that look for native libraries, and which of them no override of dyrust gives any.
    Overrides(TreeArguments),
    /// Resolve many programs together, so that they share their crates.
    #[command(subcommand)]
    Fleet(FleetCommand),
    /// Write what the programs of a graph, or built ones, are made of, for scanners and auditors: a bill of materials, as JSON.
    Sbom(SbomArguments),
    /// Print which security advisories are about what programs are made of; exits with 1 if there are any.
    Audit(AuditArguments),
    /// Print the licences of what the programs of a graph are made of, or hold them to a list.
    Licenses(LicensesArguments),
    /// Build every node of programs twice, in two stores, and print what differs; exits with 1 if anything does.
    Reproduce(ReproduceArguments),
    /// Report what built programs take: who shares what, what each adds, what starts and updates cost.
    Report(Box<dyrust_report::command::ReportArguments>),
    /// Print what an update costs, by two builds, two graphs that need not be built, or two files of pins.
    ///
    /// The forms, `--store` and `--nix` are of builds; `--report`, `--target` and `--offline` are of graphs.
    UpdateCost(UpdateCostArguments),
    /// Print the JSON Schema of crate graphs.
    Schema,
    /// Print a shell's completions.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    Man,
}

#[derive(Debug, Args)]
pub(crate) struct InitArguments {
    /// Folder of the workspace, or its Cargo.toml.
    #[arg(default_value = ".", value_name = "FOLDER")]
    pub(crate) path: PathBuf,
    /// The flake that flake.nix takes dyrust from, as `nix` has it: for example git+file:///a/checkout.
    #[arg(long, value_name = "URL", default_value = crate::flake::PUBLISHED, value_parser = crate::flake::url)]
    pub(crate) dyrust: String,
    /// Platform to resolve for; may be given several times [default: both Linux].
    #[arg(long, value_name = "TRIPLE")]
    pub(crate) target: Vec<String>,
    /// Cargo's flags of selection; later imports repeat them.
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Never use the network.
    #[arg(long)]
    pub(crate) offline: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// Folder of the workspace, or its Cargo.toml; of a published program, the folder whose configuration of Cargo's counts.
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    /// The same, as in Cargo.
    #[arg(long, value_name = "PATH", conflicts_with = "path")]
    pub(crate) manifest_path: Option<PathBuf>,
    /// The graph's file, `-` for standard output [default: crate-graph.json beside Cargo.lock].
    #[arg(long, short, value_name = "FILE", value_parser = PathBufValueParser::new().map(file_or_standard_output))]
    pub(crate) output: Option<PathBuf>,
    /// Platform to resolve for; may be given several times [default: those of the graph that is there, else both Linux].
    #[arg(long, value_name = "TRIPLE")]
    pub(crate) target: Vec<String>,
    /// The platform that builds: of build scripts and proc macros [default: each target itself].
    #[arg(long, value_name = "TRIPLE")]
    pub(crate) host: Option<String>,
    /// A published program from its own Cargo.lock, in place of a workspace; the newest version if none is named. Alone, it repeats what the graph
    /// of the same program was asked for.
    #[arg(long = "crate", value_name = "NAME[@VERSION]")]
    pub(crate) published: Option<String>,
    /// Cargo's flags of selection; if none is given, those of the graph that is there are repeated.
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// The tests too, resolved apart: what dev-dependencies ask for does not reach the programs.
    #[arg(long, conflicts_with_all = ["tests", "all_targets"])]
    pub(crate) with_tests: bool,
    /// Never use the network.
    #[arg(long)]
    pub(crate) offline: bool,
    /// Write nothing; exit with 1 if the graph would change.
    #[arg(long)]
    pub(crate) check: bool,
    /// Write nothing, and exit with 1, if a package was published less than so many days ago. Where the index tells no time: a warning.
    #[arg(long, value_name = "DAYS")]
    pub(crate) min_age: Option<u32>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FleetCommand {
    /// Add published programs to a fleet file, each with its newest version if none is named, and import.
    Add(FleetAddArguments),
    /// Remove programs from a fleet file, and import.
    Remove(FleetRemoveArguments),
    /// Give programs their newest versions, and import with versions chosen anew; if some are named, what the others' locks have stays.
    Update(FleetUpdateArguments),
    /// Resolve the programs of a fleet file together, and write one crate graph for all of them.
    Import(FleetImportArguments),
    /// Print what a fleet will cost, program by program, from the bytes that are known of its crates or estimated: in the dynamic form,
    /// grouped, as an image, and as cargo's static programs.
    Plan(FleetPlanArguments),
    /// Print who asks for which version of a crate, and what was chosen and why.
    Why(FleetWhyArguments),
    /// Read the log of a build that failed, and print which programs brought the versions and features, and the line that keeps them apart.
    Blame(FleetBlameArguments),
    /// Find the highest version of a crate that compiles by building it, and pin it in the fleet file.
    Bisect(FleetBisectArguments),
    /// Print what tells two graphs apart: packages, versions, features, platforms, settings, units to build anew.
    Diff(DiffArguments),
    /// Write a fleet as a workspace of Cargo's, and print the `cargo build` that builds the same there.
    Workspace(FleetWorkspaceArguments),
}

/// The fleet file of a verb that is of something else: a crate, a log, a folder.
#[derive(Debug, Args)]
pub(crate) struct FleetFileArguments {
    /// The fleet file.
    #[arg(long, default_value = FLEET_NAME)]
    file: PathBuf,
    /// The same, as it was given before there was `--file`.
    #[arg(value_name = "FILE", hide = true, conflicts_with = "file")]
    by_position: Option<PathBuf>,
}

impl FleetFileArguments {
    /// The fleet file.
    pub(crate) fn file(&self) -> &Path {
        self.by_position.as_deref().unwrap_or(&self.file)
    }
}

#[derive(Debug, Args)]
pub(crate) struct FleetAddArguments {
    /// The programs.
    #[arg(value_name = "NAME[@VERSION]", required = true)]
    pub(crate) programs: Vec<CrateSpec>,
    /// The fleet file; it is made if there is none.
    #[arg(long, default_value = FLEET_NAME)]
    pub(crate) file: PathBuf,
    /// Never use the network.
    #[arg(long)]
    pub(crate) offline: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FleetRemoveArguments {
    /// What the fleet file calls the programs.
    #[arg(value_name = "NAME", required = true)]
    pub(crate) programs: Vec<String>,
    /// The fleet file.
    #[arg(long, default_value = FLEET_NAME)]
    pub(crate) file: PathBuf,
    /// Never use the network.
    #[arg(long)]
    pub(crate) offline: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FleetUpdateArguments {
    /// Take no version that was published less than so many days ago; write nothing, and exit with 1, if a program's own lock has one.
    /// A program that has a newer version than that in the file keeps it.
    #[arg(long, value_name = "DAYS")]
    pub(crate) min_age: Option<u32>,
    /// What the fleet file calls the programs; all published ones if none is named.
    #[arg(value_name = "NAME")]
    pub(crate) programs: Vec<String>,
    /// The fleet file.
    #[arg(long, default_value = FLEET_NAME)]
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct FleetPlanArguments {
    /// The fleet file; its graph lies beside it.
    #[arg(default_value = FLEET_NAME)]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) estimate: EstimateArguments,
}

/// How what a graph's programs take is estimated, before they are built.
#[derive(Debug, Args)]
pub(crate) struct EstimateArguments {
    /// A report in JSON (`dyrust report --format json`) of something built: what it has is not estimated. May be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Vec<PathBuf>,
    /// The platform of a graph [default: its first].
    #[arg(long, value_name = "TRIPLE")]
    pub(crate) target: Option<String>,
    /// Never use the network for what is estimated.
    #[arg(long)]
    pub(crate) offline: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FleetWhyArguments {
    /// The crate: its name, or `name@version` as `cargo tree --invert` takes it, where `name@1.2` is any 1.2.
    #[arg(value_name = "CRATE[@VERSION]")]
    pub(crate) spec: String,
    #[command(flatten)]
    pub(crate) fleet: FleetFileArguments,
    /// Never use the network.
    #[arg(long)]
    pub(crate) offline: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FleetBlameArguments {
    /// What the build said; `-` for standard input.
    #[arg(value_name = "LOG")]
    pub(crate) log: PathBuf,
    #[command(flatten)]
    pub(crate) fleet: FleetFileArguments,
    /// Never use the network.
    #[arg(long)]
    pub(crate) offline: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FleetBisectArguments {
    /// The crate; with any version of those that are meant, where the fleet has it in several that are not compatible.
    #[arg(value_name = "CRATE[@VERSION]")]
    pub(crate) spec: CrateSpec,
    /// The fleet file.
    #[arg(long, default_value = FLEET_NAME)]
    pub(crate) file: PathBuf,
    /// Never use the network.
    #[arg(long)]
    pub(crate) offline: bool,
    /// What builds the fleet once it is imported, and ends with 0 if all compiles; it runs in the fleet file's folder
    /// [default: nix build --no-link].
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArguments {
    /// The graph before.
    pub(crate) old: PathBuf,
    /// The graph after.
    pub(crate) new: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct FleetWorkspaceArguments {
    /// The folder to write; it must not be there yet, or be empty.
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) fleet: FleetFileArguments,
    /// Never use the network.
    #[arg(long)]
    pub(crate) offline: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FleetImportArguments {
    /// The fleet file.
    #[arg(default_value = FLEET_NAME)]
    pub(crate) file: PathBuf,
    /// The graph's file, `-` for standard output [default: the fleet file's name with .json].
    #[arg(long, short, value_name = "FILE", value_parser = PathBufValueParser::new().map(file_or_standard_output))]
    pub(crate) output: Option<PathBuf>,
    /// Never use the network.
    #[arg(long)]
    pub(crate) offline: bool,
    /// Write nothing; exit with 1 if the graph would change.
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// Folder of the workspace, or its Cargo.toml; a fleet file; or the file of any graph.
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    /// The graph's file [default: crate-graph.json beside Cargo.lock, or the fleet file's name with .json].
    #[arg(long, value_name = "FILE")]
    pub(crate) graph: Option<PathBuf>,
}

/// What is pinned if nothing is named.
pub(crate) const INSTALLABLE: &str = ".#pins";

#[derive(Debug, Args)]
pub(crate) struct PinArguments {
    /// What Nix builds: the `pins` of `buildGraph`, `mkFlake`, or `mkImage` in the grouped form.
    #[arg(default_value = INSTALLABLE)]
    pub(crate) installable: String,
    /// The graph's file; the pins are beside it, in GRAPH.pins.json, or GRAPH.grouped.pins.json for those of a fleet's grouped form [default: crate-graph.json here, else beside the workspace's Cargo.lock].
    #[arg(long, value_name = "FILE")]
    pub(crate) graph: Option<PathBuf>,
    /// The file of the pins, in the place of the one beside the graph: that of a grouped set has a name of its own.
    #[arg(long, value_name = "FILE", conflicts_with = "graph")]
    pub(crate) file: Option<PathBuf>,
    /// Take what was built already (`nix build .#pins`) in place of running Nix.
    #[arg(long, value_name = "FILE", conflicts_with = "installable")]
    pub(crate) built: Option<PathBuf>,
    /// Write nothing; exit with 1 if the pins are not current.
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct UpdateCostArguments {
    /// The programs before the update, with a shared object a crate: a store path, a link to one such as result, or a folder. Or their graph,
    /// or its pins.
    pub(crate) old: PathBuf,
    /// The same after it.
    pub(crate) new: PathBuf,
    /// The same as groups, before and after.
    #[arg(long, value_names = ["OLD", "NEW"], num_args = 2)]
    pub(crate) grouped: Vec<PathBuf>,
    /// The same as an image, before and after.
    #[arg(long, value_names = ["OLD", "NEW"], num_args = 2)]
    pub(crate) image: Vec<PathBuf>,
    /// The same, each linked alone, before and after.
    #[arg(long = "static", value_names = ["OLD", "NEW"], num_args = 2)]
    pub(crate) static_: Vec<PathBuf>,
    /// The same as cargo builds them, before and after.
    #[arg(long, value_names = ["OLD", "NEW"], num_args = 2)]
    pub(crate) cargo: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) estimate: EstimateArguments,
    /// The store's folder [default: /nix/store].
    #[arg(long, value_name = "FOLDER")]
    pub(crate) store: Option<PathBuf>,
    /// The Nix program that is asked for closures [default: nix].
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) nix: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ReproduceArguments {
    /// What Nix builds: programs, images, fleets; or derivations (`.drv`).
    #[arg(value_name = "INSTALLABLE", default_value = ".")]
    pub(crate) installables: Vec<String>,
    /// The folder of the second store, which stays; what is in it is not built again [default: a temporary one].
    #[arg(long, value_name = "FOLDER")]
    pub(crate) store: Option<PathBuf>,
    /// How many cores each of the second builds uses.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) cores: u32,
}

#[derive(Debug, Args)]
pub(crate) struct PrefetchArguments {
    /// The graphs' files [default: crate-graph.json here, else beside the workspace's Cargo.lock].
    #[arg(value_name = "GRAPH")]
    pub(crate) graphs: Vec<PathBuf>,
    /// Never use the network.
    #[arg(long)]
    pub(crate) offline: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TreeArguments {
    /// The graph's file [default: crate-graph.json here, else beside the workspace's Cargo.lock].
    #[arg(long, value_name = "FILE")]
    pub(crate) graph: Option<PathBuf>,
    /// The platform, by its target [default: the graph's first].
    #[arg(long, value_name = "TRIPLE")]
    pub(crate) target: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArguments {
    /// Turned round: the units of a crate and what needs them. A package's name, `name@version`, or a unit's id.
    #[arg(long, short, value_name = "CRATE")]
    pub(crate) invert: Option<String>,
    /// Only one part: what programs hold, or what only builds them (build scripts, macros and what these use).
    #[arg(long, value_enum, value_name = "PART")]
    pub(crate) only: Option<Part>,
    /// How deep it goes below the roots.
    #[arg(long, value_name = "LEVELS")]
    pub(crate) depth: Option<usize>,
    /// With the bytes of each program and library, as a report has them of what was built (`dyrust report --format json`); may be given several times.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) tree: TreeArguments,
}

/// The parts of a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// What programs hold.
    Target,
    /// What only builds them.
    Host,
}

#[derive(Debug, Args)]
pub(crate) struct OutdatedArguments {
    /// The graph's file [default: crate-graph.json here, else beside the workspace's Cargo.lock].
    #[arg(long, value_name = "FILE")]
    pub(crate) graph: Option<PathBuf>,
    /// Never use the network: what is known of the registry has to do.
    #[arg(long)]
    pub(crate) offline: bool,
}

#[derive(Debug, Args)]
pub(crate) struct WhyArguments {
    /// The crate: a package's name, `name@version`, or a unit's id.
    #[arg(value_name = "CRATE")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) tree: TreeArguments,
}

#[derive(Debug, Args)]
pub(crate) struct SbomArguments {
    /// The standard to follow.
    #[arg(long = "as", value_enum, default_value_t = SbomForm::Cyclonedx)]
    pub(crate) form: SbomForm,
    /// Built programs, or folders with them (packages, images), in place of a graph: with the shared objects that are loaded with them.
    #[arg(value_name = "BUILT", conflicts_with_all = ["graph", "target"])]
    pub(crate) built: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) tree: TreeArguments,
}

/// The standards of bills of materials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SbomForm {
    /// CycloneDX 1.6.
    Cyclonedx,
    /// SPDX 2.3.
    Spdx,
}

#[derive(Debug, Args)]
pub(crate) struct AuditArguments {
    /// Built programs, or folders with them (packages, images): they say themselves what they are made of.
    #[arg(value_name = "BUILT")]
    pub(crate) built: Vec<PathBuf>,
    /// The folder of a RustSec advisory database, such as a clone of github.com/RustSec/advisory-db.
    #[arg(long = "db", value_name = "FOLDER")]
    pub(crate) database: PathBuf,
    /// A graph's file; may be given several times [default: if nothing built is given, crate-graph.json here, else beside the workspace's Cargo.lock].
    #[arg(long = "graph", value_name = "FILE")]
    pub(crate) graphs: Vec<PathBuf>,
    /// The platform of graphs, by its target [default: all of each graph].
    #[arg(long, value_name = "TRIPLE")]
    pub(crate) target: Option<String>,
    /// An advisory that is left out, by its id; may be given several times.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) ignore: Vec<String>,
    /// Count what is no vulnerability, too: crates that nobody maintains, or that are unsound.
    #[arg(long)]
    pub(crate) informational: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LicensesArguments {
    /// A licence that is allowed, by its SPDX id; may be given several times, or with commas between. Exit code 1 if a package asks for another.
    #[arg(long, value_name = "LICENCE", value_delimiter = ',')]
    pub(crate) allow: Vec<String>,
    /// Also what only builds the programs: build scripts, macros and what they use.
    #[arg(long)]
    pub(crate) build: bool,
    /// The graph's file [default: crate-graph.json here, else beside the workspace's Cargo.lock].
    #[arg(long, value_name = "FILE")]
    pub(crate) graph: Option<PathBuf>,
    /// The platform, by its target [default: all of the graph].
    #[arg(long, value_name = "TRIPLE")]
    pub(crate) target: Option<String>,
}

impl TreeArguments {
    /// The graph's file.
    pub(crate) fn file(&self) -> Result<PathBuf, Error> {
        named_or_usual(self.graph.as_deref(), Naming::Option)
    }
}

impl ImportArguments {
    /// What was asked for; none if no flag was given.
    pub(crate) fn selection(&self) -> Option<Selection> {
        let mut selection = Selection {
            published: self.published.clone(),
            with_tests: self.with_tests,
            ..self.selection.clone()
        };
        selection.profile = selection.profile.filter(|profile| profile != "release");
        (selection != Selection::default()).then_some(selection)
    }
}

/// The platforms of targets and a host, each once, as Cargo takes `--target`.
pub(crate) fn platforms(targets: &[String], host: Option<&str>) -> Vec<PlatformRequest> {
    let platform = |target: &str| PlatformRequest {
        target: target.to_owned(),
        host: host.filter(|host| *host != target).map(str::to_owned),
    };
    if targets.is_empty() {
        return DEFAULT_TARGETS.into_iter().map(platform).collect();
    }
    let mut known = BTreeSet::new();
    let listed = targets.iter().filter(|target| known.insert(target.as_str()));
    listed.map(|target| platform(target)).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use clap::{CommandFactory, Parser};
    use snapbox::{assert_data_eq, file};

    use super::{Arguments, platforms};

    /// A graph of `--target X --target X` had the platform twice, and each unit said so.
    #[test]
    fn a_platform_that_is_named_twice_is_one() {
        let names = ["b", "a", "b"].map(str::to_owned);
        let found = platforms(&names, Some("a"));
        let found: Vec<_> = found
            .iter()
            .map(|one| (one.target.as_str(), one.host.as_deref()))
            .collect();
        assert_eq!(found, [("b", Some("a")), ("a", None)]);
    }

    /// The page on the command line is made from the same data as `--help`; `SNAPSHOTS=overwrite` writes it anew.
    #[test]
    fn the_page_on_the_command_line_is_current() {
        let options = clap_markdown::MarkdownOptions::new()
            .title("Command line".to_owned())
            .show_footer(false);
        let text = clap_markdown::help_markdown_command_custom(&Arguments::command(), &options);
        assert_data_eq!(text, file!["../../docs/cli.md"].raw());
    }

    fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pages(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }

    /// Every call of `dyrust` in the pages is one that the program understands.
    #[test]
    fn commands_of_the_pages_are_understood() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut files = vec![root.join("README.md"), root.join("CONTRIBUTING.md")];
        pages(&root.join("docs"), &mut files);
        let mut calls = 0;
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            for line in text.lines().filter_map(|line| line.strip_prefix("$ ")) {
                // What is redirected, or follows in the same line, is the shell's.
                let line = line.split(['>', '|', '&', ';']).next().unwrap_or(line);
                if !["dyrust ", "nix ", "cargo "]
                    .iter()
                    .any(|start| line.starts_with(start))
                {
                    continue;
                }
                let words = shlex::split(line).unwrap();
                let start = match words.as_slice() {
                    [first, ..] if first == "dyrust" => 0,
                    // Another program of ours has arguments of its own, and a test of them.
                    words if words.iter().any(|word| word == "dyrust-oracle") => continue,
                    [first, ..] if first == "nix" || first == "cargo" => {
                        match words.iter().position(|word| word == "--") {
                            Some(at) if line.contains("dyrust") => at,
                            _ => continue,
                        }
                    }
                    _ => continue,
                };
                let call = std::iter::once("dyrust").chain(words[start + 1..].iter().map(String::as_str));
                if let Err(error) = Arguments::try_parse_from(call) {
                    panic!("{}: `{line}`: {error}", file.display());
                }
                calls += 1;
            }
        }
        assert!(calls > 20, "only {calls} calls of dyrust were found in the pages");
    }

    /// What a sentence calls a command has no argument that the command has not. A page told to run `dyrust overrides crate-graph.json`.
    #[test]
    fn commands_in_sentences_are_understood() {
        use clap::error::ErrorKind;
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut files = vec![
            root.join("README.md"),
            root.join("CONTRIBUTING.md"),
            root.join("CHANGELOG.md"),
        ];
        pages(&root.join("docs"), &mut files);
        let mut calls = 0;
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            let quoted = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
            // Usage, and what is left out, is for people.
            for call in
                quoted.filter(|call| call.starts_with("dyrust ") && !call.contains(['[', '…', '<', '(', '{', '&']))
            {
                let parsed = Arguments::try_parse_from(shlex::split(call).unwrap());
                let is_wrong = |error: &clap::Error| {
                    [ErrorKind::UnknownArgument, ErrorKind::InvalidSubcommand].contains(&error.kind())
                };
                if let Some(error) = parsed.err().filter(is_wrong) {
                    panic!("{}: `{call}`: {error}", file.display());
                }
                calls += 1;
            }
        }
        assert!(calls > 100, "only {calls} commands were found in the pages");
    }
}
