//! All versions of packages of a registry, as its index has them, read one by one.
//!
//! A resolver that chooses versions needs to know which there are, and of a few of them what they depend on. The index's files are kept
//! in dyrust's cache, so that a resolution can be repeated without the network; Cargo's own copy of the index counts too.

use std::ops::Range;

use jiff::Timestamp;
use semver::Version;
use serde::Deserialize;
use tame_index::index::IndexCache;
use tame_index::index::cache::ValidCacheEntry;
use tame_index::{IndexVersion, KrateName};

use super::super::Error;
use super::super::atomic::write_file;
use super::{Registry, newest_first, template};

/// The versions of a package in a registry's index, by version.
#[derive(Debug, Default)]
pub struct IndexFile {
    text: String,
    versions: Vec<(Version, Range<usize>)>,
}

/// What of an entry has to be known to find it.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    vers: std::borrow::Cow<'a, str>,
}

impl<'a> Head<'a> {
    fn read(line: &'a str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }
}

/// The version of a line that begins as those do that registries write: with the name and the version.
fn usual_version(line: &str) -> Option<&str> {
    let (_, rest) = after(line, ["{", "\"name\"", ":", "\""])?.split_once('"')?;
    let (version, _) = after(rest, [",", "\"vers\"", ":", "\""])?.split_once('"')?;
    // One with an escape is none anyway.
    (!version.contains('\\') && line.trim_end().ends_with('}')).then_some(version)
}

/// What comes after these words, which may have spaces before them.
fn after<'a>(text: &'a str, words: [&str; 4]) -> Option<&'a str> {
    let mut words = words.into_iter();
    words.try_fold(text, |rest, word| rest.trim_start_matches(' ').strip_prefix(word))
}

impl IndexFile {
    /// Reads the file of a sparse index, an entry a line. Lines that are no entries are passed over, as Cargo does: they may be of a
    /// later format. The rest of a line is looked at when it is asked for.
    fn of_lines(text: String) -> Self {
        let mut versions = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let version = match usual_version(line) {
                Some(version) => Version::parse(version).ok(),
                None => Head::read(line).and_then(|head| Version::parse(&head.vers).ok()),
            };
            versions.extend(version.map(|version| (version, start..start + line.len())));
            start += line.len();
        }
        Self::sorted(text, versions)
    }

    /// Reads Cargo's own form, in which versions and entries take turns.
    fn of_cache(bytes: &[u8]) -> Option<Self> {
        let entries = std::str::from_utf8(ValidCacheEntry::read(bytes).ok()?.version_entries).ok()?;
        let mut versions = Vec::new();
        let mut start = 0;
        let mut version = None;
        for part in entries.split('\0') {
            match version.take() {
                None => version = Some(Version::parse(part).ok()),
                Some(known) => versions.extend(known.map(|known: Version| (known, start..start + part.len()))),
            }
            start += part.len() + 1;
        }
        Some(Self::sorted(entries.to_owned(), versions))
    }

    fn sorted(text: String, mut versions: Vec<(Version, Range<usize>)>) -> Self {
        versions.sort_by(|(a, _), (b, _)| a.cmp(b));
        versions.dedup_by(|(a, _), (b, _)| a == b);
        Self { text, versions }
    }

    /// The versions, ascending; withdrawn ones are among them.
    pub fn versions(&self) -> impl Iterator<Item = &Version> {
        self.versions.iter().map(|(version, _)| version)
    }

    /// Is there such a version, with an entry?
    pub fn has(&self, version: &Version) -> bool {
        let place = self.position(version).map(|position| &self.versions[position].1);
        place.is_some_and(|place| Head::read(&self.text[place.clone()]).is_some())
    }

    /// What the index says of a version; none if it has no such version, or an entry of a format that is not known.
    pub fn entry(&self, version: &Version) -> Option<IndexVersion> {
        let (_, place) = &self.versions[self.position(version)?];
        serde_json::from_str(&self.text[place.clone()]).ok()
    }

    /// When a version was published, if the index tells.
    pub fn published(&self, version: &Version) -> Option<Timestamp> {
        self.entry(version)?.pubtime?.parse().ok()
    }

    /// Was a version published at `latest` or before? What the index tells no time of is.
    pub(crate) fn is_old_enough(&self, version: &Version, latest: Option<Timestamp>) -> bool {
        latest.is_none_or(|latest| self.published(version).is_none_or(|time| time <= latest))
    }

    fn position(&self, version: &Version) -> Option<usize> {
        self.versions.binary_search_by(|(known, _)| known.cmp(version)).ok()
    }
}

impl Registry<'_> {
    /// The versions of a package as they are known on this machine; none if nothing is known.
    pub(in super::super) fn known_versions(&self, name: &str) -> Option<IndexFile> {
        if let Some(folder) = &self.local {
            let text = std::fs::read_to_string(folder.join("index").join(template::index_path(name))).ok()?;
            return Some(IndexFile::of_lines(text));
        }
        let own = self.kept(name);
        let package = KrateName::cargo(name).ok();
        let cargo = self.folders("index").filter_map(|folder| {
            let path = tame_index::PathBuf::from_path_buf(folder).ok()?;
            Some(IndexCache::at_path(path).cache_path(package?).into_std_path_buf())
        });
        // An index only grows, so that the one that was written last has all that the others have.
        let mut files = newest_first([own.clone()].into_iter().chain(cargo)).into_iter();
        files.find_map(|(_, file)| match file == own {
            true => Some(IndexFile::of_lines(std::fs::read_to_string(file).ok()?)),
            false => IndexFile::of_cache(&std::fs::read(file).ok()?),
        })
    }

    /// The versions of a package as the registry has them now; none if it has no such package.
    ///
    /// # Errors
    /// When the network must not be used, or the registry can't be asked.
    pub(in super::super) fn current_versions(&self, name: &str) -> Result<Option<IndexFile>, Error> {
        if self.local.is_none() {
            self.online()?;
            if self.sparse_url().is_none() {
                let registry = self.index.clone();
                return Err(Error::UnknownRegistry { registry });
            }
        }
        let Some(bytes) = self.index_file(name)? else {
            return Ok(None);
        };
        let text = String::from_utf8(bytes).map_err(|reason| self.wrong_entry(name, reason.to_string()))?;
        if self.local.is_none() {
            // Only saves asking again, so that a full or read-only disk is no error.
            let _ = write_file(&self.kept(name), text.as_bytes());
        }
        Ok(Some(IndexFile::of_lines(text)))
    }

    /// Where dyrust keeps a package's file of the index.
    fn kept(&self, name: &str) -> std::path::PathBuf {
        let folder = self.store.registries().join(self.folder()).join("index");
        folder.join(template::index_path(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = r#"{"name":"a","vers":"1.10.0","deps":[],"cksum":"00","features":{},"yanked":true}
{"name":"a","vers":"1.2.0","deps":[],"cksum":"00","features":{},"yanked":false}
not an entry
"#;

    /// Kept files may be damaged, and are asked for again then.
    #[test]
    fn a_version_without_an_entry_is_not_there() {
        let file = IndexFile::of_lines(LINES.replace("\"yanked\":false", "\"yanked\":fals"));
        assert!(!file.has(&Version::new(1, 2, 0)) && file.has(&Version::new(1, 10, 0)));
        assert!(file.entry(&Version::new(1, 2, 0)).is_none());
        // However it is written.
        let versions = [
            "{\"name\":\"a\",\"vers\":\"1.0.0\"}",
            "{\"name\": \"a\", \"vers\": \"1.0.0\"}\n",
        ]
        .map(usual_version);
        assert_eq!(versions, [Some("1.0.0"); 2]);
        assert_eq!(usual_version("{\"name\":\"a\\\"\",\"vers\":\"1.0.0\"}"), None);
        let file = IndexFile::of_lines("{ \"vers\": \"1.0.\\u0031\", \"name\": \"a\" }\n".to_owned());
        assert!(file.has(&Version::new(1, 0, 1)));
    }

    #[test]
    fn entries_are_found_by_version_and_other_lines_passed_over() {
        let file = IndexFile::of_lines(LINES.to_owned());
        let versions: Vec<String> = file.versions().map(ToString::to_string).collect();
        assert_eq!(versions, ["1.2.0", "1.10.0"]);
        assert!(file.has(&Version::new(1, 2, 0)) && !file.has(&Version::new(1, 3, 0)));
        // A checksum of two digits is none.
        assert!(file.entry(&Version::new(1, 10, 0)).is_none());
        let sum = "00".repeat(32);
        let file = IndexFile::of_lines(LINES.replace("\"00\"", &format!("\"{sum}\"")));
        assert!(file.entry(&Version::new(1, 10, 0)).is_some_and(|entry| entry.yanked));
    }
}
