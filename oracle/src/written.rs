//! A graph that `dyrust import` wrote, held against Cargo: what users build from is what is compared.
//!
//! Both sides are brought to what a graph has. A build script's compilation and its run are one unit; the settings of the profile are
//! those that reach a unit's rustc; a source says what kind it is, as the graph pins contents. In exchange there is more to compare: the
//! crate roots, whether there is a test harness, and the `CARGO_PKG_` facts, which `cargo metadata` and the manifests tell.

mod facts;
mod of_cargo;
mod of_graph;

use std::path::Path;

use dyrust_importer::Selection;
use dyrust_importer::graph::{self, Graph};

use crate::Outcome;
use crate::cargo::{Cargo, CargoError};
use crate::compare::compare;
use facts::Facts;

/// The outcome for one entry of a graph's platforms.
#[derive(Debug)]
pub struct OfPlatform {
    /// The triple, and ` tests` for the units of the tests.
    pub name: String,
    /// What came out.
    pub outcome: Outcome,
}

/// Compares a graph with what Cargo would build of the workspace on each of the graph's platforms that this machine is the host of.
///
/// # Errors
/// When the graph can't be read, or nothing can be compared.
pub fn ask(cargo: &Cargo, file: &Path, host: &str) -> Result<Vec<OfPlatform>, Box<dyn std::error::Error>> {
    let graph = graph::read(file)?;
    let facts = Facts::read(cargo, &graph, host)?;
    let mut found = Vec::new();
    for (number, platform) in graph.platforms.iter().enumerate() {
        // Cargo has but one host, the machine that it runs on.
        if platform.host.as_ref().unwrap_or(&platform.target) != host {
            continue;
        }
        let selection = selection(&graph, platform.tests, facts.has_library());
        let outcome = match cargo.unit_graph_text(&selection, &platform.target) {
            Ok(text) => {
                let theirs = of_cargo::units(&text, cargo, &facts)?;
                Outcome::Compared(compare(&theirs, &of_graph::units(&graph, number)?))
            }
            Err(CargoError::Rejected { message }) => Outcome::CargoRejects(message),
            Err(error) => return Err(error.into()),
        };
        let name = format!("{}{}", platform.target, if platform.tests { " tests" } else { "" });
        found.push(OfPlatform { name, outcome });
    }
    if found.is_empty() {
        return Err(format!("{} has no platform whose host is {host}", file.display()).into());
    }
    Ok(found)
}

/// What `cargo build` is asked for an entry of the platforms.
fn selection(graph: &Graph, tests: bool, has_library: bool) -> Selection {
    let asked = &graph.selection;
    let apart = asked.with_tests;
    let mut selection = Selection {
        with_tests: false,
        ..asked.clone()
    };
    if tests {
        selection.workspace |= asked.packages.is_empty();
        selection.lib = has_library;
        selection.tests = true;
        selection.bins.clear();
        selection.all_bins = false;
    } else if apart {
        selection.examples = false;
        selection.benches = false;
    }
    selection
}
