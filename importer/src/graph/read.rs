//! Reads graphs back, and checks what a hand may have changed.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Error, Graph, SCHEMA, keys};

/// Reads a graph's file.
///
/// # Errors
/// When the file can't be read, is not a graph, has a newer schema or names that no package has, or refers to units that it does not have.
pub fn read(file: &Path) -> Result<Graph, Error> {
    let text = std::fs::read_to_string(file).map_err(|reason| Error::Unreadable {
        file: file.to_path_buf(),
        reason,
    })?;
    parse(&text, file)
}

#[derive(serde::Deserialize)]
struct SchemaVersion {
    schema: u64,
}

/// Reads a graph's text; `file` is for messages.
pub(crate) fn parse(text: &str, file: &Path) -> Result<Graph, Error> {
    let malformed = |reason: serde_json::Error| Error::Malformed {
        file: file.to_path_buf(),
        line: reason.line(),
        reason: reason.to_string(),
    };
    let graph: Graph = match serde_json::from_str(text) {
        Ok(graph) => graph,
        Err(reason) => {
            // A newer schema may have any shape.
            if let Ok(SchemaVersion { schema }) = serde_json::from_str(text)
                && schema > SCHEMA
            {
                return Err(Error::Newer {
                    file: file.to_path_buf(),
                    found: schema,
                });
            }
            return Err(malformed(reason));
        }
    };
    if graph.schema > SCHEMA {
        return Err(Error::Newer {
            file: file.to_path_buf(),
            found: graph.schema,
        });
    }
    graph.check(file)?;
    Ok(graph)
}

impl Graph {
    /// The ids of all units.
    pub fn ids(&self) -> BTreeSet<String> {
        let of_package = |(package, key): (&String, &String)| keys::unit_id(package, key);
        self.packages
            .iter()
            .flat_map(|(name, package)| package.units.keys().map(move |key| of_package((name, key))))
            .collect()
    }

    fn check(&self, file: &Path) -> Result<(), Error> {
        // What is printed of such a name might look like another line, of dyrust's own.
        if let Some(name) = self.names().find(|name| name.chars().any(char::is_control)) {
            return Err(Error::OddName {
                file: file.to_path_buf(),
                name: name.clone(),
            });
        }
        let ids = self.ids();
        let find = |unit: &str, id: &String| {
            if ids.contains(id) {
                return Ok(());
            }
            Err(Error::Dangling {
                file: file.to_path_buf(),
                unit: unit.to_owned(),
                id: id.clone(),
            })
        };
        for id in self.roots.units.iter().chain(self.roots.when.values().flatten()) {
            find("roots", id)?;
        }
        for (name, package) in &self.packages {
            for (key, unit) in &package.units {
                let own = keys::unit_id(name, key);
                for id in unit.references() {
                    find(&own, id)?;
                }
            }
        }
        self.apart.values().try_for_each(|graph| graph.check(file))
    }

    /// What packages, units, features and targets are called.
    fn names(&self) -> impl Iterator<Item = &String> {
        let packages = self.packages.iter().flat_map(|(key, package)| {
            let units = package.units.iter();
            let units = units.flat_map(|(key, unit)| [key].into_iter().chain(&unit.name).chain(&unit.features));
            [key, &package.version]
                .into_iter()
                .chain(&package.registry)
                .chain(&package.links)
                .chain(units)
        });
        let platforms = self.platforms.iter();
        let platforms = platforms.flat_map(|platform| [&platform.target].into_iter().chain(&platform.host));
        packages
            .chain(platforms)
            .chain([&self.profile.name])
            .chain(self.apart.keys())
            .chain(self.registries.keys())
    }
}

impl super::Unit {
    /// The ids of all units that this one needs on any platform.
    pub fn references(&self) -> impl Iterator<Item = &String> {
        self.dependencies
            .iter()
            .chain(self.when.values().flatten())
            .chain(&self.build)
            .chain(&self.metadata)
            .chain(self.metadata_when.values().flatten())
            .chain(self.binaries.values())
    }
}
