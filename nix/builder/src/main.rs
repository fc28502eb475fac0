//! Builds one node of a crate graph inside a Nix derivation; the input and the outputs are described in `docs/node-outputs.md`.
//!
//! The program is the derivation's builder itself: no shell runs. It uses the standard library alone, so that one call
//! of rustc makes it before anything else exists.

mod actions;
mod archive;
mod archives;
mod attributes;
mod auditable;
mod c_library;
mod changes;
mod compile;
mod copies;
mod definitions;
mod dependencies;
mod describe;
mod directives;
mod driver;
mod elf;
mod environment;
mod failure;
mod files;
mod flags;
mod git;
mod handed;
mod hidden;
mod inflate;
mod input;
mod inside;
mod json;
mod kept;
mod kind;
mod libstd;
mod link;
mod link_arguments;
mod linking_copies;
mod loaded;
mod main_stack;
mod names;
mod native;
mod node;
mod panic_abort;
mod pins;
mod process;
mod program;
mod propagated;
mod records;
mod run_paths;
mod rustc;
mod script;
mod source;
mod sources;
mod strip;
mod stub;
mod tar;
#[cfg(test)]
mod testing;
mod toolchain;
mod unbound;
mod unit;
mod unloading;
mod unneeded;
mod whole;

use input::Input;
use kind::Kind;
use std::path::Path;
use std::process::ExitCode;
#[cfg(test)]
use testing::test_folder;
use unit::Action;

fn main() -> ExitCode {
    let started_as = std::env::args_os().next().unwrap_or_default();
    let name = Path::new(&started_as).file_name();
    if name.is_some_and(|name| name == git::NAME) {
        return ExitCode::from(git::main());
    }
    if name.is_some_and(|name| name == driver::NAME) {
        return match driver::main() {
            Ok(code) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
            Err(failure) => {
                eprintln!("error: linking: {failure}");
                ExitCode::FAILURE
            }
        };
    }
    let mut arguments = std::env::args_os().skip(1);
    if let Some(action) = arguments.next() {
        return match pins::perform(&action.to_string_lossy(), arguments.next().as_deref().map(Path::new)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                eprintln!("error: pinning: {failure}");
                ExitCode::FAILURE
            }
        };
    }
    match Input::of_derivation() {
        Ok(input) => match build(&input) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                eprintln!("error: {} {}: {failure}", input.unit.package, input.unit.version);
                ExitCode::FAILURE
            }
        },
        Err(failure) => {
            eprintln!("error: reading the derivation's attributes: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn build(input: &Input) -> failure::Result<()> {
    match input.unit.kind {
        _ if input.unit.action != Action::Build => actions::perform(input),
        Kind::Libstd => libstd::build(input),
        Kind::Build => script::build(input),
        _ => compile::build(input),
    }
}
