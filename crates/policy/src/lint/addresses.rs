//! Ranges of addresses in conditions: are they ranges, and can they be what they are compared with.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::Comparison;

use super::{
    IssueCode,
    outline::{Line, Value},
    report::Report,
};

/// A range in CIDR form: the address as written, and how many of its bits count.
struct Range {
    address: IpAddr,
    bits: u32,
}

impl Range {
    fn parse(text: &str) -> Option<Range> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().ok()?;
        let bits_max = if address.is_ipv4() { 32 } else { 128 };
        let plain = |bits: &str| bits.bytes().all(|byte| byte.is_ascii_digit());
        let bits = bits.map_or(Some(bits_max), |bits| bits.parse().ok().filter(|_| plain(bits)))?;
        (bits <= bits_max).then_some(Range { address, bits })
    }

    /// The address with the bits that do not count set to 0.
    fn first(&self) -> IpAddr {
        match self.address {
            IpAddr::V4(address) => {
                let mask = u32::MAX.checked_shl(32 - self.bits).unwrap_or(0);
                IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() & mask))
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX.checked_shl(128 - self.bits).unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask))
            }
        }
    }

    /// Whether all of it is for private use, or for one machine.
    fn is_private(&self) -> bool {
        match self.first() {
            IpAddr::V4(first) => {
                let within = |bits: u32| self.bits >= bits;
                let [a, b, ..] = first.octets();
                (a == 10 && within(8))
                    || (a == 172 && (16..32).contains(&b) && within(12))
                    || (a == 192 && b == 168 && within(16))
                    || (a == 127 && within(8))
                    || (a == 169 && b == 254 && within(16))
                    || (a == 100 && (64..128).contains(&b) && within(10))
            }
            IpAddr::V6(first) => {
                (first.is_unique_local() && self.bits >= 7) || (first.is_unicast_link_local() && self.bits >= 10)
            }
        }
    }
}

pub(super) fn check_range(line: &Line<'_>, value: &Value<'_>, report: &mut Report) {
    let Some(range) = Range::parse(&value.text) else {
        let details = format!("{} compares ranges of addresses, not {}.", line.operator, value.text);
        report.add(IssueCode::TypeMismatchIpRange, &value.path, details);
        return;
    };
    if range.first() != range.address {
        let details = format!("{} is the range {}/{}: the other bits do not count.", value.text, range.first(), range.bits);
        report.add(IssueCode::ImproveIpRange, &value.path, details);
    }
}

/// `aws:SourceIp` is a public address, whoever asks: from inside a VPC `aws:VpcSourceIp` is sent instead.
pub(super) fn check_private(line: &Line<'_>, report: &mut Report) {
    let ranges: Vec<Range> = line.values.iter().filter_map(|value| Range::parse(&value.text)).collect();
    let private = ranges.iter().filter(|range| range.is_private()).count();
    if private == 0 {
        return;
    }
    let all = private == line.values.len();
    let code = match (line.operator.comparison == Comparison::NotIpAddress, all) {
        (false, true) => IssueCode::PrivateIpAddress,
        (false, false) => IssueCode::PrivateIpAddressSubset,
        (true, true) => IssueCode::PrivateNotIpAddress,
        (true, false) => IssueCode::PrivateNotIpAddressSubset,
    };
    let details = format!("{private} of the {} values of {} are private, which it never is.", line.values.len(), line.key);
    report.add(code, &line.path, details);
}
