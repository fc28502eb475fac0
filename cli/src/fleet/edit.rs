//! `dyrust fleet add`, `remove` and `update`: they edit the fleet file in its place, and import it.

use std::path::Path;

use dyrust_importer::fleet::{Edited, FleetEdit, FleetFile, FleetOptions, newest};
use dyrust_importer::{age, graph};
use jiff::Timestamp;

use super::import::{self, import_with};
use super::solve::folder_of;
use crate::arguments::{FleetAddArguments, FleetImportArguments, FleetRemoveArguments, FleetUpdateArguments};
use crate::import::write;
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
    let outcome = save(&arguments.file, &before, &edit, &reimport, output)?;
    say(output, &outcome, &said)?;
    Ok(outcome)
}

pub(super) fn remove(arguments: &FleetRemoveArguments, output: &Output) -> Result<Outcome, Error> {
    let before = FleetFile::text_of(&arguments.file)?;
    let mut edit = FleetEdit::new(&before, &arguments.file.display().to_string())?;
    for name in &arguments.programs {
        edit.remove(name)?;
    }
    save(
        &arguments.file,
        &before,
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
        return Err(edit.unknown(unknown, &known).into());
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
        said.push_str(&sentence(name, &edit.update(name, version.as_ref())?));
    }
    // Only if all are updated are the fleet's versions chosen anew.
    let reimport = Reimport {
        offline: false,
        anew: arguments.programs.is_empty(),
        latest,
    };
    let outcome = save(&arguments.file, &before, &edit, &reimport, output)?;
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
        Edited::Kept(version) => format!("{name} {version} stays\n"),
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

/// Writes an edited fleet file and imports it; if that fails, the file is as it was.
fn save(file: &Path, before: &str, edit: &FleetEdit, update: &Reimport, output: &Output) -> Result<Outcome, Error> {
    let Reimport { offline, anew, latest } = *update;
    let existed = file.exists();
    write(file, &edit.text())?;
    let arguments = FleetImportArguments {
        file: file.to_path_buf(),
        output: None,
        offline,
        check: false,
    };
    let outcome = if anew || latest.is_some() {
        FleetFile::read(file).map_err(Error::from).and_then(|fleet| {
            let graph = arguments.file.with_extension("json");
            let earlier = if anew || !graph.is_file() {
                None
            } else {
                graph::read(&graph).ok()
            };
            let options = FleetOptions {
                offline,
                refresh: anew,
                earlier: earlier.as_ref(),
                latest,
            };
            import_with(&arguments, &fleet, &options, output)
        })
    } else {
        import::run(&arguments, output)
    };
    if !matches!(outcome, Ok(Outcome::Done)) {
        if existed {
            write(file, before)?;
        } else {
            let _ = std::fs::remove_file(file);
        }
    }
    outcome
}
