//! Objects of archives that are in a program only because of a crate that it does not need.
//!
//! An archive that cannot be a shared object goes into the program, and the crate that calls it asks for it there. Where the
//! program needs nothing of that crate Cargo's linker takes none of its objects, so that it asks for nothing. A shared object asks
//! for all that it ever calls, as soon as the linker reads it, and what is taken for it has its constructors run and its
//! definitions count. Such a program is linked as one file (see [`crate::whole`]).

use crate::archive;
use crate::dependencies::Dependency;
use crate::elf::{Elf, Symbol};
use crate::failure::Result;
use crate::files;
use crate::node::Native;
use std::collections::BTreeSet;
use std::path::Path;

/// What some code gives others, and what it needs of them.
#[derive(Debug, Default)]
struct Code {
    defined: BTreeSet<String>,
    asked: BTreeSet<String>,
}

impl Code {
    fn add(&mut self, symbols: Vec<Symbol>) {
        for symbol in symbols {
            if symbol.global && symbol.defined {
                self.defined.insert(symbol.name.to_owned());
            } else if symbol.global && !symbol.weak {
                self.asked.insert(symbol.name.to_owned());
            }
        }
    }
}

/// An object of an archive.
#[derive(Debug)]
struct Member {
    archive: String,
    code: Code,
}

/// Which object is in the program only because of a crate that it does not need, in a sentence. `dev` has the program's objects,
/// `natives` are its own archives.
///
/// # Errors
/// If a file cannot be read.
pub fn reason(dev: &Path, natives: &[Native], crates: &[&Dependency], program: &Path) -> Result<Option<String>> {
    let of_crates = || crates.iter().flat_map(|dependency| &dependency.node.natives);
    let is_lazy = |native: &&Native| native.shared.is_none() && !native.whole;
    if !of_crates().any(|native| is_lazy(&native)) {
        return Ok(None);
    }
    let bytes = files::read(program)?;
    let needed = Elf::parse(&bytes).map(|elf| file_names(&elf)).unwrap_or_default();
    let mut wanted = Code::default();
    let mut wanted_by_unneeded = Code::default();
    for library in crates.iter().filter_map(|dependency| dependency.node.library.as_ref()) {
        let bytes = files::read(library)?;
        let is_needed = library
            .file_name()
            .is_some_and(|name| needed.contains(&*name.to_string_lossy()));
        let code = if is_needed {
            &mut wanted
        } else {
            &mut wanted_by_unneeded
        };
        code.add(Elf::parse(&bytes).map(|elf| elf.dynamic_symbols()).unwrap_or_default());
    }
    if wanted_by_unneeded.asked.is_empty() {
        return Ok(None);
    }
    let inside = crates.iter().filter(|dependency| dependency.node.is_inside());
    for folder in inside.map(|dependency| dependency.dev.as_path()).chain([dev]) {
        let folder = folder.join("objects");
        for object in if folder.is_dir() {
            files::list(&folder)?
        } else {
            Vec::new()
        } {
            let bytes = files::read(&object)?;
            wanted.add(Elf::parse(&bytes).map(|elf| elf.symbols()).unwrap_or_default());
        }
    }
    let mut members = Vec::new();
    for native in natives.iter().chain(of_crates()).filter(is_lazy) {
        let bytes = files::read(&native.archive)?;
        for member in archive::members(&bytes).unwrap_or_default() {
            let mut code = Code::default();
            code.add(
                Elf::parse(&bytes[member.content])
                    .map(|elf| elf.symbols())
                    .unwrap_or_default(),
            );
            let archive = native.name.clone();
            members.push(Member { archive, code });
        }
    }
    Ok(judge(wanted, wanted_by_unneeded, &members))
}

/// The names of the files that a program lists.
fn file_names(elf: &Elf) -> BTreeSet<String> {
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    elf.needed().into_iter().map(name).collect()
}

fn judge(mut wanted: Code, unneeded: Code, members: &[Member]) -> Option<String> {
    let needed = taken(&mut wanted, members);
    wanted.asked.extend(unneeded.asked);
    let all = taken(&mut wanted, members);
    let index = *all.difference(&needed).next()?;
    let archive = &members[index].archive;
    Some(format!(
        "only a crate of which it needs nothing asks for an object of lib{archive}.a"
    ))
}

/// The members that a linker takes for what is asked, which becomes what they define and ask for, too.
fn taken(code: &mut Code, members: &[Member]) -> BTreeSet<usize> {
    let mut taken = BTreeSet::new();
    loop {
        let lacking: BTreeSet<&String> = code.asked.difference(&code.defined).collect();
        let next = members.iter().enumerate().find(|(index, member)| {
            !taken.contains(index) && member.code.defined.iter().any(|name| lacking.contains(name))
        });
        let Some((index, member)) = next else {
            return taken;
        };
        taken.insert(index);
        code.defined.extend(member.code.defined.iter().cloned());
        code.asked.extend(member.code.asked.iter().cloned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(defined: &[&str], asked: &[&str]) -> Code {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Code {
            defined: set(defined),
            asked: set(asked),
        }
    }

    fn member(defined: &[&str], asked: &[&str]) -> Member {
        Member {
            archive: defined.concat(),
            code: code(defined, asked),
        }
    }

    // A constructor ran in the archive of a crate of which a program used a constant alone.
    #[test]
    fn what_an_unneeded_crate_asks_for_is_a_reason() {
        let members = || {
            [
                member(&["first"], &["second"]),
                member(&["second"], &[]),
                member(&["third"], &[]),
            ]
        };
        let unneeded = || code(&[], &["second", "malloc"]);
        assert_eq!(judge(code(&["main"], &["first"]), unneeded(), &members()), None);
        let said = judge(code(&["main"], &["third"]), unneeded(), &members()).unwrap();
        assert!(said.contains("libsecond.a"), "{said}");
        assert_eq!(judge(code(&["main", "second"], &[]), unneeded(), &members()), None);
    }
}
