//! Why a fleet has the versions and features of a crate that it has.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::catalog::CandidateId;
use super::joint::Fleet;
use super::{Error, Problem};
use crate::intern::Symbol;
use crate::manifest::DependencyKind;
use crate::resolve::FeaturesFor;
use crate::similar::did_you_mean;

/// All that is known of a crate in a fleet.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The crate.
    #[serde(rename = "crate")]
    pub name: String,
    /// What was chosen.
    pub chosen: Vec<ChosenVersion>,
    /// By member: the versions in its lock.
    pub locks: BTreeMap<String, Vec<String>>,
}

/// A version that was chosen.
#[derive(Debug, Clone, Serialize)]
pub struct ChosenVersion {
    /// The version.
    pub version: String,
    /// The members that have it.
    pub members: Vec<String>,
    /// The members whose locks have it; if there is none, it is from the registry's index.
    pub brought: Vec<String>,
    /// The member that it is the program of, if it is one.
    pub program: Option<String>,
    /// Why its members have it in place of the version that most have, if they do.
    pub beside: Option<String>,
    /// Who asks for it.
    pub asked: Vec<Asked>,
    /// Features that members get because others ask for them.
    pub shared: Vec<Shared>,
}

/// Features that members get because others ask for them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Shared {
    /// The features.
    pub features: Vec<String>,
    /// Is it for build scripts and proc macros?
    pub host: bool,
    /// The members that get them.
    pub members: Vec<String>,
}

/// A dependency on a crate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Asked {
    /// The package that has the dependency, `name version`.
    pub by: String,
    /// The requirement.
    pub requirement: String,
    /// `build` for build scripts, else `normal`.
    pub kind: &'static str,
    /// The platforms that it is for, if not for all.
    pub platform: Option<String>,
    /// The features that it asks for, `default` among them.
    pub features: Vec<String>,
    /// The members that use that package.
    pub members: Vec<String>,
}

impl Fleet<'_> {
    /// The error for a crate that no program has.
    pub(super) fn unknown(&self, name: &str) -> Error {
        let members = self.members.iter().chain(&self.isolated);
        let known: BTreeSet<Symbol> = members.flat_map(|member| member.lock.names()).collect();
        let problem = Problem::UnknownCrate {
            name: name.to_owned(),
            near: did_you_mean(name, known.into_iter().map(Symbol::as_str)),
        };
        Error::at(crate::manifest::Place::file(&self.file.name), problem)
    }

    /// Explains the choice of a crate.
    ///
    /// # Errors
    /// When no member's lock has the crate, and no member got it.
    pub fn explain(&self, name: &str) -> Result<Explanation, Error> {
        let symbol = Symbol::new(name);
        let mut explanation = Explanation {
            name: name.to_owned(),
            chosen: Vec::new(),
            locks: BTreeMap::new(),
        };
        for member in self.members.iter().chain(&self.isolated) {
            let found = member.lock.named(symbol).map(|index| member.lock.package(index));
            let versions: Vec<String> = found.map(|package| package.version.to_string()).collect();
            if !versions.is_empty() {
                explanation.locks.insert(member.name.clone(), versions);
            }
        }
        for range in self.catalog.named(symbol) {
            let ids = self.catalog.range(*range).candidates.iter();
            let mut chosen: Vec<(CandidateId, Vec<usize>)> = ids
                .map(|id| {
                    let having = (0..self.locks.len()).filter(|number| self.locks[*number].packages.contains_key(id));
                    (*id, having.collect::<Vec<usize>>())
                })
                .filter(|(_, members)| !members.is_empty())
                .collect();
            chosen.sort_by_key(|(id, members)| (std::cmp::Reverse(members.len()), *id));
            let most = chosen.first().map(|(id, _)| *id);
            for (id, members) in chosen {
                let beside = most
                    .filter(|most| *most != id)
                    .map(|most| self.why_beside(id, most, &members));
                explanation.chosen.push(self.chosen(id, &members, beside));
            }
        }
        if explanation.locks.is_empty() && explanation.chosen.is_empty() {
            return Err(self.unknown(name));
        }
        Ok(explanation)
    }

    fn names(&self, members: impl Iterator<Item = usize>) -> Vec<String> {
        members.map(|member| self.members[member].name.clone()).collect()
    }

    fn chosen(&self, id: CandidateId, members: &[usize], beside: Option<String>) -> ChosenVersion {
        let candidate = self.catalog.get(id);
        let mut asked: BTreeMap<Asked, BTreeSet<usize>> = BTreeMap::new();
        for number in members {
            for (by, edges) in &self.locks[*number].packages {
                // Of what the index does not have nothing is known.
                let Some(read) = self.catalog.read(*by) else { continue };
                for (position, _) in edges.iter().filter(|(_, to)| **to == id) {
                    let dependency = &read.package.dependencies[*position as usize];
                    let default = dependency.default_features.then(|| "default".to_owned());
                    let entry = Asked {
                        by: self.catalog.describe(*by),
                        requirement: dependency.requirement_text(),
                        kind: if dependency.kind == DependencyKind::Build {
                            "build"
                        } else {
                            "normal"
                        },
                        platform: dependency.platform.map(|platform| platform.to_string()),
                        features: default
                            .into_iter()
                            .chain(dependency.features.iter().map(ToString::to_string))
                            .collect(),
                        members: Vec::new(),
                    };
                    asked.entry(entry).or_default().insert(*number);
                }
            }
        }
        let mut shared: BTreeMap<(Vec<String>, bool), Vec<usize>> = BTreeMap::new();
        for number in members {
            for side in [FeaturesFor::Target, FeaturesFor::Host] {
                if let Some(addition) = self.additions[*number].get(&(id, side)) {
                    let features = addition.features.iter().map(ToString::to_string).collect();
                    shared
                        .entry((features, side == FeaturesFor::Host))
                        .or_default()
                        .push(*number);
                }
            }
        }
        ChosenVersion {
            shared: shared
                .into_iter()
                .map(|((features, host), members)| Shared {
                    features,
                    host,
                    members: self.names(members.into_iter()),
                })
                .collect(),
            version: candidate.version.to_string(),
            members: self.names(members.iter().copied()),
            brought: self.names(candidate.locks.iter().map(|(member, _)| *member)),
            program: candidate.local.map(|(member, _)| self.members[member].name.clone()),
            beside,
            asked: asked
                .into_iter()
                .map(|(asked, members)| Asked {
                    members: self.names(members.into_iter()),
                    ..asked
                })
                .collect(),
        }
    }

    /// Why members have a version in place of the one that most have: a dependency rejects it, or what it would need does not fit.
    fn why_beside(&self, id: CandidateId, most: CandidateId, members: &[usize]) -> String {
        let version = &self.catalog.get(most).version;
        if self.separate.contains(&self.catalog.get(id).name) {
            return "separate: the version of their own lock".to_owned();
        }
        for number in members {
            if let Some(reason) = &self.locks[*number].kept {
                return format!("`{}` keeps its own lock: {reason}", self.members[*number].name);
            }
            for (by, edges) in &self.locks[*number].packages {
                // Of what the index does not have nothing is known.
                let Some(read) = self.catalog.read(*by) else { continue };
                for (position, _) in edges.iter().filter(|(_, to)| **to == id) {
                    let dependency = &read.package.dependencies[*position as usize];
                    if !dependency.accepts(version) {
                        return format!(
                            "{} asks for {}, which rejects {version}",
                            self.catalog.describe(*by),
                            dependency.requirement_text()
                        );
                    }
                    let missing = self.catalog.read(most).and_then(|most| {
                        let features = dependency.features.iter();
                        features
                            .copied()
                            .find(|feature| most.package.feature(*feature).is_none())
                    });
                    if let Some(feature) = missing {
                        return format!(
                            "{} asks for the feature `{feature}`, which {version} has not",
                            self.catalog.describe(*by)
                        );
                    }
                }
            }
        }
        format!("what {version} needs does not fit what else they need")
    }
}
