//! Reports and plans as files.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::model::{CurvePoint, Report, SCHEMA};
use crate::request::Form;
use crate::{Error, curve};

#[derive(Deserialize)]
struct Version {
    schema: u32,
}

/// The most that a number of a file may be, 256 TiB if it is one of bytes: what is added up of a file stays far below what a number holds.
const LARGEST: u64 = 1 << 48;

/// Are all numbers of a file, which is JSON, such as a measurement has?
fn check_numbers(text: &[u8]) -> Result<(), String> {
    let value = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let mut open: Vec<&Value> = vec![&value];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(values) => open.extend(values),
            Value::Object(values) => open.extend(values.values()),
            Value::Number(number) if number.as_u64().is_some_and(|number| number > LARGEST) => {
                return Err(format!(
                    "it has the number {number}, which nothing that is measured has"
                ));
            }
            _ => {}
        }
    }
    Ok(())
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
    check_numbers(&text).map_err(saved)?;
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
    let wrong = |message: String| Error::Plan {
        path: path.to_owned(),
        message,
    };
    let plan: Plan = serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
    check_numbers(&text).map_err(wrong)?;
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

    /// Their sums ended the program, or were others in silence.
    #[test]
    fn numbers_that_nothing_has_are_refused() {
        for (text, is_fine) in [
            (r#"{"a":[{"b":281474976710656}]}"#, true),
            (r#"{"a":[{"b":281474976710657}]}"#, false),
            (r#"{"a":[{"b":18446744073709551615}]}"#, false),
            (r#"{"a":[1.5,-1,"281474976710657"]}"#, true),
        ] {
            assert_eq!(check_numbers(text.as_bytes()).is_ok(), is_fine, "{text}");
        }
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
