//! The digest of a lock's entry, by which a graph is known to be current.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::Entry;
use crate::source::hex;

/// First 16 hex digits of the sha256 of an entry as Nix's `builtins.toJSON` writes it: keys sorted, no white space.
///
/// In locks of version 1 the checksum of the `[metadata]` table counts as the entry's own.
pub(super) fn digest(entry: &Entry<'_>, checksum: Option<&str>) -> String {
    let mut table = Map::new();
    let mut set = |key: &str, value: Option<&str>| {
        if let Some(value) = value {
            table.insert(key.to_owned(), Value::from(value));
        }
    };
    set("checksum", checksum);
    set("name", Some(entry.name));
    set("replace", entry.replace);
    set("source", entry.source);
    set("version", Some(entry.version));
    if let Some(dependencies) = &entry.dependencies {
        table.insert("dependencies".to_owned(), dependencies.iter().copied().collect());
    }
    let mut text = hex::encode(&Sha256::digest(Value::Object(table).to_string()));
    text.truncate(16);
    text
}
