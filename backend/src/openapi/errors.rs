//! The error responses of each operation, with realistic examples.

use crate::{
    endpoint::{EndpointDocs, EndpointError},
    error::ApiError,
};
use serde_json::{Value, json};
use shared::{
    error::{ErrorCode, FieldError},
    operation::Operation,
    scope::ScopeSet,
};

/// Request id in the examples.
const REQUEST_ID: &str = "req_4fGh7kQ2mX00000001";

/// Adds the operation's error responses to its entry. Examples shared by all operations go into
/// `examples`, the list in the document's components.
pub fn add(
    entry: &mut Value,
    operation: &Operation,
    docs: &EndpointDocs,
    examples: &mut Value,
    public_url: &str,
) {
    for code in errors(operation, docs, entry) {
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
            if let Some(error) = own_occurrence(operation, docs, code) {
                example(error)
            } else {
                examples[code.as_str()] = example(occurrence(code));
                json!({ "$ref": format!("#/components/examples/{code}") })
            };
    }
}

/// Returns the errors of an operation by status, the likely ones first.
fn errors(operation: &Operation, docs: &EndpointDocs, entry: &Value) -> Vec<ErrorCode> {
    let mut errors: Vec<_> = docs.errors.iter().map(|error| error.code).collect();
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
    if scopes.is_some_and(|scopes| !scopes.is_empty()) {
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
fn own_occurrence(operation: &Operation, docs: &EndpointDocs, code: ErrorCode) -> Option<ApiError> {
    if let (ErrorCode::InsufficientScope, Some(scopes)) = (code, operation.scopes()) {
        // If several scopes are required, the example is missing one.
        let missing = match scopes.all_of.iter().last() {
            Some(last) => ScopeSet::of(&[last]),
            None => scopes.any_of,
        };
        return Some(ApiError::new(code).required_scope(missing));
    }
    let has_example = |error: &&EndpointError| error.code == code && error.field.is_some();
    let example = docs.errors.iter().chain(docs.examples).find(has_example)?;
    let (field, message) = example.field?;
    let error = FieldError::new(field, code, message);
    Some(ApiError::fields(vec![error]))
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
        return "A quota is exceeded, or the API key is not allowed to do this";
    }
    match code.status() {
        400 => "The request is invalid; `error` says why",
        401 => "The API key is missing, unknown, expired or revoked",
        403 => "The API key is not allowed to do this",
        404 => "No such resource in this account and environment",
        412 => "The resource has changed, or `If-None-Match` does not hold",
        409 => "Not possible in the current state",
        429 => "Too many requests; try again after `retry_after` seconds",
        500 => "The server failed; the request may be valid",
        503 => "The server is too busy; try again in a moment",
        _ => code.title(),
    }
}
