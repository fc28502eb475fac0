//! Reads `ar` archives as GNU and LLVM tools write them: members, long names; and makes hidden symbols visible in them.

use crate::elf::{self, Symbol};
use crate::failure::{Context, Result};
use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::path::Path;

const MAGIC: &[u8] = b"!<arch>\n";
const THIN: &[u8] = b"!<thin>\n";
const HEADER: usize = 60;

/// One member of an archive.
#[derive(Debug, PartialEq, Eq)]
pub struct Member {
    /// Its file name.
    pub name: String,
    /// Where its bytes are in the archive.
    pub content: Range<usize>,
}

/// What a file is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Archive {
    /// An archive that holds its members.
    Full,
    /// One that names its members, which lie beside it.
    Thin,
    /// None.
    No,
}

/// What a file is.
///
/// # Errors
/// If it cannot be read.
pub fn kind_of(file: &Path) -> Result<Archive> {
    if !file.is_file() {
        return Ok(Archive::No);
    }
    let mut start = Vec::new();
    let opened = File::open(file).file("read", file)?;
    let read = opened.take(MAGIC.len() as u64).read_to_end(&mut start);
    read.file("read", file)?;
    Ok(match start.as_slice() {
        MAGIC => Archive::Full,
        THIN => Archive::Thin,
        _ => Archive::No,
    })
}

/// Lists an archive's members, without its symbol index and table of names.
/// `None` if this is no archive, is a thin one, or is cut off.
#[must_use]
pub fn members(archive: &[u8]) -> Option<Vec<Member>> {
    let mut at = MAGIC.len();
    if archive.get(..at)? != MAGIC {
        return None;
    }
    let mut names: &[u8] = &[];
    let mut list = Vec::new();
    while at < archive.len() {
        let header = archive.get(at..at + HEADER)?;
        let size: usize = std::str::from_utf8(&header[48..58]).ok()?.trim().parse().ok()?;
        let start = at + HEADER;
        let end = start.checked_add(size)?;
        let content = archive.get(start..end)?;
        at = end + (size & 1);
        let name = std::str::from_utf8(&header[..16]).ok()?.trim_end();
        match name {
            "/" | "/SYM64/" | "__.SYMDEF" => {}
            "//" => names = content,
            _ => list.push(Member {
                name: full_name(name, names)?,
                content: start..end,
            }),
        }
    }
    Some(list)
}

fn full_name(name: &str, names: &[u8]) -> Option<String> {
    match name.strip_prefix('/') {
        Some(offset) => {
            let rest = names.get(offset.parse().ok()?..)?;
            let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            Some(String::from_utf8_lossy(&rest[..end]).trim_end_matches('/').to_owned())
        }
        None => Some(name.trim_end_matches('/').to_owned()),
    }
}

/// Gives the default visibility to those symbols for which `wanted` holds of what an archive's objects define, or want of
/// another archive; returns how many were changed.
/// `None` if this is no archive.
pub fn show_symbols(archive: &mut [u8], wanted: impl Fn(&Symbol) -> bool) -> Option<usize> {
    let list = members(archive)?;
    Some(
        list.into_iter()
            .map(|member| elf::show_symbols(&mut archive[member.content], &wanted))
            .sum(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elf::Elf;
    use crate::files;
    use std::process::Command;

    fn sample(test: &str) -> Vec<u8> {
        let folder = crate::test_folder(test);
        let names = ["a", "a_name_longer_than_sixteen_characters"];
        for name in names {
            let source = format!("__attribute__((visibility(\"hidden\"))) int f_{name}(void) {{ return 1; }}\n");
            files::write(&folder.join(format!("{name}.c")), source.as_bytes()).unwrap();
            let file = format!("{name}.c");
            assert!(
                Command::new("cc")
                    .current_dir(&folder)
                    .args(["-c", &file])
                    .status()
                    .unwrap()
                    .success()
            );
        }
        let mut ar = Command::new("ar");
        ar.current_dir(&folder)
            .args(["rcs", "x.a"])
            .args(names.map(|name| format!("{name}.o")));
        assert!(ar.status().unwrap().success());
        files::read(&folder.join("x.a")).unwrap()
    }

    #[test]
    fn lists_members_with_their_names() {
        let archive = sample("ar-list");
        let names: Vec<String> = members(&archive)
            .unwrap()
            .into_iter()
            .map(|member| member.name)
            .collect();
        assert_eq!(names, ["a.o", "a_name_longer_than_sixteen_characters.o"]);
    }

    #[test]
    fn shows_hidden_symbols() {
        let mut archive = sample("ar-show");
        assert_eq!(show_symbols(&mut archive, |_| true), Some(2));
        let first = members(&archive).unwrap().remove(0);
        let symbols = Elf::parse(&archive[first.content])
            .unwrap()
            .symbols()
            .iter()
            .filter(|s| s.global && s.visible)
            .count();
        assert_eq!(symbols, 1);
    }

    #[test]
    fn refuses_what_is_no_archive() {
        assert_eq!(members(b"!<thin>\nabc"), None);
        let archive = sample("ar-cut");
        assert_eq!(members(&archive[..archive.len() - 3]), None);
    }
}
