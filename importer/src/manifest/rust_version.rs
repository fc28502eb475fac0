//! What a `rust-version` asks for.

use cargo_util_schemas::manifest::RustVersion;
use semver::Version;

/// The oldest version of Rust that a `rust-version` allows, whose later parts may be left out; none if it is none.
pub(crate) fn least_rust(text: &str) -> Option<Version> {
    let least = text.parse::<RustVersion>().ok()?.to_partial();
    Some(Version::new(
        least.major,
        least.minor.unwrap_or_default(),
        least.patch.unwrap_or_default(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two readers took the second of these for 1.0.0 and for none.
    #[test]
    fn rust_versions_have_one_to_three_numbers() {
        let cases = [
            ("1.70", Some(Version::new(1, 70, 0))),
            ("1.x", None),
            ("1.70.2", Some(Version::new(1, 70, 2))),
            ("1", Some(Version::new(1, 0, 0))),
            ("nightly", None),
        ];
        for (text, expected) in cases {
            assert_eq!(least_rust(text), expected, "{text}");
        }
    }
}
