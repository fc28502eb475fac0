//! Files that are written as a whole or not at all.

use std::fs;
use std::io::Write;
use std::path::Path;

/// What the name of a temporary file begins with.
pub(crate) const TEMPORARY: &str = ".dyrust-";

/// Writes a file as a whole or not at all, and its folder if need be.
pub(super) fn write_file(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut temporary = temporary_beside(file)?;
    temporary.write_all(bytes)?;
    temporary.persist(file).map_err(|error| error.error)?;
    Ok(())
}

/// A temporary file in the folder of `file`, which is made if need be, with the permissions of an ordinary new file.
pub(super) fn temporary_beside(file: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}
