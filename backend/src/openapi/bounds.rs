//! Validation limits of schema fields, from the constants that the handlers' validation uses:
//! schema attributes accept literals only.

use crate::json::QUERY_MAX_CHARS;
use serde_json::{Value, json};
use shared::{campaign, contact, email, key, template};

/// Maximum length of an email address (RFC 5321).
const ADDRESS_MAX: usize = 254;

/// Maximum length of an IP range: an IPv4 address in IPv6 notation, with its prefix length.
const IP_RANGE_MAX_CHARS: usize = 49;

/// A constraint on the value of a field.
enum Bound {
    /// A string with a minimum and maximum length in characters.
    Text(usize, usize),
    /// An email address of at most `ADDRESS_MAX` characters.
    Address,
    /// An array with a maximum number of strings, each non-empty and with a maximum length.
    Texts(usize, usize),
    /// An array with at least one element.
    AtLeastOne,
    /// A number between a minimum and a maximum.
    Number(u32, u32),
}

use Bound::{Address, AtLeastOne, Number, Text, Texts};

/// Constraints by schema and field.
const BOUNDS: &[(&str, &str, Bound)] = &[
    ("SendEmail", "to", Address),
    ("SendEmail", "subject", Text(1, email::SUBJECT_MAX_CHARS)),
    ("SendEmail", "html_body", Text(1, email::BODY_MAX_BYTES)),
    ("SendEmail", "text_body", Text(1, email::BODY_MAX_BYTES)),
    (
        "SendEmail",
        "tags",
        Texts(email::TAGS_MAX, email::TAG_MAX_CHARS),
    ),
    ("UpsertContact", "email", Address),
    (
        "UpsertContact",
        "first_name",
        Text(0, contact::NAME_MAX_CHARS),
    ),
    (
        "UpsertContact",
        "last_name",
        Text(0, contact::NAME_MAX_CHARS),
    ),
    (
        "UpsertContact",
        "tags",
        Texts(contact::TAGS_MAX, contact::TAG_MAX_CHARS),
    ),
    ("ReplaceContact", "email", Address),
    (
        "ReplaceContact",
        "first_name",
        Text(0, contact::NAME_MAX_CHARS),
    ),
    (
        "ReplaceContact",
        "last_name",
        Text(0, contact::NAME_MAX_CHARS),
    ),
    (
        "ReplaceContact",
        "tags",
        Texts(contact::TAGS_MAX, contact::TAG_MAX_CHARS),
    ),
    ("CampaignForm", "name", Text(1, campaign::NAME_MAX_CHARS)),
    ("CampaignForm", "subject", Text(1, email::SUBJECT_MAX_CHARS)),
    ("CampaignForm", "html_body", Text(1, email::BODY_MAX_BYTES)),
    ("CampaignForm", "text_body", Text(1, email::BODY_MAX_BYTES)),
    (
        "CampaignForm",
        "contact_tags",
        Texts(contact::TAGS_MAX, contact::TAG_MAX_CHARS),
    ),
    ("PutTemplate", "name", Text(0, template::NAME_MAX_CHARS)),
    ("PutTemplate", "subject", Text(1, email::SUBJECT_MAX_CHARS)),
    ("PutTemplate", "html_body", Text(1, email::BODY_MAX_BYTES)),
    ("PutTemplate", "text_body", Text(1, email::BODY_MAX_BYTES)),
    ("CreateKey", "name", Text(1, key::NAME_MAX_CHARS)),
    (
        "CreateKey",
        "description",
        Text(0, key::DESCRIPTION_MAX_CHARS),
    ),
    ("CreateKey", "permissions", AtLeastOne),
    (
        "CreateKey",
        "expires_in_days",
        Number(1, key::EXPIRES_IN_DAYS_MAX),
    ),
    (
        "CreateKey",
        "ip_allowlist",
        Texts(key::IP_ALLOWLIST_MAX, IP_RANGE_MAX_CHARS),
    ),
    ("UpdateKey", "name", Text(1, key::NAME_MAX_CHARS)),
    (
        "UpdateKey",
        "description",
        Text(0, key::DESCRIPTION_MAX_CHARS),
    ),
    ("UpdateKey", "permissions", AtLeastOne),
    (
        "UpdateKey",
        "ip_allowlist",
        Texts(key::IP_ALLOWLIST_MAX, IP_RANGE_MAX_CHARS),
    ),
    ("RotateKey", "grace_seconds", Number(0, key::GRACE_MAX_SECS)),
];

/// Schemas with a `template_id`: the fields that it replaces, and those of them that are required
/// without it.
const CHOICES: &[(&str, &[&str], &[&str])] = &[
    (
        "SendEmail",
        &["subject", "html_body", "text_body"],
        &["subject", "html_body"],
    ),
    ("CampaignForm", &["html_body", "text_body"], &["html_body"]),
];

/// Adds all constraints to the schemas.
pub fn add(schemas: &mut Value) {
    for (name, field, bound) in BOUNDS {
        if let Some(schema) = schemas.get_mut(name) {
            add_bound(&mut schema["properties"][field], bound);
        }
    }
    for (name, own, required) in CHOICES {
        if let Some(schema) = schemas.get_mut(name) {
            add_choice(schema, own, required);
        }
    }
    // This id's type has no description.
    if let Some(deleted) = schemas.get_mut("Deleted_String") {
        deleted["properties"]["id"]["description"] = json!("The template's id.");
    }
    // A contact becomes `bounced` only through a bounced email.
    if let Some(contact) = schemas.get_mut("ReplaceContact") {
        contact["properties"]["status"] = json!({
            "type": ["string", "null"],
            "enum": ["active", "unsubscribed", null],
            "description": "Whether campaigns may go to the contact; left out, it stays as it is."
        });
    }
}

/// Adds the maximum length that applies to all strings in a query string.
pub fn add_to_query_parameter(schema: &mut Value) {
    let is_text = schema["type"] == "string" || schema["type"][0] == "string";
    if is_text && schema["enum"].is_null() && schema["format"].is_null() {
        schema["maxLength"] = json!(QUERY_MAX_CHARS);
    }
}

fn add_bound(field: &mut Value, bound: &Bound) {
    match bound {
        Text(min, max) => {
            if *min > 0 {
                field["minLength"] = json!(min);
            }
            field["maxLength"] = json!(max);
        }
        Address => {
            field["format"] = json!("email");
            field["maxLength"] = json!(ADDRESS_MAX);
        }
        AtLeastOne => field["minItems"] = json!(1),
        Number(first, last) => {
            field["minimum"] = json!(first);
            field["maximum"] = json!(last);
        }
        Texts(count, length) => {
            field["maxItems"] = json!(count);
            field["items"]["minLength"] = json!(1);
            field["items"]["maxLength"] = json!(length);
        }
    }
}

/// Requires either a template or the fields that it replaces.
fn add_choice(schema: &mut Value, own: &[&str], required: &[&str]) {
    schema["if"] = json!({
        "properties": { "template_id": { "type": "string" } }, "required": ["template_id"]
    });
    for field in own {
        schema["then"]["properties"][field] = json!({ "type": "null" });
    }
    schema["else"] = json!({ "required": required });
    for field in required {
        schema["else"]["properties"][field] = json!({ "type": "string" });
    }
}
