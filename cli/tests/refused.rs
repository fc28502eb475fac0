//! What Cargo refuses dyrust refuses, though there is a lock that fits: each case is held against the Cargo that is installed.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Command;

/// The first lines of a package's manifest.
const PACKAGE: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";

/// What is put behind those lines, further files with their texts, and what dyrust says.
type Case = (&'static str, &'static [(&'static str, &'static str)], &'static str);

const CASES: &[Case] = &[
    (
        "[lib]\nproc_macro = true\n",
        &[],
        "`proc_macro` is no longer known in edition 2024",
    ),
    (
        "[dev_dependencies]\nb = { path = \"b\" }\n",
        &[],
        "`dev_dependencies` is no longer known in edition 2024",
    ),
    (
        "[dependencies]\nb = { path = \"b\", default_features = false }\n",
        &[],
        "`default_features` is no longer known in edition 2024",
    ),
    ("autolib = false\n", &[], "the package has no targets"),
    (
        "links = \"z\"\n",
        &[],
        "the package links to `z`, but has no build script",
    ),
    (
        "rust-version = \"1.60\"\n",
        &[],
        "is below 1.85.0, which edition 2024 needs",
    ),
    (
        "[[bin]]\nname = \"examples\"\npath = \"src/lib.rs\"\n",
        &[],
        "a program can't be named `examples`",
    ),
    ("default-run = \"b\"\n", &[], "`default-run` names `b`"),
    (
        "[workspace.dependencies]\nb = { path = \"b\", optional = true }\n",
        &[],
        "`workspace.dependencies.b` is optional",
    ),
    (
        "resolver = \"2\"\n[workspace]\nresolver = \"2\"\n",
        &[],
        "`resolver` is in [package] and in [workspace]",
    ),
    ("[profile.x]\nopt-level = 1\n", &[], "profile `x` has no `inherits`"),
    (
        "[profile.x]\ninherits = \"y\"\n[profile.y]\ninherits = \"x\"\n",
        &[],
        "inherits from itself",
    ),
    (
        "[profile.release.package.a]\npanic = \"abort\"\n",
        &[],
        "`panic` can't be said for packages or build scripts alone, in profile `release`",
    ),
    (
        "[profile.dev.build-override]\nlto = true\n",
        &[],
        "`lto` can't be said for packages or build scripts alone, in profile `dev`",
    ),
    (
        "[profile.release]\nrustflags = [\"-Cdebuginfo=0\"]\n",
        &[],
        "`rustflags` of profile `release` is unstable in Cargo",
    ),
    (
        "[patch.nowhere]\nb = { path = \"b\" }\n",
        &[],
        "`nowhere` is neither a registry's name nor an address",
    ),
    (
        "[patch.crates-io]\nb = \"0.1.0\"\n",
        &[],
        "the patch of `b` is from the same source",
    ),
    (
        "[replace]\n\"b\" = { path = \"b\" }\n",
        &[],
        "`replace.b` has no version",
    ),
    (
        "[dependencies]\nb = { path = \"b\" }\n",
        &[(
            "b/Cargo.toml",
            "[package]\nname = \"b\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\na = { path = \"..\" }\n",
        )],
        "packages depend on each other in a circle: `a 0.1.0` depends on `b 0.1.0` depends on `a 0.1.0`",
    ),
];

fn lock(text: &str, circle: bool) -> String {
    let package = |name: &str, dependency: Option<&str>| {
        let list = dependency.map(|name| format!("dependencies = [\n \"{name}\",\n]\n"));
        let list = list.unwrap_or_default();
        format!("\n[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\n{list}")
    };
    match text.contains("dependencies]\nb") {
        true => format!(
            "version = 4\n{}{}",
            package("a", Some("b")),
            package("b", circle.then_some("a"))
        ),
        false => format!("version = 4\n{}", package("a", None)),
    }
}

fn write(folder: &Path, name: &str, text: &str) {
    let file = folder.join(name);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

#[test]
fn what_cargo_refuses_is_refused() {
    for (text, files, message) in CASES {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        write(folder, "Cargo.toml", &format!("{PACKAGE}{text}"));
        write(folder, "Cargo.lock", &lock(text, !files.is_empty()));
        write(folder, "src/lib.rs", "");
        write(folder, "b/Cargo.toml", &PACKAGE.replace("\"a\"", "\"b\""));
        write(folder, "b/src/lib.rs", "");
        files.iter().for_each(|(name, text)| write(folder, name, text));
        // `metadata` would do for most, but not for profiles.
        let cargo = Command::new("cargo")
            .args(["tree", "--locked", "--offline"])
            .current_dir(folder)
            .output()
            .unwrap();
        let build = || {
            let command = Command::new("cargo")
                .args(["check", "--quiet", "--locked", "--offline"])
                .current_dir(folder)
                .env("CARGO_TARGET_DIR", folder.join("target"))
                .output();
            command.unwrap().status.success()
        };
        assert!(!cargo.status.success() || !build(), "Cargo takes {text}");
        let dyrust = Command::new(env!("CARGO_BIN_EXE_dyrust"))
            .arg("import")
            .arg(folder)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&dyrust.stderr);
        assert!(said.contains(message) && !dyrust.status.success(), "{text}: {said}");
        assert!(!folder.join("crate-graph.json").exists(), "{text}");
    }
}
