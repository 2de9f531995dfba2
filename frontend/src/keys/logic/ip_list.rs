//! Form input for a key's IP allowlist.

use shared::number::grouped;
use shared::{
    error::{ErrorCode, FieldError},
    validate::ip_range,
};
use std::net::IpAddr;

/// Separators between typed or pasted entries.
const SEPARATORS: [char; 5] = [',', ';', ' ', '\n', '\t'];

/// Addresses from which a key can be used.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IpList {
    /// True if the list applies; otherwise every address is allowed.
    pub restricted: bool,
    /// Addresses and ranges. They can be invalid.
    pub entries: Vec<String>,
    /// Text in the field that isn't an entry yet.
    pub typed: String,
}

impl IpList {
    /// Creates the input from a key's allowlist.
    pub fn of(allowlist: &[String]) -> Self {
        Self {
            restricted: !allowlist.is_empty(),
            entries: allowlist.to_vec(),
            typed: String::new(),
        }
    }

    /// Returns all entries, including the text in the field. Empty if all addresses are allowed.
    pub fn all(&self) -> Vec<String> {
        if !self.restricted {
            return Vec::new();
        }
        let mut list = self.clone();
        list.commit();
        list.entries
    }

    /// Updates the text of the field. Text before a separator becomes entries.
    pub fn type_text(&mut self, text: &str) {
        let (ended, rest) = match text.rfind(SEPARATORS) {
            Some(last) => text.split_at(last + 1),
            None => ("", text),
        };
        self.add(ended);
        self.typed = rest.into();
    }

    /// Converts the text of the field to entries.
    pub fn commit(&mut self) {
        let typed = std::mem::take(&mut self.typed);
        self.add(&typed);
    }

    /// Adds entries, except duplicates. Ranges are written as the server stores them: `10.0.0.5/8`
    /// becomes `10.0.0.0/8`.
    pub fn add(&mut self, text: &str) {
        let entries = text.split(SEPARATORS).filter(|entry| !entry.is_empty());
        for entry in entries {
            let range = ip_range(entry);
            let entry = canonical(entry).unwrap_or_else(|| entry.to_owned());
            let is_there =
                |other: &String| *other == entry || (range.is_some() && ip_range(other) == range);
            if !self.entries.iter().any(is_there) {
                self.entries.push(entry);
            }
        }
    }

    pub fn remove(&mut self, entry: &str) {
        self.entries.retain(|other| other != entry);
    }

    /// Makes the messages of the server's checks specific, and adds errors that only the form can
    /// detect.
    pub fn explain(&self, errors: &mut Vec<FieldError>) {
        let all = self.all();
        for error in errors.iter_mut() {
            let index = error.field.strip_prefix("ip_allowlist[");
            let index = index.and_then(|rest| rest.strip_suffix(']')?.parse::<usize>().ok());
            if let Some(entry) = index.and_then(|index| all.get(index)) {
                error.message = format!(
                    "“{entry}” is not an IP address or CIDR range. Example: 203.0.113.0/24"
                );
            }
        }
        if self.restricted && all.is_empty() {
            let message = "Enter at least one address, or allow all IPs.";
            let code = ErrorCode::InvalidField;
            errors.push(FieldError::new("ip_allowlist", code, message));
        }
    }
}

/// Formats a valid entry as the server does, without the prefix length of a single address.
fn canonical(entry: &str) -> Option<String> {
    let range = ip_range(entry)?;
    let is_single = range.prefix_len() == range.max_prefix_len();
    Some(if is_single {
        range.addr().to_string()
    } else {
        range.to_string()
    })
}

/// Description of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangeView {
    /// Number of addresses in words: `256 addresses`.
    pub size: String,
    /// Warning about a questionable range.
    pub caution: Option<&'static str>,
}

/// Describes an address or range. `None` if it is invalid.
pub fn describe(entry: &str) -> Option<RangeView> {
    let range = ip_range(entry)?;
    let host_bits = u32::from(range.max_prefix_len() - range.prefix_len());
    let size = match host_bits {
        0 => "1 address".into(),
        1..=32 => format!("{} addresses", grouped(1 << host_bits)),
        _ => format!("2^{host_bits} addresses"),
    };
    let is_private = match range.addr() {
        IpAddr::V4(v4) => v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
    };
    let caution = if range.prefix_len() == 0 {
        Some("This is every address there is: no restriction at all.")
    } else if range.addr().is_loopback() {
        Some("A loopback address: it only fits callers on this server’s own machine.")
    } else if is_private {
        Some("A private range: it only fits callers in this server’s own network.")
    } else if range.addr().is_ipv4() && host_bits > 16 {
        Some("A very large range. Is all of it yours?")
    } else {
        None
    };
    Some(RangeView { size, caution })
}

/// Returns true if the entries include `address`. `None` if `address` is invalid.
pub fn lets_in(entries: &[String], address: &str) -> Option<bool> {
    let address = address.parse::<IpAddr>().ok()?.to_canonical();
    let mut ranges = entries.iter().filter_map(|entry| ip_range(entry));
    Some(ranges.any(|range| range.contains(&address)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_entries() {
        let mut list = IpList {
            restricted: true,
            ..IpList::default()
        };
        list.type_text("203.0.113.0/2");
        assert_eq!(list.entries, [] as [&str; 0]);
        assert_eq!(list.all(), ["192.0.0.0/2"]);
        list.type_text("203.0.113.0/24, 198.51");
        assert_eq!(list.entries, ["203.0.113.0/24"]);
        assert_eq!(list.typed, "198.51");
        list.type_text("198.51.100.5");
        list.commit();
        list.commit();
        assert_eq!(list.entries, ["203.0.113.0/24", "198.51.100.5"]);
        assert_eq!(list.typed, "");
        list.remove("203.0.113.0/24");
        assert_eq!(list.all(), ["198.51.100.5"]);
        list.restricted = false;
        assert_eq!(list.all(), [] as [&str; 0]);
    }

    #[test]
    fn the_same_range_stands_once() {
        let mut list = IpList::of(&["203.0.113.0/24".into()]);
        list.add("203.0.113.77/24, 198.51.100.5/32 198.51.100.5");
        assert_eq!(list.entries, ["203.0.113.0/24", "198.51.100.5"]);
        list.add("10.0.0.5/8 ::ffff:192.0.2.1");
        assert_eq!(list.entries[2..], ["10.0.0.0/8", "192.0.2.1"]);
    }

    #[test]
    fn sizes_are_told() {
        for (entry, size) in [
            ("198.51.100.5", "1 address"),
            ("203.0.113.0/24", "256 addresses"),
            ("198.51.100.0/31", "2 addresses"),
            ("11.0.0.0/8", "16,777,216 addresses"),
            ("2001:db8::1", "1 address"),
            ("2001:db8::/64", "2^64 addresses"),
        ] {
            assert_eq!(describe(entry).unwrap().size, size);
        }
        assert_eq!(describe("203.0.113.300"), None);
    }

    #[test]
    fn doubtful_ranges_are_told() {
        for (entry, doubtful) in [
            ("0.0.0.0/0", true),
            ("::/0", true),
            ("10.0.0.0/8", true),
            ("fd00::/8", true),
            ("fe80::1", true),
            ("::1", true),
            ("127.0.0.1", true),
            ("11.0.0.0/8", true),
            ("203.0.113.0/24", false),
            ("2001:db8::/32", false),
        ] {
            assert_eq!(
                describe(entry).unwrap().caution.is_some(),
                doubtful,
                "{entry}"
            );
        }
    }

    #[test]
    fn ones_own_address_is_looked_up() {
        let entries = ["203.0.113.0/24".to_owned(), "nonsense".into()];
        assert_eq!(lets_in(&entries, "203.0.113.7"), Some(true));
        assert_eq!(lets_in(&entries, "::ffff:203.0.113.7"), Some(true));
        assert_eq!(lets_in(&entries, "198.51.100.1"), Some(false));
        assert_eq!(lets_in(&entries, "unknown"), None);
    }
}
