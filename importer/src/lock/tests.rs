use super::{Lock, LockIndex};
use crate::intern::Symbol;
use semver::Version;

const SUM: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn names(lock: &Lock, name: &str) -> Vec<String> {
    let package = lock
        .named(Symbol::new(name))
        .next()
        .map(|index| lock.package(index))
        .unwrap();
    let name = |index: &LockIndex| format!("{} {}", lock.package(*index).name, lock.package(*index).version);
    package.dependencies.iter().map(name).collect()
}

#[test]
fn dependencies_are_found_by_what_tells_them_apart() {
    let text = "version = 4\n[[package]]\nname = 'a'\nversion = '1.0.0'\ndependencies = ['b', 'c 2.0.0']\n\
                [[package]]\nname = 'b'\nversion = '0.1.0'\n[[package]]\nname = 'c'\nversion = '1.0.0'\nsource = 'registry+https://example.org'\n\
                [[package]]\nname = 'c'\nversion = '2.0.0'\nsource = 'registry+https://example.org'\n";
    let lock = Lock::parse(text, "Cargo.lock").unwrap();
    assert_eq!(names(&lock, "a"), ["b 0.1.0", "c 2.0.0"]);
    assert_eq!(lock.local(Symbol::new("b"), &Version::new(0, 1, 0)), Some(LockIndex(1)));
    assert_eq!(lock.local(Symbol::new("c"), &Version::new(1, 0, 0)), None);
    assert_eq!(lock.packages[3].line, 13);
}

#[test]
fn version_one_has_a_root_full_names_and_checksums_apart() {
    let text = format!(
        "[root]\nname = 'a'\nversion = '1.0.0'\ndependencies = ['b 0.1.0 (registry+https://example.org)', 'g 1.0.0 (git+https://example.org/y?rev=1)']\n\
         [[package]]\nname = 'b'\nversion = '0.1.0'\nsource = 'registry+https://example.org'\n\
         [[package]]\nname = 'g'\nversion = '1.0.0'\nsource = 'git+https://example.org/y?rev=1#11'\n\
         [metadata]\n'checksum b 0.1.0 (registry+https://example.org)' = '{SUM}'\n'checksum g 1.0.0 (git+https://example.org/y?rev=1)' = '<none>'\n"
    );
    let lock = Lock::parse(&text, "Cargo.lock").unwrap();
    assert_eq!(names(&lock, "a"), ["b 0.1.0", "g 1.0.0"]);
    assert_eq!(lock.packages[1].checksum.as_deref(), Some(SUM));
    assert_eq!(lock.packages[2].checksum, None);
}

#[test]
fn the_entry_digest_is_that_of_the_json_that_nix_writes() {
    let text = format!(
        "version = 4\n[[package]]\nname = 'b'\nversion = '0.1.0'\nsource = 'registry+https://example.org'\nchecksum = '{SUM}'\ndependencies = ['b']\n"
    );
    let lock = Lock::parse(&text, "Cargo.lock").unwrap();
    // printf '{"checksum":"…","dependencies":["b"],"name":"b","source":"registry+https://example.org","version":"0.1.0"}' | sha256sum
    assert_eq!(lock.packages[0].entry.as_deref(), Some("5b8412e1fa8b363b"));
}

#[test]
fn wrong_locks_are_refused_at_their_line() {
    let cases = [
        (
            "version = 5\n",
            "Cargo.lock:1: this lock has version 5, but the newest known is 4: use a newer dyrust",
        ),
        // Cargo refuses what says that it is of a version that says nothing.
        (
            "version = 2\n",
            "Cargo.lock:1: this lock says that its version is 2, which Cargo wrote into none: run `cargo generate-lockfile`",
        ),
        // The version comes before the shape: a newer lock may have another one.
        (
            "version = 5\npackage = 3\n",
            "Cargo.lock:1: this lock has version 5, but the newest known is 4: use a newer dyrust",
        ),
        (
            "version = 4\n\n[[package]]\nname = 'a'\nversion = '1'\n",
            "Cargo.lock:3: package `a` has version `1`, which is not a version: unexpected end of input while parsing major version number",
        ),
        (
            "version = 4\n[[package]]\nname = 'a'\nversion = '1.0.0'\ndependencies = ['b']\n",
            "Cargo.lock:2: package `a` depends on `b`, which is not in the lock: run `cargo generate-lockfile`",
        ),
        (
            "[[package]]\nname = 'a'\nversion = '1.0.0'\nsource = 'ftp+x'\n",
            "Cargo.lock:1: package `a` has the source `ftp+x`, which is of no known kind: expected registry+…, sparse+… or git+…",
        ),
        (
            "[[package]]\nname = 'a'\nversion = '1.0.0'\nchecksum = '12'\n",
            "Cargo.lock:1: package `a` has the checksum `12`, but 64 hexadecimal digits were expected: restore the file, or run `cargo generate-lockfile`",
        ),
        (
            "[[package]]\nname = 'a'\nversion = '1.0.0'\n[[package]]\nname = 'a'\nversion = '1.0.0'\n",
            "Cargo.lock:4: package `a` 1.0.0 is in the lock twice: run `cargo generate-lockfile`",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(Lock::parse(text, "Cargo.lock").unwrap_err().to_string(), message);
    }
    let error = Lock::parse("version = 4\n=======\n", "Cargo.lock")
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("Cargo.lock:2: not a Cargo.lock: "), "{error}");
}

/// The advice was to write it anew, which would take other versions of everything.
#[test]
fn a_lock_with_the_marks_of_a_merge_is_said_to_be_one() {
    let text = "version = 4\n[[package]]\nname = 'a'\n<<<<<<< HEAD\nversion = '1.0.0'\n=======\nversion = '1.0.1'\n>>>>>>> other\n";
    let error = Lock::parse(text, "Cargo.lock").unwrap_err().to_string();
    assert!(
        error.starts_with("Cargo.lock:4: git left both sides of a merge"),
        "{error}"
    );
    assert!(error.contains("cargo update --workspace"), "{error}");
}

// Cargo passes over them; they were refused once.
#[test]
fn unknown_keys_are_passed_over() {
    let text = "version = 4\nother = 1\n[[package]]\nname = 'a'\nversion = '1.0.0'\nnew = true\n";
    assert_eq!(Lock::parse(text, "Cargo.lock").unwrap().packages.len(), 1);
}

// `cargo-lock` cuts it in the middle of a letter, and panics.
#[test]
fn a_checksum_that_is_not_ascii_is_refused() {
    let sum = "é".repeat(32);
    for text in [
        format!("version = 4\n[[package]]\nname = 'a'\nversion = '1.0.0'\nchecksum = '{sum}'\n"),
        format!("[metadata]\n'checksum a 1.0.0 (registry+https://example.org)' = '{sum}'\n"),
    ] {
        let error = Lock::parse(&text, "Cargo.lock").unwrap_err().to_string();
        assert!(error.contains("64 hexadecimal digits"), "{error}");
    }
}
