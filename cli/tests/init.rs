//! `dyrust init` makes a flake and a graph of a workspace, and leaves alone what is there.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
}

/// A workspace with a library and, below it, a member with two programs.
fn workspace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[
            (
                "Cargo.toml",
                "[workspace]\nresolver = \"2\"\nmembers = [\"one\", \"two\"]\n",
            ),
            (
                "Cargo.lock",
                "version = 4\n\n[[package]]\nname = \"one\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"two\"\nversion = \"0.1.0\"\ndependencies = [\n \"one\",\n]\n",
            ),
            ("one/Cargo.toml", "[package]\nname = \"one\"\nversion = \"0.1.0\"\n"),
            ("one/src/lib.rs", ""),
            (
                "two/Cargo.toml",
                "[package]\nname = \"two\"\nversion = \"0.1.0\"\n[dependencies]\none = { path = \"../one\" }\n",
            ),
            ("two/src/main.rs", "fn main() {}\n"),
            ("two/src/bin/7z.rs", "fn main() {}\n"),
        ],
    );
    folder
}

fn init(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dyrust"))
        .args(["init", "--offline"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn says(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_flake_and_a_graph_are_written() {
    let folder = workspace();
    let output = init(folder.path(), &["two", "--target", "aarch64-unknown-linux-gnu"]);
    assert_eq!(output.status.code(), Some(0), "{}", says(&output));
    assert!(
        says(&output).contains("`git add flake.nix crate-graph.json`"),
        "{}",
        says(&output)
    );
    let flake = fs::read_to_string(folder.path().join("flake.nix")).unwrap();
    assert!(flake.lines().count() <= 12, "{flake}");
    assert!(
        flake.contains("inputs.dyrust.url = \"github:dyrust/dyrust\";"),
        "{flake}"
    );
    let graph = dyrust_importer::graph::read(&folder.path().join("crate-graph.json")).unwrap();
    assert_eq!(graph.platforms[0].target, "aarch64-unknown-linux-gnu");
    // The graph is that of the whole workspace, wherever in it the command is run.
    assert_eq!(graph.packages.keys().collect::<Vec<_>>(), ["one", "two"]);
    assert!(graph.selection.packages.is_empty());
}

/// A program of a graph with tests must not get what only a dev-dependency asks for.
#[test]
fn tests_are_imported_apart() {
    let folder = workspace();
    write(
        folder.path(),
        &[
            (
                "one/Cargo.toml",
                "[package]\nname = \"one\"\nversion = \"0.1.0\"\n[features]\nextra = []\n",
            ),
            (
                "two/Cargo.toml",
                "[package]\nname = \"two\"\nversion = \"0.1.0\"\n[dependencies]\none = { path = \"../one\" }\n[dev-dependencies]\none = { path = \"../one\", features = [\"extra\"] }\n",
            ),
        ],
    );
    let output = init(folder.path(), &["--target", "x86_64-unknown-linux-gnu"]);
    assert_eq!(output.status.code(), Some(0), "{}", says(&output));
    let graph = dyrust_importer::graph::read(&folder.path().join("crate-graph.json")).unwrap();
    assert_eq!(
        graph
            .platforms
            .iter()
            .map(|platform| platform.tests)
            .collect::<Vec<_>>(),
        [false, true]
    );
    let needs = |platform| {
        let view = graph.on_platform(platform);
        let mut features = Vec::new();
        for root in view.roots() {
            let (_, _, unit) = view.unit(root).unwrap();
            if unit.kind.as_deref() == Some("bin") {
                for dependency in view.libraries(root) {
                    features.extend(view.unit(dependency).unwrap().2.features.clone());
                }
            }
        }
        features
    };
    assert!(needs(0).is_empty(), "{:?}", needs(0));
    assert!(needs(1).contains(&"extra".to_owned()), "{:?}", needs(1));
}

/// Libraries often have their lock ignored: who did what `init` said was told by Nix that there is none, and by git that it is ignored.
#[test]
fn a_lock_that_git_does_not_know_is_to_be_added() {
    for (ignored, expected) in [
        ("", "`git add flake.nix crate-graph.json Cargo.lock`"),
        (
            "Cargo.lock\n",
            "`git add --force flake.nix crate-graph.json Cargo.lock`",
        ),
    ] {
        let folder = workspace();
        write(folder.path(), &[(".gitignore", ignored)]);
        let made = Command::new("git")
            .args(["init", "--quiet"])
            .current_dir(folder.path())
            .status();
        assert!(made.unwrap().success());
        let known = Command::new("git")
            .args(["add", "Cargo.toml"])
            .current_dir(folder.path())
            .status();
        assert!(known.unwrap().success());
        let output = init(folder.path(), &[]);
        assert_eq!(output.status.code(), Some(0), "{}", says(&output));
        assert!(says(&output).contains(expected), "{}", says(&output));
    }
}

/// Who did what `init` said after `cargo new` was told by Nix that there is no manifest, and then that sources have come or gone.
#[test]
fn of_a_new_workspace_all_is_to_be_added() {
    for (ignored, called, expected) in [
        ("", ".", "`git add .`, as"),
        (
            "Cargo.lock\n",
            ".",
            "`git add . && git add --force flake.nix crate-graph.json Cargo.lock`, as",
        ),
        // From there the names would be others.
        ("", "one", "`git -C /"),
    ] {
        let folder = workspace();
        write(folder.path(), &[(".gitignore", ignored)]);
        let made = Command::new("git")
            .args(["init", "--quiet"])
            .current_dir(folder.path())
            .status();
        assert!(made.unwrap().success());
        let output = init(&folder.path().join(called), &[]);
        assert_eq!(output.status.code(), Some(0), "{}", says(&output));
        assert!(says(&output).contains(expected), "{}", says(&output));
    }
}

/// `init -p` was no flag: another member than the default ones took an import by hand before.
#[test]
fn what_is_asked_for_stays() {
    for (flags, is_apart) in [
        (&["--package", "one", "--no-default-features"][..], true),
        (&["--package", "one", "--tests"], false),
    ] {
        let folder = workspace();
        let output = init(folder.path(), flags);
        assert_eq!(output.status.code(), Some(0), "{}", says(&output));
        let graph = dyrust_importer::graph::read(&folder.path().join("crate-graph.json")).unwrap();
        assert_eq!(graph.selection.packages, ["one"]);
        assert_eq!(graph.selection.with_tests, is_apart);
        assert!(!graph.packages.contains_key("two"), "{flags:?}");
        let again = Command::new(env!("CARGO_BIN_EXE_dyrust"))
            .args(["import", "--check", "--offline"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert_eq!(again.status.code(), Some(0), "{}", says(&again));
    }
}

#[test]
fn dyrust_is_taken_from_where_the_user_says() {
    let folder = workspace();
    let output = init(folder.path(), &["--dyrust", "path:/a/${checkout}", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", says(&output));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        told["flake"],
        folder
            .path()
            .canonicalize()
            .unwrap()
            .join("flake.nix")
            .to_str()
            .unwrap()
    );
    let flake = fs::read_to_string(folder.path().join("flake.nix")).unwrap();
    assert!(
        flake.contains(r#"inputs.dyrust.url = "path:/a/\${checkout}";"#),
        "{flake}"
    );
}

/// A flake that names an entry of the user's registry can't be locked by Nix 2.26 and later.
#[test]
fn the_name_of_a_registrys_entry_is_refused() {
    let folder = workspace();
    let output = init(folder.path(), &["--dyrust", "dyrust"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(says(&output).contains("a URL is wanted"), "{}", says(&output));
    assert!(!folder.path().join("flake.nix").exists());
}

#[test]
fn a_flake_that_is_there_stays() {
    let folder = workspace();
    write(folder.path(), &[("flake.nix", "{ }\n")]);
    let output = init(folder.path(), &[]);
    let file = folder.path().canonicalize().unwrap().join("flake.nix");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        says(&output),
        format!(
            "error: {}: is there already, and stays as it is: run `dyrust import` for the graph, and take `lib.mkFlake` into the flake as `nix flake init -t github:dyrust/dyrust` has it in an empty folder\n",
            file.display()
        )
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "{ }\n");
    assert!(!folder.path().join("crate-graph.json").exists());
}

#[test]
fn without_a_lock_nothing_is_written() {
    let folder = workspace();
    fs::remove_file(folder.path().join("Cargo.lock")).unwrap();
    let output = init(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        says(&output).contains("run `cargo generate-lockfile`"),
        "{}",
        says(&output)
    );
    assert!(!folder.path().join("flake.nix").exists());
    assert!(!folder.path().join("crate-graph.json").exists());
}

/// The checks build the template with its flake's own text.
#[test]
fn the_flake_is_the_templates() {
    let template = Path::new(env!("CARGO_MANIFEST_DIR")).join("../templates/default");
    let folder = tempfile::tempdir().unwrap();
    for file in [
        "Cargo.toml",
        "Cargo.lock",
        "hello/Cargo.toml",
        "hello/src/lib.rs",
        "hello_again/Cargo.toml",
        "hello_again/src/lib.rs",
        "sample_bin/Cargo.toml",
        "sample_bin/src/main.rs",
    ] {
        let copy = folder.path().join(file);
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(template.join(file), copy).unwrap();
    }
    let output = init(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", says(&output));
    let read = |folder: &Path| fs::read_to_string(folder.join("flake.nix")).unwrap();
    assert_eq!(read(folder.path()), read(&template));
}
