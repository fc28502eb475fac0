//! Reads the packages that are reached, a round at a time.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::edges::{self, Matcher};
use super::reach::Reach;
use super::universe::FetchedWorkspace;
use super::{Edge, Error, LoadedPackage, Provenance, ReadPackage, Remote, Universe};
use crate::bits::BitSet;
use crate::internal::{InternalError, Invariant};
use crate::lock::{Lock, LockIndex};
use crate::manifest::{self, Manifest, ManifestOrigin, Package, WorkspaceTables};
use crate::source::{Fetched, Fetcher, Pin, Request};

impl Reach<'_> {
    /// Reads all packages that are waited for.
    pub(super) fn load(&mut self) -> Result<(), Error> {
        let pending = std::mem::take(&mut self.pending);
        let mut indexes: Vec<LockIndex> = pending
            .keys()
            .copied()
            .filter(|index| self.universe.loaded(*index).is_none())
            .collect();
        indexes.sort_unstable();
        let (local, remote): (Vec<_>, Vec<_>) = indexes
            .into_iter()
            .partition(|index| self.universe.lock.package(*index).source.is_none());
        for index in local {
            let Some(position) = self.positions.get(&index).copied() else {
                return Err(Error::NoLocalPackage {
                    lock: self.universe.lock.location.clone(),
                    line: self.universe.lock.package(index).line,
                    package: self.universe.name(index),
                });
            };
            let local = &self.context.workspace.packages[position];
            self.add(
                index,
                Arc::new(local.package.clone()),
                Provenance::Local(position),
                &local.location,
            )?;
        }
        let requests: Vec<Request> = remote
            .iter()
            .map(|index| request(&self.universe.lock, *index))
            .collect::<Result<_, _>>()?;
        let read = if requests.is_empty() {
            Vec::new()
        } else {
            (self.context.fetch)(&requests)?
        };
        if read.len() != remote.len() {
            return Err(InternalError::new("a package for each that was fetched").into());
        }
        for (index, read) in remote.into_iter().zip(read) {
            let ReadPackage {
                package,
                remote,
                location,
            } = read;
            self.add(index, package, Provenance::Remote(remote), &location)?;
        }
        let mut pending: Vec<_> = pending.into_iter().collect();
        pending.sort_unstable_by_key(|(index, _)| *index);
        for (index, wanted) in pending {
            for wanted in wanted {
                self.want(index, &wanted)?;
            }
        }
        Ok(())
    }

    fn add(
        &mut self,
        index: LockIndex,
        package: Arc<Package>,
        provenance: Provenance,
        location: &str,
    ) -> Result<(), Error> {
        let matcher = Matcher {
            lock: &self.universe.lock,
            workspace: self.context.workspace,
            config: self.context.config,
        };
        let targets = matcher.targets(index, &package);
        let conditions = edges::conditions(&package, location, &mut self.universe.conditions)?;
        self.universe.packages[index.0 as usize] = Some(LoadedPackage {
            package,
            provenance,
            conditions,
            targets,
            edges: Vec::new(),
            present: BitSet::default(),
        });
        Ok(())
    }

    /// Groups what is present by package. All that something depends on has been read: who follows edges relies on it.
    pub(super) fn finish(mut self) -> Result<Universe, InternalError> {
        let mut followed = Vec::new();
        for loaded in self.universe.packages.iter_mut().flatten() {
            let mut edges: BTreeMap<LockIndex, Vec<u32>> = BTreeMap::new();
            for position in loaded.present.iter() {
                let to = loaded.targets[position as usize].invariant("a package that a dependency stands for")?;
                edges.entry(to).or_default().push(position);
            }
            followed.extend(edges.keys().copied());
            let edges = edges.into_iter();
            loaded.edges = edges.map(|(to, dependencies)| Edge { to, dependencies }).collect();
        }
        for index in followed {
            self.universe.reached(index)?;
        }
        Ok(self.universe)
    }
}

/// What is asked of a package's source, by its entry in the lock, which has one.
pub(crate) fn request(lock: &Lock, index: LockIndex) -> Result<Request, InternalError> {
    let package = lock.package(index);
    let source = package.source.as_ref().invariant("a package with a source")?;
    Ok(Request {
        name: package.name.to_string(),
        version: package.version.to_string(),
        source: source.to_string(),
        checksum: package.checksum.clone(),
    })
}

/// Fetches packages and reads them, in the order of the requests.
pub(crate) fn fetch_packages(fetcher: &Fetcher<'_>, requests: &[Request]) -> Result<Vec<ReadPackage>, Error> {
    let fetched: Vec<(&Request, Fetched)> = requests.iter().zip(fetcher.fetch(requests)?).collect();
    // There is no work to share.
    if fetched.iter().all(|(_, fetched)| fetched.known.is_some()) {
        return fetched.into_iter().map(|(_, fetched)| read_package(fetched)).collect();
    }
    let read = |(request, fetched): (&Request, Fetched)| {
        let is_new = fetched.known.is_none() && fetched.lasting;
        let read = read_package(fetched)?;
        check_identity(request, &read)?;
        if is_new {
            fetcher.remember(&read.remote.pin, &read.package);
        }
        Ok(read)
    };
    fetched.into_par_iter().map(read).collect()
}

/// Is a package the one that the lock names? An archive's checksum and folder say nothing of the manifest in it.
fn check_identity(request: &Request, read: &ReadPackage) -> Result<(), Error> {
    let Package { name, version, .. } = &*read.package;
    if name.as_str() == request.name && version.to_string() == request.version {
        return Ok(());
    }
    Err(Error::OtherPackage {
        location: read.location.to_string(),
        found: format!("{name} {version}"),
        wanted: format!("{} {}", request.name, request.version),
    })
}

/// Makes a package of what was fetched.
pub(crate) fn read_package(fetched: Fetched) -> Result<ReadPackage, Error> {
    let Fetched {
        known,
        lasting: _,
        manifest: source,
        index,
        workspace,
        files,
        pin,
        local,
    } = fetched;
    if let Some(package) = known {
        return Ok(ReadPackage {
            package,
            remote: Arc::new(Remote { pin, local }),
            location: source.location.into(),
        });
    }
    let location = source.location.clone();
    let mut manifest = Manifest::parse(source)?;
    if let Some(entry) = index {
        manifest::resolve_by_index(&mut manifest.tables, &entry);
    }
    let origin = match &pin {
        Pin::Git { folder, .. } => ManifestOrigin::Git(manifest::normalize(folder.as_ref())),
        Pin::Registry { .. } | Pin::Vendored { .. } => ManifestOrigin::Registry,
    };
    let inherited = match workspace {
        Some((source, folder)) => {
            // The manifest that `package.workspace` names may lack the table; whoever inherits from it is told so.
            let tables = Manifest::parse(source)?.tables.workspace.unwrap_or_default();
            Some(FetchedWorkspace {
                tables,
                folder: manifest::normalize(folder.as_ref()),
            })
        }
        None => None,
    };
    let inherited = inherited.as_ref().map(|workspace| WorkspaceTables {
        tables: &workspace.tables,
        folder: &workspace.folder,
    });
    let package = manifest::package(&manifest, &origin, inherited, &files)?;
    Ok(ReadPackage {
        package: Arc::new(package),
        remote: Arc::new(Remote { pin, local }),
        location: location.into(),
    })
}
