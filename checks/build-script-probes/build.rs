//! Asks rustc what it can do, in the ways that crates on the registry do.

use std::process::{Command, Stdio};

/// Whether a piece of code compiles.
fn compiles(name: &str, code: &str) -> bool {
    let folder = std::env::var("OUT_DIR").unwrap();
    let file = format!("{folder}/{name}.rs");
    std::fs::write(&file, code).unwrap();
    let mut command = Command::new(std::env::var_os("RUSTC").unwrap());
    command.args(["--edition=2021", "--crate-type=lib", "--emit=metadata", "--out-dir", &folder, "--cap-lints=allow"]);
    command.args(["--target", &std::env::var("TARGET").unwrap()]).arg(&file).stderr(Stdio::null());
    command.status().unwrap().success()
}

fn main() {
    let version = Command::new(std::env::var_os("RUSTC").unwrap()).arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let release = version.lines().find_map(|line| line.strip_prefix("release: ")).unwrap();
    println!("cargo:rustc-env=CHANNEL={}", if release.contains('-') { "not stable" } else { "stable" });
    println!("cargo:rustc-env=STABLE_CODE={}", compiles("stable", "pub fn f() -> Option<u8> { let 1..=2 = 3u8 else { return None }; Some(1) }"));
    println!("cargo:rustc-env=UNSTABLE_FEATURE={}", compiles("unstable", "#![feature(never_type)] pub fn f() -> ! { loop {} }"));
    println!("cargo:rustc-env=WRONG_CODE={}", compiles("wrong", "pub fn f() -> u8 { \"\" }"));
    // There is no repository, but gitui's build script wants the program to be there.
    let git = Command::new("git").args(["rev-parse", "--short", "HEAD"]).output().unwrap();
    println!("cargo:rustc-env=COMMIT={}", if git.status.success() { "known" } else { "unknown" });
    println!("cargo:rustc-env=WITHOUT_STD={}", compiles("bare", "#![no_std] pub fn f() -> u8 { 1 }"));
}
