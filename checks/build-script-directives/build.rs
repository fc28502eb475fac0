//! Every directive that changes a build, in both syntaxes.

use std::path::PathBuf;
use std::process::Command;

/// Compiles one C function to an object file.
fn object(name: &str, value: u32) -> String {
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").unwrap());
    let source = folder.join(format!("{name}.c"));
    std::fs::write(&source, format!("int {name}(void) {{ return {value}; }}\n")).unwrap();
    let object = folder.join(format!("{name}.o"));
    let compiler = std::env::var("CC").unwrap_or("cc".into());
    let status = Command::new(compiler).arg("-c").arg("-fPIC").arg(&source).arg("-o").arg(&object).status();
    assert!(status.unwrap().success());
    object.display().to_string()
}

fn main() {
    println!("this line is no directive, nor is the next");
    println!("Cargo:rustc-cfg=wrong_case");
    println!("cargo:rustc-cfg=one_colon");
    println!("cargo::rustc-cfg=two_colons");
    println!("cargo::rustc-cfg=flavor=\"sweet sour\"");
    println!("cargo::rustc-check-cfg=cfg(one_colon, two_colons, wrong_case)");
    println!("cargo:rustc-check-cfg=cfg(flavor, values(\"sweet sour\"))");
    println!("cargo:rustc-env=EQUATION=a = b = c");
    println!("cargo::rustc-env=EMPTY=");
    println!("  cargo::rustc-env=INDENTED=yes  ");
    println!("cargo:rustc-link-arg-bins={}", object("of_bins", 1));
    println!("cargo::rustc-link-arg-bin=build-script-directives={}", object("of_bin", 2));
    println!("cargo:rustc-link-arg={}", object("of_all", 3));
    println!("cargo:rustc-link-search=native={}", std::env::var("OUT_DIR").unwrap());
    println!("cargo:rustc-flags=-L /nonexistent/folder -l m");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=ANYTHING");
    println!("cargo:warning=this is shown and changes nothing");
    println!("cargo:some-key=some value");
    println!("cargo::metadata=another=value = with equals");
}
