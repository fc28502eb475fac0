//! What the C library, and what belongs to it, defines.

use std::path::PathBuf;

use rustc_hash::FxHashSet;

use crate::dynamic::dynamic;
use crate::error::{Result, read};
use crate::symbols::Scan;

/// The file of the mathematical functions, which a program loads only if something in it calls one.
const LIBM: &str = "libm.so.6";

/// Symbols of the C library.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CLibrary {
    /// Names that any of its shared objects defines.
    pub exports: FxHashSet<String>,
    /// Those among them that nothing but libm defines.
    pub of_libm: FxHashSet<String>,
}

impl CLibrary {
    /// Reads its shared objects. `builtins` is what is in each finished file before the C library is asked: some functions of libm, too.
    pub fn read(files: &[PathBuf], builtins: &Scan) -> Result<Self> {
        let mut library = Self::default();
        let (libm, others): (Vec<&PathBuf>, Vec<&PathBuf>) = files
            .iter()
            .partition(|file| file.file_name().is_some_and(|name| name == LIBM));
        for file in others {
            library.exports.extend(dynamic(&read(file)?, file)?.exports);
        }
        for file in libm {
            let exports = dynamic(&read(file)?, file)?.exports;
            let alone = exports
                .iter()
                .filter(|name| !library.exports.contains(*name) && !builtins.defines(name));
            library.of_libm.extend(alone.cloned());
            library.exports.extend(exports);
        }
        Ok(library)
    }
}
