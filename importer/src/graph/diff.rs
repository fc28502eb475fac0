//! What tells two graphs apart: packages, versions, features, and the units that have to be built anew.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Graph, Map, OnPlatform, Package, Platform, Profile, package_name};
use crate::internal::{InternalError, Invariant};
use crate::source::hex;

/// The differences between an old graph and a new one. Graphs that are apart count as parts of theirs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// Packages that only the new graph has, with their versions.
    pub added: Map<Vec<String>>,
    /// Packages that only the old graph has.
    pub removed: Map<Vec<String>>,
    /// Packages with other versions: the old and the new ones.
    pub versions: Map<(Vec<String>, Vec<String>)>,
    /// Packages of one version, `name version`, with other features: those that came and those that went.
    pub features: Map<(Vec<String>, Vec<String>)>,
    /// Platforms that only one of the graphs is for.
    pub platforms: PlatformChanges,
    /// What else every unit, or those of the host or of the target, are built with, and is another one: in words.
    pub settings: Vec<String>,
    /// By target, of the tests `TARGET (tests)`: the units that the old graph does not have as they are, or that depend on such.
    pub rebuilt: Map<Rebuilt>,
}

/// Platforms that came or went, by their targets; of the tests `TARGET (tests)`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PlatformChanges {
    /// Those that only the new graph has.
    pub came: Vec<String>,
    /// Those that only the old graph has.
    pub went: Vec<String>,
}

/// The units of a platform that have to be built anew.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Rebuilt {
    /// Their ids; those of graphs that are apart have the graph's name and a colon before them.
    pub units: Vec<String>,
    /// How many units there are in all.
    pub of: usize,
}

impl Diff {
    /// Compares two graphs.
    ///
    /// # Errors
    /// An internal one, when a unit has no form in JSON.
    pub fn new(old: &Graph, new: &Graph) -> Result<Self, InternalError> {
        let mut diff = Self::default();
        let (before, after) = (versions(old), versions(new));
        for (name, versions) in &after {
            match before.get(name) {
                None => {
                    diff.added.insert(name.clone(), versions.iter().cloned().collect());
                }
                Some(known) if known != versions => {
                    let lists = (known.iter().cloned().collect(), versions.iter().cloned().collect());
                    diff.versions.insert(name.clone(), lists);
                }
                Some(_) => {}
            }
        }
        for (name, versions) in before {
            if !after.contains_key(&name) {
                diff.removed.insert(name, versions.into_iter().collect());
            }
        }
        let before = features(old);
        for (package, after) in features(new) {
            let Some(before) = before.get(&package) else { continue };
            let only = |these: &BTreeSet<String>, those: &BTreeSet<String>| these.difference(those).cloned().collect();
            if *before != after {
                diff.features
                    .insert(package, (only(&after, before), only(before, &after)));
            }
        }
        diff.platforms = PlatformChanges {
            came: platforms_without(new, old),
            went: platforms_without(old, new),
        };
        diff.settings = settings(old, new);
        for platform in &new.platforms {
            // What the programs had the tests have, too, and the other way round.
            let mut known = BTreeSet::new();
            for tests in [false, true] {
                let platform = Platform {
                    tests,
                    ..platform.clone()
                };
                known.extend(identities(old, &platform)?.into_values());
            }
            let units = identities(new, platform)?;
            let of = units.len();
            let units = units
                .into_iter()
                .filter(|(_, identity)| !known.contains(identity))
                .map(|(id, _)| id)
                .collect();
            diff.rebuilt.insert(named(platform), Rebuilt { units, of });
        }
        Ok(diff)
    }

    /// Is there no difference?
    pub fn is_empty(&self) -> bool {
        let Self {
            added,
            removed,
            versions,
            features,
            platforms,
            settings,
            rebuilt,
        } = self;
        added.is_empty()
            && removed.is_empty()
            && versions.is_empty()
            && features.is_empty()
            && *platforms == PlatformChanges::default()
            && settings.is_empty()
            && rebuilt.values().all(|rebuilt| rebuilt.units.is_empty())
    }
}

/// A platform as the differences name it.
fn named(platform: &Platform) -> String {
    match platform.tests {
        true => format!("{} (tests)", platform.target),
        false => platform.target.clone(),
    }
}

/// The platforms of a graph that another one is not for.
fn platforms_without(graph: &Graph, other: &Graph) -> Vec<String> {
    let others: BTreeSet<String> = other.platforms.iter().map(named).collect();
    let own = graph.platforms.iter().map(named);
    own.filter(|name| !others.contains(name)).collect()
}

/// A graph and those that are apart, each with what goes before its units' ids.
fn parts(graph: &Graph) -> impl Iterator<Item = (String, &Graph)> {
    let apart = graph.apart.iter().map(|(name, graph)| (format!("{name}: "), graph));
    std::iter::once((String::new(), graph)).chain(apart)
}

fn packages(graph: &Graph) -> impl Iterator<Item = (&str, &Package)> {
    parts(graph).flat_map(|(_, graph)| graph.packages.iter().map(|(key, package)| (package_name(key), package)))
}

fn versions(graph: &Graph) -> BTreeMap<String, BTreeSet<String>> {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, package) in packages(graph) {
        versions
            .entry(name.to_owned())
            .or_default()
            .insert(package.version.clone());
    }
    versions
}

/// The features of each package in any of its units, by `name version`.
fn features(graph: &Graph) -> BTreeMap<String, BTreeSet<String>> {
    let mut features: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, package) in packages(graph) {
        let known = features.entry(format!("{name} {}", package.version)).or_default();
        known.extend(package.units.values().flat_map(|unit| unit.features.iter().cloned()));
    }
    features
}

/// What tells graphs apart beside packages, in words.
fn settings(old: &Graph, new: &Graph) -> Vec<String> {
    let (before, after) = (&old.profile, &new.profile);
    let mut found = Vec::new();
    let mut other = |differs: bool, what: String| {
        if differs {
            found.push(what);
        }
    };
    other(
        (&before.name, &before.root) != (&after.name, &after.root),
        format!("the profile: {} -> {}", before.name, after.name),
    );
    other(
        before.target != after.target,
        "the profile's settings for the target".to_owned(),
    );
    other(
        before.host != after.host,
        "the profile's settings for the host".to_owned(),
    );
    other(
        old.environment != new.environment,
        "variables of the configuration".to_owned(),
    );
    for platform in &new.platforms {
        let is_it = |other: &&Platform| (&other.target, other.tests) == (&platform.target, platform.tests);
        if let Some(known) = old.platforms.iter().find(is_it) {
            let (target, flags) = (&platform.target, known.rustflags != platform.rustflags);
            other(known.host != platform.host, format!("the host of {target}"));
            other(flags, format!("rustc's flags for {target}"));
        }
    }
    found
}

/// The units of a platform with a digest of all that they are made from, their dependencies' among it.
fn identities(graph: &Graph, wanted: &Platform) -> Result<BTreeMap<String, String>, InternalError> {
    let mut all = BTreeMap::new();
    for (prefix, graph) in parts(graph) {
        let is_it = |platform: &Platform| platform.target == wanted.target && platform.tests == wanted.tests;
        let platform = graph.platforms.iter().position(is_it);
        // A graph that is apart may be for other platforms.
        let Some(number) = platform else { continue };
        let found = &graph.platforms[number];
        let mut identities = Identities {
            view: graph.on_platform(number),
            profile: &graph.profile,
            common: digest(&(
                (&graph.profile.name, &graph.profile.root),
                &graph.environment,
                (&found.target, &found.host, &found.rustflags),
            ))?,
            known: BTreeMap::new(),
        };
        for root in identities.view.roots() {
            identities.find(root)?;
        }
        all.extend(
            identities
                .known
                .into_iter()
                .map(|(id, identity)| (format!("{prefix}{id}"), identity)),
        );
    }
    Ok(all)
}

struct Identities<'a> {
    view: OnPlatform<'a>,
    profile: &'a Profile,
    common: String,
    known: BTreeMap<String, String>,
}

impl<'a> Identities<'a> {
    /// Finds the digest of a unit, and of all that it needs.
    fn find(&mut self, root: &'a str) -> Result<(), InternalError> {
        let mut open = vec![root];
        while let Some(id) = open.last().copied() {
            match self.known.get(id).map(String::as_str) {
                None => {
                    // A graph that goes round in a circle was edited; it has no end otherwise.
                    self.known.insert(id.to_owned(), String::new());
                    let needs = self.view.needs(id).into_iter().rev();
                    open.extend(needs.filter(|other| !self.known.contains_key(*other)));
                }
                Some("") => {
                    let identity = self.of(id)?;
                    self.known.insert(id.to_owned(), identity);
                    open.pop();
                }
                Some(_) => {
                    open.pop();
                }
            }
        }
        Ok(())
    }

    /// The digest of a unit; those of what it needs are known.
    fn of(&self, id: &str) -> Result<String, InternalError> {
        let (key, package, unit) = self.view.unit(id).invariant("a unit that the graph has")?;
        let needs = self.view.needs(id).into_iter();
        let mut needs: Vec<(&str, Option<&Vec<String>>)> = needs
            .map(|other| {
                let identity = self.known.get(other).invariant("a unit that was met before")?;
                Ok((identity.as_str(), unit.renames.get(other)))
            })
            .collect::<Result<_, InternalError>>()?;
        needs.sort();
        let mut own = unit.clone();
        for list in [&mut own.dependencies, &mut own.metadata] {
            list.clear();
        }
        own.when.clear();
        own.metadata_when.clear();
        own.renames.clear();
        own.build = None;
        own.binaries.clear();
        // The registry is where the source is had from; which one it is says its hash.
        let source = Package {
            units: Map::new(),
            entry: None,
            registry: None,
            ..package.clone()
        };
        // The script of a unit of the target is told that one's settings, too.
        let host = unit.is_of_host().then_some(&self.profile.host);
        let target = (!unit.is_of_host() || (!unit.host && unit.kind.as_deref() == Some("build")))
            .then_some(&self.profile.target);
        let name = package_name(key);
        digest(&(name, &self.common, host, target, source, own, needs))
    }
}

fn digest(value: &impl Serialize) -> Result<String, InternalError> {
    let text = serde_json::to_vec(value).invariant("a unit that has a form in JSON")?;
    Ok(hex::encode(&Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Diff, Graph, Package, PlatformChanges};
    use crate::graph::Unit;

    fn bat() -> Graph {
        super::super::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/bat.json")).unwrap()
    }

    #[test]
    fn equal_graphs_have_no_difference() {
        let diff = Diff::new(&bat(), &bat()).unwrap();
        assert!(diff.is_empty(), "{diff:?}");
        assert!(diff.rebuilt.values().all(|rebuilt| rebuilt.of > 100));
    }

    #[test]
    fn a_new_version_rebuilds_what_depends_on_it_and_nothing_else() {
        let mut new = bat();
        let package = new.packages.get_mut("memchr").unwrap();
        let old = std::mem::replace(&mut package.version, "2.99.0".to_owned());
        let diff = Diff::new(&bat(), &new).unwrap();
        assert_eq!(diff.versions["memchr"], (vec![old], vec!["2.99.0".to_owned()]));
        assert!(diff.added.is_empty() && diff.removed.is_empty() && diff.features.is_empty());
        let rebuilt = diff.rebuilt.values().next().unwrap();
        let has = |id: &str| rebuilt.units.iter().any(|unit| unit == id);
        assert!(has("memchr") && has("bat bin bat") && !has("libc"), "{rebuilt:?}");
        assert!(rebuilt.units.len() < rebuilt.of);
    }

    /// What changed for the tests alone was nothing to build anew.
    #[test]
    fn units_of_the_tests_are_told_apart() {
        let with_tests = || {
            let mut graph = bat();
            let mut tests = graph.platforms[0].clone();
            tests.tests = true;
            graph.platforms.push(tests);
            graph
        };
        let mut new = with_tests();
        let mut package = new.packages["memchr"].clone();
        package.version = "9.0.0".to_owned();
        new.packages.insert("only-tested".to_owned(), package);
        let number = (new.platforms.len() - 1).to_string();
        new.roots.when.insert(number, vec!["only-tested".to_owned()]);
        let target = new.platforms[0].target.clone();
        for old in [bat(), with_tests()] {
            let diff = Diff::new(&old, &new).unwrap();
            assert!(diff.rebuilt[&target].units.is_empty(), "{diff:?}");
            // What `when` tells of the number of a platform is another here.
            let tests = &diff.rebuilt[&format!("{target} (tests)")].units;
            let has = |id: &str| tests.iter().any(|unit| unit == id);
            assert!(has("only-tested") && !has("memchr"), "{tests:?}");
        }
    }

    /// All units were to be built anew, and not why; those of the host, too, and all where a registry came.
    #[test]
    fn settings_are_told_and_change_what_is_built_with_them() {
        let mut new = bat();
        new.profile.target.opt_level = Some("1".to_owned());
        let diff = Diff::new(&bat(), &new).unwrap();
        assert_eq!(diff.settings, ["the profile's settings for the target"]);
        let rebuilt = diff.rebuilt.values().next().unwrap();
        let has = |id: &str| rebuilt.units.iter().any(|unit| unit == id);
        assert!(
            has("memchr") && has("crc32fast build") && !has("aho-corasick lib host"),
            "{rebuilt:?}"
        );

        let mut new = bat();
        new.registries
            .insert("ours".to_owned(), "https://registry.invalid".to_owned());
        assert!(Diff::new(&bat(), &new).unwrap().is_empty());
    }

    /// A graph of others, each of whose units needs the next one, ended the program: each was a call within a call.
    #[test]
    fn units_may_need_each_other_in_a_long_row() {
        const LAST: usize = 10_000;
        let mut graph = bat();
        graph.platforms.truncate(1);
        let unit = |needs: Vec<String>| Unit {
            dependencies: needs,
            ..Unit::default()
        };
        for number in 0..=LAST {
            let next = (number < LAST).then(|| format!("row-{}", number + 1));
            let package = Package {
                version: "1.0.0".to_owned(),
                units: [("lib".to_owned(), unit(next.into_iter().collect()))].into(),
                ..Package::default()
            };
            graph.packages.insert(format!("row-{number}"), package);
        }
        graph.roots.units.push("row-0".to_owned());
        let mut new = graph.clone();
        let last = new.packages.get_mut(&format!("row-{LAST}")).unwrap();
        last.version = "1.0.1".to_owned();
        let diff = Diff::new(&graph, &new).unwrap();
        assert_eq!(diff.rebuilt.values().next().unwrap().units.len(), LAST + 1);
    }

    /// Nothing was said of one that was gone, and of one that was new only that all of it is to be built.
    #[test]
    fn platforms_that_come_and_go_are_told() {
        let mut new = bat();
        let old = std::mem::replace(&mut new.platforms[0].target, "riscv64gc-unknown-linux-gnu".to_owned());
        let diff = Diff::new(&bat(), &new).unwrap();
        assert_eq!(diff.platforms.came, ["riscv64gc-unknown-linux-gnu"]);
        assert_eq!(diff.platforms.went, [old]);
        let without = PlatformChanges::default();
        assert!(!diff.is_empty() && Diff::new(&bat(), &bat()).unwrap().platforms == without);
    }

    #[test]
    fn features_that_come_are_told() {
        let mut new = bat();
        let package = new.packages.get_mut("memchr").unwrap();
        let unit = package.units.get_mut("lib").unwrap();
        unit.features.push("zz".to_owned());
        let diff = Diff::new(&bat(), &new).unwrap();
        let changed: Vec<_> = diff.features.values().collect();
        assert_eq!(changed, [&(vec!["zz".to_owned()], vec![])]);
    }
}
