//! What an import is asked for: the workspace, the platforms, and Cargo's selection of packages, targets and features.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Everything that decides the outcome of a resolution, apart from the files it reads.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// The `Cargo.toml` of the workspace, or the folder that holds it.
    pub manifest_path: PathBuf,
    /// The platforms to resolve for; several end up in one graph.
    pub platforms: Vec<PlatformRequest>,
    /// Packages, targets, features and profile.
    pub selection: Selection,
    /// Never use the network: what Cargo's caches lack is an error.
    pub offline: bool,
}

/// A platform to resolve for, as `cargo build --target TARGET` on a machine of `host` does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformRequest {
    /// The triple that programs are built for.
    pub target: String,
    /// The triple that build scripts and proc macros are built for; the target's own if none is given.
    pub host: Option<String>,
}

impl PlatformRequest {
    /// A platform that builds for itself.
    pub fn native(target: impl Into<String>) -> Self {
        Self {
            target: target.into(),
            host: None,
        }
    }

    /// The triple that build scripts and proc macros run on.
    pub fn host(&self) -> &str {
        self.host.as_deref().unwrap_or(&self.target)
    }
}

/// The part of `cargo build`'s command line that decides which units there are; it is kept in the graph so that it can be repeated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct Selection {
    /// `--crate NAME@VERSION`: a published program in place of a workspace.
    #[serde(rename = "crate", skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// `dyrust fleet import`: the fleet file's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fleet: Option<String>,
    /// `-p`: package id specifications; none means the default members.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<String>,
    /// `--workspace`: all members.
    #[serde(skip_serializing_if = "is_false")]
    pub workspace: bool,
    /// `--features`: names, or `package/feature`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
    /// `--all-features`.
    #[serde(skip_serializing_if = "is_false")]
    pub all_features: bool,
    /// `--no-default-features`.
    #[serde(skip_serializing_if = "is_false")]
    pub no_default_features: bool,
    /// `--lib`.
    #[serde(skip_serializing_if = "is_false")]
    pub lib: bool,
    /// `--bin NAME`, several times.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bins: Vec<String>,
    /// `--bins`.
    #[serde(skip_serializing_if = "is_false")]
    pub all_bins: bool,
    /// `--tests`.
    #[serde(skip_serializing_if = "is_false")]
    pub tests: bool,
    /// `--examples`.
    #[serde(skip_serializing_if = "is_false")]
    pub examples: bool,
    /// `--benches`.
    #[serde(skip_serializing_if = "is_false")]
    pub benches: bool,
    /// `--all-targets`.
    #[serde(skip_serializing_if = "is_false")]
    pub all_targets: bool,
    /// `--with-tests`: beside all this the tests, with the examples and benchmarks if they are asked for, resolved apart as `cargo test --workspace` does: what dev-dependencies ask for does not reach the programs.
    #[serde(skip_serializing_if = "is_false")]
    pub with_tests: bool,
    /// `--profile NAME`; `release` if none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
}

impl Selection {
    /// The name of the profile, `release` by default.
    pub fn profile(&self) -> &str {
        self.profile.as_deref().unwrap_or("release")
    }
}

/// For serde: leaves out a flag that is not set.
#[allow(clippy::trivially_copy_pass_by_ref)]
pub(crate) fn is_false(flag: &bool) -> bool {
    !*flag
}
