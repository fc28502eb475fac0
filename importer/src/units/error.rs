//! Why there are no units.

use crate::manifest::Place;

/// A selection of targets that can't be built.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum Error {
    #[error("none of the selected packages has a {kind} named `{name}`: there are {known}{near}")]
    NoTarget {
        kind: &'static str,
        name: String,
        known: String,
        near: String,
    },
    #[error(
        "`-p {spec}` fits no member of the workspace and no package that a member depends on: correct the name or version{near}"
    )]
    NoSuchPackage { spec: String, near: String },
    #[error(
        "`-p {spec}`: only build scripts and proc macros use `{package}`, and Cargo can't build such a package alone: select what uses it"
    )]
    OnlyInBuilds { spec: String, package: String },
    #[error("`-p {spec}` fits several packages: {found}: add the version, as in `-p NAME@VERSION`")]
    Ambiguous { spec: String, found: String },
    #[error("none of the selected packages has a library: drop `--lib`, or select another package")]
    NoLibrary,
    #[error("the {kind} `{target}` of `{package}` needs the features {features}: add `--features {list}`")]
    RequiredFeatures {
        kind: &'static str,
        target: String,
        package: String,
        features: String,
        list: String,
    },
    #[error("`{package}` builds nothing with the selected features: {programs}")]
    NothingToBuild { package: String, programs: String },
    #[error("`{package}` has no library and no program: select another package")]
    NoTargets { package: String },
    #[error(
        "`{dependent}` depends on `{package}` under different names at once ({first}, {second}), which Cargo refuses: use one name"
    )]
    TwoNames {
        dependent: String,
        package: String,
        first: String,
        second: String,
    },
    #[error("`{first}` and `{second}` both link to the native library `{links}`, which only one package may")]
    TwoLinks {
        links: String,
        first: String,
        second: String,
    },
    #[error("{place}: {owner} has `{key} = \"{path}\"`, but there is no such file: correct the path, or add the file")]
    NoFile {
        place: Place,
        owner: String,
        key: &'static str,
        path: String,
    },
    #[error(transparent)]
    Profile(#[from] super::ProfileError),
    #[error(transparent)]
    Internal(#[from] crate::InternalError),
}
