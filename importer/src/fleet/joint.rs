//! A fleet: its members, the versions that were chosen for each, and the resolution of each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use semver::Version;

use super::catalog::{CandidateId, Catalog, Sources};
use super::file::FleetFile;
use super::graph::nothing;
use super::member::{Member, Reader};
use super::memory::SolverMemory;
use super::preferences::Preferences;
use super::program_workspace::{Additions, ProgramWorkspace};
use super::solve::{Extra, Locked, Solver};
use super::{Error, Problem};
use crate::config::Config;
use crate::error::LockOwner;
use crate::graph::{Graph, package_name};
use crate::intern::Symbol;
use crate::internal::Invariant;
use crate::lock::Lock;
use crate::options::{ImportOptions, PlatformRequest, Selection};
use crate::platform;
use crate::resolution::{self, Resolution};
use crate::resolve::{self, ReadPackage, Selected, Universe, fetch_packages};
use crate::similar::did_you_mean;
use crate::source::progress::Progress;
use crate::source::{FetchOptions, Fetcher, Request};
use crate::workspace::Workspace;

/// How often further names are looked up in the index: every time, all that are known to be needed.
const LOOKUPS: usize = 8;

/// What a fleet is solved with, beyond what its file says.
#[derive(Default)]
pub struct FleetOptions<'o> {
    /// Never use the network.
    pub offline: bool,
    /// Ask the registry even for what is known.
    pub refresh: bool,
    /// Versions that were published later are not taken from the index.
    pub latest: Option<jiff::Timestamp>,
    /// The graph that the fleet had before: what was chosen in it is preferred.
    pub earlier: Option<&'o Graph>,
}

/// A fleet, resolved.
pub struct Fleet<'a> {
    /// The file.
    pub file: &'a FleetFile,
    /// Cargo's configuration in its folder.
    pub config: Config,
    /// The members that share their crates.
    pub members: Vec<Member>,
    /// Those that are resolved alone, as the file says.
    pub isolated: Vec<Member>,
    /// The packages that could be chosen.
    pub catalog: Catalog,
    /// What was chosen, by member.
    pub locks: Vec<Arc<Locked>>,
    /// The features that members get beyond what they ask for, by member.
    pub additions: Vec<Additions>,
    /// Which versions were preferred.
    pub preferences: Preferences,
    /// Crates that are not unified.
    pub separate: BTreeSet<Symbol>,
    pub(super) offline: bool,
    /// The packages that were read, whatever for.
    read: Mutex<ReadPackages>,
    /// What is among them, as far as it was asked for by its candidate.
    fetched: Mutex<FxHashSet<CandidateId>>,
}

/// Packages that were read.
#[derive(Default)]
struct ReadPackages {
    /// By name.
    packages: FxHashMap<String, Vec<VersionRead>>,
}

/// A version of a package that was read.
struct VersionRead {
    version: String,
    source: String,
    read: ReadPackage,
}

impl ReadPackages {
    fn get(&self, request: &Request) -> Option<&ReadPackage> {
        let mut versions = self.packages.get(&request.name)?.iter();
        let found = versions.find(|known| known.version == request.version && known.source == request.source);
        found.map(|known| &known.read)
    }

    fn insert(&mut self, request: Request, read: ReadPackage) {
        let versions = self.packages.entry(request.name).or_default();
        versions.push(VersionRead {
            version: request.version,
            source: request.source,
            read,
        });
    }
}

impl<'a> Fleet<'a> {
    /// Reads the members and chooses versions and features for them.
    ///
    /// # Errors
    /// When a member or a package can't be had or is wrong, or the fleet file asks for what is not there.
    pub fn solve(
        file: &'a FleetFile,
        platforms: &[PlatformRequest],
        options: &FleetOptions<'_>,
        progress: &dyn Progress,
    ) -> Result<Self, crate::Error> {
        let config = Config::load(&file.folder)?;
        let offline = options.offline;
        let fetcher = Fetcher::new(&config, FetchOptions { offline }, progress);
        let reader = Reader {
            file,
            fetcher: &fetcher,
        };
        let read: Vec<Member> = file
            .programs
            .par_iter()
            .map(|(name, program)| reader.read(name, program))
            .collect::<Result<_, crate::Error>>()?;
        let (isolated, members): (Vec<_>, Vec<_>) = read.into_iter().partition(|member| member.program.isolated);
        refuse_same_packages(file, &members)?;
        check_names(file, &members)?;
        let separate: BTreeSet<Symbol> = file.separate.iter().map(|name| Symbol::new(name)).collect();
        let sources = Sources {
            members: &members,
            config: &config,
            fetcher: &fetcher,
            rust: platform::rust_version(),
            only_locks: file.only_locks,
            refresh: options.refresh,
            latest: options.latest,
        };
        let mut further: BTreeSet<Symbol> = BTreeSet::new();
        let mut lookups = 0;
        let mut catalog = Catalog::new(&sources)?;
        let mut preferences = preferred(&catalog, options.earlier);
        let mut memory = SolverMemory::new(members.len());
        let solved = loop {
            let pinned = pinned(file, &catalog)?;
            let solver = Solver {
                catalog: &catalog,
                members: &members,
                config: &config,
                separate: &separate,
                pinned: &pinned,
            };
            let solved = solver.solve(preferences, &memory);
            let new: BTreeSet<Symbol> = solved.unknown.difference(&further).copied().collect();
            lookups += 1;
            if file.only_locks || new.is_empty() || lookups == LOOKUPS {
                break solved;
            }
            let (extended, extension) = catalog.extended(&sources, &new)?;
            preferences = preferred(&extended, options.earlier);
            memory = memory.extended(&extended, &extension, &preferences);
            catalog = extended;
            further.extend(new);
        };
        let none = vec![Additions::new(); members.len()];
        let mut fleet = Self {
            file,
            config,
            members,
            isolated,
            catalog,
            locks: (solved.locks.iter()).map(|lock| Arc::clone(&lock.locked)).collect(),
            additions: none,
            preferences: solved.preferences,
            separate,
            offline,
            read: Mutex::default(),
            fetched: Mutex::default(),
        };
        fleet
            .unite_features(platforms, progress)
            .map_err(|error| of_fleet(file, error))?;
        Ok(fleet)
    }

    /// The lock of a member with features beyond what it asks for; nothing if there is none.
    pub(super) fn lock_with(&self, number: usize, extra: &Extra) -> Option<Locked> {
        let pinned = BTreeSet::new();
        let solver = Solver {
            catalog: &self.catalog,
            members: &self.members,
            config: &self.config,
            separate: &self.separate,
            pinned: &pinned,
        };
        solver.with_features(number, &self.locks[number], &self.preferences, extra)
    }

    /// Resolves the members, each by itself.
    ///
    /// # Errors
    /// When a package can't be had, or what is asked for is not there.
    pub fn resolve(
        &self,
        platforms: &[PlatformRequest],
        progress: &dyn Progress,
    ) -> Result<Vec<Resolution>, crate::Error> {
        let resolutions = self
            .resolve_with(platforms, &self.locks, &self.additions, progress)
            .map_err(|error| of_fleet(self.file, error))?;
        for (member, resolution) in self.members.iter().zip(&resolutions) {
            // Without a program to name, Cargo's command would build the library.
            if resolution
                .platforms
                .iter()
                .all(|platform| platform.units.roots.is_empty())
            {
                return Err(nothing(self.file, member).into());
            }
        }
        Ok(resolutions)
    }

    pub(super) fn resolve_with(
        &self,
        platforms: &[PlatformRequest],
        locks: &[Arc<Locked>],
        additions: &[Additions],
        progress: &dyn Progress,
    ) -> Result<Vec<Resolution>, crate::Error> {
        let variables = self.variables()?;
        let resolver = self.resolver(platforms, progress)?;
        self.resolve_by(&resolver, locks, additions, &variables)
    }

    /// A member with what was chosen for it.
    pub(super) fn program<'f>(
        &'f self,
        number: usize,
        locked: &'f Locked,
        additions: &'f Additions,
    ) -> ProgramWorkspace<'f> {
        ProgramWorkspace::new(
            (self.file, &self.config),
            &self.catalog,
            &self.members[number],
            locked,
            additions,
        )
    }

    pub(super) fn resolve_by(
        &self,
        resolver: &FleetResolver<'_>,
        locks: &[Arc<Locked>],
        additions: &[Additions],
        variables: &BTreeMap<String, String>,
    ) -> Result<Vec<Resolution>, crate::Error> {
        self.fetch_all(resolver, locks)?;
        (0..self.members.len())
            .into_par_iter()
            .map(|number| {
                let program = self.program(number, &locks[number], &additions[number]);
                let (workspace, selected) = program.workspace()?;
                let (lock, _) = program.lock()?;
                resolver
                    .resolve((workspace, lock), &selected, variables.clone())
                    .map_err(|error| located(self.file, self.members.iter(), error))
            })
            .collect()
    }

    /// A resolution of nothing: its settings and platforms are the fleet's.
    pub(super) fn frame(
        &self,
        platforms: &[PlatformRequest],
        progress: &dyn Progress,
    ) -> Result<Resolution, crate::Error> {
        let nothing = Selected {
            features: Vec::new(),
            packages: Vec::new(),
            others: Vec::new(),
            programs: Some(Vec::new()),
        };
        let workspace = super::program_workspace::empty(&self.file.folder)?;
        let lock = Lock::parse(&workspace.lock, &workspace.lock_location)?;
        self.resolver(platforms, progress)?
            .resolve((workspace, lock), &nothing, self.variables()?)
    }

    pub(super) fn resolver<'s>(
        &'s self,
        platforms: &[PlatformRequest],
        progress: &'s dyn Progress,
    ) -> Result<FleetResolver<'s>, crate::Error> {
        Ok(FleetResolver {
            config: &self.config,
            options: ImportOptions {
                manifest_path: self.file.path.clone(),
                platforms: platforms.to_vec(),
                selection: Selection::default(),
                offline: self.offline,
            },
            platforms: Mutex::new(self.platform_conditions(platforms)?),
            fetcher: Fetcher::new(&self.config, FetchOptions { offline: self.offline }, progress),
            read: &self.read,
        })
    }

    /// What holds on platforms; a triple that nobody knows is told with the place in the file.
    fn platform_conditions(&self, platforms: &[PlatformRequest]) -> Result<resolution::Platforms, crate::Error> {
        resolution::platforms(platforms, &self.config).map_err(|error| match error {
            crate::Error::Platform(error @ platform::Error::UnknownTarget { .. }) => {
                let is_host = matches!(&error, platform::Error::UnknownTarget { triple, .. } if self.file.host.as_ref() == Some(triple));
                let key = if is_host { "host" } else { "platforms" };
                self.file.fail(&[key], Problem::Platform(error)).into()
            }
            other => other,
        })
    }

    /// Fetches at once what the members will ask for one after another: what their locks have for the platforms in question.
    pub(super) fn fetch_all(&self, resolver: &FleetResolver<'_>, locks: &[Arc<Locked>]) -> Result<(), crate::Error> {
        let mut platforms = resolver.platforms.lock().unwrap_or_else(PoisonError::into_inner);
        let conditions = &mut platforms.0;
        let mut needed: BTreeSet<CandidateId> = BTreeSet::new();
        for (number, locked) in locks.iter().enumerate() {
            // The first resolver looks at packages of all platforms.
            let everywhere = self.members[number].workspace.resolver == crate::workspace::ResolveBehavior::V1;
            let mut seen: FxHashSet<CandidateId> = FxHashSet::default();
            let selected = self.members[number].selected.features.iter();
            let mut stack: Vec<CandidateId> = selected
                .filter_map(|selected| self.catalog.of_local(&self.members, number, selected.member))
                .collect();
            while let Some(id) = stack.pop() {
                if !seen.insert(id) {
                    continue;
                }
                // Of what the index does not have nothing is known.
                let Some(read) = self.catalog.read(id) else { continue };
                for (position, to) in locked.packages.get(&id).into_iter().flatten() {
                    let platform = read.package.dependencies[*position as usize].platform;
                    let condition = match platform {
                        Some(key) => Some(match conditions.known(key) {
                            Some(condition) => condition,
                            None => conditions.add(key, &self.catalog.describe(id))?,
                        }),
                        None => None,
                    };
                    if everywhere || conditions.holds_anywhere(condition) {
                        stack.push(*to);
                    }
                }
            }
            needed.extend(seen);
        }
        let mut fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        let requests: Vec<Request> = needed
            .iter()
            .filter(|id| !fetched.contains(id))
            .filter_map(|id| {
                let candidate = self.catalog.get(*id);
                Some(Request {
                    name: candidate.name.to_string(),
                    version: candidate.version.to_string(),
                    source: candidate.source.as_ref()?.to_string(),
                    checksum: self.catalog.checksum(*id),
                })
            })
            .collect();
        resolver.fetch(&requests)?;
        fetched.extend(needed);
        Ok(())
    }

    /// The variables of the folder's configuration and of all members'.
    pub(super) fn variables(&self) -> Result<BTreeMap<String, String>, crate::Error> {
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

/// Resolves programs; a package that several have is fetched and read once.
pub(super) struct FleetResolver<'s> {
    config: &'s Config,
    options: ImportOptions,
    /// With the conditions of all that was fetched, so that each is evaluated once.
    platforms: Mutex<resolution::Platforms>,
    fetcher: Fetcher<'s>,
    read: &'s Mutex<ReadPackages>,
}

impl FleetResolver<'_> {
    fn resolve(
        &self,
        workspace: (Workspace, Lock),
        selected: &Selected,
        variables: BTreeMap<String, String>,
    ) -> Result<Resolution, crate::Error> {
        let fetch = |requests: &[Request]| self.fetch(requests);
        let platforms = self.platforms();
        Resolution::on(
            workspace,
            self.config,
            variables,
            selected,
            &self.options,
            platforms,
            &fetch,
        )
    }

    /// The packages that a workspace needs, without the units.
    pub(super) fn universe(
        &self,
        (workspace, lock): (&Workspace, Lock),
        selected: &Selected,
    ) -> Result<Universe, crate::Error> {
        let (conditions, platforms, _) = self.platforms();
        let fetch = |requests: &[Request]| self.fetch(requests);
        Ok(Universe::new(
            workspace,
            lock,
            self.config,
            (conditions, platforms),
            selected,
            &fetch,
        )?)
    }

    fn platforms(&self) -> resolution::Platforms {
        let platforms = self.platforms.lock().unwrap_or_else(PoisonError::into_inner);
        platforms.clone()
    }

    fn fetch(&self, requests: &[Request]) -> Result<Vec<ReadPackage>, resolve::Error> {
        // Whoever comes first fetches for all.
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let missing: Vec<Request> = requests
            .iter()
            .filter(|request| read.get(request).is_none())
            .cloned()
            .collect();
        if !missing.is_empty() {
            let packages = fetch_packages(&self.fetcher, &missing)?;
            for (request, package) in missing.into_iter().zip(packages) {
                read.insert(request, package);
            }
        }
        let fetched = requests.iter().map(|request| read.get(request).cloned());
        fetched
            .map(|package| {
                package
                    .invariant("a package that was fetched")
                    .map_err(resolve::Error::from)
            })
            .collect()
    }
}

/// The versions that the fleet file chooses.
fn pinned(file: &FleetFile, catalog: &Catalog) -> Result<BTreeSet<CandidateId>, Error> {
    let mut pinned = BTreeSet::new();
    for (name, version) in &file.pin {
        let ranges = catalog.named(Symbol::new(name)).iter();
        let known: Vec<CandidateId> = ranges
            .flat_map(|range| &catalog.range(*range).candidates)
            .copied()
            .collect();
        let found: Vec<CandidateId> = known
            .iter()
            .copied()
            .filter(|id| catalog.get(*id).version == *version)
            .collect();
        if found.is_empty() {
            let problem = Problem::PinUnknown {
                name: name.clone(),
                version: version.to_string(),
                known: versions_told(catalog, &known),
            };
            return Err(file.fail(&["pin", name], problem));
        }
        let may_be_chosen = |id: &CandidateId| {
            let candidate = catalog.get(*id);
            candidate.local.is_some() || !candidate.locks.is_empty() || catalog.is_usable(*id)
        };
        let usable: Vec<CandidateId> = found.into_iter().filter(may_be_chosen).collect();
        if usable.is_empty() {
            let problem = Problem::PinUnusable {
                name: name.clone(),
                version: version.to_string(),
            };
            return Err(file.fail(&["pin", name], problem));
        }
        pinned.extend(usable);
    }
    Ok(pinned)
}

/// What versions of a crate there are, in a sentence's rest: of the many that a registry may have, those of the locks.
fn versions_told(catalog: &Catalog, known: &[CandidateId]) -> String {
    const TOLD: usize = 12;
    let versions = |known: &[CandidateId]| {
        let versions: Vec<String> = known.iter().map(|id| catalog.get(*id).version.to_string()).collect();
        versions.join(", ")
    };
    let in_locks = |id: &&CandidateId| !catalog.get(**id).locks.is_empty();
    match known {
        [] => "no member depends on the crate".to_owned(),
        few if few.len() <= TOLD => format!("there are {}", versions(few)),
        many => {
            let locked: Vec<CandidateId> = many.iter().filter(in_locks).copied().collect();
            let others = many.len() - locked.len();
            match locked.as_slice() {
                [] => format!("there are {others} others"),
                locked => format!("the locks have {}, and there are {others} others", versions(locked)),
            }
        }
    }
}

/// What is preferred at first.
fn preferred(catalog: &Catalog, graph: Option<&Graph>) -> Preferences {
    let earlier = earlier(catalog, graph);
    Preferences::new(catalog, |id| earlier.contains(&id))
}

/// The versions that an earlier graph has.
fn earlier(catalog: &Catalog, graph: Option<&Graph>) -> BTreeSet<CandidateId> {
    let mut known = BTreeSet::new();
    for (key, package) in graph.into_iter().flat_map(|graph| &graph.packages) {
        // No other text is how a version is written.
        let Ok(version) = package.version.parse::<Version>() else {
            continue;
        };
        let name = Symbol::new(package_name(key));
        let ranges = catalog.named(name).iter();
        let found = ranges.flat_map(|range| &catalog.range(*range).candidates);
        known.extend(found.filter(|id| catalog.get(**id).version == version));
    }
    known
}

/// A program, or a feature of a dependency, that is not there was asked for in the fleet file.
pub(super) fn located<'m>(
    file: &FleetFile,
    mut members: impl Iterator<Item = &'m Member>,
    error: crate::Error,
) -> crate::Error {
    if let crate::Error::Resolve(resolve::Error::NoSuchFeatureOfDependency { asked, .. }) = &error {
        let asks = |member: &Member| {
            let listed = member.program.selection.features.iter();
            let mut features = listed.flat_map(|text| text.split([' ', ',']));
            features.any(|feature| feature.replace("?/", "/") == *asked)
        };
        return match (members.find(|member| asks(member)), error) {
            (Some(member), crate::Error::Resolve(error)) => {
                let problem = Problem::Features {
                    name: member.name.clone(),
                    error: Box::new(error),
                };
                file.fail_at(&member.name, "features", problem).into()
            }
            (_, error) => error,
        };
    }
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

/// An error about a lock says what can be done in a fleet, whose locks are made of its file.
fn of_fleet(file: &FleetFile, error: crate::Error) -> crate::Error {
    error.of_lock(LockOwner::Fleet(file.name.clone()))
}

/// Cargo has no two members of one name in a workspace, and two of one package would be one.
fn refuse_same_packages(file: &FleetFile, members: &[Member]) -> Result<(), Error> {
    // Packages of other workspaces may have the same names.
    let mut known: BTreeMap<&Path, &str> = BTreeMap::new();
    for member in members {
        for selected in &member.selected.features {
            let local = &member.workspace.packages[selected.member];
            // Two entries may build different packages of one workspace, but not one package twice.
            if let Some(first) = known.insert(&local.folder, &member.name)
                && member.roots.contains(&selected.member)
            {
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
    for name in &file.separate {
        let symbol = Symbol::new(name);
        if members.iter().all(|member| member.lock.named(symbol).next().is_none()) {
            let known: BTreeSet<Symbol> = members.iter().flat_map(|member| member.lock.names()).collect();
            let problem = Problem::SeparateUnknown {
                name: name.clone(),
                near: did_you_mean(name, known.into_iter().map(Symbol::as_str)),
            };
            return Err(file.fail(&["separate"], problem));
        }
    }
    Ok(())
}
