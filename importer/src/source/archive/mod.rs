//! Reads `.crate` files: gzipped tar archives whose files all lie in one folder, `NAME-VERSION`.
//!
//! Nothing is unpacked to disk: an archive is read from its beginning to its end once, its paths are collected and the few wanted
//! texts kept. An archive that Cargo or tar could unpack outside of its folder, or that two readers could unpack in two ways, is refused: what
//! was looked at here, what Cargo compiles and what the builder unpacks are the same files.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufReader, Read};
use std::ops::Bound;
use std::path::{Component, Path};

use flate2::bufread::GzDecoder;
use tar::EntryType;
use thiserror::Error;

/// What is wrong with an archive.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The first bytes are not those of gzip.
    #[error("it is not a gzip file")]
    NotGzip,
    /// The data end too early or do not decompress.
    #[error("it is truncated or damaged ({0})")]
    Damaged(std::io::Error),
    /// An absolute path.
    #[error("it holds the absolute path `{0}`")]
    Absolute(String),
    /// A path with `..`.
    #[error("it holds the path `{0}`, which leads out of its folder")]
    Traversal(String),
    /// A path that is not in the folder `NAME-VERSION`.
    #[error("it holds `{path}`, which is not in its folder `{folder}`")]
    WrongFolder {
        /// The path.
        path: String,
        /// The folder that all paths should lie in.
        folder: String,
    },
    /// A link to somewhere outside, or a hard link to nothing that is there yet.
    #[error("its link `{path}` leads to `{target}`, out of its folder")]
    Link {
        /// The link.
        path: String,
        /// Where it leads.
        target: String,
    },
    /// A path below a link.
    #[error("it holds `{0}`, which lies below a link")]
    BelowLink(String),
    /// A path that comes twice.
    #[error("it holds `{0}` twice")]
    Duplicate(String),
    /// A path or a wanted text in another encoding than UTF-8.
    #[error("`{0}` is not UTF-8")]
    Encoding(String),
    /// A name that is both a file and a folder.
    #[error("it holds `{0}` both as a file and as a folder")]
    FileAndFolder(String),
    /// Data after the end of the gzip member: a second one, perhaps, which only some readers see.
    #[error("it goes on after the end of its gzip data, which only some programs would read")]
    AfterGzip,
    /// Data after the end of the tar archive.
    #[error("it goes on after the end of its archive, which only some programs would read")]
    AfterArchive,
    /// Headers that name an entry in more than one way, or that readers understand in different ways.
    #[error("its extended header before `{path}` {problem}")]
    Extension {
        /// The path in the header of the entry itself.
        path: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Devices, pipes and other things that no package has.
    #[error("`{path}` is neither a file nor a folder nor a link (type {kind})")]
    Kind {
        /// The path.
        path: String,
        /// The type byte of its header, as a character.
        kind: char,
    },
    /// More data than any package has.
    #[error("it unpacks to more than {0} bytes")]
    TooLarge(u64),
    /// More paths than any package has.
    #[error("it holds more than {0} paths")]
    TooMany(usize),
    /// A wanted text is too long to be one.
    #[error("its `{path}` has {size} bytes; {limit} are the most that is accepted")]
    TextTooLarge {
        /// The path.
        path: String,
        /// Its size.
        size: u64,
        /// The limit.
        limit: u64,
    },
    /// There is no manifest.
    #[error("it holds no `Cargo.toml`")]
    NoManifest,
}

/// How much an archive may hold; sizes are in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// All its data together. Cargo refuses more than 512 MiB.
    pub unpacked: u64,
    /// The number of its paths.
    pub paths: usize,
    /// The size of a text that is kept.
    pub text: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            unpacked: 512 << 20,
            paths: 200_000,
            text: 16 << 20,
        }
    }
}

/// How much code a package has, in bytes of its source. What only its tests, examples and benchmarks are of does not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SourceBytes {
    /// Rust.
    pub rust: u64,
    /// C and C++, headers apart.
    pub c: u64,
}

impl SourceBytes {
    /// Counts a file, by its path in the package. A size is what the archive says, and may be any number.
    fn count(&mut self, path: &str, size: u64) {
        let folder = path.split_once('/').map_or("", |(folder, _)| folder);
        if matches!(folder, "tests" | "examples" | "benches") {
            return;
        }
        match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "rs" => self.rust = self.rust.saturating_add(size),
            "c" | "cc" | "cpp" | "cxx" => self.c = self.c.saturating_add(size),
            _ => {}
        }
    }
}

/// What was found in an archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Archive {
    /// How much code it has.
    pub source: SourceBytes,
    /// The paths of the files and links in its folder.
    pub files: BTreeSet<String>,
    /// The wanted texts that it holds, by path.
    pub texts: BTreeMap<String, String>,
}

/// Reads a `.crate` file in memory; see [`read`].
pub fn read_archive(bytes: &[u8], folder: &str, wanted: &[&str], limits: Limits) -> Result<Archive, ArchiveError> {
    read(bytes, folder, wanted, limits)
}

/// Reads a `.crate` file whose paths must all lie in `folder`, and keeps the `wanted` files (paths in the folder) as texts.
pub fn read(source: impl Read, folder: &str, wanted: &[&str], limits: Limits) -> Result<Archive, ArchiveError> {
    let mut source = BufReader::with_capacity(64 << 10, source);
    let start = std::io::BufRead::fill_buf(&mut source).map_err(ArchiveError::Damaged)?;
    if !start.starts_with(&[0x1f, 0x8b]) {
        return Err(ArchiveError::NotGzip);
    }
    // One byte more than allowed, so that reaching the limit can be told from the archive's end.
    let mut limited = GzDecoder::new(source).take(limits.unpacked.saturating_add(1));
    let result = read_tar(&mut limited, folder, wanted, limits);
    if limited.limit() == 0 {
        return Err(ArchiveError::TooLarge(limits.unpacked));
    }
    let archive = result?;
    // The rest holds gzip's checksum, which proves that the file is whole; of the archive only empty blocks may follow.
    let mut rest = [0; 4096];
    loop {
        match limited.read(&mut rest).map_err(ArchiveError::Damaged)? {
            0 => break,
            length if rest[..length].iter().any(|byte| *byte != 0) => return Err(ArchiveError::AfterArchive),
            _ => {}
        }
    }
    if limited.limit() == 0 {
        return Err(ArchiveError::TooLarge(limits.unpacked));
    }
    let mut source = limited.into_inner().into_inner();
    match std::io::BufRead::fill_buf(&mut source).map_err(ArchiveError::Damaged)? {
        [] => Ok(archive),
        _ => Err(ArchiveError::AfterGzip),
    }
}

/// A file that Cargo writes itself when it has unpacked a package. What a package has of that name it leaves out, and so does the builder.
const CARGO_MARK: &str = ".cargo-ok";
const MARK_AS_FOLDER: &str = ".cargo-ok/";

/// The most that the header before an entry may have; paths are shorter.
const EXTENSION_LIMIT: u64 = 64 << 10;

/// What the headers before an entry say of it. Readers differ in which of two names they take, so there may be just one.
#[derive(Default)]
struct Extension {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    seen: bool,
    problem: Option<&'static str>,
}

impl Extension {
    /// Takes in a header, if the entry is one.
    fn take(&mut self, entry: &mut tar::Entry<'_, impl Read>, folder: &str) -> Result<bool, ArchiveError> {
        let kind = entry.header().entry_type();
        if !matches!(
            kind,
            EntryType::GNULongName | EntryType::GNULongLink | EntryType::XHeader | EntryType::XGlobalHeader
        ) {
            return Ok(false);
        }
        if entry.size() > EXTENSION_LIMIT {
            self.problem = Some("is longer than any path");
            return Ok(true);
        }
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(ArchiveError::Damaged)?;
        if bytes.len() as u64 != entry.size() {
            return Err(ArchiveError::Damaged(std::io::ErrorKind::UnexpectedEof.into()));
        }
        self.seen |= kind != EntryType::XGlobalHeader;
        // Cargo takes this one for an entry like others, and looks where it is.
        if kind == EntryType::XGlobalHeader {
            let full = text_of(&entry.path_bytes())?;
            starts_in_folder(&full, folder)?;
            // It unpacks nothing, but the folders around it.
            if Path::new(&full)
                .strip_prefix(folder)
                .is_ok_and(|path| path.starts_with(CARGO_MARK))
            {
                return Err(ArchiveError::FileAndFolder(CARGO_MARK.to_owned()));
            }
        }
        match kind {
            EntryType::GNULongName => {
                trim_end(&mut bytes);
                self.set(true, bytes);
            }
            EntryType::GNULongLink => {
                trim_end(&mut bytes);
                self.set(false, bytes);
            }
            _ => self.records(&bytes, kind == EntryType::XGlobalHeader),
        }
        Ok(true)
    }

    fn set(&mut self, is_path: bool, bytes: Vec<u8>) {
        let place = if is_path { &mut self.path } else { &mut self.link };
        if place.replace(bytes).is_some() {
            self.problem = Some("names it twice");
        }
    }

    /// The records of a pax header.
    fn records(&mut self, bytes: &[u8], global: bool) {
        // The builder reads these as text.
        if !global && std::str::from_utf8(bytes).is_err() {
            self.problem = Some("is not UTF-8");
            return;
        }
        let mut length = 0;
        for record in tar::PaxExtensions::new(bytes) {
            let Ok(record) = record else {
                self.problem = Some("is damaged");
                return;
            };
            let (key, value) = (record.key_bytes(), record.value_bytes());
            let digits = |length: usize| length.to_string().len();
            // "LENGTH KEY=VALUE\n", where the length counts itself.
            let rest = key.len() + value.len() + 3;
            length += (rest + digits(rest)).max(rest + digits(rest + digits(rest)));
            match key {
                b"path" if !global => self.set(true, value.to_vec()),
                b"linkpath" if !global => self.set(false, value.to_vec()),
                b"path" | b"linkpath" | b"size" => self.problem = Some("has a key that packages have no use for"),
                key if key.starts_with(b"GNU.sparse") => {
                    self.problem = Some("has a key that packages have no use for");
                }
                _ => {}
            }
        }
        if length != bytes.len() {
            self.problem = Some("is damaged");
        }
    }
}

/// Cargo looks at the name as it is written: one that begins with `./` is outside for it.
fn starts_in_folder(full: &str, folder: &str) -> Result<(), ArchiveError> {
    if Path::new(full).starts_with(folder) {
        return Ok(());
    }
    Err(ArchiveError::WrongFolder {
        path: full.to_owned(),
        folder: folder.to_owned(),
    })
}

/// The mode and the time of an entry have to be numbers for the builder, though not for Cargo.
fn check_numbers(header: &tar::Header) -> Result<(), ArchiveError> {
    let old = header.as_old();
    let is_number = |field: &[u8]| {
        // Large ones are binary.
        let is_binary = field.first().is_some_and(|first| first & 0x80 != 0);
        let text = field.split(|byte| *byte == 0).next().unwrap_or_default();
        let digits = std::str::from_utf8(text).map(str::trim);
        is_binary || digits.is_ok_and(|digits| digits.is_empty() || u64::from_str_radix(digits, 8).is_ok())
    };
    if is_number(&old.mode) && is_number(&old.mtime) {
        return Ok(());
    }
    let reason = "the mode or the time of an entry is no number";
    Err(ArchiveError::Damaged(std::io::Error::new(
        std::io::ErrorKind::InvalidData,
        reason,
    )))
}

/// GNU's long names end in a zero byte.
fn trim_end(bytes: &mut Vec<u8>) {
    if bytes.last() == Some(&0) {
        bytes.pop();
    }
}

fn read_tar(source: impl Read, folder: &str, wanted: &[&str], limits: Limits) -> Result<Archive, ArchiveError> {
    let mut tar = tar::Archive::new(source);
    let mut archive = Archive::default();
    let mut links = BTreeMap::new();
    let mut folders = BTreeSet::new();
    let mut extension = Extension::default();
    for (count, entry) in tar.entries().map_err(ArchiveError::Damaged)?.raw(true).enumerate() {
        let mut entry = entry.map_err(ArchiveError::Damaged)?;
        if count >= limits.paths {
            return Err(ArchiveError::TooMany(limits.paths));
        }
        if extension.take(&mut entry, folder)? {
            continue;
        }
        let kind = entry.header().entry_type();
        let extension = std::mem::take(&mut extension);
        let own = entry.path_bytes();
        if let Some(problem) = extension.problem {
            return Err(ArchiveError::Extension {
                path: String::from_utf8_lossy(&own).into_owned(),
                problem,
            });
        }
        let full = text_of(extension.path.as_deref().unwrap_or(&own))?;
        drop(own);
        let path = inner_path(&full, folder)?;
        starts_in_folder(&full, folder)?;
        check_numbers(entry.header())?;
        // Where Cargo writes its mark no folder may be.
        if path.starts_with(MARK_AS_FOLDER) || path == CARGO_MARK && kind == EntryType::Directory {
            return Err(ArchiveError::FileAndFolder(CARGO_MARK.to_owned()));
        }
        if path.rsplit('/').next() == Some(CARGO_MARK) {
            continue;
        }
        match kind {
            EntryType::Directory => {
                folders.insert(path);
                continue;
            }
            // Old archives have folders so.
            EntryType::Regular | EntryType::Continuous if full.ends_with('/') => {
                return Err(ArchiveError::FileAndFolder(path));
            }
            EntryType::Regular | EntryType::Continuous => archive.source.count(&path, entry.size()),
            EntryType::Symlink | EntryType::Link => {
                let own = entry.link_name_bytes().unwrap_or_default();
                let target = text_of(extension.link.as_deref().unwrap_or(&own))?;
                drop(own);
                let hard = kind == EntryType::Link;
                // Readers make a hard link at once: what it means must be there.
                let there = inner_path(&target, folder)
                    .is_ok_and(|target| archive.files.contains(&target) && !links.contains_key(&target));
                if hard && !there {
                    return Err(ArchiveError::Link { path, target });
                }
                links.insert(path.clone(), (target, hard));
            }
            other => {
                return Err(ArchiveError::Kind {
                    path: full,
                    kind: char::from(other.as_byte()),
                });
            }
        }
        if path.is_empty() {
            return Err(ArchiveError::WrongFolder {
                path: full,
                folder: folder.to_owned(),
            });
        }
        if wanted.contains(&path.as_str()) && !links.contains_key(&path) {
            let size = entry.size();
            if size > limits.text {
                return Err(ArchiveError::TextTooLarge {
                    path,
                    size,
                    limit: limits.text,
                });
            }
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).map_err(ArchiveError::Damaged)?;
            if bytes.len() as u64 != size {
                let reason = std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
                return Err(ArchiveError::Damaged(reason));
            }
            let text = String::from_utf8(bytes).map_err(|_| ArchiveError::Encoding(full))?;
            archive.texts.insert(path.clone(), text);
        }
        if !archive.files.insert(path.clone()) {
            return Err(ArchiveError::Duplicate(path));
        }
    }
    if extension.seen || extension.problem.is_some() {
        return Err(ArchiveError::Damaged(std::io::ErrorKind::UnexpectedEof.into()));
    }
    check_places(&archive.files, &folders, &links, folder)?;
    let mut files = archive.files.iter();
    if let Some(path) = files.find(|path| folders.contains(*path) || below(path, &archive.files, &folders).is_some()) {
        return Err(ArchiveError::FileAndFolder(path.clone()));
    }
    Ok(archive)
}

/// No path may lie below a link, and no link may leave the archive's folder.
fn check_places(
    files: &BTreeSet<String>,
    folders: &BTreeSet<String>,
    links: &BTreeMap<String, (String, bool)>,
    folder: &str,
) -> Result<(), ArchiveError> {
    let below_link = |link: &String| folders.get(link).or_else(|| below(link, files, folders));
    if let Some(path) = links.keys().find_map(below_link) {
        return Err(ArchiveError::BelowLink(path.clone()));
    }
    for (path, (target, hard)) in links {
        // A hard link names its target from the archive's root, a symbolic one from its own folder.
        let resolved = if *hard {
            inner_path(target, folder).ok()
        } else {
            let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
            resolve(parent, target)
        };
        // No link has a path below it, so `..` at the start means what it says; after a name it could follow another link.
        let inside = resolved.is_some() && target_is_plain(target);
        if !inside {
            return Err(ArchiveError::Link {
                path: path.clone(),
                target: target.clone(),
            });
        }
    }
    Ok(())
}

/// A path below this one. They stand together in the order of paths, so that none is cut into its folders: a path of sixty thousand bytes has
/// thirty thousand of them, and so may each of thousands of paths.
fn below<'a>(path: &str, files: &'a BTreeSet<String>, folders: &'a BTreeSet<String>) -> Option<&'a String> {
    let start = format!("{path}/");
    let first = |paths: &'a BTreeSet<String>| {
        let mut after = paths.range::<str, _>((Bound::Included(start.as_str()), Bound::Unbounded));
        after.next().filter(|path| path.starts_with(&start))
    };
    first(files).or_else(|| first(folders))
}

/// A target without `..` after a name, so that passing through links cannot change where it leads.
fn target_is_plain(target: &str) -> bool {
    let mut named = false;
    target.split('/').all(|part| {
        let fine = !(named && part == "..");
        named |= !matches!(part, "" | "." | "..");
        fine
    })
}

/// `target` as seen from `parent`, both in the archive's folder; nothing if it leaves it.
fn resolve(parent: &str, target: &str) -> Option<String> {
    if target.is_empty() || target.starts_with('/') || target.contains('\\') {
        return None;
    }
    let mut parts: Vec<&str> = parent.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The path inside of the archive's folder; empty for the folder itself.
fn inner_path(full: &str, folder: &str) -> Result<String, ArchiveError> {
    let mut parts = Vec::new();
    for component in Path::new(full).components() {
        match component {
            Component::Normal(part) => parts.push(part.to_str().unwrap_or_default()),
            Component::CurDir => {}
            Component::ParentDir => return Err(ArchiveError::Traversal(full.to_owned())),
            Component::RootDir | Component::Prefix(_) => return Err(ArchiveError::Absolute(full.to_owned())),
        }
    }
    match parts.split_first() {
        Some((first, rest)) if *first == folder => Ok(rest.join("/")),
        _ => Err(ArchiveError::WrongFolder {
            path: full.to_owned(),
            folder: folder.to_owned(),
        }),
    }
}

fn text_of(bytes: &[u8]) -> Result<String, ArchiveError> {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text.to_owned()),
        _ => Err(ArchiveError::Encoding(String::from_utf8_lossy(bytes).into_owned())),
    }
}
