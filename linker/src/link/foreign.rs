//! Foreign shared libraries: how they are found when linking, and when running.

use std::path::{Path, PathBuf};

use crate::dynamic::dynamic;
use crate::error::{Error, Result, read};
use crate::graph::Unit;

/// What the units of one file ask of the linker.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Foreign {
    /// Search folders and libraries, in order, each once.
    pub arguments: Vec<String>,
    /// Libraries found in search folders: their SONAME and folder.
    pub found: Vec<(String, PathBuf)>,
}

impl Foreign {
    /// Collects the arguments of some units.
    pub fn of<'a>(units: impl Iterator<Item = &'a Unit>) -> Result<Self> {
        let mut foreign = Self::default();
        let mut folders: Vec<PathBuf> = Vec::new();
        let mut arguments: Vec<String> = Vec::new();
        for unit in units {
            for search in &unit.node.searches {
                // As `-L` of rustc: KIND=PATH or PATH; `crate` and `dependency` are for Rust's own files.
                let folder = match search.split_once('=') {
                    Some(("native" | "all", folder)) => folder,
                    Some(("crate" | "dependency" | "framework", _)) => continue,
                    _ => search,
                };
                let folder = PathBuf::from(folder);
                if !folders.contains(&folder) {
                    folders.push(folder);
                }
            }
            for argument in &unit.node.link_arguments {
                // A library may be asked for many times; other arguments can have operands, so they stay as they are.
                if !argument.starts_with("-l") || !arguments.contains(argument) {
                    arguments.push(argument.clone());
                }
            }
        }
        for argument in &arguments {
            let Some(name) = argument.strip_prefix("-l") else {
                continue;
            };
            let file = name
                .strip_prefix(':')
                .map_or_else(|| format!("lib{name}.so"), str::to_owned);
            let Some(folder) = folders.iter().find(|folder| folder.join(&file).is_file()) else {
                continue;
            };
            foreign.found.push((soname(&folder.join(&file))?, folder.clone()));
        }
        foreign.arguments = folders.iter().map(|folder| format!("-L{}", folder.display())).collect();
        foreign.arguments.extend(arguments);
        Ok(foreign)
    }

    /// Folders of those libraries that a file needs: the loader has to know them.
    pub fn run_paths(&self, needed: &[String]) -> Vec<&Path> {
        let mut folders: Vec<&Path> = Vec::new();
        for (soname, folder) in &self.found {
            // A library known by its absolute path is found without a search.
            if needed.contains(soname) && !soname.starts_with('/') && !folders.contains(&folder.as_path()) {
                folders.push(folder);
            }
        }
        folders
    }
}

fn soname(path: &Path) -> Result<String> {
    let content = read(path)?;
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    // Some development files are linker scripts that name the real library.
    if !content.starts_with(&object::elf::ELFMAG) {
        return Ok(name);
    }
    match dynamic(&content, path) {
        Ok(dynamic) => Ok(dynamic.soname.unwrap_or(name)),
        Err(Error::Foreign { .. }) => Ok(name),
        Err(error) => Err(error),
    }
}
