//! Request and response of key creation.

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

/// Request body of `POST /api/v1/platform/api-keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateKey {
    /// Name shown in the dashboard, 1 to 50 characters.
    pub name: String,
    /// Notes about the key, up to 500 characters.
    #[serde(
        default,
        deserialize_with = "null::as_default",
        skip_serializing_if = "String::is_empty"
    )]
    pub description: String,
    /// Environment whose data the key accesses. It cannot be changed later.
    pub environment: Environment,
    /// Scopes granted to the key, at least one.
    pub permissions: Vec<Scope>,
    /// Expiry time, at most 3650 days ahead. Mutually exclusive with `expires_in_days`; without
    /// either, the key never expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// Days until the key expires, 1 to 3650. Mutually exclusive with `expires_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_days: Option<u32>,
    /// Allowed client IP addresses and CIDR ranges, at most 100. Empty allows every IP address.
    #[serde(
        default,
        deserialize_with = "null::as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub ip_allowlist: Vec<String>,
    /// If `true`, users can reveal the key again after entering their password. Default: `false`.
    #[serde(
        default,
        deserialize_with = "null::as_default",
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub recoverable: bool,
}

impl CreateKey {
    /// Validates all fields. Returns one error for each invalid field.
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

    /// Requested scopes, without duplicates.
    pub fn scopes(&self) -> ScopeSet {
        self.permissions.iter().copied().collect()
    }

    /// Expiry time that results from `expires_at` or `expires_in_days`; `None` if the key never
    /// expires.
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

/// Response to key creation, and the only one that contains the key itself.
// Not `Debug`, because it holds a secret.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedKey {
    /// Complete API key. It cannot be shown again unless the key is recoverable.
    pub api_key: String,
    /// Settings and status of the new key.
    pub key: KeyView,
    /// Reminder to save the key now, for display to the user.
    pub warning: String,
}

/// Warning shown with a new key that cannot be revealed later.
pub const SHOWN_ONCE_WARNING: &str = "Copy this key now. You won't be able to see it again.";
/// Warning shown with a new recoverable key.
pub const RECOVERABLE_WARNING: &str =
    "Copy this key now. To see it again you will have to enter your password.";

/// Selects the warning to show with a new key.
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

    fn invalid_fields(request: &CreateKey) -> Vec<String> {
        let found = request
            .validate(DateTime::UNIX_EPOCH)
            .err()
            .unwrap_or_default();
        found.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn every_bad_field_is_named() {
        assert_eq!(invalid_fields(&request()), [] as [&str; 0]);
        let bad = CreateKey {
            name: "x".repeat(51),
            permissions: vec![],
            expires_in_days: Some(0),
            ip_allowlist: vec!["10.0.0.0/8".into(), "nonsense".into()],
            ..request()
        };
        assert_eq!(
            invalid_fields(&bad),
            ["name", "permissions", "expires_in_days", "ip_allowlist[1]"]
        );
        let past = CreateKey {
            expires_at: Some(DateTime::UNIX_EPOCH),
            ..request()
        };
        assert_eq!(invalid_fields(&past), ["expires_at"]);
    }
}
