//! What a linked program's shared objects would not find, or would find where Cargo's program finds nothing, or too late.
//!
//! A linker takes the objects of an archive that something needs, and no others. A shared object has them all: what an
//! object asks for that nobody needs has to be there, and what it defines is found by those who ask for it only if it is
//! there (weak references). And a library is loaded only if the program's own objects refer to it. Where that would make
//! a difference the program is linked as one file (see [`crate::whole`]).

use crate::definitions::is_mangled;
use crate::elf::Elf;
use crate::failure::Result;
use crate::files;
use crate::node::Whole;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What a file asks others for and gives them, by its dynamic symbols.
struct File {
    name: String,
    /// Whether it is a crate's library, or one of its archives.
    ours: bool,
    defined: BTreeSet<String>,
    asked: BTreeSet<String>,
    asked_weakly: BTreeSet<String>,
    /// What it defines and chooses when it is loaded itself.
    indirect: BTreeSet<String>,
    /// Data that others are to find in this place alone, of Rust, too.
    data: BTreeSet<String>,
    /// Functions of others, of Rust, too, that the program's own code finds in the program: it asks for them, and has an address for each.
    stand_ins: BTreeSet<String>,
}

impl File {
    /// Reads a file. `stand_ins` are the program's: of functions of Rust only those are of interest.
    fn read(path: &Path, ours: bool, stand_ins: &BTreeSet<String>) -> Result<Self> {
        let bytes = files::read(path)?;
        let symbols = Elf::parse(&bytes).map(|elf| elf.dynamic_symbols()).unwrap_or_default();
        let mut file = Self {
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            ours,
            defined: BTreeSet::new(),
            asked: BTreeSet::new(),
            asked_weakly: BTreeSet::new(),
            indirect: BTreeSet::new(),
            data: BTreeSet::new(),
            stand_ins: BTreeSet::new(),
        };
        for symbol in symbols.iter().filter(|symbol| symbol.global) {
            if symbol.data && symbol.defined && !symbol.weak {
                file.data.insert(symbol.name.to_owned());
            }
            if symbol.function && !symbol.defined && symbol.value != 0 {
                file.stand_ins.insert(symbol.name.to_owned());
            }
            if is_mangled(symbol.name) && !stand_ins.contains(symbol.name) {
                continue;
            }
            let list = match (symbol.defined, symbol.weak) {
                (true, _) => &mut file.defined,
                (false, true) => &mut file.asked_weakly,
                (false, false) => &mut file.asked,
            };
            list.insert(symbol.name.to_owned());
            if symbol.indirect && symbol.defined {
                file.indirect.insert(symbol.name.to_owned());
            }
        }
        Ok(file)
    }
}

/// Why a program's shared objects don't mean what its parts would mean in one file, in a sentence; `is_ours` says which
/// file names are those of crates' libraries and archives.
///
/// # Errors
/// If a file cannot be read.
pub fn whole(program: &Path, is_ours: impl Fn(&str) -> bool) -> Result<Option<Whole>> {
    let first = File::read(program, false, &BTreeSet::new())?;
    let stand_ins = first.stand_ins.clone();
    let mut list = vec![first];
    for path in loaded(program, &is_ours)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        list.push(File::read(&path, is_ours(&name), &stand_ins)?);
    }
    let place = own_place(&list).map(|reason| Whole {
        reason,
        in_all_forms: true,
    });
    Ok(place.or_else(|| judge(&list).map(Whole::in_this_form)))
}

/// What is loaded with a program: what it lists, its loader if it is one that is there, and what libraries of others find beside them.
fn loaded(program: &Path, is_ours: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
    let bytes = files::read(program)?;
    let elf = Elf::parse(&bytes);
    // A program that is meant for another system may have that one's loader.
    let loader = elf
        .iter()
        .filter_map(Elf::interpreter)
        .filter(|path| Path::new(path).exists());
    let listed = elf.iter().flat_map(Elf::needed).chain(loader);
    let mut list: Vec<PathBuf> = listed.map(PathBuf::from).filter(|path| path.is_absolute()).collect();
    let mut next = 0;
    while let Some(path) = list.get(next).cloned() {
        next += 1;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if is_ours(&name) {
            continue;
        }
        let bytes = files::read(&path)?;
        let Some(elf) = Elf::parse(&bytes) else { continue };
        let folders = elf.search_path();
        let folders = folders.iter().flat_map(|path| path.split(':')).map(Path::new);
        let folders: Vec<&Path> = folders.chain(path.parent()).collect();
        for needed in elf.needed() {
            let is_known = list
                .iter()
                .any(|known| known.file_name() == Path::new(needed).file_name());
            let found = folders
                .iter()
                .map(|folder| folder.join(needed))
                .find(|path| path.is_file());
            if !is_known {
                list.extend(found);
            }
        }
    }
    Ok(list)
}

/// What the program's code finds in the program though a library has it: libraries are bound to what they define themselves, so that
/// they would not see that place.
fn own_place(files: &[File]) -> Option<String> {
    let [program, others @ ..] = files else {
        return None;
    };
    others.iter().find_map(|file| {
        let of_function = program.stand_ins.intersection(&file.defined);
        let of_data = program.data.intersection(&file.data);
        // The C library looks for its own as everybody does; std does not.
        let mut names = of_function.chain(of_data).filter(|name| file.ours || is_mangled(name));
        let name = names.next()?;
        Some(format!(
            "the program has a place of its own for `{name}` of {}, as code for programs alone (without -fPIC) asks for it",
            file.name
        ))
    })
}

fn judge(files: &[File]) -> Option<String> {
    let mut definers: BTreeMap<&str, &File> = BTreeMap::new();
    for file in files {
        for name in &file.defined {
            definers.entry(name).or_insert(file);
        }
    }
    for file in files.iter().filter(|file| file.ours) {
        if let Some(name) = file.asked.iter().find(|name| !definers.contains_key(name.as_str())) {
            return Some(format!(
                "{} asks for `{name}`, which no library that is loaded has",
                file.name
            ));
        }
    }
    let [program, others @ ..] = files else {
        return None;
    };
    for file in others {
        // Loaders bind libraries first, when what the program chooses is not chosen yet, and give up.
        if let Some(name) = file.asked.iter().find(|name| program.indirect.contains(*name)) {
            return Some(format!(
                "{} asks for `{name}`, which the program has and chooses only when it is loaded itself",
                file.name
            ));
        }
    }
    for file in files {
        let found = |name: &&String| definers.get(name.as_str()).is_some_and(|definer| definer.ours);
        if let Some(name) = file.asked_weakly.iter().find(found) {
            return Some(format!(
                "{} asks for `{name}` only if it is there, and of {} the part that has it may be left out",
                file.name,
                definers[name.as_str()].name
            ));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, ours: bool, defined: &[&str], asked: &[&str], asked_weakly: &[&str]) -> File {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        File {
            name: name.to_owned(),
            ours,
            defined: set(defined),
            asked: set(asked),
            asked_weakly: set(asked_weakly),
            indirect: BTreeSet::new(),
            data: BTreeSet::new(),
            stand_ins: BTreeSet::new(),
        }
    }

    // A callback's address, taken by an archive without -fPIC, was another one for the crate that compares it.
    #[test]
    fn a_place_of_the_programs_own_for_what_a_library_has_is_a_reason() {
        let mut program = file("program", false, &["main"], &["callback", "free"], &[]);
        let library = || {
            let mut library = file("liba.so", true, &["callback", "counter"], &["free"], &[]);
            library.data.insert("counter".to_owned());
            library
        };
        let c = || file("libc.so.6", false, &["free"], &[], &[]);
        program.stand_ins.insert("free".to_owned());
        assert_eq!(own_place(&[program, library(), c()]), None);
        let program = || file("program", false, &["main", "counter"], &["callback"], &[]);
        let (mut function, mut data) = (program(), program());
        function.stand_ins.insert("callback".to_owned());
        data.data.insert("counter".to_owned());
        for (program, name) in [(function, "callback"), (data, "counter")] {
            let said = own_place(&[program, library(), c()]).unwrap();
            assert!(said.contains(&format!("`{name}` of liba.so")), "{said}");
        }
    }

    // A program for a system whose loader the machine has not could not be judged, and its build failed.
    #[test]
    fn a_loader_that_is_not_there_is_passed_over() {
        let folder = crate::test_folder("other-loader");
        files::write(&folder.join("a.c"), b"int main(void) { return 0; }\n").unwrap();
        let mut call = std::process::Command::new("cc");
        call.current_dir(&folder)
            .args(["a.c", "-Wl,--dynamic-linker=/nowhere/ld.so.1", "-o", "a"]);
        assert!(call.status().unwrap().success());
        assert_eq!(whole(&folder.join("a"), |_| false).unwrap(), None);
    }

    // Such a program did not start: "IFUNC symbol … creates an unsatisfiable circular dependency".
    #[test]
    fn what_the_program_chooses_when_it_is_loaded_is_a_reason() {
        let program = || file("program", false, &["fast"], &["sum"], &[]);
        let sum = || file("libsum.so", true, &["sum"], &["fast"], &[]);
        assert_eq!(judge(&[program(), sum()]), None);
        let mut choosing = program();
        choosing.indirect.insert("fast".to_owned());
        let said = judge(&[choosing, sum()]).unwrap();
        assert!(said.contains("libsum.so asks for `fast`"), "{said}");
    }

    #[test]
    fn what_nobody_has_is_a_reason() {
        let program = || file("program", false, &["hook"], &["sum"], &["__gmon_start__"]);
        let c = || file("libc.so.6", false, &["malloc"], &["_rtld_global"], &[]);
        let sum = file("libsum.so", true, &["sum"], &["hook", "malloc"], &["visitor"]);
        assert_eq!(judge(&[program(), sum, c()]), None);
        let sum = file("libsum.so", true, &["sum"], &["never"], &[]);
        let said = judge(&[program(), sum, c()]).unwrap();
        assert_eq!(said, "libsum.so asks for `never`, which no library that is loaded has");
    }

    #[test]
    fn what_an_archive_might_not_have_given_is_a_reason() {
        let program = file("program", false, &["visitor"], &[], &["extension"]);
        let has = |name| file("libhas.so", true, &[name], &[], &[]);
        let said = judge(&[program, has("extension")]).unwrap();
        assert!(said.contains("program asks for `extension`"), "{said}");
        let program = || file("program", false, &["visitor"], &[], &[]);
        let asks = || file("libasks.so", true, &[], &[], &["visitor"]);
        assert_eq!(judge(&[program(), asks(), has("other")]), None);
        assert_eq!(judge(&[program(), has("visitor"), asks()]), None);
    }
}
