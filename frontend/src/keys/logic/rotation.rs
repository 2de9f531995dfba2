//! Rotation of keys: grace period, and safety of revoking the old key.

use chrono::{DateTime, TimeDelta, Utc};
use shared::key::{GRACE_DEFAULT_SECS, GRACE_MAX_SECS, KeyUsage};

/// Grace period of the old key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grace {
    /// Length of the period in seconds.
    pub secs: u32,
    pub label: &'static str,
    /// Recommended use of the period.
    pub advice: &'static str,
}

/// Available grace periods, shortest first.
pub const GRACES: [Grace; 4] = [
    Grace {
        secs: 0,
        label: "Now",
        advice: "For a key that has leaked. What still uses it fails at once.",
    },
    Grace {
        secs: 3600,
        label: "1 hour",
        advice: "For one program that you deploy right away.",
    },
    Grace {
        secs: GRACE_DEFAULT_SECS,
        label: "24 hours",
        advice: "Time to deploy the new key everywhere.",
    },
    Grace {
        secs: GRACE_MAX_SECS,
        label: "7 days",
        advice: "For programs that others run.",
    },
];

/// Returns the end of the old key: the end of the grace period, or its expiry if that is earlier.
pub fn old_key_end(
    now: DateTime<Utc>,
    grace_secs: u32,
    expires_at: Option<DateTime<Utc>>,
) -> DateTime<Utc> {
    let end = now + TimeDelta::seconds(grace_secs.into());
    expires_at.map_or(end, |expiry| expiry.min(end))
}

/// Requests of the last 24 hours, by old key and successors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// Requests with the old key.
    pub old: u64,
    /// Requests with successors that aren't revoked.
    pub new: u64,
}

impl Share {
    /// Reads the counts from the old key's usage.
    pub fn of(usage: &KeyUsage) -> Self {
        Self {
            old: usage.last_24h,
            new: usage.successors_last_24h,
        }
    }

    /// Returns the old key's share of the requests, from 0 to 1; 0 if there were none.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a share is shown with one decimal"
    )]
    pub fn old_ratio(self) -> f64 {
        match self.old + self.new {
            0 => 0.0,
            all => self.old as f64 / all as f64,
        }
    }

    /// Returns true if the old key was not used for 24 hours.
    pub const fn is_safe_to_revoke(self) -> bool {
        self.old == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_key_never_outlives_itself() {
        let now = DateTime::UNIX_EPOCH;
        let after = |secs| now + TimeDelta::seconds(secs);
        assert_eq!(old_key_end(now, 3600, None), after(3600));
        assert_eq!(old_key_end(now, 3600, Some(after(60))), after(60));
        assert_eq!(old_key_end(now, 3600, Some(after(7200))), after(3600));
        assert_eq!(old_key_end(now, 0, Some(after(7200))), now);
    }

    #[test]
    fn shares_add_up() {
        let share = |old, successors| {
            Share::of(&KeyUsage {
                last_24h: old,
                successors_last_24h: successors,
                ..KeyUsage::default()
            })
        };
        assert!((share(75, 25).old_ratio() - 0.75).abs() < 1e-9);
        assert!(!share(75, 25).is_safe_to_revoke());
        assert!(share(0, 100).is_safe_to_revoke());
        assert!(share(0, 0).old_ratio().abs() < 1e-9);
    }
}
