//! What is asked of a graph that is there: `tree`, `why`, `check`, and how it is answered.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use dyrust_report::elf::{Relocations, Sections};
use dyrust_report::model::Totals;
use serde_json::{Value, json};
use support::World;

/// What is tested.
const PROGRAM: &str = env!("CARGO_BIN_EXE_dyrust");

fn dyrust(arguments: &[&str]) -> Output {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("packages");
    Command::new(env!("CARGO_BIN_EXE_dyrust"))
        .args(arguments)
        .current_dir(packages)
        .env_remove("NO_COLOR")
        .output()
        .unwrap()
}

fn printed(arguments: &[&str]) -> String {
    let output = dyrust(arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn said(arguments: &[&str]) -> String {
    let output = dyrust(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// In a member's folder `dyrust import` said that the graph is current, and `dyrust tree` that it is not there and `dyrust import` has to be run.
#[test]
fn the_graph_is_found_from_any_folder_of_the_workspace() {
    let folder = tempfile::tempdir().unwrap();
    let member = folder.path().join("member/src");
    std::fs::create_dir_all(&member).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("Cargo.toml", "[workspace]\nresolver = \"2\"\nmembers = [\"member\"]\n");
    write(
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"member\"\nversion = \"0.1.0\"\n",
    );
    write(
        "member/Cargo.toml",
        "[package]\nname = \"member\"\nversion = \"0.1.0\"\nedition = \"2021\"\nlicense = \"MIT\"\n",
    );
    write("member/src/main.rs", "fn main() {}\n");
    let run = |folder: &Path, arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_dyrust"))
            .args(arguments)
            .current_dir(folder)
            .env("NO_COLOR", "1")
            .output()
            .unwrap()
    };
    let error = |folder: &Path, arguments: &[&str]| {
        let output = run(folder, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let missing = error(&member, &["tree"]);
    assert!(
        missing.starts_with("error: crate-graph.json: there is no such file, neither here nor beside")
            && missing
                .contains("run `dyrust import` in the workspace's folder, or name another graph by `--graph FILE`"),
        "{missing}"
    );
    assert!(run(folder.path(), &["import", "--quiet"]).status.success());
    for arguments in [
        &["tree"] as &[_],
        &["why", "member"],
        &["overrides"],
        &["sbom"],
        &["licenses"],
        &["outdated", "--offline"],
    ] {
        assert!(run(&member, arguments).status.success(), "{arguments:?}");
    }
    // Other graphs that are in the folder are named, as the command takes them.
    std::fs::rename(
        folder.path().join("crate-graph.json"),
        folder.path().join("the other.json"),
    )
    .unwrap();
    write("package.json", "{}\n");
    for (arguments, named) in [
        (
            &["tree"] as &[_],
            "name one of the graphs that are here, by `--graph 'the other.json'`",
        ),
        (
            &["prefetch"],
            "name one of the graphs that are here, by `'the other.json'`",
        ),
    ] {
        let error = error(folder.path(), arguments);
        assert!(error.contains(named), "{error}");
    }
}

#[test]
fn the_parts_of_a_tree_are_host_and_target() {
    let target = printed(&["tree", "--graph", "sd.json", "--only", "target"]);
    assert!(target.starts_with("sd bin sd v1.0.0\n"), "{target}");
    assert!(target.contains("\n  rayon v"), "{target}");
    assert!(!target.contains(" host") && !target.contains(" build "), "{target}");
    assert!(!target.contains("clap_derive"), "a macro is in no program: {target}");

    let host = printed(&["tree", "--graph", "sd.json", "--only", "host"]);
    let is_of_host = |line: &str| {
        [" host ", " build ", "clap_derive v", "thiserror-impl v"]
            .iter()
            .any(|word| line.contains(word))
    };
    assert!(host.lines().all(is_of_host), "{host}");
    assert!(
        host.contains("\n  syn lib host v2") && host.contains("clap_derive v"),
        "{host}"
    );
}

/// Nothing was printed, and nothing said.
#[test]
fn a_tree_without_a_line_says_why() {
    for (arguments, expected) in [
        (
            &["-i", "syn", "--only", "target"] as &[_],
            "note: no program holds `syn`, which only builds them: `--only host` shows it\n",
        ),
        (
            &["-i", "rayon", "--only", "host"],
            "note: `rayon` is nothing that only builds programs: `--only target` shows it\n",
        ),
    ] {
        let output = dyrust(&[&["tree", "--graph", "sd.json"], arguments].concat());
        assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), expected);
    }
}

/// Of a folder, or of a fleet file, `dyrust import` was to write it anew.
#[test]
fn what_is_given_in_the_place_of_a_graph_is_not_to_be_written() {
    for (file, expected) in [
        (
            ".",
            "give the graph's file, in a workspace's folder usually `crate-graph.json`",
        ),
        (
            "fleet.toml",
            "give the graph's file, usually `crate-graph.json`, or the name of a fleet's file with `.json`",
        ),
    ] {
        let wrong = said(&["tree", "--graph", file]);
        assert!(wrong.trim_end().ends_with(expected), "{wrong}");
    }
}

/// The width of a format ends at 65,535, and the program with it: each level of a graph of others was two blanks more.
#[test]
fn a_graph_may_be_of_any_depth() {
    const LAST: usize = 40_000;
    let folder = tempfile::tempdir().unwrap();
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("packages");
    let mut graph: Value = serde_json::from_slice(&std::fs::read(packages.join("sd.json")).unwrap()).unwrap();
    for number in 0..=LAST {
        let next = (number < LAST).then(|| format!("row-{}", number + 1));
        let unit = json!({ "dependencies": next.as_slice() });
        graph["packages"][format!("row-{number}")] =
            json!({ "version": "1.0.0", "sha256": "0".repeat(64), "units": { "lib": unit } });
    }
    graph["roots"]["units"].as_array_mut().unwrap().push(json!("row-0"));
    let file = folder.path().join("graph.json");
    std::fs::write(&file, graph.to_string()).unwrap();
    let file = file.to_str().unwrap();
    let last = format!("row-{LAST} v1.0.0");
    for arguments in [&["tree"][..], &["why", &format!("row-{LAST}")]] {
        let text = printed(&[arguments, &["--graph", file]].concat());
        assert!(text.lines().any(|line| line.trim_start() == last), "{arguments:?}");
    }
}

/// Of vendored packages, say, nothing was looked up and nothing said: a workspace that has only such was "0 of 0" for ever.
#[test]
fn what_is_of_no_known_registry_is_not_current() {
    let folder = tempfile::tempdir().unwrap();
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("packages");
    let mut graph: Value = serde_json::from_slice(&std::fs::read(packages.join("sd.json")).unwrap()).unwrap();
    graph["packages"]["memchr"]["registry"] = json!("https://registry.invalid/index");
    graph["packages"]["rayon"].as_object_mut().unwrap().remove("sha256");
    let file = folder.path().join("graph.json");
    std::fs::write(&file, graph.to_string()).unwrap();
    let output = dyrust(&["outdated", "--offline", "--graph", file.to_str().unwrap()]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.ends_with("note: not looked at, as they are vendored, of git or of other registries: memchr, rayon\n"),
        "{said}"
    );
}

/// Of a fleet file that is not there the graph was told to be missing.
#[test]
fn a_fleet_file_that_is_not_there_is_named() {
    let wrong = said(&["check", "nowhere.toml"]);
    assert!(wrong.starts_with("error: nowhere.toml: can't be read"), "{wrong}");
}

/// Cargo builds it; its member was said to be no pattern.
#[test]
fn a_folder_of_any_name_may_hold_a_workspace() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join(std::ffi::OsStr::from_bytes(b"n\xff"));
    std::fs::create_dir_all(root.join("member/src")).unwrap();
    for (name, text) in [
        ("Cargo.toml", "[workspace]\nresolver = \"2\"\nmembers = [\"member\"]\n"),
        (
            "Cargo.lock",
            "version = 4\n\n[[package]]\nname = \"member\"\nversion = \"0.1.0\"\n",
        ),
        (
            "member/Cargo.toml",
            "[package]\nname = \"member\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
        ),
        ("member/src/main.rs", "fn main() {}\n"),
    ] {
        std::fs::write(root.join(name), text).unwrap();
    }
    for (place, arguments) in [("", "import"), ("member/src", "tree"), ("member", "check")] {
        let output = Command::new(env!("CARGO_BIN_EXE_dyrust"))
            .arg(arguments)
            .current_dir(root.join(place))
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments}: {output:?}");
    }
}

/// No test held it against Cargo: packages, versions, features and which needs which, in the target's part and with what builds it. A
/// build-dependency of a package without a build script is in Cargo's tree alone: nobody compiles it.
#[test]
fn a_tree_has_what_cargos_has() {
    let mut world = World::new();
    let none: &[(&str, &str)] = &[];
    let script: &[(&str, &str)] = &[("build.rs", "fn main() {}\n")];
    for version in ["1.0.0", "2.0.0"] {
        world.publish(
            "low",
            version,
            "[features]\ndefault = [\"std\"]\nstd = []\nmore = []\n",
            none,
        );
    }
    world.publish("gone", "1.0.0", "", none);
    let macros = "[lib]\nproc-macro = true\n[dependencies]\nlow = { version = \"1\", features = [\"more\"] }\n";
    world.publish("macros", "1.0.0", macros, none);
    let scripted =
        "[dependencies]\nlow = { version = \"1\", default-features = false }\n[build-dependencies]\nlow = \"1\"\n";
    world.publish("scripted", "1.0.0", scripted, script);
    world.publish("scriptless", "1.0.0", "[build-dependencies]\ngone = \"1\"\n", none);
    let manifest = "[package]\nname = \"top\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[dependencies]\nmacros = \"1\"\n\
                    scripted = \"1\"\nscriptless = \"1\"\nnewer = { package = \"low\", version = \"2\" }\n\
                    [target.'cfg(windows)'.dependencies]\ngone = \"1\"\n[target.'cfg(target_arch = \"aarch64\")'.dependencies]\nlow = \"1\"\n";
    world.write("top/Cargo.toml", manifest);
    world.write("top/src/main.rs", "fn main() {}\n");
    assert!(world.cargo("top", &["generate-lockfile", "--offline"]).status.success());
    assert!(world.dyrust(&["import", "--offline", "top"]).status.success());
    // Lines of either: their depth, and what stands there.
    let edges = |lines: Vec<(usize, String)>| {
        let mut way: Vec<String> = Vec::new();
        let mut found = BTreeSet::new();
        for (depth, package) in lines {
            way.truncate(depth);
            // The library and the build script of a package are one there.
            let above = way.last().filter(|above| **above != package).cloned();
            found.insert((above, package.clone()));
            way.push(package);
        }
        found.retain(|(above, package)| above.is_some() || package.starts_with("top "));
        found
    };
    for (target, only, kinds) in [
        ("x86_64-unknown-linux-gnu", None, "normal,build"),
        ("x86_64-unknown-linux-gnu", Some("target"), "normal,no-proc-macro"),
        ("aarch64-unknown-linux-gnu", Some("target"), "normal,no-proc-macro"),
    ] {
        let mut arguments = vec!["tree", "--graph", "top/crate-graph.json", "--target", target];
        arguments.extend(only.into_iter().flat_map(|part| ["--only", part]));
        let ours = String::from_utf8(world.dyrust(&arguments).stdout).unwrap();
        let ours = ours.lines().map(|line| {
            let (id, rest) = line.trim().split_once(" v").unwrap();
            let (version, features) = rest.trim_end_matches(" (*)").split_once(' ').unwrap_or((rest, ""));
            let name = id.split(['@', ' ']).next().unwrap();
            let features = features.trim_matches(['[', ']']).replace(", ", ",");
            let depth = (line.len() - line.trim_start().len()) / 2;
            (depth, format!("{name} {} {features}", version.trim_end_matches(" (*)")))
        });
        let arguments = [
            "tree",
            "--offline",
            "--locked",
            "--target",
            target,
            "--edges",
            kinds,
            "--no-dedupe",
        ];
        let cargos = world.cargo(
            "top",
            &[&arguments[..], &["--prefix", "depth", "--format", "{p}|{f}"]].concat(),
        );
        let cargos = String::from_utf8(cargos.stdout).unwrap();
        let cargos = cargos.lines().map(|line| {
            let name = line.trim_start_matches(|character: char| character.is_ascii_digit());
            let (package, features) = name.split_once('|').unwrap();
            let mut words = package.split(' ');
            let (name, version) = (words.next().unwrap(), words.next().unwrap().trim_start_matches('v'));
            let depth: String = line.chars().take_while(char::is_ascii_digit).collect();
            (depth.parse().unwrap(), format!("{name} {version} {features}"))
        });
        let mut expected = edges(cargos.collect());
        expected.retain(|(_, package)| !package.starts_with("gone "));
        assert_eq!(edges(ours.collect()), expected, "{target} {only:?}");
        assert!(expected.len() > 2, "{expected:?}");
    }
}

#[test]
fn a_tree_can_be_turned_round() {
    let users = printed(&["tree", "--graph", "sd.json", "-i", "memchr"]);
    assert!(users.starts_with("memchr v2"), "{users}");
    assert!(
        users.contains("\n  aho-corasick v") && users.contains("sd bin sd v1.0.0"),
        "{users}"
    );
    let direct = printed(&["tree", "--graph", "sd.json", "-i", "memchr", "--depth", "1"]);
    assert!(
        direct
            .lines()
            .skip(1)
            .all(|line| line.starts_with("  ") && !line.starts_with("    ")),
        "{direct}"
    );
}

/// For programs there was all of it, however deep was asked for.
#[test]
fn a_tree_for_programs_is_as_deep_as_that_for_people() {
    let lines = printed(&["tree", "--graph", "sd.json", "--depth", "1"]);
    let text = printed(&["tree", "--graph", "sd.json", "--depth", "1", "--format", "json"]);
    let tree: Value = serde_json::from_str(&text).unwrap();
    let root = tree["roots"][0].as_str().unwrap();
    let units = tree["units"].as_object().unwrap();
    let below = units[root].as_array().unwrap();
    assert_eq!(below.len() + 1, lines.lines().count(), "{text}");
    assert!(units.len() == below.len() + 1 && units.iter().all(|(id, below)| id == root || *below == json!([])));
}

/// A platform that was gone was not told.
#[test]
fn a_difference_has_the_platforms() {
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("new.json");
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packages/sd.json");
    let text = std::fs::read_to_string(packages).unwrap();
    let other = "riscv64gc-unknown-linux-gnu";
    std::fs::write(
        &new,
        text.replace(
            "\"target\": \"aarch64-unknown-linux-gnu\"",
            &format!("\"target\": \"{other}\""),
        ),
    )
    .unwrap();
    let arguments = ["fleet", "diff", "sd.json", new.to_str().unwrap()];
    let diff = printed(&arguments);
    let head = format!("+ platform {other}\n- platform aarch64-unknown-linux-gnu\n");
    assert!(diff.starts_with(&head), "{diff}");
    let json: Value = serde_json::from_str(&printed(&[&arguments[..], &["--format", "json"]].concat())).unwrap();
    assert_eq!(
        json["platforms"],
        json!({ "came": [other], "went": ["aarch64-unknown-linux-gnu"] })
    );
}

/// They were taken and passed over, as if they had been heeded.
#[test]
fn an_option_without_effect_is_refused() {
    for (arguments, expected) in [
        (
            vec!["check", "sd.json", "--graph", "bat.json"],
            "`--graph` names a graph, as PATH does",
        ),
        (
            vec!["audit", "--db", ".", "--target", "x", "sd.json"],
            "`--target` is of graphs",
        ),
        (
            vec!["import", "--crate", "a", "--check", "-o", "-"],
            "`--output -` has no graph to compare with",
        ),
        (
            vec!["fleet", "import", "--check", "-o", "-"],
            "`--output -` has no graph to compare with",
        ),
        (vec!["import", "nowhere", "--crate", "a@1.0.0"], "nowhere: No such file"),
        (vec!["man", "--format", "json"], "`--format json` is not for what"),
        (
            vec!["completions", "bash", "--format", "json"],
            "`--format json` is not for what",
        ),
        (
            vec!["pin", ".#pins", "--built", "result"],
            "'[INSTALLABLE]' cannot be used with '--built <FILE>'",
        ),
        (
            vec!["report", ".", "--scan", "--nix", "nix"],
            "'--scan' cannot be used with '--nix <PROGRAM>'",
        ),
        (
            vec!["report", "--from", "a", "--scan"],
            "'--from <FILE>' cannot be used with '--scan'",
        ),
        (
            vec!["report", "--from", "a", "--store", "b"],
            "'--from <FILE>' cannot be used with '--store <FOLDER>'",
        ),
        (
            vec!["report", "--from", "a", "--nix", "b"],
            "'--from <FILE>' cannot be used with '--nix <PROGRAM>'",
        ),
        (
            vec!["report", "--from", "a", "--no-compress"],
            "'--from <FILE>' cannot be used with '--no-compress'",
        ),
        (
            vec!["report", "--from", "a", "--baseline", "cargo"],
            "'--from <FILE>' cannot be used with '--baseline",
        ),
        (
            vec!["report", "--from", "a", "--rows", "3", "--format", "json"],
            "`--rows` is of the text",
        ),
        (
            vec!["report", "--from", "a", "--rows", "0", "--quiet"],
            "`--rows` is of the text",
        ),
        (
            vec!["report", "--from", "a", "--plan", "b"],
            "`--plan` is for the page and the JSON",
        ),
        (
            vec!["sbom", "--graph", "sd.json", "--format", "text"],
            "`--format text` is not for what",
        ),
        (vec!["schema", "--format", "text"], "`--format text` is not for what"),
    ] {
        let said = said(&arguments);
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
}

/// What is printed as JSON in any case may be asked for as such.
#[test]
fn json_may_be_asked_for_where_there_is_nothing_else() {
    for arguments in [&["sbom", "--graph", "sd.json"][..], &["schema"]] {
        let plain = printed(arguments);
        assert_eq!(printed(&[arguments, &["--format", "json"]].concat()), plain);
        assert!(serde_json::from_str::<Value>(&plain).is_ok());
    }
}

/// It once printed the root's own name alone.
#[test]
fn a_root_is_there_because_it_was_asked_for() {
    assert_eq!(
        printed(&["why", "--graph", "sd.json", "sd"]),
        "sd bin sd v1.0.0: asked for by the import itself\n"
    );
}

/// A root that others need, too, was said to be there for its own sake alone.
#[test]
fn a_root_that_others_need_is_there_for_both() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    write(
        "Cargo.toml",
        "[workspace]\nresolver = \"2\"\nmembers = [\"app\", \"hello\"]\n",
    );
    write(
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\"hello\"]\n\n\
         [[package]]\nname = \"hello\"\nversion = \"0.1.0\"\n",
    );
    let package = |name: &str| format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
    let dependency = "[dependencies]\nhello = { path = \"../hello\" }\n";
    write("app/Cargo.toml", &(package("app") + dependency));
    write("app/src/main.rs", "fn main() {}\n");
    write("hello/Cargo.toml", &(package("hello") + "[features]\nextra = []\n"));
    write("hello/src/lib.rs", "");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dyrust"));
        command.args(arguments).current_dir(folder.path()).output().unwrap()
    };
    assert!(run(&["import", "--offline"]).status.success());
    assert_eq!(
        String::from_utf8(run(&["why", "hello"]).stdout).unwrap(),
        "hello v0.1.0: asked for by the import itself\napp bin app v0.1.0\n  hello v0.1.0\n"
    );
    assert_eq!(
        String::from_utf8(run(&["why", "app"]).stdout).unwrap(),
        "app bin app v0.1.0: asked for by the import itself\n"
    );
    // The lock was to blame for a feature that was mistyped.
    for name in ["hello/extr", "hello?/extr"] {
        let wrong = run(&["import", "--offline", "-p", "app", "--features", name]);
        assert_eq!(
            String::from_utf8(wrong.stderr).unwrap(),
            "error: the feature `hello/extr`: `hello 0.1.0` has no feature `extr`: correct the name; did you mean `extra`?\n"
        );
    }
}

#[test]
fn names_that_are_near_are_proposed() {
    let wrong = said(&["why", "--graph", "sd.json", "memchar"]);
    assert!(wrong.trim_end().ends_with("did you mean `memchr`?"), "{wrong}");
    let wrong = said(&["why", "--graph", "sd.json", "memchr@1.0.0"]);
    assert!(wrong.contains("; there is `memchr@2."), "{wrong}");
    let wrong = said(&["tree", "--graph", "sd.json", "-i", "rayno"]);
    assert!(wrong.trim_end().ends_with("did you mean `rayon`?"), "{wrong}");
    let wrong = said(&["fleet", "remove", "ripgrpe"]);
    assert!(wrong.trim_end().ends_with("did you mean `ripgrep`?"), "{wrong}");
    let unlike = said(&["why", "--graph", "sd.json", "tokio"]);
    assert!(!unlike.contains("did you mean"), "{unlike}");
}

/// A reason stood in the message, and below it.
#[test]
fn a_reason_is_said_once() {
    let wrong = said(&["tree", "--graph", "sd.json", "--report", "nowhere"]);
    assert_eq!(wrong.matches("No such file or directory").count(), 1, "{wrong}");
}

/// `dyrust check FILE` once took every file for a manifest.
#[test]
fn any_graph_can_be_checked_by_its_name() {
    for graph in ["sd.json", "fleet.json", "../templates/default/crate-graph.json"] {
        printed(&["check", graph]);
    }
}

#[test]
fn colours_are_for_those_who_want_them() {
    let wrong = ["why", "--graph", "sd.json", "tokio"];
    let colour = |more: &[&str]| said(&[&wrong[..], more].concat()).contains('\u{1b}');
    assert!(!colour(&[]), "a file is not coloured");
    assert!(colour(&["--color", "always"]));
    assert!(!colour(&["--color", "never"]));
    // What a command line is told that is not understood, too.
    assert!(colour(&["--color", "always", "--no-such"]));
    assert!(colour(&["--no-such", "--color=always"]));
    assert!(!colour(&["--color", "always", "--color=never", "--no-such"]));
    assert!(!colour(&["--no-such", "--", "--color=always"]));
}

/// A report of `memchr`, in two variants, of `sd`, and of the library of a build script's crate.
fn report() -> Value {
    let (sections, relocations) = (Sections::default(), Relocations::default());
    let package = |id: &str, bytes: u64, file: &str| {
        let object = json!({
            "file": file, "bytes": bytes, "sections": sections, "relocations": relocations, "exports": 0, "imports": 0, "users": [], "loaded": true
        });
        json!({ "id": id, "path": "", "bytes": bytes, "files": 0, "nar-size": 0, "users": [], "objects": [object] })
    };
    json!({
        "schema": 1, "generator": "", "store": "",
        "forms": [{
            "form": "dynamic", "totals": Totals::default(), "programs": [], "updates": [],
            "packages": [
                package("sd-1.0.0", 1_234_000, "bin/sd"),
                package("memchr-2.6.4 (abcdefg)", 100_000, "lib/libmemchr.so"),
                package("memchr-2.6.4 (hijklmn)", 200_000, "lib/libmemchr.so"),
                package("quote-1.0.33", 77_000, "lib/libquote.so"),
            ]
        }]
    })
}

#[test]
fn a_tree_has_the_bytes_of_what_a_report_knows() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    std::fs::write(&file, report().to_string()).unwrap();
    let file = file.to_str().unwrap();
    let tree = printed(&["tree", "--graph", "sd.json", "--report", file]);
    assert!(tree.starts_with("sd bin sd v1.0.0, 1.23 MB\n"), "{tree}");
    let of = |name: &str| -> Vec<&str> {
        let lines = tree.lines().map(str::trim_start);
        lines.filter(|line| line.starts_with(name)).collect()
    };
    // Of two variants their average, wherever the crate stands.
    let memchr = of("memchr ");
    assert!(
        !memchr.is_empty() && memchr.iter().all(|line| line.contains(", 150 kB")),
        "{memchr:?}"
    );
    // What no report has, and what only builds programs, has no bytes.
    for name in ["rayon ", "quote lib host"] {
        let lines = of(name);
        assert!(
            !lines.is_empty() && lines.iter().all(|line| !line.contains("kB")),
            "{lines:?}"
        );
    }
    let data = printed(&["tree", "--graph", "sd.json", "--report", file, "--format", "json"]);
    let data: Value = serde_json::from_str(&data).unwrap();
    let bytes: Vec<u64> = data["bytes"]
        .as_object()
        .unwrap()
        .values()
        .filter_map(Value::as_u64)
        .collect();
    assert_eq!(bytes, [150_000, 1_234_000], "{data}");
    assert!(!printed(&["tree", "--graph", "sd.json"]).contains(" MB"));
}

#[test]
fn a_report_of_something_else_is_said_to_be_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let mut other = report();
    other["forms"][0]["packages"] = json!([]);
    std::fs::write(&file, other.to_string()).unwrap();
    let output = dyrust(&["tree", "--graph", "sd.json", "--report", file.to_str().unwrap()]);
    assert!(output.status.success());
    let note = String::from_utf8(output.stderr).unwrap();
    assert!(note.contains("the reports have none of these crates"), "{note}");
    let missing = said(&["tree", "--graph", "sd.json", "--report", "/nonexistent.json"]);
    assert!(missing.contains("cannot read /nonexistent.json"), "{missing}");
}

/// A fleet with a program that is resolved apart, on two platforms and with tests; its names and versions are such as were mistaken.
fn fleet() -> Value {
    let package = |version: &str, units: Value| json!({ "version": version, "edition": "2021", "sha256": "0".repeat(64), "units": units });
    let when = |of: &str, ids: &[&str]| json!({ of: ids });
    json!({
        "schema": 1, "generator": "", "selection": { "fleet": "fleet.toml" },
        "platforms": [{ "target": "x86" }, { "target": "arm" }, { "target": "x86", "tests": true }, { "target": "arm", "tests": true }],
        "profile": { "name": "release", "target": {}, "host": {} },
        "roots": { "units": [], "when": { "0 1": ["top bin host"], "2 3": ["top lib test"] } },
        "packages": {
            "top": package("1.0.0", json!({
                "bin host": { "kind": "bin", "name": "host", "dependencies": ["low@0.1", "low@0.10"], "when": when("1", &["of-arm"]) },
                "lib test": { "test": true, "dependencies": ["of-tests"] },
            })),
            "low@0.1": package("0.1.5", json!({ "lib": {} })),
            "low@0.10": package("0.10.3", json!({ "lib": {} })),
            "of-arm": package("1.0.0", json!({ "lib": {} })),
            "of-tests": package("1.0.0", json!({ "lib": {} })),
        },
        "apart": { "alone": {
            "schema": 1, "generator": "", "platforms": [{ "target": "x86" }, { "target": "arm" }],
            "profile": { "name": "release", "target": {}, "host": {} },
            "roots": { "units": ["alone bin alone"] },
            "packages": {
                "alone": package("1.0.0", json!({ "bin alone": { "kind": "bin", "dependencies": ["own-sys"] } })),
                "own-sys": {
                    "version": "1.0.0", "edition": "2021", "sha256": "0".repeat(64), "links": "own",
                    "units": { "lib": { "build": "own-sys build" }, "build": { "kind": "build" } },
                },
            },
        } },
    })
}

/// Exit code, what was printed and what was said of the fleet.
fn of_fleet(arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fleet.json");
    std::fs::write(&file, fleet().to_string()).unwrap();
    let output = dyrust(&[arguments, &["--graph", file.to_str().unwrap()]].concat());
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// A program called `host` was taken for one of the host, and was in no tree of the target.
#[test]
fn what_is_of_the_host_is_no_question_of_names() {
    let (_, target, _) = of_fleet(&["tree", "--only", "target"]);
    assert!(target.starts_with("top bin host v1.0.0\n"), "{target}");
    let (_, host, _) = of_fleet(&["tree", "--only", "host"]);
    assert!(!host.contains("top bin host"), "{host}");
}

/// `low@0.1` meant 0.10.3, too.
#[test]
fn a_version_is_named_by_its_beginning_number_by_number() {
    for name in ["low@0.1", "low@0.1.5"] {
        let (_, why, _) = of_fleet(&["why", name]);
        assert_eq!(why, "top bin host v1.0.0\n  low@0.1 v0.1.5\n");
    }
    let (_, why, _) = of_fleet(&["why", "low@0"]);
    assert!(why.contains("v0.1.5") && why.contains("v0.10.3"), "{why}");
    assert_eq!(of_fleet(&["why", "low@"]).0, Some(2));
    assert_eq!(
        of_fleet(&["tree", "-i", "low@0.1"]).1,
        "low@0.1 v0.1.5\n  top bin host v1.0.0\n"
    );
}

/// Of what another platform or a test alone needs nothing was printed, as if all were well, or it was not in the graph.
#[test]
fn what_another_platform_or_a_test_needs_is_found() {
    let (code, why, said) = of_fleet(&["why", "of-arm"]);
    assert_eq!(
        (code, why.as_str()),
        (Some(0), "top bin host v1.0.0\n  of-arm v1.0.0\n")
    );
    assert_eq!(said, "note: nothing needs `of-arm` for x86; this is for arm\n");
    let (code, why, said) = of_fleet(&["why", "of-tests", "--target", "arm"]);
    assert_eq!(
        (code, why.as_str()),
        (Some(0), "top lib test v1.0.0\n  of-tests v1.0.0\n")
    );
    assert_eq!(
        said,
        "note: nothing needs `of-tests` for arm; this is for the tests on arm\n"
    );
    let (code, users, said) = of_fleet(&["tree", "-i", "of-arm"]);
    assert_eq!(
        (code, users.as_str()),
        (Some(0), "of-arm v1.0.0\n  top bin host v1.0.0\n")
    );
    assert!(said.starts_with("note: nothing needs `of-arm` for x86"), "{said}");
    for command in [&["why", "of-arm"][..], &["tree", "-i", "of-arm"]] {
        let (code, _, said) = of_fleet(&[command, &["--target", "x86"]].concat());
        assert!(said.contains("nothing needs `of-arm` for x86, only for arm"), "{said}");
        assert_eq!(code, Some(2));
    }
    let (_, why, _) = of_fleet(&["why", "of-arm", "--format", "json"]);
    let why: Value = serde_json::from_str(&why).unwrap();
    assert_eq!((&why["target"], &why["paths"][0][1]), (&json!("arm"), &json!("of-arm")));
}

/// Programs that are resolved apart were in no tree, nor were their native libraries in the list of what overrides are wanted for.
#[test]
fn programs_that_are_resolved_apart_are_there() {
    let (_, tree, _) = of_fleet(&["tree"]);
    let alone = "alone bin alone v1.0.0\n  own-sys v1.0.0\n    own-sys build v1.0.0\n";
    assert!(tree.starts_with("top bin host") && tree.ends_with(alone), "{tree}");
    let (_, tree, _) = of_fleet(&["tree", "--format", "json"]);
    let tree: Value = serde_json::from_str(&tree).unwrap();
    assert_eq!(tree["roots"], json!(["top bin host"]));
    assert_eq!(tree["apart"]["alone"]["units"]["own-sys"], json!(["own-sys build"]));
    let why = "alone bin alone v1.0.0\n  own-sys v1.0.0\n";
    assert_eq!(of_fleet(&["why", "own-sys"]).1, format!("{why}{alone}"));
    assert_eq!(
        of_fleet(&["tree", "-i", "own-sys", "--depth", "0"]).1,
        "own-sys v1.0.0\nown-sys build v1.0.0\n"
    );
    let (_, wanted, _) = of_fleet(&["overrides"]);
    assert!(wanted.contains("own-sys 1.0.0, links own"), "{wanted}");
}

/// A report in which are: a program with its code apart, one of another name, a version with a `+`, and pinned copies.
fn report_of_fleet() -> Value {
    let mut report = report();
    let packages = [
        ("top-1.0.0-host", 9_000, "bin/host"),
        ("top-1.0.0-host-lib", 1_491_000, "lib/libhost-1-0123456789abcdef.so"),
        ("low-0.1.5-spec-1", 20_000, "lib/liblow-0.1-0123456789abcdef.so"),
        (
            "low-0.10-0123456789abcdef",
            30_000,
            "lib/liblow-0.10-0123456789abcdef.so",
        ),
        ("alone-1.0.0", 7_000, "bin/alone"),
        (
            "alone-1-0123456789abcdef",
            593_000,
            "lib/libalone-1-0123456789abcdef.so",
        ),
        (
            "own-sys-1-0123456789abcdef",
            40_000,
            "lib/libown_sys-1-0123456789abcdef.so",
        ),
    ];
    let template = report["forms"][0]["packages"][0].clone();
    let package = |(id, bytes, file): (&str, u64, &str)| {
        let mut package = template.clone();
        (package["id"], package["bytes"], package["objects"][0]["file"]) = (json!(id), json!(bytes), json!(file));
        package
    };
    report["forms"][0]["packages"] = packages.into_iter().map(package).collect();
    report
}

/// A program whose code is apart had the bytes of its stub, a package with a `+` in its version and pinned libraries had none, and a program that
/// was not built those of another one of its package.
#[test]
fn a_tree_has_the_bytes_of_what_is_called_otherwise_in_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let (file, report) = (folder.path().join("fleet.json"), folder.path().join("report.json"));
    let mut graph = fleet();
    graph["packages"]["low@0.1"]["version"] = json!("0.1.5+spec-1");
    graph["apart"]["alone"]["packages"]["alone"]["units"]["bin other"] = json!({ "kind": "bin", "name": "other" });
    graph["apart"]["alone"]["roots"]["units"] = json!(["alone bin alone", "alone bin other"]);
    std::fs::write(&file, graph.to_string()).unwrap();
    std::fs::write(&report, report_of_fleet().to_string()).unwrap();
    let (file, report) = (file.to_str().unwrap(), report.to_str().unwrap());
    let tree = printed(&["tree", "--graph", file, "--report", report]);
    let expected = "top bin host v1.0.0, 1.50 MB\n  low@0.1 v0.1.5+spec-1, 20.0 kB\n  low@0.10 v0.10.3, 30.0 kB\n\
                    alone bin alone v1.0.0, 600 kB\n  own-sys v1.0.0, 40.0 kB\n    own-sys build v1.0.0\nalone bin other v1.0.0\n";
    assert_eq!(tree, expected);
}
