//! Changes to ELF files: visibility, names, search paths.

use super::{
    DT_FLAGS_1, DT_NEEDED, DT_RPATH, DT_RUNPATH, DT_SONAME, DT_STRSZ, Elf, SHT_DYNAMIC, SHT_DYNSYM, SHT_GNU_VERNEED,
    SHT_STRTAB, SHT_SYMTAB, SYMBOL_SIZE, Symbol, VISIBILITY, string_at,
};

use std::collections::BTreeSet;

/// Takes the search path (`DT_RUNPATH`) out of a program or shared object that needs everything by absolute paths.
/// Returns whether there was one to take out.
pub fn drop_unused_runpath(bytes: &mut [u8]) -> bool {
    let needs_it = |elf: &Elf| elf.needed().iter().any(|name| !name.starts_with('/'));
    if Elf::parse(bytes).is_none_or(|elf| needs_it(&elf)) {
        return false;
    }
    drop_runpath(bytes)
}

/// Leaves those folders of a search path that are wanted, where libraries are looked for that are loaded by name while the
/// program runs. Returns whether that changed anything.
pub fn keep_runpath(bytes: &mut [u8], wanted: &[String]) -> bool {
    let Some(elf) = Elf::parse(bytes) else { return false };
    let (entries, strings) = elf.dynamic();
    let entry = entries.iter().find(|entry| matches!(entry.0, DT_RUNPATH | DT_RPATH));
    let Some(at) = entry.and_then(|entry| usize::try_from(entry.1).ok()) else {
        return false;
    };
    let text = string_at(strings, at).unwrap_or_default().to_owned();
    let is_wanted = |folder: &&str| wanted.iter().any(|wanted| wanted == folder);
    let left = text.split(':').filter(is_wanted).collect::<Vec<_>>().join(":");
    if left.is_empty() {
        return drop_runpath(bytes);
    }
    let start = elf.dynamic_strings_offset().and_then(|offset| offset.checked_add(at));
    let place = start.and_then(|start| bytes.get_mut(start..start + text.len()));
    if let Some(place) = place.filter(|_| left != text) {
        place.fill(0);
        place[..left.len()].copy_from_slice(left.as_bytes());
        return true;
    }
    false
}

/// Takes the search path (`DT_RUNPATH`) out of a program or shared object, with the text, so that the store paths in it are no
/// references. Returns whether there was one to take out.
pub fn drop_runpath(bytes: &mut [u8]) -> bool {
    let Some(elf) = Elf::parse(bytes) else { return false };
    let is_path = |entry: &&(u64, u64, usize)| matches!(entry.0, DT_RUNPATH | DT_RPATH);
    let (entries, strings) = elf.dynamic();
    let kept: Vec<_> = entries.iter().filter(|entry| !is_path(entry)).collect();
    let start = elf.dynamic_strings_offset();
    // A linker may keep a text that ends as another does inside of that one.
    let symbols = elf.section_entries(SHT_DYNSYM, SYMBOL_SIZE);
    let symbols = symbols
        .iter()
        .filter_map(|entry| super::u32_at(entry, 0).map(u64::from));
    let used: Vec<u64> = kept.iter().map(|entry| entry.1).chain(symbols).collect();
    let mut blank = Vec::new();
    for text in entries.iter().filter(is_path).map(|entry| entry.1) {
        let Some((from, start)) = usize::try_from(text).ok().zip(start) else {
            continue;
        };
        let length = super::string_at(strings, from).map_or(0, str::len) as u64;
        let shared = used.iter().filter(|at| (text..text + length).contains(at)).min();
        let end = shared.map_or(text + length, |at| *at);
        let end = usize::try_from(end).ok().and_then(|end| start.checked_add(end));
        blank.extend(start.checked_add(from).zip(end).map(|(from, end)| from..end));
    }
    // The entries behind move up; the table ends with zeros anyway.
    for (index, place) in entries.iter().enumerate() {
        let (tag, value) = kept.get(index).map_or((0, 0), |entry| (entry.0, entry.1));
        for (at, number) in [(place.2, tag), (place.2 + 8, value)] {
            if let Some(field) = bytes.get_mut(at..at + 8) {
                field.copy_from_slice(&number.to_le_bytes());
            }
        }
    }
    let dropped = kept.len() < entries.len();
    for range in blank {
        if let Some(text) = bytes.get_mut(range) {
            text.fill(0);
        }
    }
    dropped
}

/// Has loaders keep a shared object until the process ends (`DF_1_NODELETE`). Returns whether it has a place for that.
pub fn keep_loaded(bytes: &mut [u8]) -> bool {
    const KEPT: u64 = 8;
    let entries = Elf::parse(bytes).map(|elf| elf.dynamic().0).unwrap_or_default();
    let flags = entries.iter().find(|entry| entry.0 == DT_FLAGS_1);
    let place = flags.and_then(|entry| Some((entry.1, bytes.get_mut(entry.2 + 8..entry.2 + 16)?)));
    let Some((value, field)) = place else { return false };
    field.copy_from_slice(&(value | KEPT).to_le_bytes());
    true
}

/// Has a shared object need by their mere file names what it needs by these paths, and the versions of their symbols, too. Returns whether
/// that changed anything. The paths themselves stay in the file.
pub fn need_by_name(bytes: &mut [u8], is_meant: impl Fn(&str) -> bool) -> bool {
    let Some(elf) = Elf::parse(bytes) else { return false };
    let (entries, strings) = elf.dynamic();
    let name = |at: usize| {
        let path = string_at(strings, at).filter(|path| path.starts_with('/') && is_meant(path))?;
        Some(at + path.rfind('/')? + 1)
    };
    let mut changes: Vec<(usize, Vec<u8>)> = Vec::new();
    for (_, value, place) in entries.iter().filter(|entry| entry.0 == DT_NEEDED) {
        if let Some(at) = usize::try_from(*value).ok().and_then(name) {
            changes.push((place + 8, (at as u64).to_le_bytes().to_vec()));
        }
    }
    let mut sections = elf.sections.iter();
    if let Some(section) = sections.find(|section| section.kind == SHT_GNU_VERNEED) {
        let content = elf.content(section);
        let mut entry = 0;
        while let Some(file) = super::u32_at(content, entry + 4) {
            if let Some(at) = usize::try_from(file).ok().and_then(name)
                && let Ok(at) = u32::try_from(at)
            {
                changes.push((section.offset + entry + 4, at.to_le_bytes().to_vec()));
            }
            match super::u32_at(content, entry + 12).and_then(|next| usize::try_from(next).ok()) {
                Some(next) if next > 0 => entry += next,
                _ => break,
            }
        }
    }
    for (at, value) in &changes {
        if let Some(field) = bytes.get_mut(*at..*at + value.len()) {
            field.copy_from_slice(value);
        }
    }
    !changes.is_empty()
}

/// Puts what a program needs into another order: `order[n]` is the place, among its `DT_NEEDED` entries, of what will be the one at
/// place n. What is not in `order` stays behind.
pub fn order_needed(bytes: &mut [u8], order: &[usize]) {
    let entries = Elf::parse(bytes).map(|elf| elf.dynamic().0).unwrap_or_default();
    let needed: Vec<_> = entries.iter().filter(|entry| entry.0 == DT_NEEDED).collect();
    let others = (0..needed.len()).filter(|place| !order.contains(place));
    let values = order
        .iter()
        .copied()
        .chain(others)
        .filter_map(|place| needed.get(place));
    for (value, entry) in values.zip(&needed) {
        if let Some(field) = bytes.get_mut(entry.2 + 8..entry.2 + 16) {
            field.copy_from_slice(&value.1.to_le_bytes());
        }
    }
}

/// Writes into `stripped` and `full`, which is the same file with more sections, a build id made of what `stripped` holds: what only
/// compiling or debugging needs makes no difference to it. Returns it in hexadecimal; nothing if the files have no place for one.
pub fn set_build_id(stripped: &mut [u8], full: &mut [u8]) -> Option<String> {
    let place = Elf::parse(stripped)?.build_id()?;
    let full_place = Elf::parse(full)?.build_id()?;
    stripped.get_mut(place.clone())?.fill(0);
    // FNV-1a of 128 bits.
    let hash = stripped
        .iter()
        .fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, |hash, byte| {
            (hash ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
        });
    let id = hash.to_be_bytes();
    for (bytes, place) in [(stripped, place), (full, full_place)] {
        let field = bytes.get_mut(place)?;
        let length = field.len().min(id.len());
        field[..length].copy_from_slice(&id[..length]);
    }
    Some(id.iter().map(|byte| format!("{byte:02x}")).collect())
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

/// Has the pointers through which an object's unwind tables name the functions that unwind (`DW.ref.rust_eh_personality`) be among what is
/// written once, when it is loaded. LLVM puts them among data that change: for these eight bytes alone most libraries would have another
/// segment, and each process another page of each. The section gets another name, of the same length; the symbol's may be the end of that, and
/// becomes another one, too, which no other object asks for. Returns whether there was one.
pub fn make_personality_constant(bytes: &mut [u8]) -> bool {
    const SECTION: &str = ".data.DW.ref.";
    const CONSTANT: &[u8] = b".data.rel.ro.";
    let Some(elf) = Elf::parse(bytes) else { return false };
    let sections = elf.sections.iter().filter(|section| section.name.starts_with(SECTION));
    let places: Vec<usize> = sections.map(|section| section.name_place).collect();
    for place in &places {
        if let Some(text) = bytes.get_mut(*place..place.saturating_add(CONSTANT.len())) {
            text.copy_from_slice(CONSTANT);
        }
    }
    !places.is_empty()
}

/// Takes out of the names in a file's symbol table what LLVM adds to those of private functions that two codegen units of a crate use: `.llvm.` and
/// a hash of the unit it is in, which is another one whenever anything below the crate is. Nobody looks for a name with it, and backtraces leave it
/// out. Returns whether there was one.
pub fn drop_codegen_unit_hashes(bytes: &mut [u8]) -> bool {
    const MARK: &str = ".llvm.";
    let Some(elf) = Elf::parse(bytes) else { return false };
    let tables = elf.sections.iter().filter(|section| section.kind == SHT_SYMTAB);
    let strings = tables.filter_map(|table| elf.sections.get(table.link));
    let Some(strings) = strings.into_iter().find(|section| section.kind == SHT_STRTAB) else {
        return false;
    };
    let content = elf.content(strings);
    let entries = elf.section_entries(SHT_SYMTAB, SYMBOL_SIZE);
    let names: BTreeSet<usize> = (entries.iter())
        .filter_map(|entry| usize::try_from(super::u32_at(entry, 0)?).ok())
        .collect();
    let mut hashes = Vec::new();
    for start in &names {
        let Some(name) = super::string_at(content, *start) else {
            continue;
        };
        let Some((kept, hash)) = name.rsplit_once(MARK) else {
            continue;
        };
        let hash_range = start + kept.len()..start + name.len();
        // A table may keep a name that ends as another does inside of that one.
        let is_shared = names.range(hash_range.clone()).next().is_some();
        if !hash.is_empty() && hash.bytes().all(|byte| byte.is_ascii_digit()) && !is_shared {
            hashes.push(strings.offset + hash_range.start..strings.offset + hash_range.end);
        }
    }
    let found = !hashes.is_empty();
    for range in hashes {
        if let Some(text) = bytes.get_mut(range) {
            text.fill(0);
        }
    }
    found
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
