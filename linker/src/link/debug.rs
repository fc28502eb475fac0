//! Symbols and debug information in files of their own.

use std::path::Path;

use object::LittleEndian;
use object::elf::{self, FileHeader64};
use object::read::elf::{FileHeader as _, SectionHeader as _};

use crate::cc::run;
use crate::error::{Error, Result, read};

/// Moves what only debuggers read to `FOLDER/lib/debug/.build-id/xx/….debug`, where gdb finds it by the file's build id
/// once it is told of `FOLDER/lib/debug`.
///
/// `stripping` are the options of objcopy that say what the file itself keeps.
pub fn split(path: &Path, folder: &Path, objcopy: &Path, stripping: &[String]) -> Result<()> {
    let id = build_id(path)?;
    let (head, tail) = id.split_at(id.len().min(2));
    let folder = folder.join("lib/debug/.build-id").join(head);
    std::fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
    let file = folder.join(format!("{tail}.debug"));
    let text = |path: &Path| path.display().to_string();
    run(
        objcopy,
        &["--only-keep-debug".to_owned(), text(path), text(&file)],
        &file,
    )?;
    let mut arguments = stripping.to_vec();
    arguments.push(text(path));
    run(objcopy, &arguments, path)
}

fn build_id(path: &Path) -> Result<String> {
    let content = read(path)?;
    let lacking = |reason: &str| Error::Foreign {
        path: path.to_owned(),
        reason: reason.to_owned(),
        expected: "an ELF file with a build id".to_owned(),
    };
    let data = content.as_slice();
    let header = FileHeader64::<LittleEndian>::parse(data).map_err(|_| lacking("this is no 64-bit ELF file"))?;
    let sections = header
        .sections(LittleEndian, data)
        .map_err(|_| lacking("it has no sections"))?;
    for section in sections.iter() {
        let Ok(Some(mut notes)) = section.notes(LittleEndian, data) else {
            continue;
        };
        while let Ok(Some(note)) = notes.next() {
            if note.name() == elf::ELF_NOTE_GNU && note.n_type(LittleEndian) == elf::NT_GNU_BUILD_ID {
                return Ok(note.desc().iter().map(|byte| format!("{byte:02x}")).collect());
            }
        }
    }
    Err(lacking("it has no build id"))
}
