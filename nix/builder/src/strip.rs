//! What is taken out of a linked file before it becomes an output.

use crate::elf::{self, Elf};
use crate::environment;
use crate::failure::{Failure, Phase, Result};
use crate::files;
use crate::input::Input;
use crate::kind::Kind;
use crate::process::Call;
use std::collections::BTreeSet;
use std::path::Path;

/// What the linker is told of a build id: only debuggers want one. What it would make it of is more than what runs (the crate's
/// metadata is among it), so that a place for another one is asked for.
#[must_use]
pub fn build_id(input: &Input) -> String {
    if input.outputs.contains_key("debug") {
        format!("0x{}", "0".repeat(32))
    } else {
        "none".to_owned()
    }
}

/// Whether the names of private functions stay: in programs and the user's own libraries, unless the profile takes them away.
#[must_use]
pub fn keeps_function_names(input: &Input) -> bool {
    let unit = &input.unit;
    let strip = unit.profile.get("strip").map(String::as_str);
    (unit.local || unit.kind != Kind::Lib) && !matches!(strip, Some("symbols" | "true"))
}

/// Copies a linked file without what only compiling or debugging needs; where there is a `debug` output, what
/// debuggers want of it goes there. The names of functions stay, for backtraces, in programs and in the user's own
/// libraries, unless the profile says `strip = "symbols"`: all of them, as std looks at the exported ones only where there
/// are no others. In libraries of others they would take an eighth of the bytes; there the exported ones have to do.
/// `options` are objcopy's; `run_paths` are the folders in which a program looks for what it loads by name; a library has none, as
/// it finds what it needs among what is loaded.
///
/// # Errors
/// If it cannot be read or written.
pub fn strip(input: &Input, from: &Path, to: &Path, options: &[&str], run_paths: Option<&[String]>) -> Result<()> {
    let mut options: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
    options.push("--strip-all".to_owned());
    if keeps_function_names(input) {
        let bytes = files::read(from)?;
        let symbols = Elf::parse(&bytes).map(|elf| elf.symbols()).unwrap_or_default();
        let functions = symbols.iter().filter(|symbol| symbol.function && symbol.defined);
        let names: BTreeSet<&str> = functions.map(|symbol| symbol.name).collect();
        let list = input.top.join("functions");
        // objcopy takes no empty list.
        if !names.is_empty() {
            files::write(&list, names.into_iter().collect::<Vec<_>>().join("\n").as_bytes())?;
            options.push(format!("--keep-symbols={}", list.display()));
        }
    }
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    objcopy(input, &options, from, to).during("stripping")?;
    let mut bytes = files::read(to)?;
    if elf::drop_codegen_unit_hashes(&mut bytes) {
        files::write(to, &bytes)?;
    }
    if let Some(debug) = input.outputs.get("debug") {
        keep_debug_information(input, from, to, debug)?;
    }
    let mut bytes = files::read(to)?;
    let changed = match run_paths {
        None => elf::drop_runpath(&mut bytes),
        Some([]) => elf::drop_unused_runpath(&mut bytes),
        Some(run_paths) => elf::keep_runpath(&mut bytes, run_paths),
    };
    if changed {
        files::write(to, &bytes)?;
    }
    Ok(())
}

/// Gives the linked and the stripped file a build id, and puts what debuggers want where they look it up by that.
fn keep_debug_information(input: &Input, linked: &Path, stripped: &Path, debug: &Path) -> Result<()> {
    let (mut whole, mut bytes) = (files::read(linked)?, files::read(stripped)?);
    let id = elf::set_build_id(&mut bytes, &mut whole);
    let id = id.ok_or_else(|| Failure::message(format!("{} has no build id", linked.display())))?;
    files::write(linked, &whole)?;
    files::write(stripped, &bytes)?;
    let (start, rest) = id.split_at_checked(2).unwrap_or((&id, ""));
    let folder = debug.join("lib/debug/.build-id").join(start);
    files::make_folder(&folder)?;
    let target = folder.join(format!("{rest}.debug"));
    objcopy(input, &["--only-keep-debug"], linked, &target).during("keeping debug information")
}

fn objcopy(input: &Input, options: &[&str], from: &Path, to: &Path) -> Result<()> {
    let mut call = Call::new(&input.toolchain.target_tool("objcopy"), &input.top);
    call.envs(&environment::base(input)?);
    call.args(options.iter().copied())
        .arg(from.to_string_lossy())
        .arg(to.to_string_lossy());
    call.run()
}
