//! How far a key reaches: what rights over keys are about.

use super::Environment;
use crate::scope::ScopeSet;
use chrono::{DateTime, Utc};
use ipnet::IpNet;

/// Everything that a key can be used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The granted scopes, including those that wait for approval.
    pub scopes: ScopeSet,
    /// The granted scopes that wait for approval and have no effect yet.
    pub pending: ScopeSet,
    /// Which data it works on.
    pub environment: Environment,
    /// Until when.
    pub expires_at: Option<DateTime<Utc>>,
    /// From where; empty for everywhere.
    pub ip_ranges: Vec<IpNet>,
}

/// In which ways one [`Reach`] exceeds another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Excess {
    /// Scopes that the other does not have, not even by implication, and scopes that
    /// have effect here and wait for approval there.
    pub scopes: ScopeSet,
    /// It works on other data.
    pub environment: bool,
    /// It lasts longer.
    pub expires_at: bool,
    /// It can be used from more addresses.
    pub ip_ranges: bool,
}

impl Excess {
    /// Whether it exceeds the other in no way.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl Reach {
    /// The scopes that have effect, with everything they imply.
    pub fn effective(&self) -> ScopeSet {
        self.scopes.minus(self.pending).effective()
    }

    /// The scopes that have effect because an Admin approved them.
    pub fn approved(&self) -> ScopeSet {
        self.effective().needing_approval()
    }

    /// In which ways this exceeds `other`.
    pub fn exceeds(&self, other: &Self) -> Excess {
        let within = |range: &IpNet| other.ip_ranges.iter().any(|outer| outer.contains(range));
        Excess {
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

    fn reach() -> Reach {
        Reach {
            scopes: ScopeSet::of(&[Scope::ContactsWrite]),
            pending: ScopeSet::EMPTY,
            environment: Environment::Live,
            expires_at: DateTime::from_timestamp(100, 0),
            ip_ranges: vec!["10.0.0.0/8".parse().unwrap()],
        }
    }

    #[test]
    fn less_of_anything_is_no_excess() {
        let less = Reach {
            scopes: ScopeSet::of(&[Scope::ContactsRead]),
            expires_at: DateTime::from_timestamp(99, 0),
            ip_ranges: vec!["10.1.0.0/16".parse().unwrap()],
            ..reach()
        };
        assert!(less.exceeds(&reach()).is_none());
        assert!(reach().exceeds(&reach()).is_none());
    }

    #[test]
    fn an_approval_is_more_than_waiting_for_one() {
        let bulk = ScopeSet::of(&[Scope::EmailsSendBulk]);
        let approved = Reach {
            scopes: reach().scopes.union(bulk),
            ..reach()
        };
        let pending = Reach {
            pending: bulk,
            ..approved.clone()
        };
        assert_eq!(approved.exceeds(&pending).scopes, bulk);
        assert!(pending.exceeds(&approved).is_none());
        assert!(pending.exceeds(&pending).is_none());
        assert_eq!(approved.approved(), bulk);
        assert!(pending.approved().is_empty());
        // Waiting for an approval is more than not having asked for it.
        assert_eq!(pending.exceeds(&reach()).scopes, bulk);
    }

    #[test]
    fn more_of_anything_is_named() {
        let scopes = ScopeSet::of(&[Scope::ContactsRead, Scope::EmailsSend]);
        let more = Reach { scopes, ..reach() }.exceeds(&reach());
        let named = Excess {
            scopes: ScopeSet::of(&[Scope::EmailsSend]),
            ..Excess::default()
        };
        assert_eq!(more, named);
        for expires_at in [None, DateTime::from_timestamp(101, 0)] {
            let more = Reach {
                expires_at,
                ..reach()
            };
            assert!(more.exceeds(&reach()).expires_at);
        }
        for ranges in [&[][..], &["10.0.0.0/7"], &["10.0.0.1/32", "192.0.2.1/32"]] {
            let ip_ranges = ranges.iter().map(|range| range.parse().unwrap()).collect();
            let more = Reach {
                ip_ranges,
                ..reach()
            };
            assert!(more.exceeds(&reach()).ip_ranges, "{ranges:?}");
        }
        let other = Reach {
            environment: Environment::Test,
            ..reach()
        };
        assert!(other.exceeds(&reach()).environment);
    }
}
