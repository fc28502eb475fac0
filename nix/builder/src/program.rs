//! Programs: whatever is linked and can be run.

use crate::describe::Made;
use crate::failure::{Phase, Result};
use crate::files;
use crate::native::{self, Prepared};
use crate::rustc::Compilation;
use crate::unit::{Kind, Linkage};

/// Compiles and links a program, test, example or benchmark.
///
/// # Errors
/// If it does not compile, or its outputs cannot be written.
pub fn program(compilation: &Compilation) -> Result<Made> {
    let input = compilation.input;
    let unit = &input.unit;
    let folder = input.top.join("program");
    files::make_folder(&folder)?;
    let built = folder.join(&unit.name);
    let mut call = compilation.call("bin")?;
    compilation.add_test_flags(&mut call);
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
    let mut link_arguments = Vec::new();
    for (target, argument) in compilation.script.iter().flat_map(|script| &script.link_arguments) {
        if wanted(target) {
            call.option("-C", format!("link-arg={argument}"));
            link_arguments.push(argument.clone());
        }
    }
    if let Some(abort) = compilation.abort() {
        call.option("-C", format!("link-arg={}", abort.object.display()));
        for function in &abort.functions {
            for option in ["--undefined", "--export-dynamic-symbol"] {
                call.option("-C", format!("link-arg=-Wl,{option}={function}"));
            }
        }
    }
    compilation.add_linker(&mut call, &prepared, true)?;
    call.option("-o", built.to_string_lossy());
    call.arg(compilation.root_argument());
    let outcome = match compilation.run(&call) {
        // A library of a fleet that unwinds through functions of C is for programs that unwind; this one still aborts, as
        // std begins no panic in it.
        Err((_, said)) if said.contains("which is incompatible with this crate's strategy of `abort`") => {
            eprintln!("note: compiling for unwinding");
            compilation.run(call.without("panic=abort"))
        }
        outcome => outcome,
    };
    outcome
        .map_err(|(failure, _)| failure)
        .during("compiling the program")?;
    let program = out.join("bin").join(&unit.name);
    files::make_folder(&out.join("bin"))?;
    compilation.strip(&built, &program, &[])?;
    Ok(Made {
        program: Some(program),
        prepared,
        link_arguments,
        ..Made::default()
    })
}
