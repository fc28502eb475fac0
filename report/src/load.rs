//! Walks `DT_NEEDED` as the loader does, and says which objects a program has before it starts.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::path::{Path, PathBuf};

use crate::Error;
use crate::tree::Tree;

/// What the loader opens for one program.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// Indexes of objects, the program first, then in the loader's order (breadth first), each once.
    pub objects: Vec<usize>,
    /// What is needed and was not found, with who needs it.
    pub missing: Vec<String>,
}

/// Follows the program `start` through its shared objects and its interpreter.
pub(crate) fn walk(tree: &mut Tree, start: usize, library_folders: &[PathBuf]) -> Result<Loaded, Error> {
    let mut loaded = Loaded::default();
    let mut seen = BTreeSet::from([start]);
    let mut waiting = VecDeque::from([start]);
    let interpreter = tree
        .objects
        .get(start)
        .and_then(|object| object.elf.interpreter.clone());
    // Names without a folder are found on the run path, then where the interpreter's own library lies.
    let mut folders: Vec<PathBuf> = interpreter
        .iter()
        .filter_map(|path| path.parent())
        .map(Path::to_owned)
        .collect();
    folders.extend(library_folders.iter().cloned());
    let loader = match &interpreter {
        Some(path) => tree.object_at(path)?,
        None => None,
    };
    // What is loaded under its SONAME serves whoever needs that name.
    let mut by_soname = HashMap::new();
    while let Some(index) = waiting.pop_front() {
        loaded.objects.push(index);
        let Some(object) = tree.objects.get(index) else {
            continue;
        };
        let (needed, search, from) = (
            object.elf.needed.clone(),
            object.elf.search.clone(),
            object.path.clone(),
        );
        for name in needed {
            let found = match by_soname.get(&name) {
                Some(&index) => Some(index),
                None => find(tree, &name, &from, &search, &folders)?,
            };
            match found {
                Some(found) => {
                    if seen.insert(found) {
                        waiting.push_back(found);
                        let object = tree.objects.get(found);
                        if let Some(soname) = object.and_then(|object| object.elf.soname.clone()) {
                            by_soname.entry(soname).or_insert(found);
                        }
                    }
                }
                None => loaded
                    .missing
                    .push(format!("{} needs {name}, which was not found", from.display())),
            }
        }
        if waiting.is_empty()
            && let Some(loader) = loader
            && seen.insert(loader)
        {
            waiting.push_back(loader);
        }
    }
    Ok(loaded)
}

fn find(
    tree: &mut Tree,
    name: &str,
    from: &Path,
    search: &[String],
    folders: &[PathBuf],
) -> Result<Option<usize>, Error> {
    if name.contains('/') {
        return tree.object_at(Path::new(name));
    }
    let origin = from.parent().unwrap_or(Path::new("/")).to_string_lossy().into_owned();
    let expanded = search
        .iter()
        .map(|folder| PathBuf::from(folder.replace("${ORIGIN}", &origin).replace("$ORIGIN", &origin)));
    for folder in expanded.chain(folders.iter().cloned()) {
        let path = folder.join(name);
        if path.is_file()
            && let Some(found) = tree.object_at(&path)?
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
