//! Almost valid JSON bodies: errors name the invalid property in JSON terms.

use crate::util::{Answer, Key, TestApp, json};
use insta::assert_json_snapshot;
use serde_json::Value;
use shared::role::Role;

const KEYS: &str = "/api/v1/platform/api-keys";

fn writer(app: &TestApp) -> Key<'_> {
    app.key(&[
        "contacts:read",
        "contacts:write",
        "campaigns:read",
        "campaigns:write",
        "emails:send",
    ])
}

/// Sends a body without reserializing it, because a JSON library would round numbers.
fn send(key: &Key<'_>, method: &str, path: &str, body: impl Into<Vec<u8>>) -> Answer {
    key.request(method, path)
        .body("application/json", body)
        .send()
}

#[track_caller]
fn assert_invalid(answer: &Answer, field: &str, message: &str) {
    let problem = answer.problem_of_fields(400, "invalid_field", &[field]);
    assert_eq!(problem["errors"][0]["message"], message, "{field}");
}

#[test]
fn numbers_are_stored_exactly_or_rejected() {
    let app = TestApp::start();
    let key = writer(&app);
    let message = "This number has more digits than can be stored. Send it as a string.";
    for (member, invalid) in [
        ("attributes.id", r#"{"id": 40702810506710000185}"#),
        (
            "attributes.a.b[1]",
            r#"{"a": {"b": [1, 0.12345678901234567890]}}"#,
        ),
        ("attributes.n", r#"{"n": -9223372036854775809}"#),
        ("attributes.big", r#"{"big": 1e400}"#),
    ] {
        let body = format!(r#"{{"email": "a@example.com", "attributes": {invalid}}}"#);
        assert_invalid(&send(&key, "POST", "/v1/contacts", body), member, message);
    }
    app.key(&["campaigns:write"])
        .put(
            "/v1/templates/t",
            &json!({"subject": "s", "html_body": "{{ order }}"}),
        )
        .expect(201);
    let body = r#"{"to": "a@example.com", "template_id": "t", "variables": {"order": 40702810506710000185}}"#;
    assert_invalid(
        &send(&key, "POST", "/v1/emails/send", body),
        "variables.order",
        message,
    );
    let body = r#"{"email": "a@example.com", "attributes":
        {"max": 18446744073709551615, "min": -9223372036854775808, "price": 19.90, "text": "40702810506710000185"}}"#;
    let kept = send(&key, "POST", "/v1/contacts", body).text();
    assert!(
        kept.contains(
            r#"{"max":18446744073709551615,"min":-9223372036854775808,"price":19.9,"text":"40702810506710000185"}"#
        ),
        "{kept}"
    );
}

#[test]
fn null_equals_an_omitted_field() {
    let app = TestApp::start();
    let key = writer(&app);
    let mail = json!({"to": "a@example.com", "subject": "s", "html_body": "b", "from": null,
        "text_body": null, "template_id": null, "variables": null, "track_opens": null,
        "track_clicks": null, "tags": null});
    let sent = key.post("/v1/emails/send", &mail).expect(200);
    let detail = key
        .get(&format!("/v1/emails/{}", sent["id"].as_str().unwrap()))
        .expect(200);
    assert_eq!(detail["track_opens"], true);
    assert_eq!(detail["track_clicks"], true);
    assert_eq!(detail["tags"], json!([]));

    let contact = json!({"email": "a@example.com", "first_name": "Ann", "tags": ["vip"],
        "attributes": {"a": 1}});
    let stored = key.post("/v1/contacts", &contact).expect(201);
    let replaced = json!({"email": null, "first_name": null, "last_name": null, "tags": null,
        "attributes": null, "status": null});
    let path = format!("/v1/contacts/{}", stored["id"].as_str().unwrap());
    let replaced = key.put(&path, &replaced).expect(200);
    assert_json_snapshot!(replaced, {".id" => "[id]"}, @r#"
    {
      "id": "[id]",
      "email": "a@example.com",
      "first_name": "",
      "last_name": "",
      "tags": [],
      "attributes": {},
      "status": "active",
      "created_at": "2026-11-18T11:06:40Z",
      "updated_at": "2026-11-18T11:06:40Z"
    }
    "#);

    let campaign = json!({"name": "n", "subject": "s", "html_body": "b", "text_body": null,
        "template_id": null, "from": null, "contact_tags": null});
    let campaign = key.post("/v1/campaigns", &campaign).expect(201);
    assert_eq!(campaign["contact_tags"], json!([]));

    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({"name": "n", "environment": "live", "permissions": ["contacts:read"],
        "description": null, "expires_at": null, "expires_in_days": null, "ip_allowlist": null,
        "recoverable": null});
    let created = owner.create_key(&form);
    let rotated = owner.post(&created.action("rotate"), &json!({"grace_seconds": null}));
    rotated.expect(201);
}

#[test]
fn null_clears_optional_fields() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({"name": "n", "environment": "live", "permissions": ["contacts:read"],
        "description": "old", "expires_in_days": 3, "ip_allowlist": ["127.0.0.1"]});
    let key = owner.create_key(&form);
    let cleared = json!({"description": null, "expires_at": null, "ip_allowlist": null});
    let cleared = owner.patch(&key.path(), &cleared).expect(200);
    assert_eq!(cleared["description"], "");
    assert_eq!(cleared["expires_at"], Value::Null);
    assert_eq!(cleared["ip_allowlist"], json!([]));
    let message = "Use a string, not null.";
    assert_invalid(
        &owner.patch(&key.path(), &json!({"name": null})),
        "name",
        message,
    );
    let message = "Use an array, not null.";
    let answer = owner.patch(&key.path(), &json!({"permissions": null}));
    assert_invalid(&answer, "permissions", message);

    let writer = writer(&app);
    let contact = json!({"email": "a@example.com", "first_name": "Ann", "last_name": "Lee",
        "tags": ["vip"]});
    writer.post("/v1/contacts", &contact).expect(201);
    let contact = json!({"email": "a@example.com", "first_name": null, "tags": null});
    let updated = writer.post("/v1/contacts", &contact).expect(200);
    assert_eq!(updated["first_name"], "");
    assert_eq!(updated["last_name"], "Lee");
    assert_eq!(updated["tags"], json!([]));
}

#[test]
fn a_wrong_type_is_named_in_json_terms() {
    let app = TestApp::start();
    let key = writer(&app);
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = |member: &str, value: Value| {
        let mut form =
            json!({"name": "n", "environment": "live", "permissions": ["contacts:read"]});
        form[member] = value;
        form
    };
    for (member, value, field, message) in [
        (
            "environment",
            json!(5),
            "environment",
            "Use a string, not a number.",
        ),
        (
            "environment",
            json!({"live": 1}),
            "environment",
            "Use a string, not an object.",
        ),
        (
            "environment",
            json!([]),
            "environment",
            "Use a string, not an array.",
        ),
        (
            "environment",
            json!("prod"),
            "environment",
            "Use live or test.",
        ),
        (
            "permissions",
            json!("contacts:read"),
            "permissions",
            "Use an array, not a string.",
        ),
        (
            "permissions",
            json!([true]),
            "permissions[0]",
            "Use a string, not true or false.",
        ),
        (
            "expires_in_days",
            json!("30"),
            "expires_in_days",
            "Use a whole number from 0 to 4294967295, not a string.",
        ),
        (
            "expires_in_days",
            json!(-1),
            "expires_in_days",
            "Use a whole number from 0 to 4294967295.",
        ),
        (
            "expires_in_days",
            json!(1.5),
            "expires_in_days",
            "Use a whole number from 0 to 4294967295, not a number.",
        ),
        (
            "recoverable",
            json!("yes"),
            "recoverable",
            "Use true or false, not a string.",
        ),
        (
            "expires_at",
            json!(17),
            "expires_at",
            "Use a time of the form 2026-01-31T00:00:00Z, not a number.",
        ),
        ("name", json!({}), "name", "Use a string, not an object."),
    ] {
        assert_invalid(&owner.post(KEYS, &form(member, value)), field, message);
    }
    let mail = json!({"to": "a@example.com", "subject": "s", "html_body": "b", "variables": []});
    let message = "Use an object, not an array.";
    assert_invalid(&key.post("/v1/emails/send", &mail), "variables", message);
    // The text itself is not valid JSON.
    for body in [
        "{\"name\": ",
        "{'name': 1}",
        "{\"environment\": 5,}",
        "5",
        "null",
        "[]",
    ] {
        let answer = owner
            .request("POST", KEYS)
            .body("application/json", body)
            .send();
        answer.problem(400, "invalid_json");
    }
}

#[test]
fn text_fields_reject_api_keys() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let owner = app.sign_in(Role::Owner).with_sudo();
    for (field, text) in [
        // A name cannot hold a whole key, but the truncated key is still secret.
        ("name", &key.plain[..50]),
        ("description", &*format!("Was {} until May", key.plain)),
    ] {
        let mut form = json!({"name": "a", "environment": "live", "permissions": ["emails:send"]});
        form[field] = json!(text);
        let answer = owner.post("/api/v1/platform/api-keys", &form);
        answer.problem_of_fields(400, "invalid_field", &[field]);
    }
    let contact = json!({"email": "a@example.com", "first_name": key.plain});
    key.post("/v1/contacts", &contact)
        .problem_of_fields(400, "invalid_field", &["first_name"]);
}
