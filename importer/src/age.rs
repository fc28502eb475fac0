//! How long the packages of a graph have been published: a release that was stolen or is a mistake is found out within days.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use semver::Version;

use crate::config::Config;
use crate::graph::{Graph, package_name};
use crate::source::progress::Progress;
use crate::source::{FetchOptions, Fetcher};

/// The moment that lies so many days back. What was published later is too young.
#[must_use]
pub fn days_ago(days: u32) -> Timestamp {
    let age = SignedDuration::from_hours(24 * i64::from(days));
    Timestamp::now().checked_sub(age).unwrap_or(Timestamp::MIN)
}

/// What the registry's index tells of the age of a graph's packages.
#[derive(Debug, Default)]
pub struct Ages {
    /// Those that were published later than asked for: name, version and time.
    pub young: Vec<(String, String, Timestamp)>,
    /// Those of which nothing is told: of other registries, or of an index without times.
    pub unknown: Vec<String>,
}

impl Ages {
    /// Looks up the packages of registries in a graph; packages in folders and repositories have no time of publication.
    ///
    /// `folder` is where Cargo's configuration is looked for. Versions that were not known on this machine are asked for.
    ///
    /// # Errors
    /// When the registry can't be asked.
    pub fn of(
        graph: &Graph,
        latest: Timestamp,
        folder: &Path,
        offline: bool,
        progress: &dyn Progress,
    ) -> Result<Self, crate::Error> {
        let config = Config::load(folder)?;
        let fetcher = Fetcher::new(&config, FetchOptions { offline }, progress);
        let mut ages = Self::default();
        let mut asked: Vec<(String, Version)> = Vec::new();
        for graph in std::iter::once(graph).chain(graph.apart.values()) {
            for (key, package) in &graph.packages {
                let name = package_name(key).to_owned();
                let label = format!("{name} {}", package.version);
                match Version::parse(&package.version) {
                    Ok(version) if package.sha256.is_some() && package.registry.is_none() => {
                        asked.push((name, version))
                    }
                    _ if package.sha256.is_some() || package.vendored.is_some() => ages.unknown.push(label),
                    _ => {}
                }
            }
        }
        asked.sort();
        asked.dedup();
        let mut names: Vec<&str> = asked.iter().map(|(name, _)| name.as_str()).collect();
        names.dedup();
        let files = fetcher.versions(&names, |name, file| {
            let mut wanted = asked.iter().filter(|(other, _)| other == name);
            wanted.all(|(_, version)| file.has(version))
        })?;
        for (name, version) in &asked {
            let at = names.binary_search(&name.as_str()).ok();
            let file = at.and_then(|at| files.get(at)).and_then(Option::as_ref);
            match file.and_then(|file| file.published(version)) {
                Some(time) if time > latest => ages.young.push((name.clone(), version.to_string(), time)),
                Some(_) => {}
                None => ages.unknown.push(format!("{name} {version}")),
            }
        }
        ages.unknown.sort();
        Ok(ages)
    }
}
