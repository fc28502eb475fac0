//! Where the main thread's stack is, without reading `/proc/self/maps` at each start: see main_stack.c.

use std::path::{Path, PathBuf};

use crate::cc::run;
use crate::error::{Error, Result};
use crate::patch::rename;
use crate::target::Target;

const SOURCE: &str = include_str!("main_stack.c");

/// What std calls.
const ASKED: &str = "pthread_getattr_np";

/// What it calls instead; as long as the other name, which it takes the place of.
const ANSWERED: &str = "dyrust__getattr_np";

/// Has one of std's objects ask the object that `compile` makes. Calls of other crates stay what they are.
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
