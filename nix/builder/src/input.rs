//! The input of a node's build: the structured attributes of its derivation, as `docs/node-outputs.md` describes them.

use crate::failure::{Failure, Result};
use crate::files;
use crate::flags;
use crate::json::Value;
use crate::propagated;
use crate::unit::{Unit, required, required_text};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where the programs are that the build starts.
#[derive(Debug)]
pub struct Toolchain {
    /// Folder with `bin/rustc` and `bin/rustdoc`.
    pub rustc: PathBuf,
    /// Folder with `bin/cargo`.
    pub cargo: PathBuf,
    /// The `dev` of libstd-rust, which is rustc's sysroot for the target.
    pub sysroot: Option<PathBuf>,
    /// The `out` of libstd-rust.
    pub libstd: Option<PathBuf>,
    /// The package with clippy's driver, where lints are checked.
    pub clippy: Option<PathBuf>,
    /// Folder with the C compiler for the target.
    pub cc: PathBuf,
    /// Folder with `bin/cc` for the host.
    pub host_cc: PathBuf,
    /// Folder with ar, objcopy, … for the target.
    pub bintools: PathBuf,
    /// Folder with `bin/ar`, … for the host.
    pub host_bintools: PathBuf,
    /// What the names of the target's C compiler and tools begin with.
    pub target_prefix: String,
    /// A package with `bin/ld.lld`, or a Rust toolchain with an lld inside. Without it the C compiler's own linker links.
    pub lld: Option<PathBuf>,
    /// Folders whose `bin` every build script finds on its PATH.
    pub tools: Vec<PathBuf>,
}

/// The whole input.
#[derive(Debug)]
pub struct Input {
    /// The folder that the build works in.
    pub top: PathBuf,
    /// Output name → path.
    pub outputs: BTreeMap<String, PathBuf>,
    /// What to build.
    pub unit: Unit,
    /// A `.crate` file or a folder.
    pub source: PathBuf,
    /// The crate's folder in the source.
    pub folder: String,
    /// Of a package of the workspace its folder there, `.` for the root's; then `source` is that folder.
    pub member: Option<String>,
    /// Files and folders of the workspace that the package reads beside its own: path in the workspace → where it is.
    pub files: BTreeMap<String, String>,
    /// What paths in messages begin with.
    pub display: String,
    /// The target's triple.
    pub target: String,
    /// The host's triple.
    pub host: String,
    /// Flags from Cargo's configuration.
    pub rustflags: Vec<String>,
    /// Extern name and `dev` of each direct dependency.
    pub dependencies: Vec<(String, PathBuf)>,
    /// The `dev` of the build script's run.
    pub build: Option<PathBuf>,
    /// The `dev`s of the build scripts whose metadata this one sees.
    pub metadata: Vec<PathBuf>,
    /// Outputs of libraries that are pinned: they hold what a node's `out` does, and programs load them.
    pub pinned: Vec<PathBuf>,
    /// Of a program: what it is made of, as the section `.dep-v0` says it.
    pub auditable: Option<Value>,
    /// Programs that tests may start.
    pub binaries: BTreeMap<String, String>,
    /// The program to run, where that is the action; where a stub is linked, the `dev` of its node.
    pub program: Option<PathBuf>,
    /// The output with a program's code, where a stub is linked to it.
    pub code: Option<PathBuf>,
    /// What runs the target's programs where they are not the host's.
    pub emulator: Option<PathBuf>,
    /// Arguments of the user's for the action's program.
    pub arguments: Vec<String>,
    /// The toolchain.
    pub toolchain: Toolchain,
    /// Packages with programs for the build script.
    pub tools: Vec<PathBuf>,
    /// Folders of libraries that the crate loads by name when it runs.
    pub runtime_libraries: Vec<String>,
    /// Packages with native libraries for the build script.
    pub libraries: Vec<PathBuf>,
    /// How C code is hardened: flags of `NIX_HARDENING_ENABLE`.
    pub hardening: Vec<String>,
    /// Further variables for the build script and rustc.
    pub environment: BTreeMap<String, String>,
}

fn paths(value: &Value, key: &str) -> Vec<PathBuf> {
    value.strings(key).into_iter().map(PathBuf::from).collect()
}

/// The folder that the build works in, and the attributes that Nix left for the builder.
///
/// # Errors
/// If there are none.
pub fn attributes() -> Result<(PathBuf, Value)> {
    let top = std::env::var_os("NIX_BUILD_TOP").map(PathBuf::from);
    let top = top
        .ok_or_else(|| Failure::message("NIX_BUILD_TOP is not set: this program is the builder of a Nix derivation"))?;
    // Nix 2.8 names the file by its path outside of the sandbox.
    let named = std::env::var_os("NIX_ATTRS_JSON_FILE")
        .map(PathBuf::from)
        .filter(|file| file.exists());
    let file = named.unwrap_or_else(|| top.join(".attrs.json"));
    let value = Value::parse(&files::read_text(&file)?)
        .map_err(|error| Failure::message(format!("{}: {error}", file.display())))?;
    Ok((top, value))
}

impl Input {
    /// Reads the attributes that Nix left for the builder, as the environment says where.
    ///
    /// # Errors
    /// If there are none, or they are not what is expected.
    pub fn of_derivation() -> Result<Self> {
        let (top, value) = attributes()?;
        Self::read(&value, &top)
    }

    /// What a build script is told the target is.
    #[must_use]
    pub fn script_target(&self) -> &str {
        if self.unit.runs_for_host {
            &self.host
        } else {
            &self.target
        }
    }

    /// The flags of Cargo's configuration that count for the units a build script runs for: those are for the target alone.
    #[must_use]
    pub fn script_flags(&self) -> &[String] {
        if self.unit.runs_for_host { &[] } else { &self.rustflags }
    }

    /// Reads the attributes.
    ///
    /// # Errors
    /// If something that every unit needs is not there.
    pub fn read(value: &Value, top: &Path) -> Result<Self> {
        // libstd-rust is no unit of a graph.
        let libstd = Value::object([
            ("kind", "libstd".into()),
            ("package", "libstd-rust".into()),
            ("version", "".into()),
        ]);
        let unit = value.get("unit").unwrap_or(&libstd);
        let platform = required(value, "platform")?;
        let target = required_text(platform, "target")?;
        let dependency = |entry: &Value| (entry.text("extern").to_owned(), PathBuf::from(entry.text("dev")));
        let empty = Value::Null;
        let libraries = propagated::all(paths(value, "libraries"), &[propagated::LIBRARIES])?;
        let mut tools = paths(value, "tools");
        for library in &libraries {
            tools.extend(propagated::by(library, propagated::TOOLS)?);
        }
        Ok(Self {
            top: top.to_owned(),
            outputs: value
                .string_map("outputs")
                .into_iter()
                .map(|(name, path)| (name, PathBuf::from(path)))
                .collect(),
            unit: Unit::read(unit)?,
            source: PathBuf::from(value.text("source")),
            folder: value.text("folder").to_owned(),
            member: value.get("member").and_then(Value::as_str).map(str::to_owned),
            files: value.string_map("files"),
            display: value.text("display").to_owned(),
            host: platform
                .get("host")
                .and_then(Value::as_str)
                .unwrap_or(&target)
                .to_owned(),
            target,
            rustflags: platform.strings("rustflags"),
            dependencies: value
                .get("dependencies")
                .and_then(Value::as_array)
                .unwrap_or_default()
                .iter()
                .map(dependency)
                .collect(),
            build: value.get("build").map(|build| PathBuf::from(build.text("dev"))),
            metadata: paths(value, "metadata"),
            pinned: paths(value, "pinned"),
            auditable: value.get("auditable").cloned(),
            binaries: value.string_map("binaries"),
            program: value.get("program").and_then(Value::as_str).map(PathBuf::from),
            code: value.get("code").and_then(Value::as_str).map(PathBuf::from),
            emulator: value.get("emulator").and_then(Value::as_str).map(PathBuf::from),
            arguments: value.strings("arguments"),
            toolchain: read_toolchain(value.get("toolchain").unwrap_or(&empty))?,
            tools: propagated::all(tools, &[propagated::LIBRARIES, propagated::TOOLS])?,
            libraries,
            hardening: value.strings("hardening"),
            runtime_libraries: value.strings("runtimeLibraries"),
            environment: value.string_map("environment"),
        })
    }

    /// The link arguments among the flags from Cargo's configuration.
    #[must_use]
    pub fn link_flags(&self) -> Vec<String> {
        flags::link_arguments(&self.rustflags)
    }

    /// The path of an output that this kind of unit must have.
    ///
    /// # Errors
    /// If the derivation has no such output.
    pub fn output(&self, name: &str) -> Result<&Path> {
        let found = self.outputs.get(name).map(PathBuf::as_path);
        found.ok_or_else(|| {
            Failure::message(format!(
                "the derivation has no output `{name}`, which a {} needs",
                self.unit.kind.name()
            ))
        })
    }

    /// Whether programs are made for another platform than the one that builds.
    #[must_use]
    pub fn is_cross(&self) -> bool {
        self.target != self.host
    }

    /// The C compiler for this unit.
    #[must_use]
    pub fn cc(&self) -> PathBuf {
        if self.unit.host {
            self.toolchain.host_cc.join("bin/cc")
        } else {
            self.toolchain.target_cc("cc")
        }
    }
}

impl Toolchain {
    /// The target's C compiler (`cc`) or C++ compiler (`c++`).
    #[must_use]
    pub fn target_cc(&self, name: &str) -> PathBuf {
        self.cc.join("bin").join(format!("{}{name}", self.target_prefix))
    }

    /// A program that works on the target's objects: `ar`, `objcopy`, …
    #[must_use]
    pub fn target_tool(&self, name: &str) -> PathBuf {
        self.bintools.join("bin").join(format!("{}{name}", self.target_prefix))
    }

    /// The folder with `ld.lld`, where that links.
    ///
    /// # Errors
    /// If the package has none.
    pub fn lld_folder(&self, host: &str) -> Result<Option<PathBuf>> {
        let Some(package) = &self.lld else {
            return Ok(None);
        };
        let own = Path::new("lib/rustlib").join(host).join("bin/gcc-ld");
        let mut folders = [Path::new("bin"), &own].into_iter().map(|folder| package.join(folder));
        match folders.find(|folder| folder.join("ld.lld").exists()) {
            Some(folder) => Ok(Some(folder)),
            None => Err(Failure::message(format!(
                "{} has no ld.lld, neither in bin nor in {}: give mkLib a package with one as `lld`",
                package.display(),
                own.display()
            ))),
        }
    }
}

fn read_toolchain(value: &Value) -> Result<Toolchain> {
    let rustc = PathBuf::from(required_text(value, "rustc")?);
    let cc = PathBuf::from(required_text(value, "cc")?);
    let path = |key: &str| value.get(key).and_then(Value::as_str).map(PathBuf::from);
    Ok(Toolchain {
        cargo: path("cargo").unwrap_or_else(|| rustc.clone()),
        sysroot: path("sysroot"),
        libstd: path("libstd"),
        clippy: path("clippy"),
        host_cc: path("hostCc").unwrap_or_else(|| cc.clone()),
        host_bintools: path("hostBintools")
            .or_else(|| path("bintools"))
            .unwrap_or_else(|| cc.clone()),
        bintools: path("bintools").unwrap_or_else(|| cc.clone()),
        target_prefix: value.text("targetPrefix").to_owned(),
        lld: path("lld"),
        tools: paths(value, "tools"),
        rustc,
        cc,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Input> {
        Input::read(&Value::parse(text).unwrap(), Path::new("/build"))
    }

    #[test]
    fn reads_a_unit_with_its_defaults() {
        let input = read(
            r#"{"outputs":{"out":"/nix/store/0123456789abcdfghijklmnpqrsvwxyz-memchr-2.7.4","dev":"/nix/store/x-dev"},
            "unit":{"id":"2-0a","package":"mem-chr","version":"2.7.4","kind":"lib","profile":{"opt-level":"3","debug":0,"overflow-checks":true}},
            "platform":{"target":"x86_64-unknown-linux-gnu"},"dependencies":[{"extern":"libc","dev":"/d"}],
            "toolchain":{"rustc":"/r","cc":"/c"}}"#,
        )
        .unwrap();
        assert_eq!(input.unit.id, "2-0a");
        assert_eq!(input.unit.crate_name(), "mem_chr");
        assert_eq!(
            (input.unit.root.as_str(), input.unit.edition.as_str()),
            ("src/lib.rs", "2015")
        );
        assert_eq!(input.unit.profile.get("debug").map(String::as_str), Some("0"));
        assert_eq!(
            input.unit.profile.get("overflow-checks").map(String::as_str),
            Some("true")
        );
        assert_eq!(input.host, "x86_64-unknown-linux-gnu");
        assert_eq!(input.dependencies, [("libc".to_owned(), PathBuf::from("/d"))]);
        assert!(input.unit.harness && !input.unit.host && input.build.is_none());
        assert_eq!(input.cc(), Path::new("/c/bin/cc"));
    }

    #[test]
    fn says_what_is_missing() {
        assert!(read("{}").unwrap_err().to_string().contains("`platform`"));
        let text = r#"{"unit":{"package":"a","version":"1","kind":"what"},"platform":{"target":"t"},"toolchain":{"rustc":"/r","cc":"/c"}}"#;
        assert_eq!(read(text).unwrap_err().to_string(), "unknown kind of unit `what`");
    }
}
