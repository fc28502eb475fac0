//! `dyrust reproduce`: builds every node of programs a second time, in another store, and compares what came out.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use dyrust_report::elf;
use dyrust_report::visible::visible;
use serde_json::json;

use crate::arguments::ReproduceArguments;
use crate::output::{Output, print};
use crate::prefetch::nix;
use crate::{Error, Outcome};

/// Programs of dyrust's that build nodes: what is built by one of them is compared.
const BUILDERS: [&str; 2] = ["-dyrust-builder.drv\"", "-dyrust-link.drv\""];
/// The folder that the second builds work in; the first work in Nix's own.
const FOLDER: &str = "/elsewhere";
/// How many paths one call of a Nix program is given.
const BATCH: usize = 200;

/// Why nothing could be compared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReproduceError {
    /// The installables have no nodes.
    #[error("{0}: nothing of it is built by dyrust: give a program, an image or a fleet")]
    NoNodes(String),
    /// Nix says something else than was asked for.
    #[error("`nix-store {question}` named {found} of {expected} paths")]
    Answer {
        /// What was asked.
        question: String,
        /// How many there were.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
}

/// An output of a node, in both stores.
struct Compared {
    path: String,
    /// Nothing if it is the same.
    differences: Vec<String>,
}

pub(crate) fn run(arguments: &ReproduceArguments, output: &Output) -> Result<Outcome, Error> {
    let derivations = derivations(&arguments.installables)?;
    let all = lines(&nix_store(None, &["--query", "--requisites"], &derivations)?);
    let mut nodes = Vec::new();
    for derivation in all.iter().filter(|path| path.ends_with(".drv")) {
        let text = std::fs::read(derivation).map_err(|reason| Error::Unreadable(PathBuf::from(derivation), reason))?;
        let text = String::from_utf8_lossy(&text);
        if BUILDERS.iter().any(|builder| text.contains(builder)) {
            nodes.push(derivation.clone());
        }
    }
    if nodes.is_empty() {
        return Err(ReproduceError::NoNodes(arguments.installables.join(" ")).into());
    }
    output.say(&format!("building {} nodes", nodes.len()));
    nix_store(None, &["--realise", "--no-gc-warning"], &nodes)?;
    let temporary = tempfile::tempdir_in("/var/tmp").or_else(|_| tempfile::tempdir());
    let temporary = temporary.map_err(|reason| Error::Unreadable(std::env::temp_dir(), reason))?;
    let store = match &arguments.store {
        Some(folder) => std::path::absolute(folder).map_err(|reason| Error::Unreadable(folder.clone(), reason))?,
        None => temporary.path().join("store"),
    };
    output.say(&format!("copying what they are made of to {}", store.display()));
    copy_inputs(&nodes, &store)?;
    output.say(&format!("building {} nodes again", nodes.len()));
    let cores = arguments.cores.to_string();
    let again = [
        "--realise",
        "--no-gc-warning",
        "--cores",
        &cores,
        "--option",
        "sandbox-build-dir",
        FOLDER,
    ];
    nix_store(Some(&store), &again, &nodes)?;
    let outputs = lines(&nix_store(None, &["--query", "--outputs"], &nodes)?);
    let compared = compare(&outputs, &store)?;
    // Nix makes what is in a store read-only, folders too.
    if arguments.store.is_none() {
        make_writable(&store);
    }
    report(&nodes, &compared, output)
}

/// The derivations of what Nix calls installables; a derivation stands for itself.
fn derivations(installables: &[String]) -> Result<Vec<String>, Error> {
    let (mut found, other): (Vec<String>, Vec<String>) = installables
        .iter()
        .cloned()
        .partition(|installable| installable.ends_with(".drv"));
    if !other.is_empty() {
        let printed = nix("nix", |command| {
            let command = command.args(["--extra-experimental-features", "nix-command flakes"]);
            command.args(["path-info", "--derivation"]).args(&other)
        })?;
        found.extend(lines(&printed));
    }
    Ok(found)
}

/// Puts what nodes are made of, other nodes apart, into the second store: sources, the toolchain, the builder.
fn copy_inputs(nodes: &[String], store: &Path) -> Result<(), Error> {
    let known: BTreeSet<&String> = nodes.iter().collect();
    let references = lines(&nix_store(None, &["--query", "--references"], nodes)?);
    let (derivations, mut inputs): (Vec<String>, Vec<String>) = references
        .into_iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter(|path| !known.contains(path))
        .partition(|path| path.ends_with(".drv"));
    let outputs = lines(&nix_store(None, &["--query", "--outputs"], &derivations)?);
    // Of a derivation with several outputs only some may have been needed.
    inputs.extend(outputs.into_iter().filter(|path| Path::new(path).exists()));
    let to = store.display().to_string();
    for (kind, paths) in [(&[][..], &inputs), (&["--derivation"][..], &nodes.to_vec())] {
        for batch in paths.chunks(BATCH) {
            nix("nix", |command| {
                let command = command.args([
                    "--extra-experimental-features",
                    "nix-command",
                    "copy",
                    "--no-check-sigs",
                ]);
                command.args(kind).args(["--to", &to]).args(batch)
            })?;
        }
    }
    Ok(())
}

/// Runs `nix-store` on many paths, in the second store if one is given.
fn nix_store(store: Option<&Path>, arguments: &[&str], paths: &[String]) -> Result<String, Error> {
    let mut printed = String::new();
    for batch in paths.chunks(BATCH) {
        let answer = nix("nix-store", |command| {
            if let Some(store) = store {
                command.arg("--store").arg(store);
                // Another place and language than the first builds had.
                command.env("TZ", "Pacific/Chatham").env("LC_ALL", "tr_TR.UTF-8");
            }
            command.args(arguments).args(batch)
        })?;
        printed.push_str(&answer);
    }
    Ok(printed)
}

fn lines(text: &str) -> Vec<String> {
    text.lines()
        .map(str::to_owned)
        .filter(|line| !line.is_empty())
        .collect()
}

/// Compares outputs by the hashes that Nix took of them when they were built; those that differ file by file.
fn compare(outputs: &[String], store: &Path) -> Result<Vec<Compared>, Error> {
    let hashes = |store: Option<&Path>| -> Result<Vec<String>, Error> {
        let found = lines(&nix_store(store, &["--query", "--hash"], outputs)?);
        match found.len() == outputs.len() {
            true => Ok(found),
            false => Err(ReproduceError::Answer {
                question: "--query --hash".to_owned(),
                found: found.len(),
                expected: outputs.len(),
            }
            .into()),
        }
    };
    let (first, second) = (hashes(None)?, hashes(Some(store))?);
    let mut compared = Vec::with_capacity(outputs.len());
    for ((path, one), other) in outputs.iter().zip(first).zip(second) {
        let mut differences = Vec::new();
        if one != other {
            let second = store.join(path.trim_start_matches('/'));
            differ(Path::new(path), &second, "", &mut differences)?;
            if differences.is_empty() {
                differences.push("permissions or links".to_owned());
            }
        }
        compared.push(Compared {
            path: path.clone(),
            differences,
        });
    }
    Ok(compared)
}

/// Names the files in which two trees differ, with what differs in them.
fn differ(one: &Path, other: &Path, name: &str, found: &mut Vec<String>) -> Result<(), Error> {
    let names = |folder: &Path| -> Result<BTreeSet<std::ffi::OsString>, Error> {
        let unreadable = |reason| Error::Unreadable(folder.to_path_buf(), reason);
        let entries = std::fs::read_dir(folder).map_err(unreadable)?;
        entries
            .map(|entry| Ok(entry.map_err(unreadable)?.file_name()))
            .collect()
    };
    if one.is_dir() && other.is_dir() && !one.is_symlink() {
        let (first, second) = (names(one)?, names(other)?);
        for entry in first.union(&second) {
            let below = format!("{name}/{}", entry.to_string_lossy());
            if first.contains(entry) && second.contains(entry) {
                differ(&one.join(entry), &other.join(entry), &below, found)?;
            } else {
                found.push(format!("{below}: is in one only"));
            }
        }
        return Ok(());
    }
    if one.is_symlink() || other.is_symlink() {
        if std::fs::read_link(one).ok() != std::fs::read_link(other).ok() {
            found.push(format!("{name}: leads elsewhere"));
        }
        return Ok(());
    }
    let read = |file: &Path| std::fs::read(file).map_err(|reason| Error::Unreadable(file.to_path_buf(), reason));
    let (first, second) = (read(one)?, read(other)?);
    if first != second {
        match elf::differences(&first, &second) {
            Some(sections) => found.extend(sections.iter().map(|section| format!("{name}: {section}"))),
            None => {
                let at = first.iter().zip(&second).position(|(a, b)| a != b);
                let at = at.unwrap_or(first.len().min(second.len()));
                found.push(format!(
                    "{name}: from byte {at} on ({} and {} bytes)",
                    first.len(),
                    second.len()
                ));
            }
        }
    }
    Ok(())
}

/// So that the temporary folder can be removed.
fn make_writable(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let Ok(known) = path.symlink_metadata() else { continue };
        if known.is_dir() {
            set_writable(&path, known.permissions());
            make_writable(&path);
        }
    }
}

#[cfg(unix)]
fn set_writable(path: &Path, mut permissions: std::fs::Permissions) {
    use std::os::unix::fs::PermissionsExt;
    permissions.set_mode(permissions.mode() | 0o700);
    // What can't be removed is left behind, which is no failure of what was asked for.
    let _ = std::fs::set_permissions(path, permissions);
}

#[cfg(not(unix))]
fn set_writable(_path: &Path, _permissions: std::fs::Permissions) {}

fn report(nodes: &[String], compared: &[Compared], output: &Output) -> Result<Outcome, Error> {
    let differing: Vec<&Compared> = compared.iter().filter(|one| !one.differences.is_empty()).collect();
    if output.is_json() {
        let list: Vec<_> = differing
            .iter()
            .map(|one| json!({ "path": one.path, "differences": one.differences }))
            .collect();
        output.json(&json!({ "nodes": nodes.len(), "outputs": compared.len(), "differing": list }))?;
    } else {
        let mut text = String::new();
        for one in &differing {
            text.push_str(&format!("{}\n", one.path));
            for line in &one.differences {
                text.push_str(&format!("  {line}\n"));
            }
        }
        text.push_str(&format!(
            "{} nodes, {} outputs: {} differ\n",
            nodes.len(),
            compared.len(),
            differing.len()
        ));
        print(&visible(&text))?;
    }
    Ok(match differing.is_empty() {
        true => Outcome::Done,
        false => Outcome::Different,
    })
}
