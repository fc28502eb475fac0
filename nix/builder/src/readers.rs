//! What others use of the builder, as a library: its readers of what others wrote, for fuzzers and for tests that hold them against other
//! readers; and for the relinker what a node is, which link arguments act on all that is linked, and where std finds the main thread's stack.
//!
//! The builder itself is the program in `main.rs`; nothing that it builds depends on this.

#![allow(dead_code)]

pub mod archive;
pub mod elf;
pub mod failure;
pub mod files;
pub mod inflate;
pub mod json;
pub mod kind;
pub mod link_arguments;
pub mod main_stack;
pub mod node;
pub mod tar;
#[cfg(test)]
mod testing;

#[cfg(test)]
use testing::test_folder;

/// A reader of any bytes, in the form that fuzzers call: whatever they are, nothing may panic.
pub type Reader = fn(&[u8]);

/// All readers, by the name of their fuzz target.
pub const READERS: [(&str, Reader); 5] = [
    ("builder_ar", read_ar),
    ("builder_elf", read_elf),
    ("builder_gzip", read_gzip),
    ("builder_json", read_json),
    ("builder_tar", read_tar),
];

/// Reads an archive of objects, and changes it as the builder does.
pub fn read_ar(bytes: &[u8]) {
    let _ = archive::members(bytes);
    let _ = archive::show_symbols(&mut bytes.to_vec(), |_| true);
}

/// Reads an object or a shared object, and changes it as the builder does.
pub fn read_elf(bytes: &[u8]) {
    if let Some(elf) = elf::Elf::parse(bytes) {
        let _ = (elf.symbols(), elf.dynamic_symbols(), elf.needed(), elf.soname());
        let _ = (
            elf.search_path(),
            elf.interpreter(),
            elf.has_constructors(8),
            elf.shared_sections(),
        );
        let _ = elf.has_packed_relocations();
        let _ = elf.addresses_taken();
    }
    let _ = elf::drop_runpath(&mut bytes.to_vec());
    let _ = elf::drop_unused_runpath(&mut bytes.to_vec());
    let _ = elf::set_build_id(&mut bytes.to_vec(), &mut bytes.to_vec());
    let _ = elf::show_symbols(&mut bytes.to_vec(), |_| true);
    let _ = elf::with_soname(bytes, "libother.so");
}

/// Unpacks gzip data; those that would grow to more than a package may have are the archive reader's to refuse.
pub fn read_gzip(bytes: &[u8]) {
    if bytes.len() < 1 << 16 {
        let _ = inflate::gunzip(bytes);
    }
}

/// Reads JSON; what is written can be read again.
pub fn read_json(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(value) = json::Value::parse(text)
    {
        let printed = value.to_string();
        assert_eq!(json::Value::parse(&printed).as_ref(), Ok(&value), "{printed}");
    }
}

/// Lists a tar archive.
pub fn read_tar(bytes: &[u8]) {
    let _ = tar::entries(bytes);
}
