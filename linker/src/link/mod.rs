//! Links the files of a placement.
//!
//! Programs come first, all at once, against import libraries of the shared objects; then the shared objects, consumers before
//! what they use. Each exports what the finished consumers import, and is linked once.

mod auditable;
pub mod command;
mod debug;
mod foreign;
mod import_library;
mod inputs;
mod main_stack;
mod names;
pub mod options;
mod run_path;
mod session;

pub use session::Session;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::dynamic::{Dynamic, dynamic};
use crate::error::{Error, Result, read};
use crate::graph::UnitIndex;
use crate::item::is_without_std;
use crate::link::command::{Library, Link, Shared};
use crate::link::foreign::{Foreign, is_in};
use crate::link::import_library::import_library;
use crate::link::inputs::{Inputs, Preparation};
use crate::link::options::{Layout, Names, Options};
use crate::node::{Node, program_name};
use crate::placement::{FileIndex, Form};
use crate::symbols::Defined;

/// A finished file.
#[derive(Debug, Clone)]
pub struct Linked {
    /// Where it was written.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// What the loader sees of it.
    pub dynamic: Dynamic,
}

/// A session at work.
struct Job<'a> {
    session: &'a Session<'a>,
    work: &'a Path,
    /// The objects of each item as programs and as shared objects get them, made when first asked for.
    prepared: Vec<[OnceLock<Inputs>; 2]>,
    import_libraries: Vec<Option<ImportLibraries>>,
    /// The names of functions that finished files keep.
    names: names::Kept,
}

/// What a program has to name beside what it uses itself: shared objects name no paths, and are found by their SONAMEs.
#[derive(Debug, Default, PartialEq, Eq)]
struct Listed {
    /// Our own shared objects.
    objects: Vec<FileIndex>,
    /// Libraries of others, for the linker.
    libraries: Vec<String>,
    /// Where the loader finds those of them that have no path.
    folders: Vec<PathBuf>,
}

/// The import libraries of a shared object.
struct ImportLibraries {
    /// For programs, which name its path.
    program: PathBuf,
    /// For other shared objects, which name its SONAME.
    shared: PathBuf,
}

impl Session<'_> {
    /// Links everything; the results are in the order of the placement's files. A shared object of which nothing is used
    /// after all, as everything in it was inlined, is not made.
    pub fn link(&self) -> Result<Vec<Option<Linked>>> {
        self.check_placed()?;
        let temporary;
        let work = match &self.options.work {
            Some(work) => work.as_path(),
            None => {
                temporary = tempfile::tempdir().map_err(Error::io("create", &std::env::temp_dir()))?;
                temporary.path()
            }
        };
        for folder in [work.to_owned(), self.options.out.join("bin")] {
            std::fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
        }
        let prepared = self.items.iter().map(|_| Default::default()).collect();
        let mut job = Job {
            session: self,
            work,
            prepared,
            import_libraries: Vec::new(),
            names: names::of(self.graph, self.options.names)?,
        };
        job.prepare()?;
        job.import_libraries = (0..self.placement.files.len())
            .into_par_iter()
            .map(|file| job.import_libraries_of(file))
            .collect::<Result<_>>()?;
        job.link()
    }

    /// An object that is said to be somewhere, but that there is not, would be passed over: its name is another one's, or of other programs.
    fn check_placed(&self) -> Result<()> {
        let Layout::Separate(placed) = &self.options.layout else {
            return Ok(());
        };
        let objects = || self.placement.files.iter().filter(|file| file.program.is_none());
        match placed
            .keys()
            .find(|name| !objects().any(|file| file.stem() == name.as_str()))
        {
            None => Ok(()),
            Some(name) => Err(Error::Usage(format!(
                "--object {name}: there is no such object, only {}",
                objects().map(|file| file.stem()).collect::<Vec<_>>().join(", ")
            ))),
        }
    }
}

impl Job<'_> {
    /// Makes the linker's inputs of all items.
    fn prepare(&self) -> Result<()> {
        let session = self.session;
        let Session {
            graph,
            runtime,
            options,
            ..
        } = *session;
        let preparation = Preparation {
            graph,
            runtime,
            options,
            work: self.work,
        };
        let mut wanted: Vec<(usize, bool)> = Vec::new();
        for file in &session.placement.files {
            wanted.extend(file.items.iter().map(|&item| (item, file.used_by_others)));
        }
        wanted.sort_unstable();
        wanted.dedup();
        wanted.into_par_iter().try_for_each(|(item, shared)| {
            let inputs = preparation.item(item, shared)?;
            // Each is made once, so nothing is there already.
            let _ = self.prepared[item][usize::from(shared)].set(inputs);
            Ok(())
        })
    }

    /// The import libraries of a file, if it is a shared object.
    fn import_libraries_of(&self, index: FileIndex) -> Result<Option<ImportLibraries>> {
        let session = self.session;
        let file = &session.placement.files[index];
        if file.program.is_some() {
            return Ok(None);
        }
        let mut seen: FxHashSet<&str> = FxHashSet::default();
        let symbols: Vec<&Defined> = session
            .scans(file)
            .flat_map(|scan| &scan.defined)
            .filter(|symbol| is_exportable(&symbol.name) && seen.insert(&symbol.name))
            .collect();
        let Options { cc, .. } = session.options;
        let target = &session.graph.target;
        let make = |soname: &Path, name: String| {
            let symbols = symbols.iter().copied();
            import_library(symbols, soname, self.work.join(name), target, cc, &session.linker)
        };
        let (path, soname) = (session.installed(index), session.soname(index));
        let program = make(&path, format!("import-{index}.so"))?;
        let shared = match soname == path {
            true => program.clone(),
            false => make(&soname, format!("import-{index}-short.so"))?,
        };
        Ok(Some(ImportLibraries { program, shared }))
    }

    fn link(&self) -> Result<Vec<Option<Linked>>> {
        let files = &self.session.placement.files;
        let programs = files.iter().take_while(|file| file.program.is_some()).count();
        let cores = rayon::current_num_threads();
        let threads = (cores / programs.max(1)).max(1);
        let nothing: Vec<String> = Vec::new();
        let links = (0..programs)
            .into_par_iter()
            .map(|file| self.link_file(file, &nothing, None, threads).map(Some));
        let mut linked: Vec<Option<Linked>> = links.collect::<Result<_>>()?;
        // Shared objects of one level do not use each other, so they can be linked at the same time.
        for level in self.levels(programs) {
            let threads = (cores / level.len().max(1)).max(1);
            let links = level.clone().into_par_iter().map(|file| {
                let exports = self.exports(file, &linked);
                let constructs = files[file]
                    .items
                    .iter()
                    .any(|&item| self.session.items[item].constructors);
                match exports.is_empty() && !constructs {
                    true => Ok(None),
                    false => self.link_file(file, &exports, None, threads).map(Some),
                }
            });
            let more: Vec<Option<Linked>> = links.collect::<Result<_>>()?;
            linked.extend(more);
        }
        if self.session.form == Form::Grouped {
            let lists: Vec<Option<Listed>> = (0..programs).map(|program| self.unlisted(program, &linked)).collect();
            let links = lists.into_par_iter().enumerate().map(|(program, list)| {
                list.map(|list| self.link_file(program, &nothing, Some(&list), threads))
                    .transpose()
            });
            let again: Vec<Option<Linked>> = links.collect::<Result<_>>()?;
            for (linked, again) in linked.iter_mut().zip(again) {
                if again.is_some() {
                    *linked = again;
                }
            }
        }
        self.check(&linked)?;
        Ok(linked)
    }

    /// All shared objects that are loaded with a program, if it does not name all of them itself: others name them by their SONAMEs,
    /// under which nothing is found.
    fn unlisted(&self, program: FileIndex, linked: &[Option<Linked>]) -> Option<Listed> {
        let named = |index: FileIndex, file: FileIndex| {
            let name = &self.session.placement.files[file].name;
            let mut needed = linked[index].iter().flat_map(|linked| &linked.dynamic.needed);
            needed.any(|needed| needed.rsplit('/').next() == Some(name))
        };
        let planned = self.session.placement.loaded(program);
        let direct: Vec<FileIndex> = planned.iter().copied().filter(|&file| named(program, file)).collect();
        let mut all = direct.clone();
        // What a shared object uses comes after it.
        for &file in &planned {
            if !all.contains(&file) && all.iter().any(|&user| named(user, file)) {
                all.push(file);
            }
        }
        all.sort_unstable();
        let mut listed = Listed::default();
        if self.session.is_separate() {
            self.list_others(&all, linked, &mut listed);
        }
        if all != direct {
            listed.objects = all;
        }
        (listed != Listed::default()).then_some(listed)
    }

    /// The libraries of others that shared objects need by names alone.
    fn list_others(&self, objects: &[FileIndex], linked: &[Option<Linked>], listed: &mut Listed) {
        for &object in objects {
            let foreign = self.foreign(object);
            for name in linked[object].iter().flat_map(|linked| &linked.dynamic.needed) {
                let place = self.place_of_other(name, &foreign);
                let library = match &place {
                    Some(Other::CLibrary(library)) => library.clone(),
                    Some(Other::In(folder)) => folder.join(name).display().to_string(),
                    None => continue,
                };
                if let Some(Other::In(folder)) = place
                    && !listed.folders.contains(&folder)
                {
                    listed.folders.push(folder);
                }
                if !listed.libraries.contains(&library) {
                    listed.libraries.push(library);
                }
            }
        }
    }

    /// What a file asks of the linker for libraries of others, and a shared object for those of its users after its own.
    fn foreign(&self, index: FileIndex) -> Foreign {
        let session = self.session;
        let file = &session.placement.files[index];
        let mut foreign = Foreign::of(session.units_below(file));
        if file.program.is_none() {
            let mut above = Foreign::libraries_of(session.units_above(index));
            let is_shared =
                |argument: &String| session.tools.found.contains_key(argument) || is_in(argument, &above.run_paths);
            // Archives, which have a state, are in the programs that ask for them.
            above
                .arguments
                .retain(|argument| !argument.starts_with("-l") || is_shared(argument));
            foreign.add(above);
        }
        // Folders that were said to be searched come before the compiler's own.
        for argument in &foreign.arguments {
            if let Some(folder) = session.tools.found.get(argument)
                && !is_in(argument, &foreign.run_paths)
            {
                foreign.run_paths.push(folder.clone());
            }
        }
        foreign
    }

    /// Where a library is that is not ours, if programs can name it.
    fn place_of_other(&self, name: &str, foreign: &Foreign) -> Option<Other> {
        let is_system = |library: &PathBuf| library.file_name().is_some_and(|file| file == name);
        if self.session.tools.system.iter().any(is_system) {
            let stem = name.strip_prefix("lib")?.split(".so").next()?;
            return Some(Other::CLibrary(format!("-l{stem}")));
        }
        let folder = foreign.run_paths.iter().find(|folder| folder.join(name).is_file())?;
        Some(Other::In(folder.clone()))
    }

    /// Runs of consecutive shared objects that do not use each other.
    fn levels(&self, first: FileIndex) -> Vec<std::ops::Range<FileIndex>> {
        let files = &self.session.placement.files;
        let mut levels: Vec<std::ops::Range<FileIndex>> = Vec::new();
        let mut used: FxHashSet<FileIndex> = FxHashSet::default();
        for index in first..files.len() {
            match levels.last_mut() {
                Some(level) if !used.contains(&index) => level.end = index + 1,
                _ => {
                    used.clear();
                    levels.push(index..index + 1);
                }
            }
            used.extend(self.session.placement.loaded(index));
        }
        levels
    }

    /// What a shared object shows to others: what finished consumers import, or all that its crates have to show. A program's code is for nobody
    /// else.
    fn exports(&self, index: FileIndex, linked: &[Option<Linked>]) -> Vec<String> {
        let session = self.session;
        let file = &session.placement.files[index];
        let mut exports: Vec<String> = Vec::new();
        if session.options.open && file.code_of.is_none() {
            let shown = session.scans(file).flat_map(|scan| &scan.defined);
            let shown = shown.filter(|symbol| is_exportable(&symbol.name));
            exports.extend(shown.map(|symbol| symbol.name.clone()));
        }
        for (consumer, linked) in linked.iter().enumerate() {
            let Some(linked) = linked else { continue };
            if session.placement.loaded(consumer).contains(&index) {
                let imports = linked.dynamic.imports.iter().chain(&linked.dynamic.weak_imports);
                exports.extend(
                    imports
                        .filter(|import| session.scans(file).any(|scan| scan.defines(import)))
                        .cloned(),
                );
            }
        }
        if session.has_std(file) {
            exports.extend(session.runtime.replaceable().cloned());
        }
        exports.sort();
        exports.dedup();
        exports
    }

    /// Links a file against what it uses of what is loaded with it, and against all that is `listed`.
    fn link_file(
        &self,
        index: FileIndex,
        exports: &[String],
        listed: Option<&Listed>,
        threads: usize,
    ) -> Result<Linked> {
        let session = self.session;
        let file = &session.placement.files[index];
        let shared = file.program.is_none();
        let Session {
            graph,
            runtime,
            options,
            ..
        } = *session;
        let without_std = file
            .program
            .is_some_and(|program| is_without_std(graph, runtime, program));
        let mut inputs: Vec<Inputs> = session
            .in_link_order(file)
            .into_iter()
            .filter(|&item| !without_std || item < graph.units.len())
            .filter_map(|item| self.prepared[item][usize::from(file.used_by_others)].get())
            .cloned()
            .collect();
        let preparation = Preparation {
            graph,
            runtime,
            options,
            work: self.work,
        };
        if let Some(program) = file.program.or(file.code_of) {
            inputs.push(Inputs {
                objects: vec![preparation.asking(index, program, &file.items)?],
                ..Inputs::default()
            });
        }
        if session.has_std(file) {
            inputs.push(if without_std {
                preparation.without_std(index)?
            } else {
                Inputs {
                    lazy: vec![preparation.allocator(index, &file.items)?],
                    ..Inputs::default()
                }
            });
        }
        let description = shared.then(|| Shared {
            soname: session.soname(index),
            exports,
            replaceable: match session.has_std(file) {
                true => runtime.replaceable().map(String::as_str).collect(),
                false => Vec::new(),
            },
            replaced: session.replaced(file),
        });
        let mut loaded = session.placement.loaded(index);
        if session.form == Form::Grouped && !shared {
            // The loader asks in the order of this list, and what is used by most is last in the placement. What takes the place of something in
            // the others comes before them.
            loaded.reverse();
            loaded.sort_by_key(|&library| session.replaced(&session.placement.files[library]).is_empty());
        }
        let libraries = loaded.into_iter().filter_map(|library| {
            let items = &session.placement.files[library].items;
            // Programs alone ask for objects whose constructors have to run: those belong to their set of programs.
            let constructs = !shared && items.iter().any(|&item| session.items[item].constructors);
            let ImportLibraries {
                program,
                shared: for_shared,
            } = self.import_libraries[library].as_ref()?;
            let import_library = if shared { for_shared } else { program };
            Some(Library {
                import_library: import_library.clone(),
                forced: constructs || listed.is_some_and(|listed| listed.objects.contains(&library)),
            })
        });
        let foreign = self.foreign(index);
        let program = file
            .program
            .or(file.code_of)
            .filter(|program| file.items.contains(program));
        let of_program = program.map(|program| &graph.units[program].node);
        let is_of_library = |argument: &String| {
            let is_of_program = of_program.is_some_and(|node| {
                node.link_arguments.contains(argument) || node.own_link_arguments.contains(argument)
            });
            argument.starts_with("-l") && !is_of_program
        };
        let (mut of_libraries, mut arguments): (Vec<String>, Vec<String>) =
            foreign.arguments.into_iter().partition(is_of_library);
        let folders = listed.map_or(&[] as &[PathBuf], |listed| &listed.folders);
        arguments.extend(
            foreign
                .run_paths
                .iter()
                .chain(folders)
                .map(|folder| format!("-Wl,-rpath,{}", folder.display())),
        );
        // Asked for by name: by the program, or by its crates in shared objects, for which only DT_RPATH counts.
        let run_paths = match file.program {
            Some(program) => self.run_paths(&graph.units[program].node)?,
            None => Vec::new(),
        };
        if !run_paths.is_empty() {
            arguments.push("-Wl,--disable-new-dtags".to_owned());
            arguments.extend(
                run_paths
                    .iter()
                    .map(|folder| format!("-Wl,-rpath,{}", folder.display())),
            );
        }
        if let Some(listed) = listed.filter(|listed| !listed.libraries.is_empty()) {
            of_libraries.push("-Wl,--no-as-needed".to_owned());
            of_libraries.extend(listed.libraries.iter().cloned());
            of_libraries.push("-Wl,--as-needed".to_owned());
        }
        // What is somewhere already is linked to be compared.
        let output = match session.placed(index) {
            Some(_) => self.work.join(&file.name),
            None => session.written(index),
        };
        if let Some(folder) = output.parent() {
            std::fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
        }
        let rust = session.units(file).map(|unit| &unit.scan.objects);
        let link = Link {
            output,
            shared: description,
            exported: if shared { Vec::new() } else { session.replaced(file) },
            inputs,
            libraries: libraries.collect(),
            foreign: arguments,
            foreign_of_libraries: of_libraries,
            c_library_by_path: !(shared && session.is_separate()),
            builtins: &runtime.builtins,
            profiler: runtime.profiler(rust, &graph.target)?,
            starts: file.items.iter().any(|&item| session.items[item].constructors),
            threads,
        };
        let work = self.work.join(format!("link-{index}"));
        let by_programs = match link.c_library_by_path {
            true => None,
            false => Some(self.foreign(index)),
        };
        let linked = self.run(&link, &run_paths, by_programs.as_ref(), &work)?;
        let linked = self.finish(linked, file.program, &work)?;
        match session.placed(index) {
            Some(place) => compared(linked, place),
            None => Ok(linked),
        }
    }

    /// The folders in which a program looks for what is loaded by name. What its dynamic form brings along is copied: that
    /// form itself is not to be needed.
    fn run_paths(&self, node: &Node) -> Result<Vec<PathBuf>> {
        let own = node.program.as_deref().and_then(Path::parent).and_then(Path::parent);
        let place = Path::new("lib/loaded").join(program_name(node));
        let mut folders = Vec::new();
        for folder in &node.run_paths {
            if own.is_none_or(|own| !folder.starts_with(own)) {
                folders.push(folder.clone());
                continue;
            }
            let inside = place.join(folders.len().to_string());
            let Options { out, prefix, .. } = self.session.options;
            let to = out.join(&inside);
            std::fs::create_dir_all(&to).map_err(Error::io("create", &to))?;
            for entry in std::fs::read_dir(folder).map_err(Error::io("list", folder))? {
                let entry = entry.map_err(Error::io("list", folder))?;
                let file = to.join(entry.file_name());
                // The code of a larger program is a file of its own, and has brought the same along; what may only be read is not written to.
                match std::fs::remove_file(&file) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        return Err(Error::io("replace", &file)(error));
                    }
                    _ => std::fs::copy(entry.path(), &file).map_err(Error::io("write", &file))?,
                };
            }
            folders.push(prefix.join(inside));
        }
        Ok(folders)
    }

    /// Runs the linker. Programs name the libraries `by_programs`, if given, that the file needs.
    fn run(
        &self,
        link: &Link<'_>,
        run_paths: &[PathBuf],
        by_programs: Option<&Foreign>,
        work: &Path,
    ) -> Result<Linked> {
        let session = self.session;
        link.run(session, work)?;
        let mut content = read(&link.output)?;
        let dynamic = dynamic(&content, &link.output)?;
        let is_ours = |name: &String| session.placement.files.iter().any(|file| file.name == *name);
        let is_listed = |name: &&String| {
            by_programs.is_some_and(|foreign| is_ours(name) || self.place_of_other(name, foreign).is_some())
        };
        let listed: Vec<String> = dynamic.needed.iter().filter(is_listed).cloned().collect();
        if run_path::prune(&mut content, &link.output, run_paths, &listed)? {
            std::fs::write(&link.output, &content).map_err(Error::io("write", &link.output))?;
        }
        Ok(Linked {
            bytes: content.len() as u64,
            dynamic,
            path: link.output.clone(),
        })
    }

    /// Leaves the names of functions that are to be there, splits debug information off, and has a program say what it is
    /// made of.
    fn finish(&self, mut linked: Linked, program: Option<UnitIndex>, work: &Path) -> Result<Linked> {
        let options = self.session.options;
        let objcopy = &options.objcopy;
        if let Some(folder) = &options.debug {
            let stripping = names::stripping(&linked.path, &self.names, work)?;
            debug::split(&linked.path, folder, objcopy, &stripping)?;
        } else if options.names != Names::None {
            names::strip(&linked.path, &self.names, options, work)?;
        }
        if let Some(program) = program {
            auditable::add(&self.session.graph.units[program].dev, &linked.path, objcopy)?;
        }
        linked.bytes = std::fs::metadata(&linked.path)
            .map_err(Error::io("read", &linked.path))?
            .len();
        Ok(linked)
    }

    /// Each import that one of our objects could provide must be provided after all.
    fn check(&self, linked: &[Option<Linked>]) -> Result<()> {
        let session = self.session;
        let names = |linked: &'_ Option<Linked>| match linked {
            Some(linked) => linked.dynamic.exports.iter().cloned().collect(),
            None => FxHashSet::default(),
        };
        let exports: Vec<FxHashSet<String>> = linked.iter().map(names).collect();
        let mut definable: FxHashMap<FileIndex, FxHashSet<&str>> = FxHashMap::default();
        for (index, file) in session
            .placement
            .files
            .iter()
            .enumerate()
            .filter(|(_, file)| file.program.is_none())
        {
            let names = session
                .scans(file)
                .flat_map(|scan| &scan.defined)
                .map(|symbol| symbol.name.as_str());
            definable.insert(index, names.filter(|name| is_exportable(name)).collect());
        }
        for (index, file) in linked.iter().enumerate() {
            let Some(file) = file else { continue };
            let loaded = session.placement.loaded(index);
            for import in &file.dynamic.imports {
                let expected = loaded
                    .iter()
                    .any(|library| definable[library].contains(import.as_str()));
                if expected && !loaded.iter().any(|&library| exports[library].contains(import)) {
                    return Err(Error::Unresolved {
                        file: file.path.clone(),
                        symbol: import.clone(),
                    });
                }
            }
        }
        Ok(())
    }
}

/// Where a library of others is.
enum Other {
    /// Where the C compiler finds it: the linker's option for it.
    CLibrary(String),
    /// In a folder.
    In(PathBuf),
}

/// A file that is somewhere already, if it is the same there.
fn compared(linked: Linked, place: PathBuf) -> Result<Linked> {
    if read(&place)? == read(&linked.path)? {
        return Ok(Linked { path: place, ..linked });
    }
    Err(Error::Foreign {
        path: place,
        reason: "this is not what is linked now".to_owned(),
        expected: "the same object, bit for bit: pin it again, with `dyrust pin`".to_owned(),
    })
}

/// Helper data that compilers put into every object that needs it is never taken from another file.
fn is_exportable(name: &str) -> bool {
    !name.starts_with("DW.ref.")
}
