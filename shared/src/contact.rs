//! Contacts, to whom a tenant sends emails.

use crate::{
    error::{ErrorCode, FieldError},
    ids::ContactId,
    null, validate,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Maximum length of a first or last name, in characters.
pub const NAME_MAX_CHARS: usize = 100;
/// Maximum number of tags per contact.
pub const TAGS_MAX: usize = 50;
/// Maximum length of a tag, in characters.
pub const TAG_MAX_CHARS: usize = 50;
/// Maximum size of the attributes as JSON, in bytes.
pub const ATTRIBUTES_MAX_BYTES: usize = 16 * 1024;

/// Request body of `POST /v1/contacts`, which creates a contact or updates the one with the same
/// email address. Omitted properties keep their value; `null` clears them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpsertContact {
    /// Email address, compared case-insensitively. `bücher.example` and `xn--bcher-kva.example`
    /// are the same domain.
    pub email: String,
    /// First name, up to 100 characters.
    #[serde(
        default,
        deserialize_with = "null::clears",
        skip_serializing_if = "Option::is_none"
    )]
    pub first_name: Option<String>,
    /// Last name, up to 100 characters.
    #[serde(
        default,
        deserialize_with = "null::clears",
        skip_serializing_if = "Option::is_none"
    )]
    pub last_name: Option<String>,
    /// Tags, by which campaigns select their recipients. At most 50, of 1 to 50 characters each.
    #[serde(
        default,
        deserialize_with = "null::clears",
        skip_serializing_if = "Option::is_none"
    )]
    pub tags: Option<Vec<String>>,
    /// Custom attributes as a JSON object, up to 16 KiB.
    #[serde(
        default,
        deserialize_with = "null::clears",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<std::collections::HashMap<String, Value>>))]
    pub attributes: Option<Map<String, Value>>,
}

impl UpsertContact {
    /// Returns the given names and tags, for normalization.
    pub fn names_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let names = [&mut self.first_name, &mut self.last_name];
        let tags = self.tags.iter_mut().flatten();
        names.into_iter().flatten().chain(tags)
    }

    /// Validates all fields. Returns one error for each invalid field.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        validate::email(&mut errors, "email", &self.email);
        let names = [&self.first_name, &self.last_name];
        let [first, last] = names.map(|name| name.as_deref().unwrap_or_default());
        validate_names(&mut errors, first, last);
        validate_tags(
            &mut errors,
            "tags",
            self.tags.as_deref().unwrap_or_default(),
        );
        if let Some(attributes) = &self.attributes {
            validate_attributes(&mut errors, attributes);
        }
        validate::finish(errors)
    }
}

/// Request body of `PUT /v1/contacts/{id}`, which replaces a contact. Omitted names, tags and
/// attributes become empty; an omitted email address or status is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReplaceContact {
    /// New email address, compared as in `POST /v1/contacts`. Keeps the current one if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// First name, up to 100 characters. Empty if omitted.
    #[serde(default, deserialize_with = "null::as_default")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub first_name: String,
    /// Last name, up to 100 characters. Empty if omitted.
    #[serde(default, deserialize_with = "null::as_default")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub last_name: String,
    /// Tags, by which campaigns select their recipients. At most 50, of 1 to 50 characters each.
    #[serde(default, deserialize_with = "null::as_default")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>))]
    pub tags: Vec<String>,
    /// Custom attributes as a JSON object, up to 16 KiB.
    #[serde(default, deserialize_with = "null::as_default")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<std::collections::HashMap<String, Value>>))]
    pub attributes: Map<String, Value>,
    /// New status: `active` or `unsubscribed`. Without it, the status stays as it is. Only a hard
    /// bounce sets `bounced`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ContactStatus>,
}

impl ReplaceContact {
    /// Returns the names and the tags, for normalization.
    pub fn names_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let names = [&mut self.first_name, &mut self.last_name];
        names.into_iter().chain(&mut self.tags)
    }

    /// Validates all fields. Returns one error for each invalid field.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        if let Some(email) = &self.email {
            validate::email(&mut errors, "email", email);
        }
        validate_names(&mut errors, &self.first_name, &self.last_name);
        validate_tags(&mut errors, "tags", &self.tags);
        validate_attributes(&mut errors, &self.attributes);
        if self.status == Some(ContactStatus::Bounced) {
            let message = "Use active or unsubscribed.";
            errors.push(FieldError::new("status", ErrorCode::InvalidField, message));
        }
        validate::finish(errors)
    }
}

fn validate_names(errors: &mut Vec<FieldError>, first: &str, last: &str) {
    for (field, name) in [("first_name", first), ("last_name", last)] {
        validate::name(errors, field, name, 0, NAME_MAX_CHARS);
    }
}

/// Requires at most 50 tags of 1 to 50 characters each.
pub fn validate_tags(errors: &mut Vec<FieldError>, field: &str, tags: &[String]) {
    if tags.len() > TAGS_MAX {
        let message = format!("Use at most {TAGS_MAX} tags.");
        errors.push(FieldError::new(field, ErrorCode::InvalidField, message));
    }
    for (index, tag) in tags.iter().enumerate() {
        let field = format!("{field}[{index}]");
        validate::name(errors, &field, tag, 1, TAG_MAX_CHARS);
    }
}

fn validate_attributes(errors: &mut Vec<FieldError>, attributes: &Map<String, Value>) {
    let fits =
        serde_json::to_string(attributes).is_ok_and(|json| json.len() <= ATTRIBUTES_MAX_BYTES);
    if !fits {
        let message = format!("Use at most {ATTRIBUTES_MAX_BYTES} bytes of JSON.");
        errors.push(FieldError::new(
            "attributes",
            ErrorCode::InvalidField,
            message,
        ));
    }
}

/// A contact of the tenant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactView {
    /// Identifier of the contact, with the prefix `con_`.
    pub id: ContactId,
    /// Email address in lower case, with the domain in ASCII (Punycode).
    pub email: String,
    /// First name, possibly empty.
    pub first_name: String,
    /// Last name, possibly empty.
    pub last_name: String,
    /// Tags, by which campaigns select their recipients.
    pub tags: Vec<String>,
    /// Custom attributes as a JSON object.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, Value>))]
    pub attributes: Map<String, Value>,
    /// Email status of the contact. Campaigns skip contacts that are not `active`.
    pub status: ContactStatus,
    /// Time at which the contact was created.
    pub created_at: DateTime<Utc>,
    /// Time at which the contact was last changed.
    pub updated_at: DateTime<Utc>,
}

/// Email status of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ContactStatus {
    /// The contact can receive emails.
    Active,
    /// The contact opted out of emails.
    Unsubscribed,
    /// An email to the contact hard-bounced.
    Bounced,
}

impl ContactStatus {
    /// Every status, in declaration order.
    pub const ALL: [Self; 3] = [Self::Active, Self::Unsubscribed, Self::Bounced];

    /// Returns the value used in JSON and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Unsubscribed => "unsubscribed",
            Self::Bounced => "bounced",
        }
    }
}
