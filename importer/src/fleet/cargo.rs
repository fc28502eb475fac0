//! What `cargo build` is asked for in the workspace of a program, so that it builds what the fleet does.

use std::collections::BTreeSet;

use super::joint::Fleet;
use super::member::Member;
use super::program_workspace::{FEATURES_PACKAGE, FEATURES_VERSION};
use crate::internal::{InternalError, Invariant};
use crate::manifest::FeatureValue;
use crate::options::Selection;
use crate::resolution::Resolution;
use crate::resolve::MemberFeatures;

impl Fleet<'_> {
    /// The selection that builds the same in the workspace of a member that [`Fleet::write_workspaces`] writes.
    pub fn cargo_selection(&self, number: usize, resolution: &Resolution) -> Result<Selection, InternalError> {
        let mut packages = BTreeSet::new();
        let mut features = BTreeSet::new();
        let member = &self.members[number];
        for selected in &member.selected.features {
            let package = &member.workspace.packages[selected.member].package;
            packages.insert(format!("{}@{}", package.name, package.version));
            features.extend(named(member, selected).map(|feature| format!("{}/{feature}", package.name)));
        }
        if !self.additions[number].is_empty() {
            packages.insert(format!("{FEATURES_PACKAGE}@{FEATURES_VERSION}"));
        }
        let mut bins = BTreeSet::new();
        for platform in &resolution.platforms {
            for root in &platform.units.roots {
                let unit = &platform.units.units[root.0 as usize];
                let package = resolution.universe.lock.package(unit.package);
                packages.insert(format!("{}@{}", package.name, package.version));
                let targets = &resolution.universe.reached(unit.package)?.package.targets;
                let target = targets.get(unit.target as usize).invariant("a target of the package")?;
                bins.insert(target.name.to_string());
            }
        }
        Ok(Selection {
            no_default_features: true,
            packages: packages.into_iter().collect(),
            features: features.into_iter().collect(),
            bins: bins.into_iter().collect(),
            ..Selection::default()
        })
    }
}

/// The features that a member is asked for, by their names.
fn named<'m>(member: &'m Member, selected: &'m MemberFeatures) -> impl Iterator<Item = String> + use<'m> {
    let package = &member.workspace.packages[selected.member].package;
    let on = |name: &str| selected.all_features || selected.default_features && name == "default";
    let flags = package.features.iter().filter(move |feature| on(&feature.name));
    let values = selected.values.iter().filter_map(|value| match value {
        FeatureValue::Feature(feature) => package.features.get(*feature as usize),
        // Cargo's command line has no name for a feature of a member's dependency.
        FeatureValue::Dependency(_) | FeatureValue::DependencyFeature { .. } => None,
    });
    flags.chain(values).map(|feature| feature.name.to_string())
}
