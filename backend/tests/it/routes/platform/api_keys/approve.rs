//! `POST /api/v1/platform/api-keys/{id}/approve`, and what an approval is worth to others.

use crate::util::{Answer, Key, TestApp, api_keys::key_form, json};
use chrono::TimeDelta;
use shared::role::Role;

const KEYS: &str = "/api/v1/platform/api-keys";

#[test]
fn approve_200_puts_bulk_sending_into_effect() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let developer = app.sign_in(Role::Developer).with_sudo();
    let key = developer.create_key(&key_form(&["emails:send", "emails:send_bulk"]));
    let permissions = || key.get("/v1/whoami").expect(200)["permissions"].clone();
    assert_eq!(
        developer.key_view(&key.id)["pending_permissions"],
        json!(["emails:send_bulk"])
    );
    assert_eq!(permissions(), json!(["emails:send"]));
    app.sign_in(Role::Admin)
        .act(&key, "approve")
        .problem(403, "sudo_required");
    let approved = owner.act(&key, "approve").expect(200);
    assert_eq!(approved["pending_permissions"], json!([]));
    assert_eq!(permissions(), json!(["emails:send", "emails:send_bulk"]));
    owner
        .act(&key, "approve")
        .problem(409, "nothing_to_approve");
    // A permission that was removed and added again needs a new approval.
    developer
        .patch(&key.path(), &json!({"permissions": ["emails:send"]}))
        .expect(200);
    let again = json!({"permissions": ["emails:send", "emails:send_bulk"]});
    let again = developer.patch(&key.path(), &again).expect(200);
    assert_eq!(again["pending_permissions"], json!(["emails:send_bulk"]));
    assert_eq!(permissions(), json!(["emails:send"]));
}

#[test]
fn a_key_passes_on_an_approval_only_if_it_has_one() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let scopes = ["admin:keys", "campaigns:write", "emails:send_bulk"];
    let parent = owner.create_key(&key_form(&scopes));
    let sibling = owner.create_approved_key();
    let rotate = |key: &Key<'_>| parent.post(&key.action("rotate"), &json!({})).expect(201);
    let rotated = rotate(&sibling);
    let pending = &rotated["key"]["pending_permissions"];
    assert_eq!(*pending, json!(["emails:send_bulk"]));
    // Widening a sibling that has more scopes in effect is refused as well.
    let sibling = owner.create_approved_key();
    let narrow = json!({"ip_allowlist": ["127.0.0.1"]});
    owner.patch(&sibling.path(), &narrow).expect(200);
    let wide = parent.request("PATCH", &sibling.path());
    let refused = wide.json(&json!({"ip_allowlist": []})).send();
    let refused = refused.problem(403, "beyond_your_rights");
    assert_eq!(refused["required_scope"], json!(["emails:send_bulk"]));

    owner.approve(&parent);
    let sibling = owner.create_approved_key();
    let rotated = rotate(&sibling);
    assert_eq!(rotated["key"]["pending_permissions"], json!([]));
    // Any caller's new key waits for approval.
    let child = parent
        .post(KEYS, &key_form(&["emails:send_bulk"]))
        .expect(201);
    let pending = &child["key"]["pending_permissions"];
    assert_eq!(*pending, json!(["emails:send_bulk"]));
}

#[test]
fn widen_enable_and_reveal_403_for_an_approved_key_without_the_right_to_approve() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let mut form = key_form(&["campaigns:write", "emails:send_bulk"]);
    form["recoverable"] = json!(true);
    form["ip_allowlist"] = json!(["127.0.0.1"]);
    form["expires_in_days"] = json!(5);
    let key = owner.create_key(&form);
    owner.approve(&key);
    let developer = app.sign_in(Role::Developer).with_sudo();
    let beyond = |answer: Answer| {
        let problem = answer.problem(403, "beyond_your_rights");
        assert_eq!(problem["required_scope"], json!(["emails:send_bulk"]));
    };
    beyond(developer.act(&key, "reveal"));
    let expires_at = app.clock.now() + TimeDelta::days(6);
    for wider in [
        json!({"ip_allowlist": []}),
        json!({"expires_at": null}),
        json!({"expires_at": expires_at}),
        json!({"permissions": ["campaigns:write", "contacts:read", "emails:send_bulk"]}),
    ] {
        beyond(developer.patch(&key.path(), &wider));
    }
    developer.act(&key, "disable").expect(200);
    beyond(developer.act(&key, "enable"));
    owner.act(&key, "enable").expect(200);
    // Any user may remove the approved scope, and afterwards change the rest.
    let given_up = json!({"permissions": ["campaigns:write"], "ip_allowlist": []});
    developer.patch(&key.path(), &given_up).expect(200);
}
