//! What Cargo refuses dyrust refuses, though there is a lock that fits: each case is held against the Cargo that is installed.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

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
    // The manifest was named for what Cargo's configuration has.
    (
        "",
        &[(
            ".cargo/config.toml",
            "[term]\n[profile.release]\nrustflags = [\"-g\"]\n",
        )],
        ".cargo/config.toml:2: ",
    ),
    (
        "[profile.release]\nlto = true\n",
        &[(".cargo/config.toml", "[profile.release]\nlto = \"true\"\n")],
        ".cargo/config.toml:1: ",
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
    (
        "[lib]\npath = \"src/none.rs\"\n",
        &[],
        "Cargo.toml:6: the library `a` has `path = \"src/none.rs\"`, but there is no such file",
    ),
    (
        "build = \"none.rs\"\n",
        &[],
        "Cargo.toml:5: the package has `build = \"none.rs\"`, but there is no such file",
    ),
    (
        "[dependencies]\nb = { path = \"b\" }\n",
        &[(
            "b/Cargo.toml",
            "[package]\nname = \"b\"\nversion = \"0.1.0\"\n[lib]\npath = \"none.rs\"\n",
        )],
        "b/Cargo.toml:5: the library `b` has `path = \"none.rs\"`, but there is no such file",
    ),
    (
        "[dependencies]\nb = { path = \"b\", features = [\"none\"] }\n",
        &[],
        "Cargo.toml:6: `a 0.1.0` asks for feature `none` of `b 0.1.0`, which has none of that name",
    ),
    (
        "[dependencies]\nb = { path = \"b\", features = [\"none\"], optional = true }\n",
        &[],
        "Cargo.toml:6: `a 0.1.0` asks for feature `none` of `b 0.1.0`, which has none of that name",
    ),
    (
        "[dev-dependencies]\nb = { path = \"b\", features = [\"none\"] }\n",
        &[],
        "Cargo.toml:6: `a 0.1.0` asks for feature `none` of `b 0.1.0`, which has none of that name",
    ),
    (
        "[target.'cfg(windows)'.dependencies]\nb = { path = \"b\", features = [\"none\"] }\n",
        &[],
        "Cargo.toml:6: `a 0.1.0` asks for feature `none` of `b 0.1.0`, which has none of that name",
    ),
    (
        "[dependencies]\nb = { path = \"b\", optional = true }\n[features]\nx = [\"b/none\"]\n",
        &[],
        "Cargo.toml:8: `a 0.1.0` asks for feature `none` of `b 0.1.0`, which has none of that name",
    ),
    (
        "[dependencies]\nb = { path = \"b\", optional = true }\n[features]\nx = [\"b?/none\"]\n",
        &[],
        "Cargo.toml:8: `a 0.1.0` asks for feature `none` of `b 0.1.0`, which has none of that name",
    ),
    (
        "[profile.release]\nlto = \"bogus\"\n",
        &[("src/main.rs", "fn main() {}\n")],
        "Cargo.toml:5: rustc does not know `lto = \"bogus\"` of profile `release`",
    ),
    (
        "[lib]\ncrate-type = [\"cdylib\"]\n[profile.release]\nlto = \"\"\n",
        &[],
        "rustc does not know `lto = \"\"` of profile `release`",
    ),
    (
        "[profile.x]\ninherits = \"dev\"\nlto = \"true\"\n",
        &[],
        "`lto = \"true\"` of profile `x` is a string",
    ),
    (
        "[profile.release]\nstrip = \"x\"\n",
        &[],
        "Cargo.toml:5: rustc does not know `strip = \"x\"` of profile `release`",
    ),
    (
        "[profile.release.package.a]\nstrip = \"yes\"\n",
        &[],
        "rustc does not know `strip = \"yes\"` of profile `release`",
    ),
    (
        "[profile.release]\nopt-level = 7\n",
        &[],
        "rustc does not know `opt-level = 7` of profile `release`",
    ),
    (
        "[dependencies]\nb = { path = \"b\", branch = \"x\" }\n",
        &[],
        "dependency `b` has `branch`, but no `git`",
    ),
    (
        "[dependencies]\nb = { path = \"b\" }\n[target.'cfg(windows)'.dependencies]\nb = { path = \"c\" }\n",
        &[
            ("c/Cargo.toml", "[package]\nname = \"b\"\nversion = \"0.2.0\"\n"),
            ("c/src/lib.rs", ""),
        ],
        "Cargo.toml:8: dependency `b` has two sources",
    ),
    ("im-a-teapot = true\n", &[], "`package.im-a-teapot` is unstable"),
    (
        "[features]\nx = [\"x\"]\n",
        &[],
        "Cargo.toml:6: feature `x` depends on itself",
    ),
    (
        "[[bin]]\nname = \"b\"\npath = \"src/lib.rs\"\ncrate-type = [\"bin\"]\n",
        &[],
        "the program `b` has `crate-type`, which only libraries and examples can have",
    ),
    (
        "[[bin]]\nname = \"b\"\npath = \"src/lib.rs\"\nproc-macro = true\n",
        &[],
        "the program `b` has `proc-macro`",
    ),
    (
        "[[bin]]\nname = \"b\"\npath = \"src/lib.rs\"\nfilename = \"c\"\n",
        &[],
        "`bin.filename` is unstable",
    ),
    ("[lib]\nname = \"\"\n", &[], "the library's name is empty"),
    (
        "[lib]\ncrate-type = [\"foo\"]\n",
        &[],
        "Cargo.toml:5: the library's crate types are [\"foo\"], but rustc makes no library of that",
    ),
    ("[lib]\ncrate-type = [\"bin\"]\n", &[], "rustc makes no library of that"),
    ("[lib]\ncrate-type = []\n", &[], "rustc makes no library of that"),
    (
        "[profile.release]\npanic = \"immediate-abort\"\n",
        &[],
        "`panic = \"immediate-abort\"` of profile `release` is unstable",
    ),
    (
        "workspace = \".\"\n[workspace]\n",
        &[],
        "`package.workspace` says where the workspace is, but [workspace] is here",
    ),
    (
        "[patch.crates-io]\nb = { path = \"b\" }\nc = { path = \"b\", package = \"b\" }\n",
        &[],
        "`b` and `c` are patches of one source, and both are `b 0.1.0`",
    ),
    (
        "[profile.release]\ncodegen-units = 0\n",
        &[],
        "rustc does not know `codegen-units = 0` of profile `release`",
    ),
];

/// What Cargo takes, though it looks like what it refuses: rustc is never told of it.
const TAKEN: &[&str] = &[
    "[profile.release]\nlto = \"bogus\"\n",
    "[profile.dev]\nstrip = \"x\"\n",
    "[profile.release.build-override]\nstrip = \"x\"\n",
    "[profile.release.package.b]\nopt-level = 7\n",
    "[profile.release.package.\"*\"]\nstrip = \"x\"\n",
    "[profile.release]\nstrip = \"none\"\nlto = \"yes\"\ndebug = 1\nsplit-debuginfo = \"x\"\n",
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

/// Does Cargo do this with the package?
fn cargo(folder: &Path, verb: &str, flags: &[&str]) -> bool {
    let command = Command::new("cargo")
        .args([verb, "--quiet", "--locked", "--offline"])
        .args(flags)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .output();
    command.unwrap().status.success()
}

fn import(folder: &Path, flags: &[&str]) -> Output {
    let command = Command::new(env!("CARGO_BIN_EXE_dyrust"))
        .arg("import")
        .args(flags)
        .arg(folder)
        .output();
    command.unwrap()
}

#[test]
fn what_cargo_refuses_is_refused() {
    for (text, files, message) in CASES {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        write(folder, "Cargo.toml", &format!("{PACKAGE}{text}"));
        let circle = files.iter().any(|(_, text)| text.contains("a = { path"));
        write(folder, "Cargo.lock", &lock(text, circle));
        write(folder, "src/lib.rs", "");
        write(folder, "b/Cargo.toml", &PACKAGE.replace("\"a\"", "\"b\""));
        write(folder, "b/src/lib.rs", "");
        files.iter().for_each(|(name, text)| write(folder, name, text));
        // `metadata` would do for most, but not for profiles.
        let takes = cargo(folder, "tree", &[]) && cargo(folder, "build", &["--release"]);
        assert!(!takes, "Cargo takes {text}");
        let dyrust = import(folder, &[]);
        let said = String::from_utf8_lossy(&dyrust.stderr);
        assert!(said.contains(message) && !dyrust.status.success(), "{text}: {said}");
        assert!(!folder.join("crate-graph.json").exists(), "{text}");
    }
}

#[test]
fn what_cargo_takes_is_taken() {
    for text in TAKEN {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        write(folder, "Cargo.toml", &format!("{PACKAGE}{text}"));
        write(folder, "Cargo.lock", &lock(text, false));
        write(folder, "src/lib.rs", "");
        assert!(cargo(folder, "build", &["--release"]), "Cargo refuses {text}");
        let dyrust = import(folder, &[]);
        let said = String::from_utf8_lossy(&dyrust.stderr);
        assert!(dyrust.status.success(), "{text}: {said}");
    }
}

/// A profile of the configuration that nothing uses was refused; of one that is used nothing has changed.
#[test]
fn only_profiles_that_are_used_are_looked_at() {
    let cases = [
        ("[profile.unused]\nopt-level = 9\nother = 1\n", true),
        ("[profile.unused]\npanic = \"x\"\n", true),
        ("[profile.release]\npanic = \"x\"\n", false),
        ("[profile.dev]\nopt-level = \"9\"\n", false),
    ];
    for (text, is_taken) in cases {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        write(folder, "Cargo.toml", PACKAGE);
        write(folder, "Cargo.lock", &lock("", false));
        write(folder, "src/lib.rs", "");
        write(folder, ".cargo/config.toml", text);
        assert_eq!(cargo(folder, "build", &["--release"]), is_taken, "{text}");
        let dyrust = import(folder, &[]);
        let said = String::from_utf8_lossy(&dyrust.stderr);
        assert_eq!(dyrust.status.success(), is_taken, "{text}: {said}");
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "Cargo.toml", PACKAGE);
    write(folder, "Cargo.lock", &lock("", false));
    write(folder, "src/lib.rs", "");
    write(
        folder,
        ".cargo/config.toml",
        "[profile.one]\ninherits = \"two\"\n[profile.two]\ninherits = \"release\"\nopt-level = \"x\"\n",
    );
    assert!(!cargo(folder, "build", &["--profile", "one"]));
    let dyrust = import(folder, &["--profile", "one"]);
    let said = String::from_utf8_lossy(&dyrust.stderr);
    assert!(
        said.contains("profile `two` is not valid") && !dyrust.status.success(),
        "{said}"
    );
}

/// Cargo looks for the files of what it builds, and no others; a graph that names one that is not there failed when it was evaluated.
#[test]
fn a_target_without_its_file_is_refused_where_it_is_built() {
    let kinds = [
        ("[[bin]]", "program", "--bins"),
        ("[[example]]", "example", "--examples"),
        ("[[test]]", "test", "--tests"),
        ("[[bench]]", "benchmark", "--benches"),
    ];
    for (header, word, flag) in kinds {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let listed = |name: &str, path: &str| format!("{header}\nname = \"{name}\"\npath = \"{path}\"\n");
        write(folder, "Cargo.lock", &lock("", false));
        write(folder, "src/lib.rs", "");
        write(folder, "src/there.rs", "fn main() {}\n");
        let there = listed("there", "src/there.rs");
        for path in ["src/none.rs", "src"] {
            let manifest = format!("{PACKAGE}{there}{}", listed("x", path));
            write(folder, "Cargo.toml", &manifest);
            for flags in [&[][..], &[flag], &["--lib"]] {
                let takes = cargo(folder, "build", flags);
                assert_eq!(
                    takes,
                    flags == ["--lib"] || flags.is_empty() && header != "[[bin]]",
                    "{header} {flags:?}"
                );
                // A graph that is there says what is asked for.
                let _ = fs::remove_file(folder.join("crate-graph.json"));
                let dyrust = import(folder, flags);
                let said = String::from_utf8_lossy(&dyrust.stderr);
                assert_eq!(dyrust.status.success(), takes, "{header} {flags:?}: {said}");
                let message =
                    format!("Cargo.toml:10: the {word} `x` has `path = \"{path}\"`, but there is no such file");
                assert!(takes || said.contains(&message), "{header} {flags:?}: {said}");
            }
        }
        write(folder, "Cargo.toml", &format!("{PACKAGE}{there}"));
        assert!(cargo(folder, "build", &[flag]) && import(folder, &[flag]).status.success());
    }
}
