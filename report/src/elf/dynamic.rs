//! The dynamic section, read through the program headers as the loader does, so that a file without section headers
//! is read too.

use object::Endianness;
use object::elf;
use object::read::ReadRef;
use object::read::elf::{Dyn, FileHeader, ProgramHeader, Sym};

use super::ElfError;

/// The entries of the dynamic section that reports use. Addresses are offsets in the file.
#[derive(Debug, Default)]
pub(super) struct DynamicSection {
    pub soname: Option<String>,
    pub needed: Vec<String>,
    pub search: Vec<String>,
    pub pie: bool,
    pub exports: u64,
    pub imports: u64,
    /// Tables of the three encodings as (offset, size); RELA and REL may have two each (`DT_JMPREL`).
    pub rela: Vec<(u64, u64)>,
    pub rel: Vec<(u64, u64)>,
    pub relr: Option<(u64, u64)>,
}

/// The values of one dynamic section by tag, first one wins, apart from `DT_NEEDED`.
struct Tags {
    values: Vec<(i64, u64)>,
}

impl Tags {
    fn get(&self, tag: i64) -> Option<u64> {
        self.values
            .iter()
            .find(|(found, _)| *found == tag)
            .map(|(_, value)| *value)
    }

    fn table<P: ProgramHeader<Endian = Endianness>>(
        &self,
        endian: Endianness,
        segments: &[P],
        address: i64,
        size: i64,
    ) -> Option<(u64, u64)> {
        let size = self.get(size).filter(|size| *size > 0)?;
        Some((offset_of(endian, segments, self.get(address)?)?, size))
    }
}

impl DynamicSection {
    pub fn read<Elf: FileHeader<Endian = Endianness>>(
        endian: Endianness,
        segments: &[Elf::ProgramHeader],
        data: &[u8],
    ) -> Result<Self, ElfError> {
        let mut tags = Tags { values: Vec::new() };
        for segment in segments {
            for entry in segment.dynamic(endian, data)?.unwrap_or_default() {
                let tag: i64 = entry.d_tag(endian).into();
                if tag == elf::DT_NULL {
                    break;
                }
                tags.values.push((tag, entry.d_val(endian).into()));
            }
        }
        let mut dynamic = Self {
            pie: tags
                .get(elf::DT_FLAGS_1)
                .is_some_and(|flags| flags & u64::from(elf::DF_1_PIE) != 0),
            relr: tags.table(endian, segments, elf::DT_RELR, elf::DT_RELRSZ),
            ..Self::default()
        };
        dynamic.read_strings(endian, segments, &tags, data);
        dynamic
            .rela
            .extend(tags.table(endian, segments, elf::DT_RELA, elf::DT_RELASZ));
        dynamic
            .rel
            .extend(tags.table(endian, segments, elf::DT_REL, elf::DT_RELSZ));
        if let Some(jumps) = tags.table(endian, segments, elf::DT_JMPREL, elf::DT_PLTRELSZ) {
            let of_rela = tags.get(elf::DT_PLTREL) == Some(elf::DT_RELA.unsigned_abs());
            // Some linkers let the first table's size include the second.
            let tables = if of_rela { &mut dynamic.rela } else { &mut dynamic.rel };
            if !tables
                .iter()
                .any(|(start, size)| jumps.0.checked_sub(*start).is_some_and(|distance| distance < *size))
            {
                tables.push(jumps);
            }
        }
        dynamic.count_symbols::<Elf>(endian, segments, &tags, data)?;
        Ok(dynamic)
    }

    fn read_strings<P: ProgramHeader<Endian = Endianness>>(
        &mut self,
        endian: Endianness,
        segments: &[P],
        tags: &Tags,
        data: &[u8],
    ) {
        let Some((start, size)) = tags.table(endian, segments, elf::DT_STRTAB, elf::DT_STRSZ) else {
            return;
        };
        let string = |offset: u64| {
            let range = start.checked_add(offset)?..start.checked_add(size)?;
            let bytes = data.read_bytes_at_until(range, 0).ok()?;
            Some(String::from_utf8_lossy(bytes).into_owned())
        };
        self.soname = tags.get(elf::DT_SONAME).and_then(string);
        let search = tags
            .get(elf::DT_RUNPATH)
            .or_else(|| tags.get(elf::DT_RPATH))
            .and_then(string);
        self.search = search
            .iter()
            .flat_map(|paths| paths.split(':'))
            .map(str::to_owned)
            .collect();
        let needed = tags.values.iter().filter(|(tag, _)| *tag == elf::DT_NEEDED);
        self.needed = needed.filter_map(|(_, offset)| string(*offset)).collect();
    }

    fn count_symbols<Elf: FileHeader<Endian = Endianness>>(
        &mut self,
        endian: Endianness,
        segments: &[Elf::ProgramHeader],
        tags: &Tags,
        data: &[u8],
    ) -> Result<(), ElfError> {
        let offset = tags
            .get(elf::DT_SYMTAB)
            .and_then(|address| offset_of(endian, segments, address));
        let Some(offset) = offset else { return Ok(()) };
        // The dynamic section states no length of the symbol table; linkers put the string table or the hash tables
        // behind it, and the names of all symbols lie in the string table.
        let Some(count) = symbol_count::<Elf>(endian, segments, tags, data) else {
            return Ok(());
        };
        let count = usize::try_from(count).map_err(|_| SYMBOLS)?;
        let symbols: &[Elf::Sym] = data.read_slice_at(offset, count).map_err(|()| SYMBOLS)?;
        for symbol in symbols.iter().skip(1) {
            if symbol.st_bind() == elf::STB_LOCAL {
                continue;
            }
            if symbol.st_shndx(endian) == elf::SHN_UNDEF {
                self.imports += 1;
            } else {
                self.exports += 1;
            }
        }
        Ok(())
    }
}

/// A symbol table that does not lie within the file.
const SYMBOLS: ElfError = ElfError::Table("dynamic symbol table");

/// The number of dynamic symbols: from the classic hash table's chain count, or the last chain of the GNU one.
fn symbol_count<Elf: FileHeader<Endian = Endianness>>(
    endian: Endianness,
    segments: &[Elf::ProgramHeader],
    tags: &Tags,
    data: &[u8],
) -> Option<u64> {
    if let Some(offset) = tags
        .get(elf::DT_GNU_HASH)
        .and_then(|address| offset_of(endian, segments, address))
    {
        let table = data.get(usize::try_from(offset).ok()?..)?;
        let header = object::read::elf::GnuHashTable::<Elf>::parse(endian, table).ok()?;
        // The reader counts from there without looking whether it comes to an end of the numbers.
        header.symbol_base().checked_add(u32::try_from(table.len() / 4).ok()?)?;
        return Some(
            header
                .symbol_table_length(endian)
                .unwrap_or(header.symbol_base())
                .into(),
        );
    }
    let offset = tags
        .get(elf::DT_HASH)
        .and_then(|address| offset_of(endian, segments, address))?;
    let table = data.get(usize::try_from(offset).ok()?..)?;
    Some(
        object::read::elf::HashTable::<Elf>::parse(endian, table)
            .ok()?
            .symbol_table_length()
            .into(),
    )
}

/// Where in the file the byte of a virtual address is.
fn offset_of<P: ProgramHeader<Endian = Endianness>>(endian: Endianness, segments: &[P], address: u64) -> Option<u64> {
    segments
        .iter()
        .filter(|segment| segment.p_type(endian) == elf::PT_LOAD)
        .find_map(|segment| {
            let start: u64 = segment.p_vaddr(endian).into();
            let size: u64 = segment.p_filesz(endian).into();
            let offset: u64 = segment.p_offset(endian).into();
            let distance = address.checked_sub(start).filter(|distance| *distance < size)?;
            offset.checked_add(distance)
        })
}
