//! What an update costs by two files of pins: the libraries, or objects of the grouped form, that have other bytes.

use std::collections::{BTreeMap, BTreeSet};

use dyrust_report::Table;
use dyrust_report::size::show;
use dyrust_report::visible::one_line;
use serde::Serialize;
use serde_json::json;

use crate::arguments::UpdateCostArguments;
use crate::output::{Output, print};
use crate::pins_file::{Pin, Pins};
use crate::{Error, Outcome};

/// Pinned outputs.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Pinned {
    outputs: u64,
    /// Nothing if a pin has none: `dyrust pin` writes them when it writes the file.
    bytes: Option<u64>,
}

impl Pinned {
    fn of<'a>(pins: impl Iterator<Item = &'a Pin>) -> Self {
        let mut pinned = Self {
            outputs: 0,
            bytes: Some(0),
        };
        for pin in pins {
            pinned.outputs += 1;
            pinned.bytes = pinned.bytes.zip(pin.bytes).map(|(sum, bytes)| sum + bytes);
        }
        pinned
    }
}

/// What an update costs on one platform with one toolchain.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct PinsCost {
    /// Platform and toolchain.
    toolchain: String,
    all: Pinned,
    /// How many were built again.
    built_again: u64,
    /// What has other bytes, and so another store path.
    by_content: Pinned,
    /// Their ids.
    changed: Vec<String>,
}

pub(super) fn run(arguments: &UpdateCostArguments, output: &Output) -> Result<Outcome, Error> {
    let (old, new) = (Pins::read(&arguments.old)?, Pins::read(&arguments.new)?);
    let nothing = BTreeMap::new();
    let costs: Vec<PinsCost> = new
        .toolchains
        .iter()
        .map(|(toolchain, pins)| {
            let known = old.toolchains.get(toolchain);
            if known.is_none() {
                let old = arguments.old.display();
                output.say(&format!(
                    "note: {old} has no pins for {toolchain}, so that all of them are new"
                ));
            }
            cost(toolchain, known.unwrap_or(&nothing), pins)
        })
        .collect();
    if output.is_json() {
        output.json(&json!({ "pins": costs }))?;
    } else {
        print(&text(&costs))?;
    }
    Ok(Outcome::Done)
}

/// An output has the path of an old one if it has its hash: the name of the file, in which all else is, is among what is hashed.
fn cost(toolchain: &str, old: &BTreeMap<String, Pin>, new: &BTreeMap<String, Pin>) -> PinsCost {
    let builds: BTreeSet<&str> = old.values().map(|pin| pin.build.as_str()).collect();
    let hashes: BTreeSet<&str> = old.values().map(|pin| pin.hash.as_str()).collect();
    let changed = || new.iter().filter(|(_, pin)| !hashes.contains(pin.hash.as_str()));
    let built_again = new.values().filter(|pin| !builds.contains(pin.build.as_str()));
    PinsCost {
        toolchain: toolchain.to_owned(),
        all: Pinned::of(new.values()),
        built_again: built_again.count() as u64,
        by_content: Pinned::of(changed().map(|(_, pin)| pin)),
        changed: changed().map(|(id, _)| id.clone()).collect(),
    }
}

fn text(costs: &[PinsCost]) -> String {
    let headings = ["pinned", "bytes", "built again", "new, by content", "bytes"];
    let bytes = |pinned: &Pinned| pinned.bytes.map_or("unknown".to_owned(), show);
    let mut text = String::new();
    for cost in costs {
        let mut table = Table::new(&headings, &[]);
        table.row(vec![
            cost.all.outputs.to_string(),
            bytes(&cost.all),
            cost.built_again.to_string(),
            cost.by_content.outputs.to_string(),
            bytes(&cost.by_content),
        ]);
        text.push_str(&format!("{}\n{}", one_line(&cost.toolchain), table.render()));
        if !cost.changed.is_empty() {
            text.push_str("\nnew, by content:\n");
        }
        for id in &cost.changed {
            text.push_str(&format!("  {}\n", one_line(id)));
        }
    }
    text.push_str("\nPrograms are not pinned: the stub of each whose libraries have other paths is new, too.\n");
    text
}
