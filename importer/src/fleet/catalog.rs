//! The packages that can be chosen: those of the members' locks, and all other versions that the registry's index has of them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::{Arc, OnceLock};

use pubgrub::Ranges;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use semver::Version;

use super::member::Member;
use super::{Error, Problem};
use crate::config::Config;
use crate::intern::Symbol;
use crate::internal::{self, InternalError, Invariant};
use crate::lock::{LockIndex, LockPackage, LockSource, SourceKind};
use crate::manifest::{self, Dependency, DependencySource, Package, Place};
use crate::resolve::{fetch_packages, request};
use crate::source::progress::Silent;
use crate::source::{self, FetchOptions, Fetcher, IndexFile, hex};

/// A position in [`Catalog::candidates`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CandidateId(pub u32);

/// A position in [`Catalog::ranges`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RangeId(pub u32);

/// Positions in [`CompatibleRange::candidates`].
pub type Places = Ranges<u32>;

/// A version of a package.
#[derive(Debug)]
pub struct Candidate {
    /// Its name.
    pub name: Symbol,
    /// Its version.
    pub version: Version,
    /// Where it comes from; none for packages of a member's workspace.
    pub source: Option<LockSource>,
    /// sha256 of its `.crate` file, as the locks that have it say.
    pub checksum: Option<String>,
    /// The package of a member's workspace: the member and the position in its packages.
    pub local: Option<(usize, usize)>,
    /// The locks that have it: the member, and the position in its lock. None for a version that only the index has.
    pub locks: Vec<(usize, LockIndex)>,
    /// Which versions it could stand for.
    pub range: RangeId,
    /// Its place among them.
    pub place: u32,
    read: OnceLock<Option<Arc<Read>>>,
}

/// What a candidate depends on.
#[derive(Debug, Clone)]
pub struct Read {
    /// The package; of the index without targets.
    pub package: Package,
    /// sha256 of its `.crate` file by the index.
    pub checksum: Option<String>,
    /// Was it withdrawn?
    pub yanked: bool,
    /// What of the registries fits each dependency, once it was asked for.
    accepted: Vec<OnceLock<Vec<(RangeId, Places)>>>,
}

/// The versions of a package that Cargo takes to be compatible, of which a program has one. A package of a repository or a folder is alone.
#[derive(Debug)]
pub struct CompatibleRange {
    /// The package.
    pub name: Symbol,
    /// Where it comes from.
    pub source: Option<LockSource>,
    /// The versions, ascending.
    pub candidates: Vec<CandidateId>,
}

/// Versions that Cargo takes to be compatible: the same major one, or minor one below 1.0, or patch below 0.1.
pub type Compatibility = (u64, u64, u64);

/// The compatible versions that a version belongs to.
pub fn compatibility(version: &Version) -> Compatibility {
    match version {
        Version {
            major: 0,
            minor: 0,
            patch,
            ..
        } => (0, 0, *patch),
        Version { major: 0, minor, .. } => (0, *minor, 0),
        Version { major, .. } => (*major, 0, 0),
    }
}

/// All candidates, by name, version and source.
pub struct Catalog {
    /// The candidates.
    pub candidates: Vec<Candidate>,
    /// The ranges that they are in, by name and version.
    pub ranges: Vec<CompatibleRange>,
    config: Config,
    /// The compiler's version: what needs a newer one is not taken from the index.
    rust: Option<Version>,
    by_name: FxHashMap<Symbol, Vec<RangeId>>,
    of_lock: FxHashMap<(usize, LockIndex), CandidateId>,
}

/// What the candidates come from.
pub(super) struct Sources<'a> {
    pub(super) members: &'a [Member],
    pub(super) config: &'a Config,
    pub(super) fetcher: &'a Fetcher<'a>,
    /// The compiler's version.
    pub(super) rust: Option<Version>,
    /// Only versions of the locks.
    pub(super) only_locks: bool,
    /// Ask the registry even for what is known.
    pub(super) refresh: bool,
    /// Versions that were published later are not taken from the index.
    pub(super) latest: Option<jiff::Timestamp>,
}

/// Where the candidates and ranges of a catalog are in the one that has further names. Their order is the same.
pub(super) struct Extension {
    candidates: Vec<CandidateId>,
    ranges: Vec<RangeId>,
}

impl Extension {
    pub(super) fn candidate(&self, before: CandidateId) -> CandidateId {
        self.candidates[before.0 as usize]
    }

    pub(super) fn range(&self, before: RangeId) -> RangeId {
        self.ranges[before.0 as usize]
    }
}

type CandidateKey = (Symbol, Version, Option<LockSource>, Option<(String, String)>);

impl Catalog {
    /// Collects the candidates.
    ///
    /// # Errors
    /// When two locks have different checksums for one package, or a package can't be had or read.
    pub(super) fn new(sources: &Sources<'_>) -> Result<Self, crate::Error> {
        let mut found = of_locks(sources.members)?;
        let default = LockSource::parse(&source::default_source());
        let mut locked: BTreeMap<Symbol, Vec<Version>> = BTreeMap::new();
        for (name, version, source, _) in found.keys() {
            if *source == default {
                locked.entry(*name).or_default().push(version.clone());
            }
        }
        let files = files(sources, &locked)?;
        for (name, version) in listed(sources, &files) {
            let key = (name, version, default.clone(), None);
            found.entry(key).or_insert_with(LockedCandidate::default);
        }
        let mut catalog = Self::empty(sources.config.clone(), sources.rust.clone());
        for ((name, version, source, _), found) in found {
            catalog.add(Candidate::new(name, version, source, found))?;
        }
        catalog.read_locked(sources, &files)?;
        Ok(catalog)
    }

    /// The catalog with further names, which no lock has, but some candidate depends on. What was read of the candidates stays.
    ///
    /// # Errors
    /// When the index can't be read.
    pub(super) fn extended(
        self,
        sources: &Sources<'_>,
        further: &BTreeSet<Symbol>,
    ) -> Result<(Self, Extension), crate::Error> {
        let further: BTreeMap<Symbol, Vec<Version>> = further.iter().map(|name| (*name, Vec::new())).collect();
        let files = files(sources, &further)?;
        Ok(self.with_versions(listed(sources, &files).collect())?)
    }

    /// The catalog with versions of the default registry, of names that it has not got.
    fn with_versions(self, mut new: Vec<(Symbol, Version)>) -> Result<(Self, Extension), InternalError> {
        new.sort();
        let mut new = new.into_iter().peekable();
        let default = LockSource::parse(&source::default_source());
        let from_default = |name, version| Candidate::new(name, version, default.clone(), LockedCandidate::default());
        let mut catalog = Self::empty(self.config, self.rust);
        let mut extension = Extension {
            candidates: Vec::with_capacity(self.candidates.len()),
            ranges: vec![RangeId(0); self.ranges.len()],
        };
        for candidate in self.candidates {
            while let Some((name, version)) = new.next_if(|(name, _)| *name < candidate.name) {
                catalog.add(from_default(name, version))?;
            }
            let before = candidate.range;
            let id = catalog.add(candidate.unplaced())?;
            extension.candidates.push(id);
            extension.ranges[before.0 as usize] = catalog.get(id).range;
        }
        for (name, version) in new {
            catalog.add(from_default(name, version))?;
        }
        Ok((catalog, extension))
    }

    fn empty(config: Config, rust: Option<Version>) -> Self {
        Self {
            candidates: Vec::new(),
            ranges: Vec::new(),
            config,
            rust,
            by_name: FxHashMap::default(),
            of_lock: FxHashMap::default(),
        }
    }

    /// Adds a candidate, and gives it its place. They come by name and version.
    fn add(&mut self, mut candidate: Candidate) -> Result<CandidateId, InternalError> {
        let Candidate {
            name, version, source, ..
        } = &candidate;
        let id = CandidateId(internal::position(self.candidates.len())?);
        let of_registry = |source: &Option<LockSource>| {
            source
                .as_ref()
                .is_some_and(|source| source.kind() == SourceKind::Registry)
        };
        let known = self.by_name.entry(*name).or_default();
        // Mostly it is the newest range so far.
        let range = known.iter().rev().copied().find(|range| {
            let range = &self.ranges[range.0 as usize];
            let first = &self.candidates[range.candidates[0].0 as usize];
            compatibility(&first.version) == compatibility(version) && of_registry(source) && range.source == *source
        });
        let range = match range {
            Some(range) => range,
            None => {
                let new = RangeId(internal::position(self.ranges.len())?);
                self.ranges.push(CompatibleRange {
                    name: *name,
                    source: source.clone(),
                    candidates: Vec::new(),
                });
                known.push(new);
                new
            }
        };
        let list = &mut self.ranges[range.0 as usize].candidates;
        candidate.range = range;
        candidate.place = internal::position(list.len())?;
        list.push(id);
        self.of_lock.extend(candidate.locks.iter().map(|lock| (*lock, id)));
        self.candidates.push(candidate);
        Ok(id)
    }

    /// Reads the versions that locks have: by the index's entries, and where there is none by their manifests.
    fn read_locked(&self, sources: &Sources<'_>, files: &FxHashMap<Symbol, IndexFile>) -> Result<(), crate::Error> {
        let members = sources.members;
        let default = LockSource::parse(&source::default_source());
        let locked: Vec<&Candidate> = self
            .candidates
            .iter()
            .filter(|candidate| !candidate.locks.is_empty())
            .collect();
        locked.par_iter().for_each(|candidate| {
            let read = match candidate.local {
                Some((member, position)) => {
                    let local = &members[member].workspace.packages[position];
                    Some(Read::new(local.package.clone(), None, false))
                }
                None => match files.get(&candidate.name).filter(|_| candidate.source == default) {
                    // A version that the registry has no more can't be chosen.
                    Some(file) => Read::of_index(file, &candidate.version),
                    None => return,
                },
            };
            let _ = candidate.read.set(read.map(Arc::new));
        });
        let unread: Vec<&Candidate> = locked
            .into_iter()
            .filter(|candidate| candidate.read.get().is_none())
            .collect();
        let requests: Vec<_> = unread
            .iter()
            .map(|candidate| {
                let (member, index) = candidate.locks.first().invariant("a lock that has the version")?;
                request(&members[*member].lock, *index)
            })
            .collect::<Result<_, _>>()?;
        if requests.is_empty() {
            return Ok(());
        }
        let packages = fetch_packages(sources.fetcher, &requests)?;
        if packages.len() != unread.len() {
            return Err(InternalError::new("a package for each that was fetched").into());
        }
        for (candidate, read) in unread.into_iter().zip(packages) {
            let package = Arc::unwrap_or_clone(read.package);
            let _ = candidate.read.set(Some(Arc::new(Read::new(package, None, false))));
        }
        Ok(())
    }

    /// Versions of the default registry, by their entries in its index.
    #[cfg(test)]
    pub(super) fn of_entries(entries: &[&str]) -> Self {
        let mut catalog = Self::empty(Config::default(), None);
        let parse = |entry: &&str| serde_json::from_str::<tame_index::IndexVersion>(entry).unwrap();
        let mut packages: Vec<Package> = entries
            .iter()
            .map(|entry| manifest::of_index(&parse(entry)).unwrap())
            .collect();
        packages.sort_by(|a, b| (a.name, &a.version).cmp(&(b.name, &b.version)));
        for package in packages {
            let source = LockSource::parse(&source::default_source());
            let found = LockedCandidate {
                checksum: Some("0".repeat(64)),
                ..LockedCandidate::default()
            };
            let candidate = Candidate::new(package.name, package.version.clone(), source, found);
            let _ = candidate.read.set(Some(Arc::new(Read::new(package, None, false))));
            catalog.add(candidate).unwrap();
        }
        catalog
    }

    /// A candidate.
    pub fn get(&self, id: CandidateId) -> &Candidate {
        &self.candidates[id.0 as usize]
    }

    /// A range.
    pub fn range(&self, id: RangeId) -> &CompatibleRange {
        &self.ranges[id.0 as usize]
    }

    /// The candidate at a place of a range.
    pub fn at(&self, range: RangeId, place: u32) -> CandidateId {
        self.ranges[range.0 as usize].candidates[place as usize]
    }

    /// The ranges of a name, by version.
    pub fn named(&self, name: Symbol) -> &[RangeId] {
        self.by_name.get(&name).map_or(&[], Vec::as_slice)
    }

    /// The candidate of a package of a member's lock.
    pub fn of_lock(&self, member: usize, index: LockIndex) -> Option<CandidateId> {
        self.of_lock.get(&(member, index)).copied()
    }

    /// The candidate of a package of a member's workspace, if its lock has it.
    pub fn of_local(&self, members: &[Member], member: usize, position: usize) -> Option<CandidateId> {
        let package = &members[member].workspace.packages[position].package;
        let index = members[member].lock.local(package.name, &package.version)?;
        self.of_lock(member, index)
    }

    /// `name version`.
    pub fn describe(&self, id: CandidateId) -> String {
        let candidate = self.get(id);
        format!("{} {}", candidate.name, candidate.version)
    }

    /// What a candidate depends on; none where the index has no entry of it, or one that Cargo would pass over: such is not chosen, but a
    /// program that keeps its own lock may have it.
    pub fn read(&self, id: CandidateId) -> Option<&Arc<Read>> {
        let candidate = self.get(id);
        candidate
            .read
            .get_or_init(|| {
                // What is known on this machine: the file of the index was read when the candidates were collected.
                let fetcher = Fetcher::new(&self.config, FetchOptions { offline: true }, &Silent);
                let files = fetcher.versions(&[&candidate.name], |_, _| true).ok()?;
                let file = files.into_iter().next()??;
                Read::of_index(&file, &candidate.version).map(Arc::new)
            })
            .as_ref()
    }

    /// May a candidate be chosen? Every version of a lock may; one of the index must not have been withdrawn, nor need a newer compiler.
    pub fn is_usable(&self, id: CandidateId) -> bool {
        let candidate = self.get(id);
        // What is not known can't be followed.
        let Some(read) = self.read(id) else { return false };
        if !candidate.locks.is_empty() {
            return true;
        }
        let needed = read.package.facts.rust_version.as_deref();
        let compiles = match (&self.rust, needed.map(manifest::least_rust)) {
            (Some(rust), Some(Some(needed))) => *rust >= needed,
            (_, None) => true,
            (None, _) | (_, Some(None)) => false,
        };
        !read.yanked && compiles
    }

    /// The checksum of a candidate's `.crate` file.
    pub fn checksum(&self, id: CandidateId) -> Option<String> {
        let candidate = self.get(id);
        let of_index = || self.read(id).and_then(|read| read.checksum.clone());
        candidate.checksum.clone().or_else(of_index)
    }

    /// The versions of registries that a dependency of a candidate accepts, by range, the newest range last; none of a candidate of which
    /// nothing is known, which is not chosen.
    pub fn accepted(&self, id: CandidateId, position: usize) -> &[(RangeId, Places)] {
        let Some(read) = self.read(id) else { return &[] };
        read.accepted[position].get_or_init(|| {
            let dependency = &read.package.dependencies[position];
            let ranges = self.named(dependency.package).iter().copied();
            let mut accepted: Vec<(RangeId, Places)> = ranges
                .filter(|range| self.is_source(dependency, *range))
                .map(|range| (range, self.places(dependency, range)))
                .filter(|(_, places)| !places.is_empty())
                .collect();
            accepted.sort_by(|(a, _), (b, _)| {
                let version = |range: &RangeId| &self.get(self.range(*range).candidates[0]).version;
                version(a).cmp(version(b))
            });
            accepted
        })
    }

    /// Which versions of a range a dependency accepts.
    fn places(&self, dependency: &Dependency, range: RangeId) -> Places {
        let accepted = (0_u32..)
            .zip(&self.range(range).candidates)
            .filter(|(_, id)| dependency.accepts(&self.get(**id).version));
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for (place, _) in accepted {
            match runs.last_mut() {
                Some((_, end)) if *end == place => *end = place + 1,
                _ => runs.push((place, place + 1)),
            }
        }
        runs.into_iter()
            .map(|(start, end)| (Bound::Included(start), Bound::Excluded(end)))
            .collect()
    }

    /// Is a range of the registry that a dependency names?
    fn is_source(&self, dependency: &Dependency, range: RangeId) -> bool {
        let Some(source) = &self.range(range).source else {
            return false;
        };
        let registry = source.kind() == SourceKind::Registry;
        registry
            && match &dependency.source {
                DependencySource::DefaultRegistry => source::is_default_source(source.as_str()),
                DependencySource::RegistryIndex(index) => source.same_url(index),
                DependencySource::NamedRegistry(name) => {
                    let known = self.config.registry(name).ok().flatten();
                    known
                        .and_then(|registry| registry.index)
                        .is_none_or(|index| source.same_url(&index))
                }
                DependencySource::Git { .. } | DependencySource::Path(_) => false,
            }
    }
}

impl Candidate {
    /// A candidate that has no place yet.
    fn new(name: Symbol, version: Version, source: Option<LockSource>, found: LockedCandidate) -> Self {
        Self {
            name,
            version,
            source,
            checksum: found.checksum,
            local: found.local,
            locks: found.locks,
            range: RangeId(0),
            place: 0,
            read: OnceLock::new(),
        }
    }

    /// The candidate for another catalog: what the places in this one went into is forgotten.
    fn unplaced(mut self) -> Self {
        let read = self.read.take().map(|read| {
            read.map(|read| {
                let Read {
                    package,
                    checksum,
                    yanked,
                    ..
                } = Arc::unwrap_or_clone(read);
                Arc::new(Read::new(package, checksum, yanked))
            })
        });
        self.read = read.map_or_else(OnceLock::new, OnceLock::from);
        self
    }
}

impl Read {
    fn new(package: Package, checksum: Option<String>, yanked: bool) -> Self {
        let accepted = std::iter::repeat_with(OnceLock::new)
            .take(package.dependencies.len())
            .collect();
        Self {
            package,
            checksum,
            yanked,
            accepted,
        }
    }

    fn of_index(file: &IndexFile, version: &Version) -> Option<Self> {
        let entry = file.entry(version)?;
        let package = manifest::of_index(&entry).ok()?;
        Some(Self::new(package, Some(hex::encode(entry.checksum())), entry.yanked))
    }
}

/// What the locks say of a candidate.
#[derive(Default)]
struct LockedCandidate {
    checksum: Option<String>,
    local: Option<(usize, usize)>,
    locks: Vec<(usize, LockIndex)>,
}

/// The index's files of these names; which of their versions locks have decides whether what is known of them is enough.
fn files(
    sources: &Sources<'_>,
    locked: &BTreeMap<Symbol, Vec<Version>>,
) -> Result<FxHashMap<Symbol, IndexFile>, crate::Error> {
    let names: Vec<&str> = locked.keys().map(|name| name.as_str()).collect();
    let files = sources.fetcher.versions(&names, |name, file| {
        let versions = locked.get(&Symbol::new(name)).map_or(&[][..], Vec::as_slice);
        !sources.refresh && versions.iter().all(|version| file.has(version))
    })?;
    let files = locked.keys().zip(files);
    Ok(files.filter_map(|(name, file)| Some((*name, file?))).collect())
}

/// The versions of the index that may be chosen whether a lock has them or not, in no order.
fn listed<'f>(
    sources: &'f Sources<'_>,
    files: &'f FxHashMap<Symbol, IndexFile>,
) -> impl Iterator<Item = (Symbol, Version)> + use<'f> {
    let files = files.iter().filter(|_| !sources.only_locks);
    files.flat_map(|(name, file)| {
        let versions = file.versions();
        let old_enough = versions.filter(|version| file.is_old_enough(version, sources.latest));
        old_enough.map(|version| (*name, version.clone()))
    })
}

/// The packages of the members' locks.
fn of_locks(members: &[Member]) -> Result<BTreeMap<CandidateKey, LockedCandidate>, Error> {
    let mut found: BTreeMap<CandidateKey, LockedCandidate> = BTreeMap::new();
    for (number, member) in members.iter().enumerate() {
        for (position, package) in (0_u32..).zip(&member.lock.packages) {
            let local = match &package.source {
                Some(_) => None,
                None => match local(member, package) {
                    Some(local) => Some((number, local)),
                    // A package of the lock that no manifest describes: nothing can depend on it.
                    None => continue,
                },
            };
            // Packages of workspaces are told apart by what they are, not by what the fleet calls the member.
            let own = local.map(|(_, local)| {
                let package = &member.workspace.packages[local];
                (package.location.clone(), package.relative.clone())
            });
            let key = (package.name, package.version.clone(), package.source.clone(), own);
            let candidate = found.entry(key).or_insert_with(|| LockedCandidate {
                checksum: package.checksum.clone(),
                local,
                locks: Vec::new(),
            });
            if candidate.checksum != package.checksum {
                let (first, _) = *candidate.locks.first().invariant("another lock that has the package")?;
                return Err(Error::at(
                    Place {
                        file: member.lock.location.clone(),
                        line: Some(package.line),
                    },
                    Problem::Checksum {
                        first: members[first].name.clone(),
                        second: member.name.clone(),
                        package: format!("{} {}", package.name, package.version),
                    },
                ));
            }
            candidate.locks.push((number, LockIndex(position)));
        }
    }
    Ok(found)
}

/// The package of a member's workspace that an entry without a source stands for.
fn local(member: &Member, package: &LockPackage) -> Option<usize> {
    member
        .workspace
        .packages
        .iter()
        .position(|local| local.package.name == package.name && local.package.version == package.version)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An entry of the index for a package that depends on others.
    fn entry(name: &str, version: &str, dependencies: &[&str]) -> String {
        let dependencies: Vec<String> = dependencies
            .iter()
            .map(|name| {
                let fields = r#""req":"^1","features":[],"optional":false,"default_features":true,"target":null,"kind":"normal""#;
                format!(r#"{{"name":"{name}",{fields}}}"#)
            })
            .collect();
        let (dependencies, sum) = (dependencies.join(","), "0".repeat(64));
        format!(
            r#"{{"name":"{name}","vers":"{version}","deps":[{dependencies}],"cksum":"{sum}","features":{{}},"yanked":false}}"#
        )
    }

    /// The names and versions of a catalog's candidates, with their ranges and places.
    fn listing(catalog: &Catalog) -> Vec<(String, RangeId, u32)> {
        let ids = (0_u32..).map(CandidateId).take(catalog.candidates.len());
        ids.map(|id| (catalog.describe(id), catalog.get(id).range, catalog.get(id).place))
            .collect()
    }

    #[test]
    fn a_catalog_with_further_names_is_as_one_that_had_them_at_first() {
        let known = [
            entry("b", "1.0.0", &["c", "d"]),
            entry("b", "2.0.0", &[]),
            entry("d", "1.0.0", &[]),
            entry("d", "1.1.0", &[]),
        ];
        let further = [
            ("a", "1.0.0"),
            ("c", "1.5.0"),
            ("c", "1.10.0"),
            ("c", "2.0.0"),
            ("e", "0.1.0"),
        ];
        let new = further.map(|(name, version)| (Symbol::new(name), Version::parse(version).unwrap()));
        let all: Vec<String> = (known.iter().cloned())
            .chain(further.map(|(name, version)| entry(name, version, &[])))
            .collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let before = Catalog::of_entries(&known.each_ref().map(String::as_str));
        let names = listing(&before);
        let accepted = |catalog: &Catalog, id, position| catalog.accepted(id, position).to_vec();
        // What is not known is accepted nowhere, and what is known at its old place.
        assert_eq!(accepted(&before, CandidateId(0), 0), []);
        assert_eq!(accepted(&before, CandidateId(0), 1)[0].0, RangeId(2));
        let (after, extension) = before.with_versions(new.to_vec()).unwrap();
        let expected = Catalog::of_entries(&all);
        assert_eq!(listing(&after), listing(&expected));
        for (id, (name, range, place)) in (0_u32..).map(CandidateId).zip(names) {
            let id = extension.candidate(id);
            assert_eq!(after.describe(id), name);
            assert_eq!(
                (after.get(id).range, after.get(id).place),
                (extension.range(range), place)
            );
        }
        let depending = extension.candidate(CandidateId(0));
        for position in 0..2 {
            assert_eq!(
                accepted(&after, depending, position),
                accepted(&expected, depending, position)
            );
        }
        assert_eq!(accepted(&after, depending, 0).len(), 1);
    }

    #[test]
    fn compatible_versions() {
        let of = |text: &str| compatibility(&Version::parse(text).unwrap());
        assert_eq!(of("1.2.3"), of("1.9.0"));
        assert_ne!(of("0.1.3"), of("0.2.0"));
        assert_eq!(of("0.1.3"), of("0.1.9"));
        assert_ne!(of("0.0.3"), of("0.0.4"));
    }
}
