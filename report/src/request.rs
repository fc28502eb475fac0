//! What to report on.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::store::{Closure, NixOrScan};

/// A way in which programs are deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// A shared object a crate, each in a store path of its own.
    Dynamic,
    /// The same, each shared object relinked to hold only what the set imports.
    Trim,
    /// The set relinked into small programs and a few shared objects, each of crates with the same users.
    Grouped,
    /// The set relinked into small programs and one or a few shared objects.
    Image,
    /// Each program relinked alone.
    Static,
    /// What `cargo build --release` makes.
    Cargo,
}

impl Form {
    /// All forms, in the order in which reports list them.
    pub const ALL: [Self; 6] = [
        Self::Dynamic,
        Self::Trim,
        Self::Grouped,
        Self::Image,
        Self::Static,
        Self::Cargo,
    ];

    /// The name in files and on command lines.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dynamic => "dynamic",
            Self::Trim => "trim",
            Self::Grouped => "grouped",
            Self::Image => "image",
            Self::Static => "static",
            Self::Cargo => "cargo",
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The paths of one form.
#[derive(Debug, Clone)]
pub struct FormRequest {
    /// How the programs are deployed.
    pub form: Form,
    /// Store paths, folders with `bin/`, or programs; links to them are followed.
    pub paths: Vec<PathBuf>,
}

/// Everything that a report depends on.
pub struct Request {
    /// The page's title, e.g. the name of the fleet.
    pub title: Option<String>,
    /// The forms, the one to look at in detail first; no form twice.
    pub forms: Vec<FormRequest>,
    /// What the others are compared with; without it the static form, or Cargo's, if there is one.
    pub baseline: Option<Form>,
    /// The store's folder.
    pub store: PathBuf,
    /// Who knows what refers to what in the store.
    pub closure: Box<dyn Closure>,
    /// Where a program that is not from the store finds its libraries, apart from its run path.
    pub library_folders: Vec<PathBuf>,
    /// Whether to compress each path, to estimate downloads; costs about a second for 20 MB.
    pub compress: bool,
    /// How often to start each program, interleaved, to measure its start; 0 starts none.
    pub starts: u32,
}

impl Request {
    /// A request with the usual store, closures from Nix, and compressed sizes.
    #[must_use]
    pub fn new(forms: Vec<FormRequest>) -> Self {
        Self {
            title: None,
            forms,
            baseline: None,
            store: "/nix/store".into(),
            closure: Box::new(NixOrScan::default()),
            library_folders: default_library_folders(),
            compress: true,
            starts: 0,
        }
    }
}

/// The folders that the loaders of common distributions search.
fn default_library_folders() -> Vec<PathBuf> {
    let architecture = format!("{}-linux-gnu", std::env::consts::ARCH);
    ["/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib"]
        .iter()
        .map(PathBuf::from)
        .chain(
            ["/lib", "/usr/lib"]
                .iter()
                .map(|folder| PathBuf::from(folder).join(&architecture)),
        )
        .collect()
}
