//! The parts of a rustc call that all units have in common.

use crate::dependencies::Dependencies;
use crate::environment;
use crate::failure::{Failure, Result};
use crate::files;
use crate::flags;
use crate::input::Input;
use crate::kept;
use crate::kind::{Kind, Linkage};
use crate::link_arguments::acts_on_all;
use crate::names;
use crate::native;
use crate::node::Node;
use crate::process::Call;
use crate::records::Records;
use crate::script::Script;
use crate::source::{self, Layout};
use crate::toolchain::{self, Abort, Facts};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What a unit's rustc call is made from.
pub struct Compilation<'a> {
    /// The node's input.
    pub input: &'a Input,
    /// Where the source is.
    pub layout: Layout,
    /// What the package's build script said.
    pub script: Option<Script>,
    /// What it is compiled against.
    pub dependencies: Dependencies,
    /// What is known about the toolchain.
    pub facts: Facts,
    /// Where the linker driver writes down what it did.
    pub records: Records,
}

impl<'a> Compilation<'a> {
    /// Reads what the unit's dependencies and build script left.
    ///
    /// # Errors
    /// If a dependency's `node.json` cannot be read.
    pub fn new(input: &'a Input, layout: Layout) -> Result<Self> {
        let dependencies = Dependencies::read(&input.dependencies)?;
        let script = input.build.as_deref().map(Script::read).transpose()?;
        let facts = Facts::read(input.toolchain.sysroot.as_deref())?;
        if let (Some(wanted), Some(printed)) = (input.unit.facts.get("rust-version"), &facts.rustc) {
            toolchain::check_rust_version(wanted, printed)?;
        }
        if !input.unit.host && input.unit.linkage == Linkage::Dylib && flags::has_static_c_library(&input.rustflags) {
            return Err(Failure::message(STATIC_C_LIBRARY.to_owned()));
        }
        Ok(Self {
            input,
            layout,
            script,
            dependencies,
            facts,
            records: Records::of(&input.top),
        })
    }

    /// The name of the library's file.
    #[must_use]
    pub fn file_name(&self, extension: &str) -> String {
        let unit = &self.input.unit;
        names::crate_file(&unit.crate_name(), &unit.id, extension)
    }

    /// The crate root.
    #[must_use]
    pub fn root(&self) -> PathBuf {
        self.layout.package.join(&self.input.unit.root)
    }

    /// The crate root as Cargo names it to rustc, which is what `file!()` gives: relative for packages of the workspace.
    #[must_use]
    pub fn root_argument(&self) -> String {
        let root = self.root();
        let relative = root.strip_prefix(&self.layout.root).ok();
        let named = relative.filter(|_| self.input.member.is_some()).unwrap_or(&root);
        named.to_string_lossy().into_owned()
    }

    /// A rustc call for the crate root `root` with everything but what depends on the kind of output.
    ///
    /// # Errors
    /// If a folder that rustc's environment names cannot be made.
    pub fn call(&self, crate_type: &str) -> Result<Call> {
        self.call_of(&self.input.toolchain.rustc.join("bin/rustc"), crate_type, "link")
    }

    /// The same call of another program that understands rustc's options, for another kind of output.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub fn call_of(&self, program: &Path, crate_type: &str, emit: &str) -> Result<Call> {
        let mut call = self.call_without_flags(program, crate_type)?;
        call.arg(format!("--emit={emit}"));
        self.add_profile(&mut call);
        call.option("-C", format!("metadata={}", self.input.unit.id));
        self.add_remaps(&mut call);
        // As with Cargo behind what the profile says: rustc takes the last.
        self.add_flags(&mut call);
        Ok(call)
    }

    /// What rustc and rustdoc both understand: the crate, its cfgs, its dependencies.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub fn documentation_call(&self, program: &Path, crate_type: &str) -> Result<Call> {
        let mut call = self.call_without_flags(program, crate_type)?;
        self.add_flags(&mut call);
        Ok(call)
    }

    /// The flags of Cargo's configuration, but for what panics do: that is [`Self::aborts`]'. And but for LTO, which is off for all.
    fn add_flags(&self, call: &mut Call) {
        if self.input.unit.host {
            return;
        }
        let flags = flags::for_rustc(&self.input.rustflags);
        match self.withholds_link_flags() {
            true => call.args(flags::without_link_arguments(&flags)),
            false => call.args(flags),
        };
    }

    /// Whether rustc is not told the link arguments of Cargo's configuration, as one of them acts on all that is linked. A library would be
    /// linked with them by itself, which Cargo's is not; a program is linked with them as one file (see [`crate::whole`]).
    #[must_use]
    pub fn withholds_link_flags(&self) -> bool {
        let flags = self.input.link_flags();
        self.is_dynamic() && flags.iter().any(|argument| acts_on_all(argument))
    }

    fn call_without_flags(&self, program: &Path, crate_type: &str) -> Result<Call> {
        let unit = &self.input.unit;
        let mut call = Call::new(program, &self.layout.work);
        call.argument_file(self.input.top.join("arguments"));
        call.envs(&environment::base(self.input)?);
        let folder = kept::manifest_folder(self.input, &self.layout);
        call.envs(&environment::package(self.input, &folder));
        call.envs(&self.input.environment);
        call.envs(&environment::compiling(self.input)?);
        call.option("--crate-name", unit.crate_name());
        call.option("--edition", &unit.edition);
        call.option("--crate-type", crate_type);
        self.add_cfgs(&mut call);
        // As with Cargo, the lints of one's own packages count, also where they are errors.
        if unit.local {
            call.args(&unit.lints);
        } else {
            call.option("--cap-lints", "allow");
        }
        self.add_dependencies(&mut call);
        if let Some(script) = &self.script {
            call.env("OUT_DIR", script.out_dir.to_string_lossy());
            for (name, value) in &script.environment {
                call.env(name, value);
            }
        }
        if !unit.host {
            if let Some(sysroot) = self.sysroot() {
                call.option("--sysroot", sysroot.to_string_lossy());
            }
            if self.input.target != self.input.host {
                call.option("--target", &self.input.target);
            }
        }
        Ok(call)
    }

    /// For tests and benchmarks: with the harness, or as the manifest has it, without.
    pub fn add_test_flags(&self, call: &mut Call) {
        let unit = &self.input.unit;
        if unit.test || matches!(unit.kind, Kind::Test | Kind::Bench) {
            if unit.harness {
                call.arg("--test");
            } else {
                call.option("--cfg", "test");
            }
        }
    }

    /// What the unit is compiled against.
    fn sysroot(&self) -> Option<&Path> {
        let of_abort = self.abort().and_then(|abort| abort.sysroot.as_deref());
        of_abort.or(self.input.toolchain.sysroot.as_deref())
    }

    /// What a unit needs that is to abort on panic, though the standard library that it shares unwinds.
    #[must_use]
    pub fn abort(&self) -> Option<&Abort> {
        let wanted = self.is_dynamic() && self.aborts();
        self.facts.abort.as_ref().filter(|_| wanted)
    }

    /// The call of a program that is to abort, compiled for unwinding all the same: against the standard library as it is.
    pub fn unwinding<'c>(&self, call: &'c mut Call) -> &'c mut Call {
        call.without("-C", "panic=abort");
        if let Some(sysroot) = self.abort().and_then(|abort| abort.sysroot.as_ref()) {
            call.without("--sysroot", &sysroot.to_string_lossy());
            if let Some(plain) = &self.input.toolchain.sysroot {
                call.option("--sysroot", plain.to_string_lossy());
            }
        }
        call
    }

    /// Whether the profile says `panic = "abort"`, or a flag of Cargo's configuration, which counts more.
    fn aborts(&self) -> bool {
        let of_profile = self.input.unit.profile.get("panic").map(String::as_str);
        let of_flags = flags::panic(&self.input.rustflags).filter(|_| !self.input.unit.host);
        let strategy = of_flags.or(of_profile);
        strategy.is_some_and(|strategy| strategy != "unwind")
    }

    fn add_profile(&self, call: &mut Call) {
        let profile = &self.input.unit.profile;
        let setting = |name: &str| profile.get(name).map_or("", String::as_str);
        if self.aborts() && (!self.is_dynamic() || self.abort().is_some_and(|abort| abort.sysroot.is_some())) {
            call.option("-C", "panic=abort");
        }
        let level = Some(setting("opt-level")).filter(|level| !matches!(*level, "" | "0"));
        if let Some(level) = level {
            call.option("-C", format!("opt-level={level}"));
        }
        match setting("debug") {
            // Enough for the lines of a backtrace.
            "" | "0" | "false" | "none" if self.input.outputs.contains_key("debug") => {
                call.option("-C", "debuginfo=1");
            }
            "" | "0" | "false" | "none" => {}
            "true" => drop(call.option("-C", "debuginfo=2")),
            level => drop(call.option("-C", format!("debuginfo={level}"))),
        }
        for check in checks(level.is_some(), setting("debug-assertions"), setting("overflow-checks")) {
            call.option("-C", check);
        }
        call.option("-C", "embed-bitcode=no");
        call.option("-C", format!("codegen-units={}", self.input.unit.codegen_units));
    }

    fn add_cfgs(&self, call: &mut Call) {
        let unit = &self.input.unit;
        for feature in &unit.features {
            call.option("--cfg", format!("feature=\"{feature}\""));
        }
        if let Some(script) = &self.script {
            for cfg in &script.cfgs {
                call.option("--cfg", cfg);
            }
        }
        // Where lints are off anyway, the list of what may be asked for would be noise.
        if unit.local {
            let declared = unit.declared_features.iter();
            let values: Vec<String> = declared.map(|feature| format!("\"{feature}\"")).collect();
            call.option("--check-cfg", "cfg(docsrs,test)");
            call.option("--check-cfg", format!("cfg(feature, values({}))", values.join(", ")));
            for cfg in self.script.iter().flat_map(|script| &script.check_cfgs) {
                call.option("--check-cfg", cfg);
            }
        }
    }

    /// Replaces the folders of this build in messages, panics and debug information by names that mean something.
    fn add_remaps(&self, call: &mut Call) {
        // rustc takes the last that matches.
        call.arg(remap(&self.input.top, "build"));
        call.arg(match self.input.member {
            Some(_) => remap(&self.layout.root, ""),
            None => remap(&self.layout.package, self.display()),
        });
        if let Some(script) = &self.script {
            call.arg(remap(&script.out_dir, &self.shown_out_dir()));
        }
    }

    /// What stands for the package's folder in paths that are shown.
    fn display(&self) -> &str {
        match self.input.display.as_str() {
            "." => "",
            name => name,
        }
    }

    /// What stands for `OUT_DIR` there.
    fn shown_out_dir(&self) -> String {
        match self.display() {
            "" => "out".to_owned(),
            display => format!("{display}/out"),
        }
    }

    fn add_dependencies(&self, call: &mut Call) {
        for (name, dependency) in &self.dependencies.direct {
            call.option("--extern", format!("{name}={}", dependency.file().display()));
        }
        // As Cargo has it, for whatever is done with a proc macro: its tests, lints and documentation name it, too.
        if self.input.unit.kind == Kind::ProcMacro {
            call.option("--extern", "proc_macro");
        }
        for dependency in &self.dependencies.closure {
            call.option("-L", format!("dependency={}", dependency.dev.join("lib").display()));
        }
        for search in self.searches() {
            call.option("-L", search);
        }
    }

    /// Where native libraries are looked for (`-L` values), each once. First the folders of archives that were made into
    /// shared objects: in those of the build scripts the archives themselves would be found.
    #[must_use]
    pub fn searches(&self) -> Vec<String> {
        let mut list = Vec::new();
        if self.is_dynamic() {
            let own = self.script.as_ref().and(self.input.outputs.get("dev"));
            list.extend(own.map(|dev| native::folder(dev)));
            let libraries = self.dependencies.libraries();
            let with_natives = libraries.filter(|dependency| !dependency.node.natives.is_empty());
            list.extend(with_natives.map(|dependency| native::folder(&dependency.dev)));
        }
        list.extend(self.own_searches());
        let libraries = self.dependencies.libraries();
        list.extend(libraries.flat_map(|dependency| dependency.node.searches.iter().cloned()));
        let mut seen = BTreeSet::new();
        list.retain(|search| seen.insert(search.clone()));
        list
    }

    /// Where the unit's own foreign libraries are looked for: as its build script says, or in the packages it was given.
    #[must_use]
    pub fn own_searches(&self) -> Vec<String> {
        match &self.script {
            Some(script) => script.searches.clone(),
            None => native::folders_of(&self.input.libraries),
        }
    }

    /// Runs rustc, which says what it has to say; its warnings and errors are returned too. Where something may have failed because what
    /// the build script left is a store path, it is run once more with a copy of that.
    ///
    /// # Errors
    /// If it fails.
    pub fn run(&self, call: &Call) -> std::result::Result<(), (Failure, String)> {
        let (failure, said) = match self.run_once(call) {
            Err(failed) => failed,
            Ok(()) => return Ok(()),
        };
        match self.with_own_out_dir(call, &said) {
            Ok(Some(call)) => self.run_once(&call),
            Ok(None) => Err((failure, said)),
            Err(failure) => Err((failure, said)),
        }
    }

    /// The same call with a copy of `OUT_DIR` that macros can write to, if that may be what it failed for, by what it said.
    ///
    /// # Errors
    /// If the folder cannot be copied.
    pub fn with_own_out_dir(&self, call: &Call, said: &str) -> Result<Option<Call>> {
        let Some(script) = self.script.as_ref().filter(|_| cannot_write(said)) else {
            return Ok(None);
        };
        let copy = self.input.top.join("out-dir");
        if !copy.exists() {
            files::copy_tree(&script.out_dir, &copy)?;
        }
        eprintln!("note: once more, with a copy of OUT_DIR that can be written to; nothing of it stays");
        let mut call = call.clone();
        call.env("OUT_DIR", copy.to_string_lossy());
        call.arg(remap(&copy, &self.shown_out_dir()));
        Ok(Some(call))
    }

    fn run_once(&self, call: &Call) -> std::result::Result<(), (Failure, String)> {
        call.show();
        let output = call.output().map_err(|error| (error, String::new()))?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        eprint!("{said}");
        if output.status.success() {
            Ok(())
        } else {
            if let Some(error) = repeated(&said) {
                eprintln!("{error}");
            }
            let mut failure = call.failed(&output.status);
            if let Some(name) = native::not_found(&said) {
                let unit = &self.input.unit;
                let by = unit.links.as_deref().unwrap_or(&unit.package);
                failure = failure.with_advice(&format!("The native library {name} is missing: {}", native::advice(by)));
            }
            if self.input.member.is_some() && source::lacks_file(&said) {
                failure = failure.with_advice(source::ADVICE);
            }
            Err((failure, said))
        }
    }

    /// Arguments for every link of the C compiler. With packed relocations goes a version of the C library, which lld asks of one
    /// by a name alone: not for libraries that are to take their host's.
    #[must_use]
    pub fn link_options(&self) -> Vec<String> {
        if self.input.unit.host || self.input.unit.c_type.is_some() {
            Vec::new()
        } else {
            self.facts.link_options()
        }
    }

    /// The library of the unit's own package, where the unit uses it: what the package's build script asks for is for that one.
    #[must_use]
    pub fn library_of_package(&self) -> Option<&Node> {
        let unit = &self.input.unit;
        self.dependencies.library_of(&unit.package, &unit.version)
    }

    /// Whether libraries are shared objects here.
    #[must_use]
    pub fn is_dynamic(&self) -> bool {
        !self.input.unit.host && self.input.unit.linkage == Linkage::Dylib
    }
}

fn remap(from: &Path, to: &str) -> String {
    format!("--remap-path-prefix={}={to}", from.display())
}

/// Whether something tells that it could not write, in the words of the system.
fn cannot_write(said: &str) -> bool {
    let said = said.to_lowercase();
    let reasons = [
        "read-only file system",
        "read-only filesystem",
        "readonlyfilesystem",
        "permission denied",
        "permissiondenied",
    ];
    reasons.iter().any(|reason| said.contains(reason))
}

/// What rustc is told of `debug-assertions` and `overflow-checks`. As by Cargo (`build_base_args`) no more than it would not take by
/// itself: each of them follows the setting before it, also one of the configuration's flags.
fn checks(optimized: bool, assertions: &str, overflow: &str) -> Vec<&'static str> {
    let (assertions, overflow) = (assertions == "true", overflow == "true");
    let mut list = Vec::new();
    if assertions == optimized {
        list.push(if assertions {
            "debug-assertions=on"
        } else {
            "debug-assertions=off"
        });
    }
    if overflow != assertions {
        list.push(if overflow {
            "overflow-checks=on"
        } else {
            "overflow-checks=off"
        });
    }
    list
}

/// What a linker says of code that is for programs alone, or for programs that have all in one file: assembly that names what the crate
/// shows to others relative to itself, thread locals that a program knows the place of, or all code, where it is compiled for one address.
#[must_use]
pub fn is_for_programs_alone(said: &str) -> Option<&str> {
    let tells = |line: &&str| {
        let of_code = ["recompile with -fPIC", "cannot be used with -shared"];
        line.contains("relocation R_") && of_code.iter().any(|words| line.contains(words))
            || line.contains("cannot create a copy relocation for symbol")
    };
    let line = said.lines().find(tells)?;
    let starts = ["relocation R_", "cannot create"].iter();
    let from = starts.filter_map(|start| line.find(start)).min();
    Some(&line[from.unwrap_or_default()..])
}

const STATIC_C_LIBRARY: &str = "rustc's flags of Cargo's configuration have `target-feature=+crt-static`: rustc makes no \
     shared objects with it. Take it out of `rustflags` and import again; or build without shared crates:\n    \
     buildGraph { …; linkage = \"static\"; }";

/// How many lines of a failed build's log Nix shows at least.
const SHOWN: usize = 10;

/// The first error that rustc told, if it is too far up to be among what Nix shows of a log; its first lines.
fn repeated(said: &str) -> Option<String> {
    let lines: Vec<&str> = said.lines().collect();
    let first = lines.iter().position(|line| line.starts_with("error"))?;
    // One line is the builder's own.
    if lines.len() - first < SHOWN {
        return None;
    }
    let error = lines[first..].iter().take_while(|line| !line.is_empty());
    Some(error.take(SHOWN - 2).copied().collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::repeated;

    #[test]
    fn the_first_error_is_said_again_where_it_would_not_be_seen() {
        let error = "error[E0432]: unresolved import `a`\n --> src/lib.rs:1:5";
        assert_eq!(repeated(&format!("warning: b\n\n{error}\n\nerror: aborting\n")), None);
        let more = "\nerror: another\n".repeat(9);
        assert_eq!(repeated(&format!("{error}\n{more}")).as_deref(), Some(error));
        let long = format!("error: long\n{}", " |\n".repeat(20));
        assert_eq!(repeated(&long).unwrap().lines().count(), 8);
        assert_eq!(repeated("warning: unused"), None);
    }
}
