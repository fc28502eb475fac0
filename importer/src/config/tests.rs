//! Tests of the configuration as a whole.

use std::fs;
use std::path::Path;

use super::*;

/// A workspace in a folder, Cargo's folder beside it.
struct Home(tempfile::TempDir);

impl Home {
    fn new(files: &[(&str, &str)]) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::create_dir_all(place.path("home")).unwrap();
        fs::create_dir_all(place.path("up/workspace")).unwrap();
        for (file, text) in files {
            let file = place.path(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        place
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn load(&self, variables: &[(&str, &str)]) -> Result<Config, Error> {
        let home = self.path("home");
        let mut all = vec![("CARGO_HOME", home.to_str().unwrap()), ("HOME", "/nowhere")];
        all.extend(variables);
        Config::load_in(&self.path("up/workspace"), Environment::of(all))
    }
}

#[test]
fn the_closest_file_wins_and_lists_are_joined() {
    let place = Home::new(&[
        (
            "home/config.toml",
            "[build]\nrustflags = ['-a']\n[net]\nretry = 7\noffline = true",
        ),
        (
            "up/.cargo/config.toml",
            "[build]\nrustflags = ['-b']\n[net]\noffline = false",
        ),
        ("up/workspace/.cargo/config.toml", "[build]\nrustflags = ['-c']"),
    ]);
    let config = place.load(&[]).unwrap();
    assert_eq!(config.rustflags("x", |_| false).unwrap(), ["-a", "-b", "-c"]);
    assert_eq!((config.net.retry, config.net.offline), (7, false));
    // Cargo's folder, wherever it is, was among the inputs of a graph, which was never current on another machine.
    assert_eq!(
        config.files,
        ["up/workspace/.cargo/config.toml", "up/.cargo/config.toml"].map(|file| place.path(file))
    );
    let config = place
        .load(&[("CARGO_BUILD_RUSTFLAGS", "-d -e"), ("CARGO_NET_OFFLINE", "true")])
        .unwrap();
    assert_eq!(
        config.rustflags("x", |_| false).unwrap(),
        ["-a", "-b", "-c", "-d", "-e"]
    );
    assert!(config.net.offline);
}

#[test]
fn rustflags_come_from_one_place() {
    let place = Home::new(&[(
        "up/.cargo/config.toml",
        "[build]\nrustflags = '--cfg build'\n[target.'cfg(unix)']\nrustflags = '--cfg unix'\n[target.x]\nrustflags = ['--cfg', 'x']",
    )]);
    let flags = |variables: &[(&str, &str)], triple: &str, unix: bool| {
        place
            .load(variables)
            .unwrap()
            .rustflags(triple, |key| unix && key == "cfg(unix)")
            .unwrap()
            .join(" ")
    };
    assert_eq!(flags(&[], "y", false), "--cfg build");
    assert_eq!(flags(&[], "x", true), "--cfg x --cfg unix");
    assert_eq!(
        flags(&[("CARGO_TARGET_X_RUSTFLAGS", "--cfg e")], "x", true),
        "--cfg x --cfg e --cfg unix"
    );
    assert_eq!(flags(&[("RUSTFLAGS", " -A  b ")], "x", true), "-A b");
    assert_eq!(
        flags(
            &[("RUSTFLAGS", "-A b"), ("CARGO_ENCODED_RUSTFLAGS", "-C\u{1f}a b")],
            "x",
            true
        ),
        "-C a b"
    );
}

#[test]
fn the_old_name_of_the_file_wins() {
    let place = Home::new(&[
        ("up/.cargo/config", "[net]\nretry = 1"),
        ("up/.cargo/config.toml", "[net]\nretry = 2"),
    ]);
    assert_eq!(place.load(&[]).unwrap().net.retry, 1);
}

#[test]
fn files_are_included() {
    let place = Home::new(&[
        (
            "up/.cargo/config.toml",
            "include = ['a.toml', { path = 'absent.toml', optional = true }]\n[net]\nretry = 1",
        ),
        ("up/.cargo/a.toml", "[net]\nretry = 2\noffline = true"),
    ]);
    let config = place.load(&[]).unwrap();
    assert_eq!((config.net.retry, config.net.offline), (1, true));
    assert_eq!(config.files.len(), 2);
}

#[test]
fn registries_and_tokens() {
    let place = Home::new(&[
        (
            "home/config.toml",
            "[registries.my-company]\nindex = 'sparse+https://index.example/'",
        ),
        (
            "home/credentials.toml",
            "[registries.my-company]\ntoken = 'hidden-1'\n[registry]\ntoken = 'hidden-2'",
        ),
    ]);
    let config = place.load(&[]).unwrap();
    let registry = &config.registries["my-company"];
    assert_eq!(registry.index.as_deref(), Some("sparse+https://index.example/"));
    assert_eq!(registry.token.as_ref().unwrap().reveal(), "hidden-1");
    assert_eq!(
        config.registries[DEFAULT_REGISTRY].token.as_ref().unwrap().reveal(),
        "hidden-2"
    );
    let config = place
        .load(&[
            ("CARGO_REGISTRIES_MY_COMPANY_TOKEN", "hidden-3"),
            ("CARGO_REGISTRIES_OTHER_INDEX", "https://o.example"),
        ])
        .unwrap();
    assert_eq!(
        config.registries["my-company"].token.as_ref().unwrap().reveal(),
        "hidden-3"
    );
    assert_eq!(
        config.registry("other").unwrap().unwrap().index.as_deref(),
        Some("https://o.example")
    );
    assert_eq!(config.registry("none").unwrap(), None);
}

#[test]
fn a_token_is_never_shown() {
    let place = Home::new(&[
        ("home/credentials.toml", "[registries.r]\ntoken = 'hidden-1'"),
        ("home/config.toml", "[registries.s]\ntoken = 'hidden-4'"),
    ]);
    let config = place
        .load(&[
            ("CARGO_REGISTRIES_R_TOKEN", "hidden-2"),
            ("CARGO_REGISTRY_TOKEN", "hidden-3"),
        ])
        .unwrap();
    let shown = format!("{config:?} {config:#?}");
    assert!(!shown.contains("hidden"), "{shown}");
}

#[test]
fn sources_are_replaced() {
    let place = Home::new(&[(
        "up/workspace/.cargo/config.toml",
        "[source.crates-io]\nreplace-with = 'mirror'\n[source.mirror]\nregistry = 'sparse+https://m.example/'\nreplace-with = 'v'\n\
         [source.v]\ndirectory = 'vendor'\n[source.g]\ngit = 'https://g.example/x'\nbranch = 'main'\nreplace-with = 'local'\n\
         [source.local]\nlocal-registry = '../local'",
    )]);
    let config = place.load(&[]).unwrap();
    let folder = place.path("up/workspace/vendor");
    assert_eq!(
        config.replacement("crates-io").unwrap(),
        Some(SourcePlace::Directory(folder))
    );
    let folder = place.path("up/workspace/../local");
    assert_eq!(
        config.replacement("g").unwrap(),
        Some(SourcePlace::LocalRegistry(folder))
    );
    assert_eq!(config.replacement("v").unwrap(), None);
    assert_eq!(config.replacement("unknown").unwrap(), None);
    let git = SourcePlace::Git("https://g.example/x".into(), GitReference::Branch("main".into()));
    assert_eq!(config.sources["g"].place, Some(git));
}

#[test]
fn patches_know_their_folder() {
    let place = Home::new(&[("up/.cargo/config.toml", "[patch.crates-io]\nfoo = { path = 'foo' }")]);
    let patches = place.load(&[]).unwrap().patches;
    assert_eq!(patches.len(), 1);
    assert_eq!(
        (patches[0].source.as_str(), patches[0].name.as_str()),
        ("crates-io", "foo")
    );
    assert_eq!(patches[0].base, place.path("up"));
}

#[test]
fn the_folders_follow_the_environment() {
    let place = Home::new(&[]);
    let config = place.load(&[("XDG_CACHE_HOME", "/c")]).unwrap();
    assert_eq!(
        (config.cache.as_path(), config.cargo_home),
        (Path::new("/c/dyrust"), place.path("home"))
    );
    let config = place
        .load(&[("XDG_CACHE_HOME", "relative"), ("CARGO_HOME", "")])
        .unwrap();
    assert_eq!(
        (config.cache, config.cargo_home),
        ("/nowhere/.cache/dyrust".into(), "/nowhere/.cargo".into())
    );
}

#[test]
fn what_is_wrong_is_said_with_file_and_key() {
    let file = "up/.cargo/config.toml";
    let cases = [
        ("[net\n", "FILE:1: not valid TOML: "),
        (
            "[net]\nretry = 'x'\n",
            "FILE: `net.retry` must be a whole number, but is `\"x\"` (string)",
        ),
        (
            "[net]\noffline = [1]\n",
            "FILE: `net.offline` must be true or false, but is a list",
        ),
        ("include = ['config.toml']", "FILE: its `include` leads back to itself"),
        (
            "include = ['other.txt']",
            "FILE: `include` names `other.txt`, which does not end with `.toml`",
        ),
        (
            "include = [1]",
            "FILE: `include` must be a list of strings or tables with a `path`, but is a list",
        ),
        (
            "[source.a]\ndirectory = 'd'\ngit = 'g'",
            "FILE: `source.a` must have exactly one of `registry`, `local-registry`, `directory` and `git`, but has 2",
        ),
        (
            "include = 'a.toml'",
            "FILE: `include` must be a list of strings or tables with a `path`, but is `\"a.toml\"` (string)",
        ),
        // Cargo refuses it under any key.
        (
            "[other]\nlist = [{ x = 1.5 }]",
            "FILE: `other.list.x` must be a string, a whole number, true or false, a list or a table, but is `1.5` (float)",
        ),
        (
            "other = 2020-01-01",
            "FILE: `other` must be a string, a whole number, true or false, a list or a table, but is `2020-01-01` (datetime)",
        ),
        ("source = 1", "FILE: `source` must be a table, but is `1` (integer)"),
        (
            "[registries.r]\nindex = 1",
            "FILE: `registries.r.index` must be a string, but is `1` (integer)",
        ),
    ];
    for (text, expected) in cases {
        let place = Home::new(&[(file, text)]);
        let error = place.load(&[]).map(|_| ()).unwrap_err().to_string();
        let expected = expected.replace("FILE", place.path(file).to_str().unwrap());
        assert!(error.starts_with(&expected), "{error}\n{expected}");
    }
    let place = Home::new(&[]);
    let error = place
        .load(&[("CARGO_NET_RETRY", "many")])
        .map(|_| ())
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "environment variable CARGO_NET_RETRY: `net.retry` must be a whole number, but is `many`"
    );
}

#[test]
fn wrong_replacements_are_found() {
    let cases = [
        (
            "[source.a]\ngit = 'g'\nreplace-with = 'b'",
            "is replaced with `b`, which is defined nowhere",
        ),
        (
            "[source.a]\ngit = 'g'\nreplace-with = 'b'\n[source.b]\ngit = 'h'\nreplace-with = 'a'",
            "`source.a` is replaced with itself in the end",
        ),
    ];
    for (text, expected) in cases {
        let place = Home::new(&[("up/.cargo/config.toml", text)]);
        let error = place.load(&[]).unwrap().replacement("a").unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_file_in_another_encoding_is_told() {
    let place = Home::new(&[("up/.cargo/config.toml", "")]);
    fs::write(place.path("up/.cargo/config.toml"), b"[net]\n# \xff\n").unwrap();
    let error = place.load(&[]).map(|_| ()).unwrap_err().to_string();
    let file = place.path("up/.cargo/config.toml");
    let expected = format!("{}: cannot be read: stream did not contain valid UTF-8", file.display());
    assert_eq!(error, expected);
}

#[test]
fn the_lock_may_be_elsewhere() {
    let place = Home::new(&[(
        "up/.cargo/config.toml",
        "[resolver]\nlockfile-path = 'locks/Cargo.lock'",
    )]);
    assert_eq!(
        place.load(&[]).unwrap().lockfile_path().unwrap(),
        Some(place.path("up/locks/Cargo.lock"))
    );
    let found = place
        .load(&[("CARGO_RESOLVER_LOCKFILE_PATH", "/x/Cargo.lock")])
        .unwrap();
    assert_eq!(found.lockfile_path().unwrap(), Some(PathBuf::from("/x/Cargo.lock")));
    for wrong in ["lock", "{workspace-root}/Cargo.lock"] {
        let config = place.load(&[("CARGO_RESOLVER_LOCKFILE_PATH", wrong)]).unwrap();
        assert!(config.lockfile_path().is_err());
    }
}

/// Of a repository only the new name counted, and what could not be read was as good as none.
#[test]
fn a_repository_has_the_configuration_that_cargo_takes() {
    let place = Home::new(&[("up/.cargo/config.toml", "[env]\nNAME = 'new'")]);
    let name = || {
        let config = Config::of_repository(&place.path("up"), "here#1234567/")?;
        Ok::<_, Error>(
            config
                .map(|config| config.variables())
                .transpose()?
                .and_then(|mut found| found.remove("NAME")),
        )
    };
    assert_eq!(name().unwrap().as_deref(), Some("new"));
    fs::write(place.path("up/.cargo/config"), "[env]\nNAME = 'old'").unwrap();
    assert_eq!(name().unwrap().as_deref(), Some("old"));
    fs::write(place.path("up/.cargo/config"), b"\xff").unwrap();
    assert!(matches!(name(), Err(Error::Unreadable { .. })));
    // It was read where the import was started.
    fs::write(
        place.path("up/.cargo/config"),
        "include = [{ path = 'more.toml', optional = true }]",
    )
    .unwrap();
    assert_eq!(
        name().unwrap_err().to_string(),
        "here#1234567/.cargo/config: `include` is not followed in what others have written: it would read files of this machine"
    );
    fs::remove_file(place.path("up/.cargo/config")).unwrap();
    fs::remove_file(place.path("up/.cargo/config.toml")).unwrap();
    assert!(Config::of_repository(&place.path("up"), "").unwrap().is_none());
    // What a link outside leads to would not be the same on another machine.
    #[cfg(unix)]
    {
        fs::write(place.path("outside"), "[env]\nNAME = 'outside'").unwrap();
        std::os::unix::fs::symlink(place.path("outside"), place.path("up/.cargo/config")).unwrap();
        assert!(name().unwrap().is_none());
    }
}

/// Cargo refuses to join a string and a list, or a string and a table; the closer file won, and the other's flags were gone.
#[test]
fn values_of_two_files_are_of_one_kind() {
    for (key, text, above, kinds) in [
        ("build.rustflags", "['-b']", "'-a'", ["a list", "a string"]),
        ("env.E", "'x'", "{ value = 'y', force = true }", ["a string", "a table"]),
        ("env.E", "{ value = 'y', force = true }", "'x'", ["a table", "a string"]),
    ] {
        let line = |value: &str| format!("{key} = {value}\n");
        let place = Home::new(&[
            ("up/.cargo/config.toml", line(above).as_str()),
            ("up/workspace/.cargo/config.toml", line(text).as_str()),
        ]);
        let file = |name: &str| place.path(name).display().to_string();
        let said = place.load(&[]).unwrap_err().to_string();
        let (close, far) = (file("up/workspace/.cargo/config.toml"), file("up/.cargo/config.toml"));
        assert_eq!(
            said,
            format!("{close}: `{key}` is {}, but {} in {far}", kinds[0], kinds[1])
        );
    }
    let place = Home::new(&[
        ("up/.cargo/config.toml", "term.verbose = 'x'\n"),
        ("up/workspace/.cargo/config.toml", "term.verbose = false\n"),
    ]);
    place.load(&[]).unwrap();
}

/// The variables of entries whose keys are the user's were passed over: a package was compiled with other settings than Cargo's, and
/// `[env]` had the file's value.
#[test]
fn variables_stand_for_entries_that_a_file_has() {
    let place = Home::new(&[(
        "up/.cargo/config.toml",
        "[env]\nOF_file = 'a'\nTABLE = { value = 'a' }\n[profile.release.package.a-b]\ncodegen-units = 9\n",
    )]);
    let variables = [
        ("CARGO_ENV_OF_file", "b"),
        ("CARGO_ENV_TABLE", "b"),
        ("CARGO_ENV_NO_FILE_HAS_IT", "b"),
        ("CARGO_PROFILE_RELEASE_PACKAGE_a-b_OPT_LEVEL", "2"),
        ("CARGO_PROFILE_RELEASE_PACKAGE_A_B_CODEGEN_UNITS", "3"),
        ("CARGO_PROFILE_RELEASE_PACKAGE_other_OPT_LEVEL", "2"),
    ];
    let config = place.load(&variables).unwrap();
    let expected = [("OF_file", "b"), ("TABLE", "b")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(config.variables().unwrap(), BTreeMap::from(expected));
    let profile = config.profile("release").unwrap().unwrap();
    let expected = "[package.a-b]\ncodegen-units = 9\nopt-level = 2\n";
    assert_eq!(profile, toml::from_str(expected).unwrap());
}
