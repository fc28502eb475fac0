//! `dyrust fleet workspace`

use std::collections::BTreeMap;

use dyrust_importer::Selection;
use dyrust_importer::fleet::FleetFile;
use serde_json::json;

use super::solve::{platforms_of, solve};
use crate::arguments::FleetWorkspaceArguments;
use crate::check::quote;
use crate::output::{Output, print};
use crate::{Error, Outcome};

pub(super) fn run(arguments: &FleetWorkspaceArguments, output: &Output) -> Result<Outcome, Error> {
    let folder = &arguments.folder;
    if std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(dyrust_importer::fleet::Error::NotEmpty(folder.clone()).into());
    }
    let fleet = FleetFile::read(arguments.fleet.file())?;
    let platforms = platforms_of(&fleet);
    let progress = output.progress();
    let solved = solve(&fleet, arguments.offline, output)?;
    let resolutions = solved.resolve(&platforms, progress.as_ref())?;
    solved.write_workspaces(folder, progress.as_ref())?;
    let commands: Vec<(&str, Vec<String>)> = resolutions
        .iter()
        .enumerate()
        .map(|(number, resolution)| {
            let name = solved.members[number].name.as_str();
            Ok((name, cargo_build(&solved.cargo_selection(number, resolution)?)))
        })
        .collect::<Result<_, Error>>()?;
    if output.is_json() {
        let commands: BTreeMap<_, _> = commands.into_iter().collect();
        output.json(&json!({ "folder": folder.display().to_string(), "commands": commands }))?;
    } else {
        for (name, command) in commands {
            print(&format!(
                "(cd {} && {})\n",
                quote(&folder.join(name).display().to_string()),
                command.join(" ")
            ))?;
        }
    }
    Ok(Outcome::Done)
}

/// The call of Cargo that builds a selection, each word as a shell reads it: a program may have any name.
fn cargo_build(selection: &Selection) -> Vec<String> {
    let mut words = ["cargo", "build", "--release", "--locked", "--no-default-features"]
        .map(str::to_owned)
        .to_vec();
    for (flag, values) in [
        ("--package", &selection.packages),
        ("--features", &selection.features),
        ("--bin", &selection.bins),
    ] {
        words.extend(values.iter().map(|value| format!("{flag}={}", quote(value))));
    }
    words
}
