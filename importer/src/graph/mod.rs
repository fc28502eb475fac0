//! The crate graph: the types of `crate-graph.json`, from which its JSON Schema is made.
//!
//! `docs/graph-format.md` says what the fields mean.

mod assemble;
mod current;
mod diff;
mod digest;
mod error;
mod helpers;
mod keys;
mod merge;
mod notices;
mod packages;
mod print;
mod read;
mod script;
mod settings;
#[cfg(test)]
mod tests;
mod view;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use diff::{Diff, PlatformChanges, Rebuilt};
pub use error::Error;
pub use keys::package_name;
pub use print::print;
pub(crate) use read::parse;
pub use read::read;
pub use settings::Settings;
pub use view::{OnPlatform, schema};

use crate::options::{Selection, is_false};

/// The version of the format that is written, and the newest that can be read.
pub const SCHEMA: u64 = 1;

/// What wrote a graph.
pub const GENERATOR: &str = concat!("dyrust ", env!("CARGO_PKG_VERSION"));

type Map<T> = BTreeMap<String, T>;

/// A crate graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Graph {
    /// Version of this format; readers refuse a newer one.
    pub schema: u64,
    /// The program and version that wrote the file; not compared.
    pub generator: String,
    /// What was asked of `import`, so that it can be repeated.
    #[serde(default)]
    pub selection: Selection,
    /// Files of the workspace other than the lock that the graph was made from: path relative to the workspace root → sha256 in hex.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: Map<String>,
    /// sha256 of all the rest of this file, so that a merge or an edit by hand shows; first 16 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// sha256 of the list of files that imply targets of the workspace's packages; first 16 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<String>,
    /// The entries of `workspace.members` that are patterns: a folder that comes may be a new member.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
    /// `workspace.exclude`, where `members` has patterns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// The lock's file name, relative to the workspace root; absent for published programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<String>,
    /// What the graph was resolved for, in order; elsewhere a platform is named by its index here.
    pub platforms: Vec<Platform>,
    /// The profile's settings.
    pub profile: Profile,
    /// Registries other than the default one: short name → download template.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub registries: Map<String>,
    /// Variables that Cargo's configuration sets for rustc and build scripts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: Map<String>,
    /// Patterns, relative to the workspace, of what every package with a `path` reads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// The folders of the workspace's packages with the roots of their targets, where a package asks Cargo about the workspace.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub targets: Map<Vec<String>>,
    /// What the manifest asks for and dyrust cannot give.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    /// The units that were asked for.
    pub roots: Roots,
    /// The packages: name, or `name@` and the shortest prefix of the version that tells it apart.
    pub packages: Map<Package>,
    /// Of a fleet: the programs that are resolved alone, each with a graph of its own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub apart: Map<Graph>,
}

/// A platform that the graph was resolved for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Platform {
    /// The triple that programs are built for.
    pub target: String,
    /// The triple that build scripts and proc macros are built for, where it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The units are those of the tests alone; another entry of the same triples has the others.
    #[serde(default, skip_serializing_if = "is_false")]
    pub tests: bool,
    /// Flags for rustc from Cargo's configuration, for units of the target.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rustflags: Vec<String>,
}

/// A profile of the manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// The profile that it inherits from in the end, if that is `dev` and its name does not say so; build scripts are told (`PROFILE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// The settings of units for the target.
    pub target: Settings,
    /// The settings of units for the host.
    pub host: Settings,
}

/// Something that was asked for and can't be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Notice {
    /// `lto`, `linkme`, `programs`, `configuration`, `apart` and others.
    pub kind: String,
    /// One sentence.
    pub text: String,
    /// The packages that it is about, if it is not about the whole graph.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<String>,
}

/// The units that were asked for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Roots {
    /// Ids of units, on all platforms.
    #[serde(default)]
    pub units: Vec<String>,
    /// Platform indexes separated by spaces → ids of further units.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub when: Map<Vec<String>>,
}

/// A package and its units.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Package {
    /// As in the lock.
    pub version: String,
    /// Hex checksum of the `.crate` file, of packages of a registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The registry, if it is not the default one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
    /// Of packages in git repositories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git: Option<Git>,
    /// Folder relative to the workspace root, `.` for the root itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Of packages with a `path` in a fleet: the folder of their workspace, where that is not the fleet's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<String>,
    /// Of packages with a `path`: what it reads beside its usual source, relative to its folder, or with `/` to the workspace.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// Of packages with a `path`: what its tests, examples and benchmarks read beside that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub test_files: Vec<String>,
    /// Of packages with a `path`: a build script or macro that runs for it asks Cargo about the workspace, so that the manifests of all
    /// its packages are there, and an empty file for each root in the graph's `targets`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub asks_cargo: bool,
    /// Of packages with a `path`: the same of its tests, examples and benchmarks, which ask when they run; for them alone.
    #[serde(default, skip_serializing_if = "is_false")]
    pub tests_ask_cargo: bool,
    /// Of packages with a `path`: patterns, as in `.gitignore`, of the only files that belong to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Of packages with a `path`: patterns, as in `.gitignore`, of files that do not belong to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// Of packages in a directory source inside the workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendored: Option<Vendored>,
    /// First 16 hex digits of the sha256 of the package's entry in the lock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// Left out when 2015.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// The manifest's `links` key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub links: Option<String>,
    /// Joined by `:`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authors: Option<String>,
    /// CARGO_PKG_DESCRIPTION
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// CARGO_PKG_HOMEPAGE
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    /// CARGO_PKG_REPOSITORY
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// CARGO_PKG_LICENSE
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// CARGO_PKG_LICENSE_FILE
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license_file: Option<String>,
    /// CARGO_PKG_README
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readme: Option<String>,
    /// CARGO_PKG_RUST_VERSION
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rust_version: Option<String>,
    /// Of packages with a `path`: every feature that the manifest declares, sorted. rustc warns of others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
    /// Of packages with a `path`: what `[lints]` tells rustc, rustdoc and clippy, in order. Lints of others are off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lints: Vec<String>,
    /// The package's units by their keys.
    #[serde(default)]
    pub units: Map<Unit>,
}

/// A crate in a git repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Git {
    /// The repository.
    pub url: String,
    /// The commit.
    pub rev: String,
    /// SRI hash of the checked-out tree without `.git`.
    pub hash: String,
    /// Folder of the crate in the repository, left out when it is the root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// Whether the repository has submodules.
    #[serde(default, skip_serializing_if = "is_false")]
    pub submodules: bool,
}

/// A crate in a directory source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Vendored {
    /// Relative to the workspace root.
    pub path: String,
    /// SRI hash of the folder.
    pub hash: String,
}

/// One call of rustc, or one build script's run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Unit {
    /// `lib` if absent; `proc-macro`, `build`, `bin`, `example`, `test`, `bench`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// For the host; implied for proc macros.
    #[serde(default, skip_serializing_if = "is_false")]
    pub host: bool,
    /// Compiled with `--test`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub test: bool,
    /// False where the manifest says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub harness: Option<bool>,
    /// Of a library of the workspace: false where Cargo runs no examples of its documentation, as the manifest says, or as it is for C alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doctest: Option<bool>,
    /// The target's name, the package's if absent; of libraries with `_` for `-`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The crate root relative to the package; `src/lib.rs` of libraries and `build.rs` of build scripts if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// Of a build script that Cargo's configuration replaces: key and value of each `cargo::KEY=VALUE` that stands in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Vec<(String, String)>>,
    /// The package's if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// The manifest's crate types, when other than `lib` or `rlib`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// Sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
    /// The settings that differ from the graph's profile; of a build script those that its run is told of.
    #[serde(default, skip_serializing_if = "Settings::is_empty")]
    pub profile: Settings,
    /// Ids of units whose libraries are passed with `--extern`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<String>,
    /// Platform indexes separated by spaces → ids of further dependencies on just those platforms.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub when: Map<Vec<String>>,
    /// Id → extern names, where the extern name is not the library's crate name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub renames: Map<Vec<String>>,
    /// Id of the build script's run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
    /// On a build script: ids of the build scripts whose `links` metadata it sees as `DEP_` variables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metadata: Vec<String>,
    /// Platform indexes separated by spaces → ids of further `metadata` on just those platforms.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata_when: Map<Vec<String>>,
    /// On an integration test or bench: name → id of the programs that it finds as `CARGO_BIN_EXE_` variables.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub binaries: Map<String>,
}

impl Unit {
    /// Is it for the machine that builds: a build script, a macro, or what these use? No program holds it.
    pub fn is_of_host(&self) -> bool {
        self.host || matches!(self.kind.as_deref(), Some("build" | "proc-macro"))
    }
}
