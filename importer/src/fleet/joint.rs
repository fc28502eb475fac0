//! Resolves the members of a fleet together, as one workspace with one lock.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::candidates::{CandidateId, Candidates};
use super::choice::Rules;
use super::file::{FleetFile, ProgramSource};
use super::lock_text::lock_text;
use super::member::{Member, Reader};
use super::solve::{Outcome, Solution};
use super::walk::{Read, Walker};
use super::workspace::MEMBERS;
use super::{Error, Problem};
use crate::config::Config;
use crate::intern::Symbol;
use crate::manifest::{DependencyKind, Manifest};
use crate::options::{ImportOptions, PlatformRequest, Selection};
use crate::resolution::{self, Resolution};
use crate::resolve::{MemberFeatures, Programs, Selected};
use crate::source::progress::Progress;
use crate::source::{FetchOptions, Fetcher, ManifestText};
use crate::workspace::{LoadedManifest, LocalPackage, MANIFEST_NAME, Resolver, Workspace};

/// The manifest of the workspace that a fleet makes.
const ROOT_MANIFEST: &str = "[workspace]\nresolver = \"2\"\n";

/// Where the package of a member's workspace is in the workspace of all: the member and the position there → the position.
type Positions = BTreeMap<(usize, usize), usize>;

/// A fleet, resolved.
pub struct Fleet<'a> {
    /// The file.
    pub file: &'a FleetFile,
    /// Cargo's configuration in its folder.
    pub config: Config,
    /// The members that are resolved together.
    pub members: Vec<Member>,
    /// Those that are not, each with the reason.
    pub apart: Vec<(Member, String)>,
    /// What was chosen; none if all members are apart.
    pub joint: Option<Joint>,
    /// What the fleet file says of single crates.
    pub rules: Rules,
    pub(super) offline: bool,
}

/// The versions that serve all members.
pub struct Joint {
    /// The packages of the members' locks.
    pub candidates: Candidates,
    /// What was chosen.
    pub solution: Solution,
    /// The lock that says so.
    pub lock: String,
    /// The manifests that were read.
    pub read: FxHashMap<CandidateId, Read>,
}

impl<'a> Fleet<'a> {
    /// Reads the members and chooses versions for them.
    ///
    /// # Errors
    /// When a member or a package can't be had or is wrong, or the fleet file asks for what is not there.
    pub fn solve(
        file: &'a FleetFile,
        platforms: &[PlatformRequest],
        offline: bool,
        progress: &dyn Progress,
    ) -> Result<Self, crate::Error> {
        let config = Config::load(&file.folder)?;
        let fetcher = Fetcher::new(&config, FetchOptions { offline }, progress);
        let reader = Reader {
            file,
            fetcher: &fetcher,
        };
        let mut members = Vec::new();
        let mut apart = Vec::new();
        for (name, program) in &file.programs {
            let member = reader.read(name, program)?;
            if program.isolated {
                apart.push((member, "the fleet file isolates it".to_owned()));
            } else if !member.workspace.patches.is_empty() {
                apart.push((
                    member,
                    "its workspace patches packages, which would count for all".to_owned(),
                ));
            } else {
                members.push(member);
            }
        }
        refuse_same_packages(file, &members)?;
        check_names(file, &members)?;
        let rules = Rules {
            pin: file
                .pin
                .iter()
                .map(|(name, version)| (Symbol::new(name), version.clone()))
                .collect(),
            separate: file.separate.iter().map(|name| Symbol::new(name)).collect(),
        };
        let (conditions, _, _) = resolution::platforms(platforms, &config)?;
        let fetch = |requests: &[crate::source::Request]| fetcher.fetch(requests);
        let mut joint = None;
        while !members.is_empty() {
            let candidates = Candidates::new(&members)?;
            let mut walker = Walker {
                members: &members,
                candidates: &candidates,
                rules: &rules,
                config: &config,
                fetch: &fetch,
                conditions: conditions.clone(),
                read: FxHashMap::default(),
            };
            let outcome = walker.solve()?;
            let read = walker.read;
            match outcome {
                Outcome::Solved(solution) => {
                    let lock = lock_text(&candidates, &solution.walked, &BTreeSet::new());
                    joint = Some(Joint {
                        candidates,
                        solution: *solution,
                        lock,
                        read,
                    });
                    break;
                }
                Outcome::Apart(mut reasons) => {
                    let mut kept = Vec::new();
                    for (number, member) in members.into_iter().enumerate() {
                        match reasons.remove(&number) {
                            Some(reason) => apart.push((member, reason)),
                            None => kept.push(member),
                        }
                    }
                    members = kept;
                }
            }
        }
        apart.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        Ok(Self {
            file,
            config,
            members,
            apart,
            joint,
            rules,
            offline,
        })
    }

    /// Resolves the members that are joined.
    ///
    /// # Errors
    /// When a package can't be had, or what is asked for is not there.
    pub fn resolve(&self, platforms: &[PlatformRequest], progress: &dyn Progress) -> Result<Resolution, crate::Error> {
        let lock = self.joint.as_ref().map_or("version = 4\n", |joint| &joint.lock);
        let (workspace, positions) = self.workspace(lock)?;
        let selected = self.selected(&positions);
        let options = ImportOptions {
            manifest_path: self.file.path.clone(),
            platforms: platforms.to_vec(),
            selection: Selection::default(),
            offline: self.offline,
        };
        let variables = self.variables()?;
        Resolution::of(workspace, self.config.clone(), variables, &selected, &options, progress)
            .map_err(|error| located(self.file, self.members.iter(), error))
    }

    /// One workspace of all joined members; the map says where a member's packages are in it.
    fn workspace(&self, lock: &str) -> Result<(Workspace, Positions), crate::Error> {
        let mut packages: BTreeMap<PathBuf, LocalPackage> = BTreeMap::new();
        let all = self.members.iter();
        for (member, local) in all.flat_map(|member| member.workspace.packages.iter().map(move |local| (member, local)))
        {
            // Nothing is built that uses dev-dependencies, so no versions were chosen for them.
            let mut package = local.package.clone();
            package
                .dependencies
                .retain(|dependency| dependency.kind != DependencyKind::Development);
            let package = LocalPackage {
                folder: local.folder.clone(),
                relative: match &member.program.source {
                    ProgramSource::Path(_) => local.relative.clone(),
                    // As in the workspace that can be written of a fleet.
                    ProgramSource::Published { name, version } => format!("{MEMBERS}/{}/{name}-{version}", member.name),
                    ProgramSource::Git { .. } => format!("{MEMBERS}/{}/{}", member.name, local.relative),
                },
                package,
                location: local.location.clone(),
                member: local.member,
                published: local.published.clone(),
            };
            packages.insert(local.folder.clone(), package);
        }
        let packages: Vec<LocalPackage> = packages.into_values().collect();
        let mut positions = BTreeMap::new();
        for (number, member) in self.members.iter().enumerate() {
            for (position, local) in member.workspace.packages.iter().enumerate() {
                let found = packages.binary_search_by(|package| package.folder.cmp(&local.folder));
                positions.extend(found.ok().map(|found| ((number, position), found)));
            }
        }
        let manifest = Manifest::parse(ManifestText {
            text: ROOT_MANIFEST.to_owned(),
            location: MANIFEST_NAME.to_owned(),
        })
        .map_err(crate::workspace::Error::from)?;
        let workspace = Workspace {
            root: self.file.folder.clone(),
            root_manifest: LoadedManifest {
                folder: self.file.folder.clone(),
                manifest,
                sha256: String::new(),
            },
            packages,
            current: None,
            default_members: Vec::new(),
            resolver: Resolver::V2,
            patches: Vec::new(),
            inputs: Vec::new(),
            lock: lock.to_owned(),
            lock_location: "the fleet's lock".to_owned(),
        };
        Ok((workspace, positions))
    }

    fn selected(&self, positions: &Positions) -> Selected {
        let mut features = Vec::new();
        let mut programs = Vec::new();
        for (number, member) in self.members.iter().enumerate() {
            let place = |position: &usize| positions.get(&(number, *position)).copied();
            features.extend(member.selected.features.iter().filter_map(|selected| {
                Some(MemberFeatures {
                    member: place(&selected.member)?,
                    ..selected.clone()
                })
            }));
            programs.push(Programs {
                name: member.name.clone(),
                packages: member.roots.iter().filter_map(place).collect(),
                others: member.others.clone(),
                bins: member.program.bins.clone(),
            });
        }
        features.sort_by_key(|selected| selected.member);
        let mut packages: Vec<usize> = features.iter().map(|selected| selected.member).collect();
        packages.dedup();
        Selected {
            features,
            packages,
            others: Vec::new(),
            programs: Some(programs),
        }
    }

    /// The variables of the folder's configuration and of all joined members'.
    fn variables(&self) -> Result<BTreeMap<String, String>, crate::Error> {
        let mut variables: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
        for member in &self.members {
            for (name, value) in &member.variables {
                let known = variables.insert(name, (&member.name, value));
                if let Some((first, first_value)) = known.filter(|(_, known)| known != value) {
                    let problem = Problem::Variable {
                        first: first.to_owned(),
                        second: member.name.clone(),
                        variable: name.clone(),
                        first_value: first_value.to_owned(),
                        second_value: value.clone(),
                    };
                    return Err(self.file.fail(&["programs", &member.name], problem).into());
                }
            }
        }
        let mut all = self.config.variables()?;
        all.extend(
            variables
                .into_iter()
                .map(|(name, (_, value))| (name.to_owned(), value.to_owned())),
        );
        Ok(all)
    }
}

/// A program that is not there was asked for in the fleet file.
pub(super) fn located<'m>(
    file: &FleetFile,
    mut members: impl Iterator<Item = &'m Member>,
    error: crate::Error,
) -> crate::Error {
    let crate::Error::Units(crate::units::Error::NoTarget { name, known, .. }) = &error else {
        return error;
    };
    let Some(member) = members.find(|member| member.program.bins.contains(name)) else {
        return error;
    };
    let problem = Problem::NoProgram {
        name: member.name.clone(),
        bin: name.clone(),
        known: known.clone(),
    };
    file.fail_at(&member.name, "bins", problem).into()
}

/// Cargo has no two members of one name in a workspace, and two of one package would be one.
fn refuse_same_packages(file: &FleetFile, members: &[Member]) -> Result<(), Error> {
    let mut known: BTreeMap<Symbol, (&str, &Path)> = BTreeMap::new();
    for member in members {
        for selected in &member.selected.features {
            let local = &member.workspace.packages[selected.member];
            let folder = local.folder.as_path();
            let Some((first, before)) = known.insert(local.package.name, (&member.name, folder)) else {
                continue;
            };
            // Two entries may build different packages of one workspace, but not one package twice.
            if before != folder || member.roots.contains(&selected.member) {
                let problem = Problem::SamePackage {
                    first: first.to_owned(),
                    second: member.name.clone(),
                    package: local.package.name.to_string(),
                };
                return Err(file.fail(&["programs", &member.name], problem));
            }
        }
    }
    Ok(())
}

/// Names of crates in the file that no lock has are mistakes.
fn check_names(file: &FleetFile, members: &[Member]) -> Result<(), Error> {
    let versions = |name: &str| {
        let mut versions: Vec<_> = members
            .iter()
            .flat_map(|member| {
                member
                    .lock
                    .named(Symbol::new(name))
                    .map(|index| &member.lock.package(index).version)
            })
            .collect();
        versions.sort();
        versions.dedup();
        versions
    };
    for name in &file.separate {
        if versions(name).is_empty() {
            return Err(file.fail(&["separate"], Problem::SeparateUnknown { name: name.clone() }));
        }
    }
    for (name, version) in &file.pin {
        let known = versions(name);
        if !known.contains(&version) {
            let known: Vec<String> = known.iter().map(ToString::to_string).collect();
            let problem = Problem::PinUnknown {
                name: name.clone(),
                version: version.to_string(),
                known: if known.is_empty() {
                    "none has the crate at all".to_owned()
                } else {
                    format!("there are {}", known.join(", "))
                },
            };
            return Err(file.fail(&["pin", name], problem));
        }
    }
    Ok(())
}
