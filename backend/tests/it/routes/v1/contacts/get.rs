//! `GET /v1/contacts/{id}`.

use crate::util::{Session, TestApp, json};
use shared::plan::Plan;

#[test]
fn get_404_in_another_tenant_or_environment() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write", "contacts:delete"]);
    let contact = json!({ "email": "a@example.com" });
    let created = key.post("/v1/contacts", &contact).expect(201);
    let path = format!("/v1/contacts/{}", created["id"].as_str().unwrap());
    assert_eq!(key.get(&path).expect(200), created);

    app.add_tenant("other", Plan::Starter);
    let owner = Session::sign_in(&app, "owner@other.test").with_sudo();
    let form = |environment| {
        json!({"name": "a", "environment": environment,
            "permissions": ["contacts:write", "contacts:delete"]})
    };
    let test = app.key_from(&form("test"));
    for stranger in [test, owner.create_key(&form("live"))] {
        assert_eq!(stranger.get("/v1/contacts").expect(200)["total"], 0);
        stranger.get(&path).problem(404, "not_found");
        stranger.put(&path, &json!({})).problem(404, "not_found");
        stranger.delete(&path).problem(404, "not_found");
        // For these callers, the same email address is a different contact.
        let theirs = stranger.post("/v1/contacts", &contact).expect(201);
        assert_ne!(theirs["id"], created["id"]);
    }
    for id in ["con_0000000000000000", "key_4fGh7kQ2mXyZ", "con_", "%00"] {
        let answer = key.get(&format!("/v1/contacts/{id}"));
        answer.problem(404, "not_found");
    }
}
