//! Makes `dev` outputs of tiny crates with plain rustc calls, and links and runs them.
#![allow(dead_code, reason = "each test file uses its own part of this")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dyrust_linker::error::Result;
use dyrust_linker::link::options::{Folding, Layout, Names, Options, Unwinder};
use dyrust_linker::node::{Kind, Linkage, Native, Node};
use dyrust_linker::placement::Form;
use dyrust_linker::placement::cost::CostModel;
use dyrust_linker::planned::Planned;
use dyrust_linker::report::Report;

/// Runs a command that has to succeed and returns what it printed.
pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Where crates are compiled and linked.
pub struct Workshop {
    folder: tempfile::TempDir,
    sysroot: PathBuf,
    rustc: String,
    target: String,
}

/// A compiled crate.
#[derive(Debug, Clone)]
pub struct Built {
    pub dev: PathBuf,
    pub node: Node,
    pub folders: Vec<PathBuf>,
}

/// What a crate is made of.
#[derive(Default, Clone, Copy)]
pub struct Source<'a> {
    pub rust: &'a str,
    pub c: Option<&'a str>,
    pub dependencies: &'a [&'a Built],
    pub link_arguments: &'a [&'a str],
    pub searches: &'a [&'a str],
    pub flags: &'a [&'a str],
}

impl Workshop {
    pub fn new() -> Self {
        let rustc = run(Command::new("rustc").arg("-vV"));
        let target = rustc
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .unwrap()
            .to_owned();
        Self {
            folder: tempfile::tempdir().unwrap(),
            sysroot: run(Command::new("rustc").args(["--print", "sysroot"])).trim().into(),
            rustc: rustc.lines().next().unwrap().to_owned(),
            target,
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A library with Rust code alone.
    pub fn library(&self, name: &str, rust: &str, dependencies: &[&Built]) -> Built {
        self.build(
            name,
            "lib",
            Source {
                rust,
                dependencies,
                ..Source::default()
            },
        )
    }

    /// A program.
    pub fn program(&self, name: &str, rust: &str, dependencies: &[&Built]) -> Built {
        self.build(
            name,
            "bin",
            Source {
                rust,
                dependencies,
                ..Source::default()
            },
        )
    }

    /// A crate of any kind, as its node would build it.
    pub fn build(&self, name: &str, kind: &str, source: Source<'_>) -> Built {
        let id = format!(
            "{:016x}",
            name.bytes()
                .fold(7u64, |sum, byte| sum.wrapping_mul(31) + u64::from(byte))
        );
        let dev = self.path().join(format!("{name}-dev"));
        let out = self.path().join(format!("{name}-out"));
        let (lib, objects) = (dev.join("lib"), dev.join("objects"));
        std::fs::create_dir_all(&lib).unwrap();
        std::fs::create_dir_all(&objects).unwrap();
        let text = dev.join(format!("{name}.rs"));
        std::fs::write(&text, source.rust).unwrap();
        let library = kind == "lib";
        let soname = format!("lib{name}-{id}.so");
        let run_time = out.join("lib").join(&soname);
        let mut command = Command::new("rustc");
        command.args([
            "--edition",
            "2024",
            "--cap-lints",
            "allow",
            "-C",
            "opt-level=3",
            "-C",
            "codegen-units=1",
        ]);
        command
            .args(["-C", "prefer-dynamic", "-C", "save-temps", "--crate-name", name])
            .arg(&text);
        command.args(["--crate-type", if library { "dylib" } else { "bin" }]);
        command.args(["-C", &format!("metadata={id}"), "-C", &format!("extra-filename=-{id}")]);
        command
            .args(["-C", "link-arg=-Wl,--unresolved-symbols=ignore-all"])
            .arg("--out-dir")
            .arg(&lib);
        command.args(source.flags);
        let mut folders: Vec<PathBuf> = vec![lib.clone()];
        for dependency in source.dependencies {
            let file = dependency.node.file.as_deref().unwrap();
            command
                .arg("--extern")
                .arg(format!("{}={}", dependency.node.crate_name, file.display()));
            folders.extend(dependency.folders.iter().cloned());
        }
        for folder in &folders {
            command.arg("-L").arg(format!("dependency={}", folder.display()));
        }
        run(&mut command);
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&lib).unwrap() {
            let path = entry.unwrap().path();
            let file = path.file_name().unwrap().to_string_lossy().into_owned();
            if file.ends_with(".rcgu.o") {
                std::fs::rename(&path, objects.join(&file)).unwrap();
                names.push(Path::new("objects").join(file));
            } else if file.ends_with(".bc") {
                std::fs::remove_file(&path).unwrap();
            }
        }
        names.sort();
        let natives = source.c.map(|c| self.archive(&dev, name, c)).into_iter().collect();
        let program = dev.join("lib").join(format!("{name}-{id}"));
        if !library {
            let bin = out.join("bin");
            std::fs::create_dir_all(&bin).unwrap();
            std::fs::rename(&program, bin.join(name)).unwrap();
        }
        let node = Node {
            kind: Kind::of_name(kind).unwrap(),
            linkage: Linkage::Dylib,
            package: name.replace('_', "-"),
            version: "1.0.0".to_owned(),
            crate_name: name.to_owned(),
            file: library.then(|| lib.join(format!("lib{name}-{id}.so"))),
            soname: library.then_some(soname),
            library: library.then_some(run_time),
            program: (!library).then(|| out.join("bin").join(name)),
            id,
            target: self.target.clone(),
            rustc: Some(self.rustc.clone()),
            out: Some(out.clone()),
            libstd: None,
            sysroot: Some(self.sysroot.clone()),
            objects: names,
            natives,
            link_arguments: source
                .link_arguments
                .iter()
                .map(|argument| (*argument).to_owned())
                .collect(),
            own_link_arguments: Vec::new(),
            searches: source.searches.iter().map(|search| (*search).to_owned()).collect(),
            dependencies: source
                .dependencies
                .iter()
                .map(|dependency| dependency.dev.clone())
                .collect(),
            run_paths: Vec::new(),
            function_names: true,
            crates: None,
            foreign: Default::default(),
            macros: Vec::new(),
            constructors: false,
            runtime_libraries: Vec::new(),
            for_programs_alone: false,
            whole: None,
            exports: false,
            allocator: false,
            slices: Vec::new(),
        };
        let built = Built { dev, node, folders };
        built.write();
        built
    }

    /// Gives a program what `panic = "abort"` has it begin a panic with.
    pub fn add_panic_abort(&self, program: &mut Built) {
        let folder = self.sysroot.join("lib/rustlib").join(&self.target).join("lib");
        let mut files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let is_it = |file: &PathBuf| {
            let name = file.file_name().unwrap().to_string_lossy();
            name.starts_with("libpanic_abort-") && name.ends_with(".rlib")
        };
        let rlib = files.find(is_it).unwrap();
        let members = run(Command::new("ar").arg("t").arg(&rlib));
        let member = members.lines().find(|name| name.ends_with(".rcgu.o")).unwrap();
        let object = Command::new("ar").arg("p").arg(&rlib).arg(member).output().unwrap();
        let place = Path::new("objects").join("panic_abort.rcgu.o");
        std::fs::write(program.dev.join(&place), object.stdout).unwrap();
        program.node.objects.push(place);
        program.write();
    }

    /// A static archive of C code, every function in a section of its own as build scripts make it.
    fn archive(&self, dev: &Path, name: &str, c: &str) -> Native {
        let folder = dev.join("native");
        std::fs::create_dir_all(&folder).unwrap();
        let (text, object, archive) = (
            folder.join("c.c"),
            folder.join("c.o"),
            folder.join(format!("lib{name}_c.a")),
        );
        std::fs::write(&text, c).unwrap();
        let flags = [
            "-O2",
            "-fPIC",
            "-ffunction-sections",
            "-fdata-sections",
            "-fvisibility=hidden",
            "-c",
        ];
        run(Command::new("cc").args(flags).arg(&text).arg("-o").arg(&object));
        run(Command::new("ar").arg("crD").arg(&archive).arg(&object));
        Native {
            name: format!("{name}_c"),
            archive,
            shared: None,
            visible: None,
            whole: false,
        }
    }

    /// A shared library that no node knows of.
    pub fn foreign(&self, name: &str, c: &str) -> PathBuf {
        let folder = self.path().join(format!("{name}-foreign"));
        std::fs::create_dir_all(&folder).unwrap();
        let (text, library) = (folder.join("c.c"), folder.join(format!("lib{name}.so")));
        std::fs::write(&text, c).unwrap();
        let soname = format!("-Wl,-soname,lib{name}.so");
        run(Command::new("cc")
            .args(["-O2", "-fPIC", "-shared", &soname])
            .arg(&text)
            .arg("-o")
            .arg(&library));
        folder
    }

    pub fn options(&self, out: &str) -> Options {
        let out = self.path().join(out);
        Options {
            layout: Layout::Together,
            open: false,
            prefix: out.clone(),
            out,
            cc: "cc".into(),
            lld: None,
            folding: Folding::Rust,
            unwinder: Unwinder::Auto,
            packed_relocations: None,
            debug: None,
            objcopy: "objcopy".into(),
            names: Names::Own,
            arguments: Vec::new(),
            work: None,
        }
    }

    pub fn link(&self, form: Form, programs: &[&Built], options: &Options) -> Result<Report> {
        let programs: Vec<PathBuf> = programs.iter().map(|program| program.dev.clone()).collect();
        Planned::new(&programs, form, &CostModel::default(), options)?.link(options)
    }

    /// Links a set in a form, into a folder named like it, and returns where its programs are.
    pub fn linked(&self, form: impl Into<Way>, programs: &[&Built]) -> PathBuf {
        let way = form.into();
        let mut options = self.options(&way.to_string());
        let linked = match way {
            Way::Of(form) => self.link(form, programs, &options),
            Way::Separate => {
                options.layout = Layout::Separate(BTreeMap::new());
                self.link_separate(programs, &options)
            }
        };
        linked.unwrap_or_else(|error| panic!("{error}"));
        options.out.join("bin")
    }

    /// Links a set as groups with folders of their own, as many as there can be.
    pub fn link_separate(&self, programs: &[&Built], options: &Options) -> Result<Report> {
        let programs: Vec<PathBuf> = programs.iter().map(|program| program.dev.clone()).collect();
        let cost = CostModel {
            microseconds_per_object: 0.0,
            ..CostModel::default()
        };
        Planned::new(&programs, Form::Grouped, &cost, options)?.link(options)
    }
}

impl Built {
    /// Writes the node once more, after a change.
    pub fn write(&self) {
        self.node.write(&self.dev).unwrap();
    }
}

/// Runs a program and returns what it printed, however it ended.
pub fn output(program: &Path) -> Output {
    Command::new(program)
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}", program.display()))
}

/// Runs a program that has to succeed.
pub fn printed(program: &Path) -> String {
    run(&mut Command::new(program))
}

/// The forms, and the grouped one once more with a folder an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Of(Form),
    Separate,
}

impl From<Form> for Way {
    fn from(form: Form) -> Self {
        Self::Of(form)
    }
}

impl std::fmt::Display for Way {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Of(form) => write!(formatter, "{form:?}"),
            Self::Separate => formatter.write_str("Separate"),
        }
    }
}

pub const FORMS: [Form; 4] = [Form::Static, Form::Image, Form::Grouped, Form::Trim];

pub const WAYS: [Way; 5] = [
    Way::Of(Form::Static),
    Way::Of(Form::Image),
    Way::Of(Form::Grouped),
    Way::Of(Form::Trim),
    Way::Separate,
];
