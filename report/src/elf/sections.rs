//! Sorts a file's bytes by what they are for.

use object::elf;
use object::read::elf::{FileHeader, SectionHeader};
use serde::{Deserialize, Serialize};

use super::ElfError;

/// Bytes in the file, by purpose; each byte is in exactly one group, so the groups sum to the file's size.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Sections {
    /// Executable sections: `.text`, `.plt`, `.init` …
    pub code: u64,
    /// Sections that are loaded and never written: `.rodata`, notes, the interpreter's path.
    pub read_only_data: u64,
    /// Sections that are loaded and writable, also those that are read-only once relocated (`.data.rel.ro`, `.got`).
    pub data: u64,
    /// `.rela.*`, `.rel.*` and packed `.relr.*`.
    pub relocations: u64,
    /// Symbol tables, their strings, hashes and versions, dynamic or not.
    pub symbols: u64,
    /// `.eh_frame`, its header and `.gcc_except_table`.
    pub unwind: u64,
    /// What is not loaded (metadata, debug information, comments), headers, and padding between sections.
    pub other: u64,
}

impl Sections {
    /// The groups' names as shown to people, in the order in which reports list them.
    pub const NAMES: [&'static str; 7] = [
        "code",
        "read-only data",
        "data",
        "relocations",
        "symbol tables",
        "unwind tables",
        "other",
    ];

    /// The groups in the order of [`Sections::NAMES`].
    #[must_use]
    pub fn values(&self) -> [u64; 7] {
        [
            self.code,
            self.read_only_data,
            self.data,
            self.relocations,
            self.symbols,
            self.unwind,
            self.other,
        ]
    }

    /// The file's size in bytes.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.values().iter().sum()
    }

    /// Adds another file's bytes, group by group.
    pub fn add(&mut self, other: &Self) {
        self.code += other.code;
        self.read_only_data += other.read_only_data;
        self.data += other.data;
        self.relocations += other.relocations;
        self.symbols += other.symbols;
        self.unwind += other.unwind;
        self.other += other.other;
    }
}

/// Groups the sections of one file; what no section covers is `other`.
pub(super) fn group<Elf: FileHeader<Endian = object::Endianness>>(
    header: &Elf,
    endian: object::Endianness,
    data: &[u8],
) -> Result<Sections, ElfError> {
    let mut groups = Sections::default();
    let table = header.sections(endian, data)?;
    for section in table.iter() {
        let kind = section.sh_type(endian);
        if kind == elf::SHT_NOBITS || kind == elf::SHT_NULL {
            continue;
        }
        let name = table.section_name(endian, section).unwrap_or_default();
        let flags: u64 = section.sh_flags(endian).into();
        // One that leads out of the file has nothing to be counted, and could make the sums overflow.
        let bytes = section.data(endian, data).map_err(|_| ElfError::Table("section"))?;
        *slot(&mut groups, kind, flags, name) += bytes.len() as u64;
    }
    groups.other += (data.len() as u64).saturating_sub(groups.total());
    Ok(groups)
}

fn slot<'groups>(groups: &'groups mut Sections, kind: u32, flags: u64, name: &[u8]) -> &'groups mut u64 {
    let has = |flag: u32| flags & u64::from(flag) != 0;
    let unwind = name.starts_with(b".eh_frame") || name.starts_with(b".gcc_except_table");
    match kind {
        elf::SHT_RELA | elf::SHT_REL | elf::SHT_RELR => &mut groups.relocations,
        elf::SHT_SYMTAB
        | elf::SHT_DYNSYM
        | elf::SHT_STRTAB
        | elf::SHT_SYMTAB_SHNDX
        | elf::SHT_HASH
        | elf::SHT_GNU_HASH
        | elf::SHT_GNU_VERSYM
        | elf::SHT_GNU_VERDEF
        | elf::SHT_GNU_VERNEED => &mut groups.symbols,
        _ if unwind || kind == elf::SHT_ARM_EXIDX && has(elf::SHF_ALLOC) => &mut groups.unwind,
        _ if has(elf::SHF_EXECINSTR) => &mut groups.code,
        _ if has(elf::SHF_ALLOC) && has(elf::SHF_WRITE) => &mut groups.data,
        _ if has(elf::SHF_ALLOC) => &mut groups.read_only_data,
        _ => &mut groups.other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group_of(kind: u32, flags: u32, name: &str) -> usize {
        let mut groups = Sections::default();
        *slot(&mut groups, kind, u64::from(flags), name.as_bytes()) += 1;
        groups.values().iter().position(|value| *value == 1).unwrap()
    }

    #[test]
    fn sections_are_grouped_by_what_they_are_for() {
        let cases = [
            (elf::SHT_PROGBITS, elf::SHF_ALLOC | elf::SHF_EXECINSTR, ".text", "code"),
            (elf::SHT_PROGBITS, elf::SHF_ALLOC, ".rodata", "read-only data"),
            (
                elf::SHT_PROGBITS,
                elf::SHF_ALLOC | elf::SHF_WRITE,
                ".data.rel.ro",
                "data",
            ),
            (elf::SHT_RELR, elf::SHF_ALLOC, ".relr.dyn", "relocations"),
            (elf::SHT_STRTAB, elf::SHF_ALLOC, ".dynstr", "symbol tables"),
            (elf::SHT_STRTAB, 0, ".shstrtab", "symbol tables"),
            (elf::SHT_PROGBITS, elf::SHF_ALLOC, ".eh_frame_hdr", "unwind tables"),
            (elf::SHT_X86_64_UNWIND, elf::SHF_ALLOC, ".eh_frame", "unwind tables"),
            (elf::SHT_PROGBITS, elf::SHF_ALLOC, ".gcc_except_table", "unwind tables"),
            (elf::SHT_PROGBITS, 0, ".rustc", "other"),
        ];
        for (kind, flags, name, expected) in cases {
            assert_eq!(Sections::NAMES[group_of(kind, flags, name)], expected, "{name}");
        }
    }
}
