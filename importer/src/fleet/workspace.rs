//! Writes a fleet as a workspace of Cargo's: what `cargo build` makes of it is what the fleet's graph describes.
//!
//! Cargo allows one version of a range in a workspace's lock, but counts packages in folders apart from those of registries. So where a
//! fleet has several versions of a range, the lower ones are written into folders, with all that depends on them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::candidates::{CandidateId, range};
use super::file::ProgramSource;
use super::joint::Fleet;
use super::lock_text::lock_text;
use super::manifest_text::{Redirect, rewritten};
use super::member::Member;
use super::walk::{Extent, Walked, Walker};
use super::{Error, Problem};
use crate::resolution;
use crate::source::progress::Progress;
use crate::source::{FetchOptions, Fetcher, Request};
use crate::workspace::MANIFEST_NAME;

/// The folder of the members in the workspace.
pub(super) const MEMBERS: &str = "members";

/// The folder of packages of registries that Cargo could not lock.
pub const PACKAGES: &str = "packages";

impl Fleet<'_> {
    /// Writes the joined members, a manifest over them and the lock that Cargo would make of the versions that were chosen. Members have
    /// no dev-dependencies there, as no versions are chosen for those.
    ///
    /// # Errors
    /// When a package can't be had, a file can't be written, or Cargo has no such workspace: a member inherits from its own.
    pub fn write_workspace(&self, folder: &Path, progress: &dyn Progress) -> Result<(), crate::Error> {
        let Some(joint) = &self.joint else { return Ok(()) };
        let folder = &std::path::absolute(folder).map_err(|reason| Error::Unwritable {
            file: folder.to_path_buf(),
            reason,
        })?;
        let options = FetchOptions { offline: self.offline };
        let fetcher = Fetcher::new(&self.config, options, progress);
        let fetch = |requests: &[Request]| fetcher.fetch(requests);
        let (conditions, _, _) = resolution::platforms(&[], &self.config)?;
        let mut walker = Walker {
            members: &self.members,
            candidates: &joint.candidates,
            rules: &self.rules,
            config: &self.config,
            fetch: &fetch,
            conditions,
            read: Default::default(),
        };
        let walked = walker.walk(Extent::Complete, &joint.solution.bans)?;
        let in_folders = in_folders(&walker, &walked);
        let writer = Writer {
            fleet: self,
            folder,
            fetcher: &fetcher,
            walker: &walker,
            walked: &walked,
            in_folders: &in_folders,
        };
        let mut members = BTreeSet::new();
        for (number, member) in self.members.iter().enumerate() {
            writer.member(number, member, &mut members)?;
        }
        for id in &in_folders {
            writer.package(*id)?;
        }
        let mut workspace = toml::Table::new();
        workspace.insert("resolver".to_owned(), "2".into());
        workspace.insert("members".to_owned(), members.into_iter().collect::<Vec<_>>().into());
        workspace.insert("exclude".to_owned(), vec![PACKAGES].into());
        let manifest = toml::Table::from_iter([("workspace".to_owned(), workspace.into())]);
        write(&folder.join(MANIFEST_NAME), &manifest.to_string())?;
        let lock = lock_text(&joint.candidates, &walked, &in_folders);
        write(&folder.join("Cargo.lock"), &lock)
    }
}

/// The packages of registries that have to be in folders: all but the highest version of a range, and what depends on those.
fn in_folders(walker: &Walker<'_>, walked: &Walked) -> BTreeSet<CandidateId> {
    let mut highest = BTreeMap::new();
    let remote = |id: &CandidateId| walker.candidates.get(*id).source.is_some();
    let key = |id: CandidateId| {
        let candidate = walker.candidates.get(id);
        (candidate.name, candidate.source.clone(), range(&candidate.version))
    };
    // Candidates of a name are in the order of their versions.
    for id in walked.reached.keys().filter(|id| remote(id)) {
        highest.insert(key(*id), *id);
    }
    let mut found: BTreeSet<CandidateId> = walked
        .reached
        .keys()
        .copied()
        .filter(|id| remote(id) && highest.get(&key(*id)) != Some(id))
        .collect();
    loop {
        let more: Vec<CandidateId> = walked
            .reached
            .iter()
            .filter(|(id, reached)| {
                remote(id) && !found.contains(id) && reached.edges.values().any(|to| found.contains(to))
            })
            .map(|(id, _)| *id)
            .collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

struct Writer<'a> {
    fleet: &'a Fleet<'a>,
    folder: &'a Path,
    fetcher: &'a Fetcher<'a>,
    walker: &'a Walker<'a>,
    walked: &'a Walked,
    in_folders: &'a BTreeSet<CandidateId>,
}

impl Writer<'_> {
    fn member(&self, number: usize, member: &Member, members: &mut BTreeSet<String>) -> Result<(), crate::Error> {
        let place = self.folder.join(MEMBERS).join(&member.name);
        let root = match &member.program.source {
            ProgramSource::Published { name, version } => {
                if let Some(id) = self.walker.candidates.of_local(&self.fleet.members, number, 0) {
                    self.unpack(id, &place)?;
                }
                place.join(format!("{name}-{version}"))
            }
            ProgramSource::Git { .. } => {
                copy(&member.workspace.root, &place)?;
                place
            }
            ProgramSource::Path(_) => {
                let below = member.workspace.root.strip_prefix(&self.fleet.file.folder);
                let place = self.folder.join(below.unwrap_or(Path::new("")));
                if place == *self.folder {
                    return Err(self.refused(member, "its folder is that of the fleet file").into());
                }
                copy(&member.workspace.root, &place)?;
                place
            }
        };
        for (position, local) in member.workspace.packages.iter().enumerate() {
            let own = local.folder.strip_prefix(&member.workspace.root);
            let own = root.join(own.unwrap_or(Path::new("")));
            let id = self.walker.candidates.of_local(&self.fleet.members, number, position);
            self.rewrite(id, &own).map_err(|reason| self.refused(member, &reason))?;
            let relative = own.strip_prefix(self.folder).unwrap_or(&own);
            members.insert(relative.to_string_lossy().into_owned());
        }
        // The manifest of a workspace that has no package of its own.
        let has_root = |local: &crate::workspace::LocalPackage| local.folder == member.workspace.root;
        if !member.workspace.packages.iter().any(has_root) {
            let _ = fs::remove_file(root.join(MANIFEST_NAME));
        }
        Ok(())
    }

    /// A package of a registry in a folder.
    fn package(&self, id: CandidateId) -> Result<(), crate::Error> {
        self.unpack(id, &self.folder.join(PACKAGES))?;
        let folder = self.place(id);
        self.rewrite(Some(id), &folder).map_err(|reason| {
            Error::Unwritable {
                file: folder.join(MANIFEST_NAME),
                reason: std::io::Error::other(reason),
            }
            .into()
        })
    }

    fn place(&self, id: CandidateId) -> PathBuf {
        let candidate = self.walker.candidates.get(id);
        self.folder
            .join(PACKAGES)
            .join(format!("{}-{}", candidate.name, candidate.version))
    }

    fn refused(&self, member: &Member, reason: &str) -> Error {
        let problem = Problem::NoWorkspace {
            name: member.name.clone(),
            reason: reason.to_owned(),
        };
        self.fleet.file.fail(&["programs", &member.name], problem)
    }

    /// Unpacks a `.crate` file.
    fn unpack(&self, id: CandidateId, folder: &Path) -> Result<(), crate::Error> {
        let Some(request) = self.request(id) else { return Ok(()) };
        for archive in self.fetcher.archives(&[request])? {
            let unwritable = |reason| Error::Unwritable {
                file: folder.to_path_buf(),
                reason,
            };
            fs::create_dir_all(folder).map_err(unwritable)?;
            let file = fs::File::open(&archive).map_err(unwritable)?;
            tar::Archive::new(flate2::read::GzDecoder::new(file))
                .unpack(folder)
                .map_err(unwritable)?;
        }
        Ok(())
    }

    /// What is asked of the registry for a package or a published member.
    fn request(&self, id: CandidateId) -> Option<Request> {
        let candidate = self.walker.candidates.get(id);
        let (source, checksum) = match candidate.local {
            None => (candidate.source.as_ref()?.to_string(), candidate.checksum.clone()),
            Some((member, position)) => {
                let local = &self.fleet.members[member].workspace.packages[position];
                match &local.published.as_ref()?.pin {
                    crate::source::Pin::Registry { sha256, .. } => {
                        (crate::source::default_source(), Some(sha256.clone()))
                    }
                    _ => return None,
                }
            }
        };
        Some(Request {
            name: candidate.name.to_string(),
            version: candidate.version.to_string(),
            source,
            checksum,
        })
    }

    /// Leaves out of a manifest what only the root of a workspace may have, and dev-dependencies; dependencies that are in folders get
    /// their paths. The error is a sentence.
    fn rewrite(&self, id: Option<CandidateId>, folder: &Path) -> Result<(), String> {
        let file = folder.join(MANIFEST_NAME);
        let text = fs::read_to_string(&file).map_err(|reason| reason.to_string())?;
        let mut redirects = Vec::new();
        let edges = id.and_then(|id| Some((self.walked.reached.get(&id)?, &self.walker.read.get(&id)?.package)));
        if let Some((reached, package)) = edges {
            for (position, to) in reached.edges.iter().filter(|(_, to)| self.in_folders.contains(to)) {
                let dependency = &package.dependencies[*position as usize];
                redirects.push(Redirect {
                    dependency,
                    key: package.dependency_names[dependency.name as usize].as_str(),
                    path: self.place(*to),
                });
            }
        }
        let text = rewritten(&text, &redirects)?;
        fs::write(&file, text).map_err(|reason| reason.to_string())
    }
}

fn write(file: &Path, text: &str) -> Result<(), crate::Error> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(file, text))
        .map_err(|reason| Error::Unwritable {
            file: file.to_path_buf(),
            reason,
        })?;
    Ok(())
}

/// Copies a folder's files, but for what is hidden and what Cargo built.
fn copy(from: &Path, to: &Path) -> Result<(), crate::Error> {
    let mut folders: Vec<(PathBuf, PathBuf)> = vec![(from.to_path_buf(), to.to_path_buf())];
    while let Some((from, to)) = folders.pop() {
        let failed = |reason| Error::Unwritable {
            file: to.clone(),
            reason,
        };
        fs::create_dir_all(&to).map_err(failed)?;
        for entry in fs::read_dir(&from).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let (name, path) = (entry.file_name(), entry.path());
            let hidden = name.to_string_lossy().starts_with('.');
            if hidden || name == "target" && from.join(MANIFEST_NAME).is_file() {
                continue;
            }
            if path.is_dir() {
                folders.push((path, to.join(name)));
            } else {
                fs::copy(&path, to.join(name)).map_err(failed)?;
            }
        }
    }
    Ok(())
}
