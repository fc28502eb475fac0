//! Why a fleet has the versions and features of a crate that it has.

use std::collections::{BTreeMap, BTreeSet};

use cargo_util_schemas::core::PackageIdSpec;
use semver::Version;
use serde::Serialize;

use super::catalog::{Candidate, CandidateId};
use super::joint::Fleet;
use super::{Error, Problem};
use crate::intern::Symbol;
use crate::lock::LockSource;
use crate::manifest::{DependencyKind, Place};
use crate::resolution::Resolution;
use crate::resolve::FeaturesFor;
use crate::similar::did_you_mean;

/// All that is known of a crate in a fleet.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The crate.
    #[serde(rename = "crate")]
    pub name: String,
    /// What was chosen, and is built on some platform.
    pub chosen: Vec<ChosenVersion>,
    /// What was chosen for other platforms than those of the fleet, or for features that nobody turns on: locks have it all the same.
    pub unbuilt: Vec<UnbuiltVersion>,
    /// By member: the versions in its lock.
    pub locks: BTreeMap<String, Vec<String>>,
}

/// A version that locks have and that no platform builds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnbuiltVersion {
    /// The version.
    pub version: String,
    /// The members whose locks have it.
    pub members: Vec<String>,
}

/// Which packages are asked about, as `cargo tree --invert` takes it: `name`, or `name@version` with a version in part or in full.
struct Asking {
    text: String,
    spec: PackageIdSpec,
}

impl Asking {
    fn parse(text: &str) -> Result<Self, String> {
        let spec = PackageIdSpec::parse(text).map_err(|reason| {
            // Some of Cargo's messages have more lines, which are about its own command line.
            reason.to_string().lines().next().unwrap_or_default().to_owned()
        })?;
        // What the fleet has is told apart by names and versions alone.
        match spec.url() {
            Some(_) => Err("an address is not asked for".to_owned()),
            None => Ok(Self {
                text: text.to_owned(),
                spec,
            }),
        }
    }

    fn fits(&self, version: &Version) -> bool {
        let asked = self.spec.partial_version();
        asked.is_none_or(|asked| asked.matches(version))
    }
}

/// The packages of a member that are built on some platform.
type Built<'r> = BTreeSet<(Symbol, &'r Version, Option<&'r LockSource>)>;

fn built(resolution: &Resolution) -> Built<'_> {
    let units = resolution.platforms.iter().flat_map(|platform| &platform.units.units);
    units
        .map(|unit| {
            let package = resolution.universe.lock.package(unit.package);
            (package.name, &package.version, package.source.as_ref())
        })
        .collect()
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
        Error::at(Place::file(&self.file.name), problem)
    }

    /// Explains the choice of a crate: `name`, or `name@version` as Cargo takes it. `resolutions` are those of [`Fleet::resolve`]; without them
    /// nothing is known of what is built, and everything counts.
    ///
    /// # Errors
    /// When no member's lock has the crate, and no member got it.
    pub fn explain(&self, spec: &str, resolutions: Option<&[Resolution]>) -> Result<Explanation, Error> {
        let asking = Asking::parse(spec).map_err(|reason| {
            let spec = spec.to_owned();
            Error::at(Place::file(&self.file.name), Problem::Specification { spec, reason })
        })?;
        let name = asking.spec.name();
        let symbol = Symbol::new(name);
        let mut explanation = Explanation {
            name: name.to_owned(),
            chosen: Vec::new(),
            unbuilt: Vec::new(),
            locks: BTreeMap::new(),
        };
        let mut known: BTreeSet<&Version> = BTreeSet::new();
        let built: Option<Vec<Built<'_>>> = resolutions.map(|all| all.iter().map(built).collect());
        let is_built = |candidate: &Candidate, number: usize| {
            let key = (candidate.name, &candidate.version, candidate.source.as_ref());
            built
                .as_ref()
                .and_then(|built| built.get(number))
                .is_none_or(|built| built.contains(&key))
        };
        for member in self.members.iter().chain(&self.isolated) {
            let found = member
                .lock
                .named(symbol)
                .map(|index| &member.lock.package(index).version);
            let found: Vec<&Version> = found.collect();
            known.extend(&found);
            let fitting = found.iter().filter(|version| asking.fits(version));
            let versions: Vec<String> = fitting.map(ToString::to_string).collect();
            if !versions.is_empty() {
                explanation.locks.insert(member.name.clone(), versions);
            }
        }
        for range in self.catalog.named(symbol) {
            let mut chosen: Vec<(CandidateId, Vec<usize>)> = Vec::new();
            for id in &self.catalog.range(*range).candidates {
                let candidate = self.catalog.get(*id);
                let having = (0..self.locks.len()).filter(|number| self.locks[*number].packages.contains_key(id));
                let (building, other): (Vec<usize>, Vec<usize>) =
                    having.partition(|number| is_built(candidate, *number));
                if !building.is_empty() {
                    known.insert(&candidate.version);
                    chosen.push((*id, building));
                } else if !other.is_empty() && asking.fits(&candidate.version) {
                    explanation.unbuilt.push(UnbuiltVersion {
                        version: candidate.version.to_string(),
                        members: self.names(other.into_iter()),
                    });
                }
            }
            chosen.sort_by_key(|(id, members)| (std::cmp::Reverse(members.len()), *id));
            let most = chosen.first().map(|(id, _)| *id);
            for (id, members) in chosen {
                if !asking.fits(&self.catalog.get(id).version) {
                    continue;
                }
                let beside = most
                    .filter(|most| *most != id)
                    .map(|most| self.why_beside(id, most, &members));
                explanation.chosen.push(self.chosen(id, &members, beside));
            }
        }
        if !explanation.locks.is_empty() || !explanation.chosen.is_empty() || !explanation.unbuilt.is_empty() {
            return Ok(explanation);
        }
        if known.is_empty() {
            return Err(self.unknown(name));
        }
        let known: Vec<String> = known.iter().map(|version| format!("`{name}@{version}`")).collect();
        let problem = Problem::UnknownVersion {
            spec: asking.text,
            name: name.to_owned(),
            known: known.join(", "),
        };
        Err(Error::at(Place::file(&self.file.name), problem))
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
