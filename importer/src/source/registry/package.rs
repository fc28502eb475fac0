//! One package of a registry: from Cargo's folders, or downloaded into them.

use std::fs;
use std::io::{BufReader, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use tame_index::index::IndexConfig;

use super::super::archive::{self, Limits};
use super::super::facts::{self, FactKind};
use super::super::http::Failure;
use super::super::{Error, Fetched, FileSet, ManifestText, PackageName, Pin, hex, remove_abandoned};
use super::entry::is_written_by_cargo;
use super::store::sha256_of;
use super::{Registry, template};
use crate::manifest::Package;
use crate::source::atomic::{TEMPORARY, temporary_beside};

/// A package of a registry, with the checksum of its `.crate` file.
#[derive(Debug, Clone)]
pub(in super::super) struct RegistryPackage {
    /// Its name and version.
    pub(in super::super) package: PackageName,
    /// 64 lower-case hexadecimal digits.
    pub(in super::super) sha256: String,
    /// Is it a dependency? Those are resolved by the index, what was asked for by its manifest.
    pub(in super::super) dependency: bool,
}

impl RegistryPackage {
    /// `NAME-VERSION`, the name of its folder.
    pub(super) fn folder(&self) -> String {
        format!("{}-{}", self.package.name, self.package.version)
    }
}

impl Registry<'_> {
    /// The package as it is on this machine; nothing if it has to be downloaded.
    pub(in super::super) fn local(&self, wanted: &RegistryPackage) -> Result<Option<Fetched>, Error> {
        match self.cached(wanted)? {
            // What Cargo unpacked may have been edited since, and is read only where the verified file is not.
            Cached::Right(archive) => return self.read(wanted, archive).map(Some),
            Cached::Wrong(_) => return Ok(None),
            Cached::Absent if self.local.is_some() => return Ok(None),
            Cached::Absent => {}
        }
        // The last file that Cargo writes is `.cargo-ok`.
        let folder = wanted.folder();
        let unpacked = self
            .folders("src")
            .map(|source| source.join(&folder))
            .find(|package| fs::metadata(package.join(".cargo-ok")).is_ok_and(|mark| mark.len() > 0));
        let Some(unpacked) = unpacked else { return Ok(None) };
        let file = unpacked.join("Cargo.toml");
        let text = fs::read_to_string(&file).map_err(|reason| Error::Manifest {
            package: wanted.package.clone(),
            file,
            reason,
        })?;
        let files = FileSet::from_directory(&unpacked);
        // Nothing says that it is what has the checksum, so what is made of it is not kept for later imports.
        let fetched = self.fetched(wanted, text, files, unpacked)?;
        Ok(Some(Fetched {
            lasting: false,
            ..fetched
        }))
    }

    /// The verified `.crate` file on this machine.
    pub(in super::super) fn local_archive(&self, wanted: &RegistryPackage) -> Result<Option<PathBuf>, Error> {
        Ok(match self.cached(wanted)? {
            Cached::Right(file) => Some(file),
            _ => None,
        })
    }

    /// Why the package cannot be had without the network: its file is another one, or there is none.
    pub(in super::super) fn why_offline(&self, wanted: &RegistryPackage) -> Error {
        match self.cached(wanted) {
            Ok(Cached::Wrong(error)) => *error,
            Ok(_) if self.local.is_some() => self.not_in_local(wanted),
            Ok(_) => Error::Offline {
                package: wanted.package.clone(),
            },
            Err(error) => error,
        }
    }

    /// Downloads the package's `.crate` file into Cargo's cache, where Cargo finds it too, and reads it.
    pub(in super::super) fn download(&self, wanted: &RegistryPackage) -> Result<Fetched, Error> {
        let archive = self.download_archive(wanted)?;
        self.read(wanted, archive)
    }

    /// Downloads the `.crate` file; its checksum is verified before it gets its name.
    pub(in super::super) fn download_archive(&self, wanted: &RegistryPackage) -> Result<PathBuf, Error> {
        if self.local.is_some() {
            return Err(self.why_offline(wanted));
        }
        self.with_settings(|settings| self.download_with(settings, wanted))
    }

    fn download_with(&self, settings: &IndexConfig, wanted: &RegistryPackage) -> Result<PathBuf, Error> {
        let PackageName { name, version } = &wanted.package;
        let address = template::fill(&settings.dl, name, version, &wanted.sha256);
        let (mut temporary, file) = self.place(wanted)?;
        let token = self.required_token(settings);
        let vanished = |status| {
            Failure::Final(Box::new(Error::Vanished {
                package: wanted.package.clone(),
                address: address.clone(),
                status,
            }))
        };
        let found = self.client.get(&address, token, |mut answer| {
            match answer.status {
                200 => {}
                404 | 410 | 451 => return Err(vanished(answer.status)),
                // Stores of files say so of one that is not there; of one for which a token was shown it is what it says.
                403 if token.is_none() => return Err(vanished(403)),
                401 | 403 => {
                    let (registry, status) = (self.name.clone(), answer.status);
                    return Err(Failure::Final(Box::new(Error::Forbidden {
                        registry,
                        address: address.clone(),
                        status,
                    })));
                }
                status => return Err(Failure::Permanent(format!("the server answered with status {status}"))),
            }
            let full = |reason| {
                Failure::Final(Box::new(Error::Io {
                    doing: "writing",
                    file: file.clone(),
                    reason,
                }))
            };
            receive(answer.body.as_reader(), temporary.as_file(), LARGEST, full)
        })?;
        if found != wanted.sha256 {
            let package = wanted.package.clone();
            return Err(Error::WrongChecksum {
                package,
                file: address,
                expected: wanted.sha256.clone(),
                found,
            });
        }
        let io = |reason| Error::Io {
            doing: "writing",
            file: file.clone(),
            reason,
        };
        temporary.flush().map_err(io)?;
        temporary.persist(&file).map_err(|error| io(error.error))?;
        self.store.set_verified(&file, &wanted.sha256);
        Ok(file)
    }

    fn not_in_local(&self, wanted: &RegistryPackage) -> Error {
        let folder = self.local.clone().unwrap_or_default();
        Error::NotInFolder {
            package: wanted.package.clone(),
            folder,
        }
    }

    /// A temporary file, and the file it shall become: in Cargo's cache, or in dyrust's if that cannot be written.
    fn place(&self, wanted: &RegistryPackage) -> Result<(tempfile::NamedTempFile, PathBuf), Error> {
        let name = format!("{}.crate", wanted.folder());
        let newest = self.folders("cache").next();
        let cache = self.folders("cache").find(|folder| folder.is_dir()).or(newest);
        let own = self.store.crates().join(self.folder()).join(&name);
        if let Some(cache) = cache {
            self.cleaned.get_or_init(|| remove_abandoned(&cache, TEMPORARY));
            let file = cache.join(&name);
            if let Ok(temporary) = temporary_beside(&file) {
                return Ok((temporary, file));
            }
        }
        match temporary_beside(&own) {
            Ok(temporary) => Ok((temporary, own)),
            Err(reason) => Err(Error::Io {
                doing: "writing",
                file: own,
                reason,
            }),
        }
    }

    /// The `.crate` file in Cargo's cache or dyrust's, verified.
    fn cached(&self, wanted: &RegistryPackage) -> Result<Cached, Error> {
        let name = format!("{}.crate", wanted.folder());
        let mut wrong = Cached::Absent;
        for folder in self.cache_folders() {
            let file = folder.join(&name);
            if self.store.is_verified(&file, &wanted.sha256) {
                return Ok(Cached::Right(file));
            }
            // Cargo leaves an empty file behind when a download is interrupted.
            if !fs::metadata(&file).is_ok_and(|metadata| metadata.is_file() && metadata.len() > 0) {
                continue;
            }
            let found = sha256_of(&file)?;
            if found == wanted.sha256 {
                self.store.set_verified(&file, &wanted.sha256);
                return Ok(Cached::Right(file));
            }
            wrong = Cached::Wrong(Box::new(Error::WrongChecksum {
                package: wanted.package.clone(),
                file: file.display().to_string(),
                expected: wanted.sha256.clone(),
                found,
            }));
        }
        Ok(wrong)
    }

    /// Reads a verified `.crate` file, from memory if it was read before.
    fn read(&self, wanted: &RegistryPackage, file: PathBuf) -> Result<Fetched, Error> {
        if let Some(memory) = self.store.recall(&wanted.sha256) {
            return self.fetched(wanted, memory.manifest, memory.files, file);
        }
        let archive = read_archive_file(&wanted.package, &file, &["Cargo.toml"])?;
        let archive::Archive { files, mut texts, .. } = archive;
        let Some(manifest) = texts.remove("Cargo.toml") else {
            let reason = archive::ArchiveError::NoManifest;
            return Err(Error::Archive {
                package: wanted.package.clone(),
                file,
                reason,
            });
        };
        self.store
            .remember(&wanted.sha256, &manifest, files.iter().map(String::as_str));
        self.fetched(wanted, manifest, FileSet::new(files), file)
    }

    /// What earlier imports made of a dependency's file, if that is on this machine as it was when it was verified.
    pub(in super::super) fn known(&self, wanted: &RegistryPackage) -> Option<Fetched> {
        if !wanted.dependency {
            return None;
        }
        let name = format!("{}.crate", wanted.folder());
        let mut files = self.cache_folders().map(|folder| folder.join(&name));
        let local = files.find(|file| self.store.is_verified(file, &wanted.sha256))?;
        let known: Package = facts::recall(self.store.folder(), &wanted.sha256, FactKind::Package)?;
        let PackageName { name, version } = &wanted.package;
        // A lock may give any package any checksum.
        if known.name.as_str() != name || known.version.to_string() != *version {
            return None;
        }
        Some(Fetched {
            known: Some(Arc::new(known)),
            lasting: true,
            index: None,
            manifest: ManifestText {
                text: String::new(),
                location: format!("{}/Cargo.toml", wanted.folder()),
            },
            workspace: None,
            files: FileSet::new([]),
            pin: self.pin(wanted).ok()?,
            local,
        })
    }

    /// Where its `.crate` file may be.
    fn cache_folders(&self) -> impl Iterator<Item = PathBuf> {
        let own = || self.store.crates().join(self.folder());
        let cargo = self.local.is_none().then(|| self.folders("cache").chain([own()]));
        self.local.iter().cloned().chain(cargo.into_iter().flatten())
    }

    fn pin(&self, wanted: &RegistryPackage) -> Result<Pin, Error> {
        Ok(Pin::Registry {
            sha256: wanted.sha256.clone(),
            registry: self.pinned()?,
        })
    }

    fn fetched(
        &self,
        wanted: &RegistryPackage,
        text: String,
        files: FileSet,
        local: PathBuf,
    ) -> Result<Fetched, Error> {
        let lasting = wanted.dependency && is_written_by_cargo(&text);
        Ok(Fetched {
            known: None,
            lasting,
            index: self.entry(wanted, &text)?,
            manifest: ManifestText {
                text,
                location: format!("{}/Cargo.toml", wanted.folder()),
            },
            workspace: None,
            files,
            pin: self.pin(wanted)?,
            local,
        })
    }
}

/// A `.crate` file on this machine.
#[derive(Debug)]
enum Cached {
    /// There is none.
    Absent,
    /// It has the checksum.
    Right(PathBuf),
    /// It has another one.
    Wrong(Box<Error>),
}

/// Reads a `.crate` file and keeps the wanted texts.
pub(in crate::source) fn read_archive_file(
    package: &PackageName,
    file: &Path,
    wanted: &[&str],
) -> Result<archive::Archive, Error> {
    let input = fs::File::open(file).map_err(|reason| Error::Io {
        doing: "reading",
        file: file.to_path_buf(),
        reason,
    })?;
    let folder = format!("{}-{}", package.name, package.version);
    archive::read(BufReader::new(input), &folder, wanted, Limits::default()).map_err(|reason| Error::Archive {
        package: package.clone(),
        file: file.to_path_buf(),
        reason,
    })
}

/// The most bytes that a download may have: what may be unpacked of it is limited to as many.
const LARGEST: u64 = 512 << 20;

/// Copies a body of at most `limit` bytes to a file and returns its sha256; what a try before left in the file is cut off.
fn receive(
    body: impl Read,
    mut file: &fs::File,
    limit: u64,
    full: impl Fn(std::io::Error) -> Failure,
) -> Result<String, Failure> {
    file.set_len(0).and_then(|()| file.rewind()).map_err(&full)?;
    let mut body = body.take(limit + 1);
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match body.read(&mut buffer)? {
            0 if body.limit() == 0 => return Err(Failure::too_long(limit)),
            0 => return Ok(hex::encode(&hasher.finalize())),
            length => {
                let data = buffer.get(..length).unwrap_or_default();
                hasher.update(data);
                file.write_all(data).map_err(&full)?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server could fill the disk.
    #[test]
    fn what_is_too_long_is_not_received() {
        let file = tempfile::tempfile().unwrap();
        let receive = |length: usize| {
            let body = vec![7_u8; length];
            receive(body.as_slice(), &file, 1000, |_| Failure::Permanent(String::new()))
        };
        assert!(receive(1000).is_ok());
        let Err(Failure::Permanent(reason)) = receive(1 << 20) else {
            panic!("a body over the limit was received");
        };
        assert_eq!(reason, "the server sends more than 1000 bytes");
        assert!(file.metadata().unwrap().len() <= 1001);
    }
}
