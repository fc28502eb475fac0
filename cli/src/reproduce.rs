//! `dyrust reproduce`: builds every node of programs a second time, in another store, and compares what came out.

use std::collections::BTreeSet;
use std::fs::File;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use dyrust_nar::whole::is_abandoned;
use dyrust_report::elf;
use dyrust_report::visible::visible;
use serde_json::json;
use tempfile::TempDir;

use crate::arguments::ReproduceArguments;
use crate::output::{Output, counted, print};
use crate::prefetch::{PrefetchError, nix, nix_aloud};
use crate::{Error, Outcome};

/// Programs of dyrust's that build nodes: what is built by one of them is compared.
const BUILDERS: [&str; 2] = ["-dyrust-builder.drv\"", "-dyrust-link.drv\""];
/// The folder that the second builds work in; the first work in Nix's own.
const FOLDER: &str = "/elsewhere";
/// Where temporary files may be large.
const LARGE: &str = "/var/tmp";
/// What the name of a temporary second store begins with.
const TEMPORARY: &str = "dyrust-reproduce-";
/// The file in it that is locked.
const IN_USE: &str = "in-use";
/// How many paths one call of a Nix program is given.
const BATCH: usize = 200;

/// Why nothing could be compared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReproduceError {
    /// The installables have no nodes.
    #[error("{0}: nothing of it is built by dyrust: give a program, an image or a fleet")]
    NoNodes(String),
    /// There is no place for the second store.
    #[error("{}: no folder can be made in it for the second store: {reason}: give one by --store", .folder.display())]
    NoFolder {
        /// Where it was tried.
        folder: PathBuf,
        /// What the system says.
        reason: std::io::Error,
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
    let all = lines(&nix_store(&["--query", "--requisites"], &derivations)?);
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
    realise(None, &[], &nodes, output)?;
    // It is removed however this ends.
    let temporary;
    let store = match &arguments.store {
        Some(folder) => std::path::absolute(folder).map_err(|reason| Error::Unreadable(folder.clone(), reason))?,
        None => {
            temporary = TemporaryStore::new()?;
            temporary.folder.path().join("store")
        }
    };
    output.say(&format!("copying what they are made of to {}", store.display()));
    copy_inputs(&nodes, &store, output)?;
    output.say(&format!("building {} nodes again", nodes.len()));
    let cores = arguments.cores.to_string();
    let again = ["--cores", &cores, "--option", "sandbox-build-dir", FOLDER];
    realise(Some(&store), &again, &nodes, output)?;
    let outputs = lines(&nix_store(&["--query", "--outputs"], &nodes)?);
    let compared = compare(&outputs, &store)?;
    report(&nodes, &compared, output)
}

/// The folder of a second store that does not stay.
struct TemporaryStore {
    folder: TempDir,
    /// Locked as long as it is used.
    _in_use: File,
}

impl TemporaryStore {
    fn new() -> Result<Self, ReproduceError> {
        Self::new_in(Path::new(LARGE)).or_else(|_| Self::new_in(&std::env::temp_dir()))
    }

    fn new_in(parent: &Path) -> Result<Self, ReproduceError> {
        let no_folder = |reason| ReproduceError::NoFolder {
            folder: parent.to_owned(),
            reason,
        };
        let folder = tempfile::Builder::new().prefix(TEMPORARY).tempdir_in(parent);
        let folder = folder.map_err(no_folder)?;
        let user = folder.path().metadata().map_err(no_folder)?.uid();
        for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
            let is_users = entry
                .metadata()
                .is_ok_and(|known| known.is_dir() && known.uid() == user);
            if is_users && is_abandoned(&entry, TEMPORARY) && !is_in_use(&entry.path()) {
                make_writable(&entry.path());
                // What can't be removed is left behind, which is no failure of what was asked for.
                let _ = std::fs::remove_dir_all(entry.path());
            }
        }
        let in_use = File::create(folder.path().join(IN_USE)).map_err(no_folder)?;
        // Where there are no locks, a day has to do.
        let _ = in_use.try_lock();
        Ok(Self {
            folder,
            _in_use: in_use,
        })
    }
}

/// Builds may take more than a day.
fn is_in_use(folder: &Path) -> bool {
    File::open(folder.join(IN_USE)).is_ok_and(|file| file.try_lock().is_err())
}

impl Drop for TemporaryStore {
    /// Nix makes what is in a store read-only, folders too, and then nothing in them can be removed.
    fn drop(&mut self) {
        make_writable(self.folder.path());
    }
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
fn copy_inputs(nodes: &[String], store: &Path, output: &Output) -> Result<(), Error> {
    let known: BTreeSet<&String> = nodes.iter().collect();
    let references = lines(&nix_store(&["--query", "--references"], nodes)?);
    let (derivations, mut inputs): (Vec<String>, Vec<String>) = references
        .into_iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter(|path| !known.contains(path))
        .partition(|path| path.ends_with(".drv"));
    let outputs = lines(&nix_store(&["--query", "--outputs"], &derivations)?);
    // Of a derivation with several outputs only some may have been needed.
    inputs.extend(outputs.into_iter().filter(|path| Path::new(path).exists()));
    let to = store.display().to_string();
    for (kind, paths) in [(&[][..], &inputs), (&["--derivation"][..], &nodes.to_vec())] {
        for batch in paths.chunks(BATCH) {
            nix_aloud("nix", output, |command| {
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

/// Builds derivations, in the second store if one is given.
fn realise(store: Option<&Path>, options: &[&str], derivations: &[String], output: &Output) -> Result<(), Error> {
    for batch in derivations.chunks(BATCH) {
        nix_aloud("nix-store", output, |command| {
            in_store(command, store);
            command.args(["--realise", "--no-gc-warning"]).args(options).args(batch)
        })?;
    }
    Ok(())
}

/// Asks `nix-store` about many paths.
fn nix_store(question: &[&str], paths: &[String]) -> Result<String, Error> {
    nix_store_in(None, question, paths)
}

/// The same in the second store, if one is given.
fn nix_store_in(store: Option<&Path>, question: &[&str], paths: &[String]) -> Result<String, Error> {
    let mut printed = String::new();
    for batch in paths.chunks(BATCH) {
        let answer = nix("nix-store", |command| {
            in_store(command, store);
            command.args(question).args(batch)
        })?;
        printed.push_str(&answer);
    }
    Ok(printed)
}

fn in_store(command: &mut Command, store: Option<&Path>) {
    if let Some(store) = store {
        command.arg("--store").arg(store);
        // Another place and language than the first builds had.
        command.env("TZ", "Pacific/Chatham").env("LC_ALL", "tr_TR.UTF-8");
    }
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
        let found = lines(&nix_store_in(store, &["--query", "--hash"], outputs)?);
        match found.len() == outputs.len() {
            true => Ok(found),
            false => Err(PrefetchError::Answer {
                program: "nix-store --query --hash".to_owned(),
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

/// So that a folder can be removed.
fn make_writable(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let Ok(known) = path.symlink_metadata() else { continue };
        if known.is_dir() {
            let mut permissions = known.permissions();
            permissions.set_mode(permissions.mode() | 0o700);
            // What can't be removed is left behind, which is no failure of what was asked for.
            let _ = std::fs::set_permissions(&path, permissions);
            make_writable(&path);
        }
    }
}

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
            "{}, {}: {} differ\n",
            counted(nodes.len(), "node"),
            counted(compared.len(), "output"),
            differing.len()
        ));
        print(&visible(&text))?;
    }
    Ok(match differing.is_empty() {
        true => Outcome::Done,
        false => Outcome::Different,
    })
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::time::SystemTime;

    use super::*;

    fn names(folder: &Path) -> BTreeSet<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    /// Whatever failed before the report left a store of gigabytes, which is read-only.
    #[test]
    fn a_temporary_store_is_removed_though_it_is_read_only() {
        let parent = tempfile::tempdir().unwrap();
        let store = TemporaryStore::new_in(parent.path()).unwrap();
        let package = store.folder.path().join("store/package");
        fs::create_dir_all(package.join("lib")).unwrap();
        fs::write(package.join("lib/file"), "").unwrap();
        for folder in [package.join("lib"), package] {
            fs::set_permissions(folder, Permissions::from_mode(0o555)).unwrap();
        }
        drop(store);
        assert!(names(parent.path()).is_empty());
    }

    #[test]
    fn what_killed_ones_left_is_removed() {
        let parent = tempfile::tempdir().unwrap();
        let used = TemporaryStore::new_in(parent.path()).unwrap();
        let at = |name: &str| parent.path().join(name);
        let (killed, other, recent) = (
            "dyrust-reproduce-aB3dEf",
            "dyrust-reproduce-mine",
            "dyrust-reproduce-recent",
        );
        for name in [killed, other, recent] {
            fs::create_dir_all(at(name).join("store")).unwrap();
        }
        fs::set_permissions(at(killed).join("store"), Permissions::from_mode(0o555)).unwrap();
        let used = used.folder.path();
        for folder in [used.to_owned(), at(killed), at(other)] {
            File::open(folder)
                .unwrap()
                .set_modified(SystemTime::UNIX_EPOCH)
                .unwrap();
        }
        drop(TemporaryStore::new_in(parent.path()).unwrap());
        let used = used.file_name().unwrap().to_str().unwrap();
        let left = [used, other, recent].map(str::to_owned);
        assert_eq!(names(parent.path()), BTreeSet::from(left));
    }
}
