//! The readers of what others wrote, in the form that fuzzers call: any bytes come in, and whatever they are, nothing may panic.
//!
//! `fuzz/` has one target for each; the test `fuzz_corpus` runs the committed inputs through the same functions.

use std::path::Path;

use crate::config::Config;
use crate::lock::Lock;
use crate::manifest::{self, Manifest, ManifestOrigin};
use crate::source::archive::{Limits, read_archive};
use crate::source::{FileSet, ManifestText};

/// A reader of any bytes.
pub type Reader = fn(&[u8]);

/// All readers, by the name of their fuzz target.
pub const READERS: [(&str, Reader); 5] = [
    ("archive", archive),
    ("config", config),
    ("graph", graph),
    ("lock", lock),
    ("manifest", manifest),
];

/// Reads a `.crate` file, with limits that keep a run fast.
pub fn archive(bytes: &[u8]) {
    let limits = Limits {
        unpacked: 1 << 20,
        paths: 1000,
        text: 1 << 16,
    };
    if let Ok(archive) = read_archive(bytes, "a-1.0.0", &["Cargo.toml", "Cargo.lock"], limits) {
        for path in &archive.files {
            assert!(
                !path.is_empty() && !path.starts_with('/') && !path.split('/').any(|part| part == ".."),
                "{path:?} leads out of its folder"
            );
        }
    }
}

/// Reads one of Cargo's configuration files.
pub fn config(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(config) = Config::of_text(text, Path::new("/nowhere/.cargo/config.toml")) {
        let _ = config.rustflags("x86_64-unknown-linux-gnu", |_| true);
        for name in config.sources.keys() {
            let _ = config.replacement(name);
        }
    }
}

/// Reads a graph.
pub fn graph(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(graph) = crate::graph::parse(text, Path::new("crate-graph.json"))
    {
        // What is written can be read again.
        let printed = crate::graph::print(&graph);
        assert!(
            printed
                .as_ref()
                .is_ok_and(|text| crate::graph::parse(text, Path::new("again.json")).is_ok()),
            "{printed:?}"
        );
    }
}

/// Reads a `Cargo.lock`.
pub fn lock(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Lock::parse(text, "Cargo.lock");
    }
}

/// Reads a `Cargo.toml`.
pub fn manifest(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let source = ManifestText {
        text: text.to_owned(),
        location: "Cargo.toml".to_owned(),
    };
    if let Ok(parsed) = Manifest::parse(source) {
        let files = FileSet::new(["src/lib.rs", "src/main.rs", "src/bin/a.rs", "build.rs"].map(str::to_owned));
        let _ = manifest::package(&parsed, &ManifestOrigin::Registry, None, &files);
    }
}
