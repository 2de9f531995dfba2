//! `POST /api/v1/platform/api-keys/{id}/playground-token`.

use crate::util::{Key, TestApp, api_keys::key_form, json};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use shared::role::Role;

fn form(environment: &str) -> Value {
    json!({
        "name": "a", "environment": environment, "permissions": ["contacts:read", "emails:send"],
        "ip_allowlist": ["192.0.2.0/24"]
    })
}

#[test]
fn create_201_for_five_minutes() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&form("live"));
    let answer = owner.act(&key, "playground-token");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let shown = answer.expect(201);
    assert!(shown["token"].as_str().unwrap().starts_with("pm_play_"));
    let expires_at: DateTime<Utc> = shown["expires_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(expires_at, app.clock.now() + TimeDelta::minutes(5));
}

#[test]
fn create_403_without_sudo_for_a_live_key() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let (live, test) = (
        owner.create_key(&form("live")),
        owner.create_key(&form("test")),
    );
    let developer = app.sign_in(Role::Developer);
    let ask = |key: &Key<'_>| {
        developer
            .request("POST", &key.action("playground-token"))
            .send()
    };
    ask(&live).problem(403, "sudo_required");
    ask(&test).expect(201);
    owner
        .request("POST", &test.action("disable"))
        .send()
        .expect(200);
    ask(&test).problem(409, "key_not_active");
}

#[test]
fn a_token_is_limited_to_the_users_rights() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_approved_key();
    let developer = app.sign_in(Role::Developer).with_sudo();
    let token = key.playground_token(&developer);
    assert_eq!(
        token.permissions(),
        json!(["campaigns:read", "campaigns:write"])
    );
    let refused = token
        .start_empty_campaign(&key)
        .problem(403, "insufficient_scope");
    assert_eq!(refused["required_scope"], json!(["emails:send_bulk"]));
    let detail = refused["detail"].as_str().expect("is a text");
    assert!(detail.contains("playground token"), "{detail}");
    // The key itself still may, and so may the owner's token.
    key.start_empty_campaign(&key).problem(409, "no_recipients");
    let token = key.playground_token(&owner);
    token
        .start_empty_campaign(&key)
        .problem(409, "no_recipients");
}

#[test]
fn a_token_does_not_gain_scopes_added_later() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&key_form(&["contacts:read", "emails:send_bulk"]));
    let token = key.playground_token(&owner);
    let wider = json!({"permissions": ["contacts:write", "emails:send", "emails:send_bulk"]});
    owner.patch(&key.path(), &wider).expect(200);
    owner.approve(&key);
    let contact = json!({"email": "a@example.com"});
    key.post("/v1/contacts", &contact).expect(201);
    assert_eq!(token.permissions(), json!(["contacts:read"]));
    let refused = token.post("/v1/contacts", &contact);
    let refused = refused.problem(403, "insufficient_scope");
    let detail = refused["detail"].as_str().expect("is a text");
    assert!(detail.contains("when the token was made"), "{detail}");
    // A new token has the key's current rights.
    let token = key.playground_token(&owner);
    token.post("/v1/contacts", &contact).expect(200);
    // Narrowing the key still revokes its tokens immediately.
    let narrow = json!({"permissions": ["contacts:read"]});
    owner.patch(&key.path(), &narrow).expect(200);
    token.get("/v1/whoami").problem(401, "invalid_token");
}
