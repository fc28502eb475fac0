//! The whole way from options to units.

use std::collections::BTreeMap;
use std::path::Path;

use crate::config::{Config, ScriptOutputs};
use crate::internal::{self, InternalError};
use crate::lock::Lock;
use crate::options::{ImportOptions, PlatformRequest, Selection};
use crate::parallel;
use crate::platform::{self, CfgSet, Conditions};
use crate::resolve::{self, Fetch, PlatformTriples, Selected, Universe, fetch_packages};
use crate::resolved::TargetKind;
use crate::source::progress::Progress;
use crate::source::{FetchOptions, Fetcher, Request};
use crate::units::{self, BuildPlatform, Profile, Units};
use crate::workspace::{self, LocalPackage, Workspace};
use crate::{CrateSpec, Error, LockOwner, ResolvedUnits};

/// A workspace with all that was resolved for it.
#[derive(Debug)]
pub struct Resolution {
    /// The workspace.
    pub workspace: Workspace,
    /// Cargo's configuration for it.
    pub config: Config,
    /// The packages that take part.
    pub universe: Universe,
    /// The profile.
    pub profile: Profile,
    /// The platforms and their units.
    pub platforms: Vec<ResolvedPlatform>,
    /// The variables that Cargo's configuration sets for rustc and build scripts.
    pub variables: BTreeMap<String, String>,
}

/// A platform and its units.
#[derive(Debug)]
pub struct ResolvedPlatform {
    /// What was asked for.
    pub request: PlatformRequest,
    /// Whether the units are those of the tests, which [`Selection::with_tests`] asked for.
    pub tests: bool,
    /// The flags that rustc gets for units of the target.
    pub rustflags: Vec<String>,
    /// What stands in place of build scripts.
    pub outputs: ScriptOutputs,
    /// The units.
    pub units: Units,
}

/// An error about the lock of a published program says what can be done there.
fn of_publisher(error: Error, options: &ImportOptions) -> Error {
    match &options.selection.published {
        Some(program) => error.of_lock(LockOwner::Publisher(program.clone())),
        None => error,
    }
}

impl Resolution {
    /// Reads, fetches and resolves what the options say.
    ///
    /// # Errors
    /// When a file can't be read or is invalid, a package can't be had, or the lock does not fit the manifests.
    pub fn new(options: &ImportOptions, progress: &dyn Progress) -> Result<Self, Error> {
        let fetch_options = FetchOptions {
            offline: options.offline,
        };
        let (workspace, config, variables) = match &options.selection.published {
            Some(spec) => {
                let parsed = spec.parse::<CrateSpec>().ok();
                let parsed = parsed.and_then(|spec| Some((spec.name, spec.version?)));
                let (name, version) = parsed.ok_or_else(|| Error::Published(spec.clone()))?;
                let folder = if options.manifest_path.is_dir() {
                    options.manifest_path.as_path()
                } else {
                    options
                        .manifest_path
                        .parent()
                        .filter(|folder| folder.is_dir())
                        .unwrap_or(".".as_ref())
                };
                let config = Config::load(folder)?;
                let fetcher = Fetcher::new(&config, fetch_options.clone(), progress);
                let published = fetcher
                    .fetch_crate(&name, &version.to_string())
                    .map_err(|error| of_publisher(error.into(), options))?;
                // As `cargo build` in the unpacked folder would: the package's own configuration over the user's.
                let own = Config::of_text(&published.configuration, Path::new(".cargo/config.toml"))?;
                let mut variables = config.variables()?;
                variables.extend(own.variables()?);
                (workspace::published(published)?, config, variables)
            }
            None => {
                let config = Config::load(&workspace::find_root(&options.manifest_path)?)?;
                config.refuse_path_overrides()?;
                let workspace = workspace::load_configured(&options.manifest_path, &config)?;
                let variables = config.variables()?;
                (workspace, config, variables)
            }
        };
        let selected = Selected::new(&workspace, &options.selection)?;
        Self::of(workspace, config, variables, &selected, options, progress)
            .map_err(|error| of_publisher(error, options))
    }

    /// Resolves what is selected of a workspace that has been read.
    ///
    /// # Errors
    /// As [`Resolution::new`].
    pub fn of(
        workspace: Workspace,
        config: Config,
        variables: BTreeMap<String, String>,
        selected: &Selected,
        options: &ImportOptions,
        progress: &dyn Progress,
    ) -> Result<Self, Error> {
        let platforms = platforms(&options.platforms, &config)?;
        let fetch_options = FetchOptions {
            offline: options.offline,
        };
        let fetcher = Fetcher::new(&config, fetch_options, progress);
        let fetch = |requests: &[Request]| fetch_packages(&fetcher, requests);
        let lock = Lock::parse(&workspace.lock, &workspace.lock_location)?;
        refuse_missing_members(&workspace, &lock)?;
        Self::on(
            (workspace, lock),
            &config,
            variables,
            selected,
            options,
            platforms,
            &fetch,
        )
    }

    /// Resolves on platforms that are known, with packages that something else fetches.
    ///
    /// # Errors
    /// As [`Resolution::new`].
    pub(crate) fn on(
        (workspace, lock): (Workspace, Lock),
        config: &Config,
        variables: BTreeMap<String, String>,
        selected: &Selected,
        options: &ImportOptions,
        (conditions, platforms, rustflags): Platforms,
        fetch: &Fetch<'_>,
    ) -> Result<Self, Error> {
        let profile = Profile::find(options.selection.profile(), &workspace.root_manifest.manifest, config)?;
        profile.check_overrides(lock.packages.iter())?;
        let outputs: Vec<ScriptOutputs> = options
            .platforms
            .iter()
            .map(|request| config.script_outputs(&request.target, request.host()))
            .collect::<Result<_, _>>()?;
        // Whatever is built, it is the whole workspace that is tested, unless packages are named.
        let whole = if options.selection.with_tests && options.selection.packages.is_empty() {
            let selection = Selection {
                workspace: true,
                ..options.selection.clone()
            };
            Some(Selected::new(&workspace, &selection)?)
        } else {
            None
        };
        let of_all = whole.as_ref().unwrap_or(selected);
        let universe = Universe::new(&workspace, lock, config, (conditions, platforms), of_all, fetch)?;
        let mut asked = vec![(false, selected, options.selection.clone())];
        if options.selection.with_tests {
            // Examples and benchmarks use dev-dependencies, as tests do.
            asked[0].2.examples = false;
            asked[0].2.benches = false;
            asked.push((true, of_all, of_tests(&workspace, of_all, &options.selection)));
        }
        let platforms = options.platforms.iter().zip(&universe.platforms);
        let platforms = platforms.zip(&rustflags).zip(&outputs);
        let asked: Vec<_> = asked
            .iter()
            .flat_map(|asked| platforms.clone().map(move |platform| (asked, platform)))
            .collect();
        let resolved: Result<Vec<ResolvedPlatform>, units::Error> = parallel::map(
            asked,
            |((tests, selected, selection), (((request, platform), rustflags), outputs))| {
                let on = BuildPlatform {
                    platform: *platform,
                    outputs,
                };
                let units = Units::new(&workspace, &universe, on, selected, selection, &profile)?;
                Ok(ResolvedPlatform {
                    request: request.clone(),
                    tests: *tests,
                    rustflags: rustflags.clone(),
                    outputs: outputs.clone(),
                    units,
                })
            },
        );
        let resolved = resolved?;
        let all = resolved.iter().map(|platform| &platform.units);
        units::refuse_missing_files(&workspace, &universe, all)?;
        Ok(Self {
            workspace,
            config: config.clone(),
            universe,
            profile,
            platforms: resolved,
            variables,
        })
    }

    /// The units with names in place of positions.
    ///
    /// # Errors
    /// An internal one, when the units are not those of the packages.
    pub fn report(&self) -> Result<ResolvedUnits, InternalError> {
        let platforms = self.platforms.iter().map(|platform| {
            units::report(
                &self.workspace,
                &self.universe,
                &platform.request.target,
                platform.request.host(),
                &platform.units,
            )
        });
        Ok(ResolvedUnits {
            platforms: platforms.collect::<Result<_, _>>()?,
        })
    }
}

/// Refuses a lock that lacks a member, whatever is selected, as `cargo build --locked` does.
fn refuse_missing_members(workspace: &Workspace, lock: &Lock) -> Result<(), resolve::Error> {
    let members = workspace.packages.iter().filter(|local| local.member);
    for LocalPackage { package, location, .. } in members {
        if lock.local(package.name, &package.version).is_none() {
            return Err(resolve::Error::NotInLock {
                lock: lock.location.clone(),
                name: package.name.to_string(),
                version: package.version.to_string(),
                location: location.clone(),
            });
        }
    }
    Ok(())
}

/// What `cargo test` builds of a selection: the libraries, whose documentation has tests, and all that has tests of its own.
fn of_tests(workspace: &Workspace, selected: &Selected, selection: &Selection) -> Selection {
    let has_library = |member: &usize| {
        let targets = &workspace.packages[*member].package.targets;
        targets.iter().any(|target| target.kind == TargetKind::Lib)
    };
    Selection {
        lib: selected.packages.iter().any(has_library),
        bins: Vec::new(),
        all_bins: false,
        tests: true,
        with_tests: false,
        ..selection.clone()
    }
}

pub(crate) type Platforms = (Conditions, Vec<PlatformTriples>, Vec<Vec<String>>);

/// The `cfg`s of all triples; units of the host get no flags, as in Cargo when `--target` is given.
pub(crate) fn platforms(requests: &[PlatformRequest], config: &Config) -> Result<Platforms, Error> {
    let mut triples: Vec<CfgSet> = Vec::new();
    let mut platforms = Vec::with_capacity(requests.len());
    let mut rustflags = Vec::with_capacity(requests.len());
    let mut add = |set: CfgSet| {
        let position = internal::position(triples.len())?;
        triples.push(set);
        Ok::<_, InternalError>(position)
    };
    // Cargo's questions to rustc have the variable, too.
    let variables = config.variables()?;
    let unstable = variables.get(platform::UNSTABLE).map(String::as_str);
    for request in requests {
        let plain = CfgSet::new(&request.target, &[], unstable)?;
        // Flags of `cfg(…)` tables may hang on a `cfg` that another flag sets; Cargo looks twice, too.
        let unconditional = config.rustflags(&request.target, |_| false)?;
        let first = if unconditional.is_empty() {
            plain.clone()
        } else {
            CfgSet::new(&request.target, &unconditional, unstable)?
        };
        let flags = config.rustflags(&request.target, |key| first.matches(key))?;
        // To ask rustc takes longer than a whole import.
        let with_flags = if flags == unconditional {
            first
        } else {
            CfgSet::new(&request.target, &flags, unstable)?
        };
        let host = match request.host() {
            host if host == request.target => plain,
            host => CfgSet::new(host, &[], unstable)?,
        };
        platforms.push(PlatformTriples {
            target: add(with_flags)?,
            host: add(host)?,
        });
        rustflags.push(flags);
    }
    Ok((Conditions::new(triples), platforms, rustflags))
}
