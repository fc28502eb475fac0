//! `dyrust prefetch`, and what it and its kin say while Nix works: with programs in the place of Nix's that say little.

// A test may panic, in its helpers too.
#![allow(clippy::unwrap_used)]

mod support;

/// What is tested.
const PROGRAM: &str = env!("CARGO_BIN_EXE_dyrust");

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::json;
use sha2::{Digest, Sha256};
use support::World;

/// A fleet of `top`, and a `nix` and a `nix-store` that do this.
fn world(script: &str) -> World {
    let mut world = World::new();
    world.program("top", "", &[("top", "1.0.0", &[])]);
    world.import("[programs.top]\ncrate = \"top@1.0.0\"\n");
    for program in ["nix", "nix-store"] {
        world.write(&format!("bin/{program}"), &format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(world.path(&format!("bin/{program}")), fs::Permissions::from_mode(0o755)).unwrap();
    }
    world
}

/// Exit code and what was said.
fn call(world: &World, arguments: &[&str]) -> (Option<i32>, String) {
    let output = world
        .command(arguments)
        .env("DYRUST_NIX_BIN", world.path("bin"))
        .env("NIX_STORE_DIR", world.path("store"))
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// Has a graph say that its packages are of another registry, or have none.
fn edit(world: &World, file: &str, change: impl Fn(&mut serde_json::Value)) {
    let mut graph = serde_json::from_str(&fs::read_to_string(world.path("fleet.json")).unwrap()).unwrap();
    change(&mut graph);
    world.write(file, &graph.to_string());
}

/// What Nix adds was compared as far as it named it: a program that said nothing had added everything.
#[test]
fn a_source_that_nix_does_not_name_is_missed() {
    let world = world("");
    let (code, said) = call(&world, &["prefetch", "fleet.json", "--offline"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("`nix-store --add-fixed` named 0 of 1 paths"), "{said}");
}

/// Without a lock, as with fleets, the default registry was asked for the packages of all registries: names of private ones, in public.
#[test]
fn the_default_registry_is_not_asked_for_packages_of_others() {
    let world = world("");
    edit(&world, "fleet.json", |graph| {
        graph["packages"]["top"]["registry"] = json!("private")
    });
    let prefetch = || call(&world, &["prefetch", "fleet.json", "--offline"]);
    let (code, said) = prefetch();
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("top 1.0.0 is of the registry `private`") && said.contains("add `[registries.private]`"),
        "{said}"
    );
    // Once it is known, it is asked: in this world it is the default one, which is in a folder.
    world.write(
        ".cargo/config.toml",
        "[registries.private]\nindex = \"https://github.com/rust-lang/crates.io-index\"\n",
    );
    assert!(prefetch().1.contains("named 0 of 1 paths"), "{said}");
}

/// For all graphs the configuration of the first one's folder counted.
#[test]
fn each_graphs_folder_has_its_own_configuration() {
    let world = world("");
    let config = fs::read_to_string(world.path("home/.cargo/config.toml")).unwrap();
    world.write("home/.cargo/config.toml", "");
    world.write("two/.cargo/config.toml", &config);
    edit(&world, "one/graph.json", |graph| {
        graph["packages"] = json!({});
        graph["roots"] = json!({});
    });
    edit(&world, "two/graph.json", |_| ());
    let (_, said) = call(&world, &["prefetch", "one/graph.json", "two/graph.json", "--offline"]);
    assert!(said.contains("named 0 of 1 paths"), "{said}");
}

/// While Nix built for hours, nothing was said.
#[test]
fn what_nix_says_of_a_build_is_heard() {
    let world = world("echo building top >&2\necho '[]'");
    let heard = |more: &[&str]| {
        call(&world, &[&["pin", "--graph", "fleet.json"], more].concat())
            .1
            .contains("building top")
    };
    assert!(heard(&[]));
    assert!(!heard(&["--quiet"]) && !heard(&["--format", "json"]));
    world.write("bin/nix", "#!/bin/sh\necho no such flake >&2\nexit 1\n");
    for more in [&[][..], &["--quiet"]] {
        let (code, said) = call(&world, &[&["pin", "--graph", "fleet.json"], more].concat());
        assert_eq!((code, said.matches("no such flake").count()), (Some(2), 1), "{said}");
    }
}

/// Of two registries' packages of one name and version the second was written over the first, in Cargo's own cache, too: it was the same file by
/// another name.
#[test]
fn packages_of_one_name_of_two_registries_are_both_added() {
    let world = world(
        "while [ \"$1\" != sha256 ]; do [ $# -gt 0 ] || exit 0; shift; done; shift\n\
         for file; do sha256sum <\"$file\" | cut -d' ' -f1 >>added; echo \"$file\"; done",
    );
    let archive = world.path("registry/top-1.0.0.crate");
    let first = fs::read(&archive).unwrap();
    let second = [&first[..], &b"more"[..]].concat();
    fs::create_dir_all(world.path("other")).unwrap();
    fs::write(world.path("other/top-1.0.0.crate"), &second).unwrap();
    let config = fs::read_to_string(world.path("home/.cargo/config.toml")).unwrap();
    let other = world.path("other").display().to_string();
    let registries = format!(
        "[registries.private]\nindex = \"https://h.example/index\"\n[source.private]\nregistry = \"https://h.example/index\"\n\
         replace-with = \"there\"\n[source.there]\nlocal-registry = \"{other}\"\n"
    );
    world.write("home/.cargo/config.toml", &(config + &registries));
    let sha256 = |bytes: &[u8]| {
        let digest = Sha256::digest(bytes);
        digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    edit(&world, "fleet.json", |graph| {
        let mut private = graph["packages"]["top"].clone();
        private["registry"] = json!("private");
        private["sha256"] = json!(sha256(&second));
        graph["packages"]["top@1.0.0+0123abcd"] = private;
    });
    let (_, said) = call(&world, &["prefetch", "fleet.json", "--offline"]);
    assert!(fs::read(&archive).unwrap() == first, "{said}");
    let added = fs::read_to_string(world.path("added")).unwrap_or_default();
    let mut added: Vec<&str> = added.lines().collect();
    added.sort_unstable();
    let mut expected = [sha256(&first), sha256(&second)];
    expected.sort_unstable();
    assert_eq!(added, expected, "{said}");
}
