//! Texts of parsing errors, beside those of wrong types in `bodies`. The server recognizes sentences of
//! serde and chrono, whose updates must not change its responses.

use crate::util::{Answer, Key, TestApp, json};
use serde_json::Value;
use shared::role::Role;

/// Returns the errors of a response as `field: message`.
fn messages(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 400, "{}", answer.text());
    let problem = answer.json();
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line = |error: &Value| format!("{}: {}", text(&error["field"]), text(&error["message"]));
    errors.iter().map(line).collect()
}

fn post(key: &Key<'_>, body: &str) -> Vec<String> {
    let request = key.request("POST", "/v1/contacts");
    messages(&request.body("application/json", body).send())
}

#[test]
fn bodies_400_with_stable_messages() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    for (body, expected) in [
        (r#"{"first_name": "A"}"#, "email: This field is required."),
        (
            r#"{"email": "a@example.com", "email": "b@example.com"}"#,
            "email: Send this only once.",
        ),
        (
            r#"{"email": "a@example.com", "name": "A"}"#,
            "name: There is no such field here. Remove it or correct its spelling.",
        ),
        (
            r#"{"email": "a@example.com", "first_name": "\u0000"}"#,
            "first_name: Remove the NUL character.",
        ),
    ] {
        assert_eq!(post(&key, body), [expected], "{body}");
    }
}

#[test]
fn times_400_with_stable_messages() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    for time in ["tomorrow", "", "2026-13-01T00:00:00Z", "2026-01-31"] {
        let form = json!({"name": "a", "environment": "test", "permissions": ["contacts:read"],
            "expires_at": time});
        let expected = "expires_at: Use a time of the form 2026-01-31T00:00:00Z.";
        let answer = owner.post("/api/v1/platform/api-keys", &form);
        assert_eq!(messages(&answer), [expected], "{time}");
    }
}

#[test]
fn queries_400_with_stable_messages() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read", "campaigns:read"]);
    for (path, expected) in [
        ("/v1/contacts?limit=x", "limit: Use a whole number."),
        ("/v1/contacts?limit=", "limit: Use a whole number."),
        ("/v1/contacts?limit=-1", "limit: Use a whole number."),
        (
            "/v1/contacts?limit=1&limit=2",
            "limit: Send this only once.",
        ),
        (
            "/v1/contacts?page=2",
            "page: There is no such field here. Remove it or correct its spelling.",
        ),
        (
            "/v1/contacts?status=gone",
            "status: Use active, unsubscribed, bounced.",
        ),
    ] {
        assert_eq!(messages(&key.get(path)), [expected], "{path}");
    }
}
