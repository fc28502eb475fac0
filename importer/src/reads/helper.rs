//! What crates that run in builds read of the workspace around the package that is built: build scripts' libraries, and macros; and those
//! that run in its tests.
//!
//! They can't be asked, but their sources say what they do: who runs `cargo metadata` wants the workspace's manifests, who names
//! `Cargo.lock` wants that one, and a name such as `.sqlx` in the source of one who asks where the workspace is may well be looked for
//! there. Names that are not there cost nothing; one too many costs a build.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Component, Path, PathBuf};

use flate2::read::GzDecoder;
use serde::{Deserialize, Serialize};

use super::LEFT_OUT;
use super::source::{self, Named};
use crate::build_folder::is_build_folder;
use crate::resolve::Remote;
use crate::source::Pin;
use crate::source::facts::{self, FactKind};

/// The most of a source that is looked at, in bytes.
const LARGEST: u64 = 16 << 20;

/// What a crate that runs in builds or tests looks for around the package.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Helper {
    /// It reads the lock.
    pub reads_lock: bool,
    /// It asks Cargo about the workspace.
    pub asks_cargo: bool,
    /// What it names, if it asks Cargo: looked for in the workspace's folder.
    pub of_workspace: BTreeSet<String>,
    /// What it names where it goes upwards from the package's folder: looked for in all folders above.
    pub above: BTreeSet<String>,
    /// The same of a source of the package itself.
    pub own_above: BTreeSet<String>,
    /// What a package of the same workspace names that is reached upwards (`../config/app.toml`): looked for from the folder of the
    /// package that is built.
    pub upwards: BTreeSet<String>,
}

impl Helper {
    /// Reads a package in a folder.
    pub fn in_folder(folder: &Path) -> Option<Self> {
        Self::of_sources(folder, Self::add)
    }

    /// Reads a package of the workspace: what it names is meant for this workspace.
    pub fn in_workspace(folder: &Path) -> Option<Self> {
        Self::of_sources(folder, |helper, text| {
            let named = source::named(text);
            helper.add_own(text, &named);
            let upwards = named.literals.iter().filter_map(|literal| {
                let from = literal.find("../")?;
                literal
                    .get(from..)
                    .map(|name| source::fixed(name).to_string_lossy().into_owned())
            });
            helper.upwards.extend(upwards);
        })
    }

    fn of_sources(folder: &Path, add: impl Fn(&mut Self, &str)) -> Option<Self> {
        let mut helper = Self::default();
        let mut folders = vec![folder.to_path_buf()];
        while let Some(next) = folders.pop() {
            for path in super::entries(&next) {
                let is_package = path.join("Cargo.toml").is_file();
                let is_test = is_development(path.strip_prefix(folder).unwrap_or(&path));
                // What was built there changes with every build, and the graph must not.
                if path.is_symlink() || is_test || is_build_folder(&path) {
                    continue;
                }
                if path.is_dir() {
                    if !is_package {
                        folders.push(path);
                    }
                } else if path.is_file()
                    && is_rust(&path)
                    && let Ok(text) = std::fs::read(&path)
                {
                    add(&mut helper, &String::from_utf8_lossy(&text));
                }
            }
        }
        helper.finish()
    }

    /// What an earlier import found in a package that was fetched, if that is kept.
    pub(crate) fn recall(remote: &Remote, cache: &Path) -> Option<Option<Self>> {
        facts::recall(cache, verified(remote)?, FactKind::Helper)
    }

    /// Reads a package that was fetched, and keeps what was found, if all could be read: a disk that fails once must not count for ever.
    /// What can't be read is found out by who needs it.
    pub(crate) fn fetched(remote: &Remote, cache: &Path) -> Option<Self> {
        if remote.local.is_dir() {
            return match &remote.pin {
                Pin::Git { folder, .. } => Self::in_folder(&remote.local.join(folder)),
                Pin::Registry { .. } | Pin::Vendored { .. } => Self::in_folder(&remote.local),
            };
        }
        let mut helper = Self::default();
        let read = helper.add_archive(&remote.local);
        let helper = helper.finish();
        if let (Ok(()), Some(sha256)) = (read, verified(remote)) {
            facts::remember(cache, sha256, FactKind::Helper, &helper);
        }
        helper
    }

    /// Adds the sources in a `.crate` file, as far as it can be read.
    fn add_archive(&mut self, file: &Path) -> io::Result<()> {
        let mut archive = tar::Archive::new(GzDecoder::new(BufReader::new(File::open(file)?)));
        for entry in archive.entries()? {
            let entry = entry?;
            let inside: PathBuf = entry.path()?.components().skip(1).collect();
            if is_rust(&inside) && !is_development(&inside) {
                let mut text = Vec::new();
                entry.take(LARGEST).read_to_end(&mut text)?;
                self.add(&String::from_utf8_lossy(&text));
            }
        }
        Ok(())
    }

    /// What a build script of the workspace's own does.
    #[cfg(test)]
    pub(super) fn script(text: &str) -> Self {
        let mut helper = Self::default();
        helper.add_own(text, &source::named(text));
        helper.finish().unwrap_or_default()
    }

    /// Adds one source of the package itself. What it names where it goes upwards need not look like a file: it is meant for this
    /// workspace, unlike the names in a source that serves any.
    pub(super) fn add_own(&mut self, text: &str, named: &Named) {
        self.add_named(text, || Cow::Borrowed(named));
        let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let starts = has(&["CARGO_MANIFEST_DIR", "current_dir", "\"..\""]);
        if !starts || !has(&[".ancestors()", ".parent()", ".pop()", "..\""]) {
            return;
        }
        // `{root}/proto`: what is before it is put there when it runs.
        let names = named.literals.iter().map(|literal| match literal.split_once("}/") {
            Some((variable, name)) if variable.starts_with('{') => name,
            _ => literal.trim_start_matches('/'),
        });
        let names = names.map(|name| source::fixed(name).to_string_lossy().into_owned());
        self.own_above
            .extend(names.filter(|name| is_name(name) || name == "Cargo.toml"));
    }

    /// Adds one source.
    pub(super) fn add(&mut self, text: &str) {
        self.add_named(text, || Cow::Owned(source::named(text)));
    }

    /// Adds one source; what it names is asked for where it matters.
    fn add_named<'n>(&mut self, text: &str, named: impl FnOnce() -> Cow<'n, Named>) {
        let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
        // Most sources name none of these, and need not be cut into tokens.
        let may_name = has(&["\"Cargo.lock\"", "/Cargo.lock\""]);
        let may_ask = has(&["\"metadata\"", "\"locate-project\""]);
        let may_climb = has(&["CARGO_MANIFEST_DIR"]) && has(&[".ancestors()", ".parent()", ".pop()", "\"..\""]);
        // One that asks may name what it looks for in another of its sources.
        let names_hidden = has(&["\"."]);
        if !(may_name || may_ask || may_climb || names_hidden) {
            return;
        }
        let named = named();
        let says = |words: &[&str]| named.literals.iter().any(|literal| words.contains(&literal.as_str()));
        self.reads_lock |= names_lock(&named);
        self.asks_cargo |= says(&["metadata", "locate-project"]) && says(&["CARGO", "cargo"]);
        let names: Vec<&String> = named.literals.iter().filter(|name| is_name(name)).collect();
        if may_climb {
            // Where the workspace is, manifests say.
            self.asks_cargo |= says(&["Cargo.toml"]) && has(&["workspace"]);
            let with_dot = names.iter().filter(|name| name.contains('.'));
            self.above.extend(with_dot.map(|name| (*name).clone()));
        }
        self.of_workspace.extend(names.into_iter().cloned());
    }

    /// Done with its sources; nothing if it looks for nothing.
    pub(super) fn finish(mut self) -> Option<Self> {
        if !self.asks_cargo {
            self.of_workspace.clear();
        }
        (self != Self::default()).then_some(self)
    }
}

/// The checksum of a package's `.crate` file, if it is one: what was fetched has been verified to have it, unlike what Cargo unpacked.
fn verified(remote: &Remote) -> Option<&str> {
    match &remote.pin {
        Pin::Registry { sha256, .. } if remote.local.is_file() => Some(sha256),
        _ => None,
    }
}

/// Whether a source names the lock.
fn names_lock(named: &Named) -> bool {
    let mut literals = named.literals.iter();
    literals.any(|literal| literal.split(['/', '\\']).next_back() == Some("Cargo.lock"))
}

/// Whether a literal may be the name of a file or folder around a package, rather than of one that every package has.
fn is_name(literal: &str) -> bool {
    let path = Path::new(literal);
    let first = path.components().next();
    let is_plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    let is_usual = ["src", "target", ".git", "Cargo.toml", "Cargo.lock", "build.rs"];
    let is_usual = first.is_some_and(|first| is_usual.iter().any(|usual| first.as_os_str() == *usual));
    is_plain && first.is_some() && !is_usual && !is_development(path) && literal.len() < 200
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}

/// Whether a path in a package is one of its tests, examples or benchmarks.
fn is_development(path: &Path) -> bool {
    let first = path.iter().next().and_then(|first| first.to_str());
    LEFT_OUT
        .as_ref()
        .zip(first)
        .is_some_and(|(left_out, first)| left_out.development.contains(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was found in half of a file, or in none, was kept for ever.
    #[test]
    fn only_what_was_found_in_a_whole_file_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (local, cache) = (folder.path().join("a-1.0.0.crate"), folder.path().join("cache"));
        let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
        let source = b"fn main() { read(\"Cargo.lock\") }";
        let mut header = tar::Header::new_gnu();
        header.set_size(source.len() as u64);
        header.set_mode(0o644);
        archive
            .append_data(&mut header, "a-1.0.0/src/lib.rs", &source[..])
            .unwrap();
        let bytes = archive.into_inner().unwrap().finish().unwrap();
        let sha256 = "ab".repeat(32);
        let remote = Remote {
            pin: Pin::Registry { sha256, registry: None },
            local: local.clone(),
        };
        std::fs::write(&local, &bytes[..bytes.len() / 2]).unwrap();
        Helper::fetched(&remote, &cache);
        assert_eq!(Helper::recall(&remote, &cache), None);
        std::fs::write(&local, bytes).unwrap();
        let found = Helper::fetched(&remote, &cache);
        assert!(found.as_ref().is_some_and(|helper| helper.reads_lock));
        assert_eq!(Helper::recall(&remote, &cache), Some(found));
    }

    /// The graph was another one after a build, by the sources that build scripts had written.
    #[test]
    fn what_was_built_says_nothing_of_a_package() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let file = folder.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        };
        write("Cargo.toml", "");
        write("target/debug/build/a-1/out/made.rs", "fn f() { open(\"Cargo.lock\") }");
        assert_eq!(Helper::in_folder(folder.path()), None);
        write("src/target/mod.rs", "fn f() { open(\"Cargo.lock\") }");
        assert!(Helper::in_folder(folder.path()).is_some_and(|helper| helper.reads_lock));
    }

    /// As sqlx's macros do.
    #[test]
    fn who_asks_cargo_where_the_workspace_is_may_look_there() {
        let mut helper = Helper::default();
        helper.add("fn dirs() { a(\".sqlx\"); b(\"src\"); c(\"/abs\"); d(\"../up\") }");
        helper.add("let cargo = env(\"CARGO\"); Command::new(cargo).args([\"metadata\", \"--no-deps\"]);");
        let helper = helper.finish().unwrap_or_default();
        assert!(helper.asks_cargo && !helper.reads_lock);
        assert!(helper.of_workspace.contains(".sqlx"));
        assert!(!helper.of_workspace.contains("src") && !helper.of_workspace.contains("../up"));
    }

    /// `cfg(feature = "metadata")` is no question, and a name alone leads nowhere.
    #[test]
    fn what_asks_nothing_reads_nothing() {
        let mut helper = Helper::default();
        helper.add("#[cfg(feature = \"metadata\")] fn x() { y(\".sqlx\") }");
        assert_eq!(helper.finish(), None);
    }

    #[test]
    fn who_goes_upwards_is_followed() {
        let helper = Helper::script(
            "let d = env!(\"CARGO_MANIFEST_DIR\"); for up in Path::new(d).ancestors() { up.join(\"rules.toml\"); up.join(\"lib\"); }",
        );
        assert_eq!(helper.above, BTreeSet::from(["rules.toml".to_owned()]));
        assert!(!helper.asks_cargo);
        // Its own script knows what is above it.
        assert!(helper.own_above.contains("lib"));
        let joined =
            Helper::script("let root = Path::new(\"..\"); root.join(\"proto\"); format!(\"{root}/data/{name}.txt\");");
        assert!(
            joined
                .own_above
                .is_superset(&BTreeSet::from(["proto".to_owned(), "data".to_owned()]))
                && joined.above.is_empty()
        );
        assert!(Helper::script("fn main() { read(\"../Cargo.lock\") }").reads_lock);
    }
}
