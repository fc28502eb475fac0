//! `NAME@VERSION`: how a published crate is named on a command line and in a fleet file, as `cargo install` and `cargo add` have it.

use std::fmt;
use std::str::FromStr;

use semver::Version;

/// A published crate, and which of its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrateSpec {
    /// Its name.
    pub name: String,
    /// The version in full, if one is named.
    pub version: Option<Version>,
}

/// What is not the name of a crate, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}`: {reason}: expected NAME or NAME@VERSION, for example ripgrep@14.1.1")]
pub struct CrateSpecError {
    text: String,
    reason: String,
}

impl FromStr for CrateSpec {
    type Err = CrateSpecError;

    fn from_str(text: &str) -> Result<Self, CrateSpecError> {
        let fail = |reason: String| CrateSpecError {
            text: text.to_owned(),
            reason,
        };
        let (name, version) = match text.split_once('@') {
            None => (text, None),
            Some((name, version)) => {
                let version = Version::parse(version).map_err(|reason| fail(reason.to_string()))?;
                (name, Some(version))
            }
        };
        if name.is_empty() {
            return Err(fail("the name is missing".to_owned()));
        }
        // A registry's address is made of it, and the name of a file.
        let usual = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_');
        if !name.chars().all(usual) {
            return Err(fail("a name has letters, digits, `-` and `_`".to_owned()));
        }
        Ok(Self {
            name: name.to_owned(),
            version,
        })
    }
}

impl fmt::Display for CrateSpec {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.version {
            Some(version) => write!(formatter, "{}@{version}", self.name),
            None => formatter.write_str(&self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CrateSpec;

    #[test]
    fn a_name_with_a_version_or_without() {
        for text in ["ripgrep", "ripgrep@14.1.1", "a@1.0.0-b.1+c"] {
            assert_eq!(text.parse::<CrateSpec>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_name_is_that_of_a_package() {
        for text in ["../ripgrep@14.1.1", "rip grep", "ripgrep\u{1b}@14.1.1"] {
            let error = text.parse::<CrateSpec>().unwrap_err().to_string();
            assert!(error.contains("a name has letters"), "{error}");
        }
    }

    /// A version in part once was none to `dyrust fleet bisect`.
    #[test]
    fn a_version_is_one_in_full() {
        for text in ["ripgrep@14", "ripgrep@", "@14.1.1", ""] {
            let error = text.parse::<CrateSpec>().unwrap_err().to_string();
            assert!(error.contains("expected NAME or NAME@VERSION"), "{error}");
        }
    }
}
