//! Cargo's configuration, as far as it changes what is imported and where it comes from.
//!
//! The files and their precedence are those of the Cargo book, chapter Configuration: `.cargo/config.toml` in the workspace and every
//! folder above it, then `$CARGO_HOME/config.toml`, with `CARGO_*` environment variables over them.

mod error;
mod links;
mod load;
mod profiles;
mod rustflags;
mod sources;
#[cfg(test)]
mod tests;
mod tree;
mod unused;
mod variables;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

pub use error::Error;
pub use links::{ScriptOutput, ScriptOutputs};
pub use load::Environment;
pub(crate) use rustflags::{codegen_options, has_another_linker, without_other_linkers};
pub use sources::{DEFAULT_REGISTRY, GitReference, SourceDefinition, SourcePlace};

use tree::ConfigValue;

/// The files of a folder's configuration: of both Cargo takes the first.
pub(crate) const FILES: [&str; 2] = [".cargo/config", ".cargo/config.toml"];

/// A text that is never shown: a registry's token.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for the one request that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// A registry of the `[registries]` table, or `crates-io`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegistryDefinition {
    /// The index: a git URL, or `sparse+` and a URL.
    pub index: Option<String>,
    /// The token, if one is configured.
    pub token: Option<Secret>,
}

/// The `[http]` table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Http {
    /// `http.proxy`, or git's `http.proxy` is not looked at.
    pub proxy: Option<String>,
    /// Seconds without progress before a request fails.
    pub timeout: Option<u64>,
    /// A file of certificates in PEM form to trust in place of the system's.
    pub cainfo: Option<PathBuf>,
    /// What requests call themselves.
    pub user_agent: Option<String>,
}

/// The `[net]` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Net {
    /// Never use the network.
    pub offline: bool,
    /// How often a failed request is repeated.
    pub retry: u64,
    /// Use the `git` program and its settings; dyrust always does.
    pub git_fetch_with_cli: bool,
}

impl Default for Net {
    fn default() -> Self {
        Self {
            offline: false,
            retry: 3,
            git_fetch_with_cli: false,
        }
    }
}

/// An entry of a `[patch]` table in a configuration file.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfigPatch {
    /// The patched source: `crates-io`, a registry's name, or a URL.
    pub source: String,
    /// The key in the table: the name of the dependency.
    pub name: String,
    /// The dependency, as in a manifest.
    pub dependency: toml::Value,
    /// The folder that a relative `path` of it starts from.
    pub base: PathBuf,
    /// The file or variable that it was defined in.
    pub origin: String,
}

/// Cargo's configuration for one workspace.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Cargo's own folder, `$CARGO_HOME` or `~/.cargo`.
    pub cargo_home: PathBuf,
    /// dyrust's folder for what can be made again: `$XDG_CACHE_HOME/dyrust` or `~/.cache/dyrust`.
    pub cache: PathBuf,
    /// The files of the workspace and the folders above it that were read, the closest first; not the one in Cargo's folder.
    pub files: Vec<PathBuf>,
    /// The registries by name; `crates-io` is among them only if something is configured for it.
    pub registries: BTreeMap<String, RegistryDefinition>,
    /// The `[source]` tables by name.
    pub sources: BTreeMap<String, SourceDefinition>,
    /// The `[patch]` tables.
    pub patches: Vec<ConfigPatch>,
    /// The `[http]` table.
    pub http: Http,
    /// The `[net]` table.
    pub net: Net,
    /// The folder that the configuration was loaded for.
    pub workspace_root: PathBuf,
    environment: Environment,
    tree: ConfigValue,
}

impl Config {
    /// Loads the configuration that Cargo would use in `workspace_root` with this process's environment.
    pub fn load(workspace_root: &Path) -> Result<Self, Error> {
        Self::load_in(workspace_root, Environment::current())
    }

    /// Loads the configuration with the given environment variables.
    pub fn load_in(workspace_root: &Path, environment: Environment) -> Result<Self, Error> {
        let workspace_root = std::path::absolute(workspace_root).map_err(|reason| Error::Unreadable {
            file: workspace_root.to_path_buf(),
            reason,
        })?;
        let home = home(&environment);
        let cargo_home = match environment.get("CARGO_HOME").filter(|folder| !folder.is_empty()) {
            Some(folder) => workspace_root.join(folder),
            None => home.as_ref().ok_or(Error::NoHome)?.join(".cargo"),
        };
        let cache = match environment
            .get("XDG_CACHE_HOME")
            .map(Path::new)
            .filter(|folder| folder.is_absolute())
        {
            Some(folder) => folder.join("dyrust"),
            None => home.unwrap_or_else(|| cargo_home.clone()).join(".cache/dyrust"),
        };
        let load::LoadedConfig { tree, files } = load::files(&workspace_root, &cargo_home)?;
        let config = Self {
            cargo_home,
            cache,
            files,
            workspace_root,
            environment,
            tree,
            ..Self::default()
        };
        config.read_tables()
    }

    /// The configuration of one file's text alone, of a user who has nothing else. What it includes is refused: the file may be of an
    /// archive, and this machine's files are none of its business.
    pub(crate) fn of_text(text: &str, file: &Path) -> Result<Self, Error> {
        let config = Self {
            files: vec![file.to_path_buf()],
            tree: load::parse_alone(text, file)?,
            ..Self::default()
        };
        config.read_tables()
    }

    /// The configuration of a repository that is checked out in a folder, of a user who has nothing else; messages call the folder
    /// `location`. None where the repository has none.
    pub(crate) fn of_repository(folder: &Path, location: &str) -> Result<Option<Self>, Error> {
        let Some((name, text)) = load::text_in(folder)? else {
            return Ok(None);
        };
        let file = format!("{location}{name}");
        Self::of_text(&text, Path::new(&file)).map(Some)
    }

    /// Fills the fields that are made from the files' tables.
    fn read_tables(mut self) -> Result<Self, Error> {
        let config = &mut self;
        config.registries = config.read_registries()?;
        config.sources = config.read_sources()?;
        config.patches = config.read_patches()?;
        config.http = config.read_http()?;
        config.net = config.read_net()?;
        Ok(self)
    }

    /// The environment variables that the configuration was loaded with.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The merged value at a path of keys, without environment variables; for tables that have no field here.
    pub fn value(&self, path: &[&str]) -> Option<toml::Value> {
        self.tree.get(path).map(ConfigValue::value)
    }

    /// Refuses what would change the packages in a way that the lock does not say.
    ///
    /// # Errors
    /// When `paths` names folders (Cargo book, chapter Overriding Dependencies).
    pub fn refuse_path_overrides(&self) -> Result<(), Error> {
        let origin = match self.environment.for_key(&["paths"]) {
            Some((variable, _)) => format!("environment variable {variable}"),
            None => match self.tree.get(&["paths"]) {
                Some(ConfigValue::List(items)) if items.is_empty() => return Ok(()),
                Some(node) => node.origin().map(ToString::to_string).unwrap_or_default(),
                None => return Ok(()),
            },
        };
        Err(Error::Paths { origin })
    }

    fn read_patches(&self) -> Result<Vec<ConfigPatch>, Error> {
        let mut patches = Vec::new();
        for (source, _) in self.tree.table(&["patch"])? {
            for (name, node) in self.tree.table(&["patch", source])? {
                let origin = node.origin();
                patches.push(ConfigPatch {
                    source: source.to_owned(),
                    name: name.to_owned(),
                    dependency: node.value(),
                    base: origin.map_or_else(|| self.workspace_root.clone(), |origin| origin.base()),
                    origin: origin.map(ToString::to_string).unwrap_or_default(),
                });
            }
        }
        Ok(patches)
    }

    fn read_http(&self) -> Result<Http, Error> {
        let cainfo = match self.environment.for_key(&["http", "cainfo"]) {
            Some((_, file)) => Some(self.workspace_root.join(file)),
            None => self
                .tree
                .text(&["http", "cainfo"])?
                .map(|(file, origin)| origin.base().join(file)),
        };
        Ok(Http {
            proxy: self.text(&["http", "proxy"])?.filter(|proxy| !proxy.is_empty()),
            timeout: match self.number(&["http", "timeout"])? {
                Some(timeout) => Some(timeout),
                None => self
                    .environment
                    .get("HTTP_TIMEOUT")
                    .and_then(|timeout| timeout.parse().ok()),
            },
            cainfo,
            user_agent: self.text(&["http", "user-agent"])?,
        })
    }

    fn read_net(&self) -> Result<Net, Error> {
        let default = Net::default();
        Ok(Net {
            offline: self.boolean(&["net", "offline"])?.unwrap_or(default.offline),
            retry: self.number(&["net", "retry"])?.unwrap_or(default.retry),
            git_fetch_with_cli: self
                .boolean(&["net", "git-fetch-with-cli"])?
                .unwrap_or(default.git_fetch_with_cli),
        })
    }

    /// Where the lock is, if not beside the workspace's manifest: `resolver.lockfile-path`, which Cargo takes since 1.97.
    ///
    /// # Errors
    /// When it is no path to a `Cargo.lock`, or has a template in it.
    pub fn lockfile_path(&self) -> Result<Option<PathBuf>, Error> {
        const KEY: [&str; 2] = ["resolver", "lockfile-path"];
        const EXPECTED: &str = "a path that ends in Cargo.lock, without { and }";
        let is_right = |path: &str| {
            Path::new(path).file_name().is_some_and(|name| name == "Cargo.lock") && !path.contains(['{', '}'])
        };
        if let Some((variable, path)) = self.environment.for_key(&KEY) {
            if !is_right(path) {
                return Err(wrong_variable(&variable, &KEY, EXPECTED, path));
            }
            // Of a variable it is relative to the current folder.
            return Ok(Some(std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path))));
        }
        let Some((path, origin)) = self.tree.text(&KEY)? else {
            return Ok(None);
        };
        if !is_right(path) {
            let node = self.tree.get(&KEY).cloned().unwrap_or_default();
            return Err(node.wrong(&KEY, EXPECTED));
        }
        Ok(Some(origin.base().join(path)))
    }

    /// A string, from its environment variable or the files.
    fn text(&self, path: &[&str]) -> Result<Option<String>, Error> {
        match self.environment.for_key(path) {
            Some((_, value)) => Ok(Some(value.to_owned())),
            None => Ok(self.tree.text(path)?.map(|(text, _)| text.to_owned())),
        }
    }

    /// A boolean, from its environment variable or the files.
    fn boolean(&self, path: &[&str]) -> Result<Option<bool>, Error> {
        match self.environment.for_key(path) {
            Some((variable, value)) => match value.parse() {
                Ok(value) => Ok(Some(value)),
                Err(_) => Err(wrong_variable(&variable, path, "true or false", value)),
            },
            None => self.tree.boolean(path),
        }
    }

    /// A whole number, from its environment variable or the files.
    fn number(&self, path: &[&str]) -> Result<Option<u64>, Error> {
        match self.environment.for_key(path) {
            Some((variable, value)) => match value.parse() {
                Ok(value) => Ok(Some(value)),
                Err(_) => Err(wrong_variable(&variable, path, "a whole number", value)),
            },
            None => self.tree.number(path),
        }
    }
}

/// The error for an environment variable of another type than expected.
fn wrong_variable(variable: &str, path: &[&str], expected: &'static str, value: &str) -> Error {
    Error::Type {
        origin: format!("environment variable {variable}"),
        key: path.join("."),
        expected,
        found: format!("`{value}`"),
    }
}

/// The user's home folder.
fn home(environment: &Environment) -> Option<PathBuf> {
    match environment.get("HOME").filter(|home| !home.is_empty()) {
        Some(home) => Some(PathBuf::from(home)),
        None => std::env::home_dir().filter(|home| !home.as_os_str().is_empty()),
    }
}
