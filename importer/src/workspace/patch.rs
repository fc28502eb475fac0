//! `[patch]` and `[replace]`: packages that take the place of others.
//!
//! Which version takes which place stands in the lock; only folders that nothing else names have to be read.

use cargo_util_schemas::manifest::TomlDependency;
use std::path::Path;

use crate::manifest::{self, DependencySource, Manifest, Origin, Problem};

/// A package that may take another's place.
#[derive(Debug, Clone)]
pub struct Patch {
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub source: DependencySource,
    /// What messages call the file that says so.
    pub location: String,
}

/// Collects the entries of both tables of the root manifest.
pub(super) fn collect(root: &Manifest, folder: &Path) -> Result<Vec<Patch>, manifest::Error> {
    let mut patches = Vec::new();
    for (source, table) in root.tables.patch.iter().flatten() {
        for (name, dependency) in table {
            let fail = |problem| root.fail(&["patch", source, name.as_str()], problem);
            patches.extend(convert(root, name.as_str(), dependency, folder).map_err(fail)?);
        }
    }
    for (spec, dependency) in root.tables.replace.iter().flatten() {
        let fail = |problem| root.fail(&["replace", spec], problem);
        patches.extend(convert(root, spec, dependency, folder).map_err(fail)?);
    }
    Ok(patches)
}

fn convert(root: &Manifest, name: &str, dependency: &TomlDependency, folder: &Path) -> Result<Option<Patch>, Problem> {
    let TomlDependency::Detailed(detailed) = dependency else {
        return Ok(None);
    };
    let origin = Origin::Local(folder.to_path_buf());
    let dependency = manifest::convert_dependency(name, detailed, &origin, None)?;
    let location = root.source.location.clone();
    Ok(Some(Patch {
        name: dependency.package.to_string(),
        source: dependency.source,
        location,
    }))
}
