//! The matrix of who may say what about whom.

use poem::http::HeaderValue;

use super::*;

const X: Header = Header::XForwardedFor;
const F: Header = Header::Forwarded;

fn client(believed: Header, peer: &str, lines: &[(&'static str, &str)]) -> String {
    let trusted = ["10.0.0.0/8", "2001:db8:ffff::/48", "192.0.2.7"].map(String::from);
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    Proxies::parse(&trusted, believed).unwrap().client(peer.parse().unwrap(), &headers).to_string()
}

#[test]
fn x_forwarded_for() {
    let check = |peer, value, expected| assert_eq!(client(X, peer, &[("x-forwarded-for", value)]), expected, "{peer} {value}");
    // Not from a proxy: no word of it.
    check("203.0.113.9", "127.0.0.1", "203.0.113.9");
    check("203.0.113.9", "10.0.0.1, 10.0.0.2", "203.0.113.9");
    check("127.0.0.1", "198.51.100.1", "127.0.0.1");
    // From a proxy: the rightmost hop that is no proxy; what the client wrote to its left does not count.
    check("10.0.0.1", "198.51.100.1", "198.51.100.1");
    check("10.0.0.1", "127.0.0.1, 198.51.100.1", "198.51.100.1");
    check("10.0.0.1", "127.0.0.1, 198.51.100.1, 10.9.9.9", "198.51.100.1");
    check("192.0.2.7", "198.51.100.1", "198.51.100.1");
    check("192.0.2.8", "198.51.100.1", "192.0.2.8");
    // All proxies: the farthest.
    check("10.0.0.1", "10.0.0.3,10.0.0.2", "10.0.0.3");
    // What cannot be read ends the chain at the proxy that wrote it.
    check("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1");
    check("10.0.0.1", "198.51.100.1, unknown, 10.0.0.5", "10.0.0.5");
    check("10.0.0.1", "", "10.0.0.1");
    check("10.0.0.1", "198.51.100.1:99999", "10.0.0.1");
    // Ports and spellings.
    check("10.0.0.1", "198.51.100.1:4711", "198.51.100.1");
    check("10.0.0.1", "2001:db8::5", "2001:db8::5");
    check("10.0.0.1", "[2001:db8::5]:443", "2001:db8::5");
    check("::ffff:10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1");
    check("2001:db8:ffff::1", "2001:db8:ffff::2", "2001:db8:ffff::2");
}

#[test]
fn lines_are_one_chain() {
    let lines = [("x-forwarded-for", "127.0.0.1"), ("x-forwarded-for", "198.51.100.1"), ("x-forwarded-for", "10.0.0.2")];
    assert_eq!(client(X, "10.0.0.1", &lines), "198.51.100.1");
}

#[test]
fn forwarded() {
    let check = |value, expected| assert_eq!(client(F, "10.0.0.1", &[("forwarded", value)]), expected, "{value}");
    check("for=198.51.100.1;proto=https;by=10.0.0.1", "198.51.100.1");
    check("proto=https; For=\"[2001:db8::5]:443\"", "2001:db8::5");
    check("for=127.0.0.1, for=198.51.100.1, for=10.0.0.4", "198.51.100.1");
    check("for=unknown", "10.0.0.1");
    check("for=_hidden, for=10.0.0.4", "10.0.0.4");
    check("proto=https", "10.0.0.1");
    // A quoted comma is no hop of its own.
    check("for=\"198.51.100.1, for=127.0.0.1\"", "10.0.0.1");
    check("for=\"x\";ext=\"a, for=127.0.0.1\"", "10.0.0.1");
}

#[test]
fn only_the_named_header_is_believed() {
    let both = [("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=127.0.0.1"), ("x-real-ip", "127.0.0.1")];
    assert_eq!(client(X, "10.0.0.1", &both), "198.51.100.1");
    assert_eq!(client(F, "10.0.0.1", &both), "127.0.0.1");
    assert_eq!(client(X, "10.0.0.1", &both[1..]), "10.0.0.1");
}

#[test]
fn a_chain_without_end_is_not_followed() {
    let chain = format!("127.0.0.1{}", ", 10.0.0.2".repeat(HOPS_MAX));
    assert_eq!(client(X, "10.0.0.1", &[("x-forwarded-for", &chain)]), "10.0.0.2");
}

#[test]
fn a_network_that_is_none_is_named() {
    let refused = Proxies::parse(&["10.0.0.0/33".to_owned()], X).unwrap_err();
    assert_eq!(refused, "`10.0.0.0/33` is neither an address nor a network such as 10.0.0.0/8");
}
