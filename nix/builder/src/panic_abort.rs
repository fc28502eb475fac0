//! Programs whose profile says `panic = "abort"`, over a standard library that all programs share, and that unwinds.
//!
//! Std calls `__rust_start_panic` to begin unwinding. A program that is to abort has the definition of the toolchain's crate
//! panic_abort, and takes libstd's place with it, as a program's allocator does. So a panic in any thread, or below a
//! `catch_unwind`, ends the process as with Cargo, after the same hook and message.
//!
//! rustc itself refuses to compile for the one strategy what is linked to the other's runtime. It reads the strategy of the
//! runtime from the metadata of panic_unwind. A second sysroot has a copy of that which says otherwise; whether rustc takes
//! it is tried out when the sysroot is made. Where it does not, crates are compiled for unwinding, which shows in
//! `cfg(panic)` and in the size of the code alone.

use crate::archive;
use crate::elf::Elf;
use crate::environment;
use crate::failure::{Context, Failure, Result};
use crate::files;
use crate::input::Input;
use crate::process::Call;
use crate::toolchain::Abort;
use std::path::{Path, PathBuf};

/// What the names of the compiler's own functions for panics end in.
const FUNCTIONS: [&str; 2] = ["___rust_start_panic", "___rust_panic_cleanup"];

/// Makes what programs that abort are compiled and linked with, in the folder `to`; `libraries` is where the target's are.
///
/// # Errors
/// If the toolchain has no panic_abort, or a file cannot be written.
pub fn make(input: &Input, libraries: &Path, to: &Path) -> Result<Abort> {
    let folder = to.join("lib/rustlib").join(&input.target).join("lib");
    files::make_folder(&folder)?;
    let mut archive = None;
    for path in files::list(libraries)? {
        let target = folder.join(path.file_name().unwrap_or_default());
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if stem.starts_with("libpanic_abort-") && path.extension().is_some_and(|end| end == "rlib") {
            archive = Some(path.clone());
        }
        match stem.strip_prefix("libpanic_unwind") {
            Some(suffix) if !path.is_dir() => {
                let mut bytes = files::read(&path)?;
                mark(&mut bytes, suffix);
                files::write(&target, &bytes)?;
            }
            _ => files::link(&path, &target)?,
        }
    }
    let archive = archive.ok_or_else(|| {
        Failure::message(format!(
            "{} has no libpanic_abort-*.rlib: this toolchain lacks a part of the standard library",
            libraries.display()
        ))
    })?;
    let (object, functions) = runtime(&archive, to)?;
    Ok(Abort {
        sysroot: is_taken(input, to)?.then(|| to.to_owned()),
        object,
        functions,
    })
}

/// In the metadata of a crate: after the end of its files' names and its id, in eight bytes, stands the strategy that it
/// needs: 1, there is one; 0 for unwinding, 1 for aborting.
fn mark(bytes: &mut [u8], suffix: &str) {
    const END_OF_TEXT: u8 = 0xc1;
    let start: Vec<u8> = suffix.bytes().chain([END_OF_TEXT]).collect();
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(start.len()).position(|window| window == start) {
        at += found + start.len();
        if let Some([1, strategy @ 0]) = bytes.get_mut(at + 8..at + 10) {
            *strategy = 1;
        }
    }
}

/// Unpacks the object of panic_abort; returns it with the functions that it defines.
fn runtime(archive: &Path, to: &Path) -> Result<(PathBuf, Vec<String>)> {
    let bytes = files::read(archive)?;
    for member in archive::members(&bytes).unwrap_or_default() {
        let content = &bytes[member.content];
        let symbols = Elf::parse(content).map(|elf| elf.symbols()).unwrap_or_default();
        let functions: Vec<String> = symbols
            .iter()
            .filter(|symbol| symbol.defined && FUNCTIONS.iter().any(|name| symbol.name.ends_with(name)))
            .map(|symbol| symbol.name.to_owned())
            .collect();
        if functions.len() == FUNCTIONS.len() {
            // What has this ending is kept as an object of the program.
            let object = to.join("panic_abort.rcgu.o");
            files::write(&object, content)?;
            return Ok((object, functions));
        }
    }
    Err(Failure::message(format!(
        "{} does not define what std calls when it panics",
        archive.display()
    )))
}

/// Whether rustc compiles for aborting with this sysroot.
fn is_taken(input: &Input, sysroot: &Path) -> Result<bool> {
    let folder = input.top.join("panic-abort");
    let source = folder.join("program.rs");
    files::write(&source, b"fn main() {}\n")?;
    let mut call = Call::new(&input.toolchain.rustc.join("bin/rustc"), &folder);
    call.envs(&environment::base(input)?);
    call.args([
        "--edition",
        "2021",
        "--emit=obj",
        "-Cpanic=abort",
        "-Cprefer-dynamic",
        "--target",
    ]);
    call.arg(&input.target).option("--sysroot", sysroot.to_string_lossy());
    call.option("-o", folder.join("program.o").to_string_lossy());
    call.arg(source.to_string_lossy());
    let output = call.output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        eprintln!("note: with `panic = \"abort\"` crates are compiled for unwinding, as this rustc says:\n{said}");
    }
    std::fs::remove_dir_all(&folder).file("remove", &folder)?;
    Ok(output.status.success())
}

#[cfg(test)]
mod tests {
    use super::mark;

    #[test]
    fn the_strategy_of_the_runtime_is_turned_round() {
        let metadata = |strategy: u8| [&b"xx-abc\xc112345678\x01"[..], &[strategy, 0, 3], b"-abc"].concat();
        let mut bytes = metadata(0);
        mark(&mut bytes, "-abc");
        assert_eq!(bytes, metadata(1));
        let mut other = b"-abc\xc112345678\x02\0".to_vec();
        mark(&mut other, "-abc");
        assert_eq!(other, b"-abc\xc112345678\x02\0");
    }
}
