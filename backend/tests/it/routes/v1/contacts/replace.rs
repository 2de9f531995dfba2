//! `PUT /v1/contacts/{id}`.

use crate::util::{
    TestApp, json,
    preconditions::{etag, put_if_match, race},
};
use insta::assert_json_snapshot;

#[test]
fn replace_200_clears_omitted_fields() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let contact = json!({"email": "a@example.com", "first_name": "Alice", "last_name": "Doe",
        "tags": ["one"], "attributes": {"company": "Acme"}});
    let created = key.post("/v1/contacts", &contact).expect(201);
    let path = format!("/v1/contacts/{}", created["id"].as_str().unwrap());
    app.advance(chrono::TimeDelta::hours(1));
    let change = json!({"email": "B@example.com", "first_name": "Bob", "status": "unsubscribed"});
    let replaced = key.put(&path, &change).expect(200);
    assert_eq!(replaced["id"], created["id"]);
    assert_eq!(replaced["created_at"], created["created_at"]);
    assert_json_snapshot!(replaced, {".id" => "[id]"}, @r#"
    {
      "id": "[id]",
      "email": "b@example.com",
      "first_name": "Bob",
      "last_name": "",
      "tags": [],
      "attributes": {},
      "status": "unsubscribed",
      "created_at": "2026-11-18T11:06:40Z",
      "updated_at": "2026-11-18T12:06:40Z"
    }
    "#);
    // Omitting the email address or status keeps them.
    let replaced = key.put(&path, &json!({"tags": ["two"]})).expect(200);
    assert_eq!(replaced["email"], "b@example.com");
    assert_eq!(replaced["status"], "unsubscribed");
    assert_eq!(key.get(&path).expect(200), replaced);
}

#[test]
fn replace_409_email_of_another_contact() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let mut paths = Vec::new();
    for email in ["a@example.com", "b@example.com"] {
        let created = key.post("/v1/contacts", &json!({ "email": email }));
        paths.push(format!(
            "/v1/contacts/{}",
            created.expect(201)["id"].as_str().unwrap()
        ));
    }
    let answer = key.put(&paths[1], &json!({"email": "A@example.com"}));
    answer.problem(409, "contact_exists");
    assert_eq!(key.get(&paths[1]).expect(200)["email"], "b@example.com");
    // A contact's own address is not a conflict.
    key.put(&paths[0], &json!({"email": "a@example.com"}))
        .expect(200);
}

#[test]
fn replace_400_names_every_invalid_field() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let created = key.post("/v1/contacts", &json!({"email": "a@example.com"}));
    let path = format!(
        "/v1/contacts/{}",
        created.expect(201)["id"].as_str().unwrap()
    );
    let wrong = json!({"email": "a", "first_name": "a\nb", "tags": [""], "status": "bounced"});
    let problem = key.put(&path, &wrong).problem(400, "invalid_email");
    let fields: Vec<_> = problem["errors"].as_array().unwrap().iter().collect();
    let fields: Vec<_> = fields.iter().map(|error| &error["field"]).collect();
    assert_eq!(fields, ["email", "first_name", "tags[0]", "status"]);
    key.put(&path, &json!({"id": "con_a"}))
        .problem(400, "unknown_field");
    key.put(&path, &json!({"status": "gone"}))
        .problem(400, "invalid_field");
}

#[test]
fn replace_412_after_status_or_email_changed() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let contact = key.post("/v1/contacts", &json!({"email": "a@example.com"}));
    let path = format!(
        "/v1/contacts/{}",
        contact.expect(201)["id"].as_str().unwrap()
    );
    assert_eq!(etag(&contact), etag(&key.get(&path)));
    let changed = json!({"email": "b@example.com", "status": "unsubscribed"});
    key.put(&path, &changed).expect(200);
    let back = json!({"email": "a@example.com", "status": "active"});
    put_if_match(&key, &path, &etag(&contact), &back).problem(412, "precondition_failed");
    // Changing the address while other updates wait for the contact does not block them.
    let seen = etag(&key.get(&path));
    let body = |n: usize| json!({"email": format!("c{n}@example.com")});
    let first = race(
        |n| put_if_match(&key, &path, &seen, &body(n)),
        "precondition_failed",
    );
    assert_eq!(key.get(&path).expect(200)["email"], body(first)["email"]);
}
