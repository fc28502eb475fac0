//! `dyrust fleet`: a file for each of its verbs, or for those that are alike.

mod bisect;
mod blame;
mod diff;
mod edit;
mod import;
pub(crate) mod plan;
mod solve;
mod why;
mod workspace;

use crate::arguments::FleetCommand;
use crate::output::Output;
use crate::{Error, Outcome};

pub(crate) use solve::text_now;

pub(crate) fn run(command: &FleetCommand, output: &Output) -> Result<Outcome, Error> {
    match command {
        FleetCommand::Add(arguments) => edit::add(arguments, output),
        FleetCommand::Remove(arguments) => edit::remove(arguments, output),
        FleetCommand::Update(arguments) => edit::update(arguments, output),
        FleetCommand::Import(arguments) => import::run(arguments, output),
        FleetCommand::Plan(arguments) => plan::run(arguments, output),
        FleetCommand::Why(arguments) => why::run(arguments, output),
        FleetCommand::Blame(arguments) => blame::run(arguments, output),
        FleetCommand::Bisect(arguments) => bisect::run(arguments, output),
        FleetCommand::Diff(arguments) => diff::run(arguments, output),
        FleetCommand::Workspace(arguments) => workspace::run(arguments, output),
    }
}
