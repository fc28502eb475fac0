//! Fetches packages from wherever the lock and Cargo's configuration say they are.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::PathBuf;

use tame_index::CRATES_IO_INDEX;

use super::archive::SourceBytes;
use super::facts::{self, FactKind};
use super::git::{Checkout, GitSource, Tree};
use super::http::{CONNECTIONS, Client};
use super::origin::{Job, Origin};
use super::progress::Progress;
use super::registry::{IndexFile, Mirror, Registry, SourceContext, Store, read_archive_file};
use super::threads;
use super::{Error, Fetched, PackageName, Pin, Published, Request};
use crate::config::{Config, DEFAULT_REGISTRY, SourcePlace};
use crate::manifest::{DependencySource, Package};

/// How many repositories are fetched at the same time.
const REPOSITORIES: usize = 4;

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
            |origin, job| origin.known(job),
            |origin, job| origin.local(job),
            |origin, job| origin.download(job),
            |origin, fetched| origin.correct(&mut fetched.pin),
        )
    }

    /// Keeps for later imports what was made of a package that was fetched and is [`Fetched::lasting`].
    pub(crate) fn remember(&self, pin: &Pin, package: &Package) {
        // Whether these are taken depends on the version of Cargo; Cargo leaves them out when it publishes.
        let mut sources = package.dependencies.iter().map(|dependency| &dependency.source);
        let has_git = sources.any(|source| matches!(source, DependencySource::Git { .. }));
        if let Pin::Registry { sha256, .. } = pin
            && !has_git
        {
            facts::remember(self.store.folder(), sha256, FactKind::Package, package);
        }
    }

    /// What the pins stand for, in the order of the requests, for seeding stores: verified `.crate` files of registry packages,
    /// checked-out trees of git packages, folders of vendored ones.
    pub fn archives(&self, requests: &[Request]) -> Result<Vec<PathBuf>, Error> {
        self.each(
            requests,
            |_, _| None,
            |origin, job| origin.local_archive(job),
            |origin, job| origin.download_archive(job),
            |_, _| (),
        )
    }

    /// How much source published packages have, in the order of the requests; none where a package is not a `.crate` file, as where a
    /// folder of vendored ones takes the registry's place.
    ///
    /// # Errors
    /// Those of [`Fetcher::archives`].
    pub fn source_bytes(&self, requests: &[Request]) -> Result<Vec<Option<SourceBytes>>, Error> {
        let files = self.archives(requests)?;
        let both: Vec<_> = requests.iter().zip(files).collect();
        threads::map(&both, threads::processors(), |(request, file)| {
            if !file.is_file() {
                return Ok(None);
            }
            let package = PackageName::new(&request.name, &request.version)?;
            Ok(Some(read_archive_file(&package, file, &[])?.source))
        })
    }

    /// Fetches a published package of the default registry (or what replaces it), of exactly this version, with its own `Cargo.lock`.
    pub fn fetch_crate(&self, name: &str, version: &str) -> Result<Published, Error> {
        let published = self.default_registry()?.published(name, version);
        self.store.save();
        published
    }

    /// All versions of packages of the default registry (or what replaces it), in the order of the names; none where it has no such
    /// package. What this machine knows of them counts where `enough` says that it will do; the rest is asked for all at once.
    ///
    /// # Errors
    /// When the registry can't be asked. Without the network nothing is asked, and what is known has to do.
    pub fn versions(
        &self,
        names: &[&str],
        enough: impl Fn(&str, &IndexFile) -> bool + Sync,
    ) -> Result<Vec<Option<IndexFile>>, Error> {
        let registry = self.default_registry()?;
        let mut found = threads::map(names, threads::processors(), |name| {
            Ok::<_, Error>(registry.known_versions(name))
        })?;
        let is_enough = |at: &usize| found[*at].as_ref().is_some_and(|file| enough(names[*at], file));
        let missing: Vec<usize> = (0..names.len()).filter(|at| !is_enough(at)).collect();
        if self.offline || missing.is_empty() {
            return Ok(found);
        }
        self.progress.begin("looking up", missing.len());
        let asked = threads::map(&missing, CONNECTIONS, |at| {
            let file = registry.current_versions(names[*at])?;
            self.progress.step(names[*at]);
            Ok::<_, Error>(file)
        });
        self.progress.end();
        for (at, file) in missing.into_iter().zip(asked?) {
            if file.is_some() {
                found[at] = file;
            }
        }
        Ok(found)
    }

    fn default_registry(&self) -> Result<Registry<'_>, Error> {
        let mirror = match self.config.replacement(DEFAULT_REGISTRY)? {
            Some(SourcePlace::Registry(index)) => Some(Mirror::Registry(index)),
            Some(SourcePlace::LocalRegistry(folder)) => Some(Mirror::Local(folder)),
            _ => None,
        };
        Registry::new(self.context(), CRATES_IO_INDEX, mirror.as_ref())
    }

    /// The tree of a commit of a git repository.
    ///
    /// # Errors
    /// When the repository or the commit can't be had.
    pub fn checkout(&self, url: &str, rev: &str) -> Result<Checkout, Error> {
        let package = PackageName {
            name: url.to_owned(),
            version: rev.to_owned(),
        };
        let Some(source) = GitSource::parse(&format!("git+{url}?rev={rev}#{rev}")) else {
            return Err(Error::UnknownSource {
                package,
                source_text: url.to_owned(),
            });
        };
        Tree::get(self.config, self.offline, &source, &package).map(Tree::into_checkout)
    }

    fn context(&self) -> SourceContext<'_> {
        SourceContext {
            config: self.config,
            offline: self.offline,
            client: &self.client,
            store: &self.store,
        }
    }

    /// Gets something of every package: what is known first, which is no work to share, what is on this machine next, then the rest from the
    /// network. At the end it is corrected by what was learned of its origin meanwhile.
    fn each<T: Send>(
        &self,
        requests: &[Request],
        known: impl for<'o> Fn(&Origin<'o>, &Job<'_>) -> Option<T>,
        local: impl for<'o> Fn(&Origin<'o>, &Job<'_>) -> Result<Option<T>, Error> + Sync,
        download: impl for<'o> Fn(&Origin<'o>, &Job<'_>) -> Result<T, Error> + Sync,
        correct: impl for<'o> Fn(&Origin<'o>, &mut T),
    ) -> Result<Vec<T>, Error> {
        let context = self.context();
        let mut origins = BTreeMap::new();
        for request in requests {
            if let Entry::Vacant(place) = origins.entry(request.source.as_str()) {
                place.insert(Origin::new(context, request)?);
            }
        }
        let mut jobs = Vec::with_capacity(requests.len());
        for request in requests {
            if let Some(origin) = origins.get(request.source.as_str()) {
                jobs.push((origin, Job::new(request)?));
            }
        }
        self.prepare(&jobs)?;
        let mut found: Vec<Option<T>> = jobs.iter().map(|(origin, job)| known(origin, job)).collect();
        let unknown: Vec<usize> = (0..jobs.len()).filter(|at| found[*at].is_none()).collect();
        let read = threads::map(&unknown, threads::processors(), |at| local(jobs[*at].0, &jobs[*at].1));
        self.store.save();
        for (at, read) in unknown.into_iter().zip(read?) {
            found[at] = read;
        }
        let missing: Vec<_> = jobs
            .iter()
            .zip(&found)
            .filter(|(_, found)| found.is_none())
            .map(|(job, _)| job)
            .collect();
        let mut downloaded = self.download(&missing, download)?.into_iter();
        let mut found: Vec<T> = found
            .into_iter()
            .filter_map(|found| found.or_else(|| downloaded.next()))
            .collect();
        for ((origin, _), found) in jobs.iter().zip(&mut found) {
            correct(origin, found);
        }
        Ok(found)
    }

    /// Checks out the git repositories, each once however many packages are from it.
    fn prepare(&self, jobs: &[(&Origin<'_>, Job<'_>)]) -> Result<(), Error> {
        let mut seen = Vec::new();
        let mut first = Vec::new();
        for (origin, job) in jobs {
            if !seen.iter().any(|other| std::ptr::eq(*other, *origin)) {
                seen.push(*origin);
                if origin.needs_preparation() {
                    first.push((origin, job));
                }
            }
        }
        if first.is_empty() {
            return Ok(());
        }
        self.progress.begin("checking out", first.len());
        let done = threads::map(&first, REPOSITORIES, |(origin, job)| {
            origin.prepare(job)?;
            self.progress.step(&job.package.to_string());
            Ok(())
        });
        self.progress.end();
        done.map(|_| ())
    }

    fn download<T: Send>(
        &self,
        jobs: &[&(&Origin<'_>, Job<'_>)],
        download: impl for<'o> Fn(&Origin<'o>, &Job<'_>) -> Result<T, Error> + Sync,
    ) -> Result<Vec<T>, Error> {
        let Some((origin, job)) = jobs.first() else {
            return Ok(Vec::new());
        };
        if self.offline {
            return Err(origin.why_offline(job));
        }
        self.progress.begin("downloading", jobs.len());
        let downloaded = threads::map(jobs, CONNECTIONS, |(origin, job)| {
            let downloaded = download(origin, job)?;
            self.progress.step(&job.package.to_string());
            Ok(downloaded)
        });
        self.progress.end();
        self.store.save();
        downloaded
    }
}
