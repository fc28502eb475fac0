//! A store in a folder of its own, with small programs and shared objects that rustc makes in the test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A store folder that is removed at the end.
pub struct Store {
    folder: tempfile::TempDir,
}

impl Store {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn path(&self) -> PathBuf {
        fs::canonicalize(self.folder.path()).unwrap()
    }

    /// The path of an entry whose hash is 32 times `letter`.
    pub fn entry(&self, letter: char, name: &str) -> PathBuf {
        self.path()
            .join("store")
            .join(format!("{}-{name}", letter.to_string().repeat(32)))
    }

    /// Compiles `source` as a shared object of the crate `name` whose SONAME is its absolute path in its entry.
    pub fn library(&self, letter: char, name: &str, source: &str, dependencies: &[&Path]) -> PathBuf {
        let file = self
            .entry(letter, &format!("{name}-1.0.0"))
            .join(format!("lib/lib{name}.so"));
        let soname = format!("-Clink-arg=-Wl,-soname,{}", file.display());
        self.rustc(name, source, &file, &["--crate-type=dylib", &soname], dependencies);
        file
    }

    /// Compiles `source` as a program in the `bin/` of its entry.
    pub fn program(&self, letter: char, name: &str, source: &str, dependencies: &[&Path]) -> PathBuf {
        let entry = self.entry(letter, &format!("{name}-1.0.0"));
        self.rustc(
            name,
            source,
            &entry.join("bin").join(name),
            &["--crate-type=bin"],
            dependencies,
        );
        entry
    }

    fn rustc(&self, name: &str, source: &str, file: &Path, arguments: &[&str], dependencies: &[&Path]) {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let text = self.path().join(format!("{name}.rs"));
        fs::write(&text, source).unwrap();
        let standard = self.standard_library();
        let mut rustc = Command::new("rustc");
        rustc
            .args([
                "--edition=2024",
                "--crate-name",
                name,
                "-Cprefer-dynamic",
                "-Cstrip=symbols",
            ])
            .args(arguments);
        rustc.arg(format!(
            "-Clink-arg=-Wl,-rpath,{}",
            standard.parent().unwrap().display()
        ));
        for dependency in dependencies {
            let file = dependency.file_name().unwrap().to_str().unwrap();
            let name = file.strip_prefix("lib").unwrap().strip_suffix(".so").unwrap();
            rustc.arg("--extern").arg(format!("{name}={}", dependency.display()));
            rustc
                .arg("-L")
                .arg(format!("dependency={}", dependency.parent().unwrap().display()));
        }
        let output = rustc.arg("-o").arg(file).arg(&text).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// The standard library's shared object, copied into an entry of its own.
    fn standard_library(&self) -> PathBuf {
        let library = self.entry('s', "libstd-rust-1.0.0").join("lib");
        let output = Command::new("rustc")
            .args(["--print", "target-libdir"])
            .output()
            .unwrap();
        let folder = PathBuf::from(String::from_utf8(output.stdout).unwrap().trim());
        let original = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                name.starts_with("libstd-") && name.ends_with(".so")
            })
            .expect("the toolchain has libstd as a shared object");
        let copy = library.join(original.file_name().unwrap());
        if !copy.exists() {
            fs::create_dir_all(&library).unwrap();
            fs::copy(original, &copy).unwrap();
        }
        copy
    }
}

/// Two programs on three libraries: `p` uses `middle`, which uses `leaf`; `q` uses `leaf`; nobody loads `plugin`.
pub struct Sample {
    pub store: Store,
    pub p: PathBuf,
    pub q: PathBuf,
}

impl Sample {
    pub fn build() -> Self {
        let store = Store::new();
        let leaf = store.library(
            'a',
            "leaf",
            "#[inline(never)] pub fn leaf() -> usize { std::process::id() as usize }",
            &[],
        );
        let middle = store.library(
            'b',
            "middle",
            "pub static TABLE: [&str; 3] = [\"x\", \"y\", \"z\"];\n#[inline(never)] pub fn middle() -> usize { leaf::leaf() + TABLE.len() }",
            &[&leaf],
        );
        let p = store.program(
            'p',
            "p",
            "fn main() { println!(\"{}\", middle::middle()) }",
            &[&middle, &leaf],
        );
        let q = store.program('q', "q", "fn main() { println!(\"{}\", leaf::leaf()) }", &[&leaf]);
        fs::create_dir(q.join("share")).unwrap();
        fs::write(q.join("share/words"), "0123456789").unwrap();
        std::os::unix::fs::symlink("q", q.join("bin/q-alias")).unwrap();
        Self { store, p, q }
    }
}
