//! The linker's command line.

use std::path::{Path, PathBuf};

use crate::cc::run;
use crate::error::{Error, Result};
use crate::link::Session;
use crate::link::inputs::Inputs;
use crate::link::options::{Folding, Names, Options, Tools};

/// The form of a program that may be loaded anywhere, and of one that may not (`relocation-model=static`).
const MOVABLE: &str = "-pie";
const FIXED: &str = "-no-pie";

/// A program that has a copy of a library's data would see another one than the library itself.
const NO_COPIES: &str = "-Wl,-z,nocopyreloc";

/// What the profiler has so that one can ask for it.
const WRITES_COUNTS: &str = "__llvm_profile_runtime";

/// A shared object that a file is linked against.
#[derive(Debug, Clone)]
pub struct Library {
    /// What stands for it in the link.
    pub import_library: PathBuf,
    /// Whether it is loaded even if no symbol of it is used: it has constructors.
    pub forced: bool,
}

/// One link.
#[derive(Debug)]
pub struct Link<'a> {
    /// The file to be made.
    pub output: PathBuf,
    /// The SONAME and what is exported, for a shared object.
    pub shared: Option<Shared<'a>>,
    /// Symbols that a program exports: the allocator and what begins a panic, if it has its own.
    pub exported: Vec<String>,
    /// Objects and archives.
    pub inputs: Vec<Inputs>,
    /// Our own shared objects.
    pub libraries: Vec<Library>,
    /// Arguments of units, for foreign libraries.
    pub foreign: Vec<String>,
    /// Libraries behind all crates, as rustc has those that libraries ask for: what compiler_builtins has of libm (`cbrt`) is found before.
    pub foreign_of_libraries: Vec<String>,
    /// Whether the C library is named by its path; if not, the programs do so that load the file.
    pub c_library_by_path: bool,
    /// compiler_builtins.
    pub builtins: &'a Path,
    /// What writes counts of executed code, if the file has any.
    pub profiler: Option<&'a Path>,
    /// Whether something in it runs when it is loaded: the start files may have a part in that.
    pub starts: bool,
    /// How many threads the linker may use.
    pub threads: usize,
}

/// What is special of a shared object.
#[derive(Debug)]
pub struct Shared<'a> {
    /// Its SONAME: its absolute path when it runs, or a name alone.
    pub soname: PathBuf,
    /// What it exports, sorted.
    pub exports: &'a [String],
    /// What other files may replace: the allocator, and what begins a panic.
    pub replaceable: Vec<&'a str>,
    /// What it replaces of others, as far as it is linked after all: nobody asks for it.
    pub replaced: Vec<String>,
}

impl Link<'_> {
    /// Writes the files of arguments into `work` (a name for each link) and runs the linker.
    pub fn run(&self, session: &Session<'_>, work: &Path) -> Result<()> {
        let (options, tools, target) = (session.options, session.tools, &session.graph.target);
        let mut arguments = session.linker.clone();
        if target.triple.starts_with("x86_64") {
            arguments.push("-m64".to_owned());
        }
        arguments.extend(self.general(options, tools));
        match &self.shared {
            None => {
                arguments.push(MOVABLE.to_owned());
                let exported = self
                    .exported
                    .iter()
                    .map(|symbol| format!("-Wl,--export-dynamic-symbol={symbol}"));
                arguments.extend(exported);
            }
            Some(shared) => {
                arguments.extend(shared.arguments(work)?);
                if let (Some(start), false) = (&tools.facts.start, self.starts) {
                    arguments.extend(["-nostartfiles".to_owned(), start.display().to_string()]);
                }
            }
        }
        self.contents(&mut arguments);
        arguments.extend(self.foreign.iter().cloned());
        if let Some(profiler) = self.profiler {
            // Code that counts does not ask for what writes the counts: rustc does, when it links.
            arguments.extend([
                format!("-Wl,--undefined={WRITES_COUNTS}"),
                profiler.display().to_string(),
            ]);
        }
        arguments.push(self.builtins.display().to_string());
        arguments.extend(self.foreign_of_libraries.iter().cloned());
        if tools.unwinder.is_none() {
            arguments.push("-lgcc_s".to_owned());
        }
        if let Some(folder) = tools.facts.linking_copies.as_ref().filter(|_| self.c_library_by_path) {
            arguments.push(format!("-L{}", folder.display()));
        }
        // libgcc.a has what C compilers assume and compiler_builtins lacks; nothing of it is shared.
        let libraries = ["-lgcc", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl", "-lc"];
        arguments.extend(libraries.map(str::to_owned));
        arguments.extend(options.arguments.iter().cloned());
        arguments.extend(["-o".to_owned(), self.output.display().to_string()]);
        let file = work.with_extension("rsp");
        let link = |arguments: &[String]| {
            let text: String = arguments.iter().map(|argument| quoted(argument)).collect();
            std::fs::write(&file, text).map_err(Error::io("write", &file))?;
            run(&options.cc, &[format!("@{}", file.display())], &self.output)
        };
        match link(&arguments) {
            Err(Error::Linker { output, .. }) if self.shared.is_none() && is_fixed(&output) => {
                let fixed = |argument: String| {
                    if argument == MOVABLE {
                        FIXED.to_owned()
                    } else {
                        argument
                    }
                };
                link(&arguments.into_iter().map(fixed).collect::<Vec<_>>())
            }
            Err(Error::Linker { output, .. }) if self.shared.is_none() && wants_copies_of_others(&output) => {
                let is_kept = |argument: &String| argument != NO_COPIES;
                link(&arguments.into_iter().filter(is_kept).collect::<Vec<_>>())
            }
            outcome => outcome,
        }
    }

    /// What does not depend on the file's contents.
    fn general(&self, options: &Options, tools: &Tools) -> Vec<String> {
        let mut arguments = vec!["-nodefaultlibs".to_owned()];
        let mut pass = |argument: &str| arguments.push(format!("-Wl,{argument}"));
        pass("--eh-frame-hdr");
        pass("--gc-sections");
        // Sections with C names are kept if something uses them, not because they have such a name.
        pass("-z,nostart-stop-gc");
        pass("-z,noexecstack");
        pass("-z,relro,-z,now");
        pass(NO_COPIES.trim_start_matches("-Wl,"));
        pass("-O2");
        pass("--hash-style=gnu");
        pass("--as-needed");
        pass("--no-undefined");
        pass(&format!("--threads={}", self.threads));
        match options.folding {
            // With the tables that the Rust objects were given, `safe` folds all of Rust and nothing of C.
            Folding::Rust => pass("--icf=safe"),
            Folding::All => pass("--icf=all,--ignore-data-address-equality"),
            Folding::None => pass("--icf=none"),
        }
        if options
            .packed_relocations
            .or(tools.facts.packed_relocations)
            .unwrap_or(true)
        {
            pass("-z,pack-relative-relocs");
        }
        if options.debug.is_some() {
            pass("--build-id=sha1");
        } else {
            pass("--build-id=none");
            pass(match options.names {
                Names::None => "--strip-all",
                // What is left is taken away when the file is finished.
                Names::Own | Names::All => "--strip-debug",
            });
        }
        arguments
    }

    fn contents(&self, arguments: &mut Vec<String>) {
        let path = |path: &PathBuf| path.display().to_string();
        arguments.extend(self.inputs.iter().flat_map(|inputs| &inputs.objects).map(path));
        arguments.push("-Wl,--whole-archive".to_owned());
        arguments.extend(self.inputs.iter().flat_map(|inputs| &inputs.whole).map(path));
        arguments.push("-Wl,--no-whole-archive".to_owned());
        arguments.push("-Wl,--start-lib".to_owned());
        arguments.extend(self.inputs.iter().flat_map(|inputs| &inputs.lazy).map(path));
        arguments.push("-Wl,--end-lib".to_owned());
        for library in &self.libraries {
            let file = library.import_library.display().to_string();
            if library.forced {
                arguments.extend(["-Wl,--no-as-needed".to_owned(), file, "-Wl,--as-needed".to_owned()]);
            } else {
                arguments.push(file);
            }
        }
    }
}

impl Shared<'_> {
    fn arguments(&self, work: &Path) -> Result<Vec<String>> {
        let list = |symbols: &[&str]| {
            symbols
                .iter()
                .fold(String::new(), |text, symbol| text + "  " + &in_script(symbol) + ";\n")
        };
        let mut exports: Vec<&str> = self.exports.iter().chain(&self.replaced).map(String::as_str).collect();
        exports.sort_unstable();
        exports.dedup();
        let global = if exports.is_empty() {
            String::new()
        } else {
            format!("global:\n{}", list(&exports))
        };
        let script = work.with_extension("version");
        let text = format!("{{\n{global}local: *;\n}};\n");
        std::fs::write(&script, text).map_err(Error::io("write", &script))?;
        // This list, and not -Bsymbolic, binds everything else inside the object: -Bsymbolic would also tell the
        // loader to look in this object first, and a replaced allocator would not be found.
        let dynamic = work.with_extension("dynamic");
        let nothing = ["__dyrust_nothing"];
        let replaceable = if self.replaceable.is_empty() {
            list(&nothing)
        } else {
            list(&self.replaceable)
        };
        let text = format!("{{\n{replaceable}}};\n");
        std::fs::write(&dynamic, text).map_err(Error::io("write", &dynamic))?;
        let mut arguments = vec![
            "-shared".to_owned(),
            format!("-Wl,-soname,{}", self.soname.display()),
            format!("-Wl,--version-script={}", script.display()),
            format!("-Wl,--dynamic-list={}", dynamic.display()),
        ];
        if !self.replaced.is_empty() {
            arguments.push("-Wl,--undefined-version".to_owned());
        }
        // What nothing in the object itself needs is linked as it is asked for.
        // (`-Wl,` would end at a comma, which `export_name` may have.)
        let asked = self.exports.iter().map(|symbol| format!("--undefined={symbol}"));
        arguments.extend(asked.flat_map(|argument| ["-Xlinker".to_owned(), argument]));
        Ok(arguments)
    }
}

/// Whether a linker complains of code that cannot be moved, as lld says it.
fn is_fixed(complaint: &str) -> bool {
    let is_relocation = |line: &str| line.contains("relocation R_") && line.contains("cannot be used against");
    complaint.lines().any(is_relocation)
}

/// Whether a linker complains only of data of the C library and its kin, of which a program without `-fPIC` wants copies: those libraries
/// look for it as everybody does. (`import-N.so` stands for a shared object of ours, which does not.)
fn wants_copies_of_others(complaint: &str) -> bool {
    let mut lines = complaint.lines().peekable();
    let mut found = false;
    while let Some(line) = lines.next() {
        if line.contains("error: too many errors") {
            return false;
        }
        if line.contains("error: ") {
            let is_of_copy = line.contains("remove '-z nocopyreloc'");
            let of_others = lines
                .peek()
                .is_some_and(|next| next.contains(">>> defined in ") && !next.contains("/import-"));
            if !(is_of_copy && of_others || line.contains("ld returned")) {
                return false;
            }
            found |= is_of_copy;
        }
    }
    found
}

/// A symbol's name in the linker's lists. `export_name` takes any text, and to lld what is in quotes is a pattern, too, if it looks like one.
fn in_script(symbol: &str) -> String {
    let is_of_patterns = |letter: char| "*?[".contains(letter);
    if !symbol.contains(is_of_patterns) {
        return format!("\"{symbol}\"");
    }
    let letters = symbol.chars().map(|letter| match letter {
        letter if is_of_patterns(letter) => format!("[{letter}]"),
        '\\' => "\\\\".to_owned(),
        letter => letter.to_string(),
    });
    format!("\"{}\"", letters.collect::<String>())
}

/// A line of an argument file, as GCC and Clang read it.
fn quoted(argument: &str) -> String {
    let mut line = String::with_capacity(argument.len() + 3);
    line.push('"');
    for letter in argument.chars() {
        if matches!(letter, '"' | '\\') {
            line.push('\\');
        }
        line.push(letter);
    }
    line.push_str("\"\n");
    line
}

#[cfg(test)]
mod tests {
    use super::{Shared, in_script, wants_copies_of_others};

    // What `export_name` called `-[View draw:]` was not exported: the pattern did not match the name itself.
    #[test]
    fn a_name_is_no_pattern() {
        assert_eq!(in_script("odd name"), "\"odd name\"");
        assert_eq!(in_script("-[View draw:]*?"), "\"-[[]View draw:][*][?]\"");
        assert_eq!(in_script(r"a\b[]"), r#""a\\b[[]]""#);
        assert_eq!(in_script(r"a\b"), r#""a\b""#);
    }

    // What `export_name` called `a,b` was two arguments of the linker.
    #[test]
    fn a_name_with_a_comma_is_one_argument() {
        let work = tempfile::tempdir().unwrap();
        let shared = Shared {
            soname: "libx.so".into(),
            exports: &["a,b".to_owned()],
            replaceable: Vec::new(),
            replaced: Vec::new(),
        };
        let arguments = shared.arguments(&work.path().join("link-0")).unwrap();
        assert!(
            arguments.ends_with(&["-Xlinker".to_owned(), "--undefined=a,b".to_owned()]),
            "{arguments:?}"
        );
    }

    // A program whose archive names `environ` without -fPIC had no relinked form; a copy of a crate's static would be another one, silently.
    #[test]
    fn only_data_of_others_may_be_copied() {
        let complaint = |definer: &str| {
            format!(
                "ld.lld: error: unresolvable relocation R_X86_64_PC32 against symbol 'environ'; recompile with -fPIC or remove '-z nocopyreloc'\n\
                 >>> defined in {definer}\n>>> referenced by asks.c\n"
            )
        };
        let (of_c, of_ours) = (complaint("/s/glibc/lib/libc.so.6"), complaint("/tmp/w/import-4.so"));
        let end = "collect2: error: ld returned 1 exit status\n";
        assert!(wants_copies_of_others(&format!("{of_c}{end}")));
        for other in [
            of_ours.clone(),
            of_c.clone() + &of_ours,
            of_c.clone() + "ld.lld: error: undefined symbol: hook\n",
            of_c + "ld.lld: error: too many errors emitted, stopping now\n",
            String::new(),
        ] {
            assert!(!wants_copies_of_others(&format!("{other}{end}")), "{other}");
        }
    }
}
