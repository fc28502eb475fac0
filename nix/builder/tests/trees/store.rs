//! Runs the builder outside of Nix: folders as outputs, the machine's rustc and C compiler as toolchain.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder that stands for the Nix store, and the toolchain in it.
pub struct Store {
    folder: PathBuf,
    rustc: String,
    cc: String,
    target: String,
}

/// One unit, as `nix/unit.nix` would describe it.
#[derive(Default, Clone)]
pub struct Unit<'a> {
    pub package: &'a str,
    pub kind: &'a str,
    pub host: bool,
    pub test: bool,
    /// Whether there is a `debug` output.
    pub debug: bool,
    pub linkage: &'a str,
    pub links: Option<&'a str>,
    /// File name → content.
    pub files: &'a [(&'a str, &'a str)],
    /// Packages of direct dependencies.
    pub dependencies: &'a [&'a str],
    /// The unit that is the build script's run.
    pub build: Option<&'a str>,
    /// Units of build scripts whose metadata is seen.
    pub metadata: &'a [&'a str],
    pub features: &'a [&'a str],
    /// Whether the profile says `panic = "abort"`.
    pub aborts: bool,
    /// Variables of Cargo's configuration: name and value.
    pub environment: &'a [(&'a str, &'a str)],
    /// `cdylib` or `staticlib`, of a library for other languages.
    pub c_type: Option<&'a str>,
}

/// Runs a program that must succeed, and returns what it printed.
pub fn text(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The folder above the `bin` in which a program is found.
fn prefix(program: &str) -> String {
    let path = std::env::var("PATH").unwrap();
    let found = std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.exists());
    let found = found.unwrap_or_else(|| panic!("the tests need {program} on the PATH"));
    found.parent().unwrap().parent().unwrap().to_string_lossy().into_owned()
}

fn list(items: &[String]) -> String {
    format!(
        "[{}]",
        items
            .iter()
            .map(|item| format!("\"{item}\""))
            .collect::<Vec<_>>()
            .join(", ")
    )
}

impl Store {
    /// An empty store with libstd-rust in it.
    pub fn new(test: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("store-{test}"));
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir_all(&folder).unwrap();
        let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
        let sysroot = text(Command::new(&rustc).args(["--print", "sysroot"]))
            .trim()
            .to_owned();
        let version = text(Command::new(&rustc).arg("-vV"));
        let target = version
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .unwrap()
            .to_owned();
        let store = Self {
            folder,
            rustc: sysroot,
            cc: prefix("cc"),
            target,
        };
        let outputs = store.outputs("libstd", &["out", "dev"]);
        let output = store.run(
            "libstd",
            &format!(
                "{{ {outputs}, \"unit\": {{ \"kind\": \"libstd\", \"package\": \"libstd-rust\", \"version\": \"\" }}, {}, {} }}",
                store.platform(),
                store.toolchain()
            ),
        );
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        store
    }

    /// The path of a unit's output.
    pub fn path(&self, unit: &str, output: &str) -> PathBuf {
        // As long as a store path's hash, and different for each unit.
        let hash: String = unit
            .bytes()
            .cycle()
            .take(16)
            .map(|byte| char::from(b'a' + byte % 26))
            .collect();
        self.folder.join(format!(
            "{hash}{}-{unit}{}",
            unit.len(),
            if output == "out" {
                String::new()
            } else {
                format!("-{output}")
            }
        ))
    }

    fn outputs(&self, unit: &str, names: &[&str]) -> String {
        let entry = |name: &&str| format!("\"{name}\": \"{}\"", self.path(unit, name).display());
        format!(
            "\"outputs\": {{ {} }}",
            names.iter().map(entry).collect::<Vec<_>>().join(", ")
        )
    }

    fn platform(&self) -> String {
        format!(
            "\"platform\": {{ \"target\": \"{0}\", \"host\": \"{0}\", \"rustflags\": [] }}",
            self.target
        )
    }

    fn toolchain(&self) -> String {
        format!(
            "\"toolchain\": {{ \"rustc\": \"{0}\", \"cargo\": \"{0}\", \"cc\": \"{1}\", \"bintools\": \"{1}\", \
             \"hostCc\": \"{1}\", \"hostBintools\": \"{1}\", \"targetPrefix\": \"\", \"lld\": \"{0}\", \
             \"sysroot\": \"{2}\", \"libstd\": \"{3}\" }}",
            self.rustc,
            self.cc,
            self.path("libstd", "dev").display(),
            self.path("libstd", "out").display()
        )
    }

    fn run(&self, name: &str, attributes: &str) -> Output {
        let top = self.folder.join("build").join(name);
        if top.exists() {
            fs::remove_dir_all(&top).unwrap();
        }
        fs::create_dir_all(&top).unwrap();
        fs::write(top.join(".attrs.json"), attributes).unwrap();
        Command::new(env!("CARGO_BIN_EXE_dyrust-builder"))
            .env_clear()
            .env("NIX_BUILD_TOP", &top)
            .env("NIX_ATTRS_JSON_FILE", top.join(".attrs.json"))
            .env("NIX_STORE", &self.folder)
            .current_dir(&top)
            .output()
            .unwrap()
    }

    /// Builds a unit, whether that succeeds or not.
    pub fn try_build(&self, name: &str, unit: &Unit) -> Output {
        let source = self.folder.join(format!("source-{name}"));
        for (file, content) in unit.files {
            let path = source.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let linkage = if unit.linkage.is_empty() { "dylib" } else { unit.linkage };
        let has_out =
            matches!(unit.kind, "bin" | "build" | "test") || unit.test || (unit.kind == "lib" && linkage == "dylib");
        let mut names = vec!["dev"];
        names.extend(has_out.then_some("out"));
        names.extend(unit.debug.then_some("debug"));
        let outputs = self.outputs(name, &names);
        let dev = |name: &&str| self.path(name, "dev").to_string_lossy().into_owned();
        let dependencies: Vec<String> = unit
            .dependencies
            .iter()
            .map(|name| format!("{{ \"extern\": \"{name}\", \"dev\": \"{}\" }}", dev(name)))
            .collect();
        let mut fields = BTreeMap::from([
            ("package", format!("\"{}\"", unit.package)),
            ("version", "\"1.2.3\"".to_owned()),
            ("id", format!("\"1-{name}\"")),
            ("kind", format!("\"{}\"", unit.kind)),
            ("name", format!("\"{}\"", unit.package)),
            ("edition", "\"2021\"".to_owned()),
            ("root", format!("\"{}\"", unit.files[0].0)),
            ("linkage", format!("\"{linkage}\"")),
            ("host", unit.host.to_string()),
            ("test", unit.test.to_string()),
            ("harness", "true".to_owned()),
            (
                "profile",
                format!(
                    "{{ \"opt-level\": \"1\"{} }}",
                    if unit.aborts { ", \"panic\": \"abort\"" } else { "" }
                ),
            ),
            ("runProfile", "{ \"opt-level\": \"1\" }".to_owned()),
            ("profileName", "\"release\"".to_owned()),
            ("profileRoot", "\"release\"".to_owned()),
            ("codegenUnits", "1".to_owned()),
            ("declaredFeatures", "[]".to_owned()),
            ("lints", "[]".to_owned()),
            ("facts", "{}".to_owned()),
            ("output", "null".to_owned()),
            (
                "features",
                list(
                    &unit
                        .features
                        .iter()
                        .map(|feature| (*feature).to_owned())
                        .collect::<Vec<_>>(),
                ),
            ),
        ]);
        let links = unit.links.map_or("null".to_owned(), |links| format!("\"{links}\""));
        fields.insert("links", links);
        if let Some(c_type) = unit.c_type {
            fields.insert("cType", format!("\"{c_type}\""));
        }
        let mut object = String::new();
        for (key, value) in fields {
            write!(object, "\"{key}\": {value}, ").unwrap();
        }
        let build = unit.build.map_or("null".to_owned(), |name| {
            format!(
                "{{ \"out\": \"{}\", \"dev\": \"{}\" }}",
                self.path(name, "out").display(),
                dev(&name)
            )
        });
        let variables = unit.environment.iter();
        let environment: Vec<String> = variables
            .map(|(name, value)| format!("\"{name}\": \"{value}\""))
            .collect();
        let attributes = format!(
            "{{ {outputs}, \"unit\": {{ {object} \"local\": true, \"primary\": true }}, \"source\": \"{}\", \"folder\": \".\", \
             \"member\": null, \"files\": {{}}, \"binaries\": {{}}, \"runtimeLibraries\": [], \"hardening\": [], \"tools\": [], \
             \"libraries\": [], \"environment\": {{ {} }}, \"display\": \"{}\", \"dependencies\": [{}], \"build\": {build}, \"metadata\": {}, {}, {} }}",
            source.display(),
            environment.join(", "),
            unit.package,
            dependencies.join(", "),
            list(&unit.metadata.iter().map(dev).collect::<Vec<_>>()),
            self.platform(),
            self.toolchain()
        );
        self.run(name, &attributes)
    }

    /// Builds a unit and wants that to succeed.
    pub fn build(&self, name: &str, unit: &Unit) {
        let output = self.try_build(name, unit);
        assert!(
            output.status.success(),
            "{name}:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Runs a program that was built, and returns what it printed.
    pub fn start(&self, name: &str) -> String {
        text(Command::new(self.program(name)).env_clear())
    }

    /// Where a program is that was built.
    pub fn program(&self, name: &str) -> PathBuf {
        let folder = self.path(name, "out").join("bin");
        fs::read_dir(folder).unwrap().next().unwrap().unwrap().path()
    }

    /// The `DT_NEEDED` entries of a file, and its search path if there is one.
    pub fn needed(&self, file: &Path) -> Vec<String> {
        let printed = text(Command::new("readelf").args(["-dW"]).arg(file));
        let wanted = |line: &&str| line.contains("(NEEDED)") || line.contains("PATH)");
        let name = |line: &str| line.split(['[', ']']).nth(1).unwrap().to_owned();
        printed.lines().filter(wanted).map(name).collect()
    }

    /// A unit's `node.json`.
    pub fn node(&self, name: &str) -> String {
        fs::read_to_string(self.path(name, "dev").join("node.json")).unwrap()
    }

    /// The one shared object of a library's `out` whose name begins so.
    pub fn shared(&self, name: &str, start: &str) -> PathBuf {
        let files = fs::read_dir(self.path(name, "out").join("lib"))
            .unwrap()
            .map(|entry| entry.unwrap().path());
        files
            .into_iter()
            .find(|path| path.file_name().unwrap().to_string_lossy().starts_with(start))
            .unwrap()
    }
}

/// A library for the target.
pub fn lib<'a>(package: &'a str, files: &'a [(&'a str, &'a str)], dependencies: &'a [&'a str]) -> Unit<'a> {
    Unit {
        package,
        kind: "lib",
        files,
        dependencies,
        ..Unit::default()
    }
}

/// A program.
pub fn bin<'a>(package: &'a str, files: &'a [(&'a str, &'a str)], dependencies: &'a [&'a str]) -> Unit<'a> {
    Unit {
        kind: "bin",
        ..lib(package, files, dependencies)
    }
}
