//! The HTTP client: proxies, certificates, time-outs and retries as Cargo's configuration has them.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use ureq::http::Uri;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{self, DefaultResolver, ResolvedSocketAddrs};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body, Proxy};

use super::Error;
use crate::config::{Config, Secret};

/// Seconds without an answer before a request fails, unless `http.timeout` says otherwise; Cargo's default.
const TIMEOUT: u64 = 30;
/// A whole body may take this many times longer.
const BODY_FACTOR: u64 = 20;
/// The most bytes of a file of an index.
const SMALL: u64 = 64 << 20;
/// How many requests are made at the same time.
pub(super) const CONNECTIONS: usize = 16;

/// An answer of a server.
#[derive(Debug)]
pub(super) struct Answer {
    /// The HTTP status.
    pub(super) status: u16,
    /// The body.
    pub(super) body: Body,
}

/// Makes requests; built when the first one is made, so that a filled cache costs nothing.
#[derive(Debug)]
pub(super) struct Client<'a> {
    config: &'a Config,
    agent: OnceLock<Agent>,
}

impl<'a> Client<'a> {
    pub(super) fn new(config: &'a Config) -> Self {
        Self {
            config,
            agent: OnceLock::new(),
        }
    }

    /// Asks for `address` and hands the answer to `read`; repeats both if the network fails or the server is overloaded.
    pub(super) fn get<T>(
        &self,
        address: &str,
        token: Option<&Secret>,
        read: impl Fn(Answer) -> Result<T, Failure>,
    ) -> Result<T, Error> {
        let agent = self.agent()?;
        let mut attempt = 0;
        loop {
            let mut request = agent.get(address);
            if let Some(token) = token {
                request = request.header("authorization", token.reveal());
            }
            let result = match request.call() {
                Ok(response) => {
                    let status = response.status().as_u16();
                    if status >= 500 || status == 429 || status == 408 {
                        Err(Failure::Temporary(format!("the server answered with status {status}")))
                    } else {
                        read(Answer {
                            status,
                            body: response.into_body(),
                        })
                    }
                }
                Err(error) => Err(Failure::from(error)),
            };
            let reason = match result {
                Ok(value) => return Ok(value),
                Err(Failure::Final(error)) => return Err(*error),
                Err(Failure::Permanent(reason)) => return Err(network(address, reason)),
                Err(Failure::Temporary(reason)) => reason,
            };
            if attempt >= self.config.net.retry {
                let tries = match attempt {
                    0 => String::new(),
                    retries => format!(" (after {} tries)", retries + 1),
                };
                return Err(network(address, format!("{reason}{tries}")));
            }
            // Waits 0.3, 0.6, 1.2 … seconds; long enough for a hiccup, and bounded by `net.retry`.
            std::thread::sleep(Duration::from_millis(300 << attempt.min(5)));
            attempt += 1;
        }
    }

    /// The whole body of a small file; nothing if it does not exist.
    pub(super) fn small(
        &self,
        address: &str,
        registry: &str,
        token: Option<&Secret>,
    ) -> Result<Option<Vec<u8>>, Error> {
        self.get(address, token, |mut answer| match answer.status {
            200 => whole(answer.body.as_reader(), SMALL).map(Some),
            // Cargo takes these three for "not there": object stores answer 403 for what does not exist, so an index without
            // authentication may use any of them.
            404 | 410 | 451 => Ok(None),
            401 | 403 => Err(Failure::Final(Box::new(Error::Forbidden {
                registry: registry.to_owned(),
                address: address.to_owned(),
                status: answer.status,
            }))),
            status => Err(Failure::Permanent(format!("the server answered with status {status}"))),
        })
    }

    fn agent(&self) -> Result<&Agent, Error> {
        if let Some(agent) = self.agent.get() {
            return Ok(agent);
        }
        let agent = build(self.config)?;
        Ok(self.agent.get_or_init(|| agent))
    }
}

/// Why a request failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// It may work when it is repeated.
    Temporary(String),
    /// It will not.
    Permanent(String),
    /// It is known what it means.
    Final(Box<Error>),
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Temporary(error.to_string())
    }
}

impl From<ureq::Error> for Failure {
    fn from(error: ureq::Error) -> Self {
        match error {
            ureq::Error::Io(_)
            | ureq::Error::Timeout(_)
            | ureq::Error::HostNotFound
            | ureq::Error::ConnectionFailed
            | ureq::Error::Protocol(_) => Self::Temporary(error.to_string()),
            _ => Self::Permanent(error.to_string()),
        }
    }
}

impl Failure {
    /// A body of more than `limit` bytes.
    pub(super) fn too_long(limit: u64) -> Self {
        Self::Permanent(format!("the server sends more than {limit} bytes"))
    }
}

/// A body of at most `limit` bytes.
fn whole(body: impl Read, limit: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    body.take(limit + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > limit {
        true => Err(Failure::too_long(limit)),
        false => Ok(bytes),
    }
}

fn network(address: &str, reason: String) -> Error {
    Error::Network {
        address: address.to_owned(),
        reason,
    }
}

fn build(config: &Config) -> Result<Agent, Error> {
    let http = &config.http;
    let timeout = http.timeout.unwrap_or(TIMEOUT).max(1);
    let roots = match &http.cainfo {
        Some(file) => RootCerts::Specific(Arc::new(certificates(file)?)),
        // The system's certificates, or those of SSL_CERT_FILE and SSL_CERT_DIR.
        None => RootCerts::PlatformVerifier,
    };
    let mut builder = Agent::config_builder()
        .http_status_as_error(false)
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .timeout_connect(Some(Duration::from_secs(timeout)))
        .timeout_recv_response(Some(Duration::from_secs(timeout)))
        .timeout_recv_body(Some(Duration::from_secs(timeout.saturating_mul(BODY_FACTOR))))
        .max_idle_connections(CONNECTIONS)
        .max_idle_connections_per_host(CONNECTIONS)
        .user_agent(
            http.user_agent
                .clone()
                .unwrap_or_else(|| format!("dyrust/{}", env!("CARGO_PKG_VERSION"))),
        );
    // Without a proxy of Cargo's own, the client takes ALL_PROXY, HTTPS_PROXY and HTTP_PROXY by itself.
    if let Some(proxy) = &http.proxy {
        let parsed =
            Proxy::new(proxy).map_err(|reason| network(proxy, format!("`http.proxy` cannot be used: {reason}")))?;
        builder = builder.proxy(Some(parsed));
    }
    Ok(Agent::with_parts(
        builder.build(),
        DefaultConnector::default(),
        HostResolver::default(),
    ))
}

/// Looks up each host once: the client would ask for every request, and name servers drop packets when asked too much at once.
#[derive(Debug, Default)]
struct HostResolver {
    known: Mutex<HashMap<String, ResolvedSocketAddrs>>,
    resolver: DefaultResolver,
}

impl resolver::Resolver for HostResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let key = format!("{:?} {:?}", uri.scheme_str(), uri.authority());
        // The lock is held during a look-up, so that other threads wait for its result instead of asking too.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(addresses) = known.get(&key) {
            return Ok(addresses.clone());
        }
        let addresses = self.resolver.resolve(uri, config, timeout)?;
        known.insert(key, addresses.clone());
        Ok(addresses)
    }
}

/// The certificates of a PEM file.
fn certificates(file: &Path) -> Result<Vec<Certificate<'static>>, Error> {
    let io = |reason| Error::Io {
        doing: "reading the certificates (`http.cainfo`)",
        file: file.to_path_buf(),
        reason,
    };
    let bytes = std::fs::read(file).map_err(io)?;
    let certificates: Vec<_> = ureq::tls::parse_pem(&bytes)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        return Err(io(std::io::Error::new(
            std::io::ErrorKind::InvalidData,
            "it holds no certificate in PEM form",
        )));
    }
    Ok(certificates)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was cut off at the limit was kept as a registry's list of versions.
    #[test]
    fn what_is_too_long_is_not_cut_off() {
        let body = [7_u8; 1001];
        assert_eq!(whole(&body[..1000], 1000).map(|bytes| bytes.len()).ok(), Some(1000));
        assert!(matches!(whole(&body[..], 1000), Err(Failure::Permanent(_))));
    }
}
