//! A published program, with its own lock.

use super::super::{Error, Fetched, PackageName, archive, hex};
use super::package::read_archive_file;
use super::{Registry, RegistryPackage};
use crate::config;

/// What the configuration is called in the memory. (`config` was what only the second of the files said.)
const REMEMBERED: &str = "configuration";

/// A package of the registry that was asked for by name and version.
#[derive(Debug, Clone)]
pub struct Published {
    /// Its name and version.
    pub package: PackageName,
    /// Hex sha256 of its `.crate` file, from the registry's index.
    pub sha256: String,
    /// Was it withdrawn by its authors? It can still be had.
    pub yanked: bool,
    /// Its manifest, files and pin.
    pub fetched: Fetched,
    /// The text of its `Cargo.lock`.
    pub lock: String,
    /// The text of its `.cargo/config` or `.cargo/config.toml`, empty if it has none: what `cargo build` in its unpacked folder would go by.
    pub configuration: String,
}

/// A version in the registry's index.
#[derive(Debug)]
struct PublishedVersion {
    version: String,
    sha256: String,
    yanked: bool,
}

impl Registry<'_> {
    /// A published package of exactly this version.
    pub(in super::super) fn published(&self, name: &str, version: &str) -> Result<Published, Error> {
        let package = PackageName::new(name, version)?;
        let entry = self.version(&package)?;
        let wanted = RegistryPackage {
            package: package.clone(),
            sha256: entry.sha256.clone(),
            dependency: false,
        };
        let fetched = match self.local(&wanted)? {
            Some(fetched) => fetched,
            None if self.offline => return Err(self.why_offline(&wanted)),
            None => self.download(&wanted)?,
        };
        let remembered = |which| self.store.recall_text(&wanted.sha256, which);
        let (lock, configuration) = match (remembered("lock"), remembered(REMEMBERED)) {
            (Some(lock), Some(configuration)) => (lock, configuration),
            _ => self.lock_and_configuration(&wanted)?,
        };
        Ok(Published {
            package,
            sha256: entry.sha256,
            yanked: entry.yanked,
            fetched,
            lock,
            configuration,
        })
    }

    /// The `Cargo.lock` and the configuration in a package's `.crate` file.
    fn lock_and_configuration(&self, wanted: &RegistryPackage) -> Result<(String, String), Error> {
        let archive = match self.local_archive(wanted)? {
            Some(archive) => archive,
            None if self.offline => return Err(self.why_offline(wanted)),
            None => self.download_archive(wanted)?,
        };
        let package = &wanted.package;
        let [old_name, new_name] = config::FILES;
        let wanted_texts = ["Cargo.lock", old_name, new_name];
        let archive::Archive { mut texts, .. } = read_archive_file(package, &archive, &wanted_texts)?;
        let Some(lock) = texts.remove("Cargo.lock") else {
            let package = package.clone();
            return Err(Error::NoLock { package });
        };
        let configuration = config::FILES.iter().find_map(|file| texts.remove(*file));
        let configuration = configuration.unwrap_or_default();
        self.store.remember_text(&wanted.sha256, "lock", &lock);
        self.store.remember_text(&wanted.sha256, REMEMBERED, &configuration);
        Ok((lock, configuration))
    }

    /// The index's entry of a version, which never changes but for being yanked: as remembered, else from Cargo's copy of the index, else
    /// from the registry.
    fn version(&self, package: &PackageName) -> Result<PublishedVersion, Error> {
        let PackageName { name, version } = package;
        if let Some((sha256, yanked)) = self.store.recall_version(self.folder(), package) {
            return Ok(PublishedVersion {
                version: version.clone(),
                sha256,
                yanked,
            });
        }
        let mut versions = self.cached_versions(name);
        if !versions.iter().any(|entry| entry.version == *version) {
            if self.offline && self.local.is_none() {
                return Err(Error::Offline {
                    package: package.clone(),
                });
            }
            versions = self.versions(name)?;
        }
        if let Some(entry) = versions
            .iter()
            .find(|entry| entry.version == *version && self.local.is_none())
        {
            self.store
                .remember_version(self.folder(), package, &entry.sha256, entry.yanked);
        }
        match versions.iter().position(|entry| entry.version == *version) {
            Some(index) => Ok(versions.swap_remove(index)),
            None => {
                let names: Vec<&str> = versions
                    .iter()
                    .rev()
                    .filter(|v| !v.yanked)
                    .map(|v| v.version.as_str())
                    .collect();
                let mut available = match names.is_empty() {
                    true => "none that may be used".to_owned(),
                    false => names.iter().take(8).copied().collect::<Vec<_>>().join(", "),
                };
                if names.len() > 8 {
                    available.push_str(&format!(" and {} older", names.len() - 8));
                }
                Err(Error::NoSuchVersion {
                    name: name.clone(),
                    version: version.clone(),
                    available,
                })
            }
        }
    }

    /// The versions in Cargo's copy of the index; none if it has no copy.
    fn cached_versions(&self, name: &str) -> Vec<PublishedVersion> {
        let version = |v: tame_index::IndexVersion| PublishedVersion {
            sha256: hex::encode(v.checksum()),
            version: v.version.to_string(),
            yanked: v.yanked,
        };
        let versions = self
            .cached_package(name)
            .map(|package| package.versions)
            .unwrap_or_default();
        versions.into_iter().map(version).collect()
    }

    /// The versions that the registry has now.
    fn versions(&self, name: &str) -> Result<Vec<PublishedVersion>, Error> {
        if self.local.is_none() && self.sparse_url().is_none() {
            let registry = self.index.clone();
            return Err(Error::UnknownRegistry { registry });
        }
        let Some(bytes) = self.index_file(name)? else {
            return Err(Error::NoSuchPackage { name: name.to_owned() });
        };
        let wrong = |reason: String| self.wrong_entry(name, reason);
        let text = std::str::from_utf8(&bytes).map_err(|reason| wrong(reason.to_string()))?;
        let mut versions = Vec::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let entry: serde_json::Value = serde_json::from_str(line).map_err(|reason| wrong(reason.to_string()))?;
            let field = |key: &str| entry.get(key).and_then(serde_json::Value::as_str).map(str::to_owned);
            // Entries of a later format than we know may lack them; Cargo passes over those too.
            if let (Some(version), Some(sha256)) = (field("vers"), field("cksum"))
                && hex::is_sha256(&sha256)
            {
                let yanked = entry
                    .get("yanked")
                    .and_then(serde_json::Value::as_bool)
                    .unwrap_or_default();
                versions.push(PublishedVersion {
                    version,
                    sha256,
                    yanked,
                });
            }
        }
        Ok(versions)
    }
}
