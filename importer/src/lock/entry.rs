//! The digest of a lock's entry, by which a graph is known to be current.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Entry;
use crate::source::hex;

/// The fields of an entry that are there, by name.
#[derive(Serialize)]
struct Sorted<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    checksum: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dependencies: Option<&'a [&'a str]>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    replace: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    version: &'a str,
}

/// First 16 hex digits of the sha256 of an entry as Nix's `builtins.toJSON` writes it: keys sorted, no white space.
///
/// In locks of version 1 the checksum of the `[metadata]` table counts as the entry's own.
pub(super) fn digest(entry: &Entry<'_>, checksum: Option<&str>) -> String {
    let sorted = Sorted {
        checksum,
        dependencies: entry.dependencies.as_deref(),
        name: entry.name,
        replace: entry.replace,
        source: entry.source,
        version: entry.version,
    };
    // Texts and lists of them have a form in JSON.
    let text = serde_json::to_string(&sorted).unwrap_or_default();
    let mut digest = hex::encode(&Sha256::digest(text));
    digest.truncate(16);
    digest
}
