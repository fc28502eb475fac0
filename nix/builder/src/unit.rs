//! The unit that a derivation builds: what the graph says of it.

use crate::failure::{Failure, Result};
use crate::json::Value;
use crate::kind::{Kind, Linkage};
use std::collections::BTreeMap;

/// What is done with a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It is built.
    Build,
    /// The tests that it holds, built already, are run.
    Run,
    /// The examples in its documentation are run.
    DocTest,
    /// Its lints are checked.
    Clippy,
    /// Its documentation is written.
    Doc,
    /// A program, built already, is linked to the library with its code in another place, where it is pinned.
    Stub,
}

impl Action {
    const NAMES: [(&'static str, Self); 6] = [
        ("", Self::Build),
        ("run", Self::Run),
        ("doctest", Self::DocTest),
        ("clippy", Self::Clippy),
        ("doc", Self::Doc),
        ("stub", Self::Stub),
    ];
}

/// The unit to build.
#[derive(Debug)]
pub struct Unit {
    /// What tells it from every other unit of its graph, in names: the range of compatible versions and a key.
    pub id: String,
    /// The package's name.
    pub package: String,
    /// The package's version.
    pub version: String,
    /// What it is.
    pub kind: Kind,
    /// What is done with it.
    pub action: Action,
    /// The target's name; for libraries the crate name.
    pub name: String,
    /// The crate root, relative to the package.
    pub root: String,
    /// The edition.
    pub edition: String,
    /// Features that are on.
    pub features: Vec<String>,
    /// Whether the package is one of the user's, whose lints count (Cargo's `is_local`).
    pub local: bool,
    /// Of a local package: every feature that the manifest declares.
    pub declared_features: Vec<String>,
    /// Of a local package: what the manifest's `[lints]` tells rustc, rustdoc and clippy.
    pub lints: Vec<String>,
    /// Whether it is compiled as a test.
    pub test: bool,
    /// Whether tests use the harness.
    pub harness: bool,
    /// Of a build script that Cargo's configuration replaces: key and value of what stands in its place.
    pub output: Option<Vec<(String, String)>>,
    /// The manifest's `links`.
    pub links: Option<String>,
    /// The facts behind the `CARGO_PKG_` variables.
    pub facts: BTreeMap<String, String>,
    /// The profile's settings, as text.
    pub profile: BTreeMap<String, String>,
    /// For a build script: the profile of the units that it runs for.
    pub run_profile: BTreeMap<String, String>,
    /// For a build script: whether it runs for the host's units.
    pub runs_for_host: bool,
    /// The profile's name.
    pub profile_name: String,
    /// How many codegen units, if that is stated.
    pub codegen_units: Option<String>,
    /// Whether the package is one that was asked for.
    pub primary: bool,
    /// Whether it is for the host.
    pub host: bool,
    /// How it is linked.
    pub linkage: Linkage,
    /// `cdylib` or `staticlib`, where a library is built for other languages.
    pub c_type: Option<String>,
}

impl Unit {
    /// Reads a unit.
    ///
    /// # Errors
    /// If what every unit needs is not there, or its kind is unknown.
    pub fn read(unit: &Value) -> Result<Self> {
        let kind = Kind::of_name(&required_text(unit, "kind")?).map_err(Failure::message)?;
        let action_name = unit.text("action");
        let action = Action::NAMES.iter().find(|entry| entry.0 == action_name);
        let action = action
            .ok_or_else(|| Failure::message(format!("unknown action `{action_name}`")))?
            .1;
        let package = required_text(unit, "package")?;
        let linkage = match unit.text("linkage") {
            "" => Linkage::Dylib,
            name => Linkage::of_name(name).map_err(Failure::message)?,
        };
        let or = |key: &str, default: &str| match unit.text(key) {
            "" => default.to_owned(),
            text => text.to_owned(),
        };
        Ok(Self {
            id: match kind {
                Kind::Libstd => String::new(),
                _ => required_text(unit, "id")?,
            },
            version: required_text(unit, "version")?,
            name: or("name", &package),
            root: or("root", if kind == Kind::Build { "build.rs" } else { "src/lib.rs" }),
            edition: or("edition", "2015"),
            features: unit.strings("features"),
            local: unit.flag("local"),
            declared_features: unit.strings("declaredFeatures"),
            lints: unit.strings("lints"),
            test: unit.flag("test"),
            harness: unit.get("harness") != Some(&Value::Bool(false)),
            output: unit
                .get("output")
                .and_then(Value::as_array)
                .map(|_| unit.pairs("output")),
            links: unit.get("links").and_then(Value::to_text),
            facts: unit.string_map("facts"),
            profile: unit.string_map("profile"),
            run_profile: unit.string_map("runProfile"),
            runs_for_host: unit.flag("host"),
            profile_name: or("profileName", "release"),
            codegen_units: unit.get("codegenUnits").and_then(Value::to_text),
            primary: unit.flag("primary"),
            host: unit.flag("host") || matches!(kind, Kind::ProcMacro | Kind::Build),
            linkage,
            c_type: unit.get("cType").and_then(Value::to_text),
            package,
            kind,
            action,
        })
    }

    /// The name as an identifier, which is what rustc wants.
    #[must_use]
    pub fn crate_name(&self) -> String {
        match self.kind {
            Kind::Build => {
                let stem = std::path::Path::new(&self.root).file_stem().unwrap_or_default();
                format!("build_script_{}", stem.to_string_lossy().replace('-', "_"))
            }
            _ => self.name.replace('-', "_"),
        }
    }

    /// A setting that a build script is told, or the empty string.
    #[must_use]
    pub fn run_setting(&self, name: &str) -> &str {
        self.run_profile.get(name).map_or("", String::as_str)
    }
}

/// A member that must be there.
///
/// # Errors
/// If it is not.
pub fn required<'a>(value: &'a Value, key: &str) -> Result<&'a Value> {
    value
        .get(key)
        .ok_or_else(|| Failure::message(format!("the derivation's attributes lack `{key}`")))
}

/// The text of a member that must be there.
///
/// # Errors
/// If it is not.
pub fn required_text(value: &Value, key: &str) -> Result<String> {
    Ok(required(value, key)?.to_text().unwrap_or_default())
}
