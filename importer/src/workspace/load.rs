//! Reads the manifests of a workspace from this machine's files, each of them once.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use super::Error;
use crate::manifest::Manifest;
use crate::parallel;
use crate::source::ManifestText;
use crate::source::hex;

/// What Cargo calls a manifest.
pub const MANIFEST_NAME: &str = "Cargo.toml";

/// A manifest of this machine.
#[derive(Debug)]
pub struct LoadedManifest {
    /// Its folder, absolute.
    pub folder: PathBuf,
    /// Its tables and text.
    pub manifest: Manifest,
    /// sha256 of the file, in hex.
    pub sha256: String,
}

/// The manifests that were read, by their folders.
#[derive(Debug)]
pub(super) struct Manifests {
    /// Messages name files relative to this folder.
    base: PathBuf,
    loaded: FxHashMap<PathBuf, LoadedManifest>,
}

impl Manifests {
    pub(super) fn new(base: PathBuf) -> Self {
        Self {
            base,
            loaded: FxHashMap::default(),
        }
    }

    /// What messages call a file.
    pub(super) fn location(&self, file: &Path) -> String {
        let relative = file.strip_prefix(&self.base).unwrap_or(file);
        match relative.as_os_str().is_empty() {
            true => ".".to_owned(),
            false => relative.display().to_string(),
        }
    }

    /// The manifest of a folder, none if there is none.
    pub(super) fn load(&mut self, folder: &Path) -> Result<Option<&LoadedManifest>, Error> {
        if !self.loaded.contains_key(folder) {
            let Some(loaded) = read(folder, &self.location(&folder.join(MANIFEST_NAME)))? else {
                return Ok(None);
            };
            self.loaded.insert(folder.to_path_buf(), loaded);
        }
        Ok(self.loaded.get(folder))
    }

    /// Those of the folders that were loaded before.
    pub(super) fn get(&self, folder: &Path) -> Option<&LoadedManifest> {
        self.loaded.get(folder)
    }

    pub(super) fn take(&mut self, folder: &Path) -> Option<LoadedManifest> {
        self.loaded.remove(folder)
    }

    /// Reads several folders at once.
    pub(super) fn load_all(&mut self, folders: &[PathBuf]) -> Result<(), Error> {
        let missing: Vec<&PathBuf> = folders
            .iter()
            .filter(|folder| !self.loaded.contains_key(*folder))
            .collect();
        let read: Result<Vec<Option<LoadedManifest>>, Error> = parallel::map(missing, |folder| {
            read(folder, &self.location(&folder.join(MANIFEST_NAME)))
        });
        let read = read?;
        self.loaded
            .extend(read.into_iter().flatten().map(|loaded| (loaded.folder.clone(), loaded)));
        Ok(())
    }
}

fn read(folder: &Path, location: &str) -> Result<Option<LoadedManifest>, Error> {
    let file = folder.join(MANIFEST_NAME);
    let Some(text) = read_text(&file)? else { return Ok(None) };
    let sha256 = hex::encode(&Sha256::digest(&text));
    let manifest = Manifest::parse_own(ManifestText {
        text,
        location: location.to_owned(),
    })?;
    Ok(Some(LoadedManifest {
        folder: folder.to_path_buf(),
        manifest,
        sha256,
    }))
}

/// A file's text, none if there is no such file.
pub(super) fn read_text(file: &Path) -> Result<Option<String>, Error> {
    // A pipe or a device might never end.
    let read = match file.metadata() {
        Ok(known) if !known.is_file() && !known.is_dir() => {
            Err(std::io::Error::other("it is neither a file nor a link to one"))
        }
        _ => std::fs::read(file),
    };
    match read {
        Ok(bytes) => String::from_utf8(bytes)
            .map(Some)
            .map_err(|_| Error::NotUtf8(file.to_path_buf())),
        Err(reason)
            if matches!(
                reason.kind(),
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(reason) => Err(Error::Unreadable {
            file: file.to_path_buf(),
            reason,
        }),
    }
}

/// sha256 of a file in hex, none if it can't be read.
pub(crate) fn file_digest(file: &Path) -> Option<String> {
    Some(hex::encode(&Sha256::digest(std::fs::read(file).ok()?)))
}

/// A lock's text.
///
/// # Errors
/// When there is no such file or it can't be read.
pub fn read_lock(file: &Path) -> Result<String, Error> {
    read_text(file)?.ok_or_else(|| Error::NoLock(file.to_path_buf()))
}
