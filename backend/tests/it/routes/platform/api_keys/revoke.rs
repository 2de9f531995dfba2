//! `DELETE /api/v1/platform/api-keys/{id}`.

use crate::util::{TestApp, json};
use serde_json::Value;
use shared::role::Role;

fn form(name: &str) -> Value {
    json!({"name": name, "environment": "live", "permissions": ["contacts:read"]})
}

#[test]
fn revoke_200_takes_effect_on_the_next_call() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&form("a"));
    let other = owner.create_key(&form("b"));
    for _ in 0..3 {
        key.get("/v1/whoami").expect(200);
        other.get("/v1/whoami").expect(200);
    }
    let revoked = owner.delete(&key.path()).expect(200);
    assert_eq!(revoked["status"], "revoked");
    let problem = key.get("/v1/whoami").problem(401, "invalid_token");
    assert_eq!(problem["message"], "API key is invalid or expired");
    other.get("/v1/whoami").expect(200);
    owner
        .delete(&key.path())
        .problem(409, "key_already_revoked");
    // Revoked keys are still listed.
    assert_eq!(owner.key_view(&key.id)["status"], "revoked");
}

#[test]
fn revoke_403_without_sudo() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    let owner = app.sign_in(Role::Owner);
    owner.delete(&key.path()).problem(403, "sudo_required");
    key.get("/v1/whoami").expect(200);
}
