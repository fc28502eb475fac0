//! What killed imports leave behind.

use std::fs;
use std::path::Path;

/// Seconds after which nobody writes to a temporary file or folder any more.
const ABANDONED: u64 = 24 * 3600;

/// Deletes the temporary files and folders in `folder` whose names begin with `prefix` and that are a day old: those who made them were
/// killed.
pub fn remove_abandoned(folder: &Path, prefix: &str) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(prefix));
        let Ok(known) = entry.metadata() else { continue };
        let age = known.modified().ok().and_then(|time| time.elapsed().ok());
        if is_ours && age.is_some_and(|age| age.as_secs() > ABANDONED) {
            // They may be another user's, and do no harm.
            let _ = match known.is_dir() {
                true => fs::remove_dir_all(entry.path()),
                false => fs::remove_file(entry.path()),
            };
        }
    }
}
