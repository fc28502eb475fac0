//! Registries: the default one and those of Cargo's configuration.

mod package;
mod published;
mod store;
mod template;

use std::path::PathBuf;
use std::sync::OnceLock;

use tame_index::index::IndexConfig;
use tame_index::utils::url_to_local_dir;
use tame_index::{CRATES_IO_HTTP_INDEX, CRATES_IO_INDEX};

use super::Error;
use super::http::Client;
use crate::config::{Config, DEFAULT_REGISTRY, Secret};

pub(super) use package::Wanted;
pub use published::Published;
pub(super) use store::Store;

/// One registry.
#[derive(Debug)]
pub(super) struct Registry<'a> {
    config: &'a Config,
    client: &'a Client<'a>,
    store: &'a Store,
    /// `sparse+URL`, or the URL of a git index.
    index: String,
    /// Its name in Cargo's configuration, or one made from its address; `crates-io` for the default one.
    name: String,
    /// The names that Cargo's folders for this registry can have, the newest form first.
    folders: Vec<String>,
    token: Option<Secret>,
    settings: OnceLock<IndexConfig>,
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
    pub(super) fn new(
        config: &'a Config,
        client: &'a Client<'a>,
        store: &'a Store,
        index: &str,
    ) -> Result<Self, Error> {
        let index = index.strip_prefix("registry+").unwrap_or(index);
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
        let name = if is_default(index) {
            DEFAULT_REGISTRY.to_owned()
        } else {
            let same = |other: &str| other.trim_end_matches('/') == index.trim_end_matches('/');
            let configured = config
                .registries
                .iter()
                .find(|(_, r)| r.index.as_deref().is_some_and(same));
            configured.map_or_else(|| name_from(index), |(name, _)| name.clone())
        };
        let token = config.registries.get(&name).and_then(|registry| registry.token.clone());
        Ok(Self {
            config,
            client,
            store,
            index: index.to_owned(),
            name,
            folders,
            token,
            settings: OnceLock::new(),
        })
    }

    /// Cargo's folders of one kind (`cache`, `src`, `index`) for this registry that may exist, the newest form first.
    fn folders(&self, kind: &str) -> impl Iterator<Item = PathBuf> {
        let base = self.config.cargo_home.join("registry").join(kind);
        self.folders.iter().map(move |folder| base.join(folder))
    }

    /// The URL of a sparse index, ending with `/`.
    fn sparse_url(&self) -> Option<String> {
        let url = self.index.strip_prefix("sparse+")?;
        Some(format!("{}/", url.trim_end_matches('/')))
    }

    /// The index's `config.json`: from Cargo's folder, else from the registry.
    fn settings(&self) -> Result<&IndexConfig, Error> {
        if let Some(settings) = self.settings.get() {
            return Ok(settings);
        }
        let cached = self
            .folders("index")
            .find_map(|folder| std::fs::read(folder.join("config.json")).ok());
        let settings = match cached {
            Some(bytes) => self.parse_settings(&bytes)?,
            None => self.download_settings()?,
        };
        Ok(self.settings.get_or_init(|| settings))
    }

    /// The index's `config.json` as the registry has it now.
    fn download_settings(&self) -> Result<IndexConfig, Error> {
        let url = self.sparse_url().ok_or_else(|| Error::UnknownRegistry {
            registry: self.index.clone(),
        })?;
        let address = format!("{url}config.json");
        // A token is shown to registries that ask for one, and to no others.
        let bytes = match self.client.small(&address, &self.name, None) {
            Err(Error::Forbidden { .. }) if self.token.is_some() => {
                self.client.small(&address, &self.name, self.token.as_ref())?
            }
            other => other?,
        };
        match bytes {
            Some(bytes) => self.parse_settings(&bytes),
            None => Err(Error::IndexConfig {
                index: self.index.clone(),
                reason: format!("{address} does not exist"),
            }),
        }
    }

    fn parse_settings(&self, bytes: &[u8]) -> Result<IndexConfig, Error> {
        serde_json::from_slice(bytes).map_err(|reason| Error::IndexConfig {
            index: self.index.clone(),
            reason: reason.to_string(),
        })
    }

    /// The token, if the registry wants one for everything.
    fn required_token(&self) -> Result<Option<&Secret>, Error> {
        Ok(if self.settings()?.auth_required {
            self.token.as_ref()
        } else {
            None
        })
    }

    /// What a pin says of this registry: nothing for the default one, else its name and download template.
    fn pinned(&self) -> Result<Option<(String, String)>, Error> {
        if self.name == DEFAULT_REGISTRY {
            return Ok(None);
        }
        Ok(Some((self.name.clone(), template::with_markers(&self.settings()?.dl))))
    }
}

/// A name for a registry that has none in Cargo's configuration: its address in letters, digits and `-`.
fn name_from(index: &str) -> String {
    let address = index.split_once("://").map_or(index, |(_, rest)| rest);
    let words: Vec<&str> = address
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.join("-").to_lowercase()
}
