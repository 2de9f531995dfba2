//! Effect and idempotency, as the OpenAPI documents describe them: every write is called twice.

use crate::util::{
    Answer, Key, TestApp,
    campaigns::{self, add_contacts},
    json,
    quotas::{queued_emails, set_quotas},
};
use serde_json::Value;
use shared::{
    key::Environment,
    operation::{OPERATIONS, Operation},
    role::Role,
};

/// Returns the operation's entry in its document.
fn entry(app: &TestApp, row: &Operation) -> Value {
    let path = if row.is_public_api() {
        "/openapi.json"
    } else {
        "/openapi-management.json"
    };
    let document = app.request("GET", path).send().expect(200);
    document["paths"][row.path][row.method.to_lowercase()].clone()
}

/// Creates what the operation changes. Returns the path and body of a call that succeeds.
fn prepare(app: &TestApp, key: &Key<'_>, row: &Operation) -> (String, Value) {
    let template = json!({"name": "Welcome", "subject": "s", "html_body": "b"});
    let id = match row.path {
        path if path.starts_with("/v1/contacts/") => {
            let contact = json!({"email": format!("{}@example.com", row.id)});
            key.post("/v1/contacts", &contact).expect(201)["id"].clone()
        }
        path if path.starts_with("/v1/campaigns/") => {
            let path = campaigns::create(key, &campaigns::form());
            if row.id == "pause_campaign" {
                campaigns::start(key, &path);
            }
            json!(campaigns::id_of(&path))
        }
        path if path.starts_with("/v1/templates/") => {
            key.put("/v1/templates/welcome", &template);
            json!("welcome")
        }
        path if path.starts_with("/api/v1/platform/api-keys/") => {
            json!(app.key(&["contacts:read"]).id)
        }
        _ => Value::Null,
    };
    let body = match row.id {
        "send_email" => json!({"to": "a@example.com", "subject": "s", "html_body": "b"}),
        "create_campaign" | "replace_campaign" => campaigns::form(),
        "upsert_contact" => json!({"email": "new@example.com", "tags": ["a"]}),
        "replace_contact" => json!({"first_name": "Alice", "status": "unsubscribed"}),
        "put_template" => template,
        "create_api_key" => {
            json!({"name": "n", "environment": "live", "permissions": ["contacts:read"]})
        }
        "update_api_key" => json!({"ip_allowlist": ["203.0.113.0/24"]}),
        "change_plan" => json!({"plan": "business"}),
        _ => json!({}),
    };
    let path = row.path.replace("{id}", id.as_str().unwrap_or_default());
    (path, body)
}

#[test]
fn a_repeated_write_does_what_its_documentation_says() {
    let app = TestApp::start();
    let key = app.key(&["admin:full", "emails:send_bulk"]);
    app.sign_in(Role::Owner).with_sudo().approve(&key);
    add_contacts(&app, Environment::Live, 1, &[]);
    let is_documented = |row: &&Operation| row.is_public_api() || row.is_management_api();
    let mut writes = 0;
    for row in OPERATIONS.iter().filter(is_documented) {
        let entry = entry(&app, row);
        let idempotency = entry["x-idempotency"].as_str().unwrap_or_default();
        if row.method == "GET" {
            assert_eq!((idempotency, &entry["x-effect"]), ("safe", &json!("reads")));
            continue;
        }
        writes += 1;
        let can_queue = if row.path.contains("campaigns") {
            0
        } else {
            10
        };
        // A campaign without a place in the queue waits: it is not completed meanwhile.
        set_quotas(&app, queued_emails(can_queue));
        let (path, body) = prepare(&app, &key, row);
        let call = |idempotency_key: &str| -> Answer {
            let mut request = key.request(row.method, &path);
            if idempotency == "idempotency_key" {
                request = request.header("Idempotency-Key", idempotency_key);
            }
            if row.method == "DELETE" {
                request.send()
            } else {
                request.json(&body).send()
            }
        };
        let first = call("a");
        assert!(
            matches!(first.status, 200 | 201),
            "{}: {}",
            row.id,
            first.text()
        );
        let second = call("a");
        match (idempotency, entry["x-retry-error"].as_str()) {
            ("idempotent", Some(error)) => assert_eq!(second.json()["error"], error, "{}", row.id),
            ("idempotent", None) => assert_eq!(second.json(), first.json(), "{}", row.id),
            ("idempotency_key", None) => {
                assert_eq!(second.json(), first.json(), "{}", row.id);
                assert_ne!(call("b").json()["id"], first.json()["id"], "{}", row.id);
            }
            ("none", None) => {
                assert_eq!(second.status, first.status, "{}", row.id);
                assert_ne!(second.json(), first.json(), "{}", row.id);
            }
            other => panic!("{}: {other:?}", row.id),
        }
    }
    assert_eq!(writes, 16);
}

#[test]
fn effects_are_those_of_the_operations() {
    let app = TestApp::start_empty(&[]);
    for (id, effect) in [
        ("list_contacts", "reads"),
        ("send_email", "sends_email"),
        ("start_campaign", "sends_email"),
        ("pause_campaign", "changes"),
        ("create_campaign", "creates"),
        ("upsert_contact", "changes"),
        ("put_template", "changes"),
        ("rotate_api_key", "changes"),
        ("create_api_key", "creates"),
        ("revoke_api_key", "deletes"),
    ] {
        let row = OPERATIONS.iter().find(|row| row.id == id).expect("exists");
        assert_eq!(entry(&app, row)["x-effect"], effect, "{id}");
    }
}
