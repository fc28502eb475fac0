//! Libraries that cannot be shared objects: they go into each program above them, and so does all that is between.
//!
//! The linker gathers the elements of a slice (of the crate linkme, or of anyone who reads `__start_NAME`) from one file
//! alone, so a slice to which several crates add would silently lack elements if they were shared objects. What decides
//! is what the compiled objects show.

use crate::archive;
use crate::compile::add_output_folder;
use crate::describe::Made;
use crate::driver;
use crate::elf::{self, Elf, PLACES_IN_FILE};
use crate::failure::{Failure, Phase, Result};
use crate::files;
use crate::hidden;
use crate::native::Prepared;
use crate::rustc::Compilation;
use std::collections::BTreeSet;
use std::path::Path;

/// The symbols by which the first and the last element of a section are found begin so; the rest is its name.
const BOUNDS: [&str; 2] = ["__start_", "__stop_"];

/// The sections of an object that are slices: those whose bounds the linker would define, since their names are
/// identifiers of C, and those whose bounds the object asks for.
#[must_use]
pub fn slices(object: &Elf) -> BTreeSet<String> {
    let named = object.sections.iter().map(|section| section.name.as_str());
    let symbols = object.symbols();
    let asked = symbols
        .iter()
        .filter(|symbol| !symbol.defined)
        .filter_map(|symbol| BOUNDS.iter().find_map(|bound| symbol.name.strip_prefix(bound)));
    // What is to run before everything else runs only if it is in the program: loaders don't ask shared objects for it.
    let early = |name: &str| name == ".preinit_array" || name.starts_with(".preinit_array.");
    named
        .filter(|name| is_identifier(name) || early(name))
        .chain(asked)
        .map(str::to_owned)
        .collect()
}

/// The first place in a program's file that an object asks the linker for. Another file than the program's has other such places.
#[must_use]
pub fn place_in_file(object: &Elf) -> Option<&'static str> {
    let symbols = object.symbols();
    let asked = |place: &&&str| {
        let mut asking = symbols.iter().filter(|symbol| !symbol.defined);
        asking.any(|symbol| symbol.name == **place)
    };
    PLACES_IN_FILE.iter().find(asked).copied()
}

fn is_identifier(name: &str) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_';
    let mut bytes = name.as_bytes().iter();
    bytes.next().is_some_and(letter) && bytes.all(|byte| letter(byte) || byte.is_ascii_digit())
}

/// Why a library is in each program that uses it.
#[derive(Debug, Clone)]
pub struct Inside {
    /// The rest of a sentence.
    pub reason: String,
    /// Whether its code is for programs alone in all forms: the relinker finds all other reasons itself.
    pub in_all_forms: bool,
}

/// Compiles a library as an archive, and keeps its objects beside it.
///
/// # Errors
/// If it does not compile, or its outputs cannot be written.
pub fn library(compilation: &Compilation, prepared: Prepared, inside: &Inside) -> Result<Made> {
    let input = compilation.input;
    eprintln!(
        "note: {} {} goes into each program that uses it: {}",
        input.unit.package, input.unit.version, inside.reason
    );
    let (dev, out) = (input.output("dev")?, input.output("out")?);
    let folder = dev.join("lib");
    files::make_folder(&folder)?;
    files::make_folder(out)?;
    let mut call = compilation.call("rlib")?;
    add_output_folder(compilation, &mut call, &folder);
    for lib in &prepared.libs {
        call.option("-l", lib);
    }
    call.arg(compilation.root_argument());
    compilation
        .run(&call)
        .map_err(|(failure, _)| failure)
        .during("compiling the library")?;
    let file = folder.join(compilation.file_name("rlib"));
    keep_objects(&file, &dev.join("objects"), &hidden::paths(input))?;
    Ok(Made {
        file: Some(file),
        prepared,
        for_programs_alone: inside.in_all_forms,
        ..Made::default()
    })
}

/// Copies the code objects out of an archive of rustc. Symbols of an allocator are made visible: libstd calls them.
fn keep_objects(file: &Path, to: &Path, hidden: &[String]) -> Result<()> {
    let mut bytes = files::read(file)?;
    let members =
        archive::members(&bytes).ok_or_else(|| Failure::message(format!("{} is not an archive", file.display())))?;
    let mut changed = 0;
    for member in members.into_iter().filter(|member| member.name.ends_with(".rcgu.o")) {
        let object = &mut bytes[member.content];
        changed += elf::show_symbols(object, |symbol| {
            symbol.defined && driver::is_allocator_symbol(symbol.name)
        });
        changed += hidden::overwrite(object, hidden).len();
        files::write(&to.join(&member.name), object)?;
    }
    if changed > 0 {
        files::write(file, &bytes)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    // A library that looks whether something is in the program's data saw the bounds of its own shared object.
    #[test]
    fn places_in_the_programs_file_are_known() {
        let folder = crate::test_folder("places");
        let source = "extern char end[]; extern char edata[]; char *f(void) { return end; }\n\
                      int edata_of(void) { return 1; }\n";
        files::write(&folder.join("a.c"), source.as_bytes()).unwrap();
        files::write(&folder.join("b.c"), b"char end[1]; char *f(void) { return end; }\n").unwrap();
        let made = Command::new("cc")
            .current_dir(&folder)
            .args(["-c", "a.c", "b.c"])
            .status();
        assert!(made.unwrap().success());
        let found = |name: &str| place_in_file(&Elf::parse(&files::read(&folder.join(name)).unwrap()).unwrap());
        assert_eq!([found("a.o"), found("b.o")], [Some("end"), None]);
    }

    #[test]
    fn slices_are_sections_with_names_of_c_and_those_that_are_asked_for() {
        let folder = crate::test_folder("slices");
        let source = "extern int __start_READ[], __stop_READ[];\n\
                      __attribute__((section(\"linkme_FILLED\"))) int element = 1;\n\
                      __attribute__((section(\".own\"))) int other = 1;\n\
                      int f(void) { return __stop_READ - __start_READ; }\n";
        files::write(&folder.join("a.c"), source.as_bytes()).unwrap();
        let made = Command::new("cc").current_dir(&folder).args(["-c", "a.c"]).status();
        assert!(made.unwrap().success());
        let bytes = files::read(&folder.join("a.o")).unwrap();
        let found = slices(&Elf::parse(&bytes).unwrap());
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["READ", "linkme_FILLED"]);
    }
}
