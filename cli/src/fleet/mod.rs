//! `dyrust fleet`

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::json;

use crate::Error;
use crate::Outcome;
use crate::arguments::{
    DiffArguments, FleetAddArguments, FleetCommand, FleetImportArguments, FleetRemoveArguments, FleetUpdateArguments,
    FleetWhyArguments, FleetWorkspaceArguments, platforms,
};
use crate::import::{is_old_enough, report, write};
use crate::output::{Output, print};
use dyrust_importer::age;
use dyrust_importer::fleet::{Edited, Explanation, Fleet, FleetEdit, FleetFile, FleetOptions, newest};
use dyrust_importer::graph::{self, Diff, Graph};
use dyrust_importer::{InternalError, PlatformRequest, Selection};

pub(crate) fn run(command: &FleetCommand, output: &Output) -> Result<Outcome, Error> {
    match command {
        FleetCommand::Add(arguments) => add(arguments, output),
        FleetCommand::Remove(arguments) => remove(arguments, output),
        FleetCommand::Update(arguments) => update(arguments, output),
        FleetCommand::Import(arguments) => import(arguments, output),
        FleetCommand::Plan(arguments) => crate::plan::run(arguments, output),
        FleetCommand::Why(arguments) => why(arguments, output),
        FleetCommand::Blame(arguments) => crate::blame::run(arguments, output),
        FleetCommand::Bisect(arguments) => crate::bisect::run(arguments, output),
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
    let options = FleetOptions {
        offline: arguments.offline,
        ..FleetOptions::default()
    };
    let solved = Fleet::solve(&fleet, &platforms, &options, progress.as_ref())?;
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
        output.json(&json!({ "folder": folder, "commands": commands }))?;
    } else {
        for (name, command) in commands {
            print(&format!(
                "(cd {} && {})\n",
                folder.join(name).display(),
                command.join(" ")
            ))?;
        }
    }
    Ok(Outcome::Done)
}

fn import(arguments: &FleetImportArguments, output: &Output) -> Result<Outcome, Error> {
    let fleet = FleetFile::read(&arguments.file)?;
    let file = graph_file(arguments);
    // A graph that can't be read is written anew.
    let earlier = file.is_file().then(|| graph::read(&file).ok()).flatten();
    let options = FleetOptions {
        offline: arguments.offline,
        earlier: earlier.as_ref(),
        ..FleetOptions::default()
    };
    import_with(arguments, &fleet, &options, output)
}

fn graph_file(arguments: &FleetImportArguments) -> PathBuf {
    let given = arguments.output.clone();
    given.unwrap_or_else(|| arguments.file.with_extension("json"))
}

fn import_with(
    arguments: &FleetImportArguments,
    fleet: &FleetFile,
    options: &FleetOptions<'_>,
    output: &Output,
) -> Result<Outcome, Error> {
    let file = graph_file(arguments);
    let platforms = platforms_of(fleet);
    let progress = output.progress();
    let solved = Fleet::solve(fleet, &platforms, options, progress.as_ref())?;
    let graph = solved.graph(&platforms, progress.as_ref())?;
    if let Some(latest) = options.latest
        && !is_old_enough(&graph, latest, &fleet.folder, options.offline, output)?
    {
        return Ok(Outcome::Refused);
    }
    let text = graph::print(&graph)?;
    let changed = std::fs::read(&file).map_or(true, |before| before != text.as_bytes());
    if changed && !arguments.check {
        write(&file, &text)?;
    }
    report(output, &file, &graph, changed, arguments.check)
}

/// Imports a fleet and writes its graph beside it, without a word; what the graph has already is preferred.
pub(crate) fn write_graph(file: &Path, offline: bool, output: &Output) -> Result<(), Error> {
    let fleet = FleetFile::read(file)?;
    let graph_file = file.with_extension("json");
    let earlier = graph_file.is_file().then(|| graph::read(&graph_file).ok()).flatten();
    let options = FleetOptions {
        offline,
        earlier: earlier.as_ref(),
        ..FleetOptions::default()
    };
    let platforms = platforms_of(&fleet);
    let progress = output.progress();
    let solved = Fleet::solve(&fleet, &platforms, &options, progress.as_ref())?;
    write(
        &graph_file,
        &graph::print(&solved.graph(&platforms, progress.as_ref())?)?,
    )
}

/// What an import of a fleet file would write now, over an earlier graph.
pub(crate) fn text_now(file: &Path, earlier: &Graph, output: &Output) -> Result<String, Error> {
    let fleet = FleetFile::read(file)?;
    let platforms = platforms_of(&fleet);
    let progress = output.progress();
    let options = FleetOptions {
        earlier: Some(earlier),
        ..FleetOptions::default()
    };
    let solved = Fleet::solve(&fleet, &platforms, &options, progress.as_ref())?;
    let mut fresh = solved.graph(&platforms, progress.as_ref())?;
    // Another version of dyrust may write the same.
    fresh.generator.clone_from(&earlier.generator);
    Ok(graph::print(&fresh)?)
}

fn add(arguments: &FleetAddArguments, output: &Output) -> Result<Outcome, Error> {
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
    for program in &arguments.programs {
        let version = match &program.version {
            Some(version) => version.to_string(),
            None => found
                .next()
                .ok_or_else(|| InternalError::new("a version of each program that is named without one"))?,
        };
        say(output, &program.name, &edit.set(&program.name, &version)?)?;
    }
    save(
        &arguments.file,
        &before,
        &edit,
        &Update::of_programs(arguments.offline),
        output,
    )
}

fn remove(arguments: &FleetRemoveArguments, output: &Output) -> Result<Outcome, Error> {
    let before = FleetFile::text_of(&arguments.file)?;
    let mut edit = FleetEdit::new(&before, &arguments.file.display().to_string())?;
    for name in &arguments.programs {
        edit.remove(name)?;
    }
    save(
        &arguments.file,
        &before,
        &edit,
        &Update::of_programs(arguments.offline),
        output,
    )
}

fn update(arguments: &FleetUpdateArguments, output: &Output) -> Result<Outcome, Error> {
    let before = FleetFile::text_of(&arguments.file)?;
    let mut edit = FleetEdit::new(&before, &arguments.file.display().to_string())?;
    let published = edit.published();
    let known: Vec<String> = published.iter().map(|(name, ..)| name.clone()).collect();
    if let Some(unknown) = arguments.programs.iter().find(|name| !known.contains(name)) {
        return Err(edit.unknown(unknown, &known).into());
    }
    let chosen = |name: &String| arguments.programs.is_empty() || arguments.programs.contains(name);
    let crates: Vec<&str> = published
        .iter()
        .filter(|(name, ..)| chosen(name))
        .map(|(_, krate, _)| krate.as_str())
        .collect();
    let progress = output.progress();
    let latest = arguments.min_age.map(age::days_ago);
    let versions = newest(&crates, folder_of(&arguments.file), false, latest, progress.as_ref())?;
    for (krate, version) in crates.iter().zip(versions) {
        say(output, krate, &edit.set(krate, &version)?)?;
    }
    // Only if all are updated are the fleet's versions chosen anew.
    save(
        &arguments.file,
        &before,
        &edit,
        &Update {
            offline: false,
            anew: arguments.programs.is_empty(),
            latest,
        },
        output,
    )
}

pub(crate) fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

fn say(output: &Output, name: &str, edited: &Edited) -> Result<(), Error> {
    if output.is_json() {
        return Ok(());
    }
    match edited {
        Edited::Added(version) => print(&format!("{name} {version} added\n")),
        Edited::Changed(before, version) => print(&format!("{name} {before} -> {version}\n")),
        Edited::Kept(version) => print(&format!("{name} {version} stays\n")),
    }
}

/// How an edited fleet is imported.
struct Update {
    offline: bool,
    /// All versions are chosen anew.
    anew: bool,
    /// No package may have been published later.
    latest: Option<Timestamp>,
}

impl Update {
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
fn save(file: &Path, before: &str, edit: &FleetEdit, update: &Update, output: &Output) -> Result<Outcome, Error> {
    let Update { offline, anew, latest } = *update;
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
        import(&arguments, output)
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

/// The platforms of the fleet file, or the usual ones.
pub(crate) fn platforms_of(fleet: &FleetFile) -> Vec<PlatformRequest> {
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

/// A fleet as its file asks for it, whatever graph there is.
pub(crate) fn solve<'f>(fleet: &'f FleetFile, offline: bool, output: &Output) -> Result<Fleet<'f>, Error> {
    let options = FleetOptions {
        offline,
        ..FleetOptions::default()
    };
    let progress = output.progress();
    Ok(Fleet::solve(fleet, &platforms_of(fleet), &options, progress.as_ref())?)
}

fn why(arguments: &FleetWhyArguments, output: &Output) -> Result<Outcome, Error> {
    let fleet = FleetFile::read(&arguments.file)?;
    let solved = solve(&fleet, arguments.offline, output)?;
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
        let _ = writeln!(text, "{name} {}", chosen.version);
        if let Some(program) = &chosen.program {
            let _ = writeln!(text, "  the program `{program}` of the fleet");
        }
        let brought = match chosen.brought.as_slice() {
            [] => "no lock has it: it is from the registry's index".to_owned(),
            members => format!("in the lock of {}", members.join(", ")),
        };
        let _ = writeln!(text, "  for {}; {brought}", chosen.members.join(", "));
        if let Some(beside) = &chosen.beside {
            let _ = writeln!(text, "  beside the version that most have: {beside}");
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
            let _ = writeln!(
                text,
                "  {} ({}) asks for {}{build}{}, {features}",
                asked.by,
                asked.members.join(", "),
                asked.requirement,
                platform.unwrap_or_default(),
            );
        }
    }
    for chosen in &explanation.chosen {
        for shared in &chosen.shared {
            let host = if shared.host {
                " for build scripts and proc macros"
            } else {
                ""
            };
            let _ = writeln!(
                text,
                "{name} {} has the features {}{host} in {}, as others ask for them",
                chosen.version,
                shared.features.join(", "),
                shared.members.join(", "),
            );
        }
    }
    if explanation
        .chosen
        .iter()
        .any(|chosen| chosen.members.len() > 1 && chosen.program.is_none())
    {
        let _ = writeln!(
            text,
            "to keep it apart, each program with its own: separate = [\"{name}\"]"
        );
    }
    if explanation.chosen.is_empty() {
        let _ = writeln!(text, "{name}: no member that shares crates needs it");
    }
    text.push_str("in the locks:");
    for (member, versions) in &explanation.locks {
        let _ = write!(text, " {member} {};", versions.join(" "));
    }
    if text.ends_with(';') {
        text.pop();
    }
    text.push('\n');
    text
}

fn diff(arguments: &DiffArguments, output: &Output) -> Result<Outcome, Error> {
    let diff = Diff::new(&graph::read(&arguments.old)?, &graph::read(&arguments.new)?)?;
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
