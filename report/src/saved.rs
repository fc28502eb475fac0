//! Reports and plans as files.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::model::{CurvePoint, Report, SCHEMA};
use crate::request::Form;
use crate::{Error, curve};

#[derive(Deserialize)]
struct Version {
    schema: u32,
}

/// Reads a report that was saved as JSON; one without a curve gets it.
///
/// # Errors
/// If the file cannot be read, is no report, or one of another version.
pub fn read(path: &Path) -> Result<Report, Error> {
    let text = fs::read(path).map_err(Error::read(path))?;
    let saved = |message: String| Error::Saved {
        path: path.to_owned(),
        message,
    };
    let version: Version = serde_json::from_slice(&text).map_err(|error| saved(error.to_string()))?;
    if version.schema != SCHEMA {
        return Err(saved(format!(
            "it has schema {}, expected {SCHEMA}: make it anew",
            version.schema
        )));
    }
    let mut report: Report = serde_json::from_slice(&text).map_err(|error| saved(error.to_string()))?;
    // Reports had no curve at first, but all that it is made from.
    if report.forms.iter().all(|form| form.curve.is_empty()) {
        curve::fill(&mut report.forms);
    }
    Ok(report)
}

/// What a report takes of a plan.
#[derive(Deserialize)]
struct Plan {
    curves: BTreeMap<Form, Vec<CurvePoint>>,
}

/// Reads the curves, by form, of a plan that `dyrust fleet plan --format json` printed.
///
/// # Errors
/// If the file cannot be read, or is no plan.
pub fn read_plan(path: &Path) -> Result<BTreeMap<Form, Vec<CurvePoint>>, Error> {
    let text = fs::read(path).map_err(Error::read(path))?;
    let plan: Plan = serde_json::from_slice(&text).map_err(|error| Error::Plan {
        path: path.to_owned(),
        message: error.to_string(),
    })?;
    Ok(plan.curves)
}

/// Writes a file as a whole or not at all.
///
/// # Errors
/// If it, or its folder, cannot be written to.
pub fn write(path: &Path, text: &str) -> Result<(), Error> {
    dyrust_nar::whole::write(path, text.as_bytes()).map_err(|source| Error::Write {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_another_version_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        write(&path, r#"{"schema":99}"#).unwrap();
        let error = read(&path).unwrap_err().to_string();
        assert!(error.contains("schema 99, expected 1"), "{error}");
        write(&path, "[]").unwrap();
        assert!(matches!(read(&path), Err(Error::Saved { .. })));
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing is left beside the file"
        );
        assert!(matches!(
            write(&folder.path().join("none/x"), ""),
            Err(Error::Write { .. })
        ));
    }

    /// A report that is a link was replaced by a file.
    #[test]
    fn a_link_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (link, file) = (folder.path().join("link"), folder.path().join("file"));
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write(&link, "text").unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(file).unwrap(), "text");
    }
}
