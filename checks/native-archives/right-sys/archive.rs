//! Compiles C sources to a static archive, as the `cc` crate does.

use std::process::Command;

pub fn build(name: &str, sources: &[&str]) {
    let out = std::env::var("OUT_DIR").unwrap();
    let tool = |name: &str, default: &str| Command::new(std::env::var(name).unwrap_or(default.into()));
    let archive = format!("{out}/lib{name}.a");
    let mut objects = Vec::new();
    for source in sources {
        let object = format!("{out}/{}.o", source.trim_end_matches(".c"));
        let status = tool("CC", "cc").args(["-c", "-O1", "-fPIC", "-ffunction-sections", source, "-o", &object]).status();
        assert!(status.unwrap().success());
        objects.push(object);
    }
    assert!(tool("AR", "ar").arg("rcs").arg(&archive).args(&objects).status().unwrap().success());
    println!("cargo:rustc-link-search=native={out}");
}
