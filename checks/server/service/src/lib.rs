//! The server: plain HTTP, and the same behind TLS, until it is told to stop.

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::sync::Arc;
use store::Store;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::watch::Receiver;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

async fn answer(store: Arc<Store>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let visits = store.visit(request.uri().path());
    Ok(match visits.map(|visits| serde_json::to_vec(&visits)) {
        Ok(Ok(body)) => Response::new(Full::from(body)),
        other => {
            tracing::error!(?other, "no answer");
            let mut response = Response::new(Full::from("error"));
            *response.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
            response
        }
    })
}

async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin, store: Arc<Store>) {
    let service = service_fn(move |request| answer(Arc::clone(&store), request));
    if let Err(error) = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Serves until `stop` says true; returns how many connections there were.
pub async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, store: Arc<Store>, mut stop: Receiver<bool>) -> u32 {
    let mut open = JoinSet::new();
    let mut count = 0;
    loop {
        tokio::select! {
            connection = listener.accept() => {
                let Ok((stream, _)) = connection else { continue };
                count += 1;
                let (tls, store) = (tls.clone(), Arc::clone(&store));
                open.spawn(async move {
                    match tls {
                        None => converse(stream, store).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => converse(stream, store).await,
                            Err(error) => tracing::warn!(%error, "no handshake"),
                        },
                    }
                });
            }
            _ = stop.changed() => break,
        }
    }
    open.shutdown().await;
    count
}
