//! The packages that can be chosen: those of the members' locks.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use semver::Version;

use super::member::Member;
use super::{Error, Problem};
use crate::intern::Symbol;
use crate::lock::{LockIndex, LockPackage, LockSource};
use crate::manifest::Place;

/// A position in [`Candidates::list`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CandidateId(pub u32);

/// A package of at least one lock.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Its name.
    pub name: Symbol,
    /// Its version.
    pub version: Version,
    /// Where it comes from; none for packages of a member's workspace.
    pub source: Option<LockSource>,
    /// sha256 of its `.crate` file.
    pub checksum: Option<String>,
    /// The package of a member's workspace: the member and the position in its packages.
    pub local: Option<(usize, usize)>,
    /// The locks that have it: the member, and the position in its lock.
    pub locks: Vec<(usize, LockIndex)>,
}

/// All candidates, by name, version and source; those of workspaces by member then.
#[derive(Debug, Default)]
pub struct Candidates {
    /// The candidates.
    pub list: Vec<Candidate>,
    by_name: FxHashMap<Symbol, Vec<CandidateId>>,
    of_lock: FxHashMap<(usize, LockIndex), CandidateId>,
}

/// Versions that Cargo takes to be compatible: the same major one, or minor one below 1.0, or patch below 0.1.
pub type Range = (u64, u64, u64);

/// The range that a version belongs to.
pub fn range(version: &Version) -> Range {
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

impl Candidates {
    /// Collects the packages of the members' locks; `members` are those that are resolved together.
    ///
    /// # Errors
    /// When two locks have different checksums for one package.
    pub fn new(members: &[Member]) -> Result<Self, Error> {
        type Key = (Symbol, Version, Option<LockSource>, Option<(String, String)>);
        let mut found: BTreeMap<Key, Candidate> = BTreeMap::new();
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
                let candidate = found.entry(key).or_insert_with(|| Candidate {
                    name: package.name,
                    version: package.version.clone(),
                    source: package.source.clone(),
                    checksum: package.checksum.clone(),
                    local,
                    locks: Vec::new(),
                });
                if candidate.checksum != package.checksum {
                    let first = candidate.locks.first().map_or(number, |(member, _)| *member);
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
        let mut candidates = Self::default();
        for (id, candidate) in (0_u32..).map(CandidateId).zip(found.into_values()) {
            candidates.by_name.entry(candidate.name).or_default().push(id);
            candidates
                .of_lock
                .extend(candidate.locks.iter().map(|lock| (*lock, id)));
            candidates.list.push(candidate);
        }
        Ok(candidates)
    }

    /// A candidate.
    pub fn get(&self, id: CandidateId) -> &Candidate {
        &self.list[id.0 as usize]
    }

    /// The candidates of a name, by version.
    pub fn named(&self, name: Symbol) -> &[CandidateId] {
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
}

/// The package of a member's workspace that an entry without a source stands for.
fn local(member: &Member, package: &LockPackage) -> Option<usize> {
    member
        .workspace
        .packages
        .iter()
        .position(|local| local.package.name == package.name && local.package.version == package.version)
}
