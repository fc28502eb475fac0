//! The input of a node's build: the structured attributes of its derivation, as `docs/node-outputs.md` describes them.

use crate::attributes::Attributes;
use crate::failure::{Failure, Result};
use crate::files;
use crate::flags;
use crate::json::Value;
use crate::kind::Kind;
use crate::propagated;
use crate::unit::Unit;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where the programs are that the build starts.
#[derive(Debug, Default)]
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
}

/// The whole input.
#[derive(Debug, Default)]
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

/// Where the outputs of a derivation are, by their names.
///
/// # Errors
/// If the attributes do not say it.
pub fn outputs(attributes: &Attributes) -> Result<BTreeMap<String, PathBuf>> {
    let outputs = attributes.text_map("outputs")?;
    Ok(outputs.into_iter().map(|(name, path)| (name, path.into())).collect())
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
    /// If something is not there or has another shape, or what a package propagates cannot be read.
    pub fn read(value: &Value, top: &Path) -> Result<Self> {
        let attributes = Attributes::of(value)?;
        let unit = Unit::read(&attributes.object("unit")?)?;
        let platform = attributes.object("platform")?;
        let common = Self {
            top: top.to_owned(),
            outputs: outputs(&attributes)?,
            target: platform.text("target")?,
            host: platform.text("host")?,
            rustflags: platform.texts("rustflags")?,
            toolchain: Toolchain::read(&attributes.object("toolchain")?, unit.kind)?,
            unit,
            ..Self::default()
        };
        if common.unit.kind == Kind::Libstd {
            return Ok(common);
        }
        let libraries = propagated::all(attributes.paths("libraries")?, &[propagated::LIBRARIES])?;
        let mut tools = attributes.paths("tools")?;
        for library in &libraries {
            tools.extend(propagated::by(library, propagated::TOOLS)?);
        }
        let dependency = |entry: &Attributes| Ok((entry.text("extern")?, entry.path("dev")?));
        let dependencies = attributes.objects("dependencies")?;
        let build = attributes.nullable("build", Attributes::object)?;
        Ok(Self {
            source: attributes.path("source")?,
            folder: attributes.text("folder")?,
            member: attributes.nullable("member", Attributes::text)?,
            files: attributes.text_map("files")?,
            display: attributes.text("display")?,
            dependencies: dependencies.iter().map(dependency).collect::<Result<_>>()?,
            build: build.map(|build| build.path("dev")).transpose()?,
            metadata: attributes.paths("metadata")?,
            pinned: attributes.optional("pinned", Attributes::paths)?.unwrap_or_default(),
            auditable: attributes.optional("auditable", Attributes::value)?.cloned(),
            binaries: attributes.text_map("binaries")?,
            program: attributes.optional("program", Attributes::path)?,
            code: attributes.optional("code", Attributes::path)?,
            emulator: attributes.optional("emulator", Attributes::path)?,
            arguments: attributes.optional("arguments", Attributes::texts)?.unwrap_or_default(),
            tools: propagated::all(tools, &[propagated::LIBRARIES, propagated::TOOLS])?,
            libraries,
            hardening: attributes.texts("hardening")?,
            runtime_libraries: attributes.texts("runtimeLibraries")?,
            environment: attributes.settings("environment")?,
            ..common
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
    /// Reads the toolchain of a unit of this kind.
    fn read(toolchain: &Attributes, kind: Kind) -> Result<Self> {
        // libstd-rust itself is built without one.
        let of_libstd = |key| match kind {
            Kind::Libstd => Ok(None),
            _ => toolchain.path(key).map(Some),
        };
        Ok(Self {
            rustc: toolchain.path("rustc")?,
            cargo: toolchain.path("cargo")?,
            sysroot: of_libstd("sysroot")?,
            libstd: of_libstd("libstd")?,
            clippy: toolchain.optional("clippy", Attributes::path)?,
            cc: toolchain.path("cc")?,
            host_cc: toolchain.path("hostCc")?,
            bintools: toolchain.path("bintools")?,
            host_bintools: toolchain.path("hostBintools")?,
            target_prefix: toolchain.text("targetPrefix")?,
            lld: toolchain.nullable("lld", Attributes::path)?,
        })
    }

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::Action;

    /// What `nix/nodeInput.nix` writes of a library.
    const LIBRARY: &str = r#"{
        "outputs":{"out":"/nix/store/0123456789abcdfghijklmnpqrsvwxyz-memchr-2.7.4","dev":"/nix/store/x-dev"},
        "unit":{"id":"2-0a","package":"mem-chr","version":"2.7.4","kind":"lib","name":"mem_chr","root":"src/lib.rs","edition":"2021",
            "features":["std"],"local":false,"declaredFeatures":[],"lints":[],"test":false,"harness":true,"output":null,"links":null,
            "facts":{"license":"MIT"},"profile":{"opt-level":"3","debug":0,"overflow-checks":true},"runProfile":{},
            "profileName":"release","profileRoot":"release","codegenUnits":1,"primary":false,"host":false,"linkage":"dylib"},
        "source":"/s.tar.gz","folder":".","member":null,"files":{},"display":"mem-chr-2.7.4",
        "platform":{"target":"x86_64-unknown-linux-musl","host":"x86_64-unknown-linux-gnu","rustflags":[]},
        "dependencies":[{"extern":"libc","dev":"/d"}],"build":null,"metadata":[],"binaries":{},"runtimeLibraries":[],
        "toolchain":{"rustc":"/r","cargo":"/r","cc":"/c","bintools":"/b","targetPrefix":"musl-","hostCc":"/h","hostBintools":"/h",
            "lld":null,"libstd":"/l","sysroot":"/l-dev"},
        "hardening":[],"tools":[],"libraries":[],"environment":{"A":1}}"#;

    fn read(value: &Value) -> Result<Input> {
        Input::read(value, Path::new("/build"))
    }

    /// A library's input with another value at the end of a way of keys, or without what is there.
    fn changed(way: &[&str], new: Option<Value>) -> Value {
        let mut value = Value::parse(LIBRARY).unwrap();
        let (last, above) = way.split_last().unwrap();
        let mut object = &mut value;
        for key in above {
            let Value::Object(members) = object else {
                panic!("{key}")
            };
            object = members.get_mut(*key).unwrap();
        }
        let Value::Object(members) = object else {
            panic!("{last}")
        };
        match new {
            Some(new) => drop(members.insert((*last).to_owned(), new)),
            None => drop(members.remove(*last).unwrap()),
        }
        value
    }

    #[test]
    fn reads_what_nix_writes_of_a_unit() {
        let input = read(&Value::parse(LIBRARY).unwrap()).unwrap();
        assert_eq!(input.unit.id, "2-0a");
        assert_eq!(input.unit.crate_name(), "mem_chr");
        assert_eq!(input.unit.profile.get("debug").map(String::as_str), Some("0"));
        assert_eq!(
            input.unit.profile.get("overflow-checks").map(String::as_str),
            Some("true")
        );
        assert_eq!(input.unit.codegen_units, "1");
        assert!(input.is_cross());
        assert_eq!(input.dependencies, [("libc".to_owned(), PathBuf::from("/d"))]);
        assert!(input.unit.harness && !input.unit.host && input.build.is_none());
        assert_eq!(input.cc(), Path::new("/c/bin/musl-cc"));
        assert_eq!(input.environment.get("A").map(String::as_str), Some("1"));
        assert_eq!((input.unit.action, input.toolchain.lld), (Action::Build, None));
    }

    #[test]
    fn reads_what_nix_writes_of_libstd() {
        let text = r#"{"outputs":{"out":"/o","dev":"/d"},"unit":{"kind":"libstd","package":"libstd-rust","version":"1.95.0"},
            "platform":{"target":"t","host":"t","rustflags":[]},
            "toolchain":{"rustc":"/r","cargo":"/r","cc":"/c","bintools":"/b","targetPrefix":"","hostCc":"/c","hostBintools":"/b","lld":"/l"}}"#;
        let input = read(&Value::parse(text).unwrap()).unwrap();
        assert_eq!((input.unit.kind, input.unit.version.as_str()), (Kind::Libstd, "1.95.0"));
        assert_eq!(
            (input.toolchain.sysroot, input.toolchain.lld),
            (None, Some("/l".into()))
        );
    }

    /// A key that was misspelt on one side counted as off, 0 or none.
    #[test]
    fn every_key_has_to_be_there() {
        let value = Value::parse(LIBRARY).unwrap();
        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        for key in keys(&value) {
            let error = read(&changed(&[&key], None)).unwrap_err().to_string();
            assert!(error.starts_with(&format!("`{key}` is missing: ")), "{error}");
        }
        for object in ["unit", "platform", "toolchain"] {
            for key in keys(value.get(object).unwrap()) {
                let error = read(&changed(&[object, &key], None)).unwrap_err().to_string();
                assert!(error.starts_with(&format!("`{object}.{key}` is missing: ")), "{error}");
            }
        }
    }

    #[test]
    fn no_key_may_have_another_shape() {
        let value = Value::parse(LIBRARY).unwrap();
        // Of no shape that any of them has.
        let other = || Value::Array(vec![Value::Array(Vec::new())]);
        for key in value.as_object().unwrap().keys() {
            let error = read(&changed(&[key], Some(other()))).unwrap_err().to_string();
            assert!(error.starts_with(&format!("`{key}` is not ")), "{error}");
        }
        for object in ["unit", "platform", "toolchain"] {
            for key in value.get(object).unwrap().as_object().unwrap().keys() {
                let error = read(&changed(&[object, key], Some(other()))).unwrap_err().to_string();
                assert!(error.starts_with(&format!("`{object}.{key}` is not ")), "{error}");
            }
        }
    }

    #[test]
    fn unknown_words_are_refused() {
        let said = |key, word: &str| {
            read(&changed(&["unit", key], Some(word.into())))
                .unwrap_err()
                .to_string()
        };
        assert_eq!(said("kind", "what"), "unknown kind of unit `what`");
        assert_eq!(said("linkage", "what"), "unknown linkage `what`");
        assert_eq!(said("action", "what"), "unknown action `what`");
    }
}
