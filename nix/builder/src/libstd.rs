//! The derivation libstd-rust: the standard library as a shared object of its own, and the sysroot that goes with it.
//!
//! A toolchain's libstd.so is not used at run time: it looks for the C libraries by name, and has every relocation in
//! full. It is linked again, from the very objects in the toolchain's static std, with the same exports. rustc gets a copy
//! of what was linked, with the section of its metadata. A toolchain without a libstd.so (Debian's) gets one all the same:
//! what it exports is then what std's objects show, and the metadata is that of the static library.

use crate::archive;
use crate::driver;
use crate::elf::{self, Elf};
use crate::environment;
use crate::failure::{Context, Failure, Phase, Result};
use crate::files;
use crate::input::Input;
use crate::linking_copies::{self, LinkingCopies};
use crate::main_stack;
use crate::panic_abort;
use crate::process::Call;
use crate::toolchain::{self, Facts};
use std::path::{Path, PathBuf};

/// The section in which rustc looks for the metadata of a shared object.
const METADATA: &str = ".rustc";
/// What the section begins with; the length of the metadata follows, in eight bytes.
const METADATA_HEADER: &[u8] = b"rust\0\0\0\x0a";

/// Makes `out`, with libstd alone, and `dev`, the sysroot.
///
/// # Errors
/// If the toolchain has no standard library for the target, is too old, or a step fails.
pub fn build(input: &Input) -> Result<()> {
    let out = input.output("out")?;
    let dev = input.output("dev")?;
    let version = rustc(input)?.arg("--version").text()?.trim().to_owned();
    toolchain::check_version(&version)?;
    let sysroot = PathBuf::from(rustc(input)?.args(["--print", "sysroot"]).text()?.trim());
    let part = Path::new("lib/rustlib").join(&input.target);
    link_tree(&sysroot.join(&part), &dev.join(&part)).during("making the sysroot")?;
    let original = Original::find(&sysroot.join(&part).join("lib"))?;
    let library = out.join("lib").join(&original.name);

    let parts = static_std(input).during("linking a static program")?;
    let copies = LinkingCopies::make(input, dev.join(linking_copies::FOLDER), &parts.program)
        .during("copying the C libraries' names")?;
    // The loader of older C libraries does not know packed relocations; newer ones say so.
    let libc = files::read(&copies.libc)?;
    let marker = b"GLIBC_ABI_DT_RELR";
    let loader_unpacks = libc.windows(marker.len()).any(|window| window == marker);
    let mut facts = Facts {
        rustc: Some(version),
        packed_relocations: loader_unpacks,
        linking_copies: Some(dev.join(linking_copies::FOLDER)),
        start: Some(start_archive(input, dev).during("compiling what stands for the C compiler's start files")?),
        libraries: copies.libraries,
        abort: None,
    };
    let mut exports = match original.exports {
        Some(exports) => exports,
        None => visible(&parts.objects, |_| true)?,
    };
    // The functions between which std shows the frames of a backtrace. It finds them by their names, which stripping would
    // take: without them it shows no frame at all.
    exports.extend(visible(&parts.objects, |name| name.contains("_short_backtrace"))?);
    exports.sort();
    exports.dedup();
    link(input, &parts, &exports, &library, &facts).during("linking libstd")?;
    let made = files::read(&library)?;
    compare(&exports, &exported(&made))?;
    facts.packed_relocations &= Elf::parse(&made).is_some_and(|elf| elf.has_packed_relocations());
    let linked = dev.join(&part).join("lib").join(&original.name);
    if linked.symlink_metadata().is_ok() {
        std::fs::remove_file(&linked).file("replace", &linked)?;
    }
    add_metadata(input, &library, &original.metadata, &linked).during("adding rustc's metadata")?;
    let abort = panic_abort::make(input, &dev.join(&part).join("lib"), &dev.join("panic-abort"));
    facts.abort = Some(abort.during("making the sysroot of programs that abort")?);
    files::write(&dev.join(toolchain::FILE), format!("{}\n", facts.to_json()).as_bytes())
}

/// Makes an archive of the one thing that code may want of the C compiler's start files (C++ does, where destructors run at exit, and
/// `atexit`): the address by which a shared object is known. All else in them is for loaders of old, and the names that they bring along and nobody
/// defines are looked for in every object at each start.
fn start_archive(input: &Input, dev: &Path) -> Result<PathBuf> {
    let folder = input.top.join("start");
    let source = include_bytes!("start.c");
    files::write(&folder.join("start.c"), source)?;
    let archive = dev.join("start/libstart.a");
    files::make_folder(&dev.join("start"))?;
    let mut compile = Call::new(&input.toolchain.target_cc("cc"), &folder);
    compile.envs(&environment::base(input)?);
    compile
        .args(["-c", "-fPIC", "-O2", "-g0", "start.c", "-o", "start.o"])
        .run()?;
    let mut pack = Call::new(&input.toolchain.target_tool("ar"), &folder);
    pack.envs(&environment::base(input)?);
    pack.arg("crD").arg(archive.to_string_lossy()).arg("start.o").run()?;
    Ok(archive)
}

/// What the toolchain has of the standard library.
struct Original {
    /// The file name of the shared object.
    name: String,
    /// What the section with the metadata holds.
    metadata: Vec<u8>,
    /// What the shared object exports, if there is one.
    exports: Option<Vec<String>>,
}

impl Original {
    /// Looks in the folder with the target's libraries.
    fn find(folder: &Path) -> Result<Self> {
        let find = |wanted: &str| -> Result<Option<PathBuf>> {
            Ok(files::list(folder)?.into_iter().find(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.starts_with("libstd-") && path.extension().is_some_and(|extension| extension == wanted)
            }))
        };
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(shared) = find("so")? {
            let bytes = files::read(&shared)?;
            return Ok(Self {
                name: name(&shared),
                metadata: section(&bytes, METADATA)
                    .ok_or_else(|| Failure::message(format!("{} has no section {METADATA}", shared.display())))?
                    .to_vec(),
                exports: Some(exported(&bytes)),
            });
        }
        let Some(archive) = find("rlib")? else {
            return Err(Failure::message(format!(
                "{} has neither libstd-*.so nor libstd-*.rlib: this toolchain lacks the standard library for the target",
                folder.display()
            )));
        };
        let bytes = files::read(&archive)?;
        let damaged = || Failure::message(format!("{}: no metadata in it", archive.display()));
        let members = archive::members(&bytes).ok_or_else(damaged)?;
        let member = members.into_iter().find(|member| member.name == "lib.rmeta");
        let content = section(&bytes[member.ok_or_else(damaged)?.content], ".rmeta").ok_or_else(damaged)?;
        let length = u64::try_from(content.len()).map_err(|_| damaged())?;
        Ok(Self {
            name: name(&archive.with_extension("so")),
            metadata: [METADATA_HEADER, &length.to_le_bytes(), content].concat(),
            exports: None,
        })
    }
}

/// What is in a section of an ELF file.
fn section<'a>(bytes: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let elf = Elf::parse(bytes)?;
    let section = elf.sections.iter().find(|section| section.name == name)?;
    Some(elf.content(section))
}

/// Copies a shared object, with rustc's metadata added.
fn add_metadata(input: &Input, from: &Path, metadata: &[u8], to: &Path) -> Result<()> {
    let file = input.top.join("metadata");
    files::write(&file, metadata)?;
    let mut call = Call::new(&input.toolchain.target_tool("objcopy"), &input.top);
    call.envs(&environment::base(input)?);
    call.arg(format!("--add-section={METADATA}={}", file.display()));
    call.arg(from.to_string_lossy()).arg(to.to_string_lossy());
    call.run()
}

fn rustc(input: &Input) -> Result<Call> {
    let mut call = Call::new(&input.toolchain.rustc.join("bin/rustc"), &input.top);
    call.envs(&environment::base(input)?);
    Ok(call)
}

/// Makes the folders of a tree anew, with links to its files.
fn link_tree(from: &Path, to: &Path) -> Result<()> {
    files::make_folder(to)?;
    for path in files::list(from)? {
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            link_tree(&path, &target)?;
        } else {
            files::link(&path, &target)?;
        }
    }
    Ok(())
}

/// What rustc links into a static program for the sake of std.
pub struct StaticStd {
    /// The objects of std and what it is made of, and the one that binds the allocator.
    pub objects: Vec<PathBuf>,
    /// What the last of these defines of the allocator.
    pub allocator: Vec<String>,
    /// The system's libraries, and the option for the machine.
    pub options: Vec<String>,
    /// The program.
    pub program: PathBuf,
}

/// Links a static program and takes apart what it is made of.
///
/// # Errors
/// If rustc cannot, or an archive is damaged.
pub fn static_std(input: &Input) -> Result<StaticStd> {
    let folder = input.top.join("static");
    files::write(&folder.join("program.rs"), b"fn main() {}\n")?;
    let linker = driver::install(&input.top)?;
    let record = folder.join("arguments");
    let mut call = rustc(input)?;
    call.args(["--edition", "2021", "--crate-name", "program", "--target"])
        .arg(&input.target);
    call.option("-C", format!("linker={}", linker.display()))
        .option("-C", "linker-flavor=gcc");
    for (name, value) in driver::environment(input)? {
        call.env(name, value);
    }
    call.env(driver::OBJECTS, folder.join("objects").to_string_lossy());
    call.env(driver::RECORD, record.to_string_lossy());
    call.option("-o", folder.join("program").to_string_lossy())
        .arg(folder.join("program.rs").to_string_lossy());
    call.show();
    call.text()?;
    let mut parts = StaticStd {
        objects: Vec::new(),
        allocator: Vec::new(),
        options: Vec::new(),
        program: folder.join("program"),
    };
    for argument in files::read_text(&record)?.lines() {
        if argument.ends_with(".rlib") {
            parts.objects.extend(members(Path::new(argument), &folder)?);
        } else if ["-m", "-l"].iter().any(|start| argument.starts_with(start)) {
            parts.options.push(argument.to_owned());
        }
    }
    for path in files::list(&folder.join("objects"))? {
        let mut bytes = files::read(&path)?;
        let symbols = Elf::parse(&bytes).map(|elf| elf.symbols()).unwrap_or_default();
        let allocator = symbols
            .iter()
            .filter(|symbol| symbol.defined && driver::is_allocator_symbol(symbol.name));
        let allocator: Vec<String> = allocator.map(|symbol| symbol.name.to_owned()).collect();
        if !allocator.is_empty() {
            parts.allocator.extend(allocator);
            elf::show_symbols(&mut bytes, |_| true);
            files::write(&path, &bytes)?;
            parts.objects.push(path);
        }
    }
    Ok(parts)
}

/// Unpacks the objects of an archive.
fn members(archive: &Path, folder: &Path) -> Result<Vec<PathBuf>> {
    let bytes = files::read(archive)?;
    let list = archive::members(&bytes)
        .ok_or_else(|| Failure::message(format!("{}: not an archive, or a damaged one", archive.display())))?;
    let to = folder.join(archive.file_stem().unwrap_or_default());
    let mut paths = Vec::new();
    for (index, member) in list
        .into_iter()
        .enumerate()
        .filter(|(_, member)| member.name.ends_with(".o"))
    {
        let path = to.join(format!("{index}-{}", member.name));
        files::write(&path, &bytes[member.content])?;
        paths.push(path);
    }
    Ok(paths)
}

/// The symbols of these names that objects define for others.
fn visible(objects: &[PathBuf], wanted: impl Fn(&str) -> bool) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for object in objects {
        let bytes = files::read(object)?;
        let symbols = Elf::parse(&bytes).map(|elf| elf.symbols()).unwrap_or_default();
        let shown = symbols
            .iter()
            .filter(|symbol| symbol.global && symbol.defined && symbol.visible);
        names.extend(
            shown
                .map(|symbol| symbol.name)
                .filter(|name| wanted(name))
                .map(str::to_owned),
        );
    }
    Ok(names)
}

/// The names that a shared object exports, sorted; but for the one of rustc's metadata, which is not for programs.
fn exported(bytes: &[u8]) -> Vec<String> {
    let symbols = Elf::parse(bytes).map(|elf| elf.dynamic_symbols()).unwrap_or_default();
    let mut names: Vec<String> = symbols
        .iter()
        .filter(|symbol| symbol.defined && symbol.global)
        .map(|symbol| symbol.name.to_owned())
        .collect();
    names.retain(|name| !name.starts_with("rust_metadata_"));
    names.sort();
    names.dedup();
    names
}

fn link(input: &Input, parts: &StaticStd, exports: &[String], library: &Path, facts: &Facts) -> Result<()> {
    let folder = input.top.join("static");
    let lines = |names: &[&String]| names.iter().map(|name| format!("  {name};\n")).collect::<String>();
    let all: Vec<&String> = exports.iter().collect();
    let script = folder.join("exports");
    files::write(
        &script,
        format!("{{\n global:\n{} local: *;\n}};\n", lines(&all)).as_bytes(),
    )?;
    // A program may bring its own allocator: std's calls of it must stay open. All others are bound here, which is
    // smaller and faster, and nothing may replace them.
    let allocator: Vec<&String> = exports.iter().filter(|name| name.contains("___rustc")).collect();
    let open = folder.join("open");
    files::write(&open, format!("{{\n{}}};\n", lines(&allocator)).as_bytes())?;
    if let Some(folder) = library.parent() {
        files::make_folder(folder)?;
    }
    let mut call = Call::new(&input.toolchain.target_cc("cc"), &input.top);
    call.envs(&environment::base(input)?);
    if let Some(folder) = input.toolchain.lld_folder(&input.host)? {
        call.args(driver::with_lld(&folder));
    }
    call.args(["-shared", "-nodefaultlibs", "-o"])
        .arg(library.to_string_lossy());
    let name = library.file_name().unwrap_or_default();
    call.arg(format!("-Wl,-soname,{}", name.to_string_lossy()));
    call.arg("-Wl,--build-id=none");
    call.args([
        "-Wl,--as-needed",
        "-Wl,--gc-sections",
        "-Wl,--eh-frame-hdr",
        "-Wl,-O2",
        "-Wl,--hash-style=gnu",
        "-Wl,-s",
    ]);
    call.args(["-Wl,-z,noexecstack", "-Wl,-z,relro,-z,now"]);
    call.arg(format!("-Wl,--version-script={}", script.display()));
    call.arg(format!("-Wl,--dynamic-list={}", open.display()));
    call.args(facts.link_options());
    let objects = folder.join("objects.args");
    let list: String = parts
        .objects
        .iter()
        .map(|path| format!("\"{}\"\n", path.display()))
        .collect();
    files::write(&objects, list.as_bytes())?;
    call.arg(format!("@{}", objects.display()));
    call.args(&parts.options);
    call.arg(main_stack_object(input, &folder)?.to_string_lossy())
        .arg(format!("-Wl,--wrap={}", main_stack::ASKED));
    call.show();
    call.run()?;
    let mut bytes = files::read(library)?;
    if elf::drop_runpath(&mut bytes) {
        files::write(library, &bytes)?;
    }
    Ok(())
}

/// Compiles what answers std about the main thread's stack. The linker's `--wrap` has std ask it: what is asked for is then called
/// `__wrap_NAME`, and the C library's own `__real_NAME`.
fn main_stack_object(input: &Input, folder: &Path) -> Result<PathBuf> {
    files::write(&folder.join("main_stack.c"), main_stack::SOURCE.as_bytes())?;
    let mut compile = Call::new(&input.toolchain.target_cc("cc"), folder);
    compile.envs(&environment::base(input)?);
    compile
        .args(["-c", "-fPIC", "-O2", "-g0"])
        .arg(format!("-D{}=__wrap_{}", main_stack::ANSWERED, main_stack::ASKED))
        .arg(format!("-D{0}=__real_{0}", main_stack::ASKED))
        .args(["main_stack.c", "-o", "main_stack.o"])
        .run()?;
    Ok(folder.join("main_stack.o"))
}

/// Everything that the toolchain's libstd exports must be there.
fn compare(wanted: &[String], made: &[String]) -> Result<()> {
    let missing: Vec<&str> = wanted
        .iter()
        .filter(|name| !made.contains(name))
        .map(String::as_str)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let some = missing.iter().take(5).copied().collect::<Vec<_>>().join(", ");
    Err(Failure::message(format!(
        "libstd, linked anew, lacks {} of the toolchain's symbols: {some} …",
        missing.len()
    )))
}
