//! Changes to ELF files: visibility, names, search paths.

use super::{DT_RPATH, DT_RUNPATH, DT_SONAME, DT_STRSZ, Elf, SHT_DYNAMIC, SHT_STRTAB, Symbol, VISIBILITY};

/// Takes the search path (`DT_RUNPATH`) out of a program or shared object that needs everything by absolute paths.
/// Returns whether there was one to take out.
pub fn drop_unused_runpath(bytes: &mut [u8]) -> bool {
    let Some(elf) = Elf::parse(bytes) else { return false };
    if elf.needed().iter().any(|name| !name.starts_with('/')) {
        return false;
    }
    let entries = elf.dynamic().0;
    let kept: Vec<_> = entries
        .iter()
        .filter(|entry| entry.0 != DT_RUNPATH && entry.0 != DT_RPATH)
        .collect();
    // The entries behind move up; the table ends with zeros anyway.
    for (index, place) in entries.iter().enumerate() {
        let (tag, value) = kept.get(index).map_or((0, 0), |entry| (entry.0, entry.1));
        for (at, number) in [(place.2, tag), (place.2 + 8, value)] {
            if let Some(field) = bytes.get_mut(at..at + 8) {
                field.copy_from_slice(&number.to_le_bytes());
            }
        }
    }
    kept.len() < entries.len()
}

/// Gives those global symbols of an object file for which `wanted` holds the default visibility.
/// Returns how many were changed; 0 for what is no ELF file.
pub fn show_symbols(bytes: &mut [u8], wanted: impl Fn(&Symbol) -> bool) -> usize {
    let positions: Vec<usize> = Elf::parse(bytes)
        .map(|elf| elf.symbols())
        .unwrap_or_default()
        .into_iter()
        .filter(|symbol| symbol.global && !symbol.visible && wanted(symbol))
        .map(|symbol| symbol.other)
        .collect();
    for position in &positions {
        if let Some(other) = bytes.get_mut(*position) {
            *other &= !VISIBILITY;
        }
    }
    positions.len()
}

/// A copy of a shared object for linking alone: with another name (`DT_SONAME`), which programs linked against it
/// then carry. The new name lies behind the mapped parts, so the copy cannot be loaded.
/// `None` if this is no shared object with a name.
#[must_use]
pub fn with_soname(bytes: &[u8], soname: &str) -> Option<Vec<u8>> {
    let elf = Elf::parse(bytes)?;
    let dynamic = elf.sections.iter().find(|section| section.kind == SHT_DYNAMIC)?;
    let strings = elf
        .sections
        .get(dynamic.link)
        .filter(|section| section.kind == SHT_STRTAB)?;
    let (entries, _) = elf.dynamic();
    let name_entry = entries.iter().find(|entry| entry.0 == DT_SONAME)?.2;
    let mut copy = bytes.to_vec();
    let table_start = copy.len() as u64;
    copy.extend_from_slice(elf.content(strings));
    copy.extend_from_slice(soname.as_bytes());
    copy.push(0);
    let name_offset = strings.size as u64;
    let table_size = copy.len() as u64 - table_start;
    let mut put = |at: usize, value: u64| {
        copy.get_mut(at..at + 8)
            .map(|field| field.copy_from_slice(&value.to_le_bytes()))
    };
    put(strings.header + 0x18, table_start)?;
    put(strings.header + 0x20, table_size)?;
    put(name_entry + 8, name_offset)?;
    for entry in entries.iter().filter(|entry| entry.0 == DT_STRSZ) {
        put(entry.2 + 8, table_size)?;
    }
    Some(copy)
}
