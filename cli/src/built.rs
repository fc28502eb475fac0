//! What reports of what was built know of a graph's crates.

use std::collections::BTreeMap;
use std::path::Path;

use dyrust_importer::graph::{Package, Unit, package_name};

use crate::Error;

/// Name and version, as the store has them.
pub(crate) fn label(key: &str, package: &Package) -> String {
    format!("{}-{}", package_name(key), package.version)
}

/// What was measured of libraries and programs that are built.
#[derive(Default)]
pub(crate) struct BuiltSizes {
    /// By the package's name and version: the bytes of each library that was built of it.
    libraries: BTreeMap<String, Vec<u64>>,
    /// By the name in the store.
    programs: BTreeMap<String, Vec<u64>>,
}

impl BuiltSizes {
    /// Reads the first form of each report.
    pub(crate) fn read(reports: &[impl AsRef<Path>]) -> Result<Self, Error> {
        let mut built = Self::default();
        for file in reports {
            let report = dyrust_report::read(file.as_ref())?;
            for package in report.forms.iter().take(1).flat_map(|form| &form.packages) {
                // What tells two of one name apart stands behind it, in brackets.
                let name = package
                    .id
                    .split_once(" (")
                    .map_or(package.id.as_str(), |(name, _)| name);
                let is_program = package.objects.iter().any(|object| object.file.starts_with("bin/"));
                let known = if is_program {
                    &mut built.programs
                } else {
                    &mut built.libraries
                };
                known.entry(name.to_owned()).or_default().push(package.bytes);
            }
        }
        Ok(built)
    }

    /// The bytes of a unit, if it is one of those that programs hold; of several variants that were built, their average.
    pub(crate) fn bytes(&self, key: &str, package: &Package, unit: &Unit) -> Option<u64> {
        let label = label(key, package);
        let known = if !is_of_programs(unit) {
            None
        } else if unit.kind.as_deref() == Some("bin") {
            let named = unit
                .name
                .as_ref()
                .and_then(|name| self.programs.get(&format!("{label}-{name}")));
            named.or_else(|| self.programs.get(&label))
        } else {
            self.libraries.get(&label)
        }?;
        Some(known.iter().sum::<u64>() / known.len() as u64)
    }
}

/// Is a unit a program or a library of programs, and so in a report? What only builds them is not.
pub(crate) fn is_of_programs(unit: &Unit) -> bool {
    matches!(unit.kind.as_deref(), None | Some("bin")) && !unit.host
}
