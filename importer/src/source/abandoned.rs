//! What killed imports leave behind.

use std::fs;
use std::path::Path;

use dyrust_nar::whole::is_abandoned;

/// Deletes the temporary files and folders in `folder`, one of dyrust's own, whose names are `prefix` and what `tempfile` puts behind it, and
/// that are a day old: those who made them were killed.
pub fn remove_abandoned(folder: &Path, prefix: &str) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if is_abandoned(&entry, prefix) {
            // They may be another user's, and do no harm.
            let _ = match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                true => fs::remove_dir_all(entry.path()),
                false => fs::remove_file(entry.path()),
            };
        }
    }
}
