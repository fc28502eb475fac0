//! Writes each program of a fleet as a workspace of Cargo's: what `cargo build --locked` makes of it is what the fleet's graph describes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::copy::copy;
use super::file::ProgramSource;
use super::joint::Fleet;
use super::manifest_text::{inherited, rewritten};
use super::member::Member;
use super::program_workspace::{FEATURES_PACKAGE, MEMBERS};
use super::{Error, Problem, patches};
use crate::internal::Invariant;
use crate::lock::LockSource;
use crate::manifest::normalize;
use crate::source::atomic::TEMPORARY;
use crate::source::progress::Progress;
use crate::source::{FetchOptions, Fetcher, Pin, Request};
use crate::workspace::MANIFEST_NAME;

impl Fleet<'_> {
    /// Writes a workspace for each program that shares crates, in a folder of its name: its packages, a manifest over them, and the lock
    /// that was chosen. There are no dev-dependencies, as no versions are chosen for those.
    ///
    /// # Errors
    /// When there is something in the folder, or it lies in a program's or has one in it; when a package can't be had, a file can't be
    /// read or written, or Cargo has no such workspace: a package inherits from a workspace that is not the program's. The folder is as it was
    /// then.
    pub fn write_workspaces(&self, folder: &Path, progress: &dyn Progress) -> Result<(), crate::Error> {
        let unwritable = |file: &Path| {
            let file = file.to_path_buf();
            move |reason| Error::Unwritable { file, reason }
        };
        let folder = &real(&std::path::absolute(folder).map_err(unwritable(folder))?);
        if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(Error::NotEmpty(folder.clone()).into());
        }
        self.refuse_within(folder)?;
        // All is written elsewhere at first, so that it can be tried again after a mistake. A folder that is there stays: it may be of
        // another file system, or the one that somebody is in.
        let place = match folder.is_dir() {
            true => folder,
            false => folder.parent().unwrap_or(folder),
        };
        fs::create_dir_all(place).map_err(unwritable(place))?;
        let temporary = tempfile::Builder::new().prefix(TEMPORARY).tempdir_in(place);
        let temporary = temporary.map_err(unwritable(place))?;
        let options = FetchOptions { offline: self.offline };
        let fetcher = Fetcher::new(&self.config, options, progress);
        for (number, member) in self.members.iter().enumerate() {
            let writer = Writer {
                fleet: self,
                folder: &temporary.path().join(&member.name),
                fetcher: &fetcher,
            };
            writer.program(number, member)?;
        }
        fs::create_dir_all(folder).map_err(unwritable(folder))?;
        for member in &self.members {
            let to = folder.join(&member.name);
            fs::rename(temporary.path().join(&member.name), &to).map_err(unwritable(&to))?;
        }
        Ok(())
    }

    /// Refuses to write to a folder that is copied itself.
    fn refuse_within(&self, folder: &Path) -> Result<(), Error> {
        let of_folders = |member: &&Member| matches!(member.program.source, ProgramSource::Path(_));
        for member in self.members.iter().filter(of_folders) {
            let root = real(&member.workspace.root);
            if folder.starts_with(&root) || root.starts_with(folder) {
                return Err(Error::WorkspaceWithin {
                    folder: folder.to_path_buf(),
                    name: member.name.clone(),
                    root,
                });
            }
        }
        Ok(())
    }
}

/// A path without links, of which the end need not be there.
fn real(path: &Path) -> PathBuf {
    let real = path
        .ancestors()
        .find_map(|above| Some(above.canonicalize().ok()?.join(path.strip_prefix(above).ok()?)));
    normalize(&real.unwrap_or_else(|| path.to_path_buf()))
}

struct Writer<'a> {
    fleet: &'a Fleet<'a>,
    folder: &'a Path,
    fetcher: &'a Fetcher<'a>,
}

impl Writer<'_> {
    fn program(&self, number: usize, member: &Member) -> Result<(), crate::Error> {
        let program = self
            .fleet
            .program(number, &self.fleet.locks[number], &self.fleet.additions[number]);
        let place = self.folder.join(MEMBERS).join(&member.name);
        let root = match &member.program.source {
            ProgramSource::Published { name, version } => {
                self.unpack(member, &place)?;
                place.join(format!("{name}-{version}"))
            }
            ProgramSource::Git { .. } => {
                copy(&member.workspace.root, &place)?;
                place
            }
            ProgramSource::Path(_) => {
                let below = member.workspace.root.strip_prefix(&self.fleet.file.folder);
                let below = below.invariant("a folder below that of the fleet file")?;
                let place = self.folder.join(below);
                if place == *self.folder {
                    return Err(self.refused(member, "its folder is that of the fleet file").into());
                }
                copy(&member.workspace.root, &place)?;
                place
            }
        };
        // The folders that it has, by those that they were copied from.
        let mut folders = BTreeMap::new();
        let mut inherits = false;
        let mut added = None;
        for (position, local) in member.workspace.packages.iter().enumerate() {
            let id = self.fleet.catalog.of_local(&self.fleet.members, number, position);
            if !id.is_some_and(|id| self.fleet.locks[number].packages.contains_key(&id)) {
                continue;
            }
            let own = local.folder.strip_prefix(&member.workspace.root).map_err(|_| {
                let reason = format!("`{}` is outside of its folder", local.package.name);
                self.refused(member, &reason)
            })?;
            let own = root.join(own);
            if rewrite(&own).map_err(|reason| self.refused(member, &reason))? {
                if local.workspace != member.workspace.root {
                    let reason = format!("`{}` inherits from another workspace", local.package.name);
                    return Err(self.refused(member, &reason).into());
                }
                inherits = true;
            }
            let relative = own.strip_prefix(self.folder).invariant("a folder in the new one")?;
            folders.insert(local.folder.clone(), relative.to_string_lossy().into_owned());
        }
        // The manifest of a workspace that has no package of its own.
        let has_root = |local: &crate::workspace::LocalPackage| local.folder == member.workspace.root;
        if !member.workspace.packages.iter().any(has_root) {
            let _ = fs::remove_file(root.join(MANIFEST_NAME));
        }
        if !self.fleet.additions[number].is_empty() {
            let place = format!("{MEMBERS}/{}/{FEATURES_PACKAGE}", member.name);
            write(&self.folder.join(&place).join("src/lib.rs"), "")?;
            write(
                &self.folder.join(&place).join(MANIFEST_NAME),
                &program.features_manifest()?.to_string(),
            )?;
            added = Some(place);
        }
        let mut manifest = program.root_manifest()?;
        let workspace = manifest.get_mut("workspace").and_then(toml::Value::as_table_mut);
        let workspace = workspace.invariant("the table of a workspace")?;
        let mut members: Vec<String> = folders.values().cloned().chain(added).collect();
        members.sort();
        workspace.insert("members".to_owned(), members.into());
        if inherits {
            let place = root.strip_prefix(self.folder).invariant("a folder in the new one")?;
            let text = &member.workspace.root_manifest.manifest.source.text;
            workspace
                .extend(inherited(text, &place.to_string_lossy()).map_err(|reason| self.refused(member, &reason))?);
        }
        let patches = patches::used(&member.patches, &folders, &self.remote(number));
        if !patches.is_empty() {
            manifest.insert("patch".to_owned(), patches.into());
        }
        write(&self.folder.join(MANIFEST_NAME), &manifest.to_string())?;
        write(&self.folder.join("Cargo.lock"), &program.lock_text())
    }

    /// What a program's lock has of registries and repositories.
    fn remote(&self, number: usize) -> Vec<(&str, &LockSource)> {
        let packages = self.fleet.locks[number].packages.keys();
        packages
            .filter_map(|id| {
                let candidate = self.fleet.catalog.get(*id);
                Some((candidate.name.as_str(), candidate.source.as_ref()?))
            })
            .collect()
    }

    fn refused(&self, member: &Member, reason: &str) -> Error {
        let problem = Problem::NoWorkspace {
            name: member.name.clone(),
            reason: reason.to_owned(),
        };
        self.fleet.file.fail(&["programs", &member.name], problem)
    }

    /// Unpacks the `.crate` file of a published member.
    fn unpack(&self, member: &Member, folder: &Path) -> Result<(), crate::Error> {
        let local = &member.workspace.packages[0];
        let Some(Pin::Registry { sha256, .. }) = local.published.as_ref().map(|fetched| &fetched.pin) else {
            return Err(self.refused(member, "a vendored package has no archive").into());
        };
        let request = Request {
            name: local.package.name.to_string(),
            version: local.package.version.to_string(),
            source: crate::source::default_source(),
            checksum: Some(sha256.clone()),
        };
        for archive in self.fetcher.archives(&[request])? {
            let unwritable = |reason| Error::Unwritable {
                file: folder.to_path_buf(),
                reason,
            };
            let unreadable = |reason| Error::Uncopied {
                file: archive.clone(),
                reason,
            };
            fs::create_dir_all(folder).map_err(unwritable)?;
            let file = fs::File::open(&archive).map_err(unreadable)?;
            tar::Archive::new(flate2::read::GzDecoder::new(file))
                .unpack(folder)
                .map_err(unwritable)?;
        }
        Ok(())
    }
}

/// Leaves out of a manifest what only the root of a workspace may have, and dev-dependencies. Does it inherit? The error is a sentence.
fn rewrite(folder: &Path) -> Result<bool, String> {
    let file = folder.join(MANIFEST_NAME);
    let text = fs::read_to_string(&file).map_err(|reason| reason.to_string())?;
    let rewritten = rewritten(&text)?;
    fs::write(&file, rewritten.text).map_err(|reason| reason.to_string())?;
    Ok(rewritten.inherits)
}

fn write(file: &Path, text: &str) -> Result<(), crate::Error> {
    let folder = file.parent().invariant("a file in a folder")?;
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(file, text))
        .map_err(|reason| Error::Unwritable {
            file: file.to_path_buf(),
            reason,
        })?;
    Ok(())
}
