//! `dyrust prefetch`: puts all sources of graphs into the Nix store, under the names that nixpkgs' fetchers give them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use crate::Outcome;
use crate::arguments::PrefetchArguments;
use crate::graph_file::{Naming, named_or_usual};
use crate::output::Output;
use crate::{Error, store};
use dyrust_importer::config::{Config, SourcePlace};
use dyrust_importer::graph::{self, Graph, Package, package_name};
use dyrust_importer::lock::Lock;
use dyrust_importer::source::{FetchOptions, Fetcher, Request, default_source, hex, remove_abandoned};
use dyrust_importer::{LockOwner, Symbol};

/// How many paths one call of a Nix program is given.
const BATCH: usize = 250;

/// What the name of the folder begins with from which sources are added.
const TEMPORARY: &str = ".prefetch-";

/// Why sources could not be put into the store.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum PrefetchError {
    #[error(
        "`{program}` could not be started: {reason}: put Nix on PATH, or call dyrust by a checkout: `nixw run dyrust -- prefetch GRAPH`"
    )]
    NoNix { program: String, reason: std::io::Error },
    #[error("`{program}` failed: {message}")]
    Nix { program: String, message: String },
    #[error("{place}: the hash `{hash}` is not a sha256 in SRI form: run `dyrust import` to write the graph anew")]
    Hash { place: String, hash: String },
    #[error("{place}: the revision `{rev}` is no commit: run `dyrust import` to write the graph anew")]
    Revision { place: String, rev: String },
    #[error(
        "{file}: the source of {package} is stored as {found}, but {expected} was expected: it is not what the graph pins: delete the file and run the command again, or run `dyrust import` if the package was replaced"
    )]
    Mismatch {
        file: String,
        package: String,
        found: String,
        expected: String,
    },
    #[error("`{program}` named {found} of {expected} paths")]
    Answer {
        program: String,
        found: usize,
        expected: usize,
    },
    #[error(
        "{file}: {package} is of the registry `{registry}`, which Cargo's configuration in {folder} does not name, and there is no Cargo.lock with its address: add `[registries.{registry}]` with its `index` to .cargo/config.toml"
    )]
    Registry {
        file: String,
        package: String,
        registry: String,
        folder: String,
    },
    #[error("files could not be prepared for Nix: {0}")]
    Prepare(std::io::Error),
}

/// A source that a graph pins.
struct PinnedSource {
    /// The name in the store.
    name: String,
    /// The path in the store.
    path: String,
    /// A tree, in distinction from a file.
    tree: bool,
    request: Request,
    /// The registry, by the name that the graph has for it, where no lock has its address.
    registry: Option<String>,
    /// For messages.
    package: String,
    /// The graph's file.
    graph: PathBuf,
    /// Whose lock it is from, where that is not the user's own.
    owner: Option<LockOwner>,
}

impl PinnedSource {
    /// What to fetch. A registry that is not known must not be taken for the default one: that would be asked for packages of others.
    fn request(&self, config: &Config) -> Result<Request, Error> {
        let mut request = self.request.clone();
        if let Some(name) = &self.registry {
            let index = index_of(config, name)?.ok_or_else(|| PrefetchError::Registry {
                file: self.graph.display().to_string(),
                package: self.package.clone(),
                registry: name.clone(),
                folder: folder_of(&self.graph).display().to_string(),
            })?;
            request.source = match index.strip_prefix("sparse+") {
                Some(_) => index,
                None => format!("registry+{index}"),
            };
        }
        Ok(request)
    }
}

/// The index of a registry that Cargo's configuration names, as a registry or as a source.
fn index_of(config: &Config, name: &str) -> Result<Option<String>, Error> {
    let registry = config.registry(name)?.and_then(|registry| registry.index);
    let source = config.sources.get(name).and_then(|source| match &source.place {
        Some(SourcePlace::Registry(index)) => Some(index.clone()),
        _ => None,
    });
    Ok(registry.or(source))
}

fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

pub(crate) fn run(arguments: &PrefetchArguments, output: &Output) -> Result<Outcome, Error> {
    let store = std::env::var("NIX_STORE_DIR").unwrap_or_else(|_| "/nix/store".to_owned());
    let mut wanted: BTreeMap<String, PinnedSource> = BTreeMap::new();
    let mut files = arguments.graphs.clone();
    if files.is_empty() {
        files.push(named_or_usual(None, Naming::Argument)?);
    }
    for file in &files {
        let graph = graph::read(file)?;
        let owner = owner(&graph);
        for graph in std::iter::once(&graph).chain(graph.apart.values()) {
            let sources = sources(graph, file, owner.as_ref(), &store)?;
            for source in sources {
                wanted.entry(source.path.clone()).or_insert(source);
            }
        }
    }
    let total = wanted.len();
    let there = valid(wanted.keys().map(String::as_str))?;
    // Each folder has its own configuration of Cargo's: registries, mirrors, proxies.
    let mut missing: BTreeMap<PathBuf, Vec<PinnedSource>> = BTreeMap::new();
    for (_, source) in wanted.into_iter().filter(|(path, _)| !there.contains(path)) {
        missing
            .entry(folder_of(&source.graph).to_owned())
            .or_default()
            .push(source);
    }
    let new: usize = missing.values().map(Vec::len).sum();
    for (folder, missing) in &missing {
        fetch(folder, missing, arguments.offline, output)?;
    }
    output.say(&format!("{total} sources are in {store}: {new} of them new"));
    output.json(&json!({ "sources": total, "new": new }))?;
    Ok(Outcome::Done)
}

/// Puts the sources of graphs in a folder into the store.
fn fetch(folder: &Path, missing: &[PinnedSource], offline: bool, output: &Output) -> Result<(), Error> {
    let config = Config::load(folder)?;
    let progress = output.progress();
    let fetcher = Fetcher::new(&config, FetchOptions { offline }, progress.as_ref());
    let requests: Vec<Request> = missing
        .iter()
        .map(|wanted| wanted.request(&config))
        .collect::<Result<_, _>>()?;
    let files = fetcher.archives(&requests).map_err(|error| {
        let error = dyrust_importer::Error::from(error);
        // Where a folder has graphs of several kinds, the advice for one's own lock fits some.
        match missing.first().and_then(|first| first.owner.as_ref()) {
            Some(owner) if missing.iter().all(|source| source.owner.as_ref() == Some(owner)) => {
                error.of_lock(owner.clone())
            }
            _ => error,
        }
    })?;
    add(missing, &files, &config)
}

/// Who made the lock of a graph; none for a workspace's own.
fn owner(graph: &Graph) -> Option<LockOwner> {
    let selection = &graph.selection;
    let fleet = selection.fleet.clone().map(LockOwner::Fleet);
    fleet.or_else(|| selection.published.clone().map(LockOwner::Publisher))
}

/// The sources of a graph.
fn sources(graph: &Graph, file: &Path, owner: Option<&LockOwner>, store: &str) -> Result<Vec<PinnedSource>, Error> {
    // The lock knows the registry's index.
    let lock = graph.lock.as_ref().and_then(|name| {
        let text = std::fs::read_to_string(file.parent()?.join(name)).ok()?;
        Lock::parse(&text, name).ok()
    });
    let mut sources = Vec::new();
    for (key, package) in &graph.packages {
        let name = package_name(key);
        let source = lock.as_ref().and_then(|lock| source_in_lock(lock, name, package));
        let request = |default: String, checksum: Option<&String>| Request {
            name: name.to_owned(),
            version: package.version.clone(),
            source: source.clone().unwrap_or(default),
            checksum: checksum.cloned(),
        };
        let label = format!("{name} {}", package.version);
        let graph = file.to_owned();
        if let Some(sha256) = &package.sha256 {
            let stored = format!("{name}-{}.tar.gz", package.version);
            sources.push(PinnedSource {
                path: store::flat_path(store, &stored, sha256),
                name: stored,
                tree: false,
                request: request(default_source(), Some(sha256)),
                registry: package.registry.clone().filter(|_| source.is_none()),
                package: label,
                graph,
                owner: owner.cloned(),
            });
        } else if let Some(git) = &package.git {
            let hash = sri_to_hex(&git.hash).ok_or_else(|| PrefetchError::Hash {
                place: file.display().to_string(),
                hash: git.hash.clone(),
            })?;
            if !git.rev.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err(PrefetchError::Revision {
                    place: file.display().to_string(),
                    rev: git.rev.clone(),
                }
                .into());
            }
            let stored = git_name(&git.url, &git.rev);
            sources.push(PinnedSource {
                path: store::recursive_path(store, &stored, &hash),
                name: stored,
                tree: true,
                request: request(format!("git+{}#{}", git.url, git.rev), None),
                registry: None,
                package: label,
                graph,
                owner: owner.cloned(),
            });
        }
    }
    Ok(sources)
}

fn source_in_lock(lock: &Lock, name: &str, package: &Package) -> Option<String> {
    let mut found = lock.named(Symbol::new(name)).map(|index| lock.package(index));
    let found = found.find(|known| {
        let is_entry = package.entry.is_none() || package.entry == known.entry;
        is_entry && known.version.to_string() == package.version
    })?;
    found.source.as_ref().map(ToString::to_string)
}

/// The name that nixpkgs gives a checked-out repository: its base name and the first seven digits of the commit.
fn git_name(url: &str, rev: &str) -> String {
    let base = url.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or(url);
    format!(
        "{}-{}",
        base.strip_suffix(".git").unwrap_or(base),
        rev.get(..7).unwrap_or(rev)
    )
}

fn sri_to_hex(hash: &str) -> Option<String> {
    let bytes = BASE64_STANDARD.decode(hash.strip_prefix("sha256-")?).ok()?;
    (bytes.len() == 32).then(|| hex::encode(&bytes))
}

/// Those of the paths that are in the store and valid.
fn valid<'a>(paths: impl Iterator<Item = &'a str>) -> Result<BTreeSet<String>, Error> {
    let mut there: BTreeSet<String> = paths
        .filter(|path| Path::new(path).exists())
        .map(str::to_owned)
        .collect();
    let candidates: Vec<String> = there.iter().cloned().collect();
    for batch in candidates.chunks(BATCH) {
        let printed = nix("nix-store", |command| {
            command.args(["--check-validity", "--print-invalid"]).args(batch)
        })?;
        for invalid in printed.lines() {
            there.remove(invalid.trim());
        }
    }
    Ok(there)
}

/// Adds files and trees to the store.
fn add(missing: &[PinnedSource], files: &[PathBuf], config: &Config) -> Result<(), Error> {
    std::fs::create_dir_all(&config.cache).map_err(PrefetchError::Prepare)?;
    remove_abandoned(&config.cache, TEMPORARY);
    let folder = tempfile::Builder::new()
        .prefix(TEMPORARY)
        .tempdir_in(&config.cache)
        .map_err(PrefetchError::Prepare)?;
    let (trees, archives): (Vec<_>, Vec<_>) = missing.iter().zip(files).partition(|(wanted, _)| wanted.tree);
    for batch in archives.chunks(BATCH) {
        let mut named = Vec::with_capacity(batch.len());
        for (wanted, file) in batch {
            // Each in a folder of its own: two registries may have packages of one name, and what is written over a link is written over
            // Cargo's own file.
            let own = tempfile::tempdir_in(folder.path())
                .map_err(PrefetchError::Prepare)?
                .keep();
            let path = own.join(&wanted.name);
            if std::fs::hard_link(file, &path).is_err() {
                std::fs::copy(file, &path).map_err(PrefetchError::Prepare)?;
            }
            named.push(path);
        }
        let printed = nix("nix-store", |command| {
            command.args(["--add-fixed", "sha256"]).args(&named)
        })?;
        let found: Vec<&str> = printed.lines().collect();
        // What is not named would not be compared.
        if found.len() != batch.len() {
            return Err(PrefetchError::Answer {
                program: "nix-store --add-fixed".to_owned(),
                found: found.len(),
                expected: batch.len(),
            }
            .into());
        }
        for ((wanted, file), found) in batch.iter().zip(found) {
            expect(wanted, file, found.trim())?;
        }
    }
    for (wanted, folder) in trees {
        let printed = nix("nix", |command| {
            command
                .args([
                    "--extra-experimental-features",
                    "nix-command",
                    "store",
                    "add-path",
                    "--name",
                    &wanted.name,
                ])
                .arg(folder)
        })?;
        expect(wanted, folder, printed.trim())?;
    }
    Ok(())
}

fn expect(wanted: &PinnedSource, file: &Path, found: &str) -> Result<(), PrefetchError> {
    if found == wanted.path {
        return Ok(());
    }
    Err(PrefetchError::Mismatch {
        file: file.display().to_string(),
        package: wanted.package.clone(),
        found: found.to_owned(),
        expected: wanted.path.clone(),
    })
}

/// Runs a program of Nix and returns what it printed; what else it says is shown if it fails.
pub(crate) fn nix(
    program: &str,
    arguments: impl FnOnce(&mut Command) -> &mut Command,
) -> Result<String, PrefetchError> {
    run_nix(program, true, arguments)
}

/// The same of what takes long: it says what it builds meanwhile, unless nothing is to be said.
pub(crate) fn nix_aloud(
    program: &str,
    output: &Output,
    arguments: impl FnOnce(&mut Command) -> &mut Command,
) -> Result<String, PrefetchError> {
    run_nix(program, output.is_quiet() || output.is_json(), arguments)
}

fn run_nix(
    program: &str,
    silent: bool,
    arguments: impl FnOnce(&mut Command) -> &mut Command,
) -> Result<String, PrefetchError> {
    // nixw names the folder of the Nix that it uses.
    let path =
        std::env::var_os("DYRUST_NIX_BIN").map_or_else(|| program.into(), |folder| Path::new(&folder).join(program));
    let fail = |reason| PrefetchError::NoNix {
        program: path.display().to_string(),
        reason,
    };
    let mut command = Command::new(&path);
    arguments(&mut command)
        .stdin(Stdio::null())
        .stderr(if silent { Stdio::piped() } else { Stdio::inherit() })
        .stdout(Stdio::piped());
    let output = command.output().map_err(fail)?;
    if !output.status.success() {
        let _ = std::io::stderr().flush();
        return Err(PrefetchError::Nix {
            program: path.display().to_string(),
            message: match silent {
                true => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
                false => format!("{}, for the reason that it says above", output.status),
            },
        });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::{git_name, sri_to_hex};

    #[test]
    fn repositories_are_named_as_nixpkgs_names_them() {
        let rev = "0123456789abcdef";
        assert_eq!(git_name("https://example.org/a/b.git", rev), "b-0123456");
        assert_eq!(git_name("ssh://git@example.org:a/b/", rev), "b-0123456");
    }

    #[test]
    fn hashes_of_other_forms_are_refused() {
        let empty = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        assert_eq!(
            sri_to_hex(empty).unwrap(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(sri_to_hex("sha512-AA=="), None);
        assert_eq!(sri_to_hex("sha256-AA=="), None);
    }
}
