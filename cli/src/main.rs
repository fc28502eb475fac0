//! The program `dyrust`: its command line, what it prints, how it exits. The work is done by the importer and the report.

mod arguments;
mod audit;
mod built;
mod check;
mod error;
mod flake;
mod fleet;
mod graph_file;
mod import;
mod init;
mod inspect;
mod outdated;
mod output;
mod overrides;
mod pin;
mod pins_file;
mod prefetch;
mod progress;
mod report;
mod reproduce;
mod sbom;
mod signals;
mod store;
mod update_cost;

use std::process::ExitCode;

use arguments::{Arguments, Command};
use clap::Parser;
use error::Error;

/// What a command ended with, other than by an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Exit code 0.
    Done,
    /// Exit code 1: a graph, or its pins, are not current.
    Stale,
    /// Exit code 1: a report is over its budget.
    OverBudget,
    /// Exit code 1: a licence is not allowed, or a package is too young.
    Refused,
    /// Exit code 1: an advisory is about a package.
    Affected,
    /// Exit code 1: what was built twice differs.
    Different,
}

/// Exit codes: 0 if it was done, 1 if what was asked about is not as it should be (see [`Outcome`]), 2 if it failed.
fn main() -> ExitCode {
    let Arguments { command, common } = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(answer) => {
            arguments::color_of(std::env::args_os()).write_global();
            return output::answer(&answer);
        }
    };
    common.color.write_global();
    let output = output::Output::new(common);
    let outcome = match command {
        Command::Init(arguments) => init::run(arguments, &output),
        Command::Import(arguments) => import::run(arguments, &output),
        Command::Check(arguments) => check::run(&arguments, &output),
        Command::Pin(arguments) => pin::run(&arguments, &output),
        Command::Prefetch(arguments) => prefetch::run(&arguments, &output),
        Command::Fleet(command) => fleet::run(&command, &output),
        Command::Tree(arguments) => inspect::tree(&arguments, &output),
        Command::Why(arguments) => inspect::why(&arguments, &output),
        Command::Outdated(arguments) => outdated::run(&arguments, &output),
        Command::Overrides(arguments) => overrides::run(&arguments, &output),
        Command::Sbom(arguments) => sbom::run(&arguments, &output),
        Command::Audit(arguments) => audit::run(&arguments, &output),
        Command::Licenses(arguments) => sbom::licenses(&arguments, &output),
        Command::Reproduce(arguments) => reproduce::run(&arguments, &output),
        Command::Report(arguments) => report::run(&arguments, &output),
        Command::UpdateCost(arguments) => update_cost::run(&arguments, &output),
        Command::Schema => inspect::schema(&output),
        Command::Completions { shell } => inspect::completions(shell, &output),
        Command::Man => inspect::man(&output),
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Stale | Outcome::OverBudget | Outcome::Refused | Outcome::Affected | Outcome::Different) => {
            ExitCode::from(1)
        }
        Err(error) => {
            output.error(&error);
            ExitCode::from(2)
        }
    }
}
