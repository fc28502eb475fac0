//! The dynamic side of a finished file: what the loader will look for in it, and through it.

use std::path::Path;

use object::LittleEndian;
use object::elf::{self, FileHeader64};
use object::read::elf::{FileHeader as _, SectionHeader as _, Sym as _};

use crate::error::{Error, Result};

/// The dynamic side of a finished program or shared object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dynamic {
    /// DT_SONAME.
    pub soname: Option<String>,
    /// DT_NEEDED, in order.
    pub needed: Vec<String>,
    /// Names of dynamic symbols without a definition (weak ones apart), sorted.
    pub imports: Vec<String>,
    /// Weak ones among those.
    pub weak_imports: Vec<String>,
    /// Names of dynamic symbols with a definition, sorted.
    pub exports: Vec<String>,
    /// Relocations that name a symbol.
    pub symbolic_relocations: u64,
    /// Pointers that are moved by the load address.
    pub relative_relocations: u64,
    /// Bytes of `.data.rel.ro`.
    pub relocated: u64,
}

/// Reads the dynamic side of a finished file.
pub fn dynamic(data: &[u8], path: &Path) -> Result<Dynamic> {
    let broken = |error: object::read::Error| Error::Foreign {
        path: path.to_owned(),
        reason: format!("this ELF file is damaged: {error}"),
        expected: "a 64-bit little-endian ELF program or shared object".to_owned(),
    };
    let header = FileHeader64::<LittleEndian>::parse(data).map_err(broken)?;
    let sections = header.sections(LittleEndian, data).map_err(broken)?;
    let mut result = Dynamic::default();
    if let Some((entries, link)) = sections.dynamic(LittleEndian, data).map_err(broken)? {
        let strings = sections.strings(LittleEndian, data, link).map_err(broken)?;
        let text = |offset: u64| {
            let name = u32::try_from(offset).ok().and_then(|offset| strings.get(offset).ok());
            name.map(|name| String::from_utf8_lossy(name).into_owned())
        };
        for entry in entries {
            let value = entry.d_val.get(LittleEndian);
            match entry.d_tag.get(LittleEndian) {
                elf::DT_NEEDED => result.needed.extend(text(value)),
                elf::DT_SONAME => result.soname = text(value),
                _ => {}
            }
        }
    }
    let symbols = sections.symbols(LittleEndian, data, elf::SHT_DYNSYM).map_err(broken)?;
    for symbol in symbols.iter().skip(1) {
        let name = String::from_utf8_lossy(symbols.symbol_name(LittleEndian, symbol).map_err(broken)?).into_owned();
        let weak = symbol.st_bind() == elf::STB_WEAK;
        match (symbol.is_undefined(LittleEndian), weak) {
            (true, true) => result.weak_imports.push(name),
            (true, false) => result.imports.push(name),
            (false, _) => result.exports.push(name),
        }
    }
    result.imports.sort();
    result.weak_imports.sort();
    result.exports.sort();
    for section in sections.iter() {
        let size = section.sh_size(LittleEndian);
        match section.sh_type(LittleEndian) {
            elf::SHT_RELA => {
                let Some((entries, _)) = section.rela(LittleEndian, data).map_err(broken)? else {
                    continue;
                };
                for entry in entries {
                    match entry.r_sym(LittleEndian, false) {
                        0 => result.relative_relocations += 1,
                        _ => result.symbolic_relocations += 1,
                    }
                }
            }
            elf::SHT_RELR => result.relative_relocations += packed_relocations(section, data),
            _ => {}
        }
        if sections.section_name(LittleEndian, section).map_err(broken)? == b".data.rel.ro" {
            result.relocated += size;
        }
    }
    Ok(result)
}

/// Counts the pointers in a section of packed relocations: an even word is an address, an odd one a bitmap of the
/// 63 words behind it.
fn packed_relocations(section: &elf::SectionHeader64<LittleEndian>, data: &[u8]) -> u64 {
    let Ok(content) = section.data(LittleEndian, data) else {
        return 0;
    };
    let words = content
        .chunks_exact(8)
        .map(|word| word.iter().rev().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte)));
    words
        .map(|word| {
            if word & 1 == 0 {
                1
            } else {
                u64::from(word.count_ones()) - 1
            }
        })
        .sum()
}
