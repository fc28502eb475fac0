//! The form in which the units of Cargo and of dyrust are compared.
//!
//! It keeps what decides how a crate is compiled, and leaves out what belongs to one machine (absolute paths) or to Cargo's own
//! bookkeeping (indexes, incremental compilation).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What is done with a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    /// It is compiled.
    Build,
    /// It is compiled with the test harness.
    Test,
    /// The build script, compiled already, is run.
    RunBuildScript,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Build => "build",
            Self::Test => "test",
            Self::RunBuildScript => "run build script",
        })
    }
}

/// All that tells one unit from another but its dependencies.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitKey {
    /// The package's name.
    pub package: String,
    /// Its version.
    pub version: String,
    /// Where it comes from: `path+FOLDER` relative to the workspace root, or the source's URL without a git revision.
    pub source: String,
    /// `lib`, `proc-macro`, `bin`, `example`, `test`, `bench` or `custom-build`.
    pub kind: String,
    /// The target's name.
    pub target: String,
    /// The crate types, sorted.
    pub crate_types: BTreeSet<String>,
    /// The target's edition.
    pub edition: String,
    /// What is done with it.
    pub mode: Mode,
    /// Whether it is for the host, in distinction from the target.
    pub host: bool,
    /// The enabled features.
    pub features: BTreeSet<String>,
    /// The settings of the profile that reach the unit, by their names in the manifest.
    pub profile: BTreeMap<&'static str, String>,
    /// What else is compared of a graph that was written: the crate root, the harness, the `CARGO_PKG_` facts; else empty.
    pub facts: BTreeMap<&'static str, String>,
}

impl UnitKey {
    /// The fields with their names, for a field-by-field account of a difference.
    pub fn fields(&self) -> Vec<(String, String)> {
        let join = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(" ");
        let mut fields = vec![
            ("source".to_owned(), self.source.clone()),
            ("crate types".to_owned(), join(&self.crate_types)),
            ("edition".to_owned(), self.edition.clone()),
            ("features".to_owned(), join(&self.features)),
        ];
        fields.extend(
            self.profile
                .iter()
                .map(|(name, value)| (format!("profile {name}"), value.clone())),
        );
        fields.extend(
            self.facts
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone())),
        );
        fields
    }

    /// The part of the key by which two differing units are taken for versions of the same one.
    pub(crate) fn identity(&self) -> (&str, &str, &str, &str, Mode, bool) {
        (
            &self.package,
            &self.version,
            &self.kind,
            &self.target,
            self.mode,
            self.host,
        )
    }
}

impl fmt::Display for UnitKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = if self.host { "host" } else { "target" };
        write!(
            f,
            "{} {} {} {:?} ({}, for the {side})",
            self.package, self.version, self.kind, self.target, self.mode
        )
    }
}

/// A unit and what it is linked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// What it is.
    pub key: UnitKey,
    /// The extern name and the index in [`UnitGraph::units`] of each direct dependency.
    pub dependencies: BTreeSet<(String, usize)>,
}

/// The units of one platform.
#[derive(Debug, Clone, Default)]
pub struct UnitGraph {
    /// All units, in no particular order.
    pub units: Vec<Unit>,
    /// Indexes of the units that were asked for.
    pub roots: BTreeSet<usize>,
}

impl UnitGraph {
    /// The names of the units from a root to the unit `index`, the root first; empty if no root reaches it.
    pub fn path_to(&self, index: usize) -> Vec<String> {
        let mut parent: BTreeMap<usize, Option<usize>> = self.roots.iter().map(|&root| (root, None)).collect();
        let mut queue: std::collections::VecDeque<usize> = self.roots.iter().copied().collect();
        while let Some(current) = queue.pop_front() {
            if current == index {
                break;
            }
            for &(_, dependency) in &self.units[current].dependencies {
                parent.entry(dependency).or_insert_with(|| {
                    queue.push_back(dependency);
                    Some(current)
                });
            }
        }
        let mut path = Vec::new();
        let mut current = parent.contains_key(&index).then_some(index);
        while let Some(step) = current {
            path.push(self.units[step].key.to_string());
            current = parent.get(&step).copied().flatten();
        }
        path.reverse();
        path
    }
}
