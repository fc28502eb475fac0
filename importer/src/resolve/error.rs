//! Why a selection can't be resolved.

/// A resolution that failed.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum Error {
    #[error("{lock}: the lock has no package `{name}` {version}, which {location} describes: the lock is out of date")]
    NotInLock {
        lock: String,
        name: String,
        version: String,
        location: String,
    },
    #[error(
        "{lock}:{line}: no dependency of `{package}` in the lock fits `{dependency} = \"{requirement}\"`: the lock is out of date"
    )]
    NoMatch {
        lock: String,
        line: usize,
        package: String,
        dependency: String,
        requirement: String,
    },
    #[error(
        "{lock}:{line}: `{package}` has no source in the lock, but no member or path dependency has that name and version: the lock is out of date"
    )]
    NoLocalPackage { lock: String, line: usize, package: String },
    #[error(
        "{location}: it is the manifest of `{found}`, but what the lock has there is `{wanted}`: the source serves another package than when the lock was written, do not use it before you know why"
    )]
    OtherPackage {
        location: String,
        found: String,
        wanted: String,
    },
    #[error("package `{package}` has no feature `{feature}`{hint}")]
    NoSuchFeature {
        package: String,
        feature: String,
        hint: String,
    },
    #[error(
        "package `{package}` has no dependency `{dependency}`, which the feature `{feature}` is of: correct the name"
    )]
    NoDependencyOfFeature {
        package: String,
        dependency: String,
        feature: String,
    },
    #[error(
        "`{dependent}` asks for feature `{feature}` of `{package}`, which has none of that name: the lock is out of date or one of them is broken{near}"
    )]
    NoFeatureOfDependency {
        dependent: String,
        feature: String,
        package: String,
        name: String,
        near: String,
    },
    #[error("the feature `{asked}`: `{package}` has no feature `{feature}`: correct the name{near}")]
    NoSuchFeatureOfDependency {
        asked: String,
        feature: String,
        package: String,
        near: String,
    },
    #[error(
        "{place}: `{dependent}` asks for feature `{feature}` of `{package}`, which has none of that name: correct the name, or take a version that has it{near}"
    )]
    NoFeatureOfMembersDependency {
        place: crate::manifest::Place,
        dependent: String,
        feature: String,
        package: String,
        near: String,
    },
    #[error(
        "packages depend on each other in a circle: {circle}: take one of the dependencies out, or make it a dev-dependency"
    )]
    Circle { circle: String },
    #[error("feature `{feature}` of `{package}` depends on itself: remove it from its own list")]
    FeatureCycle { package: String, feature: String },
    #[error("`--features {0}`: `dep:` can't be used on the command line: name a feature that turns the dependency on")]
    DepOnCommandLine(String),
    #[error(
        "none of the selected packages has the feature `{feature}`: correct the name, or select another package with `-p`{near}"
    )]
    UnknownFeature { feature: String, near: String },
    #[error(
        "`--features`, `--all-features` and `--no-default-features` do not reach packages that are no members of the workspace: select one that is with `-p`, too"
    )]
    FeaturesOfOthers,
    #[error(
        "{place}: no package is selected, and the workspace has none that is built by default: name some with `-p`, or take all with `--workspace` (in a fleet file: `packages`)"
    )]
    NoDefaultMembers { place: crate::manifest::Place },
    #[error("`-p {spec}`: not a package id specification: {reason}")]
    Specification { spec: String, reason: String },
    #[error("`-p {spec}` fits no member of the workspace: the members are {members}{near}")]
    NoSuchMember {
        spec: String,
        members: String,
        near: String,
    },
    #[error(transparent)]
    Manifest(#[from] crate::manifest::Error),
    #[error(transparent)]
    Platform(#[from] crate::platform::Error),
    #[error(transparent)]
    Source(#[from] crate::source::Error),
    #[error(transparent)]
    Internal(#[from] crate::InternalError),
}

impl Error {
    /// What to do in a workspace with a lock of its own, where the message does not say so itself.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NotInLock { .. } | Self::NoMatch { .. } | Self::NoLocalPackage { .. } => {
                Some("run `cargo update --workspace`".to_owned())
            }
            Self::NoFeatureOfDependency { name, .. } => Some(format!("run `cargo update --package {name}`")),
            Self::Source(error) => miette::Diagnostic::help(error).map(|help| help.to_string()),
            _ => None,
        }
    }

    /// Is it the lock that is wrong, or names what can't be had?
    pub(crate) fn is_of_lock(&self) -> bool {
        match self {
            Self::NotInLock { .. }
            | Self::NoMatch { .. }
            | Self::NoLocalPackage { .. }
            | Self::NoFeatureOfDependency { .. } => true,
            Self::Source(error) => error.is_of_lock(),
            _ => false,
        }
    }
}
