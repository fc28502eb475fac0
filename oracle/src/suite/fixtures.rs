//! The projects in a folder: each is asked for three feature selections on four platforms, for its whole workspace with tests, examples
//! and benches, in the profile `dev`, and for what a file `selections` in it lists, one command line a line.

use std::path::{Path, PathBuf};

use dyrust_importer::Selection;

use super::{Row, TARGETS, folder_error, matrix, spread};
use crate::arguments;
use crate::cargo::{self, CargoError};

/// The folders below `folder` that hold a manifest and a lock, sorted.
///
/// # Errors
/// When the folder can't be read.
pub fn projects(folder: &Path) -> Result<Vec<PathBuf>, CargoError> {
    let mut projects = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(folder_error)? {
        let path = entry.map_err(folder_error)?.path();
        if path.join("Cargo.toml").is_file() && path.join("Cargo.lock").is_file() {
            projects.push(path.canonicalize().map_err(folder_error)?);
        }
    }
    projects.sort();
    Ok(projects)
}

/// Compares all projects below `folder`.
///
/// # Errors
/// When Cargo can't be run at all.
pub fn run(folder: &Path, host: &str) -> Result<Vec<Row>, CargoError> {
    let projects: Vec<_> = projects(folder)?.into_iter().enumerate().collect();
    spread(projects, |(index, project), scratch| {
        let name = project
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let mut row = Row::new(name);
        if std::fs::read_to_string(project.join("Cargo.lock"))
            .map_err(folder_error)?
            .contains("registry+")
        {
            cargo::fetch(&project)?;
        }
        row.ask(&project, &questions(&project, index)?, scratch, host)?;
        Ok(row)
    })
}

fn questions(project: &Path, index: usize) -> Result<Vec<(String, Selection)>, CargoError> {
    let mut questions = matrix();
    let mut lines = vec![
        "--workspace".to_owned(),
        "--workspace --tests".to_owned(),
        "--workspace --all-targets --all-features".to_owned(),
        "--workspace --profile dev --benches --lib".to_owned(),
    ];
    match std::fs::read_to_string(project.join("selections")) {
        Ok(text) => lines.extend(text.lines().map(str::to_owned)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(folder_error(error)),
    }
    for (number, line) in lines.iter().enumerate() {
        // One platform each, another one for each fixture: all platforms for all would take four times as long.
        let target = TARGETS[(index + number) % TARGETS.len()].to_owned();
        questions.push((target, arguments::parse(line).map_err(CargoError::Format)?));
    }
    Ok(questions)
}
