//! Reads a unit graph of Cargo's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use super::CargoError;
use super::package_id::package_id;
use crate::unit::{Mode, Unit, UnitGraph, UnitKey};

#[derive(Deserialize)]
struct RawGraph {
    version: u32,
    units: Vec<RawUnit>,
    roots: BTreeSet<usize>,
}

#[derive(Deserialize)]
struct RawUnit {
    pkg_id: String,
    target: RawTarget,
    profile: RawProfile,
    platform: Option<String>,
    mode: String,
    features: BTreeSet<String>,
    dependencies: Vec<RawDependency>,
}

#[derive(Deserialize)]
struct RawTarget {
    kind: Vec<String>,
    crate_types: BTreeSet<String>,
    name: String,
    edition: String,
}

#[derive(Deserialize)]
struct RawProfile {
    opt_level: String,
    debuginfo: serde_json::Value,
    debug_assertions: bool,
    lto: String,
    rpath: bool,
    panic: String,
    overflow_checks: bool,
    codegen_units: Option<u32>,
    strip: BTreeMap<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct RawDependency {
    index: usize,
    extern_crate_name: String,
}

/// Reads the JSON text of a unit graph; folders of path packages become relative to `root`.
///
/// # Errors
/// [`CargoError::Format`] if the text is anything else than a unit graph of version 1.
pub fn parse(text: &str, root: &Path) -> Result<UnitGraph, CargoError> {
    let raw: RawGraph = serde_json::from_str(text).map_err(|error| CargoError::Format(error.to_string()))?;
    if raw.version != 1 {
        return Err(CargoError::Format(format!("version {} in place of 1", raw.version)));
    }
    let count = raw.units.len();
    let units = raw
        .units
        .into_iter()
        .map(|unit| normalise(unit, root, count))
        .collect::<Result<Vec<_>, _>>()?;
    if raw.roots.iter().any(|&index| index >= count) {
        return Err(CargoError::Format("a root's index is out of range".to_owned()));
    }
    Ok(UnitGraph {
        units,
        roots: raw.roots,
    })
}

fn normalise(raw: RawUnit, root: &Path, count: usize) -> Result<Unit, CargoError> {
    let (package, version, source) = package_id(&raw.pkg_id, root)?;
    let mode = match raw.mode.as_str() {
        "build" => Mode::Build,
        "test" => Mode::Test,
        "run-custom-build" => Mode::RunBuildScript,
        other => return Err(CargoError::Format(format!("unknown mode {other:?}"))),
    };
    let kind = match raw.target.kind.first().map(String::as_str) {
        Some(kind @ ("bin" | "example" | "test" | "bench" | "custom-build" | "proc-macro")) => kind,
        Some(_) => "lib",
        None => return Err(CargoError::Format("a target without a kind".to_owned())),
    };
    let dependencies = raw
        .dependencies
        .into_iter()
        .map(|dependency| (dependency.extern_crate_name, dependency.index))
        .collect::<BTreeSet<_>>();
    if dependencies.iter().any(|&(_, index)| index >= count) {
        return Err(CargoError::Format("a dependency's index is out of range".to_owned()));
    }
    let key = UnitKey {
        package,
        version,
        source,
        kind: kind.to_owned(),
        target: raw.target.name,
        crate_types: raw.target.crate_types,
        edition: raw.target.edition,
        mode,
        host: raw.platform.is_none(),
        features: raw.features,
        profile: profile(raw.profile, mode)?,
        facts: BTreeMap::new(),
    };
    Ok(Unit { key, dependencies })
}

/// The run of a build script sees three settings, in its environment; a compilation sees them all.
fn profile(raw: RawProfile, mode: Mode) -> Result<BTreeMap<&'static str, String>, CargoError> {
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.to_lowercase(),
        other => other.to_string(),
    };
    let mut profile = BTreeMap::from([
        ("opt-level", raw.opt_level),
        ("debug", text(&raw.debuginfo)),
        ("debug-assertions", raw.debug_assertions.to_string()),
    ]);
    if mode != Mode::RunBuildScript {
        // `{"deferred": "None"}` or `{"resolved": {"Named": "symbols"}}`; rustc gets the inner value either way.
        let strip = match raw.strip.into_values().next() {
            Some(serde_json::Value::Object(named)) => named.values().next().map(text),
            Some(value) => Some(text(&value)),
            None => None,
        };
        let strip = strip.ok_or_else(|| CargoError::Format("unknown form of strip".to_owned()))?;
        profile.insert("strip", strip);
        profile.insert("lto", raw.lto);
        profile.insert("rpath", raw.rpath.to_string());
        profile.insert("panic", raw.panic);
        profile.insert("overflow-checks", raw.overflow_checks.to_string());
        if let Some(units) = raw.codegen_units {
            profile.insert("codegen-units", units.to_string());
        }
    }
    Ok(profile)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_graph_with_a_build_script_is_read() {
        let unit = |mode: &str, platform: &str, dependencies: &str| {
            format!(
                r#"{{"pkg_id":"path+file:///w#w@0.1.0","target":{{"kind":["custom-build"],"crate_types":["bin"],
                "name":"build-script-build","src_path":"/w/build.rs","edition":"2021","doc":false,"doctest":false,"test":false}},
                "profile":{{"name":"release","opt_level":"3","lto":"false","codegen_units":null,"debuginfo":"line-tables-only",
                "debug_assertions":false,"overflow_checks":true,"rpath":false,"incremental":false,"panic":"unwind",
                "strip":{{"resolved":{{"Named":"symbols"}}}}}},"platform":{platform},"mode":"{mode}","features":["b","a"],
                "dependencies":[{dependencies}]}}"#
            )
        };
        let run = unit(
            "run-custom-build",
            r#""x86_64-unknown-linux-gnu""#,
            r#"{"index":0,"extern_crate_name":"build_script_build","public":false,"noprelude":false}"#,
        );
        let text = format!(
            r#"{{"version":1,"units":[{},{run}],"roots":[1]}}"#,
            unit("build", "null", "")
        );
        let graph = parse(&text, Path::new("/w")).unwrap();
        let [script, run] = graph.units.as_slice() else {
            panic!("two units")
        };
        assert!(script.key.host && !run.key.host);
        assert_eq!(run.key.mode, Mode::RunBuildScript);
        assert_eq!(script.key.profile["strip"], "symbols");
        assert_eq!(script.key.profile["debug"], "line-tables-only");
        assert!(!run.key.profile.contains_key("overflow-checks"));
        assert_eq!(run.dependencies, BTreeSet::from([("build_script_build".to_owned(), 0)]));
        assert!(parse(&text.replace(r#""roots":[1]"#, r#""roots":[2]"#), Path::new("/w")).is_err());
        assert!(parse(&text.replace(r#""version":1"#, r#""version":2"#), Path::new("/w")).is_err());
    }
}
