//! Determines the client's IP address behind trusted proxies.

use actix_web::http::header::HeaderMap;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Returns the client's IP address: all `X-Forwarded-For` lines are joined and read from the right,
/// and the first address that is not a trusted proxy is returned. Empty entries are skipped; a
/// malformed entry makes it fall back to the peer. IPv4-mapped IPv6 addresses are returned as IPv4.
pub fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let peer = peer.to_canonical();
    if !is_within(peer, trusted) {
        return peer;
    }
    let mut client = peer;
    for line in headers
        .get_all("x-forwarded-for")
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
    {
        let Ok(line) = line.to_str() else { return peer };
        for entry in line.rsplit(',') {
            let entry = entry.trim();
            if entry.is_empty() {
                continue;
            }
            let Some(address) = parse_node(entry) else {
                return peer;
            };
            client = address.to_canonical();
            if !is_within(client, trusted) {
                return client;
            }
        }
    }
    client
}

/// Parses an address as proxies write it: plain, in brackets, with a port, or in quotes where RFC
/// 7239 section 6 requires them.
fn parse_node(entry: &str) -> Option<IpAddr> {
    let entry = entry
        .strip_prefix('"')
        .and_then(|entry| entry.strip_suffix('"'))
        .unwrap_or(entry);
    let bracketed = || entry.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let with_port = || entry.parse().ok().map(|node: SocketAddr| node.ip());
    entry
        .parse()
        .ok()
        .or_else(|| bracketed().map(|address: Ipv6Addr| address.into()))
        .or_else(with_port)
}

/// Returns `true` if one of `ranges` contains the address.
pub fn is_within(address: IpAddr, ranges: &[IpNet]) -> bool {
    ranges.iter().any(|range| range.contains(&address))
}

/// Returns the network under which failures are counted: the address itself, or the /64 of an IPv6
/// address, which belongs to one customer.
pub fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    fn client(peer: &str, lines: &[&str]) -> String {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(
                HeaderName::from_static("x-forwarded-for"),
                HeaderValue::from_str(line).unwrap(),
            );
        }
        client_address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn walks_from_the_right_to_the_first_untrusted_address() {
        for (peer, lines, expected) in [
            ("203.0.113.9", &["198.51.100.1"][..], "203.0.113.9"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            (
                "10.0.0.1",
                &["1.1.1.1, 198.51.100.1, 10.0.0.2"],
                "198.51.100.1",
            ),
            (
                "10.0.0.1",
                &["1.1.1.1", "198.51.100.1, 10.0.0.2"],
                "198.51.100.1",
            ),
            ("10.0.0.1", &["198.51.100.1", "10.0.0.2"], "198.51.100.1"),
            ("10.0.0.1", &["198.51.100.1, nonsense"], "10.0.0.1"),
            ("10.0.0.1", &["10.0.0.3"], "10.0.0.3"),
            ("::ffff:10.0.0.1", &["::ffff:198.51.100.1"], "198.51.100.1"),
            ("::1", &["2001:db8::7"], "2001:db8::7"),
            // Ports and brackets, as Azure and IIS write them; quotes as in RFC 7239.
            ("10.0.0.1", &["198.51.100.7:51008"], "198.51.100.7"),
            ("10.0.0.1", &["[2001:db8::7]:51008"], "2001:db8::7"),
            ("10.0.0.1", &["[2001:db8::7]"], "2001:db8::7"),
            ("10.0.0.1", &["\"[2001:db8::7]:80\""], "2001:db8::7"),
            ("10.0.0.1", &["[::ffff:198.51.100.7]:1"], "198.51.100.7"),
            ("10.0.0.1", &["198.51.100.7:1, 10.0.0.2:2"], "198.51.100.7"),
            // Empty elements are ignored.
            ("10.0.0.1", &["198.51.100.7, , 10.0.0.2,"], "198.51.100.7"),
            ("10.0.0.1", &["", " ,"], "10.0.0.1"),
            // A malformed entry falls back to the peer.
            ("10.0.0.1", &["198.51.100.7:99999"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.7:"], "10.0.0.1"),
            ("10.0.0.1", &["[198.51.100.7]"], "10.0.0.1"),
            ("10.0.0.1", &["2001:db8::7]"], "10.0.0.1"),
            ("10.0.0.1", &["_hidden"], "10.0.0.1"),
            ("10.0.0.1", &["for=198.51.100.7"], "10.0.0.1"),
        ] {
            assert_eq!(client(peer, lines), expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn every_chain_of_proxies_leads_to_the_last_address_that_is_not_one() {
        // A trusted proxy, two other addresses, and an entry that no proxy writes.
        let entries = ["10.0.0.9", "198.51.100.1", "203.0.113.7", "unknown"];
        for length in 0..=4 {
            for number in 0..entries.len().pow(length) {
                let entry = |place| entries[number / entries.len().pow(place) % entries.len()];
                check(&(0..length).map(entry).collect::<Vec<_>>());
            }
        }
    }

    #[track_caller]
    fn check(chain: &[&str]) {
        let expected = match chain.iter().rev().find(|entry| **entry != "10.0.0.9") {
            Some(&"unknown") => "10.0.0.1",
            Some(client) => client,
            None => chain.first().unwrap_or(&"10.0.0.1"),
        };
        // The result does not depend on how the entries are split into lines.
        for split in 0..=chain.len() {
            let (first, second) = chain.split_at(split);
            let lines = [first.join(", "), second.join(",")];
            let lines = lines.iter().filter(|line| !line.is_empty());
            let lines: Vec<_> = lines.map(String::as_str).collect();
            assert_eq!(client("10.0.0.1", &lines), expected, "{lines:?}");
            assert_eq!(client("192.0.2.1", &lines), "192.0.2.1", "{lines:?}");
        }
    }

    #[test]
    fn a_range_holds_the_addresses_whose_first_bits_are_its_own() {
        let bits = 0b1100_1011_0000_0000_0111_0001_1010_0101_u32;
        for length in 0..=32 {
            let base = std::net::Ipv4Addr::from_bits(bits);
            let ranges = [
                format!("{base}/{length}"),
                format!("::ffff:{base}/{}", 96 + length),
            ];
            let ranges = ranges.map(|range| [shared::validate::ip_range(&range).unwrap()]);
            for flipped in 0..32 {
                let address = std::net::Ipv4Addr::from_bits(bits ^ 1 << (31 - flipped));
                for range in &ranges {
                    let inside = is_within(address.into(), range);
                    assert_eq!(inside, flipped >= length, "{address} {range:?}");
                }
            }
        }
        let bits = 0x2001_0db8_85a3_0000_0000_8a2e_0370_7334_u128;
        for length in 0..=128 {
            let range = format!("{}/{length}", Ipv6Addr::from_bits(bits));
            let range = [shared::validate::ip_range(&range).unwrap()];
            for flipped in 0..128 {
                let address = Ipv6Addr::from_bits(bits ^ 1 << (127 - flipped));
                let inside = is_within(address.into(), &range);
                assert_eq!(inside, flipped >= length, "{address} {range:?}");
            }
        }
    }
}
