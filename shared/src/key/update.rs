//! Changing a key, replacing it, and looking at it again.

use super::{
    DESCRIPTION_MAX_CHARS, KeyView, NAME_MAX_CHARS,
    create::{invalid, validate_expiry, validate_ip_allowlist, validate_permissions},
};
use crate::{error::FieldError, null, scope::Scope, validate};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The grace period of a rotation unless its caller chooses another, in seconds.
pub const GRACE_DEFAULT_SECS: u32 = 24 * 3600;
/// The longest grace period, in seconds.
pub const GRACE_MAX_SECS: u32 = 7 * 24 * 3600;

/// `PATCH /api/v1/platform/api-keys/{id}`. What is left out keeps its value; `null`
/// clears what can be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateKey {
    /// Name, 1 to 50 characters.
    #[serde(
        default,
        deserialize_with = "null::present",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "openapi", schema(value_type = String, required = false))]
    pub name: Option<String>,
    /// Notes, up to 500 characters.
    #[serde(
        default,
        deserialize_with = "null::clears",
        skip_serializing_if = "Option::is_none"
    )]
    pub description: Option<String>,
    /// What it may do; at least one scope.
    #[serde(
        default,
        deserialize_with = "null::present",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Scope>, required = false))]
    pub permissions: Option<Vec<Scope>>,
    /// When it stops by itself; `null` for never.
    #[serde(
        default,
        deserialize_with = "null::present",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<DateTime<Utc>>))]
    pub expires_at: Option<Option<DateTime<Utc>>>,
    /// Addresses and CIDR ranges it may be used from; empty for everywhere.
    #[serde(
        default,
        deserialize_with = "null::clears",
        skip_serializing_if = "Option::is_none"
    )]
    pub ip_allowlist: Option<Vec<String>>,
}

impl UpdateKey {
    /// What is wrong with the request, field by field.
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

/// `POST /api/v1/platform/api-keys/{id}/rotate`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RotateKey {
    /// How many seconds the old key goes on working, at most seven days; one day if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_seconds: Option<u32>,
}

impl RotateKey {
    /// What is wrong with the request, field by field.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        if self.grace_secs() > GRACE_MAX_SECS {
            let message = format!("Use 0 to {GRACE_MAX_SECS} seconds, which is seven days.");
            errors.push(invalid("grace_seconds", message));
        }
        validate::finish(errors)
    }

    /// How long the old key goes on working, in seconds.
    pub fn grace_secs(&self) -> u32 {
        self.grace_seconds.unwrap_or(GRACE_DEFAULT_SECS)
    }
}

/// The answer to rotating a key. No `Debug`: it holds a secret.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RotatedKey {
    /// The whole new key. Unless it is recoverable, it cannot be shown again.
    pub api_key: String,
    /// The new key's data.
    pub key: KeyView,
    /// The old key's data, with the end of its grace period.
    pub previous: KeyView,
}

/// The answer to revealing a key. No `Debug`: it holds a secret.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct RevealedKey {
    /// The whole key.
    pub api_key: String,
}

/// A short-lived stand-in for a key, for trying requests out in the browser.
/// No `Debug`: it is a secret.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaygroundToken {
    /// The token: `pm_play_…`.
    pub token: String,
    /// When it stops.
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
