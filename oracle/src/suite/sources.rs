//! Projects whose packages come from elsewhere than one folder: made in a temporary folder, with a Cargo home of their own, and compared
//! by the program `dyrust-oracle`, which gets that home by its environment.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{Row, TARGETS, folder_error};
use crate::cargo::{Cargo, CargoError};

/// A temporary world: folders below `root`, a Cargo home of its own.
#[derive(Debug)]
pub struct Bench {
    folder: tempfile::TempDir,
    oracle: PathBuf,
    variables: Vec<(&'static str, &'static str)>,
}

impl Bench {
    /// A new one; `oracle` is the program `dyrust-oracle`.
    ///
    /// # Errors
    /// When no temporary folder can be made.
    pub fn new(oracle: &Path) -> Result<Self, CargoError> {
        Ok(Self {
            folder: tempfile::tempdir().map_err(folder_error)?,
            oracle: oracle.to_owned(),
            variables: Vec::new(),
        })
    }

    /// Where everything is, without links on the way.
    pub fn root(&self) -> PathBuf {
        self.folder
            .path()
            .canonicalize()
            .unwrap_or_else(|_| self.folder.path().to_owned())
    }

    /// Writes files below the root, `(path, text)`.
    ///
    /// # Errors
    /// The system's.
    pub fn write(&self, files: &[(&str, &str)]) -> Result<(), CargoError> {
        for (path, text) in files {
            let file = self.root().join(path);
            if let Some(parent) = file.parent() {
                std::fs::create_dir_all(parent).map_err(folder_error)?;
            }
            std::fs::write(file, text).map_err(folder_error)?;
        }
        Ok(())
    }

    /// Runs a program in a folder below the root, with the Cargo home of this world; it has to succeed.
    ///
    /// # Errors
    /// [`CargoError::Rejected`] with its standard error.
    pub fn command(&self, folder: &str, program: &str, arguments: &[&str]) -> Result<String, CargoError> {
        let output = self.output(folder, Path::new(program), arguments)?;
        if !output.status.success() {
            return Err(CargoError::Rejected {
                message: format!(
                    "{program} {}\n{}",
                    arguments.join(" "),
                    String::from_utf8_lossy(&output.stderr)
                ),
            });
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn output(&self, folder: &str, program: &Path, arguments: &[&str]) -> Result<Output, CargoError> {
        Command::new(program)
            .current_dir(self.root().join(folder))
            .args(arguments)
            .envs(self.variables.iter().copied())
            .env("CARGO_HOME", self.root().join("cargo-home"))
            // Whatever git configuration the user has, the commits are the same, and submodules may be folders.
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "A. Writer")
            .env("GIT_AUTHOR_EMAIL", "writer@example.org")
            .env("GIT_COMMITTER_NAME", "A. Writer")
            .env("GIT_COMMITTER_EMAIL", "writer@example.org")
            .output()
            .map_err(|source| CargoError::Start {
                program: program.display().to_string(),
                source,
            })
    }

    /// Locks and fetches the project in `folder` below the root, then compares it for three feature selections on four platforms.
    ///
    /// # Errors
    /// When the project can't be locked or fetched, or nothing can be compared.
    pub fn compare(&self, name: &str, folder: &str) -> Result<Row, CargoError> {
        if !self.root().join(folder).join("Cargo.lock").exists() {
            self.command(folder, &Cargo::program(), &["generate-lockfile", "--quiet"])?;
        }
        self.command(folder, &Cargo::program(), &["fetch", "--locked", "--quiet"])?;
        let mut row = Row::new(name);
        for features in ["--workspace", "--no-default-features", "--all-features"] {
            let mut arguments = vec!["."];
            arguments.extend(TARGETS.iter().flat_map(|target| ["--target", target]));
            arguments.push(features);
            let output = self.output(folder, &self.oracle, &arguments)?;
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            match output.status.code() {
                Some(0) => {
                    row.equal += TARGETS.len();
                    row.units = row.units.max(largest(&text));
                }
                Some(1) => row.failures.push(format!("{name}: {features}\n{text}")),
                _ => {
                    let message = String::from_utf8_lossy(&output.stderr).into_owned();
                    return Err(CargoError::Rejected {
                        message: format!("{name}: {message}"),
                    });
                }
            }
        }
        Ok(row)
    }
}

/// The largest number of units in lines like `TARGET: equal (12 units, 20 dependencies)`.
fn largest(text: &str) -> usize {
    text.lines()
        .filter_map(|line| line.split_once('(')?.1.split(' ').next()?.parse().ok())
        .max()
        .unwrap_or_default()
}

/// `[package]` and the rest of a manifest.
pub fn package(name: &str, version: &str, rest: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2021\"\n\n{rest}")
}

/// Patches, replacements, vendored folders and paths inside a nested workspace.
///
/// # Errors
/// When a project can't be made or compared at all.
pub fn run(oracle: &Path) -> Result<Vec<Row>, CargoError> {
    Ok(vec![
        patched(oracle)?,
        unused_patch(oracle)?,
        replaced(oracle)?,
        vendored(oracle)?,
        nested(oracle)?,
        outside(oracle)?,
        flags(oracle)?,
    ])
}

/// A directory source in place of the default registry, holding `packages` (name, version, rest of the manifest).
fn vendor(bench: &Bench, folder: &str, packages: &[(&str, &str, &str)]) -> Result<(), CargoError> {
    for (index, (name, version, rest)) in packages.iter().enumerate() {
        let at = |file: &str| format!("{folder}/vendor/{name}-{version}/{file}");
        let checksum = format!("{{\"files\":{{}},\"package\":\"{:064x}\"}}", index + 1);
        bench.write(&[
            (&at("Cargo.toml"), &package(name, version, rest)),
            (&at("src/lib.rs"), ""),
            (&at(".cargo-checksum.json"), &checksum),
        ])?;
    }
    bench.write(&[(
        &format!("{folder}/.cargo/config.toml"),
        "[source.crates-io]\nreplace-with = \"vendored\"\n\n[source.vendored]\ndirectory = \"vendor\"\n",
    )])
}

fn vendored(oracle: &Path) -> Result<Row, CargoError> {
    let bench = Bench::new(oracle)?;
    let middle = "[features]\ndefault = [\"leaf\"]\n\n[dependencies]\nleaf = { version = \"1\", optional = true }\nold = { package = \"leaf\", version = \"0.3\" }\n";
    vendor(
        &bench,
        "app",
        &[
            ("middle", "0.2.0", middle),
            ("leaf", "1.0.5", ""),
            ("leaf", "0.3.1", ""),
        ],
    )?;
    bench.write(&[
        (
            "app/Cargo.toml",
            &package("app", "0.1.0", "[dependencies]\nmiddle = \"0.2\"\n\n[workspace]\n"),
        ),
        ("app/src/main.rs", "fn main() {}\n"),
    ])?;
    bench.compare("vendored directory", "app")
}

fn patched(oracle: &Path) -> Result<Row, CargoError> {
    let bench = Bench::new(oracle)?;
    vendor(
        &bench,
        "app",
        &[
            ("middle", "1.0.0", "[dependencies]\nleaf = \"1\"\n"),
            ("leaf", "1.0.0", ""),
        ],
    )?;
    let app = "[dependencies]\nmiddle = \"1\"\n\n[patch.crates-io]\nleaf = { path = \"leaf\" }\n\n[workspace]\n";
    bench.write(&[
        ("app/Cargo.toml", &package("app", "0.1.0", app)),
        ("app/src/main.rs", "fn main() {}\n"),
        (
            "app/leaf/Cargo.toml",
            &package("leaf", "1.0.9", "[features]\ndefault = [\"x\"]\nx = []\n"),
        ),
        ("app/leaf/src/lib.rs", ""),
    ])?;
    bench.compare("patch by a path", "app")
}

fn unused_patch(oracle: &Path) -> Result<Row, CargoError> {
    let bench = Bench::new(oracle)?;
    vendor(&bench, "app", &[("leaf", "1.0.0", "")])?;
    let app = "[dependencies]\nleaf = \"1\"\n\n[patch.crates-io]\nleaf = { path = \"leaf\" }\nunknown = { path = \"unknown\" }\n\n[workspace]\n";
    bench.write(&[
        ("app/Cargo.toml", &package("app", "0.1.0", app)),
        ("app/src/main.rs", "fn main() {}\n"),
        ("app/leaf/Cargo.toml", &package("leaf", "2.0.0", "")),
        ("app/leaf/src/lib.rs", ""),
        ("app/unknown/Cargo.toml", &package("unknown", "1.0.0", "")),
        ("app/unknown/src/lib.rs", ""),
    ])?;
    bench.compare("unused patch", "app")
}

fn replaced(oracle: &Path) -> Result<Row, CargoError> {
    let bench = Bench::new(oracle)?;
    vendor(
        &bench,
        "app",
        &[
            ("middle", "1.0.0", "[dependencies]\nleaf = \"1\"\n"),
            ("leaf", "1.0.0", ""),
        ],
    )?;
    let app = "[dependencies]\nmiddle = \"1\"\n\n[replace]\n\"leaf:1.0.0\" = { path = \"leaf\" }\n\n[workspace]\n";
    bench.write(&[
        ("app/Cargo.toml", &package("app", "0.1.0", app)),
        ("app/src/main.rs", "fn main() {}\n"),
        ("app/leaf/Cargo.toml", &package("leaf", "1.0.0", "")),
        ("app/leaf/src/lib.rs", ""),
    ])?;
    bench.compare("replace by a path", "app")
}

/// A path dependency outside of the workspace's root. It resolves as in Cargo; only the writing of a graph refuses it.
fn outside(oracle: &Path) -> Result<Row, CargoError> {
    let bench = Bench::new(oracle)?;
    let outside = package("beside", "0.1.0", "[features]\ndefault = [\"x\"]\nx = []\n");
    bench.write(&[
        (
            "app/Cargo.toml",
            &package(
                "app",
                "0.1.0",
                "[dependencies]\nbeside = { path = \"../beside\" }\n\n[workspace]\n",
            ),
        ),
        ("app/src/main.rs", "fn main() {}\n"),
        ("beside/Cargo.toml", &outside),
        ("beside/src/lib.rs", ""),
    ])?;
    bench.compare("path outside of the workspace", "app")
}

/// `RUSTFLAGS` of the environment take the place of the configuration's, and count for the target alone.
fn flags(oracle: &Path) -> Result<Row, CargoError> {
    let mut bench = Bench::new(oracle)?;
    bench
        .variables
        .push(("RUSTFLAGS", "--cfg special --cfg level=\"high\""));
    let app = "[target.'cfg(special)'.dependencies]\npart = { path = \"part\", features = [\"a\"] }\n\n\
               [target.'cfg(level = \"high\")'.dependencies]\npart = { path = \"part\", features = [\"b\"] }\n\n\
               [target.'cfg(configured)'.dependencies]\npart = { path = \"part\", features = [\"c\"] }\n\n\
               [target.'cfg(special)'.build-dependencies]\npart = { path = \"part\", features = [\"d\"] }\n\n[workspace]\n";
    bench.write(&[
        (
            "app/.cargo/config.toml",
            "[build]\nrustflags = [\"--cfg\", \"configured\"]\n",
        ),
        ("app/Cargo.toml", &package("app", "0.1.0", app)),
        ("app/src/main.rs", "fn main() {}\n"),
        ("app/build.rs", "fn main() {}\n"),
        (
            "app/part/Cargo.toml",
            &package("part", "0.1.0", "[features]\na = []\nb = []\nc = []\nd = []\n"),
        ),
        ("app/part/src/lib.rs", ""),
    ])?;
    bench.compare("RUSTFLAGS of the environment", "app")
}

/// A member names the root by `package.workspace`, and a path dependency leads out of its own folder.
fn nested(oracle: &Path) -> Result<Row, CargoError> {
    let bench = Bench::new(oracle)?;
    bench.write(&[
        ("w/root/Cargo.toml", "[workspace]\nresolver = \"2\"\nmembers = [\"a\", \"b/*\"]\n"),
        (
            "w/root/a/Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\nworkspace = \"..\"\n\n[dependencies]\nb = { path = \"../b/one\", package = \"one\" }\n",
        ),
        ("w/root/a/src/main.rs", "fn main() {}\n"),
        ("w/root/b/one/Cargo.toml", &package("one", "0.1.0", "[features]\nx = []\n")),
        ("w/root/b/one/src/lib.rs", ""),
        ("w/root/b/two/Cargo.toml", &package("two", "0.1.0", "[dependencies]\none = { path = \"../one\", features = [\"x\"] }\n")),
        ("w/root/b/two/src/lib.rs", ""),
    ])?;
    bench.compare("members beside each other", "w/root")
}
