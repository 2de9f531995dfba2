//! API keys as clients see them.

mod create;
mod reach;
mod redact;
mod update;

pub use create::{CreateKey, CreatedKey, RECOVERABLE_WARNING, SHOWN_ONCE_WARNING, warning};
pub use reach::Reach;
pub use redact::holds_key;
pub use update::{
    GRACE_DEFAULT_SECS, GRACE_MAX_SECS, PlaygroundToken, RevealedKey, RotateKey, RotatedKey,
    UpdateKey,
};

use crate::{error::ErrorCode, ids::KeyId, scope::Scope};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The longest name of a key, in characters.
pub const NAME_MAX_CHARS: usize = 50;
/// The longest description of a key, in characters.
pub const DESCRIPTION_MAX_CHARS: usize = 500;
/// How many addresses and ranges a key may be restricted to.
pub const IP_ALLOWLIST_MAX: usize = 100;
/// The furthest expiry, in days.
pub const EXPIRES_IN_DAYS_MAX: u32 = 3650;

/// Which data a key works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Real data and real mail: `pm_live_…`, shown as Production.
    Live,
    /// Data of its own, and mail that never leaves: `pm_test_…`.
    Test,
}

impl Environment {
    /// Both environments.
    pub const ALL: [Self; 2] = [Self::Live, Self::Test];

    /// The environment that this is not.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Live => Self::Test,
            Self::Test => Self::Live,
        }
    }

    /// The environment as it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }

    /// The environment as a person reads it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Live => "Production",
            Self::Test => "Test",
        }
    }

    /// What its keys begin with.
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

/// A text that names no [`Environment`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownEnvironment;

impl std::fmt::Display for UnknownEnvironment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an environment is live or test")
    }
}

impl std::error::Error for UnknownEnvironment {}

/// Whether a key works, derived from its dates at the moment of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum KeyStatus {
    /// Works.
    Active,
    /// Works until the end of its grace period; a newer key has taken its place.
    Rotating,
    /// Switched off, and can be switched on again.
    Disabled,
    /// Past its expiry date.
    Expired,
    /// Permanently off.
    Revoked,
}

impl KeyStatus {
    /// The status as a person reads it.
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

/// The dates that decide a key's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeyDates {
    /// When it stops by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it stops because a newer key has taken its place.
    pub grace_until: Option<DateTime<Utc>>,
    /// When it was switched off.
    pub disabled_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl KeyDates {
    /// The status at `now`. The final states win over the reversible ones; the
    /// end of the grace period revokes. What somebody did counts whatever the
    /// clock says: another process's may be ahead.
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

/// An API key, without the key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyView {
    /// Identifier: `key_` and the 12 public characters of the key.
    pub id: KeyId,
    /// Name.
    pub name: String,
    /// Notes, possibly empty.
    pub description: String,
    /// Which data it works on.
    pub environment: Environment,
    /// The key with everything secret left out: `pm_live_abc...xyz`.
    pub masked_key: String,
    /// What it may do.
    pub permissions: Vec<Scope>,
    /// Those of `permissions` that have no effect until an Admin approves them.
    pub pending_permissions: Vec<Scope>,
    /// Those of `permissions` without which all that it did in the last 30 days would
    /// have worked as well; empty for younger keys.
    pub unused_permissions: Vec<Scope>,
    /// Whether it works now.
    pub status: KeyStatus,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// Who created it.
    pub created_by: KeyCreator,
    /// How many keys it has created that are not revoked, including those that were
    /// created by keys that it created.
    pub created_keys: u32,
    /// When a request with it was last let in; `null` if never. Refused requests do not
    /// count as use.
    pub last_used_at: Option<DateTime<Utc>>,
    /// From which address it was last used; `null` if never.
    pub last_used_address: Option<String>,
    /// The last request with it that was refused because of the key; `null` if none was.
    pub last_refusal: Option<KeyRefusal>,
    /// When it stops by itself; `null` if never.
    pub expires_at: Option<DateTime<Utc>>,
    /// Until when it works although a newer key has taken its place.
    pub grace_until: Option<DateTime<Utc>>,
    /// The addresses and ranges it may be used from; empty for everywhere.
    pub ip_allowlist: Vec<String>,
    /// Whether it can be shown again.
    pub recoverable: bool,
    /// What all keys have in common that replaced each other by rotation.
    pub lineage_id: String,
    /// The version of its settings, which changes with each change of them: the `ETag`,
    /// without its quotes.
    pub version: String,
    /// How much it was used.
    pub usage: KeyUsage,
}

/// A request that was refused because of its key: status, IP address, permissions or limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyRefusal {
    /// When it was refused.
    pub at: DateTime<Utc>,
    /// The IP address that it came from.
    pub address: String,
    /// Method and route of the request: `POST /v1/emails/send`.
    pub route: String,
    /// The code of the error.
    pub error: ErrorCode,
}

/// Who created a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyCreator {
    /// A user, or another key.
    #[serde(rename = "type")]
    pub kind: CreatorKind,
    /// The user's or key's identifier.
    pub id: String,
    /// The user's e-mail address; for a key, that of the user it goes back to.
    pub email: String,
}

/// What kind of caller created a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum CreatorKind {
    /// A person in the dashboard, or the operator on the command line.
    User,
    /// A key with `admin:keys`.
    Key,
}

/// How much a key was used, without the keys that it has replaced or that have replaced it.
/// Playground calls are left out.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyUsage {
    /// Requests since it was created.
    pub total_requests: u64,
    /// Requests in the last 24 hours.
    pub last_24h: u64,
    /// The share of all requests that were answered with 400 or above, 0 to 1.
    pub error_rate: f64,
    /// The same as `last_24h`, which once included other keys of the lineage.
    pub own_last_24h: u64,
    /// Requests in the last 24 hours with keys that have replaced it, one after the other, and
    /// are not revoked.
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
        // Whoever revoked it had a clock that was ahead of ours.
        assert_eq!(status(revoked, 3), KeyStatus::Revoked);
        assert_eq!(status(disabled, 0), KeyStatus::Disabled);
    }
}
