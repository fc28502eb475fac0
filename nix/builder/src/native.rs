//! Native libraries of build scripts. A static archive below a shared object cannot stay one: consumers of the crate
//! would not find its symbols. So it becomes a shared object, and is passed to rustc as such; or, where that would change
//! what its symbols mean ([`crate::definitions`]), it is kept for the programs above, and is linked into each of them.

use crate::archive::{self, Archive};
use crate::definitions::{self, Definitions, Findings};
use crate::driver;
use crate::elf;
use crate::environment;
use crate::failure::{Failure, Result};
use crate::files;
use crate::flags;
use crate::link::Link;
use crate::names;
use crate::node::Native;
use crate::process::Call;
use crate::rustc::Compilation;
use crate::script::Script;
use crate::sources;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A `-l` value: `[KIND[:MODIFIERS]=]NAME[:RENAME]`.
#[derive(Debug, PartialEq, Eq)]
pub struct Library<'a> {
    /// `static`, `dylib`, … or nothing.
    pub kind: &'a str,
    /// Whether the name is a whole file name.
    pub verbatim: bool,
    /// Whether all of an archive is linked, needed or not.
    pub whole: bool,
    /// The name.
    pub name: &'a str,
    /// What a `#[link]` calls it, where that is another name.
    pub attribute: Option<&'a str>,
}

/// Reads a `-l` value.
#[must_use]
pub fn library(value: &str) -> Library<'_> {
    let (kind, name) = value.split_once('=').unwrap_or(("", value));
    let (kind, modifiers) = kind.split_once(':').unwrap_or((kind, ""));
    let has = |wanted: &str| modifiers.split(',').any(|modifier| modifier == wanted);
    let (verbatim, whole) = (has("+verbatim"), has("+whole-archive"));
    let renamed = name.split_once(':').filter(|_| !kind.is_empty());
    let (attribute, name) = renamed.map_or((None, name), |(attribute, renamed)| (Some(attribute), renamed));
    Library {
        kind,
        verbatim,
        whole,
        name,
        attribute,
    }
}

impl Library<'_> {
    /// The archive's file name, and the name that `-l` takes.
    #[must_use]
    pub fn file(&self) -> (String, String) {
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
        "say which package has it, in the arguments of buildGraph or in mkFlake's `arguments = pkgs: {{ … }}`:\n    \
         overrides.{name} = {{ libraries = [ pkgs.LIBRARY ]; tools = [ pkgs.pkg-config ]; }};"
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
    /// The static archives among them.
    pub natives: Vec<Native>,
    /// What each of these defines.
    pub definitions: Vec<(String, Definitions)>,
}

/// Takes the static archives out of the build script's libraries, and keeps copies in `dev`. Those that can be are made
/// into shared objects in `out`; a program has none, and all of its archives are linked into it. What the script asks for is for the
/// package's library, where there is one; its programs have those that their own `#[link]` name.
///
/// # Errors
/// If an archive is damaged or cannot be linked, or the crate's sources cannot be listed.
pub fn prepare(compilation: &Compilation, out: Option<&Path>, dev: &Path) -> Result<Prepared> {
    let script = compilation.script.as_ref();
    let rustflags = &compilation.input.rustflags;
    let of_script = script.iter().flat_map(|script| &script.searches);
    let mut folders: Vec<PathBuf> = of_script.map(|search| search_folder(search).to_owned()).collect();
    folders.extend(flags::search_folders(rustflags, &compilation.layout.work));
    // As with Cargo, where the scripts of what is below look, too.
    let of_dependencies = compilation.dependencies.libraries();
    let of_dependencies = of_dependencies.flat_map(|dependency| &dependency.node.searches);
    let below: Vec<PathBuf> = of_dependencies.map(|search| search_folder(search).to_owned()).collect();
    if folders.is_empty() && below.is_empty() && script.is_none() {
        return Ok(Prepared::default());
    }
    let mut prepared = Prepared::default();
    let mut libs = match (script, compilation.library_of_package()) {
        (Some(script), None) => script.libs.clone(),
        _ => Vec::new(),
    };
    let attributed = attributed(compilation, &folders, &below)?;
    libs.extend(attributed.iter().map(Attributed::value));
    // The last first: an archive uses those that come after it.
    for value in libs.iter().rev() {
        let wanted = library(value);
        let (file, name) = wanted.file();
        let mut found = find(&wanted, &folders)?;
        // One that is to be linked whole is not what was linked as needed.
        let is_it = |native: &Native| native.name == name && (native.whole || !wanted.whole);
        if matches!(found, Found::Nothing) && compilation.dependencies.natives().any(is_it) {
            let value = match wanted.kind {
                // rustc would put a second copy of it into this crate.
                "static" => shared_value(&wanted, &name),
                _ => value.clone(),
            };
            prepared.libs.insert(0, value);
            continue;
        }
        if matches!(found, Found::Nothing) {
            found = find(&wanted, &below)?;
        }
        match found {
            // Scripts say it twice where the crate cc has said it already.
            Found::Archive(_) if prepared.natives.iter().any(|native| native.name == name) => {}
            Found::Archive(archive) => {
                let place = Place { out, dev };
                let same = |value: &String| library(value).file().1 == name;
                let whole = libs
                    .iter()
                    .filter(|value| same(value))
                    .any(|value| library(value).whole);
                let modified = attributed
                    .iter()
                    .find(|library| library.name == wanted.name && !library.modifiers.is_empty());
                let reason = match modified {
                    Some(library) => Some(format!("the crate says how it is linked ({})", library.modifiers)),
                    None => whole.then(|| "it is to be linked as a whole".to_owned()),
                };
                let archive = full(compilation, archive)?;
                let (native, definitions) = place.add(compilation, &prepared, &archive, &name, whole, reason)?;
                if modified.is_some() {
                    // rustc takes no other word for what an attribute says so much of: it finds nothing in it.
                    files::write(&dev.join("native").join(&file), EMPTY_ARCHIVE)?;
                } else {
                    prepared.libs.insert(0, shared_value(&wanted, &name));
                }
                prepared.definitions.insert(0, (name, definitions));
                prepared.natives.insert(0, native);
            }
            Found::Nothing | Found::Shared => prepared.libs.insert(0, value.clone()),
        }
    }
    Ok(prepared)
}

/// The `-l` value of a library that is found as a shared object.
fn shared_value(wanted: &Library, name: &str) -> String {
    // `#[link(name = "a")]` that the script calls b is not to be looked for as a.
    let renamed = wanted
        .attribute
        .map_or_else(String::new, |attribute| format!("{attribute}:"));
    format!("dylib={renamed}{name}")
}

/// What a linker takes for a library.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    /// No folder has it.
    Nothing,
    /// A shared object, or a script for the linker.
    Shared,
    Archive(PathBuf),
}

/// Looks for a library as a linker does: the first folder with a file of its name decides, and in that a shared object goes before an
/// archive, unless that is what is asked for.
///
/// # Errors
/// If a file cannot be read.
fn find(wanted: &Library, folders: &[PathBuf]) -> Result<Found> {
    let is_static = wanted.kind == "static";
    if !is_static && !matches!(wanted.kind, "" | "dylib") {
        return Ok(Found::Shared);
    }
    let (file, name) = wanted.file();
    let shared = format!("lib{name}.so");
    for folder in folders {
        if !is_static && !wanted.verbatim && folder.join(&shared).exists() {
            return Ok(Found::Shared);
        }
        let file = folder.join(&file);
        if file.exists() {
            // What is no archive is a linker script, or a shared object under its whole name.
            let is_archive = is_static || archive::kind_of(&file)? != Archive::No;
            return Ok(if is_archive {
                Found::Archive(file)
            } else {
                Found::Shared
            });
        }
    }
    Ok(Found::Nothing)
}

/// An archive that holds its members: of a thin one, as meson makes them, a full one is made.
fn full(compilation: &Compilation, archive: PathBuf) -> Result<PathBuf> {
    let (Some(folder), Some(name)) = (archive.parent(), archive.file_name()) else {
        return Ok(archive);
    };
    if archive::kind_of(&archive)? != Archive::Thin {
        return Ok(archive);
    }
    let input = compilation.input;
    let made = input.top.join("full").join(name);
    files::make_folder(&input.top.join("full"))?;
    let call = || -> Result<Call> {
        let mut call = Call::new(&input.toolchain.target_tool("ar"), folder);
        call.envs(&environment::base(input)?);
        Ok(call)
    };
    let members = call()?.arg("t").arg(name.to_string_lossy()).text()?;
    // Added, not replaced: members of several folders may have one name.
    let mut adding = call()?;
    adding.arg("qcs").arg(made.to_string_lossy()).args(members.lines());
    adding.run()?;
    Ok(made)
}

/// An archive without members.
const EMPTY_ARCHIVE: &[u8] = b"!<arch>\n";

/// An archive that a `#[link]` names.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Attributed {
    name: String,
    /// Whether it has `kind = "static"`. Without, a shared object of that name is taken where there is one.
    is_static: bool,
    /// As in the attribute: `+whole-archive,-bundle`.
    modifiers: String,
}

impl Attributed {
    fn has(&self, modifier: &str) -> bool {
        self.modifiers.split(',').any(|word| word == modifier)
    }

    /// As a `-l` value.
    fn value(&self) -> String {
        let mut modifiers = vec!["+whole-archive", "+verbatim"];
        modifiers.retain(|modifier| self.has(modifier));
        match modifiers.is_empty() {
            true => format!("static={}", self.name),
            false => format!("static:{}={}", modifiers.join(","), self.name),
        }
    }
}

/// The archives that nothing but a `#[link]` in the crate names, of those folders that are the package's own (what its build script made, what
/// the package brings, and what Cargo's configuration names), and of those below that build scripts made: rustc would put a copy of its own
/// into each crate. In the package set's rustc finds them by itself.
fn attributed(compilation: &Compilation, folders: &[PathBuf], below: &[PathBuf]) -> Result<Vec<Attributed>> {
    let input = compilation.input;
    let mut named: Vec<String> = Vec::new();
    let of_script = compilation.script.iter().flat_map(|script| &script.libs);
    for wanted in of_script.map(|value| library(value)) {
        named.extend([wanted.name.to_owned(), wanted.file().0]);
    }
    // These are given to rustc in each call.
    named.extend(flags::library_names(&input.rustflags).into_iter().map(str::to_owned));
    for native in compilation
        .library_of_package()
        .into_iter()
        .flat_map(|node| &node.natives)
    {
        named.extend([native.name.clone(), format!("lib{}.a", native.name)]);
    }
    // Their names, and whether these are whole file names.
    let mut names: Vec<(String, bool)> = Vec::new();
    let is_own = |folder: &&PathBuf| {
        let is_in = |place: &Path| folder.starts_with(place);
        let script = compilation.script.as_ref().and_then(Script::output);
        script.is_some_and(is_in) || is_in(&compilation.layout.root)
    };
    let of_scripts = below.iter().filter(|folder| is_of_script(folder));
    for folder in folders.iter().filter(is_own).chain(of_scripts) {
        if !folder.is_dir() {
            continue;
        }
        for file in files::list(folder)? {
            if let Some(name) = file.file_name().and_then(|name| name.to_str())
                && archive::kind_of(&file)? != Archive::No
            {
                names.extend(archive_name(name).map(|name| (name.to_owned(), false)));
                names.push((name.to_owned(), true));
            }
        }
    }
    names.retain(|(name, _)| !named.contains(name));
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let mut asked = Vec::new();
    for source in sources::list(compilation)? {
        // What `include_bytes!` takes is among them.
        if let Ok(text) = String::from_utf8(files::read(&source)?) {
            asked.extend(linked_names(&text));
        }
    }
    let is_shared = |name: &str| {
        let file = format!("lib{name}.so");
        folders.iter().chain(below).any(|folder| folder.join(&file).exists())
    };
    let of_file = |(name, verbatim): &(String, bool)| {
        let is_it = |asked: &&Attributed| {
            let is_meant = asked.name == *name && asked.has("+verbatim") == *verbatim;
            is_meant && (asked.is_static || !is_shared(name))
        };
        asked.iter().find(is_it).cloned()
    };
    let mut found: Vec<Attributed> = Vec::new();
    for library in names.iter().filter_map(of_file) {
        if !found.contains(&library) {
            found.push(library);
        }
    }
    Ok(found)
}

/// Whether a folder is in the `OUT_DIR` of a build script: `build/PACKAGE-VERSION/out`.
fn is_of_script(folder: &Path) -> bool {
    let is_out =
        |place: &Path| place.ends_with("out") && place.ancestors().nth(2).is_some_and(|above| above.ends_with("build"));
    folder.ancestors().any(is_out)
}

/// `z` of `libz.a`.
fn archive_name(file: &str) -> Option<&str> {
    file.strip_prefix("lib")?.strip_suffix(".a")
}

/// The libraries that the `#[link]` attributes of a source name.
fn linked_names(source: &str) -> Vec<Attributed> {
    let dense: String = source.split_whitespace().collect();
    let attributes = dense.split("link(").skip(1).filter_map(|rest| rest.split_once(')'));
    let value = |attribute: &str, key: &str| {
        let (_, rest) = attribute.split_once(&format!("{key}=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let library = |attribute: &str| {
        Some(Attributed {
            name: value(attribute, "name")?,
            is_static: value(attribute, "kind").is_some_and(|kind| kind == "static"),
            modifiers: value(attribute, "modifiers").unwrap_or_default(),
        })
    };
    attributes.filter_map(|(attribute, _)| library(attribute)).collect()
}

/// Where archives and what is made of them go.
struct Place<'a> {
    /// For shared objects, where there may be any.
    out: Option<&'a Path>,
    dev: &'a Path,
}

impl Place<'_> {
    /// Adds an archive.
    fn add(
        &self,
        compilation: &Compilation,
        prepared: &Prepared,
        archive: &Path,
        name: &str,
        whole: bool,
        // Why it cannot be a shared object, if that is known already.
        known: Option<String>,
    ) -> Result<(Native, Definitions)> {
        let input = compilation.input;
        let damaged = || Failure::message(format!("{}: not an archive, or a damaged one", archive.display()));
        let mut bytes = files::read(archive)?;
        let system = definitions::of_system(compilation.facts.linking_copies.as_deref())?;
        let Findings {
            definitions,
            unique,
            mut reason,
        } = definitions::inspect(&bytes, &system).ok_or_else(damaged)?;
        reason = known.or(reason);
        // Crates in other shared objects use what is hidden in the archive. A helper of the C library's name is for the
        // archive alone: seen by all, it would take the other's place.
        let shown = archive::show_symbols(&mut bytes, |symbol| !system.contains(symbol.name)).ok_or_else(damaged)?;
        let file = format!("lib{name}.a");
        let native = Native {
            name: name.to_owned(),
            whole,
            ..Native::default()
        };
        if let (Some(out), None) = (self.out, &reason) {
            let visible = input.top.join("native").join(&file);
            files::write(&visible, &bytes)?;
            let shared = out.join("lib").join(names::native_file(name, &input.unit.id));
            if make_shared(compilation, prepared, &visible, &unique, &shared)? {
                let kept = self.dev.join("native").join(&file);
                files::copy(archive, &kept)?;
                files::link(&shared, &self.dev.join("native").join(format!("lib{name}.so")))?;
                let native = Native {
                    archive: kept,
                    shared: Some(shared),
                    ..native
                };
                return Ok((native, definitions));
            }
            reason = Some("its code is not made to be moved (-fPIC)".to_owned());
        }
        if let (Some(reason), true) = (&reason, self.out.is_some()) {
            let unit = &input.unit;
            eprintln!(
                "note: {file} of {} {} goes into each program that uses it: {reason}",
                unit.package, unit.version
            );
        }
        // Not where linkers look for libraries: by its name a crate's shared object would find it.
        let kept = self.dev.join("archives").join(&file);
        files::copy(archive, &kept)?;
        let mut visible = None;
        if shown > 0 {
            let path = self.dev.join("archives/visible").join(&file);
            files::write(&path, &bytes)?;
            visible = Some(path);
        }
        let native = Native {
            archive: kept,
            visible,
            ..native
        };
        Ok((native, definitions))
    }
}

/// Makes an archive into a shared object; `unique` are its symbols that another file's may take the place of. Returns
/// whether its code can be in one.
fn make_shared(
    compilation: &Compilation,
    prepared: &Prepared,
    archive: &Path,
    unique: &BTreeSet<String>,
    shared: &Path,
) -> Result<bool> {
    let input = compilation.input;
    if let Some(folder) = shared.parent() {
        files::make_folder(folder)?;
    }
    // Everything is bound inside of it but for these. -Bsymbolic would do that, too, and would have the loader look for
    // what is missing in this object first.
    let open = archive.with_extension("open");
    let names: String = unique.iter().map(|name| format!("  {name};\n")).collect();
    files::write(&open, format!("{{\n  __dyrust_nothing;\n{names}}};\n").as_bytes())?;
    // Through the linker mode, which writes down what foreign libraries are needed.
    let mut call = Call::new(&driver::install(&input.top)?, &input.top);
    call.envs(&environment::base(input)?);
    for (name, value) in driver::environment(input)? {
        call.env(name, value);
    }
    call.arg("-shared").option("-o", shared.to_string_lossy());
    Link::new(compilation, prepared).tell_libraries(&mut call)?;
    call.arg(format!(
        "-Wl,-soname,{}",
        shared.file_name().unwrap_or_default().to_string_lossy()
    ));
    call.arg(format!("-Wl,--dynamic-list={}", open.display()));
    call.args([
        "-Wl,--build-id=none",
        "-Wl,--gc-sections",
        "-Wl,--strip-all",
        "-Wl,-z,relro,-z,now",
        "-Wl,--whole-archive",
    ]);
    call.arg(archive.to_string_lossy());
    call.args(["-Wl,--no-whole-archive", "-Wl,--as-needed"]);
    call.args(compilation.link_options());
    call.args(
        compilation
            .searches()
            .iter()
            .map(|search| format!("-L{}", search_folder(search).display())),
    );
    let shared_of = |native: &Native| Some(native.shared.as_ref()?.to_string_lossy().into_owned());
    call.args(prepared.natives.iter().filter_map(shared_of));
    let foreign = prepared
        .libs
        .iter()
        .map(|value| library(value))
        .filter(|library| matches!(library.kind, "" | "dylib"));
    let mut names: Vec<String> = foreign.map(|library| library.name.to_owned()).collect();
    // Those of dependencies stand there by their paths, or are for programs.
    let natives = || prepared.natives.iter().chain(compilation.dependencies.natives());
    names.retain(|name| !natives().any(|native| native.name == *name));
    for dependency in compilation.dependencies.libraries() {
        call.args(dependency.node.natives.iter().filter_map(shared_of));
        call.args(&dependency.node.link_arguments);
    }
    call.args(names.iter().map(|name| format!("-l{name}")));
    call.arg("-lm");
    // A crate may name the C++ runtime by `#[link]` alone, which is not known here (unrar-ng-sys does).
    if compilation
        .facts
        .linking_copies
        .as_ref()
        .is_some_and(|folder| folder.join("libstdc++.so").exists())
    {
        call.arg("-lstdc++");
    }
    call.show();
    let output = call.output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    eprint!("{said}");
    if !output.status.success() {
        // As lld and as ld say it.
        let is_fixed = [
            "recompile with -fPIC",
            "recompile with -fPIE",
            // Thread locals of the model "local-exec".
            "cannot be used with -shared",
            "can not be used when making a shared object",
        ];
        return match is_fixed.iter().any(|reason| said.contains(reason)) {
            true => Ok(false),
            false => Err(call.failed(&output.status)),
        };
    }
    let mut linked = files::read(shared)?;
    if elf::drop_runpath(&mut linked) {
        files::write(shared, &linked)?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_build_scripts() {
        let output = Path::new("/nix/store/0-part-build/target/x86_64-unknown-linux-gnu/release/build/part-1.0.0/out");
        assert!(is_of_script(output) && is_of_script(&output.join("lib")));
        for other in [
            "/nix/store/0-zlib/lib",
            "/nix/store/0-build/out",
            "/build/workspace/libs",
        ] {
            assert!(!is_of_script(Path::new(other)), "{other}");
        }
    }

    #[test]
    fn forms_of_libraries() {
        assert_eq!(
            library("z"),
            Library {
                kind: "",
                verbatim: false,
                whole: false,
                name: "z",
                attribute: None
            }
        );
        assert_eq!(
            library("static=z"),
            Library {
                kind: "static",
                verbatim: false,
                whole: false,
                name: "z",
                attribute: None
            }
        );
        assert_eq!(
            library("dylib:+as-needed=a:b"),
            Library {
                kind: "dylib",
                verbatim: false,
                whole: false,
                name: "b",
                attribute: Some("a")
            }
        );
        let verbatim = library("static:+whole-archive,+verbatim=libfoo.a");
        assert_eq!(
            verbatim,
            Library {
                kind: "static",
                verbatim: true,
                whole: true,
                name: "libfoo.a",
                attribute: None
            }
        );
        assert_eq!(verbatim.file(), ("libfoo.a".to_owned(), "foo".to_owned()));
    }

    #[test]
    fn libraries_of_attributes() {
        let source = "#[link(name = \"a\")]\n#[cfg_attr(unix, link(kind = \"static\",\n  name = \"b\"))]\nextern {}\n#[link_section = \"c\"]";
        let library = |name: &str, is_static, modifiers: &str| Attributed {
            name: name.to_owned(),
            is_static,
            modifiers: modifiers.to_owned(),
        };
        assert_eq!(linked_names(source), [library("a", false, ""), library("b", true, "")]);
        let source = "#[link(name = \"a\", kind = \"static\", modifiers = \"+whole-archive, -bundle\")]";
        let found = linked_names(source);
        assert_eq!(found, [library("a", true, "+whole-archive,-bundle")]);
        assert_eq!(found[0].value(), "static:+whole-archive=a");
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

    // `-l dylib=counter` with nothing but an archive was linked into the crate's library, and once more into its program: a counter of two states.
    #[test]
    fn an_archive_is_found_as_linkers_find_it() {
        let base = crate::test_folder("archive-of");
        let folders = ["first", "second", "script"].map(|name| base.join(name)).to_vec();
        files::write(&folders[0].join("libone.a"), EMPTY_ARCHIVE).unwrap();
        files::write(&folders[1].join("libone.so"), b"").unwrap();
        files::write(&folders[1].join("libtwo.a"), EMPTY_ARCHIVE).unwrap();
        files::write(&folders[1].join("libtwo.so"), b"").unwrap();
        files::write(&folders[2].join("libthree.a"), b"INPUT ( four.so )").unwrap();
        files::write(&folders[2].join("libfive.so.1"), b"").unwrap();
        let found = |value: &str| find(&library(value), &folders).unwrap();
        let archive = |folder: usize, name: &str| Found::Archive(folders[folder].join(name));
        for value in ["static=one", "dylib=one", "one", "dylib:+verbatim=libone.a"] {
            assert_eq!(found(value), archive(0, "libone.a"), "{value}");
        }
        assert_eq!(found("static=two"), archive(1, "libtwo.a"));
        for value in [
            "dylib=two",
            "two",
            "dylib=three",
            "dylib:+verbatim=libfive.so.1",
            "framework=one",
        ] {
            assert_eq!(found(value), Found::Shared, "{value}");
        }
        // Only then is it looked for where scripts of dependencies do.
        assert_eq!(found("none"), Found::Nothing);
    }
}
