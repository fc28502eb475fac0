//! What `node.json` says of a finished unit.

use crate::archive;
use crate::definitions::{self, Definitions};
use crate::dependencies::Dependency;
use crate::driver;
use crate::elf::Elf;
use crate::failure::{Failure, Result};
use crate::files;
use crate::inside;
use crate::kind::{Kind, Linkage};
use crate::linking_copies;
use crate::native::{self, Prepared};
use crate::node::{Native, Node, Whole};
use crate::rustc::Compilation;
use crate::strip::keeps_function_names;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What a finished unit's `node.json` says beyond its input.
#[derive(Default)]
pub struct Made {
    /// What consumers pass to rustc.
    pub file: Option<PathBuf>,
    /// The shared object in `out`; its file name is that by which others need it.
    pub library: Option<PathBuf>,
    /// The program in `out`.
    pub program: Option<PathBuf>,
    /// Its native libraries.
    pub prepared: Prepared,
    /// What the build script asked for this link alone.
    pub link_arguments: Vec<String>,
    /// Whether something runs when it is loaded.
    pub constructors: bool,
    /// Where the program looks for what is loaded by name.
    pub run_paths: Vec<String>,
    /// Whether a library's code is for programs alone, in all forms.
    pub for_programs_alone: bool,
    /// Why the program is one file, with its crates and std inside, if it is.
    pub whole: Option<Whole>,
}

/// What a unit's own objects show.
#[derive(Debug, Default)]
pub struct Findings {
    /// Their names, relative to the `dev` output.
    pub objects: Vec<PathBuf>,
    /// Whether they replace the allocator.
    pub allocator: bool,
    /// Sections whose elements the linker gathers (see [`inside::slices`]).
    pub slices: Vec<String>,
    /// A place in the program's file that they ask the linker for.
    pub place_in_file: Option<&'static str>,
    /// Names that mean one thing in the whole program.
    pub definitions: Definitions,
}

/// Looks at the objects in a `dev` output.
///
/// # Errors
/// If one cannot be read.
pub fn inspect(dev: &Path) -> Result<Findings> {
    let folder = dev.join("objects");
    let mut findings = Findings::default();
    let mut slices = BTreeSet::new();
    for path in if folder.is_dir() {
        files::list(&folder)?
    } else {
        Vec::new()
    } {
        let bytes = files::read(&path)?;
        let Some(elf) = Elf::parse(&bytes) else {
            return Err(Failure::message(format!(
                "{}: not an object for a supported platform",
                path.display()
            )));
        };
        findings
            .objects
            .push(Path::new("objects").join(path.file_name().unwrap_or_default()));
        findings.allocator |= elf
            .symbols()
            .iter()
            .any(|symbol| symbol.defined && driver::is_allocator_symbol(symbol.name));
        slices.extend(inside::slices(&elf));
        findings.place_in_file = findings.place_in_file.or_else(|| inside::place_in_file(&elf));
        findings.definitions.add(&elf);
    }
    findings.slices = slices.into_iter().collect();
    Ok(findings)
}

/// The foreign libraries, and archives of others' build scripts, that only a `#[link]` asks for, as rustc told the linker: of the folders in which
/// the unit and those below it look, and of those that the C compiler knows. And the C++ library, where an archive needs it.
fn attributed(compilation: &Compilation, made: &Made) -> Result<Vec<String>> {
    let mut list: Vec<String> = Vec::new();
    let searches = compilation.searches();
    let folders: Vec<&Path> = searches.iter().map(|search| native::search_folder(search)).collect();
    let is_known = |name: &str| {
        let mut natives = compilation.dependencies.natives().chain(&made.prepared.natives);
        let mut said = made.prepared.libs.iter();
        natives.any(|native| native.name == name) || said.any(|value| native::library(value).name == name)
    };
    // Behind std stands what std and other crates ask for.
    let is_of_std = |word: &String| word.contains("/libstd-") || word.contains("/libcompiler_builtins-");
    let words = compilation.records.arguments()?.unwrap_or_default();
    for argument in words.into_iter().take_while(|word| !is_of_std(word)) {
        let name = argument.strip_prefix("-l");
        if name.is_none_or(is_known) || list.contains(&argument) {
            continue;
        }
        let files = files_of(&argument);
        let is_in = |folder: &&Path| files.iter().any(|file| folder.join(file).exists());
        let mut is_there = folders.iter().any(is_in);
        for file in &files {
            is_there = is_there || linking_copies::asked(compilation.input, file)?.is_some();
        }
        if is_there {
            list.push(argument);
        }
    }
    let asked = made
        .prepared
        .libs
        .iter()
        .any(|value| native::library(value).name == "stdc++");
    for native in made.prepared.natives.iter().filter(|_| !asked) {
        if !list.iter().any(|known| known == "-lstdc++") && needs_plus(native)? {
            list.push("-lstdc++".to_owned());
        }
    }
    Ok(list)
}

/// The files that a linker looks for because of an argument.
fn files_of(argument: &str) -> Vec<String> {
    let name = argument.strip_prefix("-l").unwrap_or_default();
    match name.strip_prefix(':') {
        Some(file) => vec![file.to_owned()],
        None => [".so", ".a"].map(|extension| format!("lib{name}{extension}")).to_vec(),
    }
}

/// Whether an archive, or what was made of it, needs the C++ library.
fn needs_plus(native: &Native) -> Result<bool> {
    if let Some(shared) = &native.shared {
        return Ok(needed(shared)?.iter().any(|path| path.starts_with("libstdc++.so")));
    }
    let bytes = files::read(&native.archive)?;
    let of_plus = |name: &str| {
        ["_ZSt", "_ZNSt", "_ZNKSt", "__gxx_personality", "__cxa_throw"]
            .iter()
            .any(|start| name.starts_with(start))
    };
    Ok(archive::members(&bytes).unwrap_or_default().into_iter().any(|member| {
        let symbols = Elf::parse(&bytes[member.content])
            .map(|elf| elf.symbols())
            .unwrap_or_default();
        symbols.iter().any(|symbol| !symbol.defined && of_plus(symbol.name))
    }))
}

/// What a shared object needs.
fn needed(file: &Path) -> Result<Vec<String>> {
    let bytes = files::read(file)?;
    let needed = Elf::parse(&bytes).map(|elf| elf.needed()).unwrap_or_default();
    Ok(needed.into_iter().map(str::to_owned).collect())
}

/// The `node.json` of a finished unit.
///
/// # Errors
/// If its objects cannot be read.
pub fn describe(compilation: &Compilation, made: &Made) -> Result<Node> {
    let input = compilation.input;
    let unit = &input.unit;
    let dev = input.output("dev")?;
    let Findings {
        objects,
        allocator,
        slices,
        definitions: defined,
        ..
    } = inspect(dev)?;
    let mut searches = compilation.own_searches();
    let natives = &made.prepared.natives;
    if natives.iter().any(|native| native.shared.is_some()) {
        searches.insert(0, native::folder(dev));
    }
    definitions::write(dev, &defined, &made.prepared.definitions)?;
    let foreign = made
        .prepared
        .libs
        .iter()
        .map(|value| native::library(value))
        .filter(|library| !made.prepared.natives.iter().any(|native| native.name == library.name));
    let foreign = foreign.map(|library| match library.kind {
        // An archive of another package's build script: rustc has taken it from there.
        "static" => format!("-l:{}", library.file().0),
        _ => format!("-l{}", library.name),
    });
    let link_arguments: Vec<String> = foreign.chain(attributed(compilation, made)?).collect();
    let files: Vec<String> = link_arguments.iter().flat_map(|argument| files_of(argument)).collect();
    // Where a package looks that the crate does not use otherwise.
    for search in compilation.searches() {
        let folder = native::search_folder(&search);
        if !searches.contains(&search) && files.iter().any(|file| folder.join(file).exists()) {
            searches.push(search);
        }
    }
    let dependencies = &compilation.dependencies;
    let linked = dependencies.linked(&compilation.records.arguments)?;
    let is_linked = |dependency: &&Dependency| match &linked {
        Some(linked) => linked.iter().any(|other| other.dev == dependency.dev),
        None => true,
    };
    let devs = |list: &mut dyn Iterator<Item = &Dependency>| {
        let mut devs: Vec<PathBuf> = list.map(|dependency| dependency.dev.clone()).collect();
        devs.dedup();
        devs
    };
    let has_crates = unit.kind != Kind::Lib || unit.test;
    let is_dynamic = compilation.is_dynamic();
    let soname = made.library.as_deref().and_then(Path::file_name);
    let foreign_libraries = compilation.records.foreign()?;
    Ok(Node {
        kind: unit.kind,
        linkage: match is_dynamic && (has_crates || made.library.is_some()) {
            true => Linkage::Dylib,
            false => Linkage::Rlib,
        },
        package: unit.package.clone(),
        version: unit.version.clone(),
        crate_name: unit.crate_name(),
        id: unit.id.clone(),
        target: if unit.host { &input.host } else { &input.target }.clone(),
        rustc: compilation.facts.rustc.clone(),
        out: input.outputs.get("out").cloned(),
        file: made.file.clone(),
        soname: soname.map(|name| name.to_string_lossy().into_owned()),
        library: made.library.clone(),
        program: made.program.clone(),
        libstd: input.toolchain.libstd.clone(),
        sysroot: input.toolchain.sysroot.clone(),
        objects,
        natives: natives.clone(),
        link_arguments,
        foreign: foreign_libraries
            .iter()
            .map(|(soname, path)| (soname.to_owned(), path.to_owned()))
            .collect(),
        own_link_arguments: made.link_arguments.clone(),
        searches,
        dependencies: devs(&mut dependencies.direct_of_kind(Kind::Lib).filter(is_linked)),
        crates: match &linked {
            Some(linked) if has_crates => Some(linked.iter().map(|dependency| dependency.dev.clone()).collect()),
            _ => None,
        },
        macros: devs(&mut dependencies.direct_of_kind(Kind::ProcMacro)),
        constructors: made.constructors,
        run_paths: made.run_paths.iter().map(PathBuf::from).collect(),
        runtime_libraries: input.runtime_libraries.clone(),
        whole: made.whole.clone(),
        for_programs_alone: made.for_programs_alone,
        function_names: keeps_function_names(input),
        exports: unit.kind == Kind::Lib && defined.names().next().is_some(),
        allocator: allocator && is_dynamic,
        slices,
    })
}
