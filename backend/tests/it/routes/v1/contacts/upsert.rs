//! `POST /v1/contacts`.

use crate::util::{
    TestApp, json,
    quotas::{self, add_contact, quota_key, refused, set_quotas, used},
};
use backend::models::contact::Contact;
use insta::assert_json_snapshot;
use shared::{ids::ContactId, key::Environment};

#[test]
fn upsert_201_once_for_concurrent_requests() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let contact = json!({ "email": "Alice@example.com" });
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| key.post("/v1/contacts", &contact).status))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
    assert_eq!(key.get("/v1/contacts").expect(200)["total"], 1);
}

#[test]
fn upsert_200_keeps_omitted_fields() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let first = json!({ "email": "a@example.com", "first_name": "Alice", "tags": ["one"] });
    let id = key.post("/v1/contacts", &first).expect(201)["id"].clone();
    let second = json!({ "email": "A@EXAMPLE.COM", "last_name": "Doe", "tags": [] });
    let updated = key.post("/v1/contacts", &second).expect(200);
    assert_eq!(updated["id"], id);
    assert_json_snapshot!(updated, {".id" => "[id]"}, @r#"
    {
      "id": "[id]",
      "email": "a@example.com",
      "first_name": "Alice",
      "last_name": "Doe",
      "tags": [],
      "attributes": {},
      "status": "active",
      "created_at": "2026-11-18T11:06:40Z",
      "updated_at": "2026-11-18T11:06:40Z"
    }
    "#);
}

#[test]
fn upsert_403_over_quota_but_unsubscribing_works() {
    let app = TestApp::start();
    let key = quota_key(&app, "live");
    set_quotas(&app, quotas::contacts(2));
    for email in ["a@example.com", "b@example.com"] {
        add_contact(&key, email).expect(201);
    }
    refused(&add_contact(&key, "c@example.com"), "contacts", "live", 2);
    let named = json!({"email": "A@example.com", "first_name": "Ann", "tags": ["vip"]});
    let id = key.post("/v1/contacts", &named).expect(200)["id"].clone();
    let now = app.clock.now_naive();
    app.write(|conn| {
        let id = ContactId::new("con_new");
        Contact::unsubscribe(
            conn,
            &app.tenant,
            Environment::Live,
            id,
            "d@example.com",
            now,
        )
    });
    assert_eq!(used(&app, "live")["contacts"], 3);
    let path = format!("/v1/contacts/{}", id.as_str().unwrap());
    key.put(&path, &json!({"attributes": {"a": "b"}}))
        .expect(200);
    key.delete(&path).expect(200);
    refused(&add_contact(&key, "c@example.com"), "contacts", "live", 2);
    assert_eq!(used(&app, "live")["contacts"], 2);
}
