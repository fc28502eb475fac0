//! `dyrust check`

use serde_json::json;

use super::Outcome;
use super::arguments::CheckArguments;
use super::import::GRAPH_NAME;
use super::output::Output;
use crate::graph::{self, Graph};
use crate::{Error, workspace};

pub(super) fn run(arguments: &CheckArguments, output: &Output) -> Result<Outcome, Error> {
    let root = match &arguments.graph {
        // The graph of a published program belongs to no workspace.
        Some(_) if workspace::find_root(&arguments.path).is_err() => arguments.path.clone(),
        _ => workspace::find_root(&arguments.path)?,
    };
    let file = arguments.graph.clone().unwrap_or_else(|| root.join(GRAPH_NAME));
    let graph = graph::read(&file)?;
    let outdated = graph.outdated(&root)?;
    let command = command(&graph);
    match &outdated {
        None => output.say(&format!("{} is current", file.display())),
        Some(reason) => output.say(&format!("{} is not current: {reason}: run `{command}`", file.display())),
    }
    output.json(&json!({ "current": outdated.is_none(), "reason": outdated, "command": command }));
    Ok(if outdated.is_none() {
        Outcome::Done
    } else {
        Outcome::Stale
    })
}

/// The command that makes a graph anew with what was asked for the last time.
fn command(graph: &Graph) -> String {
    let selection = &graph.selection;
    let mut words = vec!["dyrust".to_owned(), "import".to_owned()];
    let mut option = |name: &str, values: &[String]| {
        for value in values {
            words.push(format!("--{name}"));
            words.push(quote(value));
        }
    };
    option("crate", selection.published.as_slice());
    option("package", &selection.packages);
    option("bin", &selection.bins);
    option("features", &selection.features);
    option("profile", selection.profile.as_slice());
    let flags = [
        ("workspace", selection.workspace),
        ("all-features", selection.all_features),
        ("no-default-features", selection.no_default_features),
        ("lib", selection.lib),
        ("bins", selection.all_bins),
        ("tests", selection.tests),
        ("examples", selection.examples),
        ("benches", selection.benches),
        ("all-targets", selection.all_targets),
    ];
    words.extend(
        flags
            .iter()
            .filter(|(_, set)| *set)
            .map(|(name, _)| format!("--{name}")),
    );
    words.join(" ")
}

/// A word as a shell reads it.
fn quote(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_./@,:+=-".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
