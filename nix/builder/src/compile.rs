//! Libraries, proc macros and programs: one rustc call each.

use crate::elf::{self, Elf};
use crate::failure::{Context, Failure, Phase, Result};
use crate::files;
use crate::input::{Input, Kind, Linkage};
use crate::json::Value;
use crate::linker;
use crate::native::{self, Prepared};
use crate::node::SCHEMA;
use crate::process::Call;
use crate::rustc::Compilation;
use crate::{environment, source};
use std::path::{Path, PathBuf};

/// What a finished unit's `node.json` says beyond its input.
#[derive(Default)]
struct Made {
    file: Option<PathBuf>,
    soname: Option<PathBuf>,
    program: Option<PathBuf>,
    prepared: Prepared,
    constructors: bool,
}

/// Builds any unit but a build script.
///
/// # Errors
/// If its source cannot be unpacked, it does not compile, or its outputs cannot be written.
pub fn build(input: &Input) -> Result<()> {
    let folder = source::prepare(input).during("unpacking the source")?;
    let compilation = Compilation::new(input, folder)?;
    let unit = &input.unit;
    let made = match unit.kind {
        Kind::Lib if !unit.test => library(&compilation),
        Kind::ProcMacro if !unit.test => proc_macro(&compilation),
        _ => program(&compilation),
    }?;
    let node = describe(&compilation, &made)?;
    files::write(&input.output("dev")?.join("node.json"), format!("{node}\n").as_bytes())
}

fn file_name(compilation: &Compilation, extension: &str) -> String {
    format!(
        "lib{}-{}.{extension}",
        compilation.input.unit.crate_name(),
        compilation.id
    )
}

fn library(compilation: &Compilation) -> Result<Made> {
    let dev = compilation.input.output("dev")?;
    let folder = dev.join("lib");
    files::make_folder(&folder)?;
    if !compilation.is_dynamic() {
        let mut call = compilation.call("rlib")?;
        add_codegen_units(compilation, &mut call);
        add_output_folder(compilation, &mut call, &folder);
        for lib in compilation.script.iter().flat_map(|script| &script.libs) {
            call.option("-l", lib);
        }
        call.arg(compilation.root().to_string_lossy());
        compilation
            .run(&call)
            .map_err(|(failure, _)| failure)
            .during("compiling the library")?;
        return Ok(Made {
            file: Some(folder.join(file_name(compilation, "rlib"))),
            ..Made::default()
        });
    }
    let out = compilation.input.output("out")?;
    let prepared = native::prepare(compilation, out, dev).during("linking the native libraries")?;
    let name = file_name(compilation, "so");
    let soname = out.join("lib").join(&name);
    let mut call = compilation.call("dylib")?;
    add_codegen_units(compilation, &mut call);
    add_output_folder(compilation, &mut call, &folder);
    call.option("-C", "prefer-dynamic");
    call.option("-C", format!("link-arg=-Wl,-soname,{}", soname.display()));
    if !prepared.natives.is_empty() {
        call.option("-L", format!("native={}", dev.join("native").display()));
    }
    for lib in &prepared.libs {
        call.option("-l", lib);
    }
    compilation.add_linker(&mut call, false)?;
    compile_dylib(compilation, &mut call).during("compiling the library")?;
    let file = folder.join(&name);
    files::make_folder(&out.join("lib"))?;
    strip(
        compilation,
        &file,
        &soname,
        &["--strip-unneeded", "--remove-section=.rustc"],
    )?;
    let bytes = files::read(&file)?;
    // The C runtime has one entry of its own.
    let constructors = Elf::parse(&bytes).is_some_and(|elf| elf.init_array_size() > 8);
    Ok(Made {
        file: Some(file),
        soname: Some(soname),
        prepared,
        constructors,
        ..Made::default()
    })
}

/// A shared object needs std, for its panics and its allocator, also where the crate does without.
fn compile_dylib(compilation: &Compilation, call: &mut Call) -> Result<()> {
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
    call.arg(root.to_string_lossy());
    let Err((failure, said)) = compilation.run(call) else {
        return Ok(());
    };
    let lacks_std = [
        "panic_handler",
        "unwinding panics are not supported without std",
        "global memory allocator",
    ];
    if !without_std || !lacks_std.iter().any(|reason| said.contains(reason)) {
        return Err(failure);
    }
    // A crate that leaves itself out by a cfg leaves out the line above too.
    call.args(["-Zunstable-options", "--extern", "force:std"])
        .env("RUSTC_BOOTSTRAP", "1");
    compilation.run(call).map_err(|(failure, _)| failure)
}

fn proc_macro(compilation: &Compilation) -> Result<Made> {
    let folder = compilation.input.output("dev")?.join("lib");
    files::make_folder(&folder)?;
    let mut call = compilation.call("proc-macro")?;
    add_codegen_units(compilation, &mut call);
    add_output_folder(compilation, &mut call, &folder);
    call.option("--extern", "proc_macro");
    call.option("-C", format!("linker={}", compilation.input.cc().display()));
    for lib in compilation.script.iter().flat_map(|script| &script.libs) {
        call.option("-l", lib);
    }
    call.arg(compilation.root().to_string_lossy());
    compilation
        .run(&call)
        .map_err(|(failure, _)| failure)
        .during("compiling the proc macro")?;
    Ok(Made {
        file: Some(folder.join(file_name(compilation, "so"))),
        ..Made::default()
    })
}

fn program(compilation: &Compilation) -> Result<Made> {
    let input = compilation.input;
    let unit = &input.unit;
    let folder = input.top.join("program");
    files::make_folder(&folder)?;
    let built = folder.join(&unit.name);
    let mut call = compilation.call("bin")?;
    add_codegen_units(compilation, &mut call);
    if unit.test || matches!(unit.kind, Kind::Test | Kind::Bench) {
        if unit.harness {
            call.arg("--test");
        } else {
            call.option("--cfg", "test");
        }
    }
    if unit.kind == Kind::ProcMacro {
        call.option("--extern", "proc_macro");
    }
    if unit.linkage == Linkage::Dylib && !unit.host {
        call.option("-C", "prefer-dynamic");
    }
    let mut prepared = Prepared::default();
    let out = input.output("out")?;
    // The package's library, where there is one, has the native libraries already.
    if !compilation.has_own_library() {
        if compilation.is_dynamic() {
            prepared =
                native::prepare(compilation, out, input.output("dev")?).during("linking the native libraries")?;
        } else {
            prepared.libs = compilation
                .script
                .iter()
                .flat_map(|script| script.libs.clone())
                .collect();
        }
    }
    if !prepared.natives.is_empty() {
        call.option(
            "-L",
            format!("native={}", input.output("dev")?.join("native").display()),
        );
    }
    for lib in &prepared.libs {
        call.option("-l", lib);
    }
    let wanted = |target: &str| match unit.kind {
        _ if target == "all" => true,
        Kind::Bin => target == "bins" || target.strip_prefix("bin:") == Some(&unit.name),
        Kind::Example => target == "examples",
        Kind::Test => target == "tests",
        Kind::Bench => target == "benches",
        _ => false,
    };
    for (target, argument) in compilation.script.iter().flat_map(|script| &script.link_arguments) {
        if wanted(target) {
            call.option("-C", format!("link-arg={argument}"));
        }
    }
    compilation.add_linker(&mut call, true)?;
    call.option("-o", built.to_string_lossy());
    call.arg(compilation.root().to_string_lossy());
    compilation
        .run(&call)
        .map_err(|(failure, _)| failure)
        .during("compiling the program")?;
    let program = out.join("bin").join(&unit.name);
    files::make_folder(&out.join("bin"))?;
    strip(compilation, &built, &program, &["--strip-all"])?;
    Ok(Made {
        program: Some(program),
        prepared,
        ..Made::default()
    })
}

fn add_codegen_units(compilation: &Compilation, call: &mut Call) {
    if let Some(count) = &compilation.input.unit.codegen_units {
        call.option("-C", format!("codegen-units={count}"));
    }
}

fn add_output_folder(compilation: &Compilation, call: &mut Call, folder: &Path) {
    call.option("-C", format!("extra-filename=-{}", compilation.id));
    call.option("--out-dir", folder.to_string_lossy());
}

/// Copies a linked file without what only compiling or debugging needs.
fn strip(compilation: &Compilation, from: &Path, to: &Path, options: &[&str]) -> Result<()> {
    let input = compilation.input;
    let mut call = Call::new(&input.toolchain.bintools.join("bin/objcopy"), &input.top);
    call.envs(&environment::base(input)?);
    call.args(options.iter().copied())
        .arg(from.to_string_lossy())
        .arg(to.to_string_lossy());
    call.run().during("stripping")?;
    let mut bytes = files::read(to)?;
    if elf::drop_unused_runpath(&mut bytes) {
        files::write(to, &bytes)?;
    }
    Ok(())
}

impl Compilation<'_> {
    /// Arguments for every link of the C compiler.
    #[must_use]
    pub fn link_options(&self) -> Vec<String> {
        if self.input.unit.host {
            Vec::new()
        } else {
            self.facts.link_options()
        }
    }

    /// Makes rustc link through this very program, and hands on what it needs to know.
    fn add_linker(&self, call: &mut Call, program: bool) -> Result<()> {
        let input = self.input;
        let linker = linker::install(&input.top)?;
        call.option("-C", format!("linker={}", linker.display()));
        call.option("-C", "linker-flavor=gcc");
        call.env(linker::CC, input.cc().to_string_lossy());
        call.env(linker::OBJECTS, input.output("dev")?.join("objects").to_string_lossy());
        call.env(linker::STUBS, input.top.join("stubs").to_string_lossy());
        if program && self.is_dynamic() {
            call.env(linker::PROGRAM, "1");
        }
        for option in self.link_options() {
            call.option("-C", format!("link-arg={option}"));
        }
        // A library that is there for what it does when it is loaded would be dropped: nothing refers to it.
        if self.is_dynamic() {
            for node in self.closure.iter().filter(|node| node.has_side_effects()) {
                for argument in ["-Wl,--no-as-needed", node.file(), "-Wl,--as-needed"] {
                    call.option("-C", format!("link-arg={argument}"));
                }
            }
        }
        Ok(())
    }
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
        linkme.extend(
            slices
                .filter(|name| name.starts_with("linkme_") || name.starts_with("linkm2_"))
                .cloned(),
        );
    }
    linkme.sort();
    linkme.dedup();
    Ok((names, allocator, linkme))
}

fn describe(compilation: &Compilation, made: &Made) -> Result<Value> {
    let input = compilation.input;
    let unit = &input.unit;
    let dev = input.output("dev")?;
    let (objects, allocator, linkme) = inspect(dev)?;
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
        searches.insert(0, format!("native={}", dev.join("native").display()));
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
        ("searches", searches.into_iter().collect()),
        ("dependencies", of_kind(Kind::Lib)),
        ("macros", of_kind(Kind::ProcMacro)),
        ("constructors", made.constructors.into()),
        ("allocator", (allocator && compilation.is_dynamic()).into()),
        ("linkme", linkme.into_iter().collect()),
    ]))
}
