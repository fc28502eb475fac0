//! The command `dyrust-oracle`: are dyrust's units those of Cargo?
//!
//! Exit codes: 0 equal, 1 different, 2 no comparison was possible.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use dyrust_importer::{CrateSpec, Selection};
use dyrust_oracle::cargo::{Cargo, fetch, workspace_root};
use dyrust_oracle::table::{Page, RANDOM};
use dyrust_oracle::{Outcome, ask, fleet, host_triple, published, suite, written};
use dyrust_report::visible::{indented, visible};

/// Compares dyrust's units with those of `cargo build --unit-graph`: prints `equal`, or the first differences.
///
/// Exits with 0 if they are equal on every platform, 1 if not, 2 if no comparison was possible.
#[derive(Parser)]
#[command(name = "dyrust-oracle", version)]
struct Arguments {
    /// Folder of a Cargo project.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// A published program, from Cargo's cache, in place of a folder.
    #[arg(long = "crate", value_name = "NAME@VERSION", conflicts_with = "path")]
    published: Option<CrateSpec>,
    /// The programs of a fleet, each as the workspace that `dyrust fleet workspace` writes, in place of a folder.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["path", "published", "Selection"])]
    fleet: Option<PathBuf>,
    /// The graph that `dyrust import` wrote of the folder, in place of a selection: compared are its units, with their crate roots and
    /// `CARGO_PKG_` facts, on all its platforms.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["published", "fleet", "target", "Selection"])]
    graph: Option<PathBuf>,
    /// Platform to resolve for; may be given several times [default: those of `dyrust import`].
    #[arg(long, value_name = "TRIPLE")]
    target: Vec<String>,
    #[command(flatten)]
    selection: Selection,
    /// Compare everything that the repository at PATH has, and write the page to FILE.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["published", "fleet", "graph", "target", "Selection"])]
    table: Option<PathBuf>,
    /// The section of the page that is made anew, by its heading; may be given several times [default: all].
    #[arg(long, value_name = "HEADING", requires = "table")]
    only: Vec<String>,
    /// How many random workspaces the table tells of [default: 2000].
    #[arg(long, requires = "table")]
    cases: Option<u64>,
    /// The first of their seeds [default: 1].
    #[arg(long, requires = "table")]
    seed: Option<u64>,
    /// How many differences are printed for each platform.
    #[arg(long, default_value_t = 10)]
    limit: usize,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            // As the other programs print theirs. Where nobody reads the standard error, the exit code still tells.
            let _ = writeln!(std::io::stderr(), "error: {}", indented(&visible(&error.to_string())));
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Arguments) -> Result<bool, Box<dyn std::error::Error>> {
    if let Some(file) = &arguments.table {
        return write_table(file, &arguments);
    }
    let scratch = tempfile::tempdir()?;
    let mut targets = arguments.target.clone();
    if targets.is_empty() {
        targets = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"]
            .map(str::to_owned)
            .to_vec();
    }
    if let Some(file) = &arguments.fleet {
        let found = fleet::ask(file, &targets, &host_triple(Path::new("."))?, scratch.path())?;
        if found.is_empty() {
            return Err("every program of the fleet is `isolated`, and has no lock of the fleet's: give each by --crate or its folder".into());
        }
        let (names, outcomes): (Vec<String>, Vec<Outcome>) = found
            .into_iter()
            .map(|found| (format!("{} on {}", found.program, found.target), found.outcome))
            .unzip();
        return report(&names, &outcomes, arguments.limit);
    }
    let folder = match &arguments.published {
        Some(package) => {
            let CrateSpec { name, version } = package;
            let version = version
                .as_ref()
                .ok_or_else(|| format!("--crate {package}: expected NAME@VERSION"))?
                .to_string();
            let folder = published::unpack(&published::crate_file(name, &version)?, scratch.path())?.canonicalize()?;
            fetch(&folder)?;
            folder
        }
        None => arguments.path.canonicalize()?,
    };
    let cargo = Cargo {
        root: workspace_root(&folder)?,
        folder: folder.clone(),
        target_directory: scratch.path().join("target"),
        home: None,
    };
    std::fs::create_dir_all(&cargo.target_directory)?;
    if let Some(file) = &arguments.graph {
        let found = written::ask(&cargo, file, &host_triple(&folder)?)?;
        let (names, outcomes): (Vec<String>, Vec<Outcome>) =
            found.into_iter().map(|found| (found.name, found.outcome)).unzip();
        return report(&names, &outcomes, arguments.limit);
    }
    let outcomes = ask(&cargo, &arguments.selection, &targets, &host_triple(&folder)?)?;
    report(&targets, &outcomes, arguments.limit)
}

/// Prints a line, or several, of what came out: names and messages in it are of others. A reader that went away is no error.
fn print(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{}", visible(text)).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

/// Prints what came out; true if everything is equal.
fn report(targets: &[String], outcomes: &[Outcome], limit: usize) -> Result<bool, Box<dyn std::error::Error>> {
    for (target, outcome) in targets.iter().zip(outcomes) {
        match outcome {
            Outcome::Compared(comparison) if comparison.is_equal() => print(&format!(
                "{target}: equal ({} units, {} dependencies)",
                comparison.cargo_units, comparison.edges
            ))?,
            Outcome::Compared(comparison) => {
                print(&format!(
                    "{target}: {} differences ({} units in cargo, {} in dyrust)",
                    comparison.differences.len(),
                    comparison.cargo_units,
                    comparison.dyrust_units
                ))?;
                for difference in comparison.differences.iter().take(limit) {
                    print(&indented(&difference.to_string()))?;
                }
            }
            Outcome::BothReject(message) | Outcome::CargoRejects(message) => return Err(message.clone().into()),
            Outcome::OtherReasons { cargo, dyrust } => {
                print(&format!(
                    "{target}: each rejects for another reason: cargo: {}\ndyrust: {}",
                    indented(cargo),
                    indented(dyrust)
                ))?;
            }
            Outcome::DyrustRejects(message) => print(&format!(
                "{target}: dyrust rejects what cargo accepts: {}",
                indented(message)
            ))?,
        }
    }
    if outcomes.iter().all(Outcome::is_equal) {
        print("equal")?;
        return Ok(true);
    }
    Ok(false)
}

/// How many random workspaces the table tells of, and the first of their seeds, if nothing is said.
const CASES: u64 = 2000;
const SEED: u64 = 1;

const FIXTURES: &str = "Fixtures";
const TEMPLATES: &str = "Templates";
const PAST_FAILURES: &str = "Past failures";
const SOURCES: &str = "Sources";
const PUBLISHED: &str = "Published programs";

/// Runs the suites and writes the page; false if anything differs.
fn write_table(file: &Path, arguments: &Arguments) -> Result<bool, Box<dyn std::error::Error>> {
    let headings = [FIXTURES, TEMPLATES, PAST_FAILURES, SOURCES, PUBLISHED, RANDOM];
    if let Some(unknown) = arguments.only.iter().find(|name| !headings.contains(&name.as_str())) {
        return Err(format!("--only {unknown:?}: expected one of {}", headings.join(", ")).into());
    }
    let is_named = |heading: &str| arguments.only.is_empty() || arguments.only.iter().any(|name| name == heading);
    let of_random = [("--cases", arguments.cases), ("--seed", arguments.seed)];
    if let Some((option, _)) = of_random.iter().find(|(_, given)| given.is_some() && !is_named(RANDOM)) {
        return Err(
            format!("`{option}` is of the section `{RANDOM}`, which `--only` leaves as it is: leave it out").into(),
        );
    }
    let is_wanted = |heading: &str| {
        let is_wanted = is_named(heading);
        if is_wanted {
            let _ = writeln!(std::io::stderr(), "{heading}");
        }
        is_wanted
    };
    let repository = arguments.path.canonicalize()?;
    let host = host_triple(&repository)?;
    let this = std::env::current_exe()?;
    let version = std::process::Command::new(Cargo::program()).arg("--version").output()?;
    let mut page = Page {
        cargo: String::from_utf8_lossy(&version.stdout).trim().to_owned(),
        ..Page::default()
    };
    let folders = [
        (
            FIXTURES,
            "checks/fixtures",
            "Each folder of `checks/fixtures/`: one rule of Cargo's each. Default, no default and all features on four platforms, then the whole workspace, its tests, examples and benches, the profile `dev`, and what the fixture's file `selections` lists.",
        ),
        (TEMPLATES, "templates", "The folders of `templates/`, asked the same."),
        (
            PAST_FAILURES,
            "oracle/regressions",
            "Random workspaces, shrunk, on which dyrust once differed.",
        ),
    ];
    for (heading, folder, about) in folders {
        if is_wanted(heading) {
            page.suites
                .push((heading, about, suite::fixtures::run(&repository.join(folder), &host)?));
        }
    }
    if is_wanted(SOURCES) {
        let mut sources = suite::git::run(&this)?;
        sources.extend(suite::registries::run(&this)?);
        sources.extend(suite::sources::run(&this)?);
        page.suites.push((
            SOURCES,
            "Made in a temporary folder by the test itself: git repositories, registries, patches, vendored folders; default, no default and all features on four platforms.",
            sources,
        ));
    }
    if is_wanted(PUBLISHED) {
        let programs = suite::corpus::parse(&std::fs::read_to_string(repository.join("oracle/corpus.tsv"))?)?;
        page.suites.push((
            PUBLISHED,
            "The programs of `oracle/corpus.tsv` as they are in the registry, with their own locks; default, no default and all features on four platforms.",
            suite::corpus::run(programs, &host)?,
        ));
    }
    let mut wrong: Vec<String> = page
        .suites
        .iter()
        .flat_map(|(_, _, rows)| rows)
        .flat_map(|row| row.failures.clone())
        .collect();
    if is_wanted(RANDOM) {
        let seed = arguments.seed.unwrap_or(SEED);
        let (tally, failures) = suite::random(seed, arguments.cases.unwrap_or(CASES), &host)?;
        page.random = Some((seed, tally, failures.len()));
        wrong.extend(failures.into_iter().map(|failure| failure.text));
    }
    for text in wrong.iter().take(arguments.limit) {
        print(&format!("{text}\n"))?;
    }
    let text = if arguments.only.is_empty() {
        page.render()
    } else {
        let there = std::fs::read_to_string(file)?;
        page.put_into(&there)
            .map_err(|error| format!("{}: {error}", file.display()))?
    };
    // Whole or not at all: the page is committed.
    let next = file.with_extension("md.new");
    std::fs::write(&next, text)?;
    std::fs::rename(&next, file)?;
    Ok(wrong.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page of the oracle says how it was made; that takes too long to be run by a check of the pages.
    #[test]
    fn the_command_that_writes_the_page_is_one() {
        let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/oracle.md")).unwrap();
        let command = page
            .lines()
            .find_map(|line| line.strip_prefix("$ cargo run --release -p "))
            .unwrap();
        let words = command.split(' ').filter(|word| *word != "--");
        let arguments = Arguments::try_parse_from(words).unwrap();
        assert_eq!(arguments.table, Some(PathBuf::from("docs/oracle.md")));
    }
}
