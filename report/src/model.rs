//! The report as data: what the JSON holds, and what text and page are made from.
//!
//! All sizes are bytes. Packages are named by their `id`, programs by their name. A field without a value is left out.
//! `schema` changes when a field goes or means something else; new fields may come without.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::elf::{Relocations, Sections};
use crate::request::Form;

/// The version of the JSON form of [`Report`].
pub const SCHEMA: u32 = 1;

/// A whole report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    /// Version of this format, [`SCHEMA`].
    pub schema: u32,
    /// The program and version that made the report.
    pub generator: String,
    /// What the report is about, e.g. the name of a fleet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The store's folder.
    pub store: String,
    /// The form that ratios are against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Form>,
    /// The forms, as asked for; the first is the one that the report looks into.
    pub forms: Vec<FormReport>,
    /// What was planned before it was built: by form, the curve that `dyrust fleet plan` predicted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub planned: BTreeMap<Form, Vec<CurvePoint>>,
    /// What the reader should know: libraries that were not found, programs that only one form has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// One form of the programs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct FormReport {
    /// How the programs are deployed.
    pub form: Form,
    /// Sums.
    pub totals: Totals,
    /// The programs, by name.
    pub programs: Vec<Program>,
    /// Everything in the closure, each once, the largest first.
    pub packages: Vec<Package>,
    /// What a change of each package costs, the most expensive first.
    pub updates: Vec<Update>,
    /// What the programs take together, from the first one to all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub curve: Vec<CurvePoint>,
}

/// Sums over a form. Each file counts once, however many programs use it; the C library is counted apart.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Totals {
    /// All files of all packages but the C library's.
    pub bytes: u64,
    /// Of these, files that two or more programs use.
    pub shared: u64,
    /// Of these, files that one program uses.
    pub single: u64,
    /// Of these, files that no program loads or reaches.
    pub unused: u64,
    /// What the programs would take if each had its own copy of all it uses: the sum of the programs' totals.
    pub unshared: u64,
    /// `bytes` divided by the baseline's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// The C library's and libgcc's files, as far as programs load them.
    pub c_library: u64,
    /// Packages but the C library's.
    pub packages: u64,
    /// Programs and shared objects in them.
    pub objects: u64,
    /// Packages that two or more programs use.
    pub shared_packages: u64,
    /// Bytes of the packages as Nix archives.
    pub nar_size: u64,
    /// The same after gzip: about what a first download takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gzip_size: Option<u64>,
    /// The bytes of programs and shared objects by purpose.
    pub sections: Sections,
}

/// The first programs of a set in one form, all together: measured in a report, predicted by `dyrust fleet plan`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CurvePoint {
    /// The program that this point adds to the one before it.
    pub program: String,
    /// Programs and shared objects, each once, the C library's apart. None where a prediction can't know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<u64>,
    /// Bytes of all files, each once, the C library's apart.
    pub bytes: u64,
    /// Bytes of a first download: of Nix archives after gzip, where of a path that holds more than the programs use as large a part counts
    /// as they use of its bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub download: Option<u64>,
    /// Bytes of files that are new if one library changes, on the average over the libraries that the programs use in the dynamic form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update: Option<u64>,
}

/// One program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Program {
    /// Its file name in `bin/`.
    pub name: String,
    /// Further names of the same file (links).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The package it is in.
    pub package: String,
    /// Bytes of its own file.
    pub file: u64,
    /// Bytes that only this program uses, its own file included: what the set would save without it.
    pub adds: u64,
    /// Bytes of all it uses, the C library apart.
    pub total: u64,
    /// `total` divided by that of the same program in the baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// Shared objects that the loader opens before the program starts, the C library's apart.
    pub start_objects: u64,
    /// Those of the C library.
    pub c_library_objects: u64,
    /// What the loader relocates in the program and those objects, the C library's apart.
    pub relocations: Relocations,
    /// The bytes of the program and those objects by purpose.
    pub sections: Sections,
    /// How long it takes to start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Start>,
}

/// Measured starts of one program, in milliseconds from the call that starts it until its end.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Start {
    /// Half of the starts took no longer.
    pub median: f64,
    /// The fastest.
    pub minimum: f64,
    /// How many there were.
    pub runs: u32,
}

/// One store path, or a folder or file outside the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Package {
    /// Its name in this report: name and version, and the beginning of its hash where two have the same.
    pub id: String,
    /// Its absolute path.
    pub path: String,
    /// Bytes of its files.
    pub bytes: u64,
    /// Of these, bytes of files that are neither programs nor shared objects.
    pub files: u64,
    /// Bytes as a Nix archive.
    pub nar_size: u64,
    /// The same after gzip.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gzip_size: Option<u64>,
    /// True for the C library, libgcc and what they need.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub c_library: bool,
    /// The programs that use any of it.
    pub users: Vec<String>,
    /// The packages that it refers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// Its programs and shared objects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<Object>,
}

/// One program or shared object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Object {
    /// Its place in its package.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Its bytes by purpose.
    pub sections: Sections,
    /// Its load-time relocations.
    pub relocations: Relocations,
    /// Dynamic symbols it defines.
    pub exports: u64,
    /// Dynamic symbols it looks up.
    pub imports: u64,
    /// The programs that load it at start; for one that nobody loads at start, those whose closure holds it.
    pub users: Vec<String>,
    /// False if it is only in the closure, and no program loads it at start.
    pub loaded: bool,
}

/// What it costs that one package changes: it and everything that refers to it gets a new store path, is built again
/// and downloaded again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Update {
    /// The package that changes.
    pub package: String,
    /// The packages that change with it, itself included, by name.
    pub changes: Vec<String>,
    /// Derivations that are built again, also those that leave nothing at run time (build scripts, what is only for the
    /// host). Where it is given, `changes` are by these derivations, otherwise by what refers to what at run time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebuilds: Option<u64>,
    /// The programs that change.
    pub programs: Vec<String>,
    /// Bytes of the changed packages as Nix archives.
    pub nar_size: u64,
    /// The same after gzip: about what is downloaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gzip_size: Option<u64>,
    /// What the same change costs in the other forms.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub elsewhere: BTreeMap<Form, Cost>,
}

/// The cost of a change in another form: the packages of the programs that hold the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Cost {
    /// Packages that are made anew.
    pub packages: u64,
    /// Their bytes as Nix archives.
    pub nar_size: u64,
    /// The same after gzip.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gzip_size: Option<u64>,
}
