//! What a placement costs, in one unit: microseconds of start time.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, read};

/// The constants of the cost model. Those given here were measured on x86_64; `dyrust-link measure` measures them again.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct CostModel {
    /// What a shared object adds to the start of each program that loads it.
    pub microseconds_per_object: f64,
    /// What a megabyte (10^6 bytes) of `.data.rel.ro` adds to the start of each program that loads it.
    pub microseconds_per_relocated_megabyte: f64,
    /// How many bytes on disk are worth a microsecond of one program's start: a choice, not a measurement.
    pub bytes_per_microsecond: f64,
}

impl Default for CostModel {
    fn default() -> Self {
        Self {
            microseconds_per_object: 45.0,
            microseconds_per_relocated_megabyte: 500.0,
            bytes_per_microsecond: 2000.0,
        }
    }
}

impl CostModel {
    /// Reads constants from a JSON file; those left out keep their defaults.
    pub fn read(path: &Path) -> Result<Self> {
        let cost: Self = serde_json::from_slice(&read(path)?).map_err(|source| Error::Json {
            path: path.to_owned(),
            source,
        })?;
        let values = [
            cost.microseconds_per_object,
            cost.microseconds_per_relocated_megabyte,
            cost.bytes_per_microsecond,
        ];
        if values.iter().any(|value| !value.is_finite() || *value < 0.0) || cost.bytes_per_microsecond == 0.0 {
            return Err(Error::Usage(format!("{}: costs are numbers above 0", path.display())));
        }
        Ok(cost)
    }

    /// What it costs that `programs` programs load an object with so many bytes to relocate.
    pub fn load(&self, programs: usize, relocated: u64) -> f64 {
        let relocation = relocated as f64 / 1e6 * self.microseconds_per_relocated_megabyte;
        programs as f64 * (self.microseconds_per_object + relocation)
    }

    /// What bytes on disk cost.
    pub fn disk(&self, bytes: u64) -> f64 {
        bytes as f64 / self.bytes_per_microsecond
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_costs_as_much_as_ninety_kilobytes_to_relocate() {
        let cost = CostModel::default();
        assert_eq!(cost.load(1, 90_000) - cost.load(1, 0), cost.microseconds_per_object);
    }

    #[test]
    fn constants_can_be_given_and_nonsense_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cost.json");
        std::fs::write(&file, r#"{"microsecondsPerObject": 20}"#).unwrap();
        assert_eq!(
            CostModel::read(&file).unwrap(),
            CostModel {
                microseconds_per_object: 20.0,
                ..CostModel::default()
            }
        );
        std::fs::write(&file, r#"{"bytesPerMicrosecond": 0}"#).unwrap();
        assert!(CostModel::read(&file).is_err());
        std::fs::write(&file, r#"{"objects": 1}"#).unwrap();
        assert!(CostModel::read(&file).is_err());
    }
}
