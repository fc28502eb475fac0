//! Accounts of what was built: programs say what they are made of, and their dynamic sections what they load.

#![allow(clippy::unwrap_used, missing_docs)]
#![cfg(target_os = "linux")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

/// Two programs over one shared object, laid out as an image is.
struct Image(tempfile::TempDir);

impl Image {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["image/bin", "image/lib"] {
            fs::create_dir_all(path(name)).unwrap();
        }
        fs::write(path("part.c"), "int part(void) { return 0; }\n").unwrap();
        let library = path("image/lib/libimage.so");
        compile(&["-shared", "-fPIC", "-nostdlib"], &[path("part.c")], &library);
        for (name, kind) in [("loads", "runtime"), ("made-by", "build")] {
            let account = json!({ "packages": [
                { "name": "memchr", "version": "2.7.4", "source": "crates.io", "kind": kind },
                { "name": format!("source-of-{name}"), "version": "0.1.0", "source": "local", "root": true, "dependencies": [0, 2] },
                { "name": "of-git", "version": "0.3.0", "source": "git", "kind": kind },
            ]});
            let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
            packed.write_all(account.to_string().as_bytes()).unwrap();
            let section = path(&format!("{name}.section"));
            fs::write(&section, packed.finish().unwrap()).unwrap();
            let text = format!(
                "int part(void);\nint main(void) {{ return part(); }}\n\
                 __asm__(\".pushsection .dep-v0\\n.incbin \\\"{}\\\"\\n.popsection\");\n",
                section.display()
            );
            let source = path(&format!("{name}.c"));
            fs::write(&source, text).unwrap();
            compile(&[], &[source, library.clone()], &path(&format!("image/bin/{name}")));
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The name of a file of the image, as accounts have it.
    fn file(&self, name: &str) -> String {
        self.path("image").join(name).display().to_string()
    }

    fn dyrust(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_dyrust"))
            .args(arguments)
            .arg(self.path("image"))
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    }
}

/// An object that is given by an absolute path is needed by it, as dyrust links.
fn compile(flags: &[&str], inputs: &[PathBuf], output: &Path) {
    let status = Command::new("cc")
        .args(flags)
        .args(inputs)
        .arg("-o")
        .arg(output)
        .status();
    assert!(status.unwrap().success());
}

#[test]
fn advisories_name_the_programs_of_an_image() {
    let image = Image::new();
    let advisory = |patched: &str| {
        let folder = image.path("db/crates/memchr");
        fs::create_dir_all(&folder).unwrap();
        let text = format!(
            "```toml\n[advisory]\nid = \"RUSTSEC-2099-0001\"\npackage = \"memchr\"\ndate = \"2099-01-01\"\n\
             [versions]\npatched = [\"{patched}\"]\n```\n\n# memchr is wrong\n\nIt is.\n"
        );
        fs::write(folder.join("RUSTSEC-2099-0001.md"), text).unwrap();
    };
    let database = image.path("db").display().to_string();
    let audit = ["audit", "--db", &database];
    advisory(">= 2.99.1");
    let (code, text) = image.dyrust(&audit);
    assert_eq!(code, Some(1), "{text}");
    for told in [
        "RUSTSEC-2099-0001: memchr 2.7.4: memchr is wrong".to_owned(),
        format!("\n  in: {}\n", image.file("bin/loads")),
        format!("\n  builds: {}\n", image.file("bin/made-by")),
        "mended by: memchr 2.99.1".to_owned(),
    ] {
        assert!(text.contains(&told), "{told}: {text}");
    }
    advisory(">= 2.7.4");
    let (code, text) = image.dyrust(&audit);
    assert_eq!(code, Some(0), "{text}");
}

/// The platforms of graphs counted for built programs too: what is wrong on the processor of a program alone was missed.
#[test]
fn the_platform_of_a_graph_is_not_that_of_an_image() {
    let image = Image::new();
    let folder = image.path("db/crates/memchr");
    fs::create_dir_all(&folder).unwrap();
    let text = "```toml\n[advisory]\nid = \"RUSTSEC-2099-0001\"\npackage = \"memchr\"\ndate = \"2099-01-01\"\n\
                [versions]\npatched = []\n[affected]\narch = [\"aarch64\"]\n```\n\n# memchr is wrong\n\nIt is.\n";
    fs::write(folder.join("RUSTSEC-2099-0001.md"), text).unwrap();
    let database = image.path("db").display().to_string();
    let graph = concat!(env!("CARGO_MANIFEST_DIR"), "/../packages/sd.json");
    let target = "x86_64-unknown-linux-gnu";
    let (code, text) = image.dyrust(&["audit", "--db", &database, "--graph", graph, "--target", target]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains(&image.file("bin/loads")) && !text.contains("sd.json"),
        "{text}"
    );
}

#[test]
fn the_account_has_what_a_program_loads() {
    let image = Image::new();
    let (code, text) = image.dyrust(&["sbom"]);
    assert_eq!(code, Some(0));
    let bom: Value = serde_json::from_str(&text).unwrap();
    let needs = |name: &str| -> Vec<String> {
        let all = bom["dependencies"].as_array().unwrap();
        let entry = all.iter().find(|entry| entry["ref"] == image.file(name)).unwrap();
        let list = entry["dependsOn"].as_array().unwrap();
        list.iter().map(|id| id.as_str().unwrap().to_owned()).collect()
    };
    let components = bom["components"].as_array().unwrap();
    let component = |reference: &str| {
        let found = components.iter().find(|component| component["bom-ref"] == reference);
        found.unwrap().clone()
    };
    assert_eq!(component("memchr@2.7.4")["purl"], "pkg:cargo/memchr@2.7.4");
    // Without an address it was the default registry's package of that name.
    assert_eq!(component("of-git@0.3.0 (git)")["purl"], Value::Null);
    let library = image.file("lib/libimage.so");
    assert_eq!(component(&library)["hashes"][0]["content"].as_str().unwrap().len(), 64);
    for program in ["bin/loads", "bin/made-by"] {
        let needed = needs(program);
        assert!(
            needed.contains(&library) && needed.contains(&"memchr@2.7.4".to_owned()),
            "{needed:?}"
        );
        let component = component(&image.file(program));
        let properties = component["properties"].as_array().unwrap();
        let loads: Vec<_> = properties
            .iter()
            .filter(|property| property["name"] == "dyrust:loads")
            .map(|property| property["value"].as_str().unwrap())
            .collect();
        assert_eq!(loads, [library.as_str()], "{program}");
    }

    let (code, text) = image.dyrust(&["sbom", "--as", "spdx"]);
    assert_eq!(code, Some(0));
    let document: Value = serde_json::from_str(&text).unwrap();
    let packages = document["packages"].as_array().unwrap();
    let id = |name: &str| packages.iter().find(|package| package["name"] == name).unwrap()["SPDXID"].clone();
    let relations = document["relationships"].as_array().unwrap();
    for (from, kind, to) in [
        ("libimage.so", "RUNTIME_DEPENDENCY_OF", "loads"),
        ("libimage.so", "RUNTIME_DEPENDENCY_OF", "made-by"),
        ("loads", "GENERATED_FROM", "memchr"),
        ("memchr", "BUILD_DEPENDENCY_OF", "made-by"),
    ] {
        let holds = relations.iter().any(|relation| {
            relation["relationshipType"] == kind
                && relation["spdxElementId"] == id(from)
                && relation["relatedSpdxElement"] == id(to)
        });
        assert!(holds, "{from} {kind} {to}: {text}");
    }
}

/// A program without an account was passed over beside others, as if nothing were wrong with it, and a damaged account was none.
#[test]
fn what_a_program_does_not_say_is_told() {
    let image = Image::new();
    // Of a database without any advisory nothing could be told.
    let advisory = "```toml\n[advisory]\nid = \"RUSTSEC-2099-0001\"\npackage = \"other\"\ndate = \"2099-01-01\"\n[versions]\npatched = []\n```\n\n# Other\n";
    fs::create_dir_all(image.path("db/crates/other")).unwrap();
    fs::write(image.path("db/crates/other/RUSTSEC-2099-0001.md"), advisory).unwrap();
    let database = image.path("db").display().to_string();
    let said = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dyrust"));
        let output = command.args(arguments).arg(image.path("image")).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let audit = ["audit", "--db", &database];
    for arguments in [&audit[..], &["sbom"]] {
        assert_eq!(said(arguments), (Some(0), String::new()));
    }
    fs::write(image.path("silent.c"), "int main(void) { return 0; }\n").unwrap();
    compile(&[], &[image.path("silent.c")], &image.path("image/bin/silent"));
    for arguments in [&audit[..], &["sbom"]] {
        let (code, said) = said(arguments);
        let start = format!("note: {} does not say what it is made of", image.file("bin/silent"));
        assert!(code == Some(0) && said.starts_with(&start), "{said}");
    }
    let text =
        "int main(void) { return 0; }\n__asm__(\".pushsection .dep-v0\\n.ascii \\\"damaged\\\"\\n.popsection\");\n";
    fs::write(image.path("silent.c"), text).unwrap();
    compile(&[], &[image.path("silent.c")], &image.path("image/bin/silent"));
    for arguments in [&audit[..], &["sbom"]] {
        let (code, said) = said(arguments);
        assert!(
            code == Some(2) && said.contains("bin/silent: it does not say what it is made of"),
            "{said}"
        );
    }
}
