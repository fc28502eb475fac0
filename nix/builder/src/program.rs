//! Programs: whatever is linked and can be run.

use crate::auditable;
use crate::describe::Made;
use crate::driver;
use crate::failure::{Failure, Phase, Result};
use crate::files;
use crate::flags;
use crate::input::Input;
use crate::kind::{Kind, Linkage};
use crate::link::Link;
use crate::link_arguments::acts_on_all;
use crate::loaded::Libraries;
use crate::native::{self, Prepared};
use crate::node::Node;
use crate::process::Call;
use crate::run_paths;
use crate::rustc::{Compilation, is_for_programs_alone};
use crate::strip::strip;
use crate::stub;
use crate::whole;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

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
    if unit.linkage == Linkage::Dylib && !unit.host {
        call.option("-C", "prefer-dynamic");
    }
    let mut prepared = Prepared::default();
    if compilation.is_dynamic() {
        prepared = native::prepare(compilation, None, input.output("dev")?).during("reading the native libraries")?;
    } else if compilation.library_of_package().is_none() {
        let libs = compilation.script.iter().flat_map(|script| script.libs.clone());
        prepared.libs = libs.collect();
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
    // Those who link again take the arguments of Cargo's configuration, too.
    let keep = |argument: &str| kept(argument, &compilation.layout.work, &input.top, input.output("dev")?);
    let mut link_arguments = Vec::new();
    if compilation.is_dynamic() {
        let libraries = flags::libraries(&input.rustflags, &compilation.layout.work);
        for argument in libraries.into_iter().chain(input.link_flags()) {
            link_arguments.push(keep(&argument)?);
        }
    }
    let arguments = compilation.script.iter().flat_map(|script| &script.link_arguments);
    let arguments = arguments.filter(|(target, _)| wanted(target));
    let arguments = arguments.map(|(_, argument)| argument.clone()).collect();
    let mut own_arguments = driver::expand(arguments, &compilation.layout.work)?;
    if let Some(script) = &compilation.script {
        own_arguments.retain(|argument| {
            let is_written = asks_for_map(argument, &script.out_dir);
            if is_written {
                eprintln!("note: {argument} is passed over: what a build script leaves is not changed later");
            }
            !is_written
        });
    }
    for argument in &own_arguments {
        link_arguments.push(keep(argument)?);
    }
    // Where they act on all that is linked, what they name may be in a shared object as yet. One may be the operand of
    // another, so that all are for the second link then.
    let is_for_second = compilation.is_dynamic() && own_arguments.iter().any(|argument| acts_on_all(argument));
    let mut withheld = Vec::new();
    if compilation.withholds_link_flags() {
        withheld.extend(input.link_flags());
    }
    if is_for_second || !withheld.is_empty() {
        withheld.extend_from_slice(&own_arguments);
    } else {
        for argument in &own_arguments {
            call.option("-C", format!("link-arg={argument}"));
        }
    }
    if !withheld.is_empty() {
        call.option("-C", format!("link-arg={}", whole::UNRESOLVED));
    }
    if let Some(abort) = compilation.abort() {
        call.option("-C", format!("link-arg={}", abort.object.display()));
        for function in &abort.functions {
            for option in ["--undefined", "--export-dynamic-symbol"] {
                call.option("-C", format!("link-arg=-Wl,{option}={function}"));
            }
        }
    }
    let run_paths = add_run_paths(compilation, &mut call, &own_arguments)?;
    Link::new(compilation, &prepared).program(&mut call)?;
    call.option("-o", built.to_string_lossy());
    call.arg(compilation.root_argument());
    let outcome = match compilation.run(&call) {
        // A library of a fleet that unwinds through functions of C is for programs that unwind; this one still aborts, as
        // std begins no panic in it.
        Err((_, said)) if said.contains("which is incompatible with this crate's strategy of `abort`") => {
            eprintln!("note: compiling for unwinding");
            compilation.run(compilation.unwinding(&mut call))
        }
        outcome => outcome,
    };
    let refused = match outcome {
        Ok(()) => None,
        Err((failure, said)) => match is_for_programs_alone(&said).filter(|_| compilation.is_dynamic()) {
            Some(error) => Some(error.to_owned()),
            None => return Err(failure).during("compiling the program"),
        },
    };
    let mut whole = None;
    if compilation.is_dynamic() {
        whole = whole::mend(compilation, &prepared, &own_arguments, &withheld, refused, &built)
            .during("linking the program as one file")?;
    }
    if let Some(lib) = input.outputs.get("lib") {
        files::make_folder(lib)?;
        let code = match whole {
            Some(_) => None,
            None => stub::code(compilation, &prepared, &own_arguments, &built).during("linking the program's code")?,
        };
        if let Some(code) = code {
            let library = lib.join("lib").join(code.file_name().unwrap_or_default());
            files::make_folder(&lib.join("lib"))?;
            strip(input, &code, &library, &[], None)?;
            stub::link(compilation, &prepared, &library, &run_paths, &built).during("linking the program's stub")?;
        }
    }
    let program = finish(input, input.output("dev")?, &built, &run_paths)?;
    Ok(Made {
        program: Some(program),
        prepared,
        link_arguments,
        whole,
        run_paths,
        ..Made::default()
    })
}

/// Links the stub of a program that was built already once more, over a copy of its code in another place, where that is pinned. The
/// input's `program` is the `dev` of the program's node, its `code` the output with the copy.
///
/// # Errors
/// If the input says neither, or the stub cannot be linked.
pub fn stub(compilation: &Compilation) -> Result<()> {
    let input = compilation.input;
    let missing = |key: &str| Failure::message(format!("the derivation's attributes lack `{key}`"));
    let dev = input.program.as_deref().ok_or_else(|| missing("program"))?;
    let code = input.code.as_deref().ok_or_else(|| missing("code"))?.join("lib");
    let [library] = &files::list(&code)?[..] else {
        return Err(Failure::message(format!(
            "{} is not the code of one program",
            code.display()
        )));
    };
    let node = Node::read(dev)?;
    let mut foreign = Libraries::default();
    for (soname, path) in &node.foreign {
        foreign.add(soname, path)?;
    }
    foreign.write(&compilation.records.foreign)?;
    let prepared = Prepared {
        natives: node.natives,
        ..Prepared::default()
    };
    let run_paths: Vec<String> = node
        .run_paths
        .iter()
        .map(|path| path.to_string_lossy().into_owned())
        .collect();
    let built = input.top.join("stub");
    stub::link(compilation, &prepared, library, &run_paths, &built)?;
    finish(input, &input.top, &built, &run_paths)?;
    Ok(())
}

/// Puts a linked program into `out`, with the account of what it is made of, which is kept in `folder`; returns where it is.
fn finish(input: &Input, folder: &Path, built: &Path, run_paths: &[String]) -> Result<PathBuf> {
    let programs = input.output("out")?.join("bin");
    files::make_folder(&programs)?;
    let program = programs.join(&input.unit.name);
    let account = match &input.auditable {
        Some(packages) => Vec::from(auditable::add(packages, folder)?),
        None => Vec::new(),
    };
    let options: Vec<&str> = account.iter().map(String::as_str).collect();
    strip(input, built, &program, &options, Some(run_paths))?;
    Ok(program)
}

/// Has the program look for what is loaded by name where its link arguments and the overrides of its crates say.
fn add_run_paths(compilation: &Compilation, call: &mut Call, arguments: &[String]) -> Result<Vec<String>> {
    let input = compilation.input;
    if input.unit.host {
        return Ok(Vec::new());
    }
    let flags = input.link_flags();
    let asked = run_paths::asked(arguments.iter().chain(&flags).map(String::as_str));
    let mut folders = run_paths::lasting(asked, &input.top, input.output("out")?)?;
    let closure = compilation.dependencies.closure.iter();
    let below = closure.flat_map(|dependency| &dependency.node.runtime_libraries);
    folders.extend(input.runtime_libraries.iter().chain(below).cloned());
    let mut seen = BTreeSet::new();
    folders.retain(|folder| seen.insert(folder.clone()));
    if !folders.is_empty() {
        call.option("-C", format!("link-arg={}", run_paths::OPTION));
    }
    for folder in &folders {
        call.option("-C", format!("link-arg=-Wl,-rpath,{folder}"));
    }
    Ok(folders)
}

/// Whether an argument has the linker write its map into a folder.
fn asks_for_map(argument: &str, folder: &Path) -> bool {
    let words = argument.strip_prefix("-Wl,").unwrap_or_default();
    let value = ["-Map", "--Map"].iter().find_map(|option| words.strip_prefix(option));
    let file = value.and_then(|value| value.strip_prefix(['=', ',']));
    file.is_some_and(|file| Path::new(file).starts_with(folder))
}

/// A link argument for those who link the program again: files of the build that it names are kept in `dev`.
fn kept(argument: &str, folder: &Path, top: &Path, dev: &Path) -> Result<String> {
    let mut text = String::new();
    for part in argument.split_inclusive(['=', ',']) {
        let word = part.trim_end_matches(['=', ',']);
        let path = folder.join(word);
        if word.is_empty() || !path.starts_with(top) || !path.is_file() {
            text.push_str(part);
            continue;
        }
        let name = path.file_name().unwrap_or_default();
        let content = files::read(&path)?;
        let place = |number: usize| dev.join("link").join(number.to_string()).join(name);
        // Files of one name, of several folders, are apart.
        let mut number = 0;
        while place(number).exists() && files::read(&place(number))? != content {
            number += 1;
        }
        files::write(&place(number), &content)?;
        text.push_str(&place(number).to_string_lossy());
        text.push_str(&part[word.len()..]);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    // A build script may ask for a map beside what it has written, which is a store path by then.
    #[test]
    fn maps_among_what_a_script_left_are_known() {
        let is = |argument: &str| asks_for_map(argument, Path::new("/o/out"));
        assert!(is("-Wl,-Map=/o/out/a.map") && is("-Wl,--Map,/o/out/a.map"));
        assert!(!is("-Wl,-Map=a.map") && !is("-Wl,-z,now") && !is("/o/out/a.map"));
    }

    #[test]
    fn files_that_link_arguments_name_are_kept() {
        let top = crate::test_folder("kept-arguments");
        let (folder, dev) = (top.join("package"), top.join("dev"));
        for (file, text) in [("exports.txt", "1"), ("other/exports.txt", "2")] {
            files::write(&folder.join(file), text.as_bytes()).unwrap();
        }
        let kept = |argument: &str| kept(argument, &folder, &top, &dev).unwrap();
        let first = dev.join("link/0/exports.txt").display().to_string();
        let second = dev.join("link/1/exports.txt").display().to_string();
        assert_eq!(
            kept("-Wl,--dynamic-list=exports.txt,-z,now"),
            format!("-Wl,--dynamic-list={first},-z,now")
        );
        let argument = format!("-Wl,--version-script,{}", folder.join("other/exports.txt").display());
        assert_eq!(kept(&argument), format!("-Wl,--version-script,{second}"));
        assert_eq!(kept("exports.txt"), first);
        assert_eq!(files::read_text(&dev.join("link/1/exports.txt")).unwrap(), "2");
        for argument in ["-Wl,--as-needed", "-lm", "", "-Wl,-rpath,/nix/store/a"] {
            assert_eq!(kept(argument), argument);
        }
    }
}
