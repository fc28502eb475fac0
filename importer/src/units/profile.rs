//! Profiles: which settings of `[profile.…]` reach a unit.
//!
//! The rules are those of the Cargo book, chapter Profiles.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::sync::Arc;

use cargo_util_schemas::core::PackageIdSpec;
use cargo_util_schemas::manifest::{ProfilePackageSpec, StringOrBool, TomlDebugInfo, TomlProfile};
use semver::Version;

use crate::TooOld;
use crate::cargo_version::Novelty;
use crate::config::{self, Config};
use crate::lock::LockPackage;
use crate::manifest::{Manifest, Place, Target};
use crate::resolved::ProfileSettings;
use crate::source::ManifestText;

/// What can be wrong with profiles.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum ProfileError {
    #[error(transparent)]
    Configuration(#[from] config::Error),
    #[error("profile `{0}` is not defined: use `release`, `dev`, or define [profile.{0}] in the workspace's manifest")]
    Undefined(String),
    #[error(
        "the name `debug` of a profile takes {0}: use `dev`, or import with the rustc that builds (RUSTC names it)"
    )]
    Debug(TooOld),
    #[error("{place}: profile `{name}` has no `inherits`, which all but `dev` and `release` need")]
    NoInherits { place: Place, name: String },
    #[error("{place}: profile `{name}` must not have `inherits`")]
    RootInherits { place: Place, name: String },
    #[error("{place}: profile `{name}` inherits from itself, by way of `{parent}`")]
    Loop { place: Place, name: String, parent: String },
    #[error("{place}: `{key}` can't be said for packages or build scripts alone, in profile `{profile}`")]
    Override {
        place: Place,
        profile: String,
        key: &'static str,
    },
    #[error("{place}: `{key}` of profile `{profile}` is unstable in Cargo and not supported: remove it")]
    Unstable {
        place: Place,
        profile: String,
        key: &'static str,
    },
    #[error("{place}: `panic = \"{value}\"` is unknown: use \"unwind\" or \"abort\"")]
    Panic { place: Place, value: String },
    #[error("{place}: rustc does not know `{key} = {value}` of profile `{profile}`: use {expected}")]
    Unknown {
        place: Place,
        profile: String,
        key: &'static str,
        value: String,
        expected: &'static str,
    },
    #[error(
        "{place}: `lto = \"{value}\"` of profile `{profile}` is a string: write `lto = {value}`, or use \"thin\", \"fat\" or \"off\""
    )]
    LtoString {
        place: Place,
        profile: String,
        value: String,
    },
    #[error("{place}: several package overrides of profile `{profile}` fit `{package}`: keep one")]
    Overlap {
        place: Place,
        profile: String,
        package: String,
    },
}

/// Cargo removes debug information by default only where no unit has any, which is known once all units are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct UnitSettings {
    pub(super) shown: ProfileSettings,
    /// The manifest does not say what is stripped.
    pub(super) strip_by_default: bool,
}

/// The profile that was asked for.
#[derive(Debug, Clone)]
pub struct Profile {
    name: String,
    base: ProfileSettings,
    table: TomlProfile,
    /// The root manifest: only what is wrong is looked for in its text.
    source: Arc<ManifestText>,
}

impl Profile {
    /// Finds a profile in the root manifest and Cargo's configuration.
    ///
    /// # Errors
    /// When it is not defined, or its definition is wrong.
    pub fn find(name: &str, root: &Manifest, config: &Config) -> Result<Self, ProfileError> {
        let mut profiles: BTreeMap<String, TomlProfile> = BTreeMap::new();
        for (key, table) in root.tables.profile.iter().flat_map(|profiles| profiles.get_all()) {
            profiles.insert(key.to_string(), table.clone());
        }
        // Of the profiles that the configuration alone has, Cargo looks at those that are used.
        let mut used: Vec<String> = [name, "dev", "release"].map(str::to_owned).to_vec();
        let in_config = |key: &str| config.profile_place(key);
        for (key, table) in &mut profiles {
            if let Some(configured) = config.profile(key)? {
                check_keys(key, &configured, &in_config)?;
                table.merge(&configured);
            }
            used.extend(table.inherits.clone());
        }
        let mut only_in_config: BTreeSet<String> = BTreeSet::new();
        while let Some(key) = used.pop() {
            if let Entry::Vacant(place) = profiles.entry(key)
                && let Some(configured) = config.profile(place.key())?
            {
                used.extend(configured.inherits.clone());
                only_in_config.insert(place.key().clone());
                place.insert(configured);
            }
        }
        if name == "debug" {
            Novelty::DebugProfile.check().map_err(ProfileError::Debug)?;
        }
        for (key, parent) in [("debug", "dev"), ("test", "dev"), ("doc", "dev"), ("bench", "release")] {
            profiles
                .entry(key.to_owned())
                .or_default()
                .inherits
                .get_or_insert_with(|| parent.to_owned());
        }
        let place = |key: &str| match only_in_config.contains(key) {
            true => in_config(key),
            false => place_in(&root.source, key),
        };
        if !profiles.contains_key(name) && !matches!(name, "dev" | "release") {
            return Err(ProfileError::Undefined(name.to_owned()));
        }
        for (key, table) in &profiles {
            chain(key, &profiles, &place)?;
            check_keys(key, table, &place)?;
        }
        let (base, table) = chain(name, &profiles, &place)?;
        let profile = Self {
            name: name.to_owned(),
            base,
            table,
            source: Arc::new(root.source.clone()),
        };
        profile.check_panic()?;
        Ok(profile)
    }

    /// What the manifest says is stripped.
    pub fn strip(&self) -> Option<String> {
        let mut settings = UnitSettings {
            shown: self.base.clone(),
            strip_by_default: true,
        };
        merge(&mut settings, &self.table);
        (!settings.strip_by_default).then_some(settings.shown.strip)
    }

    /// `split-debuginfo`, where the manifest asks for another file than the program.
    pub fn split_debuginfo(&self) -> Option<&str> {
        self.table.split_debuginfo.as_deref().filter(|split| *split != "off")
    }

    /// The profile's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `dev`, if the profile inherits from that in the end, and is none of those that always do.
    pub fn untold_root(&self) -> Option<&'static str> {
        let is_told = matches!(self.name.as_str(), "dev" | "test" | "debug");
        // Of the two that all begin with, the one with assertions.
        (self.base.debug_assertions && !is_told).then_some("dev")
    }

    fn place(&self) -> Place {
        place_in(&self.source, &self.name)
    }

    fn check_panic(&self) -> Result<(), ProfileError> {
        match self.table.panic.as_deref() {
            None | Some("unwind" | "abort") => Ok(()),
            Some(value) => Err(ProfileError::Panic {
                place: self.place(),
                value: value.to_owned(),
            }),
        }
    }

    /// Refuses settings of a unit that rustc refuses. Cargo takes any, and rustc is told of those that its call has: of LTO where something
    /// is linked for the target.
    pub(super) fn check_unit(&self, settings: &ProfileSettings, target: &Target) -> Result<(), ProfileError> {
        let text = |value: &str| toml::Value::from(value).to_string();
        let is_linked = !target.for_host() && !target.is_linkable();
        let knows_lto = || {
            let known = ["thin", "fat", "true", "yes", "on", "y", "false", "off"];
            known.contains(&settings.lto.as_str())
        };
        let (key, value, expected) = if !["0", "1", "2", "3", "s", "z"].contains(&settings.opt_level.as_str()) {
            ("opt-level", settings.opt_level.clone(), "0, 1, 2, 3, \"s\" or \"z\"")
        } else if settings.codegen_units == Some(0) {
            ("codegen-units", "0".to_owned(), "1 or more")
        } else if !["none", "debuginfo", "symbols"].contains(&settings.strip.as_str()) {
            let expected = "true, false, \"none\", \"debuginfo\" or \"symbols\"";
            ("strip", text(&settings.strip), expected)
        } else if is_linked && !knows_lto() {
            ("lto", text(&settings.lto), "true, false, \"thin\", \"fat\" or \"off\"")
        } else {
            return Ok(());
        };
        Err(ProfileError::Unknown {
            place: self.place(),
            profile: self.name.clone(),
            key,
            value,
            expected,
        })
    }

    /// Refuses package overrides of which several fit one package.
    pub(crate) fn check_overrides<'a>(
        &self,
        packages: impl Iterator<Item = &'a LockPackage>,
    ) -> Result<(), ProfileError> {
        let specs = self.specs();
        for package in packages.filter(|_| specs.len() > 1) {
            let fitting = specs.iter().filter(|(spec, _)| fits(spec, package)).count();
            if fitting > 1 {
                return Err(ProfileError::Overlap {
                    place: self.place(),
                    profile: self.name.clone(),
                    package: format!("{} {}", package.name, package.version),
                });
            }
        }
        Ok(())
    }

    fn specs(&self) -> Vec<(&PackageIdSpec, &TomlProfile)> {
        let overrides = self.table.package.iter().flatten();
        overrides
            .filter_map(|(spec, table)| match spec {
                ProfilePackageSpec::Spec(spec) => Some((spec, table)),
                ProfilePackageSpec::All => None,
            })
            .collect()
    }

    /// The settings of a unit; `unwind` where the profile's `panic` does not count (tests, what runs inside rustc).
    pub(super) fn settings(&self, package: &LockPackage, member: bool, host: bool, unwind: bool) -> UnitSettings {
        let mut settings = UnitSettings {
            shown: self.base.clone(),
            strip_by_default: true,
        };
        merge(&mut settings, &self.table);
        if host {
            settings.shown.opt_level = "0".to_owned();
            settings.shown.codegen_units = None;
            if let Some(table) = &self.table.build_override {
                merge(&mut settings, table);
            }
        }
        if let Some(overrides) = &self.table.package {
            if !member && let Some(table) = overrides.get(&ProfilePackageSpec::All) {
                merge(&mut settings, table);
            }
            if let Some((_, table)) = self.specs().into_iter().find(|(spec, _)| fits(spec, package)) {
                merge(&mut settings, table);
            }
        }
        if unwind {
            settings.shown.panic = "unwind".to_owned();
        }
        settings
    }

    /// The settings that a build script's run is told of: those of the unit that it runs for.
    pub(super) fn of_run(&self, unit: &UnitSettings) -> UnitSettings {
        UnitSettings {
            shown: ProfileSettings {
                opt_level: unit.shown.opt_level.clone(),
                debuginfo: unit.shown.debuginfo.clone(),
                debug_assertions: unit.shown.debug_assertions,
                ..plain()
            },
            strip_by_default: true,
        }
    }

    /// The settings of a package's units for the target, with the overrides for packages.
    pub(crate) fn of_package(&self, package: &LockPackage, member: bool) -> ProfileSettings {
        self.settings(package, member, false, false).finish(false)
    }

    /// The tables of the profile that are for some packages, without those for packages of the names that `is_own` has.
    pub(crate) fn overrides(&self, is_own: impl Fn(&str) -> bool) -> Vec<String> {
        let packages = self.table.package.iter().flat_map(BTreeMap::keys);
        let packages = packages.filter_map(|spec| match spec {
            ProfilePackageSpec::Spec(spec) if is_own(spec.name()) => None,
            ProfilePackageSpec::Spec(spec) => Some(format!("package.\"{spec}\"")),
            ProfilePackageSpec::All => Some("package.\"*\"".to_owned()),
        });
        let build = self.table.build_override.as_ref();
        packages.chain(build.map(|_| "build-override".to_owned())).collect()
    }

    /// The settings of the profile itself, for the target and for the host, without overrides for packages.
    pub fn defaults(&self) -> (ProfileSettings, ProfileSettings) {
        let of = |host: bool| {
            let mut settings = UnitSettings {
                shown: self.base.clone(),
                strip_by_default: true,
            };
            merge(&mut settings, &self.table);
            if host {
                settings.shown.opt_level = "0".to_owned();
                settings.shown.codegen_units = None;
                settings.shown.panic = "unwind".to_owned();
                if let Some(table) = &self.table.build_override {
                    merge(&mut settings, table);
                }
            }
            settings.finish(false)
        };
        (of(false), of(true))
    }
}

impl UnitSettings {
    /// The settings once it is known whether debug information is anywhere near.
    pub(super) fn finish(mut self, debug_nearby: bool) -> ProfileSettings {
        if self.strip_by_default && self.shown.debuginfo == "0" && !debug_nearby {
            "debuginfo".clone_into(&mut self.shown.strip);
        }
        self.shown
    }
}

fn fits(spec: &PackageIdSpec, package: &LockPackage) -> bool {
    let version = |version: &Version| spec.partial_version().is_none_or(|wanted| wanted.matches(version));
    spec.name() == package.name.as_str()
        && version(&package.version)
        && spec.url().is_none_or(|url| {
            package
                .source
                .as_ref()
                .is_some_and(|source| source.same_url(url.as_str()))
        })
}

/// Follows `inherits` to `dev` or `release`; the tables of descendants are merged over those of their parents.
fn chain(
    name: &str,
    profiles: &BTreeMap<String, TomlProfile>,
    place: &dyn Fn(&str) -> Place,
) -> Result<(ProfileSettings, TomlProfile), ProfileError> {
    // `dev` and `release` need no table of their own.
    let table_of = |name: &str| profiles.get(name).cloned().unwrap_or_default();
    let mut name = name.to_owned();
    let mut seen = BTreeSet::new();
    let mut descendants = Vec::new();
    while !matches!(name.as_str(), "dev" | "release") {
        let table = table_of(&name);
        let Some(parent) = table.inherits.clone() else {
            if !profiles.contains_key(&name) {
                return Err(ProfileError::Undefined(name));
            }
            return Err(ProfileError::NoInherits {
                place: place(&name),
                name,
            });
        };
        seen.insert(name.clone());
        if seen.contains(&parent) {
            return Err(ProfileError::Loop {
                place: place(&name),
                name,
                parent,
            });
        }
        descendants.push(table);
        name = parent;
    }
    let mut merged = table_of(&name);
    if merged.inherits.is_some() {
        return Err(ProfileError::RootInherits {
            place: place(&name),
            name,
        });
    }
    for table in descendants.iter().rev() {
        merged.merge(table);
    }
    Ok((if name == "dev" { dev() } else { release() }, merged))
}

/// Where a profile stands in the root manifest.
fn place_in(source: &ManifestText, profile: &str) -> Place {
    Place::of_key(&source.location, &source.text, &["profile", profile])
}

/// Refuses keys that Cargo does not take, in a profile or in its overrides.
fn check_keys(profile: &str, table: &TomlProfile, place: &dyn Fn(&str) -> Place) -> Result<(), ProfileError> {
    let overrides = table.package.iter().flat_map(|overrides| overrides.values());
    let overrides: Vec<&TomlProfile> = overrides.chain(table.build_override.as_deref()).collect();
    for table in &overrides {
        let keys = [
            ("build-override", table.build_override.is_some()),
            ("lto", table.lto.is_some()),
            ("package", table.package.is_some()),
            ("panic", table.panic.is_some()),
            ("rpath", table.rpath.is_some()),
        ];
        if let Some((key, _)) = keys.into_iter().find(|(_, given)| *given) {
            return Err(ProfileError::Override {
                place: place(profile),
                profile: profile.to_owned(),
                key,
            });
        }
    }
    if table.panic.as_deref() == Some("immediate-abort") {
        return Err(ProfileError::Unstable {
            place: place(profile),
            profile: profile.to_owned(),
            key: "panic = \"immediate-abort\"",
        });
    }
    if let Some(StringOrBool::String(value)) = &table.lto
        && matches!(value.as_str(), "true" | "false")
    {
        return Err(ProfileError::LtoString {
            place: place(profile),
            profile: profile.to_owned(),
            value: value.clone(),
        });
    }
    for table in overrides.into_iter().chain([table]) {
        let keys = [
            ("codegen-backend", table.codegen_backend.is_some()),
            ("rustflags", table.rustflags.is_some()),
            ("trim-paths", table.trim_paths.is_some()),
        ];
        if let Some((key, _)) = keys.into_iter().find(|(_, given)| *given) {
            return Err(ProfileError::Unstable {
                place: place(profile),
                profile: profile.to_owned(),
                key,
            });
        }
    }
    Ok(())
}

fn plain() -> ProfileSettings {
    ProfileSettings {
        opt_level: "0".to_owned(),
        lto: "false".to_owned(),
        codegen_units: None,
        debuginfo: "0".to_owned(),
        debug_assertions: false,
        overflow_checks: false,
        rpath: false,
        panic: "unwind".to_owned(),
        strip: "none".to_owned(),
    }
}

fn dev() -> ProfileSettings {
    ProfileSettings {
        debuginfo: "2".to_owned(),
        debug_assertions: true,
        overflow_checks: true,
        ..plain()
    }
}

fn release() -> ProfileSettings {
    ProfileSettings {
        opt_level: "3".to_owned(),
        ..plain()
    }
}

/// Puts what a table says over the settings. A table that says nothing of `strip` resets it, as in Cargo.
fn merge(settings: &mut UnitSettings, table: &TomlProfile) {
    let shown = &mut settings.shown;
    if let Some(level) = &table.opt_level {
        shown.opt_level.clone_from(&level.0);
    }
    match &table.lto {
        Some(StringOrBool::Bool(on)) => shown.lto = on.to_string(),
        Some(StringOrBool::String(kind)) if matches!(kind.as_str(), "off" | "n" | "no" | "none") => {
            shown.lto = "off".to_owned();
        }
        Some(StringOrBool::String(kind)) => shown.lto.clone_from(kind),
        None => {}
    }
    if table.codegen_units.is_some() {
        shown.codegen_units = table.codegen_units;
    }
    if let Some(debug) = &table.debug {
        shown.debuginfo = match debug {
            TomlDebugInfo::None => "0",
            TomlDebugInfo::LineDirectivesOnly => "line-directives-only",
            TomlDebugInfo::LineTablesOnly => "line-tables-only",
            TomlDebugInfo::Limited => "1",
            TomlDebugInfo::Full => "2",
        }
        .to_owned();
    }
    if let Some(on) = table.debug_assertions {
        shown.debug_assertions = on;
    }
    if let Some(on) = table.rpath {
        shown.rpath = on;
    }
    if let Some(panic) = &table.panic {
        shown.panic.clone_from(panic);
    }
    if let Some(on) = table.overflow_checks {
        shown.overflow_checks = on;
    }
    settings.strip_by_default = table.strip.is_none();
    shown.strip = match &table.strip {
        Some(StringOrBool::Bool(true)) => "symbols".to_owned(),
        Some(StringOrBool::String(kind)) => kind.clone(),
        Some(StringOrBool::Bool(false)) | None => "none".to_owned(),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A manifest whose profiles inherit from each other in a long row ended the program: each was a call within a call.
    #[test]
    fn profiles_may_inherit_in_a_long_row() {
        const LAST: usize = 50_000;
        let profile = |number: usize| TomlProfile {
            inherits: Some(match number {
                0 => "release".to_owned(),
                _ => format!("p{}", number - 1),
            }),
            incremental: number.is_multiple_of(2).then_some(number == 0),
            ..TomlProfile::default()
        };
        let profiles = (0..=LAST).map(|number| (format!("p{number}"), profile(number)));
        let place = |_: &str| Place::file("Cargo.toml");
        let (base, merged) = chain(&format!("p{LAST}"), &profiles.collect(), &place).unwrap();
        assert_eq!(base, release());
        assert_eq!(merged.incremental, Some(false), "the nearest one wins");
    }
}
