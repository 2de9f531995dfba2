//! The OpenAPI 3.1 document: what the handlers say of themselves, completed from
//! the route table with scope, limit and error answers.

use crate::routes::v1;
use serde_json::{Value, json};
use shared::{
    error::{ErrorCode, FieldError, Problem},
    ids::{CampaignId, ContactId, MessageId},
    operation::{Access, Need, OPERATIONS, Operation},
    scope::Scope,
};
use std::collections::BTreeSet;
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "PenguinMails API",
        version = "v1",
        license(name = "MIT OR Apache-2.0"),
        description = "Send e-mail, run campaigns, manage contacts and see what became of \
            your mail. Send an API key with every request: `Authorization: Bearer pm_live_…`. \
            Keys that begin with `pm_test_` work on data of their own, and their mail never \
            leaves the server."
    ),
    paths(
        v1::whoami::whoami,
        v1::contacts::list_contacts,
        v1::contacts::upsert_contact,
        v1::contacts::get_contact,
        v1::contacts::replace_contact,
        v1::contacts::delete_contact,
        v1::emails::send_email,
        v1::emails::list_emails,
        v1::emails::get_email,
        v1::templates::list_templates,
        v1::templates::get_template,
        v1::templates::put_template,
        v1::templates::delete_template,
        v1::campaigns::list_campaigns,
        v1::campaigns::create_campaign,
        v1::campaigns::get_campaign,
        v1::campaigns::replace_campaign,
        v1::campaigns::delete_campaign,
        v1::campaigns::start_campaign,
        v1::campaigns::pause_campaign,
        v1::analytics::get_email_analytics,
        v1::analytics::get_campaign_analytics,
    ),
    components(schemas(Problem, ErrorCode))
)]
struct Document;

/// Errors that only these operations answer with.
const OWN_ERRORS: &[(&str, &[ErrorCode])] = &[
    ("replace_contact", &[ErrorCode::ContactExists]),
    (
        "create_campaign",
        &[ErrorCode::SenderNotAllowed, ErrorCode::UnknownTemplate],
    ),
    (
        "replace_campaign",
        &[
            ErrorCode::SenderNotAllowed,
            ErrorCode::UnknownTemplate,
            ErrorCode::CampaignNotEditable,
        ],
    ),
    ("delete_campaign", &[ErrorCode::CampaignNotEditable]),
    (
        "start_campaign",
        &[
            ErrorCode::InvalidField,
            ErrorCode::SenderNotAllowed,
            ErrorCode::UnknownTemplate,
            ErrorCode::IllegalTransition,
            ErrorCode::NoRecipients,
        ],
    ),
    ("pause_campaign", &[ErrorCode::IllegalTransition]),
    // Whoever takes `send` for an id asks another path.
    ("get_email", &[ErrorCode::MethodNotAllowed]),
    (
        "send_email",
        &[
            ErrorCode::SenderNotAllowed,
            ErrorCode::UnknownTemplate,
            ErrorCode::MissingVariable,
            ErrorCode::IdempotencyInFlight,
            ErrorCode::IdempotencyKeyReused,
        ],
    ),
];

/// The document, for the server at `public_url`.
pub fn document(public_url: &str) -> Value {
    let mut document = serde_json::to_value(Document::openapi()).unwrap_or_default();
    document["servers"] = json!([{ "url": public_url }]);
    document["components"]["securitySchemes"] = json!({
        "api_key": { "type": "http", "scheme": "bearer", "bearerFormat": "pm_live_…" }
    });
    let mut used = BTreeSet::new();
    for operation in OPERATIONS.iter().filter(|row| row.is_public_api()) {
        let method = operation.method.to_lowercase();
        let entry = &mut document["paths"][operation.path][method];
        complete(entry, operation);
        let parameters = entry.get_mut("parameters").and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            if parameter["name"] == "id" {
                parameter["schema"]["pattern"] = json!(id_pattern(operation));
            }
        }
        for code in errors(operation, entry.get("requestBody").is_some()) {
            add_error(&mut entry["responses"][code.status().to_string()], code);
            used.insert(code.as_str());
        }
    }
    let used = ErrorCode::ALL
        .iter()
        .filter(|code| used.contains(code.as_str()));
    for code in used {
        document["components"]["examples"][code.as_str()] = example(*code, public_url);
    }
    document
}

fn complete(entry: &mut Value, operation: &Operation) {
    let Access::Key { scopes, need } = operation.access else {
        return;
    };
    entry["security"] = json!([{ "api_key": [] }]);
    entry["x-required-scope"] = if scopes.is_empty() {
        json!("none")
    } else {
        json!(scopes)
    };
    entry["x-required-scope-match"] = match need {
        Need::AnyOf => json!("any"),
        Need::AllOf => json!("all"),
    };
    entry["x-rate-limit"] = match operation.limit {
        Some(limit) => json!({ "name": limit.name, "per_minute": limit.per_minute }),
        None => json!("plan"),
    };
}

/// What the ids in an operation's path look like.
fn id_pattern(operation: &Operation) -> String {
    let collection = operation.path.split("/{id}").next().unwrap_or_default();
    let prefix = match collection {
        "/v1/contacts" => ContactId::PREFIX,
        "/v1/emails" => MessageId::PREFIX,
        "/v1/templates" => return "^[a-z0-9][a-z0-9_-]{0,63}$".to_owned(),
        _ => CampaignId::PREFIX,
    };
    format!("^{prefix}[0-9A-Za-z]{{16}}$")
}

/// The errors that an operation can be answered with.
fn errors(operation: &Operation, has_body: bool) -> Vec<ErrorCode> {
    let mut errors = vec![
        ErrorCode::KeyInQuery,
        ErrorCode::InvalidToken,
        ErrorCode::IpNotAllowed,
        ErrorCode::RateLimitExceeded,
        ErrorCode::TooManyFailedAttempts,
        ErrorCode::BodyTooLarge,
        ErrorCode::InternalError,
        ErrorCode::Overloaded,
    ];
    if operation
        .scopes()
        .is_some_and(|(scopes, _)| !scopes.is_empty())
    {
        errors.push(ErrorCode::InsufficientScope);
    }
    if has_body {
        errors.extend([
            ErrorCode::InvalidJson,
            ErrorCode::UnknownField,
            ErrorCode::InvalidField,
            ErrorCode::InvalidEmail,
            ErrorCode::UnsupportedMediaType,
        ]);
    } else {
        errors.push(ErrorCode::InvalidQuery);
    }
    if operation.path.contains('{') {
        errors.push(ErrorCode::NotFound);
    }
    let own = OWN_ERRORS.iter().filter(|(id, _)| *id == operation.id);
    errors.extend(own.flat_map(|(_, codes)| *codes));
    errors
}

/// One status can stand for several codes: each is an example of it.
fn add_error(response: &mut Value, code: ErrorCode) {
    if response.is_null() {
        *response = json!({
            "description": code.title(),
            "content": { "application/problem+json": {
                "schema": { "$ref": "#/components/schemas/Problem" }, "examples": {}
            }}
        });
    }
    response["content"]["application/problem+json"]["examples"][code.as_str()] =
        json!({ "$ref": format!("#/components/examples/{code}") });
}

/// An error as it is sent, for the document's list of examples.
fn example(code: ErrorCode, public_url: &str) -> Value {
    let mut problem = json!({
        "type": format!("{public_url}{}#{code}", shared::error::CATALOGUE_PATH),
        "title": code.title(), "status": code.status(), "detail": code.cure(),
        "error": code, "message": code.message(), "request_id": "req_4fGh7kQ2mX00000001"
    });
    if code.status() == 429 {
        problem["retry_after"] = json!(42);
    }
    match code {
        ErrorCode::RateLimitExceeded => {
            problem["message"] = json!("Rate limit exceeded. Try again in 42 seconds.");
        }
        ErrorCode::InsufficientScope => problem["required_scope"] = json!([Scope::ContactsWrite]),
        ErrorCode::InvalidEmail => {
            problem["errors"] = json!([FieldError::new("email", code, code.cure())]);
        }
        _ => {}
    }
    json!({ "summary": code.title(), "value": problem })
}
