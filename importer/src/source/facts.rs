//! What was found out about `.crate` files: facts that hold as long as the file has its checksum, kept in dyrust's cache folder, so that
//! no import reads the file again for them.
//!
//! They are keyed by the checksum, which the file has been verified to have, and only an importer of the same sources reads them. Whatever is
//! damaged, of another importer or of another file counts as not known, and is found out and written anew.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::atomic::write_file;

/// The first line of a file of facts, but for the checksum of what follows. It has a digest of the importer's sources, which build.rs makes:
/// another importer may make something else of a `.crate` file.
const HEADER: &str = concat!("dyrust facts ", env!("DYRUST_IMPORTER_SOURCES"), " ");

/// A kind of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FactKind {
    /// The package that its manifest and the list of its files make.
    Package,
    /// What its sources look for around packages that are built.
    Helper,
}

impl FactKind {
    fn extension(self) -> &'static str {
        match self {
            Self::Package => "package",
            Self::Helper => "helper",
        }
    }
}

/// The file in the cache folder for what is kept of a `.crate` file.
pub(super) fn memory_file(cache: &Path, sha256: &str) -> PathBuf {
    let (start, rest) = sha256.split_at_checked(2).unwrap_or((sha256, ""));
    cache.join("manifests").join(start).join(rest)
}

/// What is known of the `.crate` file with this checksum.
pub(crate) fn recall<T: DeserializeOwned>(cache: &Path, sha256: &str, kind: FactKind) -> Option<T> {
    let bytes = fs::read(memory_file(cache, sha256).with_extension(kind.extension())).ok()?;
    let (sum, body) = bytes.strip_prefix(HEADER.as_bytes())?.split_at_checked(SUM)?;
    if sum != sum_of(sha256, kind, body).as_bytes() {
        return None;
    }
    postcard::from_bytes(body).ok()
}

/// Keeps what was found out about a verified `.crate` file. To have it saves time only, so that a full or read-only disk is no error.
pub(crate) fn remember<T: Serialize>(cache: &Path, sha256: &str, kind: FactKind, facts: &T) {
    let Ok(body) = postcard::to_allocvec(facts) else { return };
    let mut bytes = format!("{HEADER}{}", sum_of(sha256, kind, &body)).into_bytes();
    bytes.extend(body);
    let _ = write_file(&memory_file(cache, sha256).with_extension(kind.extension()), &bytes);
}

/// How long a checksum is with the end of its line.
const SUM: usize = 9;

/// The checksum of facts, which are of one kind and of one file.
fn sum_of(sha256: &str, kind: FactKind, body: &[u8]) -> String {
    let mut hasher = crc32fast::Hasher::new();
    for part in [sha256.as_bytes(), kind.extension().as_bytes(), body] {
        hasher.update(part);
    }
    format!("{:08x}\n", hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUM_A: &str = "aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899";
    const SUM_B: &str = "bbbbccddeeff00112233445566778899aabbccddeeff00112233445566778899";

    #[test]
    fn what_is_damaged_or_of_another_file_is_not_known() {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path();
        let facts = vec![("ä".to_owned(), 7_u32), (String::new(), 0)];
        let recall = |sha256, kind| super::recall::<Vec<(String, u32)>>(cache, sha256, kind);
        assert_eq!(recall(SUM_A, FactKind::Package), None);
        remember(cache, SUM_A, FactKind::Package, &facts);
        assert_eq!(recall(SUM_A, FactKind::Package), Some(facts.clone()));
        assert_eq!(recall(SUM_A, FactKind::Helper), None);
        let place = |sha256, kind: FactKind| memory_file(cache, sha256).with_extension(kind.extension());
        let file = place(SUM_A, FactKind::Package);
        let bytes = fs::read(&file).unwrap();
        for (sha256, kind) in [(SUM_A, FactKind::Helper), (SUM_B, FactKind::Package)] {
            fs::create_dir_all(place(sha256, kind).parent().unwrap()).unwrap();
            fs::write(place(sha256, kind), &bytes).unwrap();
            assert_eq!(recall(sha256, kind), None);
        }
        for position in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[position] ^= 1;
            fs::write(&file, damaged).unwrap();
            assert_eq!(recall(SUM_A, FactKind::Package), None, "byte {position}");
            fs::write(&file, &bytes[..position]).unwrap();
            assert_eq!(recall(SUM_A, FactKind::Package), None, "{position} bytes");
        }
        remember(cache, SUM_A, FactKind::Package, &facts);
        assert_eq!(recall(SUM_A, FactKind::Package), Some(facts));
    }

    #[test]
    fn facts_of_another_importer_are_not_known() {
        let folder = tempfile::tempdir().unwrap();
        remember(folder.path(), SUM_A, FactKind::Helper, &1_u32);
        let file = memory_file(folder.path(), SUM_A).with_extension("helper");
        let bytes = fs::read(&file).unwrap();
        let mut other = bytes.clone();
        other["dyrust facts ".len()] ^= 1;
        fs::write(&file, other).unwrap();
        assert_eq!(recall::<u32>(folder.path(), SUM_A, FactKind::Helper), None);
    }
}
