//! Makes a graph of a resolution.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::merge::{self, Merged, MergedUnit, Needs, Position};
use super::packages::{PackageId, Packages};
use super::{Error, GENERATOR, Git, Graph, Map, Package, Platform, Profile, Roots, SCHEMA, Settings, Unit, Vendored};
use super::{helpers, notices, script};
use crate::config::{Config, codegen_options, without_other_linkers};
use crate::internal::{InternalError, Invariant};
use crate::manifest::{self, Edition, Target};
use crate::options::Selection;
use crate::parallel;
use crate::reads;
use crate::resolution::Resolution;
use crate::resolve::Provenance;
use crate::resolved::{Mode, TargetKind};
use crate::source::Pin;
use crate::workspace::{self, Workspace};

/// What every unit is of, and every key.
const PACKAGE: &str = "a package of the graph";

impl Graph {
    /// Makes the graph of a resolution.
    ///
    /// # Errors
    /// Internal ones only.
    pub fn new(resolution: &Resolution, selection: &Selection) -> Result<Self, Error> {
        Self::of_programs(resolution, std::slice::from_ref(resolution), selection)
    }

    /// Makes the graph of several programs; settings and platforms are those of the first.
    ///
    /// # Errors
    /// As [`Graph::new`].
    pub(crate) fn of_programs(
        resolution: &Resolution,
        all: &[Resolution],
        selection: &Selection,
    ) -> Result<Self, Error> {
        let known = Packages::new(all);
        let defaults = resolution.profile.defaults();
        let merged = merge::merge(&known, &defaults)?;
        let mut registries = Map::new();
        let mut packages = Map::new();
        for (id, key) in &merged.packages {
            packages.insert(key.clone(), package(&known, *id, &mut registries)?);
        }
        add_files(&known, &merged, &mut packages)?;
        for unit in &merged.units {
            let key = merged.package_key(unit)?;
            let package = packages.get_mut(key).invariant(PACKAGE)?;
            package
                .units
                .insert(unit.key.clone(), self::unit(&known, &merged, unit));
        }
        let workspace = &resolution.workspace;
        let published = selection.published.is_some() || selection.fleet.is_some();
        let inputs = if published {
            Map::new()
        } else {
            self::inputs(workspace, &resolution.config)
        };
        let (members, exclude) = if published {
            Default::default()
        } else {
            super::current::patterns(&workspace.root_manifest.manifest)
        };
        let mut graph = Self {
            schema: SCHEMA,
            digest: None,
            members,
            exclude,
            generator: GENERATOR.to_owned(),
            selection: selection.clone(),
            layout: (!published).then(|| super::current::layout_of(&workspace.root, &inputs)),
            inputs,
            lock: (!published).then(|| workspace.lock_location.clone()),
            platforms: platforms(resolution),
            profile: Profile {
                name: resolution.profile.name().to_owned(),
                root: resolution.profile.untold_root().map(str::to_owned),
                target: Settings::of_profile(&defaults.0, resolution.profile.strip()),
                host: Settings::of_profile(&defaults.1, None),
            },
            registries,
            environment: resolution.variables.clone(),
            files: manifest::workspace_files(&workspace.root_manifest.manifest)?,
            targets: targets(&known, &packages),
            notices: notices::of(
                &resolution.profile,
                &defaults.0,
                &packages,
                &options_not_followed(resolution),
                &hidden(&known, &merged)?,
                unused(resolution, published),
            ),
            roots: roots(&merged),
            packages,
            apart: Map::new(),
        };
        let alike = notices::of_one_name(&graph);
        graph.notices.extend(alike);
        graph.seal()?;
        Ok(graph)
    }
}

/// Packages and folders for libraries that no build sees.
fn hidden(known: &Packages<'_>, merged: &Merged<'_>) -> Result<BTreeSet<(String, String)>, InternalError> {
    let mut hidden = BTreeSet::new();
    for unit in &merged.units {
        let Some(output) = &unit.own.output else { continue };
        let package = merged.package_key(unit)?;
        let id = unit.own.package;
        let folders = script::hidden_folders(&known.resolution(id).workspace, known.loaded(id), output);
        // The path of this machine stays out of the graph.
        hidden.extend(folders.into_iter().map(|folder| {
            // None of `/` itself.
            let last = folder.rsplit(['/', '=']).find(|part| !part.is_empty()).unwrap_or("/");
            (package.to_owned(), format!("a folder `{last}`"))
        }));
    }
    Ok(hidden)
}

/// What Cargo's configuration says and no build follows.
fn unused(resolution: &Resolution, published: bool) -> Vec<String> {
    let targets = resolution.platforms.iter();
    let targets: Vec<&str> = targets.map(|platform| platform.request.target.as_str()).collect();
    // That of a published program is not read for its platforms.
    if published {
        Vec::new()
    } else {
        resolution.config.unused(&targets)
    }
}

/// The options of rustc's flags that a notice is for.
fn options_not_followed(resolution: &Resolution) -> BTreeSet<&str> {
    let flags = resolution.platforms.iter().map(|platform| &platform.rustflags);
    flags
        .flat_map(|flags| codegen_options(flags))
        .filter(|option| notices::is_told(option))
        .collect()
}

fn platforms(resolution: &Resolution) -> Vec<Platform> {
    let platforms = resolution.platforms.iter();
    platforms
        .map(|platform| Platform {
            target: platform.request.target.clone(),
            host: platform
                .request
                .host
                .clone()
                .filter(|host| *host != platform.request.target),
            tests: platform.tests,
            rustflags: without_other_linkers(&platform.rustflags),
        })
        .collect()
}

/// The files that a graph depends on, relative to the workspace root, with their sha256.
pub(crate) fn inputs(workspace: &Workspace, config: &Config) -> Map<String> {
    // Packages may lie beside the workspace's folder.
    let manifests = workspace
        .inputs
        .iter()
        .filter_map(|(file, digest)| Some((manifest::relative(file, &workspace.root)?, digest.clone())));
    let configuration = config.files.iter().filter_map(|file| {
        let relative = file.strip_prefix(&workspace.root).ok()?.to_str()?.to_owned();
        Some((relative, workspace::file_digest(file)?))
    });
    manifests.chain(configuration).collect()
}

fn package(known: &Packages<'_>, id: PackageId, registries: &mut Map<String>) -> Result<Package, Error> {
    let resolution = known.resolution(id);
    let loaded = known.loaded(id);
    let entry = known.entry(id);
    let manifest::Package {
        edition, links, facts, ..
    } = loaded.package.as_ref();
    let facts = facts.clone();
    let mut package = Package {
        version: entry.version.to_string(),
        edition: (*edition != Edition::E2015).then(|| edition.as_str().to_owned()),
        links: links.map(|links| links.to_string()),
        authors: facts.authors,
        description: facts.description,
        homepage: facts.homepage,
        repository: facts.repository,
        license: facts.license,
        license_file: facts.license_file,
        readme: facts.readme,
        rust_version: facts.rust_version,
        ..Package::default()
    };
    let mut published = false;
    match &loaded.provenance {
        Provenance::Remote(remote) => pinned(&mut package, &remote.pin, registries),
        Provenance::Local(position) => {
            let local = &resolution.workspace.packages[*position];
            match &local.published {
                Some(fetched) => {
                    published = true;
                    pinned(&mut package, &fetched.pin, registries);
                }
                None => {
                    package.path = Some(local.relative.clone());
                    package.workspace = folder_of_workspace(local);
                    let features = loaded.package.features.iter();
                    package.features = features.map(|feature| feature.name.to_string()).collect();
                    package.lints.clone_from(&loaded.package.lints);
                    package.include.clone_from(&loaded.package.files.include);
                    package.exclude.clone_from(&loaded.package.files.exclude);
                }
            }
        }
    }
    package.entry = entry.entry.clone().filter(|_| !published && known.has_lock(id));
    Ok(package)
}

/// The folder of a package's workspace, relative to what its own is relative to; none if that is the same, or the package is outside.
fn folder_of_workspace(local: &workspace::LocalPackage) -> Option<String> {
    let depth = |path: &Path| {
        path.components()
            .filter(|part| matches!(part, Component::Normal(_)))
            .count()
    };
    let inside = local.folder.strip_prefix(&local.workspace).ok()?;
    let relative = Path::new(&local.relative);
    // The last parts of both are those below the workspace.
    let above = depth(relative).checked_sub(depth(inside))?;
    let folder = relative.ancestors().nth(depth(relative) - above)?;
    Some(folder.to_str()?.to_owned()).filter(|folder| !folder.is_empty() && folder != ".")
}

/// What the packages of the workspace read beside their usual source; that means to read all their sources, and those of what runs
/// when they are built.
fn add_files(known: &Packages<'_>, merged: &Merged<'_>, packages: &mut Map<Package>) -> Result<(), InternalError> {
    let mut members: Vec<(PackageId, &String, &workspace::LocalPackage)> = Vec::new();
    for (id, key) in &merged.packages {
        if let Provenance::Local(position) = known.loaded(*id).provenance {
            let local = &known.resolution(*id).workspace.packages[position];
            // What was published is read where it was fetched to.
            if local.published.is_none() {
                members.push((*id, key, local));
            }
        }
    }
    let folders: BTreeSet<PathBuf> = known
        .resolutions()
        .iter()
        .flat_map(|resolution| resolution.workspace.packages.iter())
        .filter(|local| local.published.is_none())
        .map(|local| local.folder.clone())
        .collect();
    // rustc starts in the workspace's folder.
    let mut of_flags: BTreeMap<&Path, BTreeSet<PathBuf>> = BTreeMap::new();
    for (id, _, local) in &members {
        of_flags.entry(&local.workspace).or_insert_with(|| {
            let platforms = known.resolution(*id).platforms.iter();
            let named = platforms.flat_map(|platform| reads::named_by_flags(&platform.rustflags, &local.workspace));
            named.collect()
        });
    }
    // So does it where the configuration has folders in place of a build script.
    let mut of_outputs: BTreeMap<PackageId, BTreeSet<PathBuf>> = BTreeMap::new();
    for unit in &merged.units {
        let Some(output) = &unit.own.output else { continue };
        let id = unit.own.package;
        let folders = script::visible_folders(&known.resolution(id).workspace, known.loaded(id), output);
        of_outputs.entry(id).or_default().extend(folders);
    }
    let helpers = helpers::of(known, merged, members.iter().map(|member| member.0));
    let found: Vec<(&String, reads::Reads)> = parallel::map(members, |(id, key, local)| {
        let none = reads::Helpers::default();
        let helpers = helpers.get(&id).unwrap_or(&none);
        let mut named = of_flags.get(local.workspace.as_path()).cloned().unwrap_or_default();
        named.extend(of_outputs.get(&id).into_iter().flatten().cloned());
        (key, reads::read_by(local, &folders, &named, helpers))
    });
    for (key, found) in found {
        let package = packages.get_mut(key).invariant(PACKAGE)?;
        package.files = found.files;
        package.test_files = found.test_files;
        package.asks_cargo = found.asks_cargo;
        package.tests_ask_cargo = found.tests_ask_cargo;
    }
    Ok(())
}

/// The targets of the workspaces' packages, if one of them asks Cargo about its workspace.
fn targets(known: &Packages<'_>, packages: &Map<Package>) -> Map<Vec<String>> {
    let mut asks = packages
        .values()
        .map(|package| package.asks_cargo || package.tests_ask_cargo);
    if !asks.any(|asks| asks) {
        return Map::new();
    }
    let all = known.resolutions().iter();
    // What a fleet adds to a workspace has none.
    let inside = all
        .flat_map(|resolution| &resolution.workspace.packages)
        .filter(|local| {
            local.published.is_none() && !local.relative.starts_with("..") && !local.package.targets.is_empty()
        });
    inside
        .map(|local| {
            let roots = local.package.targets.iter().map(|target| target.root.clone());
            let roots: BTreeSet<String> = roots.filter(|root| !root.starts_with("..")).collect();
            (local.relative.clone(), roots.into_iter().collect())
        })
        .collect()
}

fn pinned(package: &mut Package, pin: &Pin, registries: &mut Map<String>) {
    match pin.clone() {
        Pin::Registry { sha256, registry } => {
            package.sha256 = Some(sha256);
            if let Some((name, template)) = registry {
                registries.insert(name.clone(), template);
                package.registry = Some(name);
            }
        }
        Pin::Git {
            url,
            rev,
            hash,
            folder,
            submodules,
        } => {
            let folder = Some(folder).filter(|folder| folder != "." && !folder.is_empty());
            package.git = Some(Git {
                url,
                rev,
                hash,
                folder,
                submodules,
            });
        }
        Pin::Vendored { path, hash } => package.vendored = Some(Vendored { path, hash }),
    }
}

fn unit(known: &Packages<'_>, merged: &Merged<'_>, unit: &MergedUnit<'_>) -> Unit {
    let (package, target) = (known.package(unit.own.package), unit.target);
    let names = |numbers: &crate::bits::BitSet| {
        numbers
            .iter()
            .map(|feature| package.features[feature as usize].name.to_string())
            .collect()
    };
    let id = |position: &Position| merged.units[*position].id.clone();
    let (dependencies, when) = split(unit, merged, |needs| needs.libraries.keys().copied().collect());
    let (metadata, metadata_when) = split(unit, merged, |needs| needs.metadata.clone());
    Unit {
        kind: kind(target).map(str::to_owned),
        host: unit.own.host && !target.proc_macro,
        test: unit.own.mode == Mode::Test,
        harness: (unit.own.mode == Mode::Test && !target.harness).then_some(false),
        doctest: {
            let is_of_workspace = match known.loaded(unit.own.package).provenance {
                Provenance::Local(position) => {
                    let workspace = &known.resolution(unit.own.package).workspace;
                    workspace.packages[position].published.is_none()
                }
                Provenance::Remote(_) => false,
            };
            let is_library = target.kind == TargetKind::Lib && unit.own.mode == Mode::Build;
            (is_of_workspace && is_library && !target.doctested).then_some(false)
        },
        name: name(package, target),
        root: root(target),
        edition: (target.edition != package.edition).then(|| target.edition.as_str().to_owned()),
        types: types(target),
        features: names(&unit.own.features),
        profile: unit.profile.clone(),
        dependencies,
        when,
        output: unit.own.output.as_ref().map(|output| {
            script::output(
                &known.resolution(unit.own.package).workspace,
                known.loaded(unit.own.package),
                output,
            )
        }),
        renames: renames(merged, unit),
        build: unit.needs.values().find_map(|needs| needs.build).as_ref().map(id),
        metadata,
        metadata_when,
        binaries: unit
            .needs
            .values()
            .flat_map(|needs| &needs.binaries)
            .map(|position| (merged.units[*position].target.name.to_string(), id(position)))
            .collect(),
    }
}

fn kind(target: &Target) -> Option<&'static str> {
    match target.kind {
        TargetKind::Lib => target.proc_macro.then_some("proc-macro"),
        TargetKind::CustomBuild => Some("build"),
        TargetKind::Bin => Some("bin"),
        TargetKind::Example => Some("example"),
        TargetKind::Test => Some("test"),
        TargetKind::Bench => Some("bench"),
    }
}

fn name(package: &manifest::Package, target: &Target) -> Option<String> {
    let default = match target.kind {
        TargetKind::CustomBuild => return None,
        TargetKind::Lib => package.name.replace('-', "_"),
        _ => package.name.to_string(),
    };
    let name = if target.kind == TargetKind::Lib {
        target.crate_name
    } else {
        target.name
    };
    (name.as_str() != default).then(|| name.to_string())
}

fn root(target: &Target) -> Option<String> {
    let default = match target.kind {
        TargetKind::Lib => "src/lib.rs",
        TargetKind::CustomBuild => "build.rs",
        _ => "",
    };
    (target.root != default).then(|| target.root.clone())
}

fn types(target: &Target) -> Vec<String> {
    // An example is a program, unless it says otherwise.
    let plain: &[&str] = match target.kind {
        TargetKind::Example => &["bin"],
        _ => &["lib", "rlib", "proc-macro", "bin"],
    };
    if target.crate_types.iter().all(|kind| plain.contains(&kind.as_str())) {
        return Vec::new();
    }
    target.crate_types.iter().map(ToString::to_string).collect()
}

/// What is needed wherever the unit is, and what is needed on some of those platforms only.
fn split(
    unit: &MergedUnit<'_>,
    merged: &Merged<'_>,
    of: impl Fn(&Needs) -> BTreeSet<Position>,
) -> (Vec<String>, Map<Vec<String>>) {
    let mut where_needed: BTreeMap<Position, Vec<usize>> = BTreeMap::new();
    for (platform, needs) in &unit.needs {
        for position in of(needs) {
            where_needed.entry(position).or_default().push(*platform);
        }
    }
    distribute(where_needed, unit.needs.len(), merged)
}

fn distribute(
    where_needed: BTreeMap<Position, Vec<usize>>,
    platforms: usize,
    merged: &Merged<'_>,
) -> (Vec<String>, Map<Vec<String>>) {
    let (mut always, mut when): (Vec<String>, Map<Vec<String>>) = Default::default();
    for (position, on) in where_needed {
        let id = merged.units[position].id.clone();
        if on.len() == platforms {
            always.push(id);
        } else {
            let names: Vec<String> = on.iter().map(ToString::to_string).collect();
            when.entry(names.join(" ")).or_default().push(id);
        }
    }
    always.sort_unstable();
    when.values_mut().for_each(|ids| ids.sort_unstable());
    (always, when)
}

fn renames(merged: &Merged<'_>, unit: &MergedUnit<'_>) -> Map<Vec<String>> {
    let mut renames: Map<Vec<String>> = Map::new();
    for (position, names) in unit.needs.values().flat_map(|needs| &needs.libraries) {
        let other = &merged.units[*position];
        if names.iter().any(|name| *name != other.target.crate_name) {
            renames.insert(other.id.clone(), names.iter().map(ToString::to_string).collect());
        }
    }
    renames
}

fn roots(merged: &Merged<'_>) -> Roots {
    let mut where_needed: BTreeMap<Position, Vec<usize>> = BTreeMap::new();
    for (platform, roots) in merged.roots.iter().enumerate() {
        for position in roots {
            where_needed.entry(*position).or_default().push(platform);
        }
    }
    let (units, when) = distribute(where_needed, merged.roots.len(), merged);
    Roots { units, when }
}
