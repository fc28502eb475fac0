//! Tests with repositories that the tests make themselves.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use super::*;
use crate::config::Environment;
use crate::source::progress::Silent;
use crate::source::{FetchOptions, Fetcher};

/// A folder with a user's home and repositories.
struct SourcePlace {
    folder: tempfile::TempDir,
    config: Config,
}

impl SourcePlace {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["home", "workspace"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let home = folder.path().join("home");
        let variables = [("HOME", home.to_str().unwrap())];
        let config = Config::load_in(&folder.path().join("workspace"), Environment::of(variables)).unwrap();
        Self { folder, config }
    }

    fn repository(&self, name: &str, files: &[(&str, &str)]) -> Repository {
        let repository = Repository(self.folder.path().join(name));
        fs::create_dir_all(&repository.0).unwrap();
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.commit(files);
        repository
    }

    fn fetch(&self, offline: bool, package: (&str, &str), source: &str) -> Result<Fetched, Error> {
        let request = Request {
            name: package.0.to_owned(),
            version: package.1.to_owned(),
            source: source.to_owned(),
            checksum: None,
        };
        let fetcher = Fetcher::new(&self.config, FetchOptions { offline }, &Silent);
        fetcher.fetch(&[request]).map(|mut all| all.remove(0))
    }
}

struct Repository(PathBuf);

impl Repository {
    fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .current_dir(&self.0)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .args([
                "-c",
                "user.name=A",
                "-c",
                "user.email=a@a.example",
                "-c",
                "protocol.file.allow=always",
            ])
            .args(arguments)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn commit(&self, files: &[(&str, &str)]) -> String {
        for (name, text) in files {
            let file = self.0.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        self.git(&["add", "--all", "--force"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=x"]);
        self.rev()
    }

    fn rev(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }

    fn url(&self) -> String {
        format!("file://{}", self.0.display())
    }

    fn source(&self) -> String {
        format!("git+{}#{}", self.url(), self.rev())
    }
}

fn git_pin(fetched: &Fetched) -> (&str, &str, bool) {
    match &fetched.pin {
        Pin::Git {
            hash,
            folder,
            submodules,
            ..
        } => (hash, folder, *submodules),
        other => panic!("{other:?}"),
    }
}

const HELLO: &str = "[package]\nname = \"hello\"\nversion = \"0.1.0\"\n";

#[test]
fn a_package_by_every_reference() {
    let place = SourcePlace::new();
    let repository = place.repository("r", &[("Cargo.toml", HELLO), ("src/lib.rs", "")]);
    let first = repository.rev();
    repository.git(&["tag", "v1"]);
    repository.git(&["checkout", "--quiet", "-b", "side/x"]);
    let second = repository.commit(&[("src/lib.rs", "// two")]);
    repository.git(&["checkout", "--quiet", "main"]);
    let url = repository.url();
    let mut hashes = Vec::new();
    for (query, rev) in [
        ("", &first),
        ("?tag=v1", &first),
        ("?branch=side%2Fx", &second),
        (&format!("?rev={}", &second[..8]), &second),
    ] {
        let fetched = place
            .fetch(false, ("hello", "0.1.0"), &format!("git+{url}{query}#{rev}"))
            .unwrap();
        assert_eq!(fetched.manifest.text, HELLO);
        assert_eq!(fetched.manifest.location, format!("{url}#{}/Cargo.toml", &rev[..7]));
        assert!(fetched.files.contains("src/lib.rs") && fetched.workspace.is_none());
        let (hash, folder, submodules) = git_pin(&fetched);
        assert_eq!((folder, submodules), (".", false));
        assert_eq!(hash, dyrust_nar::hash_path(&fetched.local).unwrap());
        hashes.push(hash.to_owned());
    }
    assert_eq!(hashes[0], "sha256-rRYZ3fOQYzBdT1rcvTNRW90Vqw0mxEJZDbXlcaUmTlg=");
    assert!(hashes[0] == hashes[1] && hashes[2] == hashes[3] && hashes[0] != hashes[2]);
}

#[test]
fn the_tree_is_the_one_of_a_plain_clone() {
    let place = SourcePlace::new();
    let _inner = place.repository("inner", &[("deep", "deep")]);
    let sub = place.repository(
        "sub",
        &[("Cargo.toml", "[package]\nname = \"sub\"\nversion = \"2.0.0\"\n")],
    );
    sub.git(&["submodule", "--quiet", "add", "../inner", "third party/inner"]);
    sub.commit(&[]);
    let attributes = "windows.txt eol=crlf\n*.subst export-subst\nignored export-ignore\nidentity ident\n";
    let files = [
        ("Cargo.toml", HELLO),
        (".gitattributes", attributes),
        ("windows.txt", "a\nb\n"),
        ("a.subst", "$Format:%H$\n"),
        ("ignored", "x"),
        ("identity", "$Id$\n"),
        ("run", "#!/bin/sh\n"),
        ("bench/sub/.keep", ""),
    ];
    let repository = place.repository("r", &files);
    fs::set_permissions(repository.0.join("run"), fs::Permissions::from_mode(0o755)).unwrap();
    symlink("run", repository.0.join("link")).unwrap();
    symlink("/nowhere", repository.0.join("dangling")).unwrap();
    repository.git(&["submodule", "--quiet", "add", "../sub", "vendor/sub"]);
    repository.git(&["submodule", "--quiet", "add", "../inner", "skipped"]);
    repository.git(&["config", "--file", ".gitmodules", "submodule.skipped.update", "none"]);
    repository.commit(&[]);

    let fetched = place.fetch(false, ("hello", "0.1.0"), &repository.source()).unwrap();
    let (hash, _, submodules) = git_pin(&fetched);
    assert!(submodules);

    // What nixpkgs' fetchgit does: a clone with submodules, without everything named .git.
    let clone = Repository(place.folder.path().join("clone"));
    repository.git(&[
        "clone",
        "--quiet",
        "--recurse-submodules",
        &repository.url(),
        clone.0.to_str().unwrap(),
    ]);
    assert_eq!(dyrust_nar::hash_tree(&clone.0, &|name| name != b".git").unwrap(), hash);
    assert_eq!(
        fs::read_to_string(fetched.local.join("windows.txt")).unwrap(),
        "a\r\nb\r\n"
    );
    assert_eq!(
        fs::read_to_string(fetched.local.join("vendor/sub/third party/inner/deep")).unwrap(),
        "deep"
    );
    assert_eq!(fs::read_dir(fetched.local.join("skipped")).unwrap().count(), 0);

    // Packages of submodules are not the repository's.
    let error = place
        .fetch(false, ("sub", "2.0.0"), &repository.source())
        .unwrap_err()
        .to_string();
    assert!(error.ends_with("has no such package; it has hello 0.1.0"), "{error}");
}

#[test]
fn packages_are_found_as_cargo_finds_them() {
    let place = SourcePlace::new();
    let member = |name: &str| format!("[package]\nname = \"{name}\"\nversion.workspace = true\n");
    let (one, two, out) = (member("one"), member("two"), member("out"));
    let root = "[workspace]\nmembers = [\"crates/*\"]\nexclude = [\"crates/out\"]\n[workspace.package]\nversion = \"1.2.3\"\n\
                [workspace.dependencies]\nhidden = { path = \".hidden\" }\n";
    let one = format!("{one}[dependencies]\nhidden.workspace = true\nnested = {{ path = \"target/nested\" }}\n");
    let files = [
        ("Cargo.toml", root),
        ("crates/one/Cargo.toml", &one),
        (
            "crates/one/target/nested/Cargo.toml",
            "[package]\nname = \"nested\"\nversion = \"0.1.0\"\nworkspace = \"../../../..\"\n",
        ),
        (
            "crates/one/target/other/Cargo.toml",
            "[package]\nname = \"other\"\nversion = \"0.1.0\"\n",
        ),
        ("crates/two/Cargo.toml", &two),
        ("crates/out/Cargo.toml", &out),
        (
            ".hidden/Cargo.toml",
            "[package]\nname = \"hidden\"\nversion = \"0.1.0\"\n",
        ),
        (
            ".unseen/Cargo.toml",
            "[package]\nname = \"unseen\"\nversion = \"0.1.0\"\n",
        ),
        (
            "a/Cargo.toml",
            "[package]\nname = \"twice\"\nversion = \"0.1.0\"\ndescription = \"a\"\n",
        ),
        (
            "b/Cargo.toml",
            "[package]\nname = \"twice\"\nversion = \"0.1.0\"\ndescription = \"b\"\n",
        ),
        ("c/Cargo.toml", "[package]\nname = \"twice\"\nversion = \"0.2.0\"\n"),
        ("broken/Cargo.toml", "[package\n"),
        (
            "alone/Cargo.toml",
            "[workspace]\n[package]\nname = \"alone\"\nversion = \"3.0.0\"\n",
        ),
    ];
    let repository = place.repository("r", &files);
    let source = repository.source();
    let folders = [
        (("one", "1.2.3"), "crates/one", Some(".")),
        (("two", "1.2.3"), "crates/two", Some(".")),
        (("nested", "0.1.0"), "crates/one/target/nested", Some(".")),
        (("hidden", "0.1.0"), ".hidden", Some(".")),
        (("twice", "0.1.0"), "a", Some(".")),
        (("twice", "0.2.0"), "c", Some(".")),
        (("alone", "3.0.0"), "alone", Some("alone")),
    ];
    for (package, folder, workspace) in folders {
        let fetched = place.fetch(false, package, &source).unwrap();
        assert_eq!(git_pin(&fetched).1, folder, "{package:?}");
        assert_eq!(
            fetched.workspace.as_ref().map(|(_, folder)| folder.as_str()),
            workspace,
            "{package:?}"
        );
        if let Some((manifest, _)) = &fetched.workspace {
            let expected = if workspace == Some(".") {
                root
            } else {
                fetched.manifest.text.as_str()
            };
            assert_eq!(manifest.text, expected);
        }
    }
    for package in [
        ("unseen", "0.1.0"),
        ("other", "0.1.0"),
        ("out", "1.2.3"),
        ("one", "9.9.9"),
    ] {
        let error = place.fetch(false, package, &source).unwrap_err();
        assert!(matches!(error, Error::NotInRepository { .. }), "{error}");
    }
}

#[test]
fn cargos_database_is_enough_without_the_network() {
    let place = SourcePlace::new();
    let sub = place.repository("sub", &[("x", "x")]);
    let repository = place.repository("r", &[("Cargo.toml", HELLO)]);
    repository.git(&["submodule", "--quiet", "add", "../sub", "sub"]);
    repository.commit(&[]);
    let source = repository.source();
    let error = place.fetch(true, ("hello", "0.1.0"), &source).unwrap_err();
    assert_eq!(
        error.to_string(),
        "hello 0.1.0: not in Cargo's cache, and the network must not be used"
    );
    let databases = place.config.cargo_home.join("git/db");
    fs::create_dir_all(&databases).unwrap();
    for other in [&repository, &sub] {
        let name = other.0.file_name().unwrap();
        other.git(&[
            "clone",
            "--quiet",
            "--bare",
            &other.url(),
            databases.join(name).to_str().unwrap(),
        ]);
        fs::remove_dir_all(&other.0).unwrap();
    }
    let fetched = place.fetch(true, ("hello", "0.1.0"), &source).unwrap();
    assert!(fetched.local.join("sub/x").is_file());
    // Now the tree is remembered, and the database may go.
    fs::remove_dir_all(&databases).unwrap();
    let again = place.fetch(true, ("hello", "0.1.0"), &source).unwrap();
    assert_eq!(again.pin, fetched.pin);
}

#[test]
fn a_damaged_tree_is_made_anew() {
    let place = SourcePlace::new();
    let repository = place.repository("r", &[("Cargo.toml", HELLO)]);
    let source = repository.source();
    let fetched = place.fetch(false, ("hello", "0.1.0"), &source).unwrap();
    fs::remove_file(fetched.local.join("../info")).unwrap();
    fs::write(fetched.local.join("extra"), "x").unwrap();
    let again = place.fetch(false, ("hello", "0.1.0"), &source).unwrap();
    assert_eq!(again.pin, fetched.pin);
    assert!(!again.local.join("extra").exists());
    // A file with other bytes was read, and pinned as the commit's, for ever.
    fs::write(fetched.local.join("Cargo.toml"), HELLO.replace("hello", "hullo")).unwrap();
    let again = place.fetch(false, ("hello", "0.1.0"), &source).unwrap();
    assert_eq!(again.pin, fetched.pin);
    assert_eq!(fs::read_to_string(again.local.join("Cargo.toml")).unwrap(), HELLO);
}

/// Folders of imports that were killed stayed for ever.
#[test]
fn what_killed_imports_left_is_removed() {
    let place = SourcePlace::new();
    let repository = place.repository("r", &[("Cargo.toml", HELLO)]);
    let source = repository.source();
    let fetched = place.fetch(false, ("hello", "0.1.0"), &source).unwrap();
    let trees = fetched.local.join("../..").canonicalize().unwrap();
    // Named as `tempfile` names them.
    let (old, fresh) = (trees.join(".new-killed"), trees.join(".new-living"));
    for folder in [&old, &fresh] {
        fs::create_dir(folder).unwrap();
    }
    let opened = fs::File::open(&old).unwrap();
    opened.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    fs::remove_file(fetched.local.join("../info")).unwrap();
    place.fetch(false, ("hello", "0.1.0"), &source).unwrap();
    assert!(!old.exists() && fresh.exists());
}

#[test]
fn what_is_wrong_is_said() {
    let place = SourcePlace::new();
    let repository = place.repository("r", &[("Cargo.toml", HELLO)]);
    let url = repository.url();
    let absent = "0123456789abcdef0123456789abcdef01234567";
    let nowhere = format!("file://{}/nowhere", place.folder.path().display());
    let cases = [
        (
            format!("git+{url}#{absent}"),
            format!("hello 0.1.0: the git repository {url} has no commit {absent}, which Cargo.lock names"),
        ),
        (
            format!("git+{nowhere}#{absent}"),
            format!("hello 0.1.0: the git repository {nowhere} cannot be fetched: fatal: "),
        ),
        // git starts whatever program is called git-remote-nobody, which may wait for ever.
        (
            format!("git+nobody://h/a#{absent}"),
            "hello 0.1.0: the git repository nobody://h/a cannot be fetched: fatal: transport 'nobody' not allowed"
                .to_owned(),
        ),
        (
            format!("git+{url}"),
            format!("hello 0.1.0: Cargo.lock gives `git+{url}` as its source, which is not of a known kind"),
        ),
    ];
    for (source, expected) in cases {
        let error = place.fetch(false, ("hello", "0.1.0"), &source).unwrap_err().to_string();
        assert!(error.starts_with(&expected), "{error}\n{expected}");
    }
    let left = fs::read_dir(place.config.cache.join("git")).unwrap().count();
    assert_eq!(left, 0, "nothing is left half-done");
}

#[test]
fn links_out_of_the_repository_are_not_followed() {
    let place = SourcePlace::new();
    let repository = place.repository("r", &[("Cargo.toml", HELLO), ("evil/x", "")]);
    let outside = place.folder.path().join("outside.toml");
    fs::write(&outside, "[package]\nname = \"outside\"\nversion = \"0.1.0\"\n").unwrap();
    symlink(&outside, repository.0.join("evil/Cargo.toml")).unwrap();
    repository.commit(&[]);
    let error = place
        .fetch(false, ("outside", "0.1.0"), &repository.source())
        .unwrap_err();
    assert!(matches!(error, Error::NotInRepository { .. }), "{error}");
}
