//! Libraries for other languages: what Cargo makes of the crate types `cdylib` and `staticlib`, under Cargo's names.
//!
//! A `cdylib` uses the crates' shared objects, as a program does, and names where they are: a plugin has the very crates of its
//! host. It has no SONAME, as Cargo gives it none. A `staticlib` holds all that it needs.

use crate::definitions;
use crate::describe::Made;
use crate::elf::{self, Elf};
use crate::failure::{Failure, Phase, Result};
use crate::files;
use crate::hidden;
use crate::link::Link;
use crate::native::{self, Prepared};
use crate::rustc::Compilation;
use crate::strip::strip;
use crate::unloading;
use crate::whole;
use std::path::{Path, PathBuf};

/// Has a library need the C library by its name: whoever loads it has one, perhaps another one than programs here, and a second one beside it
/// ends the process.
fn have_the_hosts_c_library(compilation: &Compilation, library: &Path) -> Result<()> {
    let known = &compilation.facts.libraries;
    let folder = known
        .iter()
        .find(|(name, _)| *name == "libc.so.6")
        .and_then(|(_, path)| Path::new(path).parent());
    let mut bytes = files::read(library)?;
    // The one of the compiler may be searched for in vain.
    let is_meant = |path: &str| Path::new(path).parent() == folder && !path.ends_with("/libgcc_s.so.1");
    // Those would want to be asked for with the name: somebody asked for them.
    let is_packed = Elf::parse(&bytes).is_some_and(|elf| elf.has_packed_relocations());
    if folder.is_some() && !is_packed && elf::need_by_name(&mut bytes, is_meant) {
        files::write(library, &bytes)?;
    }
    Ok(())
}

/// What has a library find its own definitions in itself: a list of those others, for the linker, for which it asks the loader. The loader would
/// look first among what the host has, and with the host's crates that is all that these show to C, too: a plugin of the very crate that
/// its host uses. With Cargo the host shows nothing. What the C library defines, too, is looked for as ever, as the C library itself does.
fn own_definitions(compilation: &Compilation) -> Result<PathBuf> {
    let system = definitions::of_system(compilation.facts.linking_copies.as_deref())?;
    let lines: String = system.iter().map(|name| format!("  {name};\n")).collect();
    let list = compilation.input.top.join("open-to-others");
    files::write(&list, format!("{{\n  __dyrust_nothing;\n{lines}}};\n").as_bytes())?;
    Ok(list)
}

/// Builds the library as the crate type that the input names.
///
/// # Errors
/// If it does not compile, or its outputs cannot be written.
pub fn library(compilation: &Compilation, crate_type: &str) -> Result<Made> {
    let input = compilation.input;
    let (out, dev) = (input.output("out")?, input.output("dev")?);
    let folder = out.join("lib");
    files::make_folder(&folder)?;
    let name = input.unit.crate_name();
    let mut call = compilation.call(crate_type)?;
    let mut prepared = Prepared::default();
    let shared = match crate_type {
        "cdylib" => true,
        "staticlib" => false,
        other => return Err(Failure::message(format!("there is no library of the type `{other}`"))),
    };
    let file = folder.join(format!("lib{name}.{}", if shared { "so" } else { "a" }));
    let built = if shared {
        input.top.join("library.so")
    } else {
        file.clone()
    };
    if shared && compilation.is_dynamic() {
        prepared = native::prepare(compilation, None, dev).during("reading the native libraries")?;
        call.option("-C", "prefer-dynamic");
        call.option(
            "-C",
            format!(
                "link-arg=-Wl,--dynamic-list={}",
                own_definitions(compilation)?.display()
            ),
        );
    } else {
        let libs = compilation.script.iter().flat_map(|script| script.libs.clone());
        prepared.libs = libs.collect();
    }
    for lib in &prepared.libs {
        call.option("-l", lib);
    }
    let mut arguments = Vec::new();
    if shared {
        for (target, argument) in compilation.script.iter().flat_map(|script| &script.link_arguments) {
            if matches!(target.as_str(), "all" | "cdylib") {
                call.option("-C", format!("link-arg={argument}"));
                arguments.push(argument.clone());
            }
        }
        Link::new(compilation, &prepared).program(&mut call)?;
    }
    call.option("-o", built.to_string_lossy());
    call.arg(compilation.root_argument());
    compilation
        .run(&call)
        .map_err(|(failure, _)| failure)
        .during("compiling the library")?;
    if shared {
        // Two definitions of one symbol meet in a library as they do in a program.
        if compilation.is_dynamic() {
            let withheld = match compilation.withholds_link_flags() {
                true => input.link_flags(),
                false => Vec::new(),
            };
            let whole = whole::mend(compilation, &prepared, &arguments, &withheld, None, &built)
                .during("linking the library as one file")?;
            if whole.is_none() {
                let crates = compilation.dependencies.linked(&compilation.records.arguments)?;
                if let Some(reason) = unloading::forbid(&built, &crates.unwrap_or_default())? {
                    let unit = &input.unit;
                    eprintln!("note: {} {} stays loaded: {reason}", unit.package, unit.version);
                }
            }
        }
        strip(input, &built, &file, &[], None)?;
        have_the_hosts_c_library(compilation, &file)?;
    } else {
        let found = hidden::overwrite_file(&file, &hidden::paths(input))?;
        hidden::say(input, &found.into_iter().collect());
    }
    Ok(Made {
        prepared,
        ..Made::default()
    })
}
