//! Native libraries of build scripts. A static archive below a shared object cannot stay one: consumers of the crate
//! would not find its symbols. So it becomes a shared object, and is passed to rustc as such.

use crate::archive;
use crate::elf;
use crate::environment;
use crate::failure::{Failure, Result};
use crate::files;
use crate::linker;
use crate::names;
use crate::node::Native;
use crate::process::Call;
use crate::rustc::Compilation;
use crate::script::Script;
use crate::unit::Kind;
use std::path::{Path, PathBuf};

/// A `-l` value: `[KIND[:MODIFIERS]=]NAME[:RENAME]`.
#[derive(Debug, PartialEq, Eq)]
pub struct Library<'a> {
    /// `static`, `dylib`, … or nothing.
    pub kind: &'a str,
    /// Whether the name is a whole file name.
    pub verbatim: bool,
    /// The name.
    pub name: &'a str,
}

/// Reads a `-l` value.
#[must_use]
pub fn library(value: &str) -> Library<'_> {
    let (kind, name) = value.split_once('=').unwrap_or(("", value));
    let (kind, modifiers) = kind.split_once(':').unwrap_or((kind, ""));
    let verbatim = modifiers.split(',').any(|modifier| modifier == "+verbatim");
    let name = if kind.is_empty() {
        name
    } else {
        name.split_once(':').map_or(name, |(_, renamed)| renamed)
    };
    Library { kind, verbatim, name }
}

impl Library<'_> {
    /// The archive's file name, and the name that `-l` takes.
    fn file(&self) -> (String, String) {
        if self.verbatim {
            let short = self.name.strip_prefix("lib").unwrap_or(self.name);
            (
                self.name.to_owned(),
                short.strip_suffix(".a").unwrap_or(short).to_owned(),
            )
        } else {
            (format!("lib{}.a", self.name), self.name.to_owned())
        }
    }
}

/// A `-L` value without its kind.
#[must_use]
pub fn search_folder(value: &str) -> &Path {
    let kinds = ["dependency", "crate", "native", "framework", "all"];
    Path::new(
        value
            .split_once('=')
            .filter(|(kind, _)| kinds.contains(kind))
            .map_or(value, |(_, folder)| folder),
    )
}

/// The `-L` value of the folder with a unit's native libraries.
#[must_use]
pub fn folder(dev: &Path) -> String {
    format!("native={}", dev.join("native").display())
}

/// The `-L` values of packages with libraries.
#[must_use]
pub fn folders_of(libraries: &[PathBuf]) -> Vec<String> {
    let folders = libraries.iter().map(|library| library.join("lib"));
    folders
        .filter(|folder| folder.is_dir())
        .map(|folder| format!("native={}", folder.display()))
        .collect()
}

/// What to write where a package of the package set is missing; `name` is what its override goes by.
#[must_use]
pub fn advice(name: &str) -> String {
    format!(
        "say which package has it:\n    \
         buildGraph {{ …; overrides = {{ {name} = {{ libraries = [ pkgs.LIBRARY ]; tools = [ pkgs.pkg-config ]; }}; }}; }}"
    )
}

/// The library that a linker did not find, by its message.
#[must_use]
pub fn not_found(said: &str) -> Option<&str> {
    let after = |start: &str| said.split_once(start).map(|(_, rest)| rest);
    // As lld and as ld say it.
    let rest = after("unable to find library -l").or_else(|| after("cannot find -l"))?;
    rest.split(|character: char| character.is_whitespace() || character == ':')
        .next()
}

/// What rustc is given in place of the build script's `-l` values.
#[derive(Debug, Default)]
pub struct Prepared {
    /// `-l` values.
    pub libs: Vec<String>,
    /// What was made into shared objects.
    pub natives: Vec<Native>,
}

/// Makes the static archives among the build script's libraries into shared objects in `out`, and keeps copies in `dev`.
///
/// # Errors
/// If an archive is damaged or cannot be linked.
pub fn prepare(compilation: &Compilation, out: &Path, dev: &Path) -> Result<Prepared> {
    let Some(script) = &compilation.script else {
        return Ok(Prepared::default());
    };
    let folders: Vec<&Path> = script.searches.iter().map(|search| search_folder(search)).collect();
    let mut prepared = Prepared::default();
    let mut libs = script.libs.clone();
    libs.extend(attributed(compilation, script)?);
    // The last first: an archive uses those that come after it.
    for value in libs.iter().rev() {
        let library = library(value);
        let (file, name) = library.file();
        let find = |file: &str| {
            folders
                .iter()
                .map(|folder| folder.join(file))
                .find(|path| path.exists())
        };
        let archive = match library.kind {
            "static" => find(&file),
            "" if find(&format!("lib{name}.so")).is_none() => find(&file),
            _ => None,
        };
        match archive {
            // Scripts say it twice where the crate cc has said it already.
            Some(_) if prepared.natives.iter().any(|native| native.name == name) => {}
            Some(archive) => {
                let native = make_shared(compilation, &prepared, &archive, &name, out, dev)?;
                prepared.libs.insert(0, format!("dylib={name}"));
                prepared.natives.insert(0, native);
            }
            None => prepared.libs.insert(0, value.clone()),
        }
    }
    Ok(prepared)
}

/// The archives in the build script's own folder that nothing but a `#[link]` in the crate names, as `-l` values.
fn attributed(compilation: &Compilation, script: &Script) -> Result<Vec<String>> {
    let named: Vec<&str> = script.libs.iter().map(|value| library(value).name).collect();
    let mut archives = Vec::new();
    for search in &script.searches {
        let folder = search_folder(search);
        if !folder.starts_with(&script.out_dir) || !folder.is_dir() {
            continue;
        }
        for file in files::list(folder)? {
            let name = file.file_name().and_then(|name| name.to_str()).and_then(archive_name);
            archives.extend(name.filter(|name| !named.contains(name)).map(str::to_owned));
        }
    }
    if archives.is_empty() {
        return Ok(Vec::new());
    }
    let mut asked = Vec::new();
    for source in files::below(&compilation.layout.package)? {
        if source.extension().is_some_and(|extension| extension == "rs") {
            asked.extend(linked_names(&files::read_text(&source)?));
        }
    }
    archives.retain(|name| asked.contains(name));
    Ok(archives.into_iter().map(|name| format!("static={name}")).collect())
}

/// `z` of `libz.a`.
fn archive_name(file: &str) -> Option<&str> {
    file.strip_prefix("lib")?.strip_suffix(".a")
}

/// The libraries that the `#[link]` attributes of a source name.
fn linked_names(source: &str) -> Vec<String> {
    let dense: String = source.split_whitespace().collect();
    let attributes = dense.split("link(").skip(1).filter_map(|rest| rest.split_once(')'));
    let name = |attribute: &str| {
        let (_, rest) = attribute.split_once("name=\"")?;
        rest.split_once('"').map(|(name, _)| name.to_owned())
    };
    attributes.filter_map(|(attribute, _)| name(attribute)).collect()
}

fn make_shared(
    compilation: &Compilation,
    prepared: &Prepared,
    archive: &Path,
    name: &str,
    out: &Path,
    dev: &Path,
) -> Result<Native> {
    let input = compilation.input;
    let kept = dev.join("native").join(format!("lib{name}.a"));
    files::copy(archive, &kept)?;
    let mut bytes = files::read(archive)?;
    archive::show_symbols(&mut bytes)
        .ok_or_else(|| Failure::message(format!("{}: not an archive, or a damaged one", archive.display())))?;
    let shown = input.top.join("native").join(format!("lib{name}.a"));
    files::write(&shown, &bytes)?;
    let file_name = names::native_file(name, &input.unit.id);
    let shared = out.join("lib").join(&file_name);
    files::make_folder(&out.join("lib"))?;
    // Through the linker mode, which writes down what foreign libraries are needed.
    let mut call = Call::new(&linker::install(&input.top)?, &input.top);
    call.envs(&environment::base(input)?);
    for (name, value) in linker::environment(input)? {
        call.env(name, value);
    }
    call.arg("-shared").option("-o", shared.to_string_lossy());
    compilation.tell_libraries(&mut call, prepared)?;
    call.arg(format!("-Wl,-soname,{file_name}"));
    call.args([
        "-Wl,--build-id=none",
        "-Wl,--gc-sections",
        "-Wl,-Bsymbolic",
        "-Wl,--strip-all",
        "-Wl,-z,relro,-z,now",
        "-Wl,--whole-archive",
    ]);
    call.arg(shown.to_string_lossy());
    call.args(["-Wl,--no-whole-archive", "-Wl,--as-needed"]);
    call.args(compilation.link_options());
    call.args(
        compilation
            .searches()
            .iter()
            .map(|search| format!("-L{}", search_folder(search).display())),
    );
    call.args(prepared.natives.iter().map(|native| native.shared.clone()));
    let foreign = prepared
        .libs
        .iter()
        .map(|value| library(value))
        .filter(|library| matches!(library.kind, "" | "dylib"));
    let mut names: Vec<String> = foreign.map(|library| library.name.to_owned()).collect();
    names.retain(|name| !prepared.natives.iter().any(|native| native.name == *name));
    for node in compilation
        .closure
        .iter()
        .filter(|node| node.value.text("kind") == Kind::Lib.name())
    {
        call.args(node.natives().into_iter().map(|native| native.shared));
        call.args(node.value.strings("linkArguments"));
    }
    call.args(names.iter().map(|name| format!("-l{name}")));
    call.arg("-lm");
    // A crate may name the C++ runtime by `#[link]` alone, which is not known here (unrar-ng-sys does).
    if compilation
        .facts
        .stubs
        .as_ref()
        .is_some_and(|folder| folder.join("libstdc++.so").exists())
    {
        call.arg("-lstdc++");
    }
    eprintln!("{}", call.line());
    call.run()?;
    let mut linked = files::read(&shared)?;
    if elf::drop_runpath(&mut linked) {
        files::write(&shared, &linked)?;
    }
    files::link(&shared, &dev.join("native").join(format!("lib{name}.so")))?;
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    Ok(Native {
        name: name.to_owned(),
        archive: text(kept),
        shared: text(shared),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_libraries() {
        assert_eq!(
            library("z"),
            Library {
                kind: "",
                verbatim: false,
                name: "z"
            }
        );
        assert_eq!(
            library("static=z"),
            Library {
                kind: "static",
                verbatim: false,
                name: "z"
            }
        );
        assert_eq!(
            library("dylib:+as-needed=a:b"),
            Library {
                kind: "dylib",
                verbatim: false,
                name: "b"
            }
        );
        let verbatim = library("static:+whole-archive,+verbatim=libfoo.a");
        assert_eq!(
            verbatim,
            Library {
                kind: "static",
                verbatim: true,
                name: "libfoo.a"
            }
        );
        assert_eq!(verbatim.file(), ("libfoo.a".to_owned(), "foo".to_owned()));
    }

    #[test]
    fn libraries_of_attributes() {
        let source = "#[link(name = \"a\")]\n#[cfg_attr(unix, link(kind = \"static\",\n  name = \"b\"))]\nextern {}\n#[link_section = \"c\"]";
        assert_eq!(linked_names(source), ["a", "b"]);
        assert_eq!((archive_name("libz.a"), archive_name("libz.so")), (Some("z"), None));
    }

    #[test]
    fn missing_libraries_are_named() {
        let lld = "  = note: rust-lld: error: unable to find library -lpam\n          collect2: error";
        assert_eq!(not_found(lld), Some("pam"));
        assert_eq!(
            not_found("/bin/ld: cannot find -lz: No such file or directory"),
            Some("z")
        );
        assert_eq!(not_found("error: undefined symbol: pam_end"), None);
    }

    #[test]
    fn forms_of_search_folders() {
        assert_eq!(search_folder("native=/a"), Path::new("/a"));
        assert_eq!(search_folder("/a=b"), Path::new("/a=b"));
        assert_eq!(search_folder("/a"), Path::new("/a"));
    }
}
