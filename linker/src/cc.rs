//! Calls of the C compiler, by which the linker is started.

use std::path::Path;
use std::process::Command;

use crate::error::{Error, Result};

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
    Err(Error::Linker {
        file: output.to_owned(),
        status: result.status.to_string(),
        output: String::from_utf8_lossy(&result.stderr).into_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who decides by what a linker complains of saw its first lines alone: from seven symbols on, lld's complaints were cut.
    #[test]
    fn complaints_are_kept_whole_and_shown_in_part() {
        let words = ["-c", "seq 1000 >&2; exit 1"].map(str::to_owned);
        let error = run(Path::new("sh"), &words, Path::new("program")).unwrap_err();
        let shown = error.to_string();
        let Error::Linker { output, .. } = error else {
            panic!("{shown}");
        };
        assert!(output.ends_with("\n1000\n"), "{output}");
        assert!(
            shown.ends_with("\n30\n(and 970 lines more)\n") && !shown.contains("\n31\n"),
            "{shown}"
        );
    }
}
