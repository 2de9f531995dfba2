//! The OpenAPI 3.1 document: what the handlers say of themselves, completed from
//! the route table with scope, limit and error answers.

use crate::routes::v1;
use serde_json::{Value, json};
use shared::{
    error::{ErrorCode, Problem},
    operation::{Access, OPERATIONS, Operation},
};
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "PenguinMails API",
        version = "v1",
        license(name = "MIT OR Apache-2.0"),
        description = "Send e-mail and manage contacts."
    ),
    paths(
        v1::whoami::whoami,
        v1::contacts::list_contacts,
        v1::contacts::upsert_contact
    ),
    components(schemas(Problem, ErrorCode))
)]
struct Document;

/// The document, for the server at `public_url`.
pub fn document(public_url: &str) -> Value {
    let mut document = serde_json::to_value(Document::openapi()).unwrap_or_default();
    document["servers"] = json!([{ "url": public_url }]);
    document["components"]["securitySchemes"] = json!({
        "api_key": { "type": "http", "scheme": "bearer", "bearerFormat": "pm_live_…" }
    });
    for operation in OPERATIONS
        .iter()
        .filter(|operation| operation.is_public_api())
    {
        complete(
            &mut document["paths"][operation.path][operation.method.to_lowercase()],
            operation,
        );
    }
    document
}

fn complete(entry: &mut Value, operation: &Operation) {
    let Access::Key { scopes } = operation.access else {
        return;
    };
    entry["security"] = json!([{ "api_key": [] }]);
    entry["x-required-scope"] = if scopes.is_empty() {
        json!("none")
    } else {
        json!(scopes)
    };
    entry["x-rate-limit"] = match operation.limit {
        Some(limit) => json!({ "name": limit.name, "per_minute": limit.per_minute }),
        None => json!("plan"),
    };
    let has_body = entry.get("requestBody").is_some();
    let mut errors = vec![
        ErrorCode::KeyInQuery,
        ErrorCode::InvalidToken,
        ErrorCode::IpNotAllowed,
        ErrorCode::RateLimitExceeded,
        ErrorCode::InternalError,
        ErrorCode::Overloaded,
    ];
    if !scopes.is_empty() {
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
    errors.push(ErrorCode::BodyTooLarge);
    for code in errors {
        add_error(&mut entry["responses"][code.status().to_string()], code);
    }
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
    response["content"]["application/problem+json"]["examples"][code.as_str()] = json!({
        "summary": code.title(),
        "value": {
            "type": format!("{}#{code}", shared::error::CATALOGUE_PATH),
            "title": code.title(), "status": code.status(), "detail": code.cure(),
            "error": code, "message": code.message(), "request_id": "req_4fGh7kQ2mX00000001"
        }
    });
}
