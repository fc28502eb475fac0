//! The unit that a derivation builds: what the graph says of it.

use crate::attributes::Attributes;
use crate::failure::{Failure, Result};
use crate::kind::{Kind, Linkage};
use std::collections::BTreeMap;

/// What is done with a unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Action {
    /// It is built.
    #[default]
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
    /// Those that `unit.action` asks for; without it the unit is built.
    const NAMES: [(&'static str, Self); 5] = [
        ("run", Self::Run),
        ("doctest", Self::DocTest),
        ("clippy", Self::Clippy),
        ("doc", Self::Doc),
        ("stub", Self::Stub),
    ];

    fn read(unit: &Attributes) -> Result<Self> {
        let Some(name) = unit.optional("action", Attributes::text)? else {
            return Ok(Self::default());
        };
        let action = Self::NAMES.iter().find(|entry| entry.0 == name);
        let action = action.ok_or_else(|| Failure::message(format!("unknown action `{name}`")))?;
        Ok(action.1)
    }
}

/// The unit to build.
#[derive(Debug, Default)]
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
    /// The profile that it inherits from in the end: `dev` or `release`.
    pub profile_root: String,
    /// How many codegen units.
    pub codegen_units: String,
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
    /// If something is not there or has another shape, or its kind is unknown.
    pub fn read(unit: &Attributes) -> Result<Self> {
        let kind = Kind::of_name(&unit.text("kind")?).map_err(Failure::message)?;
        if kind == Kind::Libstd {
            return Self::libstd(unit);
        }
        let for_host = unit.flag("host")?;
        Ok(Self {
            id: unit.text("id")?,
            package: unit.text("package")?,
            version: unit.text("version")?,
            kind,
            action: Action::read(unit)?,
            name: unit.text("name")?,
            root: unit.text("root")?,
            edition: unit.text("edition")?,
            features: unit.texts("features")?,
            local: unit.flag("local")?,
            declared_features: unit.texts("declaredFeatures")?,
            lints: unit.texts("lints")?,
            test: unit.flag("test")?,
            harness: unit.flag("harness")?,
            output: unit.nullable("output", Attributes::pairs)?,
            links: unit.nullable("links", Attributes::text)?,
            facts: unit.text_map("facts")?,
            profile: unit.settings("profile")?,
            run_profile: unit.settings("runProfile")?,
            runs_for_host: for_host,
            profile_name: unit.text("profileName")?,
            profile_root: unit.text("profileRoot")?,
            codegen_units: unit.setting("codegenUnits")?,
            primary: unit.flag("primary")?,
            host: for_host || matches!(kind, Kind::ProcMacro | Kind::Build),
            linkage: Linkage::of_name(&unit.text("linkage")?).map_err(Failure::message)?,
            c_type: unit.optional("cType", Attributes::text)?,
        })
    }

    /// libstd-rust, which is no unit of a graph (`nix/libstd-rust.nix`): what it is, and nothing else.
    fn libstd(unit: &Attributes) -> Result<Self> {
        Ok(Self {
            package: unit.text("package")?,
            version: unit.text("version")?,
            kind: Kind::Libstd,
            ..Self::default()
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
