//! Libraries and proc macros: one rustc call each.

use crate::c_library;
use crate::describe::{Findings, Made, describe, inspect};
use crate::elf::Elf;
use crate::failure::{Context, Failure, Phase, Result};
use crate::files;
use crate::input::Input;
use crate::inside::{self, Inside};
use crate::kept;
use crate::kind::Kind;
use crate::link::{self, Link};
use crate::names;
use crate::native;
use crate::process::Call;
use crate::program::program;
use crate::rustc::{Compilation, is_for_programs_alone};
use crate::source;
use crate::strip::strip;
use std::path::Path;

/// Builds any unit but a build script.
///
/// # Errors
/// If its source cannot be unpacked, it does not compile, or its outputs cannot be written.
pub fn build(input: &Input) -> Result<()> {
    let layout = source::prepare(input).during("unpacking the source")?;
    let compilation = Compilation::new(input, layout)?;
    let unit = &input.unit;
    kept::begin(input, &compilation.layout)?;
    let made = match unit.kind {
        Kind::Lib if !unit.test => match &unit.c_type {
            Some(crate_type) => c_library::library(&compilation, crate_type),
            None => library(&compilation),
        },
        Kind::ProcMacro if !unit.test => proc_macro(&compilation),
        _ => program(&compilation),
    }?;
    if let Some(file) = &made.file {
        kept::end(input, &compilation.layout, file)?;
    }
    compilation.records.say_hidden(input)?;
    describe(&compilation, &made)?.write(input.output("dev")?)
}

fn library(compilation: &Compilation) -> Result<Made> {
    let dev = compilation.input.output("dev")?;
    let folder = dev.join("lib");
    files::make_folder(&folder)?;
    if !compilation.is_dynamic() {
        let mut call = compilation.call("rlib")?;
        add_output_folder(compilation, &mut call, &folder);
        for lib in compilation.script.iter().flat_map(|script| &script.libs) {
            call.option("-l", lib);
        }
        call.arg(compilation.root_argument());
        compilation
            .run(&call)
            .map_err(|(failure, _)| failure)
            .during("compiling the library")?;
        return Ok(Made {
            file: Some(folder.join(compilation.file_name("rlib"))),
            ..Made::default()
        });
    }
    let out = compilation.input.output("out")?;
    let prepared = native::prepare(compilation, Some(out), dev).during("linking the native libraries")?;
    if let Some(below) = compilation.dependencies.inside_below() {
        let inside = Inside {
            reason: format!("so does {}, which it uses", below.package),
            in_all_forms: below.for_programs_alone,
        };
        return inside::library(compilation, prepared, &inside);
    }
    let name = compilation.file_name("so");
    let library = out.join("lib").join(&name);
    let mut call = compilation.call("dylib")?;
    add_output_folder(compilation, &mut call, &folder);
    call.option("-C", "prefer-dynamic");
    for lib in &prepared.libs {
        call.option("-l", lib);
    }
    Link::new(compilation, &prepared).library(&mut call)?;
    let file = folder.join(&name);
    let inside = |prepared, inside: Inside| {
        let objects = dev.join("objects");
        for folder in [&objects, &folder] {
            std::fs::remove_dir_all(folder).file("remove", folder)?;
        }
        inside::library(compilation, prepared, &inside)
    };
    if let Err((failure, said)) = compile_dylib(compilation, &mut call) {
        let Some(error) = is_for_programs_alone(&said) else {
            return Err(failure).during("compiling the library");
        };
        let reason = format!("its code is for programs alone: {error}");
        return inside(
            prepared,
            Inside {
                reason,
                in_all_forms: true,
            },
        );
    }
    let Findings {
        slices, place_in_file, ..
    } = inspect(dev)?;
    let of_slices = || format!("shared objects cannot share the slice {}", slices.join(", "));
    let of_place = |name: &str| format!("it asks for `{name}`, a place in the program's file");
    let found = place_in_file.map(|name| Inside {
        reason: of_place(name),
        in_all_forms: true,
    });
    let found = found.or_else(|| {
        (!slices.is_empty()).then(|| Inside {
            reason: of_slices(),
            in_all_forms: false,
        })
    });
    if let Some(found) = found {
        return inside(prepared, found);
    }
    files::make_folder(&out.join("lib"))?;
    strip(compilation.input, &file, &library, &["--remove-section=.rustc"], None)?;
    let bytes = files::read(&file)?;
    let constructors = Elf::parse(&bytes).is_some_and(|elf| link::has_constructors(compilation, &elf));
    Ok(Made {
        file: Some(file),
        library: Some(library),
        prepared,
        constructors,
        ..Made::default()
    })
}

/// A shared object needs std, for its panics and its allocator, also where the crate does without.
fn compile_dylib(compilation: &Compilation, call: &mut Call) -> std::result::Result<(), (Failure, String)> {
    let without_std = add_std(compilation).map_err(|failure| (failure, String::new()))?;
    call.arg(compilation.root_argument());
    let Err((failure, said)) = compilation.run(call) else {
        return Ok(());
    };
    let lacks_std = [
        "panic_handler",
        "unwinding panics are not supported without std",
        "global memory allocator",
    ];
    if !without_std || !lacks_std.iter().any(|reason| said.contains(reason)) {
        return Err((failure, said));
    }
    // A crate that leaves itself out by a cfg leaves out the line above too.
    call.args(["-Zunstable-options", "--extern", "force:std"])
        .env("RUSTC_BOOTSTRAP", "1");
    compilation.run(call)
}

/// Adds std to the source of a crate that does without; returns whether it does.
fn add_std(compilation: &Compilation) -> Result<bool> {
    let root = compilation.root();
    let mut text = files::read(&root)?;
    let without_std = text.windows(6).any(|window| window == b"no_std");
    if without_std {
        text.extend_from_slice(b"\nextern crate std as _;\n");
        let time = std::fs::metadata(&root)
            .and_then(|data| data.modified())
            .file("read", &root)?;
        files::write(&root, &text)?;
        let file = std::fs::File::options().write(true).open(&root).file("open", &root)?;
        file.set_modified(time).file("set the time of", &root)?;
    }
    Ok(without_std)
}

fn proc_macro(compilation: &Compilation) -> Result<Made> {
    let folder = compilation.input.output("dev")?.join("lib");
    files::make_folder(&folder)?;
    let mut call = compilation.call("proc-macro")?;
    add_output_folder(compilation, &mut call, &folder);
    link::for_macro(compilation, &mut call)?;
    for lib in compilation.script.iter().flat_map(|script| &script.libs) {
        call.option("-l", lib);
    }
    call.arg(compilation.root_argument());
    compilation
        .run(&call)
        .map_err(|(failure, _)| failure)
        .during("compiling the proc macro")?;
    Ok(Made {
        file: Some(folder.join(compilation.file_name("so"))),
        ..Made::default()
    })
}

/// Has rustc write what it makes to this folder, under the node's name.
pub fn add_output_folder(compilation: &Compilation, call: &mut Call, folder: &Path) {
    call.option(
        "-C",
        format!("extra-filename={}", names::extra_filename(&compilation.input.unit.id)),
    );
    call.option("--out-dir", folder.to_string_lossy());
}
