//! `dyrust fleet`

use std::fmt::Write;

use serde_json::json;

use crate::Error;
use crate::Outcome;
use crate::arguments::{
    DiffArguments, FleetCommand, FleetImportArguments, FleetWhyArguments, FleetWorkspaceArguments, platforms,
};
use crate::import::{report, requests, write};
use crate::output::{Output, print};
use dyrust_importer::fleet::{Explanation, Fleet, FleetFile};
use dyrust_importer::graph::{self, Diff, GENERATOR};
use dyrust_importer::{PlatformRequest, Selection};

pub(crate) fn run(command: &FleetCommand, output: &Output) -> Result<Outcome, Error> {
    match command {
        FleetCommand::Import(arguments) => import(arguments, output),
        FleetCommand::Why(arguments) => why(arguments, output),
        FleetCommand::Diff(arguments) => diff(arguments, output),
        FleetCommand::Workspace(arguments) => workspace(arguments, output),
    }
}

fn workspace(arguments: &FleetWorkspaceArguments, output: &Output) -> Result<Outcome, Error> {
    let folder = &arguments.folder;
    if std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(dyrust_importer::fleet::Error::NotEmpty(folder.clone()).into());
    }
    let fleet = FleetFile::read(&arguments.file)?;
    let platforms = platforms_of(&fleet);
    let progress = output.progress();
    let solved = Fleet::solve(&fleet, &platforms, arguments.offline, progress.as_ref())?;
    let resolution = solved.resolve(&platforms, progress.as_ref())?;
    solved.write_workspace(folder, progress.as_ref())?;
    let command = cargo_build(&solved.cargo_selection(&resolution));
    if output.is_json() {
        output.json(&json!({ "folder": folder, "command": command }))?;
    } else {
        print(&format!("{}\n", command.join(" ")))?;
    }
    Ok(Outcome::Done)
}

fn import(arguments: &FleetImportArguments, output: &Output) -> Result<Outcome, Error> {
    let fleet = FleetFile::read(&arguments.file)?;
    let file = arguments
        .output
        .clone()
        .unwrap_or_else(|| arguments.file.with_extension("json"));
    let platforms = platforms_of(&fleet);
    // A graph that can't be read is written anew.
    if let Some(graph) = file.is_file().then(|| graph::read(&file).ok()).flatten()
        && graph.generator == GENERATOR
        && graph.selection.fleet.as_deref() == Some(&fleet.name)
        && requests(&graph) == platforms
        && graph.outdated(&fleet.folder)?.is_none()
    {
        return report(output, &file, &graph, false, false);
    }
    let progress = output.progress();
    let solved = Fleet::solve(&fleet, &platforms, arguments.offline, progress.as_ref())?;
    let graph = solved.graph(&platforms, progress.as_ref())?;
    let text = graph::print(&graph);
    let changed = std::fs::read(&file).map_or(true, |before| before != text.as_bytes());
    if changed && !arguments.check {
        write(&file, &text)?;
    }
    report(output, &file, &graph, changed, arguments.check)
}

/// The platforms of the fleet file, or the usual ones.
fn platforms_of(fleet: &FleetFile) -> Vec<PlatformRequest> {
    if fleet.platforms.is_empty() {
        platforms(&[], None)
    } else {
        fleet.platforms.clone()
    }
}

/// The call of Cargo that builds a selection; the names in it need no quotes.
fn cargo_build(selection: &Selection) -> Vec<String> {
    let mut words = ["cargo", "build", "--release", "--locked", "--no-default-features"]
        .map(str::to_owned)
        .to_vec();
    for (flag, values) in [
        ("--package", &selection.packages),
        ("--features", &selection.features),
        ("--bin", &selection.bins),
    ] {
        words.extend(values.iter().map(|value| format!("{flag}={value}")));
    }
    words
}

fn why(arguments: &FleetWhyArguments, output: &Output) -> Result<Outcome, Error> {
    let fleet = FleetFile::read(&arguments.file)?;
    let progress = output.progress();
    let solved = Fleet::solve(&fleet, &platforms_of(&fleet), arguments.offline, progress.as_ref())?;
    let explanation = solved.explain(&arguments.name)?;
    if output.is_json() {
        output.json(&json!(explanation))?;
    } else {
        print(&explained(&explanation))?;
    }
    Ok(Outcome::Done)
}

fn explained(explanation: &Explanation) -> String {
    let mut text = String::new();
    let name = &explanation.name;
    for chosen in &explanation.chosen {
        let _ = write!(text, "{name} {}", chosen.version);
        if !chosen.features.is_empty() {
            let _ = write!(text, " [{}]", chosen.features.join(", "));
        }
        text.push('\n');
        if let Some(program) = &chosen.program {
            let _ = writeln!(text, "  the program `{program}` of the fleet");
        }
        if let Some(several) = &chosen.several {
            let _ = writeln!(text, "  beside another of its range: {several}");
        }
        // One reason for all is said once.
        let shared = chosen.asked.first().map(|asked| &asked.reason);
        let shared = shared.filter(|reason| chosen.asked.iter().all(|asked| asked.reason == **reason));
        if let Some(reason) = shared {
            let _ = writeln!(text, "  chosen: {reason}");
        }
        for asked in &chosen.asked {
            let features = match asked.features.as_slice() {
                [] => "no default features".to_owned(),
                features => format!("features {}", features.join(", ")),
            };
            let build = if asked.kind == "build" {
                " for its build script"
            } else {
                ""
            };
            let platform = asked.platform.as_ref().map(|platform| format!(" on {platform}"));
            let reason = match shared {
                Some(_) => String::new(),
                None => format!(": {}", asked.reason),
            };
            let _ = writeln!(
                text,
                "  {} ({}) asks for {}{build}{}, {features}{reason}",
                asked.by,
                asked.members.join(", "),
                asked.requirement,
                platform.unwrap_or_default(),
            );
        }
    }
    if explanation.chosen.is_empty() {
        let _ = writeln!(text, "{name}: no joined member needs it on the fleet's platforms");
    }
    for (version, reason) in &explanation.given_up {
        let _ = writeln!(text, "{name} {version} is given up: {reason}");
    }
    text.push_str("in the locks:");
    for (member, versions) in &explanation.locks {
        let _ = write!(text, " {member} {};", versions.join(" "));
    }
    if text.ends_with(';') {
        text.pop();
    }
    text.push('\n');
    for (member, reason) in &explanation.apart {
        let _ = writeln!(text, "{member} is resolved apart: {reason}");
    }
    text
}

fn diff(arguments: &DiffArguments, output: &Output) -> Result<Outcome, Error> {
    let diff = Diff::new(&graph::read(&arguments.old)?, &graph::read(&arguments.new)?);
    if output.is_json() {
        output.json(&json!(diff))?;
        return Ok(Outcome::Done);
    }
    let mut text = String::new();
    for (name, versions) in &diff.added {
        let _ = writeln!(text, "+ {name} {}", versions.join(", "));
    }
    for (name, versions) in &diff.removed {
        let _ = writeln!(text, "- {name} {}", versions.join(", "));
    }
    for (name, (old, new)) in &diff.versions {
        let _ = writeln!(text, "  {name} {} -> {}", old.join(", "), new.join(", "));
    }
    for (package, (came, went)) in &diff.features {
        let came = came.iter().map(|feature| format!("+{feature}"));
        let changes: Vec<String> = came.chain(went.iter().map(|feature| format!("-{feature}"))).collect();
        let _ = writeln!(text, "  {package} [{}]", changes.join(" "));
    }
    for (target, rebuilt) in &diff.rebuilt {
        let _ = writeln!(
            text,
            "{target}: {} of {} units to build anew",
            rebuilt.units.len(),
            rebuilt.of
        );
        for unit in &rebuilt.units {
            let _ = writeln!(text, "    {unit}");
        }
    }
    print(&text)?;
    Ok(Outcome::Done)
}
