//! Alternative registries: one with a git index in a folder, one with a sparse index served on the loopback interface.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

use super::sources::{Bench, package};
use super::{Row, folder_error};
use crate::cargo::CargoError;

/// Both registries.
///
/// # Errors
/// When a registry can't be made or a project can't be compared at all.
pub fn run(oracle: &Path) -> Result<Vec<Row>, CargoError> {
    Ok(vec![git_index(oracle)?, sparse_index(oracle)?])
}

/// A package to publish: name, version, features and the rest of the manifest, dependencies as the index has them.
type Published<'a> = (&'a str, &'a str, &'a str, &'a str);

const PACKAGES: [Published<'static>; 3] = [
    (
        "middle",
        "0.4.0",
        "[features]\ndefault = [\"dep:leaf\"]\n\n[dependencies]\nleaf = { version = \"1\", optional = true, registry-index = \"INDEX\" }\n",
        r#"{"name":"leaf","req":"^1","features":[],"optional":true,"default_features":true,"target":null,"kind":"normal"}"#,
    ),
    ("leaf", "1.0.0", "[features]\nx = []\n", ""),
    ("leaf", "1.1.0+build.7", "[features]\nx = []\n", ""),
];

/// Writes the `.crate` files and the index below `registry`.
fn publish(bench: &Bench, index: &str, download: &str) -> Result<(), CargoError> {
    bench.write(&[("registry/index/config.json", &format!("{{\"dl\":\"{download}\"}}"))])?;
    for (name, version, rest, dependencies) in PACKAGES {
        let manifest = package(name, version, &rest.replace("INDEX", index));
        let file = archive(
            &format!("{name}-{version}"),
            &[("Cargo.toml", &manifest), ("src/lib.rs", "")],
        )
        .map_err(folder_error)?;
        let checksum: String = Sha256::digest(&file).iter().map(|byte| format!("{byte:02x}")).collect();
        let target = bench.root().join(format!("registry/dl/{name}-{version}.crate"));
        std::fs::create_dir_all(bench.root().join("registry/dl")).map_err(folder_error)?;
        std::fs::write(target, &file).map_err(folder_error)?;
        let features = if name == "leaf" {
            r#""x":[]"#
        } else {
            r#""default":["dep:leaf"]"#
        };
        let (old, new) = if name == "leaf" { (features, "") } else { ("", features) };
        let line = format!(
            "{{\"name\":\"{name}\",\"vers\":\"{version}\",\"deps\":[{dependencies}],\"cksum\":\"{checksum}\",\"features\":{{{old}}},\
             \"features2\":{{{new}}},\"v\":2,\"yanked\":false}}\n"
        );
        let entry = format!("registry/index/{}/{}/{name}", &name[..2], &name[2..4]);
        let before = std::fs::read_to_string(bench.root().join(&entry)).unwrap_or_default();
        bench.write(&[(&entry, &(before + &line))])?;
    }
    Ok(())
}

/// A `.crate` file: files below one folder, packed as `cargo package` does.
fn archive(folder: &str, files: &[(&str, &str)]) -> std::io::Result<Vec<u8>> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append_data(&mut header, format!("{folder}/{path}"), text.as_bytes())?;
    }
    builder.into_inner()?.finish()
}

fn app(bench: &Bench, index: &str) -> Result<(), CargoError> {
    let dependencies = "[dependencies]\nmiddle = { version = \"0.4\", registry = \"elsewhere\" }\n\n\
                        [dev-dependencies]\nleaf = { version = \"1\", registry = \"elsewhere\", features = [\"x\"] }\n\n[workspace]\n";
    bench.write(&[
        (
            "app/.cargo/config.toml",
            &format!("[registries.elsewhere]\nindex = \"{index}\"\n"),
        ),
        ("app/Cargo.toml", &package("app", "0.1.0", dependencies)),
        ("app/src/main.rs", "fn main() {}\n"),
    ])
}

fn git_index(oracle: &Path) -> Result<Row, CargoError> {
    let bench = Bench::new(oracle)?;
    let index = format!("file://{}", bench.root().join("registry/index").display());
    let files = format!(
        "file://{}/{{crate}}-{{version}}.crate",
        bench.root().join("registry/dl").display()
    );
    publish(&bench, &index, &files)?;
    bench.command("registry/index", "git", &["init", "--quiet", "--initial-branch=main"])?;
    bench.command("registry/index", "git", &["add", "--all"])?;
    bench.command("registry/index", "git", &["commit", "--quiet", "--message", "Index"])?;
    app(&bench, &index)?;
    bench.compare("registry with a git index", "app")
}

fn sparse_index(oracle: &Path) -> Result<Row, CargoError> {
    let bench = Bench::new(oracle)?;
    let listener = TcpListener::bind("127.0.0.1:0").map_err(folder_error)?;
    let address = listener.local_addr().map_err(folder_error)?;
    let index = format!("sparse+http://{address}/index/");
    publish(
        &bench,
        &index,
        &format!("http://{address}/dl/{{crate}}-{{version}}.crate"),
    )?;
    let folder = bench.root().join("registry");
    // The thread ends with the process; the listener serves nothing but this folder, on the loopback interface.
    std::thread::spawn(move || {
        for stream in listener.incoming().filter_map(Result::ok) {
            // A client that goes away is no concern of the server's.
            let _ = serve(stream, &folder);
        }
    });
    app(&bench, &index)?;
    bench.compare("registry with a sparse index", "app")
}

/// Answers one request with a file below `folder`.
fn serve(mut stream: TcpStream, folder: &Path) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut header = String::new();
    while reader.read_line(&mut header)? > 2 {
        header.clear();
    }
    let path = request.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
    let body = if path.split('/').any(|part| part == "..") {
        None
    } else {
        std::fs::read(folder.join(path)).ok()
    };
    let status = if body.is_some() { "200 OK" } else { "404 Not Found" };
    let body = body.unwrap_or_default();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)
}
