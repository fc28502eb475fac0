//! What an object defines, needs, and asks of its linker.

use std::path::Path;

use object::Endianness;
use object::elf::{self, FileHeader64};
use object::read::archive::ArchiveFile;
use object::read::elf::{FileHeader as _, SectionHeader as _, Sym as _};
use rustc_hash::FxHashSet;

use crate::error::{Error, Result};
use crate::target::Target;

/// What a symbol stands for; an import library must agree in this with the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SymbolType {
    /// Code.
    Function,
    /// Data, or anything without a type.
    Data,
    /// A thread local.
    Thread,
}

/// A global symbol that an object defines.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Defined {
    /// Its name.
    pub name: String,
    /// What it stands for.
    pub kind: SymbolType,
    /// Whether it is weak.
    pub weak: bool,
    /// Whether another definition may take its place in earnest: it is weak, or asks for room alone (a common symbol). Of
    /// templates and inline functions of C++ every object has its own, weak and all the same: those do not count.
    pub replaceable: bool,
    /// Its size in bytes.
    pub size: u64,
}

/// What one object, or several together, hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scan {
    /// Global symbols defined, sorted by name.
    pub defined: Vec<Defined>,
    /// Symbols that have to come from elsewhere (weak references left out), sorted.
    pub undefined: Vec<String>,
    /// Symbols that are asked for only if they are there (weak references), sorted.
    pub weak_undefined: Vec<String>,
    /// Whether something runs before `main`, or after it.
    pub constructors: bool,
    /// Whether a part of it is to be there though nothing refers to it: it is `#[used]`.
    pub kept: bool,
    /// Whether something runs before everything else (`.preinit_array`): loaders ask programs for it, and no shared object.
    pub early: bool,
    /// Whether its code is for programs alone: it cannot be moved, or knows where a program's thread locals are.
    pub fixed: bool,
    /// Whether a part of it is no machine code yet, or has none: only the linker knows what that defines.
    pub opaque: bool,
    /// Sections whose start and end a program can ask for (`__start_NAME`): slices spread over objects, sorted.
    pub slices: Vec<String>,
    /// Bytes that are loaded, before unused sections are left out.
    pub bytes: u64,
    /// Bytes of `.data.rel.ro`: pages that the loader writes to at every start.
    pub relocated: u64,
}

impl Scan {
    /// Adds what another object holds; `finish` must follow.
    pub fn merge(&mut self, other: Self) {
        self.defined.extend(other.defined);
        self.undefined.extend(other.undefined);
        self.weak_undefined.extend(other.weak_undefined);
        self.slices.extend(other.slices);
        self.constructors |= other.constructors;
        self.kept |= other.kept;
        self.early |= other.early;
        self.fixed |= other.fixed;
        self.opaque |= other.opaque;
        self.bytes += other.bytes;
        self.relocated += other.relocated;
    }

    /// Sorts, and drops what is said twice or defined by the same objects that need it.
    pub fn finish(&mut self) {
        // Of two definitions a linker takes the strong one, whatever either stands for; one is enough.
        let order = |symbol: &Defined| (symbol.weak, symbol.replaceable, symbol.kind, symbol.size);
        self.defined
            .sort_by(|left, right| left.name.cmp(&right.name).then_with(|| order(left).cmp(&order(right))));
        self.defined.dedup_by(|next, kept| next.name == kept.name);
        let defined = &self.defined;
        for list in [&mut self.undefined, &mut self.weak_undefined] {
            list.sort();
            list.dedup();
            list.retain(|name| {
                defined
                    .binary_search_by(|symbol| symbol.name.as_str().cmp(name))
                    .is_err()
            });
        }
        self.slices.sort();
        self.slices.dedup();
    }

    /// Whether a symbol of this name is defined.
    pub fn defines(&self, name: &str) -> bool {
        self.defined
            .binary_search_by(|symbol| symbol.name.as_str().cmp(name))
            .is_ok()
    }

    /// The slices whose bounds the objects ask for.
    pub fn bounds(&self) -> impl Iterator<Item = &str> {
        self.undefined.iter().filter_map(|name| slice_of(name))
    }
}

/// The slice whose bound a symbol is.
pub fn slice_of(symbol: &str) -> Option<&str> {
    symbol
        .strip_prefix("__start_")
        .or_else(|| symbol.strip_prefix("__stop_"))
}

/// Linkers give `__start_` and `__stop_` symbols to sections with such names.
fn is_c_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// The parsed tables of one relocatable object.
pub struct Tables<'data> {
    /// The file header.
    pub header: &'data FileHeader64<Endianness>,
    /// All sections.
    pub sections: object::read::elf::SectionTable<'data, FileHeader64<Endianness>>,
    /// The symbol table.
    pub symbols: object::read::elf::SymbolTable<'data, FileHeader64<Endianness>>,
}

/// The only byte order there is here.
pub const ENDIAN: Endianness = Endianness::Little;

/// Reads the tables of an object and checks that it is one of this target.
pub fn tables<'data>(data: &'data [u8], path: &Path, target: &Target) -> Result<Tables<'data>> {
    let foreign = |reason: String| Error::Foreign {
        path: path.to_owned(),
        reason,
        expected: target.expectation(),
    };
    if data.starts_with(b"BC\xc0\xde") {
        return Err(foreign(
            "this is LLVM bitcode: the unit was compiled with linker-plugin LTO".to_owned(),
        ));
    }
    if !data.starts_with(&elf::ELFMAG) {
        return Err(foreign("this is not an ELF file".to_owned()));
    }
    let broken = |error: object::read::Error| foreign(format!("this ELF file is damaged: {error}"));
    let header = FileHeader64::<Endianness>::parse(data)
        .map_err(|_| foreign("this ELF file is not of the 64-bit class".to_owned()))?;
    if header.endian().ok() != Some(ENDIAN) {
        return Err(foreign("this ELF file is big-endian".to_owned()));
    }
    let machine = header.e_machine(ENDIAN);
    if machine != target.machine {
        return Err(foreign(format!(
            "this ELF file is for another machine (e_machine {machine})"
        )));
    }
    if header.e_type(ENDIAN) != elf::ET_REL {
        return Err(foreign(
            "this ELF file is linked already, not a relocatable object".to_owned(),
        ));
    }
    let sections = header.sections(ENDIAN, data).map_err(broken)?;
    let symbols = sections.symbols(ENDIAN, data, elf::SHT_SYMTAB).map_err(broken)?;
    Ok(Tables {
        header,
        sections,
        symbols,
    })
}

/// Scans one relocatable object; the result is not finished.
pub fn scan(data: &[u8], path: &Path, target: &Target) -> Result<Scan> {
    let Tables { sections, symbols, .. } = tables(data, path, target)?;
    let broken = |error: object::read::Error| Error::Foreign {
        path: path.to_owned(),
        reason: format!("this ELF file is damaged: {error}"),
        expected: target.expectation(),
    };
    let mut scan = Scan::default();
    let kept_once = kept_once(data, &sections).map_err(broken)?;
    for section in sections.iter() {
        scan.fixed |= has_fixed(data, &sections, section, target).map_err(broken)?;
        let flags = section.sh_flags(ENDIAN);
        if flags & u64::from(elf::SHF_ALLOC) == 0 {
            continue;
        }
        let name = String::from_utf8_lossy(sections.section_name(ENDIAN, section).map_err(broken)?);
        let size = section.sh_size(ENDIAN);
        if section.sh_type(ENDIAN) != elf::SHT_NOBITS {
            scan.bytes += size;
        }
        if name.starts_with(".data.rel.ro") {
            scan.relocated += size;
        }
        let arrays = [".init_array", EARLY, ".ctors", ".fini_array", ".dtors"];
        scan.kept |= flags & u64::from(elf::SHF_GNU_RETAIN) != 0;
        scan.constructors |= size > 0 && arrays.iter().any(|prefix| name.starts_with(prefix));
        scan.early |= size > 0 && name.starts_with(EARLY);
        if is_c_identifier(&name) {
            scan.slices.push(name.into_owned());
        }
    }
    for (index, symbol) in symbols.enumerate().skip(1) {
        let bind = symbol.st_bind();
        if bind == elf::STB_LOCAL {
            continue;
        }
        let name = symbols.symbol_name(ENDIAN, symbol).map_err(broken)?;
        if name.is_empty() {
            continue;
        }
        let name = String::from_utf8_lossy(name).into_owned();
        if symbol.is_undefined(ENDIAN) {
            let list = match bind {
                elf::STB_WEAK => &mut scan.weak_undefined,
                _ => &mut scan.undefined,
            };
            list.push(name);
            continue;
        }
        let kind = match symbol.st_type() {
            elf::STT_FUNC | elf::STT_GNU_IFUNC => SymbolType::Function,
            elf::STT_TLS => SymbolType::Thread,
            _ => SymbolType::Data,
        };
        let weak = bind == elf::STB_WEAK;
        let place = symbol.st_shndx(ENDIAN);
        // With 65280 sections and more the number is elsewhere.
        let section = symbols.symbol_section(ENDIAN, symbol, index).map_err(broken)?;
        let is_kept_once = section.is_some_and(|section| kept_once.contains(&section.0));
        scan.opaque |= name == LTO_MARK;
        scan.defined.push(Defined {
            name,
            kind,
            weak,
            replaceable: (weak && !is_kept_once) || place == elf::SHN_COMMON,
            size: symbol.st_size(ENDIAN),
        });
    }
    Ok(scan)
}

/// The array of functions that run before all others.
const EARLY: &str = ".preinit_array";

/// What no linker can put into a shared object: addresses of 32 bits, and offsets of a program's own thread locals (the model `local-exec`).
fn is_fixed(relocation: u32, target: &Target) -> bool {
    match target.machine {
        elf::EM_X86_64 => [elf::R_X86_64_32, elf::R_X86_64_32S, elf::R_X86_64_TPOFF32].contains(&relocation),
        elf::EM_AARCH64 => {
            let absolute = elf::R_AARCH64_MOVW_UABS_G0..=elf::R_AARCH64_MOVW_SABS_G2;
            let local = elf::R_AARCH64_TLSLE_MOVW_TPREL_G2..=elf::R_AARCH64_TLSLE_LDST64_TPREL_LO12_NC;
            absolute.contains(&relocation) || local.contains(&relocation)
        }
        _ => false,
    }
}

/// Whether a section has relocations of what is loaded that are only for programs.
fn has_fixed(
    data: &[u8],
    sections: &object::read::elf::SectionTable<'_, FileHeader64<Endianness>>,
    section: &elf::SectionHeader64<Endianness>,
    target: &Target,
) -> object::read::Result<bool> {
    let Some((relocations, _)) = section.rela(ENDIAN, data)? else {
        return Ok(false);
    };
    let patched = sections.section(object::SectionIndex(section.sh_info(ENDIAN) as usize))?;
    let is_loaded = patched.sh_flags(ENDIAN) & u64::from(elf::SHF_ALLOC) != 0;
    let fixed = |relocation: &elf::Rela64<Endianness>| is_fixed(relocation.r_type(ENDIAN, false), target);
    Ok(is_loaded && relocations.iter().any(fixed))
}

/// What GCC defines in objects that hold its intermediate code alone.
const LTO_MARK: &str = "__gnu_lto_slim";

/// The sections of which a linker keeps one, whatever number of objects bring them.
fn kept_once(
    data: &[u8],
    sections: &object::read::elf::SectionTable<'_, FileHeader64<Endianness>>,
) -> object::read::Result<FxHashSet<usize>> {
    let mut list = FxHashSet::default();
    for (index, section) in sections.enumerate() {
        if sections.section_name(ENDIAN, section)?.starts_with(b".gnu.linkonce.") {
            list.insert(index.0);
        }
        if let Some((flags, members)) = section.group(ENDIAN, data)?
            && flags & elf::GRP_COMDAT != 0
        {
            list.extend(members.iter().map(|member| member.get(ENDIAN) as usize));
        }
    }
    Ok(list)
}

/// Whether an archive has a member that holds a compiler's intermediate code.
fn has_bitcode(data: &[u8]) -> bool {
    let members = ArchiveFile::parse(data)
        .ok()
        .into_iter()
        .flat_map(|archive| archive.members());
    members
        .flatten()
        .filter_map(|member| member.data(data).ok())
        .any(|content| content.starts_with(b"BC\xc0\xde") || content.starts_with(&[0xde, 0xc0, 0x17, 0x0b]))
}

/// The ELF members of an archive, in order, with their names.
pub fn members<'data>(data: &'data [u8], path: &Path) -> Result<Vec<(String, &'data [u8])>> {
    let foreign = |reason: String| Error::Foreign {
        path: path.to_owned(),
        reason,
        expected: "a static archive with its members inside (not a thin one)".to_owned(),
    };
    let broken = |error: object::read::Error| foreign(format!("the archive is damaged: {error}"));
    let archive = ArchiveFile::parse(data).map_err(|error| foreign(format!("this is no archive: {error}")))?;
    if archive.is_thin() {
        return Err(foreign("this archive is thin: it only names its members".to_owned()));
    }
    let mut members = Vec::new();
    for member in archive.members() {
        let member = member.map_err(broken)?;
        let content = member.data(data).map_err(broken)?;
        // Archives also hold metadata, symbol tables and linker scripts: linkers leave those alone.
        if content.starts_with(&elf::ELFMAG) {
            members.push((String::from_utf8_lossy(member.name()).into_owned(), content));
        }
    }
    Ok(members)
}

/// Scans all members of an archive as one.
pub fn scan_archive(data: &[u8], path: &Path, target: &Target) -> Result<Scan> {
    let mut scan = Scan::default();
    for (name, content) in members(data, path)? {
        scan.merge(self::scan(content, &path.join(name), target)?);
    }
    scan.opaque |= has_bitcode(data);
    scan.finish();
    Ok(scan)
}

#[cfg(test)]
mod tests {
    use object::write::{Comdat, Object, StandardSection, Symbol, SymbolSection};
    use object::{BinaryFormat, ComdatKind, SectionKind, SymbolFlags, SymbolKind, SymbolScope};

    use super::*;

    /// Assembly often gives its functions no type. Beside C's weak function of that name the strong one was lost, so that two crates which both
    /// have it could be put into one shared object, which no linker makes.
    #[test]
    fn of_two_definitions_the_strong_one_stays() {
        let symbol = |kind, weak| Defined {
            name: "checksum".to_owned(),
            kind,
            weak,
            replaceable: weak,
            size: 8,
        };
        let (fallback, strong) = (symbol(SymbolType::Function, true), symbol(SymbolType::Data, false));
        for defined in [
            vec![fallback.clone(), strong.clone()],
            vec![strong.clone(), fallback.clone()],
        ] {
            let mut scan = Scan {
                defined,
                ..Scan::default()
            };
            scan.finish();
            assert_eq!(scan.defined, std::slice::from_ref(&strong));
        }
    }

    /// In an object with more sections than 16 bits count, an inline function of C++ was taken for one that another may replace.
    #[test]
    fn inline_functions_are_known_behind_many_sections() {
        let target = Target::new("x86_64-unknown-linux-gnu").unwrap();
        let mut object = Object::new(BinaryFormat::Elf, target.architecture, object::Endianness::Little);
        for number in 0..u32::from(elf::SHN_LORESERVE) {
            let name = format!(".text.f{number}").into_bytes();
            let section = object.add_section(Vec::new(), name, SectionKind::Text);
            object.append_section_data(section, &[0xc3], 1);
        }
        let mut function = |name: &[u8]| {
            let section = object.add_subsection(StandardSection::Text, name);
            object.append_section_data(section, &[0xc3], 1);
            let symbol = object.add_symbol(Symbol {
                name: name.to_vec(),
                value: 0,
                size: 1,
                kind: SymbolKind::Text,
                scope: SymbolScope::Dynamic,
                weak: true,
                section: SymbolSection::Section(section),
                flags: SymbolFlags::None,
            });
            (section, symbol)
        };
        let (section, symbol) = function(b"inlined");
        function(b"weak");
        object.add_comdat(Comdat {
            kind: ComdatKind::Any,
            symbol,
            sections: vec![section],
        });
        let found = scan(&object.write().unwrap(), Path::new("many.o"), &target).unwrap();
        let replaceable: Vec<_> = found
            .defined
            .iter()
            .map(|symbol| (symbol.name.as_str(), symbol.replaceable))
            .collect();
        assert_eq!(replaceable, [("inlined", false), ("weak", true)]);
    }
}
