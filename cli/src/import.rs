//! `dyrust import`

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::json;

use crate::Error;
use crate::Outcome;
use crate::arguments::{FLEET_NAME, ImportArguments, STANDARD_OUTPUT, platforms};
use crate::check;
use crate::output::{Output, counted, write_out};
use dyrust_importer::age::{self, Ages};
use dyrust_importer::fleet::{FleetEdit, newest};
use dyrust_importer::graph::{self, Graph};
use dyrust_importer::workspace::Workspace;
use dyrust_importer::{CrateSpec, ImportOptions, PlatformRequest, Selection, TargetKind};
use dyrust_importer::{Resolution, workspace};

/// The graph's file if none is given.
pub(crate) const GRAPH_NAME: &str = "crate-graph.json";

pub(crate) fn run(mut arguments: ImportArguments, output: &Output) -> Result<Outcome, Error> {
    compares_with_a_file(arguments.check, arguments.output.as_deref())?;
    let newest = named_newest(&arguments, output)?;
    if let Some(newest) = &newest {
        arguments.published = Some(newest.clone());
    }
    let asked = arguments.selection();
    let names_program_alone = asked.as_ref().is_some_and(|asked| {
        let alone = Selection {
            published: asked.published.clone(),
            ..Selection::default()
        };
        asked.published.is_some() && *asked == alone
    });
    let path = arguments.manifest_path.unwrap_or(arguments.path);
    // Of a workspace it is told where it was looked for.
    if arguments.published.is_some() {
        path.metadata()
            .map_err(|reason| Error::Unreadable(path.clone(), reason))?;
    }
    let root = if arguments.published.is_some() {
        None
    } else {
        Some(workspace::find_root(&path).map_err(|error| only_fleet(&path).unwrap_or_else(|| error.into()))?)
    };
    let file = arguments.output.clone().unwrap_or_else(|| match &root {
        Some(root) => root.join(GRAPH_NAME),
        None => PathBuf::from(GRAPH_NAME),
    });
    let repeats_platforms = arguments.target.is_empty() && arguments.host.is_none();
    let known = match asked {
        Some(_) if !repeats_platforms && !names_program_alone => None,
        _ => known_graph(&file)?,
    };
    // What is told takes the place of all that was told before: nobody who adds a flag should lose the tests without a word.
    let before = match &asked {
        Some(_) => known_graph(&file)
            .ok()
            .flatten()
            .map(|graph| check::flags(&graph.selection)),
        None => None,
    };
    let known_selection = known.as_ref().map(|graph| graph.selection.clone());
    let mut notes = Vec::new();
    if let Some(newest) = newest {
        notes.push(format!(
            "note: {newest} is the newest version; `--crate {newest}` names it"
        ));
    }
    let mut selection = match (asked, known_selection) {
        (None, Some(known)) => known,
        // The same program, perhaps in another version.
        (Some(asked), Some(known)) if names_program_alone && is_of_program(&known, &asked) => Selection {
            published: asked.published,
            ..known
        },
        (asked, _) => {
            let mut selection = asked.unwrap_or_default();
            if let Some(root) = &root
                && let Some(member) = select_current(&mut selection, root, &path)?
            {
                notes.push(format!(
                    "note: of `{member}` alone, whose folder this is, as with Cargo: for all of the workspace run it in {}",
                    root.display()
                ));
            }
            selection
        }
    };
    if root.is_some() {
        selection.published = None;
    }
    let now = check::flags(&selection);
    let published = |flag: &String| flag.starts_with("--crate ");
    let forgotten: Vec<String> = before
        .into_iter()
        .flatten()
        .filter(|flag| !now.contains(flag) && !published(flag))
        .collect();
    if !forgotten.is_empty() {
        notes.push(format!(
            "note: the graph was made with `{}` before, which this import does not repeat",
            forgotten.join(" ")
        ));
    }
    let platforms = match &known {
        Some(graph) if repeats_platforms => requests(graph),
        _ => platforms(&arguments.target, arguments.host.as_deref()),
    };
    let options = ImportOptions {
        manifest_path: root.clone().unwrap_or(path),
        platforms,
        selection,
        offline: arguments.offline,
    };
    let resolution = Resolution::new(&options, output.progress().as_ref())?;
    let graph = Graph::new(&resolution, &options.selection)?;
    if let Some(package) = &options.selection.published
        && !options.selection.lib
        && is_library_alone(&graph)
    {
        let asleep = without_their_features(&resolution.workspace);
        let programs = if asleep.is_empty() {
            "has no program".to_owned()
        } else {
            format!("builds no program with the selected features ({})", asleep.join(", "))
        };
        notes.push(format!(
            "note: {package} {programs}, and no library for other languages: its Rust library is what `units` of buildGraph gives"
        ));
    }
    if let Some(days) = arguments.min_age {
        let folder = root.as_deref().unwrap_or(Path::new("."));
        if !is_old_enough((&graph, &[]), age::days_ago(days), folder, arguments.offline, output)? {
            return Ok(Outcome::Refused);
        }
    }
    let warnings: Vec<String> = resolution.workspace.warnings.iter().map(ToString::to_string).collect();
    // The program ends soon: what it took need not be given back piece by piece.
    std::mem::forget(resolution);
    let text = graph::print(&graph)?;
    let changed = differs(&file, &text);
    if changed && !arguments.check {
        write(&file, &text)?;
    }
    let outcome = report(output, (&file, &graph), &warnings, changed, arguments.check)?;
    for note in notes {
        output.say(&note);
    }
    Ok(outcome)
}

/// What is checked is a file: standard output would never be current.
///
/// # Errors
/// When it is standard output.
pub(crate) fn compares_with_a_file(check: bool, file: Option<&Path>) -> Result<(), Error> {
    match check && file == Some(Path::new(STANDARD_OUTPUT)) {
        true => Err(Error::NoEffect {
            option: "--output -",
            why: "has no graph to compare with, and `--check` writes none",
        }),
        false => Ok(()),
    }
}

/// Is nothing to be built that anybody could run or link, but for Rust's own libraries? `cargo install` refuses that.
fn is_library_alone(graph: &Graph) -> bool {
    (0..graph.platforms.len()).all(|number| {
        let here = graph.on_platform(number);
        here.roots()
            .into_iter()
            .filter_map(|id| here.unit(id))
            .all(|(_, _, unit)| {
                matches!(unit.kind.as_deref(), None | Some("lib" | "proc-macro"))
                    && !unit.types.iter().any(|kind| kind == "cdylib" || kind == "staticlib")
            })
    })
}

/// The programs of the package that need features, and which, as Cargo says of what it does not install.
fn without_their_features(workspace: &Workspace) -> Vec<String> {
    let package = workspace.current.and_then(|current| workspace.packages.get(current));
    let targets = package.into_iter().flat_map(|local| &local.package.targets);
    let mut programs: Vec<String> = targets
        .filter(|target| target.kind == TargetKind::Bin)
        .filter_map(|target| {
            let features = target.required_features.as_ref()?;
            Some(format!("`{}` needs `--features {}`", target.name, features.join(",")))
        })
        .collect();
    programs.sort_unstable();
    programs
}

/// What is wrong where a folder has a fleet file and no manifest; nothing elsewhere.
fn only_fleet(path: &Path) -> Option<Error> {
    let file = path.join(FLEET_NAME);
    (file.is_file() && !path.join(workspace::MANIFEST_NAME).is_file()).then_some(Error::OnlyFleet(file))
}

/// Has a file another text, or none yet? Nothing is read from a device or a pipe that is written to, nor from standard output: what is there is
/// another program's, and is gone on with.
pub(crate) fn differs(file: &Path, text: &str) -> bool {
    let is_read = file != Path::new(STANDARD_OUTPUT) && file.is_file();
    !is_read || std::fs::read(file).map_or(true, |before| before != text.as_bytes())
}

/// The graph in a file, for what was asked for the last time; none if there is no file.
///
/// # Errors
/// When it can't be read: what was asked for must not be forgotten without a word.
pub(crate) fn known_graph(file: &Path) -> Result<Option<Graph>, Error> {
    // Nothing is read from a device or a pipe that is written to; and an empty file, as `mktemp` makes one, says nothing.
    let is_something = || file.metadata().is_ok_and(|known| known.is_file() && known.len() > 0);
    if file == Path::new(STANDARD_OUTPUT) || !is_something() {
        return Ok(None);
    }
    let unreadable = |reason: String| {
        let file = file.to_owned();
        // However it was merged, cut off or edited, a graph begins with who made it.
        let made_here = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).contains("\"generator\": \"dyrust ");
        match std::fs::read(&file).is_ok_and(made_here) {
            true => Error::KnownGraph { file, reason },
            false => Error::NotAGraph { file, reason },
        }
    };
    match graph::read(file) {
        Ok(graph) => Ok(Some(graph)),
        // What git merged wrongly has units that refer to others which are gone, but says what was asked for.
        Err(graph::Error::Dangling { .. }) => {
            let text = std::fs::read(file).map_err(|reason| unreadable(reason.to_string()))?;
            let graph = serde_json::from_slice(&text).map_err(|reason| unreadable(reason.to_string()))?;
            Ok(Some(graph))
        }
        Err(graph::Error::Malformed { line, reason, .. }) => Err(unreadable(format!("line {line}: {reason}"))),
        Err(graph::Error::Unreadable { reason, .. }) => Err(unreadable(reason.to_string())),
        Err(other) => Err(other.into()),
    }
}

/// The published program with its newest version, where none is named; nothing if one is. What is checked was made of a version before, which
/// is to be named.
///
/// # Errors
/// When the registry can't be asked, or has no release.
fn named_newest(arguments: &ImportArguments, output: &Output) -> Result<Option<String>, Error> {
    let spec = arguments
        .published
        .as_deref()
        .and_then(|text| text.parse::<CrateSpec>().ok());
    let Some(mut spec) = spec.filter(|spec| spec.version.is_none() && !arguments.check) else {
        return Ok(None);
    };
    let latest = arguments.min_age.map(age::days_ago);
    let found = newest(
        &[&spec.name],
        Path::new("."),
        arguments.offline,
        latest,
        output.progress().as_ref(),
    )?;
    match found.into_iter().next().flatten() {
        Some(version) => spec.version = Some(version),
        None => return Err(FleetEdit::no_release(&spec.name).into()),
    }
    Ok(Some(spec.to_string()))
}

/// Is a graph that of the published program which is asked for now, in this or another version?
fn is_of_program(known: &Selection, asked: &Selection) -> bool {
    let name = |selection: &Selection| {
        let spec = selection.published.as_deref()?;
        Some(spec.split_once('@').map_or(spec, |(name, _)| name).to_owned())
    };
    name(known) == name(asked)
}

/// Was every package of a registry published at `latest` or before, but for those that were named with their versions? Says which were not.
pub(crate) fn is_old_enough(
    (graph, named): (&Graph, &[(&str, &str)]),
    latest: Timestamp,
    folder: &Path,
    offline: bool,
    output: &Output,
) -> Result<bool, Error> {
    let Ages { mut young, unknown } = Ages::of(graph, latest, folder, offline, output.progress().as_ref())?;
    young.retain(|(name, version, _)| !named.contains(&(name.as_str(), version.as_str())));
    for (name, version, time) in &young {
        output.warn(&format!("too young: {name} {version} was published at {time}"));
    }
    if !unknown.is_empty() {
        output.warn(&format!("of unknown age: {}", unknown.join(", ")));
    }
    Ok(young.is_empty())
}

/// In the folder of a member Cargo selects that member, which is returned; the graph is always the workspace's.
fn select_current(selection: &mut Selection, root: &Path, path: &Path) -> Result<Option<String>, Error> {
    if selection.workspace || !selection.packages.is_empty() {
        return Ok(None);
    }
    let folder = if path.is_dir() {
        path
    } else {
        path.parent().unwrap_or(path)
    };
    let folder = std::path::absolute(folder).map(|folder| dyrust_importer::manifest::normalize(&folder));
    if folder.is_ok_and(|folder| folder == *root) {
        return Ok(None);
    }
    let workspace = workspace::load(path, &[])?;
    let current = workspace.current.and_then(|current| workspace.packages.get(current));
    let name = current.map(|member| member.package.name.to_string());
    selection.packages.extend(name.clone());
    Ok(name)
}

/// The platforms that a graph was made for; those of a first import if it has none, as no import writes it.
pub(crate) fn requests(graph: &Graph) -> Vec<PlatformRequest> {
    if graph.platforms.is_empty() {
        return platforms(&[], None);
    }
    let request = |platform: &graph::Platform| PlatformRequest {
        target: platform.target.clone(),
        host: platform.host.clone(),
    };
    graph
        .platforms
        .iter()
        .filter(|platform| !platform.tests)
        .map(request)
        .collect()
}

/// Says what a graph has, and before that what Cargo warns of in the manifests that it was made of.
pub(crate) fn report(
    output: &Output,
    (file, graph): (&Path, &Graph),
    warnings: &[String],
    changed: bool,
    only_check: bool,
) -> Result<Outcome, Error> {
    let units: usize = graph.packages.values().map(|package| package.units.len()).sum();
    let what = match (changed, only_check) {
        (false, _) => "is current",
        (true, false) => "written",
        (true, true) => "is not current",
    };
    for warning in warnings {
        output.say(&format!("warning: {warning}"));
    }
    output.say(&format!(
        "{} {what}: {}, {}, {}",
        file.display(),
        counted(graph.packages.len(), "package"),
        counted(units, "unit"),
        counted(requests(graph).len(), "platform")
    ));
    for notice in &graph.notices {
        output.say(&format!("note: {}", notice.text));
    }
    // A graph that was written there is the one value that is read from there.
    if only_check || file != Path::new(STANDARD_OUTPUT) {
        output.json(&json!({
            "graph": file.display().to_string(),
            "changed": changed,
            "packages": graph.packages.len(),
            "units": units,
            "notices": graph.notices,
            "warnings": warnings,
        }))?;
    }
    Ok(if changed && only_check {
        Outcome::Stale
    } else {
        Outcome::Done
    })
}

/// Writes a graph, or another file of the user's, as a whole or not at all; to standard output after what is there.
pub(crate) fn write(file: &Path, text: &str) -> Result<(), Error> {
    if file == Path::new(STANDARD_OUTPUT) {
        return write_out(text);
    }
    let fail = |reason| graph::Error::Unwritable {
        file: file.to_path_buf(),
        reason,
    };
    Ok(dyrust_nar::whole::write(file, text.as_bytes()).map_err(fail)?)
}
