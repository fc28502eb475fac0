//! `dyrust fleet add`, `remove` and `update`: they edit the fleet file in its place, and import it.

use std::path::Path;

use dyrust_importer::age;
use dyrust_importer::fleet::{Edited, FleetEdit, FleetFile, FleetOptions, newest};
use jiff::Timestamp;

use super::import::Imported;
use super::solve::folder_of;
use crate::arguments::{FleetAddArguments, FleetRemoveArguments, FleetUpdateArguments};
use crate::import::{known_graph, write};
use crate::output::{Output, print};
use crate::{Error, Outcome};

pub(super) fn add(arguments: &FleetAddArguments, output: &Output) -> Result<Outcome, Error> {
    let before = if arguments.file.exists() {
        FleetFile::text_of(&arguments.file)?
    } else {
        String::new()
    };
    let unnamed: Vec<&str> = arguments
        .programs
        .iter()
        .filter(|program| program.version.is_none())
        .map(|program| program.name.as_str())
        .collect();
    let progress = output.progress();
    let mut found = newest(
        &unnamed,
        folder_of(&arguments.file),
        arguments.offline,
        None,
        progress.as_ref(),
    )?
    .into_iter();
    let mut edit = FleetEdit::new(&before, &arguments.file.display().to_string())?;
    let mut said = String::new();
    for program in &arguments.programs {
        let version = match &program.version {
            Some(version) => version.to_string(),
            None => found
                .next()
                .flatten()
                .ok_or_else(|| FleetEdit::no_release(&program.name))?
                .to_string(),
        };
        said.push_str(&sentence(&program.name, &edit.set(&program.name, &version)?));
    }
    let reimport = Reimport::of_programs(arguments.offline);
    let outcome = save(&arguments.file, &edit, &reimport, output)?;
    say(output, &outcome, &said)?;
    Ok(outcome)
}

pub(super) fn remove(arguments: &FleetRemoveArguments, output: &Output) -> Result<Outcome, Error> {
    let before = FleetFile::text_of(&arguments.file)?;
    let mut edit = FleetEdit::new(&before, &arguments.file.display().to_string())?;
    edit.remove_all(&arguments.programs)?;
    save(
        &arguments.file,
        &edit,
        &Reimport::of_programs(arguments.offline),
        output,
    )
}

pub(super) fn update(arguments: &FleetUpdateArguments, output: &Output) -> Result<Outcome, Error> {
    let before = FleetFile::text_of(&arguments.file)?;
    let mut edit = FleetEdit::new(&before, &arguments.file.display().to_string())?;
    let published = edit.published();
    let known: Vec<String> = published.iter().map(|(name, ..)| name.clone()).collect();
    if let Some(unknown) = arguments.programs.iter().find(|name| !known.contains(name)) {
        return Err(edit.not_updated(unknown, &known).into());
    }
    let chosen: Vec<_> = published
        .iter()
        .filter(|(name, ..)| arguments.programs.is_empty() || arguments.programs.contains(name))
        .collect();
    let crates: Vec<&str> = chosen.iter().map(|(_, krate, _)| krate.as_str()).collect();
    let progress = output.progress();
    let latest = arguments.min_age.map(age::days_ago);
    let versions = newest(&crates, folder_of(&arguments.file), false, latest, progress.as_ref())?;
    let mut said = String::new();
    for ((name, ..), version) in chosen.into_iter().zip(versions) {
        let edited = edit.update(name, version.as_ref())?;
        // Said even if nothing is written: it is no reason for that.
        if let Edited::Higher(before, newest) = &edited {
            let which = match arguments.min_age {
                Some(days) => format!("the newest release that is {days} days old"),
                None => "the newest release that was not withdrawn".to_owned(),
            };
            output.say(&format!("note: {name} {before} stays: {which} is {newest}"));
        } else {
            said.push_str(&sentence(name, &edited));
        }
    }
    // Only if all are updated are the fleet's versions chosen anew.
    let reimport = Reimport {
        offline: false,
        anew: arguments.programs.is_empty(),
        latest,
    };
    let outcome = save(&arguments.file, &edit, &reimport, output)?;
    say(output, &outcome, &said)?;
    Ok(outcome)
}

/// Says what was edited, once the fleet could be imported with it: else the file is as it was.
fn say(output: &Output, outcome: &Outcome, said: &str) -> Result<(), Error> {
    if output.is_json() || !matches!(outcome, Outcome::Done) {
        return Ok(());
    }
    print(said)
}

fn sentence(name: &str, edited: &Edited) -> String {
    match edited {
        Edited::Added(version) => format!("{name} {version} added\n"),
        Edited::Changed(before, version) => format!("{name} {before} -> {version}\n"),
        Edited::Kept(version) | Edited::Higher(version, _) => format!("{name} {version} stays\n"),
    }
}

/// How an edited fleet is imported.
struct Reimport {
    offline: bool,
    /// All versions are chosen anew.
    anew: bool,
    /// No package may have been published later.
    latest: Option<Timestamp>,
}

impl Reimport {
    /// Programs have come or gone.
    fn of_programs(offline: bool) -> Self {
        Self {
            offline,
            anew: false,
            latest: None,
        }
    }
}

/// Imports an edited fleet file, then writes it and its graph: what can't be imported is not written.
fn save(file: &Path, edit: &FleetEdit, reimport: &Reimport, output: &Output) -> Result<Outcome, Error> {
    let Reimport { offline, anew, latest } = *reimport;
    let text = edit.text();
    let fleet = FleetFile::of_text(file, text.clone())?;
    let graph_file = file.with_extension("json");
    let earlier = if anew { None } else { known_graph(&graph_file)? };
    let options = FleetOptions {
        offline,
        refresh: anew,
        earlier: earlier.as_ref(),
        latest,
    };
    let Some(imported) = Imported::new(graph_file, &fleet, &options, output)? else {
        return Ok(Outcome::Refused);
    };
    // A graph that can't be written is told before anything has changed.
    imported.write()?;
    write(file, &text)?;
    imported.report(false, output)
}
