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
#[cfg_attr(feature = "clap", derive(clap::Args))]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct Selection {
    /// `--crate NAME@VERSION`: a published program in place of a workspace.
    #[serde(rename = "crate", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "clap", arg(skip))]
    pub published: Option<String>,
    /// `dyrust fleet import`: the fleet file's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "clap", arg(skip))]
    pub fleet: Option<String>,
    /// Package to build, as `cargo build -p` names it; may be given several times. Without any: the default members.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "clap", arg(long = "package", short, value_name = "SPEC"))]
    pub packages: Vec<String>,
    /// All members of the workspace.
    #[serde(skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "clap", arg(long))]
    pub workspace: bool,
    /// Features, separated by spaces or commas; `package/feature` for that of a member.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "clap", arg(long, short = 'F', value_name = "FEATURES"))]
    pub features: Vec<String>,
    /// All features of the selected packages.
    #[serde(skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "clap", arg(long))]
    pub all_features: bool,
    /// Without the `default` feature.
    #[serde(skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "clap", arg(long))]
    pub no_default_features: bool,
    /// The libraries only.
    #[serde(skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "clap", arg(long))]
    pub lib: bool,
    /// Program to build; may be given several times.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "clap", arg(long = "bin", value_name = "NAME"))]
    pub bins: Vec<String>,
    /// All programs.
    #[serde(skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "clap", arg(long = "bins"))]
    pub all_bins: bool,
    /// Tests.
    #[serde(skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "clap", arg(long))]
    pub tests: bool,
    /// Examples.
    #[serde(skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "clap", arg(long))]
    pub examples: bool,
    /// Benchmarks.
    #[serde(skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "clap", arg(long))]
    pub benches: bool,
    /// All of them.
    #[serde(skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "clap", arg(long))]
    pub all_targets: bool,
    /// `--with-tests`: beside all this the tests, with the examples and benchmarks if they are asked for, resolved apart as `cargo test --workspace` does: what dev-dependencies ask for does not reach the programs.
    #[serde(skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "clap", arg(skip))]
    pub with_tests: bool,
    /// Profile; `release` if none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "clap", arg(long, value_name = "NAME"))]
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
