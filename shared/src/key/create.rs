//! Creating a key.

use super::{
    DESCRIPTION_MAX_CHARS, EXPIRES_IN_DAYS_MAX, Environment, IP_ALLOWLIST_MAX, KeyView,
    NAME_MAX_CHARS,
};
use crate::{
    error::{ErrorCode, FieldError},
    null,
    scope::{Scope, ScopeSet},
    validate,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// `POST /api/v1/platform/api-keys`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateKey {
    /// Name, 1 to 50 characters.
    pub name: String,
    /// Notes, up to 500 characters.
    #[serde(
        default,
        deserialize_with = "null::as_default",
        skip_serializing_if = "String::is_empty"
    )]
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
    #[serde(
        default,
        deserialize_with = "null::as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub ip_allowlist: Vec<String>,
    /// Whether it can be shown again later, to someone who enters his password.
    #[serde(
        default,
        deserialize_with = "null::as_default",
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub recoverable: bool,
}

impl CreateKey {
    /// What is wrong with the request, field by field.
    pub fn validate(&self, now: DateTime<Utc>) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        validate::name(&mut errors, "name", &self.name, 1, NAME_MAX_CHARS);
        validate::text(
            &mut errors,
            "description",
            &self.description,
            0,
            DESCRIPTION_MAX_CHARS,
        );
        validate_permissions(&mut errors, &self.permissions);
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

pub(super) fn invalid(field: &str, message: impl Into<String>) -> FieldError {
    FieldError::new(field, ErrorCode::InvalidField, message)
}

pub(super) fn validate_permissions(errors: &mut Vec<FieldError>, permissions: &[Scope]) {
    if permissions.is_empty() {
        errors.push(invalid("permissions", "Choose at least one permission."));
    }
}

pub(super) fn validate_expiry(
    errors: &mut Vec<FieldError>,
    date: DateTime<Utc>,
    now: DateTime<Utc>,
) {
    if let Err(message) = validate::timestamp(date) {
        errors.push(invalid("expires_at", message));
    } else if date <= now {
        errors.push(invalid("expires_at", "Choose a time in the future."));
    } else if date > now + TimeDelta::days(EXPIRES_IN_DAYS_MAX.into()) {
        errors.push(invalid(
            "expires_at",
            "Choose a time within the next ten years.",
        ));
    }
}

pub(super) fn validate_ip_allowlist(errors: &mut Vec<FieldError>, ranges: &[String]) {
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
    /// The whole key. Unless it is recoverable, it cannot be shown again.
    pub api_key: String,
    /// The key's data.
    pub key: KeyView,
    /// A reminder to save the key now.
    pub warning: String,
}

/// The warning under a new key.
pub const SHOWN_ONCE_WARNING: &str = "Copy this key now. You won't be able to see it again.";
/// The warning under a new key that can be shown again.
pub const RECOVERABLE_WARNING: &str =
    "Copy this key now. To see it again you will have to enter your password.";

/// The warning under a new key.
pub const fn warning(recoverable: bool) -> &'static str {
    if recoverable {
        RECOVERABLE_WARNING
    } else {
        SHOWN_ONCE_WARNING
    }
}

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
            recoverable: false,
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
}
