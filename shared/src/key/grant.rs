//! The grant of a key: everything it can do, and where and until when.

use super::Environment;
use crate::scope::ScopeSet;
use chrono::{DateTime, Utc};
use ipnet::IpNet;

/// Permissions, environment, lifetime and IP addresses for which a key can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyGrant {
    /// Granted scopes, including those that wait for approval.
    pub scopes: ScopeSet,
    /// Granted scopes that wait for approval and have no effect yet.
    pub pending: ScopeSet,
    /// Environment whose data the key accesses.
    pub environment: Environment,
    /// Expiry time; `None` for no expiry.
    pub expires_at: Option<DateTime<Utc>>,
    /// Allowed client IP ranges; empty allows every IP address.
    pub ip_ranges: Vec<IpNet>,
}

/// Respects in which one [`KeyGrant`] exceeds another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GrantExcess {
    /// Scopes that the other lacks, even by implication, and scopes that are in effect here but
    /// wait for approval there.
    pub scopes: ScopeSet,
    /// The environments differ.
    pub environment: bool,
    /// The expiry time is later than the other's.
    pub expires_at: bool,
    /// The allowed IP ranges are not all covered by the other's.
    pub ip_ranges: bool,
}

impl GrantExcess {
    /// Returns `true` if the other is not exceeded in any respect.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl KeyGrant {
    /// Returns the scopes in effect, including implied ones.
    pub fn effective(&self) -> ScopeSet {
        self.scopes.minus(self.pending).effective()
    }

    /// Returns the scopes in effect that an Admin approved.
    pub fn approved(&self) -> ScopeSet {
        self.effective().needing_approval()
    }

    /// Compares this with `other` and returns the respects in which this exceeds it.
    pub fn exceeds(&self, other: &Self) -> GrantExcess {
        let within = |range: &IpNet| other.ip_ranges.iter().any(|outer| outer.contains(range));
        GrantExcess {
            scopes: self
                .scopes
                .minus(other.scopes.effective())
                .union(self.effective().minus(other.effective())),
            environment: self.environment != other.environment,
            expires_at: match (self.expires_at, other.expires_at) {
                (_, None) => false,
                (None, Some(_)) => true,
                (Some(own), Some(limit)) => own > limit,
            },
            ip_ranges: !other.ip_ranges.is_empty()
                && (self.ip_ranges.is_empty() || !self.ip_ranges.iter().all(within)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::Scope;

    fn grant() -> KeyGrant {
        KeyGrant {
            scopes: ScopeSet::of(&[Scope::ContactsWrite]),
            pending: ScopeSet::EMPTY,
            environment: Environment::Live,
            expires_at: DateTime::from_timestamp(100, 0),
            ip_ranges: vec!["10.0.0.0/8".parse().unwrap()],
        }
    }

    #[test]
    fn less_of_anything_is_no_excess() {
        let less = KeyGrant {
            scopes: ScopeSet::of(&[Scope::ContactsRead]),
            expires_at: DateTime::from_timestamp(99, 0),
            ip_ranges: vec!["10.1.0.0/16".parse().unwrap()],
            ..grant()
        };
        assert!(less.exceeds(&grant()).is_none());
        assert!(grant().exceeds(&grant()).is_none());
    }

    #[test]
    fn an_approval_is_more_than_waiting_for_one() {
        let bulk = ScopeSet::of(&[Scope::EmailsSendBulk]);
        let approved = KeyGrant {
            scopes: grant().scopes.union(bulk),
            ..grant()
        };
        let pending = KeyGrant {
            pending: bulk,
            ..approved.clone()
        };
        assert_eq!(approved.exceeds(&pending).scopes, bulk);
        assert!(pending.exceeds(&approved).is_none());
        assert!(pending.exceeds(&pending).is_none());
        assert_eq!(approved.approved(), bulk);
        assert!(pending.approved().is_empty());
        // A scope that waits for approval still exceeds a key without that scope.
        assert_eq!(pending.exceeds(&grant()).scopes, bulk);
    }

    #[test]
    fn more_of_anything_is_named() {
        let scopes = ScopeSet::of(&[Scope::ContactsRead, Scope::EmailsSend]);
        let more = KeyGrant { scopes, ..grant() }.exceeds(&grant());
        let named = GrantExcess {
            scopes: ScopeSet::of(&[Scope::EmailsSend]),
            ..GrantExcess::default()
        };
        assert_eq!(more, named);
        for expires_at in [None, DateTime::from_timestamp(101, 0)] {
            let more = KeyGrant {
                expires_at,
                ..grant()
            };
            assert!(more.exceeds(&grant()).expires_at);
        }
        for ranges in [&[][..], &["10.0.0.0/7"], &["10.0.0.1/32", "192.0.2.1/32"]] {
            let ip_ranges = ranges.iter().map(|range| range.parse().unwrap()).collect();
            let more = KeyGrant {
                ip_ranges,
                ..grant()
            };
            assert!(more.exceeds(&grant()).ip_ranges, "{ranges:?}");
        }
        let other = KeyGrant {
            environment: Environment::Test,
            ..grant()
        };
        assert!(other.exceeds(&grant()).environment);
    }
}
