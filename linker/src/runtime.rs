//! What stands below all crates: std from the sysroot's rlibs, the allocator that a program has unless it replaces it,
//! and the unwinder.
//!
//! libstd.so is made of the same objects as the rlibs, so crates that were compiled against the one can be linked with
//! the other. Only the five allocator symbols are in none of the rlibs: rustc writes them into a small object whenever
//! it links something without a replaced allocator. They are jumps to std's default allocator (`__rust_alloc` →
//! `__rdl_alloc`), and one empty function; the object is written here from what std needs and defines, so that no
//! compiler is needed.

use std::path::{Path, PathBuf};

use object::write::{Object, Relocation, Symbol, SymbolSection};
use object::{BinaryFormat, Endianness, SymbolFlags, SymbolKind, SymbolScope, elf};

use crate::error::{Error, Result, read};
use crate::symbols::{Scan, members, scan};
use crate::target::Target;

/// Rlibs of the sysroot that are no part of a program's std: the other panic strategy, and what a link gets by itself.
const LEFT_OUT: [&str; 3] = ["compiler_builtins", "panic_abort", PROFILER];

/// The compiler's interface for macros, which few programs refer to (those that read Rust, by syn): it costs nothing where none does.
const RARE: &str = "proc_macro";

/// The crate with what writes counts of executed code into files.
const PROFILER: &str = "profiler_builtins";

/// Where code that counts how often it runs (`-C instrument-coverage`, `-C profile-generate`) has its counters.
const COUNTERS: &str = "__llvm_prf_cnts";

/// Crates that a program without std has, too.
const WITHOUT_STD: [&str; 2] = ["alloc", "core"];

/// What core calls when it panics: std's, or that of a program without std (`#[panic_handler]`).
const PANIC_HANDLER: &str = "rust_begin_unwind";

/// What std calls to unwind, and when it caught what unwinds.
const PANIC: [&str; 2] = ["__rust_panic_cleanup", "__rust_start_panic"];

/// An object taken out of an archive.
#[derive(Debug, Clone)]
pub struct Member {
    /// Where it was, for messages.
    pub origin: PathBuf,
    /// Whether programs without std have it, too.
    pub without_std: bool,
    /// The object.
    pub content: Vec<u8>,
}

/// Std, ready to be linked.
#[derive(Debug, Clone)]
pub struct Runtime {
    /// The objects of std's crates.
    pub members: Vec<Member>,
    /// The allocator object.
    pub shim: Vec<u8>,
    /// Names of the symbols in it, sorted.
    pub allocator: Vec<String>,
    /// Names of the functions that std calls when it panics, sorted. A program with `panic = "abort"` brings its own, and takes
    /// std's place with them as with an allocator.
    pub panic: Vec<String>,
    /// The objects of the unwinder; empty if the C compiler has only the shared one.
    pub unwinder: Vec<Member>,
    /// The symbols of all of these.
    pub scan: Scan,
    /// Functions that compilers assume to exist; linked into every file.
    pub builtins: PathBuf,
    /// What writes counts of executed code, if the toolchain has it.
    profiler: Option<PathBuf>,
    /// The folder of the rlibs.
    folder: PathBuf,
}

impl Runtime {
    /// Reads std from a sysroot, and the unwinder from an archive if there is one.
    pub fn load(sysroot: &Path, rustc: &str, target: &Target, unwinder: Option<&Path>) -> Result<Self> {
        let folder = sysroot.join("lib/rustlib").join(&target.triple).join("lib");
        let lacking = |reason: &str| Error::Sysroot {
            path: folder.clone(),
            reason: reason.to_owned(),
            target: target.triple.clone(),
        };
        let entries = std::fs::read_dir(&folder).map_err(|_| lacking("this folder cannot be read"))?;
        let mut rlibs: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|end| end == "rlib"))
            .collect();
        rlibs.sort();
        let rlib_of = |name: &str| rlibs.iter().find(|path| crate_of(path) == Some(name)).cloned();
        let builtins =
            rlib_of("compiler_builtins").ok_or_else(|| lacking("there is no libcompiler_builtins-*.rlib"))?;
        if rlib_of("std").is_none() {
            return Err(lacking("there is no libstd-*.rlib"));
        }
        let mut runtime = Self {
            members: Vec::new(),
            shim: Vec::new(),
            allocator: Vec::new(),
            panic: Vec::new(),
            unwinder: Vec::new(),
            scan: Scan::default(),
            builtins,
            profiler: rlib_of(PROFILER),
            folder: folder.clone(),
        };
        for rlib in rlibs
            .iter()
            .filter(|path| !crate_of(path).is_some_and(|name| LEFT_OUT.contains(&name)))
        {
            let without_std = crate_of(rlib).is_some_and(|name| WITHOUT_STD.contains(&name));
            runtime.members.extend(extract(rlib, without_std)?);
        }
        if let Some(archive) = unwinder {
            runtime.unwinder = extract(archive, false)?;
        }
        for member in runtime.members.iter().chain(&runtime.unwinder) {
            let mut scan = scan(&member.content, &member.origin, target)?;
            if member.origin.parent().and_then(crate_of) == Some(RARE) {
                (scan.bytes, scan.relocated) = (0, 0);
            }
            runtime.scan.merge(scan);
        }
        runtime.scan.finish();
        let functions = allocator_functions(&runtime.scan, rustc)?;
        runtime.allocator = functions.iter().map(|function| function.symbol.clone()).collect();
        runtime.shim = shim(&functions, target)?;
        let defined = runtime.scan.defined.iter().map(|symbol| &symbol.name);
        let of_panics = |symbol: &&String| own_name(symbol).is_some_and(|(_, name)| PANIC.contains(&name));
        runtime.panic = defined.filter(of_panics).cloned().collect();
        runtime.panic.sort();
        runtime
            .scan
            .merge(scan(&runtime.shim, Path::new("allocator shim"), target)?);
        runtime.scan.finish();
        Ok(runtime)
    }

    /// What a program may bring itself in place of std's: the allocator, and what begins a panic.
    pub fn replaceable(&self) -> impl Iterator<Item = &String> {
        self.allocator.iter().chain(&self.panic)
    }

    /// Whether std asks for a symbol, and not only if it is there.
    pub fn asks_for(&self, symbol: &str) -> bool {
        let undefined = &self.scan.undefined;
        undefined.binary_search_by(|name| name.as_str().cmp(symbol)).is_ok()
    }

    /// Whether a unit has a panic handler of its own. What uses it is without std, which has another one.
    pub fn is_without_std(&self, scan: &Scan) -> bool {
        let mut defined = self.scan.defined.iter().map(|symbol| &symbol.name);
        defined.any(|symbol| own_name(symbol).is_some_and(|(_, name)| name == PANIC_HANDLER) && scan.defines(symbol))
    }

    /// What is to be linked with units so that the counts of their code are written, if it counts.
    pub fn profiler<'a>(&self, mut units: impl Iterator<Item = &'a Scan>, target: &Target) -> Result<Option<&Path>> {
        if !units.any(|scan| scan.slices.iter().any(|slice| slice == COUNTERS)) {
            return Ok(None);
        }
        let lacking = || Error::Sysroot {
            path: self.folder.clone(),
            reason: format!("there is no lib{PROFILER}-*.rlib, and code was compiled that counts how often it runs"),
            target: target.triple.clone(),
        };
        self.profiler.as_deref().map(Some).ok_or_else(lacking)
    }

    /// Whether a unit replaces the allocator.
    pub fn is_replaced_by(&self, scan: &Scan) -> bool {
        self.allocator.iter().any(|symbol| scan.defines(symbol))
    }

    /// The allocator object without the symbols that others define.
    pub fn shim_without(&self, replaced: impl Fn(&str) -> bool, rustc: &str, target: &Target) -> Result<Vec<u8>> {
        let mut functions = allocator_functions(
            &Scan {
                undefined: self.allocator.clone(),
                ..self.scan.clone()
            },
            rustc,
        )?;
        functions.retain(|function| !replaced(&function.symbol));
        shim(&functions, target)
    }
}

/// The crate's name in `…/libNAME-HASH.rlib`.
fn crate_of(path: &Path) -> Option<&str> {
    path.file_stem()?
        .to_str()?
        .strip_prefix("lib")?
        .rsplit_once('-')
        .map(|(name, _)| name)
}

fn extract(archive: &Path, without_std: bool) -> Result<Vec<Member>> {
    let content = read(archive)?;
    let members = members(&content, archive)?;
    Ok(members
        .into_iter()
        .map(|(name, content)| Member {
            origin: archive.join(name),
            without_std,
            content: content.to_vec(),
        })
        .collect())
}

/// Whether an object is the allocator object that rustc adds to a program with static libraries. It is left out: `shim`
/// takes its place.
pub fn is_allocator_object(scan: &Scan) -> bool {
    let begins = |symbol: &str, start: &str| own_name(symbol).is_some_and(|(_, name)| name.starts_with(start));
    !scan.defined.is_empty()
        && scan.defined.iter().all(|symbol| begins(&symbol.name, "__rust_"))
        && scan.undefined.iter().all(|symbol| begins(symbol, "__rdl_"))
}

/// A function of the allocator object.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Function {
    symbol: String,
    /// Where it jumps to; nothing for the one that only has to exist.
    default: Option<String>,
}

/// The name inside a symbol of rustc's own: `__rust_alloc` in `_RNvCs…_7___rustc12___rust_alloc` (version 0 of the
/// symbol mangling: the length, an underscore if the name begins with one, the name).
fn own_name(symbol: &str) -> Option<(&str, &str)> {
    let start = symbol.find("7___rustc")? + "7___rustc".len();
    let (prefix, rest) = symbol.split_at(start);
    let name = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let length: usize = rest[..rest.len() - name.len()].parse().ok()?;
    let name = name.strip_prefix('_').unwrap_or(name);
    (name.len() == length).then_some((prefix, name))
}

/// Which functions std expects of the allocator object.
fn allocator_functions(std: &Scan, rustc: &str) -> Result<Vec<Function>> {
    let mut functions = Vec::new();
    for symbol in &std.undefined {
        let Some((prefix, name)) = own_name(symbol) else {
            continue;
        };
        let Some(what) = name.strip_prefix("__rust_") else {
            continue;
        };
        let default = format!("__rdl_{what}");
        let default = format!("{prefix}{}_{default}", default.len());
        let default = match (std.defines(&default), what.starts_with("no_alloc_shim_is_unstable")) {
            (true, _) => Some(default),
            (false, true) => None,
            (false, false) => {
                return Err(Error::Allocator {
                    rustc: rustc.to_owned(),
                    symbol: symbol.clone(),
                });
            }
        };
        functions.push(Function {
            symbol: symbol.clone(),
            default,
        });
    }
    Ok(functions)
}

/// Writes the allocator object.
fn shim(functions: &[Function], target: &Target) -> Result<Vec<u8>> {
    // A jump and a return: the instruction, where its operand is, and the relocation that fills it.
    let (jump, operand, r_type, addend, ret): (&[u8], u64, u32, i64, &[u8]) = match target.machine {
        elf::EM_AARCH64 => (&[0, 0, 0, 0x14], 0, elf::R_AARCH64_JUMP26, 0, &[0xc0, 0x03, 0x5f, 0xd6]),
        _ => (&[0xe9, 0, 0, 0, 0], 1, elf::R_X86_64_PLT32, -4, &[0xc3]),
    };
    let mut object = Object::new(BinaryFormat::Elf, target.architecture, Endianness::Little);
    let symbol = |name: &str, section, size| Symbol {
        name: name.as_bytes().to_vec(),
        value: 0,
        size,
        kind: SymbolKind::Text,
        scope: SymbolScope::Dynamic,
        weak: false,
        section,
        flags: SymbolFlags::None,
    };
    for function in functions {
        let section = object.add_subsection(object::write::StandardSection::Text, function.symbol.as_bytes());
        let code = if function.default.is_some() { jump } else { ret };
        object.append_section_data(section, code, 16);
        object.add_symbol(symbol(
            &function.symbol,
            SymbolSection::Section(section),
            code.len() as u64,
        ));
        if let Some(default) = &function.default {
            let default = object.add_symbol(symbol(default, SymbolSection::Undefined, 0));
            let flags = object::RelocationFlags::Elf { r_type };
            let relocation = Relocation {
                offset: operand,
                symbol: default,
                addend,
                flags,
            };
            object
                .add_relocation(section, relocation)
                .map_err(|error| Error::Usage(error.to_string()))?;
        }
    }
    object
        .write()
        .map_err(|error| Error::Usage(format!("the allocator object cannot be written: {error}")))
}

/// Writes an object that refers to symbols and has nothing else: a linker takes the objects that define them.
pub fn asking<'a>(names: impl Iterator<Item = &'a str>, target: &Target) -> Result<Vec<u8>> {
    let mut object = Object::new(BinaryFormat::Elf, target.architecture, Endianness::Little);
    for name in names {
        object.add_symbol(Symbol {
            name: name.as_bytes().to_vec(),
            value: 0,
            size: 0,
            kind: SymbolKind::Unknown,
            scope: SymbolScope::Unknown,
            weak: false,
            section: SymbolSection::Undefined,
            flags: SymbolFlags::None,
        });
    }
    object
        .write()
        .map_err(|error| Error::Usage(format!("the object that asks for symbols cannot be written: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::symbols::{Defined, SymbolType};

    #[test]
    fn names_of_the_compilers_own_symbols_are_read() {
        let symbol = "_RNvCsfLfy6EI15iL_7___rustc12___rust_alloc";
        assert_eq!(own_name(symbol), Some(("_RNvCsfLfy6EI15iL_7___rustc", "__rust_alloc")));
        assert_eq!(own_name("_RNvCsfLfy6EI15iL_7___rustc13___rust_alloc"), None);
        let handler = "_RNvCsfLfy6EI15iL_7___rustc17rust_begin_unwind";
        assert_eq!(own_name(handler).unwrap().1, "rust_begin_unwind");
        assert_eq!(own_name("malloc"), None);
    }

    fn std_with(defined: &[&str], undefined: &[&str]) -> Scan {
        let defined = defined.iter().map(|name| Defined {
            name: (*name).to_owned(),
            kind: SymbolType::Function,
            weak: false,
            replaceable: false,
            size: 1,
        });
        let mut scan = Scan {
            defined: defined.collect(),
            ..Scan::default()
        };
        scan.undefined = undefined.iter().map(|name| (*name).to_owned()).collect();
        scan.finish();
        scan
    }

    #[test]
    fn the_allocator_object_defines_what_std_lacks() {
        let needed = [
            "_RNvCsx_7___rustc12___rust_alloc",
            "_RNvCsx_7___rustc35___rust_no_alloc_shim_is_unstable_v2",
        ];
        let std = std_with(&["_RNvCsx_7___rustc11___rdl_alloc"], &[needed[0], needed[1], "malloc"]);
        let functions = allocator_functions(&std, "rustc").unwrap();
        for triple in ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"] {
            let target = Target::new(triple).unwrap();
            let written = shim(&functions, &target).unwrap();
            let mut found = scan(&written, Path::new("shim"), &target).unwrap();
            found.finish();
            assert!(is_allocator_object(&found));
            assert!(needed.iter().all(|name| found.defines(name)));
            assert_eq!(found.undefined, ["_RNvCsx_7___rustc11___rdl_alloc"]);
        }
    }

    #[test]
    fn an_unknown_allocator_symbol_is_an_error() {
        let std = std_with(&[], &["_RNvCsx_7___rustc13___rust_alloc2"]);
        assert!(matches!(
            allocator_functions(&std, "rustc 9"),
            Err(Error::Allocator { .. })
        ));
    }
}
