//! What Cargo warns of in manifests `dyrust import` warns of: each case is held against the Cargo that is installed.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

const PACKAGE: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
const MEMBER: &str = "[package]\nname = \"b\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";

/// The root's manifest and the member's, and the warnings; there is no member where there is no text.
type Case = (&'static str, &'static str, &'static [&'static str]);

/// `A` and `B` stand for the first four lines of the packages.
const CASES: &[Case] = &[
    ("A", "", &[]),
    // A mistyped key did nothing, and nothing was said.
    (
        "Alicence = \"MIT\"\nrust_version = \"1.60\"\n[lib]\ncrate_types = [\"lib\"]\n[profile.release]\nopt_level = 3\n",
        "",
        &[
            "Cargo.toml:5: unused manifest key: package.licence",
            "Cargo.toml:6: unused manifest key: package.rust_version",
            "Cargo.toml:8: unused manifest key: lib.crate_types",
            "Cargo.toml:10: unused manifest key: profile.release.opt_level",
        ],
    ),
    (
        "A[[bin]]\nname = \"x\"\npath = \"src/lib.rs\"\n[[bin]]\nname = \"y\"\npath = \"src/main.rs\"\ntype = \"z\"\n[badge]\nx = 1\n",
        "",
        &[
            "Cargo.toml:11: unused manifest key: bin.1.type",
            "Cargo.toml:12: unused manifest key: badge",
        ],
    ),
    // A table of Cargo's configuration is none of a manifest.
    (
        "A[build]\nrustflags = [\"-g\"]\n[net]\noffline = true\n",
        "",
        &[
            "Cargo.toml:5: unused manifest key: build: it is a key of .cargo/config.toml",
            "Cargo.toml:7: unused manifest key: net: it is a key of .cargo/config.toml",
        ],
    ),
    (
        "A[workspace]\nmember = []\n[dependencies]\nb = { path = \"b\", featuers = [], default_features = false }\n\
         [target.'cfg(unix)'.dev-dependencies]\nb = { path = \"b\", optonal = true }\n[target.'cfg(unix)']\nx = 1\n\
         [patch.crates-io]\nc = { path = \"c\", vesion = \"1\" }\n",
        "B",
        &[
            "Cargo.toml:6: unused manifest key: workspace.member",
            "Cargo.toml:8: unused manifest key: dependencies.b.featuers",
            "Cargo.toml:8: `default_features` is an old spelling, which edition 2024 does not know: write `default-features`",
            "Cargo.toml:10: unused manifest key: target.cfg(unix).dev-dependencies.b.optonal",
            "Cargo.toml:12: unused manifest key: target.cfg(unix).x",
            "Cargo.toml:14: unused manifest key: patch.crates-io.c.vesion",
        ],
    ),
    // A virtual workspace, and what a member says in vain.
    (
        "[workspace]\nmembers = [\"b\"]\nresolver = \"2\"\nunknown = 1\n[workspace.package]\nlicence = \"MIT\"\n\
         [workspace.dependencies]\nc = { path = \"c\", wrong = 1 }\n",
        "Bresolver = \"1\"\nfoo.bar = 1\n[profile.release]\nlto = true\n[patch.crates-io]\nc = { path = \"../c\" }\n\
         [dependencies]\nc = { workspace = true, other = 2, default-features = false }\n[lib]\nproc_macro = true\n",
        &[
            "Cargo.toml:4: unused manifest key: workspace.unknown",
            "Cargo.toml:6: unused manifest key: workspace.package.licence",
            "Cargo.toml:8: unused manifest key: workspace.dependencies.c.wrong",
            "b/Cargo.toml:5: `resolver = \"1\"` of a member is not heeded: write it into the manifest of the workspace's root",
            "b/Cargo.toml:6: unused manifest key: package.foo",
            "b/Cargo.toml:7: [profile] of a member is not heeded: write it into the manifest of the workspace's root",
            "b/Cargo.toml:9: [patch] of a member is not heeded: write it into the manifest of the workspace's root",
            "b/Cargo.toml:12: unused manifest key: dependencies.c.other",
            "b/Cargo.toml:12: `default-features = false` is not heeded for `c`, as `workspace.dependencies.c` has them on: write it there",
            "b/Cargo.toml:14: `proc_macro` is an old spelling, which edition 2024 does not know: write `proc-macro`",
        ],
    ),
    // Without a resolver a virtual workspace has the oldest.
    (
        "[workspace]\nmembers = [\"b\"]\n",
        "B",
        &[
            "Cargo.toml:1: the workspace names no resolver and has number 1, though members are of edition 2021, which stands for 2: write `resolver = \"2\"`, or `resolver = \"1\"` for what is now",
        ],
    ),
    ("[workspace]\nmembers = [\"b\"]\nresolver = \"1\"\n", "B", &[]),
    // Lints.
    (
        "A[workspace]\nmembers = [\"b\"]\n[workspace.lints.rust]\nunused = { level = \"warn\", prio = 1 }\n\
         unexpected_cfgs = { level = \"warn\", check-cfg = [\"cfg(x)\"] }\n[lints.rust]\nunsafe_code = { level = \"forbid\", x = 1 }\n\
         [lints.cargo]\nfoo = \"warn\"\n[lints.mine]\nx = \"warn\"\n",
        "B[lints]\nworkspace = true\n",
        &[
            "Cargo.toml:8: unused manifest key: workspace.lints.rust.unused.prio",
            "Cargo.toml:11: unused manifest key: lints.rust.unsafe_code.x",
            "Cargo.toml:12: unused manifest key: lints.cargo: only unstable Cargos read it",
            "Cargo.toml:14: unrecognized lint tool `mine`: those that are known are cargo, clippy, rust, rustdoc",
        ],
    ),
    // Profiles, features, conditions.
    (
        "A[profile.doc]\nopt-level = 1\n[profile.test]\npanic = \"abort\"\n[features]\ndefault-features = []\n\
         [target.'cfg(debug_assertions)'.dependencies]\nb = { path = \"b\", public = true }\n",
        "B",
        &[
            "Cargo.toml:5: profile `doc` has no effect: leave it out",
            "Cargo.toml:8: `panic` has no effect in profile `test`: leave it out",
            "Cargo.toml:10: no feature named `default-features` is on by itself, only one named `default`: rename it if that is meant",
            "Cargo.toml:11: Found `debug_assertions` in `target.'cfg(...)'.dependencies`. This value is not supported for selecting dependencies and will not work as expected. To learn more visit https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html#platform-specific-dependencies",
            "Cargo.toml:12: `public` of dependency `b` is unstable in Cargo, and not heeded: leave it out",
        ],
    ),
    // What is not of the workspace is not told of, and what has any form is no key.
    (
        "A[package.metadata.x]\ny = 1\n[badges.x]\ny = \"1\"\n[dependencies]\nb = { path = \"b\" }\n",
        "Bfoo = 1\n",
        &[],
    ),
    (
        "[project]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dev_dependencies]\nb = { path = \"b\", x = 1 }\n",
        "B",
        &[
            "Cargo.toml:1: `[project]` is an old spelling, which edition 2024 does not know: write `[package]`",
            "Cargo.toml:5: `dev_dependencies` is an old spelling, which edition 2024 does not know: write `dev-dependencies`",
            "Cargo.toml:6: unused manifest key: dev_dependencies.b.x",
        ],
    ),
];

/// What is said of each other matter: Cargo's words and dyrust's.
const WORDS: &[(&str, &str)] = &[
    ("for the non root package will be ignored", " of a member is not heeded"),
    (" is deprecated in favor of ", " is an old spelling"),
    ("`default-features` is ignored for", " is not heeded for `"),
    ("ignoring `public` on dependency", "`public` of dependency"),
    ("unrecognized lint tool", "unrecognized lint tool"),
    ("profile `doc` is deprecated", "profile `doc` has no effect"),
    ("`panic` setting is ignored", "`panic` has no effect"),
    (
        "defines a feature named `default-features`",
        "no feature named `default-features`",
    ),
    (
        "not supported for selecting dependencies",
        "not supported for selecting dependencies",
    ),
    (
        "virtual workspace defaulting to `resolver",
        "names no resolver and has number 1",
    ),
];

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The keys that are said to be unused. Cargo has quotes around some, calls tables by their new spelling and leaves out where lints are.
fn unused(said: &str) -> BTreeSet<String> {
    let after = said.lines().filter_map(|line| line.split_once("unused manifest key"));
    after
        .map(|(_, key)| {
            let key = key.trim_start_matches([':', ' ', '`']);
            let end = key.find(['`', ' ']).unwrap_or(key.len());
            let key = key[..end]
                .trim_end_matches(':')
                .replace("dev_dependencies", "dev-dependencies");
            match key.strip_prefix("workspace.") {
                Some(lint) if lint.starts_with("lints.") => lint.to_owned(),
                _ => key,
            }
        })
        .collect()
}

fn import(folder: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dyrust"))
        .args(["import", "--offline"])
        .args(more)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

/// Writes the files of a case, and a lock that Cargo makes.
fn prepare(folder: &Path, root: &str, member: &str) {
    let write = |name: &str, text: &str| {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    let root = match root.strip_prefix('A') {
        Some(rest) => format!("{PACKAGE}{rest}"),
        None => root.to_owned(),
    };
    write("Cargo.toml", &root);
    write("src/lib.rs", "");
    if root.contains("src/main.rs") {
        write("src/main.rs", "fn main() {}\n");
        write("src/lib.rs", "fn main() {}\n");
    }
    if let Some(rest) = member.strip_prefix('B') {
        write("b/Cargo.toml", &format!("{MEMBER}{rest}"));
        write("b/src/lib.rs", "");
    }
    write("c/Cargo.toml", &PACKAGE.replace("\"a\"", "\"c\""));
    write("c/src/lib.rs", "");
}

#[test]
fn what_cargo_warns_of_is_warned_of() {
    for (root, member, expected) in CASES {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        prepare(folder, root, member);
        let cargo = Command::new("cargo")
            .args(["check", "--offline", "--workspace"])
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", folder.join("target"))
            .output()
            .unwrap();
        let cargo = text(&cargo.stderr);
        assert!(folder.join("Cargo.lock").exists(), "{root}: {cargo}");
        let dyrust = import(folder, &["--workspace"]);
        let said = text(&dyrust.stderr);
        assert!(dyrust.status.success(), "{root}: {said}");
        let warnings: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("warning: ")).collect();
        assert_eq!(warnings, *expected, "{root}{member}: {said}");
        assert_eq!(unused(&said), unused(&cargo), "{root}{member}: {cargo}");
        for (theirs, ours) in WORDS {
            assert_eq!(
                said.contains(ours),
                cargo.contains(theirs),
                "{ours}: {root}{member}: {cargo}"
            );
        }
    }
}

/// As with Cargo nothing of it is said where nothing is to be said; programs read it.
#[test]
fn warnings_are_quiet_and_for_programs_too() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    prepare(folder, "A\"foo\\u001b[31m\" = 1\n", "");
    fs::write(
        folder.join("Cargo.lock"),
        "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n",
    )
    .unwrap();
    let quiet = import(folder, &["--quiet"]);
    assert_eq!(
        (text(&quiet.stderr), text(&quiet.stdout)),
        (String::new(), String::new())
    );
    let printed = import(folder, &["--format", "json"]);
    let value: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(text(&printed.stderr), "");
    let key = "Cargo.toml:5: unused manifest key: package.foo\u{1b}[31m";
    assert_eq!(value["warnings"], json!([key]));
    // The graph is the same, and nothing of others is printed raw.
    let again = import(folder, &[]);
    let said = text(&again.stderr);
    assert!(
        said.starts_with("warning: Cargo.toml:5: unused manifest key: package.foo\\u{1b}[31m\n"),
        "{said}"
    );
    assert!(said.contains("crate-graph.json is current"), "{said}");
}
