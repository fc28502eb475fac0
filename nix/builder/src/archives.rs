//! The native libraries of crates on a linker's command line.
//!
//! rustc asks for each by `-lNAME`, whatever became of it: a shared object, or an archive that goes into programs alone
//! (see [`crate::native`]).

use crate::archive;
use crate::elf::{Elf, Symbol};
use crate::failure::{Failure, Result};
use crate::files;
use crate::node::Native;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// One native library of the crates that are linked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Its name, as in `-lNAME`.
    pub name: String,
    /// Where it is.
    pub path: String,
    /// The archive as it was made, which `path` may be a copy of.
    pub archive: String,
    /// What became of it.
    pub form: Form,
    /// The file of the crate that brings it, if that is another one: where rustc does not link the crate, its archive is not linked either.
    pub owner: Option<String>,
}

/// Stands for the owner of what is the linked crate's own.
const OWN: &str = "-";

/// What became of an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A shared object.
    Shared,
    /// An archive whose members are linked where something needs them.
    Archive,
    /// An archive that is linked as a whole.
    Whole,
}

impl Form {
    const ALL: [Self; 3] = [Self::Shared, Self::Archive, Self::Whole];

    fn name(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Archive => "archive",
            Self::Whole => "whole",
        }
    }
}

impl Linked {
    /// A node's native library.
    #[must_use]
    pub fn of(native: &Native) -> Self {
        let archive = native.visible.as_ref().unwrap_or(&native.archive);
        let (path, form) = match &native.shared {
            Some(shared) => (shared, Form::Shared),
            None if native.whole => (archive, Form::Whole),
            None => (archive, Form::Archive),
        };
        Self {
            name: native.name.clone(),
            path: path.to_string_lossy().into_owned(),
            archive: native.archive.to_string_lossy().into_owned(),
            form,
            owner: None,
        }
    }

    /// The same, as what another crate brings whose file this is.
    #[must_use]
    pub fn owned_by(self, file: &Path) -> Self {
        Self {
            owner: Some(file.to_string_lossy().into_owned()),
            ..self
        }
    }

    /// Whether its crate is among what is linked.
    fn is_linked(&self, arguments: &[String]) -> bool {
        self.owner.as_ref().is_none_or(|owner| arguments.contains(owner))
    }

    /// As one line of text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let owner = self.owner.as_deref().unwrap_or(OWN);
        [self.form.name(), &self.name, owner, &self.archive, &self.path].join(" ")
    }

    /// Reads such a line.
    ///
    /// # Errors
    /// If it is not one.
    pub fn read(line: &str) -> Result<Self> {
        let parts: Vec<&str> = line.splitn(5, ' ').collect();
        let read = match parts[..] {
            [word, name, owner, archive, path] => {
                let form = Form::ALL.into_iter().find(|form| form.name() == word);
                form.map(|form| Self {
                    name: name.to_owned(),
                    path: path.to_owned(),
                    archive: archive.to_owned(),
                    form,
                    owner: (owner != OWN).then(|| owner.to_owned()),
                })
            }
            _ => None,
        };
        read.ok_or_else(|| Failure::message(format!("internal error: `{line}` describes no native library")))
    }
}

/// By this rustc has linkers refuse names to export that nobody defines.
const NO_UNDEFINED_VERSION: &str = "-Wl,--no-undefined-version";

/// Takes what stands for an archive out of a command line, and adds the shared objects that have the same file name as
/// another: `-lparser` finds the first of them alone, but several crates may have made a `libparser.a`. Each is needed only
/// if something in it is used. `folders` are those in which the linker looks.
#[must_use]
pub fn arrange(arguments: Vec<String>, natives: &[Linked], folders: &[&Path]) -> Vec<String> {
    let mut words = Vec::new();
    let mut added = BTreeSet::new();
    let mut is_static = false;
    let mut is_strict = false;
    for word in arguments {
        let Some(name) = word.strip_prefix("-l") else {
            match word.as_str() {
                "-Wl,-Bstatic" => is_static = true,
                "-Wl,-Bdynamic" => is_static = false,
                NO_UNDEFINED_VERSION => is_strict = true,
                _ => {}
            }
            words.push(word);
            continue;
        };
        let called = || natives.iter().filter(|native| native.name == name);
        let mut shared: Vec<&str> = Vec::new();
        for native in called().filter(|native| native.form == Form::Shared) {
            if !shared.contains(&native.path.as_str()) {
                shared.push(&native.path);
            }
        }
        // A `#[link(kind = "static")]` of what another crate's script has made: the archive is there, too, and would be in both crates.
        let is_archive_of_shared = is_static && !shared.is_empty() && is_made_of(name, &shared, folders);
        if (shared.len() > 1 || is_archive_of_shared) && added.insert(name.to_owned()) {
            let dynamic = if is_static { ",-Bdynamic" } else { "" };
            words.push(format!("-Wl,--push-state,--as-needed{dynamic}"));
            words.extend(shared.into_iter().map(str::to_owned));
            words.push("-Wl,--pop-state".to_owned());
        }
        if is_archive_of_shared {
            // rustc would have the crate's library export what is in the archive.
            if is_strict {
                words.push("-Wl,--undefined-version".to_owned());
            }
            continue;
        }
        let file = format!("lib{name}.so");
        let mut others = folders
            .iter()
            .filter(|folder| folder.join(&file).exists() && !called().any(|native| is_beside(folder, native)));
        let is_only_archives = called().next().is_some() && others.next().is_none();
        if !is_only_archives {
            words.push(word);
        }
    }
    words
}

/// Whether a shared object in a folder is one that a script made beside its archive, as projects of cmake do: who asks for the archive does not
/// mean it, and it would be there beside what programs have of the archive.
fn is_beside(folder: &Path, native: &Linked) -> bool {
    let made = || std::fs::read(folder.join(format!("lib{}.a", native.name))).ok();
    native.form != Form::Shared
        && made().is_some_and(|made| std::fs::read(&native.archive).is_ok_and(|own| own == made))
}

/// Whether the archive that a linker would take is what one of the shared objects was made of: where that is, a link to the shared object stands
/// beside it. Another one of that name may be in a package of the package set.
fn is_made_of(name: &str, shared: &[&str], folders: &[&Path]) -> bool {
    let file = format!("lib{name}.a");
    let Some(first) = folders.iter().find(|folder| folder.join(&file).exists()) else {
        return true;
    };
    let first = std::fs::read(first.join(&file)).ok();
    let shared: Vec<PathBuf> = shared
        .iter()
        .filter_map(|path| Path::new(path).canonicalize().ok())
        .collect();
    let is_owners = |folder: &&&Path| {
        let beside = folder.join(format!("lib{name}.so")).canonicalize();
        beside.is_ok_and(|beside| shared.contains(&beside))
    };
    let mut owners = folders.iter().filter(is_owners);
    owners.any(|folder| std::fs::read(folder.join(&file)).ok() == first)
}

/// Adds the archives of what is linked to the command line of a program. They stand behind its own objects, so that they come before
/// every shared object that defines the same, and once more behind the crates' shared objects, for linkers that read
/// from left to right.
#[must_use]
pub fn add(arguments: Vec<String>, natives: &[Linked]) -> Vec<String> {
    let mut first = Vec::new();
    let mut again = Vec::new();
    for native in natives.iter().filter(|native| native.is_linked(&arguments)) {
        match native.form {
            Form::Shared => {}
            Form::Archive => again.push(native.path.clone()),
            Form::Whole => {
                first.extend(["-Wl,--whole-archive", &native.path, "-Wl,--no-whole-archive"].map(str::to_owned));
            }
        }
    }
    if first.is_empty() && again.is_empty() {
        return arguments;
    }
    let mut group = vec!["-Wl,--start-group".to_owned()];
    group.append(&mut again);
    group.push("-Wl,--end-group".to_owned());
    first.extend(group.iter().cloned());
    // What rustc gives to programs whose std is in them. It stands among static libraries here.
    group.push("-Wl,--push-state,--as-needed,-Bdynamic".to_owned());
    group.extend(["-lutil", "-lrt", "-lpthread", "-lm", "-ldl"].map(str::to_owned));
    group.push("-Wl,--pop-state".to_owned());
    let last = |ends: &[&str]| {
        arguments
            .iter()
            .rposition(|word| ends.iter().any(|end| word.ends_with(end)))
    };
    let objects = last(&[".o"]).map_or(0, |at| at + 1);
    let crates = last(&[".so", ".rlib"]).map_or(objects, |at| at + 1).max(objects);
    let mut words = arguments;
    words.splice(crates..crates, group);
    words.splice(objects..objects, first);
    words
}

/// Has the linker take from archives what shared objects ask for by a name that the C library has, too. Among static libraries the archive stands
/// before the C library, and is asked first; a shared object asks for the C library's version of it (`free@GLIBC_2.2.5`), which no archive has.
///
/// # Errors
/// If a file cannot be read.
pub fn take_what_is_replaced(arguments: Vec<String>, natives: &[Linked]) -> Result<Vec<String>> {
    let is_archive = |native: &&Linked| native.form == Form::Archive && native.is_linked(&arguments);
    let mut defined: BTreeSet<String> = BTreeSet::new();
    for native in natives.iter().filter(is_archive) {
        let bytes = files::read(Path::new(&native.path))?;
        for member in archive::members(&bytes).unwrap_or_default() {
            let symbols = Elf::parse(&bytes[member.content]).map(|elf| elf.symbols());
            let symbols = symbols.unwrap_or_default().into_iter();
            defined.extend(names(symbols.filter(|symbol| symbol.global && symbol.defined)));
        }
    }
    if defined.is_empty() {
        return Ok(arguments);
    }
    let mut asked: BTreeSet<String> = BTreeSet::new();
    for word in &arguments {
        let path = Path::new(word);
        if !word.contains(".so") || !path.is_file() {
            continue;
        }
        let bytes = files::read(path)?;
        let symbols = Elf::parse(&bytes).map(|elf| elf.dynamic_symbols());
        let symbols = symbols.unwrap_or_default().into_iter();
        asked.extend(names(
            symbols.filter(|symbol| symbol.global && !symbol.defined && !symbol.weak),
        ));
    }
    let taken = asked.intersection(&defined);
    let mut words: Vec<String> = taken.flat_map(|name| ["-u".to_owned(), name.clone()]).collect();
    words.extend(arguments);
    Ok(words)
}

fn names<'a>(symbols: impl Iterator<Item = Symbol<'a>>) -> impl Iterator<Item = String> {
    symbols.map(|symbol| symbol.name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(list: &[&str]) -> Vec<String> {
        list.iter().map(|word| (*word).to_owned()).collect()
    }

    fn linked(name: &str, path: &str, form: Form) -> Linked {
        Linked {
            name: name.to_owned(),
            path: path.into(),
            archive: path.into(),
            form,
            owner: None,
        }
    }

    /// difftastic 0.72.0 did not link: five of its grammars had each made a `libparser.a`.
    #[test]
    fn all_shared_objects_of_one_name_are_linked() {
        let arguments = words(&["a.o", "-lparser", "-lm", "-lparser"]);
        let natives = [
            linked("parser", "/own/libparser.so", Form::Shared),
            linked("m", "/m/libm.so", Form::Shared),
            linked("parser", "/other/libparser.so", Form::Shared),
        ];
        let expected = words(&[
            "a.o",
            "-Wl,--push-state,--as-needed",
            "/own/libparser.so",
            "/other/libparser.so",
            "-Wl,--pop-state",
            "-lparser",
            "-lm",
            "-lparser",
        ]);
        let folder = crate::test_folder("arrange");
        for name in ["libparser.so", "libm.so"] {
            std::fs::write(folder.join(name), "").unwrap();
        }
        assert_eq!(arrange(arguments.clone(), &natives, &[&folder]), expected);
        assert_eq!(arrange(arguments.clone(), &natives[..2], &[&folder]), arguments);
    }

    // A program had the `main` in an archive of a crate that another program of its package uses.
    #[test]
    fn archives_of_crates_that_are_not_linked_are_not_linked() {
        let hook = || linked("hook", "/a/libhook.a", Form::Archive).owned_by(Path::new("/a/libhook.so"));
        let hook = || Linked::read(&hook().to_text()).unwrap();
        let alone = words(&["a.o", "/std.so"]);
        assert_eq!(add(alone.clone(), &[hook()]), alone);
        let with_crate = add(words(&["a.o", "/a/libhook.so", "/std.so"]), &[hook()]);
        assert!(with_crate.contains(&"/a/libhook.a".to_owned()));
    }

    // A crate that names another one's archive as a static one had a copy of its own: a counter of two states.
    #[test]
    fn an_archive_that_became_a_shared_object_is_linked_as_that() {
        let natives = [linked("next", "/a/libnext-native.so", Form::Shared)];
        let rest = ["-Wl,-Bdynamic", "-lnext", "-lc"];
        let arguments = words(&[&[NO_UNDEFINED_VERSION, "-Wl,-Bstatic", "-lnext", "-lother"][..], &rest].concat());
        let expected = [
            NO_UNDEFINED_VERSION,
            "-Wl,-Bstatic",
            "-Wl,--push-state,--as-needed,-Bdynamic",
            "/a/libnext-native.so",
            "-Wl,--pop-state",
            "-Wl,--undefined-version",
            "-lother",
        ];
        let arranged = arrange(arguments.clone(), &natives, &[]);
        assert_eq!(arranged[..expected.len()], expected);

        // Where it is another archive of that name, it is that which is meant.
        let base = crate::test_folder("archives-of-others");
        let (owner, other, made) = (base.join("owner"), base.join("other"), base.join("libnext-native.so"));
        crate::files::write(&made, b"shared").unwrap();
        crate::files::write(&owner.join("libnext.a"), b"one").unwrap();
        crate::files::link(&made, &owner.join("libnext.so")).unwrap();
        crate::files::write(&other.join("libnext.a"), b"two").unwrap();
        let natives = [linked("next", &made.to_string_lossy(), Form::Shared)];
        let is_replaced = |folders: &[&Path]| {
            let arranged = arrange(arguments.clone(), &natives, folders);
            arranged.contains(&natives[0].path)
        };
        assert!(is_replaced(&[&owner, &other]) && !is_replaced(&[&other, &owner]));
        crate::files::write(&other.join("libnext.a"), b"one").unwrap();
        assert!(is_replaced(&[&other, &owner]));
    }

    // rustsat-minisat 0.7.5 has cmake make libminisat.a and libminisat.so, and asks for the first, which goes into programs: what runs when they
    // start ran twice, as the second was loaded, too.
    #[test]
    fn a_shared_object_beside_the_archive_is_not_what_is_asked_for() {
        let base = crate::test_folder("beside");
        let (made, other, kept) = (base.join("made"), base.join("other"), base.join("archives/libhook.a"));
        for (folder, archive) in [(&made, "own"), (&other, "another")] {
            crate::files::write(&folder.join("libhook.a"), archive.as_bytes()).unwrap();
            crate::files::write(&folder.join("libhook.so"), b"").unwrap();
        }
        crate::files::write(&kept, b"own").unwrap();
        let hook = Linked {
            archive: kept.to_string_lossy().into_owned(),
            ..linked("hook", "/a/visible/libhook.a", Form::Archive)
        };
        let arguments = words(&["a.o", "-lhook"]);
        let arrange = |folders: &[&Path]| arrange(arguments.clone(), std::slice::from_ref(&hook), folders);
        assert_eq!(arrange(&[&made]), ["a.o"]);
        // That of a package of the package set, which another crate asks for.
        assert_eq!(arrange(&[&made, &other]), arguments);
    }

    #[test]
    fn archives_are_linked_into_programs_alone() {
        let natives = [
            linked("hook", "/a/libhook.a", Form::Archive),
            linked("init", "/b/libinit.a", Form::Whole),
        ];
        let read: Vec<Linked> = natives
            .iter()
            .map(|native| Linked::read(&native.to_text()).unwrap())
            .collect();
        assert_eq!(read, natives);
        let arguments = words(&["a.o", "-lhook", "/std.so", "-lc"]);
        let arguments = arrange(arguments, &natives, &[]);
        assert_eq!(arguments, ["a.o", "/std.so", "-lc"]);
        let linked = add(arguments, &natives);
        let expected = [
            "a.o",
            "-Wl,--whole-archive",
            "/b/libinit.a",
            "-Wl,--no-whole-archive",
            "-Wl,--start-group",
            "/a/libhook.a",
            "-Wl,--end-group",
            "/std.so",
            "-Wl,--start-group",
            "/a/libhook.a",
            "-Wl,--end-group",
        ];
        assert_eq!(linked[..expected.len()], expected);
        assert_eq!(linked.last().map(String::as_str), Some("-lc"));
        assert_eq!(add(words(&["a.o"]), &[]), ["a.o"]);
    }
}
