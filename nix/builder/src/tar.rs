//! Unpacks tar archives: ustar, pax headers and GNU long names.

use crate::failure::{Context, Failure, Result};
use crate::files;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

const BLOCK: usize = 512;
/// A file that Cargo writes itself when it has unpacked a package; what a package has of that name it leaves out.
const CARGO_MARK: &str = ".cargo-ok";

/// One member of an archive.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The path in the archive, as it is written there.
    pub path: String,
    /// The type flag: `0` a file, `5` a folder, `2` a symbolic link, `1` a hard link.
    pub kind: u8,
    /// The target of a link.
    pub link: String,
    /// Whether the owner may execute it.
    pub executable: bool,
    /// Seconds since 1970.
    pub modified: u64,
    /// The file's content.
    pub content: &'a [u8],
}

/// Lists the members of an archive.
///
/// # Errors
/// A phrase that says what is wrong with the archive.
pub fn entries(archive: &[u8]) -> std::result::Result<Vec<Entry<'_>>, &'static str> {
    let mut list = Vec::new();
    let mut at = 0;
    let (mut long_name, mut long_link) = (None, None);
    while let Some(header) = archive.get(at..at + BLOCK) {
        if header.iter().all(|byte| *byte == 0) {
            return Ok(list);
        }
        if checksum(header) != number(&header[148..156])? {
            return Err("damaged header");
        }
        let size = usize::try_from(number(&header[124..136])?).map_err(|_| "member too large")?;
        let start = at + BLOCK;
        let end = start.checked_add(size).ok_or("member too large")?;
        let content = archive.get(start..end).ok_or("truncated member")?;
        at = start + size.div_ceil(BLOCK) * BLOCK;
        let kind = header[156];
        match kind {
            b'L' => once(&mut long_name, text(content))?,
            b'K' => once(&mut long_link, text(content))?,
            b'x' => {
                for (key, value) in pax_records(content)? {
                    match key {
                        "path" => once(&mut long_name, value)?,
                        "linkpath" => once(&mut long_link, value)?,
                        "size" => return Err("member too large"),
                        _ => {}
                    }
                }
            }
            b'g' => {}
            _ => {
                let name = text(&header[..100]);
                let prefix = if &header[257..265] == b"ustar\x0000" {
                    text(&header[345..500])
                } else {
                    String::new()
                };
                let full = if prefix.is_empty() {
                    name
                } else {
                    format!("{prefix}/{name}")
                };
                list.push(Entry {
                    path: long_name.take().unwrap_or(full),
                    kind: if kind == 0 || kind == b'7' { b'0' } else { kind },
                    link: long_link.take().unwrap_or_else(|| text(&header[157..257])),
                    executable: number(&header[100..108])? & 0o100 != 0,
                    modified: number(&header[136..148])?,
                    content,
                });
            }
        }
    }
    if list.is_empty() {
        Err("truncated archive")
    } else {
        Ok(list)
    }
}

/// Readers differ in which of two names they take.
fn once(place: &mut Option<String>, name: String) -> std::result::Result<(), &'static str> {
    match place.replace(name) {
        None => Ok(()),
        Some(_) => Err("member with two names"),
    }
}

/// Unpacks an archive into `to`, without the one folder that all its members are in.
///
/// # Errors
/// If the archive is damaged, or a member or link would be outside of `to`, or a member below a link.
pub fn unpack(archive: &[u8], to: &Path) -> Result<()> {
    let mut links = BTreeSet::new();
    for entry in entries(archive).map_err(|what| Failure::message(format!("the archive is damaged: {what}")))? {
        let Some(inside) = safe_path(&entry.path)? else {
            continue;
        };
        if inside.file_name().is_some_and(|name| name == CARGO_MARK) {
            continue;
        }
        let target = to.join(&inside);
        // No path goes through a link: where it leads is checked as if there were none on the way.
        if inside.ancestors().skip(1).any(|folder| links.contains(folder)) {
            return Err(Failure::message(format!(
                "the archive has {:?} below a link",
                entry.path
            )));
        }
        if entry.kind != b'5' && target.symlink_metadata().is_ok() {
            return Err(Failure::message(format!("the archive has {:?} twice", entry.path)));
        }
        match entry.kind {
            b'5' => files::make_folder(&target)?,
            b'0' => {
                files::write(&target, entry.content)?;
                let mode = if entry.executable { 0o755 } else { 0o644 };
                fs::set_permissions(&target, fs::Permissions::from_mode(mode))
                    .file("change the permissions of", &target)?;
                let file = fs::File::options().write(true).open(&target).file("open", &target)?;
                let time = UNIX_EPOCH
                    .checked_add(Duration::from_secs(entry.modified))
                    .unwrap_or(UNIX_EPOCH);
                file.set_modified(time).file("set the time of", &target)?;
            }
            b'2' => {
                let folder = inside.parent().unwrap_or(Path::new(""));
                let link = Path::new(&entry.link);
                if !stays_inside(&folder.join(link)) || !is_plain(link) {
                    return Err(outside(&entry.path, &entry.link));
                }
                if let Some(folder) = target.parent() {
                    files::make_folder(folder)?;
                }
                files::link(link, &target)?;
                links.insert(inside);
            }
            b'1' => match safe_path(&entry.link)? {
                Some(original) => files::copy(&to.join(original), &target)?,
                None => return Err(outside(&entry.path, &entry.link)),
            },
            _ => {
                return Err(Failure::message(format!(
                    "the archive has a special file: {}",
                    entry.path
                )));
            }
        }
    }
    Ok(())
}

fn outside(path: &str, target: &str) -> Failure {
    Failure::message(format!("the archive's {path:?} points outside of it: {target:?}"))
}

/// The path below the archive's top folder; nothing for the top folder itself.
fn safe_path(path: &str) -> Result<Option<PathBuf>> {
    let mut parts = Vec::new();
    for component in Path::new(path).components() {
        match component {
            Component::Normal(part) => parts.push(part),
            Component::CurDir => {}
            _ => {
                return Err(Failure::message(format!(
                    "the archive has a path outside of it: {path:?}"
                )));
            }
        }
    }
    Ok((parts.len() > 1).then(|| parts[1..].iter().collect()))
}

/// Whether a relative path, followed step by step, never leaves the folder it starts in.
fn stays_inside(path: &Path) -> bool {
    let mut depth = 0_i32;
    path.components().all(|component| {
        match component {
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
            Component::ParentDir => depth -= 1,
            _ => return false,
        }
        depth >= 0
    })
}

/// Whether a link's target has no `..` after a name, which might be another link's.
fn is_plain(target: &Path) -> bool {
    let mut named = false;
    target.components().all(|component| {
        let fine = !(named && component == Component::ParentDir);
        named |= matches!(component, Component::Normal(_));
        fine
    })
}

fn text(field: &[u8]) -> String {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    String::from_utf8_lossy(&field[..end]).into_owned()
}

/// A number: octal digits, or, where the first bit is set, binary as GNU tar writes large ones.
fn number(field: &[u8]) -> std::result::Result<u64, &'static str> {
    if field[0] & 0x80 != 0 {
        let tail = &field[field.len() - 8..];
        return Ok(tail.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)) & (u64::MAX >> 1));
    }
    let digits = text(field);
    let digits = digits.trim();
    if digits.is_empty() {
        Ok(0)
    } else {
        u64::from_str_radix(digits, 8).map_err(|_| "damaged number")
    }
}

/// The sum of a header's bytes with its checksum field read as spaces.
fn checksum(header: &[u8]) -> u64 {
    let byte = |(index, value): (usize, &u8)| {
        if (148..156).contains(&index) {
            32
        } else {
            u64::from(*value)
        }
    };
    header.iter().enumerate().map(byte).sum()
}

/// The records "LENGTH KEY=VALUE\n" of a pax header.
fn pax_records(content: &[u8]) -> std::result::Result<Vec<(&str, String)>, &'static str> {
    let damaged = "damaged pax header";
    let mut rest = std::str::from_utf8(content).map_err(|_| damaged)?;
    let mut records = Vec::new();
    while !rest.is_empty() {
        let (length, _) = rest.split_once(' ').ok_or(damaged)?;
        let end: usize = length.parse().map_err(|_| damaged)?;
        let record = rest.get(length.len() + 1..end).ok_or(damaged)?;
        let (key, value) = record.trim_end_matches('\n').split_once('=').ok_or(damaged)?;
        records.push((key, value.to_owned()));
        rest = &rest[end..];
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn packed(test: &str, format: &str) -> (PathBuf, Vec<u8>) {
        let base = crate::test_folder(&format!("tar-{test}-{format}"));
        let deep = format!("top-1.0/{}/{}", "d".repeat(90), "e".repeat(60));
        files::write(&base.join(&deep).join("long-file-name.txt"), b"deep").unwrap();
        files::write(&base.join("top-1.0/run.sh"), b"#!/bin/sh\n").unwrap();
        fs::set_permissions(base.join("top-1.0/run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
        files::link(Path::new("run.sh"), &base.join("top-1.0/link")).unwrap();
        let archive = base.join("a.tar");
        let status = Command::new("tar")
            .arg("-C")
            .arg(&base)
            .arg(format!("--format={format}"))
            .arg("--mtime=@12345")
            .arg("-cf")
            .arg(&archive)
            .arg("top-1.0")
            .status()
            .unwrap();
        assert!(status.success());
        (base, files::read(&archive).unwrap())
    }

    #[test]
    fn unpacks_every_format() {
        for format in ["ustar", "pax", "gnu"] {
            let (base, archive) = packed("every", format);
            let to = base.join("unpacked");
            unpack(&archive, &to).unwrap();
            let deep = to.join("d".repeat(90)).join("e".repeat(60)).join("long-file-name.txt");
            assert_eq!(files::read(&deep).unwrap(), b"deep", "{format}");
            assert_eq!(
                fs::metadata(to.join("run.sh")).unwrap().permissions().mode() & 0o777,
                0o755
            );
            assert_eq!(fs::read_link(to.join("link")).unwrap(), Path::new("run.sh"));
            let time = fs::metadata(to.join("run.sh")).unwrap().modified().unwrap();
            assert_eq!(time.duration_since(UNIX_EPOCH).unwrap().as_secs(), 12345);
        }
    }

    #[test]
    fn refuses_paths_that_leave_the_archive() {
        for path in ["top/../../etc/passwd", "/etc/passwd", ".."] {
            assert!(safe_path(path).is_err(), "{path}");
        }
        assert_eq!(
            safe_path("./top/src/lib.rs").unwrap(),
            Some(PathBuf::from("src/lib.rs"))
        );
        assert_eq!(safe_path("top/").unwrap(), None);
        assert!(stays_inside(Path::new("a/../b")));
        assert!(!stays_inside(Path::new("a/../../b")));
        assert!(!stays_inside(Path::new("/b")));
    }

    /// `z -> y/..` counts as the folder itself, but is the one above where `y` is a link.
    #[test]
    fn refuses_ways_through_links() {
        for (test, links, file) in [
            ("through", &[("y", "."), ("z", "y/..")][..], "other"),
            ("below", &[("y", "d")], "y/file"),
        ] {
            let (base, _) = packed(test, "ustar");
            let top = base.join("top-1.0");
            for (name, target) in links {
                files::link(Path::new(target), &top.join(name)).unwrap();
            }
            files::write(&base.join("other-1.0").join(file), b"").unwrap();
            let archive = base.join("b.tar");
            let names = links.iter().map(|(name, _)| format!("top-1.0/{name}"));
            let status = Command::new("tar")
                .arg("-C")
                .arg(&base)
                .args(["--transform=s/^other/top/", "-cf"])
                .arg(&archive)
                .args(names)
                .arg(format!("other-1.0/{file}"))
                .status()
                .unwrap();
            assert!(status.success());
            let to = base.join("unpacked");
            let error = unpack(&files::read(&archive).unwrap(), &to).unwrap_err();
            assert!(!base.join("file").exists() && !to.join("d/file").exists(), "{error:?}");
        }
    }

    #[test]
    fn refuses_damaged_archives() {
        let (_, mut archive) = packed("damaged", "ustar");
        assert!(entries(&archive[..700]).is_err() || entries(&archive[..700]).unwrap().len() < 2);
        archive[3] ^= 1;
        assert_eq!(entries(&archive), Err("damaged header"));
        assert!(entries(b"").is_err());
    }
}
