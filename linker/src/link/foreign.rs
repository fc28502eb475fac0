//! Foreign shared libraries: how they are found when linking, and when running.

use std::path::{Path, PathBuf};

use crate::graph::Unit;
use crate::node::search_folder;

/// How an argument begins that has the C compiler start another linker: all here is for one, which [`crate::link::command`] names.
const OTHER_LINKERS: [&str; 2] = ["-fuse-ld=", "--ld-path="];

/// What the units of one file ask of the linker.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Foreign {
    /// Search folders and libraries, in order, each once.
    pub arguments: Vec<String>,
    /// Search folders that hold a shared library asked for: the loader may have to know them.
    pub run_paths: Vec<PathBuf>,
}

impl Foreign {
    /// Collects the arguments of some units.
    pub fn of<'a>(units: impl Iterator<Item = &'a Unit>) -> Self {
        Self::collect(units, |_| true)
    }

    /// Collects what some units name of libraries alone.
    pub fn libraries_of<'a>(units: impl Iterator<Item = &'a Unit>) -> Self {
        Self::collect(units, |argument| argument.starts_with("-l"))
    }

    /// Adds what is not there yet.
    pub fn add(&mut self, other: Self) {
        for argument in other.arguments {
            if !self.arguments.contains(&argument) {
                self.arguments.push(argument);
            }
        }
        for folder in other.run_paths {
            if !self.run_paths.contains(&folder) {
                self.run_paths.push(folder);
            }
        }
    }

    fn collect<'a>(units: impl Iterator<Item = &'a Unit>, is_wanted: impl Fn(&str) -> bool) -> Self {
        let mut foreign = Self::default();
        let mut folders: Vec<PathBuf> = Vec::new();
        let mut arguments: Vec<String> = Vec::new();
        let mut files: Vec<&PathBuf> = Vec::new();
        for unit in units {
            for file in unit.node.foreign.values() {
                if !files.contains(&file) {
                    files.push(file);
                }
            }
            for search in &unit.node.searches {
                let Some(folder) = search_folder(search).map(Path::to_owned) else {
                    continue;
                };
                if !folders.contains(&folder) {
                    folders.push(folder);
                }
            }
            let is_for_all = |argument: &&String| {
                !OTHER_LINKERS.iter().any(|start| argument.starts_with(start)) && is_wanted(argument)
            };
            for argument in unit.node.link_arguments.iter().filter(is_for_all) {
                // A library may be asked for many times; other arguments can have operands, so they stay as they are.
                if !argument.starts_with("-l") || !arguments.contains(argument) {
                    arguments.push(argument.clone());
                }
            }
            // What a program alone is linked with was said for the place where it stands: between `--whole-archive` and its end, say.
            arguments.extend(unit.node.own_link_arguments.iter().filter(is_for_all).cloned());
        }
        // What a program's own `#[link]` asks for its node knows by the file alone.
        let known: Vec<&PathBuf> = files.iter().copied().filter(|file| file.is_file()).collect();
        for argument in &arguments {
            let Some(file) = file_name(argument) else {
                continue;
            };
            let Some(folder) = folders.iter().find(|folder| folder.join(&file).is_file()) else {
                continue;
            };
            // The file may be a link from a development package to the one that holds the library.
            let real = std::fs::canonicalize(folder.join(&file)).ok();
            let real = real.as_deref().and_then(Path::parent);
            for folder in std::iter::once(folder.as_path()).chain(real) {
                if !foreign.run_paths.iter().any(|known| known == folder) {
                    foreign.run_paths.push(folder.to_owned());
                }
            }
        }
        foreign.arguments = folders.iter().map(|folder| format!("-L{}", folder.display())).collect();
        foreign.arguments.extend(arguments);
        for file in known {
            foreign.arguments.push(file.display().to_string());
            if let Some(folder) = file.parent()
                && !foreign.run_paths.iter().any(|known| known == folder)
            {
                foreign.run_paths.push(folder.to_owned());
            }
        }
        foreign
    }
}

/// Whether one of the folders has the shared library that an argument (`-lz`) asks for.
pub fn is_in(argument: &str, folders: &[PathBuf]) -> bool {
    file_name(argument).is_some_and(|file| folders.iter().any(|folder| folder.join(&file).is_file()))
}

/// The file that an argument (`-lz`) asks for, if it is a shared library.
fn file_name(argument: &str) -> Option<String> {
    let name = argument.strip_prefix("-l")?;
    match name.strip_prefix(':') {
        Some(file) => (!file.ends_with(".a")).then(|| file.to_owned()),
        None => Some(format!("lib{name}.so")),
    }
}
