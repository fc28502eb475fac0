//! Hands on what Cargo tells a build script; what differs from machine to machine only if it is as it has to be.

use std::env::{current_dir, var};
use std::path::Path;

fn main() {
    let mut seen = Vec::new();
    for name in [
        "CARGO_PKG_NAME", "CARGO_PKG_VERSION", "CARGO_PKG_VERSION_MAJOR", "CARGO_PKG_VERSION_MINOR",
        "CARGO_PKG_VERSION_PATCH", "CARGO_PKG_VERSION_PRE", "CARGO_PKG_AUTHORS", "CARGO_PKG_DESCRIPTION",
        "CARGO_PKG_HOMEPAGE", "CARGO_PKG_REPOSITORY", "CARGO_PKG_LICENSE", "CARGO_PKG_LICENSE_FILE",
        "CARGO_PKG_README", "CARGO_PKG_RUST_VERSION", "CARGO_MANIFEST_LINKS", "CARGO_FEATURE_PLAIN",
        "CARGO_FEATURE_WITH_DASH", "CARGO_FEATURE_OFF", "CARGO_FEATURE_DEFAULT", "CARGO_CFG_FEATURE", "CARGO_CFG_UNIX", "CARGO_CFG_TARGET_OS",
        "CARGO_CFG_TARGET_ENDIAN", "CARGO_CFG_TARGET_FAMILY", "CARGO_CFG_DEBUG_ASSERTIONS", "OPT_LEVEL", "DEBUG",
        "PROFILE", "CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS", "RUSTC_BOOTSTRAP", "RUSTC_WRAPPER",
    ] {
        seen.push(format!("{name}={}", var(name).unwrap_or("(not set)".into())));
    }
    let folder = var("CARGO_MANIFEST_DIR").unwrap();
    assert_eq!(Path::new(&folder), current_dir().unwrap());
    assert_eq!(var("CARGO_MANIFEST_PATH").unwrap(), format!("{folder}/Cargo.toml"));
    assert_eq!(var("TARGET"), var("HOST"));
    assert!(var("TARGET").unwrap().starts_with(&var("CARGO_CFG_TARGET_ARCH").unwrap()));
    assert!(var("CARGO_CFG_TARGET_HAS_ATOMIC").unwrap().contains(",ptr"));
    assert!(var("NUM_JOBS").unwrap().parse::<u32>().unwrap() > 0);
    assert!(Path::new(&var("OUT_DIR").unwrap()).is_dir());
    for name in ["CARGO", "RUSTC", "RUSTDOC", "PATH"] {
        assert!(!var(name).unwrap().is_empty(), "{name}");
    }
    println!("cargo::rustc-env=SEEN={}", seen.join("|"));
}
