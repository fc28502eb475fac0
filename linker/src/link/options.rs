//! How to link.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, read};
use crate::graph::{Graph, Unit};
use crate::item::is_foreign;
use crate::placement::Form;

/// Which identical pieces of code and constant data become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Folding {
    /// Functions and constants of Rust objects; statics keep addresses of their own, C objects are left alone.
    Rust,
    /// Everything, C as well, and statics with equal content: only for code that compares no addresses.
    All,
    /// Nothing.
    None,
}

/// Where the unwinder comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unwinder {
    /// Static, unless a unit needs a foreign library that brings the shared one (C++), or loads libraries by name (`dlopen`) where programs
    /// share objects.
    Auto,
    /// libgcc_eh.a becomes part of what is linked.
    Static,
    /// libgcc_s.so.
    Shared,
}

/// Which functions have their names in finished files, for backtraces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Names {
    /// Those of programs and of the user's own libraries, unless their profile says `strip = "symbols"`.
    Own,
    /// All, as in what Cargo makes.
    All,
    /// None.
    None,
}

/// Where the shared objects of a set are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Layout {
    /// In one folder, `lib`.
    #[default]
    Together,
    /// Each in a folder of its own, `NAME/lib`, that can be an output of its own: no object refers to a path, and the own code of a program of
    /// some size is an object, too, so that of the program only a list of paths is left.
    ///
    /// Those that are outputs already are named with their places: they are not written, but have to be what is linked, bit for bit.
    Separate(BTreeMap<String, PathBuf>),
}

/// How to link.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the files are written.
    pub out: PathBuf,
    /// Where they will be when they run; SONAMEs are made of it.
    pub prefix: PathBuf,
    /// Where the shared objects are; separate ones are of the grouped form alone.
    pub layout: Layout,
    /// Whether shared objects keep all that their crates show to others, and not only what the set uses: of the grouped form alone.
    pub open: bool,
    /// The C compiler that knows the C library and calls the linker.
    pub cc: PathBuf,
    /// A folder that holds `ld.lld`, or a package or Rust toolchain that does; if not given the sysroot's own one, or that on PATH.
    pub lld: Option<PathBuf>,
    /// What is folded.
    pub folding: Folding,
    /// Where the unwinder comes from.
    pub unwinder: Unwinder,
    /// Whether relocations by the load address are packed (needs glibc 2.36 or later); as the toolchain says if not
    /// given.
    pub packed_relocations: Option<bool>,
    /// Where symbols and debug information are kept in files of their own, if they are.
    pub debug: Option<PathBuf>,
    /// What splits them off.
    pub objcopy: PathBuf,
    /// Which names of functions are kept.
    pub names: Names,
    /// Further arguments for each link.
    pub arguments: Vec<String>,
    /// Keeps the intermediate files here.
    pub work: Option<PathBuf>,
}

/// What the C compiler and the toolchain say about themselves, asked once.
#[derive(Debug, Clone)]
pub struct Tools {
    /// libgcc_eh.a, if it is to be linked.
    pub unwinder: Option<PathBuf>,
    /// The shared objects of the C library and of what belongs to it, as far as they could be found.
    pub system: Vec<PathBuf>,
    /// By arguments (`-lresolv`): where the C compiler itself finds further libraries that units ask for.
    pub found: BTreeMap<String, PathBuf>,
    /// What the toolchain's derivation found out.
    pub facts: Facts,
}

/// The file `toolchain.json` in the `dev` output of libstd-rust; a plain sysroot has none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Facts {
    /// Whether the linker and the C library can pack relocations.
    pub packed_relocations: Option<bool>,
    /// A folder of linking copies of the C library, named by absolute paths: the loader then searches for nothing.
    pub linking_copies: Option<PathBuf>,
    /// An archive with what shared objects may want of the C compiler's start files, which then are left out: they bring weak names
    /// along that nobody defines, and that are looked for in every object at each start.
    pub start: Option<PathBuf>,
}

impl Facts {
    fn read(sysroot: &Path) -> Result<Self> {
        let path = sysroot.join("toolchain.json");
        if !path.exists() {
            return Ok(Self::default());
        }
        serde_json::from_slice(&read(&path)?).map_err(|source| Error::Json { path, source })
    }
}

impl Tools {
    /// Asks.
    pub fn find(graph: &Graph, form: Form, options: &Options) -> Result<Self> {
        let facts = Facts::read(&graph.sysroot)?;
        let brings_unwinder = |argument: &String| matches!(argument.as_str(), "-lstdc++" | "-lc++" | "-lgcc_s");
        let shared = match options.unwinder {
            Unwinder::Static => false,
            Unwinder::Shared => true,
            Unwinder::Auto => {
                let mut arguments = graph.units.iter().flat_map(|unit| &unit.node.link_arguments);
                // Of what programs share a part of the unwinder is seen by all that is loaded later: plugins would have half of it
                // from there, and half from libgcc_s.so.
                arguments.any(brings_unwinder) || form != Form::Static && graph.units.iter().any(Unit::loads_libraries)
            }
        };
        let unwinder = if shared {
            None
        } else {
            file_of(&options.cc, "libgcc_eh.a")?
        };
        if unwinder.is_none() && options.unwinder == Unwinder::Static {
            return Err(Error::Usage(format!(
                "{} has no libgcc_eh.a: use --unwinder shared",
                options.cc.display()
            )));
        }
        let mut system = Vec::new();
        for name in ["libc.so.6", "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6"] {
            system.extend(shared_object_of(&options.cc, name)?);
        }
        Ok(Self {
            unwinder,
            system,
            found: found(graph, &options.cc)?,
            facts,
        })
    }
}

/// By arguments, the folders of the libraries that units ask for and that the C compiler knows of.
fn found(graph: &Graph, cc: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let nodes = graph.units.iter().map(|unit| &unit.node);
    let arguments = nodes.flat_map(|node| node.link_arguments.iter().chain(&node.own_link_arguments));
    let asked: BTreeSet<&String> = arguments.filter(|argument| is_foreign(argument)).collect();
    let mut found = BTreeMap::new();
    for argument in asked {
        let Some(name) = argument.strip_prefix("-l").filter(|name| !name.starts_with(':')) else {
            continue;
        };
        let Some(link) = file_of(cc, &format!("lib{name}.so"))? else {
            continue;
        };
        // The file may be a link from a development package to the one that holds the library.
        let file = std::fs::canonicalize(&link).map_err(Error::io("read", &link))?;
        if let Some(folder) = file.parent() {
            found.insert(argument.clone(), folder.to_owned());
        }
    }
    Ok(found)
}

impl Options {
    /// `-fuse-ld=lld` and `-B…`; a plan needs neither.
    pub fn linker(&self, sysroot: &Path) -> Result<Vec<String>> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let (folder, searched) = match &self.lld {
            Some(given) => (folder_of_lld(given), given.display().to_string()),
            None => (
                folder_of_lld(sysroot)
                    .or_else(|| std::env::split_paths(&path).find(|folder| folder.join("ld.lld").exists())),
                format!("{} or on PATH", sysroot.display()),
            ),
        };
        let folder = folder.ok_or_else(|| {
            Error::Usage(format!(
                "no ld.lld was found in {searched}: give a package with one, or a Rust toolchain with its own, with --lld"
            ))
        })?;
        Ok(vec!["-fuse-ld=lld".to_owned(), format!("-B{}", folder.display())])
    }
}

/// Where `ld.lld` is: in the folder itself, as a package has it, or as a Rust toolchain has its own.
fn folder_of_lld(given: &Path) -> Option<PathBuf> {
    let own = std::fs::read_dir(given.join("lib/rustlib")).into_iter().flatten();
    let mut own: Vec<PathBuf> = own.flatten().map(|entry| entry.path().join("bin/gcc-ld")).collect();
    own.sort();
    let mut folders = [given.to_owned(), given.join("bin")].into_iter().chain(own);
    folders.find(|folder| folder.join("ld.lld").exists())
}

/// Where the C compiler has a library file, if it has it.
fn file_of(cc: &Path, name: &str) -> Result<Option<PathBuf>> {
    let output = Command::new(cc)
        .arg(format!("-print-file-name={name}"))
        .output()
        .map_err(|source| Error::Spawn {
            program: cc.display().to_string(),
            source,
            help: "give the C compiler that the toolchain links with: --cc PATH",
        })?;
    let path = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    // A file that is not there is printed as it was asked for, without a folder.
    Ok((path.is_absolute() && path.is_file()).then_some(path))
}

/// Where a shared object of the C compiler is: the compiler may know no file but the link that its linker takes, without a version.
fn shared_object_of(cc: &Path, name: &str) -> Result<Option<PathBuf>> {
    if let Some(file) = file_of(cc, name)? {
        return Ok(Some(file));
    }
    let unversioned = name.split_inclusive(".so").next().unwrap_or(name);
    let Some(link) = file_of(cc, unversioned)? else {
        return Ok(None);
    };
    let file = std::fs::canonicalize(&link)
        .map_err(Error::io("read", &link))?
        .with_file_name(name);
    Ok(file.is_file().then_some(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the compiler knows libstdc++ by `libstdc++.so` alone, which leads to a file elsewhere, programs did not list it for their objects and
    /// did not start.
    #[test]
    fn shared_objects_are_found_beside_what_the_linker_takes() {
        let base = tempfile::tempdir().unwrap();
        let (cc, known, lib) = (
            base.path().join("cc"),
            base.path().join("known"),
            base.path().join("lib"),
        );
        let answer = format!(
            "#!/bin/sh\nname=${{1#*=}}; [ -e {0}/$name ] && echo {0}/$name || echo $name\n",
            known.display()
        );
        std::fs::write(&cc, answer).unwrap();
        std::fs::set_permissions(&cc, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        for folder in [&known, &lib] {
            std::fs::create_dir_all(folder).unwrap();
        }
        let file = |folder: &Path, name: &str| {
            std::fs::write(folder.join(name), "").unwrap();
            std::fs::canonicalize(folder).unwrap().join(name)
        };
        let real = file(&lib, "libx.so.6.0.30");
        std::os::unix::fs::symlink(&real, lib.join("libx.so.6")).unwrap();
        std::os::unix::fs::symlink(&real, known.join("libx.so")).unwrap();
        let found = |name: &str| shared_object_of(&cc, name).unwrap();
        assert_eq!(found("libx.so.6"), Some(real.with_file_name("libx.so.6")));
        assert_eq!(found("libx.so.5"), None);
        assert_eq!(found("libz.so.1"), None);
        assert_eq!(found("libm.so.6"), None);
        file(&known, "libm.so.6");
        assert_eq!(found("libm.so.6"), Some(known.join("libm.so.6")));
    }

    #[test]
    fn lld_is_found_in_a_folder_a_package_and_a_toolchain() {
        let base = tempfile::tempdir().unwrap();
        let folder = |inner: &str| {
            let folder = base.path().join(inner);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("ld.lld"), "").unwrap();
            folder
        };
        let plain = folder("plain");
        assert_eq!(folder_of_lld(&plain), Some(plain.clone()));
        let package = folder("package/bin");
        assert_eq!(folder_of_lld(&base.path().join("package")), Some(package));
        let toolchain = folder("toolchain/lib/rustlib/x86_64-unknown-linux-gnu/bin/gcc-ld");
        assert_eq!(folder_of_lld(&base.path().join("toolchain")), Some(toolchain));
        assert_eq!(folder_of_lld(base.path()), None);
    }
}
