//! What `node.json` says of a finished unit.

use crate::archive;
use crate::definitions::{self, Definitions};
use crate::elf::Elf;
use crate::failure::{Failure, Result};
use crate::files;
use crate::inside;
use crate::json::Value;
use crate::linker;
use crate::loaded::Libraries;
use crate::native::{self, Prepared};
use crate::node::{Native, Node, SCHEMA};
use crate::rustc::Compilation;
use crate::unit::Kind;
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
    /// Why the program is one file, with its crates and std inside, if it is.
    pub whole: Option<String>,
}

/// What a unit's own objects show.
#[derive(Debug, Default)]
pub struct Findings {
    /// Their names, relative to the `dev` output.
    pub objects: Vec<String>,
    /// Whether they replace the allocator.
    pub allocator: bool,
    /// Sections whose elements the linker gathers (see [`inside::slices`]).
    pub slices: Vec<String>,
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
        findings.objects.push(format!(
            "objects/{}",
            path.file_name().unwrap_or_default().to_string_lossy()
        ));
        findings.allocator |= elf
            .symbols()
            .iter()
            .any(|symbol| symbol.defined && linker::is_allocator_symbol(symbol.name));
        slices.extend(inside::slices(&elf));
        findings.definitions.add(&elf);
    }
    findings.slices = slices.into_iter().collect();
    Ok(findings)
}

/// The foreign libraries that only a `#[link]` asks for: of the packages that a crate without a build script was given, those
/// that rustc told the linker of; and the C++ library, where an archive needs it.
fn attributed(compilation: &Compilation, made: &Made) -> Result<Vec<String>> {
    let file = compilation.link_record();
    let mut list: Vec<String> = Vec::new();
    // A build script says what the crate's attributes ask for.
    if compilation.script.is_none() && file.exists() {
        let text = files::read_text(&file)?;
        for argument in text.lines().filter(|line| line.starts_with("-l")) {
            let names = [".so", ".a"].map(|extension| format!("lib{}{extension}", &argument[2..]));
            let mut folders = compilation.input.libraries.iter().map(|library| library.join("lib"));
            if folders.any(|folder| names.iter().any(|name| folder.join(name).exists()))
                && !list.iter().any(|known| known == argument)
            {
                list.push(argument.to_owned());
            }
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

/// Whether an archive, or what was made of it, needs the C++ library.
fn needs_plus(native: &Native) -> Result<bool> {
    if let Some(shared) = &native.shared {
        return Ok(needed(Path::new(shared))?
            .iter()
            .any(|path| path.starts_with("libstdc++.so")));
    }
    let bytes = files::read(Path::new(&native.archive))?;
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
pub fn describe(compilation: &Compilation, made: &Made) -> Result<Value> {
    let input = compilation.input;
    let unit = &input.unit;
    let dev = input.output("dev")?;
    let Findings {
        objects,
        allocator,
        slices,
        definitions: defined,
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
        .filter(|library| {
            library.kind != "static" && !made.prepared.natives.iter().any(|native| native.name == library.name)
        });
    let linked = compilation.linked_crates()?;
    let is_linked = |node: &Node| {
        linked
            .as_ref()
            .is_none_or(|linked| linked.iter().any(|other| other.dev == node.dev))
    };
    let of_kind = |kind: Kind| -> Value {
        let nodes = compilation
            .direct
            .iter()
            .filter(|(_, node)| node.value.text("kind") == kind.name())
            .filter(|(_, node)| kind != Kind::Lib || is_linked(node));
        let mut devs: Vec<&Path> = nodes.map(|(_, node)| node.dev.as_path()).collect();
        devs.dedup();
        devs.into_iter().collect()
    };
    let record = Some(compilation.foreign_record()).filter(|file| file.exists());
    let foreign_libraries = record
        .map(|file| Libraries::read(&file))
        .transpose()?
        .unwrap_or_default();
    Ok(Value::object([
        ("schema", Value::Number(SCHEMA)),
        ("kind", unit.kind.name().into()),
        (
            "linkage",
            if compilation.is_dynamic() && (unit.kind != Kind::Lib || unit.test || made.library.is_some()) {
                "dylib"
            } else {
                "rlib"
            }
            .into(),
        ),
        ("package", (&unit.package).into()),
        ("version", (&unit.version).into()),
        ("crate", unit.crate_name().into()),
        ("id", (&unit.id).into()),
        ("target", if unit.host { &input.host } else { &input.target }.into()),
        ("rustc", compilation.facts.rustc.clone().into()),
        ("out", input.outputs.get("out").into()),
        ("file", made.file.as_ref().into()),
        (
            "soname",
            made.library
                .as_deref()
                .and_then(Path::file_name)
                .map(|name| name.to_string_lossy().into_owned())
                .into(),
        ),
        ("library", made.library.as_ref().into()),
        ("program", made.program.as_ref().into()),
        ("libstd", input.toolchain.libstd.as_ref().into()),
        ("sysroot", input.toolchain.sysroot.as_ref().into()),
        ("objects", objects.into_iter().collect()),
        ("natives", natives.iter().map(Native::to_json).collect()),
        (
            "linkArguments",
            foreign
                .map(|library| format!("-l{}", library.name))
                .chain(attributed(compilation, made)?)
                .collect(),
        ),
        (
            "foreign",
            Value::object(foreign_libraries.iter().map(|(soname, path)| (soname, path.into()))),
        ),
        ("ownLinkArguments", made.link_arguments.iter().cloned().collect()),
        ("searches", searches.into_iter().collect()),
        ("dependencies", of_kind(Kind::Lib)),
        (
            "crates",
            match &linked {
                Some(linked) if unit.kind != Kind::Lib || unit.test => {
                    linked.iter().map(|node| node.dev.as_path()).collect()
                }
                _ => Value::Null,
            },
        ),
        ("macros", of_kind(Kind::ProcMacro)),
        ("constructors", made.constructors.into()),
        ("runPaths", made.run_paths.iter().cloned().collect()),
        ("runtimeLibraries", input.runtime_libraries.iter().cloned().collect()),
        ("whole", made.whole.clone().into()),
        ("functionNames", compilation.keeps_function_names().into()),
        (
            "exports",
            (unit.kind == Kind::Lib && defined.names().next().is_some()).into(),
        ),
        ("allocator", (allocator && compilation.is_dynamic()).into()),
        ("slices", slices.into_iter().collect()),
    ]))
}
