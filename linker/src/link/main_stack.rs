//! Where the main thread's stack is, without reading `/proc/self/maps` at each start.

use std::path::{Path, PathBuf};

use dyrust_builder_readers::main_stack::{ANSWERED, ASKED, SOURCE};

use crate::cc::run;
use crate::error::{Error, Result};
use crate::patch::rename;
use crate::target::Target;

/// Has one of std's objects ask the object that `compile` makes: the names are of one length. Calls of other crates stay what they are.
pub fn redirect(object: &mut [u8], path: &Path, target: &Target) -> Result<()> {
    rename(object, path, target, ASKED, ANSWERED)
}

/// The object that answers.
pub fn compile(cc: &Path, folder: &Path) -> Result<PathBuf> {
    let (source, object) = (folder.join("main_stack.c"), folder.join("main_stack.o"));
    std::fs::write(&source, SOURCE).map_err(Error::io("write", &source))?;
    let mut arguments = ["-c", "-O2", "-fPIC", "-g0", "-w", "-o"].map(str::to_owned).to_vec();
    arguments.extend([object.display().to_string(), source.display().to_string()]);
    run(cc, &arguments, &object)?;
    Ok(object)
}
