//! Contacts: the people that a tenant mails.

use crate::{
    error::{ErrorCode, FieldError},
    ids::ContactId,
    null, validate,
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
/// address. Fields that are left out keep their value; `null` clears them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpsertContact {
    /// Email address. Upper and lower case are the same, and so are `bücher.example` and
    /// `xn--bcher-kva.example`.
    pub email: String,
    /// First name.
    #[serde(
        default,
        deserialize_with = "null::clears",
        skip_serializing_if = "Option::is_none"
    )]
    pub first_name: Option<String>,
    /// Last name.
    #[serde(
        default,
        deserialize_with = "null::clears",
        skip_serializing_if = "Option::is_none"
    )]
    pub last_name: Option<String>,
    /// Tags, by which campaigns choose their recipients.
    #[serde(
        default,
        deserialize_with = "null::clears",
        skip_serializing_if = "Option::is_none"
    )]
    pub tags: Option<Vec<String>>,
    /// Anything else that is known, up to 16 KiB of JSON.
    #[serde(
        default,
        deserialize_with = "null::clears",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<std::collections::HashMap<String, Value>>))]
    pub attributes: Option<Map<String, Value>>,
}

impl UpsertContact {
    /// The names and the tags that are given.
    pub fn names_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let names = [&mut self.first_name, &mut self.last_name];
        let tags = self.tags.iter_mut().flatten();
        names.into_iter().flatten().chain(tags)
    }

    /// What is wrong with the request, field by field.
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

/// `PUT /v1/contacts/{id}`: replaces what is known of a contact. Names, tags and
/// attributes that are left out become empty; address and status stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReplaceContact {
    /// A new email address, compared as in `POST /v1/contacts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// First name.
    #[serde(default, deserialize_with = "null::as_default")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub first_name: String,
    /// Last name.
    #[serde(default, deserialize_with = "null::as_default")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub last_name: String,
    /// Tags, by which campaigns choose their recipients.
    #[serde(default, deserialize_with = "null::as_default")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>))]
    pub tags: Vec<String>,
    /// Anything else that is known, up to 16 KiB of JSON.
    #[serde(default, deserialize_with = "null::as_default")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<std::collections::HashMap<String, Value>>))]
    pub attributes: Map<String, Value>,
    /// `active` or `unsubscribed`; only mail that bounces makes a contact `bounced`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ContactStatus>,
}

impl ReplaceContact {
    /// The names and the tags.
    pub fn names_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let names = [&mut self.first_name, &mut self.last_name];
        names.into_iter().chain(&mut self.tags)
    }

    /// What is wrong with the request, field by field.
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

/// At most 50 tags of 1 to 50 characters.
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

/// A contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactView {
    /// Identifier.
    pub id: ContactId,
    /// Email address, in lower case and with its domain in ASCII.
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
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Active, Self::Unsubscribed, Self::Bounced];

    /// The status as it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Unsubscribed => "unsubscribed",
            Self::Bounced => "bounced",
        }
    }
}
