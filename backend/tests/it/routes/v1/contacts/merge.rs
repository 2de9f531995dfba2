//! `POST /v1/contacts` with a known email address.

use crate::util::{TestApp, json};
use insta::assert_json_snapshot;

#[test]
fn upsert_200_updates_a_known_contact() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let added = json!({"email": "Alice@Example.com", "first_name": "Alice", "tags": ["a"]});
    let added = key.post("/v1/contacts", &added).expect(201);
    let changed = json!({"email": "alice@example.com", "last_name": "Doe"});
    let changed = key.post("/v1/contacts", &changed).expect(200);
    assert_eq!(added["id"], changed["id"]);
    assert_json_snapshot!(changed, {".id" => "[contact id]"}, @r#"
    {
      "id": "[contact id]",
      "email": "alice@example.com",
      "first_name": "Alice",
      "last_name": "Doe",
      "tags": [
        "a"
      ],
      "attributes": {},
      "status": "active",
      "created_at": "2026-11-18T11:06:40Z",
      "updated_at": "2026-11-18T11:06:40Z"
    }
    "#);
    // Test data is separate from live data.
    let test = json!({"name": "t", "environment": "test", "permissions": ["contacts:read"]});
    let test = app.key_from(&test).get("/v1/contacts").expect(200);
    assert_eq!(test["total"], 0);
}
