//! How rustc is made to link, and what is done with what it linked.

use crate::archives::Linked;
use crate::elf::{self, Elf};
use crate::environment;
use crate::failure::{Failure, Phase, Result};
use crate::files;
use crate::hidden;
use crate::linker;
use crate::loaded::Libraries;
use crate::native::Prepared;
use crate::node::{Native, Node};
use crate::process::Call;
use crate::rustc::Compilation;
use crate::unit::Kind;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

impl Compilation<'_> {
    /// Arguments for every link of the C compiler.
    #[must_use]
    pub fn link_options(&self) -> Vec<String> {
        if self.input.unit.host {
            Vec::new()
        } else {
            self.facts.link_options()
        }
    }

    /// Where the foreign libraries are written down that the unit's shared objects need.
    #[must_use]
    pub fn foreign_record(&self) -> PathBuf {
        self.input.top.join("foreign")
    }

    /// Where it is written down which store paths in the objects were made unusable.
    fn found_record(&self) -> PathBuf {
        self.input.top.join("hidden")
    }

    /// Says which paths of tools the unit's code named.
    ///
    /// # Errors
    /// If the record cannot be read.
    pub fn say_hidden(&self) -> Result<()> {
        let file = self.found_record();
        if file.exists() {
            let found = files::read_text(&file)?.lines().map(str::to_owned).collect();
            hidden::say(self.input, &found);
        }
        Ok(())
    }

    /// Where the linker's arguments are written to.
    #[must_use]
    pub fn link_record(&self) -> PathBuf {
        self.input.top.join("link-arguments")
    }

    /// The crates that rustc linked, in its order; nothing if it linked none. Those that the crate does not name are not
    /// among them.
    ///
    /// # Errors
    /// If the record cannot be read.
    pub fn linked_crates(&self) -> Result<Option<Vec<&Node>>> {
        let record = self.link_record();
        if !record.exists() {
            return Ok(None);
        }
        let text = files::read_text(&record)?;
        let node = |file: &str| self.closure.iter().find(|node| node.file() == file);
        Ok(Some(text.lines().filter_map(node).collect()))
    }

    /// The native libraries of all libraries below.
    pub fn natives_below(&self) -> impl Iterator<Item = Native> {
        let below = self.closure.iter();
        below
            .filter(|node| node.value.text("kind") == Kind::Lib.name())
            .flat_map(Node::natives)
    }

    /// Makes rustc link through this very program, which calls the C compiler and the one linker, and writes the paths of foreign libraries
    /// into what it links.
    ///
    /// # Errors
    /// If the linker is missing.
    pub fn choose_linker(&self, call: &mut Call) -> Result<()> {
        self.set_linker(call)?;
        call.env(linker::STUBS, self.input.top.join("stubs").to_string_lossy());
        Ok(())
    }

    fn set_linker(&self, call: &mut Call) -> Result<()> {
        let input = self.input;
        let linker = linker::install(&input.top)?;
        call.option("-C", format!("linker={}", linker.display()));
        call.option("-C", "linker-flavor=gcc");
        for (name, value) in linker::environment(input)? {
            call.env(name, value);
        }
        Ok(())
    }

    /// As [`Self::choose_linker`], for programs that run during a build: they need the C library by its path too.
    ///
    /// # Errors
    /// As [`Self::choose_linker`].
    pub fn choose_linker_for_build(&self, call: &mut Call) -> Result<()> {
        self.choose_linker(call)?;
        // What is known of the C library is that of the target.
        if let Some(stubs) = self.facts.stubs.as_ref().filter(|_| !self.input.is_cross()) {
            call.option("-C", format!("link-arg=-L{}", stubs.display()));
        }
        Ok(())
    }

    /// As [`Self::choose_linker`], for programs that use libraries as shared objects: they list all that is loaded with them, by paths.
    ///
    /// # Errors
    /// As [`Self::choose_linker`]; and if crates were given different libraries of one name.
    pub fn choose_linker_for_program(&self, call: &mut Call, prepared: &Prepared) -> Result<()> {
        self.choose_linker_for_build(call)?;
        if self.is_dynamic() {
            call.env(linker::PROGRAM, "1");
            self.tell_libraries(call, prepared)?;
        }
        Ok(())
    }

    /// Tells the linker where libraries are; `prepared` are the unit's own.
    ///
    /// # Errors
    /// If crates were given different libraries of one name.
    pub fn tell_libraries(&self, call: &mut Call, prepared: &Prepared) -> Result<()> {
        let file = self.input.top.join("libraries");
        self.libraries(prepared)?.write(&file)?;
        call.env(linker::LIBRARIES, file.to_string_lossy());
        call.env(linker::FOREIGN, self.foreign_record().to_string_lossy());
        Ok(())
    }

    /// Where what may be loaded with a program is: the crates' libraries and those made of their archives, what foreign libraries these
    /// need, std, the C library.
    fn libraries(&self, prepared: &Prepared) -> Result<Libraries> {
        let mut pinned = Libraries::default();
        for output in &self.input.pinned {
            for file in files::list(&output.join("lib"))? {
                pinned.add(&file.file_name().unwrap_or_default().to_string_lossy(), &file)?;
            }
        }
        let mut libraries = Libraries::default();
        let mut add = |path: &str| {
            let name = Path::new(path).file_name().unwrap_or_default().to_string_lossy();
            libraries.add(&name, pinned.get(&name).unwrap_or(Path::new(path)))
        };
        for node in self
            .closure
            .iter()
            .filter(|node| node.value.text("kind") == Kind::Lib.name())
        {
            if let Some(library) = node.library() {
                add(library)?;
            }
        }
        let natives = self.natives_below().chain(prepared.natives.iter().cloned());
        for shared in natives.filter_map(|native| native.shared) {
            add(&shared)?;
        }
        if let Some(libstd) = &self.input.toolchain.libstd {
            for file in files::list(&libstd.join("lib"))? {
                add(&file.to_string_lossy())?;
            }
        }
        for (soname, path) in &self.facts.libraries {
            libraries.add(soname, Path::new(path))?;
        }
        let own = Some(self.foreign_record()).filter(|file| file.exists());
        let own = own.map(|file| Libraries::read(&file)).transpose()?.unwrap_or_default();
        for (soname, path) in own.iter() {
            libraries.add(soname, path)?;
        }
        for node in &self.closure {
            for (soname, path) in node.value.string_map("foreign") {
                libraries.add(&soname, Path::new(&path))?;
            }
        }
        Ok(libraries)
    }

    /// Has a crate's shared object linked without the C compiler's start files.
    pub fn leave_out_start_files(&self, call: &mut Call) {
        if let Some(start) = &self.facts.start {
            call.option("-C", "link-arg=-nostartfiles");
            call.option("-C", format!("link-arg={}", start.display()));
        }
    }

    /// Whether a shared object of a crate has something that runs when it is loaded.
    #[must_use]
    pub fn has_constructors(&self, object: &Elf) -> bool {
        // The C compiler's start files have one entry of their own.
        let own = if self.facts.start.is_some() { 0 } else { 8 };
        object.has_constructors(own)
    }

    /// As [`Self::choose_linker`], for what rustc loads. It has the C library loaded already, perhaps another one than the builds': that is not
    /// named by its path. The C++ library may be inside of it, so nobody else brings it.
    ///
    /// # Errors
    /// As [`Self::choose_linker`], or if a link cannot be made.
    pub fn choose_linker_for_macro(&self, call: &mut Call) -> Result<()> {
        self.choose_linker(call)?;
        const NAME: &str = "libstdc++.so";
        let stub = self.facts.stubs.as_ref().map(|stubs| stubs.join(NAME));
        if let Some(stub) = stub.filter(|stub| stub.exists() && !self.input.is_cross()) {
            let folder = self.input.top.join("stubs-of-macros");
            files::make_folder(&folder)?;
            files::link(&stub, &folder.join(NAME))?;
            call.option("-C", format!("link-arg=-L{}", folder.display()));
        }
        Ok(())
    }

    /// Makes rustc link through this very program, and hands on what it needs to know; `prepared` are the unit's own native
    /// libraries.
    ///
    /// # Errors
    /// If the unit has no `dev` output.
    pub fn add_linker(&self, call: &mut Call, prepared: &Prepared, program: bool) -> Result<()> {
        let input = self.input;
        if program {
            self.choose_linker_for_program(call, prepared)?;
        } else {
            self.set_linker(call)?;
            self.tell_libraries(call, prepared)?;
        }
        call.env(linker::OBJECTS, input.output("dev")?.join("objects").to_string_lossy());
        call.env(linker::HIDDEN, hidden::paths(input).join(":"));
        call.env(linker::FOUND, self.found_record().to_string_lossy());
        call.env(linker::RECORD, self.link_record().to_string_lossy());
        if self.is_dynamic() {
            let natives = prepared.natives.iter().cloned().chain(self.natives_below());
            let lines: Vec<String> = natives.map(|native| Linked::of(native).to_text()).collect();
            call.env(linker::NATIVES, lines.join("\n"));
            // A library that is there for what it does when it is loaded would be dropped: nothing refers to it.
            let forced = self.closure.iter().filter(|node| node.has_side_effects());
            call.env(linker::FORCED, forced.map(Node::file).collect::<Vec<_>>().join(":"));
        }
        for option in self.link_options() {
            call.option("-C", format!("link-arg={option}"));
        }
        call.option("-C", format!("link-arg=-Wl,--build-id={}", self.build_id()));
        Ok(())
    }

    /// What the linker is told of a build id: only debuggers want one. What it would make it of is more than what runs (the crate's
    /// metadata is among it), so that a place for another one is asked for.
    fn build_id(&self) -> String {
        if self.input.outputs.contains_key("debug") {
            format!("0x{}", "0".repeat(32))
        } else {
            "none".to_owned()
        }
    }

    /// Copies a linked file without what only compiling or debugging needs; where there is a `debug` output, what
    /// debuggers want of it goes there. The names of functions stay, for backtraces, in programs and in the user's own
    /// libraries, unless the profile says `strip = "symbols"`: all of them, as std looks at the exported ones only where there
    /// are no others. In libraries of others they would take an eighth of the bytes; there the exported ones have to do.
    /// `run_paths` are the folders in which it looks for what it loads by name.
    ///
    /// # Errors
    /// If it cannot be read or written.
    pub fn strip(&self, from: &Path, to: &Path, options: &[&str], run_paths: &[String]) -> Result<()> {
        let mut options: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
        options.push("--strip-all".to_owned());
        if self.keeps_function_names() {
            let bytes = files::read(from)?;
            let symbols = Elf::parse(&bytes).map(|elf| elf.symbols()).unwrap_or_default();
            let functions = symbols.iter().filter(|symbol| symbol.function && symbol.defined);
            let names: BTreeSet<&str> = functions.map(|symbol| symbol.name).collect();
            let list = self.input.top.join("functions");
            // objcopy takes no empty list.
            if !names.is_empty() {
                files::write(&list, names.into_iter().collect::<Vec<_>>().join("\n").as_bytes())?;
                options.push(format!("--keep-symbols={}", list.display()));
            }
        }
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        self.objcopy(&options, from, to).during("stripping")?;
        if let Some(debug) = self.input.outputs.get("debug") {
            let (mut bytes, mut stripped) = (files::read(from)?, files::read(to)?);
            let id = elf::set_build_id(&mut stripped, &mut bytes);
            let id = id.ok_or_else(|| Failure::message(format!("{} has no build id", from.display())))?;
            files::write(from, &bytes)?;
            files::write(to, &stripped)?;
            let (start, rest) = id.split_at_checked(2).unwrap_or((&id, ""));
            let folder = debug.join("lib/debug/.build-id").join(start);
            files::make_folder(&folder)?;
            let target = folder.join(format!("{rest}.debug"));
            self.objcopy(&["--only-keep-debug"], from, &target)
                .during("keeping debug information")?;
        }
        let mut bytes = files::read(to)?;
        // A library finds what it needs among what is loaded.
        let dropped = if self.input.unit.kind == Kind::Lib && !self.input.unit.test {
            elf::drop_runpath(&mut bytes)
        } else if run_paths.is_empty() {
            elf::drop_unused_runpath(&mut bytes)
        } else {
            elf::keep_runpath(&mut bytes, run_paths)
        };
        if dropped {
            files::write(to, &bytes)?;
        }
        Ok(())
    }

    /// Whether the names of private functions stay: in programs and the user's own libraries, unless the profile takes them away.
    #[must_use]
    pub fn keeps_function_names(&self) -> bool {
        let unit = &self.input.unit;
        let strip = unit.profile.get("strip").map(String::as_str);
        (unit.local || unit.kind != Kind::Lib) && !matches!(strip, Some("symbols" | "true"))
    }

    fn objcopy(&self, options: &[&str], from: &Path, to: &Path) -> Result<()> {
        let mut call = Call::new(&self.input.toolchain.target_tool("objcopy"), &self.input.top);
        call.envs(&environment::base(self.input)?);
        call.args(options.iter().copied())
            .arg(from.to_string_lossy())
            .arg(to.to_string_lossy());
        call.run()
    }
}
