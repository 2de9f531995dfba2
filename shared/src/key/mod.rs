//! API keys as the API represents them.

mod create;
mod grant;
mod redact;
mod update;

pub use create::{CreateKey, CreatedKey, RECOVERABLE_WARNING, SHOWN_ONCE_WARNING, warning};
pub use grant::KeyGrant;
pub use redact::holds_key;
pub use update::{
    GRACE_DEFAULT_SECS, GRACE_MAX_SECS, PlaygroundToken, RevealedKey, RotateKey, RotatedKey,
    UpdateKey,
};

use crate::{error::ErrorCode, ids::KeyId, scope::Scope};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Maximum length of a key's name, in characters.
pub const NAME_MAX_CHARS: usize = 50;
/// Maximum length of a key's description, in characters.
pub const DESCRIPTION_MAX_CHARS: usize = 500;
/// Maximum number of IP addresses and CIDR ranges in a key's allowlist.
pub const IP_ALLOWLIST_MAX: usize = 100;
/// Maximum time until a key expires, in days.
pub const EXPIRES_IN_DAYS_MAX: u32 = 3650;

/// Environment of a key, which separates live data from test data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Production: real data, and emails are delivered. Keys begin with `pm_live_`.
    Live,
    /// Test: separate data, and emails are captured instead of delivered. Keys begin with
    /// `pm_test_`.
    Test,
}

impl Environment {
    /// Both environments, live first.
    pub const ALL: [Self; 2] = [Self::Live, Self::Test];

    /// The environment that this is not.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Live => Self::Test,
            Self::Test => Self::Live,
        }
    }

    /// Returns the value used in JSON and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }

    /// Returns the name shown in the dashboard.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Live => "Production",
            Self::Test => "Test",
        }
    }

    /// Returns the prefix of the environment's keys.
    pub const fn key_prefix(self) -> &'static str {
        match self {
            Self::Live => "pm_live_",
            Self::Test => "pm_test_",
        }
    }
}

impl std::str::FromStr for Environment {
    type Err = UnknownEnvironment;

    fn from_str(text: &str) -> Result<Self, UnknownEnvironment> {
        Self::ALL
            .into_iter()
            .find(|e| e.as_str() == text)
            .ok_or(UnknownEnvironment)
    }
}

/// Error returned when parsing an unknown [`Environment`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownEnvironment;

impl std::fmt::Display for UnknownEnvironment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an environment is live or test")
    }
}

impl std::error::Error for UnknownEnvironment {}

/// Status of a key, derived from its dates at the time of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum KeyStatus {
    /// The key can be used.
    Active,
    /// The key was replaced by a new one and works until its grace period ends.
    Rotating,
    /// The key is disabled. It can be enabled again.
    Disabled,
    /// The key's expiry time has passed.
    Expired,
    /// The key was revoked. It can never be used again.
    Revoked,
}

impl KeyStatus {
    /// Returns the name shown in the dashboard.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Rotating => "Rotating",
            Self::Disabled => "Disabled",
            Self::Expired => "Expired",
            Self::Revoked => "Revoked",
        }
    }
}

/// Dates that determine a key's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeyDates {
    /// Expiry time; `None` if the key never expires.
    pub expires_at: Option<DateTime<Utc>>,
    /// End of the grace period after a rotation.
    pub grace_until: Option<DateTime<Utc>>,
    /// Time at which the key was disabled.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Time at which the key was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl KeyDates {
    /// Computes the status at `now`.
    ///
    /// Revoked takes precedence over expired, expired over disabled, and disabled over rotating.
    /// The end of the grace period revokes the key. `revoked_at` and `disabled_at` count even if
    /// they are in the future: the clock of the process that set them may be ahead.
    pub fn status(&self, now: DateTime<Utc>) -> KeyStatus {
        let past = |date: Option<DateTime<Utc>>| date.is_some_and(|date| date <= now);
        if self.revoked_at.is_some() || past(self.grace_until) {
            KeyStatus::Revoked
        } else if past(self.expires_at) {
            KeyStatus::Expired
        } else if self.disabled_at.is_some() {
            KeyStatus::Disabled
        } else if self.grace_until.is_some() {
            KeyStatus::Rotating
        } else {
            KeyStatus::Active
        }
    }
}

/// An API key without its secret part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyView {
    /// Identifier: `key_` and the 12 public characters of the key.
    pub id: KeyId,
    /// Name shown in the dashboard, 1 to 50 characters.
    pub name: String,
    /// Notes about the key, possibly empty.
    pub description: String,
    /// Environment whose data the key accesses.
    pub environment: Environment,
    /// Masked form of the key for display: `pm_live_abc...xyz`.
    pub masked_key: String,
    /// Scopes granted to the key, including those that wait for approval.
    pub permissions: Vec<Scope>,
    /// Subset of `permissions` without effect until an Admin approves them.
    pub pending_permissions: Vec<Scope>,
    /// Subset of `permissions` that the key's successful requests of the last 30 days did not
    /// need. Empty for keys younger than 30 days.
    pub unused_permissions: Vec<Scope>,
    /// Current status, derived from the key's dates.
    pub status: KeyStatus,
    /// Time at which the key was created.
    pub created_at: DateTime<Utc>,
    /// User or key that created the key.
    pub created_by: KeyCreator,
    /// Number of keys created with this key, directly or through keys that it created, that are
    /// not revoked.
    pub created_keys: u32,
    /// Time of the last accepted request; `null` if the key was never used. Refused requests do
    /// not count as use.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Client IP address of the last accepted request; `null` if the key was never used.
    pub last_used_address: Option<String>,
    /// Last request refused because of the key; `null` if there was none.
    pub last_refusal: Option<KeyRefusal>,
    /// Expiry time; `null` if the key never expires.
    pub expires_at: Option<DateTime<Utc>>,
    /// End of the grace period after a rotation, until which the old key works; `null` if the key
    /// was not rotated.
    pub grace_until: Option<DateTime<Utc>>,
    /// Allowed client IP addresses and CIDR ranges. Empty allows every IP address.
    pub ip_allowlist: Vec<String>,
    /// `true` if users can reveal the key again. Always `false` for expired and revoked keys.
    pub recoverable: bool,
    /// Identifier shared by all keys that replaced each other by rotation.
    pub lineage_id: String,
    /// Version of the key's settings, which changes with each update: the `ETag` without quotes.
    pub version: String,
    /// Request counts of this key.
    pub usage: KeyUsage,
}

/// A request that was refused because of its key: status, IP address, permissions or limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyRefusal {
    /// Time at which the request was refused.
    pub at: DateTime<Utc>,
    /// Client IP address of the request.
    pub address: String,
    /// Method and route of the request: `POST /v1/emails/send`.
    pub route: String,
    /// Error code of the response.
    pub error: ErrorCode,
}

/// User or key that created a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyCreator {
    /// Type of creator: a user, or another key.
    #[serde(rename = "type")]
    pub kind: CreatorKind,
    /// Identifier of the user or key.
    pub id: String,
    /// Email address of the user. For a key, of the user at the start of its chain of creators.
    pub email: String,
}

/// Type of caller that created a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum CreatorKind {
    /// A dashboard user, or the operator on the command line.
    User,
    /// An API key with the scope `admin:keys`.
    Key,
}

/// Request counts of one key, without its predecessors and successors. Requests from the
/// playground are excluded.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyUsage {
    /// Requests since the key was created.
    pub total_requests: u64,
    /// Requests in the last 24 hours.
    pub last_24h: u64,
    /// Fraction of all requests answered with status 400 or above, from 0 to 1.
    pub error_rate: f64,
    /// Same value as `last_24h`. Kept for compatibility: `last_24h` once included rotated keys.
    pub own_last_24h: u64,
    /// Requests in the last 24 hours made with the key's successors by rotation that are not
    /// revoked.
    pub successors_last_24h: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_follows_the_dates() {
        let at = |secs| Some(DateTime::from_timestamp(secs, 0).unwrap());
        let status = |dates: KeyDates, secs| dates.status(at(secs).unwrap());
        let expiring = KeyDates {
            expires_at: at(10),
            ..KeyDates::default()
        };
        assert_eq!(status(expiring, 9), KeyStatus::Active);
        assert_eq!(status(expiring, 10), KeyStatus::Expired);
        let rotating = KeyDates {
            grace_until: at(10),
            ..KeyDates::default()
        };
        assert_eq!(status(rotating, 9), KeyStatus::Rotating);
        assert_eq!(status(rotating, 10), KeyStatus::Revoked);
        let disabled = KeyDates {
            disabled_at: at(1),
            ..expiring
        };
        assert_eq!(status(disabled, 5), KeyStatus::Disabled);
        let revoked = KeyDates {
            revoked_at: at(4),
            ..disabled
        };
        assert_eq!(status(revoked, 5), KeyStatus::Revoked);
        // The process that revoked the key had a clock that was ahead of ours.
        assert_eq!(status(revoked, 3), KeyStatus::Revoked);
        assert_eq!(status(disabled, 0), KeyStatus::Disabled);
    }
}
