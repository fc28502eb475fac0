//! What may be to blame where a unit of a fleet does not compile: versions and features that its programs have because of others.

use std::collections::{BTreeMap, BTreeSet};

use semver::Version;
use serde::Serialize;

use super::catalog::CandidateId;
use super::joint::Fleet;
use super::{Error, Problem};
use crate::intern::Symbol;

/// A unit that did not compile.
#[derive(Debug, Clone, Serialize)]
pub struct Failed {
    /// The package.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The programs that have it.
    pub members: Vec<String>,
    /// What others brought into it: itself and its dependencies.
    pub suspects: Vec<Suspect>,
    /// The line of the fleet file that keeps the suspects apart; none where there are none.
    pub line: Option<String>,
}

/// A version or features of a crate that programs have because of others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suspect {
    /// The crate.
    #[serde(rename = "crate")]
    pub name: String,
    /// The version that was chosen.
    pub version: String,
    /// The programs whose locks brought it; if there is none, it is from the registry's index.
    pub brought: Vec<String>,
    /// By program: what its own lock has in its place.
    pub instead: BTreeMap<String, Vec<String>>,
    /// Features that programs got.
    pub features: BTreeSet<String>,
    /// The programs that turned these features on.
    pub asked: BTreeSet<String>,
}

impl Fleet<'_> {
    /// Which versions and features of others a package has, and those that it depends on; none if no program has the package.
    pub fn suspects(&self, name: &str, version: &str) -> Option<Failed> {
        let ranges = self.catalog.named(Symbol::new(name)).iter();
        let candidates = ranges.flat_map(|range| &self.catalog.range(*range).candidates);
        let mut found: Option<Failed> = None;
        for id in candidates.filter(|id| self.catalog.get(**id).version.to_string() == version) {
            let members = self.having(*id);
            if members.is_empty() {
                continue;
            }
            let mut used: BTreeSet<CandidateId> = BTreeSet::from([*id]);
            for member in &members {
                used.extend(
                    self.locks[*member]
                        .packages
                        .get(id)
                        .into_iter()
                        .flat_map(BTreeMap::values),
                );
            }
            let suspects: Vec<Suspect> = used
                .into_iter()
                .filter_map(|used| self.suspect(used, &members))
                .collect();
            found = Some(Failed {
                name: name.to_owned(),
                version: version.to_owned(),
                members: self.named(&members),
                line: self.line(&suspects),
                suspects,
            });
        }
        found
    }

    /// The members that have a candidate.
    fn having(&self, id: CandidateId) -> Vec<usize> {
        (0..self.locks.len())
            .filter(|number| self.locks[*number].packages.contains_key(&id))
            .collect()
    }

    fn named(&self, members: &[usize]) -> Vec<String> {
        members
            .iter()
            .map(|member| self.members[*member].name.clone())
            .collect()
    }

    /// What members have of a crate because of others, if they do.
    fn suspect(&self, id: CandidateId, members: &[usize]) -> Option<Suspect> {
        let candidate = self.catalog.get(id);
        let having = self.having(id);
        let mut instead = BTreeMap::new();
        let mut features = BTreeSet::new();
        let mut asked = BTreeSet::new();
        for number in members.iter().filter(|number| having.contains(number)) {
            let member = &self.members[*number];
            if candidate.local.is_none() && !candidate.locks.iter().any(|(locking, _)| locking == number) {
                let own = member.lock.named(candidate.name);
                let own: Vec<String> = own
                    .map(|index| member.lock.package(index).version.to_string())
                    .collect();
                instead.insert(member.name.clone(), own);
            }
            let additions = self.additions[*number].iter().filter(|((added, _), _)| *added == id);
            for ((_, side), addition) in additions {
                features.extend(addition.features.iter().map(ToString::to_string));
                for feature in &addition.features {
                    let own = having.iter().filter(|other| {
                        let addition = self.additions[**other].get(&(id, *side));
                        addition.is_none_or(|addition| !addition.features.contains(feature))
                    });
                    asked.extend(own.map(|other| self.members[*other].name.clone()));
                }
            }
        }
        if instead.is_empty() && features.is_empty() {
            return None;
        }
        let locking: Vec<usize> = candidate.locks.iter().map(|(member, _)| *member).collect();
        Some(Suspect {
            name: candidate.name.to_string(),
            version: candidate.version.to_string(),
            brought: self.named(&locking),
            instead,
            features,
            asked,
        })
    }

    /// The key `separate` with what it has and the suspects.
    fn line(&self, suspects: &[Suspect]) -> Option<String> {
        if suspects.is_empty() {
            return None;
        }
        let names = suspects.iter().map(|suspect| &suspect.name);
        let names: BTreeSet<&String> = self.file.separate.iter().chain(names).collect();
        let names: Vec<String> = names.into_iter().map(|name| format!("\"{name}\"")).collect();
        Some(format!("separate = [{}]", names.join(", ")))
    }

    /// The versions that all who have a crate could have in the place of the highest that was chosen, ascending; it is the last.
    /// `wanted` says which range is meant, by any version of it.
    ///
    /// # Errors
    /// When no program has the crate.
    pub fn older(&self, name: &str, wanted: Option<&Version>) -> Result<Vec<Version>, Error> {
        let ranges = self.catalog.named(Symbol::new(name)).iter();
        let chosen = ranges
            .filter(|range| {
                let candidates = &self.catalog.range(**range).candidates;
                wanted.is_none_or(|wanted| candidates.iter().any(|id| self.catalog.get(*id).version == *wanted))
            })
            .flat_map(|range| &self.catalog.range(*range).candidates)
            .copied()
            .filter(|id| self.catalog.get(*id).local.is_none() && !self.having(*id).is_empty())
            .max_by_key(|id| &self.catalog.get(*id).version);
        let Some(chosen) = chosen else {
            return Err(self.none_older(name, wanted));
        };
        let mut asked = Vec::new();
        for locked in &self.locks {
            for (by, edges) in &locked.packages {
                // Of what the index does not have nothing is known.
                let Some(read) = self.catalog.read(*by) else { continue };
                let to_it = edges.iter().filter(|(_, to)| **to == chosen);
                asked.extend(to_it.map(|(position, _)| (read.clone(), *position as usize)));
            }
        }
        let highest = self.catalog.get(chosen);
        let candidates = self.catalog.range(highest.range).candidates.iter();
        Ok(candidates
            .filter(|id| {
                let candidate = self.catalog.get(**id);
                let released = candidate.version.pre.is_empty() || !candidate.locks.is_empty();
                let accepted = asked
                    .iter()
                    .all(|(read, position)| read.package.dependencies[*position].accepts(&candidate.version));
                **id == chosen
                    || candidate.place < highest.place && released && accepted && self.catalog.is_usable(**id)
            })
            .map(|id| self.catalog.get(*id).version.clone())
            .collect())
    }

    /// The error for a crate of which there are no versions to look among.
    fn none_older(&self, name: &str, wanted: Option<&Version>) -> Error {
        let ranges = self.catalog.named(Symbol::new(name)).iter();
        let had: Vec<CandidateId> = ranges
            .flat_map(|range| &self.catalog.range(*range).candidates)
            .copied()
            .filter(|id| !self.having(*id).is_empty())
            .collect();
        let mut published: Vec<&Version> = had
            .iter()
            .map(|id| self.catalog.get(*id))
            .filter(|candidate| candidate.local.is_none())
            .map(|candidate| &candidate.version)
            .collect();
        published.sort();
        let name = name.to_owned();
        let problem = match wanted {
            Some(wanted) if !published.is_empty() => Problem::NoSuchRange {
                name,
                wanted: wanted.to_string(),
                versions: published.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            },
            _ if !had.is_empty() => Problem::OneVersion { name },
            _ => return self.unknown(&name),
        };
        Error::at(crate::manifest::Place::file(&self.file.name), problem)
    }
}
