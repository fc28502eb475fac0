//! Names of functions in finished files: backtraces show them.

use std::path::{Path, PathBuf};

use object::{Object as _, ObjectSymbol as _, SymbolKind};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use dyrust_builder_readers::elf::drop_codegen_unit_hashes;

use crate::cc::run;
use crate::error::{Error, Result, read};
use crate::graph::Graph;
use crate::link::options::{Names, Options};

/// The names that are kept; nothing if all are.
pub type Kept = Option<FxHashSet<String>>;

/// Functions of std between which a short backtrace is: it shows nothing where it does not find them by name.
const SHORT: [&str; 2] = ["__rust_begin_short_backtrace", "__rust_end_short_backtrace"];

/// What is to be kept in the files of a graph.
///
/// # Errors
/// If an object cannot be read.
pub fn of(graph: &Graph, names: Names) -> Result<Kept> {
    let own: Vec<PathBuf> = match names {
        Names::All => return Ok(None),
        Names::None => Vec::new(),
        Names::Own => {
            let units = graph.units.iter().filter(|unit| unit.node.function_names);
            units
                .flat_map(|unit| unit.node.objects.iter().map(|object| unit.dev.join(object)))
                .collect()
        }
    };
    let lists: Vec<Vec<String>> = own
        .par_iter()
        .map(|path| functions(&read(path)?, path))
        .collect::<Result<_>>()?;
    Ok(Some(lists.into_iter().flatten().collect()))
}

/// The functions that a file defines.
fn functions(content: &[u8], path: &Path) -> Result<Vec<String>> {
    let file = object::File::parse(content).map_err(|error| Error::Foreign {
        path: path.to_owned(),
        reason: format!("this ELF file is damaged: {error}"),
        expected: "a 64-bit little-endian ELF object".to_owned(),
    })?;
    let functions = file
        .symbols()
        .filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.is_definition());
    Ok(functions
        .filter_map(|symbol| Some(symbol.name().ok()?.to_owned()))
        .filter(|name| !name.is_empty())
        .collect())
}

/// The options of objcopy by which a finished file keeps those names alone; `work` is a path for a file.
///
/// # Errors
/// If a file cannot be read or written.
pub fn stripping(path: &Path, kept: &Kept, work: &Path) -> Result<Vec<String>> {
    let mut names = functions(&read(path)?, path)?;
    names.retain(|name| match kept {
        Some(kept) if kept.is_empty() => false,
        Some(kept) => kept.contains(name) || SHORT.iter().any(|mark| name.contains(mark)),
        None => true,
    });
    names.sort();
    names.dedup();
    let mut options = vec!["--strip-all".to_owned()];
    // objcopy takes no empty list.
    if !names.is_empty() {
        let list = work.with_extension("names");
        std::fs::write(&list, names.join("\n")).map_err(Error::io("write", &list))?;
        options.push(format!("--keep-symbols={}", list.display()));
    }
    Ok(options)
}

/// Takes everything out of a finished file that does not run and is not to be kept.
///
/// # Errors
/// As [`stripping`], and if objcopy fails.
pub fn strip(path: &Path, kept: &Kept, options: &Options, work: &Path) -> Result<()> {
    let mut arguments = stripping(path, kept, work)?;
    arguments.push(path.display().to_string());
    run(&options.objcopy, &arguments, path)?;
    let mut bytes = read(path)?;
    if drop_codegen_unit_hashes(&mut bytes) {
        std::fs::write(path, &bytes).map_err(Error::io("write", path))?;
    }
    Ok(())
}
