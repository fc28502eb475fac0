//! Cargo's side: runs `cargo build --unit-graph` and brings its output into the common form.
//!
//! The format is described in Cargo's book under "unstable features", `unit-graph`. It is unstable, so that one call runs with
//! RUSTC_BOOTSTRAP=1; nothing is compiled by it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use dyrust::Selection;
use serde::Deserialize;

use crate::unit::{Mode, Unit, UnitGraph, UnitKey};

/// Why there is no unit graph of Cargo's.
#[derive(Debug, thiserror::Error)]
pub enum CargoError {
    /// Cargo could not be started.
    #[error("cannot run {program}: {source}")]
    Start {
        /// The program as called.
        program: String,
        /// The system's error.
        source: std::io::Error,
    },
    /// Cargo refused; a project that it rejects can't be compared.
    #[error("cargo rejects the project or the selection:\n{message}")]
    Rejected {
        /// Its standard error.
        message: String,
    },
    /// The output is not the unit graph that this program knows.
    #[error("cargo's unit graph cannot be read: {0}")]
    Format(String),
}

/// Calls Cargo in one workspace.
#[derive(Debug, Clone)]
pub struct Cargo {
    /// The workspace's root: paths in the units are relative to it.
    pub root: PathBuf,
    /// The folder to call it in: the root or that of a member.
    pub folder: PathBuf,
    /// Cargo's target directory for these calls; it keeps only Cargo's notes on rustc, so one folder serves many workspaces.
    pub target_directory: PathBuf,
    /// Cargo's home, if not the user's.
    pub home: Option<PathBuf>,
}

impl Cargo {
    /// The program: that of `CARGO`, which `cargo test` sets, else the one on the PATH.
    pub fn program() -> String {
        std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(Self::program());
        command.current_dir(&self.folder);
        if let Some(home) = &self.home {
            command.env("CARGO_HOME", home);
        }
        command
    }

    /// Makes the lock anew, offline; false if Cargo finds none.
    ///
    /// # Errors
    /// [`CargoError::Start`].
    pub fn generate_lock(&self) -> Result<bool, CargoError> {
        let output = self
            .command()
            .args(["generate-lockfile", "--offline", "--quiet"])
            .output()
            .map_err(not_started)?;
        Ok(output.status.success())
    }

    /// The units of `selection` on the platform `target`.
    ///
    /// # Errors
    /// [`CargoError::Rejected`] carries Cargo's own message; the other kinds mean that the comparison itself does not work.
    pub fn unit_graph(&self, selection: &Selection, target: &str) -> Result<UnitGraph, CargoError> {
        let mut command = self.command();
        command
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_DIR", &self.target_directory)
            .args(["build", "--unit-graph", "-Zunstable-options", "--offline", "--locked"])
            .args(["--target", target])
            .args(arguments(selection));
        let output = command.output().map_err(not_started)?;
        if !output.status.success() {
            return Err(CargoError::Rejected {
                message: String::from_utf8_lossy(&output.stderr).trim_end().to_owned(),
            });
        }
        parse(&String::from_utf8_lossy(&output.stdout), &self.root)
    }
}

/// Fetches what the lock of the workspace at `root` lists, as both sides are offline when they are compared. The network is used only if
/// something is not in Cargo's cache.
///
/// # Errors
/// [`CargoError::Rejected`] if the lock does not fit the manifests or a package can't be had.
pub fn fetch(root: &Path) -> Result<(), CargoError> {
    let run = |offline: bool| {
        Command::new(Cargo::program())
            .current_dir(root)
            .args(["fetch", "--locked", "--quiet"])
            .args(offline.then_some("--offline"))
            .output()
            .map_err(not_started)
    };
    if run(true)?.status.success() {
        return Ok(());
    }
    let output = run(false)?;
    if output.status.success() {
        return Ok(());
    }
    Err(CargoError::Rejected {
        message: String::from_utf8_lossy(&output.stderr).trim_end().to_owned(),
    })
}

/// The selection as arguments of `cargo build`.
pub fn arguments(selection: &Selection) -> Vec<String> {
    let mut arguments = vec![format!("--profile={}", selection.profile())];
    let flags = [
        ("--workspace", selection.workspace),
        ("--lib", selection.lib),
        ("--bins", selection.all_bins),
        ("--tests", selection.tests),
        ("--examples", selection.examples),
        ("--benches", selection.benches),
        ("--all-targets", selection.all_targets),
        ("--all-features", selection.all_features),
        ("--no-default-features", selection.no_default_features),
    ];
    arguments.extend(flags.iter().filter(|(_, set)| *set).map(|(name, _)| (*name).to_owned()));
    for (name, values) in [
        ("--package", &selection.packages),
        ("--bin", &selection.bins),
        ("--features", &selection.features),
    ] {
        arguments.extend(values.iter().map(|value| format!("{name}={value}")));
    }
    arguments
}

fn not_started(source: std::io::Error) -> CargoError {
    CargoError::Start {
        program: Cargo::program(),
        source,
    }
}

/// The root of the workspace that `folder` belongs to, as Cargo finds it.
///
/// # Errors
/// As [`Cargo::unit_graph`].
pub fn workspace_root(folder: &Path) -> Result<PathBuf, CargoError> {
    let output = Command::new(Cargo::program())
        .current_dir(folder)
        .args(["locate-project", "--workspace", "--message-format=plain"])
        .output()
        .map_err(not_started)?;
    let manifest = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    match manifest.parent() {
        Some(root) if output.status.success() => Ok(root.to_owned()),
        _ => Err(CargoError::Rejected {
            message: String::from_utf8_lossy(&output.stderr).trim_end().to_owned(),
        }),
    }
}

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

/// Name, version and source of a package id specification: `KIND+URL#NAME@VERSION`, or `KIND+URL#VERSION` where the name is the URL's
/// last segment.
fn package_id(id: &str, root: &Path) -> Result<(String, String, String), CargoError> {
    let bad = || CargoError::Format(format!("unknown form of package id {id:?}"));
    let (url, fragment) = id.rsplit_once('#').ok_or_else(bad)?;
    let (name, version) = match fragment.split_once('@') {
        Some((name, version)) => (name.to_owned(), version.to_owned()),
        None => {
            let path = url.split('?').next().unwrap_or(url);
            let last = path.trim_end_matches('/').rsplit('/').next().ok_or_else(bad)?;
            (decode(last), fragment.to_owned())
        }
    };
    let source = match url.strip_prefix("path+file://") {
        Some(folder) => format!("path+{}", relative(Path::new(&decode(folder)), root)),
        None if url.starts_with("git+") => decode(url),
        None => url.to_owned(),
    };
    Ok((name, version, source))
}

/// Undoes the percent encoding of a URL.
pub(crate) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let digit = |at: usize| tail.get(at).and_then(|&byte| char::from(byte).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `folder` as seen from `root`, with `/`; `.` for the root itself.
pub(crate) fn relative(folder: &Path, root: &Path) -> String {
    let mut up = Vec::new();
    let mut base = Some(root);
    while let Some(ancestor) = base {
        if let Ok(rest) = folder.strip_prefix(ancestor) {
            up.extend(
                rest.components()
                    .map(|part| part.as_os_str().to_string_lossy().into_owned()),
            );
            break;
        }
        up.push("..".to_owned());
        base = ancestor.parent();
    }
    if up.is_empty() { ".".to_owned() } else { up.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_ids_of_all_forms() {
        let root = Path::new("/home/me/shop");
        let id = |id| package_id(id, root).unwrap();
        let owned = |name: &str, version: &str, source: &str| (name.to_owned(), version.to_owned(), source.to_owned());
        assert_eq!(
            id("registry+https://example.org/index#libc@0.2.1+x.y"),
            owned("libc", "0.2.1+x.y", "registry+https://example.org/index")
        );
        assert_eq!(id("path+file:///home/me/shop#1.0.0"), owned("shop", "1.0.0", "path+."));
        assert_eq!(
            id("path+file:///home/me/shop/a%20b#till@1.0.0"),
            owned("till", "1.0.0", "path+a b")
        );
        assert_eq!(
            id("path+file:///home/me/else#1.0.0"),
            owned("else", "1.0.0", "path+../else")
        );
        assert_eq!(
            id("git+https://example.org/r/two?branch=x%2Fy#0.1.0"),
            owned("two", "0.1.0", "git+https://example.org/r/two?branch=x/y")
        );
        assert!(package_id("nothing", root).is_err());
    }

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
