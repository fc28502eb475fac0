//! The symbol scan of a unit, kept beside its objects so that a relink reads each object once.
//!
//! The file is text, a line a fact, in the order in which the unit is linked:
//! ```text
//! dyrust-symbols 5
//! file objects/memchr.….o 123456        every file that was scanned, with its size: another size, another scan
//! scan 0 0 0 0 0 10240 512              constructors, kept, early, fixed, opaque, bytes, bytes relocated; first the objects, then each archive
//! slice linkme_COMMANDS
//! F 120 symbol                          defined: F function, D data, T thread local; small letters: weak; with `?`: replaceable
//! U symbol                              needed
//! u symbol                              asked for only if it is there
//! ```

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result, read, write_atomically};
use crate::node::Node;
use crate::runtime::is_allocator_object;
use crate::symbols::{Defined, Scan, SymbolType, members, scan, scan_archive};
use crate::target::Target;

/// Where the scan is, relative to the `dev` output.
pub const FILE: &str = "symbols";
const HEAD: &str = "dyrust-symbols 5";

/// What a unit's objects and each of its archives hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitScan {
    /// The Rust objects.
    pub objects: Scan,
    /// The native archives, in order.
    pub natives: Vec<Scan>,
}

/// Where the Rust objects of a unit are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Code {
    /// Files of their own.
    Objects(Vec<PathBuf>),
    /// Members of an rlib (units of programs that cannot be dynamic).
    Rlib(PathBuf),
}

impl Code {
    /// The code of a node.
    pub fn of(dev: &Path, node: &Node) -> Self {
        match &node.file {
            Some(file) if node.objects.is_empty() && file.extension().is_some_and(|end| end == "rlib") => {
                Self::Rlib(file.clone())
            }
            _ => Self::Objects(node.objects.iter().map(|object| dev.join(object)).collect()),
        }
    }

    /// The files to be read.
    pub fn files(&self) -> &[PathBuf] {
        match self {
            Self::Objects(files) => files,
            Self::Rlib(file) => std::slice::from_ref(file),
        }
    }
}

/// Whether a member of an rlib is an object that rustc made; what is bundled of native archives has other names.
pub fn is_rust_member(name: &str) -> bool {
    name.ends_with(".rcgu.o")
}

impl UnitScan {
    /// Takes the scan from the `dev` output if it is there and current, and makes it otherwise.
    pub fn load(dev: &Path, node: &Node, target: &Target) -> Result<Self> {
        let stamp = stamp(dev, node)?;
        match std::fs::read_to_string(dev.join(FILE)) {
            Ok(text) => match parse(&text, &stamp) {
                Some(scan) => Ok(scan),
                None => Self::make(dev, node, target),
            },
            Err(_) => Self::make(dev, node, target),
        }
    }

    /// Reads all objects and archives.
    pub fn make(dev: &Path, node: &Node, target: &Target) -> Result<Self> {
        let mut objects = Scan::default();
        match Code::of(dev, node) {
            Code::Objects(files) => {
                for file in files {
                    let scan = scan(&read(&file)?, &file, target)?;
                    if !is_allocator_object(&scan) {
                        objects.merge(scan);
                    }
                }
            }
            Code::Rlib(file) => {
                let content = read(&file)?;
                for (name, member) in members(&content, &file)? {
                    if is_rust_member(&name) {
                        objects.merge(scan(member, &file.join(name), target)?);
                    }
                }
            }
        }
        objects.finish();
        let mut natives = Vec::new();
        for native in &node.natives {
            natives.push(scan_archive(&read(&native.archive)?, &native.archive, target)?);
        }
        Ok(Self { objects, natives })
    }

    /// Writes the scan to a file, with what it was made from.
    pub fn write(&self, dev: &Path, node: &Node, file: &Path) -> Result<()> {
        write_atomically(file, self.text(&stamp(dev, node)?).as_bytes())
    }

    fn text(&self, stamp: &str) -> String {
        let mut text = stamp.to_owned();
        for scan in std::iter::once(&self.objects).chain(&self.natives) {
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "scan {} {} {} {} {} {} {}",
                u8::from(scan.constructors),
                u8::from(scan.kept),
                u8::from(scan.early),
                u8::from(scan.fixed),
                u8::from(scan.opaque),
                scan.bytes,
                scan.relocated
            );
            for slice in &scan.slices {
                let _ = writeln!(text, "slice {slice}");
            }
            for symbol in &scan.defined {
                let mark = if symbol.replaceable { "?" } else { "" };
                let _ = writeln!(text, "{}{mark} {} {}", letter(symbol), symbol.size, symbol.name);
            }
            for name in &scan.undefined {
                let _ = writeln!(text, "U {name}");
            }
            for name in &scan.weak_undefined {
                let _ = writeln!(text, "u {name}");
            }
        }
        text
    }
}

/// The head of the file: what was scanned.
fn stamp(dev: &Path, node: &Node) -> Result<String> {
    let mut stamp = format!("{HEAD}\n");
    let code = Code::of(dev, node);
    let missing = |what, path: &Path| Error::Missing {
        unit: node.to_string(),
        what,
        path: path.to_owned(),
    };
    let natives = node
        .natives
        .iter()
        .map(|native| ("native archive", native.archive.as_path()));
    for (what, file) in code
        .files()
        .iter()
        .map(|file| ("object", file.as_path()))
        .chain(natives)
    {
        let size = std::fs::metadata(file).map_err(|_| missing(what, file))?.len();
        let name = file.strip_prefix(dev).unwrap_or(file);
        let _ = writeln!(stamp, "file {} {size}", name.display());
    }
    Ok(stamp)
}

fn letter(symbol: &Defined) -> char {
    let letter = match symbol.kind {
        SymbolType::Function => 'F',
        SymbolType::Data => 'D',
        SymbolType::Thread => 'T',
    };
    if symbol.weak {
        letter.to_ascii_lowercase()
    } else {
        letter
    }
}

/// Reads a scan; nothing if it is of other files or not in this form, as it can always be made again.
fn parse(text: &str, stamp: &str) -> Option<UnitScan> {
    let mut scans: Vec<Scan> = Vec::new();
    for line in text.strip_prefix(stamp)?.lines() {
        let (word, rest) = line.split_once(' ')?;
        if word == "scan" {
            let mut numbers = rest.split(' ').map(str::parse::<u64>);
            let mut number = || numbers.next()?.ok();
            let (constructors, kept, early) = (number()? == 1, number()? == 1, number()? == 1);
            let (fixed, opaque) = (number()? == 1, number()? == 1);
            let (bytes, relocated) = (number()?, number()?);
            scans.push(Scan {
                constructors,
                kept,
                early,
                fixed,
                opaque,
                bytes,
                relocated,
                ..Scan::default()
            });
            continue;
        }
        let scan = scans.last_mut()?;
        let replaceable = word.ends_with('?');
        let kind = match word.trim_end_matches('?') {
            "slice" => {
                scan.slices.push(rest.to_owned());
                continue;
            }
            "u" => {
                scan.weak_undefined.push(rest.to_owned());
                continue;
            }
            "U" => {
                scan.undefined.push(rest.to_owned());
                continue;
            }
            "F" | "f" => SymbolType::Function,
            "D" | "d" => SymbolType::Data,
            "T" | "t" => SymbolType::Thread,
            _ => return None,
        };
        let (size, name) = rest.split_once(' ')?;
        let weak = word.starts_with(|letter: char| letter.is_ascii_lowercase());
        scan.defined.push(Defined {
            name: name.to_owned(),
            kind,
            weak,
            replaceable,
            size: size.parse().ok()?,
        });
    }
    let mut scans = scans.into_iter();
    Some(UnitScan {
        objects: scans.next()?,
        natives: scans.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> UnitScan {
        let defined = |name: &str, kind, weak| Defined {
            name: name.to_owned(),
            kind,
            weak,
            replaceable: weak,
            size: 8,
        };
        let objects = Scan {
            defined: vec![
                defined("a", SymbolType::Function, false),
                defined("b", SymbolType::Thread, true),
            ],
            undefined: vec!["c".to_owned()],
            weak_undefined: vec!["d".to_owned()],
            constructors: true,
            kept: true,
            early: true,
            fixed: false,
            opaque: true,
            slices: vec!["linkme_X".to_owned()],
            bytes: 10,
            relocated: 2,
        };
        UnitScan {
            natives: vec![Scan {
                bytes: 7,
                ..Scan::default()
            }],
            objects,
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let stamp = format!("{HEAD}\nfile objects/a.o 10\n");
        assert_eq!(parse(&example().text(&stamp), &stamp), Some(example()));
    }

    #[test]
    fn a_scan_of_other_files_does_not_count() {
        let stamp = format!("{HEAD}\nfile objects/a.o 10\n");
        let other = format!("{HEAD}\nfile objects/a.o 11\n");
        assert_eq!(parse(&example().text(&stamp), &other), None);
        assert_eq!(parse(&format!("{stamp}scan 0 0 x 1\n"), &stamp), None);
    }
}
