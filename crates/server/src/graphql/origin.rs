//! Which pages may open a WebSocket. Browsers let any page try, and send the user's network position along.

use std::net::SocketAddr;

use poem::http::{HeaderMap, header};

/// The origins whose pages are ours: the public URL, and the bound address.
#[derive(Debug, Clone)]
pub struct Origins(Vec<String>);

impl Origins {
    /// Those of a server that users reach at `public_url`, bound to `bound`. The Host header of a request is not among them:
    /// whoever makes a name point here could choose it.
    #[must_use]
    pub fn new(public_url: &str, bound: SocketAddr) -> Self {
        let mut origins = vec![public_url.to_ascii_lowercase()];
        let mut hosts = vec![bound.to_string()];
        if bound.ip().is_loopback() {
            hosts.push(format!("localhost:{}", bound.port()));
        }
        origins.extend(hosts.iter().flat_map(|host| [format!("http://{host}"), format!("https://{host}")]));
        Self(origins)
    }

    /// Refuses a page of another origin, with the reason. A client without one is no browser, and free to come.
    pub(super) fn check(&self, headers: &HeaderMap) -> Result<(), String> {
        let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
        let origin = origin.to_str().unwrap_or("(unreadable)").to_ascii_lowercase();
        if self.0.contains(&origin) {
            return Ok(());
        }
        Err(format!(
            "pages of origin {origin} may not open a socket here; if this is the server's own URL, set `public_url` to it"
        ))
    }
}
