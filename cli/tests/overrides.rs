//! `dyrust overrides`: crates that are given libraries, that look for some in vain, and that need none.

#![allow(clippy::unwrap_used, missing_docs)]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn dyrust(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_dyrust"))
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The graph of a program with a crate of each kind; the crates by which scripts look for libraries are of its own.
fn graph(folder: &Path) -> String {
    let write = |file: &str, text: &str| {
        let file = folder.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    let looking = "[build-dependencies]\npkg-config = { path = '../pkg-config' }\n";
    let compiling = "[build-dependencies]\ncc = { path = '../cc' }\n";
    // As mlua-sys with its feature `vendored`, which was said to need a library.
    let bringing = "[build-dependencies]\nlua-src = { path = '../lua-src' }\npkg-config = { path = '../pkg-config' }\n";
    let mut lock = "version = 4\n".to_owned();
    let mut dependencies = String::new();
    for (name, links, needs) in [
        ("z-sys", "links = 'z'\n", looking),
        ("pcap-sys", "links = 'pcap'\n", looking),
        ("finds", "", looking),
        ("apart", "links = 'apart-1'\n", ""),
        ("brings", "links = 'brings'\n", compiling),
        ("lua-sys", "links = 'lua'\n", bringing),
        ("plain", "", ""),
        ("pkg-config", "", ""),
        ("cc", "", ""),
        ("lua-src", "", ""),
    ] {
        write(
            &format!("{name}/Cargo.toml"),
            &format!("[package]\nname = '{name}'\nversion = '1.0.0'\nbuild = 'build.rs'\n{links}{needs}"),
        );
        write(&format!("{name}/build.rs"), "fn main() {}");
        write(&format!("{name}/src/lib.rs"), "");
        dependencies += &format!("{name} = {{ path = '{name}' }}\n");
        lock += &format!("[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n");
        let used: Vec<_> = ["cc", "lua-src", "pkg-config"]
            .into_iter()
            .filter(|used| needs.contains(used))
            .collect();
        if !used.is_empty() {
            lock += &format!("dependencies = {used:?}\n");
        }
    }
    lock += "[[package]]\nname = \"app\"\nversion = \"1.0.0\"\n\
             dependencies = [\"apart\", \"brings\", \"cc\", \"finds\", \"lua-src\", \"lua-sys\", \"pcap-sys\", \"pkg-config\", \"plain\", \"z-sys\"]\n";
    write(
        "Cargo.toml",
        &format!("[workspace]\n[package]\nname = 'app'\nversion = '1.0.0'\n[dependencies]\n{dependencies}"),
    );
    write("src/main.rs", "fn main() {}");
    write("Cargo.lock", &lock);
    dyrust(&["import", "--offline", "--quiet", folder.to_str().unwrap()]);
    folder.join("crate-graph.json").to_str().unwrap().to_owned()
}

#[test]
fn what_is_missing_is_told_from_what_is_given_and_what_needs_none() {
    let folder = tempfile::tempdir().unwrap();
    let graph = graph(folder.path());
    let told: Value = serde_json::from_str(&dyrust(&["overrides", "--graph", &graph, "--format", "json"])).unwrap();
    let crates = |kind: &str| -> Vec<String> {
        let list = told[kind].as_array().unwrap();
        list.iter()
            .map(|one| {
                format!(
                    "{}: {}",
                    one["crate"].as_str().unwrap(),
                    one["override"].as_str().unwrap()
                )
            })
            .collect()
    };
    assert_eq!(crates("given"), ["pkg-config: pkg-config", "z-sys: z"]);
    assert_eq!(crates("missing"), ["finds: finds", "pcap-sys: pcap"]);
    assert_eq!(crates("unknown"), ["apart: apart-1"]);
    let text = dyrust(&["overrides", "--graph", &graph]);
    assert!(
        text.contains("pcap-sys 1.0.0, links pcap: overrides.\"pcap\".libraries = [ pkgs.… ];"),
        "{text}"
    );
    assert!(
        !text.contains("brings") && !text.contains("lua") && !text.contains("plain"),
        "{text}"
    );
}
