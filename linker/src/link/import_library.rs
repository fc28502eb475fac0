//! Import libraries: shared objects that only say what the real one may define.
//!
//! Consumers are linked first, against import libraries that export all symbols of the items in a shared object. What consumers
//! then import is all that the real one has to export, so each file is linked only once.

use std::path::{Path, PathBuf};

use object::write::{Object, StandardSection, Symbol, SymbolSection};
use object::{BinaryFormat, Endianness, SymbolFlags, SymbolKind, SymbolScope};

use crate::cc::run;
use crate::error::{Error, Result};
use crate::symbols::{Defined, SymbolType};
use crate::target::Target;

/// Makes an import library.
pub fn import_library<'a>(
    symbols: impl Iterator<Item = &'a Defined>,
    soname: &Path,
    path: PathBuf,
    target: &Target,
    cc: &Path,
    linker: &[String],
) -> Result<PathBuf> {
    let mut object = Object::new(BinaryFormat::Elf, target.architecture, Endianness::Little);
    let places = [
        StandardSection::Text,
        StandardSection::UninitializedData,
        StandardSection::UninitializedTls,
    ];
    let [text, data, thread] = places.map(|place| object.section_id(place));
    object.append_section_data(text, &[0; 16], 16);
    object.append_section_bss(data, 16, 16);
    object.append_section_bss(thread, 16, 16);
    for symbol in symbols {
        let (section, kind) = match symbol.kind {
            SymbolType::Function => (text, SymbolKind::Text),
            SymbolType::Data => (data, SymbolKind::Data),
            SymbolType::Thread => (thread, SymbolKind::Tls),
        };
        object.add_symbol(Symbol {
            name: symbol.name.as_bytes().to_vec(),
            value: 0,
            size: symbol.size,
            kind,
            scope: SymbolScope::Dynamic,
            weak: false,
            section: SymbolSection::Section(section),
            flags: SymbolFlags::None,
        });
    }
    let content = object
        .write()
        .map_err(|error| Error::Usage(format!("an import library cannot be written: {error}")))?;
    let relocatable = path.with_extension("o");
    std::fs::write(&relocatable, content).map_err(Error::io("write", &relocatable))?;
    let mut arguments = linker.to_vec();
    arguments.extend(["-shared", "-nostdlib", "-Wl,--hash-style=gnu", "-Wl,--build-id=none"].map(str::to_owned));
    arguments.push(format!("-Wl,-soname,{}", soname.display()));
    arguments.extend([
        relocatable.display().to_string(),
        "-o".to_owned(),
        path.display().to_string(),
    ]);
    run(cc, &arguments, &path)?;
    Ok(path)
}
