//! API keys as clients see them.

use crate::{
    error::{ErrorCode, FieldError},
    ids::KeyId,
    scope::{Scope, ScopeSet},
    validate,
};
use chrono::{DateTime, TimeDelta, Utc};
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
    /// end of the grace period revokes.
    pub fn status(&self, now: DateTime<Utc>) -> KeyStatus {
        let past = |date: Option<DateTime<Utc>>| date.is_some_and(|date| date <= now);
        if past(self.revoked_at) || past(self.grace_until) {
            KeyStatus::Revoked
        } else if past(self.expires_at) {
            KeyStatus::Expired
        } else if past(self.disabled_at) {
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
    /// Whether it works now.
    pub status: KeyStatus,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// Who created it.
    pub created_by: KeyCreator,
    /// When it was last used; `null` if never.
    pub last_used_at: Option<DateTime<Utc>>,
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
    /// How much it was used.
    pub usage: KeyUsage,
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

/// How much a key was used, playground calls left out.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyUsage {
    /// Requests since it was created.
    pub total_requests: u64,
    /// Requests in the last 24 hours.
    pub last_24h: u64,
    /// The share of all requests that were answered with 400 or above, 0 to 1.
    pub error_rate: f64,
}

/// `POST /api/v1/platform/api-keys`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateKey {
    /// Name, 1 to 50 characters.
    pub name: String,
    /// Notes, up to 500 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Which data it works on.
    pub environment: Environment,
    /// What it may do; at least one scope.
    pub permissions: Vec<Scope>,
    /// When it stops by itself. Give this or `expires_in_days`, or neither for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// In how many days it stops by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_days: Option<u32>,
    /// Addresses and CIDR ranges it may be used from; empty for everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ip_allowlist: Vec<String>,
}

impl CreateKey {
    /// What is wrong with the request, field by field.
    pub fn validate(&self, now: DateTime<Utc>) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        validate::text(&mut errors, "name", &self.name, 1, NAME_MAX_CHARS);
        validate::text(
            &mut errors,
            "description",
            &self.description,
            0,
            DESCRIPTION_MAX_CHARS,
        );
        if self.permissions.is_empty() {
            errors.push(invalid("permissions", "Choose at least one permission."));
        }
        if self.expires_at.is_some() && self.expires_in_days.is_some() {
            errors.push(invalid(
                "expires_in_days",
                "Give expires_at or expires_in_days, not both.",
            ));
        } else if self
            .expires_in_days
            .is_some_and(|days| !(1..=EXPIRES_IN_DAYS_MAX).contains(&days))
        {
            errors.push(invalid(
                "expires_in_days",
                format!("Use 1 to {EXPIRES_IN_DAYS_MAX} days."),
            ));
        } else if let Some(date) = self.expires_at {
            validate_expiry(&mut errors, date, now);
        }
        validate_ip_allowlist(&mut errors, &self.ip_allowlist);
        validate::finish(errors)
    }

    /// The requested scopes as a set.
    pub fn scopes(&self) -> ScopeSet {
        self.permissions.iter().copied().collect()
    }

    /// The moment at which the key will stop by itself.
    pub fn expiry(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let in_days = self
            .expires_in_days
            .map(|days| now + TimeDelta::days(days.into()));
        self.expires_at.or(in_days)
    }
}

fn invalid(field: &str, message: impl Into<String>) -> FieldError {
    FieldError::new(field, ErrorCode::InvalidField, message)
}

fn validate_expiry(errors: &mut Vec<FieldError>, date: DateTime<Utc>, now: DateTime<Utc>) {
    if date <= now {
        errors.push(invalid("expires_at", "Choose a time in the future."));
    } else if date > now + TimeDelta::days(EXPIRES_IN_DAYS_MAX.into()) {
        errors.push(invalid(
            "expires_at",
            "Choose a time within the next ten years.",
        ));
    }
}

fn validate_ip_allowlist(errors: &mut Vec<FieldError>, ranges: &[String]) {
    if ranges.len() > IP_ALLOWLIST_MAX {
        errors.push(invalid(
            "ip_allowlist",
            format!("Use at most {IP_ALLOWLIST_MAX} entries."),
        ));
    }
    for (index, range) in ranges.iter().enumerate() {
        if validate::ip_range(range).is_none() {
            errors.push(invalid(
                &format!("ip_allowlist[{index}]"),
                "This is not an IP address or CIDR range. Example: 203.0.113.0/24",
            ));
        }
    }
}

/// The answer to creating a key: the only time that the key itself is sent.
/// No `Debug`: it holds a secret.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedKey {
    /// The whole key. It cannot be shown again.
    pub api_key: String,
    /// The key's data.
    pub key: KeyView,
    /// A reminder to save the key now.
    pub warning: String,
}

/// The seed's warning under a new key.
pub const SHOWN_ONCE_WARNING: &str = "Copy this key now. You won't be able to see it again.";

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> CreateKey {
        CreateKey {
            name: "Production App".into(),
            description: String::new(),
            environment: Environment::Live,
            permissions: vec![Scope::ContactsRead],
            expires_at: None,
            expires_in_days: None,
            ip_allowlist: vec![],
        }
    }

    fn faults(request: &CreateKey) -> Vec<String> {
        let found = request
            .validate(DateTime::UNIX_EPOCH)
            .err()
            .unwrap_or_default();
        found.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn every_bad_field_is_named() {
        assert_eq!(faults(&request()), [] as [&str; 0]);
        let bad = CreateKey {
            name: "x".repeat(51),
            permissions: vec![],
            expires_in_days: Some(0),
            ip_allowlist: vec!["10.0.0.0/8".into(), "nonsense".into()],
            ..request()
        };
        assert_eq!(
            faults(&bad),
            ["name", "permissions", "expires_in_days", "ip_allowlist[1]"]
        );
        let past = CreateKey {
            expires_at: Some(DateTime::UNIX_EPOCH),
            ..request()
        };
        assert_eq!(faults(&past), ["expires_at"]);
    }

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
    }
}
