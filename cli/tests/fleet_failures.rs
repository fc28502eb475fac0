//! A unit of a fleet that does not compile: who is to blame, and the highest version that compiles.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

/// What is tested.
const PROGRAM: &str = env!("CARGO_BIN_EXE_dyrust");

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use support::World;

const FLEET: &str = "# Ours.\n[programs.one]\ncrate = \"one@1.0.0\"\n[programs.two]\ncrate = \"two@1.0.0\"\n";

/// Cargo builds each program of the fleet, from what was chosen for it.
const BUILD: &str = "rm -rf workspaces && \"$DYRUST\" fleet workspace workspaces --offline >commands && \
                     sed 's/cargo build --release/cargo check/' commands | sh -e";

/// `part` up to 1.2.0 has what `one` calls; `two` has 1.4.0 in its lock.
fn broken_above_1_2() -> World {
    let mut world = World::new();
    for version in ["1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0"] {
        let library = if version < "1.3.0" {
            "pub fn old() {}\n#[cfg(feature = \"more\")]\npub fn more() {}\n"
        } else {
            "pub fn new() {}\n"
        };
        world.publish("part", version, "[features]\nmore = []\n", &[("src/lib.rs", library)]);
    }
    let lock = world.lock(&[("one", "1.0.0", &["part"]), ("part", "1.1.0", &[])], "one");
    world.publish(
        "one",
        "1.0.0",
        "[dependencies]\npart = \"1\"\n",
        &[
            ("src/main.rs", "fn main() {\n    part::old();\n}\n"),
            ("Cargo.lock", &lock),
        ],
    );
    world.program(
        "two",
        "[dependencies]\npart = { version = \"1\", features = [\"more\"] }\n",
        &[("two", "1.0.0", &["part"]), ("part", "1.4.0", &[])],
    );
    world
}

#[test]
fn a_log_says_who_brought_what_does_not_compile() {
    let world = broken_above_1_2();
    world.import(FLEET);
    let log =
        "error: builder for '/nix/store/0123456789abcdfghijklmnpqrsvwxyz-one-1.0.0.drv' failed with exit code 1;\n";
    world.write("log", log);
    let output = world.dyrust(&["fleet", "blame", "log", "--offline"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        said,
        "one 1.0.0 does not compile; it is for one\n  \
         part 1.4.0 is in the lock of two; one has 1.1.0 in its own\n  \
         part 1.4.0 has the features more because of two\n\
         to keep it apart: separate = [\"part\"]\n\
         or find the highest version that compiles: dyrust fleet bisect part\n",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    // With the line the fleet is what Cargo can build.
    let line = said
        .lines()
        .find_map(|line| line.strip_prefix("to keep it apart: "))
        .unwrap();
    assert!(!builds(&world));
    world.import(&format!("{line}\n{FLEET}"));
    assert!(builds(&world));
}

fn builds(world: &World) -> bool {
    let status = std::process::Command::new("sh")
        .args(["-c", BUILD])
        .current_dir(world.path(""))
        .env("DYRUST", PROGRAM)
        .env("HOME", world.path("home"))
        .env("CARGO_HOME", world.path("home/.cargo"))
        .env_remove("XDG_CACHE_HOME")
        .output()
        .unwrap()
        .status;
    status.success()
}

#[test]
fn a_log_without_a_unit_of_the_fleet_is_refused() {
    let world = broken_above_1_2();
    world.import(FLEET);
    world.write(
        "log",
        "error: builder for '/nix/store/0123-hello-2.10.drv' failed with exit code 1\n",
    );
    let output = world.dyrust(&["fleet", "blame", "log", "--offline"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("log: it names no unit of the fleet that failed"),
        "{said}"
    );
}

#[test]
fn the_highest_version_that_compiles_is_pinned() {
    let world = broken_above_1_2();
    world.import(FLEET);
    let command = format!("DYRUST='{PROGRAM}'; {BUILD}");
    let output = world.dyrust(&["fleet", "bisect", "part", "--offline", "--", "sh", "-c", &command]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let text = fs::read_to_string(world.path("fleet.toml")).unwrap();
    assert_eq!(text, format!("{FLEET}\n[pin]\npart = \"1.2.0\"\n"), "{said}");
    let graph = fs::read_to_string(world.path("fleet.json")).unwrap();
    assert!(
        graph.contains("\"version\": \"1.2.0\"") && !graph.contains("1.4.0"),
        "{graph}"
    );
    assert!(builds(&world));
}

#[test]
fn where_nothing_compiles_the_files_stay() {
    let world = broken_above_1_2();
    world.import(FLEET);
    let graph = fs::read_to_string(world.path("fleet.json")).unwrap();
    let output = world.dyrust(&["fleet", "bisect", "part", "--offline", "--", "false"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("none of the 5 versions of `part`"), "{said}");
    assert_eq!(fs::read_to_string(world.path("fleet.toml")).unwrap(), FLEET);
    assert_eq!(fs::read_to_string(world.path("fleet.json")).unwrap(), graph);
}

/// A graph that could not be read was taken for none, and removed at the end.
#[test]
fn a_graph_that_cannot_be_read_is_left_alone() {
    let world = broken_above_1_2();
    world.import(FLEET);
    fs::write(world.path("fleet.json"), b"\xff").unwrap();
    let output = world.dyrust(&["fleet", "bisect", "part", "--offline", "--", "false"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("fleet.json: "), "{said}");
    assert_eq!(fs::read(world.path("fleet.json")).unwrap(), b"\xff");
    assert_eq!(fs::read_to_string(world.path("fleet.toml")).unwrap(), FLEET);
}

/// Of two errors the second took the place of the first.
#[test]
fn a_search_that_fails_says_that_the_files_were_not_put_back() {
    let world = broken_above_1_2();
    world.import(FLEET);
    let command = "rm fleet.toml && mkdir fleet.toml && exit 1";
    let output = world.dyrust(&["fleet", "bisect", "part", "--offline", "--", "sh", "-c", command]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    let (first, second) = said
        .split_once("; the fleet file and its graph could not be put back as they were: ")
        .unwrap_or_else(|| panic!("{said}"));
    assert!(first.contains("fleet.toml") && second.contains("fleet.toml"), "{said}");
}

/// A search that was interrupted left the version that it tried in the fleet file, and in the graph.
#[test]
fn a_search_that_is_interrupted_puts_the_files_back() {
    let world = broken_above_1_2();
    world.import(FLEET);
    let graph = fs::read_to_string(world.path("fleet.json")).unwrap();
    for signal in [Signal::INT, Signal::TERM] {
        let child = world
            .command(&["fleet", "bisect", "part", "--offline", "--"])
            .args(["sh", "-c", "echo >started; exec sleep 60"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while !world.path("started").exists() {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_ne!(fs::read_to_string(world.path("fleet.toml")).unwrap(), FLEET);
        // To dyrust alone, as `kill` does: what it runs has to be told.
        kill_process(Pid::from_child(&child), signal).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("the search was interrupted"), "{said}");
        assert_eq!(fs::read_to_string(world.path("fleet.toml")).unwrap(), FLEET);
        assert_eq!(fs::read_to_string(world.path("fleet.json")).unwrap(), graph);
        fs::remove_file(world.path("started")).unwrap();
    }
}

/// A folder below a program's own was copied into itself without end; and what a failed call left behind made the next one fail, too.
#[test]
fn workspaces_are_written_beside_their_programs_and_as_a_whole() {
    let mut world = World::new();
    world.publish("part", "1.0.0", "", &[]);
    let part = &[("one", "1.0.0", &["part"][..]), ("part", "1.0.0", &[])];
    world.program("one", "[dependencies]\npart = \"1\"\n", part);
    let manifest = |further: &str| {
        format!(
            "[workspace]\n[package]\nname = \"two\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\
             [dependencies]\npart = \"1\"\n{further}"
        )
    };
    world.write("two/Cargo.toml", &manifest("out = { path = \"../out\" }\n"));
    world.write("two/src/main.rs", "fn main() {}\n");
    world.write("out/Cargo.toml", "[package]\nname = \"out\"\nversion = \"0.1.0\"\n");
    world.write("out/src/lib.rs", "");
    let lock = world.lock(&[("part", "1.0.0", &[]), ("two", "0.1.0", &["out", "part"])], "two");
    world.write(
        "two/Cargo.lock",
        &format!("{lock}\n[[package]]\nname = \"out\"\nversion = \"0.1.0\"\n"),
    );
    world.write(
        "fleet.toml",
        "[programs.one]\ncrate = \"one@1.0.0\"\n[programs.two]\npath = \"two\"\n",
    );
    let workspace = |folder: &str| {
        let output = world.dyrust(&["fleet", "workspace", folder, "--offline"]);
        let said = String::from_utf8(output.stderr).unwrap();
        (
            output.status.success(),
            said.replace(&world.path("").display().to_string(), "DIR/"),
        )
    };
    let (done, said) = workspace("written");
    assert!(!done && said.contains("`out` is outside of its folder"), "{said}");
    assert!(!world.path("written").exists());
    world.write("two/Cargo.toml", &manifest(""));
    world.write(
        "two/Cargo.lock",
        &world.lock(&[("part", "1.0.0", &[]), ("two", "0.1.0", &["part"])], "two"),
    );
    let (done, said) = workspace("two/written");
    assert!(!done, "{said}");
    assert_eq!(
        said,
        "error: DIR/two/written: this and the folder of program `two`, DIR/two, are one in the other, which would be copied into itself: \
         give the name of a folder beside it\n"
    );
    assert!(!world.path("two/written").exists());
    // The call that is printed is for a shell.
    let output = world.dyrust(&["fleet", "workspace", "with a space", "--offline"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("(cd 'with a space/one' && cargo build "), "{said}");
    for folder in ["written", "there"] {
        fs::create_dir_all(world.path("there")).unwrap();
        let (done, said) = workspace(folder);
        assert!(done, "{said}");
        let mut found: Vec<_> = fs::read_dir(world.path(folder))
            .unwrap()
            .flatten()
            .map(|entry| entry.file_name())
            .collect();
        found.sort();
        assert_eq!(found, ["one", "two"]);
        assert!(world.path(folder).join("two/two/src/main.rs").is_file());
    }
}

/// A manifest of another package or version than its archive was taken for what the lock names; Cargo does not find the package then.
#[test]
fn an_archive_of_another_package_is_refused() {
    let mut world = World::new();
    world.misnamed.insert("part".to_owned(), "other".to_owned());
    world.publish("part", "1.0.0", "", &[]);
    world.write(
        "a/Cargo.toml",
        "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\npart = \"1\"\n",
    );
    world.write("a/src/main.rs", "fn main() {}\n");
    world.write(
        "a/Cargo.lock",
        &world.lock(&[("a", "0.1.0", &["part"]), ("part", "1.0.0", &[])], "a"),
    );
    // What the first call remembers, the second one must not believe.
    for _ in 0..2 {
        let output = world.dyrust(&["import", "a", "--offline"]);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(
            String::from_utf8(output.stderr).unwrap(),
            "error: part-1.0.0/Cargo.toml: it is the manifest of `other 1.0.0`, but what the lock has there is `part 1.0.0`: the source \
             serves another package than when the lock was written, do not use it before you know why\n"
        );
    }
}

/// `fleet add` wrote the graph first, and the fleet file over it.
#[test]
fn a_fleet_file_is_not_called_as_its_graph() {
    let mut world = World::new();
    world.program("one", "", &[("one", "1.0.0", &[])]);
    let output = world.dyrust(&["fleet", "add", "one@1.0.0", "--file", "tools.json", "--offline"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("tools.json: a fleet file can't end in .json"), "{said}");
    assert!(!world.path("tools.json").exists());
}

/// Paths that are not UTF-8 ended the program, once the graph was written.
#[test]
fn a_path_in_another_encoding_is_one_like_others() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let mut world = World::new();
    world.program("one", "", &[("one", "1.0.0", &[])]);
    world.write("fleet.toml", "[programs.one]\ncrate = \"one@1.0.0\"\n");
    world.write(
        "a/Cargo.toml",
        "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
    );
    world.write("a/src/main.rs", "fn main() {}\n");
    world.write("a/Cargo.lock", &world.lock(&[("a", "0.1.0", &[])], "a"));
    let odd = OsStr::from_bytes(b"odd \xff");
    fs::rename(world.path("a"), world.path("").join(odd)).unwrap();
    let calls: [&[&OsStr]; 4] = [
        &["import".as_ref(), odd],
        &["init".as_ref(), odd],
        &[
            "fleet".as_ref(),
            "import".as_ref(),
            "--output".as_ref(),
            OsStr::from_bytes(b"g\xff.json"),
        ],
        &["fleet".as_ref(), "workspace".as_ref(), OsStr::from_bytes(b"w\xff")],
    ];
    for words in calls {
        for format in ["text", "json"] {
            let _ = fs::remove_dir_all(world.path("").join(OsStr::from_bytes(b"w\xff")));
            let _ = fs::remove_file(world.path("").join(odd).join("flake.nix"));
            let mut command = world.command(&["--format", format]);
            let output = command.args(words).arg("--offline").output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{words:?}: {said}");
            if format == "json" {
                let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
                assert!(found.to_string().contains('\u{fffd}'), "{found}");
            }
        }
    }
}

/// What nothing is known of counted as not outdated, so that all was well without a network.
#[test]
fn what_is_not_known_is_not_current() {
    let mut world = World::new();
    world.publish("part", "1.0.0", "", &[]);
    world.publish("part", "1.1.0", "", &[]);
    let lock = &[("one", "1.0.0", &["part"][..]), ("part", "1.0.0", &[])];
    world.program("one", "[dependencies]\npart = \"1\"\n", lock);
    world.import("[programs.one]\ncrate = \"one@1.0.0\"\n");
    fs::remove_file(world.path("registry/index/3/o/one")).unwrap();
    let output = world.dyrust(&["outdated", "--graph", "fleet.json", "--offline"]);
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "1 of 2 packages have newer releases\n\
         note: what these ask for is not known, and they are taken to accept what is compatible: one 1.0.0\n\
         note: of 1 of them nothing is known on this machine: one\n"
    );
    let output = world.dyrust(&["--format", "json", "outdated", "--graph", "fleet.json", "--offline"]);
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["unknown"], serde_json::json!(["one"]));
}

/// Versions were counted of names: two of one crate were "2 of 1 packages".
#[test]
fn what_is_newer_is_counted_as_all_is() {
    let mut world = World::new();
    for version in ["1.0.0", "1.1.0", "2.0.0", "2.1.0"] {
        world.publish("part", version, "", &[]);
    }
    let manifest = "[dependencies]\npart = \"1\"\nnew = { package = \"part\", version = \"2\" }\n";
    let lock: [(&str, &str, &[&str]); 3] = [
        ("top", "1.0.0", &["part 1.0.0", "part 2.0.0"]),
        ("part", "1.0.0", &[]),
        ("part", "2.0.0", &[]),
    ];
    world.program("top", manifest, &lock);
    world.import("[programs.top]\ncrate = \"top@1.0.0\"\n");
    let output = world.dyrust(&["outdated", "--graph", "fleet.json", "--offline"]);
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "2 of 3 packages have newer releases\n"
    );
}

/// The command imported `fleet.toml`, whatever the file is called; and where there was no graph, a workspace's was among what was to be run.
#[test]
fn a_plan_names_the_import_of_its_own_file() {
    let mut world = World::new();
    world.publish("part", "1.0.0", "", &[]);
    world.program(
        "one",
        "[dependencies]\npart = \"1\"\n",
        &[("one", "1.0.0", &["part"]), ("part", "1.0.0", &[])],
    );
    world.import("[programs.one]\ncrate = \"one@1.0.0\"\n");
    let plan = |name: &str| {
        let output = world.dyrust(&["--quiet", "fleet", "plan", name, "--offline"]);
        let loud = world.dyrust(&["fleet", "plan", name, "--offline"]);
        (output.stdout, String::from_utf8(loud.stderr).unwrap())
    };
    fs::copy(world.path("fleet.toml"), world.path("my fleet.toml")).unwrap();
    let (_, missing) = plan("my fleet.toml");
    assert_eq!(
        missing,
        "error: my fleet.json: there is no such file: run `dyrust fleet import 'my fleet.toml'`\n"
    );
    assert!(
        world
            .dyrust(&["fleet", "import", "my fleet.toml", "--offline"])
            .status
            .success()
    );
    let text = fs::read_to_string(world.path("my fleet.toml")).unwrap();
    world.write("my fleet.toml", &(text + "# changed\n"));
    let (printed, stale) = plan("my fleet.toml");
    assert!(stale.contains("run `dyrust fleet import 'my fleet.toml'`"), "{stale}");
    // What was asked for was not printed.
    assert!(!printed.is_empty());
}

/// Neither was held by any test: what was withdrawn, and what is no release yet, is nothing to update to.
#[test]
fn what_is_withdrawn_or_no_release_is_not_newer() {
    let mut world = World::new();
    world.yanked.insert(("part".to_owned(), "1.2.0".to_owned()));
    for version in ["1.0.0", "1.1.0", "1.2.0", "2.0.0-rc.1"] {
        world.publish("part", version, "", &[]);
    }
    let lock: [(&str, &str, &[&str]); 2] = [("top", "1.0.0", &["part"]), ("part", "1.0.0", &[])];
    world.program("top", "[dependencies]\npart = \"1\"\n", &lock);
    world.import("[programs.top]\ncrate = \"top@1.0.0\"\n");
    let output = world.dyrust(&["--format", "json", "outdated", "--graph", "fleet.json", "--offline"]);
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected = serde_json::json!([{
        "name": "part", "version": "1.0.0", "update": "1.1.0", "compatible": "1.1.0", "newest": "1.1.0", "rejected": [], "unknown": [],
    }]);
    assert_eq!(told["outdated"], expected, "{told}");
}

/// What is compatible by its number was told as what an update takes, whatever is asked for.
#[test]
fn an_update_is_what_cargos_would_be() {
    let mut world = World::new();
    for name in ["tilde", "exact", "wide", "inner", "tested"] {
        for version in ["1.0.0", "1.0.1", "1.1.0", "2.0.0"] {
            world.publish(name, version, "", &[]);
        }
    }
    world.publish("middle", "1.0.0", "[dependencies]\ninner = \"=1.0.0\"\n", &[]);
    world.write(
        "app/Cargo.toml",
        "[package]\nname = \"app\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[dependencies]\ntilde = \"~1.0\"\nexact = \"=1.0.0\"\n\
         wide = \">=1, <3\"\ninner = \"1\"\nmiddle = \"1\"\ntested = \"1\"\n[dev-dependencies]\ntested = \"<1.1\"\n",
    );
    world.write("app/src/main.rs", "fn main() {}\n");
    let all = ["exact", "inner", "middle", "tested", "tilde", "wide"];
    let mut lock: Vec<(&str, &str, &[&str])> = all.iter().map(|name| (*name, "1.0.0", &[][..])).collect();
    lock[2].2 = &["inner"];
    lock.insert(0, ("app", "1.0.0", &all));
    world.write("app/Cargo.lock", &world.lock(&lock, "app"));
    let output = world.dyrust(&["import", "app", "--offline"]);
    assert!(output.status.success(), "{output:?}");
    let cargo = world.cargo(
        "app",
        &["update", "--dry-run", "--verbose", "--offline", "--color", "never"],
    );
    let cargo = String::from_utf8(cargo.stderr).unwrap();
    // `Updating wide v1.0.0 -> v2.0.0`, `Unchanged exact v1.0.0 (available: v2.0.0)`.
    let expected: std::collections::BTreeMap<&str, &str> = cargo
        .lines()
        .filter_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["Updating", name, _, "->", version, ..] => Some((*name, *version)),
                ["Unchanged", name, ..] => Some((*name, "-")),
                _ => None,
            }
        })
        .collect();
    assert_eq!(expected.len(), 5, "{cargo}");
    let output = world.dyrust(&["outdated", "--graph", "app/crate-graph.json", "--offline"]);
    let table = String::from_utf8(output.stdout).unwrap();
    for line in table.lines().skip(1) {
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(words[2], expected[words[0]].trim_start_matches('v'), "{table}\n{cargo}");
    }
    assert_eq!(table.lines().count(), 6, "{table}");
    for asks in [
        "app 1.0.0 asks for ~1.0",
        "middle 1.0.0 asks for =1.0.0",
        "app 1.0.0 asks for <1.1",
    ] {
        assert!(table.contains(asks), "{table}");
    }
}

/// A pin of the highest version was written, though nothing failed.
#[test]
fn where_nothing_fails_no_pin_is_written() {
    let world = broken_above_1_2();
    world.import(FLEET);
    let graph = fs::read_to_string(world.path("fleet.json")).unwrap();
    let output = world.dyrust(&["fleet", "bisect", "part", "--offline", "--", "true"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "nothing fails: the fleet builds as it is, with part 1.4.0; no pin is written\n"
    );
    assert_eq!(fs::read_to_string(world.path("fleet.toml")).unwrap(), FLEET);
    assert_eq!(fs::read_to_string(world.path("fleet.json")).unwrap(), graph);
}
