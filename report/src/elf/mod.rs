//! Reads what a report needs of an ELF file: its bytes by purpose, its load-time relocations, and what it is linked to.

mod differences;
mod dynamic;
mod relocations;
mod sections;

use std::path::PathBuf;

use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};
use object::{FileKind, elf};

pub use differences::differences;
pub use relocations::Relocations;
pub use sections::Sections;

/// Why a file that begins as ELF cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ElfError {
    /// A header or table is cut off or inconsistent.
    #[error(transparent)]
    Format(#[from] object::Error),
    /// A table that the dynamic section points to does not lie within the file.
    #[error("its {0} does not lie within the file")]
    Table(&'static str),
}

/// The facts of one ELF program or shared object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElfFile {
    /// The path of the program's loader (`PT_INTERP`); shared objects have none, apart from the C library itself.
    pub interpreter: Option<PathBuf>,
    /// True for what can be started: an executable, or a position-independent one (`DF_1_PIE`, or with an interpreter
    /// and no name of its own).
    pub program: bool,
    /// `DT_SONAME`.
    pub soname: Option<String>,
    /// `DT_NEEDED`, in the file's order, as written.
    pub needed: Vec<String>,
    /// `DT_RUNPATH`, or `DT_RPATH` where there is none; split at colons, as written.
    pub search: Vec<String>,
    /// The file's bytes, each in exactly one group.
    pub sections: Sections,
    /// What the loader writes before `main`.
    pub relocations: Relocations,
    /// Dynamic symbols that the file defines for others.
    pub exports: u64,
    /// Dynamic symbols that the file looks up in others.
    pub imports: u64,
}

/// Reads `data` as ELF: `Ok(None)` for a file that is not an ELF program or shared object (an object file, an archive,
/// a script, debug information apart), an error for one that begins as ELF and cannot be read to its end.
///
/// # Errors
/// What the `object` crate finds wrong with the file's headers or tables.
pub fn read(data: &[u8]) -> Result<Option<ElfFile>, ElfError> {
    if !data.starts_with(&elf::ELFMAG) {
        return Ok(None);
    }
    match FileKind::parse(data)? {
        FileKind::Elf64 => read_class::<elf::FileHeader64<object::Endianness>>(data),
        FileKind::Elf32 => read_class::<elf::FileHeader32<object::Endianness>>(data),
        _ => Ok(None),
    }
}

fn read_class<Elf: FileHeader<Endian = object::Endianness>>(data: &[u8]) -> Result<Option<ElfFile>, ElfError> {
    let header = Elf::parse(data)?;
    let endian = header.endian()?;
    let kind = header.e_type(endian);
    if kind != elf::ET_EXEC && kind != elf::ET_DYN {
        return Ok(None);
    }
    if is_debug_information(header, endian, data)? {
        return Ok(None);
    }
    let segments = header.program_headers(endian, data)?;
    let mut interpreter = None;
    for segment in segments {
        if let Some(path) = segment.interpreter(endian, data)? {
            interpreter = Some(PathBuf::from(String::from_utf8_lossy(path).into_owned()));
        }
    }
    let table = dynamic::DynamicSection::read::<Elf>(endian, segments, data)?;
    let sections = sections::group::<Elf>(header, endian, data)?;
    let relocations = relocations::count::<Elf>(header.e_machine(endian), endian, &table, data)?;
    let program = kind == elf::ET_EXEC || table.pie || (interpreter.is_some() && table.soname.is_none());
    Ok(Some(ElfFile {
        interpreter,
        program,
        soname: table.soname,
        needed: table.needed,
        search: table.search,
        sections,
        relocations,
        exports: table.exports,
        imports: table.imports,
    }))
}

/// Is it what `objcopy --only-keep-debug` leaves of a program: all sections that are loaded are without bytes, notes apart? The segments say
/// what the program's were, and so lead out of the file.
fn is_debug_information<Elf: FileHeader>(header: &Elf, endian: Elf::Endian, data: &[u8]) -> Result<bool, ElfError> {
    let sections = header.sections(endian, data)?;
    let mut loaded = sections.iter().filter(|section| {
        let flags: u64 = section.sh_flags(endian).into();
        flags & u64::from(elf::SHF_ALLOC) != 0 && section.sh_type(endian) != elf::SHT_NOTE
    });
    let is_without_bytes = |section: &Elf::SectionHeader| section.sh_type(endian) == elf::SHT_NOBITS;
    Ok(loaded.next().is_some_and(is_without_bytes) && loaded.all(is_without_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_program_or_shared_object_is_none() {
        assert_eq!(read(b"#!/bin/sh\n").unwrap(), None);
        assert_eq!(read(b"").unwrap(), None);
    }

    #[test]
    fn a_truncated_file_is_an_error() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        assert!(read(&own[..100]).is_err());
        assert!(read(b"\x7fELF").is_err());
    }

    /// A folder with debug information in it had no report.
    #[test]
    fn debug_information_is_no_program() {
        let own = std::env::current_exe().unwrap();
        let apart = tempfile::NamedTempFile::new().unwrap();
        let mut command = std::process::Command::new("objcopy");
        let status = command.arg("--only-keep-debug").arg(own).arg(apart.path()).status();
        assert!(status.unwrap().success());
        assert_eq!(read(&std::fs::read(apart.path()).unwrap()), Ok(None));
    }

    /// Lengths and addresses near the end of 64 bits overflowed: a string's place, a table's end, the sum of sections.
    #[test]
    fn no_number_in_a_file_makes_it_panic() {
        let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/builder_elf");
        // A published package has no `fuzz` folder.
        let inputs = std::fs::read_dir(corpus).into_iter().flatten();
        for input in inputs {
            let bytes = std::fs::read(input.unwrap().path()).unwrap();
            for place in (0..bytes.len().saturating_sub(8)).step_by(4) {
                for number in [u64::MAX, u64::MAX - 1, i64::MAX.unsigned_abs(), bytes.len() as u64] {
                    let mut changed = bytes.clone();
                    changed[place..place + 8].copy_from_slice(&number.to_le_bytes());
                    let _ = read(&changed);
                }
            }
        }
    }

    #[test]
    fn the_running_test_is_a_program_whose_groups_sum_to_its_size() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let file = read(&own).unwrap().unwrap();
        assert!(file.program);
        assert!(file.interpreter.is_some());
        assert!(
            file.needed.iter().any(|name| name.starts_with("libc.so")),
            "{:?}",
            file.needed
        );
        assert_eq!(file.sections.total(), own.len() as u64);
        assert!(file.sections.code > 0 && file.sections.unwind > 0 && file.sections.symbols > 0);
        assert!(file.relocations.total() > 0);
        assert!(file.imports > 0);
    }
}
