//! From a configuration to a server that serves: the parts of `chancery serve` that need no engine.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use clap::Args;
use serde_json::json;

use crate::{
    cli::{Exit, Failure, Output},
    config::{Config, Flag},
    http::{self, Api, Frame},
    listen::{Drained, Listener, Settings, Shutdown, Tls},
    proxies::Proxies,
};

/// The flags of `chancery serve`, which `chancery config` has too.
#[derive(Debug, Clone, Default, Args)]
pub struct ServeFlags {
    /// Listen on this address and port; port 0 takes a free one [default: 127.0.0.1:8220]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// The URL under which users reach this server, such as https://iam.example.org
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// Run for development: GraphiQL at /graphiql, introspection for everybody, loopback only
    #[arg(long)]
    pub dev: bool,
}

impl ServeFlags {
    /// As values of their keys.
    #[must_use]
    pub fn flags(&self) -> Vec<Flag> {
        let dev = self.dev.then(|| "true".to_owned());
        [("--listen", "listen", &self.listen), ("--public-url", "public_url", &self.public_url), ("--dev", "dev", &dev)]
            .into_iter()
            .filter_map(|(flag, key, value)| Some(Flag { flag: flag.to_owned(), key: key.to_owned(), value: value.clone()? }))
            .collect()
    }
}

/// A server that has its socket but does not accept yet.
#[derive(Debug)]
pub struct Server {
    listener: Listener,
    limits: http::Limits,
    proxies: Arc<Proxies>,
    address: SocketAddr,
    url: String,
}

impl Server {
    /// Binds the socket and reads the TLS files.
    ///
    /// # Errors
    /// [`Exit::Usage`] for files and networks that cannot be used, [`Exit::Failed`] for an address that cannot be bound.
    pub async fn bind(config: &Config) -> Result<Self, Failure> {
        let proxies = Arc::new(config.proxies().map_err(|reason| Failure::new(Exit::Usage, reason))?);
        let tls = match (&config.tls.certificate, &config.tls.key) {
            (Some(certificate), Some(key)) => {
                Some(Tls::load(certificate, key).map_err(|error| Failure::new(Exit::Usage, error))?)
            }
            _ => None,
        };
        let cannot = |error| Failure::new(Exit::Failed, format!("cannot listen on {}: {error}", config.listen));
        let listener = Listener::bind(config.listen, settings(config), Arc::clone(&proxies), tls).await.map_err(cannot)?;
        let address = listener.local_address().map_err(cannot)?;
        Ok(Self { listener, limits: limits(config), proxies, address, url: config.public_url(address) })
    }

    /// The bound address, with the real port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Tells on standard output where the server listens and where its data is: every start does, after the engine is ready.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn announce(&self, config: &Config, output: Output) -> Result<(), Failure> {
        let data = std::path::absolute(&config.data_dir).unwrap_or_else(|_| config.data_dir.clone());
        let version = env!("CARGO_PKG_VERSION");
        if !self.address.ip().is_loopback() && !self.listener.is_tls() && config.proxies.trusted.is_empty() {
            tracing::warn!(listen = %self.address, "passwords and tokens cross the network in clear: set tls.certificate and tls.key, or put a proxy with TLS in front and list it in proxies.trusted");
        }
        output.print(
            || format!("chancery {version} listens on {} ({})\nits data is in {}", self.address, self.url, data.display()),
            || json!({ "version": version, "listen": self.address.to_string(), "url": self.url, "dataDir": data }),
        )
    }

    /// Serves `api` until `shutdown` begins and requests in work have ended.
    ///
    /// # Errors
    /// When two doors of `api` have one path.
    pub async fn run(self, mut api: Api, shutdown: Shutdown) -> Result<Drained, Failure> {
        api.set_readiness(UntilTheEnd { readiness: api.readiness(), shutdown: shutdown.clone() });
        let routes = http::routes(api).map_err(|error| Failure::new(Exit::Failed, error))?;
        let drained = self.listener.serve(Frame::new(routes, self.limits, self.proxies), shutdown).await;
        tracing::info!(connections_cut = drained.cut, "no longer serving");
        Ok(drained)
    }
}

/// Ready as long as the server does not stop.
struct UntilTheEnd {
    readiness: Arc<dyn http::Readiness>,
    shutdown: Shutdown,
}

impl http::Readiness for UntilTheEnd {
    fn reasons(&self) -> Vec<String> {
        if self.shutdown.is_begun() { vec!["the server is stopping".to_owned()] } else { self.readiness.reasons() }
    }

    fn warnings(&self) -> Vec<String> {
        self.readiness.warnings()
    }
}

fn settings(config: &Config) -> Settings {
    Settings {
        connections_max: config.limits.connections,
        connections_per_address_max: config.limits.connections_per_address,
        header_timeout: Duration::from_secs(config.limits.header_seconds),
        grace: Duration::from_secs(config.limits.shutdown_seconds),
        ..Settings::default()
    }
}

fn limits(config: &Config) -> http::Limits {
    http::Limits {
        body_bytes_max: config.limits.body_bytes,
        deadline: Duration::from_secs(config.limits.request_seconds),
        ..http::Limits::default()
    }
}

#[cfg(test)]
mod tests;
