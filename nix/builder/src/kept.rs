//! The source of a crate that runs during builds, kept where the crate looks for it.
//!
//! A library for build scripts may bring files along and find them by `env!("CARGO_MANIFEST_DIR")` when the script runs
//! (openssl-src and lua-src do). Cargo leaves its packages unpacked; here that variable names a folder of `dev`, which is
//! there during the compilation, and stays if what was compiled names it.

use crate::failure::{Context, Result};
use crate::files;
use crate::input::Input;
use crate::kind::Kind;
use crate::source::Layout;
use std::path::{Path, PathBuf};

/// The folder that stands for the source's while the unit is compiled; nothing if that is just where it is.
fn shown(input: &Input) -> Option<PathBuf> {
    let unit = &input.unit;
    let runs_in_builds = matches!(unit.kind, Kind::Lib | Kind::ProcMacro) && unit.host && !unit.test;
    let dev = input.outputs.get("dev").filter(|_| runs_in_builds)?;
    Some(dev.join("source"))
}

/// The folder that `CARGO_MANIFEST_DIR` names while the unit is compiled.
#[must_use]
pub fn manifest_folder(input: &Input, layout: &Layout) -> PathBuf {
    let inside = layout.package.strip_prefix(&layout.root);
    match (shown(input), inside) {
        // A path that ends with a slash would be another one.
        (Some(folder), Ok(inside)) if inside.as_os_str().is_empty() => folder,
        (Some(folder), Ok(inside)) => folder.join(inside),
        _ => layout.package.clone(),
    }
}

/// Makes the folder, for the compilation, a link to the source's.
///
/// # Errors
/// If it cannot be made.
pub fn begin(input: &Input, layout: &Layout) -> Result<()> {
    let Some(folder) = shown(input) else {
        return Ok(());
    };
    if let Some(dev) = folder.parent() {
        files::make_folder(dev)?;
    }
    files::link(&layout.root, &folder)
}

/// Copies the source to the folder if the compiled file names it, else removes it.
///
/// # Errors
/// If a file cannot be read or written.
pub fn end(input: &Input, layout: &Layout, compiled: &Path) -> Result<()> {
    let Some(folder) = shown(input) else {
        return Ok(());
    };
    std::fs::remove_file(&folder).file("remove", &folder)?;
    let name = folder.as_os_str().as_encoded_bytes();
    if files::read(compiled)?.windows(name.len()).any(|bytes| bytes == name) {
        files::copy_tree(&layout.root, &folder)?;
    }
    Ok(())
}
