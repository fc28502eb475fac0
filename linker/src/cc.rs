//! Calls of the C compiler, by which the linker is started.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use crate::error::{Error, Result};

/// How many lines of the linker's complaints are shown.
const SHOWN_LINES: usize = 30;

/// Messages in English; and compilers of package sets add no search folders for the libraries that are named to them.
const ENVIRONMENT: [(&str, &str); 2] = [("LC_ALL", "C"), ("NIX_DONT_SET_RPATH", "1")];

/// Runs a compiler driver and turns its complaints into an error.
pub fn run(program: &Path, arguments: &[String], output: &Path) -> Result<()> {
    let result = Command::new(program)
        .args(arguments)
        .envs(ENVIRONMENT)
        .output()
        .map_err(|source| Error::Spawn {
            program: program.display().to_string(),
            source,
            help: "give the C compiler that the toolchain links with: --cc PATH",
        })?;
    if result.status.success() {
        return Ok(());
    }
    let complaint = String::from_utf8_lossy(&result.stderr);
    let mut shown = String::new();
    for line in complaint.lines().take(SHOWN_LINES) {
        let _ = writeln!(shown, "{line}");
    }
    Err(Error::Linker {
        file: output.to_owned(),
        status: result.status.to_string(),
        output: shown,
    })
}
