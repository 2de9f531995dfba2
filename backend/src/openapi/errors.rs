//! The error responses of each operation, with realistic examples.

use crate::error::ApiError;
use serde_json::{Value, json};
use shared::{
    error::{ErrorCode, FieldError},
    operation::{Need, Operation},
    scope::ScopeSet,
};

/// Request id in the examples.
const REQUEST_ID: &str = "req_4fGh7kQ2mX00000001";

/// Errors that are specific to these operations.
const OWN_ERRORS: &[(&str, &[ErrorCode])] = &[
    (
        "send_email",
        &[
            ErrorCode::InvalidEmail,
            ErrorCode::SenderNotAllowed,
            ErrorCode::UnknownTemplate,
            ErrorCode::MissingVariable,
            ErrorCode::QuotaExceeded,
            ErrorCode::IdempotencyInFlight,
            ErrorCode::IdempotencyKeyReused,
        ],
    ),
    // A client that takes `send` for an id requests another path.
    ("get_email", &[ErrorCode::MethodNotAllowed]),
    (
        "upsert_contact",
        &[ErrorCode::InvalidEmail, ErrorCode::QuotaExceeded],
    ),
    (
        "replace_contact",
        &[
            ErrorCode::InvalidEmail,
            ErrorCode::QuotaExceeded,
            ErrorCode::ContactExists,
            ErrorCode::PreconditionFailed,
        ],
    ),
    ("delete_contact", &[ErrorCode::PreconditionFailed]),
    (
        "put_template",
        &[ErrorCode::QuotaExceeded, ErrorCode::PreconditionFailed],
    ),
    ("delete_template", &[ErrorCode::PreconditionFailed]),
    (
        "create_campaign",
        &[
            ErrorCode::SenderNotAllowed,
            ErrorCode::UnknownTemplate,
            ErrorCode::QuotaExceeded,
        ],
    ),
    (
        "replace_campaign",
        &[
            ErrorCode::SenderNotAllowed,
            ErrorCode::UnknownTemplate,
            ErrorCode::QuotaExceeded,
            ErrorCode::CampaignNotEditable,
            ErrorCode::PreconditionFailed,
        ],
    ),
    (
        "delete_campaign",
        &[
            ErrorCode::CampaignNotEditable,
            ErrorCode::PreconditionFailed,
        ],
    ),
    (
        "start_campaign",
        &[
            ErrorCode::InvalidField,
            ErrorCode::SenderNotAllowed,
            ErrorCode::UnknownTemplate,
            ErrorCode::QuotaExceeded,
            ErrorCode::IllegalTransition,
            ErrorCode::NoRecipients,
        ],
    ),
    ("pause_campaign", &[ErrorCode::IllegalTransition]),
    (
        "create_api_key",
        &[
            ErrorCode::BeyondYourRights,
            ErrorCode::RecoverableForbidden,
            ErrorCode::QuotaExceeded,
        ],
    ),
    (
        "update_api_key",
        &[
            ErrorCode::BeyondYourRights,
            ErrorCode::KeyAlreadyRevoked,
            ErrorCode::KeyChanged,
        ],
    ),
    (
        "revoke_api_key",
        &[ErrorCode::KeyAlreadyRevoked, ErrorCode::KeyChanged],
    ),
    (
        "rotate_api_key",
        &[
            ErrorCode::BeyondYourRights,
            ErrorCode::KeyAlreadyRevoked,
            ErrorCode::KeyNotActive,
            ErrorCode::KeyChanged,
            ErrorCode::QuotaExceeded,
        ],
    ),
    ("get_rate_limit", &[ErrorCode::BeyondYourRights]),
    ("get_api_usage", &[ErrorCode::NotFound]),
    ("export_errors", &[ErrorCode::NotFound]),
];

/// Realistic examples of field errors: operation or path prefix, code, field and message.
const FAULTS: &[(&str, ErrorCode, &str, &str)] = &[
    ("send_email", ErrorCode::InvalidEmail, "to", EMAIL),
    ("/v1/contacts", ErrorCode::InvalidEmail, "email", EMAIL),
    ("send_email", ErrorCode::InvalidField, "subject", REQUIRED),
    (
        "/v1/campaigns",
        ErrorCode::InvalidField,
        "html_body",
        REQUIRED,
    ),
    ("/v1/contacts", ErrorCode::InvalidField, "tags[0]", EMPTY),
    ("/v1/templates", ErrorCode::InvalidField, "subject", EMPTY),
    ("/v1/emails", ErrorCode::UnknownField, "html", UNKNOWN),
    ("/v1/campaigns", ErrorCode::UnknownField, "html", UNKNOWN),
    ("/v1/templates", ErrorCode::UnknownField, "html", UNKNOWN),
    ("/v1/contacts", ErrorCode::UnknownField, "name", UNKNOWN),
    (
        "/v1/analytics",
        ErrorCode::InvalidQuery,
        "from",
        "Use a time before `to`, at most 366 days.",
    ),
    ("/v1", ErrorCode::InvalidQuery, "limit", "Use 1 to 100."),
    (
        "/api/v1/tenant/analytics",
        ErrorCode::InvalidQuery,
        "range",
        "Use 1h, 24h, 7d, 30d or custom.",
    ),
    (
        "get_rate_limit",
        ErrorCode::InvalidQuery,
        "environment",
        "There is no such environment. Use live or test.",
    ),
    ("/api/v1", ErrorCode::InvalidQuery, "limit", "Use 1 to 100."),
    (
        "/api/v1/platform/api-keys",
        ErrorCode::InvalidField,
        "permissions",
        "Choose at least one permission.",
    ),
    ("/api/v1", ErrorCode::UnknownField, "scopes", UNKNOWN),
    (
        "/v1",
        ErrorCode::UnknownTemplate,
        "template_id",
        "There is no template welcome-v2 among the live templates.",
    ),
];

const EMAIL: &str = "This is not an e-mail address. Use the form name@example.com.";
const REQUIRED: &str = "This field is required without a template_id.";
const EMPTY: &str = "This field must not be empty.";
const UNKNOWN: &str = "There is no such name here. Remove it or correct its spelling.";

/// Adds the operation's error responses to its entry. Examples shared by all operations go into
/// `examples`, the list in the document's components.
pub fn add(entry: &mut Value, operation: &Operation, examples: &mut Value, public_url: &str) {
    for code in errors(operation, entry) {
        let response = &mut entry["responses"][code.status().to_string()];
        if response.is_null() {
            *response = json!({
                "description": description(code),
                "content": { "application/problem+json": {
                    "schema": { "$ref": "#/components/schemas/Problem" }, "examples": {}
                }}
            });
        } else if code == ErrorCode::QuotaExceeded {
            response["description"] = description(code).into();
        }
        let example = |error: ApiError| {
            let problem = error.to_problem(REQUEST_ID, public_url);
            json!({ "summary": code.title(), "value": problem })
        };
        response["content"]["application/problem+json"]["examples"][code.as_str()] =
            if let Some(error) = own_occurrence(operation, code) {
                example(error)
            } else {
                examples[code.as_str()] = example(occurrence(code));
                json!({ "$ref": format!("#/components/examples/{code}") })
            };
    }
}

/// Returns the errors of an operation by status, the likely ones first.
fn errors(operation: &Operation, entry: &Value) -> Vec<ErrorCode> {
    let own = OWN_ERRORS.iter().filter(|(id, _)| *id == operation.id);
    let mut errors: Vec<_> = own.flat_map(|(_, codes)| *codes).copied().collect();
    if entry.get("requestBody").is_some() {
        errors.extend([
            ErrorCode::InvalidField,
            ErrorCode::UnknownField,
            ErrorCode::InvalidJson,
            ErrorCode::RequestTimeout,
            ErrorCode::UnsupportedMediaType,
        ]);
    }
    let parameters = entry["parameters"].as_array().into_iter().flatten();
    if parameters.clone().any(|it| it["in"] == "query") {
        errors.push(ErrorCode::InvalidQuery);
    }
    if operation.environment.is_some() {
        errors.push(ErrorCode::LiveKeyRequired);
    }
    if operation.path.contains('{') {
        errors.push(ErrorCode::NotFound);
    }
    let scopes = operation.scopes();
    if scopes.is_some_and(|(scopes, _)| !scopes.is_empty()) {
        errors.push(ErrorCode::InsufficientScope);
    }
    errors.extend([
        ErrorCode::KeyInQuery,
        ErrorCode::InvalidToken,
        ErrorCode::IpNotAllowed,
        ErrorCode::RateLimitExceeded,
        ErrorCode::TooManyFailedAttempts,
        ErrorCode::BodyTooLarge,
        ErrorCode::InternalError,
        ErrorCode::Overloaded,
    ]);
    // Missing permissions are more likely than an exceeded quota.
    errors.sort_by_key(|code| (code.status(), *code == ErrorCode::QuotaExceeded));
    errors
}

/// Returns the error with the details of this operation, if it has any.
fn own_occurrence(operation: &Operation, code: ErrorCode) -> Option<ApiError> {
    if let (ErrorCode::InsufficientScope, Some((scopes, need))) = (code, operation.scopes()) {
        // If several scopes are required, the example is missing one.
        let missing = match need {
            Need::AllOf => scopes
                .iter()
                .last()
                .map_or(scopes, |last| ScopeSet::of(&[last])),
            Need::AnyOf => scopes,
        };
        return Some(ApiError::new(code).required_scope(missing));
    }
    let (.., field, message) = FAULTS.iter().find(|(of, of_code, ..)| {
        *of_code == code && (*of == operation.id || operation.path.starts_with(of))
    })?;
    let fault = FieldError::new(field, code, *message);
    Some(ApiError::fields(vec![fault]))
}

/// Returns the error as it occurs in any operation.
fn occurrence(code: ErrorCode) -> ApiError {
    let error = ApiError::new(code);
    match code {
        ErrorCode::RateLimitExceeded => error
            .message("Rate limit exceeded. Try again in 42 seconds.")
            .retry_after(42)
            .limit("plan"),
        ErrorCode::TooManyFailedAttempts => error.retry_after(42),
        ErrorCode::QuotaExceeded => error.message(
            "Your quota of queued emails in the live environment is 50000. With this, there would \
             be 50001.",
        ),
        _ => error,
    }
}

/// Describes the responses with the code's status.
const fn description(code: ErrorCode) -> &'static str {
    if matches!(code, ErrorCode::QuotaExceeded) {
        return "A quota is used up, or the API key may not do this";
    }
    match code.status() {
        400 => "The request has a fault; `error` says which",
        401 => "The API key is missing, unknown, expired or revoked",
        403 => "The API key may not do this",
        404 => "There is nothing with this id, or it belongs to someone else",
        412 => "It was changed since you read it, or `If-None-Match` does not hold",
        409 => "This cannot be done in the present state",
        429 => "Too many requests; try again after `retry_after` seconds",
        500 => "A fault of the server; nothing is wrong with the request",
        503 => "The server is too busy; try again in a moment",
        _ => code.title(),
    }
}
