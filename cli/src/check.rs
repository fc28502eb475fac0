//! `dyrust check`

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::Error;
use crate::Outcome;
use crate::arguments::{CheckArguments, FLEET_NAME};
use crate::fleet;
use crate::import::{GRAPH_NAME, requests};
use crate::output::Output;
use dyrust_importer::fleet::FleetFile;
use dyrust_importer::graph::{self, Graph};
use dyrust_importer::{ImportOptions, Resolution, Selection, workspace};

pub(crate) fn run(arguments: &CheckArguments, output: &Output) -> Result<Outcome, Error> {
    if is_graph(&arguments.path) && arguments.graph.is_some() {
        return Err(Error::NoEffect {
            option: "--graph",
            why: "names a graph, as PATH does already",
        });
    }
    let (root, file) = match fleet_file(&arguments.path) {
        Some(fleet) => {
            // Of a file that is not there the graph would be said to be missing.
            if !fleet.exists() {
                FleetFile::read(&fleet)?;
            }
            let file = arguments.graph.clone().unwrap_or_else(|| fleet.with_extension("json"));
            (folder_of(&fleet), file)
        }
        None if is_graph(&arguments.path) => (folder_of(&arguments.path), arguments.path.clone()),
        None => {
            let root = match &arguments.graph {
                // The graph of a published program belongs to no workspace.
                Some(_) if workspace::find_root(&arguments.path).is_err() => arguments.path.clone(),
                _ => workspace::find_root(&arguments.path)?,
            };
            let file = arguments.graph.clone().unwrap_or_else(|| root.join(GRAPH_NAME));
            (root, file)
        }
    };
    let graph = graph::read(&file)?;
    // The graph of a fleet lies beside its file, unless the file is elsewhere.
    let root = match &graph.selection.fleet {
        Some(fleet) if !root.join(fleet).is_file() => folder_of(&file),
        _ => root,
    };
    let outdated = match graph.outdated(&root)? {
        None if graph.lock.is_some() || graph.selection.fleet.is_some() => differs(&graph, &file, &root, output)?,
        outdated => outdated,
    };
    let command = command(&graph, &file, &root);
    match &outdated {
        None => output.say(&format!("{} is current", file.display())),
        Some(reason) => output.say(&format!("{} is not current: {reason}: run `{command}`", file.display())),
    }
    output.json(&json!({ "current": outdated.is_none(), "reason": outdated, "command": command }))?;
    Ok(if outdated.is_none() {
        Outcome::Done
    } else {
        Outcome::Stale
    })
}

/// Why the graph of a workspace or a fleet is not what an import would write, though no file that it was made from has changed: Cargo's
/// configuration or the environment may have.
fn differs(graph: &Graph, file: &Path, root: &Path, output: &Output) -> Result<Option<String>, Error> {
    if let Some(fleet) = &graph.selection.fleet {
        return Ok(reason(file, &fleet::text_now(&root.join(fleet), graph, output)?));
    }
    let options = ImportOptions {
        manifest_path: root.to_path_buf(),
        platforms: requests(graph),
        selection: graph.selection.clone(),
        offline: false,
    };
    let resolution = Resolution::new(&options, output.progress().as_ref())?;
    let mut fresh = Graph::new(&resolution, &options.selection)?;
    // Another version of dyrust may write the same.
    fresh.generator.clone_from(&graph.generator);
    Ok(reason(file, &graph::print(&fresh)?))
}

fn reason(file: &Path, fresh: &str) -> Option<String> {
    let differs = std::fs::read(file).map_or(true, |before| before != fresh.as_bytes());
    differs.then(|| "an import would write another one, with the present configuration and environment".to_owned())
}

/// The fleet file that a path means: itself, or the one in a folder that has no manifest.
fn fleet_file(path: &Path) -> Option<PathBuf> {
    if path.is_dir() {
        let file = path.join(FLEET_NAME);
        return (file.is_file() && !path.join(workspace::MANIFEST_NAME).is_file()).then_some(file);
    }
    let is_manifest = path.file_name().is_some_and(|name| name == workspace::MANIFEST_NAME);
    let is_toml = path.extension().is_some_and(|extension| extension == "toml");
    (is_toml && !is_manifest).then(|| path.to_path_buf())
}

/// Is a path the file of a graph? Neither Cargo nor a fleet has one of that ending.
fn is_graph(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json") && !path.is_dir()
}

fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// The command that makes the graph of a workspace or fleet in the folder `root` anew, with what was asked for the last time.
fn command(graph: &Graph, file: &Path, root: &Path) -> String {
    let selection = &graph.selection;
    if let Some(fleet) = &selection.fleet {
        let words = ["dyrust", "fleet", "import"].map(str::to_owned).to_vec();
        let fleet = root.join(fleet);
        let shown = fleet.strip_prefix(".").unwrap_or(&fleet);
        let usual = fleet.with_extension("json");
        return joined(words, Some(quote(&shown.display().to_string())), file, &usual);
    }
    let mut words = vec!["dyrust".to_owned(), "import".to_owned()];
    words.extend(flags(selection));
    let (folder, usual) = place_of_import(graph, root);
    joined(words, folder, file, &usual)
}

/// The flags by which an import is told a selection, each with its value.
pub(crate) fn flags(selection: &Selection) -> Vec<String> {
    let mut words = Vec::new();
    let mut option = |name: &str, values: &[String]| {
        words.extend(values.iter().map(|value| format!("--{name} {}", quote(value))));
    };
    option("crate", selection.published.as_slice());
    option("package", &selection.packages);
    option("bin", &selection.bins);
    option("features", &selection.features);
    option("profile", selection.profile.as_slice());
    let flags = [
        ("workspace", selection.workspace),
        ("with-tests", selection.with_tests),
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
    words
}

/// What an import has to be told of where it is to happen, nothing if it is here, and the file that it writes then. That of a published program
/// happens anywhere.
fn place_of_import(graph: &Graph, root: &Path) -> (Option<String>, PathBuf) {
    if graph.selection.published.is_some() {
        return (None, PathBuf::from(GRAPH_NAME));
    }
    let real = |folder: &Path| std::fs::canonicalize(folder).ok();
    let here = workspace::find_root(Path::new(".")).unwrap_or_else(|_| PathBuf::from("."));
    let is_here = real(&here) == real(root);
    let folder = (!is_here).then(|| quote(&root.display().to_string()));
    (folder, root.join(GRAPH_NAME))
}

/// The words of a command that writes a graph's file, which it has to be told if it is not the usual one.
fn joined(mut words: Vec<String>, more: Option<String>, file: &Path, usual: &Path) -> String {
    words.extend(more);
    let place = |path: &Path| std::path::absolute(path).ok();
    if place(file) != place(usual) {
        words.extend(["--output".to_owned(), quote(&file.display().to_string())]);
    }
    words.join(" ")
}

/// The command that makes a graph for one more platform: those that are named take the place of those that it has.
pub(crate) fn command_for_platform(graph: &Graph, file: &Path, target: &str) -> String {
    let mut words = vec!["dyrust".to_owned(), "import".to_owned()];
    if let Some(published) = &graph.selection.published {
        words.extend(["--crate".to_owned(), quote(published)]);
    }
    let known = requests(graph);
    let targets = known.iter().map(|platform| platform.target.as_str()).chain([target]);
    words.extend(targets.flat_map(|target| ["--target".to_owned(), quote(target)]));
    if let Some(host) = known.iter().find_map(|platform| platform.host.as_deref()) {
        words.extend(["--host".to_owned(), quote(host)]);
    }
    let (folder, usual) = place_of_import(graph, &folder_of(file));
    joined(words, folder, file, &usual)
}

/// A word as a shell reads it.
pub(crate) fn quote(word: &str) -> String {
    // A zero byte is in no argument and no file's name.
    shlex::try_quote(word).unwrap_or_default().into_owned()
}
