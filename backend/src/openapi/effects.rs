//! What an operation does besides responding, and what a repeated request does: as sentences in its
//! description, and as `x-effect`, `x-idempotency` and `x-retry-error` for programs.

use crate::endpoint::{EndpointDocs, Retry};
use serde_json::{Value, json};
use shared::{
    error::ErrorCode,
    operation::{Operation, ScopeRequirement},
    scope::Scope,
};

/// Adds effect and idempotency to the operation's entry.
pub fn add(entry: &mut Value, operation: &Operation, docs: &EndpointDocs) {
    entry["x-effect"] = json!(effect(operation, entry));
    entry["x-idempotency"] = json!(match docs.retry {
        None => "safe",
        Some(Retry::SameEffect | Retry::Refused(_)) => "idempotent",
        Some(Retry::IdempotencyKey) => "idempotency_key",
        Some(Retry::Repeats) => "none",
    });
    let Some(retry) = docs.retry else {
        return;
    };
    if let Retry::Refused(code) = retry {
        entry["x-retry-error"] = json!(code);
    }
    let description = entry["description"].as_str().unwrap_or_default();
    entry["description"] = json!(format!(
        "{description}\n\n{}",
        sentence(retry, operation, docs)
    ));
}

fn effect(operation: &Operation, entry: &Value) -> &'static str {
    let scopes = operation.scopes().map(ScopeRequirement::mentioned);
    let may_send = |scope| scopes.is_some_and(|scopes| scopes.contains(scope));
    let responses = &entry["responses"];
    let creates_only = !operation.path.contains('{')
        && responses.get("201").is_some()
        && responses.get("200").is_none();
    match operation.method {
        "GET" => "reads",
        "DELETE" => "deletes",
        "POST" if may_send(Scope::EmailsSend) || may_send(Scope::EmailsSendBulk) => "sends_email",
        "POST" if creates_only => "creates",
        _ => "changes",
    }
}

fn sentence(retry: Retry, operation: &Operation, docs: &EndpointDocs) -> String {
    match retry {
        Retry::SameEffect => {
            let has = |code| docs.errors.iter().any(|error| error.code == code);
            let mut conditional =
                [ErrorCode::PreconditionFailed, ErrorCode::KeyChanged].into_iter();
            let refused = conditional.find(|code| has(*code));
            let refused = refused.map(|code| {
                format!(
                    " With `If-Match`, it is refused with {} `{code}` if the first one has changed \
                     the `ETag`.",
                    code.status()
                )
            });
            format!(
                "Idempotent: a repeated request has no further effect.{}",
                refused.unwrap_or_default()
            )
        }
        Retry::Refused(code) => format!(
            "Idempotent: a repeated request has no further effect and is refused with {} `{code}`.",
            code.status()
        ),
        Retry::IdempotencyKey => "Idempotent with an `Idempotency-Key`. Without one, a repeated \
            request has its effect again."
            .to_owned(),
        Retry::Repeats => format!(
            "Not idempotent: a repeated request creates another one. If you get no response, look \
             with `GET {}` before you repeat it.",
            operation.path
        ),
    }
}
