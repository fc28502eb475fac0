//! Who uses what: objects by the loader's walk, files by the closure.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::Error;
use crate::load::{self, Loaded};
use crate::tree::Tree;

/// Indexes of programs.
pub(crate) type Users = BTreeSet<usize>;

/// Who uses what, by index.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    /// What each program loads.
    pub loaded: Vec<Loaded>,
    /// For each object: the programs that load it, or, if none does, whose closure holds it.
    pub objects: Vec<Users>,
    /// For each object: whether any program loads it at start.
    pub at_start: Vec<bool>,
    /// For each package: the programs whose closure holds it.
    pub packages: Vec<Users>,
    /// For each package: whether it is the C library's.
    pub c_library: Vec<bool>,
}

/// The SONAMEs, up to the version, of what every program of a system needs: the C library's parts, its loader, libgcc.
const C_LIBRARY: [&str; 11] = [
    "libc.so",
    "libm.so",
    "libgcc_s.so",
    "libpthread.so",
    "libdl.so",
    "librt.so",
    "libutil.so",
    "libresolv.so",
    "ld-linux",
    "ld-musl",
    "ld64.so",
];

impl Usage {
    /// Walks every program.
    pub fn find(tree: &mut Tree, library_folders: &[PathBuf]) -> Result<Self, Error> {
        let mut usage = Self::default();
        let starts: Vec<usize> = tree.programs.iter().map(|program| program.object).collect();
        for start in &starts {
            usage.loaded.push(load::walk(tree, *start, library_folders)?);
        }
        usage.objects = vec![Users::new(); tree.objects.len()];
        usage.packages = vec![Users::new(); tree.packages.len()];
        for (program, loaded) in usage.loaded.iter().enumerate() {
            for object in &loaded.objects {
                insert(&mut usage.objects, *object, program);
                if let Some(object) = tree.objects.get(*object) {
                    insert(&mut usage.packages, object.package, program);
                }
            }
        }
        usage.at_start = usage.objects.iter().map(|users| !users.is_empty()).collect();
        for (program, start) in starts.iter().enumerate() {
            let package = tree.objects.get(*start).map(|object| object.package);
            for reached in reach(package.into_iter().collect(), |index| references(tree, index)) {
                insert(&mut usage.packages, reached, program);
            }
        }
        for (index, object) in tree.objects.iter().enumerate() {
            if !usage.at_start.get(index).copied().unwrap_or(false)
                && let Some(users) = usage.objects.get_mut(index)
            {
                users.clone_from(usage.packages.get(object.package).unwrap_or(&Users::new()));
            }
        }
        usage.c_library = c_library(tree, &usage);
        Ok(usage)
    }
}

fn insert(sets: &mut [Users], index: usize, program: usize) {
    if let Some(users) = sets.get_mut(index) {
        users.insert(program);
    }
}

pub(crate) fn references(tree: &Tree, package: usize) -> Vec<usize> {
    tree.packages
        .get(package)
        .map(|package| package.references.clone())
        .unwrap_or_default()
}

/// Everything that can be reached from `start` over `next`, `start` included.
pub(crate) fn reach<T: Ord + Copy>(start: Vec<T>, next: impl Fn(T) -> Vec<T>) -> BTreeSet<T> {
    let mut reached = BTreeSet::new();
    let mut waiting = start;
    while let Some(index) = waiting.pop() {
        if reached.insert(index) {
            waiting.extend(next(index));
        }
    }
    reached
}

/// The packages of the C library: the one that holds a program's interpreter with all it needs, and every one of which
/// programs load nothing but the C library's parts and libgcc.
fn c_library(tree: &mut Tree, usage: &Usage) -> Vec<bool> {
    let own: BTreeSet<usize> = tree
        .programs
        .iter()
        .filter_map(|program| tree.objects.get(program.object))
        .map(|object| object.package)
        .collect();
    let mut interpreters = Vec::new();
    for program in &tree.programs {
        let Some(path) = tree
            .objects
            .get(program.object)
            .and_then(|object| object.elf.interpreter.clone())
        else {
            continue;
        };
        let real = std::fs::canonicalize(&path).unwrap_or(path);
        interpreters.extend(
            tree.objects
                .iter()
                .find(|object| object.path == real)
                .map(|object| object.package),
        );
    }
    let mut found = reach(interpreters, |index| references(tree, index));
    for (index, package) in tree.packages.iter().enumerate() {
        let at_start = |object: &&usize| usage.at_start.get(**object).copied().unwrap_or(false);
        let mut loaded = package
            .objects
            .iter()
            .filter(at_start)
            .filter_map(|object| tree.objects.get(*object))
            .peekable();
        if loaded.peek().is_some() && loaded.all(|object| object.elf.soname.as_deref().is_some_and(is_c_library)) {
            found.insert(index);
        }
    }
    (0..tree.packages.len())
        .map(|index| found.contains(&index) && !own.contains(&index))
        .collect()
}

fn is_c_library(soname: &str) -> bool {
    let file = soname.rsplit('/').next().unwrap_or(soname);
    C_LIBRARY.iter().any(|name| file.starts_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_c_library_is_known_by_its_sonames() {
        assert!(is_c_library("libc.so.6") && is_c_library("ld-linux-x86-64.so.2") && is_c_library("libgcc_s.so.1"));
        assert!(is_c_library("/nix/store/x-glibc/lib/libm.so.6"));
        assert!(!is_c_library("libcrypto.so.3") && !is_c_library("libmemchr-0.so"));
    }

    #[test]
    fn reach_ends_on_cycles() {
        let next = |index: usize| vec![(index + 1) % 3];
        assert_eq!(reach(vec![0], next), BTreeSet::from([0, 1, 2]));
    }
}
