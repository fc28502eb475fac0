//! The digest of a graph's own content.
//!
//! Two branches that each change the graph can be merged by git, line by line and without a conflict, into one that no import would
//! write. The digest is in everyone's way then: it is in one place, and every import changes it.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Error, Graph};
use crate::internal::{InternalError, Invariant};
use crate::source::hex;

/// The digest of a graph as `builtins.toJSON` writes it: keys sorted, no white space, without the field of the digest itself and without
/// what wrote the graph.
pub(super) fn of(mut value: Value) -> String {
    if let Value::Object(fields) = &mut value {
        fields.remove("digest");
        fields.remove("generator");
    }
    let mut text = hex::encode(&Sha256::digest(value.to_string()));
    text.truncate(16);
    text
}

impl Graph {
    /// Sets the digest; nothing may be changed afterwards.
    pub(crate) fn seal(&mut self) -> Result<(), Error> {
        self.digest = Some(of(self.value()?));
        Ok(())
    }

    /// Whether the graph's content is that of one import, as far as it says so itself; none if it has no digest.
    ///
    /// # Errors
    /// When the graph has no form in JSON.
    pub fn is_whole(&self) -> Result<Option<bool>, Error> {
        let Some(digest) = &self.digest else { return Ok(None) };
        Ok(Some(*digest == of(self.value()?)))
    }

    /// The graph as JSON; it is made of strings, numbers and maps with string keys, which have a form there.
    pub(super) fn value(&self) -> Result<Value, InternalError> {
        serde_json::to_value(self).invariant("a graph that has a form in JSON")
    }
}
