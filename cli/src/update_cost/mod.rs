//! `dyrust update-cost`: what an update costs, by two builds, by two graphs before either is built, or by two files of pins.

mod builds;
mod graphs;
mod pins;

use std::path::Path;

use serde_json::Value;

use crate::arguments::UpdateCostArguments;
use crate::output::Output;
use crate::{Error, Outcome};

/// What an update is told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Evidence {
    Builds,
    Graphs,
    Pins,
}

impl std::fmt::Display for Evidence {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Builds => "builds",
            Self::Graphs => "graphs",
            Self::Pins => "files of pins",
        })
    }
}

impl Evidence {
    fn of(path: &Path) -> Result<Self, Error> {
        if !path.is_file() || path.extension().is_none_or(|name| name != "json") {
            return Ok(Self::Builds);
        }
        let text = std::fs::read(path).map_err(|reason| Error::EvidenceOfUpdate(path.to_owned(), reason))?;
        let Ok(value) = serde_json::from_slice::<Value>(&text) else {
            // Reading it as a graph says where it is broken.
            return Ok(Self::Graphs);
        };
        match (value.get("toolchains"), value.get("packages")) {
            (Some(_), _) => Ok(Self::Pins),
            (None, Some(_)) => Ok(Self::Graphs),
            (None, None) => Err(Error::NotABuild(path.to_owned())),
        }
    }
}

pub(crate) fn run(arguments: &UpdateCostArguments, output: &Output) -> Result<Outcome, Error> {
    let (evidence, other) = (Evidence::of(&arguments.old)?, Evidence::of(&arguments.new)?);
    if evidence != other {
        // What is not there is of no kind.
        for path in [&arguments.old, &arguments.new] {
            std::fs::metadata(path).map_err(|reason| Error::EvidenceOfUpdate(path.clone(), reason))?;
        }
        return Err(Error::TwoKinds {
            old: arguments.old.clone(),
            new: arguments.new.clone(),
            kinds: [evidence, other],
        });
    }
    let of_builds = [
        ("--grouped", !arguments.grouped.is_empty()),
        ("--image", !arguments.image.is_empty()),
        ("--static", !arguments.static_.is_empty()),
        ("--cargo", !arguments.cargo.is_empty()),
        ("--store", arguments.store.is_some()),
        ("--nix", arguments.nix.is_some()),
    ];
    let of_graphs = [
        ("--report", !arguments.estimate.report.is_empty()),
        ("--target", arguments.estimate.target.is_some()),
        ("--offline", arguments.estimate.offline),
    ];
    let misplaced = |options: &[(&'static str, bool)], allowed: Evidence| match options.iter().find(|(_, given)| *given)
    {
        Some((option, _)) if evidence != allowed => Err(Error::OptionOfUpdate {
            option,
            allowed,
            given: evidence,
        }),
        _ => Ok(()),
    };
    misplaced(&of_builds, Evidence::Builds)?;
    misplaced(&of_graphs, Evidence::Graphs)?;
    match evidence {
        Evidence::Builds => builds::run(arguments, output),
        Evidence::Graphs => graphs::run(arguments, output),
        Evidence::Pins => pins::run(arguments, output),
    }
}
