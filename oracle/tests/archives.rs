//! `.crate` files of every odd kind: what import accepts, Cargo and the builder unpack to the same files.
//!
//! A published package of two gzip members once was one package for Cargo and import, and another for the builder.

#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use dyrust_builder_readers::{inflate, tar as builder_tar};
use dyrust_importer::source::archive::{Limits, read_archive};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sha2::{Digest, Sha256};
use tar::EntryType;

/// How many archives of each kind of mutation are made; Cargo unpacks those that import accepts in one call.
const ARCHIVES: usize = 150;

/// A member of an archive, in the folder `NAME-1.0.0` unless its path says otherwise.
#[derive(Debug, Clone)]
struct Member {
    path: String,
    kind: EntryType,
    link: String,
    content: String,
    /// A header before it that names it: pax (`x`) or GNU's (`L`).
    long: Option<(EntryType, String)>,
}

/// What follows the archive.
#[derive(Debug, Clone)]
enum Tail {
    Nothing,
    Zeros,
    Text,
    SecondMember,
    AfterGzip,
}

fn members() -> impl Strategy<Value = Vec<Member>> {
    let path = prop_oneof![
        6 => prop::sample::select(vec!["src/lib.rs", "src/a.rs", "a", "a/b", "b/c/d.txt", "./a", "b//c", "Cargo.lock", "b/.cargo-ok", ".cargo-ok", ".cargo-ok/a", "b/.cargo-ok/a"]),
        1 => prop::sample::select(vec!["../x", "a/", "", "b/../a"]),
    ];
    let kind = prop_oneof![
        12 => Just(EntryType::Regular),
        2 => Just(EntryType::Directory),
        1 => Just(EntryType::Symlink),
        1 => Just(EntryType::Link),
        1 => Just(EntryType::Continuous),
        1 => Just(EntryType::GNUSparse),
        1 => Just(EntryType::XGlobalHeader),
    ];
    let long = prop_oneof![
        8 => Just(None),
        1 => prop::sample::select(vec!["long/one", "a", "long/two"])
            .prop_map(|path| Some((EntryType::XHeader, path.to_owned()))),
        1 => prop::sample::select(vec!["long/one", "a", "long/two"])
            .prop_map(|path| Some((EntryType::GNULongName, path.to_owned()))),
    ];
    let link = prop::sample::select(vec!["src/lib.rs", "a", "../a", "."]);
    let member = (path, kind, link, "[a-c]{0,5}", long).prop_map(|(path, kind, link, content, long)| Member {
        path: path.to_owned(),
        kind,
        link: link.to_owned(),
        content,
        long,
    });
    proptest::collection::vec(member, 0..6)
}

fn tails() -> impl Strategy<Value = Tail> {
    prop_oneof![
        12 => Just(Tail::Nothing),
        2 => Just(Tail::Zeros),
        1 => Just(Tail::Text),
        1 => Just(Tail::SecondMember),
        1 => Just(Tail::AfterGzip),
    ]
}

fn header(path: &str, kind: EntryType, link: &str, size: usize) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(0o644);
    header.set_size(size as u64);
    let gnu = header.as_gnu_mut().unwrap();
    gnu.name[..path.len()].copy_from_slice(path.as_bytes());
    gnu.linkname[..link.len()].copy_from_slice(link.as_bytes());
    header.set_cksum();
    header
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The archive of a package whose manifest and library come first.
fn archive(name: &str, members: &[Member], tail: &Tail) -> Vec<u8> {
    let folder = format!("{name}-1.0.0");
    let mut builder = tar::Builder::new(Vec::new());
    let mut put = |path: &str, kind, link: &str, content: &str| {
        builder
            .append(&header(path, kind, link, content.len()), content.as_bytes())
            .unwrap();
    };
    let manifest = format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\n");
    put(&format!("{folder}/Cargo.toml"), EntryType::Regular, "", &manifest);
    put(
        &format!("{folder}/src/main.rs"),
        EntryType::Regular,
        "",
        "fn main() {}\n",
    );
    for member in members {
        if let Some((kind, path)) = &member.long {
            let path = format!("{folder}/{path}");
            let text = if *kind == EntryType::XHeader {
                let rest = path.len() + "path".len() + 3;
                format!("{} path={path}\n", rest + 2)
            } else {
                format!("{path}\0")
            };
            put("long", *kind, "", &text);
        }
        let link = match member.kind {
            EntryType::Symlink => member.link.clone(),
            EntryType::Link => format!("{folder}/{}", member.link),
            _ => String::new(),
        };
        let content = match member.kind {
            EntryType::Regular | EntryType::Continuous => member.content.as_str(),
            EntryType::XGlobalHeader => "11 a=bcdef\n",
            _ => "",
        };
        put(&format!("{folder}/{}", member.path), member.kind, &link, content);
    }
    let mut bytes = builder.into_inner().unwrap();
    match tail {
        Tail::Nothing => gzip(&bytes),
        Tail::Zeros => {
            bytes.extend([0; 1536]);
            gzip(&bytes)
        }
        Tail::Text => {
            bytes.extend(b"more");
            gzip(&bytes)
        }
        Tail::AfterGzip => [gzip(&bytes), vec![0]].concat(),
        Tail::SecondMember => {
            let hidden = archive(name, &[], &Tail::Nothing);
            [gzip(&bytes), hidden].concat()
        }
    }
}

/// The files below a folder: their text, or where a link leads; without the mark at its top that Cargo makes.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            let kind = path.symlink_metadata().unwrap().file_type();
            if kind.is_symlink() {
                found.insert(name, format!("-> {}", fs::read_link(&path).unwrap().display()));
            } else if kind.is_dir() {
                open.push(path);
            } else if name != ".cargo-ok" {
                found.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn what_import_accepts_is_the_same_for_cargo_and_the_builder() {
    let scratch = tempfile::tempdir().unwrap();
    let place = |path: &str| scratch.path().join(path);
    for folder in [
        "registry/index/pa/ck",
        "project/src",
        "project/.cargo",
        "home",
        "builder",
    ] {
        fs::create_dir_all(place(folder)).unwrap();
    }
    let mut runner = TestRunner::deterministic();
    let strategy = (members(), tails());
    let mut dependencies = String::new();
    let (mut accepted, mut refused) = (BTreeMap::new(), 0);
    for number in 0..ARCHIVES {
        let (members, tail) = strategy.new_tree(&mut runner).unwrap().current();
        let name = format!("pack{number}");
        let bytes = archive(&name, &members, &tail);
        let folder = format!("{name}-1.0.0");
        let Ok(read) = read_archive(&bytes, &folder, &["Cargo.toml"], Limits::default()) else {
            refused += 1;
            continue;
        };
        let to = place(&format!("builder/{name}"));
        let unpacked = inflate::gunzip(&bytes).unwrap();
        builder_tar::unpack(&unpacked, &to).unwrap_or_else(|failure| panic!("{members:?} {tail:?}: {failure}"));
        fs::write(place(&format!("registry/{folder}.crate")), &bytes).unwrap();
        let sum: String = Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        fs::write(
            place(&format!("registry/index/pa/ck/{name}")),
            format!("{{\"name\":\"{name}\",\"vers\":\"1.0.0\",\"deps\":[],\"features\":{{}},\"cksum\":\"{sum}\",\"yanked\":false}}\n"),
        )
        .unwrap();
        dependencies += &format!("{name} = \"1\"\n");
        accepted.insert(name, (read, members));
    }
    assert!(accepted.len() > 20, "only {} archives are accepted", accepted.len());
    assert!(refused > 20, "only {refused} archives are refused");

    fs::write(
        place("project/Cargo.toml"),
        format!(
            "[package]\nname = \"project\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[dependencies]\n{dependencies}"
        ),
    )
    .unwrap();
    fs::write(place("project/src/main.rs"), "fn main() {}\n").unwrap();
    fs::write(
        place("project/.cargo/config.toml"),
        format!(
            "[source.crates-io]\nreplace-with = \"local\"\n[source.local]\nlocal-registry = \"{}\"\n",
            place("registry").display()
        ),
    )
    .unwrap();
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["fetch", "--offline"])
        .current_dir(place("project"))
        .env("CARGO_HOME", place("home"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let source = fs::read_dir(place("home/registry/src"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    for (name, (read, members)) in accepted {
        let cargo = files(&source.join(format!("{name}-1.0.0")));
        let builder = files(&place(&format!("builder/{name}")));
        assert_eq!(cargo, builder, "{members:?}");
        assert_eq!(read.files, cargo.keys().cloned().collect(), "{members:?}");
    }
}
