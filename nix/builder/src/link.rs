//! How rustc is made to link, and what is done with what it linked.

use crate::elf::{self, Elf};
use crate::environment;
use crate::failure::{Failure, Phase, Result};
use crate::files;
use crate::linker;
use crate::native::Prepared;
use crate::node::Node;
use crate::process::Call;
use crate::rustc::Compilation;
use crate::unit::Kind;
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

    /// Where the linker's arguments are written to, for crates whose foreign libraries nothing else tells of.
    #[must_use]
    pub fn link_record(&self) -> Option<PathBuf> {
        let wanted = self.script.is_none() && !self.input.libraries.is_empty();
        wanted.then(|| self.input.top.join("link-arguments"))
    }

    /// Makes rustc link through this very program, which calls the C compiler and the one linker, and writes the paths of foreign libraries
    /// into what it links.
    ///
    /// # Errors
    /// If the linker is missing.
    pub fn choose_linker(&self, call: &mut Call) -> Result<()> {
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

    /// Makes rustc link through this very program, and hands on what it needs to know; `prepared` are the unit's own native
    /// libraries.
    ///
    /// # Errors
    /// If the unit has no `dev` output.
    pub fn add_linker(&self, call: &mut Call, prepared: &Prepared, program: bool) -> Result<()> {
        let input = self.input;
        self.choose_linker(call)?;
        call.env(linker::OBJECTS, input.output("dev")?.join("objects").to_string_lossy());
        if program && self.is_dynamic() {
            call.env(linker::PROGRAM, "1");
        }
        if let Some(file) = self.link_record() {
            call.env(linker::RECORD, file.to_string_lossy());
        }
        if self.is_dynamic() {
            let below = self
                .closure
                .iter()
                .filter(|node| node.value.text("kind") == Kind::Lib.name());
            let natives = prepared.natives.iter().cloned().chain(below.flat_map(Node::natives));
            let shared: Vec<String> = natives.map(|native| native.shared).collect();
            call.env(linker::NATIVES, shared.join(":"));
        }
        for option in self.link_options() {
            call.option("-C", format!("link-arg={option}"));
        }
        if input.outputs.contains_key("debug") {
            call.option("-C", "link-arg=-Wl,--build-id=sha1");
        }
        // A library that is there for what it does when it is loaded would be dropped: nothing refers to it.
        if self.is_dynamic() {
            for node in self.closure.iter().filter(|node| node.has_side_effects()) {
                for argument in ["-Wl,--no-as-needed", node.file(), "-Wl,--as-needed"] {
                    call.option("-C", format!("link-arg={argument}"));
                }
            }
        }
        Ok(())
    }

    /// Copies a linked file without what only compiling or debugging needs; where there is a `debug` output, what
    /// debuggers want of it goes there.
    ///
    /// # Errors
    /// If it cannot be read or written.
    pub fn strip(&self, from: &Path, to: &Path, options: &[&str]) -> Result<()> {
        self.objcopy(options, from, to).during("stripping")?;
        if let Some(debug) = self.input.outputs.get("debug") {
            let bytes = files::read(from)?;
            let id = Elf::parse(&bytes).and_then(|elf| elf.build_id());
            let id = id.ok_or_else(|| Failure::message(format!("{} has no build id", from.display())))?;
            let (start, rest) = id.split_at_checked(2).unwrap_or((&id, ""));
            let folder = debug.join("lib/debug/.build-id").join(start);
            files::make_folder(&folder)?;
            let target = folder.join(format!("{rest}.debug"));
            self.objcopy(&["--only-keep-debug"], from, &target)
                .during("keeping debug information")?;
        }
        let mut bytes = files::read(to)?;
        if elf::drop_unused_runpath(&mut bytes) {
            files::write(to, &bytes)?;
        }
        Ok(())
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
