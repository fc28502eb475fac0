//! Names that mean one thing in a whole program: those of C, and what Rust defines under such names (`#[no_mangle]`).
//!
//! Where everything is linked into one file, one definition of such a name serves all who refer to it: a weak one gives
//! way to a strong one, two strong ones are an error, and all take the place of the C library's. Shared objects are found
//! one after the other by the loader, which knows none of these rules. So it is written down here who defines what, and
//! what has to be in one file is put into one (see [`crate::archives`] and [`crate::whole`]).

use crate::archive;
use crate::elf::{Elf, Symbol};
use crate::failure::Result;
use crate::files;
use crate::inside;
use std::collections::BTreeSet;
use std::path::Path;

/// The file's name in a `dev` output.
pub const FILE: &str = "definitions";

/// Helper data that compilers put into every object that needs it.
const HELPERS: [&str; 2] = ["DW.ref.", "__rustc_debug_gdb_scripts_section__"];

/// What some objects define.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Definitions {
    /// Names that no other definition may have beside this one.
    pub strong: BTreeSet<String>,
    /// Names for which another definition may take the place of this one.
    pub weak: BTreeSet<String>,
    /// Names that are not seen outside of the file that the objects are linked into. They are among the others, too.
    pub hidden: BTreeSet<String>,
}

impl Definitions {
    /// Adds those of an object.
    pub fn add(&mut self, object: &Elf) {
        let shared = object.shared_sections();
        for symbol in object.symbols() {
            if !is_definition(&symbol) || shared.contains(&symbol.section) {
                continue;
            }
            let list = if symbol.weak { &mut self.weak } else { &mut self.strong };
            list.insert(symbol.name.to_owned());
            if !symbol.visible {
                self.hidden.insert(symbol.name.to_owned());
            }
        }
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.strong.iter().chain(self.weak.difference(&self.strong))
    }

    /// The lines of a file: a letter and a name each.
    fn lines(&self) -> String {
        let line = |name: &String| format!("{} {name}\n", if self.strong.contains(name) { 'S' } else { 'W' });
        self.names().map(line).collect()
    }
}

fn is_definition(symbol: &Symbol) -> bool {
    symbol.global && symbol.defined && !symbol.name.is_empty() && !is_mangled(symbol.name) && !is_helper(symbol.name)
}

fn is_helper(name: &str) -> bool {
    HELPERS.iter().any(|helper| name.starts_with(helper))
}

/// Whether rustc made the name: then it holds the hash of the crate's build, and nobody else has it.
#[must_use]
pub fn is_mangled(name: &str) -> bool {
    name.starts_with("_R") || (name.starts_with("_ZN") && name.ends_with('E') && name.contains("17h"))
}

/// Writes what a node's objects and each of its archives define into its `dev` output; nothing if that is nothing.
///
/// # Errors
/// If the file cannot be written.
pub fn write(dev: &Path, objects: &Definitions, archives: &[(String, Definitions)]) -> Result<()> {
    let mut text = objects.lines();
    for (archive, definitions) in archives {
        text.push_str(&format!("archive {archive}\n{}", definitions.lines()));
    }
    if text.is_empty() {
        return Ok(());
    }
    files::write(&dev.join(FILE), text.as_bytes())
}

/// Reads what [`write`] wrote: what the objects define, and what each archive does.
///
/// # Errors
/// If the file is there and cannot be read.
pub fn read(dev: &Path) -> Result<(Definitions, Vec<(String, Definitions)>)> {
    let file = dev.join(FILE);
    let mut objects = Definitions::default();
    let mut archives: Vec<(String, Definitions)> = Vec::new();
    if !file.exists() {
        return Ok((objects, archives));
    }
    for line in files::read_text(&file)?.lines() {
        let Some((word, name)) = line.split_once(' ') else {
            continue;
        };
        let list = archives.last_mut().map_or(&mut objects, |archive| &mut archive.1);
        match word {
            "archive" => archives.push((name.to_owned(), Definitions::default())),
            "S" => drop(list.strong.insert(name.to_owned())),
            _ => drop(list.weak.insert(name.to_owned())),
        }
    }
    Ok((objects, archives))
}

/// The names that the C library and what belongs to it define; `folder` has linking copies of them.
///
/// # Errors
/// If a file cannot be read.
pub fn of_system(folder: Option<&Path>) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for file in folder.map(files::list).transpose()?.unwrap_or_default() {
        let bytes = files::read(&file)?;
        let symbols = Elf::parse(&bytes).map(|elf| elf.dynamic_symbols()).unwrap_or_default();
        let defined = symbols.iter().filter(|symbol| symbol.global && symbol.defined);
        names.extend(defined.map(|symbol| symbol.name.to_owned()));
    }
    // What a linker script defines in each file for itself.
    for name in ["_init", "_fini", "_end", "_edata", "__bss_start"] {
        names.remove(name);
    }
    Ok(names)
}

/// What an archive's objects define, and why it cannot be a shared object, if it cannot.
#[derive(Debug, Default)]
pub struct Findings {
    /// What its objects define.
    pub definitions: Definitions,
    /// Data that C++ keeps once for a whole program, whatever number of archives bring it, and functions whose addresses are taken.
    pub unique: BTreeSet<String>,
    /// Why it cannot be a shared object.
    pub reason: Option<String>,
}

/// Looks at an archive. `system` are the names of the C library.
/// `None` if this is no archive.
#[must_use]
pub fn inspect(bytes: &[u8], system: &BTreeSet<String>) -> Option<Findings> {
    let mut findings = Findings::default();
    let mut reason = None;
    for member in archive::members(bytes)? {
        let Some(object) = Elf::parse(&bytes[member.content]) else {
            reason.get_or_insert(format!("{} in it is no object of machine code", member.name));
            continue;
        };
        if object.symbols().iter().any(|symbol| symbol.name == "__gnu_lto_slim") {
            reason.get_or_insert(format!("{} in it is compiled only when it is linked", member.name));
        }
        if let Some(section) = object
            .sections
            .iter()
            .find(|section| section.loaded && is_array(&section.name))
        {
            reason.get_or_insert(format!(
                "{} in it has functions that run when the program starts or ends ({})",
                member.name, section.name
            ));
        }
        if let Some(slice) = inside::slices(&object).first() {
            reason.get_or_insert(format!("it has a part of the section {slice}"));
        }
        findings.definitions.add(&object);
        let shared = object.shared_sections();
        let taken = object.addresses_taken();
        let unique = object.symbols().into_iter().filter(|symbol| {
            // Also of what is hidden: linked into one file, all archives would have one.
            let is_kept_once = symbol.global && shared.contains(&symbol.section);
            // A function is where its address is, and that may be a key (`&type_id<int>`).
            let matters = symbol.data || symbol.function && taken.contains(symbol.name);
            is_kept_once && matters && !symbol.name.starts_with("_ZT") && !is_helper(symbol.name)
        });
        findings.unique.extend(unique.map(|symbol| symbol.name.to_owned()));
    }
    let definitions = &findings.definitions;
    let of_system = |name: &&String| system.contains(*name) && !definitions.hidden.contains(*name);
    if let Some(name) = definitions.names().find(of_system) {
        reason.get_or_insert(format!("it defines {name}, which the C library has too"));
    }
    if let Some(name) = definitions.weak.iter().next() {
        reason.get_or_insert(format!("{name} in it is weak: others may define it"));
    }
    findings.reason = reason;
    Some(findings)
}

/// Whether a section lists functions that the C runtime calls.
#[must_use]
pub fn is_array(name: &str) -> bool {
    [".preinit_array", ".init_array", ".fini_array", ".ctors", ".dtors"]
        .iter()
        .any(|array| name == *array || name.strip_prefix(array).is_some_and(|rest| rest.starts_with('.')))
}
