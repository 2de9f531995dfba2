//! Templates: mails with gaps to fill in.

use crate::{
    email,
    error::{ErrorCode, FieldError},
    validate,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The longest id, in characters.
pub const ID_MAX_CHARS: usize = 64;
/// The longest name, in characters.
pub const NAME_MAX_CHARS: usize = 100;

/// Whether this can be a template's id: `welcome-v1`.
pub fn is_id(text: &str) -> bool {
    let first = text.bytes().next();
    first.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        && text.len() <= ID_MAX_CHARS
        && text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
}

/// `PUT /v1/templates/{id}`: the whole template. Subject and bodies have gaps like
/// `{{ name }}`, conditions like `{% if name %}` and loops like `{% for item in items %}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutTemplate {
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The subject, with variables.
    pub subject: String,
    /// The HTML body, up to 512 KiB. Variables are escaped.
    pub html_body: String,
    /// The text body, up to 512 KiB; without it, the text is made from the HTML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_body: Option<String>,
}

impl PutTemplate {
    /// What is wrong with the request, field by field; whether the templates parse is
    /// for the server to say.
    pub fn validate(&self, id: &str) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        if !is_id(id) {
            let message = "Use 1 to 64 of a-z, 0-9, - and _, and begin with a letter or digit.";
            errors.push(FieldError::new("id", ErrorCode::InvalidField, message));
        }
        if let Some(name) = &self.name {
            validate::name(&mut errors, "name", name, 0, NAME_MAX_CHARS);
        }
        email::subject_line(&mut errors, "subject", &self.subject);
        email::body(&mut errors, "html_body", &self.html_body);
        if let Some(text) = &self.text_body {
            email::body(&mut errors, "text_body", text);
        }
        validate::finish(errors)
    }
}

/// A template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TemplateView {
    /// Identifier, chosen by you.
    pub id: String,
    /// Its name, possibly empty.
    pub name: String,
    /// The subject.
    pub subject: String,
    /// The HTML body.
    pub html_body: String,
    /// The text body, if it has one of its own.
    pub text_body: Option<String>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last replaced.
    pub updated_at: DateTime<Utc>,
}
