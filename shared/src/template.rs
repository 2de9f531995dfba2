//! Email templates with variables.

use crate::{
    email,
    error::{ErrorCode, FieldError},
    validate,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Maximum length of a template's id, in characters.
pub const ID_MAX_CHARS: usize = 64;
/// Maximum length of a template's name, in characters.
pub const NAME_MAX_CHARS: usize = 100;

/// Returns `true` if `text` is a valid template id, such as `welcome-v1`.
pub fn is_id(text: &str) -> bool {
    let first = text.bytes().next();
    first.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        && text.len() <= ID_MAX_CHARS
        && text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
}

/// Request body of `PUT /v1/templates/{id}`, which replaces the whole template.
///
/// Subject and bodies support variables like `{{ name }}`, conditions like `{% if name %}` and
/// loops like `{% for item in items %}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutTemplate {
    /// Name of the template for your team, up to 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Subject line with variables, 1 to 200 characters.
    pub subject: String,
    /// HTML body with variables, up to 512 KiB. Values of variables are HTML-escaped.
    pub html_body: String,
    /// Plain text body with variables, up to 512 KiB. Generated from the HTML body if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_body: Option<String>,
}

impl PutTemplate {
    /// Validates all fields. Returns one error for each invalid field. The syntax of the
    /// templates is checked by the server.
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

/// An email template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TemplateView {
    /// Identifier that you chose, such as `welcome-v1`.
    pub id: String,
    /// Name of the template, possibly empty.
    pub name: String,
    /// Subject line with variables.
    pub subject: String,
    /// HTML body with variables.
    pub html_body: String,
    /// Plain text body with variables; `null` if it is generated from the HTML body.
    pub text_body: Option<String>,
    /// Time at which the template was created.
    pub created_at: DateTime<Utc>,
    /// Time at which the template was last replaced.
    pub updated_at: DateTime<Utc>,
}
