//! Sockets: accepting, admitting, serving and ending connections, in front of any poem endpoint.
//!
//! poem's own server has no header timeout, spins when descriptors run out and limits nothing, so the accept loop is ours;
//! poem stays the framework behind it (requests, responses, routes, WebSocket upgrades). Nothing here knows a route or a
//! protocol above HTTP; what a single request may be and cost is `http`'s.

mod admission;
mod backoff;
mod connection;
mod shutdown;
mod socket;
mod tls;

#[cfg(test)]
mod tests;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use poem::{Endpoint, EndpointExt, IntoEndpoint, Response, http::uri::Scheme};
use tokio::{
    net::{TcpListener, TcpStream},
    time::timeout,
};

use crate::proxies::Proxies;
use admission::{Admissions, Refused};
use backoff::Backoff;
use connection::Connection;
use socket::Socket;

pub use shutdown::Shutdown;
pub use tls::{Tls, TlsError};

/// What a listener allows before it looks at a request.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Open connections at most, over all addresses.
    pub connections_max: usize,
    /// Open connections at most from one address (IPv6: one /64). Loopback and the configured proxies are exempt.
    pub connections_per_address_max: usize,
    /// From the connection's start, or the end of the last request, to the end of the next request's header.
    pub header_timeout: Duration,
    /// How long a connection may stay without a request in work: HTTP/2 between requests, and answers that nobody reads.
    pub idle_timeout: Duration,
    /// How long requests in work may take to end after a shutdown began; then connections are closed hard.
    pub grace: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connections_max: 1_024,
            connections_per_address_max: 256,
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(120),
            grace: Duration::from_secs(10),
        }
    }
}

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drained {
    /// Connections that were still open when the grace period was over, and were closed hard.
    pub cut: usize,
}

/// A bound socket that does not accept yet.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    tls: Option<Tls>,
    settings: Settings,
    proxies: Arc<Proxies>,
}

impl Listener {
    /// Binds `address`; port 0 takes a free one.
    ///
    /// # Errors
    /// The system's, when the address is in use or not this machine's.
    pub async fn bind(address: SocketAddr, settings: Settings, proxies: Arc<Proxies>, tls: Option<Tls>) -> io::Result<Self> {
        Ok(Self { socket: TcpListener::bind(address).await?, tls, settings, proxies })
    }

    /// The address that was bound, with the real port.
    ///
    /// # Errors
    /// The system's.
    pub fn local_address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Whether connections are TLS.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// Serves until `shutdown` begins, then lets requests in work end for the grace period, then cuts what is left.
    pub async fn serve<E>(self, endpoint: E, shutdown: Shutdown) -> Drained
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        let door = Door {
            admissions: Admissions::new(&self.settings, Arc::clone(&self.proxies)),
            endpoint: Arc::new(endpoint.map_to_response()),
            settings: self.settings,
            tls: self.tls,
            shutdown,
        };
        let door = Arc::new(door);
        accept(&self.socket, &door).await;
        drop(self.socket);
        door.drain().await
    }
}

/// What every connection of a listener shares.
struct Door<E> {
    admissions: Arc<Admissions>,
    endpoint: Arc<E>,
    settings: Settings,
    tls: Option<Tls>,
    shutdown: Shutdown,
}

async fn accept<E: Endpoint<Output = Response> + 'static>(socket: &TcpListener, door: &Arc<Door<E>>) {
    let mut backoff = Backoff::default();
    loop {
        let accepted = tokio::select! {
            biased;
            () = door.shutdown.begun() => return,
            accepted = socket.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                backoff = Backoff::default();
                door.enter(stream, peer);
            }
            Err(error) => {
                let pause = backoff.after(&error);
                tracing::warn!(%error, pause_ms = pause.as_millis(), "a connection could not be accepted");
                let _ = timeout(pause, door.shutdown.begun()).await;
            }
        }
    }
}

impl<E: Endpoint<Output = Response> + 'static> Door<E> {
    fn enter(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr) {
        // Small answers must not wait for an acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        match self.admissions.admit(peer.ip()) {
            Ok(admission) => {
                let door = Arc::clone(self);
                tokio::spawn(async move { door.serve(Socket::new(stream, admission, &door.shutdown), peer).await });
            }
            Err(refused) => self.refuse(stream, peer, refused),
        }
    }

    // A refusal may cost a task for a second, and only a few at a time: beyond that the connection is just closed.
    fn refuse(&self, stream: TcpStream, peer: SocketAddr, refused: Refused) {
        tracing::warn!(client = %peer.ip(), limit = refused.limit, maximum = refused.maximum, "a connection was refused");
        let Some(turn) = self.admissions.turn_to_refuse() else { return };
        let encrypted = self.tls.is_some();
        tokio::spawn(async move {
            if !encrypted {
                let _ = timeout(Duration::from_secs(1), admission::say_refused(stream, refused)).await;
            }
            drop(turn);
        });
    }

    async fn serve(&self, socket: Socket<TcpStream>, peer: SocketAddr) {
        let Ok(local) = socket.local_address() else { return };
        match &self.tls {
            None => self.connection(Scheme::HTTP, local, peer).run(socket).await,
            Some(tls) => match timeout(self.settings.header_timeout, tls.accept(socket)).await {
                Ok(Ok(stream)) => self.connection(Scheme::HTTPS, local, peer).run(stream).await,
                Ok(Err(error)) => tracing::debug!(client = %peer.ip(), %error, "a TLS handshake failed"),
                Err(_) => tracing::debug!(client = %peer.ip(), "a TLS handshake took too long"),
            },
        }
    }

    fn connection(&self, scheme: Scheme, local: SocketAddr, peer: SocketAddr) -> Connection<'_, E> {
        Connection { endpoint: &self.endpoint, settings: &self.settings, shutdown: &self.shutdown, scheme, local, peer }
    }

    async fn drain(&self) -> Drained {
        let open = self.admissions.open();
        tracing::info!(connections = open, grace_seconds = self.settings.grace.as_secs(), "no longer accepting connections");
        if timeout(self.settings.grace, self.admissions.all_left()).await.is_ok() {
            return Drained { cut: 0 };
        }
        let cut = self.admissions.open();
        self.shutdown.close();
        tracing::warn!(connections = cut, "the grace period is over: closing the connections that are left");
        // The sockets end by themselves when they are told; a second is for those that are in the middle of a write.
        let _ = timeout(Duration::from_secs(1), self.admissions.all_left()).await;
        Drained { cut }
    }
}
