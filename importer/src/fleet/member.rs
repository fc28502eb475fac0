//! The members of a fleet: each a workspace with its own lock.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::file::{FleetFile, Program, ProgramSource};
use super::{Error, Problem, patches};
use crate::config::{self, Config, ConfigPatch};
use crate::intern::Symbol;
use crate::internal::Invariant;
use crate::lock::Lock;
use crate::manifest;
use crate::options::Selection;
use crate::resolve::{self, Selected};
use crate::source::{self, Fetched, Fetcher, FileSet, ManifestText, Pin};
use crate::workspace::{self, Workspace};

const LOCK_NAME: &str = "Cargo.lock";

/// A program of the fleet with its workspace.
#[derive(Debug)]
pub struct Member {
    /// The name in the fleet file.
    pub name: String,
    /// What the fleet file says of it.
    pub program: Program,
    /// Its packages; paths are relative to the fleet's folder, those of a git repository to the repository.
    pub workspace: Workspace,
    /// Its lock.
    pub lock: Lock,
    /// What is selected in its workspace, with its features.
    pub selected: Selected,
    /// The packages of its workspace whose programs are built.
    pub roots: Vec<usize>,
    /// The packages of its lock whose programs are built, by their names.
    pub others: BTreeSet<Symbol>,
    /// The variables that its own configuration of Cargo sets.
    pub variables: BTreeMap<String, String>,
    /// What else its configuration says and no fleet follows, a sentence each.
    pub unused: Vec<String>,
    /// `[patch]` of its manifest and its configuration, as a manifest has it, with absolute folders.
    pub patches: toml::Table,
    /// Files that were read, relative to the fleet's folder, with their sha256.
    pub inputs: BTreeMap<String, String>,
}

/// What a member's own configuration of Cargo says.
#[derive(Default)]
struct Configured {
    variables: BTreeMap<String, String>,
    unused: Vec<String>,
    patches: Vec<ConfigPatch>,
}

impl Configured {
    /// `fleet` is the folder of the fleet file.
    fn of(config: &Config, fleet: &Path) -> Result<Self, config::Error> {
        Ok(Self {
            variables: config.variables()?,
            unused: config.unused_by_fleets(fleet),
            patches: config.patches.clone(),
        })
    }
}

/// Reads members.
pub(super) struct Reader<'a> {
    pub(super) file: &'a FleetFile,
    pub(super) fetcher: &'a Fetcher<'a>,
}

impl Reader<'_> {
    pub(super) fn read(&self, name: &str, program: &Program) -> Result<Member, crate::Error> {
        let (workspace, configured, inputs) = match &program.source {
            ProgramSource::Published { name: package, version } => self.published(name, package, version)?,
            ProgramSource::Git { url, rev } => self.git(name, url, rev)?,
            ProgramSource::Path(path) => self.path(name, path)?,
        };
        let Configured {
            variables,
            unused,
            patches,
        } = configured;
        let patches = patches::collect(&workspace, &patches)?;
        let lock = Lock::parse(&workspace.lock, &workspace.lock_location)?;
        let (selection, roots, others) = self.selection(name, program, &workspace, &lock)?;
        let selected = Selected::new(&workspace, &selection).map_err(|error| match error {
            resolve::Error::UnknownFeature { feature, near } => {
                let problem = Problem::UnknownFeature {
                    name: name.to_owned(),
                    feature,
                    near,
                };
                self.file.fail_at(name, "features", problem).into()
            }
            error @ (resolve::Error::NoSuchFeature { .. }
            | resolve::Error::NoDependencyOfFeature { .. }
            | resolve::Error::DepOnCommandLine(_)) => {
                let problem = Problem::Features {
                    name: name.to_owned(),
                    error: Box::new(error),
                };
                self.file.fail_at(name, "features", problem).into()
            }
            error => crate::Error::from(error),
        })?;
        let roots = match roots {
            Some(roots) => roots,
            None => selected.packages.clone(),
        };
        Ok(Member {
            name: name.to_owned(),
            program: program.clone(),
            workspace,
            lock,
            selected,
            roots,
            others,
            variables,
            unused,
            patches,
            inputs,
        })
    }

    fn published(&self, program: &str, name: &str, version: &str) -> Result<Parts, crate::Error> {
        let published = self.fetcher.fetch_crate(name, version);
        let published = published.map_err(|error| self.unavailable(program, "crate", error))?;
        let own = Config::of_text(&published.configuration, Path::new(".cargo/config.toml"))?;
        let variables = own.variables()?;
        let mut workspace = workspace::published(published)?;
        // No folder of this machine: it only tells packages apart.
        let folder = PathBuf::from(format!("/{name}-{version}"));
        workspace.root.clone_from(&folder);
        workspace.packages[0].workspace.clone_from(&folder);
        workspace.packages[0].folder = folder;
        // What else the archive's configuration says is passed over, as by `cargo install`.
        let configured = Configured {
            variables,
            ..Configured::default()
        };
        Ok((workspace, configured, BTreeMap::new()))
    }

    fn path(&self, name: &str, path: &str) -> Result<Parts, crate::Error> {
        let folder = manifest::normalize(&self.file.folder.join(path));
        // A link may lead out of it.
        let leads_out = || match (folder.canonicalize(), self.file.folder.canonicalize()) {
            (Ok(folder), Ok(fleet)) => !folder.starts_with(fleet),
            _ => false,
        };
        if !folder.starts_with(&self.file.folder) || leads_out() {
            let problem = Problem::Outside { path: path.to_owned() };
            return Err(self.file.fail_at(name, "path", problem).into());
        }
        if !folder.is_file() && !folder.join(workspace::MANIFEST_NAME).is_file() {
            let problem = Problem::NoManifest { path: path.to_owned() };
            return Err(self.file.fail_at(name, "path", problem).into());
        }
        // What its manifests are called starts from its folder, and there are other members.
        let broken = |error| {
            let problem = Problem::Workspace {
                name: name.to_owned(),
                path: path.to_owned(),
                error: Box::new(error),
            };
            self.file.fail_at(name, "path", problem)
        };
        let config = Config::load(&workspace::find_root(&folder).map_err(broken)?)?;
        config.refuse_path_overrides()?;
        let mut workspace = workspace::load_configured(&folder, &config).map_err(broken)?;
        if !workspace.root.starts_with(&self.file.folder) {
            let path = workspace.root.display().to_string();
            return Err(self.file.fail_at(name, "path", Problem::Outside { path }).into());
        }
        let mut inputs: BTreeMap<String, String> = BTreeMap::new();
        let lock = workspace.root.join(&workspace.lock_location);
        let configuration = config.files.iter().cloned().chain([lock]);
        let digests = configuration.filter_map(|file| Some((file.clone(), workspace::file_digest(&file)?)));
        for (file, digest) in workspace.inputs.iter().cloned().chain(digests) {
            if let Some(relative) = file.strip_prefix(&self.file.folder).ok().and_then(Path::to_str) {
                inputs.insert(relative.to_owned(), digest);
            }
        }
        // What is below the folder is of the file's `path`, which is UTF-8.
        let base = manifest::relative(&workspace.root, &self.file.folder).invariant("a path that is UTF-8")?;
        let below = |path: &str| match (base.as_str(), path) {
            ("", path) => path.to_owned(),
            (base, ".") => base.to_owned(),
            (base, path) => manifest::normalize(&Path::new(base).join(path))
                .to_string_lossy()
                .into_owned(),
        };
        // The graph's own `files` are those of one workspace.
        let files = manifest::workspace_files(&workspace.root_manifest.manifest).map_err(workspace::Error::from)?;
        for package in &mut workspace.packages {
            if package.is_inside() {
                let up = "../".repeat(
                    Path::new(&package.relative)
                        .components()
                        .filter(|part| matches!(part, Component::Normal(_)))
                        .count(),
                );
                let files = files
                    .iter()
                    .map(|pattern| format!("{up}{}", pattern.trim_start_matches('/')));
                package.package.files.files.extend(files);
            }
            package.relative = below(&package.relative);
            package.location = below(&package.location);
        }
        workspace.lock_location = below(&workspace.lock_location);
        Ok((workspace, Configured::of(&config, &self.file.folder)?, inputs))
    }

    fn git(&self, name: &str, url: &str, rev: &str) -> Result<Parts, crate::Error> {
        let tree = self.fetcher.checkout(url, rev);
        let tree = tree.map_err(|error| self.unavailable(name, "git", error))?;
        // Said of a folder of dyrust's own, nobody would know where to make one.
        if !tree.folder.join(LOCK_NAME).is_file() {
            let problem = Problem::NoLockInRepository { name: name.to_owned() };
            return Err(self.file.fail_at(name, "git", problem).into());
        }
        let mut workspace = workspace::load(&tree.folder, &[])?;
        // Seven digits are what git shows, too.
        let short = rev.get(..7).unwrap_or(rev);
        let located = |path: &str| format!("{url}#{short}/{path}");
        for package in &mut workspace.packages {
            package.location = located(&package.location);
            package.published = Some(Fetched {
                known: None,
                lasting: false,
                index: None,
                manifest: ManifestText {
                    text: String::new(),
                    location: package.location.clone(),
                },
                workspace: None,
                files: FileSet::from_directory(&package.folder),
                pin: Pin::Git {
                    url: url.to_owned(),
                    rev: rev.to_owned(),
                    hash: tree.hash.clone(),
                    folder: package.relative.clone(),
                    submodules: tree.submodules,
                },
                local: tree.folder.clone(),
            });
        }
        workspace.lock_location = located(&workspace.lock_location);
        workspace.inputs.clear();
        let configured = match Config::of_repository(&tree.folder, &located(""))? {
            Some(config) => Configured {
                // Its patches are not followed.
                patches: Vec::new(),
                ..Configured::of(&config, &self.file.folder)?
            },
            None => Configured::default(),
        };
        Ok((workspace, configured, BTreeMap::new()))
    }

    /// A program that can't be had, by what the file says at a key.
    fn unavailable(&self, name: &str, key: &str, error: source::Error) -> Error {
        let problem = Problem::Unavailable {
            name: name.to_owned(),
            error: Box::new(error),
        };
        self.file.fail_at(name, key, problem)
    }

    /// What is selected of a workspace, and whose programs are built: those of the packages that the patterns name, members of the
    /// workspace or not, else those of the selected members.
    fn selection(
        &self,
        name: &str,
        program: &Program,
        workspace: &Workspace,
        lock: &Lock,
    ) -> Result<MemberSelection, Error> {
        let mut selection = Selection {
            published: None,
            ..program.selection.clone()
        };
        if program.packages.is_empty() {
            return Ok((selection, None, BTreeSet::new()));
        }
        let mut roots = BTreeSet::new();
        let mut others = BTreeSet::new();
        for text in &program.packages {
            let pattern = glob::Pattern::new(text).invariant("a pattern, which reading the file has checked")?;
            let before = roots.len() + others.len();
            roots.extend(
                workspace
                    .members()
                    .filter(|member| pattern.matches(&workspace.packages[*member].package.name)),
            );
            others.extend(
                lock.packages
                    .iter()
                    .filter(|package| package.source.is_some() && pattern.matches(&package.name))
                    .map(|package| package.name),
            );
            if roots.len() + others.len() == before {
                let reason = format!("no package of its lock is named `{text}`: correct `packages`");
                let name = name.to_owned();
                return Err(self.file.fail_at(
                    &name,
                    "packages",
                    Problem::Nothing {
                        name: name.clone(),
                        reason,
                    },
                ));
            }
        }
        let mut selected: BTreeSet<usize> = roots.clone();
        if !others.is_empty() {
            // What depends on them takes part, though it is not built.
            selected.extend(&workspace.default_members);
        }
        selection.packages = selected
            .iter()
            .map(|member| workspace.packages[*member].package.name.to_string())
            .collect();
        Ok((selection, Some(roots.into_iter().collect()), others))
    }
}

/// What is selected, the workspace's packages that are built if they are named, and the names of those that are not of the workspace.
type MemberSelection = (Selection, Option<Vec<usize>>, BTreeSet<Symbol>);

/// A workspace, its variables and the files that it was read from.
type Parts = (Workspace, Configured, BTreeMap<String, String>);
