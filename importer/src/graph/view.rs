//! A graph as one platform sees it.

use std::collections::BTreeMap;

use super::{Graph, Map, Package, Unit, keys};
use crate::internal::{InternalError, Invariant};

/// A graph on one of its platforms. An id that the graph does not have needs nothing: which ids a graph may refer to is checked when it
/// is read.
#[derive(Debug)]
pub struct OnPlatform<'a> {
    graph: &'a Graph,
    number: String,
    units: BTreeMap<String, (&'a str, &'a Package, &'a Unit)>,
}

impl Graph {
    /// The graph as the platform of this number sees it.
    pub fn on_platform(&self, number: usize) -> OnPlatform<'_> {
        let units = self.packages.iter().flat_map(|(name, package)| {
            package
                .units
                .iter()
                .map(move |(key, unit)| (keys::unit_id(name, key), (name.as_str(), package, unit)))
        });
        OnPlatform {
            graph: self,
            number: number.to_string(),
            units: units.collect(),
        }
    }
}

/// The ids that count on a platform, in the order in which Nix has them: those of all platforms come first.
pub(super) fn on_one<'a>(number: &str, always: &'a [String], when: &'a Map<Vec<String>>) -> Vec<&'a str> {
    let is_here = |condition: &str| condition.split(' ').any(|here| here == number);
    let further = when.iter().filter(|(condition, _)| is_here(condition));
    let further = further.flat_map(|(_, more)| more);
    always.iter().chain(further).map(String::as_str).collect()
}

/// The JSON Schema of the format, made from its types.
///
/// # Errors
/// An internal one, when the schema has no form in JSON.
pub fn schema() -> Result<String, InternalError> {
    let schema = schemars::schema_for!(Graph);
    let mut text = serde_json::to_string_pretty(&schema).invariant("a schema that has a form in JSON")?;
    text.push('\n');
    Ok(text)
}

impl<'a> OnPlatform<'a> {
    fn ids(&self, always: &'a [String], when: &'a Map<Vec<String>>) -> Vec<&'a str> {
        on_one(&self.number, always, when)
    }

    /// The ids of all units, those of other platforms among them.
    pub fn units(&self) -> impl Iterator<Item = &str> {
        self.units.keys().map(String::as_str)
    }

    /// The ids of the units that were asked for.
    pub fn roots(&self) -> Vec<&'a str> {
        self.ids(&self.graph.roots.units, &self.graph.roots.when)
    }

    /// A unit with its package's key and its package.
    pub fn unit(&self, id: &str) -> Option<(&'a str, &'a Package, &'a Unit)> {
        self.units.get(id).copied()
    }

    /// The libraries that a unit is compiled with here.
    pub fn libraries(&self, id: &str) -> Vec<&'a str> {
        let Some((_, _, unit)) = self.unit(id) else {
            return Vec::new();
        };
        self.ids(&unit.dependencies, &unit.when)
    }

    /// The build scripts whose metadata a build script sees here.
    pub fn metadata(&self, id: &str) -> Vec<&'a str> {
        let Some((_, _, unit)) = self.unit(id) else {
            return Vec::new();
        };
        self.ids(&unit.metadata, &unit.metadata_when)
    }

    /// All that a unit needs here.
    pub fn needs(&self, id: &str) -> Vec<&'a str> {
        let Some((_, _, unit)) = self.unit(id) else {
            return Vec::new();
        };
        let mut ids = self.libraries(id);
        ids.extend(unit.build.as_deref());
        ids.extend(self.metadata(id));
        ids.extend(unit.binaries.values().map(String::as_str));
        ids
    }

    /// A unit in words: id, version, features.
    pub fn describe(&self, id: &str) -> String {
        match self.units.get(id) {
            Some((_, package, unit)) if unit.features.is_empty() => format!("{id} v{}", package.version),
            Some((_, package, unit)) => format!("{id} v{} [{}]", package.version, unit.features.join(", ")),
            None => id.to_owned(),
        }
    }

    /// Is a unit meant by a package's name, `name@version` or its id?
    pub fn is_named(&self, id: &str, wanted: &str) -> bool {
        let Some((key, package, _)) = self.units.get(id) else {
            return false;
        };
        let name = keys::package_name(key);
        id == wanted
            || name == wanted
            || wanted
                .split_once('@')
                .is_some_and(|(wanted, version)| name == wanted && begins(&package.version, version))
    }
}

/// Does a version begin with these numbers, as Cargo takes `name@1.2`: 1.2.3, but not 1.20.0?
fn begins(version: &str, start: &str) -> bool {
    let rest = version.strip_prefix(start).filter(|_| !start.is_empty());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '+']))
}

#[cfg(test)]
mod tests {
    use super::begins;

    /// `low@0.1` meant 0.10.3, too, and `low@` everything.
    #[test]
    fn a_version_begins_number_by_number() {
        let cases = [
            ("0.1.5", "0.1", true),
            ("0.10.3", "0.1", false),
            ("1.0.0+a.1", "1.0.0", true),
            ("1.0.0-rc.1", "1.0.0-rc", true),
            ("1.0.0", "", false),
        ];
        for (version, start, expected) in cases {
            assert_eq!(begins(version, start), expected, "{version} {start}");
        }
    }
}
