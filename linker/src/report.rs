//! What was placed where and why, and what came out of it, for people and for programs.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::error::{Error, Result, write_atomically};
use crate::link::Linked;
use crate::link::options::{Folding, Options};
use crate::node::program_name;
use crate::placement::Form;
use crate::planned::Planned;

/// An item in a plan.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedItem {
    /// Package and version.
    pub name: String,
    /// Crate and id.
    pub label: String,
    /// Bytes before unused parts are left out.
    pub bytes: u64,
    /// Bytes of these that the loader writes to.
    pub relocated: u64,
    /// Why it is in this file.
    pub reason: String,
}

/// A file in a plan.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedFile {
    /// Its path below the output folder.
    pub path: PathBuf,
    /// The programs that load it.
    pub programs: Vec<String>,
    /// The shared objects that it uses.
    pub uses: Vec<String>,
    /// What is in it.
    pub items: Vec<PlannedItem>,
}

/// Where everything goes.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The form.
    pub form: Form,
    /// The files, programs first.
    pub files: Vec<PlannedFile>,
}

impl Plan {
    /// Describes a placement.
    pub fn new(planned: &Planned) -> Self {
        let Planned {
            graph,
            items,
            placement,
            ..
        } = planned;
        let program = |index: usize| program_name(&graph.units[graph.programs[index]].node);
        let order: Vec<usize> = (0..items.len()).filter(|&index| items[index].program).collect();
        let describe = |file: &crate::placement::File| PlannedFile {
            path: file.path(planned.separate),
            programs: file
                .programs
                .iter()
                .filter_map(|place| graph.programs.iter().position(|&unit| unit == order[place]))
                .map(program)
                .collect(),
            uses: file
                .dependencies
                .iter()
                .map(|&used| placement.files[used].name.clone())
                .collect(),
            items: file
                .items
                .iter()
                .map(|&item| PlannedItem {
                    name: items[item].name.clone(),
                    label: items[item].label.clone(),
                    bytes: items[item].bytes,
                    relocated: items[item].relocated,
                    reason: placement.reasons[item].clone(),
                })
                .collect(),
        };
        Self {
            form: planned.form,
            files: placement.files.iter().map(describe).collect(),
        }
    }

    /// The plan as text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for file in &self.files {
            let bytes: u64 = file.items.iter().map(|item| item.bytes).sum();
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "{} ({} items, {bytes} bytes of input)",
                file.path.display(),
                file.items.len()
            );
            if !file.path.starts_with("bin") {
                let _ = writeln!(text, "  loaded by {}", file.programs.join(", "));
            }
            for item in &file.items {
                let _ = writeln!(text, "  {:<32} {:>9}  {}", item.name, item.bytes, item.reason);
            }
        }
        text
    }
}

/// A finished file.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportedFile {
    /// Its path below the output folder.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Symbols that it exports.
    pub exports: usize,
    /// Symbols that it imports.
    pub imports: usize,
    /// Relocations by symbols.
    pub symbolic_relocations: u64,
    /// Relocations by the load address.
    pub relative_relocations: u64,
    /// Bytes of `.data.rel.ro`.
    pub relocated: u64,
    /// Shared objects that it needs.
    pub needed: Vec<String>,
    /// The programs that load it.
    pub programs: Vec<String>,
    /// What is in it.
    pub items: Vec<String>,
}

/// What one program loads.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportedProgram {
    /// Its name.
    pub name: String,
    /// Our files that it loads, itself among them.
    pub objects: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Their relocations by symbols.
    pub symbolic_relocations: u64,
    /// Their relocations by the load address.
    pub relative_relocations: u64,
}

/// What came out of a relink.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The form.
    pub form: Form,
    /// What was folded.
    pub folding: Folding,
    /// The compiler.
    pub rustc: String,
    /// All bytes together.
    pub bytes: u64,
    /// The files.
    pub files: Vec<ReportedFile>,
    /// The programs.
    pub programs: Vec<ReportedProgram>,
}

impl Report {
    /// Describes finished files.
    pub fn new(planned: &Planned, options: &Options, linked: &[Option<Linked>]) -> Self {
        let plan = Plan::new(planned);
        let files: Vec<ReportedFile> = plan
            .files
            .iter()
            .zip(linked)
            .filter_map(|(plan, linked)| Some((plan, linked.as_ref()?)))
            .map(|(plan, linked)| ReportedFile {
                path: plan.path.clone(),
                bytes: linked.bytes,
                exports: linked.dynamic.exports.len(),
                imports: linked.dynamic.imports.len(),
                symbolic_relocations: linked.dynamic.symbolic_relocations,
                relative_relocations: linked.dynamic.relative_relocations,
                relocated: linked.dynamic.relocated,
                needed: linked.dynamic.needed.clone(),
                programs: plan.programs.clone(),
                items: plan.items.iter().map(|item| item.label.clone()).collect(),
            })
            .collect();
        let programs = files.iter().filter(|file| file.path.starts_with("bin")).map(|file| {
            let name = file.programs.first().cloned().unwrap_or_default();
            let loaded = files.iter().filter(|loaded| loaded.programs.contains(&name));
            let sum = |value: fn(&ReportedFile) -> u64| loaded.clone().map(value).sum();
            ReportedProgram {
                objects: loaded.clone().count(),
                bytes: sum(|file| file.bytes),
                symbolic_relocations: sum(|file| file.symbolic_relocations),
                relative_relocations: sum(|file| file.relative_relocations),
                name,
            }
        });
        Self {
            form: planned.form,
            folding: options.folding,
            rustc: planned.graph.rustc.clone(),
            bytes: files.iter().map(|file| file.bytes).sum(),
            programs: programs.collect(),
            files,
        }
    }

    /// Writes the report as JSON.
    pub fn write(&self, path: &Path) -> Result<()> {
        let mut text = serde_json::to_string_pretty(self).map_err(|source| Error::Json {
            path: path.to_owned(),
            source,
        })?;
        text.push('\n');
        write_atomically(path, text.as_bytes())
    }

    /// The report as a table.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for file in &self.files {
            let _ = writeln!(
                text,
                "{:>10}  {:<32} {:>4} items {:>6} exports {:>6} imports {:>7} relative",
                file.bytes,
                file.path.display(),
                file.items.len(),
                file.exports,
                file.imports,
                file.relative_relocations
            );
        }
        let _ = writeln!(text, "{:>10}  in {} files", self.bytes, self.files.len());
        text
    }
}
