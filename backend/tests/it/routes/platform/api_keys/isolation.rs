//! Keys of other tenants and environments.

use crate::util::{Session, TestApp, api_keys::KEY_ACTIONS, json};
use shared::{plan::Plan, role::Role};

const KEYS: &str = "/api/v1/platform/api-keys";
const USAGE: &str = "/api/v1/tenant/analytics/api-usage";

#[test]
fn get_and_revoke_404_key_of_another_tenant() {
    let app = TestApp::start();
    app.add_tenant("other", Plan::Starter);
    let key = app.key(&["contacts:read", "admin:keys"]);
    let other_owner = Session::sign_in(&app, "owner@other.test").with_sudo();
    other_owner.get(&key.path()).problem(404, "not_found");
    other_owner.delete(&key.path()).problem(404, "not_found");
    other_owner
        .get(&format!("{KEYS}/key_doesnotexist"))
        .problem(404, "not_found");
    assert_eq!(other_owner.get(KEYS).expect(200)["total"], 0);
    let other_key = other_owner.create_key(&json!({
        "name": "a", "environment": "live", "permissions": ["admin:full"]
    }));
    other_key.get(&key.path()).problem(404, "not_found");
    other_key
        .request("DELETE", &key.path())
        .send()
        .problem(404, "not_found");
    assert_eq!(key.get(&key.path()).expect(200)["status"], "active");
}

#[test]
fn update_and_actions_404_key_of_another_tenant() {
    let app = TestApp::start();
    app.add_tenant("other", Plan::Starter);
    let key = app.key(&["contacts:read"]);
    let other_owner = Session::sign_in(&app, "owner@other.test").with_sudo();
    for action in KEY_ACTIONS {
        other_owner.act(&key, action).problem(404, "not_found");
    }
    other_owner
        .patch(&key.path(), &json!({"name": "b"}))
        .problem(404, "not_found");
    key.get("/v1/whoami").expect(200);
}

#[test]
fn a_key_sees_and_changes_keys_of_its_own_environment_only() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let scopes = ["admin:keys", "contacts:read", "analytics:read"];
    let keys = ["live", "test"].map(|environment| app.key_in(environment, &scopes));
    for (own, other) in [(&keys[0], &keys[1]), (&keys[1], &keys[0])] {
        for query in ["", "?search=live", "?search=test", "?status=active"] {
            let page = own.get(&format!("{KEYS}{query}")).expect(200);
            let data = page["data"].as_array().expect("is a list");
            assert_eq!(page["total"], data.len());
            assert!(data.iter().all(|key| key["id"] == own.id.as_str()));
        }
        other.get(&other.path()).expect(200);
        own.get(&other.path()).problem(404, "not_found");
        let patch = own.request("PATCH", &other.path());
        let renamed = patch.json(&json!({"name": "b"})).send();
        renamed.problem(404, "not_found");
        for path in [other.path(), format!("{}?descendants=true", other.path())] {
            own.delete(&path).problem(404, "not_found");
        }
        own.post(&other.action("rotate"), &json!({}))
            .problem(404, "not_found");
        own.get(&format!("{USAGE}?key_id={}", other.id))
            .problem(404, "not_found");
        other.get("/v1/whoami").expect(200);
    }
    // Users see keys of both environments.
    assert_eq!(owner.get(KEYS).expect(200)["total"], 2);
}
