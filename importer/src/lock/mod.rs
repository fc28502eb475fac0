//! Reads `Cargo.lock` in all its versions, 1 to 4, by the crate `cargo-lock`.
//!
//! What it does not keep is read here: the lines of the entries, the digests that a graph is known to be current by, and which package a
//! dependency's name means where a local package and one of a registry have the same name and version.
//!
//! Locks of version 1 keep checksums in a table of their own and name every dependency in full; later ones leave out of a dependency's
//! name what is not needed to tell it apart. Both end up in one form here.

mod entry;
mod error;
mod source;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use semver::Version;
use serde::Deserialize;
use toml::Spanned;

pub use error::{Error, Problem};
pub use source::{LockSource, SourceKind};

use crate::intern::Symbol;
use crate::manifest::Place;

/// The oldest version that a lock says it is of: those of versions 1 and 2 say nothing.
const OLDEST: u64 = 3;
/// The newest version of the format that is known.
const NEWEST: u64 = 4;

/// A position in [`Lock::packages`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LockIndex(pub u32);

/// A lock file.
#[derive(Debug, Clone)]
pub struct Lock {
    /// The packages, in the order of Cargo's package ids: by name, version and source.
    pub packages: Vec<LockPackage>,
    /// What messages call the file.
    pub location: String,
    /// Where the packages of a name begin and end.
    by_name: FxHashMap<Symbol, (u32, u32)>,
}

/// A package of the lock.
#[derive(Debug, Clone)]
pub struct LockPackage {
    /// Its name.
    pub name: Symbol,
    /// Its version.
    pub version: Version,
    /// Where it comes from; none for path dependencies and members.
    pub source: Option<LockSource>,
    /// sha256 of the `.crate` file, in hex.
    pub checksum: Option<String>,
    /// The packages that its dependencies were resolved to, sorted.
    pub dependencies: Vec<LockIndex>,
    /// The package that takes its place (`[replace]`).
    pub replaced_by: Option<LockIndex>,
    /// First 16 hex digits of the sha256 of the entry; see `docs/graph-format.md`. None if the lock was not read from a file.
    pub entry: Option<String>,
    /// The line of the entry in the file.
    pub line: usize,
}

/// Where git says that a merge left two sides of a text.
fn merge_mark(text: &str) -> Option<usize> {
    let is_mark = |at: usize| at == 0 || text[..at].ends_with('\n');
    text.match_indices("<<<<<<< ").map(|(at, _)| at).find(|at| is_mark(*at))
}

impl Lock {
    /// Reads a lock.
    ///
    /// # Errors
    /// When the text is not a lock, its version is unknown, or a dependency in it is not there.
    pub fn parse(text: &str, location: &str) -> Result<Self, Error> {
        let syntax = |reason: toml::de::Error| {
            if let Some(mark) = merge_mark(text) {
                return Error {
                    place: Place::at(location, text, mark),
                    problem: Box::new(Problem::Merged),
                };
            }
            let place = match reason.span() {
                Some(span) => Place::at(location, text, span.start),
                None => Place::file(location),
            };
            Error {
                place,
                problem: Box::new(Problem::Syntax(reason.message().replace('\n', " "))),
            }
        };
        let parsed: Result<File<'_>, _> = toml::from_str(text);
        let version = match &parsed {
            Ok(file) => file.version,
            // A newer lock may have another shape.
            Err(_) => toml::from_str(text)
                .map_err(syntax)
                .map(|Versioned { version }| version)?,
        };
        if let Some(version) = version
            && !(OLDEST..=NEWEST).contains(&version)
        {
            let place = Place::of_key(location, text, &["version"]);
            let problem = match version > NEWEST {
                true => Problem::UnknownVersion {
                    version,
                    newest: NEWEST,
                },
                false => Problem::NoVersion { version },
            };
            return Err(Error {
                place,
                problem: Box::new(problem),
            });
        }
        let file = parsed.map_err(syntax)?;
        LockBuilder {
            location,
            lines: line_starts(text),
            sources: FxHashMap::default(),
        }
        .build(file, text)
    }

    /// A lock of packages that are in order, with their dependencies.
    pub(crate) fn new(packages: Vec<LockPackage>, location: String) -> Self {
        let mut by_name: FxHashMap<Symbol, (u32, u32)> = FxHashMap::default();
        for (package, index) in packages.iter().zip(0_u32..) {
            by_name.entry(package.name).or_insert((index, index)).1 = index + 1;
        }
        Self {
            packages,
            location,
            by_name,
        }
    }

    /// A package of the lock.
    pub fn package(&self, index: LockIndex) -> &LockPackage {
        &self.packages[index.0 as usize]
    }

    /// The packages of a name, by version.
    pub fn named(&self, name: Symbol) -> impl Iterator<Item = LockIndex> + use<> {
        let (start, end) = self.by_name.get(&name).copied().unwrap_or_default();
        (start..end).map(LockIndex)
    }

    /// The names of all packages.
    pub fn names(&self) -> impl Iterator<Item = Symbol> {
        self.by_name.keys().copied()
    }

    /// The package without a source (a member or path dependency) of this name and version.
    pub fn local(&self, name: Symbol, version: &Version) -> Option<LockIndex> {
        self.named(name).find(|index| {
            let package = self.package(*index);
            package.source.is_none() && package.version == *version
        })
    }
}

/// The entries as they stand in the file, for what [`cargo_lock`] does not keep: lines, and the text that digests are made of.
/// Unknown keys are passed over, as Cargo does.
#[derive(Deserialize)]
struct File<'a> {
    version: Option<u64>,
    #[serde(borrow, default)]
    package: Vec<Spanned<Entry<'a>>>,
    root: Option<Spanned<Entry<'a>>>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    name: &'a str,
    version: &'a str,
    source: Option<&'a str>,
    checksum: Option<&'a str>,
    dependencies: Option<Vec<&'a str>>,
    replace: Option<&'a str>,
}

/// The version alone.
#[derive(Deserialize)]
struct Versioned {
    version: Option<u64>,
}

/// The offsets at which lines begin.
fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0)
        .chain(text.match_indices('\n').map(|(offset, _)| offset + 1))
        .collect()
}

fn no_such_package(entry: &Entry<'_>, dependency: &str) -> Problem {
    Problem::NoSuchPackage {
        name: entry.name.to_owned(),
        dependency: dependency.to_owned(),
    }
}

fn is_checksum(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

struct LockBuilder<'a> {
    location: &'a str,
    lines: Vec<usize>,
    /// Nearly all packages have the same source.
    sources: FxHashMap<&'a str, LockSource>,
}

impl<'a> LockBuilder<'a> {
    fn fail(&self, line: usize, problem: Problem) -> Error {
        Error {
            place: Place {
                file: self.location.to_owned(),
                line: Some(line),
            },
            problem: Box::new(problem),
        }
    }

    fn build(mut self, file: File<'a>, text: &str) -> Result<Lock, Error> {
        let mut raw = Vec::with_capacity(file.package.len() + 1);
        for spanned in file.package.into_iter().chain(file.root) {
            let line = self.lines.partition_point(|start| *start <= spanned.span().start);
            let entry = spanned.into_inner();
            self.examine(&entry, line)?;
            raw.push((entry, line));
        }
        let names: FxHashSet<&str> = raw.iter().map(|(entry, _)| entry.name).collect();
        for (entry, line) in &raw {
            for dependency in entry.dependencies.iter().flatten() {
                if !names.contains(dependency.split(' ').next().unwrap_or(dependency)) {
                    return Err(self.fail(*line, no_such_package(entry, dependency)));
                }
            }
        }
        for (key, value) in &file.metadata {
            if let Some(package) = key.strip_prefix("checksum ")
                && value != "<none>"
                && !is_checksum(value)
            {
                let problem = Problem::Checksum {
                    name: package.to_owned(),
                    checksum: value.clone(),
                };
                return Err(Error {
                    place: Place::of_key(self.location, text, &["metadata", key]),
                    problem: Box::new(problem),
                });
            }
        }
        let checksums = self.checksums(text)?;
        let mut entries = Vec::with_capacity(raw.len());
        for (checksum, (entry, line)) in checksums.into_iter().zip(raw) {
            let version = Version::parse(entry.version).map_err(|reason| self.wrong_version(&entry, line, &reason))?;
            let package = LockPackage {
                name: Symbol::new(entry.name),
                version,
                source: entry.source.and_then(|source| self.sources.get(source).cloned()),
                entry: Some(entry::digest(&entry, entry.checksum.or(checksum.as_deref()))),
                checksum,
                dependencies: Vec::new(),
                replaced_by: None,
                line,
            };
            entries.push((package, entry));
        }
        entries.sort_by(|(left, _), (right, _)| {
            (left.name, &left.version, &left.source).cmp(&(right.name, &right.version, &right.source))
        });
        self.link(entries)
    }

    /// The checksums of the packages, in the order of the entries; in old locks they stand in a table of their own.
    fn checksums(&self, text: &str) -> Result<Vec<Option<String>>, Error> {
        let lockfile: cargo_lock::Lockfile = text.parse().map_err(|reason: cargo_lock::Error| Error {
            place: Place::file(self.location),
            problem: Box::new(Problem::Syntax(reason.to_string().replace('\n', " "))),
        })?;
        let packages = lockfile.packages.into_iter().chain(lockfile.root);
        let checksums = packages.map(|package| package.checksum.map(|checksum| format!("{checksum:x}")));
        Ok(checksums.collect())
    }

    fn wrong_version(&self, entry: &Entry<'_>, line: usize, reason: &semver::Error) -> Error {
        let problem = Problem::Version {
            name: entry.name.to_owned(),
            version: entry.version.to_owned(),
            reason: reason.to_string(),
        };
        self.fail(line, problem)
    }

    /// Refuses what [`cargo_lock`] would refuse without saying where.
    fn examine(&mut self, entry: &Entry<'a>, line: usize) -> Result<(), Error> {
        let name = || entry.name.to_owned();
        let problem = if let Err(reason) = Version::parse(entry.version) {
            return Err(self.wrong_version(entry, line, &reason));
        } else if let Some(source) = entry.source.filter(|source| !self.is_source(source)) {
            Problem::Source {
                name: name(),
                source: source.to_owned(),
            }
        } else if let Some(checksum) = entry.checksum.filter(|checksum| !is_checksum(checksum)) {
            Problem::Checksum {
                name: name(),
                checksum: checksum.to_owned(),
            }
        } else {
            return Ok(());
        };
        Err(self.fail(line, problem))
    }

    fn is_source(&mut self, text: &'a str) -> bool {
        let known = self.sources.contains_key(text);
        if !known && let Some(source) = LockSource::parse(text) {
            self.sources.insert(text, source);
            return true;
        }
        known
    }

    /// Turns the names of dependencies into positions.
    fn link(&self, entries: Vec<(LockPackage, Entry<'a>)>) -> Result<Lock, Error> {
        let (packages, raw): (Vec<_>, Vec<_>) = entries.into_iter().unzip();
        let mut lock = Lock::new(packages, self.location.to_owned());
        for (index, entry) in raw.iter().enumerate() {
            let line = lock.packages[index].line;
            let fail = |name: &str| self.fail(line, no_such_package(entry, name));
            let mut dependencies = Vec::with_capacity(entry.dependencies.as_ref().map_or(0, Vec::len));
            for name in entry.dependencies.iter().flatten() {
                dependencies.push(find(&lock, name).ok_or_else(|| fail(name))?);
            }
            dependencies.sort_unstable();
            dependencies.dedup();
            lock.packages[index].dependencies = dependencies;
            if let Some(name) = entry.replace {
                lock.packages[index].replaced_by = Some(find(&lock, name).ok_or_else(|| fail(name))?);
            }
        }
        self.refuse_duplicates(&lock)?;
        Ok(lock)
    }

    fn refuse_duplicates(&self, lock: &Lock) -> Result<(), Error> {
        let same = |pair: &&[LockPackage]| {
            (pair[0].name, &pair[0].version, &pair[0].source) == (pair[1].name, &pair[1].version, &pair[1].source)
        };
        match lock.packages.windows(2).find(same) {
            Some(pair) => {
                let problem = Problem::Duplicate {
                    name: pair[0].name.to_string(),
                    version: pair[0].version.to_string(),
                };
                Err(self.fail(pair[1].line, problem))
            }
            None => Ok(()),
        }
    }
}

/// Finds a dependency by its name, `name version` or `name version (source)`.
///
/// A name alone is unique in a lock that Cargo wrote; a local package and one of a registry with equal name and version are told
/// apart by the source, which only the local one can lack.
fn find(lock: &Lock, name: &str) -> Option<LockIndex> {
    let mut parts = name.splitn(3, ' ');
    let named = lock.named(Symbol::new(parts.next()?));
    let version = parts.next().map(Version::parse).transpose().ok()?;
    let source = match parts.next() {
        Some(text) => Some(LockSource::parse(text.strip_prefix('(')?.strip_suffix(')')?)?),
        None => None,
    };
    let mut found = named.filter(|index| {
        let package = lock.package(*index);
        version.as_ref().is_none_or(|version| *version == package.version)
            && source
                .as_ref()
                .is_none_or(|source| package.source.as_ref().is_some_and(|known| known.same_place(source)))
    });
    let first = found.next()?;
    let is_local = |index: &LockIndex| source.is_none() && lock.package(*index).source.is_none();
    Some(if is_local(&first) {
        first
    } else {
        found.find(is_local).unwrap_or(first)
    })
}
