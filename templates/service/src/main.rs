use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Parser;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use visits::{Failure, Store};

/// Counts visits: each page says how often it was asked for.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen; port 0 takes any that is free
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The database's file; it is made where there is none
    #[arg(long, default_value = "visits.sqlite")]
    database: PathBuf,
    /// A certificate chain, in PEM: answers over TLS
    #[arg(long, requires = "key")]
    certificate: Option<PathBuf>,
    /// The certificate's key, in PEM
    #[arg(long, requires = "certificate")]
    key: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    let tls = match (&arguments.certificate, &arguments.key) {
        (Some(certificate), Some(key)) => Some(visits::tls(certificate, key)?),
        _ => None,
    };
    let store = Arc::new(Store::open(&arguments.database)?);
    let (stop, stopped) = watch::channel(false);
    // As systemd and container engines end a service.
    let mut ended = signal(SignalKind::terminate())?;
    let listener = TcpListener::bind(arguments.listen).await?;
    println!("listening on {}", listener.local_addr()?);
    let server = tokio::spawn(visits::serve(listener, tls, store, stopped));
    tokio::select! {
        _ = ended.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    stop.send(true)?;
    Ok(server.await?)
}
