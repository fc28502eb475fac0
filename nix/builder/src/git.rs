//! What a build script finds as `git` where it was given none: it answers as git does outside of a repository, which is what
//! scripts meet when Cargo builds a published package. Many ask for a commit and take no for an answer, but some (gitui's) fail
//! if there is no such program.

use crate::failure::{Context, Result};
use crate::files;
use std::path::{Path, PathBuf};

/// The file name by which this program is started as git.
pub const NAME: &str = "git";

/// Makes this program callable as git; returns the folder to put on PATH, after all others.
///
/// # Errors
/// If the link cannot be made.
pub fn install(top: &Path) -> Result<PathBuf> {
    let folder = top.join("fallback");
    files::make_folder(&folder)?;
    let this = std::env::current_exe().file("find", Path::new("/proc/self/exe"))?;
    files::link(&this, &folder.join(NAME))?;
    Ok(folder)
}

/// Runs as git; returns the exit code.
#[must_use]
pub fn main() -> u8 {
    if std::env::args().nth(1).is_some_and(|argument| argument == "--version") {
        println!("git version 2.0.0");
        return 0;
    }
    eprintln!("fatal: not a git repository (or any of the parent directories): .git");
    128
}
