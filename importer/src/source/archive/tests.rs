//! Tests with archives of every kind, most of them bad.

use proptest::prelude::*;
use tar::EntryType::{Char, Directory, GNULongName, Link, Regular, Symlink, XGlobalHeader, XHeader};

use super::super::testing::{archive_of, crate_file};
use super::*;

fn read_it(bytes: &[u8]) -> Result<Archive, ArchiveError> {
    read_archive(bytes, "a-1.0.0", &["Cargo.toml", "Cargo.lock"], Limits::default())
}

#[test]
fn a_good_archive() {
    let archive = read_it(&crate_file(
        "a",
        "1.0.0",
        &[("Cargo.lock", "version = 4\n"), ("tests/ä.rs", "")],
    ))
    .unwrap();
    assert_eq!(
        archive.files.iter().map(String::as_str).collect::<Vec<_>>(),
        ["Cargo.lock", "Cargo.toml", "src/lib.rs", "tests/ä.rs"]
    );
    assert_eq!(
        archive.texts["Cargo.toml"],
        "[package]\nname = \"a\"\nversion = \"1.0.0\"\n"
    );
    assert_eq!(archive.texts["Cargo.lock"], "version = 4\n");
}

#[test]
fn source_is_what_is_compiled() {
    let code = &b"four"[..];
    let entries = [
        ("a-1.0.0/Cargo.toml", Regular, "", code),
        ("a-1.0.0/src/lib.rs", Regular, "", code),
        ("a-1.0.0/build.rs", Regular, "", code),
        ("a-1.0.0/grammar/src/parser.c", Regular, "", code),
        ("a-1.0.0/grammar/src/parser.h", Regular, "", code),
        ("a-1.0.0/tests/all.rs", Regular, "", code),
        ("a-1.0.0/examples/one.rs", Regular, "", code),
        ("a-1.0.0/linked.rs", Symlink, "src/lib.rs", b""),
    ];
    assert_eq!(
        read_it(&archive_of(&entries)).unwrap().source,
        SourceBytes { rust: 8, c: 4 }
    );
}

/// Each folder on the way of each path was looked up: a `.crate` file of twenty thousand bytes took minutes to import.
#[test]
fn deep_paths_are_read() {
    let deep = "a/".repeat(30_000);
    let paths: Vec<String> = (0..600).map(|number| format!("a-1.0.0/{deep}{number}")).collect();
    let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    let mut header = tar::Header::new_gnu();
    header.set_size(0);
    header.set_mode(0o644);
    for path in paths.iter().map(String::as_str).chain(["a-1.0.0/Cargo.toml"]) {
        archive.append_data(&mut header, path, &b""[..]).unwrap();
    }
    let archive = read_it(&archive.into_inner().unwrap().finish().unwrap()).unwrap();
    assert_eq!(archive.files.len(), 601);
}

/// A file that claims to be larger than anything made the sum overflow.
#[test]
fn sizes_that_nothing_has_are_counted() {
    let mut source = SourceBytes::default();
    for (path, size) in [("a.rs", 1), ("b.rs", u64::MAX), ("a.c", 1), ("b.c", u64::MAX)] {
        source.count(path, size);
    }
    assert_eq!((source.rust, source.c), (u64::MAX, u64::MAX));
}

#[test]
fn links_and_folders_inside_are_fine() {
    let entries = [
        ("a-1.0.0", Directory, "", &b""[..]),
        ("a-1.0.0/src/", Directory, "", b""),
        ("a-1.0.0/./src/lib.rs", Regular, "", b""),
        ("a-1.0.0/doc/README", Symlink, "../README", b""),
        ("a-1.0.0/hard", Link, "a-1.0.0/src/lib.rs", b""),
        ("a-1.0.0/through", Symlink, "./src", b""),
    ];
    let archive = read_it(&archive_of(&entries)).unwrap();
    assert_eq!(archive.files.len(), 4);
    assert!(archive.files.contains("doc/README"));
}

#[test]
fn bad_archives_are_refused() {
    let good = ("a-1.0.0/Cargo.toml", Regular, "", &b"x"[..]);
    let long = "x".repeat(99);
    // A name of 300 MB was read, and printed.
    let endless = "x".repeat(65_537);
    let cases: &[(&[super::super::testing::Entry<'_>], &str)] = &[
        (
            &[("/etc/passwd", Regular, "", b"")],
            "it holds the absolute path `/etc/passwd`",
        ),
        (
            &[("a-1.0.0/../x", Regular, "", b"")],
            "it holds the path `a-1.0.0/../x`, which leads out of its folder",
        ),
        (
            &[("../x", Directory, "", b"")],
            "it holds the path `../x`, which leads out of its folder",
        ),
        (
            &[("b-1.0.0/x", Regular, "", b"")],
            "it holds `b-1.0.0/x`, which is not in its folder `a-1.0.0`",
        ),
        (&[(&long, Regular, "", b"")], "which is not in its folder `a-1.0.0`"),
        // Cargo refuses these, whose names begin otherwise.
        (
            &[good, ("./a-1.0.0/x", Regular, "", b"")],
            "it holds `./a-1.0.0/x`, which is not in its folder `a-1.0.0`",
        ),
        (
            &[("pax_global_header", XGlobalHeader, "", b"11 a=bcdef\n"), good],
            "it holds `pax_global_header`, which is not in its folder `a-1.0.0`",
        ),
        // Here Cargo could not write its mark.
        (
            &[good, ("a-1.0.0/.cargo-ok/x", Regular, "", b"")],
            "it holds `.cargo-ok` both as a file and as a folder",
        ),
        (
            &[good, ("a-1.0.0/.cargo-ok", Directory, "", b"")],
            "it holds `.cargo-ok` both as a file and as a folder",
        ),
        (
            &[("a-1.0.0/.cargo-ok/x", XGlobalHeader, "", b"11 a=bcdef\n"), good],
            "it holds `.cargo-ok` both as a file and as a folder",
        ),
        // Cargo and import read this one, and the builder called it damaged.
        (
            &[
                ("p", XHeader, "", b"20 SCHILY.xattr.a=\xff\n"),
                ("a-1.0.0/z", Regular, "", b""),
            ],
            "its extended header before `a-1.0.0/z` is not UTF-8",
        ),
        (
            &[("a-1.0.0", Regular, "", b"")],
            "it holds `a-1.0.0`, which is not in its folder `a-1.0.0`",
        ),
        (&[good, good], "it holds `Cargo.toml` twice"),
        (
            &[good, ("a-1.0.0/.//Cargo.toml", Regular, "", b"")],
            "it holds `Cargo.toml` twice",
        ),
        (
            &[("a-1.0.0/l", Symlink, "../x", b"")],
            "its link `l` leads to `../x`, out of its folder",
        ),
        (
            &[("a-1.0.0/l", Symlink, "/etc", b"")],
            "its link `l` leads to `/etc`, out of its folder",
        ),
        (
            &[("a-1.0.0/l", Symlink, "", b"")],
            "its link `l` leads to ``, out of its folder",
        ),
        (
            &[("a-1.0.0/d/l", Symlink, "../../x", b"")],
            "its link `d/l` leads to `../../x`, out of its folder",
        ),
        (
            &[("a-1.0.0/l", Link, "/etc/passwd", b"")],
            "its link `l` leads to `/etc/passwd`, out of its folder",
        ),
        (
            &[("a-1.0.0/l", Link, "b-1.0.0/x", b"")],
            "its link `l` leads to `b-1.0.0/x`, out of its folder",
        ),
        (
            &[("a-1.0.0/l", Symlink, ".", b""), ("a-1.0.0/l/x", Regular, "", b"")],
            "it holds `l/x`, which lies below a link",
        ),
        (
            &[("a-1.0.0/l", Symlink, ".", b""), ("a-1.0.0/l", Directory, "", b"")],
            "it holds `l`, which lies below a link",
        ),
        (
            &[
                ("a-1.0.0/d/l", Symlink, "..", b""),
                ("a-1.0.0/m", Symlink, "d/l/../x", b""),
            ],
            "its link `m` leads to `d/l/../x`, out of its folder",
        ),
        (
            &[good, ("a-1.0.0/Cargo.toml/x", Regular, "", b"")],
            "it holds `Cargo.toml` both as a file and as a folder",
        ),
        (
            &[good, ("a-1.0.0/Cargo.toml", Directory, "", b"")],
            "it holds `Cargo.toml` both as a file and as a folder",
        ),
        (
            &[("a-1.0.0/x/", Regular, "", b"")],
            "it holds `x` both as a file and as a folder",
        ),
        // One reader takes the last name, another the first, a third GNU's.
        (
            &[
                ("p", XHeader, "", b"16 path=a-1.0.0/x\n16 path=a-1.0.0/y\n"),
                ("a-1.0.0/z", Regular, "", b""),
            ],
            "its extended header before `a-1.0.0/z` is damaged",
        ),
        (
            &[
                ("p", XHeader, "", b"18 path=a-1.0.0/x\n18 path=a-1.0.0/y\n"),
                ("a-1.0.0/z", Regular, "", b""),
            ],
            "its extended header before `a-1.0.0/z` names it twice",
        ),
        (
            &[
                ("p", XHeader, "", b"18 path=a-1.0.0/x\n"),
                ("l", GNULongName, "", b"a-1.0.0/y\0"),
                ("a-1.0.0/z", Regular, "", b""),
            ],
            "its extended header before `a-1.0.0/z` names it twice",
        ),
        (
            &[("p", XHeader, "", b"9 size=1\n"), ("a-1.0.0/z", Regular, "", b"ab")],
            "its extended header before `a-1.0.0/z` has a key that packages have no use for",
        ),
        (
            &[
                ("l", GNULongName, "", endless.as_bytes()),
                ("a-1.0.0/z", Regular, "", b""),
            ],
            "its extended header before `a-1.0.0/z` is longer than any path",
        ),
        (
            &[("a-1.0.0/c", Char, "", b"")],
            "`a-1.0.0/c` is neither a file nor a folder nor a link (type 3)",
        ),
        (
            &[("a-1.0.0/Cargo.toml", Regular, "", b"\xff")],
            "`a-1.0.0/Cargo.toml` is not UTF-8",
        ),
    ];
    for (entries, expected) in cases {
        let error = read_it(&archive_of(entries)).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}\n{expected}");
        assert!(error.len() < 1000, "{expected}");
    }
}

/// Cargo takes such an entry as it comes, and the builder called the archive damaged.
#[test]
fn modes_and_times_are_numbers() {
    let read_with = |change: fn(&mut tar::Header)| {
        let mut header = tar::Header::new_gnu();
        header.set_path("a-1.0.0/x").unwrap();
        header.set_size(0);
        header.set_mode(0o644);
        change(&mut header);
        header.set_cksum();
        let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
        builder.append(&header, std::io::empty()).unwrap();
        read_it(&builder.into_inner().unwrap().finish().unwrap())
    };
    for good in [
        |header: &mut tar::Header| header.as_old_mut().mtime.fill(0),
        |header: &mut tar::Header| header.as_old_mut().mtime.fill(0xff),
        |header: &mut tar::Header| header.as_old_mut().mode = *b" 100644 ",
    ] {
        read_with(good).unwrap();
    }
    for bad in [
        |header: &mut tar::Header| header.as_old_mut().mtime = *b"yesterday\0\0\0",
        |header: &mut tar::Header| header.as_old_mut().mode = *b"rw-r--r-",
        |header: &mut tar::Header| header.as_old_mut().mode = *b"0000698\0",
    ] {
        let error = read_with(bad).unwrap_err().to_string();
        assert!(
            error.contains("the mode or the time of an entry is no number"),
            "{error}"
        );
    }
}

#[test]
fn damaged_archives_are_refused() {
    let good = crate_file("a", "1.0.0", &[("data", &"0123456789abcdef".repeat(500))]);
    for bytes in [&b""[..], b"PK\x03\x04", b"<html>", &good[1..]] {
        assert_eq!(read_it(bytes).unwrap_err().to_string(), "it is not a gzip file");
    }
    for end in [3, 20, good.len() / 2, good.len() - 9, good.len() - 1] {
        let error = read_it(&good[..end]).unwrap_err().to_string();
        assert!(error.starts_with("it is truncated or damaged ("), "{end}: {error}");
    }
    let mut sum = good.clone();
    let end = sum.len();
    sum[end - 6] ^= 1;
    let error = read_it(&sum).unwrap_err().to_string();
    assert!(error.starts_with("it is truncated or damaged ("), "{error}");
}

/// The importer and Cargo read the first gzip member, the builder read all: it compiled code that nobody had seen.
#[test]
fn nothing_may_follow() {
    let good = crate_file("a", "1.0.0", &[]);
    let error = |bytes: &[u8]| read_it(bytes).unwrap_err().to_string();
    let after_gzip = "it goes on after the end of its gzip data, which only some programs would read";
    assert_eq!(error(&[&good[..], &good[..]].concat()), after_gzip);
    assert_eq!(error(&[&good[..], b"\0"].concat()), after_gzip);
    let mut tar = Vec::new();
    GzDecoder::new(&good[..]).read_to_end(&mut tar).unwrap();
    tar.extend([0; 512]);
    let zipped = |tar: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, tar).unwrap();
        encoder.finish().unwrap()
    };
    assert!(read_it(&zipped(&tar)).is_ok());
    tar.extend(b"more");
    let after_archive = "it goes on after the end of its archive, which only some programs would read";
    assert_eq!(error(&zipped(&tar)), after_archive);
}

#[test]
fn limits_hold() {
    let data = "0".repeat(10_000);
    let bytes = crate_file("a", "1.0.0", &[("data", &data), ("Cargo.lock", &data)]);
    let read_with =
        |limits| read_archive(&bytes, "a-1.0.0", &["Cargo.toml", "Cargo.lock"], limits).map_err(|e| e.to_string());
    let limits = Limits::default();
    assert!(read_with(limits).is_ok());
    assert_eq!(
        read_with(Limits {
            unpacked: 9_999,
            ..limits
        })
        .unwrap_err(),
        "it unpacks to more than 9999 bytes"
    );
    assert_eq!(
        read_with(Limits {
            unpacked: 20_000,
            ..limits
        })
        .unwrap_err(),
        "it unpacks to more than 20000 bytes"
    );
    assert_eq!(
        read_with(Limits { paths: 3, ..limits }).unwrap_err(),
        "it holds more than 3 paths"
    );
    let error = "its `Cargo.lock` has 10000 bytes; 9999 are the most that is accepted";
    assert_eq!(read_with(Limits { text: 9_999, ..limits }).unwrap_err(), error);
}

#[test]
fn a_size_that_is_only_declared_costs_nothing() {
    let mut header = tar::Header::new_gnu();
    header.set_path("a-1.0.0/data").unwrap();
    header.set_size(1 << 40);
    header.set_cksum();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut encoder, header.as_bytes()).unwrap();
    let error = read_it(&encoder.finish().unwrap()).unwrap_err().to_string();
    assert!(error.starts_with("it is truncated or damaged ("), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever bytes come, there is an answer; a changed archive never yields a path outside of its folder.
    #[test]
    fn any_bytes(noise in proptest::collection::vec(any::<u8>(), 0..200), place in any::<prop::sample::Index>(), flip in any::<u8>()) {
        let _ = read_it(&noise);
        // The tar archive is changed before it is compressed, so that the change is seen.
        let mut tar = tar::Builder::new(Vec::new());
        for name in ["a-1.0.0/Cargo.toml", "a-1.0.0/src/lib.rs"] {
            let mut header = tar::Header::new_ustar();
            header.set_size(3);
            tar.append_data(&mut header, name, &b"abc"[..]).unwrap();
        }
        let mut bytes = tar.into_inner().unwrap();
        let index = place.index(bytes.len());
        bytes[index] ^= flip;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, &bytes).unwrap();
        if let Ok(archive) = read_it(&encoder.finish().unwrap()) {
            for path in archive.files {
                prop_assert!(!path.is_empty() && !path.starts_with('/') && !path.split('/').any(|part| part == ".."));
            }
        }
    }
}
