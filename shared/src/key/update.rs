//! Requests and responses for updating, rotating and revealing keys.

use super::{
    DESCRIPTION_MAX_CHARS, KeyView, NAME_MAX_CHARS,
    create::{invalid, validate_expiry, validate_ip_allowlist, validate_permissions},
};
use crate::{error::FieldError, null, scope::Scope, validate};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Default grace period of a rotation, in seconds.
pub const GRACE_DEFAULT_SECS: u32 = 24 * 3600;
/// Maximum grace period of a rotation, in seconds.
pub const GRACE_MAX_SECS: u32 = 7 * 24 * 3600;

/// Request body of `PATCH /api/v1/platform/api-keys/{id}`. Omitted properties keep their value;
/// `null` clears optional ones.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateKey {
    /// New name shown in the dashboard, 1 to 50 characters.
    #[serde(
        default,
        deserialize_with = "null::present",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "openapi", schema(value_type = String, required = false))]
    pub name: Option<String>,
    /// New notes about the key, up to 500 characters; `null` clears them.
    #[serde(
        default,
        deserialize_with = "null::clears",
        skip_serializing_if = "Option::is_none"
    )]
    pub description: Option<String>,
    /// New scopes of the key, at least one. They replace the existing ones.
    #[serde(
        default,
        deserialize_with = "null::present",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Scope>, required = false))]
    pub permissions: Option<Vec<Scope>>,
    /// New expiry time, at most 3650 days ahead; `null` removes the expiry.
    #[serde(
        default,
        deserialize_with = "null::present",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<DateTime<Utc>>))]
    pub expires_at: Option<Option<DateTime<Utc>>>,
    /// New list of allowed client IP addresses and CIDR ranges, at most 100. Empty or `null`
    /// allows every IP address.
    #[serde(
        default,
        deserialize_with = "null::clears",
        skip_serializing_if = "Option::is_none"
    )]
    pub ip_allowlist: Option<Vec<String>>,
}

impl UpdateKey {
    /// Validates all fields. Returns one error for each invalid field.
    pub fn validate(&self, now: DateTime<Utc>) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        if let Some(name) = &self.name {
            validate::name(&mut errors, "name", name, 1, NAME_MAX_CHARS);
        }
        if let Some(text) = &self.description {
            validate::text(&mut errors, "description", text, 0, DESCRIPTION_MAX_CHARS);
        }
        if let Some(permissions) = &self.permissions {
            validate_permissions(&mut errors, permissions);
        }
        if let Some(Some(date)) = self.expires_at {
            validate_expiry(&mut errors, date, now);
        }
        if let Some(ranges) = &self.ip_allowlist {
            validate_ip_allowlist(&mut errors, ranges);
        }
        validate::finish(errors)
    }
}

/// Request body of `POST /api/v1/platform/api-keys/{id}/rotate`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RotateKey {
    /// Grace period during which the old key still works, in seconds: 0 to 604800 (seven days).
    /// Default: 86400 (one day).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_seconds: Option<u32>,
}

impl RotateKey {
    /// Validates the grace period.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        if self.grace_secs() > GRACE_MAX_SECS {
            let message = format!("Use 0 to {GRACE_MAX_SECS} seconds, which is seven days.");
            errors.push(invalid("grace_seconds", message));
        }
        validate::finish(errors)
    }

    /// Returns the grace period of the old key, in seconds.
    pub fn grace_secs(&self) -> u32 {
        self.grace_seconds.unwrap_or(GRACE_DEFAULT_SECS)
    }
}

/// Response to key rotation.
// Not `Debug`, because it holds a secret.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RotatedKey {
    /// Complete new API key. It cannot be shown again unless the key is recoverable.
    pub api_key: String,
    /// Settings and status of the new key.
    pub key: KeyView,
    /// Settings and status of the old key, including the end of its grace period.
    pub previous: KeyView,
}

/// Response to revealing a key.
// Not `Debug`, because it holds a secret.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct RevealedKey {
    /// Complete API key, including its secret part.
    pub api_key: String,
}

/// A short-lived token that is used instead of an API key to try requests in the browser.
// Not `Debug`, because it holds a secret.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaygroundToken {
    /// Token value, which begins with `pm_play_`.
    pub token: String,
    /// Time at which the token expires.
    pub expires_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_told_from_left_out() {
        let parse = |text| serde_json::from_str::<UpdateKey>(text);
        assert_eq!(parse("{}").unwrap(), UpdateKey::default());
        assert_eq!(
            parse(r#"{"expires_at":null}"#).unwrap().expires_at,
            Some(None)
        );
        assert!(parse(r#"{"name":null}"#).is_err());
        assert!(parse(r#"{"permissions":null}"#).is_err());
    }

    #[test]
    fn faults_are_named() {
        let bad = UpdateKey {
            name: Some(String::new()),
            permissions: Some(vec![]),
            expires_at: Some(Some(DateTime::UNIX_EPOCH)),
            ip_allowlist: Some(vec!["nonsense".into()]),
            ..UpdateKey::default()
        };
        let errors = bad.validate(DateTime::UNIX_EPOCH).unwrap_err();
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(
            fields,
            ["name", "permissions", "expires_at", "ip_allowlist[0]"]
        );
        let long = RotateKey {
            grace_seconds: Some(GRACE_MAX_SECS + 1),
        };
        assert!(long.validate().is_err());
        assert!(RotateKey::default().validate().is_ok());
    }
}
