//! What reports of what was built know of a graph's crates.

use std::collections::BTreeMap;
use std::path::Path;

use dyrust_importer::fleet::compatibility;
use dyrust_importer::graph::{Package, Unit, package_name};
use dyrust_report::model::Package as Measured;

use crate::Error;

/// Name and version.
pub(crate) fn label(key: &str, package: &Package) -> String {
    format!("{}-{}", package_name(key), package.version)
}

/// A name as the store has it (`nix/storeName.nix`): what the store does not allow, as the `+` of versions, is a hyphen.
fn in_store(name: &str) -> String {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '?' | '=' | '-');
    name.chars()
        .map(|letter| if allowed(letter) { letter } else { '-' })
        .collect()
}

/// What the store's name of a program's code ends with, where that is an output of its own.
const CODE: &str = "-lib";

/// The bytes of what was built of one name: of each variant.
type Sizes<K> = BTreeMap<K, Vec<u64>>;

/// What was measured of libraries and programs that are built.
#[derive(Default)]
pub(crate) struct BuiltSizes {
    /// By the name in the store.
    libraries: Sizes<String>,
    /// By the name in the store.
    programs: Sizes<String>,
    /// What is pinned, libraries and the code of programs: by the package's name with the versions that are compatible, and the name of the
    /// crate or program.
    pinned: Sizes<(String, String)>,
}

impl BuiltSizes {
    /// Reads the first form of each report.
    pub(crate) fn read(reports: &[impl AsRef<Path>]) -> Result<Self, Error> {
        let mut built = Self::default();
        for file in reports {
            let report = dyrust_report::read(file.as_ref())?;
            for measured in report.forms.iter().take(1).flat_map(|form| &form.packages) {
                // What tells two of one name apart stands behind it, in brackets.
                let id = measured.id.as_str();
                let name = id.split_once(" (").map_or(id, |(name, _)| name);
                let is_program = measured.objects.iter().any(|object| object.file.starts_with("bin/"));
                let bytes = match (is_program, pinned_name(name, measured)) {
                    (true, _) => built.programs.entry(name.to_owned()).or_default(),
                    (false, Some(pinned)) => built.pinned.entry(pinned).or_default(),
                    (false, None) => built.libraries.entry(name.to_owned()).or_default(),
                };
                bytes.push(measured.bytes);
            }
        }
        Ok(built)
    }

    /// The bytes of a unit, if it is one of those that programs hold; of several variants that were built, their average.
    pub(crate) fn bytes(&self, key: &str, package: &Package, unit: &Unit) -> Option<u64> {
        if !is_of_programs(unit) {
            return None;
        }
        let own = package_name(key);
        let name = unit.name.as_deref().unwrap_or(own);
        let label = label(key, package);
        let pinned = || {
            // A library and the code of a program of one name can't be told apart.
            let is_one = package.units.values().filter(|other| is_of_programs(other));
            let same = is_one.filter(|other| file_name(other, own) == file_name(unit, own) && other.kind != unit.kind);
            let range = compatible_range(&package.version)?;
            let pinned = (in_store(&format!("{own}-{range}")), file_name(unit, own));
            self.pinned.get(&pinned).filter(|_| same.count() == 0)
        };
        if unit.kind.is_none() {
            return average(self.libraries.get(&in_store(&label)).or_else(pinned)?, &[]);
        }
        let stored = match name == own {
            true => in_store(&label),
            false => in_store(&format!("{label}-{name}")),
        };
        let files = self.programs.get(&stored)?;
        let code = self.libraries.get(&format!("{stored}{CODE}")).or_else(pinned);
        average(files, code.map_or(&[], Vec::as_slice))
    }
}

/// The average of what was built, with what belongs to some of it.
fn average(all: &[u64], more: &[u64]) -> Option<u64> {
    all.iter().chain(more).sum::<u64>().checked_div(all.len() as u64)
}

/// The crate or program of `lib/lib<NAME>-<ID>.so`.
fn file_name(unit: &Unit, package: &str) -> String {
    let name = unit.name.as_deref().unwrap_or(package);
    match unit.kind {
        None => name.replace('-', "_"),
        Some(_) => name.to_owned(),
    }
}

/// `PACKAGE-RANGE` and the name of the crate or program, of a copy that is pinned: it is called `PACKAGE-RANGE-HASH`, and has
/// `lib/libNAME-RANGE-HASH.so`.
fn pinned_name(name: &str, measured: &Measured) -> Option<(String, String)> {
    let (start, hash) = name.rsplit_once('-')?;
    let is_hash = hash.len() == 16 && hash.bytes().all(|digit| digit.is_ascii_hexdigit());
    let (_, range) = start.rsplit_once('-').filter(|_| is_hash)?;
    let end = format!("-{range}-{hash}.so");
    let file = measured.objects.iter().find_map(|object| {
        let file = object.file.strip_prefix("lib/lib")?.strip_suffix(&end)?;
        (!file.ends_with("-native")).then_some(file)
    });
    Some((start.to_owned(), file?.to_owned()))
}

/// The versions that are compatible with one, as names in the store have them (`nix/compatibleRange.nix`).
fn compatible_range(version: &str) -> Option<String> {
    Some(match compatibility(&version.parse().ok()?) {
        (0, 0, patch) => format!("0.0.{patch}"),
        (0, minor, _) => format!("0.{minor}"),
        (major, ..) => major.to_string(),
    })
}

/// Is a unit a program or a library of programs, and so in a report? What only builds them is not.
pub(crate) fn is_of_programs(unit: &Unit) -> bool {
    matches!(unit.kind.as_deref(), None | Some("bin")) && !unit.host
}
