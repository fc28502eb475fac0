//! A graph that is not what an import would write is found out, whatever made it so.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

struct Project(tempfile::TempDir);

impl Project {
    /// A workspace of the packages `a` and `b` in `crates/`.
    fn new() -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        project.write(
            "Cargo.toml",
            "[workspace]\nmembers = ['crates/*']\nexclude = ['crates/left-out']\nresolver = '2'\n",
        );
        project.package("a", "");
        project.package("b", "");
        project.lock(&["a", "b"]);
        project
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, file: &str, text: &str) {
        let file = self.path().join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    fn package(&self, name: &str, rest: &str) {
        let manifest = format!("[package]\nname = '{name}'\nversion = '0.1.0'\nedition = '2021'\n{rest}");
        self.write(&format!("crates/{name}/Cargo.toml"), &manifest);
        self.write(&format!("crates/{name}/src/main.rs"), "fn main() {}\n");
    }

    fn lock(&self, names: &[&str]) {
        let packages = names
            .iter()
            .map(|name| format!("\n[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\n"));
        self.write("Cargo.lock", &format!("version = 4\n{}", packages.collect::<String>()));
    }

    fn dyrust(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        self.command(arguments)
            .envs(variables.iter().copied())
            .output()
            .unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dyrust"));
        command
            .args(arguments)
            .arg(self.path())
            .env("CARGO_HOME", self.path().join("home"));
        command
    }

    fn import(&self) {
        let output = self.dyrust(&["import", "--workspace", "--target", "x86_64-unknown-linux-gnu"], &[]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(self.dyrust(&["check"], &[]).status.success());
    }

    /// All three say that the graph is not current, `check` with this reason; then `import` writes it anew.
    fn is_stale(&self, reason: &str) {
        let check = self.dyrust(&["check"], &[]);
        let said = String::from_utf8(check.stderr).unwrap() + &String::from_utf8(check.stdout).unwrap();
        assert!(!check.status.success() && said.contains(reason), "{said}");
        assert!(!self.dyrust(&["import", "--check"], &[]).status.success());
        let before = self.graph();
        assert!(self.dyrust(&["import"], &[]).status.success());
        assert_ne!(self.graph(), before);
        assert!(self.dyrust(&["check"], &[]).status.success());
        assert!(self.dyrust(&["import", "--check"], &[]).status.success());
    }

    fn graph(&self) -> String {
        fs::read_to_string(self.path().join("crate-graph.json")).unwrap()
    }
}

#[test]
fn members_that_a_pattern_finds_come_and_go() {
    let project = Project::new();
    project.import();
    // Neither excluded folders nor those without a manifest are members.
    project.package("left-out", "");
    assert!(project.dyrust(&["check"], &[]).status.success());
    project.package("c", "");
    project.lock(&["a", "b", "c"]);
    project.is_stale("crates/c is new");
    fs::remove_dir_all(project.path().join("crates/a")).unwrap();
    project.lock(&["b", "c"]);
    project.is_stale("crates/a/Cargo.toml is gone");
}

#[test]
fn files_that_imply_targets_and_facts_come_and_go() {
    let project = Project::new();
    project.import();
    project.write("crates/a/src/bin/tool.rs", "fn main() {}\n");
    project.is_stale("source files that imply targets");
    project.write("crates/a/README.md", "");
    project.is_stale("source files that imply targets");
    fs::remove_file(project.path().join("crates/a/src/bin/tool.rs")).unwrap();
    project.is_stale("source files that imply targets");
    project.write("crates/b/src/help.rs", "");
    assert!(project.dyrust(&["check"], &[]).status.success());
}

/// Two branches, each of which dropped the last but one user of a feature, were merged by git without a conflict: the feature stayed.
#[test]
fn what_git_merged_is_found_out() {
    let project = Project::new();
    project.import();
    let merged = project.graph().replace(
        "\"roots\": { \"units\": [\"a bin a\", \"b bin b\"] }",
        "\"roots\": { \"units\": [\"a bin a\"] }",
    );
    assert_ne!(merged, project.graph());
    project.write("crate-graph.json", &merged);
    project.is_stale("merged or edited");
    // A graph of a dyrust that wrote no digest.
    let graph = project.graph();
    let without: Vec<&str> = graph.lines().filter(|line| !line.contains("\"digest\"")).collect();
    project.write("crate-graph.json", &without.join("\n"));
    project.is_stale("without a digest");
}

/// A graph with git's marks of a conflict was written anew as if nothing had ever been asked for: platforms and packages were lost.
#[test]
fn a_graph_in_conflict_is_not_taken_for_none() {
    let project = Project::new();
    project.import();
    let ours = project.graph();
    let conflict = format!("<<<<<<< HEAD\n{ours}=======\n{ours}>>>>>>> branch\n");
    project.write("crate-graph.json", &conflict);
    // With a selection alone the platforms would be lost, with a platform alone the selection.
    let target = ["--target", "x86_64-unknown-linux-gnu"];
    for more in [&[][..], &["--workspace"], &target] {
        let output = project.dyrust(&[&["import"], more].concat(), &[]);
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            said.contains("line 1: expected value") && said.contains("take one side, `git checkout --ours "),
            "{said}"
        );
        assert_eq!(project.graph(), conflict);
    }
    // Where all is asked for, nothing is.
    project.import();
    assert_eq!(project.graph(), ours);
}

/// Who named a source file as the graph's by mistake was advised to delete it.
#[test]
fn a_file_that_is_no_graph_is_left_alone() {
    let project = Project::new();
    project.write("notes.txt", "what I must not forget");
    let file = project.path().join("notes.txt");
    let output = project.dyrust(&["import", "--output", file.to_str().unwrap()], &[]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("notes.txt: it is there already, and is no crate graph") && said.contains("`--output`"),
        "{said}"
    );
    assert_eq!(fs::read_to_string(file).unwrap(), "what I must not forget");
}

/// `-` is standard output, as for other programs; a file of that name was written.
#[test]
fn a_graph_can_go_to_standard_output() {
    let project = Project::new();
    project.import();
    let output = project.dyrust(&["import", "--quiet", "--output", "-"], &[]);
    assert!(output.status.success());
    // What is said of the graph in JSON would stand behind it, where one value is read.
    let alone = project.dyrust(&["import", "--format", "json", "--output", "-"], &[]);
    assert_eq!(alone.stdout, output.stdout);
    // What stood in the file was an error, or overwritten.
    let log = project.path().join("log");
    fs::write(&log, "first\n").unwrap();
    for _ in 0..2 {
        let to = fs::OpenOptions::new().append(true).open(&log).unwrap();
        let mut command = project.command(&["import", "--quiet", "--output", "-"]);
        assert!(command.stdout(to).status().unwrap().success());
    }
    let graph = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(fs::read_to_string(&log).unwrap(), format!("first\n{graph}{graph}"));
    // Nothing is known of what was asked for the last time.
    fs::remove_file(project.path().join("crate-graph.json")).unwrap();
    assert!(project.dyrust(&["import", "--quiet"], &[]).status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), project.graph());
}

/// Git left a unit out that others need: what was asked for was forgotten with it.
#[test]
fn a_graph_that_lacks_units_still_says_what_was_asked_for() {
    let project = Project::new();
    project.import();
    let ours = project.graph();
    project.write("crate-graph.json", &ours.replace("\"a bin a\"", "\"c bin c\""));
    assert!(!project.dyrust(&["check"], &[]).status.success());
    assert!(project.dyrust(&["import"], &[]).status.success());
    assert_eq!(project.graph(), ours);
}

/// The next import from a member's folder made the workspace's graph one of that member, as Cargo builds there.
/// A graph that was edited to have no platforms was current without any, and imported so again.
#[test]
fn a_graph_without_platforms_gets_those_of_a_first_import() {
    let project = Project::new();
    project.import();
    let mut graph: serde_json::Value = serde_json::from_str(&project.graph()).unwrap();
    graph["platforms"] = serde_json::json!([]);
    project.write("crate-graph.json", &graph.to_string());
    project.is_stale("not current");
    assert!(project.graph().contains("\"aarch64-unknown-linux-gnu\""));
}

#[test]
fn a_members_folder_does_not_narrow_a_graph() {
    let project = Project::new();
    let import = |more: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_dyrust"))
            .args(["import", "--offline"])
            .args(more)
            .current_dir(project.path().join("crates/b"))
            .env("CARGO_HOME", project.path().join("home"))
            .output()
            .unwrap()
    };
    let all = "\"roots\": { \"units\": [\"a bin a\", \"b bin b\"] }";
    let platform = ["import", "--target", "x86_64-unknown-linux-gnu"];
    assert!(project.dyrust(&platform, &[]).status.success());
    let graph = project.graph();
    assert!(graph.contains(all), "{graph}");
    let output = import(&[]);
    assert!(output.status.success());
    assert!(!String::from_utf8_lossy(&output.stderr).contains("alone"));
    assert_eq!(project.graph(), graph);
    // What is asked for there is meant for the member; the other programs went without a word.
    let output = import(&["--no-default-features"]);
    assert!(output.status.success());
    assert!(!project.graph().contains("a bin a"));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("note: of `b` alone, whose folder this is"), "{said}");
}

/// Who asked for one program, or all members, lost the tests that `dyrust init` had asked for, and their checks.
#[test]
fn what_an_import_does_not_repeat_is_said() {
    let project = Project::new();
    let said = |arguments: &[&str]| {
        let output = project.dyrust(&[&["import", "--offline"], arguments].concat(), &[]);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let note = "before, which this import does not repeat";
    assert!(!said(&["--with-tests", "--package", "a"]).contains(note));
    assert!(!said(&[]).contains(note));
    assert!(!said(&["--with-tests", "--package", "a", "--examples"]).contains(note));
    let narrower = said(&["--bin", "a"]);
    assert!(
        narrower.contains(&format!(
            "the graph was made with `--package a --with-tests --examples` {note}"
        )),
        "{narrower}"
    );
}

/// Where Cargo finds the manifest above, there was "no such file or folder".
#[test]
fn a_folder_without_a_manifest_is_one_of_the_package_above() {
    let project = Project::new();
    let dyrust = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_dyrust"))
            .args(arguments)
            .current_dir(project.path().join("crates/b/src"))
            .env("CARGO_HOME", project.path().join("home"))
            .output()
            .unwrap()
    };
    assert!(dyrust(&["import", "--offline"]).status.success());
    // As Cargo there builds the member alone.
    assert!(project.graph().contains("\"roots\": { \"units\": [\"b bin b\"] }"));
    assert!(dyrust(&["check"]).status.success());
    // A folder that is named is meant as it is.
    let named = dyrust(&["import", "../src"]);
    assert_eq!(named.status.code(), Some(2));
    let said = String::from_utf8(named.stderr).unwrap();
    assert!(
        said.contains("crates/b/src/Cargo.toml: there is no such file"),
        "{said}"
    );
}

/// The environment of an import counts as in Cargo, and so does that of a check.
#[test]
fn profiles_of_the_environment_count() {
    let project = Project::new();
    project.import();
    let variables = [
        ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "2"),
        ("CARGO_PROFILE_RELEASE_LTO", "true"),
        ("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only"),
        ("CARGO_PROFILE_RELEASE_BUILD_OVERRIDE_OPT_LEVEL", "s"),
    ];
    let arguments = ["import", "--workspace", "--target", "x86_64-unknown-linux-gnu"];
    assert!(!project.dyrust(&["check"], &variables).status.success());
    assert!(project.dyrust(&arguments, &variables).status.success());
    let graph = project.graph();
    for part in [
        "\"opt-level\": \"2\"",
        "\"debug\": \"line-tables-only\"",
        "\"opt-level\": \"s\"",
        "\"kind\": \"lto\"",
    ] {
        assert!(graph.contains(part), "{part}: {graph}");
    }
    let wrong = project.dyrust(&arguments, &[("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "many")]);
    let said = String::from_utf8(wrong.stderr).unwrap();
    assert!(
        said.contains("environment variable CARGO_PROFILE_RELEASE_CODEGEN_UNITS: `many` is not valid"),
        "{said}"
    );
}

/// rustc said that two of its options contradict each other, of which one was ours.
#[test]
fn lto_in_flags_is_a_notice() {
    let project = Project::new();
    let flags = [("RUSTFLAGS", "-Clto=fat -C linker-plugin-lto -C target-cpu=native")];
    let arguments = ["import", "--target", "x86_64-unknown-linux-gnu"];
    assert!(project.dyrust(&arguments, &flags).status.success());
    let graph = project.graph();
    let notices = |option: &str| graph.contains(&format!("have `-C {option}`; libraries of their own"));
    assert!(
        notices("lto=fat") && notices("linker-plugin-lto") && !notices("target-cpu=native"),
        "{graph}"
    );
}

/// A linker in the flags was passed over without a word, though one of `target.TRIPLE.linker` was told.
#[test]
fn a_linker_in_flags_is_a_notice() {
    let project = Project::new();
    let flags = "[target.x86_64-unknown-linux-gnu]\nrustflags = ['-C', 'linker=clang', '-Clinker=mold', '-Clink-arg=-s', '-C', 'link_arg=-fuse-ld=mold']\n";
    project.write(".cargo/config.toml", flags);
    let arguments = ["import", "--target", "x86_64-unknown-linux-gnu"];
    let output = project.dyrust(&arguments, &[]);
    let said = String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap();
    let options = [
        ("linker=clang", true),
        ("linker=mold", true),
        ("link-arg=-s", false),
        ("link-arg=-fuse-ld=mold", true),
    ];
    for (option, told) in options {
        let notice = format!("rustc's flags of Cargo's configuration have `-C {option}`, which is not followed");
        assert_eq!(said.contains(&notice), told, "{option}: {said}");
        assert_eq!(project.graph().contains(&notice), told, "{option}");
    }
    let flags = "\"rustflags\": [\"-C\", \"linker=clang\", \"-Clinker=mold\", \"-Clink-arg=-s\"]";
    assert!(project.graph().contains(flags), "{}", project.graph());
}

/// Cargo warns that the one would be written over the other; of two packages of a flake the second was not there, without a word.
#[test]
fn programs_of_one_name_are_a_notice() {
    let project = Project::new();
    for name in ["a", "b"] {
        project.package(name, "[[bin]]\nname = 'tool'\npath = 'src/main.rs'\n");
    }
    let notice = "a and b have a program `tool` each, and `packages.tool` is that of a: give the others other names.";
    let arguments = ["import", "--workspace", "--target", "x86_64-unknown-linux-gnu"];
    let output = project.dyrust(&arguments, &[]);
    let said = String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap();
    assert!(said.contains(notice) && project.graph().contains(notice), "{said}");
    let alone = ["import", "-p", "b", "--target", "x86_64-unknown-linux-gnu"];
    assert!(project.dyrust(&alone, &[]).status.success());
    assert!(!project.graph().contains("have a program"));
}

/// As of programs: of two libraries for C the second was not there.
#[test]
fn libraries_for_c_of_one_name_are_a_notice() {
    let project = Project::new();
    project.package(
        "a",
        "[lib]\nname = 'both'\npath = 'src/main.rs'\ncrate-type = ['cdylib']\n",
    );
    project.package(
        "b",
        "[lib]\nname = 'both'\npath = 'src/main.rs'\ncrate-type = ['staticlib', 'rlib']\n",
    );
    let notice = "a and b have a library for C `libboth` each, and `libraries.libboth` is that of a: give the others other names.";
    let arguments = ["import", "--workspace", "--target", "x86_64-unknown-linux-gnu"];
    let output = project.dyrust(&arguments, &[]);
    let said = String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap();
    assert!(said.contains(notice) && project.graph().contains(notice), "{said}");
}

#[test]
fn path_overrides_are_refused() {
    let project = Project::new();
    project.write(".cargo/config.toml", "paths = ['elsewhere']\n");
    let output = project.dyrust(&["import"], &[]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && said.contains("`paths` replaces packages") && said.contains("[patch]"),
        "{said}"
    );
}

// Build scripts under a profile of one's own that inherits from dev were told `PROFILE=release`.
#[test]
fn a_profile_that_inherits_from_dev_says_so() {
    let project = Project::new();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let profiles = "[profile.middle]\ninherits = 'dev'\n[profile.fast]\ninherits = 'middle'\nopt-level = 3\n\
        debug-assertions = false\n[profile.slow]\ninherits = 'release'\ndebug-assertions = true\n";
    project.write("Cargo.toml", &format!("{manifest}{profiles}"));
    for (profile, root) in [("fast", Some("dev")), ("slow", None), ("dev", None), ("release", None)] {
        let platform = "x86_64-unknown-linux-gnu";
        let arguments = ["import", "--workspace", "--target", platform, "--profile", profile];
        let output = project.dyrust(&arguments, &[]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let graph = fs::read_to_string(project.path().join("crate-graph.json")).unwrap();
        let graph: serde_json::Value = serde_json::from_str(&graph).unwrap();
        assert_eq!(graph["profile"]["root"].as_str(), root, "{profile}");
    }
}
