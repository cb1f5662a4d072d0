//! Who the client is: the peer of the connection, or what a configured proxy says about it.
//!
//! A forwarding header is a claim by whoever sent it. It is believed only from addresses that the operator listed, from
//! the right (the nearest hop) to the left, up to the first address that is not listed. Only the one header that the
//! operator named is read: a proxy that writes one passes the other through from the client.

use std::{net::IpAddr, str::FromStr};

use ipnet::IpNet;
use poem::http::{HeaderMap, HeaderName, header};
use serde::Deserialize;

/// Hops beyond this are not looked at.
const HOPS_MAX: usize = 32;

/// The header that the configured proxies write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Header {
    /// `X-Forwarded-For: client, proxy1`.
    #[default]
    XForwardedFor,
    /// RFC 7239: `Forwarded: for=client, for=proxy1`.
    Forwarded,
}

/// The networks whose forwarding header is believed.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    trusted: Vec<IpNet>,
    header: Header,
}

impl Proxies {
    /// Networks such as `10.0.0.0/8`, or single addresses.
    ///
    /// # Errors
    /// The first text that is neither.
    pub fn parse(trusted: &[String], header: Header) -> Result<Self, String> {
        let trusted = trusted.iter().map(|text| parse_network(text)).collect::<Result<_, _>>()?;
        Ok(Self { trusted, header })
    }

    /// Whether `address` is one of the proxies.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.trusted.iter().any(|network| network.contains(&address))
    }

    /// The client's address: `peer`, unless it is a proxy and says better.
    #[must_use]
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if !self.contains(client) {
            return client;
        }
        for hop in self.hops(headers).iter().rev().take(HOPS_MAX) {
            // What cannot be read ends the chain: the address that wrote it is the last one we know.
            let Some(hop) = hop else { break };
            client = *hop;
            if !self.contains(client) {
                break;
            }
        }
        client
    }

    fn hops(&self, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
        let (name, read): (HeaderName, fn(&str) -> Option<IpAddr>) = match self.header {
            Header::XForwardedFor => (HeaderName::from_static("x-forwarded-for"), node),
            Header::Forwarded => (header::FORWARDED, forwarded_for),
        };
        headers
            .get_all(name)
            .iter()
            .flat_map(|line| match line.to_str() {
                Ok(line) => split_unquoted(line, ',').into_iter().map(read).collect(),
                Err(_) => vec![None],
            })
            .collect()
    }
}

fn parse_network(text: &str) -> Result<IpNet, String> {
    IpNet::from_str(text)
        .or_else(|_| IpAddr::from_str(text).map(IpNet::from))
        .map_err(|_| format!("`{text}` is neither an address nor a network such as 10.0.0.0/8"))
}

// `for=192.0.2.60;proto=http;by=203.0.113.43`
fn forwarded_for(element: &str) -> Option<IpAddr> {
    split_unquoted(element, ';').into_iter().find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then(|| node(value))?
    })
}

// An address, with a port or not, in quotes or not: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `"[2001:db8::1]:80"`.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let text = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let address = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').filter(|(_, port)| is_port(port))?.0,
        None => match text.split_once(':') {
            Some((before, port)) if !port.contains(':') => Some(before).filter(|_| port.parse::<u16>().is_ok())?,
            _ => text,
        },
    };
    IpAddr::from_str(address).ok().map(|address| address.to_canonical())
}

fn is_port(text: &str) -> bool {
    text.is_empty() || text.strip_prefix(':').is_some_and(|digits| digits.parse::<u16>().is_ok())
}

// A separator inside a quoted string separates nothing: otherwise a client could put hops into one quoted value.
fn split_unquoted(text: &str, separator: char) -> Vec<&str> {
    let mut quoted = false;
    text.split(|character| {
        quoted ^= character == '"';
        character == separator && !quoted
    })
    .collect()
}

#[cfg(test)]
mod tests;
