//! Who may have a connection: so many in all, so many from one address.

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
};

use super::Settings;
use crate::proxies::Proxies;

const REFUSALS_AT_ONCE_MAX: usize = 64;

/// Which limit a connection met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) limit: &'static str,
    pub(super) maximum: usize,
}

/// Counts the open connections.
#[derive(Debug)]
pub(super) struct Admissions {
    global: Arc<Semaphore>,
    global_max: usize,
    refusals: Arc<Semaphore>,
    by_address: Mutex<HashMap<IpAddr, usize>>,
    per_address_max: usize,
    proxies: Arc<Proxies>,
}

/// The right to one connection, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Admission {
    _counted: Option<Counted>,
    _global: OwnedSemaphorePermit,
}

impl Admissions {
    pub(super) fn new(settings: &Settings, proxies: Arc<Proxies>) -> Arc<Self> {
        let global_max = settings.connections_max.min(Semaphore::MAX_PERMITS);
        Arc::new(Self {
            global: Arc::new(Semaphore::new(global_max)),
            global_max,
            refusals: Arc::new(Semaphore::new(REFUSALS_AT_ONCE_MAX)),
            by_address: Mutex::new(HashMap::new()),
            per_address_max: settings.connections_per_address_max,
            proxies,
        })
    }

    pub(super) fn admit(self: &Arc<Self>, peer: IpAddr) -> Result<Admission, Refused> {
        let counted = self.count(peer)?;
        let global = Arc::clone(&self.global)
            .try_acquire_owned()
            .map_err(|_| Refused { limit: "limits.connections", maximum: self.global_max });
        Ok(Admission { _global: global?, _counted: counted })
    }

    fn count(self: &Arc<Self>, peer: IpAddr) -> Result<Option<Counted>, Refused> {
        let peer = peer.to_canonical();
        if peer.is_loopback() || self.proxies.contains(peer) {
            return Ok(None);
        }
        let key = network(peer);
        let mut by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        let open = by_address.entry(key).or_default();
        if *open >= self.per_address_max {
            return Err(Refused { limit: "limits.connections_per_address", maximum: self.per_address_max });
        }
        *open += 1;
        Ok(Some(Counted { admissions: Arc::clone(self), key }))
    }

    fn uncount(&self, key: IpAddr) {
        let mut by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = by_address.get_mut(&key) {
            *open -= 1;
            if *open == 0 {
                by_address.remove(&key);
            }
        }
    }

    /// How many connections are open.
    pub(super) fn open(&self) -> usize {
        self.global_max - self.global.available_permits()
    }

    /// Waits until no connection is open. Nobody else may wait here, and nothing is admitted meanwhile.
    pub(super) async fn all_left(&self) {
        let all = u32::try_from(self.global_max).unwrap_or(u32::MAX);
        let _ = self.global.acquire_many(all).await;
    }

    /// The right to explain a refusal; `None` when too many are being explained.
    pub(super) fn turn_to_refuse(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.refusals).try_acquire_owned().ok()
    }
}

/// One connection in the count of its address.
#[derive(Debug)]
struct Counted {
    admissions: Arc<Admissions>,
    key: IpAddr,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.admissions.uncount(self.key);
    }
}

// One customer of a provider holds a whole /64, and could take another address for each connection.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
    }
}

/// Answers 503 with the limit's name, and lets the peer read it before the connection ends.
pub(super) async fn say_refused(mut stream: TcpStream, refused: Refused) -> io::Result<()> {
    let Refused { limit, maximum } = refused;
    let body =
        format!(r#"{{"error":{{"code":"ServiceUnavailable","message":"too many open connections: {limit} is {maximum}"}}}}"#);
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\ncontent-length: {}\r\nretry-after: 1\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    let mut ignored = [0; 1_024];
    while stream.read(&mut ignored).await? > 0 {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admissions(global: usize, per_address: usize, proxies: &[&str]) -> Arc<Admissions> {
        let settings = Settings { connections_max: global, connections_per_address_max: per_address, ..Settings::default() };
        let trusted: Vec<String> = proxies.iter().map(ToString::to_string).collect();
        Admissions::new(&settings, Arc::new(Proxies::parse(&trusted, crate::proxies::Header::XForwardedFor).unwrap()))
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_a_limit_and_gets_it_back() {
        let admissions = admissions(10, 2, &[]);
        let first = admissions.admit(ip("192.0.2.1")).unwrap();
        let _second = admissions.admit(ip("::ffff:192.0.2.1")).unwrap();
        let refused = admissions.admit(ip("192.0.2.1")).unwrap_err();
        assert_eq!(refused, Refused { limit: "limits.connections_per_address", maximum: 2 });
        let _other = admissions.admit(ip("192.0.2.2")).unwrap();
        drop(first);
        let _third = admissions.admit(ip("192.0.2.1")).unwrap();
        assert_eq!(admissions.open(), 3);
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_together() {
        let admissions = admissions(10, 1, &[]);
        let _first = admissions.admit(ip("2001:db8:0:1::1")).unwrap();
        assert!(admissions.admit(ip("2001:db8:0:1:ffff::2")).is_err());
        assert!(admissions.admit(ip("2001:db8:0:2::1")).is_ok());
    }

    #[test]
    fn loopback_and_proxies_meet_only_the_global_limit() {
        let admissions = admissions(3, 1, &["10.0.0.0/8"]);
        let held: Vec<_> = ["127.0.0.1", "10.1.2.3", "10.1.2.3"].iter().map(|peer| admissions.admit(ip(peer)).unwrap()).collect();
        let refused = admissions.admit(ip("127.0.0.1")).unwrap_err();
        assert_eq!(refused, Refused { limit: "limits.connections", maximum: 3 });
        assert!(admissions.admit(ip("192.0.2.1")).is_err());
        drop(held);
        // What the global limit refused was not left counted against its address.
        assert!(admissions.admit(ip("192.0.2.1")).is_ok());
        assert!(admissions.by_address.lock().unwrap().is_empty());
    }
}
