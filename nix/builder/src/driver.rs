//! The linker that rustc is given: keeps what a later relinking needs, mends what has to be mended, and then runs
//! the C compiler with the same arguments.

use crate::archives::{self, Linked};
use crate::elf::{self, Elf, Symbol};
use crate::failure::{Context, Failure, Result};
use crate::files;
use crate::hidden;
use crate::input::Input;
use crate::loaded::{Libraries, best_order};
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
/// Variable: names of store paths whose hashes are overwritten in the objects, separated by `:` (see [`crate::hidden`]).
pub const HIDDEN: &str = "DYRUST_LINK_HIDDEN";
/// Variable: a file to add those to that were found, one a line.
pub const FOUND: &str = "DYRUST_LINK_FOUND";
/// Variable: a file to write the linker's arguments to, one a line.
pub const RECORD: &str = "DYRUST_LINK_RECORD";
/// Variable: set if a program is linked that uses libraries as shared objects.
pub const PROGRAM: &str = "DYRUST_LINK_PROGRAM";
/// Variable: the file that says where the libraries are with which something dynamic is linked (see [`crate::loaded`]).
pub const LIBRARIES: &str = "DYRUST_LINK_LIBRARIES";
/// Variable: a folder for linking copies of shared libraries. Without it what is linked needs them by short names.
pub const LINKING_COPIES: &str = "DYRUST_LINK_COPIES";
/// Variable: a file to add the foreign libraries to that were linked, for the programs above: name, tab, path.
pub const FOREIGN: &str = "DYRUST_LINK_FOREIGN";

/// Variable: the native libraries of the crates, a line each (see [`Linked`]).
pub const NATIVES: &str = "DYRUST_LINK_NATIVES";
/// Variable: the libraries that are needed if rustc links them, also where nothing refers to them; separated by `:`.
pub const FORCED: &str = "DYRUST_LINK_FORCED";

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
    let mut variables = vec![(CC, text(input.cc()))];
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
    let arguments = expand(std::env::args().skip(1).collect(), Path::new(""))?;
    let cc = std::env::var(CC).map_err(|_| Failure::message(format!("{CC} is not set")))?;
    let objects: Vec<&Path> = arguments
        .iter()
        .filter(|word| word.ends_with(".rcgu.o"))
        .map(Path::new)
        .collect();
    let libraries = std::env::var_os(LIBRARIES).map(PathBuf::from);
    let libraries = libraries
        .map(|file| Libraries::read(&file))
        .transpose()?
        .unwrap_or_default();
    let program = std::env::var_os(PROGRAM).is_some();
    show(&objects, program)?;
    if let Some(folder) = std::env::var_os(OBJECTS).map(PathBuf::from) {
        // Not a proc macro's: GNU ld keeps its metadata for the sake of the name.
        if let Some(script) = arguments.iter().find_map(|word| word.strip_prefix(VERSION_SCRIPT)) {
            mend_exports(Path::new(script), &objects)?;
        }
        hide(&objects)?;
        for object in &objects {
            files::copy(object, &folder.join(object.file_name().unwrap_or_default()))?;
        }
    }
    if let Some(file) = std::env::var_os(RECORD).map(PathBuf::from) {
        files::write(&file, recorded(&arguments, &file)?.join("\n").as_bytes())?;
    }
    let mut words = Vec::new();
    if let Ok(folder) = std::env::var(LLD) {
        words.extend(with_lld(Path::new(&folder)));
    }
    let arguments = without_own_lld(arguments);
    let arguments = if program {
        arguments
    } else {
        without_early_math(arguments)
    };
    let copies = std::env::var_os(LINKING_COPIES).map(PathBuf::from);
    let foreign = foreign(&cc, &arguments, &libraries)?;
    if let Some(folder) = &copies
        && make_linking_copies(&foreign, folder)?
    {
        words.push(format!("-L{}", folder.display()));
    }
    let natives = std::env::var(NATIVES).unwrap_or_default();
    let natives: Vec<Linked> = natives.lines().map(Linked::read).collect::<Result<_>>()?;
    let folders = folders(&arguments);
    let folders: Vec<&Path> = folders.iter().map(PathBuf::as_path).collect();
    let mut arranged = archives::arrange(arguments, &natives, &folders);
    if program {
        arranged = archives::take_what_is_replaced(archives::add(arranged, &natives), &natives)?;
    }
    words.extend(forced(arranged, &std::env::var(FORCED).unwrap_or_default()));
    if program && std::env::var_os(RECORD).is_some() {
        // What is missing then is linked as one file: see [`crate::unbound`].
        words.push("-Wl,--allow-shlib-undefined".to_owned());
    }
    let copies = copies.filter(|_| program);
    if let Some(copies) = &copies {
        words = words
            .into_iter()
            .map(|word| by_path(word, &libraries, copies))
            .collect::<Result<_>>()?;
    }
    let mut code = link(&cc, &words)?;
    let output = words.iter().skip_while(|word| *word != "-o").nth(1);
    let output = PathBuf::from(output.map_or("a.out", String::as_str));
    if let (0, Some(copies)) = (code, &copies) {
        let missing = missing(&output, &libraries)?;
        if !missing.is_empty() {
            // At the end, where nothing is left for them to define.
            words.push("-Wl,--push-state,--no-as-needed".to_owned());
            for path in &missing {
                words.push(linking_copy(path, copies)?.to_string_lossy().into_owned());
            }
            words.push("-Wl,--pop-state".to_owned());
            code = link(&cc, &words)?;
        }
        if code == 0 {
            order(&output)?;
        }
    }
    if let (0, Some(file)) = (code, std::env::var_os(FOREIGN).map(PathBuf::from)) {
        record_foreign(&output, &foreign, &libraries, &file)?;
    }
    Ok(code)
}

/// The arguments for those who link again: the version script, which rustc removes, is kept beside the record.
fn recorded(arguments: &[String], record: &Path) -> Result<Vec<String>> {
    let mut list = Vec::new();
    for argument in arguments {
        match argument.strip_prefix(VERSION_SCRIPT).map(Path::new) {
            Some(script) if script.is_file() => {
                let kept = record.with_extension("exports");
                files::copy(script, &kept)?;
                list.push(format!("{VERSION_SCRIPT}{}", kept.display()));
            }
            _ => list.push(argument.clone()),
        }
    }
    Ok(list)
}

/// How many bytes of arguments are passed as they are: a shell script around the C compiler reads a file of them letter by letter. Linux
/// takes two million, and the environment and the arguments that such a script adds count, too.
const PASSED: usize = 128 * 1024;

/// Has the C compiler link; returns its exit code.
fn link(cc: &str, words: &[String]) -> Result<i32> {
    let mut command = Command::new(cc);
    if words.iter().map(|word| word.len() + 1).sum::<usize>() <= PASSED {
        command.args(words);
    } else {
        let temporary = std::env::temp_dir().join(format!("link-{}.args", std::process::id()));
        let quoted: Vec<String> = words
            .iter()
            .map(|word| format!("\"{}\"\n", word.replace('\\', "\\\\").replace('"', "\\\"")))
            .collect();
        files::write(&temporary, quoted.concat().as_bytes())?;
        command.arg(format!("@{}", temporary.display()));
    }
    let status = command.status();
    let status = status.map_err(|error| Failure::message(format!("cannot start {cc}: {error}")))?;
    Ok(status.code().unwrap_or(1))
}

/// The C compiler's arguments by which it links with the `ld.lld` in a folder.
#[must_use]
pub fn with_lld(folder: &Path) -> [String; 2] {
    ["-fuse-ld=lld".to_owned(), format!("-B{}", folder.display())]
}

/// Takes out the libm that a library asks for in front of what the compiler has of it (`cbrt`): in a program, it stands behind all crates. It
/// stands at the end in any case.
fn without_early_math(mut arguments: Vec<String>) -> Vec<String> {
    let builtins = |word: &String| word.contains("/libcompiler_builtins-");
    if let Some(mut at) = arguments.iter().position(builtins) {
        while let Some(early) = arguments[..at].iter().position(|word| word == "-lm") {
            arguments.remove(early);
            at -= 1;
        }
    }
    arguments
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

/// Has a shared object export what assembly in its crate defines, too: rustc does not know of it, but functions that other
/// crates inline may use it. And not the name of the metadata, which rustc finds by the section: its size would make a difference to
/// what runs.
fn mend_exports(script: &Path, objects: &[&Path]) -> Result<()> {
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
    let text = with_quotes(&without_metadata(&files::read_text(script)?));
    let text = with_exports(&text, &names).unwrap_or(text);
    files::write(script, text.as_bytes())
}

/// Whether rustc made the name.
fn is_of_rust(name: &str) -> bool {
    name.is_empty() || ["_R", "_ZN", "__rust"].iter().any(|start| name.starts_with(start))
}

/// A version script of rustc without the name of the metadata.
fn without_metadata(script: &str) -> String {
    let lines = script.lines().filter(|line| !line.trim().starts_with("rust_metadata_"));
    let text: String = lines.map(|line| format!("{line}\n")).collect();
    // To GNU ld a list of nothing is an error.
    text.replace("  global:\n\n", "\n")
}

/// A version script of rustc in which names that a linker would read as something else are in quotes: `export_name` takes any text.
fn with_quotes(script: &str) -> String {
    let mut text = String::new();
    for line in script.lines() {
        match line.strip_prefix("    ").and_then(|line| line.strip_suffix(';')) {
            Some(name) if name != "*" => text += &format!("    {};\n", in_script(name)),
            _ => text += &format!("{line}\n"),
        }
    }
    text
}

/// A symbol's name as version scripts have it: in quotes where a linker would read it as something else. To lld it is a pattern there, too.
pub fn in_script(name: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_.$@".contains(letter);
    if name.chars().all(is_plain) || name.contains('"') {
        return name.to_owned();
    }
    let is_of_patterns = |letter: char| "*?[".contains(letter);
    if !name.contains(is_of_patterns) {
        return format!("\"{name}\"");
    }
    let letters = name.chars().map(|letter| match letter {
        letter if is_of_patterns(letter) => format!("[{letter}]"),
        '\\' => "\\\\".to_owned(),
        letter => letter.to_string(),
    });
    format!("\"{}\"", letters.collect::<String>())
}

/// A version script of rustc with further exports; nothing if it has them all.
fn with_exports(script: &str, names: &BTreeSet<String>) -> Option<String> {
    let known: BTreeSet<&str> = script.lines().map(|line| line.trim().trim_end_matches(';')).collect();
    let lines: String = names
        .iter()
        .map(|name| in_script(name))
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

/// Replaces `@FILE` by the arguments in the file, which rustc uses for long command lines; `folder` is where the linker starts.
///
/// # Errors
/// If a file that is there cannot be read.
pub fn expand(arguments: Vec<String>, folder: &Path) -> Result<Vec<String>> {
    let mut list = Vec::new();
    for argument in arguments {
        match argument.strip_prefix('@').map(|file| folder.join(file)) {
            Some(file) if file.is_file() => list.extend(response(&files::read_text(&file)?)),
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

/// Overwrites the hashes of store paths that are not to be named at run time, and writes down which were found.
fn hide(objects: &[&Path]) -> Result<()> {
    let names = std::env::var(HIDDEN).unwrap_or_default();
    let names: Vec<String> = names
        .split(':')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    let mut found = BTreeSet::new();
    for object in objects {
        found.extend(hidden::overwrite_file(object, &names)?);
    }
    match std::env::var_os(FOUND).map(PathBuf::from) {
        Some(file) if !found.is_empty() => {
            let lines: Vec<String> = found.into_iter().collect();
            files::write(&file, lines.join("\n").as_bytes())
        }
        _ => Ok(()),
    }
}

/// Has objects look for what others have, where rustc says that they would not: for a pointer to a `#[track_caller]` function of another
/// crate it makes a function of its own, and takes the other for its own, too. Has a program's allocator be found, and the personality be no
/// data that change.
fn show(objects: &[&Path], program: bool) -> Result<()> {
    let contents: Vec<Vec<u8>> = objects
        .iter()
        .map(|object| files::read(object))
        .collect::<Result<_>>()?;
    let parsed = contents.iter().filter_map(|bytes| Elf::parse(bytes));
    let defined: BTreeSet<String> = parsed
        .flat_map(|elf| elf.symbols())
        .filter(|symbol| symbol.global && symbol.defined)
        .map(|symbol| symbol.name.to_owned())
        .collect();
    for (object, mut bytes) in objects.iter().zip(contents) {
        let is_shown = |symbol: &Symbol| {
            let is_elsewhere = !symbol.defined && !symbol.weak && !defined.contains(symbol.name);
            is_elsewhere || program && symbol.defined && is_allocator_symbol(symbol.name)
        };
        let shown = elf::show_symbols(&mut bytes, is_shown);
        if elf::make_personality_constant(&mut bytes) || shown > 0 {
            files::write(object, &bytes)?;
        }
    }
    Ok(())
}

/// A foreign shared library that is asked for.
struct Foreign {
    /// The file name by which the linker finds it.
    file: String,
    /// The name by which what is linked will need it.
    soname: String,
    /// The file of that name.
    path: PathBuf,
    /// What the linker reads.
    found: PathBuf,
}

/// What rustc asks for in every link: the C library and the compiler's, whose places are known.
const OF_STD: [&str; 10] = [
    "c", "m", "dl", "pthread", "rt", "util", "gcc", "gcc_s", "gcc_eh", "stdc++",
];

/// A library that the C compiler brings along itself, such as libgomp.
fn of_compiler(cc: &str, file: &str) -> Result<Option<PathBuf>> {
    let mut command = Command::new(cc);
    let output = command.arg(format!("-print-file-name={file}")).output();
    let output = output.map_err(|error| Failure::message(format!("cannot start {cc}: {error}")))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    // An unknown file is printed as it was asked for.
    let path = Path::new(printed.trim());
    Ok((path.is_absolute() && path.exists()).then(|| path.to_owned()))
}

/// The foreign shared libraries of the store that are asked for by `-l` or by their path; also those of ours that are asked for
/// by `-l`.
fn foreign(cc: &str, arguments: &[String], known: &Libraries) -> Result<Vec<Foreign>> {
    let store = std::env::var("NIX_STORE").unwrap_or_else(|_| "/nix/store".to_owned());
    let folders: Vec<&Path> = option_values(arguments, "-L").into_iter().map(Path::new).collect();
    let mut by_name = Vec::new();
    for name in option_values(arguments, "-l") {
        let file = name
            .strip_prefix(':')
            .map_or_else(|| format!("lib{name}.so"), str::to_owned);
        let found = folders
            .iter()
            .map(|folder| folder.join(&file))
            .find(|path| path.exists());
        match found {
            Some(path) => by_name.push(path),
            None if OF_STD.contains(&name) => {}
            None => by_name.extend(of_compiler(cc, &file)?),
        }
    }
    let is_library = |word: &&String| !word.starts_with('-') && (word.ends_with(".so") || word.contains(".so."));
    let by_path = arguments.iter().filter(is_library).map(PathBuf::from);
    let is_known = |path: &PathBuf| {
        path.file_name()
            .is_some_and(|name| known.get(&name.to_string_lossy()).is_some())
    };
    // The file that is going to be written is named, too.
    let by_path = by_path.filter(|path| path.exists() && !is_known(path));
    let mut list = Vec::new();
    for found in by_name
        .into_iter()
        .chain(by_path)
        .filter(|path| path.starts_with(&store))
    {
        let bytes = files::read(&found)?;
        let Some(elf) = Elf::parse(&bytes) else { continue };
        let file = found.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let soname = elf.soname().unwrap_or(&file).to_owned();
        if soname.starts_with('/') {
            continue;
        }
        // The link `libssl.so` may lie in another output than the library itself: follow it.
        let real = std::fs::canonicalize(&found).unwrap_or_else(|_| found.clone());
        let beside = real.with_file_name(&soname);
        if beside.exists() {
            list.push(Foreign {
                file,
                soname,
                path: beside,
                found,
            });
        }
    }
    Ok(list)
}

/// Makes linking copies of foreign libraries, named by the absolute path at which each one is, so that what is linked needs no
/// search path for them. Returns whether there are any.
fn make_linking_copies(foreign: &[Foreign], to: &Path) -> Result<bool> {
    let mut made = false;
    for library in foreign {
        let bytes = files::read(&library.found)?;
        if let Some(copy) = elf::with_soname(&bytes, &library.path.to_string_lossy()) {
            files::write(&to.join(&library.file), &copy)?;
            made = true;
        }
    }
    Ok(made)
}

/// Writes down those of the foreign libraries that a linked file needs, and that were not known yet.
fn record_foreign(linked: &Path, foreign: &[Foreign], known: &Libraries, file: &Path) -> Result<()> {
    let bytes = files::read(linked)?;
    let needed = Elf::parse(&bytes).map(|elf| elf.needed()).unwrap_or_default();
    let mut libraries = if file.exists() {
        Libraries::read(file)?
    } else {
        Libraries::default()
    };
    let wanted = |library: &&Foreign| needed.contains(&library.soname.as_str()) && known.get(&library.soname).is_none();
    for library in foreign.iter().filter(wanted) {
        libraries.add(&library.soname, &library.path)?;
    }
    libraries.write(file)
}

/// In place of a shared object that is known, a linking copy that is named by the path where programs find it.
fn by_path(word: String, libraries: &Libraries, copies: &Path) -> Result<String> {
    let name = Path::new(&word)
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    match name.and_then(|name| libraries.get(&name)) {
        Some(path) if !word.starts_with('-') => Ok(linking_copy(path, copies)?.to_string_lossy().into_owned()),
        // An option of the linker's, where a library must not be dropped.
        _ => Ok(word),
    }
}

/// The linking copy of the library at a path, in the folder for these.
fn linking_copy(path: &Path, copies: &Path) -> Result<PathBuf> {
    let text = path.to_string_lossy();
    // Under its own name, by which GNU ld finds what other libraries need; apart from those that `-l` may find.
    let copy = copies.join("loaded").join(text.trim_start_matches('/'));
    if !copy.exists() {
        let bytes = files::read(path)?;
        let renamed = elf::with_soname(&bytes, &text);
        let renamed = renamed.ok_or_else(|| {
            Failure::message(format!(
                "{text} is no shared object with a name: link it with `-Wl,-soname,NAME`"
            ))
        })?;
        files::write(&copy, &renamed)?;
    }
    Ok(copy)
}

/// Has a program list first what serves most look-ups.
fn order(program: &Path) -> Result<()> {
    let mut bytes = files::read(program)?;
    let needed: Vec<String> = match Elf::parse(&bytes) {
        Some(elf) => elf.needed().into_iter().map(str::to_owned).collect(),
        None => Vec::new(),
    };
    let (mut places, mut loaded) = (Vec::new(), Vec::new());
    for (place, name) in needed.iter().enumerate().filter(|(_, name)| name.starts_with('/')) {
        places.push(place);
        loaded.push(files::read(Path::new(name))?);
    }
    let order = best_order(&bytes, &loaded)
        .into_iter()
        .filter_map(|index| places.get(index));
    let order: Vec<usize> = order.copied().collect();
    elf::order_needed(&mut bytes, &order);
    files::write(program, &bytes)
}

/// What is loaded with a program that it does not need itself.
fn missing(program: &Path, libraries: &Libraries) -> Result<Vec<PathBuf>> {
    let bytes = files::read(program)?;
    let Some(elf) = Elf::parse(&bytes) else {
        return Err(Failure::message(format!(
            "{} is no program for a supported platform",
            program.display()
        )));
    };
    let needed: Vec<String> = elf.needed().into_iter().map(str::to_owned).collect();
    let loader = elf.interpreter().map(Path::new).and_then(Path::file_name);
    let loader = loader.unwrap_or_default().to_string_lossy();
    let mut loaded = libraries.closure(&needed, &loader)?;
    loaded.retain(|path| !needed.iter().any(|name| Path::new(name) == path));
    Ok(loaded)
}

/// Has the libraries that do something when they are loaded, or that define what others mean, needed in any case. What
/// rustc does not link, as the program never names it, stays away.
fn forced(arguments: Vec<String>, forced: &str) -> Vec<String> {
    let paths: BTreeSet<&str> = forced.split(':').filter(|path| !path.is_empty()).collect();
    let mut words = Vec::new();
    for word in arguments {
        if paths.contains(word.as_str()) {
            words.extend(["-Wl,--no-as-needed".to_owned(), word, "-Wl,--as-needed".to_owned()]);
        } else {
            words.push(word);
        }
    }
    words
}

/// The folders in which a linker with these arguments looks for libraries.
#[must_use]
pub fn folders(arguments: &[String]) -> Vec<PathBuf> {
    option_values(arguments, "-L").into_iter().map(PathBuf::from).collect()
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

    /// A crate's cube roots were others than with Cargo, in the last bit.
    #[test]
    fn the_compilers_own_mathematics_come_first_in_libraries() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let given = words("a.o -lm -lz /sysroot/lib/libcompiler_builtins-1f.rlib -lgcc_s -lm -lc");
        let expected = words("a.o -lz /sysroot/lib/libcompiler_builtins-1f.rlib -lgcc_s -lm -lc");
        assert_eq!(without_early_math(given), expected);
        assert_eq!(without_early_math(words("-lm a.o")), words("-lm a.o"));
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
        // `export_name` takes any text, of which linkers made something else.
        let odd = "{\n  global:\n    _ZN1a17hE;\n    odd name-with.chars;\n    a:b#c;\n\n  local:\n    *;\n};\n";
        let quoted = odd
            .replace("odd name-with.chars", "\"odd name-with.chars\"")
            .replace("a:b#c", "\"a:b#c\"");
        assert_eq!(with_quotes(odd), quoted);
        assert_eq!(with_exports(&quoted, &names(&["a:b#c"])), None);
        // … and lld a pattern, in quotes, too, which did not match the name itself.
        assert_eq!(in_script("-[View draw:]*?"), "\"-[[]View draw:][*][?]\"");
        assert_eq!(in_script(r"a\b[]"), r#""a\\b[[]]""#);
        let with_metadata = script.replace("    kept;\n", "    rust_metadata_a_1f;\n    kept;\n");
        assert_eq!(without_metadata(&with_metadata), script);
        let metadata_alone = "{\n  global:\n    rust_metadata_a_1f;\n\n  local:\n    *;\n};\n";
        assert_eq!(without_metadata(metadata_alone), "{\n\n  local:\n    *;\n};\n");
        let nothing = "{\n\n  local:\n    *;\n};\n";
        let expected = "{\n  global:\n    made;\n\n  local:\n    *;\n};\n";
        assert_eq!(with_exports(nothing, &names(&["made"])).as_deref(), Some(expected));
        assert!(is_of_rust("_ZN4core3fmt17hE") && is_of_rust("") && !is_of_rust("part_seven"));
    }

    #[test]
    fn only_what_rustc_links_is_forced() {
        let arguments = ["a.o", "/liba.so", "/libb.so"].map(str::to_owned).to_vec();
        let expected = ["a.o", "/liba.so", "-Wl,--no-as-needed", "/libb.so", "-Wl,--as-needed"];
        assert_eq!(forced(arguments, "/libb.so:/libc.so"), expected);
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
