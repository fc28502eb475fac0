//! A registry in a folder, programs published to it with locks of their own, and calls of `dyrust` there.

// A test may panic, in its helpers too; not every test uses all of this.
#![allow(clippy::unwrap_used, dead_code)]

pub mod random;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// The registry that locks name; the configuration puts the folder in its place.
const SOURCE: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// A temporary world: a registry, and a folder for fleet files.
pub struct World {
    folder: tempfile::TempDir,
    checksums: BTreeMap<(String, String), String>,
}

impl World {
    pub fn new() -> Self {
        let world = Self {
            folder: tempfile::tempdir().unwrap(),
            checksums: BTreeMap::new(),
        };
        let registry = world.path("registry").display().to_string();
        world.write(
            "home/.cargo/config.toml",
            &format!("[source.crates-io]\nreplace-with = \"here\"\n[source.here]\nlocal-registry = \"{registry}\"\n"),
        );
        world
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        let file = self.path(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// Publishes a package: further lines of its manifest, and further files.
    pub fn publish(&mut self, name: &str, version: &str, manifest: &str, files: &[(&str, &str)]) {
        self.publish_as(name, version, manifest, files, &serde_json::json!([]));
    }

    /// The same with the dependencies as Cargo finds them in the index.
    pub fn publish_as(
        &mut self,
        name: &str,
        version: &str,
        manifest: &str,
        files: &[(&str, &str)],
        dependencies: &serde_json::Value,
    ) {
        let manifest = format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2021\"\n{manifest}");
        let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        let all = [("Cargo.toml", manifest.as_str()), ("src/lib.rs", "")];
        for (path, text) in all.iter().chain(files) {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            header.set_cksum();
            let path = format!("{name}-{version}/{path}");
            builder.append_data(&mut header, path, text.as_bytes()).unwrap();
        }
        let bytes = builder.into_inner().unwrap().finish().unwrap();
        let checksum = Sha256::digest(&bytes).iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        fs::create_dir_all(self.path("registry")).unwrap();
        fs::write(self.path(&format!("registry/{name}-{version}.crate")), bytes).unwrap();
        let index = match name.len() {
            1 => format!("registry/index/1/{name}"),
            2 => format!("registry/index/2/{name}"),
            3 => format!("registry/index/3/{}/{name}", &name[..1]),
            _ => format!("registry/index/{}/{}/{name}", &name[..2], &name[2..4]),
        };
        let before = fs::read_to_string(self.path(&index)).unwrap_or_default();
        let entry = serde_json::json!({
            "name": name, "vers": version, "deps": dependencies, "cksum": checksum, "features": {}, "yanked": false,
        });
        self.write(&index, &format!("{before}{entry}\n"));
        self.checksums.insert((name.to_owned(), version.to_owned()), checksum);
    }

    /// Publishes a program `NAME 1.0.0`. `dependencies` is the rest of its manifest; `lock` are the packages of its lock, each with the
    /// dependencies of its entry, the program's own among them.
    pub fn program(&mut self, name: &str, dependencies: &str, lock: &[(&str, &str, &[&str])]) {
        let lock = self.lock(lock, name);
        self.publish(
            name,
            "1.0.0",
            dependencies,
            &[("src/main.rs", "fn main() {}\n"), ("Cargo.lock", &lock)],
        );
    }

    /// A lock; `local` is the package that has no source.
    pub fn lock(&self, packages: &[(&str, &str, &[&str])], local: &str) -> String {
        let mut text = "version = 4\n".to_owned();
        for (name, version, dependencies) in packages {
            let _ = write!(text, "\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n");
            if *name != local {
                let checksum = &self.checksums[&((*name).to_owned(), (*version).to_owned())];
                let _ = write!(text, "source = \"{SOURCE}\"\nchecksum = \"{checksum}\"\n");
            }
            if !dependencies.is_empty() {
                let _ = writeln!(text, "dependencies = {dependencies:?}");
            }
        }
        text
    }

    /// Calls the program that is tested in the folder.
    pub fn dyrust(&self, arguments: &[&str]) -> Output {
        Command::new(super::PROGRAM)
            .args(arguments)
            .current_dir(self.folder.path())
            .env("HOME", self.path("home"))
            .env("CARGO_HOME", self.path("home/.cargo"))
            .env_remove("XDG_CACHE_HOME")
            .output()
            .unwrap()
    }

    /// The graph of a fleet file, and what was said meanwhile.
    pub fn import(&self, fleet: &str) -> serde_json::Value {
        self.write("fleet.toml", fleet);
        let output = self.dyrust(&["fleet", "import", "--offline"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_str(&fs::read_to_string(self.path("fleet.json")).unwrap()).unwrap()
    }

    /// What `dyrust fleet why` says of a crate, as JSON.
    pub fn why(&self, name: &str) -> serde_json::Value {
        let output = self.dyrust(&["fleet", "why", name, "--format", "json", "--offline"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The message of a fleet file that is refused, without `error: `.
    pub fn refused(&self, fleet: &str) -> String {
        self.write("fleet.toml", fleet);
        let output = self.dyrust(&["fleet", "import", "--offline", "--output", "refused.json"]);
        assert_eq!(output.status.code(), Some(2), "{fleet}");
        assert!(!self.path("refused.json").exists(), "{fleet}");
        let message = String::from_utf8(output.stderr).unwrap();
        let message = message.trim_end().strip_prefix("error: ").unwrap_or(&message);
        message.replace(&self.folder.path().display().to_string(), "DIR")
    }
}
