//! Interned strings: names of packages, features and targets occur thousands of times in a resolution, and are compared even more often.

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::ops::Deref;
use std::sync::{LazyLock, Mutex, PoisonError};

use rustc_hash::FxBuildHasher;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How many independent tables there are, so that threads that parse manifests seldom wait for each other.
const SHARDS: usize = 16;

static TABLES: LazyLock<[Mutex<HashSet<&'static str, FxBuildHasher>>; SHARDS]> =
    LazyLock::new(|| std::array::from_fn(|_| Mutex::default()));

/// An interned string: copied like a number, equal exactly if the texts are equal, ordered by text.
///
/// The text lives as long as the process.
#[derive(Clone, Copy)]
pub struct Symbol(&'static str);

impl Symbol {
    /// Interns a text.
    pub fn new(text: &str) -> Self {
        let shard = FxBuildHasher.hash_one(text) as usize % SHARDS;
        let mut table = TABLES[shard].lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = table.get(text) {
            return Self(known);
        }
        let kept: &'static str = Box::leak(text.into());
        table.insert(kept);
        Self(kept)
    }

    /// The text.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl PartialEq for Symbol {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for Symbol {}

impl Hash for Symbol {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.as_ptr().hash(state);
    }
}

impl PartialOrd for Symbol {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Symbol {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        if self == other {
            std::cmp::Ordering::Equal
        } else {
            self.0.cmp(other.0)
        }
    }
}

impl Deref for Symbol {
    type Target = str;

    fn deref(&self) -> &str {
        self.0
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, formatter)
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

impl Serialize for Symbol {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Symbol {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Symbol;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Symbol, E> {
                Ok(Symbol::new(text))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

impl From<&str> for Symbol {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::Symbol;

    #[test]
    fn equal_texts_are_one_symbol_and_order_is_that_of_the_texts() {
        assert_eq!(Symbol::new("serde"), Symbol::new(&String::from("serde")));
        assert_ne!(Symbol::new("serde"), Symbol::new("serde_json"));
        let mut names = ["b", "a", "c", ""].map(Symbol::new);
        names.sort();
        assert_eq!(names.map(Symbol::as_str), ["", "a", "b", "c"]);
    }
}
