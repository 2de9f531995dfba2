//! `DELETE /v1/contacts/{id}`.

use crate::util::{TestApp, json};

#[test]
fn delete_200_once() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write", "contacts:delete"]);
    let contact = json!({ "email": "a@example.com" });
    let id = key.post("/v1/contacts", &contact).expect(201)["id"].clone();
    let path = format!("/v1/contacts/{}", id.as_str().unwrap());
    assert_eq!(
        key.delete(&path).expect(200),
        json!({"id": id, "deleted": true})
    );
    key.delete(&path).problem(404, "not_found");
    assert_eq!(key.get("/v1/contacts").expect(200)["total"], 0);
    key.post("/v1/contacts", &contact).expect(201);
}
