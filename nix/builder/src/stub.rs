//! Programs that are a stub over a library with their own code.
//!
//! A program names all that is loaded with it by absolute paths, which are others after each update of what is below it. So a program of
//! some size is two files: its code, a library that refers to no path and stays the same bytes where only others changed, and a
//! stub, which has the list and starts the code's `main`.

use crate::definitions::is_array;
use crate::driver;
use crate::elf::{Elf, is_loaded};
use crate::failure::{Context, Result};
use crate::files;
use crate::inside::place_in_file;
use crate::kind::{Kind, Linkage};
use crate::link::{self, Link};
use crate::linking_copies;
use crate::names;
use crate::native::Prepared;
use crate::run_paths;
use crate::rustc::Compilation;
use crate::strip;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How many bytes a program has at least that becomes a stub. An object more costs a start some 60 µs and three pages of memory, and a
/// stub itself takes up to ten thousand bytes: below this, an update of the whole program is cheap enough.
const SMALLEST: usize = 128 << 10;

/// Where compilers put code and data that have no section of their own: these names, and what follows them after a dot.
const COMMON_SECTIONS: [&str; 6] = [".text", ".data", ".rodata", ".bss", ".tdata", ".tbss"];

/// The section that an object has for whoever looks for it in the program's file: something `#[used]` is in it, under a name that
/// compilers and the C runtime do not know.
fn own_section(object: &Elf) -> Option<String> {
    let is_common = |name: &str| {
        let is_one_of = |list: &str| {
            name.strip_prefix(list)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        COMMON_SECTIONS.into_iter().any(is_one_of) || is_array(name)
    };
    let mut sections = object.sections.iter();
    let section = sections.find(|section| section.retained && section.loaded && !is_common(&section.name))?;
    Some(section.name.clone())
}

/// Links the code of a program that rustc has linked as one file to a library, in the build's folder. Nothing if the program stays one
/// file: it is small, has link arguments or a section of its own, or its objects are for programs alone. `arguments` are the link arguments that
/// the program was given.
///
/// # Errors
/// If a file cannot be read or written, or the linker cannot be started.
pub fn code(
    compilation: &Compilation,
    prepared: &Prepared,
    arguments: &[String],
    program: &Path,
) -> Result<Option<PathBuf>> {
    let input = compilation.input;
    let unit = &input.unit;
    let has_output = input.outputs.contains_key("lib");
    let is_program = unit.kind == Kind::Bin && !unit.test && unit.linkage == Linkage::Dylib && !unit.host;
    // What is asked of the program's link may be meant for the file that starts.
    if !has_output || !is_program || !arguments.is_empty() || !input.link_flags().is_empty() {
        return Ok(None);
    }
    let recorded = compilation.records.arguments()?.unwrap_or_default();
    let bytes = files::read(program)?;
    let Some(elf) = Elf::parse(&bytes).filter(|elf| loaded_bytes(elf) >= SMALLEST) else {
        return Ok(None);
    };
    if !recorded.iter().any(|word| word == "-pie") {
        return Ok(None);
    }
    let objects = files::list(&input.output("dev")?.join("objects"))?;
    for object in &objects {
        let bytes = files::read(object)?;
        let elf = Elf::parse(&bytes);
        let of_section = elf.as_ref().and_then(own_section);
        let of_section = of_section.map(|section| format!("it has a section of its own, {section}"));
        let of_place = || elf.as_ref().and_then(place_in_file);
        let reason = of_section.or_else(|| of_place().map(|place| format!("it asks for `{place}`, a place in it")));
        if let Some(reason) = reason {
            eprintln!("note: {} {} stays one file: {reason}", unit.package, unit.version);
            return Ok(None);
        }
    }
    let exports = input.top.join("program-exports");
    files::write(&exports, version_script(&exported(&elf)).as_bytes())?;
    let library = input
        .top
        .join("code")
        .join(names::crate_file(&unit.crate_name(), &unit.id, "so"));
    files::make_folder(library.parent().unwrap_or(&input.top))?;
    let copies = compilation
        .facts
        .linking_copies
        .as_ref()
        .map(|folder| format!("-L{}", folder.display()));
    let mut words = code_words(recorded, &objects, copies.as_deref());
    if let Some(start) = &compilation.facts.start {
        words.extend(["-nostartfiles".to_owned(), start.to_string_lossy().into_owned()]);
    }
    words.extend([
        "-shared".to_owned(),
        "-Wl,-Bsymbolic".to_owned(),
        "-Wl,-z,defs".to_owned(),
        // A program with `#![no_main]` may have it in an archive, of which a linker takes what is asked for.
        "-Wl,--undefined=main".to_owned(),
        // Of what the program exports some may be the start files'.
        "-Wl,--undefined-version".to_owned(),
        format!("-Wl,--version-script={}", exports.display()),
        format!(
            "-Wl,-soname,{}",
            library.file_name().unwrap_or_default().to_string_lossy()
        ),
        "-o".to_owned(),
        library.to_string_lossy().into_owned(),
    ]);
    let link = Link::new(compilation, prepared);
    let mut call = link::again(compilation)?;
    link.tell_libraries(&mut call)?;
    link.give_natives(&mut call);
    call.args(words);
    let output = call.output()?;
    // The program itself is linked already, as Cargo would have it.
    let said = String::from_utf8_lossy(&output.stderr);
    let reason = if output.status.success() {
        let bytes = files::read(&library)?;
        if Elf::parse(&bytes).is_some_and(|elf| exported(&elf).contains("main")) {
            return Ok(Some(library));
        }
        "its `main` is in another library".to_owned()
    } else {
        let mut lines = said.lines();
        let error = lines.find(|line| line.contains("error"));
        format!(
            "its code is for programs alone: {}",
            error.unwrap_or("the linker says no more")
        )
    };
    eprintln!("note: {} {} stays one file: {reason}", unit.package, unit.version);
    Ok(None)
}

/// Links a program's stub over the library with its code. `run_paths` are the folders in which the program looks for what it loads by
/// name.
///
/// # Errors
/// If it cannot be linked.
pub fn link(
    compilation: &Compilation,
    prepared: &Prepared,
    code: &Path,
    run_paths: &[String],
    to: &Path,
) -> Result<()> {
    let input = compilation.input;
    let mut call = link::again(compilation)?;
    call.env(
        driver::LINKING_COPIES,
        input.top.join(linking_copies::FOLDER).to_string_lossy(),
    );
    Link::new(compilation, prepared)
        .with_code(code)
        .tell_libraries(&mut call)?;
    call.args(["-pie", "-nodefaultlibs", "-Wl,--no-as-needed"]);
    call.arg(code.to_string_lossy());
    call.arg("-lc");
    if let Some(folder) = &compilation.facts.linking_copies {
        call.arg(format!("-L{}", folder.display()));
    }
    // What the code needs is added from what is known of libraries.
    call.args(["-Wl,--allow-shlib-undefined", "-Wl,-z,relro,-z,now", "-Wl,-O1"]);
    call.args(compilation.link_options());
    call.arg(format!("-Wl,--build-id={}", strip::build_id(input)));
    if !run_paths.is_empty() {
        call.arg(run_paths::OPTION);
        call.args(run_paths.iter().map(|folder| format!("-Wl,-rpath,{folder}")));
    }
    if to.exists() {
        std::fs::remove_file(to).file("remove", to)?;
    }
    call.option("-o", to.to_string_lossy());
    call.show();
    call.run()
}

/// How many bytes of the file are there at run time.
fn loaded_bytes(elf: &Elf) -> usize {
    elf.sections
        .iter()
        .filter(|section| is_loaded(section))
        .map(|section| section.size)
        .sum()
}

/// The names that a program shows to what is loaded with it.
fn exported<'a>(program: &Elf<'a>) -> BTreeSet<&'a str> {
    let symbols = program.dynamic_symbols().into_iter();
    symbols
        .filter(|symbol| symbol.global && symbol.defined && symbol.visible)
        .map(|symbol| symbol.name)
        .collect()
}

/// The code exports what the program did, and `main` for the stub.
fn version_script(names: &BTreeSet<&str>) -> String {
    let names = names.iter().copied().filter(|name| *name != "main").chain(["main"]);
    let lines: String = names
        .map(|name| format!("    {};\n", driver::in_script(name)))
        .collect();
    format!("{{\n  global:\n{lines}  local:\n    *;\n}};\n")
}

/// The words by which rustc had the program linked, for its code: with the objects as they were kept, and without what is a program's:
/// that it is one, its place, where it searches, and linking copies that are named by absolute paths (`copies`).
fn code_words(recorded: Vec<String>, objects: &[PathBuf], copies: Option<&str>) -> Vec<String> {
    let mut objects: Vec<String> = objects.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    let mut words = Vec::new();
    let mut recorded = recorded.into_iter();
    while let Some(word) = recorded.next() {
        // rustc's own objects are gone by now; those that somebody names are not.
        let is_own = word.ends_with(".rcgu.o") || (word.ends_with(".o") && !Path::new(&word).exists());
        if is_own {
            words.append(&mut objects);
        } else if word == "-o" {
            recorded.next();
        } else if word != "-pie" && copies != Some(word.as_str()) && !word.starts_with("-Wl,-rpath,") {
            words.push(word);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_programs_words_become_those_of_its_code() {
        let folder = crate::test_folder("code-words");
        let kept = folder.join("kept.o");
        files::write(&kept, b"").unwrap();
        let recorded = words(&format!(
            "-m64 /gone/symbols.o /gone/a.rcgu.o {} -Wl,--as-needed /s/liba.so -lc -L/copies -L /s/native -Wl,-rpath,/s/lib -o /b/program -pie -Wl,-z,now",
            kept.display()
        ));
        let objects = [PathBuf::from("/dev/objects/a.o")];
        let expected = words(&format!(
            "-m64 /dev/objects/a.o {} -Wl,--as-needed /s/liba.so -lc -L /s/native -Wl,-z,now",
            kept.display()
        ));
        assert_eq!(code_words(recorded, &objects, Some("-L/copies")), expected);
    }

    #[test]
    fn the_code_exports_what_the_program_did() {
        let names = BTreeSet::from(["hook", "main"]);
        assert_eq!(
            version_script(&names),
            "{\n  global:\n    hook;\n    main;\n  local:\n    *;\n};\n"
        );
    }
}
