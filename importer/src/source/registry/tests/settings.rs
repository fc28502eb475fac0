//! Registries whose `config.json` changes.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use super::super::super::testing::{Server, User, crate_file, fetch, request, sha256};
use super::super::*;
use super::{index, named, pin};
use crate::source::progress::Silent;
use crate::source::{FetchOptions, Fetched, Fetcher};

/// A registry that can be told to move: from `/dl` to `/moved`, where it wants a token.
struct Moving {
    server: Server,
    moves: Arc<AtomicBool>,
    packages: [(&'static str, Vec<u8>); 2],
}

impl Moving {
    fn new() -> Self {
        let packages = ["a", "b"].map(|name| (name, crate_file(name, "1.0.0", &[])));
        let moves = Arc::new(AtomicBool::new(false));
        let url = Arc::new(OnceLock::<String>::new());
        let (inner_url, has_moved, served) = (Arc::clone(&url), Arc::clone(&moves), packages.clone());
        let server = Server::new(move |path, token| {
            let has_moved = has_moved.load(Ordering::SeqCst);
            if has_moved && token != Some("hidden") && !path.starts_with("/dl/") {
                return (401, Vec::new());
            }
            let place = if has_moved { "/moved" } else { "/dl" };
            if path == "/index/config.json" {
                let url = inner_url.get().unwrap();
                let text = format!("{{\"dl\": \"{url}{place}\", \"auth-required\": {has_moved}}}");
                return (200, text.into_bytes());
            }
            let package = path
                .strip_prefix(place)
                .and_then(|path| path.strip_suffix("/1.0.0/download"));
            let mut served = served.iter();
            match package.and_then(|package| served.find(|(name, _)| package.strip_prefix('/') == Some(name))) {
                Some((_, bytes)) => (200, bytes.clone()),
                None => (404, Vec::new()),
            }
        });
        url.set(server.url.clone()).unwrap();
        Self {
            server,
            moves,
            packages,
        }
    }

    fn moves(&self) {
        self.moves.store(true, Ordering::SeqCst);
    }

    fn config(&self, user: &User) -> Config {
        user.write("home/.cargo/credentials.toml", "[registries.mine]\ntoken = 'hidden'");
        user.config(&named(&self.server))
    }

    fn fetch(&self, config: &Config, offline: bool, count: usize) -> Result<Vec<Fetched>, Error> {
        let requests: Vec<_> = self.packages[..count]
            .iter()
            .map(|(name, bytes)| request(name, "1.0.0", &index(&self.server), Some(&sha256(bytes))))
            .collect();
        fetch(config, offline, &requests)
    }

    fn pinned(&self, fetched: &[Fetched]) -> Vec<String> {
        let templates = fetched.iter().map(|fetched| match pin(std::slice::from_ref(fetched)) {
            Pin::Registry {
                registry: Some((_, template)),
                ..
            } => template.replace(&self.server.url, ""),
            other => panic!("{other:?}"),
        });
        templates.collect()
    }
}

const OLD: &str = "/dl/{crate}/{version}/download";
const NEW: &str = "/moved/{crate}/{version}/download";

/// A registry without an API that said so was refused.
#[test]
fn what_is_null_is_not_there() {
    let settings = index_config(br#"{ "dl": "https://h.example/dl", "api": null, "auth-required": true }"#).unwrap();
    assert_eq!((settings.api, settings.auth_required), (None, true));
    for wrong in ["{ \"dl\": null }", "null", "[]", "{ \"dl\": 1 }"] {
        assert!(index_config(wrong.as_bytes()).is_err(), "{wrong}");
    }
}

/// dyrust's copy of the settings counted for ever: every download failed until it was deleted by hand.
#[test]
fn a_registry_that_has_moved_is_asked_where_to() {
    let moving = Moving::new();
    let user = User::new();
    let config = moving.config(&user);
    assert_eq!(moving.pinned(&moving.fetch(&config, false, 1).unwrap()), [OLD]);
    moving.moves();
    moving.server.asked();
    // What is on this machine is pinned by where the registry is now, too.
    assert_eq!(moving.pinned(&moving.fetch(&config, false, 2).unwrap()), [NEW, NEW]);
    // Without a token at first, and with one as it is asked for.
    let expected = [
        "/dl/b/1.0.0/download",
        "/index/config.json",
        "/index/config.json",
        "/moved/b/1.0.0/download",
    ];
    assert_eq!(moving.server.asked(), expected);
    assert_eq!(moving.pinned(&moving.fetch(&config, true, 2).unwrap()), [NEW, NEW]);
}

/// A graph of packages that were all on this machine named the old place, and others could not build it.
#[test]
fn settings_are_asked_for_again_after_a_day() {
    let moving = Moving::new();
    let user = User::new();
    let config = moving.config(&user);
    moving.fetch(&config, false, 1).unwrap();
    moving.moves();
    let folder = tame_index::utils::url_to_local_dir(&index(&moving.server), true).unwrap();
    let kept = config
        .cache
        .join("registries")
        .join(folder.dir_name)
        .join("config.json");
    let make_old = || {
        let file = fs::File::options().write(true).open(&kept).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(25 * 3600))
            .unwrap();
    };
    assert_eq!(moving.pinned(&moving.fetch(&config, false, 1).unwrap()), [OLD]);
    make_old();
    assert_eq!(
        moving.pinned(&moving.fetch(&config, true, 1).unwrap()),
        [OLD],
        "offline"
    );
    assert_eq!(moving.pinned(&moving.fetch(&config, false, 1).unwrap()), [NEW]);
    make_old();
    let source = index(&moving.server);
    let requests = [request("a", "1.0.0", &source, Some(&sha256(&moving.packages[0].1)))];
    drop(moving);
    // Nobody listens any more: what is kept counts, and for a day nobody is asked.
    fetch(&config, false, &requests).unwrap();
    assert!(fs::metadata(&kept).unwrap().modified().unwrap().elapsed().unwrap() < Duration::from_secs(3600));
}

/// It was told by its status alone, as if the server had failed.
#[test]
fn what_a_registry_with_a_token_does_not_have_is_told_by_name() {
    let moving = Moving::new();
    let user = User::new();
    let config = moving.config(&user);
    moving.moves();
    let source = index(&moving.server);
    let error = fetch(&config, false, &[request("gone", "1.0.0", &source, Some(&sha256(b"")))]).unwrap_err();
    assert!(matches!(error, Error::Vanished { status: 404, .. }), "{error}");
}

/// Without the network dyrust's own older list of versions hid those that Cargo had read since.
#[test]
fn of_two_lists_of_versions_the_newer_counts() {
    let user = User::new();
    let config = user.config("");
    let folder = tame_index::utils::url_to_local_dir(CRATES_IO_HTTP_INDEX, true)
        .unwrap()
        .dir_name;
    let entry = |version: &str| format!("{{\"name\":\"prog\",\"vers\":\"{version}\",\"deps\":[],\"features\":{{}}}}");
    let own = user.write(
        &format!("home/.cache/dyrust/registries/{folder}/index/pr/og/prog"),
        entry("1.0.0"),
    );
    // Cargo's own form: two versions of the format, the registry's mark, then versions and entries.
    let mut bytes = vec![3, 2, 0, 0, 0];
    for text in ["etag: x", "1.0.0", &entry("1.0.0"), "1.1.0", &entry("1.1.0")] {
        bytes.extend(text.as_bytes());
        bytes.push(0);
    }
    let cargo = user.write(&format!("home/.cargo/registry/index/{folder}/.cache/pr/og/prog"), bytes);
    let fetcher = Fetcher::new(&config, FetchOptions { offline: true }, &Silent);
    for (old, expected) in [(&own, &["1.0.0", "1.1.0"][..]), (&cargo, &["1.0.0"])] {
        for file in [&own, &cargo] {
            let age = Duration::from_secs(if file == old { 3600 } else { 60 });
            let file = fs::File::options().write(true).open(file).unwrap();
            file.set_modified(SystemTime::now() - age).unwrap();
        }
        let found = fetcher.versions(&["prog"], |_, _| true).unwrap();
        let versions: Vec<String> = found[0].as_ref().unwrap().versions().map(ToString::to_string).collect();
        assert_eq!(versions, expected);
    }
}
