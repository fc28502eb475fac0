//! `dyrust outdated`: packages of a graph of which the registry has newer releases.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use semver::Version;
use serde::Serialize;
use serde_json::json;

use crate::arguments::OutdatedArguments;
use crate::graph_file::{Naming, named_or_usual};
use crate::output::{Output, print};
use crate::{Error, Outcome};
use dyrust_importer::config::Config;
use dyrust_importer::fleet::compatibility;
use dyrust_importer::graph::{self, Graph, Package, package_name};
use dyrust_importer::source::{FetchOptions, Fetcher, IndexFile};

/// A package with newer releases.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Outdated {
    name: String,
    version: String,
    /// The newest release that a requirement on the present version accepts; what `cargo update` could take.
    compatible: Option<String>,
    /// The newest release of all.
    newest: Option<String>,
}

pub(crate) fn run(arguments: &OutdatedArguments, output: &Output) -> Result<Outcome, Error> {
    let file = named_or_usual(arguments.graph.as_deref(), Naming::Option)?;
    let graph = graph::read(&file)?;
    let versions = registry_versions(&graph);
    let names: Vec<&str> = versions.keys().map(String::as_str).collect();
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let config = Config::load(folder.unwrap_or(Path::new(".")))?;
    let options = FetchOptions {
        offline: arguments.offline,
    };
    // Of one name there may be several versions.
    let packages: usize = versions.values().map(BTreeSet::len).sum();
    let elsewhere = elsewhere(&graph);
    let progress = output.progress();
    let files = Fetcher::new(&config, options, progress.as_ref()).versions(&names, |_, _| false)?;
    let mut found = Vec::new();
    let mut unknown = Vec::new();
    for ((name, versions), file) in versions.iter().zip(&files) {
        let Some(file) = file else {
            unknown.push((name, versions.len()));
            continue;
        };
        let available = available(file);
        found.extend(versions.iter().filter_map(|version| newer(name, version, &available)));
    }
    let unknown_names: Vec<&str> = unknown.iter().map(|(name, _)| name.as_str()).collect();
    output
        .json(&json!({ "outdated": found, "packages": packages, "unknown": unknown_names, "elsewhere": elsewhere }))?;
    if !output.is_json() {
        print(&table(&found))?;
        output.say(&format!("{} of {packages} packages have newer releases", found.len()));
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

fn newer(name: &str, version: &Version, available: &[&Version]) -> Option<Outdated> {
    let releases = || available.iter().filter(|candidate| is_release_for(candidate, version));
    let newest_of = |fits: &dyn Fn(&Version) -> bool| {
        let fitting = releases().filter(|release| fits(release)).max();
        fitting.filter(|release| **release > version).map(ToString::to_string)
    };
    let newest = newest_of(&|_| true);
    let compatible = newest_of(&|release| compatibility(release) == compatibility(version));
    (newest.is_some() || compatible.is_some()).then(|| Outdated {
        name: name.to_owned(),
        version: version.to_string(),
        compatible,
        newest,
    })
}

fn table(found: &[Outdated]) -> String {
    if found.is_empty() {
        return String::new();
    }
    let mut rows = vec![["package", "in the graph", "compatible", "newest"].map(str::to_owned)];
    let or_dash = |version: &Option<String>| version.clone().unwrap_or_else(|| "-".to_owned());
    rows.extend(found.iter().map(|package| {
        [
            package.name.clone(),
            package.version.clone(),
            or_dash(&package.compatible),
            or_dash(&package.newest),
        ]
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    let mut text = String::new();
    for [name, version, compatible, newest] in rows {
        let [first, second, third] = widths;
        text.push_str(&format!(
            "{name:first$}  {version:second$}  {compatible:third$}  {newest}\n"
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outdated(version: &str, releases: &[&str]) -> Option<(Option<String>, Option<String>)> {
        let releases: Vec<Version> = releases.iter().map(|text| text.parse().unwrap()).collect();
        let releases: Vec<&Version> = releases.iter().collect();
        newer("a", &version.parse().unwrap(), &releases).map(|found| (found.compatible, found.newest))
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
