//! What the libstd-rust derivation found out about the toolchain, once for all nodes.

use crate::failure::{Failure, Result};
use crate::files;
use crate::json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The file's name in the `dev` output of libstd-rust.
pub const FILE: &str = "toolchain.json";

/// The oldest compiler that the builder itself and what it asks of rustc work with. `nix/supportedRustc.nix` says the same at evaluation, where
/// the package tells its version.
const OLDEST: (u32, u32) = (1, 88);

/// Refuses a compiler that is too old; `printed` is what `rustc --version` prints.
///
/// # Errors
/// If it is too old, or prints something else.
pub fn check_version(printed: &str) -> Result<()> {
    let version = printed.split_whitespace().nth(1).unwrap_or_default();
    let mut parts = version.split(['.', '-']);
    let mut number = || parts.next().and_then(|part| part.parse::<u32>().ok());
    let (major, minor) = (number(), number());
    match major.zip(minor) {
        Some(found) if found >= OLDEST => Ok(()),
        Some(_) => Err(Failure::message(format!(
            "rustc {version} is too old: dyrust builds with {}.{} or newer",
            OLDEST.0, OLDEST.1
        ))),
        None => Err(Failure::message(format!(
            "`rustc --version` prints no version: {printed}"
        ))),
    }
}

/// Refuses a package whose `rust-version` is above the compiler's, as Cargo does; `printed` is what `rustc --version` prints. What
/// comes before a release (`1.96.0-nightly`) counts as the release, as with Cargo.
///
/// # Errors
/// If the compiler is too old for the package.
pub fn check_rust_version(wanted: &str, printed: &str) -> Result<()> {
    let version = printed.split_whitespace().nth(1).unwrap_or_default();
    let numbers = |text: &str| {
        let release = text.split(['-', '+']).next().unwrap_or_default();
        let parts: Option<Vec<u32>> = release.split('.').map(|part| part.parse().ok()).collect();
        let mut parts = parts?;
        parts.resize(3, 0);
        Some(parts)
    };
    match numbers(wanted).zip(numbers(version)) {
        Some((wanted_numbers, found)) if found < wanted_numbers => Err(Failure::message(format!(
            "it requires rustc {wanted} (`rust-version` of its manifest), and this is rustc {version}: take a package set with a \
             newer compiler, or an older version of the package"
        ))),
        _ => Ok(()),
    }
}

/// Facts about the toolchain.
#[derive(Debug, Default)]
pub struct Facts {
    /// What `rustc --version` prints.
    pub rustc: Option<String>,
    /// Whether the linker packs relative relocations.
    pub packed_relocations: bool,
    /// A folder of linking copies of the C libraries, named by absolute paths.
    pub linking_copies: Option<PathBuf>,
    /// An archive with what a crate's shared object may need of the C compiler's start files.
    pub start: Option<PathBuf>,
    /// Where the C libraries are, by their SONAMEs.
    pub libraries: BTreeMap<String, String>,
    /// What programs that abort need (see [`crate::panic_abort`]).
    pub abort: Option<Abort>,
}

/// What programs with `panic = "abort"` are compiled and linked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Abort {
    /// The sysroot that they are compiled with, if rustc takes it.
    pub sysroot: Option<PathBuf>,
    /// An object with the functions that std calls when it panics.
    pub object: PathBuf,
    /// Their names.
    pub functions: Vec<String>,
}

impl Abort {
    fn of_json(value: &Value) -> std::result::Result<Self, String> {
        Ok(Self {
            sysroot: value.optional_path("sysroot")?,
            object: value.expect_text("object")?.into(),
            functions: value.optional_texts("functions")?,
        })
    }
}

impl Facts {
    /// Reads the facts that a sysroot carries; a plain sysroot has none.
    ///
    /// # Errors
    /// If the file is there and cannot be read, or is not what this module writes.
    pub fn read(sysroot: Option<&Path>) -> Result<Self> {
        let Some(file) = sysroot.map(|sysroot| sysroot.join(FILE)).filter(|file| file.exists()) else {
            return Ok(Self::default());
        };
        let value = Value::parse(&files::read_text(&file)?);
        let facts = value.and_then(|value| Self::of_json(&value));
        facts.map_err(|error| Failure::message(format!("{}: {error}", file.display())))
    }

    fn of_json(value: &Value) -> std::result::Result<Self, String> {
        Ok(Self {
            rustc: value.optional_text("rustc")?,
            packed_relocations: value.optional_flag("packedRelocations")?,
            linking_copies: value.optional_path("linkingCopies")?,
            start: value.optional_path("start")?,
            libraries: value.optional_text_map("libraries")?,
            abort: value.get("abort").map(Abort::of_json).transpose()?,
        })
    }

    /// The facts as they are written.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Value::object([
            ("rustc", self.rustc.clone().into()),
            ("packedRelocations", self.packed_relocations.into()),
            ("linkingCopies", self.linking_copies.as_ref().into()),
            ("start", self.start.as_ref().into()),
            (
                "libraries",
                Value::object(
                    self.libraries
                        .iter()
                        .map(|(soname, path)| (soname.as_str(), path.into())),
                ),
            ),
            (
                "abort",
                self.abort.as_ref().map_or(Value::Null, |abort| {
                    Value::object([
                        ("sysroot", abort.sysroot.as_ref().into()),
                        ("object", (&abort.object).into()),
                        ("functions", abort.functions.iter().cloned().collect()),
                    ])
                }),
            ),
        ])
    }

    /// Arguments for every link of the C compiler.
    #[must_use]
    pub fn link_options(&self) -> Vec<String> {
        let mut options = Vec::new();
        if self.packed_relocations {
            options.push("-Wl,-z,pack-relative-relocs".to_owned());
        }
        options
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_compilers_are_refused() {
        assert!(check_version("rustc 1.88.0 (6b00bc388 2025-06-23)").is_ok());
        assert!(check_version("rustc 2.0.0-nightly (0 2030-01-01)").is_ok());
        let error = check_version("rustc 1.85.0 (4d91de4e4 2025-02-17)").unwrap_err();
        assert_eq!(
            error.to_string(),
            "rustc 1.85.0 is too old: dyrust builds with 1.88 or newer"
        );
        assert!(check_version("clang").is_err());
    }

    #[test]
    fn packages_that_need_a_newer_compiler_are_refused() {
        let printed = "rustc 1.95.0 (59807616e 2026-04-14)";
        for wanted in ["1.95", "1.95.0", "1", "1.94.9"] {
            assert!(check_rust_version(wanted, printed).is_ok(), "{wanted}");
        }
        assert!(check_rust_version("1.96", "rustc 1.96.0-nightly (0 2026-05-01)").is_ok());
        let error = check_rust_version("1.95.1", printed).unwrap_err().to_string();
        assert!(error.starts_with("it requires rustc 1.95.1"), "{error}");
    }

    #[test]
    fn facts_read_back() {
        let folder = crate::test_folder("facts");
        let facts = Facts {
            rustc: Some("rustc 1".to_owned()),
            packed_relocations: true,
            linking_copies: Some("/s".into()),
            start: Some("/s/libstart.a".into()),
            libraries: BTreeMap::from([("libc.so.6".to_owned(), "/c/libc.so.6".to_owned())]),
            abort: Some(Abort {
                sysroot: None,
                object: "/o".into(),
                functions: vec!["f".to_owned()],
            }),
        };
        files::write(&folder.join(FILE), facts.to_json().to_string().as_bytes()).unwrap();
        let read = Facts::read(Some(&folder)).unwrap();
        assert_eq!(read.link_options(), ["-Wl,-z,pack-relative-relocs"]);
        assert_eq!(
            (&read.linking_copies, &read.start),
            (&facts.linking_copies, &facts.start)
        );
        assert_eq!(read.libraries, facts.libraries);
        assert_eq!(read.rustc.as_deref(), Some("rustc 1"));
        assert_eq!(read.abort, facts.abort);
        files::write(&folder.join(FILE), br#"{"libraries":[]}"#).unwrap();
        let error = Facts::read(Some(&folder)).unwrap_err().to_string();
        assert!(
            error.ends_with("toolchain.json: `libraries` is not an object of strings"),
            "{error}"
        );
        assert!(Facts::read(None).unwrap().link_options().is_empty());
    }
}
