//! What a manifest says, in the form that the resolver works on.

use std::path::PathBuf;
use std::sync::LazyLock;

use semver::{Version, VersionReq};
use serde::{Deserialize, Serialize};

use crate::intern::Symbol;
use crate::resolved::TargetKind;

/// A package: a manifest with everything that it inherits, and its targets discovered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Package {
    /// `package.name`.
    pub name: Symbol,
    /// `package.version`, `0.0.0` if there is none.
    pub version: Version,
    /// `package.edition`, 2015 if there is none.
    pub edition: Edition,
    /// `package.links`.
    pub links: Option<Symbol>,
    /// `package.resolver` or `workspace.resolver`.
    pub resolver: Option<Symbol>,
    /// What build scripts and programs read from `CARGO_PKG_*` variables.
    pub facts: ManifestMetadata,
    /// The targets: the library, programs, examples, tests, benchmarks, the build script, each kind sorted by name.
    pub targets: Vec<Target>,
    /// All dependency tables in one list.
    pub dependencies: Vec<Dependency>,
    /// The names in the dependency tables, sorted; dependencies and features refer to them by position.
    pub dependency_names: Vec<Symbol>,
    /// The features, sorted by name; those that optional dependencies imply are among them.
    pub features: Vec<Feature>,
    /// What `[lints]` tells rustc, rustdoc and clippy, in Cargo's order.
    pub lints: Vec<String>,
    /// What it says of the package's files.
    pub files: FileRules,
}

/// What a manifest says of a package's files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRules {
    /// `package.include`: patterns as in `.gitignore`.
    pub include: Vec<String>,
    /// `package.exclude` and `package.metadata.dyrust.exclude`: patterns as in `.gitignore`.
    pub exclude: Vec<String>,
    /// `package.metadata.dyrust.files`: patterns, relative to the package, of what it reads beside its own folder's usual files.
    pub files: Vec<String>,
}

/// So many features are looked at one by one: whether a name is the same takes no look at its text.
const FEW_FEATURES: usize = 24;

static DEFAULT_FEATURE: LazyLock<Symbol> = LazyLock::new(|| Symbol::new("default"));

/// The name of the feature that is on unless a dependent says otherwise.
pub(crate) fn default_feature() -> Symbol {
    *DEFAULT_FEATURE
}

impl Package {
    /// The position of a feature.
    pub fn feature(&self, name: Symbol) -> Option<u32> {
        let position = if self.features.len() <= FEW_FEATURES {
            self.features.iter().position(|feature| feature.name == name)
        } else {
            let found = self.features.binary_search_by(|feature| feature.name.cmp(&name));
            found.ok()
        };
        position.and_then(|position| u32::try_from(position).ok())
    }

    /// The keys of a dependency's entry in its manifest.
    pub fn keys<'a>(&'a self, dependency: &'a Dependency) -> Vec<&'a str> {
        let table = match dependency.kind {
            DependencyKind::Normal => "dependencies",
            DependencyKind::Development => "dev-dependencies",
            DependencyKind::Build => "build-dependencies",
        };
        let name = self.dependency_names[dependency.name as usize].as_str();
        match dependency.platform {
            Some(platform) => vec!["target", platform.as_str(), table, name],
            None => vec![table, name],
        }
    }

    /// The position of a name in the dependency tables.
    pub fn dependency_name(&self, name: Symbol) -> Option<u32> {
        self.dependency_names
            .binary_search(&name)
            .ok()
            .and_then(|position| u32::try_from(position).ok())
    }

    /// The library, if there is one.
    pub fn library(&self) -> Option<&Target> {
        self.targets.iter().find(|target| target.kind == TargetKind::Lib)
    }

    /// Does the library run inside rustc?
    pub fn is_proc_macro(&self) -> bool {
        self.library().is_some_and(|library| library.proc_macro)
    }
}

/// Rust's editions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Edition {
    /// 2015, the default.
    E2015,
    /// 2018.
    E2018,
    /// 2021.
    E2021,
    /// 2024.
    E2024,
}

impl Edition {
    /// Reads `2015` to `2024`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "2015" => Some(Self::E2015),
            "2018" => Some(Self::E2018),
            "2021" => Some(Self::E2021),
            "2024" => Some(Self::E2024),
            _ => None,
        }
    }

    /// The first Rust that has it, if it is not as old as Rust itself.
    pub fn least_rust(self) -> Option<Version> {
        let minor = match self {
            Self::E2015 => return None,
            Self::E2018 => 31,
            Self::E2021 => 56,
            Self::E2024 => 85,
        };
        Some(Version::new(1, minor, 0))
    }

    /// The year.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::E2015 => "2015",
            Self::E2018 => "2018",
            Self::E2021 => "2021",
            Self::E2024 => "2024",
        }
    }
}

/// The values of `CARGO_PKG_*` variables that are not parts of name and version; empty ones are none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestMetadata {
    /// Joined by `:`.
    pub authors: Option<String>,
    /// `package.description`.
    pub description: Option<String>,
    /// `package.homepage`.
    pub homepage: Option<String>,
    /// `package.repository`.
    pub repository: Option<String>,
    /// `package.license`.
    pub license: Option<String>,
    /// `package.license-file`.
    pub license_file: Option<String>,
    /// The readme's path, found by its name if the manifest does not say.
    pub readme: Option<String>,
    /// `package.rust-version`.
    pub rust_version: Option<String>,
}

/// Something that a package can be compiled to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Target {
    /// Library, program, ….
    pub kind: TargetKind,
    /// Its name, as Cargo has it.
    pub name: Symbol,
    /// The name with `_` for `-`: what rustc calls the crate.
    pub crate_name: Symbol,
    /// The crate root, relative to the package, with `/`.
    pub root: String,
    /// The manifest says where the root is: nobody has looked yet whether it is there.
    pub has_path: bool,
    /// Its own edition or the package's.
    pub edition: Edition,
    /// For libraries and examples: `lib`, `rlib`, `dylib`, `cdylib`, `staticlib`, `proc-macro`; `bin` for the rest.
    pub crate_types: Vec<Symbol>,
    /// Is it a proc macro?
    pub proc_macro: bool,
    /// Does `--tests` compile it with the test harness?
    pub tested: bool,
    /// Does `--benches` compile it with the test harness?
    pub benched: bool,
    /// Whether rustc's own harness is used for tests.
    pub harness: bool,
    /// Of a library: are the examples in its documentation run?
    pub doctested: bool,
    /// `required-features`.
    pub required_features: Option<Vec<String>>,
}

impl Target {
    /// Compiled for the host whoever uses it.
    pub fn for_host(&self) -> bool {
        self.proc_macro || self.kind == TargetKind::CustomBuild
    }

    /// Can other crates be linked with it?
    pub fn is_linkable(&self) -> bool {
        self.kind == TargetKind::Lib
            && self
                .crate_types
                .iter()
                .any(|kind| !matches!(kind.as_str(), "bin" | "cdylib" | "staticlib"))
    }
}

/// The three kinds of dependency tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DependencyKind {
    /// `[dependencies]`
    Normal,
    /// `[dev-dependencies]`
    Development,
    /// `[build-dependencies]`
    Build,
}

impl Dependency {
    /// Whether a version of the package will do.
    pub fn accepts(&self, version: &Version) -> bool {
        self.requirement
            .as_ref()
            .is_none_or(|requirement| requirement.matches(version))
    }

    /// The requirement as a manifest writes it, `*` if there is none.
    pub fn requirement_text(&self) -> String {
        self.requirement
            .as_ref()
            .map_or_else(|| "*".to_owned(), ToString::to_string)
    }
}

/// An entry of a dependency table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Dependency {
    /// Its key in the table: position in [`Package::dependency_names`].
    pub name: u32,
    /// The name of the package depended on.
    pub package: Symbol,
    /// Whether key and package differ by way of `package = …`: the extern name is then the key.
    pub renamed: bool,
    /// The versions that will do; none for a path or git dependency without `version`: any will, those before a release too, which `*`
    /// leaves out.
    pub requirement: Option<VersionReq>,
    /// Where the package is to come from.
    pub source: DependencySource,
    /// Which table it is in.
    pub kind: DependencyKind,
    /// The key of the `[target.….dependencies]` table.
    pub platform: Option<Symbol>,
    /// `optional = true`.
    pub optional: bool,
    /// `default-features`.
    pub default_features: bool,
    /// `features`.
    pub features: Vec<Symbol>,
}

/// Where a dependency table says that a package comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DependencySource {
    /// The default registry.
    DefaultRegistry,
    /// A registry by its name in Cargo's configuration.
    NamedRegistry(String),
    /// A registry by the URL of its index.
    RegistryIndex(String),
    /// A git repository.
    Git {
        /// The URL as the manifest has it.
        url: String,
        /// `branch=…`, `tag=…`, `rev=…` or nothing.
        reference: Option<(GitReferenceKind, String)>,
    },
    /// A folder: absolute for packages on this machine, relative to the repository for packages in git.
    Path(PathBuf),
}

/// The three keys that pick a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum GitReferenceKind {
    /// `branch`
    Branch,
    /// `tag`
    Tag,
    /// `rev`
    Rev,
}

/// A feature and what it turns on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Feature {
    /// Its name.
    pub name: Symbol,
    /// What it turns on.
    pub values: Vec<FeatureValue>,
}

/// One value of a feature; names are positions in the package's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FeatureValue {
    /// Another feature of the package.
    Feature(u32),
    /// `dep:name`.
    Dependency(u32),
    /// `name/feature`, `name?/feature`.
    DependencyFeature {
        /// The name in the dependency tables.
        dependency: u32,
        /// The feature of that package.
        feature: Symbol,
        /// With `?`: only if something else turns the dependency on.
        weak: bool,
    },
}
