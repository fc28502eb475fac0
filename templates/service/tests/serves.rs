//! The program as its users have it: started, asked, over TLS too, and ended.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// The program, listening; it is ended with the test.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_visits"))
            .args(["--listen", "127.0.0.1:0", "--database"])
            .arg(folder.join("visits.sqlite"))
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line
            .trim()
            .strip_prefix("listening on ")
            .unwrap()
            .to_owned();
        Self { process, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn ask(mut stream: impl Read + Write, page: &str) -> String {
    write!(
        stream,
        "GET {page} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.rsplit("\r\n").next().unwrap().to_owned()
}

fn folder(name: &str) -> std::path::PathBuf {
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn visits_are_counted_and_outlast_the_server() {
    let folder = folder("plain");
    let server = Server::start(&folder, &[]);
    let connect = |server: &Server| TcpStream::connect(&server.address).unwrap();
    assert_eq!(ask(connect(&server), "/a"), r#"{"page":"/a","count":1}"#);
    assert_eq!(ask(connect(&server), "/a"), r#"{"page":"/a","count":2}"#);
    assert_eq!(ask(connect(&server), "/b"), r#"{"page":"/b","count":1}"#);
    drop(server);
    let server = Server::start(&folder, &[]);
    assert_eq!(ask(connect(&server), "/a"), r#"{"page":"/a","count":3}"#);
}

#[test]
fn answers_over_tls() {
    let folder = folder("tls");
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.key_pair.serialize_pem()).unwrap();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let server = Server::start(
        &folder,
        &["--certificate", &text(&certificate), "--key", &text(&key)],
    );
    let mut trusted = RootCertStore::empty();
    trusted.add(made.cert.der().clone()).unwrap();
    let config = ClientConfig::builder()
        .with_root_certificates(trusted)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let client = ClientConnection::new(Arc::new(config), name).unwrap();
    let stream = StreamOwned::new(client, TcpStream::connect(&server.address).unwrap());
    assert_eq!(ask(stream, "/secret"), r#"{"page":"/secret","count":1}"#);
}
