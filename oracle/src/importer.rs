//! dyrust's side: its units in the common form.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use dyrust_importer::{
    ImportOptions, Mode as TheirMode, PlatformRequest, PlatformUnits, ResolvedUnit, Selection, TargetKind,
};

use crate::cargo::decode;
use crate::unit::{Mode, Unit, UnitGraph, UnitKey};

/// The units of `selection` in the workspace of `folder` on each of `targets`, built on a machine of the triple `host`.
///
/// # Errors
/// The importer's own, with its causes in the text.
pub fn unit_graphs(
    folder: &Path,
    selection: &Selection,
    targets: &[String],
    host: &str,
) -> Result<Vec<UnitGraph>, String> {
    let options = ImportOptions {
        manifest_path: folder.join("Cargo.toml"),
        platforms: targets
            .iter()
            .map(|target| PlatformRequest {
                target: target.clone(),
                host: Some(host.to_owned()),
            })
            .collect(),
        selection: selection.clone(),
        offline: true,
    };
    let resolved = dyrust_importer::resolve_workspace(&options).map_err(|error| {
        let mut text = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            text.push_str(&format!("\n  because: {cause}"));
            source = cause.source();
        }
        text
    })?;
    Ok(resolved.platforms.into_iter().map(normalise).collect())
}

pub(crate) fn normalise(platform: PlatformUnits) -> UnitGraph {
    UnitGraph {
        units: platform.units.into_iter().map(unit).collect(),
        roots: platform.roots.into_iter().collect(),
    }
}

fn unit(raw: ResolvedUnit) -> Unit {
    let crate_types: BTreeSet<String> = raw.crate_types.into_iter().collect();
    let kind = match raw.kind {
        TargetKind::Lib if crate_types.contains("proc-macro") => "proc-macro",
        TargetKind::Lib => "lib",
        TargetKind::Bin => "bin",
        TargetKind::Example => "example",
        TargetKind::Test => "test",
        TargetKind::Bench => "bench",
        TargetKind::CustomBuild => "custom-build",
    };
    let mode = match raw.mode {
        TheirMode::Build => Mode::Build,
        TheirMode::Test => Mode::Test,
        TheirMode::RunCustomBuild => Mode::RunBuildScript,
    };
    let mut profile = BTreeMap::from([
        ("opt-level", raw.profile.opt_level),
        ("debug", raw.profile.debuginfo),
        ("debug-assertions", raw.profile.debug_assertions.to_string()),
    ]);
    if mode != Mode::RunBuildScript {
        profile.extend([
            ("overflow-checks", raw.profile.overflow_checks.to_string()),
            ("lto", raw.profile.lto),
            ("rpath", raw.profile.rpath.to_string()),
            ("panic", raw.profile.panic),
            ("strip", raw.profile.strip),
        ]);
        profile.extend(
            raw.profile
                .codegen_units
                .map(|units| ("codegen-units", units.to_string())),
        );
    }
    Unit {
        key: UnitKey {
            package: raw.package,
            version: raw.version,
            source: source(raw.source.as_deref(), raw.path.as_deref()),
            kind: kind.to_owned(),
            target: raw.name,
            crate_types,
            edition: raw.edition,
            mode,
            host: raw.host,
            features: raw.features.into_iter().collect(),
            profile,
            facts: BTreeMap::new(),
        },
        dependencies: raw
            .dependencies
            .into_iter()
            .map(|dependency| (dependency.extern_name, dependency.unit))
            .collect(),
    }
}

/// The lock's `source` as a package id specification has it: without the revision of a git repository.
fn source(locked: Option<&str>, path: Option<&str>) -> String {
    match locked {
        None => format!("path+{}", path.unwrap_or_default()),
        // A lock before version 4 writes a branch's name as it is, later ones and package ids encode it.
        Some(git) if git.starts_with("git+") => decode(git.split('#').next().unwrap_or(git)),
        Some(registry) => registry.to_owned(),
    }
}
