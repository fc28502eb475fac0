//! Libraries for other languages that `dlclose` must not unload.
//!
//! With Cargo such a library has crates and std of its own. What it told them (a destructor of a thread local, a logger, a hook for
//! panics) goes away with them, and what still has to run keeps it loaded. Here they are its host's, too: they stay, and would call code that is
//! gone. So a library stays loaded for good where something that stays may know of it.

use crate::definitions::is_mangled;
use crate::dependencies::Dependency;
use crate::elf::{self, Elf};
use crate::failure::Result;
use crate::files;
use std::path::Path;

/// Parts of the names of what std remembers beyond a call: threads, what runs at their ends, and hooks.
const REMEMBERED: [&str; 4] = ["12thread_local", "6thread", "8set_hook", "11update_hook"];

/// What has such a part in its name, and remembers nothing.
const FORGOTTEN: [&str; 3] = ["5sleep", "9yield_now", "18panic_access_error"];

/// Marks a linked library, if it is to stay; returns why. `crates` are those that it is linked with.
///
/// # Errors
/// If a file cannot be read or written.
pub fn forbid(library: &Path, crates: &[&Dependency]) -> Result<Option<String>> {
    let mut bytes = files::read(library)?;
    let mut reason = Elf::parse(&bytes).and_then(|elf| remembers(&elf));
    for Dependency { node, .. } in crates {
        let natives = node.natives.iter().filter_map(|native| native.shared.as_ref());
        for file in node.library.iter().chain(natives) {
            if reason.is_none() {
                reason = Elf::parse(&files::read(file)?).and_then(|elf| {
                    let data = has_data(&elf).then(|| "which has data that change".to_owned());
                    let why = data.or_else(|| remembers(&elf))?;
                    Some(format!("it uses {} {}, {why}", node.package, node.version))
                });
            }
        }
    }
    if reason.is_some() {
        if !elf::keep_loaded(&mut bytes) {
            eprintln!(
                "note: {} has no DT_FLAGS_1 to say that it stays loaded after dlclose, as it should: link it with `-Wl,-z,now`, as rustc does",
                library.display()
            );
            return Ok(None);
        }
        files::write(library, &bytes)?;
    }
    Ok(reason)
}

/// Whether std is asked for something that it remembers.
fn remembers(library: &Elf) -> Option<String> {
    let symbols = library.dynamic_symbols();
    let has = |name: &str, parts: &[&str]| parts.iter().any(|part| name.contains(part));
    let mut names = symbols
        .iter()
        .filter(|symbol| !symbol.defined && is_mangled(symbol.name))
        .map(|symbol| symbol.name)
        .filter(|name| name.contains("3std") && has(name, &REMEMBERED) && !has(name, &FORGOTTEN));
    let name = names.next()?;
    Some(format!("std may remember what it is told by `{name}`"))
}

/// Whether something of it changes after it was loaded.
fn has_data(library: &Elf) -> bool {
    library.sections.iter().any(|section| {
        let is = |name: &str| {
            section.name == name || section.name.strip_prefix(name).is_some_and(|end| end.starts_with('.'))
        };
        let is_fixed = section.name.contains(".rel.ro");
        section.size > 0 && !is_fixed && [".data", ".bss", ".tdata", ".tbss"].into_iter().any(is)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn made(name: &str, source: &str) -> Vec<u8> {
        let folder = crate::test_folder(name);
        files::write(&folder.join("a.c"), source.as_bytes()).unwrap();
        let mut call = Command::new("cc");
        call.current_dir(&folder)
            .args(["-shared", "-fPIC", "-nostartfiles", "-Wl,-z,now", "a.c", "-o", "a.so"]);
        assert!(call.status().unwrap().success());
        files::read(&folder.join("a.so")).unwrap()
    }

    #[test]
    fn data_that_change_are_told_from_what_is_fixed() {
        let has = |name: &str, source: &str| has_data(&Elf::parse(&made(name, source)).unwrap());
        assert!(has("data", "int counter = 1;") && has("bss", "int counter;") && has("tls", "__thread int counter;"));
        assert!(!has(
            "fixed",
            "extern int f(void); int (*const table[])(void) = { f }; const int one = 1;"
        ));
    }

    // A plugin's thread local was dropped when its thread ended, by code that `dlclose` had unloaded: a segmentation fault.
    #[test]
    fn what_std_remembers_is_known_by_name() {
        let asks = |name: &str, symbol: &str| {
            let source = format!("extern void {symbol}(void); void f(void) {{ {symbol}(); }}");
            remembers(&Elf::parse(&made(name, &source)).unwrap()).is_some()
        };
        let register = "_RNvNtNtNtNtCsjrHSEGnQ3l9_3std3sys12thread_local11destructors10linux_like8register";
        assert!(asks("register", register));
        assert!(asks("legacy", "_ZN3std9panicking8set_hook17h0123456789abcdefE"));
        assert!(!asks("sleep", "_RNvNtNtCsjrHSEGnQ3l9_3std6thread9functions5sleep"));
        assert!(!asks("print", "_RNvNtNtCsjrHSEGnQ3l9_3std2io5stdio6__print"));
    }

    #[test]
    fn the_mark_is_set_once() {
        let mut bytes = made("mark", "int one(void) { return 1; }");
        let before = bytes.clone();
        assert!(elf::keep_loaded(&mut bytes));
        assert_ne!(bytes, before);
        let after = bytes.clone();
        assert!(elf::keep_loaded(&mut bytes));
        assert_eq!(bytes, after);
    }
}
