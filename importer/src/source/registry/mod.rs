//! Registries: the default one and those of Cargo's configuration.

mod entry;
mod package;
mod published;
mod store;
mod template;
#[cfg(test)]
mod tests;
mod versions;

use std::cmp::Reverse;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use tame_index::index::IndexConfig;
use tame_index::utils::url_to_local_dir;
use tame_index::{CRATES_IO_HTTP_INDEX, CRATES_IO_INDEX};

use super::atomic::write_file;
use super::git_command::{GitConfig, git};
use super::http::Client;
use super::{Error, Pin};
use crate::config::{Config, DEFAULT_REGISTRY, Secret};

pub(super) use package::{RegistryPackage, read_archive_file};
pub use published::Published;
pub(super) use store::{Store, sha256_of};
pub use versions::IndexFile;

/// What all sources of one import share.
#[derive(Debug, Clone, Copy)]
pub(super) struct SourceContext<'a> {
    pub(super) config: &'a Config,
    pub(super) offline: bool,
    pub(super) client: &'a Client<'a>,
    pub(super) store: &'a Store,
}

/// One registry.
#[derive(Debug)]
pub(super) struct Registry<'a> {
    config: &'a Config,
    offline: bool,
    client: &'a Client<'a>,
    store: &'a Store,
    /// `sparse+URL`, or the URL of a git index.
    index: String,
    /// Its name in Cargo's configuration, or one made from its address; `crates-io` for the default one.
    name: String,
    /// What pins call it; nothing for the default registry.
    pinned_as: Option<String>,
    /// The local registry that has its `.crate` files, if it is replaced by one.
    local: Option<PathBuf>,
    /// The names that Cargo's folders for this registry can have, the newest form first.
    folders: Vec<String>,
    token: Option<Secret>,
    /// The index's `config.json` as it was kept on this machine.
    kept: OnceLock<IndexConfig>,
    /// … as the registry has it now; nothing if it did not tell.
    asked: OnceLock<Option<IndexConfig>>,
    asking: Mutex<()>,
    /// Whether what killed downloads left was removed.
    cleaned: OnceLock<()>,
}

/// Is this index, in any of its forms, the one of the default registry?
pub(super) fn is_default(index: &str) -> bool {
    let plain = |text: &str| text.trim_end_matches('/').trim_end_matches(".git").to_lowercase();
    [CRATES_IO_INDEX, CRATES_IO_HTTP_INDEX]
        .map(plain)
        .contains(&plain(index))
}

impl<'a> Registry<'a> {
    /// The registry of an index: `sparse+URL`, `registry+URL` or a plain URL of a git index.
    ///
    /// `mirror` is where its packages are fetched from if Cargo's configuration replaces it; pins name the registry itself.
    pub(super) fn new(
        SourceContext {
            config,
            offline,
            client,
            store,
        }: SourceContext<'a>,
        index: &str,
        mirror: Option<&Mirror>,
    ) -> Result<Self, Error> {
        let original = index.strip_prefix("registry+").unwrap_or(index);
        let (index, local) = match mirror {
            Some(Mirror::Registry(index)) => (index.strip_prefix("registry+").unwrap_or(index), None),
            Some(Mirror::Local(folder)) => (original, Some(folder.clone())),
            None => (original, None),
        };
        let (index, forms) = if is_default(index) {
            (CRATES_IO_HTTP_INDEX, vec![CRATES_IO_HTTP_INDEX, CRATES_IO_INDEX])
        } else {
            (index, vec![index])
        };
        let mut folders = Vec::new();
        for stable in [true, false] {
            for form in &forms {
                let folder = url_to_local_dir(form, stable).map_err(|reason| Error::IndexConfig {
                    index: index.to_owned(),
                    reason: reason.to_string(),
                })?;
                folders.push(folder.dir_name);
            }
        }
        let name = name_of(config, index);
        // As in Cargo, what variables say of an index comes first.
        let token = config.token_by_variables(|other| is_same(other, index));
        let token = token.or_else(|| config.registries.get(&name)?.token.clone());
        let pinned_as = if is_default(original) {
            None
        } else {
            Some(name_of(config, original))
        };
        let index = index.to_owned();
        Ok(Self {
            config,
            offline,
            client,
            store,
            index,
            name,
            pinned_as,
            folders,
            local,
            token,
            kept: OnceLock::new(),
            asked: OnceLock::new(),
            asking: Mutex::new(()),
            cleaned: OnceLock::new(),
        })
    }

    /// Cargo's folders of one kind (`cache`, `src`, `index`) for this registry that may exist, the newest form first.
    fn folders(&self, kind: &str) -> impl Iterator<Item = PathBuf> {
        let base = self.config.cargo_home.join("registry").join(kind);
        self.folders.iter().map(move |folder| base.join(folder))
    }

    /// The newest form of the folder's name, for what dyrust keeps itself.
    fn folder(&self) -> &str {
        self.folders.first().map_or(DEFAULT_REGISTRY, String::as_str)
    }

    /// The URL of a sparse index, ending with `/`.
    fn sparse_url(&self) -> Option<String> {
        let url = self.index.strip_prefix("sparse+")?;
        Some(format!("{}/", url.trim_end_matches('/')))
    }

    /// The index's `config.json`: as it is kept on this machine, else from the registry. What is older than a day is asked for again, once
    /// a day; where the registry does not answer, it counts.
    fn settings(&self) -> Result<&IndexConfig, Error> {
        if let Some(settings) = self.known_settings() {
            return Ok(settings);
        }
        // The first of many threads asks, the others wait for its answer.
        let _asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(settings) = self.known_settings() {
            return Ok(settings);
        }
        let Some(kept) = self.kept_settings() else {
            let settings = self.asked_settings()?;
            return Ok(self.kept.get_or_init(|| settings));
        };
        if kept.is_old && !self.offline && self.local.is_none() {
            let asked = self.asked.get_or_init(|| self.asked_settings().ok());
            if let Some(settings) = asked {
                return Ok(settings);
            }
            let _ = write_file(&self.own_settings(), &kept.bytes);
        }
        Ok(self.kept.get_or_init(|| kept.settings))
    }

    fn known_settings(&self) -> Option<&IndexConfig> {
        self.asked.get().and_then(Option::as_ref).or_else(|| self.kept.get())
    }

    /// The settings as the registry has them now, if these, which led nowhere, are others: it may have moved, or want a token by now.
    fn other_settings(&self, tried: &IndexConfig) -> Option<&IndexConfig> {
        let _asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.asked.get_or_init(|| self.asked_settings().ok()).as_ref()?;
        (now.dl != tried.dl || now.auth_required != tried.auth_required).then_some(now)
    }

    /// Where dyrust keeps the settings itself.
    fn own_settings(&self) -> PathBuf {
        self.store.registries().join(self.folder()).join("config.json")
    }

    /// The newest of Cargo's copy of the settings and dyrust's.
    fn kept_settings(&self) -> Option<KeptSettings> {
        let cargo = self.folders("index").map(|folder| folder.join("config.json"));
        let files = newest_first(cargo.chain([self.own_settings()]));
        // A file that another cargo is just writing is as good as none.
        let mut kept = files.into_iter().filter_map(|(time, file)| {
            let bytes = std::fs::read(file).ok()?;
            Some(KeptSettings {
                settings: index_config(&bytes).ok()?,
                is_old: time.elapsed().is_ok_and(|age| age > A_DAY),
                bytes,
            })
        });
        kept.next().or_else(|| {
            let bytes = self.settings_of_repository()?;
            Some(KeptSettings {
                settings: index_config(&bytes).ok()?,
                is_old: false,
                bytes,
            })
        })
    }

    /// Asks the registry for its settings, and keeps them.
    fn asked_settings(&self) -> Result<IndexConfig, Error> {
        let bytes = match self.sparse_url() {
            Some(url) => self.download_settings(&url)?,
            None => self.git_settings()?,
        };
        let settings = self.parse_settings(&bytes)?;
        // Only for the next time: where it cannot be written, it is asked for again.
        let _ = write_file(&self.own_settings(), &bytes);
        Ok(settings)
    }

    /// A sparse index's `config.json` as the registry has it now.
    fn download_settings(&self, url: &str) -> Result<Vec<u8>, Error> {
        self.online()?;
        let address = format!("{url}config.json");
        // A token is shown to registries that ask for one, and to no others.
        let bytes = match self.client.small(&address, &self.name, None) {
            Err(Error::Forbidden { .. }) if self.token.is_some() => {
                self.client.small(&address, &self.name, self.token.as_ref())?
            }
            other => other?,
        };
        bytes.ok_or_else(|| self.wrong_settings(format!("{address} does not exist")))
    }

    /// A git index's `config.json` in Cargo's copy of the repository.
    fn settings_of_repository(&self) -> Option<Vec<u8>> {
        let mut folders = self.folders("index").filter(|folder| folder.join(".git").is_dir());
        folders.find_map(|folder| {
            let mut heads = ["refs/remotes/origin/HEAD", "HEAD", "FETCH_HEAD"].into_iter();
            heads.find_map(|head| {
                git(&folder, GitConfig::None, ["show", &format!("{head}:config.json")])
                    .ok()?
                    .ok()
            })
        })
    }

    /// A git index's `config.json` as the remote has it now.
    fn git_settings(&self) -> Result<Vec<u8>, Error> {
        self.online()?;
        let temporary = tempfile::tempdir().map_err(|reason| Error::Io {
            doing: "writing",
            file: std::env::temp_dir(),
            reason,
        })?;
        let folder = temporary.path();
        let failed = |reason: String| Error::Network {
            address: self.index.clone(),
            reason,
        };
        git(folder, GitConfig::None, ["init", "--quiet", "--template="])?.map_err(failed)?;
        let fetch = [
            "fetch",
            "--quiet",
            "--no-tags",
            "--depth=1",
            "--end-of-options",
            &self.index,
            "HEAD",
        ];
        git(folder, GitConfig::User, fetch)?.map_err(failed)?;
        git(folder, GitConfig::None, ["show", "FETCH_HEAD:config.json"])?.map_err(|reason| self.wrong_settings(reason))
    }

    /// The error where the network would be needed but must not be used.
    fn online(&self) -> Result<(), Error> {
        if self.offline {
            Err(Error::OfflineRegistry {
                index: self.index.clone(),
            })
        } else {
            Ok(())
        }
    }

    fn wrong_settings(&self, reason: String) -> Error {
        Error::IndexConfig {
            index: self.index.clone(),
            reason,
        }
    }

    fn parse_settings(&self, bytes: &[u8]) -> Result<IndexConfig, Error> {
        index_config(bytes).map_err(|reason| Error::IndexConfig {
            index: self.index.clone(),
            reason: reason.to_string(),
        })
    }

    /// The token, if the registry wants one for everything.
    fn required_token(&self, settings: &IndexConfig) -> Option<&Secret> {
        self.token.as_ref().filter(|_| settings.auth_required)
    }

    /// Asks for something with the registry's settings, and once more if it has others by now than those that are kept.
    fn with_settings<T>(&self, ask: impl Fn(&IndexConfig) -> Result<T, Error>) -> Result<T, Error> {
        let settings = self.settings()?;
        match ask(settings) {
            Err(error @ (Error::Vanished { .. } | Error::Forbidden { .. })) => match self.other_settings(settings) {
                Some(settings) => ask(settings),
                None => Err(error),
            },
            other => other,
        }
    }

    /// What a pin says of this registry: nothing for the default one, else its name and download template.
    fn pinned(&self) -> Result<Option<(String, String)>, Error> {
        match &self.pinned_as {
            None => Ok(None),
            Some(name) => Ok(Some((name.clone(), template::with_markers(&self.settings()?.dl)))),
        }
    }

    /// Corrects a pin that was made before the registry was found to have moved.
    pub(super) fn correct(&self, pin: &mut Pin) {
        if let (
            Pin::Registry {
                registry: Some((_, template)),
                ..
            },
            Some(Some(now)),
        ) = (pin, self.asked.get())
        {
            *template = template::with_markers(&now.dl);
        }
    }
}

/// Reads a `config.json`. Cargo takes `null` for a key that is not there.
fn index_config(bytes: &[u8]) -> serde_json::Result<IndexConfig> {
    let mut value: serde_json::Value = serde_json::from_slice(bytes)?;
    if let Some(keys) = value.as_object_mut() {
        keys.retain(|_, value| !value.is_null());
    }
    serde_json::from_value(value)
}

/// Settings that are kept on this machine.
struct KeptSettings {
    settings: IndexConfig,
    bytes: Vec<u8>,
    is_old: bool,
}

/// How long settings are taken for what the registry has.
const A_DAY: Duration = Duration::from_secs(24 * 3600);

/// Those of the files that are there, with the times of their last change.
fn newest_first(files: impl Iterator<Item = PathBuf>) -> Vec<(SystemTime, PathBuf)> {
    let mut found: Vec<_> = files
        .filter_map(|file| Some((std::fs::metadata(&file).ok()?.modified().ok()?, file)))
        .collect();
    found.sort_by_key(|(time, _)| Reverse(*time));
    found
}

/// What Cargo's configuration puts in the place of a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mirror {
    /// Another registry's index.
    Registry(String),
    /// A local registry's folder.
    Local(PathBuf),
}

/// Are two indexes one?
fn is_same(index: &str, other: &str) -> bool {
    let plain = |index: &str| {
        index
            .strip_prefix("registry+")
            .unwrap_or(index)
            .trim_end_matches('/')
            .to_owned()
    };
    plain(index) == plain(other)
}

/// A registry's name in Cargo's configuration, or one made from its address in letters, digits and `-`.
fn name_of(config: &Config, index: &str) -> String {
    if is_default(index) {
        return DEFAULT_REGISTRY.to_owned();
    }
    if let Some((name, _)) = config
        .registries
        .iter()
        .find(|(_, r)| r.index.as_deref().is_some_and(|other| is_same(other, index)))
    {
        return name.clone();
    }
    let address = index.split_once("://").map_or(index, |(_, rest)| rest);
    let words: Vec<&str> = address
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.join("-").to_lowercase()
}
