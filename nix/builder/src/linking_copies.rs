//! Linking copies of the C libraries. Each carries the absolute path of the real one as its name, so everything that is
//! linked against the copies needs the C libraries by absolute paths, and the loader searches for nothing.

use crate::elf::{self, Elf};
use crate::environment;
use crate::failure::{Failure, Result};
use crate::files;
use crate::input::Input;
use crate::process::Call;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The folder's name, in the `dev` of libstd-rust and in a build.
pub const FOLDER: &str = "linking-copies";

/// Finds and copies the libraries of one C compiler.
pub struct LinkingCopies<'a> {
    input: &'a Input,
    folder: PathBuf,
    /// Where the real libc is.
    libc_folder: PathBuf,
    /// The real libc.
    pub libc: PathBuf,
    /// The loader, as programs name it: under any other name it would be loaded twice.
    loader: PathBuf,
    /// Where the libraries are, by their SONAMEs.
    pub libraries: BTreeMap<String, String>,
}

/// What `-l` names in every link of rustc. The other parts of older C libraries are inside libc by now.
const LIBRARIES: [&str; 4] = ["c", "m", "gcc_s", "stdc++"];

impl<'a> LinkingCopies<'a> {
    /// Makes the copies in `folder`, for those of the libraries that are there. `program` is any that was linked.
    ///
    /// # Errors
    /// If there is no libc.
    pub fn make(input: &'a Input, folder: PathBuf, program: &Path) -> Result<Self> {
        let libc = asked(input, "libc.so.6")?.ok_or_else(|| Failure::message("the C compiler finds no libc.so.6"))?;
        let libc_folder = libc.parent().unwrap_or(Path::new("/")).to_owned();
        let bytes = files::read(program)?;
        let loader = Elf::parse(&bytes).and_then(|elf| elf.interpreter()).map(PathBuf::from);
        let loader = loader.ok_or_else(|| Failure::message("the C compiler makes programs without a loader"))?;
        let mut copies = Self {
            input,
            folder,
            libc_folder,
            libc,
            loader,
            libraries: BTreeMap::new(),
        };
        files::make_folder(&copies.folder)?;
        for name in LIBRARIES {
            copies.add(&format!("lib{name}.so"))?;
        }
        Ok(copies)
    }

    /// The real file of a library, where the C library is or else where the C compiler finds it.
    fn find(&self, name: &str) -> Result<Option<PathBuf>> {
        match std::fs::canonicalize(self.libc_folder.join(name)) {
            Ok(path) => Ok(Some(path)),
            Err(_) => asked(self.input, name),
        }
    }

    /// Copies what `-l` finds under this file name: a shared object, or a linker script that names some.
    fn add(&mut self, file: &str) -> Result<()> {
        let Some(found) = asked(self.input, file)? else {
            return Ok(());
        };
        let bytes = files::read(&found)?;
        if Elf::parse(&bytes).is_some() {
            self.copy(&found, file)?;
            return Ok(());
        }
        let text = String::from_utf8_lossy(&bytes);
        let mut words = Vec::new();
        for word in script_words(&text) {
            words.push(match word {
                "(" | ")" | "GROUP" | "INPUT" | "AS_NEEDED" => word.to_owned(),
                word if word.starts_with("-l") => word.to_owned(),
                word => self.member(word)?,
            });
        }
        files::write(&self.folder.join(file), format!("{}\n", words.join(" ")).as_bytes())
    }

    /// A file that a linker script names: the copy of a shared object, the real path of anything else.
    fn member(&mut self, word: &str) -> Result<String> {
        let name = Path::new(word)
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let Some(real) = self.find(&name)? else {
            return Ok(word.to_owned());
        };
        let copy = if name.contains(".so") {
            self.copy(&real, &name)?
        } else {
            None
        };
        Ok(copy.unwrap_or(real).to_string_lossy().into_owned())
    }

    fn copy(&mut self, real: &Path, file: &str) -> Result<Option<PathBuf>> {
        let bytes = files::read(real)?;
        let Some(soname) = Elf::parse(&bytes).and_then(|elf| elf.soname().map(str::to_owned)) else {
            return Ok(None);
        };
        let is_loader = self
            .loader
            .file_name()
            .is_some_and(|name| name.to_string_lossy() == soname);
        let named = if is_loader {
            self.loader.clone()
        } else {
            // GCC finds the C++ library by the name for linking alone.
            let found = self.find(&soname)?.unwrap_or_else(|| real.to_owned());
            let beside = found.with_file_name(&soname);
            if beside.exists() { beside } else { found }
        };
        self.libraries
            .insert(soname.clone(), named.to_string_lossy().into_owned());
        // The loader is there before anything is loaded, and answers to its name. libstd needs it by that; GNU ld adds to programs what
        // a library needs by another name than the one that it finds.
        let name = if is_loader { Path::new(&soname) } else { &named };
        let Some(copy) = elf::with_soname(&bytes, &name.to_string_lossy()) else {
            return Ok(None);
        };
        let to = self.folder.join(file);
        files::write(&to, &copy)?;
        Ok(Some(to))
    }
}

/// Where the C compiler finds a file by itself, without links.
///
/// # Errors
/// If it cannot be asked.
pub fn asked(input: &Input, name: &str) -> Result<Option<PathBuf>> {
    let mut call = Call::new(&input.toolchain.target_cc("cc"), &input.top);
    call.envs(&environment::base(input)?)
        .arg(format!("-print-file-name={name}"));
    let printed = call.text()?;
    let path = Path::new(printed.trim());
    // An unknown file is printed as it was asked for.
    Ok(if path.is_absolute() {
        std::fs::canonicalize(path).ok()
    } else {
        None
    })
}

/// The words of a linker script from its first list of files on: without comments, parentheses apart.
fn script_words(text: &str) -> Vec<&str> {
    let body = text.rsplit("*/").next().unwrap_or(text);
    let start = ["GROUP", "INPUT"]
        .iter()
        .filter_map(|word| body.find(word))
        .min()
        .unwrap_or(body.len());
    let mut words = Vec::new();
    for chunk in body[start..].split_whitespace() {
        let mut rest = chunk;
        while let Some(at) = rest.find(['(', ')']) {
            words.extend([&rest[..at], &rest[at..=at]]);
            rest = &rest[at + 1..];
        }
        words.push(rest);
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_linker_scripts() {
        let text = "/* GNU ld script\n*/\nOUTPUT_FORMAT(elf64-x86-64)\nGROUP ( /lib/libm.so.6  AS_NEEDED(/lib/libmvec.so.1 ) )\n";
        let expected = [
            "GROUP",
            "(",
            "/lib/libm.so.6",
            "AS_NEEDED",
            "(",
            "/lib/libmvec.so.1",
            ")",
            ")",
        ];
        assert_eq!(script_words(text), expected);
        assert_eq!(script_words("INPUT(-lncursesw)"), ["INPUT", "(", "-lncursesw", ")"]);
        assert!(script_words("nothing").is_empty());
    }
}
