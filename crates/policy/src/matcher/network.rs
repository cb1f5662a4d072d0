//! Ranges of IP addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The addresses that share a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Network {
    V4 { address: u32, mask: u32 },
    V6 { address: u128, mask: u128 },
}

impl Network {
    /// Reads `203.0.113.0/24`, `2001:db8::/32` or one address; none if the text is no such thing. Bits after the
    /// prefix do not count.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(bits(prefix)?)),
            None => (text, None),
        };
        match address.parse().ok()? {
            IpAddr::V4(address) => Self::v4(address, prefix.unwrap_or(Ipv4Addr::BITS)),
            IpAddr::V6(address) => Self::v6(address, prefix.unwrap_or(Ipv6Addr::BITS)),
        }
    }

    fn v4(address: Ipv4Addr, prefix: u32) -> Option<Self> {
        let host = Ipv4Addr::BITS.checked_sub(prefix)?;
        let mask = u32::MAX.checked_shl(host).unwrap_or(0);
        Some(Self::V4 { address: address.to_bits() & mask, mask })
    }

    fn v6(address: Ipv6Addr, prefix: u32) -> Option<Self> {
        const MAPPED_PREFIX: u32 = Ipv6Addr::BITS - Ipv4Addr::BITS;
        if let (Some(address), Some(prefix)) = (address.to_ipv4_mapped(), prefix.checked_sub(MAPPED_PREFIX)) {
            return Self::v4(address, prefix);
        }
        let host = Ipv6Addr::BITS.checked_sub(prefix)?;
        let mask = u128::MAX.checked_shl(host).unwrap_or(0);
        Some(Self::V6 { address: address.to_bits() & mask, mask })
    }

    /// Whether an address is in the range. `::ffff:192.0.2.1` is `192.0.2.1`: how a listener on both protocols
    /// writes an address must not decide.
    pub(super) fn contains(&self, address: IpAddr) -> bool {
        match (*self, address.to_canonical()) {
            (Network::V4 { address, mask }, IpAddr::V4(found)) => found.to_bits() & mask == address,
            (Network::V6 { address, mask }, IpAddr::V6(found)) => found.to_bits() & mask == address,
            (Network::V4 { .. }, IpAddr::V6(_)) | (Network::V6 { .. }, IpAddr::V4(_)) => false,
        }
    }
}

fn bits(text: &str) -> Option<u32> {
    // `parse` alone would take a sign.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
