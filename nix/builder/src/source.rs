//! Puts a unit's source where it can be compiled, and changed where that is needed.

use crate::failure::{Failure, Result};
use crate::files;
use crate::inflate;
use crate::input::Input;
use crate::tar;
use std::path::{Component, Path, PathBuf};

/// In the `dev` of a build script's run: what it wrote into the package's folder.
pub const CHANGES: &str = "changes";

/// Unpacks or copies the source below the build folder and returns the package's folder in it.
///
/// # Errors
/// If the source is damaged or the package is not in it.
pub fn prepare(input: &Input) -> Result<PathBuf> {
    let to = input.top.join("source");
    if input.source.is_dir() {
        files::copy_tree(&input.source, &to)?;
    } else {
        let packed = files::read(&input.source)?;
        let damaged = |what: &str| Failure::message(format!("{}: {what}", input.source.display()));
        let archive = inflate::gunzip(&packed).map_err(damaged)?;
        tar::unpack(&archive, &to)?;
    }
    // Without `.` parts, so that rustc finds the folder's name at the start of every path below it.
    let folder = Path::new(&input.folder);
    if folder
        .components()
        .any(|part| !matches!(part, Component::Normal(_) | Component::CurDir))
    {
        return Err(Failure::message(format!(
            "the package's folder {} is outside of its source",
            input.folder
        )));
    }
    let inside: PathBuf = folder.components().filter(|part| *part != Component::CurDir).collect();
    let package = if inside.as_os_str().is_empty() {
        to
    } else {
        to.join(inside)
    };
    if package.is_dir() {
        // The build script's own run starts without what it will write.
        if let Some(changes) = input
            .build
            .as_deref()
            .map(|dev| dev.join(CHANGES))
            .filter(|folder| folder.is_dir())
        {
            files::copy_tree(&changes, &package)?;
        }
        Ok(package)
    } else {
        Err(Failure::message(format!(
            "{} has no folder {}",
            input.source.display(),
            input.folder
        )))
    }
}
