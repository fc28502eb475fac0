//! The file of pins: what `dyrust pin` writes, and `dyrust update-cost` compares.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::pin::PinError;

/// The version of the file's format.
pub(crate) const SCHEMA: u32 = 1;

/// The file of pins.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pins {
    schema: u32,
    /// Platform and toolchain → unit's id → its pin.
    pub(crate) toolchains: BTreeMap<String, BTreeMap<String, Pin>>,
}

impl Default for Pins {
    fn default() -> Self {
        Self {
            schema: SCHEMA,
            toolchains: BTreeMap::new(),
        }
    }
}

impl Pins {
    /// Reads a file of pins.
    ///
    /// # Errors
    /// When it cannot be read, or is none, or one of another schema.
    pub(crate) fn read(file: &Path) -> Result<Self, PinError> {
        let text = std::fs::read_to_string(file).map_err(|reason| PinError::File {
            file: file.to_owned(),
            reason,
        })?;
        let format = |reason: String| PinError::Format {
            file: file.to_owned(),
            reason,
        };
        let pins: Self = serde_json::from_str(&text).map_err(|error| format(error.to_string()))?;
        match pins.schema {
            SCHEMA => Ok(pins),
            _ => Err(format(format!("its schema is not {SCHEMA}"))),
        }
    }
}

/// One library's pin.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pin {
    /// What it was built from, digested.
    pub(crate) build: String,
    /// The bytes of its files; files that were written before they were kept have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bytes: Option<u64>,
    /// The SRI hash of its output.
    pub(crate) hash: String,
}
