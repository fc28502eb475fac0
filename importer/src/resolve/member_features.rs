//! Whether members ask their dependencies for features that those have.
//!
//! Cargo makes sure of it even if a lock fits: it resolves members with all their features and dev-dependencies, for all platforms. dyrust
//! reads the packages that are built, and looks at those and at what is on this machine anyway.

use super::Error;
use super::edges::Matcher;
use super::reach::Reach;
use crate::intern::Symbol;
use crate::lock::LockIndex;
use crate::manifest::{FeatureValue, Package, Place};
use crate::similar::did_you_mean;
use crate::workspace::LocalPackage;

impl Reach<'_> {
    /// Refuses features that members' dependencies do not have, as far as these have been read.
    pub(super) fn refuse_unknown_features(&self) -> Result<(), Error> {
        let locals = self.context.workspace.packages.iter().zip(&self.universe.locals);
        for (member, index) in locals {
            // Those that the lock does not have are told of where they are needed.
            if let Some(index) = index
                && member.member
                && member.published.is_none()
            {
                self.refuse_unknown_features_of(member, *index)?;
            }
        }
        Ok(())
    }

    fn refuse_unknown_features_of(&self, member: &LocalPackage, index: LockIndex) -> Result<(), Error> {
        let package = &member.package;
        let matcher = Matcher {
            lock: &self.universe.lock,
            workspace: self.context.workspace,
            config: self.context.config,
        };
        let targets = matcher.targets(index, package);
        for (position, dependency) in package.dependencies.iter().enumerate() {
            for wanted in &dependency.features {
                if let Some((to, known)) = self.lacks(targets[position], *wanted) {
                    let place = member.place(&package.keys(dependency));
                    return Err(self.unknown_feature(place, index, *wanted, (to, known)));
                }
            }
        }
        for feature in &package.features {
            for value in &feature.values {
                let FeatureValue::DependencyFeature {
                    dependency: name,
                    feature: wanted,
                    ..
                } = value
                else {
                    continue;
                };
                let entries = package.dependencies.iter().zip(&targets);
                for (_, target) in entries.filter(|(dependency, _)| dependency.name == *name) {
                    if let Some((to, known)) = self.lacks(*target, *wanted) {
                        let place = member.place(&["features", feature.name.as_str()]);
                        return Err(self.unknown_feature(place, index, *wanted, (to, known)));
                    }
                }
            }
        }
        Ok(())
    }

    /// The package that a dependency stands for, if it has been read and lacks the feature.
    fn lacks(&self, target: Option<LockIndex>, feature: Symbol) -> Option<(LockIndex, &Package)> {
        let to = target?;
        let local = || Some(&self.context.workspace.packages.get(*self.positions.get(&to)?)?.package);
        let known = self.universe.package(to).or_else(local)?;
        known.feature(feature).is_none().then_some((to, known))
    }

    fn unknown_feature(
        &self,
        place: Place,
        by: LockIndex,
        feature: Symbol,
        (to, known): (LockIndex, &Package),
    ) -> Error {
        let names = known.features.iter().map(|feature| feature.name.as_str());
        Error::NoFeatureOfMembersDependency {
            place,
            dependent: self.universe.name(by),
            feature: feature.to_string(),
            package: self.universe.name(to),
            near: did_you_mean(feature.as_str(), names),
        }
    }
}
