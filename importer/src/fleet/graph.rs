//! Makes the graph of a fleet.

use std::collections::{BTreeMap, BTreeSet};

use super::catalog::CandidateId;
use super::file::{FleetFile, ProgramSource};
use super::joint::Fleet;
use super::member::Member;
use super::program_workspace::{FEATURES_PACKAGE, PROFILE, differences, usual_profile};
use super::{Error, Problem};
use crate::config::Config;
use crate::error::LockOwner;
use crate::graph::{Graph, Notice, Package, package_name};
use crate::internal::{InternalError, Invariant};
use crate::options::{ImportOptions, PlatformRequest, Selection};
use crate::resolution::Resolution;
use crate::resolve::{Programs, Selected};
use crate::resolved::TargetKind;
use crate::source::progress::Progress;
use crate::units::Profile;
use crate::workspace::{self, LocalPackage};

/// What every key is of.
const PACKAGE: &str = "a package of the graph";

impl Fleet<'_> {
    /// The graph of all members: of those that are joined, with those that are apart beside it.
    ///
    /// # Errors
    /// When a package can't be had, what is asked for is not there, or two members have a program of one name.
    pub fn graph(self, platforms: &[PlatformRequest], progress: &dyn Progress) -> Result<Graph, crate::Error> {
        let selection = Selection {
            fleet: Some(self.file.name.clone()),
            ..Selection::default()
        };
        let mut resolutions = self.resolve(platforms, progress)?;
        // Whatever the fleet file calls the members.
        resolutions.sort_by_cached_key(|resolution| {
            let packages = resolution.workspace.packages.iter();
            let mut packages: Vec<String> = packages
                .filter(|local| local.package.name.as_str() != FEATURES_PACKAGE)
                .map(|local| format!("{} {} {}", local.package.name, local.package.version, local.location))
                .collect();
            packages.sort();
            packages
        });
        let mut graph = Graph::of_programs(&self.frame(platforms, progress)?, &resolutions, &selection)?;
        drop(resolutions);
        graph.forget_files();
        // What the graph says of its own packages stays.
        graph.notices.retain(|notice| !notice.packages.is_empty());
        let notices = self.notices(&graph.packages)?;
        graph.notices.extend(notices);
        self.programs_abort(&mut graph)?;
        let mut programs = Known {
            file: self.file,
            names: BTreeMap::new(),
        };
        let built = programs_of(&graph)?;
        for (name, key) in &built {
            let package = graph.packages.get(key).invariant(PACKAGE)?;
            let member = self.members.iter().find(|member| builds(member, key, package));
            let member = member.invariant("a member that builds the program")?;
            programs.add(name.clone(), &member.name, key)?;
        }
        let mut inputs = self.inputs();
        for member in &self.members {
            inputs.extend(member.inputs.clone());
        }
        let Self {
            file,
            config,
            isolated,
            offline,
            ..
        } = self;
        for member in isolated {
            let name = member.name.clone();
            let nothing = nothing(file, &member);
            inputs.extend(member.inputs.clone());
            let options = ImportOptions {
                manifest_path: file.path.clone(),
                platforms: platforms.to_vec(),
                selection: Selection {
                    packages: member.program.packages.clone(),
                    bins: member.program.bins.clone(),
                    ..member.program.selection.clone()
                },
                offline,
            };
            let mut own = Graph::new(&alone(&config, member, &options, progress)?, &options.selection)?;
            own.forget_files();
            // Its packages have them each.
            own.files = Vec::new();
            let built = programs_of(&own)?;
            if built.is_empty() {
                return Err(nothing.into());
            }
            for (program, package) in built {
                programs.add(program, &name, &package)?;
            }
            graph.apart.insert(name, own);
        }
        graph.remember_files(&file.folder, inputs);
        graph.seal()?;
        Ok(graph)
    }

    /// The files beside the members' own that decide the outcome.
    fn inputs(&self) -> BTreeMap<String, String> {
        let files = self.config.files.iter().filter_map(|file| {
            let relative = file.strip_prefix(&self.file.folder).ok()?.to_str()?;
            Some((relative.to_owned(), workspace::file_digest(file)?))
        });
        files.chain([(self.file.name.clone(), self.file.digest())]).collect()
    }

    /// The programs of members with `panic = "abort"` do so; the libraries that they share with others are for both.
    fn programs_abort(&self, graph: &mut Graph) -> Result<(), crate::Error> {
        for member in &self.members {
            let root = &member.workspace.root_manifest.manifest;
            let (wanted, _) = Profile::find(PROFILE, root, &self.config)?.defaults();
            if wanted.panic == graph.profile.target.panic.as_deref().unwrap_or("unwind") {
                continue;
            }
            let packages = graph.packages.iter_mut();
            let packages = packages.filter(|(key, package)| builds(member, key, package));
            let units = packages.flat_map(|(_, package)| package.units.values_mut());
            for unit in units.filter(|unit| unit.kind.as_deref() == Some("bin") && !unit.test) {
                unit.profile.panic = Some(wanted.panic.clone());
            }
        }
        Ok(())
    }

    /// What members ask of the profile and can't have, who is isolated, and which versions no lock has.
    fn notices(&self, packages: &BTreeMap<String, Package>) -> Result<Vec<Notice>, crate::Error> {
        let mut wishes: BTreeMap<(&str, String), Vec<&str>> = BTreeMap::new();
        let mut overrides: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for member in &self.members {
            let root = &member.workspace.root_manifest.manifest;
            let profile = Profile::find(PROFILE, root, &self.config)?;
            let (wanted, _) = profile.defaults();
            let mut add = |kind, setting| wishes.entry((kind, setting)).or_default().push(&member.name);
            if !matches!(wanted.lto.as_str(), "false" | "off") {
                let lto = if wanted.lto == "true" { "fat" } else { &wanted.lto };
                add("lto", format!("lto = \"{lto}\""));
            }
            for (key, value) in differences(&wanted, &usual_profile(&self.config)?.defaults().0) {
                add("profile", format!("{key} = {value}"));
            }
            let own = &member.workspace.packages;
            for table in profile.overrides(|name| own.iter().any(|local| local.package.name.as_str() == name)) {
                overrides.entry(table).or_default().push(&member.name);
            }
        }
        let mut notices: Vec<Notice> = wishes
            .into_iter()
            .map(|((kind, setting), members)| {
                let why = match kind {
                    "lto" => "libraries of their own are compiled without, as it would merge them",
                    _ => "the programs' own code is compiled so, what they share with Cargo's own release profile",
                };
                Notice {
                    kind: kind.to_owned(),
                    text: format!(
                        "[profile.{PROFILE}] of {} asks for `{setting}`; {why}.",
                        quoted(&members)
                    ),
                    packages: Vec::new(),
                }
            })
            .collect();
        notices.extend(overrides.into_iter().map(|(table, members)| {
            let instead = match table.as_str() {
                "build-override" => "is not followed: what runs while a fleet is built is compiled once",
                _ => "counts for packages of their own alone: what they share has Cargo's own release profile",
            };
            Notice {
                kind: "profile".to_owned(),
                text: format!("[profile.{PROFILE}.{table}] of {} {instead}.", quoted(&members)),
                packages: Vec::new(),
            }
        }));
        notices.extend(self.isolated.iter().map(|member| Notice {
            kind: "isolated".to_owned(),
            text: format!("`{}` shares nothing, as the fleet file says.", member.name),
            packages: Vec::new(),
        }));
        for member in &self.members {
            notices.extend(member.unused.iter().map(|sentence| Notice {
                kind: "configuration".to_owned(),
                text: format!("`{}`: {sentence}", member.name),
                packages: Vec::new(),
            }));
        }
        for (member, locked) in self.members.iter().zip(&self.locks) {
            notices.extend(locked.kept.iter().map(|reason| Notice {
                kind: "own-lock".to_owned(),
                text: format!("`{}` keeps the versions of its own lock: {reason}.", member.name),
                packages: Vec::new(),
            }));
        }
        let chosen: BTreeSet<_> = self.locks.iter().flat_map(|locked| locked.packages.keys()).collect();
        for (name, version) in &self.file.pin {
            let is_pinned = |id: &CandidateId| {
                let candidate = self.catalog.get(*id);
                candidate.name.as_str() == name && candidate.version == *version
            };
            if !chosen.iter().any(|id| is_pinned(id)) {
                notices.push(Notice {
                    kind: "pin".to_owned(),
                    text: format!("No program can have {name} {version}, which `pin` asks for."),
                    packages: Vec::new(),
                });
            }
        }
        // A lock has packages of other platforms, too, which are in nothing that is built.
        let built: BTreeSet<(&str, &str)> = (packages.iter())
            .map(|(key, package)| (package_name(key), package.version.as_str()))
            .collect();
        let new: Vec<String> = chosen
            .into_iter()
            .map(|id| self.catalog.get(*id))
            .filter(|candidate| candidate.locks.is_empty())
            .map(|candidate| (candidate.name.as_str(), candidate.version.to_string()))
            .filter(|(name, version)| built.contains(&(*name, version.as_str())))
            .map(|(name, version)| format!("{name} {version}"))
            .collect();
        if !new.is_empty() {
            notices.push(Notice {
                kind: "index".to_owned(),
                text: format!(
                    "No member's lock has {}: taken from the registry's index.",
                    new.join(", ")
                ),
                packages: Vec::new(),
            });
        }
        Ok(notices)
    }
}

fn quoted(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// Resolves a member from its own lock, with its own profile.
fn alone(
    config: &Config,
    member: Member,
    options: &ImportOptions,
    progress: &dyn Progress,
) -> Result<Resolution, crate::Error> {
    let mut variables = config.variables()?;
    variables.extend(member.variables);
    let publisher = match &member.program.source {
        ProgramSource::Published { name, version } => Some(format!("{name}@{version}")),
        ProgramSource::Git { url, .. } => Some(url.clone()),
        ProgramSource::Path(_) => None,
    };
    let selected = Selected {
        programs: Some(vec![Programs {
            name: member.name,
            packages: member.roots,
            others: member.others,
            bins: member.program.bins,
        }]),
        ..member.selected
    };
    Resolution::of(
        member.workspace,
        config.clone(),
        variables,
        &selected,
        options,
        progress,
    )
    .map_err(|error| match publisher {
        Some(program) => error.of_lock(LockOwner::Publisher(program)),
        None => error,
    })
}

/// Is a package of the graph one of those whose programs a member builds?
fn builds(member: &Member, key: &str, package: &Package) -> bool {
    let name = package_name(key);
    let is_root = |local: &LocalPackage| {
        local.package.name.as_str() == name
            && local.package.version.to_string() == package.version
            && match (&member.program.source, &package.git) {
                (ProgramSource::Path(_), _) => package.path.as_ref() == Some(&local.relative),
                (ProgramSource::Published { .. }, git) => package.path.is_none() && git.is_none(),
                (ProgramSource::Git { url, rev }, Some(git)) => git.url == *url && git.rev == *rev,
                (ProgramSource::Git { .. }, None) => false,
            }
    };
    let mut roots = member.roots.iter().map(|root| &member.workspace.packages[*root]);
    let is_other = || package.path.is_none() && member.others.iter().any(|other| other.as_str() == name);
    roots.any(is_root) || is_other()
}

/// The programs of a graph's roots, and the keys of the packages that they are from.
fn programs_of(graph: &Graph) -> Result<Vec<(String, String)>, InternalError> {
    let view = graph.on_platform(0);
    let roots = graph.roots.units.iter().chain(graph.roots.when.values().flatten());
    let mut programs: Vec<(String, String)> = roots
        .map(|id| {
            let (key, _, unit) = view.unit(id).invariant("a unit that the graph has")?;
            // A program that is called like its package has no name of its own in the graph.
            let name = unit.name.clone().unwrap_or_else(|| package_name(key).to_owned());
            Ok((name, key.to_owned()))
        })
        .collect::<Result<_, InternalError>>()?;
    programs.sort();
    programs.dedup();
    Ok(programs)
}

/// The programs that were met, with the member and the package of each.
struct Known<'a> {
    file: &'a FleetFile,
    names: BTreeMap<String, (String, String)>,
}

impl Known<'_> {
    fn add(&mut self, program: String, member: &str, package: &str) -> Result<(), Error> {
        let new = (member.to_owned(), package.to_owned());
        match self.names.insert(program.clone(), new.clone()) {
            Some((first, before)) if (first.as_str(), before.as_str()) != (member, package) => {
                let problem = Problem::SameProgram {
                    first,
                    second: new.0,
                    bin: program,
                };
                Err(self.file.fail(&["programs", member], problem))
            }
            _ => Ok(()),
        }
    }
}

/// What a member lacks of whose programs none is built.
pub(super) fn nothing(file: &FleetFile, member: &Member) -> Error {
    let packages = member
        .roots
        .iter()
        .map(|root| &member.workspace.packages[*root].package);
    let mut programs: Vec<String> = packages
        .flat_map(|package| &package.targets)
        .filter(|target| target.kind == TargetKind::Bin)
        .filter_map(|target| {
            let features = target.required_features.as_ref()?;
            Some(format!("`{}` needs `features = {features:?}`", target.name))
        })
        .collect();
    programs.sort_unstable();
    let problem = Problem::Nothing {
        name: member.name.clone(),
        reason: if !programs.is_empty() {
            format!("the features of none of its programs are on: {}", programs.join(", "))
        } else if member.others.is_empty() {
            "none of its packages has a program: name those that have with `packages`".to_owned()
        } else {
            "none of its packages has a program whose required features are on: correct `features` or `packages`"
                .to_owned()
        },
    };
    file.fail(&["programs", &member.name], problem)
}
