//! Starts the server on loopback, asks it a thousand times, from ten sides, shakes hands with it over TLS, and shuts it down.

use clap::Parser;
use reqwest::{Certificate, Client};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use store::{Store, Visits};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

#[derive(Parser)]
struct Arguments {
    #[arg(long, default_value_t = 1000)]
    requests: u32,
    #[arg(long, default_value = "visits.sqlite")]
    database: String,
}

/// Counts the events that the tracing subscriber sees.
struct Count(Arc<AtomicU32>);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Count {
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        if event.metadata().target() == "server" {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    use tracing_subscriber::layer::SubscriberExt;
    let arguments = Arguments::parse();
    let events = Arc::new(AtomicU32::new(0));
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Count(Arc::clone(&events))))?;
    let store = Arc::new(Store::open(&arguments.database)?);
    let (stop, stopped) = watch::channel(false);

    let plain = TcpListener::bind("127.0.0.1:0").await?;
    let address = plain.local_addr()?;
    let plain = tokio::spawn(service::serve(plain, None, Arc::clone(&store), stopped.clone()));

    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.key_pair.serialize_der()));
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key)?;
    let secret = TcpListener::bind("127.0.0.1:0").await?;
    let port = secret.local_addr()?.port();
    let secret = tokio::spawn(service::serve(secret, Some(Arc::new(config).into()), Arc::clone(&store), stopped));

    let client = Client::builder().no_proxy().build()?;
    let mut visitors = JoinSet::new();
    for page in 0..10 {
        let (client, url) = (client.clone(), format!("http://{address}/page/{page}"));
        visitors.spawn(async move {
            let mut last = None;
            for _ in 0..arguments.requests / 10 {
                last = Some(client.get(&url).send().await?.error_for_status()?.json::<Visits>().await?);
            }
            Ok::<_, reqwest::Error>(last)
        });
    }
    let mut highest = 0;
    while let Some(last) = visitors.join_next().await {
        highest = highest.max(last??.map_or(0, |visits| visits.count));
    }
    tracing::info!(highest, "all answered");
    println!("{} requests, {highest} for one page", arguments.requests);

    let trusting = Client::builder()
        .no_proxy()
        .tls_built_in_root_certs(false)
        .add_root_certificate(Certificate::from_der(made.cert.der())?)
        .resolve("localhost", ([127, 0, 0, 1], port).into())
        .build()?;
    let url = format!("https://localhost:{port}/secret");
    println!("over TLS: {:?}", trusting.get(&url).send().await?.json::<Visits>().await?);
    let refused = client.get(format!("https://127.0.0.1:{port}/secret")).send().await.is_err();
    println!("an unknown certificate is refused: {refused}");

    stop.send(true)?;
    println!("connections over TLS: {}", secret.await?);
    println!("shut down: {}", plain.await? > 0);
    println!("pages and visits: {:?}", store.total()?);
    println!("events: {}", events.load(Ordering::SeqCst));
    Ok(())
}
