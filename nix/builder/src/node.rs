//! `node.json`: what one node's build leaves for those that depend on it, and for the relinker (`docs/node-outputs.md`).
//!
//! This is the one place that knows its keys: the builder writes and reads it, the relinker reads it through the library that
//! `readers.rs` is.

use crate::failure::{Failure, Result};
use crate::files;
use crate::json::Value;
use crate::kind::{Kind, Linkage};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// The version of the format.
pub const SCHEMA: u32 = 1;

/// The file's name in a `dev` output.
pub const FILE: &str = "node.json";

/// A static archive that a build script made.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Native {
    /// Its name, as in `-lNAME`.
    pub name: String,
    /// The archive.
    pub archive: PathBuf,
    /// The shared object made of it; nothing if it goes into each program that uses it.
    pub shared: Option<PathBuf>,
    /// For what goes into programs: the archive as it is linked there, if not the archive itself.
    pub visible: Option<PathBuf>,
    /// Whether all of it is linked, needed or not (`+whole-archive`).
    pub whole: bool,
}

impl Native {
    fn to_json(&self) -> Value {
        Value::object([
            ("name", (&self.name).into()),
            ("archive", (&self.archive).into()),
            ("shared", self.shared.as_ref().into()),
            ("visible", self.visible.as_ref().into()),
            ("wholeArchive", self.whole.into()),
        ])
    }

    fn of_json(entry: &Value) -> std::result::Result<Self, String> {
        Ok(Self {
            name: entry.expect_text("name")?,
            archive: entry.expect_text("archive")?.into(),
            shared: entry.optional_path("shared")?,
            visible: entry.optional_path("visible")?,
            whole: entry.optional_flag("wholeArchive")?,
        })
    }
}

/// Why a program is one file, with its crates and std inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// A sentence.
    pub reason: String,
    /// Whether its objects can't be linked with any other file that has what they name: the relinker finds all other reasons itself.
    pub in_all_forms: bool,
}

impl Whole {
    /// What shared objects of crates would change, while shared objects of the relinker may be right.
    #[must_use]
    pub fn in_this_form(reason: String) -> Self {
        Self {
            reason,
            in_all_forms: false,
        }
    }

    fn to_json(&self) -> Value {
        Value::object([
            ("reason", (&self.reason).into()),
            ("inAllForms", self.in_all_forms.into()),
        ])
    }

    fn of_json(entry: &Value) -> std::result::Result<Self, String> {
        Ok(Self {
            reason: entry.expect_text("reason")?,
            in_all_forms: entry.optional_flag("inAllForms")?,
        })
    }
}

/// What a node says about itself: a library, a proc macro or a program. (A build script leaves a [`crate::script::Script`].)
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What the unit is.
    pub kind: Kind,
    /// Whether it is, or uses, shared objects.
    pub linkage: Linkage,
    /// The package's name.
    pub package: String,
    /// The package's version.
    pub version: String,
    /// The crate's name as rustc knows it.
    pub crate_name: String,
    /// What `-C metadata` was: says what the unit is; another version of the same range may have the same.
    pub id: String,
    /// The target triple.
    pub target: String,
    /// The compiler, as `rustc --version` prints it.
    pub rustc: Option<String>,
    /// The `out` output.
    pub out: Option<PathBuf>,
    /// What consumers pass to rustc.
    pub file: Option<PathBuf>,
    /// The name under which the loader knows the library.
    pub soname: Option<String>,
    /// A library's shared object in `out`, stripped, where programs load it from.
    pub library: Option<PathBuf>,
    /// The program in `out`.
    pub program: Option<PathBuf>,
    /// The run-time output of std.
    pub libstd: Option<PathBuf>,
    /// The sysroot that rustc was pointed at.
    pub sysroot: Option<PathBuf>,
    /// The code objects, relative to the `dev` output.
    pub objects: Vec<PathBuf>,
    /// The static archives of its build script, in the order in which rustc would link them.
    pub natives: Vec<Native>,
    /// What is left for foreign libraries.
    pub link_arguments: Vec<String>,
    /// The foreign libraries that its shared objects need, by their SONAMEs.
    pub foreign: BTreeMap<String, PathBuf>,
    /// What the build script asked for the link of this program alone.
    pub own_link_arguments: Vec<String>,
    /// Where foreign libraries are looked for, as `-L` of rustc takes them.
    pub searches: Vec<String>,
    /// The `dev` outputs of the libraries that the unit uses directly.
    pub dependencies: Vec<PathBuf>,
    /// Of programs: the `dev` outputs of all libraries, in the order in which rustc linked them.
    pub crates: Option<Vec<PathBuf>>,
    /// The `dev` outputs of its proc macros.
    pub macros: Vec<PathBuf>,
    /// Whether something runs when its shared object is loaded.
    pub constructors: bool,
    /// Of programs: folders in which the loader looks for what is loaded by name while they run.
    pub run_paths: Vec<PathBuf>,
    /// Folders in which programs with this crate look for what it loads by name.
    pub runtime_libraries: Vec<String>,
    /// Of libraries: whether its code is for programs alone, so that no form has it in a shared object.
    pub for_programs_alone: bool,
    /// Of programs: why it is one file, with its crates and std inside, if it is.
    pub whole: Option<Whole>,
    /// Whether the names of its private functions are kept, for backtraces.
    pub function_names: bool,
    /// Whether a library's objects define names that others may mean.
    pub exports: bool,
    /// Whether its objects replace the allocator.
    pub allocator: bool,
    /// Sections of its objects whose elements the linker gathers.
    pub slices: Vec<String>,
}

impl Node {
    /// Reads the `node.json` of a `dev` output.
    ///
    /// # Errors
    /// If it cannot be read, is of another schema, or is not what this module writes.
    pub fn read(dev: &Path) -> Result<Self> {
        let file = dev.join(FILE);
        Self::of_json(&read_value(&file)?).map_err(|error| Failure::message(format!("{}: {error}", file.display())))
    }

    /// Writes it into a `dev` output.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, dev: &Path) -> Result<()> {
        files::write(&dev.join(FILE), format!("{}\n", self.to_json()).as_bytes())
    }

    /// What a document says; nothing that is there may have another shape.
    fn of_json(value: &Value) -> std::result::Result<Self, String> {
        let natives = value.optional_items("natives")?;
        Ok(Self {
            kind: Kind::of_name(&value.expect_text("kind")?)?,
            linkage: Linkage::of_name(&value.expect_text("linkage")?)?,
            package: value.expect_text("package")?,
            version: value.expect_text("version")?,
            crate_name: value.expect_text("crate")?,
            id: value.expect_text("id")?,
            target: value.expect_text("target")?,
            rustc: value.optional_text("rustc")?,
            out: value.optional_path("out")?,
            file: value.optional_path("file")?,
            soname: value.optional_text("soname")?,
            library: value.optional_path("library")?,
            program: value.optional_path("program")?,
            libstd: value.optional_path("libstd")?,
            sysroot: value.optional_path("sysroot")?,
            objects: value.optional_paths("objects")?,
            natives: natives
                .iter()
                .map(Native::of_json)
                .collect::<std::result::Result<_, _>>()?,
            link_arguments: value.optional_texts("linkArguments")?,
            foreign: value
                .optional_text_map("foreign")?
                .into_iter()
                .map(|(soname, path)| (soname, path.into()))
                .collect(),
            own_link_arguments: value.optional_texts("ownLinkArguments")?,
            searches: value.optional_texts("searches")?,
            dependencies: value.optional_paths("dependencies")?,
            crates: match value.get("crates") {
                Some(_) => Some(value.optional_paths("crates")?),
                None => None,
            },
            macros: value.optional_paths("macros")?,
            constructors: value.optional_flag("constructors")?,
            run_paths: value.optional_paths("runPaths")?,
            runtime_libraries: value.optional_texts("runtimeLibraries")?,
            whole: value.get("whole").map(Whole::of_json).transpose()?,
            for_programs_alone: value.optional_flag("forProgramsAlone")?,
            function_names: value.optional_flag("functionNames")?,
            exports: value.optional_flag("exports")?,
            allocator: value.optional_flag("allocator")?,
            slices: value.optional_texts("slices")?,
        })
    }

    fn to_json(&self) -> Value {
        let texts = |list: &[String]| -> Value { list.iter().collect() };
        let paths = |list: &[PathBuf]| -> Value { list.iter().collect() };
        Value::object([
            ("schema", Value::Number(SCHEMA.into())),
            ("kind", self.kind.name().into()),
            ("linkage", self.linkage.name().into()),
            ("package", (&self.package).into()),
            ("version", (&self.version).into()),
            ("crate", (&self.crate_name).into()),
            ("id", (&self.id).into()),
            ("target", (&self.target).into()),
            ("rustc", self.rustc.as_ref().into()),
            ("out", self.out.as_ref().into()),
            ("file", self.file.as_ref().into()),
            ("soname", self.soname.as_ref().into()),
            ("library", self.library.as_ref().into()),
            ("program", self.program.as_ref().into()),
            ("libstd", self.libstd.as_ref().into()),
            ("sysroot", self.sysroot.as_ref().into()),
            ("objects", paths(&self.objects)),
            ("natives", self.natives.iter().map(Native::to_json).collect()),
            ("linkArguments", texts(&self.link_arguments)),
            (
                "foreign",
                Value::object(self.foreign.iter().map(|(soname, path)| (soname.as_str(), path.into()))),
            ),
            ("ownLinkArguments", texts(&self.own_link_arguments)),
            ("searches", texts(&self.searches)),
            ("dependencies", paths(&self.dependencies)),
            ("crates", self.crates.as_ref().map(|list| paths(list)).into()),
            ("macros", paths(&self.macros)),
            ("constructors", self.constructors.into()),
            ("runPaths", paths(&self.run_paths)),
            ("runtimeLibraries", texts(&self.runtime_libraries)),
            ("whole", self.whole.as_ref().map(Whole::to_json).into()),
            ("forProgramsAlone", self.for_programs_alone.into()),
            ("functionNames", self.function_names.into()),
            ("exports", self.exports.into()),
            ("allocator", self.allocator.into()),
            ("slices", texts(&self.slices)),
        ])
    }

    /// Whether it is a library of the program, or of whatever else is linked.
    #[must_use]
    pub fn is_library(&self) -> bool {
        self.kind == Kind::Lib
    }

    /// Whether the unit is something that runs.
    #[must_use]
    pub fn is_program(&self) -> bool {
        matches!(self.kind, Kind::Bin | Kind::Example | Kind::Test | Kind::Bench)
    }

    /// Whether it is a library that goes into each program that uses it (see `inside.rs`).
    #[must_use]
    pub fn is_inside(&self) -> bool {
        self.is_library() && self.linkage == Linkage::Rlib
    }

    /// Whether consumers must keep it although they use none of its symbols.
    #[must_use]
    pub fn has_side_effects(&self) -> bool {
        !self.is_inside() && (self.constructors || self.allocator || self.exports)
    }
}

/// The package with its version, and the crate's name where it is another one.
impl fmt::Display for Node {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.package, self.version)?;
        if self.is_program() || self.crate_name == self.package.replace('-', "_") {
            Ok(())
        } else {
            write!(out, " ({})", self.crate_name)
        }
    }
}

/// Reads a `node.json` of any kind, and looks at its schema before anything else.
///
/// # Errors
/// If it cannot be read, or is of another schema.
pub fn read_value(file: &Path) -> Result<Value> {
    let value = Value::parse(&files::read_text(file)?)
        .map_err(|error| Failure::message(format!("{}: {error}", file.display())))?;
    match value.get("schema") {
        Some(Value::Number(schema)) if *schema == f64::from(SCHEMA) => Ok(value),
        other => Err(Failure::message(format!(
            "{}: its schema is {}, and this program reads {SCHEMA}: build both with the same dyrust",
            file.display(),
            other.map_or("missing".to_owned(), Value::to_string)
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node() -> Node {
        Node::of_json(
            &Value::parse(
                r#"{"kind":"bin","linkage":"dylib","package":"ripgrep","version":"14.1.1","crate":"rg","id":"14-0a",
                "target":"t","program":"/x/bin/rg"}"#,
            )
            .unwrap(),
        )
        .unwrap()
    }

    #[test]
    fn what_is_written_reads_back() {
        let mut node = node();
        assert_eq!(Node::of_json(&node.to_json()).unwrap(), node);
        node.natives.push(Native {
            name: "z".to_owned(),
            archive: "/z.a".into(),
            shared: Some("/z.so".into()),
            ..Native::default()
        });
        node.crates = Some(vec!["/a".into(), "/b".into()]);
        node.foreign.insert("libssl.so.3".to_owned(), "/s".into());
        node.slices.push("linkme".to_owned());
        node.allocator = true;
        assert_eq!(Node::of_json(&node.to_json()).unwrap(), node);
    }

    #[test]
    fn a_program_is_called_as_its_package() {
        let node = node();
        assert!(node.is_program());
        assert_eq!(node.to_string(), "ripgrep 14.1.1");
    }

    #[test]
    fn another_shape_is_refused_and_a_schema_before_anything_else() {
        let mut value = node().to_json();
        let Value::Object(members) = &mut value else { panic!() };
        members.insert("natives".to_owned(), "z".into());
        let error = Node::of_json(&value).unwrap_err();
        assert_eq!(error, "`natives` is not a list");
        let dev = crate::test_folder("schema");
        files::write(&dev.join(FILE), br#"{"schema":2,"kind":7}"#).unwrap();
        let error = Node::read(&dev).unwrap_err().to_string();
        assert!(error.contains("its schema is 2, and this program reads 1"), "{error}");
    }
}
