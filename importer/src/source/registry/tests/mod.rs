//! Tests with registries on the loopback interface.

mod errors;
mod settings;

use std::fs;

use super::super::testing::{Server, User, archive_of, crate_file, fetch, request, sha256};
use super::super::{FetchOptions, Fetched, Fetcher, Pin};
use super::*;
use crate::manifest::Package;
use crate::resolve::fetch_packages;
use crate::source::facts;
use crate::source::progress::Silent;

/// A registry that serves these `.crate` files, by `name/version`, below `/dl`, and files of its index by their path.
fn registry(files: Vec<(&'static str, Vec<u8>)>) -> Server {
    let url = std::sync::Arc::new(OnceLock::<String>::new());
    let inner = std::sync::Arc::clone(&url);
    let server = Server::new(move |path, _| {
        if path == "/index/config.json" {
            return (200, format!("{{\"dl\": \"{}/dl\"}}", inner.get().unwrap()).into_bytes());
        }
        let file = path
            .strip_prefix("/dl/")
            .and_then(|path| path.strip_suffix("/download"))
            .or_else(|| path.strip_prefix('/'));
        match file.and_then(|file| files.iter().find(|(name, _)| *name == file)) {
            Some((_, bytes)) => (200, bytes.clone()),
            None => (404, Vec::new()),
        }
    });
    url.set(server.url.clone()).unwrap();
    server
}

fn index(server: &Server) -> String {
    format!("sparse+{}/index/", server.url)
}

fn named(server: &Server) -> String {
    format!("[registries.mine]\nindex = '{}'\n", index(server))
}

fn pin(fetched: &[Fetched]) -> &Pin {
    &fetched[0].pin
}

#[test]
fn packages_are_downloaded_once() {
    let (a, b) = (
        crate_file("a", "1.0.0", &[]),
        crate_file("b", "0.2.0+x", &[("build.rs", "")]),
    );
    let (sum_a, sum_b) = (sha256(&a), sha256(&b));
    let server = registry(vec![("a/1.0.0", a), ("b/0.2.0+x", b.clone())]);
    let user = User::new();
    let config = user.config(&named(&server));
    let source = index(&server);
    let requests = [
        request("b", "0.2.0+x", &source, Some(&sum_b)),
        request("a", "1.0.0", &source, Some(&sum_a)),
    ];
    let fetched = fetch(&config, false, &requests).unwrap();
    assert_eq!(
        server.asked(),
        ["/dl/a/1.0.0/download", "/dl/b/0.2.0+x/download", "/index/config.json"]
    );
    assert_eq!(fetched[0].manifest.location, "b-0.2.0+x/Cargo.toml");
    assert!(fetched[0].files.contains("build.rs") && !fetched[1].files.contains("build.rs"));
    let template = format!("{}/dl/{{crate}}/{{version}}/download", server.url);
    let expected = Pin::Registry {
        sha256: sum_b.clone(),
        registry: Some(("mine".to_owned(), template)),
    };
    assert_eq!(*pin(&fetched), expected);
    // The file is where Cargo looks for it.
    assert!(fetched[0].local.starts_with(config.cargo_home.join("registry/cache")));
    assert_eq!(fs::read(&fetched[0].local).unwrap(), b);
    drop(server);
    let again = fetch(&config, true, &requests).unwrap();
    assert_eq!(again[0].pin, fetched[0].pin);
    assert!(again[0].files.contains("build.rs"));
}

#[test]
fn what_cargo_unpacked_is_used() {
    let bytes = crate_file("a", "1.0.0", &[]);
    let sum = sha256(&bytes);
    let server = registry(vec![("a/1.0.0", bytes)]);
    let user = User::new();
    let config = user.config(&named(&server));
    let requests = [request("a", "1.0.0", &index(&server), Some(&sum))];
    let archive = fetch(&config, false, &requests).unwrap()[0].local.clone();
    let folder = tame_index::utils::url_to_local_dir(&index(&server), true)
        .unwrap()
        .dir_name;
    let unpacked = format!("home/.cargo/registry/src/{folder}/a-1.0.0");
    user.write(&format!("{unpacked}/Cargo.toml"), "unpacked");
    assert_ne!(
        fetch(&config, true, &requests).unwrap()[0].manifest.text,
        "unpacked",
        "it is not complete"
    );
    user.write(&format!("{unpacked}/.cargo-ok"), "{\"v\":1}");
    assert_ne!(
        fetch(&config, true, &requests).unwrap()[0].manifest.text,
        "unpacked",
        "the file is there that has the checksum"
    );
    fs::remove_file(archive).unwrap();
    assert_eq!(fetch(&config, true, &requests).unwrap()[0].manifest.text, "unpacked");
    let file = user.write(&format!("{unpacked}/Cargo.toml"), b"\xff");
    let error = fetch(&config, true, &requests).unwrap_err().to_string();
    let expected = format!(
        "a 1.0.0: {} cannot be read: stream did not contain valid UTF-8",
        file.display()
    );
    assert_eq!(error, expected);
}

#[test]
fn a_damaged_cache_is_mended() {
    let bytes = crate_file("a", "1.0.0", &[]);
    let sum = sha256(&bytes);
    let server = registry(vec![("a/1.0.0", bytes.clone())]);
    let user = User::new();
    let config = user.config(&named(&server));
    let requests = [request("a", "1.0.0", &index(&server), Some(&sum))];
    let file = fetch(&config, false, &requests).unwrap()[0].local.clone();
    fs::write(&file, "damaged").unwrap();
    let error = fetch(&config, true, &requests).unwrap_err().to_string();
    assert_eq!(
        error,
        format!(
            "a 1.0.0: the sha256 of {} is {}, but Cargo.lock expects {sum}",
            file.display(),
            sha256(b"damaged")
        )
    );
    fetch(&config, false, &requests).unwrap();
    assert_eq!(fs::read(&file).unwrap(), bytes);
    // Cargo leaves an empty file behind when it is interrupted.
    fs::write(&file, "").unwrap();
    fetch(&config, false, &requests).unwrap();
    assert_eq!(fs::read(&file).unwrap(), bytes);
}

/// What is made of a `.crate` file is kept, and never taken for another file.
#[test]
fn facts_of_a_file_are_kept_and_mended() {
    let manifest = "# THIS FILE IS AUTOMATICALLY GENERATED BY CARGO\n[package]\nname = \"a\"\nversion = \"1.0.0\"\n\
                    [dependencies]\nb = { version = \">=1, <3\", features = [\"x\"], optional = true }\n\
                    [target.'cfg(unix)'.build-dependencies]\nc = { version = \"2\", package = \"d\" }\n[features]\nf = [\"b?/y\"]\n";
    let archive = |more: &str| {
        let text = format!("{manifest}{more}");
        archive_of(&[
            ("a-1.0.0/Cargo.toml", tar::EntryType::Regular, "", text.as_bytes()),
            ("a-1.0.0/src/lib.rs", tar::EntryType::Regular, "", b""),
        ])
    };
    let bytes = archive("");
    let sum = sha256(&bytes);
    let server = registry(vec![("a/1.0.0", bytes)]);
    let user = User::new();
    let config = user.config(&named(&server));
    let requests = [request("a", "1.0.0", &index(&server), Some(&sum))];
    let read = |offline| {
        let fetcher = Fetcher::new(&config, FetchOptions { offline }, &Silent);
        fetch_packages(&fetcher, &requests).unwrap().remove(0)
    };
    let known = || fetch(&config, true, &requests).unwrap().remove(0).known;
    let new = read(false);
    let file = facts::memory_file(&config.cache, &sum).with_extension("package");
    let kept = fs::read(&file).unwrap();
    let told = |package: &Package| format!("{package:?}");
    assert_eq!(known().map(|package| told(&package)), Some(told(&new.package)));
    assert_eq!(
        (&read(true).remote.pin, read(true).location),
        (&new.remote.pin, new.location.clone())
    );
    for damaged in [
        &b""[..],
        &kept[..kept.len() / 2],
        &kept[..kept.len() - 1],
        b"dyrust facts 0000000000000000 00000000\n",
    ] {
        fs::write(&file, damaged).unwrap();
        assert!(known().is_none());
        assert_eq!(told(&read(true).package), told(&new.package));
        assert_eq!(fs::read(&file).unwrap(), kept);
    }
    // Another package with this checksum is none that is known.
    let other = [request("b", "1.0.0", &index(&server), Some(&sum))];
    fs::copy(&new.remote.local, new.remote.local.with_file_name("b-1.0.0.crate")).unwrap();
    assert!(fetch(&config, true, &other).unwrap().remove(0).known.is_none());
    // Neither is a file that was changed.
    fs::write(&new.remote.local, archive("[lib]\ndoctest = false\n")).unwrap();
    let error = fetch(&config, true, &requests).unwrap_err();
    assert!(matches!(error, Error::WrongChecksum { .. }), "{error}");
}

#[test]
fn the_default_registry_may_have_a_mirror() {
    let bytes = crate_file("a", "1.0.0", &[]);
    let sum = sha256(&bytes);
    // Cargo did not write the manifest, so the index is asked, too: once.
    let entry =
        format!("{{\"name\":\"a\",\"vers\":\"1.0.0\",\"deps\":[],\"cksum\":\"{sum}\",\"features\":{{\"f\":[]}}}}\n");
    let server = registry(vec![("a/1.0.0", bytes), ("index/1/a", entry.into_bytes())]);
    let user = User::new();
    let mirror = format!(
        "[source.mirror]\nregistry = '{}'\n[source.crates-io]\nreplace-with = 'mirror'\n",
        index(&server)
    );
    let config = user.config(&mirror);
    for source in [format!("registry+{CRATES_IO_INDEX}"), CRATES_IO_HTTP_INDEX.to_owned()] {
        let fetched = fetch(&config, false, &[request("a", "1.0.0", &source, Some(&sum))]).unwrap();
        // The lock means the default registry, and so does the pin.
        assert_eq!(
            *pin(&fetched),
            Pin::Registry {
                sha256: sum.clone(),
                registry: None
            }
        );
        let features = fetched[0].index.iter().flat_map(|entry| entry.features());
        assert_eq!(features.map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["f"]);
    }
    assert_eq!(
        server.asked(),
        ["/dl/a/1.0.0/download", "/index/1/a", "/index/config.json"]
    );
}

#[test]
fn an_index_that_cannot_be_asked_is_told() {
    let bytes = crate_file("a", "1.0.0", &[]);
    let sum = sha256(&bytes);
    let server = registry(vec![("a/1.0.0", bytes)]);
    let user = User::new();
    let config = user.config(&format!(
        "[source.mirror]\nregistry = '{}'\n[source.crates-io]\nreplace-with = 'mirror'\n",
        index(&server)
    ));
    let requests = [request(
        "a",
        "1.0.0",
        &format!("registry+{CRATES_IO_INDEX}"),
        Some(&sum),
    )];
    // This index has no such package, so there is nothing to remember of it.
    assert!(fetch(&config, false, &requests).unwrap()[0].index.is_none());
    let error = fetch(&config, true, &requests).unwrap_err().to_string();
    assert_eq!(
        error,
        "a 1.0.0: its entry in the registry's index is not in Cargo's cache, and the network must not be used"
    );
}

#[test]
fn a_git_index_tells_its_template() {
    let bytes = crate_file("a", "1.0.0", &[]);
    let sum = sha256(&bytes);
    let server = registry(vec![("a/1.0.0", bytes)]);
    let user = User::new();
    user.write("index/config.json", format!("{{\"dl\": \"{}/dl\"}}", server.url));
    for arguments in [
        &["init", "--quiet"][..],
        &["add", "."],
        &[
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@a.example",
            "commit",
            "-qm",
            "x",
        ],
    ] {
        git(&user.path("index"), GitConfig::None, arguments).unwrap().unwrap();
    }
    let url = format!("file://{}", user.path("index").display());
    let config = user.config(&format!("[registries.mine]\nindex = '{url}'"));
    let requests = [request("a", "1.0.0", &format!("registry+{url}"), Some(&sum))];
    let error = fetch(&config, true, &requests).unwrap_err().to_string();
    assert_eq!(error, "a 1.0.0: not in Cargo's cache, and the network must not be used");
    let fetched = fetch(&config, false, &requests).unwrap();
    let template = format!("{}/dl/{{crate}}/{{version}}/download", server.url);
    assert_eq!(
        *pin(&fetched),
        Pin::Registry {
            sha256: sum,
            registry: Some(("mine".to_owned(), template))
        }
    );
    // The index's settings are remembered.
    fs::remove_dir_all(user.path("index")).unwrap();
    assert_eq!(fetch(&config, true, &requests).unwrap()[0].pin, fetched[0].pin);
}

#[test]
fn a_local_registry_has_its_files_beside_its_index() {
    let bytes = crate_file("a", "1.0.0", &[]);
    let sum = sha256(&bytes);
    let user = User::new();
    user.write("workspace/local/a-1.0.0.crate", &bytes);
    user.write("workspace/local/b-1.0.0.crate", "other");
    let program = crate_file("prog", "1.0.0", &[("Cargo.lock", "x")]);
    user.write("workspace/local/prog-1.0.0.crate", &program);
    let entry = format!(
        "{{\"name\":\"prog\",\"vers\":\"1.0.0\",\"cksum\":\"{}\"}}\n",
        sha256(&program)
    );
    user.write("workspace/local/index/pr/og/prog", entry);
    let config = user.config("[source.l]\nlocal-registry = 'local'\n[source.crates-io]\nreplace-with = 'l'");
    let source = format!("registry+{CRATES_IO_INDEX}");
    let fetched = fetch(&config, false, &[request("a", "1.0.0", &source, Some(&sum))]).unwrap();
    assert_eq!(
        *pin(&fetched),
        Pin::Registry {
            sha256: sum.clone(),
            registry: None
        }
    );
    let offline = Fetcher::new(&config, FetchOptions { offline: true }, &Silent);
    assert_eq!(offline.fetch_crate("prog", "1.0.0").unwrap().lock, "x");
    let folder = user.path("workspace/local");
    for offline in [true, false] {
        let error = fetch(&config, offline, &[request("c", "1.0.0", &source, Some(&sum))])
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            format!(
                "c 1.0.0: not in {}, which Cargo's configuration names as its source",
                folder.display()
            )
        );
        let error = fetch(&config, offline, &[request("b", "1.0.0", &source, Some(&sum))]).unwrap_err();
        assert!(matches!(error, Error::WrongChecksum { .. }), "{error}");
    }
}

#[test]
fn where_cargos_folder_cannot_be_written_dyrusts_is_used() {
    let bytes = crate_file("a", "1.0.0", &[]);
    let sum = sha256(&bytes);
    let server = registry(vec![("a/1.0.0", bytes)]);
    let user = User::new();
    let config = user.config(&named(&server));
    user.write("home/.cargo/registry", "a file in the way");
    let requests = [request("a", "1.0.0", &index(&server), Some(&sum))];
    let fetched = fetch(&config, false, &requests).unwrap();
    assert!(fetched[0].local.starts_with(&config.cache));
    assert_eq!(fetch(&config, true, &requests).unwrap()[0].pin, fetched[0].pin);
    // Neither can be written.
    fs::remove_dir_all(&config.cache).unwrap();
    user.write("home/.cache/dyrust", "a file in the way");
    let error = fetch(&config, false, &requests).unwrap_err().to_string();
    assert!(
        error.starts_with("writing ") && error.contains("a-1.0.0.crate failed: "),
        "{error}"
    );
}

/// Of a package that has both files only the one counted that Cargo does not look at.
#[test]
fn a_published_program_brings_the_configuration_that_cargo_takes() {
    let (old, new) = ((".cargo/config", "old"), (".cargo/config.toml", "new"));
    for (files, expected) in [(&[new, old][..], "old"), (&[old], "old"), (&[new], "new"), (&[], "")] {
        let user = User::new();
        let files = files.iter().copied().chain([("Cargo.lock", "x")]).collect::<Vec<_>>();
        let program = crate_file("prog", "1.0.0", &files);
        user.write("workspace/local/prog-1.0.0.crate", &program);
        let sum = sha256(&program);
        let entry = format!("{{\"name\":\"prog\",\"vers\":\"1.0.0\",\"cksum\":\"{sum}\"}}\n");
        user.write("workspace/local/index/pr/og/prog", entry);
        let config = user.config("[source.l]\nlocal-registry = 'local'\n[source.crates-io]\nreplace-with = 'l'");
        let fetcher = Fetcher::new(&config, FetchOptions { offline: true }, &Silent);
        for _remembered in [false, true] {
            assert_eq!(fetcher.fetch_crate("prog", "1.0.0").unwrap().configuration, expected);
        }
    }
}

#[test]
fn a_published_program_brings_its_lock() {
    let with = crate_file("p", "1.0.0", &[("Cargo.lock", "version = 4\n")]);
    let without = crate_file("p", "2.0.0", &[]);
    let line = |version: &str, bytes: &[u8], yanked: bool| {
        format!(
            "{{\"name\":\"p\",\"vers\":\"{version}\",\"cksum\":\"{}\",\"deps\":[],\"features\":{{}},\"yanked\":{yanked}}}\n",
            sha256(bytes)
        )
    };
    let entry = line("1.0.0", &with, true) + &line("2.0.0", &without, false);
    let sum = sha256(&with);
    let url = std::sync::Arc::new(OnceLock::<String>::new());
    let inner = std::sync::Arc::clone(&url);
    let server = Server::new(move |path, _| match path {
        "/index/config.json" => (200, format!("{{\"dl\": \"{}/dl\"}}", inner.get().unwrap()).into_bytes()),
        "/index/1/p" => (200, entry.clone().into_bytes()),
        "/dl/p/1.0.0/download" => (200, with.clone()),
        "/dl/p/2.0.0/download" => (200, without.clone()),
        _ => (404, Vec::new()),
    });
    url.set(server.url.clone()).unwrap();
    let user = User::new();
    let mirror = format!(
        "[source.m]\nregistry = '{}'\n[source.crates-io]\nreplace-with = 'm'\n",
        index(&server)
    );
    let config = user.config(&mirror);
    let fetcher = Fetcher::new(&config, FetchOptions::default(), &Silent);
    let published = fetcher.fetch_crate("p", "1.0.0").unwrap();
    assert_eq!(
        (published.sha256.as_str(), published.yanked, published.lock.as_str()),
        (sum.as_str(), true, "version = 4\n")
    );
    assert_eq!(
        published.fetched.pin,
        Pin::Registry {
            sha256: sum,
            registry: None
        }
    );
    let errors = [
        ("p", "2.0.0", "p 2.0.0: its .crate file has no Cargo.lock"),
        ("p", "3.0.0", "p: the registry has no version 3.0.0; it has 2.0.0"),
        ("none", "1.0.0", "none: the registry has no package of this name"),
    ];
    for (name, version, expected) in errors {
        assert_eq!(fetcher.fetch_crate(name, version).unwrap_err().to_string(), expected);
    }
    let offline = Fetcher::new(&config, FetchOptions { offline: true }, &Silent);
    assert_eq!(
        offline.fetch_crate("p", "1.0.0").unwrap().lock,
        "version = 4\n",
        "it is remembered"
    );
    let error = offline.fetch_crate("p", "3.0.0").unwrap_err().to_string();
    assert_eq!(error, "p 3.0.0: not in Cargo's cache, and the network must not be used");
}
