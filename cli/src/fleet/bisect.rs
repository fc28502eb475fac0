//! `dyrust fleet bisect`: the highest version of a crate that compiles, found by building, and pinned in the fleet file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;

use super::solve::{folder_of, graph_beside, graph_text, solve};
use crate::arguments::FleetBisectArguments;
use crate::import::write;
use crate::output::{Output, print};
use crate::signals::Signals;
use crate::{Error, Outcome};
use dyrust_importer::CrateSpec;
use dyrust_importer::fleet::{FleetEdit, FleetFile, Version};
use dyrust_importer::graph::Graph;

pub(crate) fn run(arguments: &FleetBisectArguments, output: &Output) -> Result<Outcome, Error> {
    let files = Files::read(&arguments.file)?;
    let signals = Signals::remembered().map_err(Error::Signals)?;
    let mut tried = BTreeMap::new();
    let found = search(arguments, &files.fleet, &signals, &mut tried, output);
    match found {
        Ok(Some((version, Needed::No))) => {
            files.restore()?;
            if output.is_json() {
                let built = tried.len() + 1;
                let krate = arguments.spec.to_string();
                output.json(&json!({ "crate": krate, "version": version, "built": built, "pinned": false }))?;
            } else {
                print(&format!(
                    "nothing fails: the fleet builds as it is, with {} {version}; no pin is written\n",
                    arguments.spec.name
                ))?;
            }
            Ok(Outcome::Done)
        }
        Ok(Some((version, Needed::Yes))) => {
            if output.is_json() {
                let (built, krate) = (tried.len(), arguments.spec.to_string());
                output.json(&json!({ "crate": krate, "version": version, "built": built, "pinned": true }))?;
            } else {
                print(&format!(
                    "pin.{} = \"{version}\" in {}\n",
                    arguments.spec.name,
                    arguments.file.display()
                ))?;
            }
            Ok(Outcome::Done)
        }
        Ok(None) => {
            files.restore()?;
            Err(Error::NoneCompiles {
                name: arguments.spec.name.clone(),
                tried: tried.len(),
            })
        }
        Err(error) => Err(match files.restore() {
            Ok(()) => error,
            // Both count: why nothing was found, and that the files are not as they were.
            Err(lost) => Error::NotRestored(Box::new(error), Box::new(lost)),
        }),
    }
}

/// The graph of a fleet file.
fn graph_of(file: &Path) -> PathBuf {
    file.with_extension("json")
}

/// The fleet file and its graph as they were.
struct Files {
    file: PathBuf,
    fleet: String,
    graph_file: PathBuf,
    graph: Option<String>,
}

impl Files {
    fn read(file: &Path) -> Result<Self, Error> {
        let graph_file = graph_of(file);
        Ok(Self {
            file: file.to_owned(),
            fleet: FleetFile::text_of(file)?,
            graph: match std::fs::read_to_string(&graph_file) {
                Ok(graph) => Some(graph),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
                Err(error) => return Err(Error::Unreadable(graph_file, error)),
            },
            graph_file,
        })
    }

    fn restore(&self) -> Result<(), Error> {
        write(&self.file, &self.fleet)?;
        match &self.graph {
            Some(graph) => write(&self.graph_file, graph),
            None => match std::fs::remove_file(&self.graph_file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    Err(Error::NotRemoved(self.graph_file.clone(), error))
                }
                _ => Ok(()),
            },
        }
    }
}

/// Is a pin needed for the fleet to build?
enum Needed {
    Yes,
    No,
}

/// Finds the version; the fleet file and the graph have it then, if a pin is needed.
fn search(
    arguments: &FleetBisectArguments,
    text: &str,
    signals: &Signals,
    tried: &mut BTreeMap<Version, bool>,
    output: &Output,
) -> Result<Option<(Version, Needed)>, Error> {
    // The version says which of the crate's ranges is meant.
    let CrateSpec { name, version: wanted } = &arguments.spec;
    let fleet = FleetFile::read(&arguments.file)?;
    // What a version that was tried made of the others is no reason to keep them.
    let earlier = graph_beside(&fleet)?;
    let versions = solve(&fleet, arguments.offline, output)?.older(name, wanted.as_ref())?;
    let mut compiles = |version: &Version| -> Result<bool, Error> {
        if let Some(known) = tried.get(version) {
            return Ok(*known);
        }
        pin(arguments, text, earlier.as_ref(), (name, version), output)?;
        let compiles = build(arguments, signals)?;
        output.say(&format!(
            "{name} {version} {}",
            if compiles { "compiles" } else { "does not compile" }
        ));
        tried.insert(version.clone(), compiles);
        Ok(compiles)
    };
    let Some(last) = versions.len().checked_sub(1) else {
        return Ok(None);
    };
    let mut found = if compiles(&versions[last])? { Some(last) } else { None };
    // It is what the fleet has without a pin, unless some of its programs had another.
    if found.is_some() {
        write_unpinned(arguments, text, earlier.as_ref(), output)?;
        if build(arguments, signals)? {
            return Ok(Some((versions[last].clone(), Needed::No)));
        }
    }
    // What compiles below, and what does not above: as if there were one place where it breaks.
    let (mut low, mut high) = (0, last);
    while found != Some(last) && low < high {
        let middle = low + (high - low) / 2;
        if compiles(&versions[middle])? {
            found = Some(middle);
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    // Where it breaks below, too, any may be the one.
    for place in (0..versions.len()).rev() {
        if found.is_none() && compiles(&versions[place])? {
            found = Some(place);
        }
    }
    let Some(found) = found.and_then(|place| versions.get(place)) else {
        return Ok(None);
    };
    pin(arguments, text, earlier.as_ref(), (name, found), output)?;
    Ok(Some((found.clone(), Needed::Yes)))
}

/// Writes the fleet file as it was, and the graph that an import would write now.
fn write_unpinned(
    arguments: &FleetBisectArguments,
    text: &str,
    earlier: Option<&Graph>,
    output: &Output,
) -> Result<(), Error> {
    let fleet = FleetFile::of_text(&arguments.file, text.to_owned())?;
    let graph = graph_text(&fleet, earlier, arguments.offline, output)?;
    write(&arguments.file, text)?;
    write(&graph_of(&arguments.file), &graph)
}

/// Writes the fleet file with a pin, and the graph; what the graph before the search has is preferred.
fn pin(
    arguments: &FleetBisectArguments,
    text: &str,
    earlier: Option<&Graph>,
    (name, version): (&str, &Version),
    output: &Output,
) -> Result<(), Error> {
    let mut edit = FleetEdit::new(text, &arguments.file.display().to_string())?;
    edit.pin(name, version);
    let text = edit.text();
    let fleet = FleetFile::of_text(&arguments.file, text.clone())?;
    let graph = graph_text(&fleet, earlier, arguments.offline, output)?;
    write(&arguments.file, &text)?;
    write(&graph_of(&arguments.file), &graph)
}

/// Builds the fleet; did all compile?
fn build(arguments: &FleetBisectArguments, signals: &Signals) -> Result<bool, Error> {
    let (program, words) = match arguments.command.split_first() {
        Some((program, words)) => (PathBuf::from(program), words.to_vec()),
        // nixw names the folder of the Nix that it uses.
        None => (
            std::env::var_os("DYRUST_NIX_BIN")
                .map_or_else(|| PathBuf::from("nix"), |folder| Path::new(&folder).join("nix")),
            ["build", "--no-link"].map(str::to_owned).to_vec(),
        ),
    };
    let mut command = Command::new(&program);
    command
        .args(&words)
        .current_dir(folder_of(&arguments.file))
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let status = signals.status(&mut command).map_err(|reason| Error::NoBuild {
        command: program.display().to_string(),
        reason,
    })?;
    Ok(status.ok_or(Error::Interrupted)?.success())
}
