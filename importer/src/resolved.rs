//! The units of a resolution at Cargo's own granularity, for comparison with `cargo build --unit-graph`.
//!
//! A build script is two units here, its compilation and its run, as in Cargo; the graph file merges them.

use serde::{Deserialize, Serialize};

/// The units of all platforms asked for, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResolvedUnits {
    /// One set of units a platform.
    pub platforms: Vec<PlatformUnits>,
}

/// What `cargo build --unit-graph --target TARGET` lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlatformUnits {
    /// The triple of target units.
    pub target: String,
    /// The triple of host units.
    pub host: String,
    /// All units; dependencies refer to them by position.
    pub units: Vec<ResolvedUnit>,
    /// Positions of the units that were asked for.
    pub roots: Vec<usize>,
}

/// One call of rustc, or one run of a build script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ResolvedUnit {
    /// Name of the package.
    pub package: String,
    /// Its version.
    pub version: String,
    /// The lock's `source`; none for packages of the workspace and path dependencies.
    pub source: Option<String>,
    /// Folder of a path package relative to the workspace root, `.` for the root; none for packages with a `source`.
    pub path: Option<String>,
    /// Kind of the manifest's target.
    pub kind: TargetKind,
    /// Name of the target as Cargo has it (`build-script-build` for a build script).
    pub name: String,
    /// The target's edition, which may be other than the package's.
    pub edition: String,
    /// What `--crate-type` gets.
    pub crate_types: Vec<String>,
    /// Compile, compile with the test harness, or run a build script.
    pub mode: Mode,
    /// Enabled features, sorted.
    pub features: Vec<String>,
    /// Compiled for the host (or, for a build script's run, on behalf of host units).
    pub host: bool,
    /// The profile's settings that reach rustc.
    pub profile: ProfileSettings,
    /// Sorted by position, then extern name.
    pub dependencies: Vec<ResolvedDependency>,
}

/// An edge between two units.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ResolvedDependency {
    /// Position of the unit depended on.
    pub unit: usize,
    /// The name that rustc's `--extern` gives it.
    pub extern_name: String,
}

/// The kinds of targets in a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// A library, proc macros among them.
    Lib,
    /// A program.
    Bin,
    /// An example.
    Example,
    /// An integration test.
    Test,
    /// A benchmark.
    Bench,
    /// A build script.
    CustomBuild,
}

/// Cargo's compile modes, as far as `cargo build` has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Compile.
    Build,
    /// Compile with `--test`.
    Test,
    /// Run a build script.
    RunCustomBuild,
}

/// Settings of a profile as `--unit-graph` prints them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct ProfileSettings {
    /// `0` to `3`, `s`, `z`.
    pub opt_level: String,
    /// `false`, `true`, `off`, `thin`, `fat`.
    pub lto: String,
    /// Absent unless the manifest sets it.
    pub codegen_units: Option<u32>,
    /// `0`, `1`, `2`, `line-tables-only`, `line-directives-only`.
    pub debuginfo: String,
    /// `cfg(debug_assertions)`.
    pub debug_assertions: bool,
    /// `-C overflow-checks`.
    pub overflow_checks: bool,
    /// `-C rpath`.
    pub rpath: bool,
    /// `unwind` or `abort`.
    pub panic: String,
    /// `none`, `debuginfo`, `symbols`.
    pub strip: String,
}
