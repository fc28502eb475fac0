//! Fetches packages from wherever the lock and Cargo's configuration say they are.

use std::collections::BTreeMap;
use std::path::PathBuf;

use tame_index::CRATES_IO_INDEX;

use super::http::{CONNECTIONS, Client};
use super::parallel;
use super::progress::Progress;
use super::registry::{Registry, Store, Wanted};
use super::{Error, Fetched, PackageName, Published, Request, hex};
use crate::config::Config;

/// How packages are fetched.
#[derive(Debug, Clone, Default)]
pub struct FetchOptions {
    /// Never use the network, even where Cargo's configuration allows it.
    pub offline: bool,
}

/// Fetches packages; keeps what it learns of registries between calls.
pub struct Fetcher<'a> {
    config: &'a Config,
    offline: bool,
    progress: &'a dyn Progress,
    client: Client<'a>,
    store: Store,
}

impl<'a> Fetcher<'a> {
    /// A fetcher that does what `config` says; nothing is read or asked for yet.
    pub fn new(config: &'a Config, options: FetchOptions, progress: &'a dyn Progress) -> Self {
        Self {
            config,
            offline: options.offline || config.net.offline,
            progress,
            client: Client::new(config),
            store: Store::new(config.cache.clone()),
        }
    }

    /// Fetches packages, in the order of the requests: from Cargo's caches, and what is not there in parallel from the network.
    ///
    /// Every `.crate` file is verified against the lock's checksum. Of several errors the first is returned.
    pub fn fetch(&self, requests: &[Request]) -> Result<Vec<Fetched>, Error> {
        self.each(
            requests,
            |registry, wanted| registry.local(wanted),
            |registry, wanted| registry.download(wanted),
        )
    }

    /// The verified `.crate` files of registry packages, in the order of the requests; for seeding stores.
    pub fn archives(&self, requests: &[Request]) -> Result<Vec<PathBuf>, Error> {
        self.each(
            requests,
            |registry, wanted| registry.local_archive(wanted),
            |registry, wanted| registry.download_archive(wanted),
        )
    }

    /// Fetches a published package of the default registry, of exactly this version, with its own `Cargo.lock`.
    pub fn fetch_crate(&self, name: &str, version: &str) -> Result<Published, Error> {
        let registry = Registry::new(self.config, &self.client, &self.store, CRATES_IO_INDEX)?;
        let published = registry.published(name, version, self.offline);
        self.store.save();
        published
    }

    /// Gets something of every package: what is on this machine first, then the rest from the network.
    fn each<T: Send>(
        &self,
        requests: &[Request],
        local: impl Fn(&Registry<'_>, &Wanted) -> Result<Option<T>, Error> + Sync,
        download: impl Fn(&Registry<'_>, &Wanted) -> Result<T, Error> + Sync,
    ) -> Result<Vec<T>, Error> {
        let mut registries = BTreeMap::new();
        for request in requests {
            let package = package_name(request);
            if !request.source.starts_with("registry+") && !request.source.starts_with("sparse+") {
                return Err(Error::UnknownSource {
                    package,
                    source_text: request.source.clone(),
                });
            }
            if !registries.contains_key(request.source.as_str()) {
                let registry = Registry::new(self.config, &self.client, &self.store, &request.source)?;
                registries.insert(request.source.as_str(), registry);
            }
        }
        let mut jobs = Vec::with_capacity(requests.len());
        for request in requests {
            if let Some(registry) = registries.get(request.source.as_str()) {
                jobs.push((registry, wanted(request)?));
            }
        }
        let found = parallel::map(&jobs, parallel::processors(), |(registry, wanted)| {
            local(registry, wanted)
        });
        self.store.save();
        let found = found?;
        let missing: Vec<_> = jobs
            .iter()
            .zip(&found)
            .filter(|(_, found)| found.is_none())
            .map(|(job, _)| job)
            .collect();
        let mut downloaded = self.download(&missing, download)?.into_iter();
        Ok(found
            .into_iter()
            .filter_map(|found| found.or_else(|| downloaded.next()))
            .collect())
    }

    fn download<T: Send>(
        &self,
        jobs: &[&(&Registry<'_>, Wanted)],
        download: impl Fn(&Registry<'_>, &Wanted) -> Result<T, Error> + Sync,
    ) -> Result<Vec<T>, Error> {
        let Some((registry, wanted)) = jobs.first() else {
            return Ok(Vec::new());
        };
        if self.offline {
            return Err(registry.why_offline(wanted));
        }
        self.progress.begin("downloading", jobs.len());
        let downloaded = parallel::map(jobs, CONNECTIONS, |(registry, wanted)| {
            let downloaded = download(registry, wanted)?;
            self.progress.step(&wanted.package.to_string());
            Ok(downloaded)
        });
        self.progress.end();
        self.store.save();
        downloaded
    }
}

fn package_name(request: &Request) -> PackageName {
    PackageName {
        name: request.name.clone(),
        version: request.version.clone(),
    }
}

/// What the lock says of a registry's package.
fn wanted(request: &Request) -> Result<Wanted, Error> {
    let package = package_name(request);
    let Some(checksum) = &request.checksum else {
        return Err(Error::NoChecksum { package });
    };
    let sha256 = checksum.to_lowercase();
    if !hex::is_sha256(&sha256) {
        return Err(Error::InvalidChecksum {
            package,
            found: checksum.clone(),
        });
    }
    Ok(Wanted { package, sha256 })
}
