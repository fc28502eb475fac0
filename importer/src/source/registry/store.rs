//! What is kept on this machine: Cargo's own folders, and dyrust's memory of what it read from them.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use super::super::atomic::write_file;
use super::super::{Error, FileSet, PackageName, facts, hex};

/// What is remembered of a `.crate` file.
#[derive(Debug, Clone)]
pub(super) struct Memory {
    /// Its `Cargo.toml`.
    pub(super) manifest: String,
    /// The paths of its files.
    pub(super) files: FileSet,
}

/// The first line of a remembered `.crate` file; another one means another format.
const HEADER: &str = "dyrust crate 2";
/// How many files are kept in each of the 256 folders, of which a `.crate` file has up to five; the oldest are forgotten.
const KEPT: usize = 300;
/// How many verified files are remembered.
const STAMPS: usize = 20_000;

/// The memory in dyrust's cache folder. Whatever is damaged or cannot be read or written counts as not remembered.
#[derive(Debug)]
pub(in super::super) struct Store {
    folder: PathBuf,
    stamps: Mutex<Option<Stamps>>,
}

/// The `.crate` files whose checksum was computed, a line each: `checksum size modification-time change-time inode`.
#[derive(Debug, Default)]
struct Stamps {
    text: String,
    /// Where lines begin: by the first digits of the checksum, and by number, as a file may be in several places.
    lines: FxHashMap<(u64, u32), usize>,
    fresh: Vec<String>,
}

impl Stamps {
    fn new(text: String) -> Self {
        let mut stamps = Self::default();
        stamps.lines.reserve(text.len() / LINE);
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            stamps.note(line, start);
            start += line.len();
        }
        stamps.text = text;
        stamps
    }

    fn add(&mut self, stamp: String) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        self.note(&stamp, self.text.len());
        self.text.push_str(&stamp);
        self.text.push('\n');
        self.fresh.push(stamp);
    }

    fn note(&mut self, line: &str, start: usize) {
        let Some(digits) = first_digits(line) else { return };
        let free = (0..).find(|number| !self.lines.contains_key(&(digits, *number)));
        if let Some(number) = free {
            self.lines.insert((digits, number), start);
        }
    }

    fn has(&self, stamp: &str) -> bool {
        let Some(digits) = first_digits(stamp) else {
            return false;
        };
        let starts = (0..).map_while(|number| self.lines.get(&(digits, number)));
        let mut lines = starts.filter_map(|start| self.text.get(*start..)?.lines().next());
        lines.any(|line| line == stamp)
    }
}

/// About how long a line is.
const LINE: usize = 128;

fn first_digits(stamp: &str) -> Option<u64> {
    u64::from_str_radix(stamp.get(..16)?, 16).ok()
}

impl Store {
    pub(in super::super) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            stamps: Mutex::new(None),
        }
    }

    /// The folder for downloads when Cargo's own cannot be written.
    pub(super) fn crates(&self) -> PathBuf {
        self.folder.join("crates")
    }

    /// The cache folder.
    pub(in super::super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder for what registries say of themselves.
    pub(super) fn registries(&self) -> PathBuf {
        self.folder.join("registries")
    }

    /// What is remembered of the `.crate` file with this checksum.
    pub(super) fn recall(&self, sha256: &str) -> Option<Memory> {
        let text = fs::read_to_string(self.memory_file(sha256)).ok()?;
        let (head, rest) = text.split_once('\n')?;
        let mut fields = head.strip_prefix(HEADER)?.split_whitespace();
        let sum = u32::from_str_radix(fields.next()?, 16).ok()?;
        let length: usize = fields.next()?.parse().ok()?;
        if crc32fast::hash(rest.as_bytes()) != sum {
            return None;
        }
        let manifest = rest.get(..length)?.to_owned();
        let files = FileSet::new(rest.get(length..)?.lines().map(str::to_owned));
        Some(Memory { manifest, files })
    }

    /// Remembers what was read from a verified `.crate` file.
    pub(super) fn remember<'f>(&self, sha256: &str, manifest: &str, files: impl Iterator<Item = &'f str>) {
        let mut rest = manifest.to_owned();
        for file in files.filter(|file| !file.contains(['\n', '\r'])) {
            rest.push_str(file);
            rest.push('\n');
        }
        let text = format!(
            "{HEADER} {:08x} {}\n{rest}",
            crc32fast::hash(rest.as_bytes()),
            manifest.len()
        );
        let file = self.memory_file(sha256);
        if let Some(folder) = file.parent() {
            // Memory only saves time, so that a full or read-only disk is no error here.
            let _ = write_file(&file, text.as_bytes()).map(|()| forget_oldest(folder));
        }
    }

    /// A text of the `.crate` file with this checksum, such as its `lock`.
    pub(super) fn recall_text(&self, sha256: &str, which: &str) -> Option<String> {
        let text = fs::read_to_string(self.memory_file(sha256).with_extension(which)).ok()?;
        let (head, text) = text.split_once('\n')?;
        let sum = u32::from_str_radix(head.strip_prefix(HEADER)?.trim(), 16).ok()?;
        (crc32fast::hash(text.as_bytes()) == sum).then(|| text.to_owned())
    }

    /// Remembers a text of a verified `.crate` file.
    pub(super) fn remember_text(&self, sha256: &str, which: &str, text: &str) {
        let text = format!("{HEADER} {:08x}\n{text}", crc32fast::hash(text.as_bytes()));
        let _ = write_file(&self.memory_file(sha256).with_extension(which), text.as_bytes());
    }

    /// The checksum of a published version, and whether it was yanked when it was asked for.
    pub(super) fn recall_version(&self, registry: &str, package: &PackageName) -> Option<(String, bool)> {
        let text = fs::read_to_string(self.version_file(registry, package)).ok()?;
        let (sha256, yanked) = text.trim_end().split_once(' ')?;
        hex::is_sha256(sha256).then(|| (sha256.to_owned(), yanked == "yanked"))
    }

    /// Remembers what a registry said of a version.
    pub(super) fn remember_version(&self, registry: &str, package: &PackageName, sha256: &str, yanked: bool) {
        let text = format!("{sha256} {}\n", if yanked { "yanked" } else { "offered" });
        let _ = write_file(&self.version_file(registry, package), text.as_bytes());
    }

    fn version_file(&self, registry: &str, package: &PackageName) -> PathBuf {
        self.registries()
            .join(registry)
            .join(format!("{}-{}", package.name, package.version))
    }

    fn memory_file(&self, sha256: &str) -> PathBuf {
        facts::memory_file(&self.folder, sha256)
    }

    /// Has this file, as it is now, been seen to have this checksum?
    pub(super) fn is_verified(&self, file: &Path, sha256: &str) -> bool {
        let Some(stamp) = stamp(file, sha256) else { return false };
        let mut stamps = self.stamps.lock().unwrap_or_else(PoisonError::into_inner);
        stamps.get_or_insert_with(|| self.read_stamps()).has(&stamp)
    }

    /// Remembers that this file, as it is now, has this checksum.
    pub(super) fn set_verified(&self, file: &Path, sha256: &str) {
        let Some(stamp) = stamp(file, sha256) else { return };
        let mut stamps = self.stamps.lock().unwrap_or_else(PoisonError::into_inner);
        let stamps = stamps.get_or_insert_with(|| self.read_stamps());
        if !stamps.has(&stamp) {
            stamps.add(stamp);
        }
    }

    fn read_stamps(&self) -> Stamps {
        Stamps::new(fs::read_to_string(self.folder.join("verified")).unwrap_or_default())
    }

    /// Writes down which files were verified since the last call.
    pub(in super::super) fn save(&self) {
        let mut stamps = self.stamps.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(stamps) = stamps.as_mut().filter(|stamps| !stamps.fresh.is_empty()) else {
            return;
        };
        let file = self.folder.join("verified");
        // Another process may have written since: its lines are kept, and the newest of all.
        let old = fs::read_to_string(&file).unwrap_or_default();
        let lines: Vec<&str> = old.lines().chain(stamps.fresh.iter().map(String::as_str)).collect();
        let kept = lines.get(lines.len().saturating_sub(STAMPS)..).unwrap_or_default();
        let _ = write_file(&file, (kept.join("\n") + "\n").as_bytes());
        stamps.fresh.clear();
    }
}

/// A line that changes when the file does.
fn stamp(file: &Path, sha256: &str) -> Option<String> {
    let metadata = fs::metadata(file).ok()?;
    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!(
        "{sha256} {} {} {}",
        metadata.len(),
        modified.as_nanos(),
        changed(&metadata)
    ))
}

/// When the system last saw a change; unlike the time of modification, nobody sets it.
#[cfg(unix)]
fn changed(metadata: &fs::Metadata) -> String {
    use std::os::unix::fs::MetadataExt;
    format!("{}.{} {}", metadata.ctime(), metadata.ctime_nsec(), metadata.ino())
}

#[cfg(not(unix))]
fn changed(_metadata: &fs::Metadata) -> String {
    String::new()
}

/// Deletes the oldest files of a folder of memories, down to half of what is kept at most.
fn forget_oldest(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut files: Vec<_> = entries
        .flatten()
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    if files.len() > KEPT {
        files.sort();
        for (_, file) in files.iter().take(files.len() - KEPT / 2) {
            let _ = fs::remove_file(file);
        }
    }
}

/// The sha256 of a file, in hexadecimal digits.
pub(in super::super) fn sha256_of(file: &Path) -> Result<String, Error> {
    let io = |reason| Error::Io {
        doing: "reading",
        file: file.to_path_buf(),
        reason,
    };
    let mut input = File::open(file).map_err(io)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 128 << 10];
    loop {
        match input.read(&mut buffer).map_err(io)? {
            0 => return Ok(hex::encode(&hasher.finalize())),
            length => hasher.update(buffer.get(..length).unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUM: &str = "aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899";

    #[test]
    fn remembers_and_ignores_damage() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().to_path_buf());
        assert!(store.recall(SUM).is_none());
        store.remember(SUM, "[package]\nname = \"ä\"\n", ["src/lib.rs", "build.rs"].into_iter());
        let memory = store.recall(SUM).unwrap();
        assert_eq!(memory.manifest, "[package]\nname = \"ä\"\n");
        assert!(memory.files.contains("build.rs") && memory.files.contains("src/lib.rs"));
        assert!(!memory.files.contains("src/main.rs"));
        assert!(store.recall_text(SUM, "lock").is_none());
        store.remember_text(SUM, "lock", "version = 4\n");
        assert_eq!(store.recall_text(SUM, "lock").unwrap(), "version = 4\n");
        fs::write(
            store.memory_file(SUM).with_extension("lock"),
            format!("{HEADER} 00000000\nversion = 4\n"),
        )
        .unwrap();
        assert!(store.recall_text(SUM, "lock").is_none());
        let file = store.memory_file(SUM);
        let text = fs::read_to_string(&file).unwrap();
        for damaged in [
            text.replace("lib", "lob"),
            text.replace(HEADER, "dyrust crate 1"),
            text[..20].to_owned(),
            String::new(),
        ] {
            fs::write(&file, damaged).unwrap();
            assert!(store.recall(SUM).is_none());
        }
    }

    #[test]
    fn the_memory_is_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().to_path_buf());
        for number in 0..KEPT + 10 {
            store.remember(&format!("aa{number:062}"), "x", std::iter::empty());
        }
        let kept = fs::read_dir(folder.path().join("manifests/aa")).unwrap().count();
        assert!((KEPT / 2..=KEPT).contains(&kept), "{kept}");
    }

    #[test]
    fn a_changed_file_is_not_verified() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.crate");
        fs::write(&file, "one").unwrap();
        let store = Store::new(folder.path().join("cache"));
        assert!(!store.is_verified(&file, SUM));
        store.set_verified(&file, SUM);
        assert!(store.is_verified(&file, SUM));
        store.save();
        let again = Store::new(folder.path().join("cache"));
        assert!(again.is_verified(&file, SUM));
        // Flipped bits, with the size and the time of before, were trusted for ever.
        let before = fs::metadata(&file).unwrap().modified().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(20));
        fs::write(&file, "two").unwrap();
        fs::File::options()
            .write(true)
            .open(&file)
            .unwrap()
            .set_modified(before)
            .unwrap();
        assert!(!again.is_verified(&file, SUM));
    }

    #[test]
    fn a_file_may_have_several_stamps() {
        let lines = [
            format!("{SUM} 1"),
            format!("{SUM} 2"),
            "damaged".to_owned(),
            format!("{SUM} 3"),
        ];
        let mut stamps = Stamps::new(lines.join("\n"));
        assert!(stamps.has(&lines[0]) && stamps.has(&lines[1]) && stamps.has(&lines[3]));
        assert!(!stamps.has("damaged") && !stamps.has(SUM) && !stamps.has(&format!("{SUM} 4")));
        stamps.add(format!("{SUM} 4"));
        assert!(stamps.has(&format!("{SUM} 4")) && stamps.has(&lines[3]));
        assert_eq!(stamps.fresh, [format!("{SUM} 4")]);
    }

    #[test]
    fn a_read_only_cache_is_no_error() {
        let store = Store::new(PathBuf::from("/proc/nowhere"));
        store.remember(SUM, "x", std::iter::empty());
        store.set_verified(Path::new("Cargo.toml"), SUM);
        store.save();
        assert!(store.recall(SUM).is_none());
    }
}
