//! What is wrong is said with file, line and what to do, and nothing is half-written. One table: a case for each mistake makes it long.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Command;

/// A package that depends on nothing, and its lock.
const PLAIN: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
    ),
    (
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n",
    ),
    ("src/main.rs", "fn main() {}\n"),
];

/// A macro that is no member, and what it uses.
const WITH_MACRO: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[workspace]\nexclude = [\"m\", \"u\"]\n[dependencies]\nm = { path = \"m\" }\n",
    ),
    (
        "m/Cargo.toml",
        "[package]\nname = \"m\"\nversion = \"1.0.0\"\n[lib]\nproc-macro = true\n[dependencies]\nu = { path = \"../u\" }\n[features]\nf = []\n",
    ),
    ("m/src/lib.rs", "\n"),
    ("u/Cargo.toml", "[package]\nname = \"u\"\nversion = \"1.0.0\"\n"),
    ("u/src/lib.rs", "\n"),
    (
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\ndependencies = [\"m\"]\n\n[[package]]\nname = \"m\"\nversion = \"1.0.0\"\ndependencies = [\"u\"]\n\n[[package]]\nname = \"u\"\nversion = \"1.0.0\"\n",
    ),
];

struct Case {
    /// Files put over [`PLAIN`]; an empty text removes the file.
    files: &'static [(&'static str, &'static str)],
    arguments: &'static [&'static str],
    /// The message without `error: `; `DIR` stands for the folder.
    message: &'static str,
}

const fn case(
    files: &'static [(&'static str, &'static str)],
    arguments: &'static [&'static str],
    message: &'static str,
) -> Case {
    Case {
        files,
        arguments,
        message,
    }
}

const CASES: &[Case] = &[
    // The lock.
    case(
        &[("Cargo.lock", "")],
        &[],
        "DIR/Cargo.lock: there is no Cargo.lock beside the workspace's manifest: run `cargo generate-lockfile` and commit the file",
    ),
    case(
        &[("Cargo.lock", "version = 9\n")],
        &[],
        "Cargo.lock:1: this lock has version 9, but the newest known is 4: use a newer dyrust",
    ),
    case(
        &[(
            "Cargo.lock",
            "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.2.0\"\n",
        )],
        &[],
        "Cargo.lock: the lock has no package `a` 0.1.0, which Cargo.toml describes: the lock is out of date\n  help: run `cargo update --workspace`",
    ),
    // A member that is not selected was not looked for.
    case(
        &[
            (
                "Cargo.toml",
                "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[workspace]\nmembers = [\"b\"]\n",
            ),
            ("b/Cargo.toml", "[package]\nname = \"b\"\nversion = \"0.1.0\"\n"),
            ("b/src/lib.rs", "\n"),
        ],
        &[],
        "Cargo.lock: the lock has no package `b` 0.1.0, which b/Cargo.toml describes: the lock is out of date\n  help: run `cargo update --workspace`",
    ),
    case(
        &[(
            "Cargo.lock",
            "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\ndependencies = [\"b\"]\n",
        )],
        &[],
        "Cargo.lock:3: package `a` depends on `b`, which is not in the lock: run `cargo generate-lockfile`",
    ),
    case(
        &[(
            "Cargo.lock",
            "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"one\"\n",
        )],
        &[],
        "Cargo.lock:3: package `a` has version `one`, which is not a version: unexpected character 'o' while parsing major version number",
    ),
    case(
        &[(
            "Cargo.lock",
            "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\nsource = \"hg+x\"\n",
        )],
        &[],
        "Cargo.lock:3: package `a` has the source `hg+x`, which is of no known kind: expected registry+…, sparse+… or git+…",
    ),
    case(
        &[(
            "Cargo.lock",
            "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\nchecksum = \"zz\"\n",
        )],
        &[],
        "Cargo.lock:3: package `a` has the checksum `zz`, but 64 hexadecimal digits were expected: restore the file, or run `cargo generate-lockfile`",
    ),
    case(
        &[(
            "Cargo.lock",
            "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n",
        )],
        &[],
        "Cargo.lock:7: package `a` 0.1.0 is in the lock twice: run `cargo generate-lockfile`",
    ),
    case(
        &[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[dependencies]\nb = \"1.2\"\n",
        )],
        &[],
        "Cargo.lock:3: no dependency of `a 0.1.0` in the lock fits `b = \"^1.2\"`: the lock is out of date\n  help: run `cargo update --workspace`",
    ),
    // Manifests.
    case(
        &[("Cargo.toml", "")],
        &[],
        "DIR/Cargo.toml: there is no such file or folder: give the path of a Cargo.toml, or of a folder that holds one",
    ),
    case(
        &[("Cargo.toml", "[package]\nname = \"a\"\nedition = \"2020\"\n")],
        &[],
        "Cargo.toml:3: edition `2020` is unknown: use 2015, 2018, 2021 or 2024",
    ),
    case(
        &[("Cargo.toml", "[package]\nversion = \"0.1.0\"\n")],
        &[],
        "Cargo.toml:1: `package.name` is missing: every package needs a name",
    ),
    case(
        &[("Cargo.toml", "[workspace]\nmembers = [\"b\"]\n")],
        &[],
        "Cargo.toml:2: workspace member `b` has no Cargo.toml: create it, or correct `workspace.members`",
    ),
    case(
        &[("Cargo.toml", "[workspace]\nmembers = []\n")],
        &[],
        "Cargo.toml:2: the manifest is virtual and the workspace has no members: add some to `workspace.members`",
    ),
    case(
        &[
            (
                "Cargo.toml",
                "[workspace]\nmembers = [\"a\"]\nresolver = \"2\"\ndefault-members = []\n",
            ),
            (
                "Cargo.lock",
                "version = 4\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n",
            ),
            ("a/Cargo.toml", "[package]\nname = \"a\"\nversion = \"0.1.0\"\n"),
            ("a/src/main.rs", "fn main() {}"),
        ],
        &[],
        "Cargo.toml:4: no package is selected, and the workspace has none that is built by default: name some with `-p`, or take all with `--workspace` (in a fleet file: `packages`)",
    ),
    case(
        &[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[workspace]\ndefault-members = [\"b\"]\n",
        )],
        &[],
        "Cargo.toml:5: `b` is in `default-members`, but not a member of the workspace: add it to `workspace.members`",
    ),
    case(
        &[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[workspace]\nmembers = [\"[\"]\n",
        )],
        &[],
        "Cargo.toml:5: `[` is not a pattern for folders: Pattern syntax error near position DIRLENGTH: invalid range pattern",
    ),
    case(
        &[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\nworkspace = \"b\"\n",
        )],
        &[],
        "Cargo.toml:4: `package.workspace` says that the workspace's root is b, which has no [workspace] table: add one, or drop the key",
    ),
    case(
        &[
            ("Cargo.toml", "[workspace]\nmembers = [\"b\", \"c\"]\n"),
            ("b/Cargo.toml", "[package]\nname = \"same\"\n"),
            ("c/Cargo.toml", "[package]\nname = \"same\"\n"),
            ("b/src/lib.rs", "\n"),
            ("c/src/lib.rs", "\n"),
        ],
        &[],
        "b/Cargo.toml and c/Cargo.toml: two members of the workspace are named `same`: give them different names",
    ),
    case(
        &[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[dependencies]\nb = { path = \"b\" }\n",
        )],
        &[],
        "Cargo.toml:5: the dependency `b` has path `b`, where there is no Cargo.toml: correct the path",
    ),
    case(
        &[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[dependencies]\nb = \"not a version\"\n",
        )],
        &[],
        "Cargo.toml:5: dependency `b`: `not a version` is not a version requirement: unexpected character 'n' while parsing major version number",
    ),
    case(
        &[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[dependencies]\nb = { git = \"x\", tag = \"1\", rev = \"2\" }\n",
        )],
        &[],
        "Cargo.toml:5: dependency `b`: only one of `branch`, `tag` and `rev` can be given",
    ),
    case(
        &[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[dev-dependencies]\nb = { version = \"1\", optional = true }\n",
        )],
        &[],
        "Cargo.toml:5: dev-dependency `b` is optional, which only normal and build dependencies can be",
    ),
    case(
        &[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[dependencies]\nb = { version = \"1\", artifact = \"bin\" }\n",
        )],
        &[],
        "Cargo.toml:5: dependency `b` is an artifact dependency, which is unstable in Cargo and not supported: depend on the library, or build the program as a package of its own",
    ),
    case(
        &[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[dependencies]\nb.workspace = true\n",
        )],
        &[],
        "Cargo.toml:5: `dependencies.b` is inherited from a workspace, but no workspace was found above the package: add it to one, or write the value here",
    ),
    case(
        &[(
            "Cargo.toml",
            "[workspace]\n[package]\nname = \"a\"\nversion.workspace = true\n",
        )],
        &[],
        "Cargo.toml:4: `package.version` is inherited from the workspace, but the workspace's manifest has no `workspace.package.version`: add it there",
    ),
    case(
        &[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\nresolver = \"4\"\n",
        )],
        &[],
        "Cargo.toml:4: `resolver = \"4\"` is unknown: use \"1\", \"2\" or \"3\"",
    ),
    // Targets.
    case(
        &[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[lib]\nname = \"b\"\n",
        )],
        &[],
        "Cargo.toml:5: can't find the lib `b` at src/lib.rs: create the file, or set `lib.path`",
    ),
    case(
        &[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[lib]\nname = \"b-c\"\n",
        )],
        &[],
        "Cargo.toml:4: the library's name `b-c` has a hyphen: use an underscore",
    ),
    case(
        &[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[[test]]\npath = \"t.rs\"\n",
        )],
        &[],
        "Cargo.toml:5: a [[test]] has no name: every [[test]] needs one",
    ),
    case(
        &[("src/bin/a.rs", "fn main() {}\n")],
        &[],
        "Cargo.toml: two bin targets are named `a`: give them different names",
    ),
    case(
        &[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\nbuild = [\"b.rs\", \"c.rs\"]\n",
        )],
        &[],
        "Cargo.toml:4: `package.build` lists 2 build scripts, which is unstable in Cargo and not supported: use one",
    ),
    case(
        &[],
        &["--bin", "b"],
        "none of the selected packages has a program named `b`: there are a",
    ),
    case(
        &[],
        &["--lib"],
        "none of the selected packages has a library: drop `--lib`, or select another package",
    ),
    case(
        &[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[[bin]]\nname = \"a\"\npath = \"src/main.rs\"\nrequired-features = [\"f\"]\n[features]\nf = []\n",
        )],
        &["--bin", "a"],
        "the program `a` of `a 0.1.0` needs the features `f`: add `--features f`",
    ),
    // Features.
    case(
        &[],
        &["--features", "b"],
        "none of the selected packages has the feature `b`: correct the name, or select another package with `-p`",
    ),
    case(
        &[],
        &["--features", "dep:b"],
        "`--features dep:b`: `dep:` can't be used on the command line: name a feature that turns the dependency on",
    ),
    case(
        &[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[features]\nf = [\"f\"]\n",
        )],
        &["--features", "f"],
        "Cargo.toml:5: feature `f` depends on itself: remove it from its own list",
    ),
    case(
        &[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[features]\nf = [\"b/c\"]\n",
        )],
        &[],
        "Cargo.toml:5: feature `f` includes `b/c`, but `b` is not a dependency: add it to the dependencies, or drop the value",
    ),
    case(
        &[
            (
                "Cargo.toml",
                "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[dependencies]\nb = { path = \"b\", features = [\"c-d\"] }\n",
            ),
            (
                "Cargo.lock",
                "version = 4\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\ndependencies = [\"b\"]\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\n",
            ),
            (
                "b/Cargo.toml",
                "[package]\nname = \"b\"\nversion = \"1.0.0\"\n[features]\nc_d = []\n",
            ),
            ("b/src/lib.rs", "//\n"),
        ],
        &[],
        "Cargo.toml:5: `a 0.1.0` asks for feature `c-d` of `b 1.0.0`, which has none of that name: correct the name, or take a version that has it; did you mean `c_d`?",
    ),
    case(
        &[
            (
                "Cargo.toml",
                "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[dependencies]\nb = { path = \"b\" }\n",
            ),
            (
                "Cargo.lock",
                "version = 4\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\ndependencies = [\"b\"]\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\ndependencies = [\"c\"]\n[[package]]\nname = \"c\"\nversion = \"1.0.0\"\n",
            ),
            (
                "b/Cargo.toml",
                "[package]\nname = \"b\"\nversion = \"1.0.0\"\n[dependencies]\nc = { path = \"../c\", features = [\"d\"] }\n",
            ),
            ("b/src/lib.rs", "//\n"),
            ("c/Cargo.toml", "[package]\nname = \"c\"\nversion = \"1.0.0\"\n"),
            ("c/src/lib.rs", "//\n"),
        ],
        &[],
        "`b 1.0.0` asks for feature `d` of `c 1.0.0`, which has none of that name: the lock is out of date or one of them is broken\n  help: run `cargo update --package c`",
    ),
    // Selection, profiles, platforms.
    case(
        &[],
        &["-p", "b"],
        "`-p b` fits no member of the workspace and no package that a member depends on: correct the name or version",
    ),
    // What is no member: features are for members, and what only a macro uses is in no build of its own.
    case(
        WITH_MACRO,
        &["-p", "m", "--all-features"],
        "`--features`, `--all-features` and `--no-default-features` do not reach packages that are no members of the workspace: select one that is with `-p`, too",
    ),
    case(
        WITH_MACRO,
        &["-p", "m", "--no-default-features"],
        "`--features`, `--all-features` and `--no-default-features` do not reach packages that are no members of the workspace: select one that is with `-p`, too",
    ),
    case(
        WITH_MACRO,
        &["-p", "u"],
        "`-p u`: only build scripts and proc macros use `u 1.0.0`, and Cargo can't build such a package alone: select what uses it",
    ),
    case(
        &[],
        &["-p", "b*"],
        "`-p b*` fits no member of the workspace: the members are a",
    ),
    case(
        &[],
        &["--profile", "fast"],
        "profile `fast` is not defined: use `release`, `dev`, or define [profile.fast] in the workspace's manifest",
    ),
    case(
        &[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[profile.fast]\nopt-level = 1\n",
        )],
        &["--profile", "fast"],
        "Cargo.toml:4: profile `fast` has no `inherits`, which all but `dev` and `release` need",
    ),
    case(
        &[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[profile.x]\ninherits = \"y\"\n[profile.y]\ninherits = \"x\"\n",
        )],
        &["--profile", "x"],
        "Cargo.toml:6: profile `y` inherits from itself, by way of `x`",
    ),
    case(
        &[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[profile.release]\npanic = \"loud\"\n",
        )],
        &[],
        "Cargo.toml:4: `panic = \"loud\"` is unknown: use \"unwind\" or \"abort\"",
    ),
    case(
        &[
            (
                "Cargo.toml",
                "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[target.'cfg(a'.dependencies]\nb = { path = \"b\" }\n",
            ),
            (
                "Cargo.lock",
                "version = 4\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\ndependencies = [\"b\"]\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\n",
            ),
            ("b/Cargo.toml", "[package]\nname = \"b\"\nversion = \"1.0.0\"\n"),
            ("b/src/lib.rs", "//\n"),
        ],
        &[],
        "Cargo.toml: `cfg(a` is not a target triple or a cfg expression: failed to parse `cfg(a` as a cfg expression: invalid target specifier: unexpected `(` character, cfg expressions must start with `cfg(`",
    ),
    case(
        &[(".cargo/config.toml", "[net]\nretry = 'x'\n")],
        &[],
        "DIR/.cargo/config.toml: `net.retry` must be a whole number, but is `\"x\"` (string)\n  help: write `net.retry` as a whole number",
    ),
    case(
        &[],
        &["--output", "missing/graph.json"],
        "missing/graph.json: can't be written: No such file or directory (os error 2)",
    ),
];

/// Writes the files of a case; the project is in the folder `project`.
fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let file = folder.join(name);
        if text.is_empty() {
            fs::remove_file(&file).unwrap();
        } else {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, text).unwrap();
        }
    }
}

#[test]
fn every_mistake_has_its_message() {
    assert!(CASES.len() >= 40);
    let mut wrong = Vec::new();
    for case in CASES {
        let outside = tempfile::tempdir().unwrap();
        let outside = outside.path().canonicalize().unwrap();
        let folder = outside.join("project");
        write(&folder, PLAIN);
        write(&folder, case.files);
        let output = Command::new(env!("CARGO_BIN_EXE_dyrust"))
            .args(["import", "--offline"])
            .arg(".")
            .args(case.arguments)
            .current_dir(&folder)
            .output()
            .unwrap();
        let found = String::from_utf8(output.stderr).unwrap();
        let expected = case
            .message
            .replace("DIRLENGTH", &(folder.display().to_string().len() + 1).to_string())
            .replace("OUTSIDE", &outside.display().to_string())
            .replace("DIR", &folder.display().to_string());
        if found != format!("error: {expected}\n") || output.status.code() != Some(2) {
            wrong.push(format!(
                "expected: {expected}\n   found: {found}    code: {:?}",
                output.status.code()
            ));
        }
        assert!(
            !folder.join("crate-graph.json").exists(),
            "{expected}: a graph was written"
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_stale_graph_is_told_from_a_current_one() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), PLAIN);
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_dyrust"))
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(run(&["check"]).0, Some(2));
    assert_eq!(run(&["import", "--offline", "--bin", "a"]).0, Some(0));
    assert_eq!(
        run(&["check"]),
        (
            Some(0),
            format!("{} is current\n", folder.path().join("crate-graph.json").display())
        )
    );

    write(folder.path(), &[("src/bin/second.rs", "fn main() {}\n")]);
    let (code, message) = run(&["check"]);
    assert_eq!(code, Some(1));
    let why = "is not current: source files that imply targets have come or gone: run `dyrust import --bin a`\n";
    assert!(message.ends_with(why), "{message}");
    assert_eq!(run(&["import", "--offline", "--check"]).0, Some(1));
    assert_eq!(run(&["import", "--offline"]).0, Some(0));
    assert_eq!(run(&["check"]).0, Some(0));

    write(
        folder.path(),
        &[(
            "Cargo.toml",
            "[package]\nname = \"a\"\nversion = \"0.2.0\"\nedition = \"2021\"\n",
        )],
    );
    assert!(run(&["check"]).1.contains("Cargo.toml has changed"));
    write(folder.path(), PLAIN);
    write(
        folder.path(),
        &[(
            "Cargo.lock",
            "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.1\"\n",
        )],
    );
    assert!(run(&["check"]).1.contains("Cargo.lock has no a 0.1.0 any more"));
    write(folder.path(), PLAIN);
    write(
        folder.path(),
        &[(".cargo/config.toml", "[build]\nrustflags = [\"--cfg\", \"x\"]\n")],
    );
    assert!(run(&["check"]).1.contains(".cargo/config.toml is new"));
    // Where both forms are, Cargo takes the old one: the other was new after each import.
    write(
        folder.path(),
        &[(".cargo/config", "[build]\nrustflags = [\"--cfg\", \"y\"]\n")],
    );
    assert!(run(&["check"]).1.contains(".cargo/config is new"));
    assert_eq!(run(&["import", "--offline"]).0, Some(0));
    assert_eq!(run(&["check"]).0, Some(0));
    // A graph in a file of another name was never made anew by the command that was told.
    assert_eq!(run(&["import", "--offline", "--output", "other.json"]).0, Some(0));
    write(folder.path(), &[(".cargo/config", "")]);
    let said = run(&["check", "other.json"]).1;
    assert!(said.contains("run `dyrust import --output other.json`"), "{said}");
    let said = run(&[
        "tree",
        "--graph",
        "other.json",
        "--target",
        "aarch64-unknown-linux-musl",
    ])
    .1;
    let command = "run `dyrust import --target x86_64-unknown-linux-gnu --target aarch64-unknown-linux-gnu \
                   --target aarch64-unknown-linux-musl --output other.json`";
    assert!(said.contains(command), "{said}");
}

/// Elsewhere than in the workspace's folder the command that was told made the graph of another workspace, or of none.
#[test]
fn the_command_that_is_told_can_be_run_where_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("a place");
    write(&workspace, PLAIN);
    let dyrust = |arguments: &[&str], place: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dyrust"));
        let output = command
            .args(arguments)
            .current_dir(folder.path().join(place))
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(dyrust(&["import", "--offline", "--bin", "a"], "a place").0, Some(0));
    for (number, (place, asked)) in [
        ("", &["check", "a place"][..]),
        ("", &["check", "a place/crate-graph.json"]),
        ("a place", &["check"]),
        ("a place", &["check", "../a place/crate-graph.json"]),
        (
            "",
            &[
                "tree",
                "--graph",
                "a place/crate-graph.json",
                "--target",
                "aarch64-unknown-linux-musl",
            ],
        ),
    ]
    .into_iter()
    .enumerate()
    {
        write(&workspace, &[(&format!("src/bin/n{number}.rs"), "fn main() {}\n")]);
        let (code, said) = dyrust(asked, place);
        assert!(code > Some(0), "{asked:?}: {said}");
        let told = said
            .split('`')
            .rev()
            .nth(1)
            .unwrap_or_else(|| panic!("{asked:?}: {said}"));
        let words = shlex::split(told).unwrap();
        let words: Vec<&str> = words.iter().skip(1).map(String::as_str).chain(["--offline"]).collect();
        let (code, made) = dyrust(&words, place);
        assert_eq!(code, Some(0), "{asked:?}: {told}: {made}");
        let (code, said) = dyrust(asked, place);
        assert_eq!(code, Some(0), "{asked:?}: {told}: {said}");
    }
}

/// A full disk under standard output once ended with exit code 0 and half a result.
#[cfg(target_os = "linux")]
#[test]
fn lost_output_is_a_failure() {
    let commands: [&[&str]; 6] = [
        &["schema"],
        &["man"],
        &["completions", "bash"],
        &["--help"],
        &["import", "--help"],
        &["--version"],
    ];
    for arguments in commands {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_dyrust"))
            .args(arguments)
            .stdout(full)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            String::from_utf8_lossy(&output.stderr).contains("standard output can't be written"),
            "{arguments:?}"
        );
    }
}

/// Escapes in names of others reached the terminal as they were, and could set its title or hide lines.
#[test]
fn what_steers_a_terminal_is_not_printed() {
    let lock = |name: &str| {
        format!(
            "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n[[package]]\nname = \"{name}\"\nversion = \"1\"\n"
        )
    };
    let manifest = |more: &str| format!("[package]\nname = \"a\"\nversion = \"1.0.0\"\n{more}");
    let cases = [
        ("Cargo.lock", lock("b\\u001b]0;x\\u0007")),
        ("Cargo.toml", manifest("[features]\n\"\\u001b[31m\" = []\n")),
        ("Cargo.toml", manifest("edition = \"\\u001b[31m\"\n")),
        ("Cargo.toml", manifest("edition = \"\u{9b}31m\"\n")),
        (
            ".cargo/config.toml",
            "[registries.r]\nindex = [1]\n\"\\u001b[31m\" = 1\n[net]\nretry = \"\\u001b[31m\"\n".to_owned(),
        ),
        (
            "crate-graph.json",
            "{\"schema\": 1, \"\\u001b[31m\": 1, \"generator\": \"x\"}".to_owned(),
        ),
    ];
    for (file, text) in cases {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), PLAIN);
        write(folder.path(), &[(file, &text)]);
        let command = if file.ends_with(".json") { "check" } else { "import" };
        for format in ["text", "json"] {
            let output = Command::new(env!("CARGO_BIN_EXE_dyrust"))
                .args([command, "--format", format])
                .current_dir(folder.path())
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(2), "{file}: {text}");
            let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            let harmful = |letter: char| letter.is_control() && letter != '\n';
            assert!(!said.contains(harmful), "{file}: {said:?}");
        }
    }
}

/// A name with the end of a line in it made lines that looked like dyrust's own, and one of a megabyte filled the terminal.
#[test]
fn what_is_of_others_is_no_message_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let graph = |name: &str, root: &str| {
        let graph = serde_json::json!({
            "schema": 1, "generator": "", "digest": "", "selection": {}, "inputs": {},
            "profile": { "name": "release", "target": {}, "host": {} },
            "platforms": [{ "target": "x86_64-unknown-linux-gnu" }],
            "roots": { "units": [root] },
            "packages": { name: { "version": "1.0.0", "license": "MIT\nerror: none", "units": { "lib": {} } } },
        });
        graph.to_string()
    };
    let pins = serde_json::json!({ "schema": 1, "toolchains": { "a\nerror: b": { "c\nerror: d": { "build": "", "hash": "" } } } });
    let none = serde_json::json!({ "schema": 1, "toolchains": {} });
    write(
        folder.path(),
        &[("pins.json", &pins.to_string()), ("none.json", &none.to_string())],
    );
    for (text, arguments, code, expected) in [
        (
            graph("a\nerror: b", "a"),
            vec!["tree"],
            2,
            "error: crate-graph.json: \"a\\nerror: b\" has a control character",
        ),
        (graph("a", "a"), vec!["licenses"], 0, "MIT\\u{a}error: none: a 1.0.0\n"),
        (
            graph("a", "b\nerror: c"),
            vec!["tree"],
            2,
            "refers to `b\n    error: c`",
        ),
        (
            graph("a", &"b".repeat(1_000_000)),
            vec!["tree"],
            2,
            " bytes are left out] … bbb",
        ),
        (
            graph("a", "a"),
            vec!["update-cost", "none.json", "pins.json"],
            0,
            "\n  c\\u{a}error: d\n",
        ),
    ] {
        write(folder.path(), &[("crate-graph.json", &text)]);
        let output = Command::new(env!("CARGO_BIN_EXE_dyrust"))
            .args(&arguments)
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(expected) && said.len() < 20_000, "{said}");
        let first = usize::from(code == 2);
        let errors = said.lines().filter(|line| line.starts_with("error"));
        assert_eq!(errors.count(), first, "{said}");
    }
}

/// Cargo's folder below the workspace was an input of the graph, which then was current on one machine alone.
#[test]
fn cargos_own_folder_is_no_input() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), PLAIN);
    write(folder.path(), &[("home/config.toml", "[net]\nretry = 1\n")]);
    let run = |command: &str, home: &str| {
        Command::new(env!("CARGO_BIN_EXE_dyrust"))
            .arg(command)
            .current_dir(folder.path())
            .env("CARGO_HOME", folder.path().join(home))
            .output()
            .unwrap()
            .status
            .code()
    };
    assert_eq!(run("import", "home"), Some(0));
    assert_eq!(run("check", "home"), Some(0));
    assert_eq!(run("check", "nowhere"), Some(0));
    let graph = fs::read_to_string(folder.path().join("crate-graph.json")).unwrap();
    assert!(!graph.contains("home/config.toml"), "{graph}");
}

/// A revision that is not ASCII was cut within a letter, which is a panic.
#[test]
fn an_odd_revision_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let graph = r#"{"schema": 1, "generator": "x", "platforms": [{"target": "x86_64-unknown-linux-gnu"}],
        "profile": {"name": "release", "target": {}, "host": {}}, "roots": {"units": ["a"]},
        "packages": {"a": {"version": "1.0.0", "units": {"lib": {}}, "git": {"url": "https://h/a", "rev": "ääääää",
        "hash": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}}}}"#;
    write(folder.path(), &[("graph.json", graph)]);
    let output = Command::new(env!("CARGO_BIN_EXE_dyrust"))
        .args(["prefetch", "--offline", "graph.json"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("the revision `ääääää` is no commit"), "{said}");
}

/// Devices were replaced, links cut, files that may not be written written; an editor's file was removed because it was called like the graph.
#[cfg(unix)]
#[test]
fn a_graph_goes_where_it_was_asked_for() {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt};
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(
        folder.path(),
        &[
            ("Cargo.toml", "[package]\nname = \"a\"\nversion = \"1.0.0\"\n"),
            (
                "Cargo.lock",
                "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n",
            ),
            ("src/main.rs", "fn main() {}\n"),
            ("locked.json", "{}"),
            (".dyrust-new-Abc123", "{}"),
            (".crate-graph.json.swp", "b0VIM"),
        ],
    );
    let import = |output: &Path| {
        Command::new(env!("CARGO_BIN_EXE_dyrust"))
            .args(["import", "--offline", "--output"])
            .arg(output)
            .current_dir(folder.path())
            .output()
            .unwrap()
    };
    for name in [".dyrust-new-Abc123", ".crate-graph.json.swp"] {
        let old = fs::File::options().write(true).open(at(name)).unwrap();
        old.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    }
    std::os::unix::fs::symlink("real.json", at("link.json")).unwrap();
    fs::write(at("real.json"), "").unwrap();
    assert!(import(&at("link.json")).status.success());
    assert!(at("link.json").symlink_metadata().unwrap().is_symlink());
    assert!(dyrust_importer::graph::read(&at("real.json")).is_ok());
    assert!(!at(".dyrust-new-Abc123").exists() && at(".crate-graph.json.swp").exists());

    // A link to what is not there yet was replaced by the graph.
    std::os::unix::fs::symlink("later.json", at("early.json")).unwrap();
    assert!(import(&at("early.json")).status.success());
    assert!(at("early.json").symlink_metadata().unwrap().is_symlink());
    assert!(dyrust_importer::graph::read(&at("later.json")).is_ok());
    std::os::unix::fs::symlink("round.json", at("round.json")).unwrap();
    assert_eq!(import(&at("round.json")).status.code(), Some(2));
    assert!(at("round.json").symlink_metadata().unwrap().is_symlink());

    // A pipe was read before it was written to, and the import waited for itself.
    assert!(Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    let pipe = at("pipe");
    let reader = std::thread::spawn(move || fs::read_to_string(pipe).unwrap());
    assert!(import(&at("pipe")).status.success());
    assert!(reader.join().unwrap().starts_with('{'));
    assert!(at("pipe").metadata().unwrap().file_type().is_fifo());

    let null = Path::new("/dev/null");
    assert!(import(null).status.success());
    assert!(null.metadata().unwrap().file_type().is_char_device());

    fs::set_permissions(at("locked.json"), fs::Permissions::from_mode(0o444)).unwrap();
    assert_eq!(import(&at("locked.json")).status.code(), Some(2));
    assert_eq!(fs::read_to_string(at("locked.json")).unwrap(), "{}");
}
