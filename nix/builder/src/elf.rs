//! Reads, and in a few places changes, ELF files: 64 bits, little-endian, as on x86_64 and aarch64.
//!
//! Layouts follow the System V gABI; names of constants are those of `elf.h`.

mod patch;

pub use patch::{
    drop_codegen_unit_hashes, drop_runpath, drop_unused_runpath, keep_loaded, keep_runpath, make_personality_constant,
    need_by_name, order_needed, set_build_id, show_symbols, with_soname,
};

use std::collections::BTreeSet;
use std::ops::Range;

const SHT_SYMTAB: u32 = 2;
const SHT_STRTAB: u32 = 3;
const SHT_RELA: u32 = 4;
const SHT_DYNAMIC: u32 = 6;
const SHT_NOBITS: u32 = 8;
const SHT_DYNSYM: u32 = 11;
const SHT_GROUP: u32 = 17;
const SHT_GNU_VERNEED: u32 = 0x6fff_fffe;
/// A group of sections of which the linker keeps one, whatever number of objects have it.
const GRP_COMDAT: u32 = 1;
const SHF_ALLOC: u64 = 2;
/// Not to be left out, whether or not something refers to it: what is `#[used]`.
const SHF_GNU_RETAIN: u64 = 1 << 21;
const SHN_COMMON: u16 = 0xfff2;
const STT_OBJECT: u8 = 1;
const STT_TLS: u8 = 6;
const DT_NEEDED: u64 = 1;
const DT_STRSZ: u64 = 10;
const DT_SONAME: u64 = 14;
const DT_RUNPATH: u64 = 29;
const DT_RPATH: u64 = 15;
const DT_RELR: u64 = 36;
const DT_FLAGS_1: u64 = 0x6fff_fffb;
const DT_INIT_ARRAYSZ: u64 = 27;
const DT_FINI_ARRAYSZ: u64 = 28;
const SYMBOL_SIZE: usize = 24;
const RELA_SIZE: usize = 24;
/// Relocations that write an address, and not where a call goes: `R_X86_64_64`, `_PC32`, `_GOTPCREL` and `_REX_GOTPCRELX`; `R_AARCH64_ABS64`,
/// `_ADR_PREL_PG_HI21` and `_ADR_GOT_PAGE`.
const ADDRESSES: [u32; 7] = [1, 2, 9, 42, 257, 275, 311];
/// The size of a section header.
const SECTION_SIZE: usize = 64;
const SYMBOL_TYPE: u8 = 0xf;
const STT_FUNC: u8 = 2;
const STT_GNU_IFUNC: u8 = 10;
const STB_LOCAL: u8 = 0;
const STB_WEAK: u8 = 2;
/// The visibility bits of `st_other`; zero is the default visibility.
const VISIBILITY: u8 = 3;

/// Names that linkers define for places in the one file of a program: its headers, and where its code, data and zeros begin or end.
pub const PLACES_IN_FILE: [&str; 12] = [
    "__executable_start",
    "__ehdr_start",
    "__etext",
    "_etext",
    "etext",
    "__data_start",
    "data_start",
    "_edata",
    "edata",
    "__bss_start",
    "_end",
    "end",
];

/// One section header.
#[derive(Debug, Clone)]
pub struct Section {
    /// Its name.
    pub name: String,
    /// `sh_type`
    pub kind: u32,
    /// Where its bytes are in the file.
    pub offset: usize,
    /// How many they are.
    pub size: usize,
    /// Whether it is there at run time.
    pub loaded: bool,
    /// Whether no linker leaves it out, as of what is `#[used]`.
    pub retained: bool,
    /// `sh_link`: for symbol tables and the dynamic section, the section of their strings; for relocations the symbol table.
    pub link: usize,
    /// `sh_info`: for relocations the section that they are for.
    pub info: usize,
    /// Where this header itself is in the file.
    pub header: usize,
    /// Where its name is in the file.
    name_place: usize,
}

/// Whether a section's bytes are in the file and are there at run time.
#[must_use]
pub fn is_loaded(section: &Section) -> bool {
    section.loaded && section.kind != SHT_NOBITS
}

/// One symbol of a symbol table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether it can be seen from other objects at all.
    pub global: bool,
    /// Whether it is defined here.
    pub defined: bool,
    /// Whether it is a function.
    pub function: bool,
    /// Whether it is a function that a function chooses when it is loaded (an ifunc).
    pub indirect: bool,
    /// Whether its visibility is the default one.
    pub visible: bool,
    /// Whether another definition may take its place: it is weak, or only asks for room that all who ask for it share.
    pub weak: bool,
    /// Whether it is data, of the process or of each thread.
    pub data: bool,
    /// The section that it is in, if it is in one.
    pub section: usize,
    /// `st_value`
    pub value: u64,
    /// `st_size`
    pub size: u64,
    /// Where its `st_other` is in the file.
    other: usize,
}

/// An ELF file in memory.
#[derive(Debug, Clone)]
pub struct Elf<'a> {
    bytes: &'a [u8],
    /// The section headers, in the file's order.
    pub sections: Vec<Section>,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes
        .get(at..at.checked_add(2)?)?
        .try_into()
        .ok()
        .map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..at.checked_add(4)?)?
        .try_into()
        .ok()
        .map(u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes
        .get(at..at.checked_add(8)?)?
        .try_into()
        .ok()
        .map(u64::from_le_bytes)
}

fn size_at(bytes: &[u8], at: usize) -> Option<usize> {
    u64_at(bytes, at).and_then(|value| usize::try_from(value).ok())
}

fn string_at(table: &[u8], at: usize) -> Option<&str> {
    let rest = table.get(at..)?;
    let end = rest.iter().position(|byte| *byte == 0)?;
    std::str::from_utf8(&rest[..end]).ok()
}

impl<'a> Elf<'a> {
    /// Reads the section headers; `None` if this is not an ELF file of 64 bits, little-endian, or is cut off.
    #[must_use]
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        if bytes.get(..6)? != b"\x7fELF\x02\x01" {
            return None;
        }
        let table = size_at(bytes, 0x28)?;
        let entry = usize::from(u16_at(bytes, 0x3a)?);
        let first = |field: usize| table.checked_add(field);
        let mut count = usize::from(u16_at(bytes, 0x3c)?);
        let mut names = usize::from(u16_at(bytes, 0x3e)?);
        if table == 0 {
            return Some(Self {
                bytes,
                sections: Vec::new(),
            });
        }
        // In smaller steps the same bytes would be the header of any number of sections.
        if entry < SECTION_SIZE {
            return None;
        }
        // Counts that do not fit into the header are kept in the first section header.
        if count == 0 {
            count = size_at(bytes, first(0x20)?)?;
        }
        if names == 0xffff {
            names = u32_at(bytes, first(0x28)?)? as usize;
        }
        let mut sections = Vec::new();
        let mut name_offsets = Vec::new();
        for index in 0..count {
            let header = table.checked_add(index.checked_mul(entry)?)?;
            name_offsets.push(u32_at(bytes, header)? as usize);
            let flags = u64_at(bytes, header + 8)?;
            sections.push(Section {
                name: String::new(),
                kind: u32_at(bytes, header + 4)?,
                offset: size_at(bytes, header + 0x18)?,
                size: size_at(bytes, header + 0x20)?,
                loaded: flags & SHF_ALLOC != 0,
                retained: flags & SHF_GNU_RETAIN != 0,
                link: u32_at(bytes, header + 0x28)? as usize,
                info: u32_at(bytes, header + 0x2c)? as usize,
                header,
                name_place: 0,
            });
        }
        let elf = Self { bytes, sections };
        let (table, place) = elf
            .sections
            .get(names)
            .map(|section| (elf.content(section), section.offset))
            .unwrap_or_default();
        let mut named = elf.clone();
        for (section, offset) in named.sections.iter_mut().zip(name_offsets) {
            string_at(table, offset)
                .unwrap_or_default()
                .clone_into(&mut section.name);
            section.name_place = place.checked_add(offset)?;
        }
        Some(named)
    }

    /// The bytes of a section; none if it has no bytes in the file or they are cut off.
    #[must_use]
    pub fn content(&self, section: &Section) -> &'a [u8] {
        if section.kind == SHT_NOBITS {
            return &[];
        }
        section
            .offset
            .checked_add(section.size)
            .and_then(|end| self.bytes.get(section.offset..end))
            .unwrap_or_default()
    }

    fn symbols_of(&self, kind: u32) -> Vec<Symbol<'a>> {
        let mut symbols = Vec::new();
        for section in self.sections.iter().filter(|section| section.kind == kind) {
            let strings = self
                .sections
                .get(section.link)
                .map(|strings| self.content(strings))
                .unwrap_or_default();
            for (index, entry) in self.content(section).chunks_exact(SYMBOL_SIZE).enumerate().skip(1) {
                let name = u32_at(entry, 0)
                    .and_then(|at| string_at(strings, at as usize))
                    .unwrap_or_default();
                let place = u16_at(entry, 6).unwrap_or_default();
                symbols.push(Symbol {
                    name,
                    global: entry[4] >> 4 != STB_LOCAL,
                    defined: place != 0,
                    function: entry[4] & SYMBOL_TYPE == STT_FUNC,
                    indirect: entry[4] & SYMBOL_TYPE == STT_GNU_IFUNC,
                    visible: entry[5] & VISIBILITY == 0,
                    weak: entry[4] >> 4 == STB_WEAK || place == SHN_COMMON,
                    data: matches!(entry[4] & 0xf, STT_OBJECT | STT_TLS),
                    section: usize::from(place),
                    value: u64_at(entry, 8).unwrap_or_default(),
                    size: u64_at(entry, 16).unwrap_or_default(),
                    other: section.offset + index * SYMBOL_SIZE + 5,
                });
            }
        }
        symbols
    }

    /// The symbols of an object file.
    #[must_use]
    pub fn symbols(&self) -> Vec<Symbol<'a>> {
        self.symbols_of(SHT_SYMTAB)
    }

    /// The sections of which the linker keeps one copy, whatever number of objects bring them: templates and inline
    /// functions of C++. Their symbols are weak, but nobody means them to be replaced.
    #[must_use]
    pub fn shared_sections(&self) -> BTreeSet<usize> {
        let mut list = BTreeSet::new();
        for (index, section) in self.sections.iter().enumerate() {
            // What compilers wrote before there were groups.
            if section.name.starts_with(".gnu.linkonce.") {
                list.insert(index);
            }
            let content = self.content(section);
            if section.kind == SHT_GROUP && u32_at(content, 0).is_some_and(|flags| flags & GRP_COMDAT != 0) {
                let members = content.chunks_exact(4).skip(1);
                list.extend(members.filter_map(|word| u32_at(word, 0)).map(|member| member as usize));
            }
        }
        list
    }

    /// The names of symbols of an object whose addresses its code or data takes, and not only calls: by what the linker is told to
    /// write there. Tables of virtual functions do not count, which nobody compares.
    #[must_use]
    pub fn addresses_taken(&self) -> BTreeSet<&'a str> {
        let mut names = BTreeSet::new();
        for list in self.sections.iter().filter(|section| section.kind == SHT_RELA) {
            let counts =
                |section: &Section| section.loaded && !section.name.contains("._ZT") && section.name != ".eh_frame";
            if !self.sections.get(list.info).is_some_and(counts) {
                continue;
            }
            let table = self.sections.get(list.link).filter(|table| table.kind == SHT_SYMTAB);
            let Some(table) = table else { continue };
            let strings = self.sections.get(table.link).map(|strings| self.content(strings));
            let symbols = self.content(table);
            for entry in self.content(list).chunks_exact(RELA_SIZE) {
                let Some(information) = u64_at(entry, 8) else { continue };
                if !ADDRESSES.contains(&(information as u32)) {
                    continue;
                }
                let symbol = usize::try_from(information >> 32)
                    .ok()
                    .and_then(|index| index.checked_mul(SYMBOL_SIZE));
                let name = symbol.and_then(|at| u32_at(symbols, at));
                let name = name.and_then(|at| string_at(strings.unwrap_or_default(), at as usize));
                names.extend(name.filter(|name| !name.is_empty()));
            }
        }
        names
    }

    /// The symbols that a shared object imports and exports.
    #[must_use]
    pub fn dynamic_symbols(&self) -> Vec<Symbol<'a>> {
        self.symbols_of(SHT_DYNSYM)
    }

    /// The entries (tag, value, position in the file) of the dynamic section, and its strings.
    fn dynamic(&self) -> (Vec<(u64, u64, usize)>, &'a [u8]) {
        let Some(section) = self.sections.iter().find(|section| section.kind == SHT_DYNAMIC) else {
            return (Vec::new(), &[]);
        };
        let strings = self
            .sections
            .get(section.link)
            .map(|strings| self.content(strings))
            .unwrap_or_default();
        let entry = |(index, bytes): (usize, &[u8])| {
            (
                u64_at(bytes, 0).unwrap_or_default(),
                u64_at(bytes, 8).unwrap_or_default(),
                section.offset + index * 16,
            )
        };
        (
            self.content(section).chunks_exact(16).enumerate().map(entry).collect(),
            strings,
        )
    }

    /// Where the strings of the dynamic section are in the file.
    fn dynamic_strings_offset(&self) -> Option<usize> {
        let section = self.sections.iter().find(|section| section.kind == SHT_DYNAMIC)?;
        self.sections.get(section.link).map(|strings| strings.offset)
    }

    /// The entries of the sections of a kind.
    fn section_entries(&self, kind: u32, size: usize) -> Vec<&'a [u8]> {
        let sections = self.sections.iter().filter(|section| section.kind == kind);
        sections
            .flat_map(|section| self.content(section).chunks_exact(size))
            .collect()
    }

    fn dynamic_strings(&self, tag: u64) -> Vec<&'a str> {
        let (entries, strings) = self.dynamic();
        let string = |value| usize::try_from(value).ok().and_then(|at| string_at(strings, at));
        entries
            .iter()
            .filter(|entry| entry.0 == tag)
            .filter_map(|entry| string(entry.1))
            .collect()
    }

    /// What a program or shared object needs at run time (`DT_NEEDED`).
    #[must_use]
    pub fn needed(&self) -> Vec<&'a str> {
        self.dynamic_strings(DT_NEEDED)
    }

    /// The name by which others need this shared object.
    #[must_use]
    pub fn soname(&self) -> Option<&'a str> {
        self.dynamic_strings(DT_SONAME).first().copied()
    }

    /// Where the loader looks for what is needed by names that are no paths.
    #[must_use]
    pub fn search_path(&self) -> Vec<&'a str> {
        let runpath = self.dynamic_strings(DT_RUNPATH);
        if runpath.is_empty() {
            self.dynamic_strings(DT_RPATH)
        } else {
            runpath
        }
    }

    /// The loader that a program asks for.
    #[must_use]
    pub fn interpreter(&self) -> Option<&'a str> {
        let section = self.sections.iter().find(|section| section.name == ".interp")?;
        string_at(self.content(section), 0)
    }

    /// Where the build id is in the file.
    fn build_id(&self) -> Option<Range<usize>> {
        let named = |section: &&Section| section.name == ".note.gnu.build-id";
        let section = self.sections.iter().find(named)?;
        // Three lengths and types of four bytes each, and the owner's name, "GNU" and a zero.
        let end = section.offset.checked_add(section.size)?;
        let range = section.offset.checked_add(16)?..end;
        self.bytes.get(range.clone()).map(|_| range)
    }

    /// Whether its relative relocations are packed.
    #[must_use]
    pub fn has_packed_relocations(&self) -> bool {
        self.dynamic().0.iter().any(|entry| entry.0 == DT_RELR)
    }

    /// Whether functions run when this shared object is loaded or unloaded, beyond `own` bytes of each list of them.
    #[must_use]
    pub fn has_constructors(&self, own: u64) -> bool {
        let entries = self.dynamic().0;
        let arrays = [DT_INIT_ARRAYSZ, DT_FINI_ARRAYSZ];
        entries.iter().any(|entry| arrays.contains(&entry.0) && entry.1 > own)
    }
}

#[cfg(test)]
mod tests;
