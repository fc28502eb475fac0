//! The graph that a command reads if none is named: `crate-graph.json` in this folder, else the one beside the workspace's `Cargo.lock`, where
//! `dyrust import` writes it from any folder of the workspace.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use dyrust_importer::{graph, workspace};

use crate::Error;
use crate::check::quote;
use crate::import::GRAPH_NAME;

/// How many other graphs are named at most.
const SHOWN: usize = 3;

/// How commands take the name of another graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    /// By `--graph FILE`.
    Option,
    /// As an argument.
    Argument,
}

/// The graph's file, which need not be there.
fn usual() -> PathBuf {
    let here = PathBuf::from(GRAPH_NAME);
    if here.exists() {
        return here;
    }
    // A manifest that can't be read is no matter of a command that wants the graph alone.
    let root = workspace::find_root(Path::new(".")).ok();
    let beside_lock = root.map(|root| root.join(GRAPH_NAME)).filter(|file| file.exists());
    beside_lock.unwrap_or(here)
}

/// The graph's file that was named, else the usual one.
///
/// # Errors
/// When none was named and the usual one is not there: says which others there are.
pub(crate) fn named_or_usual(named: Option<&Path>, naming: Naming) -> Result<PathBuf, Error> {
    if let Some(file) = named {
        return Ok(file.to_path_buf());
    }
    let file = usual();
    if file.exists() {
        return Ok(file);
    }
    let (option, another) = match naming {
        Naming::Option => ("--graph ", "by `--graph FILE`"),
        Naming::Argument => ("", "as an argument"),
    };
    let others: Vec<String> = graphs_in(Path::new("."))
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{option}{}`", quote(name)))
        .collect();
    let help = match others.as_slice() {
        [] => format!("run `dyrust import` in the workspace's folder, or name another graph {another}"),
        others => format!("name one of the graphs that are here, by {}", others.join(" or ")),
    };
    Err(Error::NoGraph { file, help })
}

/// A graph's file that has to be there, though it is not read.
///
/// # Errors
/// When it is not there.
pub(crate) fn existing(file: PathBuf) -> Result<PathBuf, Error> {
    match fs::metadata(&file) {
        Ok(_) => Ok(file),
        Err(reason) => Err(graph::Error::Unreadable { file, reason }.into()),
    }
}

/// The names of a folder's graphs, in their order.
fn graphs_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| is_graph(&entry.path()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// Does a file begin as graphs do? They say at the top who made them.
fn is_graph(file: &Path) -> bool {
    const BEGINNING: u64 = 4096;
    let mut beginning = Vec::new();
    file.extension().is_some_and(|extension| extension == "json")
        && file.is_file()
        && fs::File::open(file).is_ok_and(|opened| opened.take(BEGINNING).read_to_end(&mut beginning).is_ok())
        && String::from_utf8_lossy(&beginning).contains("\"generator\": \"dyrust ")
}
