//! Why a fleet has the versions of a crate that it has.

use std::collections::BTreeMap;

use serde::Serialize;

use super::candidates::{CandidateId, Candidates, range};
use super::choice::{Reason, choose};
use super::file::FleetFile;
use super::joint::{Fleet, Joint};
use super::solve::users;
use super::{Error, Problem};
use crate::intern::Symbol;
use crate::manifest::DependencyKind;

/// All that is known of a crate in a fleet.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The crate.
    #[serde(rename = "crate")]
    pub name: String,
    /// What was chosen.
    pub chosen: Vec<Chosen>,
    /// By member: the versions in its lock.
    pub locks: BTreeMap<String, Vec<String>>,
    /// Versions that were given up, and why.
    pub given_up: BTreeMap<String, String>,
    /// Members that have the crate, but are resolved apart, and why.
    pub apart: BTreeMap<String, String>,
}

/// A version that was chosen.
#[derive(Debug, Clone, Serialize)]
pub struct Chosen {
    /// The version.
    pub version: String,
    /// The features that are on in some use of it.
    pub features: Vec<String>,
    /// Why there is more than one version of its range.
    pub several: Option<String>,
    /// The member that it is the program of, if it is one.
    pub program: Option<String>,
    /// Who asks for it.
    pub asked: Vec<Asked>,
}

/// A dependency on a crate.
#[derive(Debug, Clone, Serialize)]
pub struct Asked {
    /// The package that has the dependency, `name version`.
    pub by: String,
    /// The members that use that package.
    pub members: Vec<String>,
    /// The requirement.
    pub requirement: String,
    /// `build` for build scripts, else `normal`.
    pub kind: &'static str,
    /// The platforms that it is for, if not for all.
    pub platform: Option<String>,
    /// The features that it asks for, `default` among them.
    pub features: Vec<String>,
    /// Why it gets this version.
    pub reason: String,
}

impl Fleet<'_> {
    /// Explains the choice of a crate.
    ///
    /// # Errors
    /// When no member's lock has the crate.
    pub fn explain(&self, name: &str) -> Result<Explanation, Error> {
        let symbol = Symbol::new(name);
        let mut explanation = Explanation {
            name: name.to_owned(),
            chosen: Vec::new(),
            locks: BTreeMap::new(),
            given_up: BTreeMap::new(),
            apart: BTreeMap::new(),
        };
        let apart = self.apart.iter().map(|(member, reason)| (member, Some(reason)));
        for (member, reason) in self.members.iter().map(|member| (member, None)).chain(apart) {
            let found = member.lock.named(symbol).map(|index| member.lock.package(index));
            let versions: Vec<String> = found.map(|package| package.version.to_string()).collect();
            if versions.is_empty() {
                continue;
            }
            explanation.locks.insert(member.name.clone(), versions);
            explanation
                .apart
                .extend(reason.map(|reason| (member.name.clone(), reason.clone())));
        }
        if explanation.locks.is_empty() {
            return Err(unknown(self.file, name));
        }
        if let Some(joint) = &self.joint {
            self.explain_joint(joint, symbol, &mut explanation);
        }
        Ok(explanation)
    }

    fn explain_joint(&self, joint: &Joint, name: Symbol, explanation: &mut Explanation) {
        let solution = &joint.solution;
        let users = users(&self.members, &joint.candidates, &solution.walked);
        let mut asked: BTreeMap<CandidateId, Vec<Asked>> = BTreeMap::new();
        for (by, reached) in &solution.walked.reached {
            let Some(read) = joint.read.get(by) else { continue };
            for (position, to) in &reached.edges {
                if joint.candidates.get(*to).name != name {
                    continue;
                }
                let dependency = &read.package.dependencies[*position as usize];
                let own = &read.own[*position as usize];
                let chosen = choose(&joint.candidates, &self.rules, &solution.bans, dependency, own);
                let reason = chosen.map_or(Reason::Given, |(_, reason)| reason);
                let members = users.get(by).into_iter().flatten();
                let default = dependency.default_features.then(|| "default".to_owned());
                asked.entry(*to).or_default().push(Asked {
                    by: joint.candidates.describe(*by),
                    members: members.map(|member| self.members[*member].name.clone()).collect(),
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
                    reason: why(&joint.candidates, &solution.bans, &reason),
                });
            }
        }
        for id in joint.candidates.named(name) {
            let candidate = joint.candidates.get(*id);
            if let Some(reason) = solution.bans.get(id) {
                explanation
                    .given_up
                    .insert(candidate.version.to_string(), reason.clone());
            }
            let (Some(reached), Some(read)) = (solution.walked.reached.get(id), joint.read.get(id)) else {
                continue;
            };
            let features = reached.features.iter();
            let several = solution.several.get(&(name, range(&candidate.version)));
            explanation.chosen.push(Chosen {
                version: candidate.version.to_string(),
                features: features
                    .map(|feature| read.package.features[feature as usize].name.to_string())
                    .collect(),
                several: several.cloned(),
                program: candidate.local.map(|(member, _)| self.members[member].name.clone()),
                asked: asked.remove(id).unwrap_or_default(),
            });
        }
    }
}

fn why(candidates: &Candidates, bans: &BTreeMap<CandidateId, String>, reason: &Reason) -> String {
    let versions = |ids: &[CandidateId]| {
        let versions: Vec<String> = ids.iter().map(|id| candidates.get(*id).version.to_string()).collect();
        versions.join(", ")
    };
    match reason {
        Reason::Highest => "the highest in any lock".to_owned(),
        Reason::Rejects(higher) => format!("the requirement rejects {}", versions(higher)),
        Reason::Fallback(higher) => {
            let first = higher.iter().find_map(|id| bans.get(id)).map_or("", String::as_str);
            format!("{} is given up: {first}", versions(higher))
        }
        Reason::Pinned => "pinned".to_owned(),
        Reason::Separate => "separate: the version of its own lock".to_owned(),
        Reason::Given => "its source leaves no choice".to_owned(),
    }
}

fn unknown(file: &FleetFile, name: &str) -> Error {
    let problem = Problem::UnknownCrate { name: name.to_owned() };
    Error::at(crate::manifest::Place::file(&file.name), problem)
}
