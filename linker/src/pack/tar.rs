//! Tar archives in the format of POSIX (ustar), with extended headers for long names.

use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use crate::error::{Result, read};
use crate::pack::{Entry, Tree};

/// Tar counts in blocks of this size.
const BLOCK: usize = 512;
/// Longest name, and longest target of a link, that fit into a header.
const NAME: usize = 100;

/// The archive of a tree.
pub fn archive(tree: &Tree) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    for (path, entry) in tree.iter() {
        let mut name = path.as_os_str().as_bytes().to_vec();
        let (kind, target, content) = match entry {
            Entry::Folder => {
                name.push(b'/');
                (b'5', Vec::new(), Vec::new())
            }
            Entry::File(file, _) => (b'0', Vec::new(), read(file)?),
            Entry::Link(target) => (b'2', bytes(target), Vec::new()),
        };
        let records: Vec<u8> = [("path", &name), ("linkpath", &target)]
            .into_iter()
            .filter(|(_, value)| value.len() > NAME)
            .flat_map(|(key, value)| record(key, value))
            .collect();
        if !records.is_empty() {
            block(&mut out, b"extended", b'x', 0o444, &[], &records);
        }
        block(&mut out, &name, kind, entry.mode(), &target, &content);
    }
    out.resize(out.len() + 2 * BLOCK, 0);
    Ok(out)
}

fn bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_bytes().to_vec()
}

/// A record of an extended header: its own length in digits, `key=value`, and a line's end.
fn record(key: &str, value: &[u8]) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    // The length counts its own digits.
    let mut length = rest + rest.to_string().len();
    if length.to_string().len() != rest.to_string().len() {
        length = rest + length.to_string().len();
    }
    let mut record = format!("{length} {key}=").into_bytes();
    record.extend_from_slice(value);
    record.push(b'\n');
    record
}

/// A header with its content, filled up to whole blocks.
fn block(out: &mut Vec<u8>, name: &[u8], kind: u8, mode: u32, target: &[u8], content: &[u8]) {
    let mut header = [0u8; BLOCK];
    let mut put = |offset: usize, value: &[u8]| header[offset..offset + value.len()].copy_from_slice(value);
    put(0, &name[..name.len().min(NAME)]);
    put(100, format!("{mode:07o}").as_bytes());
    put(108, b"0000000");
    put(116, b"0000000");
    put(124, format!("{:011o}", content.len()).as_bytes());
    put(136, b"00000000000");
    // The checksum counts itself as blanks.
    put(148, b"        ");
    put(156, &[kind]);
    put(157, &target[..target.len().min(NAME)]);
    put(257, b"ustar\x0000");
    put(265, b"root");
    put(297, b"root");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    out.extend_from_slice(&header);
    out.extend_from_slice(content);
    out.resize(out.len().next_multiple_of(BLOCK), 0);
}
