//! `dyrust outdated`: packages of a graph of which the registry has newer releases, and which of these an update takes.
//!
//! A graph has no requirements: those of packages of the registry are in its index, those of the workspace's own in their manifests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use semver::{Version, VersionReq};
use serde::Serialize;
use serde_json::json;

use crate::arguments::OutdatedArguments;
use crate::graph_file::{Naming, named_or_usual};
use crate::output::{Output, print};
use crate::{Error, Outcome};
use dyrust_importer::config::Config;
use dyrust_importer::fleet::compatibility;
use dyrust_importer::graph::{self, Graph, Package, package_name};
use dyrust_importer::manifest::DependencySource;
use dyrust_importer::source::{FetchOptions, Fetcher, IndexFile};
use dyrust_importer::workspace::{self, LocalPackage};

/// How many of those that reject a release a table names.
const SHOWN: usize = 3;

/// A package with newer releases.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Outdated {
    name: String,
    version: String,
    /// The newest release that an update takes: what everything that depends on the package accepts, as it is now.
    update: Option<String>,
    /// The newest release whose number says that it is compatible.
    compatible: Option<String>,
    /// The newest release of all.
    newest: String,
    /// What asks for others than the newest one.
    rejected: Vec<Asked>,
    /// What depends on it by a requirement that is not known: the update is then one that is compatible by its number.
    unknown: BTreeSet<String>,
}

/// A requirement, and what has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Asked {
    /// `NAME VERSION` of a package, or what else names a version.
    by: String,
    requirement: VersionReq,
}

/// What is asked of one version of a package.
#[derive(Debug, Default)]
struct Requirements {
    known: Vec<Asked>,
    unknown: BTreeSet<String>,
}

impl Requirements {
    fn accept(&self, version: &Version) -> bool {
        self.known.iter().all(|asked| asked.requirement.matches(version))
    }

    fn add(&mut self, by: &str, requirements: impl Iterator<Item = VersionReq>, present: &Version) {
        let mut fitting = requirements
            .filter(|requirement| requirement.matches(present))
            .peekable();
        // A patch, or another version of it that was resolved otherwise.
        if fitting.peek().is_none() {
            self.unknown.insert(by.to_owned());
        }
        for requirement in fitting {
            let asked = Asked {
                by: by.to_owned(),
                requirement,
            };
            if !self.known.contains(&asked) {
                self.known.push(asked);
            }
        }
    }
}

pub(crate) fn run(arguments: &OutdatedArguments, output: &Output) -> Result<Outcome, Error> {
    let file = named_or_usual(arguments.graph.as_deref(), Naming::Option)?;
    let graph = graph::read(&file)?;
    let versions = registry_versions(&graph);
    let names: Vec<&str> = versions.keys().map(String::as_str).collect();
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let config = Config::load(folder)?;
    let options = FetchOptions {
        offline: arguments.offline,
    };
    // Of one name there may be several versions.
    let packages: usize = versions.values().map(BTreeSet::len).sum();
    let elsewhere = elsewhere(&graph);
    let progress = output.progress();
    let files = Fetcher::new(&config, options, progress.as_ref()).versions(&names, |_, _| false)?;
    let known: BTreeMap<&str, &IndexFile> = names
        .iter()
        .zip(&files)
        .filter_map(|(name, file)| Some((*name, file.as_ref()?)))
        .collect();
    let dependents = Dependents::new(&graph, folder, &config, &known);
    let mut found = Vec::new();
    let mut unknown = Vec::new();
    for ((name, versions), file) in versions.iter().zip(&files) {
        let Some(file) = file else {
            unknown.push((name, versions.len()));
            continue;
        };
        let available = available(file);
        found.extend(versions.iter().filter_map(|version| {
            let asked = dependents.requirements(name, version);
            newer(name, version, &available, &asked)
        }));
    }
    let unknown_names: Vec<&str> = unknown.iter().map(|(name, _)| name.as_str()).collect();
    output
        .json(&json!({ "outdated": found, "packages": packages, "unknown": unknown_names, "elsewhere": elsewhere }))?;
    if !output.is_json() {
        print(&table(&found))?;
        output.say(&format!("{} of {packages} packages have newer releases", found.len()));
        let assumed: BTreeSet<&str> = found.iter().flat_map(|one| &one.unknown).map(String::as_str).collect();
        if !assumed.is_empty() {
            output.say(&format!(
                "note: what these ask for is not known, and they are taken to accept what is compatible: {}",
                assumed.into_iter().collect::<Vec<_>>().join(", ")
            ));
        }
        if let (false, Some(program)) = (found.is_empty(), &graph.selection.published) {
            output.say(&format!(
                "note: the lock of {program} is the one that it was published with: another version of it may have newer ones, and a fleet \
                 (`dyrust fleet add`) chooses versions itself"
            ));
        }
        if !unknown.is_empty() {
            let number: usize = unknown.iter().map(|(_, number)| number).sum();
            let why = match arguments.offline {
                true => "nothing is known on this machine",
                false => "the registry knows nothing",
            };
            output.say(&format!(
                "note: of {number} of them {why}: {}",
                unknown_names.join(", ")
            ));
        }
        if !elsewhere.is_empty() {
            output.say(&format!(
                "note: not looked at, as they are vendored, of git or of other registries: {}",
                elsewhere.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
            ));
        }
    }
    Ok(Outcome::Done)
}

/// A graph, and those that are apart.
fn parts(graph: &Graph) -> impl Iterator<Item = &Graph> {
    std::iter::once(graph).chain(graph.apart.values())
}

/// Is a package of the default registry?
fn is_of_registry(package: &Package) -> bool {
    package.sha256.is_some() && package.registry.is_none()
}

/// The versions of the packages of the default registry, by name.
fn registry_versions(graph: &Graph) -> BTreeMap<String, BTreeSet<Version>> {
    let mut found: BTreeMap<String, BTreeSet<Version>> = BTreeMap::new();
    for (key, package) in parts(graph).flat_map(|graph| &graph.packages) {
        if let (true, Ok(version)) = (is_of_registry(package), Version::parse(&package.version)) {
            found.entry(package_name(key).to_owned()).or_default().insert(version);
        }
    }
    found
}

/// The names of the packages of others of which the default registry knows nothing.
fn elsewhere(graph: &Graph) -> BTreeSet<String> {
    parts(graph)
        .flat_map(|graph| &graph.packages)
        .filter(|(_, package)| package.path.is_none() && !is_of_registry(package))
        .map(|(key, _)| package_name(key).to_owned())
        .collect()
}

/// The versions that were not withdrawn.
fn available(file: &IndexFile) -> Vec<&Version> {
    file.versions()
        .filter(|version| file.entry(version).is_some_and(|entry| !entry.yanked))
        .collect()
}

/// Is a version one that Cargo takes in the place of another one? A pre-release is only where there is one of the same release already.
fn is_release_for(candidate: &Version, present: &Version) -> bool {
    let release = |version: &Version| (version.major, version.minor, version.patch);
    candidate.pre.is_empty() || (!present.pre.is_empty() && release(candidate) == release(present))
}

/// What depends on the packages of a graph, with its requirements.
struct Dependents<'a> {
    graph: &'a Graph,
    index: &'a BTreeMap<&'a str, &'a IndexFile>,
    /// The packages of the workspace, and of those of a fleet's members, as far as they can be read.
    own: Vec<LocalPackage>,
    /// By name and version: the packages that depend on it.
    edges: BTreeMap<(&'a str, &'a str), BTreeSet<PackageKey<'a>>>,
    /// The packages that were asked for, by name and version.
    roots: BTreeSet<(&'a str, &'a str)>,
}

/// A package, by its name, its version and where it is from.
type PackageKey<'a> = (&'a str, &'a str, Origin);

/// Where the requirements of a package are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    /// In the index.
    Registry,
    /// In a manifest on this machine.
    Own,
    /// Nowhere that is looked at.
    Elsewhere,
}

fn origin(package: &Package) -> Origin {
    match (is_of_registry(package), &package.path) {
        (true, _) => Origin::Registry,
        (false, Some(_)) => Origin::Own,
        (false, None) => Origin::Elsewhere,
    }
}

impl<'a> Dependents<'a> {
    fn new(graph: &'a Graph, folder: &Path, config: &Config, index: &'a BTreeMap<&'a str, &'a IndexFile>) -> Self {
        let mut edges: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        let mut roots = BTreeSet::new();
        for part in parts(graph) {
            for number in 0..part.platforms.len() {
                let view = part.on_platform(number);
                let named = |id: &str| view.unit(id).map(|(key, package, _)| (package_name(key), package));
                let asked = view.roots().into_iter().filter_map(named);
                roots.extend(asked.map(|(name, package)| (name, package.version.as_str())));
                for id in view.units() {
                    let Some((key, package, _)) = view.unit(id) else {
                        continue;
                    };
                    let dependent = (package_name(key), package.version.as_str(), origin(package));
                    for (name, needed) in view.needs(id).into_iter().filter_map(named) {
                        let needed = (name, needed.version.as_str());
                        // A program and its own library, or a build script.
                        if needed != (dependent.0, dependent.1) {
                            edges.entry(needed).or_default().insert(dependent);
                        }
                    }
                }
            }
        }
        Self {
            graph,
            index,
            own: own_packages(graph, folder, config),
            edges,
            roots,
        }
    }

    /// What is asked of a version of a package.
    fn requirements(&self, name: &str, version: &Version) -> Requirements {
        let mut found = Requirements::default();
        let text = version.to_string();
        let key = (name, text.as_str());
        if self.roots.contains(&key)
            && let Some(by) = named_by(self.graph)
        {
            let exactly = format!("={version}").parse();
            found.add(&by, exactly.into_iter(), version);
        }
        // Those for tests are in a lock, too.
        for package in self.own.iter().map(|local| &local.package) {
            let dependencies = package.dependencies.iter();
            let asking = dependencies.filter(|dependency| {
                dependency.package.as_str() == name
                    && dependency.source == DependencySource::DefaultRegistry
                    && dependency.accepts(version)
            });
            let mut asking = asking
                .filter_map(|dependency| dependency.requirement.clone())
                .peekable();
            if asking.peek().is_some() {
                found.add(&format!("{} {}", package.name, package.version), asking, version);
            }
        }
        for (dependent, its_version, origin) in self.edges.get(&key).into_iter().flatten() {
            let by = format!("{dependent} {its_version}");
            match origin {
                Origin::Registry => {
                    let entry = || self.index.get(dependent)?.entry(&its_version.parse().ok()?);
                    let dependencies = entry().map(|entry| entry.deps).unwrap_or_default();
                    let asking = dependencies.iter().filter(|dependency| dependency.crate_name() == name);
                    found.add(
                        &by,
                        asking.filter_map(|dependency| dependency.req.parse().ok()),
                        version,
                    );
                }
                Origin::Own if found.known.iter().any(|asked| asked.by == by) => {}
                Origin::Own | Origin::Elsewhere => {
                    found.unknown.insert(by);
                }
            }
        }
        found
    }
}

/// What names the versions of the programs that a graph was asked for, if they are published ones.
fn named_by(graph: &Graph) -> Option<String> {
    let selection = &graph.selection;
    selection
        .fleet
        .clone()
        .or(selection.published.as_ref().map(|_| "`--crate`".to_owned()))
}

/// The packages in folders of this machine, with their requirements. What can't be read has none that are known.
fn own_packages(graph: &Graph, folder: &Path, config: &Config) -> Vec<LocalPackage> {
    let mut known: Vec<LocalPackage> = Vec::new();
    for (key, package) in parts(graph).flat_map(|graph| &graph.packages) {
        let Some(path) = &package.path else { continue };
        let is_it = |local: &LocalPackage| {
            local.package.name.as_str() == package_name(key) && local.package.version.to_string() == package.version
        };
        if !known.iter().any(is_it)
            && let Ok(workspace) = workspace::load_configured(&folder.join(path), config)
        {
            known.extend(workspace.packages);
        }
    }
    known
}

fn newer(name: &str, version: &Version, available: &[&Version], asked: &Requirements) -> Option<Outdated> {
    let releases = || available.iter().filter(|candidate| is_release_for(candidate, version));
    let newest_of = |fits: &dyn Fn(&Version) -> bool| {
        let fitting = releases().filter(|release| fits(release)).max();
        fitting.copied().filter(|release| *release > version)
    };
    let is_compatible = |release: &Version| compatibility(release) == compatibility(version);
    let newest = newest_of(&|_| true)?;
    let compatible = newest_of(&is_compatible);
    let update = newest_of(&|release| asked.accept(release) && (asked.unknown.is_empty() || is_compatible(release)));
    let mut rejected = asked.known.clone();
    rejected.retain(|asked| !asked.requirement.matches(newest));
    Some(Outdated {
        name: name.to_owned(),
        version: version.to_string(),
        update: update.map(ToString::to_string),
        compatible: compatible.map(ToString::to_string),
        newest: newest.to_string(),
        rejected,
        unknown: asked.unknown.clone(),
    })
}

/// Those that ask for others than the newest.
fn rejecting(package: &Outdated) -> String {
    let mut shown: Vec<String> = package
        .rejected
        .iter()
        .take(SHOWN)
        .map(|asked| format!("{} asks for {}", asked.by, asked.requirement))
        .collect();
    match package.rejected.len() {
        more if more > SHOWN => shown.push(format!("and {} more", more - SHOWN)),
        _ => {}
    }
    shown.join(", ")
}

fn table(found: &[Outdated]) -> String {
    if found.is_empty() {
        return String::new();
    }
    let mut rows = vec![["package", "in the graph", "update", "newest", ""].map(str::to_owned)];
    let or_dash = |version: &Option<String>| version.clone().unwrap_or_else(|| "-".to_owned());
    rows.extend(found.iter().map(|package| {
        [
            package.name.clone(),
            package.version.clone(),
            or_dash(&package.update),
            package.newest.clone(),
            rejecting(package),
        ]
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2), width(3)];
    let mut text = String::new();
    for [name, version, update, newest, rejecting] in rows {
        let [first, second, third, fourth] = widths;
        let line = format!("{name:first$}  {version:second$}  {update:third$}  {newest:fourth$}  {rejecting}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outdated(version: &str, releases: &[&str]) -> Option<(Option<String>, Option<String>)> {
        let releases: Vec<Version> = releases.iter().map(|text| text.parse().unwrap()).collect();
        let releases: Vec<&Version> = releases.iter().collect();
        let found = newer("a", &version.parse().unwrap(), &releases, &Requirements::default());
        found.map(|found| (found.compatible, Some(found.newest)))
    }

    #[test]
    fn compatible_is_what_cargo_takes_for_it() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            outdated("1.2.0", &["1.2.0", "1.10.0", "2.0.0"]),
            Some((some("1.10.0"), some("2.0.0")))
        );
        assert_eq!(outdated("0.3.1", &["0.3.1", "0.4.0"]), Some((None, some("0.4.0"))));
        assert_eq!(outdated("0.0.1", &["0.0.1", "0.0.2"]), Some((None, some("0.0.2"))));
        assert_eq!(outdated("2.0.0", &["1.0.0", "2.0.0"]), None);
    }

    /// Of a package that is a pre-release the next one was not told, which `cargo update` takes.
    #[test]
    fn a_pre_release_follows_one_of_the_same_release() {
        let some = |text: &str| Some(text.to_owned());
        let known = ["0.9.0", "1.0.0-rc.1", "1.0.0-rc.2", "1.1.0-rc.1"];
        assert_eq!(
            outdated("1.0.0-rc.1", &known),
            Some((some("1.0.0-rc.2"), some("1.0.0-rc.2")))
        );
        assert_eq!(outdated("1.0.0-rc.2", &known), None);
        assert_eq!(outdated("0.9.0", &known), None);
    }
}
