//! The settings of profiles and units as the graph has them: what differs from what is above them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::resolved::{Mode, ProfileSettings};

/// Settings that reach rustc; Cargo's own defaults are left out in a profile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Settings {
    /// `0` to `3`, `s`, `z`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opt_level: Option<String>,
    /// `0`, `1`, `2`, `line-tables-only`, `line-directives-only`; `0` if absent from a profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debug: Option<String>,
    /// Off if absent from a profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debug_assertions: Option<bool>,
    /// Off if absent from a profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overflow_checks: Option<bool>,
    /// `abort`; `unwind` if absent from a profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub panic: Option<String>,
    /// Present if the manifest says so; in a profile only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strip: Option<String>,
    /// Present if the manifest says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codegen_units: Option<u32>,
}

impl Settings {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The settings of a profile, without Cargo's defaults.
    pub(super) fn of_profile(settings: &ProfileSettings, strip: Option<String>) -> Self {
        Self {
            opt_level: Some(settings.opt_level.clone()),
            debug: Some(settings.debuginfo.clone()).filter(|debug| debug != "0"),
            debug_assertions: settings.debug_assertions.then_some(true),
            overflow_checks: settings.overflow_checks.then_some(true),
            panic: Some(settings.panic.clone()).filter(|panic| panic != "unwind"),
            strip,
            codegen_units: settings.codegen_units,
        }
    }

    /// The settings in which a unit differs from the graph's profile; a build script's run is told of three only.
    pub(super) fn of_unit(unit: &ProfileSettings, default: &ProfileSettings, mode: Mode) -> Self {
        let text = |unit: &String, default: &String| (unit != default).then(|| unit.clone());
        let flag = |unit: bool, default: bool| (unit != default).then_some(unit);
        let compiled = mode != Mode::RunCustomBuild;
        Self {
            opt_level: text(&unit.opt_level, &default.opt_level),
            debug: text(&unit.debuginfo, &default.debuginfo),
            debug_assertions: flag(unit.debug_assertions, default.debug_assertions),
            overflow_checks: flag(unit.overflow_checks, default.overflow_checks).filter(|_| compiled),
            panic: text(&unit.panic, &default.panic).filter(|_| compiled),
            strip: None,
            codegen_units: unit
                .codegen_units
                .filter(|_| compiled && unit.codegen_units != default.codegen_units),
        }
    }
}
