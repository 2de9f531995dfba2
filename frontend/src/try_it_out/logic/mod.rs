//! Browser-independent logic of Try It Out: key selection, side effects, response formatting, error
//! explanations and history.

pub mod answer;
pub mod body_errors;
pub mod credential;
pub mod explain;
pub mod history;
pub mod json_position;
pub mod side_effect;

#[cfg(test)]
fn test_operation(method: &str, scopes: &[&str]) -> shared::reference::Operation {
    let operation = serde_json::json!({
        "id": "do_thing", "method": method, "path": "/v1/things", "group": "Things",
        "summary": "Do a thing", "server": "", "description": "", "authentication": "bearer",
        "scopes": { "all_of": scopes, "any_of": [] }, "rate_limit": null, "body": null,
        "parameters": [{ "location": "header", "name": "Idempotency-Key", "required": "no",
            "schema": {} }],
        "responses": [],
    });
    serde_json::from_value(operation).unwrap()
}
