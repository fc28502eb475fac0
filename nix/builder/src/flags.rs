//! rustc's flags of Cargo's configuration (`build.rustflags` and its kin), as far as more than rustc has to know of them.

use crate::native::{self, Library};
use std::path::{Path, PathBuf};

/// One flag: an option that takes a value, or any other word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flag<'a> {
    /// `-C VALUE`
    Codegen(&'a str),
    /// `-L VALUE`
    Search(&'a str),
    /// `-l VALUE`
    Library(&'a str),
    /// Anything else.
    Word(&'a str),
}

/// Reads flags, whose values are joined or apart.
fn read(flags: &[String]) -> Vec<Flag<'_>> {
    type Make<'a> = fn(&'a str) -> Flag<'a>;
    let options: [(&str, Make<'_>); 4] = [
        ("--codegen", Flag::Codegen),
        ("-C", Flag::Codegen),
        ("-L", Flag::Search),
        ("-l", Flag::Library),
    ];
    let mut list = Vec::new();
    let mut words = flags.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let option = options
            .iter()
            .find_map(|(option, make)| Some((word.strip_prefix(option)?, make)));
        list.push(match option {
            Some(("", make)) => make(words.next().unwrap_or_default()),
            Some((value, make)) => make(value.strip_prefix('=').unwrap_or(value)),
            None => Flag::Word(word),
        });
    }
    list
}

/// The values of an option of code generation, such as `panic`.
fn codegen<'a>(flags: &'a [String], name: &'a str) -> impl Iterator<Item = &'a str> {
    read(flags).into_iter().filter_map(move |flag| match flag {
        Flag::Codegen(value) => value.strip_prefix(name)?.strip_prefix('='),
        _ => None,
    })
}

/// The link arguments among the flags.
#[must_use]
pub fn link_arguments(flags: &[String]) -> Vec<String> {
    let mut list = Vec::new();
    for flag in read(flags) {
        let Flag::Codegen(value) = flag else { continue };
        match value.split_once('=') {
            Some(("link-arg", argument)) => list.push(argument.to_owned()),
            Some(("link-args", arguments)) => list.extend(arguments.split_whitespace().map(str::to_owned)),
            _ => {}
        }
    }
    list
}

/// The native libraries that the flags ask for, as link arguments: archives by their paths, if they are where the flags
/// say; `folder` is where rustc starts.
#[must_use]
pub fn libraries(flags: &[String], folder: &Path) -> Vec<String> {
    let read = read(flags);
    let searches = search_folders(flags, folder);
    let mut list = Vec::new();
    for flag in &read {
        let Flag::Library(value) = flag else { continue };
        let library: Library = native::library(value);
        let (file, name) = library.file();
        let archive = searches
            .iter()
            .map(|search| search.join(&file))
            .find(|path| path.is_file());
        match archive.filter(|_| matches!(library.kind, "" | "static")) {
            Some(path) if library.whole => list.extend([
                "-Wl,--whole-archive".to_owned(),
                path.display().to_string(),
                "-Wl,--no-whole-archive".to_owned(),
            ]),
            Some(path) => list.push(path.display().to_string()),
            None => list.push(format!("-l{name}")),
        }
    }
    list
}

/// Where the flags say that libraries are (`-L`); `folder` is where rustc starts.
#[must_use]
pub fn search_folders(flags: &[String], folder: &Path) -> Vec<PathBuf> {
    let folder_of = |flag| match flag {
        Flag::Search(value) => Some(folder.join(native::search_folder(value))),
        _ => None,
    };
    read(flags).into_iter().filter_map(folder_of).collect()
}

/// The names of the libraries that the flags ask for (`-l`).
#[must_use]
pub fn library_names(flags: &[String]) -> Vec<&str> {
    let name_of = |flag| match flag {
        Flag::Library(value) => Some(native::library(value).name),
        _ => None,
    };
    read(flags).into_iter().filter_map(name_of).collect()
}

/// What panics do, if the flags say so.
#[must_use]
pub fn panic(flags: &[String]) -> Option<&str> {
    codegen(flags, "panic").last()
}

/// Flags as rustc takes them, each value apart.
fn written<'a>(flags: impl Iterator<Item = Flag<'a>>) -> Vec<String> {
    let mut list = Vec::new();
    for flag in flags {
        let (option, value) = match flag {
            Flag::Codegen(value) => (Some("-C"), value),
            Flag::Search(value) => (Some("-L"), value),
            Flag::Library(value) => (Some("-l"), value),
            Flag::Word(word) => (None, word),
        };
        list.extend(option.into_iter().chain([value]).map(str::to_owned));
    }
    list
}

/// The flags for rustc, but for what panics do, which depends on the standard library, too; and but for LTO, with which there are no
/// shared objects.
#[must_use]
pub fn for_rustc(flags: &[String]) -> Vec<String> {
    let is_left_out = |flag: &Flag| match flag {
        Flag::Codegen(value) => matches!(name_of(value), "panic" | "lto" | "linker-plugin-lto"),
        _ => false,
    };
    written(read(flags).into_iter().filter(|flag| !is_left_out(flag)))
}

/// `lto` of `lto=fat`.
fn name_of(value: &str) -> &str {
    value.split_once('=').map_or(value, |(name, _)| name)
}

/// The flags without the link arguments.
#[must_use]
pub fn without_link_arguments(flags: &[String]) -> Vec<String> {
    let is_argument = |flag: &Flag| matches!(flag, Flag::Codegen(value) if value.starts_with("link-arg=") || value.starts_with("link-args="));
    written(read(flags).into_iter().filter(|flag| !is_argument(flag)))
}

/// Whether the flags ask for the C library inside of each program.
#[must_use]
pub fn has_static_c_library(flags: &[String]) -> bool {
    let features = codegen(flags, "target-feature").flat_map(|value| value.split(','));
    let last = features
        .filter(|feature| feature.trim_start_matches(['+', '-']) == "crt-static")
        .last();
    last == Some("+crt-static")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn flags_joined_and_apart() {
        let flags = words("-C link-arg=-a -Cpanic=abort --codegen=link-args=-b --cfg x -Lnative=lib -l static=z");
        assert_eq!(link_arguments(&flags), ["-a", "-b"]);
        assert_eq!(panic(&flags), Some("abort"));
        let expected = words("-C link-arg=-a -C link-args=-b --cfg x -L native=lib -l static=z");
        assert_eq!(for_rustc(&flags), expected);
        assert_eq!(panic(&expected), None);
        assert_eq!(
            without_link_arguments(&expected),
            words("--cfg x -L native=lib -l static=z")
        );
    }

    /// The relinked forms of a program did without the archives that the configuration asks for.
    #[test]
    fn archives_of_flags() {
        let folder = crate::test_folder("flags-archives");
        std::fs::create_dir_all(folder.join("lib")).unwrap();
        std::fs::write(folder.join("lib/libz.a"), "").unwrap();
        let archive = folder.join("lib/libz.a").display().to_string();
        let found = libraries(&words("-l static=z -L native=lib -l m"), &folder);
        assert_eq!(found, [archive.clone(), "-lm".to_owned()]);
        let whole = libraries(&words("-L lib -l static:+whole-archive=z"), &folder);
        assert_eq!(whole, ["-Wl,--whole-archive", &archive, "-Wl,--no-whole-archive"]);
    }

    #[test]
    fn the_last_word_on_the_c_library_counts() {
        let is_static = |text: &str| has_static_c_library(&words(text));
        assert!(is_static("-C target-feature=+avx,+crt-static"));
        assert!(!is_static("-Ctarget-feature=+crt-static -Ctarget-feature=-crt-static"));
        assert!(!is_static("-C target-cpu=native"));
    }

    #[test]
    fn optimization_by_the_linker_is_left_out() {
        let flags = words("-Clto -C lto=fat -Clinker-plugin-lto --codegen=linker-plugin-lto=yes -C target-cpu=native");
        assert_eq!(for_rustc(&flags), words("-C target-cpu=native"));
    }
}
