//! What can be wrong with a manifest.

use std::fmt;

use semver::Version;

use crate::TooOld;

/// A file, and the line in it if it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file as messages call it.
    pub file: String,
    /// Counted from one.
    pub line: Option<usize>,
}

impl Place {
    /// A whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            line: None,
        }
    }

    /// The line of a byte offset in the file's text.
    pub fn at(file: impl Into<String>, text: &str, offset: usize) -> Self {
        let line = text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
        Self {
            file: file.into(),
            line: Some(line),
        }
    }

    /// The line of a key, named by the tables around it and itself; the whole file if it is not there.
    pub fn of_key(file: impl Into<String>, text: &str, path: &[&str]) -> Self {
        match offset_of_key(text, path) {
            Some(offset) => Self::at(file, text, offset),
            None => Self::file(file),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        match self.line {
            Some(line) => write!(formatter, ":{line}"),
            None => Ok(()),
        }
    }
}

/// Finds the byte offset of the longest known prefix of a path of keys; only used once something is wrong. Of a list of tables the key picks
/// the one that has it as its `name`, or else the one of that number.
fn offset_of_key(text: &str, path: &[&str]) -> Option<usize> {
    let document = toml::de::DeTable::parse(text).ok()?;
    let mut table = document.get_ref();
    let mut offset = None;
    let mut path = path.iter();
    while let Some(key) = path.next() {
        let Some((name, value)) = table.get_key_value(*key) else {
            break;
        };
        offset = Some(name.span().start);
        match value.get_ref() {
            toml::de::DeValue::Table(inner) => table = inner,
            toml::de::DeValue::Array(list) => {
                let Some(wanted) = path.next() else { break };
                let mut tables = list.iter().filter_map(|item| item.get_ref().as_table());
                let mut named = tables.clone().filter(|table| {
                    let name = table.get("name").and_then(|name| name.get_ref().as_str());
                    name == Some(wanted)
                });
                let nth = || tables.nth(wanted.parse().ok()?);
                let Some(inner) = named.next().or_else(nth) else { break };
                table = inner;
            }
            _ => break,
        }
    }
    offset
}

/// A manifest that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct Error {
    /// Where.
    pub place: Place,
    /// What, and what to do.
    pub problem: Box<Problem>,
}

/// What is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum Problem {
    #[error("not valid TOML for a Cargo manifest: {0}")]
    Syntax(String),
    #[error("the manifest has no [package] table: a package was expected here")]
    NoPackage,
    #[error("`package.name` is missing: every package needs a name")]
    NoName,
    #[error("`{0}` is no list of strings: write one, as `['../proto/**']`")]
    FileList(String),
    #[error("`{0}` is no table: write it as `[{0}]`, with its keys below")]
    NoTable(String),
    #[error("`{table}` has no key `{key}`: what it may have is `{known}`{near}")]
    UnknownKey {
        table: String,
        key: String,
        known: String,
        near: String,
    },
    #[error("edition `{0}` is unknown: use 2015, 2018, 2021 or 2024")]
    Edition(String),
    #[error(
        "`{key}` is inherited from the workspace, but the workspace's manifest has no `workspace.{key}`: add it there"
    )]
    NothingToInherit { key: String },
    #[error(
        "`{key}` is inherited from a workspace, but no workspace was found above the package: add it to one, or write the value here"
    )]
    NoWorkspace { key: String },
    #[error("dependency `{name}`: `{requirement}` is not a version requirement: {reason}")]
    Requirement {
        name: String,
        requirement: String,
        reason: String,
    },
    #[error("dependency `{name}` has no version, path or git repository: say where it comes from")]
    NoSource { name: String },
    #[error(
        "dependency `{name}` is an artifact dependency, which is unstable in Cargo and not supported: depend on the library, or build the program as a package of its own"
    )]
    Artifact { name: String },
    #[error(
        "dependency `{name}` has `git` and `registry`, which takes {too_old}: drop one of them, or import with the rustc that builds (RUSTC names it)"
    )]
    RegistryBesideGit { name: String, too_old: TooOld },
    #[error(
        "dependency `{name}` turns off the default features that the workspace has on, which takes {too_old}: write the dependency without `workspace = true`, or import with the rustc that builds (RUSTC names it)"
    )]
    MemberDefaultFeatures { name: String, too_old: TooOld },
    #[error("dependency `{name}`: only one of `branch`, `tag` and `rev` can be given")]
    GitReference { name: String },
    #[error("dependency `{name}` has `{key}`, but no `git`: add the repository, or drop the key")]
    OfGitAlone { name: String, key: &'static str },
    #[error(
        "dependency `{name}` has two sources, in two tables: give one of them another name, and `package = \"{name}\"`"
    )]
    TwoSources { name: String },
    #[error("dev-dependency `{name}` is optional, which only normal and build dependencies can be")]
    OptionalDevelopment { name: String },
    #[error(
        "feature `{feature}` includes `{value}`, which is neither a dependency nor another feature: correct the name, or add it to [features]"
    )]
    UnknownFeatureValue { feature: String, value: String },
    #[error(
        "feature `{feature}` includes `{value}`, but `{value}` has no feature of its own because `dep:{value}` is used: write `dep:{value}`"
    )]
    NoImplicitFeature { feature: String, value: String },
    #[error(
        "feature `{feature}` includes `{value}`, but `{name}` is not an optional dependency: add `optional = true` to it, or drop the value"
    )]
    NotOptional {
        feature: String,
        value: String,
        name: String,
    },
    #[error(
        "feature `{feature}` includes `{value}`, but `{name}` is not a dependency: add it to the dependencies, or drop the value"
    )]
    NotADependency {
        feature: String,
        value: String,
        name: String,
    },
    #[error(
        "feature `{feature}` includes `{value}`, which is malformed: use `name`, `dep:name`, `name/feature` or `name?/feature`"
    )]
    MalformedFeatureValue { feature: String, value: String },
    #[error("feature `{feature}` depends on itself: remove it from its own list")]
    FeatureCycle { feature: String },
    #[error("optional dependency `{name}` is in no feature: add `dep:{name}` to one of [features]")]
    UnusedOptional { name: String },
    #[error("can't find the {kind} `{name}` at {expected}: create the file, or set `{kind}.path`")]
    NoTargetFile {
        kind: &'static str,
        name: String,
        expected: String,
    },
    #[error("the {kind} `{name}` could be {first} or {second}: set `{kind}.path`")]
    AmbiguousTarget {
        kind: &'static str,
        name: String,
        first: String,
        second: String,
    },
    #[error("two {kind} targets are named `{name}`: give them different names")]
    DuplicateTarget { kind: &'static str, name: String },
    #[error("a [[{kind}]] has no name: every [[{kind}]] needs one")]
    NoTargetName { kind: &'static str },
    #[error("the library's name `{name}` has a hyphen: use an underscore")]
    HyphenInLibrary { name: String },
    #[error("`proc-macro` can't be mixed with other crate types: set `proc-macro = true` alone")]
    MixedProcMacro,
    #[error("the library can't be a dylib and a cdylib at once: choose one")]
    DylibAndCdylib,
    #[error("the library's name is empty: name it, or drop the key")]
    EmptyLibraryName,
    #[error(
        "the library's crate types are {given}, but rustc makes no library of that: use `lib`, `rlib`, `dylib`, `cdylib`, `staticlib` or `proc-macro`"
    )]
    CrateTypes { given: String },
    #[error("the program `{name}` has `{key}`, which only libraries and examples can have: drop it")]
    OfLibrariesAlone { name: String, key: &'static str },
    #[error("`package.build` lists {0} build scripts, which is unstable in Cargo and not supported: use one")]
    SeveralBuildScripts(usize),
    #[error("`package.metabuild` is unstable in Cargo and not supported: use a build script")]
    Metabuild,
    #[error("`{0}` is unstable in Cargo and not supported: remove it")]
    Unstable(&'static str),
    #[error(
        "`lints.workspace = true` takes all lints from the workspace, so the [lints] of the package must have none of its own: drop them, or write all lints here"
    )]
    OverriddenLints,
    #[error("`lints.{tool}.{name}` is not a lint's name: {advice}")]
    LintName { tool: String, name: String, advice: String },
    #[error("`lints.rust.unexpected_cfgs.check-cfg` is no list of strings: write one, as `['cfg(name)']`")]
    CheckCfg,
    #[error(
        "`cargo-features` names `{0}`, which Cargo has not stabilized, or does not know: dyrust is a stable Cargo's, drop it"
    )]
    CargoFeature(String),
    #[error("`{old}` is no longer known in edition 2024: write `{new}`")]
    OldSpelling { old: &'static str, new: &'static str },
    #[error(
        "`workspace.dependencies.{0}` has `default_features`, which is no longer known in edition 2024, that of this package: write `default-features` there"
    )]
    OldSpellingInherited(String),
    #[error(
        "`rust-version = \"{rust_version}\"` is below {least}, which edition {edition} needs: raise it, or take an older edition"
    )]
    RustBelowEdition {
        rust_version: String,
        edition: &'static str,
        least: Version,
    },
    #[error("the package has no targets: add src/lib.rs, src/main.rs, a [lib] or a [[bin]]")]
    NoTargets,
    #[error("the package links to `{links}`, but has no build script: add build.rs, or drop `links`")]
    LinksWithoutScript { links: String },
    #[error("a program can't be named `{name}`, as is a folder of Cargo's beside it: give it another name")]
    BuildFolderName { name: String },
    #[error("`default-run` names `{name}`, but no program of the package has that name: correct it")]
    NoDefaultRun { name: String },
    #[error("`resolver` is in [package] and in [workspace]: keep that of [workspace]")]
    ResolverTwice,
    #[error("[{0}] belongs to a package, and this manifest has none: move it into a member's, or add [package]")]
    OfPackagesAlone(&'static str),
    #[error("`package.workspace` says where the workspace is, but [workspace] is here: keep one of them")]
    WorkspaceTwice,
    #[error("`workspace.dependencies.{name}` is {key}, which only members' dependencies can be: say it there")]
    OfMembersAlone { name: String, key: &'static str },
    #[error(
        "the patch of `{name}` is from the same source as what it replaces: give it a `path`, or another repository"
    )]
    PatchOfSameSource { name: String },
    #[error("`{first}` and `{second}` are patches of one source, and both are `{name} {version}`: keep one of them")]
    PatchTwice {
        first: String,
        second: String,
        name: String,
        version: Version,
    },
    #[error(
        "`{source_name}` is neither a registry's name nor an address: write `crates-io`, a name that Cargo's configuration has, or a URL"
    )]
    PatchedSource { source_name: String },
    #[error("`replace.{spec}` has no version: write `NAME:VERSION`")]
    ReplaceWithoutVersion { spec: String },
    #[error("`resolver = \"{0}\"` is unknown: use \"1\", \"2\" or \"3\"")]
    Resolver(String),
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn a_key_is_found_by_its_path() {
        let text = "[package]\nname = 'a'\n\n[target.'cfg(unix)'.dependencies]\nb = '1'\n";
        let line = |path: &[&str]| Place::of_key("Cargo.toml", text, path).line;
        assert_eq!(line(&["package", "name"]), Some(2));
        assert_eq!(line(&["target", "cfg(unix)", "dependencies", "b"]), Some(5));
        assert_eq!(line(&["features"]), None);
        let text = "[[bin]]\nname = 'a'\npath = 'x'\n[[bin]]\nname = 'b'\npath = 'y'\n";
        let line = |path: &[&str]| Place::of_key("Cargo.toml", text, path).line;
        assert_eq!(line(&["bin", "b", "path"]), Some(6));
        assert_eq!(line(&["bin", "c", "path"]), Some(1));
    }
}
