//! Programs that have to be one file: their linker decides what their symbols mean, and it can do that only where all is
//! linked together.
//!
//! Two crates may define one symbol. Where both are linked into a program that is an error; or the linker needs just one of
//! them, and that one serves all. Shared objects give each its own instead, without a word. And a program may ask its
//! linker for what acts on all that is linked (`--wrap`). Such a program is linked again, from the objects of its crates
//! and of std, as Cargo would link it. Its crates are not compiled again, and stay shared objects for all other programs.

use crate::archives::{Form, Linked};
use crate::definitions::{self, Definitions, is_array};
use crate::dependencies::Dependency;
use crate::describe;
use crate::driver;
use crate::elf::Elf;
use crate::environment;
use crate::failure::{Context, Result};
use crate::files;
use crate::inside;
use crate::libstd;
use crate::link::{self, Link};
use crate::link_arguments::acts_on_all;
use crate::linking_copies;
use crate::native::Prepared;
use crate::node::{Native, Whole};
use crate::process::Call;
use crate::rustc::Compilation;
use crate::unbound;
use crate::unneeded;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What rustc's own link is told where arguments are withheld from it: they may define what it lacks.
pub const UNRESOLVED: &str = "-Wl,--warn-unresolved-symbols";

/// What a program is made of, as far as symbols go.
struct Part {
    name: String,
    shared: bool,
    definitions: Definitions,
}

/// The link arguments that act on all that is linked, of those that are meant for this link alone and of Cargo's
/// configuration; the files that name further arguments are read.
///
/// # Errors
/// If such a file cannot be read.
pub fn acting(compilation: &Compilation, arguments: &[String]) -> Result<Vec<String>> {
    let mut all = arguments.to_vec();
    all.extend(compilation.input.link_flags());
    let mut all = driver::expand(all, &compilation.layout.work)?;
    all.retain(|argument| acts_on_all(argument));
    Ok(all)
}

/// Whether a file is a crate's library, or one of its archives.
fn is_ours(crates: &[&Dependency], name: &str) -> bool {
    let is_named = |path: &PathBuf| path.file_name().is_some_and(|file| file == name);
    crates.iter().any(|Dependency { node, .. }| {
        let natives = node.natives.iter().filter_map(|native| native.shared.as_ref());
        natives.chain(&node.library).any(is_named)
    })
}

/// Links a program again, as one file, if it has to be one; returns why. `arguments` are those that are meant for this link
/// alone, `withheld` those of them that rustc was not told, `program` is what rustc linked, if the linker did not refuse it because it has to be
/// one file (`refused`, in its words).
///
/// # Errors
/// If it cannot be linked, as where two definitions of a symbol meet.
pub fn mend(
    compilation: &Compilation,
    prepared: &Prepared,
    arguments: &[String],
    withheld: &[String],
    refused: Option<String>,
    program: &Path,
) -> Result<Option<Whole>> {
    let crates = compilation.dependencies.linked(&compilation.records.arguments)?;
    let crates = crates.unwrap_or_default();
    let clash = clash(&parts(compilation, prepared, &crates)?);
    let acting = acting(compilation, arguments)?;
    let acting = acting
        .first()
        .map(|argument| format!("`{argument}` acts on all that is linked"));
    let refused = refused.map(|error| Whole {
        reason: format!("its code is for one file alone: {error}"),
        in_all_forms: true,
    });
    let whole = match refused.or(clash.clone().or(acting).map(Whole::in_this_form)) {
        Some(whole) => Some(whole),
        // What a library for other languages lacks its host may have.
        None if compilation.input.unit.c_type.is_some() => {
            own_allocator(compilation, &crates)?.map(Whole::in_this_form)
        }
        None => match unbound::whole(program, |name| is_ours(&crates, name))? {
            Some(whole) => Some(whole),
            None => unneeded::reason(compilation.input.output("dev")?, &prepared.natives, &crates, program)?
                .map(Whole::in_this_form),
        },
    };
    let Some(whole) = whole else {
        return Ok(None);
    };
    let unit = &compilation.input.unit;
    eprintln!(
        "note: {} {} is linked as one file: {}",
        unit.package, unit.version, whole.reason
    );
    link(compilation, prepared, &crates, withheld, program).map_err(|failure| match clash {
        Some(clash) => failure.with_advice(&format!(
            "{clash}. Cargo's linker has the same two definitions: a program cannot use both."
        )),
        None => failure,
    })?;
    Ok(Some(whole))
}

/// Why a library for other languages cannot share std, if it has an allocator: where its host has std already, that one takes its memory from
/// another, and each would be given back what is not its own.
fn own_allocator(compilation: &Compilation, crates: &[&Dependency]) -> Result<Option<String>> {
    let unit = &compilation.input.unit;
    let own = describe::inspect(compilation.input.output("dev")?)?.allocator;
    let mut nodes = crates.iter().map(|dependency| &dependency.node);
    let of_crate = || {
        nodes
            .find(|node| node.allocator)
            .map(|node| (&node.package, &node.version))
    };
    let found = own.then_some((&unit.package, &unit.version)).or_else(of_crate);
    Ok(found.map(|(package, version)| format!("{package} {version} replaces the allocator, which its host may not")))
}

/// The parts of a program: first its own objects and archives, then the crates' in the order in which they are linked.
fn parts(compilation: &Compilation, prepared: &Prepared, crates: &[&Dependency]) -> Result<Vec<Part>> {
    let unit = &compilation.input.unit;
    let own = describe::inspect(compilation.input.output("dev")?)?.definitions;
    let mut parts = vec![Part {
        name: format!("{} {}", unit.package, unit.version),
        shared: false,
        definitions: own,
    }];
    let archive = |owner: &str, name: &str, shared: bool, definitions: Definitions| Part {
        name: format!("{owner} (lib{name}.a)"),
        shared,
        definitions,
    };
    for (name, definitions) in &prepared.definitions {
        let owner = parts[0].name.clone();
        parts.push(archive(&owner, name, false, definitions.clone()));
    }
    for Dependency { dev, node } in crates {
        let owner = format!("{} {}", node.package, node.version);
        let (objects, archives) = definitions::read(dev)?;
        for (name, definitions) in archives {
            let shared = node
                .natives
                .iter()
                .any(|native| native.name == name && native.shared.is_some());
            parts.push(archive(&owner, &name, shared, definitions));
        }
        parts.push(Part {
            name: owner,
            shared: !node.is_inside(),
            definitions: objects,
        });
    }
    Ok(parts)
}

/// Two parts that define one symbol and of which one at least is a shared object, in a sentence.
fn clash(parts: &[Part]) -> Option<String> {
    let mut first: BTreeMap<&str, &Part> = BTreeMap::new();
    for part in parts {
        for name in part.definitions.names() {
            match first.get(name.as_str()) {
                Some(other) if other.shared || part.shared => {
                    return Some(format!("{} and {} both define `{name}`", other.name, part.name));
                }
                Some(_) => {}
                None => drop(first.insert(name, part)),
            }
        }
    }
    None
}

/// Links the program as rustc did, with the objects of its crates and of std in place of their shared objects.
fn link(
    compilation: &Compilation,
    prepared: &Prepared,
    crates: &[&Dependency],
    withheld: &[String],
    program: &Path,
) -> Result<()> {
    let input = compilation.input;
    let dev = input.output("dev")?;
    let natives = || crates.iter().flat_map(|dependency| &dependency.node.natives);
    let mut contents = vec!["-Wl,--start-group".to_owned()];
    contents.extend(texts(&objects(dev)?));
    let std = libstd::static_std(input)?;
    contents.extend(asking(compilation, crates, &std.allocator)?);
    contents.extend(archives(&prepared.natives));
    for (index, Dependency { dev, node }) in crates.iter().enumerate() {
        let (kept, taken_if_needed) = split(objects(dev)?)?;
        contents.extend(texts(&kept));
        if !taken_if_needed.is_empty() {
            let name = format!("{index}-{}.a", node.crate_name);
            contents.push(pack(compilation, &name, &taken_if_needed)?);
        }
        contents.extend(archives(&node.natives));
    }
    let std_archive = pack(compilation, "std.a", &std.objects)?;
    give_way(compilation, &std_archive, &std.allocator)?;
    contents.push(std_archive);
    contents.push("-Wl,--end-group".to_owned());
    contents.extend(std.options);

    let is_native_folder = |folder: &str| {
        let mut folders = crates.iter().map(|dependency| dependency.dev.join("native"));
        folders.any(|known| known == Path::new(folder))
    };
    let sysroot = input.toolchain.sysroot.clone().unwrap_or_default();
    let mut words: Vec<String> = Vec::new();
    let recorded = compilation.records.arguments()?.unwrap_or_default();
    for word in recorded.into_iter().filter(|word| word != UNRESOLVED) {
        let is_crate = crates.iter().any(|dependency| dependency.file() == Path::new(&word));
        let is_std = word.ends_with(".so") && Path::new(&word).starts_with(&sysroot);
        // rustc's own objects are gone by now; those that somebody names are not.
        let is_own = word.ends_with(".rcgu.o") || (word.ends_with(".o") && !Path::new(&word).exists());
        let is_path = words.last().is_some_and(|last| last == "-L");
        if is_crate || is_std || is_own {
            words.append(&mut contents);
        } else if is_path && is_native_folder(&word) {
            words.pop();
        } else {
            words.push(word);
        }
    }
    // Without -L for the crates' shared objects, all that is called as one of their archives is one.
    let as_archive = |native: &Native| Linked {
        name: native.name.clone(),
        path: native.archive.to_string_lossy().into_owned(),
        archive: native.archive.to_string_lossy().into_owned(),
        form: Form::Archive,
        owner: None,
    };
    let as_archives: Vec<Linked> = natives().chain(&prepared.natives).map(as_archive).collect();
    let folders = driver::folders(&words);
    let folders: Vec<&Path> = folders.iter().map(PathBuf::as_path).collect();
    let mut words = crate::archives::arrange(words, &as_archives, &folders);
    words.extend(withheld.iter().cloned());

    if program.exists() {
        std::fs::remove_file(program).file("remove", program)?;
    }
    let mut call = link::again(compilation)?;
    call.env(
        driver::LINKING_COPIES,
        input.top.join(linking_copies::FOLDER).to_string_lossy(),
    );
    Link::new(compilation, prepared).tell_libraries(&mut call)?;
    call.args(words);
    call.show();
    call.run()
}

/// The objects in a `dev` output.
fn objects(dev: &Path) -> Result<Vec<PathBuf>> {
    let folder = dev.join("objects");
    if folder.is_dir() {
        files::list(&folder)
    } else {
        Ok(Vec::new())
    }
}

fn texts(paths: &[PathBuf]) -> impl Iterator<Item = String> {
    paths.iter().map(|path| path.to_string_lossy().into_owned())
}

/// A crate's objects: those that are linked in any case, since they have something that is `#[used]`, and the others, which
/// Cargo's linker takes from the crate's rlib only if something needs them.
fn split(objects: Vec<PathBuf>) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let mut kept = Vec::new();
    let mut taken_if_needed = Vec::new();
    for object in objects {
        let bytes = files::read(&object)?;
        let is_kept = Elf::parse(&bytes).is_some_and(|elf| {
            let mut sections = elf.sections.iter();
            sections.any(|section| section.retained || is_array(&section.name)) || !inside::slices(&elf).is_empty()
        });
        let list = if is_kept { &mut kept } else { &mut taken_if_needed };
        list.push(object);
    }
    Ok((kept, taken_if_needed))
}

/// An object that asks for all that crates define under names without a hash (`#[no_mangle]`), as rustc's own `symbols.o` does, and for the
/// functions of the allocator that one of them brings; nothing if there is no such name.
fn asking(compilation: &Compilation, crates: &[&Dependency], allocator: &[String]) -> Result<Option<String>> {
    let mut text = String::new();
    let mut ask = |name: &str| {
        let escaped = name.replace('\\', "\\\\").replace('"', "\\\"");
        text.push_str(&format!(".globl \"{escaped}\"\n"));
    };
    for Dependency { dev, node } in crates {
        definitions::read(dev)?.0.names().for_each(|name| ask(name));
        if node.allocator {
            allocator.iter().for_each(|name| ask(name));
        }
    }
    if text.is_empty() {
        return Ok(None);
    }
    let input = compilation.input;
    let source = input.top.join("symbols.s");
    let object = input.top.join("symbols.o").to_string_lossy().into_owned();
    files::write(&source, text.as_bytes())?;
    let mut call = Call::new(&input.toolchain.target_cc("cc"), &input.top);
    call.envs(&environment::base(input)?);
    call.arg("-c").arg(source.to_string_lossy()).arg("-o").arg(&object);
    call.run()?;
    Ok(Some(object))
}

fn archives(natives: &[Native]) -> Vec<String> {
    let mut words = Vec::new();
    for native in natives {
        let archive = native.archive.to_string_lossy().into_owned();
        if native.whole {
            words.extend([
                "-Wl,--whole-archive".to_owned(),
                archive,
                "-Wl,--no-whole-archive".to_owned(),
            ]);
        } else {
            words.push(archive);
        }
    }
    words
}

/// Makes one archive of objects.
fn pack(compilation: &Compilation, name: &str, objects: &[PathBuf]) -> Result<String> {
    let input = compilation.input;
    let folder = input.top.join("archives");
    files::make_folder(&folder)?;
    let archive = folder.join(name).to_string_lossy().into_owned();
    let mut call = Call::new(&input.toolchain.target_tool("ar"), &input.top);
    call.envs(&environment::base(input)?);
    // Added, not replaced: objects of several crates may have one name.
    call.arg("qcs").arg(&archive);
    call.args(texts(objects));
    call.run()?;
    Ok(archive)
}

/// Has other definitions take the place of what a program may bring itself: std's allocator, and that with which std's panics begin, for which
/// the program's own object is where it aborts.
fn give_way(compilation: &Compilation, archive: &str, allocator: &[String]) -> Result<()> {
    let input = compilation.input;
    let abort = compilation.abort().into_iter().flat_map(|abort| &abort.functions);
    let mut call = Call::new(&input.toolchain.target_tool("objcopy"), &input.top);
    call.envs(&environment::base(input)?);
    call.args(
        allocator
            .iter()
            .chain(abort)
            .map(|function| format!("--weaken-symbol={function}")),
    );
    call.arg(archive).run()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, shared: bool, strong: &[&str], weak: &[&str]) -> Part {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let definitions = Definitions {
            strong: set(strong),
            weak: set(weak),
            ..Definitions::default()
        };
        Part {
            name: name.to_owned(),
            shared,
            definitions,
        }
    }

    #[test]
    fn a_symbol_of_two_parts_is_a_clash_if_one_is_a_shared_object() {
        let program = part("program", false, &["main", "hook"], &[]);
        let inside = part("inside", false, &[], &["hook"]);
        let shared = part("shared", true, &["sum"], &[]);
        assert_eq!(clash(&[program, inside, shared]), None);
        let program = part("program", false, &["hook"], &[]);
        let shared = part("shared 1.0.0", true, &["hook"], &[]);
        let said = clash(&[program, shared]).unwrap();
        assert_eq!(said, "program and shared 1.0.0 both define `hook`");
    }
}
