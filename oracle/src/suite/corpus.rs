//! Published programs, exactly as they are in the registry, with their own locks: the list is `oracle/corpus.tsv`.

use sha2::{Digest as _, Sha256};

use super::{Row, folder_error, matrix, spread};
use crate::cargo::{self, CargoError};
use crate::published;

/// A program of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Name of the package.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Checksum of the `.crate` file in hex.
    pub sha256: String,
}

/// Reads the list: name, version and checksum separated by tabs, `#` starts a comment line.
///
/// # Errors
/// [`CargoError::Format`] with the line that is not of that form.
pub fn parse(text: &str) -> Result<Vec<Program>, CargoError> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| match line.split('\t').collect::<Vec<_>>()[..] {
            [name, version, sha256] => Ok(Program {
                name: name.to_owned(),
                version: version.to_owned(),
                sha256: sha256.to_owned(),
            }),
            _ => Err(CargoError::Format(format!(
                "expected name, version and checksum: {line:?}"
            ))),
        })
        .collect()
}

/// Compares each program on four platforms with default, no default and all features; downloads what Cargo's cache lacks.
///
/// # Errors
/// When a program can't be had or Cargo can't be run.
pub fn run(programs: Vec<Program>, host: &str) -> Result<Vec<Row>, CargoError> {
    spread(programs, |program, scratch| {
        let rejected = |message: String| CargoError::Rejected { message };
        let file =
            published::crate_file(&program.name, &program.version).map_err(|error| rejected(error.to_string()))?;
        let bytes = std::fs::read(&file).map_err(folder_error)?;
        let digest: String = Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if digest != program.sha256 {
            return Err(CargoError::Format(format!(
                "{}: sha256 {digest}, not as listed",
                file.display()
            )));
        }
        let root = published::unpack(&file, scratch).map_err(|error| rejected(error.to_string()))?;
        let root = root.canonicalize().map_err(folder_error)?;
        cargo::fetch(&root)?;
        let mut row = Row::new(format!("{} {}", program.name, program.version));
        row.ask(&root, &matrix(), scratch, host)?;
        Ok(row)
    })
}
