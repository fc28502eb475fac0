//! Small changes to relocatable objects, made on their bytes: nothing in them moves.
//!
//! **Visibility.** rustc hides what a crate's final form does not export, and C code hides symbols too. Where such a
//! symbol has to be reached from another file it is given default visibility; a version script then says what is
//! exported after all.
//!
//! **Address significance.** Identical functions may be folded into one unless somebody compares their addresses. Rust
//! promises nothing about addresses of functions, nor of constants, but every `static` has its own. rustc writes no
//! table that says so, and without one a linker must either fold nothing or fold everything. So each Rust object gets
//! the table (`.llvm_addrsig`: the indexes of the symbols whose addresses matter) that names its statics and nothing
//! else; C objects get none, so nothing of theirs is folded.

use std::path::Path;

use object::elf;
use object::read::elf::{SectionHeader as _, Sym as _};
use object::{U16, U32, U64, pod};

use crate::error::{Error, Result};
use crate::symbols::{ENDIAN, Tables, tables};
use crate::target::Target;

/// What to change in an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changes<'a> {
    /// Which hidden symbols get default visibility.
    pub unhide: Unhide<'a>,
    /// Whether to add the table of symbols whose addresses matter.
    pub fold: bool,
}

/// Which hidden symbols get default visibility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unhide<'a> {
    /// All that are defined: the object goes into a shared object.
    All,
    /// Those in this sorted list.
    Listed(&'a [String]),
}

/// The type of the section that lists symbols whose addresses matter, an extension of LLVM.
const SHT_LLVM_ADDRSIG: u32 = 0x6fff_4c03;

/// Bytes between the start of a symbol table entry and its visibility.
const OTHER_OFFSET: usize = 5;

/// Applies the changes to an object.
pub fn change(mut data: Vec<u8>, path: &Path, target: &Target, changes: Changes<'_>) -> Result<Vec<u8>> {
    let edits = plan(&data, path, target, changes)?;
    for position in edits.unhide {
        if let Some(other) = data.get_mut(position) {
            // The two lowest bits are the visibility, and 0 is the default one.
            *other &= !3;
        }
    }
    if let Some(significance) = edits.significance {
        significance.append(&mut data);
    }
    Ok(data)
}

/// Gives an undefined symbol another name of the same length. An object that has no such symbol stays as it is, and so does one in which
/// anything else shares the name's text.
pub fn rename(data: &mut [u8], path: &Path, target: &Target, from: &str, to: &str) -> Result<()> {
    debug_assert_eq!(from.len(), to.len());
    let Some(place) = text_of(data, path, target, from)? else {
        return Ok(());
    };
    if let Some(text) = data.get_mut(place..place.saturating_add(to.len())) {
        text.copy_from_slice(to.as_bytes());
    }
    Ok(())
}

/// Where the text of an undefined symbol's name is, if it belongs to that symbol alone.
fn text_of(data: &[u8], path: &Path, target: &Target, name: &str) -> Result<Option<usize>> {
    let Tables {
        header,
        sections,
        symbols,
    } = tables(data, path, target)?;
    let named = |symbol: &&elf::Sym64<object::Endianness>| {
        symbol.is_undefined(ENDIAN) && symbols.symbol_name(ENDIAN, symbol) == Ok(name.as_bytes())
    };
    let Some(symbol) = symbols.iter().find(named) else {
        return Ok(None);
    };
    let start = symbol.st_name(ENDIAN);
    let text = start..=start.saturating_add(u32::try_from(name.len()).unwrap_or(u32::MAX));
    let sharing = symbols
        .iter()
        .filter(|other| text.contains(&other.st_name(ENDIAN)))
        .count();
    let strings = symbols.string_section();
    let names_of_sections = usize::from(header.e_shstrndx.get(ENDIAN));
    let shares_section = || {
        sections
            .iter()
            .any(|section| text.contains(&section.sh_name.get(ENDIAN)))
    };
    let Some(place) = sections.section(strings).ok().map(|section| section.sh_offset(ENDIAN)) else {
        return Ok(None);
    };
    let place = usize::try_from(place)
        .ok()
        .and_then(|place| place.checked_add(usize::try_from(start).ok()?));
    // A longer name may end in this one.
    let begins = place.is_some_and(|place| place > 0 && data.get(place - 1) == Some(&0));
    let alone = sharing == 1 && begins && !(strings.0 == names_of_sections && shares_section());
    Ok(place.filter(|_| alone))
}

/// Where the bytes to be changed are.
struct Edits {
    unhide: Vec<usize>,
    significance: Option<Significance>,
}

/// The table to be added, and the section headers with it.
struct Significance {
    table: Vec<u8>,
    headers: Vec<u8>,
    count: u16,
    symbols: u32,
}

fn plan(data: &[u8], path: &Path, target: &Target, changes: Changes<'_>) -> Result<Edits> {
    let Tables {
        header,
        sections,
        symbols,
    } = tables(data, path, target)?;
    let broken = |error: object::read::Error| Error::Foreign {
        path: path.to_owned(),
        reason: format!("this ELF file is damaged: {error}"),
        expected: target.expectation(),
    };
    let symbol_section = sections.section(symbols.section()).ok();
    let start = symbol_section
        .map(|section| section.sh_offset(ENDIAN))
        .unwrap_or_default();
    let start = usize::try_from(start).unwrap_or(usize::MAX);
    let entry = std::mem::size_of::<elf::Sym64<object::Endianness>>();
    let mut edits = Edits {
        unhide: Vec::new(),
        significance: None,
    };
    let mut table = Vec::new();
    for (index, symbol) in symbols.iter().enumerate().skip(1) {
        if symbol.is_undefined(ENDIAN) {
            continue;
        }
        if symbol.st_bind() != elf::STB_LOCAL && symbol.st_visibility() != elf::STV_DEFAULT {
            let wanted = match changes.unhide {
                Unhide::All => true,
                Unhide::Listed(names) => {
                    let name = symbols.symbol_name(ENDIAN, symbol).map_err(broken)?;
                    names.binary_search_by(|listed| listed.as_bytes().cmp(name)).is_ok()
                }
            };
            if wanted {
                edits
                    .unhide
                    .push(start.saturating_add(index * entry).saturating_add(OTHER_OFFSET));
            }
        }
        if changes.fold && symbol.st_type() == elf::STT_OBJECT {
            uleb128(&mut table, index as u64);
        }
    }
    let has_table = sections
        .iter()
        .any(|section| section.sh_type(ENDIAN) == SHT_LLVM_ADDRSIG);
    // Objects with 65280 sections or more keep their number of sections elsewhere: those are left as they are, and a
    // linker then folds nothing of theirs.
    let count = header.e_shnum.get(ENDIAN);
    if changes.fold && !has_table && !symbols.is_empty() && count != 0 && count < elf::SHN_LORESERVE - 1 {
        let headers: Vec<u8> = sections
            .iter()
            .flat_map(|section| pod::bytes_of(section).iter().copied())
            .collect();
        let symbols = u32::try_from(symbols.section().0).unwrap_or_default();
        edits.significance = Some(Significance {
            table,
            headers,
            count,
            symbols,
        });
    }
    Ok(edits)
}

impl Significance {
    /// Appends the table and the longer list of sections, and makes the file header point there.
    fn append(self, data: &mut Vec<u8>) {
        data.resize(data.len().next_multiple_of(8), 0);
        let table_offset = data.len() as u64;
        data.extend_from_slice(&self.table);
        data.resize(data.len().next_multiple_of(8), 0);
        let headers_offset = data.len() as u64;
        data.extend_from_slice(&self.headers);
        let header = elf::SectionHeader64 {
            // No name: linkers know the table by its type.
            sh_name: U32::new(ENDIAN, 0),
            sh_type: U32::new(ENDIAN, SHT_LLVM_ADDRSIG),
            sh_flags: U64::new(ENDIAN, u64::from(elf::SHF_EXCLUDE)),
            sh_addr: U64::new(ENDIAN, 0),
            sh_offset: U64::new(ENDIAN, table_offset),
            sh_size: U64::new(ENDIAN, self.table.len() as u64),
            sh_link: U32::new(ENDIAN, self.symbols),
            sh_info: U32::new(ENDIAN, 0),
            sh_addralign: U64::new(ENDIAN, 1),
            sh_entsize: U64::new(ENDIAN, 0),
        };
        data.extend_from_slice(pod::bytes_of(&header));
        // e_shoff and e_shnum of the file header.
        let count = U16::new(ENDIAN, self.count + 1);
        data[0x28..0x30].copy_from_slice(&headers_offset.to_le_bytes());
        data[0x3c..0x3e].copy_from_slice(pod::bytes_of(&count));
    }
}

fn uleb128(out: &mut Vec<u8>, mut value: u64) {
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            out.push(byte);
            return;
        }
        out.push(byte | 0x80);
    }
}
