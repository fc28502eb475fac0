//! A package that the registry no longer gives: what to do depends on whose lock names it.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

mod support;

/// What is tested.
const PROGRAM: &str = env!("CARGO_BIN_EXE_dyrust");

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::World;

/// What is said of a lock that dyrust made.
const OF_FLEET: &str = "help: the versions are chosen for fleet.toml: name another one in its table `pin` or another version of the program";
/// What is said of a lock that came with a program.
const OF_PUBLISHER: &str = "help: the lock is the one that top@1.0.0 was published with, which can't be changed";
/// What is said of a workspace's own.
const OF_WORKSPACE: &str = "choose another with `cargo update -p leaf`";

/// Serves the world's registry over HTTP, without `leaf`; gives its address.
fn serve(registry: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let configuration = format!("{{\"dl\": \"{address}/dl/{{crate}}-{{version}}.crate\"}}");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut first = String::new();
            let _ = reader.read_line(&mut first);
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|bytes| bytes > 2) {
                line.clear();
            }
            let path = first.split(' ').nth(1).unwrap_or_default();
            let body = answer(&registry, path, &configuration);
            let head = match &body {
                Some(_) => "200 OK",
                None => "404 Not Found",
            };
            let body = body.unwrap_or_default();
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
            );
            let _ = stream.write_all(&body);
        }
    });
    address
}

fn answer(registry: &Path, path: &str, configuration: &str) -> Option<Vec<u8>> {
    if path == "/config.json" {
        return Some(configuration.as_bytes().to_vec());
    }
    match path.strip_prefix("/dl/") {
        Some(archive) if archive.starts_with("leaf-") => None,
        Some(archive) => fs::read(registry.join(archive)).ok(),
        None => fs::read(registry.join("index").join(path.trim_start_matches('/'))).ok(),
    }
}

/// A world in which `leaf` was there when the graphs `fleet.json`, `top.json` and `workspace.json` were made, and is gone now.
fn world() -> World {
    let mut world = World::new();
    world.publish("leaf", "1.0.0", "", &[]);
    let lock = |name: &'static str| [(name, "1.0.0", &["leaf"][..]), ("leaf", "1.0.0", &[])];
    for name in ["top", "more"] {
        world.program(name, "[dependencies]\nleaf = \"1\"\n", &lock(name));
    }
    world.import("[programs.top]\ncrate = \"top@1.0.0\"\n");
    let alone = world.dyrust(&["import", "--crate", "top@1.0.0", "--offline", "--output", "top.json"]);
    assert!(alone.status.success(), "{}", String::from_utf8_lossy(&alone.stderr));
    let mut graph: Value = serde_json::from_slice(&fs::read(world.path("top.json")).unwrap()).unwrap();
    graph["selection"].as_object_mut().unwrap().remove("crate");
    world.write("workspace.json", &graph.to_string());
    let address = serve(world.path("registry"));
    let configuration =
        format!("[source.crates-io]\nreplace-with = \"here\"\n[source.here]\nregistry = \"sparse+{address}/\"\n");
    world.write("config.toml", &configuration);
    world
}

/// A call with nothing in the caches, and a Nix that knows of nothing: exit code and what was said.
fn call(world: &World, arguments: &[&str]) -> (Option<i32>, String) {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join(".cargo")).unwrap();
    fs::copy(world.path("config.toml"), home.path().join(".cargo/config.toml")).unwrap();
    let output = world
        .command(arguments)
        .env("HOME", home.path())
        .env("CARGO_HOME", home.path().join(".cargo"))
        .env("NIX_STORE_DIR", world.path("store"))
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// `cargo update` was advised, which knows nothing of a fleet.
#[test]
fn fleets_are_told_of_their_own_file() {
    let world = world();
    let fleet = fs::read_to_string(world.path("fleet.toml")).unwrap();
    let graph = fs::read_to_string(world.path("fleet.json")).unwrap();
    for arguments in [
        &["fleet", "import"][..],
        &["fleet", "import", "--check"],
        &["fleet", "add", "more@1.0.0"],
        &["fleet", "update"],
        &["fleet", "workspace", "out"],
        &["fleet", "bisect", "leaf", "--", "true"],
    ] {
        let (code, said) = call(&world, arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
        assert!(
            said.contains("leaf 1.0.0: ") && said.contains("does not exist (status 404)"),
            "{arguments:?}: {said}"
        );
        assert!(
            said.contains(OF_FLEET) && !said.contains(OF_WORKSPACE),
            "{arguments:?}: {said}"
        );
        assert_eq!(
            fs::read_to_string(world.path("fleet.toml")).unwrap(),
            fleet,
            "{arguments:?}"
        );
        assert_eq!(
            fs::read_to_string(world.path("fleet.json")).unwrap(),
            graph,
            "{arguments:?}"
        );
    }
    // A program that is resolved alone has the lock that it was published with.
    world.write("fleet.toml", &format!("{fleet}isolated = true\n"));
    let (code, said) = call(&world, &["fleet", "import"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains(OF_PUBLISHER) && !said.contains(OF_FLEET), "{said}");
    let (code, said) = call(&world, &["import", "--crate", "top@1.0.0"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains(OF_PUBLISHER), "{said}");
}

/// The advice of `dyrust prefetch` for a source that can't be had is that for the lock of the graph.
#[test]
fn prefetch_advises_what_fits_the_graph() {
    let world = world();
    for (graphs, expected) in [
        (&["fleet.json"][..], OF_FLEET),
        (&["top.json"], OF_PUBLISHER),
        (&["workspace.json"], OF_WORKSPACE),
    ] {
        let (code, said) = call(&world, &[&["prefetch"], graphs].concat());
        assert_eq!(code, Some(2), "{graphs:?}: {said}");
        assert!(
            said.contains("leaf 1.0.0: ") && said.contains("does not exist (status 404)"),
            "{graphs:?}: {said}"
        );
        for advice in [OF_FLEET, OF_PUBLISHER, OF_WORKSPACE] {
            assert_eq!(said.contains(advice), advice == expected, "{graphs:?}: {said}");
        }
        // Where nothing may be asked, nothing has vanished.
        let (code, said) = call(&world, &[&["prefetch", "--offline"], graphs].concat());
        assert_eq!(code, Some(2), "{graphs:?}: {said}");
        assert!(said.contains("leave out `--offline`"), "{graphs:?}: {said}");
    }
}
