//! What goes wrong with registries, and tokens.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::super::testing::{Server, User, archive_of, crate_file, fetch, request, sha256};
use super::super::*;
use super::{index, named, registry};

#[test]
fn a_hiccup_is_survived_and_a_failure_told() {
    let bytes = crate_file("a", "1.0.0", &[]);
    let sum = sha256(&bytes);
    let tries = AtomicUsize::new(0);
    let server = Server::new(move |path, _| match path {
        "/index/config.json" => (200, b"{\"dl\": \"URL\"}".to_vec()),
        _ if tries.fetch_add(1, Ordering::SeqCst) == 0 => (503, Vec::new()),
        _ => (500, Vec::new()),
    });
    let user = User::new();
    let config = user.config(&named(&server));
    let request = request("a", "1.0.0", &index(&server), Some(&sum));
    // The settings are written by hand, to name the server itself.
    let folder = tame_index::utils::url_to_local_dir(&index(&server), true)
        .unwrap()
        .dir_name;
    let file = format!("home/.cargo/registry/index/{folder}/config.json");
    user.write(
        &file,
        format!("{{\"dl\": \"{}/dl/{{crate}}-{{version}}\"}}", server.url),
    );
    let error = fetch(&config, false, std::slice::from_ref(&request))
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        format!(
            "{}/dl/a-1.0.0: the server answered with status 500 (after 2 tries)",
            server.url
        )
    );
    assert_eq!(server.asked().len(), 2);
    let flaky = AtomicUsize::new(0);
    let server = Server::new(move |_, _| {
        if flaky.fetch_add(1, Ordering::SeqCst) == 0 {
            (503, Vec::new())
        } else {
            (200, bytes.clone())
        }
    });
    user.write(&file, format!("{{\"dl\": \"{}/dl\"}}", server.url));
    fetch(&config, false, &[request]).unwrap();
    assert_eq!(server.asked().len(), 2);
}

/// A mirror that withholds a version answers 403, as a store does that has not got it: the message said that it does not exist.
#[test]
fn what_a_mirror_withholds_may_exist() {
    let bytes = crate_file("a", "1.0.0", &[]);
    let sum = sha256(&bytes);
    let url = std::sync::Arc::new(OnceLock::<String>::new());
    let inner = std::sync::Arc::clone(&url);
    let server = Server::new(move |path, _| match path {
        "/index/config.json" => (200, format!("{{\"dl\": \"{}/dl\"}}", inner.get().unwrap()).into_bytes()),
        _ => (403, Vec::new()),
    });
    url.set(server.url.clone()).unwrap();
    let requests = [request("a", "1.0.0", &index(&server), Some(&sum))];
    let error = fetch(&User::new().config(&named(&server)), false, &requests).unwrap_err();
    let expected = format!(
        "a 1.0.0: {}/dl/a/1.0.0/download is not there, or not given out (status 403)",
        server.url
    );
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_token_is_shown_to_who_asks_for_it() {
    let bytes = crate_file("a", "1.0.0", &[]);
    let sum = sha256(&bytes);
    let url = std::sync::Arc::new(OnceLock::<String>::new());
    let inner = std::sync::Arc::clone(&url);
    let server = Server::new(move |path, token| match (path, token) {
        (_, None) => (401, Vec::new()),
        (_, Some(token)) if token != "hidden" => (403, Vec::new()),
        ("/index/config.json", _) => (
            200,
            format!("{{\"dl\": \"{}/dl\", \"auth-required\": true}}", inner.get().unwrap()).into_bytes(),
        ),
        _ => (200, bytes.clone()),
    });
    url.set(server.url.clone()).unwrap();
    let requests = [request("a", "1.0.0", &index(&server), Some(&sum))];
    let user = User::new();
    let error = fetch(&user.config(&named(&server)), false, &requests)
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        format!("mine: {}/index/config.json may not be read (status 401)", server.url)
    );
    user.write("home/.cargo/credentials.toml", "[registries.mine]\ntoken = 'hidden'");
    let config = user.config(&named(&server));
    let fetched = fetch(&config, false, &requests).unwrap();
    assert!(!format!("{fetched:?}").contains("hidden"));
    // Nothing that was written holds the token.
    let mut folders = vec![config.cache.clone(), config.cargo_home.join("registry")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                assert!(!String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).contains("hidden"));
            }
        }
    }
}

/// Where variables alone tell of a registry, as in continuous integration, its token was not found, and the registry refused everything.
#[test]
fn a_registry_and_its_token_may_be_in_variables_alone() {
    let bytes = crate_file("a", "1.0.0", &[]);
    let sum = sha256(&bytes);
    let url = std::sync::Arc::new(OnceLock::<String>::new());
    let inner = std::sync::Arc::clone(&url);
    let server = Server::new(move |path, token| match (path, token) {
        (_, None) => (401, Vec::new()),
        (_, Some(token)) if token != "hidden" => (403, Vec::new()),
        ("/index/config.json", _) => (
            200,
            format!("{{\"dl\": \"{}/dl\", \"auth-required\": true}}", inner.get().unwrap()).into_bytes(),
        ),
        _ => (200, bytes.clone()),
    });
    url.set(server.url.clone()).unwrap();
    let index = index(&server);
    let requests = [request("a", "1.0.0", &index, Some(&sum))];
    let variables = [
        ("CARGO_REGISTRIES_ANOTHER_INDEX", "sparse+https://another.invalid/"),
        ("CARGO_REGISTRIES_ANOTHER_TOKEN", "of another"),
        ("CARGO_REGISTRIES_OUR_OWN_INDEX", &index),
        ("CARGO_REGISTRIES_OUR_OWN_TOKEN", "hidden"),
    ];
    fetch(&User::new().config_with("", &variables), false, &requests).unwrap();
}

#[test]
fn a_token_is_not_shown_to_who_does_not_ask() {
    let bytes = crate_file("a", "1.0.0", &[]);
    let sum = sha256(&bytes);
    let url = std::sync::Arc::new(OnceLock::<String>::new());
    let inner = std::sync::Arc::clone(&url);
    let server = Server::new(move |path, token| match (path, token) {
        (_, Some(_)) => (400, Vec::new()),
        ("/index/config.json", _) => (200, format!("{{\"dl\": \"{}/dl\"}}", inner.get().unwrap()).into_bytes()),
        _ => (200, bytes.clone()),
    });
    url.set(server.url.clone()).unwrap();
    let user = User::new();
    user.write("home/.cargo/credentials.toml", "[registries.mine]\ntoken = 'hidden'");
    fetch(
        &user.config(&named(&server)),
        false,
        &[request("a", "1.0.0", &index(&server), Some(&sum))],
    )
    .unwrap();
}

#[test]
fn bad_packages_are_told_by_name() {
    let good = crate_file("a", "1.0.0", &[]);
    let whole = crate_file("truncated", "1.0.0", &[]);
    let bad = [
        (
            "truncated",
            whole[..whole.len() - 5].to_vec(),
            "it is truncated or damaged (",
        ),
        ("page", b"<html>".to_vec(), "it is not a gzip file"),
        (
            "escape",
            archive_of(&[("../x", tar::EntryType::Regular, "", b"")]),
            "it holds the path `../x`",
        ),
        (
            "other",
            good.clone(),
            "it holds `a-1.0.0/Cargo.toml`, which is not in its folder `other-1.0.0`",
        ),
        ("empty", archive_of(&[]), "it holds no `Cargo.toml`"),
    ];
    let files = vec![
        ("truncated/1.0.0", bad[0].1.clone()),
        ("page/1.0.0", bad[1].1.clone()),
        ("escape/1.0.0", bad[2].1.clone()),
        ("other/1.0.0", bad[3].1.clone()),
        ("empty/1.0.0", bad[4].1.clone()),
    ];
    let server = registry(files);
    let user = User::new();
    let config = user.config(&named(&server));
    let source = index(&server);
    for (name, bytes, expected) in &bad {
        let error = fetch(&config, false, &[request(name, "1.0.0", &source, Some(&sha256(bytes)))])
            .unwrap_err()
            .to_string();
        let start = format!("{name} 1.0.0: ");
        assert!(
            error.starts_with(&start) && error.contains(&format!("{name}-1.0.0.crate is refused: {expected}")),
            "{error}"
        );
    }
    let sum = sha256(&good);
    let errors = [
        (
            request("a", "1.0.0", &source, None),
            "a 1.0.0: Cargo.lock has no checksum for it".to_owned(),
        ),
        (
            request("a", "1.0.0", &source, Some("12x")),
            "a 1.0.0: Cargo.lock gives `12x` as its checksum; expected 64 hexadecimal digits".to_owned(),
        ),
        (
            request("gone", "1.0.0", &source, Some(&sum)),
            format!(
                "gone 1.0.0: {}/dl/gone/1.0.0/download does not exist (status 404)",
                server.url
            ),
        ),
        (
            request("page", "1.0.0", &source, Some(&sum)),
            format!(
                "page 1.0.0: the sha256 of {}/dl/page/1.0.0/download is {}, but Cargo.lock expects {sum}",
                server.url,
                sha256(b"<html>")
            ),
        ),
        (
            request("../a", "1.0.0", &source, Some(&sum)),
            "`../a` `1.0.0` is not a package's name and version".to_owned(),
        ),
        (
            request("a", "1/..", &source, Some(&sum)),
            "`a` `1/..` is not a package's name and version".to_owned(),
        ),
        (
            request("a", "1.0.0", "path+file:///x", Some(&sum)),
            "a 1.0.0: Cargo.lock gives `path+file:///x` as its source, which is not of a known kind".to_owned(),
        ),
    ];
    for (request, expected) in errors {
        assert_eq!(fetch(&config, false, &[request]).unwrap_err().to_string(), expected);
    }
    // Only whole files got a name in the cache.
    let folder = tame_index::utils::url_to_local_dir(&source, true).unwrap().dir_name;
    let cache = config.cargo_home.join("registry/cache").join(folder);
    for entry in fs::read_dir(cache).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        assert!(!name.starts_with('.') && name != "gone-1.0.0.crate", "{name}");
    }
}

/// Another cargo was just writing it, and the registry could not be used again until the file was deleted.
#[test]
fn empty_settings_are_asked_for_again() {
    let bytes = crate_file("a", "1.0.0", &[]);
    let request = |server: &Server| request("a", "1.0.0", &index(server), Some(&sha256(&bytes)));
    let archive = bytes.clone();
    let server = Server::new(move |path, _| match path {
        "/index/config.json" => (200, b"{\"dl\": \"URL\"}".to_vec()),
        _ => (200, archive.clone()),
    });
    let user = User::new();
    let folder = tame_index::utils::url_to_local_dir(&index(&server), true)
        .unwrap()
        .dir_name;
    user.write(&format!("home/.cargo/registry/index/{folder}/config.json"), "");
    let error = fetch(&user.config(&named(&server)), false, &[request(&server)])
        .unwrap_err()
        .to_string();
    assert!(!error.contains("config.json"), "{error}");
    assert!(server.asked().iter().any(|path| path == "/index/config.json"));
}

#[test]
fn unusable_settings_are_told() {
    for (body, expected) in [("{}", "missing field `dl`"), ("x", "expected value")] {
        let server = Server::new(move |_, _| (200, body.as_bytes().to_vec()));
        let user = User::new();
        let request = request("a", "1.0.0", &index(&server), Some(&sha256(b"")));
        let error = fetch(&user.config(&named(&server)), false, &[request])
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with(&format!(
                "sparse+{}/index/: its config.json cannot be used: {expected}",
                server.url
            )),
            "{error}"
        );
    }
    let server = Server::new(|_, _| (404, Vec::new()));
    let user = User::new();
    let request = request("a", "1.0.0", &index(&server), Some(&sha256(b"")));
    let error = fetch(&user.config(&named(&server)), false, std::slice::from_ref(&request))
        .unwrap_err()
        .to_string();
    assert!(error.ends_with("/index/config.json does not exist"), "{error}");
    // Nobody listens any more.
    drop(server);
    let error = fetch(&user.config(""), false, &[request]).unwrap_err();
    assert!(
        matches!(&error, Error::Network { reason, .. } if reason.ends_with("(after 2 tries)")),
        "{error}"
    );
}
