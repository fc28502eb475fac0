//! Where the packages of one `source` of the lock really come from: source replacement applied.

use std::sync::OnceLock;

use super::directory::Directory;
use super::git::{GitSource, Tree};
use super::registry::{Mirror, Registry, RegistryPackage, SourceContext, is_default};
use super::{Error, Fetched, PackageName, Pin, Request, hex};
use crate::config::{Config, DEFAULT_REGISTRY, SourcePlace};

/// The place of the packages with the same `source`.
#[derive(Debug)]
pub(super) enum Origin<'a> {
    Registry(Box<Registry<'a>>),
    Git(GitOrigin<'a>),
    Directory(Directory<'a>),
}

/// A commit of a repository, checked out when it is first needed.
#[derive(Debug)]
pub(super) struct GitOrigin<'a> {
    context: SourceContext<'a>,
    source: GitSource,
    tree: OnceLock<Tree>,
}

/// A package of the lock, checked for form.
#[derive(Debug)]
pub(super) struct Job<'r> {
    request: &'r Request,
    pub(super) package: PackageName,
    sha256: Option<String>,
}

impl<'r> Job<'r> {
    pub(super) fn new(request: &'r Request) -> Result<Self, Error> {
        let package = PackageName::new(&request.name, &request.version)?;
        let sha256 = match &request.checksum {
            None => None,
            Some(checksum) => {
                let sha256 = checksum.to_lowercase();
                if !hex::is_sha256(&sha256) {
                    return Err(Error::InvalidChecksum {
                        package,
                        found: checksum.clone(),
                    });
                }
                Some(sha256)
            }
        };
        Ok(Self {
            request,
            package,
            sha256,
        })
    }

    fn wanted(&self) -> Result<RegistryPackage, Error> {
        let package = self.package.clone();
        match &self.sha256 {
            Some(sha256) => Ok(RegistryPackage {
                package,
                sha256: sha256.clone(),
                dependency: true,
            }),
            None => Err(Error::NoChecksum { package }),
        }
    }
}

impl<'a> Origin<'a> {
    /// The origin of a request's source.
    pub(super) fn new(context: SourceContext<'a>, request: &Request) -> Result<Self, Error> {
        let source = request.source.as_str();
        let unknown = || Error::UnknownSource {
            package: package_name(request),
            source_text: source.to_owned(),
        };
        let replacement = replacement(context.config, source)?;
        if let Some(SourcePlace::Directory(folder)) = replacement {
            return Ok(Self::Directory(Directory::new(context.config, folder)));
        }
        if source.starts_with("git+") {
            let mut git = GitSource::parse(source).ok_or_else(unknown)?;
            if let Some(SourcePlace::Git(url, reference)) = replacement {
                (git.url, git.reference) = (url, reference);
            }
            return Ok(Self::Git(GitOrigin {
                context,
                source: git,
                tree: OnceLock::new(),
            }));
        }
        if !source.starts_with("registry+") && !source.starts_with("sparse+") {
            return Err(unknown());
        }
        let mirror = match replacement {
            Some(SourcePlace::Registry(index)) => Some(Mirror::Registry(index)),
            Some(SourcePlace::LocalRegistry(folder)) => Some(Mirror::Local(folder)),
            _ => None,
        };
        Ok(Self::Registry(Box::new(Registry::new(
            context,
            source,
            mirror.as_ref(),
        )?)))
    }

    /// The package as an earlier import read it, if that is kept.
    pub(super) fn known(&self, job: &Job<'_>) -> Option<Fetched> {
        match self {
            Self::Registry(registry) => registry.known(&job.wanted().ok()?),
            Self::Git(_) | Self::Directory(_) => None,
        }
    }

    /// The package if it is on this machine; nothing if the network is needed.
    pub(super) fn local(&self, job: &Job<'_>) -> Result<Option<Fetched>, Error> {
        match self {
            Self::Registry(registry) => registry.local(&job.wanted()?),
            Self::Git(git) => git
                .tree
                .get()
                .map(|tree| tree.package(&git.source, job.request))
                .transpose(),
            Self::Directory(directory) => directory.package(&job.package, job.sha256.as_deref()).map(Some),
        }
    }

    /// The package from the network.
    pub(super) fn download(&self, job: &Job<'_>) -> Result<Fetched, Error> {
        match self {
            Self::Registry(registry) => registry.download(&job.wanted()?),
            Self::Git(git) => git.tree(&job.package)?.package(&git.source, job.request),
            Self::Directory(directory) => directory.package(&job.package, job.sha256.as_deref()),
        }
    }

    /// Corrects a pin by what was learned of the origin since it was made.
    pub(super) fn correct(&self, pin: &mut Pin) {
        if let Self::Registry(registry) = self {
            registry.correct(pin);
        }
    }

    /// The `.crate` file if it is on this machine, or the package's folder or tree.
    pub(super) fn local_archive(&self, job: &Job<'_>) -> Result<Option<std::path::PathBuf>, Error> {
        match self {
            Self::Registry(registry) => registry.local_archive(&job.wanted()?),
            _ => Ok(self.local(job)?.map(|fetched| fetched.local)),
        }
    }

    /// The `.crate` file from the network, or the package's folder or tree.
    pub(super) fn download_archive(&self, job: &Job<'_>) -> Result<std::path::PathBuf, Error> {
        match self {
            Self::Registry(registry) => registry.download_archive(&job.wanted()?),
            _ => Ok(self.download(job)?.local),
        }
    }

    /// Does what has to be done once for all packages of this origin and needs a whole thread.
    pub(super) fn prepare(&self, job: &Job<'_>) -> Result<(), Error> {
        match self {
            Self::Git(git) => git.tree(&job.package).map(|_| ()),
            _ => Ok(()),
        }
    }

    /// Is `prepare` going to take its time?
    pub(super) fn needs_preparation(&self) -> bool {
        match self {
            Self::Git(git) => git.tree.get().is_none() && !git.recall(),
            _ => false,
        }
    }

    /// Why a package that is not on this machine cannot be had without the network.
    pub(super) fn why_offline(&self, job: &Job<'_>) -> Error {
        match (self, job.wanted()) {
            (Self::Registry(registry), Ok(wanted)) => registry.why_offline(&wanted),
            (_, Err(error)) => error,
            (_, Ok(wanted)) => Error::Offline {
                package: wanted.package,
            },
        }
    }
}

impl GitOrigin<'_> {
    /// Is the tree in the cache? It then needs no preparation.
    fn recall(&self) -> bool {
        match Tree::cached(self.context.config, &self.source) {
            Some(tree) => {
                // Another thread may have set the same tree.
                let _ = self.tree.set(tree);
                true
            }
            None => false,
        }
    }

    fn tree(&self, package: &PackageName) -> Result<&Tree, Error> {
        if let Some(tree) = self.tree.get() {
            return Ok(tree);
        }
        let tree = Tree::get(self.context.config, self.context.offline, &self.source, package)?;
        Ok(self.tree.get_or_init(|| tree))
    }
}

/// What Cargo's configuration puts in the place of a source of the lock.
fn replacement(config: &Config, source: &str) -> Result<Option<SourcePlace>, Error> {
    if config.sources.is_empty() {
        return Ok(None);
    }
    let plain = |url: &str| url.trim_end_matches('/').trim_end_matches(".git").to_owned();
    let git = GitSource::parse(source);
    let registry = source.strip_prefix("registry+").unwrap_or(source);
    let same = |name: &str, place: Option<&SourcePlace>| match (place, &git) {
        (Some(SourcePlace::Git(url, reference)), Some(git)) => {
            plain(url) == plain(&git.url) && *reference == git.reference
        }
        (Some(SourcePlace::Registry(index)), None) => {
            let index = index.strip_prefix("registry+").unwrap_or(index);
            plain(index) == plain(registry) || (is_default(index) && is_default(registry))
        }
        (None, None) => name == DEFAULT_REGISTRY && is_default(registry),
        _ => false,
    };
    let name = config
        .sources
        .iter()
        .find(|(name, definition)| same(name, definition.place.as_ref()));
    match name {
        Some((name, _)) => Ok(config.replacement(name)?),
        None => Ok(None),
    }
}

fn package_name(request: &Request) -> PackageName {
    PackageName {
        name: request.name.clone(),
        version: request.version.clone(),
    }
}
