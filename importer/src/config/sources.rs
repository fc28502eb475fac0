//! Registries, their tokens, and source replacement.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::tree::ConfigValue;
use super::{Config, Error, RegistryDefinition, Secret, load};

/// The name of the default registry in Cargo's configuration.
pub const DEFAULT_REGISTRY: &str = "crates-io";

/// Which commit of a git repository is meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum GitReference {
    /// The remote's HEAD.
    Default,
    /// The head of a branch.
    Branch(String),
    /// A tag.
    Tag(String),
    /// A commit, or a reference in any other form.
    Rev(String),
}

/// Where a `[source]` is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourcePlace {
    /// A registry's index: a git URL, or `sparse+` and a URL.
    Registry(String),
    /// A local registry: a folder with an `index` folder and `.crate` files.
    LocalRegistry(PathBuf),
    /// A folder of unpacked packages, as `cargo vendor` makes it.
    Directory(PathBuf),
    /// A git repository.
    Git(String, GitReference),
}

/// A `[source]` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceDefinition {
    /// Where it is; nothing for `crates-io` if only `replace-with` is given.
    pub place: Option<SourcePlace>,
    /// The source or registry that is used in its place.
    pub replace_with: Option<String>,
    /// The file that defines it.
    pub origin: String,
}

impl Config {
    pub(super) fn read_registries(&self) -> Result<BTreeMap<String, RegistryDefinition>, Error> {
        let credentials = match load::existing(&self.cargo_home, "credentials") {
            Some(file) => load::read(&file, &mut Vec::new(), &mut Vec::new())?,
            None => ConfigValue::default(),
        };
        let mut names: Vec<String> = Vec::new();
        for tree in [&self.tree, &credentials] {
            names.extend(
                tree.table(&["registries"])?
                    .into_iter()
                    .map(|(name, _)| name.to_owned()),
            );
        }
        names.push(DEFAULT_REGISTRY.to_owned());
        let mut registries = BTreeMap::new();
        for name in names {
            let index = self.text(&["registries", &name, "index"])?;
            let token = self.token(&credentials, &name)?;
            if index.is_some() || token.is_some() {
                registries.insert(name, RegistryDefinition { index, token });
            }
        }
        Ok(registries)
    }

    /// A registry of this name, from the files, or from `CARGO_REGISTRIES_<NAME>_INDEX` alone.
    pub fn registry(&self, name: &str) -> Result<Option<RegistryDefinition>, Error> {
        if let Some(registry) = self.registries.get(name) {
            return Ok(Some(registry.clone()));
        }
        Ok(self
            .text(&["registries", name, "index"])?
            .map(|index| RegistryDefinition {
                index: Some(index),
                token: self.token(&ConfigValue::default(), name).ok().flatten(),
            }))
    }

    /// The token of a registry that variables alone tell of, as in continuous integration: `CARGO_REGISTRIES_<NAME>_INDEX` has its index, and
    /// Cargo takes the token that goes by the same name.
    pub(crate) fn token_by_variables(&self, is_index: impl Fn(&str) -> bool) -> Option<Secret> {
        let mut names = self.environment.registries().filter(|(_, index)| is_index(index));
        names.find_map(|(name, _)| self.token(&ConfigValue::default(), name).ok().flatten())
    }

    fn token(&self, credentials: &ConfigValue, name: &str) -> Result<Option<Secret>, Error> {
        let mut paths = vec![vec!["registries", name, "token"]];
        if name == DEFAULT_REGISTRY {
            paths.insert(0, vec!["registry", "token"]);
        }
        for path in paths {
            let token = match self.text(&path)? {
                Some(token) => Some(token),
                None => credentials.text(&path)?.map(|(token, _)| token.to_owned()),
            };
            if token.is_some() {
                return Ok(token.map(Secret));
            }
        }
        Ok(None)
    }

    pub(super) fn read_sources(&self) -> Result<BTreeMap<String, SourceDefinition>, Error> {
        let mut sources = BTreeMap::new();
        for (name, node) in self.tree.table(&["source"])? {
            let text = |key: &str| self.tree.text(&["source", name, key]);
            let mut places = Vec::new();
            if let Some((index, _)) = text("registry")? {
                places.push(SourcePlace::Registry(index.to_owned()));
            }
            if let Some((folder, origin)) = text("local-registry")? {
                places.push(SourcePlace::LocalRegistry(origin.base().join(folder)));
            }
            if let Some((folder, origin)) = text("directory")? {
                places.push(SourcePlace::Directory(origin.base().join(folder)));
            }
            if let Some((url, _)) = text("git")? {
                let reference = match (text("branch")?, text("tag")?, text("rev")?) {
                    (Some((branch, _)), _, _) => GitReference::Branch(branch.to_owned()),
                    (None, Some((tag, _)), _) => GitReference::Tag(tag.to_owned()),
                    (None, None, Some((rev, _))) => GitReference::Rev(rev.to_owned()),
                    (None, None, None) => GitReference::Default,
                };
                places.push(SourcePlace::Git(url.to_owned(), reference));
            }
            let origin = node.origin().map(ToString::to_string).unwrap_or_default();
            if places.len() > 1 || (places.is_empty() && name != DEFAULT_REGISTRY) {
                return Err(Error::SourcePlace {
                    origin,
                    name: name.to_owned(),
                    count: places.len(),
                });
            }
            let definition = SourceDefinition {
                place: places.pop(),
                replace_with: text("replace-with")?.map(|(name, _)| name.to_owned()),
                origin,
            };
            sources.insert(name.to_owned(), definition);
        }
        Ok(sources)
    }

    /// Follows `replace-with` from the source of this name; nothing if it is not replaced.
    pub fn replacement(&self, name: &str) -> Result<Option<SourcePlace>, Error> {
        let mut current = name;
        let mut passed = vec![name];
        let mut place = None;
        while let Some((definition, next)) = self
            .sources
            .get(current)
            .and_then(|d| Some((d, d.replace_with.as_deref()?)))
        {
            let origin = || definition.origin.clone();
            if passed.contains(&next) {
                return Err(Error::ReplacementCycle {
                    origin: origin(),
                    name: name.to_owned(),
                });
            }
            place = match self.sources.get(next) {
                Some(replacement) => replacement.place.clone(),
                None => match self.registry(next)?.and_then(|registry| registry.index) {
                    Some(index) => Some(SourcePlace::Registry(index)),
                    None => {
                        return Err(Error::UnknownReplacement {
                            origin: origin(),
                            name: current.to_owned(),
                            replacement: next.to_owned(),
                        });
                    }
                },
            };
            passed.push(next);
            current = next;
        }
        Ok(place)
    }
}
