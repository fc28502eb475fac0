//! What the tests of this module share: archives, a user's folders, and a server on the loopback interface.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::progress::Silent;
use super::{Error, FetchOptions, Fetched, Fetcher, Request, hex};
use crate::config::{Config, Environment};

/// An entry of a test archive: path, type, link target, content.
pub(super) type Entry<'a> = (&'a str, tar::EntryType, &'a str, &'a [u8]);

/// A gzipped tar archive of these entries, however odd.
pub(super) fn archive_of(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    for (path, kind, target, content) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(*kind);
        header.set_mode(0o644);
        header.set_size(content.len() as u64);
        // The setters refuse what the tests need.
        let gnu = header.as_gnu_mut().unwrap();
        gnu.name[..path.len()].copy_from_slice(path.as_bytes());
        gnu.linkname[..target.len()].copy_from_slice(target.as_bytes());
        header.set_cksum();
        builder.append(&header, *content).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

/// A `.crate` file with a manifest of just a name and a version, and further files.
pub(super) fn crate_file(name: &str, version: &str, files: &[(&str, &str)]) -> Vec<u8> {
    let manifest = format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\n");
    let mut all = vec![("Cargo.toml", manifest.as_str()), ("src/lib.rs", "")];
    all.extend(files);
    let paths: Vec<String> = all.iter().map(|(path, _)| format!("{name}-{version}/{path}")).collect();
    let entries: Vec<Entry<'_>> = paths
        .iter()
        .zip(&all)
        .map(|(path, (_, text))| (path.as_str(), tar::EntryType::Regular, "", text.as_bytes()))
        .collect();
    archive_of(&entries)
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes))
}

/// A request of the lock.
pub(super) fn request(name: &str, version: &str, source: &str, checksum: Option<&str>) -> Request {
    let checksum = checksum.map(str::to_owned);
    Request {
        name: name.to_owned(),
        version: version.to_owned(),
        source: source.to_owned(),
        checksum,
    }
}

/// A user with an empty home and a workspace.
pub(super) struct User(tempfile::TempDir);

impl User {
    pub(super) fn new() -> Self {
        let user = Self(tempfile::tempdir().unwrap());
        for name in ["home", "workspace/.cargo"] {
            fs::create_dir_all(user.path(name)).unwrap();
        }
        user
    }

    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub(super) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let file = self.path(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, bytes).unwrap();
        file
    }

    /// The configuration, with this text as the workspace's file; failed requests are tried twice.
    pub(super) fn config(&self, text: &str) -> Config {
        self.config_with(text, &[])
    }

    /// The same with further variables.
    pub(super) fn config_with(&self, text: &str, variables: &[(&str, &str)]) -> Config {
        self.write("workspace/.cargo/config.toml", text);
        let home = self.path("home");
        let usual = [("HOME", home.to_str().unwrap()), ("CARGO_NET_RETRY", "1")];
        let all = usual.iter().chain(variables).copied();
        Config::load_in(&self.path("workspace"), Environment::of(all)).unwrap()
    }
}

/// Fetches packages.
pub(super) fn fetch(config: &Config, offline: bool, requests: &[Request]) -> Result<Vec<Fetched>, Error> {
    Fetcher::new(config, FetchOptions { offline }, &Silent).fetch(requests)
}

/// What the server answers: status and body, by path and by the `authorization` header.
type Answers = dyn Fn(&str, Option<&str>) -> (u16, Vec<u8>) + Send + Sync;

/// An HTTP server that is gone when it is dropped.
pub(super) struct Server {
    pub(super) url: String,
    asked: Arc<Mutex<Vec<String>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    address: std::net::SocketAddr,
}

impl Server {
    pub(super) fn new(answers: impl Fn(&str, Option<&str>) -> (u16, Vec<u8>) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (inner_asked, inner_stop) = (Arc::clone(&asked), Arc::clone(&stop));
        let answers: Arc<Answers> = Arc::new(answers);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if inner_stop.load(Ordering::SeqCst) {
                    break;
                }
                let (asked, answers) = (Arc::clone(&inner_asked), Arc::clone(&answers));
                std::thread::spawn(move || answer(stream.unwrap(), &asked, &*answers));
            }
        });
        Self {
            url: format!("http://{address}"),
            asked,
            stop,
            thread: Some(thread),
            address,
        }
    }

    /// The paths that were asked for since the last call, sorted.
    pub(super) fn asked(&self) -> Vec<String> {
        let mut asked = std::mem::take(&mut *self.asked.lock().unwrap());
        asked.sort();
        asked
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn answer(mut stream: TcpStream, asked: &Mutex<Vec<String>>, answers: &Answers) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let Some(Ok(first)) = lines.next() else { return };
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut token = None;
    for line in lines.map_while(Result::ok).take_while(|line| !line.is_empty()) {
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("authorization")
        {
            token = Some(value.trim().to_owned());
        }
    }
    asked.lock().unwrap().push(path.clone());
    let (status, body) = answers(&path, token.as_deref());
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}
