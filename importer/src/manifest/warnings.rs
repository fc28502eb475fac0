//! What Cargo warns of in the manifests of a workspace: what they say in vain, and spellings that edition 2024 has done away with.
//!
//! The rules are those of Cargo's `toml::to_real_manifest` and `Workspace::validate_manifest`. Of packages from elsewhere neither says anything.

use std::fmt;

use cargo_platform::Platform;
use cargo_util_schemas::manifest::{InheritableDependency, TomlDependency, TomlLints, TomlWorkspace};

use super::lints::TOOLS;
use super::refused::{dependencies, old_spellings};
use super::{Edition, Manifest, Place};

/// The tables of Cargo's configuration, which are now and then put into a manifest.
const OF_CONFIGURATION: [&str; 20] = [
    "alias",
    "build",
    "cache",
    "cargo-new",
    "credential-alias",
    "doc",
    "env",
    "future-incompat-report",
    "http",
    "install",
    "net",
    "patch",
    "paths",
    "profile",
    "registries",
    "registry",
    "resolver",
    "source",
    "target",
    "term",
];

/// Something in a manifest that has no effect, or will have none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Where.
    pub place: Place,
    /// What, and what to do.
    pub text: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.text)
    }
}

/// Where a manifest stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing<'a> {
    /// The workspace's root is told apart from its members: profiles and the like count there alone.
    pub is_root: bool,
    /// The edition of its package, if it has one.
    pub edition: Option<Edition>,
    /// The tables that it inherits from.
    pub workspace: Option<&'a TomlWorkspace>,
}

/// What Cargo warns of in a manifest, matter by matter.
pub(crate) fn warnings(manifest: &Manifest, standing: Standing<'_>) -> Vec<Warning> {
    let mut found = Found {
        manifest,
        warnings: Vec::new(),
    };
    found.unused_keys();
    found.lints();
    found.profiles();
    found.conditions();
    if !standing.is_root {
        found.of_the_root();
    }
    if let Some(edition) = standing.edition {
        found.package(edition, standing.workspace);
    }
    found.warnings
}

struct Found<'a> {
    manifest: &'a Manifest,
    warnings: Vec<Warning>,
}

impl Found<'_> {
    fn add(&mut self, path: &[&str], text: String) {
        let source = &self.manifest.source;
        let place = Place::of_key(&source.location, &source.text, path);
        self.warnings.push(Warning { place, text });
    }

    fn unused(&mut self, path: &[&str]) {
        let key = path.join(".");
        let advice = match OF_CONFIGURATION.contains(&key.as_str()) {
            true => ": it is a key of .cargo/config.toml",
            false => "",
        };
        self.add(path, format!("unused manifest key: {key}{advice}"));
    }

    fn unused_keys(&mut self) {
        let manifest = self.manifest;
        for path in &manifest.unused {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            self.unused(&path);
        }
        let tables = &manifest.tables;
        let own = dependencies(tables).map(|(path, name, dependency)| (path, name, dependency.unused_keys()));
        let workspace = tables.workspace.iter().flat_map(|workspace| &workspace.dependencies);
        let shared = workspace.flatten().map(|(name, dependency)| {
            let path = vec!["workspace", "dependencies"];
            (path, name.as_str(), dependency.unused_keys())
        });
        let patches = tables.patch.iter().flatten().flat_map(|(source, table)| {
            let entries = table.iter();
            entries.map(move |(name, entry)| (vec!["patch", source.as_str()], name.as_str(), entry.unused_keys()))
        });
        let replaced = tables.replace.iter().flatten();
        let replaced = replaced.map(|(spec, entry)| (vec!["replace"], spec.as_str(), entry.unused_keys()));
        for (table, name, keys) in own.chain(shared).chain(patches).chain(replaced) {
            for key in &keys {
                let path: Vec<&str> = table.iter().copied().chain([name, key]).collect();
                self.unused(&path);
            }
        }
    }

    fn lints(&mut self) {
        let tables = &self.manifest.tables;
        if let Some(lints) = tables.workspace.as_ref().and_then(|workspace| workspace.lints.as_ref()) {
            self.of_lints(&["workspace", "lints"], lints);
        }
        if let Some(own) = &tables.lints {
            self.of_lints(&["lints"], &own.lints);
        }
    }

    fn of_lints(&mut self, table: &[&str], lints: &TomlLints) {
        for (tool, lints) in lints {
            let path: Vec<&str> = table.iter().copied().chain([tool.as_str()]).collect();
            let text = match tool.as_str() {
                "cargo" => Some("unused manifest key: lints.cargo: only unstable Cargos read it".to_owned()),
                known if TOOLS.contains(&known) => None,
                _ => Some(format!(
                    "unrecognized lint tool `{tool}`: those that are known are {}",
                    TOOLS.join(", ")
                )),
            };
            if let Some(text) = text {
                self.add(&path, text);
                if tool != "cargo" {
                    continue;
                }
            }
            for (name, lint) in lints {
                let keys = lint.config().into_iter().flat_map(|config| config.keys());
                // This one rustc reads.
                let is_read = |key: &str| tool == "rust" && name == "unexpected_cfgs" && key == "check-cfg";
                for key in keys.filter(|key| !is_read(key)) {
                    let path: Vec<&str> = path.iter().copied().chain([name.as_str(), key]).collect();
                    self.unused(&path);
                }
            }
        }
    }

    fn profiles(&mut self) {
        for (name, profile) in self.manifest.tables.profile.iter().flat_map(|profiles| &profiles.0) {
            match name.as_str() {
                "doc" => self.add(
                    &["profile", "doc"],
                    "profile `doc` has no effect: leave it out".to_owned(),
                ),
                "test" | "bench" if profile.panic.is_some() => self.add(
                    &["profile", name, "panic"],
                    format!("`panic` has no effect in profile `{name}`: leave it out"),
                ),
                _ => {}
            }
        }
    }

    /// What `cfg(…)` names in vain.
    fn conditions(&mut self) {
        for name in self.manifest.tables.target.iter().flat_map(|tables| tables.keys()) {
            // One that can't be read is refused elsewhere.
            let Ok(platform) = name.parse::<Platform>() else {
                continue;
            };
            let mut texts = Vec::new();
            platform.check_cfg_attributes(&mut texts);
            for text in texts {
                self.add(&["target", name], text);
            }
        }
    }

    /// Tables of a member that Cargo reads in the root's manifest alone.
    fn of_the_root(&mut self) {
        let tables = &self.manifest.tables;
        let given = [
            ("profile", tables.profile.is_some()),
            ("patch", tables.patch.as_ref().is_some_and(|table| !table.is_empty())),
            (
                "replace",
                tables.replace.as_ref().is_some_and(|table| !table.is_empty()),
            ),
        ];
        for (key, _) in given.into_iter().filter(|(_, is_given)| *is_given) {
            self.add(
                &[key],
                format!("[{key}] of a member is not heeded: write it into the manifest of the workspace's root"),
            );
        }
    }

    fn package(&mut self, edition: Edition, workspace: Option<&TomlWorkspace>) {
        let manifest = self.manifest;
        let shared = workspace.and_then(|workspace| workspace.dependencies.as_ref());
        // From that edition on they are refused.
        if edition < Edition::E2024 {
            for old in old_spellings(&manifest.tables, shared) {
                let path: Vec<&str> = old.path.clone();
                let place = if old.is_of_workspace {
                    " in the workspace's entry"
                } else {
                    ""
                };
                self.add(
                    &path,
                    format!(
                        "`{}`{place} is an old spelling, which edition 2024 does not know: write `{}`",
                        old.old, old.new
                    ),
                );
            }
        }
        if manifest
            .tables
            .features()
            .is_some_and(|features| features.keys().any(|name| name.as_str() == "default-features"))
        {
            self.add(
                &["features", "default-features"],
                "no feature named `default-features` is on by itself, only one named `default`: rename it if that is meant"
                    .to_owned(),
            );
        }
        for (table, name, dependency) in dependencies(&manifest.tables) {
            let entry = || table.iter().copied().chain([name]);
            let at = |key: &'static str| entry().chain([key]).collect::<Vec<&str>>();
            let is_public = match dependency {
                InheritableDependency::Value(TomlDependency::Detailed(dependency)) => {
                    if let Some(fragment) = dependency.git.as_ref().and_then(|git| Some(git.split_once('#')?.1)) {
                        self.add(
                            &at("git"),
                            format!(
                                "`#{fragment}` of the address of dependency `{name}` is not heeded: for a commit write `rev = \"{fragment}\"`"
                            ),
                        );
                    }
                    dependency.public.is_some()
                }
                InheritableDependency::Value(TomlDependency::Simple(_)) => false,
                InheritableDependency::Inherit(own) => {
                    let shared = shared.and_then(|list| list.iter().find(|(key, _)| key.as_str() == name));
                    let is_on = shared.is_some_and(|(_, shared)| shared.default_features() != Some(false));
                    if edition < Edition::E2024 && own.default_features() == Some(false) && is_on {
                        self.add(
                            &at("default-features"),
                            format!(
                                "`default-features = false` is not heeded for `{name}`, as `workspace.dependencies.{name}` has them on: write it there"
                            ),
                        );
                    }
                    own.public.is_some()
                }
            };
            if is_public {
                self.add(
                    &at("public"),
                    format!("`public` of dependency `{name}` is unstable in Cargo, and not heeded: leave it out"),
                );
            }
        }
    }
}
