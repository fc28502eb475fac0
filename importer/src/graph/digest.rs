//! The digest of a graph's own content.
//!
//! Two branches that each change the graph can be merged by git, line by line and without a conflict, into one that no import would
//! write. The digest is in everyone's way then: it is in one place, and every import changes it.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Error, Graph};
use crate::source::hex;

/// The digest of a graph as `builtins.toJSON` writes it: keys sorted, no white space, without the field of the digest itself and without
/// what wrote the graph.
pub(super) fn of(value: &Value) -> String {
    let mut value = value.clone();
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
        let value = serde_json::to_value(&*self).map_err(|reason| Error::Internal(reason.to_string()))?;
        self.digest = Some(of(&value));
        Ok(())
    }

    /// Whether the graph's content is that of one import, as far as it says so itself; none if it has no digest.
    ///
    /// # Errors
    /// When the graph has no form in JSON.
    pub fn is_whole(&self) -> Result<Option<bool>, Error> {
        let Some(digest) = &self.digest else { return Ok(None) };
        let value = serde_json::to_value(self).map_err(|reason| Error::Internal(reason.to_string()))?;
        Ok(Some(*digest == of(&value)))
    }
}
