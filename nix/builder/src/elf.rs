//! Reads, and in a few places changes, ELF files: 64 bits, little-endian, as on x86_64 and aarch64.
//!
//! Layouts follow the System V gABI; names of constants are those of `elf.h`.

const SHT_SYMTAB: u32 = 2;
const SHT_STRTAB: u32 = 3;
const SHT_DYNAMIC: u32 = 6;
const SHT_NOBITS: u32 = 8;
const SHT_DYNSYM: u32 = 11;
const DT_NEEDED: u64 = 1;
const DT_STRSZ: u64 = 10;
const DT_SONAME: u64 = 14;
const DT_RUNPATH: u64 = 29;
const DT_RPATH: u64 = 15;
const DT_RELR: u64 = 36;
const DT_INIT_ARRAYSZ: u64 = 27;
const SYMBOL_SIZE: usize = 24;
const STB_LOCAL: u8 = 0;
/// The visibility bits of `st_other`; zero is the default visibility.
const VISIBILITY: u8 = 3;

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
    /// `sh_link`: for symbol tables and the dynamic section, the section of their strings.
    pub link: usize,
    /// Where this header itself is in the file.
    pub header: usize,
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
    /// Whether its visibility is the default one.
    pub visible: bool,
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
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
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
        let mut count = usize::from(u16_at(bytes, 0x3c)?);
        let mut names = usize::from(u16_at(bytes, 0x3e)?);
        if table == 0 {
            return Some(Self {
                bytes,
                sections: Vec::new(),
            });
        }
        // Counts that do not fit into the header are kept in the first section header.
        if count == 0 {
            count = size_at(bytes, table + 0x20)?;
        }
        if names == 0xffff {
            names = u32_at(bytes, table + 0x28)? as usize;
        }
        let mut sections = Vec::new();
        let mut name_offsets = Vec::new();
        for index in 0..count {
            let header = table.checked_add(index.checked_mul(entry)?)?;
            name_offsets.push(u32_at(bytes, header)? as usize);
            sections.push(Section {
                name: String::new(),
                kind: u32_at(bytes, header + 4)?,
                offset: size_at(bytes, header + 0x18)?,
                size: size_at(bytes, header + 0x20)?,
                link: u32_at(bytes, header + 0x28)? as usize,
                header,
            });
        }
        let elf = Self { bytes, sections };
        let table = elf
            .sections
            .get(names)
            .map(|section| elf.content(section))
            .unwrap_or_default();
        let mut named = elf.clone();
        for (section, offset) in named.sections.iter_mut().zip(name_offsets) {
            string_at(table, offset)
                .unwrap_or_default()
                .clone_into(&mut section.name);
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
                symbols.push(Symbol {
                    name,
                    global: entry[4] >> 4 != STB_LOCAL,
                    defined: u16_at(entry, 6) != Some(0),
                    visible: entry[5] & VISIBILITY == 0,
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

    /// The loader that a program asks for.
    #[must_use]
    pub fn interpreter(&self) -> Option<&'a str> {
        let section = self.sections.iter().find(|section| section.name == ".interp")?;
        string_at(self.content(section), 0)
    }

    /// Whether its relative relocations are packed.
    #[must_use]
    pub fn has_packed_relocations(&self) -> bool {
        self.dynamic().0.iter().any(|entry| entry.0 == DT_RELR)
    }

    /// Bytes of the array of functions that run when this shared object is loaded.
    #[must_use]
    pub fn init_array_size(&self) -> u64 {
        self.dynamic()
            .0
            .iter()
            .find(|entry| entry.0 == DT_INIT_ARRAYSZ)
            .map_or(0, |entry| entry.1)
    }
}

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

/// Gives symbols that are defined in an object file, and for which `wanted` holds, the default visibility.
/// Returns how many were changed; 0 for what is no ELF file.
pub fn show_symbols(bytes: &mut [u8], wanted: impl Fn(&str) -> bool) -> usize {
    let positions: Vec<usize> = Elf::parse(bytes)
        .map(|elf| elf.symbols())
        .unwrap_or_default()
        .into_iter()
        .filter(|symbol| symbol.global && symbol.defined && !symbol.visible && wanted(symbol.name))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files;
    use std::path::{Path, PathBuf};
    use std::process::Command;

    fn cc(folder: &Path, arguments: &[&str]) {
        let status = Command::new("cc").current_dir(folder).args(arguments).status().unwrap();
        assert!(status.success(), "cc {arguments:?}");
    }

    fn sample(test: &str) -> PathBuf {
        let folder = crate::test_folder(test);
        let source = "extern int missing(void);\n\
            __attribute__((visibility(\"hidden\"))) int secret(void) { return 7; }\n\
            static int local(void) { return missing(); }\n\
            int open_one(void) { return secret() + local(); }\n\
            __attribute__((constructor)) static void start(void) {}\n";
        files::write(&folder.join("a.c"), source.as_bytes()).unwrap();
        cc(&folder, &["-c", "-O0", "-fPIC", "a.c"]);
        folder
    }

    #[test]
    fn symbols_of_an_object() {
        let bytes = files::read(&sample("elf-symbols").join("a.o")).unwrap();
        let elf = Elf::parse(&bytes).unwrap();
        let symbols = elf.symbols();
        let find = |name: &str| symbols.iter().find(|symbol| symbol.name == name).unwrap();
        assert!(!find("secret").visible && find("secret").defined && find("secret").global);
        assert!(find("open_one").visible && find("open_one").defined);
        assert!(!find("missing").defined && find("missing").global);
        assert!(!find("local").global);
        assert!(elf.sections.iter().any(|section| section.name == ".init_array"));
    }

    #[test]
    fn hidden_symbols_can_be_shown() {
        let mut bytes = files::read(&sample("elf-show").join("a.o")).unwrap();
        assert_eq!(show_symbols(&mut bytes, |name| name == "other"), 0);
        assert_eq!(show_symbols(&mut bytes, |name| name == "secret"), 1);
        assert_eq!(show_symbols(&mut bytes, |_| true), 0);
        let symbols = Elf::parse(&bytes).unwrap().symbols();
        assert!(symbols.iter().find(|symbol| symbol.name == "secret").unwrap().visible);
        assert_eq!(show_symbols(&mut b"no object".to_vec(), |_| true), 0);
    }

    #[test]
    fn a_linking_copy_gives_its_name_to_its_users() {
        let folder = sample("elf-soname");
        cc(&folder, &["-shared", "-o", "liba.so", "a.o", "-Wl,-soname,liba.so.1"]);
        let bytes = files::read(&folder.join("liba.so")).unwrap();
        let elf = Elf::parse(&bytes).unwrap();
        assert_eq!(elf.soname(), Some("liba.so.1"));
        // The sample's constructor beside the C runtime's own.
        assert_eq!(elf.init_array_size(), 16);
        assert!(
            elf.dynamic_symbols()
                .iter()
                .any(|symbol| symbol.name == "open_one" && symbol.defined)
        );
        let name = format!("/a/{}/lib/liba.so", "long".repeat(40));
        files::write(&folder.join("liba.so"), &with_soname(&bytes, &name).unwrap()).unwrap();
        files::write(
            &folder.join("b.c"),
            b"int open_one(void); int missing(void) { return 1; } int main(void) { return open_one(); }",
        )
        .unwrap();
        cc(&folder, &["-o", "b", "b.c", "liba.so"]);
        let program = files::read(&folder.join("b")).unwrap();
        let program = Elf::parse(&program).unwrap();
        assert_eq!(program.needed()[0], name);
        assert!(program.interpreter().unwrap().contains("ld-linux"));
    }

    #[test]
    fn an_unused_search_path_goes() {
        let folder = sample("elf-runpath");
        let absolute = folder.join("libx.so").to_string_lossy().into_owned();
        cc(
            &folder,
            &[
                "-shared",
                "-nostdlib",
                "-o",
                "libx.so",
                "a.o",
                &format!("-Wl,-soname,{absolute}"),
            ],
        );
        files::write(
            &folder.join("c.c"),
            b"int open_one(void); int two(void) { return open_one(); }",
        )
        .unwrap();
        cc(
            &folder,
            &[
                "-shared",
                "-fPIC",
                "-nostdlib",
                "-o",
                "libc2.so",
                "c.c",
                "libx.so",
                "-Wl,-rpath,/some/where",
            ],
        );
        let mut bytes = files::read(&folder.join("libc2.so")).unwrap();
        assert_eq!(Elf::parse(&bytes).unwrap().dynamic_strings(DT_RUNPATH), ["/some/where"]);
        assert!(drop_unused_runpath(&mut bytes));
        let elf = Elf::parse(&bytes).unwrap();
        assert!(elf.dynamic_strings(DT_RUNPATH).is_empty());
        assert_eq!(elf.needed(), [absolute]);
        assert!(elf.dynamic_symbols().iter().any(|symbol| symbol.name == "two"));
        cc(
            &folder,
            &[
                "-shared",
                "-fPIC",
                "-o",
                "libd.so",
                "c.c",
                "-Wl,--no-as-needed",
                "-Wl,-rpath,/some/where",
            ],
        );
        let mut bytes = files::read(&folder.join("libd.so")).unwrap();
        assert!(!drop_unused_runpath(&mut bytes), "libc is looked for by name");
    }

    #[test]
    fn refuses_what_is_cut_off() {
        assert!(Elf::parse(b"").is_none());
        assert!(Elf::parse(b"\x7fELF\x01\x01 thirty-two bits").is_none());
        let bytes = files::read(&sample("elf-cut").join("a.o")).unwrap();
        for length in (0..bytes.len()).step_by(13) {
            // No panic, and no symbol that is not there.
            if let Some(elf) = Elf::parse(&bytes[..length]) {
                assert!(elf.symbols().len() <= 20);
            }
        }
    }
}
