//! The folders in which the loader looks for what a file needs.
//!
//! C compilers of package sets add the folders of all libraries on their command line. Each of them would keep a package
//! alive, and the loader would search it for everything. What is needed by an absolute path needs no folder at all.

use std::path::{Path, PathBuf};

use object::LittleEndian;
use object::elf::{self, FileHeader64};
use object::read::elf::{FileHeader as _, SectionHeader as _};

use crate::dynamic::dynamic;
use crate::error::{Error, Result};

/// Size of an entry of the dynamic section: its tag and its value.
const ENTRY: usize = 16;

/// Where the entry and its text are in the file.
struct RunPathEntry {
    entry: usize,
    end: usize,
    text: std::ops::Range<usize>,
}

/// Leaves only those folders that hold something the file needs by name, and those `asked` for; says whether that changed
/// the file. What is `listed` by all programs that load the file is there before it is looked for.
pub fn prune(data: &mut [u8], path: &Path, asked: &[PathBuf], listed: &[String]) -> Result<bool> {
    let needed = dynamic(data, path)?.needed;
    let Some(place) = find(data, path)? else {
        return Ok(false);
    };
    let text = String::from_utf8_lossy(&data[place.text.clone()]).into_owned();
    let by_name = || {
        needed
            .iter()
            .filter(|name| !name.contains('/') && !listed.contains(name))
    };
    let kept: Vec<&str> = text
        .split(':')
        // What the loader itself replaces cannot be looked at.
        .filter(|folder| {
            asked.iter().any(|asked| asked == Path::new(folder))
                || folder.contains('$')
                || by_name().any(|name| Path::new(folder).join(name).exists())
        })
        .collect();
    let kept = kept.join(":");
    if kept == text {
        return Ok(false);
    }
    data[place.text.clone()].fill(0);
    data[place.text.start..place.text.start + kept.len()].copy_from_slice(kept.as_bytes());
    if kept.is_empty() {
        // The entries behind it move up; the last ones are null anyway.
        data.copy_within(place.entry + ENTRY..place.end, place.entry);
        data[place.end - ENTRY..place.end].fill(0);
    }
    Ok(true)
}

fn find(data: &[u8], path: &Path) -> Result<Option<RunPathEntry>> {
    let broken = |error: object::read::Error| Error::Foreign {
        path: path.to_owned(),
        reason: format!("this ELF file is damaged: {error}"),
        expected: "a 64-bit little-endian ELF program or shared object".to_owned(),
    };
    let header = FileHeader64::<LittleEndian>::parse(data).map_err(broken)?;
    let sections = header.sections(LittleEndian, data).map_err(broken)?;
    for section in sections.iter() {
        let Some((entries, strings)) = section.dynamic(LittleEndian, data).map_err(broken)? else {
            continue;
        };
        let strings = sections.section(strings).map_err(broken)?;
        let Some((strings_start, strings_size)) = section_range(strings) else {
            return Ok(None);
        };
        let Some((start, size)) = section_range(section) else {
            return Ok(None);
        };
        let tag = |entry: &&elf::Dyn64<LittleEndian>| {
            matches!(entry.d_tag.get(LittleEndian), elf::DT_RUNPATH | elf::DT_RPATH)
        };
        let Some(index) = entries.iter().position(|entry| tag(&entry)) else {
            return Ok(None);
        };
        let Ok(offset) = usize::try_from(entries[index].d_val.get(LittleEndian)) else {
            return Ok(None);
        };
        let text = strings_start.saturating_add(offset);
        let Some(rest) = data.get(text..strings_start + strings_size) else {
            return Ok(None);
        };
        let length = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
        return Ok(Some(RunPathEntry {
            entry: start + index * ENTRY,
            end: start + size,
            text: text..text + length,
        }));
    }
    Ok(None)
}

fn section_range(section: &elf::SectionHeader64<LittleEndian>) -> Option<(usize, usize)> {
    let (start, size) = section.file_range(LittleEndian)?;
    Some((usize::try_from(start).ok()?, usize::try_from(size).ok()?))
}
