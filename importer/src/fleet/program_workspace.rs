//! A program of the fleet as a workspace of its own, with the lock that was chosen for it.
//!
//! Features that a program gets beyond what it asks for come as they would with Cargo: a package of its workspace, which is not built,
//! depends on the crates with these features. (Cargo's users know such a package as a workspace hack.)

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use semver::{Comparator, Op, Version, VersionReq};

use super::catalog::{CandidateId, Catalog};
use super::file::{FleetFile, ProgramSource};
use super::lock_text::{AddedPackage, LockEntries};
use super::member::Member;
use super::solve::{Extra, Locked};
use crate::config::Config;
use crate::intern::Symbol;
use crate::internal::{InternalError, Invariant};
use crate::lock::Lock;
use crate::manifest::{Dependency, DependencyKind, DependencySource, Edition, Manifest, ManifestMetadata, Package};
use crate::resolve::{FeaturesFor, MemberFeatures, Programs, Selected};
use crate::resolved::ProfileSettings;
use crate::source::ManifestText;
use crate::units::Profile;
use crate::workspace::{LoadedManifest, LocalPackage, MANIFEST_NAME, ResolveBehavior, Workspace};

/// The folder of the members in a workspace that is written.
pub(super) const MEMBERS: &str = "members";

/// The package that turns features on.
pub(super) const FEATURES_PACKAGE: &str = "fleet-features";

/// Its version.
pub(super) static FEATURES_VERSION: Version = Version::new(0, 0, 0);

/// The profile of a fleet.
pub(super) const PROFILE: &str = "release";

/// Features that a program gets beyond what it asks for: of which crate, for what, and on which triples.
pub type Additions = BTreeMap<(CandidateId, FeaturesFor), Addition>;

/// What is added to the use of a crate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addition {
    /// The features.
    pub features: BTreeSet<Symbol>,
    /// The triples for which the program has the crate.
    pub triples: BTreeSet<String>,
}

/// The features of additions, whatever they are for.
pub(super) fn extra(additions: &Additions) -> Extra {
    let mut extra = Extra::new();
    for ((id, _), addition) in additions {
        extra.entry(*id).or_default().extend(&addition.features);
    }
    extra
}

/// A program with what was chosen for it.
pub(super) struct ProgramWorkspace<'f> {
    file: &'f FleetFile,
    config: &'f Config,
    catalog: &'f Catalog,
    member: &'f Member,
    locked: &'f Locked,
    additions: &'f Additions,
}

impl<'f> ProgramWorkspace<'f> {
    pub(super) fn new(
        (file, config): (&'f FleetFile, &'f Config),
        catalog: &'f Catalog,
        member: &'f Member,
        locked: &'f Locked,
        additions: &'f Additions,
    ) -> Self {
        Self {
            file,
            config,
            catalog,
            member,
            locked,
            additions,
        }
    }

    /// The text of its lock.
    pub(super) fn lock_text(&self) -> String {
        self.lock_entries().text()
    }

    /// The lock, and which candidates its packages are; none that the fleet adds.
    pub(super) fn lock(&self) -> Result<(Lock, Vec<Option<CandidateId>>), InternalError> {
        let entries = self.lock_entries();
        let ids = entries.ids();
        Ok((entries.lock(self.lock_location())?, ids))
    }

    fn lock_location(&self) -> String {
        format!("the fleet's lock of `{}`", self.member.name)
    }

    fn lock_entries(&self) -> LockEntries<'_> {
        let added = (!self.additions.is_empty()).then(|| AddedPackage {
            name: FEATURES_PACKAGE,
            version: &FEATURES_VERSION,
            dependencies: self.additions.keys().map(|(id, _)| *id).collect(),
        });
        LockEntries::new(self.catalog, self.locked, added)
    }

    /// The workspace, and what is selected in it.
    pub(super) fn workspace(&self) -> Result<(Workspace, Selected), crate::Error> {
        let member = self.member;
        let own = &member.workspace;
        let mut packages: Vec<LocalPackage> = own.packages.iter().map(|local| member_package(member, local)).collect();
        if !self.additions.is_empty() {
            packages.push(LocalPackage {
                folder: own.root.join(FEATURES_PACKAGE),
                relative: format!("{MEMBERS}/{}/{FEATURES_PACKAGE}", member.name),
                workspace: own.root.clone(),
                package: self.features_package()?,
                location: format!("{}/{FEATURES_PACKAGE}/{MANIFEST_NAME}", member.name),
                member: true,
                published: None,
            });
        }
        packages.sort_by(|a, b| a.folder.cmp(&b.folder));
        let position = |folder: &Path| packages.iter().position(|package| package.folder == folder);
        let place = |old: &usize| position(&own.packages[*old].folder).invariant("a package of the member");
        let mut features: Vec<MemberFeatures> = member
            .selected
            .features
            .iter()
            .map(|selected| {
                Ok(MemberFeatures {
                    member: place(&selected.member)?,
                    ..selected.clone()
                })
            })
            .collect::<Result<_, InternalError>>()?;
        if !self.additions.is_empty() {
            let member = position(&own.root.join(FEATURES_PACKAGE));
            features.push(MemberFeatures {
                member: member.invariant("the package that turns features on")?,
                values: Vec::new(),
                all_features: false,
                default_features: true,
            });
        }
        features.sort_by_key(|selected| selected.member);
        let selected = Selected {
            packages: features.iter().map(|selected| selected.member).collect(),
            features,
            others: Vec::new(),
            programs: Some(vec![Programs {
                name: member.name.clone(),
                packages: member.roots.iter().map(place).collect::<Result<_, _>>()?,
                others: member.others.clone(),
                bins: member.program.bins.clone(),
            }]),
        };
        let manifest = root_manifest(&self.root_manifest()?)?;
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
            resolver: own.resolver,
            patches: Vec::new(),
            inputs: Vec::new(),
            // It is made of what was chosen, and of no text: `lock`.
            lock: String::new(),
            lock_location: self.lock_location(),
            warnings: Vec::new(),
        };
        Ok((workspace, selected))
    }

    /// The manifest over the workspace: its resolver, and the settings of the program's own packages. All others have those of the fleet,
    /// as they are shared.
    pub(super) fn root_manifest(&self) -> Result<toml::Table, crate::Error> {
        let member = self.member;
        let resolver = match member.workspace.resolver {
            ResolveBehavior::V1 => "1",
            ResolveBehavior::V2 => "2",
            ResolveBehavior::V3 => "3",
        };
        let workspace = toml::Table::from_iter([("resolver".to_owned(), resolver.into())]);
        let mut manifest = toml::Table::from_iter([("workspace".to_owned(), workspace.into())]);
        let mut packages = toml::Table::new();
        let root = &member.workspace.root_manifest.manifest;
        // Without profiles of its own, a program's is what programs share.
        if root.tables.profile.is_some() {
            let wanted = Profile::find(PROFILE, root, self.config)?;
            let usual = usual_profile(self.config)?;
            for local in &member.workspace.packages {
                let settings = own_settings(member, local, &wanted, &usual);
                if !settings.is_empty() {
                    let spec = format!("{}@{}", local.package.name, local.package.version);
                    packages.insert(spec, settings.into());
                }
            }
        }
        if !packages.is_empty() {
            let profile = toml::Table::from_iter([("package".to_owned(), packages.into())]);
            let profiles = toml::Table::from_iter([(PROFILE.to_owned(), profile.into())]);
            manifest.insert("profile".to_owned(), profiles.into());
        }
        Ok(manifest)
    }

    /// The package that turns the added features on.
    fn features_package(&self) -> Result<Package, InternalError> {
        let mut dependency_names: Vec<Symbol> = self.additions.keys().map(|(id, _)| self.key(*id)).collect();
        dependency_names.sort();
        dependency_names.dedup();
        let mut dependencies = Vec::new();
        for ((id, side), addition) in self.additions {
            let candidate = self.catalog.get(*id);
            let key = self.key(*id);
            let names = dependency_names.iter();
            let name = (0_u32..).zip(names).find(|(_, name)| **name == key);
            let (name, _) = name.invariant("the name of a dependency")?;
            for triple in &addition.triples {
                dependencies.push(Dependency {
                    name,
                    package: candidate.name,
                    renamed: true,
                    requirement: Some(exactly(&candidate.version)),
                    source: self.source(*id),
                    kind: match side {
                        FeaturesFor::Target => DependencyKind::Normal,
                        FeaturesFor::Host => DependencyKind::Build,
                    },
                    platform: Some(Symbol::new(triple)),
                    optional: false,
                    default_features: false,
                    features: addition.features.iter().copied().collect(),
                });
            }
        }
        Ok(Package {
            name: Symbol::new(FEATURES_PACKAGE),
            version: FEATURES_VERSION.clone(),
            edition: Edition::E2021,
            links: None,
            resolver: None,
            facts: ManifestMetadata::default(),
            targets: Vec::new(),
            dependencies,
            dependency_names,
            features: Vec::new(),
            lints: Default::default(),
            files: Default::default(),
        })
    }

    /// The manifest of the package that turns the added features on.
    pub(super) fn features_manifest(&self) -> Result<toml::Table, InternalError> {
        let mut tables: BTreeMap<(String, &str), toml::Table> = BTreeMap::new();
        let package = self.features_package()?;
        for dependency in &package.dependencies {
            let table = match dependency.kind {
                DependencyKind::Build => "build-dependencies",
                _ => "dependencies",
            };
            let features: Vec<String> = dependency.features.iter().map(ToString::to_string).collect();
            let mut entry = toml::Table::from_iter([
                ("package".to_owned(), dependency.package.to_string().into()),
                ("version".to_owned(), dependency.requirement_text().into()),
                ("default-features".to_owned(), false.into()),
                ("features".to_owned(), features.into()),
            ]);
            if let DependencySource::RegistryIndex(index) = &dependency.source {
                entry.insert("registry-index".to_owned(), index.clone().into());
            }
            let key = package.dependency_names[dependency.name as usize].to_string();
            let triple = dependency.platform.invariant("the triple of an addition")?.to_string();
            tables.entry((triple, table)).or_default().insert(key, entry.into());
        }
        let mut targets = toml::Table::new();
        for ((triple, table), entries) in tables {
            let target = targets.entry(triple).or_insert_with(|| toml::Table::new().into());
            let target = target.as_table_mut().invariant("a table")?;
            target.insert(table.to_owned(), entries.into());
        }
        let about = toml::Table::from_iter([
            ("name".to_owned(), FEATURES_PACKAGE.into()),
            ("version".to_owned(), FEATURES_VERSION.to_string().into()),
            ("edition".to_owned(), "2021".into()),
        ]);
        Ok(toml::Table::from_iter([
            ("package".to_owned(), about.into()),
            ("target".to_owned(), targets.into()),
        ]))
    }

    /// What the dependency on a crate is called: its name with its version, as there may be several of a name.
    fn key(&self, id: CandidateId) -> Symbol {
        let candidate = self.catalog.get(id);
        let version = candidate
            .version
            .to_string()
            .replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        Symbol::new(&format!("{}-{version}", candidate.name))
    }

    fn source(&self, id: CandidateId) -> DependencySource {
        match &self.catalog.get(id).source {
            Some(source) if !crate::source::is_default_source(source.as_str()) => {
                let text = source.as_str();
                // `sparse+` is part of the address in manifests, too.
                let index = text.strip_prefix("registry+").unwrap_or(text);
                DependencySource::RegistryIndex(index.to_owned())
            }
            _ => DependencySource::DefaultRegistry,
        }
    }
}

/// A package of a member as it is in the program's workspace. Nothing is built that uses dev-dependencies, so no versions are chosen for
/// them.
fn member_package(member: &Member, local: &LocalPackage) -> LocalPackage {
    let mut package = local.package.clone();
    package
        .dependencies
        .retain(|dependency| dependency.kind != DependencyKind::Development);
    LocalPackage {
        folder: local.folder.clone(),
        workspace: local.workspace.clone(),
        relative: match &member.program.source {
            ProgramSource::Path(_) => local.relative.clone(),
            // As in the workspace that can be written of a program.
            ProgramSource::Published { name, version } => format!("{MEMBERS}/{}/{name}-{version}", member.name),
            ProgramSource::Git { .. } => match local.relative.as_str() {
                "." => format!("{MEMBERS}/{}", member.name),
                below => format!("{MEMBERS}/{}/{below}", member.name),
            },
        },
        package,
        location: local.location.clone(),
        member: true,
        published: local.published.clone(),
    }
}

/// The settings that one of a member's own packages keeps of its manifest's profile: those that Cargo allows for single packages. What the
/// fleet's configuration and the environment say is over it, as with Cargo.
fn own_settings(member: &Member, local: &LocalPackage, wanted: &Profile, usual: &Profile) -> toml::Table {
    let mut locked = member.lock.packages.iter();
    let locked = locked.find(|package| {
        package.source.is_none() && package.name == local.package.name && package.version == local.package.version
    });
    // A patch that nothing uses is in no lock. A member that is not there is refused if something is to be built of it.
    let Some(locked) = locked else {
        return toml::Table::new();
    };
    let wanted = wanted.of_package(locked, local.member);
    let usual = usual.of_package(locked, local.member);
    differences(&wanted, &usual)
}

/// The profile of what programs share.
pub(super) fn usual_profile(config: &Config) -> Result<Profile, crate::Error> {
    Ok(Profile::find(PROFILE, &root_manifest(&toml::Table::new())?, config)?)
}

/// What some settings have other than the usual ones, of those that Cargo allows for single packages.
pub(super) fn differences(wanted: &ProfileSettings, usual: &ProfileSettings) -> toml::Table {
    let mut settings = toml::Table::new();
    let mut set = |key: &str, value: toml::Value| settings.insert(key.to_owned(), value);
    if wanted.opt_level != usual.opt_level {
        match wanted.opt_level.parse::<i64>() {
            Ok(level) => set("opt-level", level.into()),
            Err(_) => set("opt-level", wanted.opt_level.as_str().into()),
        };
    }
    if let Some(units) = wanted
        .codegen_units
        .filter(|_| wanted.codegen_units != usual.codegen_units)
    {
        set("codegen-units", i64::from(units).into());
    }
    if wanted.debug_assertions != usual.debug_assertions {
        set("debug-assertions", wanted.debug_assertions.into());
    }
    if wanted.overflow_checks != usual.overflow_checks {
        set("overflow-checks", wanted.overflow_checks.into());
    }
    settings
}

fn root_manifest(tables: &toml::Table) -> Result<Manifest, crate::Error> {
    let parsed = Manifest::parse(ManifestText {
        text: tables.to_string(),
        location: MANIFEST_NAME.to_owned(),
    });
    Ok(parsed.map_err(crate::workspace::Error::from)?)
}

/// A workspace without packages.
pub(super) fn empty(folder: &Path) -> Result<Workspace, crate::Error> {
    Ok(Workspace {
        root: folder.to_path_buf(),
        root_manifest: LoadedManifest {
            folder: PathBuf::from(folder),
            manifest: root_manifest(&toml::Table::new())?,
            sha256: String::new(),
        },
        packages: Vec::new(),
        current: None,
        default_members: Vec::new(),
        resolver: ResolveBehavior::V2,
        patches: Vec::new(),
        inputs: Vec::new(),
        lock: "version = 4\n".to_owned(),
        lock_location: "the fleet's lock".to_owned(),
        warnings: Vec::new(),
    })
}

/// The requirement that only this version fits.
fn exactly(version: &Version) -> VersionReq {
    VersionReq {
        comparators: vec![Comparator {
            op: Op::Exact,
            major: version.major,
            minor: Some(version.minor),
            patch: Some(version.patch),
            pre: version.pre.clone(),
        }],
    }
}
