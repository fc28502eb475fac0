//! Which Cargo is followed: that of the toolchain whose rustc is found, as both have the same version.
//!
//! Nearly all that an import asks for is the same in every Cargo from 1.95 to 1.100. What came with one of them, after the changelog in the
//! Cargo book, is listed here: an older Cargo refuses it or passes over it, and so does an import.

use std::fmt;
use std::sync::OnceLock;

use semver::Version;

use crate::platform;

/// Something that Cargo has not always taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Novelty {
    /// `registry` beside `git` in one dependency: what a published package has in the place of the repository.
    RegistryBesideGit,
    /// `resolver.lockfile-path` of the configuration.
    LockfilePath,
    /// `default-features = false` beside `workspace = true`, where the workspace has them on, in members of edition 2024 (RFC 3945).
    MemberDefaultFeatures,
    /// The built-in profile `debug`.
    DebugProfile,
}

/// A Cargo that does not have a [`Novelty`] yet; what both versions are is the text of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooOld {
    since: u64,
    found: Version,
}

impl fmt::Display for TooOld {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "Cargo 1.{}, and that of the rustc found is {}.{}",
            self.since, self.found.major, self.found.minor
        )
    }
}

impl Novelty {
    /// The minor version that it came with.
    const fn since(self) -> u64 {
        match self {
            Self::RegistryBesideGit => 96,
            Self::LockfilePath => 97,
            Self::MemberDefaultFeatures | Self::DebugProfile => 99,
        }
    }

    /// Whether the followed Cargo has it. Where there is no rustc to ask, the newest is followed.
    ///
    /// # Errors
    /// Which Cargo it takes, if the followed one is older.
    pub(crate) fn check(self) -> Result<(), TooOld> {
        static FOLLOWED: OnceLock<Option<Version>> = OnceLock::new();
        self.check_in(FOLLOWED.get_or_init(platform::rust_version).as_ref())
    }

    /// The same for a given version of Cargo.
    ///
    /// # Errors
    /// As [`Novelty::check`].
    pub(crate) fn check_in(self, cargo: Option<&Version>) -> Result<(), TooOld> {
        let since = self.since();
        match cargo.filter(|cargo| **cargo < Version::new(1, since, 0)) {
            Some(found) => Err(TooOld {
                since,
                found: found.clone(),
            }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the Cargos of 1.95 to 1.98 did when they were asked, and as the changelog says of 1.99.
    #[test]
    fn each_came_with_its_version() {
        let has = |novelty: Novelty, minor| novelty.check_in(Some(&Version::new(1, minor, 1))).is_ok();
        for (novelty, since) in [
            (Novelty::RegistryBesideGit, 96),
            (Novelty::LockfilePath, 97),
            (Novelty::MemberDefaultFeatures, 99),
            (Novelty::DebugProfile, 99),
        ] {
            assert!(!has(novelty, since - 1) && has(novelty, since), "{novelty:?}");
            assert!(novelty.check_in(None).is_ok());
        }
        let old = Novelty::LockfilePath
            .check_in(Some(&Version::new(1, 95, 0)))
            .unwrap_err();
        assert_eq!(old.to_string(), "Cargo 1.97, and that of the rustc found is 1.95");
    }
}
