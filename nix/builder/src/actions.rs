//! What can be done with a unit of the user's own besides building it: running its tests, checking its lints, its documentation.
//!
//! Each is a derivation of its own with the same input as the unit's, an `action`, and one output.

use crate::environment;
use crate::failure::{Failure, Phase, Result};
use crate::files;
use crate::input::Input;
use crate::kind::Kind;
use crate::link::Link;
use crate::native::Prepared;
use crate::process::Call;
use crate::program;
use crate::run_paths;
use crate::rustc::Compilation;
use crate::source;
use crate::unit::Action;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

/// Does what the input asks for in place of building.
///
/// # Errors
/// If it cannot be done, or its outcome is a failure: a test failed, a lint was denied.
pub fn perform(input: &Input) -> Result<()> {
    let layout = source::prepare(input).during("unpacking the source")?;
    let compilation = Compilation::new(input, layout)?;
    match input.unit.action {
        Action::Build => Err(Failure::message("building is no action of its own")),
        Action::Run => run_test(&compilation).during("running the tests"),
        Action::DocTest => doc_test(&compilation).during("running the tests of the documentation"),
        Action::Clippy => clippy(&compilation).during("checking lints"),
        Action::Doc => document(&compilation).during("writing the documentation"),
        Action::Stub => program::stub(&compilation).during("linking the program's stub"),
    }
}

/// Runs a test program in its package's folder, as Cargo does, and keeps what it prints.
fn run_test(compilation: &Compilation) -> Result<()> {
    let input = compilation.input;
    let program = input
        .program
        .as_deref()
        .ok_or_else(|| Failure::message("the derivation's attributes name no `program` to run"))?;
    let program = as_cargo_has_it(compilation, program)?;
    let mut call = Call::new(
        input.emulator.as_deref().unwrap_or(&program),
        &compilation.layout.package,
    );
    if input.emulator.is_some() {
        call.arg(program.to_string_lossy());
    }
    call.envs(&environment::base(input)?);
    if let Some(script) = &compilation.script {
        call.env("OUT_DIR", script.out_dir.to_string_lossy());
        for (name, value) in &script.environment {
            call.env(name, value);
        }
    }
    // Where both speak of a variable, Cargo sets the package's own for what it runs.
    call.envs(&environment::package(input, &compilation.layout.package));
    call.envs(&environment::programs(input));
    call.args(input.arguments.iter().cloned());
    call.envs(&input.environment);
    find_libraries(compilation, &mut call);
    keep(input, &call)
}

/// A test program where Cargo has it, `target/release/deps/NAME`, below links to the package's programs. Many tests look beside their own file
/// for the programs that they start, and some write there, which is why it is a copy: a link would lead into the store.
fn as_cargo_has_it(compilation: &Compilation, program: &Path) -> Result<PathBuf> {
    let folder = compilation.layout.root.join("target/release");
    let copy = folder.join("deps").join(program.file_name().unwrap_or_default());
    files::copy(program, &copy)?;
    for (name, path) in &compilation.input.binaries {
        let link = folder.join(name);
        if link.symlink_metadata().is_err() {
            files::link(Path::new(path), &link)?;
        }
    }
    Ok(copy)
}

/// Has tests find by their names what build scripts have made.
fn find_libraries(compilation: &Compilation, call: &mut Call) {
    let already = compilation.input.environment.get(run_paths::VARIABLE);
    if let Some(folders) = run_paths::of_builds(&compilation.searches(), already.map(String::as_str)) {
        call.env(run_paths::VARIABLE, folders);
    }
}

/// Tests the examples in a library's documentation.
fn doc_test(compilation: &Compilation) -> Result<()> {
    let mut call = rustdoc(compilation)?;
    call.arg("--test");
    find_libraries(compilation, &mut call);
    // The examples of a proc macro run on the host, whose std is inside of them.
    if !compilation.input.unit.host {
        call.option("-C", "prefer-dynamic");
    }
    Link::new(compilation, &Prepared::default()).passing_program(&mut call)?;
    call.option("--test-run-directory", compilation.layout.package.to_string_lossy());
    call.args(compilation.input.arguments.iter().cloned());
    keep_compiled(compilation, &call)
}

/// Checks a unit's lints: what rustc would do up to its metadata, with clippy's lints on top.
fn clippy(compilation: &Compilation) -> Result<()> {
    let input = compilation.input;
    let driver = input
        .toolchain
        .clippy
        .as_deref()
        .ok_or_else(|| Failure::message("the toolchain has no clippy"))?
        .join("bin/clippy-driver");
    let crate_type = match input.unit.kind {
        Kind::Lib if !input.unit.test => "lib",
        Kind::ProcMacro if !input.unit.test => "proc-macro",
        _ => "bin",
    };
    let mut call = compilation.call_of(&driver, crate_type, "metadata")?;
    compilation.add_test_flags(&mut call);
    // A clippy that is a package of its own has no std beside it.
    if input.unit.host {
        call.option("--sysroot", input.toolchain.rustc.to_string_lossy());
    }
    call.option("--out-dir", input.top.to_string_lossy());
    call.args(input.arguments.iter().cloned());
    call.arg(compilation.root_argument());
    keep_compiled(compilation, &call)
}

/// Writes a library's or a program's documentation.
fn document(compilation: &Compilation) -> Result<()> {
    let input = compilation.input;
    let out = input.output("out")?.join("share/doc");
    files::make_folder(&out)?;
    let mut call = rustdoc(compilation)?;
    call.option("--out-dir", out.to_string_lossy());
    call.args(input.arguments.iter().cloned());
    compilation.run(&call).map_err(|(failure, _)| failure)
}

fn rustdoc(compilation: &Compilation) -> Result<Call> {
    let driver = compilation.input.toolchain.rustc.join("bin/rustdoc");
    let crate_type = match compilation.input.unit.kind {
        Kind::Lib => "lib",
        Kind::ProcMacro => "proc-macro",
        _ => "bin",
    };
    let mut call = compilation.documentation_call(&driver, crate_type)?;
    call.arg(compilation.root_argument());
    Ok(call)
}

/// Runs a program, shows what it prints and keeps it in `out`.
fn keep(input: &Input, call: &Call) -> Result<()> {
    let (status, printed) = shown(call)?;
    if !status.success() {
        return Err(call.failed(&status));
    }
    files::write(input.output("out")?, &printed)
}

/// The same of one that compiles, whose macros may want to write into `OUT_DIR`.
fn keep_compiled(compilation: &Compilation, call: &Call) -> Result<()> {
    let (status, printed) = shown(call)?;
    let again = match status.success() {
        true => None,
        false => compilation.with_own_out_dir(call, &String::from_utf8_lossy(&printed))?,
    };
    match again {
        Some(call) => keep(compilation.input, &call),
        None if !status.success() => Err(call.failed(&status)),
        None => files::write(compilation.input.output("out")?, &printed),
    }
}

/// Runs a program, shows and returns what it prints.
fn shown(call: &Call) -> Result<(ExitStatus, Vec<u8>)> {
    call.show();
    let output = call.output()?;
    let mut printed = output.stdout;
    printed.extend_from_slice(&output.stderr);
    eprint!("{}", String::from_utf8_lossy(&printed));
    Ok((output.status, printed))
}
