//! Whether the files are there that manifests name as the roots of what is built.
//!
//! As in Cargo, which looks for the files of what it was asked to build, and leaves those of others alone. Only packages on this machine are
//! looked at, and of those only the targets that have a `path`: all others were found by their files.

use std::collections::BTreeSet;

use super::{Error, Units, roots};
use crate::internal::Invariant;
use crate::manifest;
use crate::resolve::{Provenance, Universe};
use crate::resolved::TargetKind;
use crate::workspace::Workspace;

/// Refuses units whose root is not there.
pub(crate) fn refuse_missing<'a>(
    workspace: &Workspace,
    universe: &Universe,
    platforms: impl Iterator<Item = &'a Units>,
) -> Result<(), Error> {
    // Each once, on however many platforms it is built.
    let mut built = BTreeSet::new();
    for unit in platforms.flat_map(|units| &units.units) {
        if let Provenance::Local(position) = universe.reached(unit.package)?.provenance {
            built.insert((position, unit.target));
        }
    }
    for (position, target) in built {
        let local = &workspace.packages[position];
        let target = local.package.targets.get(target as usize);
        let target = target.invariant("a target of the package")?;
        if !target.has_path || local.published.is_some() || local.folder.join(&target.root).is_file() {
            continue;
        }
        let name = target.name.as_str();
        let (place, owner, key) = match target.kind {
            TargetKind::CustomBuild => (local.place(&["package", "build"]), "the package".to_owned(), "build"),
            TargetKind::Lib => (local.place(&["lib", "path"]), format!("the library `{name}`"), "path"),
            kind => (
                local.place(&[manifest::section(kind), name, "path"]),
                format!("the {} `{name}`", roots::word(kind)),
                "path",
            ),
        };
        return Err(Error::NoFile {
            place,
            owner,
            key,
            path: target.root.clone(),
        });
    }
    Ok(())
}
