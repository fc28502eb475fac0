//! Reads `Cargo.lock` in all its versions, 1 to 4.
//!
//! Locks of version 1 keep checksums in a table of their own and name every dependency in full; later ones leave out of a dependency's
//! name what is not needed to tell it apart. Both end up in one form here.

mod entry;
mod error;
mod source;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use semver::Version;
use serde::Deserialize;
use toml::Spanned;

pub use error::{Error, Problem};
pub use source::{LockSource, SourceKind};

use crate::intern::Symbol;
use crate::manifest::Place;

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
    /// First 16 hex digits of the sha256 of the entry; see `docs/graph-format.md`.
    pub entry: String,
    /// The line of the entry in the file.
    pub line: usize,
}

impl Lock {
    /// Reads a lock.
    ///
    /// # Errors
    /// When the text is not a lock, its version is unknown, or a dependency in it is not there.
    pub fn parse(text: &str, location: &str) -> Result<Self, Error> {
        let file: File = toml::from_str(text).map_err(|reason| {
            let place = match reason.span() {
                Some(span) => Place::at(location, text, span.start),
                None => Place::file(location),
            };
            Error {
                place,
                problem: Box::new(Problem::Syntax(reason.message().replace('\n', " "))),
            }
        })?;
        if let Some(version) = file.version
            && version > NEWEST
        {
            let place = Place::of_key(location, text, &["version"]);
            return Err(Error {
                place,
                problem: Box::new(Problem::UnknownVersion {
                    version,
                    newest: NEWEST,
                }),
            });
        }
        Builder {
            location,
            lines: line_starts(text),
        }
        .build(file)
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

    /// The package without a source (a member or path dependency) of this name and version.
    pub fn local(&self, name: Symbol, version: &Version) -> Option<LockIndex> {
        self.named(name).find(|index| {
            let package = self.package(*index);
            package.source.is_none() && package.version == *version
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'a> {
    version: Option<u64>,
    #[serde(borrow, default)]
    package: Vec<Spanned<Entry<'a>>>,
    root: Option<Spanned<Entry<'a>>>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    #[serde(default)]
    #[allow(dead_code)]
    patch: Unused<'a>,
}

/// `[[patch.unused]]`: patches that nothing used; they change nothing.
#[derive(Deserialize, Default)]
struct Unused<'a> {
    #[serde(borrow, default)]
    #[allow(dead_code)]
    unused: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry<'a> {
    name: &'a str,
    version: &'a str,
    source: Option<&'a str>,
    checksum: Option<&'a str>,
    dependencies: Option<Vec<&'a str>>,
    replace: Option<&'a str>,
}

/// The offsets at which lines begin.
fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0)
        .chain(text.match_indices('\n').map(|(offset, _)| offset + 1))
        .collect()
}

struct Builder<'a> {
    location: &'a str,
    lines: Vec<usize>,
}

impl<'a> Builder<'a> {
    fn fail(&self, line: usize, problem: Problem) -> Error {
        Error {
            place: Place {
                file: self.location.to_owned(),
                line: Some(line),
            },
            problem: Box::new(problem),
        }
    }

    fn build(&self, file: File<'a>) -> Result<Lock, Error> {
        let version_one = file.version.is_none() && !file.metadata.is_empty();
        let mut entries = Vec::with_capacity(file.package.len() + 1);
        for spanned in file.package.into_iter().chain(file.root) {
            let line = self.lines.partition_point(|start| *start <= spanned.span().start);
            let entry = spanned.into_inner();
            let version = Version::parse(entry.version).map_err(|reason| {
                let problem = Problem::Version {
                    name: entry.name.to_owned(),
                    version: entry.version.to_owned(),
                    reason: reason.to_string(),
                };
                self.fail(line, problem)
            })?;
            let source = match entry.source {
                Some(text) => Some(LockSource::parse(text).ok_or_else(|| {
                    let problem = Problem::Source {
                        name: entry.name.to_owned(),
                        source: text.to_owned(),
                    };
                    self.fail(line, problem)
                })?),
                None => None,
            };
            let of_metadata = if version_one {
                metadata_checksum(&entry, &file.metadata)
            } else {
                None
            };
            let checksum = entry.checksum.or(of_metadata).map(str::to_owned);
            if let Some(checksum) = &checksum
                && (checksum.len() != 64 || !checksum.bytes().all(|byte| byte.is_ascii_hexdigit()))
            {
                let problem = Problem::Checksum {
                    name: entry.name.to_owned(),
                    checksum: checksum.clone(),
                };
                return Err(self.fail(line, problem));
            }
            let digest = entry::digest(&entry, checksum.as_deref());
            let package = LockPackage {
                name: Symbol::new(entry.name),
                version,
                source,
                checksum,
                dependencies: Vec::new(),
                replaced_by: None,
                entry: digest,
                line,
            };
            entries.push((package, entry));
        }
        entries.sort_by(|(left, _), (right, _)| {
            (left.name, &left.version, &left.source).cmp(&(right.name, &right.version, &right.source))
        });
        self.link(entries)
    }

    /// Turns the names of dependencies into positions.
    fn link(&self, entries: Vec<(LockPackage, Entry<'a>)>) -> Result<Lock, Error> {
        let (packages, raw): (Vec<_>, Vec<_>) = entries.into_iter().unzip();
        let mut lock = Lock {
            packages,
            location: self.location.to_owned(),
            by_name: FxHashMap::default(),
        };
        for (package, index) in lock.packages.iter().zip(0_u32..) {
            lock.by_name.entry(package.name).or_insert((index, index)).1 = index + 1;
        }
        for (index, entry) in raw.iter().enumerate() {
            let line = lock.packages[index].line;
            let fail = |name: &str| {
                let problem = Problem::NoSuchPackage {
                    name: entry.name.to_owned(),
                    dependency: name.to_owned(),
                };
                self.fail(line, problem)
            };
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

/// `"checksum NAME VERSION (SOURCE)" = "…"` in locks of version 1.
fn metadata_checksum<'a>(entry: &Entry<'_>, metadata: &'a BTreeMap<String, String>) -> Option<&'a str> {
    let key = format!("checksum {} {} ({})", entry.name, entry.version, entry.source?);
    metadata
        .get(&key)
        .map(String::as_str)
        .filter(|checksum| *checksum != "<none>")
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
