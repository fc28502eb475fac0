//! A server that counts visits, page by page, in a database of its own.

use std::convert::Infallible;
use std::error::Error;
use std::path::Path;
use std::sync::{Arc, Mutex};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use rusqlite::Connection;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::Serialize;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::watch::Receiver;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// What can go wrong, in words for whoever started the server.
pub type Failure = Box<dyn Error + Send + Sync>;

/// A page and how often it was asked for.
#[derive(Debug, PartialEq, Serialize)]
pub struct Visits {
    /// The page's path.
    pub page: String,
    /// How often it was asked for.
    pub count: u32,
}

/// The database.
pub struct Store(Mutex<Connection>);

impl Store {
    /// Opens the database of a file, and makes it where there is none.
    pub fn open(file: &Path) -> Result<Self, Failure> {
        let connection = Connection::open(file)?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS visits (page TEXT PRIMARY KEY, count INTEGER NOT NULL)",
        )?;
        Ok(Self(Mutex::new(connection)))
    }

    /// Counts one more visit.
    pub fn visit(&self, page: &str) -> Result<Visits, Failure> {
        let connection = self
            .0
            .lock()
            .map_err(|_| "the database was left in the middle of a change")?;
        let count = connection.query_row(
            "INSERT INTO visits VALUES (?1, 1) ON CONFLICT (page) DO UPDATE SET count = count + 1 RETURNING count",
            [page],
            |row| row.get(0),
        )?;
        Ok(Visits {
            page: page.to_owned(),
            count,
        })
    }
}

/// Reads a certificate chain and its key, in PEM.
pub fn tls(certificate: &Path, key: &Path) -> Result<TlsAcceptor, Failure> {
    let chain = CertificateDer::pem_file_iter(certificate)?.collect::<Result<_, _>>()?;
    let config = ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(chain, PrivateKeyDer::from_pem_file(key)?)?;
    Ok(Arc::new(config).into())
}

/// Answers until `stop` changes.
pub async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    store: Arc<Store>,
    mut stop: Receiver<bool>,
) {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            connection = listener.accept() => {
                let Ok((stream, _)) = connection else { continue };
                let (tls, store) = (tls.clone(), Arc::clone(&store));
                open.spawn(async move {
                    match tls {
                        None => converse(stream, store).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => converse(stream, store).await,
                            Err(error) => eprintln!("no handshake: {error}"),
                        },
                    }
                });
            }
            _ = stop.changed() => break,
        }
    }
    open.shutdown().await;
}

async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin, store: Arc<Store>) {
    let service =
        service_fn(|request| std::future::ready(Ok::<_, Infallible>(answer(&store, &request))));
    let connection = hyper::server::conn::http1::Builder::new();
    if let Err(error) = connection
        .serve_connection(TokioIo::new(stream), service)
        .await
    {
        eprintln!("a connection ended early: {error}");
    }
}

fn answer(store: &Store, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let visits = store.visit(request.uri().path());
    match visits.and_then(|visits| Ok(serde_json::to_vec(&visits)?)) {
        Ok(body) => Response::new(Full::from(body)),
        Err(error) => {
            eprintln!("no answer: {error}");
            let mut response = Response::new(Full::from("error"));
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        }
    }
}
