//! The linker that rustc is given: keeps what a later relinking needs, mends what has to be mended, and then runs
//! the C compiler with the same arguments.

use crate::elf::{self, Elf};
use crate::failure::{Context, Failure, Result};
use crate::files;
use crate::input::Input;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The file name by which this program is started as a linker. rustc concludes from `-cc` that it takes a C
/// compiler's arguments.
pub const NAME: &str = "dyrust-cc";
/// Variable: the C compiler to run.
pub const CC: &str = "DYRUST_LINK_CC";
/// Variable: the folder with `ld.lld`; without it the C compiler's own linker links.
pub const LLD: &str = "DYRUST_LINK_LLD";
/// Variable: the folder to copy the code objects to.
pub const OBJECTS: &str = "DYRUST_LINK_OBJECTS";
/// Variable: a file to write the linker's arguments to, one a line.
pub const RECORD: &str = "DYRUST_LINK_RECORD";
/// Variable: set if a program is linked that uses libraries as shared objects.
pub const PROGRAM: &str = "DYRUST_LINK_PROGRAM";
/// Variable: a folder for linking copies of foreign shared libraries.
pub const STUBS: &str = "DYRUST_LINK_STUBS";

/// Variable: the shared objects made of static archives that may be asked for by `-l`, separated by `:`.
pub const NATIVES: &str = "DYRUST_LINK_NATIVES";

/// The option by which rustc says what a shared object exports.
const VERSION_SCRIPT: &str = "-Wl,--version-script=";

/// Whether a symbol is one of the four by which an allocator is replaced. rustc hides them in programs; libstd and
/// the libraries find them only if they are visible.
#[must_use]
pub fn is_allocator_symbol(name: &str) -> bool {
    let Some((head, tail)) = name.rsplit_once("___") else {
        return false;
    };
    let marked = head
        .rsplit_once("___rustc")
        .is_some_and(|(_, digits)| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
    marked
        && matches!(
            tail,
            "rust_alloc" | "rust_dealloc" | "rust_realloc" | "rust_alloc_zeroed"
        )
}

/// Makes this program callable as a linker, from a folder of the build; returns the path to give to rustc.
///
/// # Errors
/// If the link cannot be made.
pub fn install(folder: &Path) -> Result<PathBuf> {
    let linker = folder.join(NAME);
    if !linker.exists() {
        let this = std::env::current_exe().file("find", Path::new("/proc/self/exe"))?;
        files::link(&this, &linker)?;
    }
    Ok(linker)
}

/// The variables that tell this program, as a linker, with what a unit is linked.
///
/// # Errors
/// If the linker is missing.
pub fn environment(input: &Input) -> Result<Vec<(&'static str, String)>> {
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    let mut variables = vec![(CC, text(input.cc())), (STUBS, text(input.top.join("stubs")))];
    // What runs on another platform than the target finds its C library as the package set's linker has it.
    if (!input.unit.host || !input.is_cross())
        && let Some(folder) = input.toolchain.lld_folder(&input.host)?
    {
        variables.push((LLD, text(folder)));
    }
    Ok(variables)
}

/// Runs as a linker with this process's arguments and returns its exit code.
///
/// # Errors
/// If a file cannot be read or written, or the C compiler cannot be started.
pub fn main() -> Result<i32> {
    let arguments = expand(std::env::args().skip(1).collect())?;
    let cc = std::env::var(CC).map_err(|_| Failure::message(format!("{CC} is not set")))?;
    let objects: Vec<&Path> = arguments
        .iter()
        .filter(|word| word.ends_with(".rcgu.o"))
        .map(Path::new)
        .collect();
    if std::env::var_os(PROGRAM).is_some() {
        for object in &objects {
            show_allocator(object)?;
        }
    }
    if let Some(script) = arguments.iter().find_map(|word| word.strip_prefix(VERSION_SCRIPT)) {
        export_assembly(Path::new(script), &objects)?;
    }
    if let Some(folder) = std::env::var_os(OBJECTS).map(PathBuf::from) {
        for object in &objects {
            files::copy(object, &folder.join(object.file_name().unwrap_or_default()))?;
        }
    }
    if let Some(file) = std::env::var_os(RECORD).map(PathBuf::from) {
        files::write(&file, arguments.join("\n").as_bytes())?;
    }
    let mut words = Vec::new();
    if let Ok(folder) = std::env::var(LLD) {
        words.extend(with_lld(Path::new(&folder)));
    }
    let arguments = without_own_lld(arguments);
    if let Some(folder) = std::env::var_os(STUBS).map(PathBuf::from)
        && make_stubs(&arguments, &folder)?
    {
        words.push(format!("-L{}", folder.display()));
    }
    let natives = std::env::var(NATIVES).unwrap_or_default();
    let natives: Vec<&str> = natives.split(':').filter(|path| !path.is_empty()).collect();
    words.extend(with_namesakes(arguments, &natives));
    let temporary = std::env::temp_dir().join(format!("link-{}.args", std::process::id()));
    let quoted: Vec<String> = words
        .iter()
        .map(|word| format!("\"{}\"\n", word.replace('\\', "\\\\").replace('"', "\\\"")))
        .collect();
    files::write(&temporary, quoted.concat().as_bytes())?;
    let status = Command::new(&cc).arg(format!("@{}", temporary.display())).status();
    let status = status.map_err(|error| Failure::message(format!("cannot start {cc}: {error}")))?;
    Ok(status.code().unwrap_or(1))
}

/// The C compiler's arguments by which it links with the `ld.lld` in a folder.
#[must_use]
pub fn with_lld(folder: &Path) -> [String; 2] {
    ["-fuse-ld=lld".to_owned(), format!("-B{}", folder.display())]
}

/// Takes out the linker that rustc brings along and uses by default on some targets: one linker is used everywhere. One that somebody
/// asked for stays.
fn without_own_lld(mut arguments: Vec<String>) -> Vec<String> {
    let is_folder = |word: &String| word.starts_with("-B") && word.trim_end_matches('/').ends_with("/gcc-ld");
    if arguments.iter().any(is_folder) {
        arguments.retain(|word| !is_folder(word));
        if let Some(at) = arguments.iter().position(|word| word == "-fuse-ld=lld") {
            arguments.remove(at);
        }
    }
    arguments
}

/// Has a shared object export what assembly in its crate defines, too. rustc does not know of it, but functions that other
/// crates inline may use it.
fn export_assembly(script: &Path, objects: &[&Path]) -> Result<()> {
    let mut names = BTreeSet::new();
    for object in objects {
        let bytes = files::read(object)?;
        let symbols = Elf::parse(&bytes).map(|elf| elf.symbols()).unwrap_or_default();
        let shown = symbols
            .iter()
            .filter(|symbol| symbol.global && symbol.defined && symbol.visible);
        names.extend(
            shown
                .map(|symbol| symbol.name)
                .filter(|name| !is_of_rust(name))
                .map(str::to_owned),
        );
    }
    let text = files::read_text(script)?;
    if let Some(text) = with_exports(&text, &names) {
        files::write(script, text.as_bytes())?;
    }
    Ok(())
}

/// Whether rustc made the name.
fn is_of_rust(name: &str) -> bool {
    name.is_empty() || ["_R", "_ZN", "__rust"].iter().any(|start| name.starts_with(start))
}

/// A version script of rustc with further exports; nothing if it has them all.
fn with_exports(script: &str, names: &BTreeSet<String>) -> Option<String> {
    let known: BTreeSet<&str> = script.lines().map(|line| line.trim().trim_end_matches(';')).collect();
    let lines: String = names
        .iter()
        .filter(|name| !known.contains(name.as_str()))
        .map(|name| format!("    {name};\n"))
        .collect();
    if lines.is_empty() {
        None
    } else if script.contains("global:\n") {
        Some(script.replacen("global:\n", &format!("global:\n{lines}"), 1))
    } else {
        Some(script.replacen("{\n", &format!("{{\n  global:\n{lines}"), 1))
    }
}

/// Replaces `@FILE` by the arguments in the file, which rustc uses for long command lines.
fn expand(arguments: Vec<String>) -> Result<Vec<String>> {
    let mut list = Vec::new();
    for argument in arguments {
        match argument.strip_prefix('@') {
            Some(file) if Path::new(file).is_file() => list.extend(response(&files::read_text(Path::new(file))?)),
            _ => list.push(argument),
        }
    }
    Ok(list)
}

/// The words of a response file: separated by white space; quotes and backslashes as in GCC.
fn response(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (_, '\\') => word.get_or_insert_default().extend(characters.next()),
            (Some(open), _) if open == character => quote = None,
            (None, '"' | '\'') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, _) if character.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words
}

fn show_allocator(object: &Path) -> Result<()> {
    let mut bytes = files::read(object)?;
    if elf::show_symbols(&mut bytes, |symbol| symbol.defined && is_allocator_symbol(symbol.name)) > 0 {
        files::write(object, &bytes)?;
    }
    Ok(())
}

/// Makes linking copies of the foreign shared libraries that are asked for by `-l`, named by the absolute path at
/// which each one is, so that what is linked needs no search path for them. Returns whether there are any.
fn make_stubs(arguments: &[String], to: &Path) -> Result<bool> {
    let store = std::env::var("NIX_STORE").unwrap_or_else(|_| "/nix/store".to_owned());
    let folders: Vec<&Path> = option_values(arguments, "-L").into_iter().map(Path::new).collect();
    let mut made = false;
    for name in option_values(arguments, "-l") {
        let file = format!("lib{name}.so");
        let Some(found) = folders
            .iter()
            .map(|folder| folder.join(&file))
            .find(|path| path.exists())
        else {
            continue;
        };
        if !found.starts_with(&store) {
            continue;
        }
        let bytes = files::read(&found)?;
        let Some(soname) = Elf::parse(&bytes).and_then(|elf| elf.soname().map(str::to_owned)) else {
            continue;
        };
        if soname.starts_with('/') {
            continue;
        }
        // The link `libssl.so` may lie in another output than the library itself: follow it.
        let real = std::fs::canonicalize(&found).unwrap_or(found);
        let Some(beside) = real
            .parent()
            .map(|folder| folder.join(&soname))
            .filter(|path| path.exists())
        else {
            continue;
        };
        if let Some(copy) = elf::with_soname(&bytes, &beside.to_string_lossy()) {
            files::write(&to.join(&file), &copy)?;
            made = true;
        }
    }
    Ok(made)
}

/// Adds the shared objects that have the same file name: `-lparser` finds the first of them alone, but several crates may
/// have made a `libparser.a`. Each is needed only if something in it is used.
fn with_namesakes(arguments: Vec<String>, natives: &[&str]) -> Vec<String> {
    let file_name = |path: &str| {
        Path::new(path)
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
    };
    let mut words = Vec::new();
    let mut added = BTreeSet::new();
    for word in arguments {
        if let Some(name) = word.strip_prefix("-l") {
            let file = format!("lib{name}.so");
            let namesakes: BTreeSet<&&str> = natives
                .iter()
                .filter(|path| file_name(path).as_ref() == Some(&file))
                .collect();
            if namesakes.len() > 1 && added.insert(file.clone()) {
                words.push("-Wl,--push-state,--as-needed".to_owned());
                let in_order = natives.iter().filter(|path| namesakes.contains(path));
                words.extend(in_order.map(|path| (*path).to_owned()));
                words.push("-Wl,--pop-state".to_owned());
            }
        }
        words.push(word);
    }
    words
}

/// The values of an option that is written joined (`-lNAME`) or apart (`-l NAME`).
fn option_values<'a>(arguments: &'a [String], option: &str) -> Vec<&'a str> {
    let mut values = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.strip_prefix(option) {
            Some("") => values.extend(words.next().map(String::as_str)),
            Some(value) => values.push(value),
            None => {}
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allocator_symbols() {
        for name in ["rust_alloc", "rust_dealloc", "rust_realloc", "rust_alloc_zeroed"] {
            assert!(
                is_allocator_symbol(&format!("_RNvCs1234_7___rustc12___{name}")),
                "{name}"
            );
        }
        for name in [
            "__rust_alloc",
            "_RNvCs1234_7___rustc35___rust_no_alloc_shim_is_unstable_v2",
            "_RNvCs_3foo12___rust_alloc",
            "main",
        ] {
            assert!(!is_allocator_symbol(name), "{name}");
        }
    }

    #[test]
    fn rustcs_own_linker_is_taken_out() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let given = words("a.o -B/tc/lib/rustlib/x/bin/gcc-ld -fuse-ld=lld -B/own -fuse-ld=mold");
        assert_eq!(without_own_lld(given), words("a.o -B/own -fuse-ld=mold"));
        let asked = words("a.o -fuse-ld=lld");
        assert_eq!(without_own_lld(asked.clone()), asked);
    }

    #[test]
    fn response_files() {
        let words = response("\"a b\"\n'c\"d' e\\ f\\\\\n\"\" -Wl,--as-needed\n\"q\\\"q\"");
        assert_eq!(words, ["a b", "c\"d", "e f\\", "", "-Wl,--as-needed", "q\"q"]);
    }

    #[test]
    fn exports_are_added_to_rustcs() {
        let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let script = "{\n  global:\n    _RNvC1a1f;\n    kept;\n\n  local:\n    *;\n};\n";
        let expected = "{\n  global:\n    made;\n    _RNvC1a1f;\n    kept;\n\n  local:\n    *;\n};\n";
        assert_eq!(
            with_exports(script, &names(&["kept", "made"])).as_deref(),
            Some(expected)
        );
        assert_eq!(with_exports(script, &names(&["kept"])), None);
        let nothing = "{\n\n  local:\n    *;\n};\n";
        let expected = "{\n  global:\n    made;\n\n  local:\n    *;\n};\n";
        assert_eq!(with_exports(nothing, &names(&["made"])).as_deref(), Some(expected));
        assert!(is_of_rust("_ZN4core3fmt17hE") && is_of_rust("") && !is_of_rust("part_seven"));
    }

    /// difftastic 0.72.0 did not link: five of its grammars had each made a `libparser.a`.
    #[test]
    fn all_shared_objects_of_one_name_are_linked() {
        let arguments = ["a.o", "-lparser", "-lm", "-lparser"].map(str::to_owned);
        let natives = ["/own/libparser.so", "/m/libm.so", "/other/libparser.so"];
        let expected = [
            "a.o",
            "-Wl,--push-state,--as-needed",
            "/own/libparser.so",
            "/other/libparser.so",
            "-Wl,--pop-state",
            "-lparser",
            "-lm",
            "-lparser",
        ];
        assert_eq!(with_namesakes(arguments.to_vec(), &natives), expected);
        assert_eq!(with_namesakes(arguments.to_vec(), &natives[..2]), arguments);
    }

    #[test]
    fn options_joined_and_apart() {
        let arguments: Vec<String> = ["-lssl", "-L", "/a", "-L/b", "-l", "z", "x.o"]
            .map(str::to_owned)
            .into();
        assert_eq!(option_values(&arguments, "-l"), ["ssl", "z"]);
        assert_eq!(option_values(&arguments, "-L"), ["/a", "/b"]);
    }
}
