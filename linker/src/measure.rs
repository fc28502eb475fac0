//! Measures the constants of the cost model on the machine at hand.
//!
//! Small shared objects are made in the number and with the relocations that are to be priced, a program is linked
//! against them, and its start is timed against a program without them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::cc::run;
use crate::error::{Error, Result};
use crate::placement::cost::CostModel;
use crate::start::{Timed, Timing, time};

/// Shared objects in the program that has many of them.
const OBJECTS: usize = 32;
/// Functions that each of them exports and the program calls: a crate's object has some.
const FUNCTIONS: usize = 8;
/// Pointers in the program that has many to relocate: 4 MB.
const POINTERS: usize = 500_000;

/// What was measured, and what follows from it.
#[derive(Debug, Clone)]
pub struct Measurement {
    /// The constants.
    pub cost: CostModel,
    /// The programs that they come from.
    pub timings: Vec<Timing>,
}

/// Measures with so many runs of each program.
pub fn measure(cc: &Path, runs: u32) -> Result<Measurement> {
    let folder = tempfile::tempdir().map_err(Error::io("create", &std::env::temp_dir()))?;
    let maker = Maker {
        folder: folder.path(),
        cc,
    };
    let empty = maker.program("empty", &[], "")?;
    let objects: Vec<PathBuf> = (0..OBJECTS).map(|index| maker.object(index)).collect::<Result<_>>()?;
    let many = maker.program("objects", &objects, &calls())?;
    // Each pointer is of its own page in no way: they are as dense as the tables of a crate.
    let table = format!(
        "static char target; static char *const volatile table[{POINTERS}] = {{ [0 ... {}] = &target }};",
        POINTERS - 1
    );
    let table = maker.library(
        "table",
        &format!("{table} int table_first(void) {{ return table[0] == &target; }}"),
    )?;
    let relocated = maker.program(
        "relocated",
        &[table],
        "int table_first(void); __attribute__((used)) int touch(void) { return table_first(); }",
    )?;
    let one = maker.program(
        "one",
        &objects[..1],
        "int f_0_0(void); __attribute__((used)) int touch(void) { return f_0_0(); }",
    )?;
    let timed = |label: &str, path: PathBuf| Timed {
        label: label.to_owned(),
        words: vec![path.display().to_string()],
    };
    let commands = [
        timed("empty", empty),
        timed("one", one),
        timed("objects", many),
        timed("relocated", relocated),
    ];
    let timings = time(&commands, runs)?;
    let [empty, one, objects, relocated] = [0, 1, 2, 3].map(|index: usize| timings[index].minimum);
    let megabytes = (POINTERS * 8) as f64 / 1e6;
    let cost = CostModel {
        microseconds_per_object: ((objects - empty) / OBJECTS as f64).max(0.0),
        microseconds_per_relocated_megabyte: ((relocated - one) / megabytes).max(0.0),
        ..CostModel::default()
    };
    Ok(Measurement { cost, timings })
}

/// A call of every function of every object.
fn calls() -> String {
    let mut text = String::new();
    let names = || (0..OBJECTS).flat_map(|object| (0..FUNCTIONS).map(move |function| format!("f_{object}_{function}")));
    // Writing to a String cannot fail.
    names().for_each(|name| _ = writeln!(text, "int {name}(void);"));
    text += "__attribute__((used)) int touch(void) { return 0";
    names().for_each(|name| _ = write!(text, " + {name}()"));
    text + "; }\n"
}

/// Compiles programs and libraries that are measured, into a folder.
struct Maker<'a> {
    folder: &'a Path,
    cc: &'a Path,
}

impl Maker<'_> {
    fn object(&self, index: usize) -> Result<PathBuf> {
        let function = |number: usize| format!("int f_{index}_{number}(void) {{ return {number}; }}\n");
        self.library(
            &format!("object{index}"),
            &(0..FUNCTIONS).map(function).collect::<String>(),
        )
    }

    fn library(&self, name: &str, text: &str) -> Result<PathBuf> {
        let library = self.folder.join(format!("lib{name}.so"));
        let soname = format!("-Wl,-soname,{}", library.display());
        self.compile(
            name,
            text,
            &["-shared".to_owned(), "-fPIC".to_owned(), soname],
            &library,
        )?;
        Ok(library)
    }

    fn program(&self, name: &str, libraries: &[PathBuf], text: &str) -> Result<PathBuf> {
        let program = self.folder.join(name);
        let mut arguments: Vec<String> = vec!["-Wl,--as-needed".to_owned(), "-pie".to_owned(), "-fPIC".to_owned()];
        arguments.extend(libraries.iter().map(|library| library.display().to_string()));
        self.compile(
            name,
            &format!("{text}\nint main(void) {{ return 0; }}\n"),
            &arguments,
            &program,
        )?;
        Ok(program)
    }

    fn compile(&self, name: &str, text: &str, arguments: &[String], output: &Path) -> Result<()> {
        let source = self.folder.join(format!("{name}.c"));
        std::fs::write(&source, text).map_err(Error::io("write", &source))?;
        let mut all = ["-O1", "-Wl,-z,relro,-z,now", "-o"].map(str::to_owned).to_vec();
        all.extend([output.display().to_string(), source.display().to_string()]);
        all.extend(arguments.iter().cloned());
        run(self.cc, &all, output)
    }
}
