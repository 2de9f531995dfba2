//! Contacts: the people that a tenant mails.

use crate::{
    error::{ErrorCode, FieldError},
    ids::ContactId,
    validate,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The longest first or last name, in characters.
pub const NAME_MAX_CHARS: usize = 100;
/// How many tags a contact may have.
pub const TAGS_MAX: usize = 50;
/// The longest tag, in characters.
pub const TAG_MAX_CHARS: usize = 50;
/// The most that the attributes may come to as JSON, in bytes.
pub const ATTRIBUTES_MAX_BYTES: usize = 16 * 1024;

/// `POST /v1/contacts`: adds a contact, or updates the one with this e-mail
/// address. Fields that are left out keep their value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpsertContact {
    /// E-mail address; upper and lower case are the same.
    pub email: String,
    /// First name, up to 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name, up to 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Tags, at most 50 of up to 50 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Anything else that is known, up to 16 KiB of JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<std::collections::HashMap<String, Value>>))]
    pub attributes: Option<Map<String, Value>>,
}

impl UpsertContact {
    /// What is wrong with the request, field by field.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        validate::email(&mut errors, "email", &self.email);
        for (field, name) in [
            ("first_name", &self.first_name),
            ("last_name", &self.last_name),
        ] {
            if let Some(name) = name {
                validate::text(&mut errors, field, name, 0, NAME_MAX_CHARS);
            }
        }
        let tags = self.tags.as_deref().unwrap_or_default();
        if tags.len() > TAGS_MAX {
            let message = format!("Use at most {TAGS_MAX} tags.");
            errors.push(FieldError::new("tags", ErrorCode::InvalidField, message));
        }
        for (index, tag) in tags.iter().enumerate() {
            validate::text(
                &mut errors,
                &format!("tags[{index}]"),
                tag,
                1,
                TAG_MAX_CHARS,
            );
        }
        if let Some(attributes) = &self.attributes
            && serde_json::to_string(attributes).is_ok_and(|json| json.len() > ATTRIBUTES_MAX_BYTES)
        {
            let message = format!("Use at most {ATTRIBUTES_MAX_BYTES} bytes of JSON.");
            errors.push(FieldError::new(
                "attributes",
                ErrorCode::InvalidField,
                message,
            ));
        }
        validate::finish(errors)
    }
}

/// A contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactView {
    /// Identifier.
    pub id: ContactId,
    /// E-mail address, in lower case.
    pub email: String,
    /// First name, possibly empty.
    pub first_name: String,
    /// Last name, possibly empty.
    pub last_name: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Anything else that is known.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, Value>))]
    pub attributes: Map<String, Value>,
    /// Whether mail reaches the contact.
    pub status: ContactStatus,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// Whether mail may and does reach a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ContactStatus {
    /// Yes.
    Active,
    /// The contact does not want any.
    Unsubscribed,
    /// The address refused it for good.
    Bounced,
}

impl ContactStatus {
    /// The status as it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Unsubscribed => "unsubscribed",
            Self::Bounced => "bounced",
        }
    }
}
