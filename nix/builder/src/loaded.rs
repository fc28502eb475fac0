//! What the loader loads for a program, all of which the program itself lists by absolute paths.
//!
//! Libraries know each other by short names alone. glibc takes for a short name whatever is loaded already under that SONAME
//! (`_dl_map_object` in `elf/dl-load.c`), and it loads what a program lists before what the libraries ask for. So the loader
//! never searches, and no library refers to a store path.

use crate::elf::Elf;
use crate::failure::{Failure, Result};
use crate::files;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

/// Where libraries are, by the names under which others need them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Libraries {
    by_soname: BTreeMap<String, PathBuf>,
}

impl Libraries {
    /// Adds a library.
    ///
    /// # Errors
    /// If another file is known by that name: the loader would take one of them for both.
    pub fn add(&mut self, soname: &str, path: &Path) -> Result<()> {
        match self.by_soname.get(soname) {
            Some(known) if known != path => Err(Failure::message(format!(
                "two libraries are called {soname}:\n    {}\n    {}\na process can have one of them alone: give all crates the same package, by `overrides`",
                known.display(),
                path.display()
            ))),
            Some(_) => Ok(()),
            None => {
                self.by_soname.insert(soname.to_owned(), path.to_owned());
                Ok(())
            }
        }
    }

    /// Reads what [`Self::write`] wrote.
    ///
    /// # Errors
    /// If the file cannot be read, or is something else.
    pub fn read(file: &Path) -> Result<Self> {
        let text = files::read_text(file)?;
        let entry = |line: &str| {
            let (soname, path) = line.split_once('\t').ok_or_else(|| {
                Failure::message(format!(
                    "internal error: {}: `{line}` says of no library where it is",
                    file.display()
                ))
            })?;
            Ok((soname.to_owned(), PathBuf::from(path)))
        };
        Ok(Self {
            by_soname: text.lines().map(entry).collect::<Result<_>>()?,
        })
    }

    /// Writes them to a file, for the linker.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, file: &Path) -> Result<()> {
        let lines = self
            .iter()
            .map(|(soname, path)| format!("{soname}\t{}\n", path.display()));
        files::write(file, lines.collect::<String>().as_bytes())
    }

    /// Names and paths, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Path)> {
        self.by_soname
            .iter()
            .map(|(soname, path)| (soname.as_str(), path.as_path()))
    }

    /// Where the library of this name is.
    #[must_use]
    pub fn get(&self, soname: &str) -> Option<&Path> {
        self.by_soname.get(soname).map(PathBuf::as_path)
    }

    /// All that is loaded with a program that needs `roots` and is started by `loader`: these and what they need, in the order in
    /// which the loader would meet them.
    ///
    /// # Errors
    /// If a file cannot be read, or one of ours needs what is not known.
    pub fn closure(&self, roots: &[String], loader: &str) -> Result<Vec<PathBuf>> {
        let mut seen = BTreeSet::new();
        let mut list = Vec::new();
        let mut waiting: VecDeque<PathBuf> = roots.iter().map(PathBuf::from).collect();
        let known: BTreeSet<&Path> = self.by_soname.values().map(PathBuf::as_path).collect();
        while let Some(file) = waiting.pop_front() {
            // What is needed by a name that is no path is somebody else's, and found as that one says.
            if !file.is_absolute() || file.file_name().is_some_and(|name| name == loader) || !seen.insert(file.clone())
            {
                continue;
            }
            let bytes = files::read(&file)?;
            let elf = Elf::parse(&bytes)
                .ok_or_else(|| Failure::message(format!("{} is not a shared object", file.display())))?;
            for name in elf.needed() {
                if name == loader {
                    continue;
                }
                match self.find(name, &file, &elf) {
                    Some(path) => waiting.push_back(path),
                    // A foreign library's own affair.
                    None if !known.contains(file.as_path()) => {}
                    None => {
                        return Err(Failure::message(format!(
                            "{} needs {name}, and nothing says where that is",
                            file.display()
                        )));
                    }
                }
            }
            list.push(file);
        }
        Ok(list)
    }

    /// Where what a file needs is: a library that is known, or one of the C library's folder, or one that a foreign library finds
    /// by its own search path.
    fn find(&self, name: &str, file: &Path, elf: &Elf) -> Option<PathBuf> {
        if name.starts_with('/') {
            return Some(name.into());
        }
        if let Some(known) = self.get(name) {
            return Some(known.to_owned());
        }
        let origin = file.parent()?;
        let searched = elf.search_path().into_iter().flat_map(|list| list.split(':'));
        let folders = searched.filter(|folder| !folder.is_empty()).map(|folder| {
            let origin = origin.to_string_lossy();
            PathBuf::from(folder.replace("${ORIGIN}", &origin).replace("$ORIGIN", &origin))
        });
        let libc = self.get("libc.so.6").and_then(Path::parent).map(Path::to_owned);
        folders
            .chain(libc)
            .map(|folder| folder.join(name))
            .find(|path| path.exists())
    }
}

/// In which order a program best lists `loaded`, which are the contents of shared objects in the order in which they are listed now:
/// those first that serve most look-ups of the program and of each other, since the loader asks one after the other. The look-ups find
/// what they found: of objects that define a symbol of one name, those that were first stay first.
#[must_use]
pub fn best_order(program: &[u8], loaded: &[Vec<u8>]) -> Vec<usize> {
    let mut definers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let objects: Vec<Elf> = loaded.iter().filter_map(|bytes| Elf::parse(bytes)).collect();
    let symbols: Vec<_> = objects.iter().map(Elf::dynamic_symbols).collect();
    for (index, symbols) in symbols.iter().enumerate() {
        for symbol in symbols.iter().filter(|symbol| symbol.global && symbol.defined) {
            let definers = definers.entry(symbol.name).or_default();
            if definers.last() != Some(&index) {
                definers.push(index);
            }
        }
    }
    let mut served = vec![0_usize; objects.len()];
    let own = Elf::parse(program).map(|elf| elf.dynamic_symbols()).unwrap_or_default();
    for symbol in symbols.iter().chain([&own]).flatten().filter(|symbol| !symbol.defined) {
        if let Some(first) = definers.get(symbol.name).and_then(|definers| definers.first()) {
            served[*first] += 1;
        }
    }
    let mut before: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); objects.len()];
    for definers in definers.values() {
        for pair in definers.windows(2) {
            before[pair[1]].insert(pair[0]);
        }
    }
    let mut order: Vec<usize> = Vec::new();
    let mut left: Vec<usize> = (0..objects.len()).collect();
    while !left.is_empty() {
        let free = |index: &&usize| before[**index].iter().all(|earlier| order.contains(earlier));
        // Of equals the first; `before` points to earlier ones alone, so that one is always free.
        let next = left
            .iter()
            .filter(free)
            .max_by_key(|index| (served[**index], std::cmp::Reverse(**index)));
        let Some(next) = next.copied() else { break };
        left.retain(|index| *index != next);
        order.push(next);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    /// A shared object that defines and wants functions.
    fn functions(folder: &Path, name: &str, defines: &[&str], wants: &[&str]) -> Vec<u8> {
        let calls: String = wants.iter().map(|wanted| format!("void {wanted}(void);\n")).collect();
        let body: String = wants.iter().map(|wanted| format!("{wanted}();")).collect();
        let mut text = calls + &format!("void own_of_{name}(void) {{ {body} }}\n");
        text.extend(defines.iter().map(|defined| format!("void {defined}(void) {{}}\n")));
        files::write(&folder.join(format!("{name}.c")), text.as_bytes()).unwrap();
        let made = Command::new("cc")
            .current_dir(folder)
            .args(["-shared", "-nostdlib", "-fPIC", &format!("{name}.c"), "-o", name])
            .status();
        assert!(made.unwrap().success());
        files::read(&folder.join(name)).unwrap()
    }

    #[test]
    fn what_serves_most_look_ups_comes_first_unless_that_changes_what_is_found() {
        let folder = crate::test_folder("order-of-loaded");
        let program = functions(&folder, "program", &[], &["a", "b", "c"]);
        let first = functions(&folder, "first", &["a", "twice"], &["b", "c"]);
        let second = functions(&folder, "second", &["b"], &["c"]);
        let third = functions(&folder, "third", &["c"], &[]);
        let objects = [first, second, third];
        assert_eq!(best_order(&program, &objects), [2, 1, 0]);
        // The first one's `twice` is the one that is found.
        let third = functions(&folder, "third", &["c", "twice"], &[]);
        let objects = [objects[0].clone(), objects[1].clone(), third];
        assert_eq!(best_order(&program, &objects), [1, 0, 2]);
    }

    fn shared(folder: &Path, name: &str, needs: &[&str]) -> PathBuf {
        let file = folder.join(format!("lib{name}.so"));
        files::write(&folder.join(format!("{name}.c")), b"int f(void) { return 1; }\n").unwrap();
        let made = Command::new("cc")
            .current_dir(folder)
            .args(["-shared", "-nostdlib", "-fPIC", "-o"])
            .arg(&file)
            .args([
                &format!("-Wl,-soname,lib{name}.so"),
                "-Wl,--no-as-needed",
                &format!("{name}.c"),
            ])
            .args(needs)
            .status();
        assert!(made.unwrap().success());
        file
    }

    #[test]
    fn a_program_lists_what_its_libraries_need() {
        let folder = crate::test_folder("closure-of-loaded");
        let low = shared(&folder, "low", &[]);
        let middle = shared(&folder, "middle", &["./liblow.so"]);
        let top = shared(&folder, "top", &["./liblow.so", "./libmiddle.so"]);
        let mut libraries = Libraries::default();
        libraries.add("libtop.so", &top).unwrap();
        libraries.add("libmiddle.so", &middle).unwrap();
        let roots = [top.to_string_lossy().into_owned()];
        let missing = libraries.closure(&roots, "ld.so").unwrap_err().to_string();
        assert!(missing.contains("libtop.so needs liblow.so"), "{missing}");
        libraries.add("liblow.so", &low).unwrap();
        assert_eq!(libraries.closure(&roots, "ld.so").unwrap(), [top, low.clone(), middle]);
        // Written and read.
        libraries.write(&folder.join("list")).unwrap();
        assert_eq!(Libraries::read(&folder.join("list")).unwrap(), libraries);
        // Two of one name.
        libraries.add("liblow.so", &low).unwrap();
        let twice = libraries.add("liblow.so", Path::new("/other/liblow.so")).unwrap_err();
        assert!(twice.to_string().contains("two libraries are called liblow.so"));
    }
}
