//! Unusual and malformed input of many endpoints.

use crate::util::{TestApp, json};
use shared::role::Role;

#[test]
fn malformed_input_never_causes_a_5xx() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write", "admin:keys"]);
    let owner = app.sign_in(Role::Owner).with_sudo();
    let mut answers = Vec::new();
    for path in [
        "/v1/contacts?search=%00",
        "/v1/contacts?search=%FF",
        "/v1/contacts?search=%25_!%27",
        "/v1/contacts?cursor=%00",
        "/v1/contacts?cursor=2026-01-01T00:00:00Z,con_%00",
        "/api/v1/platform/api-keys?search=%00",
        "/api/v1/platform/api-keys?search=%F0%9F%90%A7",
        "/api/v1/platform/api-keys?search=pm_live_%00",
        "/api/v1/platform/api-keys?cursor=4294967295",
        "/api/v1/platform/api-keys/%00",
        "/api/v1/platform/api-keys/key_%00",
        "/api/v1/platform/api-keys/%FF",
    ] {
        let answer = if path.starts_with("/v1") {
            key.get(path)
        } else {
            owner.get(path)
        };
        answers.push((path.to_owned(), answer));
    }
    for body in [
        r#"{"email":"a@example.com","attributes":{"a":"\u0000"}}"#,
        r#"{"email":"a@example.com","attributes":{"\u0000":1}}"#,
        r#"{"email":"a@example.com","attributes":{"a":1e400}}"#,
        r#"{"email":"a@example.com","first_name":"\u0000"}"#,
        r#"{"email":"a@example.com","tags":["\u0000"]}"#,
        r#"{"email":"a@example.com","tags":["a,b","\"","🐧"]}"#,
        r#"{"email":"\u0000a@example.com"}"#,
        r#"{"email":"\ud800@example.com"}"#,
    ] {
        let answer = key
            .request("POST", "/v1/contacts")
            .body("application/json", body);
        answers.push((body.to_owned(), answer.send()));
    }
    for email in ["\u{0}", "a\u{0}@acme.test", "'; --"] {
        let form = json!({"email": email, "password": "\u{0}"});
        let answer = app.browser("POST", "/api/v1/auth/login").json(&form).send();
        answers.push((format!("login as {email:?}"), answer));
    }
    for name in ["a\nb", "\u{0}", "🐧", "\u{202e}a"] {
        let form = json!({"name": name, "environment": "live", "permissions": ["contacts:read"]});
        let answer = owner.post("/api/v1/platform/api-keys", &form);
        answers.push((format!("key named {name:?}"), answer));
    }
    let errors: Vec<_> = answers
        .iter()
        .filter(|(_, answer)| answer.status >= 500)
        .map(|(input, answer)| format!("{input}: {}", answer.status))
        .collect();
    assert_eq!(errors, [""; 0]);
}

#[test]
fn nul_characters_are_400_in_fields_and_404_in_ids() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    for (body, field) in [
        (
            r#"{"email":"a@example.com","attributes":{"a":{"b":["\u0000"]}}}"#,
            "attributes.a.b[0]",
        ),
        (
            r#"{"email":"a@example.com","attributes":{"a\u0000":1}}"#,
            "attributes.a",
        ),
        (
            r#"{"email":"a@example.com","tags":["a","\u0000"]}"#,
            "tags[1]",
        ),
        (
            r#"{"email":"a@example.com","last_name":"\u0000"}"#,
            "last_name",
        ),
    ] {
        let request = key
            .request("POST", "/v1/contacts")
            .body("application/json", body);
        let problem = request.send().problem(400, "invalid_field");
        assert_eq!(problem["errors"][0]["field"], field, "{body}");
    }
    // An escaped backslash is not a NUL escape.
    let harmless = r#"{"email":"a@example.com","attributes":{"a":"\\u0000"}}"#;
    let request = key
        .request("POST", "/v1/contacts")
        .body("application/json", harmless);
    request.send().expect(201);
    let problem = key
        .get("/v1/contacts?search=a%00")
        .problem(400, "invalid_query");
    assert_eq!(problem["errors"][0]["field"], "search");
    let owner = app.sign_in(Role::Owner);
    for id in ["key_%00", "%00", "con_4fGh7kQ2mXyZ", "key_"] {
        let path = format!("/api/v1/platform/api-keys/{id}");
        owner.get(&path).problem(404, "not_found");
    }
}
