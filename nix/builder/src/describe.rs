//! What `node.json` says of a finished unit.

use crate::elf::Elf;
use crate::failure::{Failure, Result};
use crate::files;
use crate::json::Value;
use crate::linker;
use crate::native::{self, Prepared};
use crate::node::SCHEMA;
use crate::rustc::Compilation;
use crate::unit::{Kind, Linkage};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a finished unit's `node.json` says beyond its input.
#[derive(Default)]
pub struct Made {
    /// What consumers pass to rustc.
    pub file: Option<PathBuf>,
    /// The name by which others need it.
    pub soname: Option<PathBuf>,
    /// The program in `out`.
    pub program: Option<PathBuf>,
    /// Its native libraries.
    pub prepared: Prepared,
    /// What the build script asked for this link alone.
    pub link_arguments: Vec<String>,
    /// Whether something runs when it is loaded.
    pub constructors: bool,
}

/// What the unit's own objects show: their names, whether they replace the allocator, and their linkme sections.
fn inspect(dev: &Path) -> Result<(Vec<String>, bool, Vec<String>)> {
    let folder = dev.join("objects");
    let (mut names, mut allocator, mut linkme) = (Vec::new(), false, Vec::new());
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
        names.push(format!(
            "objects/{}",
            path.file_name().unwrap_or_default().to_string_lossy()
        ));
        allocator |= elf
            .symbols()
            .iter()
            .any(|symbol| symbol.defined && linker::is_allocator_symbol(symbol.name));
        let slices = elf.sections.iter().map(|section| &section.name);
        linkme.extend(slices.filter(|name| name.starts_with(SLICE)).cloned());
    }
    linkme.sort();
    linkme.dedup();
    Ok((names, allocator, linkme))
}

/// The section that linkme puts a slice's elements into begins so; the rest is the slice's name.
const SLICE: &str = "linkme_";

/// A linkme slice ends where its shared object ends: one that several crates add to would silently lack elements.
fn check_slices(compilation: &Compilation, own: &[String]) -> Result<()> {
    let mut owners: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let units = compilation
        .closure
        .iter()
        .map(|node| (node.value.text("package").to_owned(), node.value.strings("linkme")));
    for (package, sections) in units.chain([(compilation.input.unit.package.clone(), own.to_vec())]) {
        for slice in sections.iter().filter_map(|section| section.strip_prefix(SLICE)) {
            owners.entry(slice.to_owned()).or_default().push(package.clone());
        }
    }
    match owners.into_iter().find(|(_, packages)| packages.len() > 1) {
        None => Ok(()),
        Some((slice, packages)) => Err(Failure::message(format!(
            "the linkme slice {slice} has elements in several crates ({}), which shared objects cannot give it; \
             build this program with linkage = \"static\"",
            packages.join(", ")
        ))),
    }
}

/// The `node.json` of a finished unit.
///
/// # Errors
/// If its objects cannot be read, or a finding about them makes a shared object of it wrong.
pub fn describe(compilation: &Compilation, made: &Made) -> Result<Value> {
    let input = compilation.input;
    let unit = &input.unit;
    let dev = input.output("dev")?;
    let (objects, allocator, linkme) = inspect(dev)?;
    if made.program.is_some() && compilation.is_dynamic() {
        check_slices(compilation, &linkme)?;
    }
    let mut searches: Vec<String> = compilation
        .script
        .iter()
        .flat_map(|script| script.searches.clone())
        .collect();
    let mut natives: Vec<Value> = Vec::new();
    for native in &made.prepared.natives {
        natives.push(Value::object([
            ("name", (&native.name).into()),
            ("archive", (&native.archive).into()),
            ("shared", (&native.shared).into()),
        ]));
    }
    if !natives.is_empty() {
        searches.insert(0, native::folder(dev));
    }
    let foreign = made
        .prepared
        .libs
        .iter()
        .map(|value| native::library(value))
        .filter(|library| {
            library.kind != "static" && !made.prepared.natives.iter().any(|native| native.name == library.name)
        });
    let of_kind = |kind: Kind| -> Value {
        let nodes = compilation
            .direct
            .iter()
            .filter(|(_, node)| node.value.text("kind") == kind.name());
        let mut devs: Vec<&Path> = nodes.map(|(_, node)| node.dev.as_path()).collect();
        devs.dedup();
        devs.into_iter().collect()
    };
    Ok(Value::object([
        ("schema", Value::Number(SCHEMA)),
        ("kind", unit.kind.name().into()),
        (
            "linkage",
            if unit.linkage == Linkage::Dylib && !unit.host {
                "dylib"
            } else {
                "rlib"
            }
            .into(),
        ),
        ("package", (&unit.package).into()),
        ("version", (&unit.version).into()),
        ("crate", unit.crate_name().into()),
        ("id", (&compilation.id).into()),
        ("target", if unit.host { &input.host } else { &input.target }.into()),
        ("rustc", compilation.facts.rustc.clone().into()),
        ("out", input.outputs.get("out").into()),
        ("file", made.file.as_ref().into()),
        ("soname", made.soname.as_ref().into()),
        ("program", made.program.as_ref().into()),
        ("libstd", input.toolchain.libstd.as_ref().into()),
        ("sysroot", input.toolchain.sysroot.as_ref().into()),
        ("objects", objects.into_iter().collect()),
        ("natives", Value::Array(natives)),
        (
            "linkArguments",
            foreign.map(|library| format!("-l{}", library.name)).collect(),
        ),
        ("ownLinkArguments", made.link_arguments.iter().cloned().collect()),
        ("searches", searches.into_iter().collect()),
        ("dependencies", of_kind(Kind::Lib)),
        ("macros", of_kind(Kind::ProcMacro)),
        ("constructors", made.constructors.into()),
        ("allocator", (allocator && compilation.is_dynamic()).into()),
        ("linkme", linkme.into_iter().collect()),
    ]))
}
