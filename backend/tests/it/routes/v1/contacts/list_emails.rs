//! `GET /v1/contacts/{id}/emails`.

use crate::util::{Key, Session, TestApp, emails::new_email, json};
use chrono::TimeDelta;
use serde_json::Value;
use shared::plan::Plan;

/// Returns the path of the list for a new contact with this address.
fn path_for(key: &Key<'_>, email: &str) -> String {
    let contact = key
        .post("/v1/contacts", &json!({ "email": email }))
        .expect(201);
    format!(
        "/v1/contacts/{}/emails",
        contact["id"].as_str().expect("has an id")
    )
}

fn subjects(page: &Value) -> Vec<&str> {
    let emails = page["data"].as_array().expect("is a page").iter();
    emails
        .map(|email| email["subject"].as_str().expect("has a subject"))
        .collect()
}

#[test]
fn list_200_only_emails_to_the_contact_newest_first() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write", "emails:send"]);
    let path = path_for(&key, "alice@example.com");
    for (to, subject) in [
        ("alice@example.com", "first"),
        ("bob@example.com", "for someone else"),
        ("Alice@Example.com", "second"),
    ] {
        let mut email = new_email(to);
        email["subject"] = subject.into();
        key.post("/v1/emails/send", &email).expect(200);
        app.advance(TimeDelta::seconds(1));
    }
    let page = key.get(&path).expect(200);
    assert_eq!(subjects(&page), ["second", "first"]);
    insta::assert_json_snapshot!(
        page["data"][1],
        {".id" => "[id]", ".status" => "[status]", ".sent_at" => "[sent_at]"},
        @r#"
    {
      "id": "[id]",
      "status": "[status]",
      "from": "no-reply@penguinmails.test",
      "to": "alice@example.com",
      "subject": "first",
      "tags": [],
      "campaign_id": null,
      "created_at": "2026-11-18T11:06:40Z",
      "sent_at": "[sent_at]"
    }
    "#
    );
    let first = key.get(&format!("{path}?limit=1")).expect(200);
    assert_eq!(
        (subjects(&first), &first["total"]),
        (vec!["second"], &json!(2))
    );
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = key
        .get(&format!("{path}?limit=1&cursor={cursor}"))
        .expect(200);
    assert_eq!(subjects(&second), ["first"]);
    assert_eq!(second["next_cursor"], Value::Null);
}

#[test]
fn list_200_without_emails_is_empty() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write", "analytics:read"]);
    let path = path_for(&key, "alice@example.com");
    let expected = json!({"data": [], "total": 0, "next_cursor": null});
    assert_eq!(key.get(&path).expect(200), expected);
}

#[test]
fn list_400_invalid_query() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write", "analytics:read"]);
    let path = path_for(&key, "alice@example.com");
    for (query, field) in [("limit=0", "limit"), ("cursor=x", "cursor"), ("to=a", "to")] {
        let answer = key.get(&format!("{path}?{query}"));
        answer.problem_of_fields(400, "invalid_query", &[field]);
    }
}

#[test]
fn list_404_contact_of_someone_else() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write", "emails:send"]);
    let path = path_for(&key, "alice@example.com");
    let form = |environment: &str| {
        json!({"name": "a", "environment": environment,
            "permissions": ["contacts:read", "emails:send"]})
    };
    app.add_tenant("other", Plan::Starter);
    let other = Session::sign_in(&app, "owner@other.test").with_sudo();
    for stranger in [app.key_from(&form("test")), other.create_key(&form("live"))] {
        stranger.get(&path).problem(404, "not_found");
    }
    key.get("/v1/contacts/con_0000000000000000/emails")
        .problem(404, "not_found");
}

#[test]
fn list_403_without_access_to_contacts_or_to_emails() {
    let app = TestApp::start();
    let writer = app.key(&["contacts:write"]);
    let path = path_for(&writer, "alice@example.com");
    for (scopes, missing) in [
        (
            &["contacts:read"][..],
            json!(["analytics:read", "emails:send"]),
        ),
        (&["emails:send"], json!(["contacts:read"])),
        (
            &["campaigns:read"],
            json!(["contacts:read", "analytics:read", "emails:send"]),
        ),
    ] {
        let problem = app
            .key(scopes)
            .get(&path)
            .problem(403, "insufficient_scope");
        assert_eq!(problem["required_scope"], missing);
    }
}
