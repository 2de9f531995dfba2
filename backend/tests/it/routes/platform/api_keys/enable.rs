//! `POST /api/v1/platform/api-keys/{id}/enable`.

use crate::util::{TestApp, api_keys::key_form, json};
use shared::role::Role;

#[test]
fn enable_200_takes_effect_at_once() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&key_form(&["contacts:read"]));
    owner.act(&key, "disable").expect(200);
    key.get("/v1/whoami").problem(401, "invalid_token");
    for _ in 0..2 {
        assert_eq!(owner.act(&key, "enable").expect(200)["status"], "active");
        key.get("/v1/whoami").expect(200);
    }
}

#[test]
fn enable_403_without_sudo() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    let developer = app.sign_in(Role::Developer);
    developer.act(&key, "disable").expect(200);
    developer.act(&key, "enable").problem(403, "sudo_required");
    key.get("/v1/whoami").problem(401, "invalid_token");
}

#[test]
fn enable_403_beyond_own_rights() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let developer = app.sign_in(Role::Developer).with_sudo();
    for scope in ["admin:full", "admin:keys", "admin:billing"] {
        let key = owner.create_key(&key_form(&[scope, "contacts:read"]));
        developer.act(&key, "disable").expect(200);
        let problem = developer
            .act(&key, "enable")
            .problem(403, "beyond_your_rights");
        assert_eq!(problem["required_scope"], json!([scope]));
        key.get("/v1/whoami").problem(401, "invalid_token");
        app.sign_in(Role::Admin)
            .with_sudo()
            .act(&key, "enable")
            .expect(200);
    }
    let plain = owner.create_key(&key_form(&["contacts:read"]));
    developer.act(&plain, "disable").expect(200);
    developer.act(&plain, "enable").expect(200);
}
