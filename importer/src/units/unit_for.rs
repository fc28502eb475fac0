//! What units are for, as far as their dependencies have to know.

use crate::manifest::Target;
use crate::resolve::FeaturesFor;
use crate::resolved::TargetKind;

/// What a unit is for, as far as its dependencies have to know.
#[derive(Debug, Clone, Copy)]
pub(super) struct UnitFor {
    /// It runs on the host: the profile's `build-override` applies.
    pub(super) host: bool,
    /// It is part of a build script or proc macro: features of the host apply.
    pub(super) host_features: bool,
    /// It has to unwind, whatever the profile says.
    pub(super) unwind: bool,
}

impl UnitFor {
    pub(super) const NORMAL: Self = Self {
        host: false,
        host_features: false,
        unwind: false,
    };
    pub(super) const TEST: Self = Self {
        unwind: true,
        ..Self::NORMAL
    };
    pub(super) const HOST: Self = Self {
        host: true,
        host_features: true,
        unwind: true,
    };

    pub(super) fn side(self) -> FeaturesFor {
        FeaturesFor::host(self.host_features)
    }

    pub(super) fn of_dependency(self, parent: &Target, dependency: &Target) -> Self {
        Self {
            host: self.host || dependency.for_host(),
            host_features: self.host_features || parent.kind == TargetKind::CustomBuild || dependency.proc_macro,
            unwind: self.unwind || dependency.for_host(),
        }
    }

    pub(super) fn of_build_script(self) -> Self {
        Self {
            host: true,
            host_features: self.host_features,
            unwind: true,
        }
    }
}
