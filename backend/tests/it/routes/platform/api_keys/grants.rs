//! Rights that a caller cannot gain through a key.

use crate::util::{Key, TestApp, api_keys::key_form, json};
use chrono::TimeDelta;
use serde_json::Value;
use shared::role::Role;

const KEYS: &str = "/api/v1/platform/api-keys";
const SESSION: &str = "/api/v1/auth/session";

#[test]
fn members_have_no_access_to_keys() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    let member = app.sign_in(Role::Member).with_sudo();
    member.get(KEYS).problem(403, "insufficient_role");
    member.get(&key.path()).problem(403, "insufficient_role");
    member.delete(&key.path()).problem(403, "insufficient_role");
    let form = json!({"name": "a", "environment": "live", "permissions": ["contacts:read"]});
    member.post(KEYS, &form).problem(403, "insufficient_role");
    member.get(SESSION).expect(200);
}

#[test]
fn a_developer_gains_nothing_from_a_key_beyond_their_rights() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let mut form = key_form(&["admin:keys", "contacts:read"]);
    form["recoverable"] = json!(true);
    form["ip_allowlist"] = json!(["127.0.0.1"]);
    let key = owner.create_key(&form);
    let developer = app.sign_in(Role::Developer).with_sudo();
    for action in ["rotate", "reveal", "playground-token"] {
        let problem = developer
            .act(&key, action)
            .problem(403, "beyond_your_rights");
        assert_eq!(problem["required_scope"], json!(["admin:keys"]), "{action}");
    }
    developer
        .act(&key, "approve")
        .problem(403, "insufficient_role");
    for form in [
        json!({"ip_allowlist": []}),
        json!({"permissions": ["admin:keys", "contacts:write"]}),
        json!({"permissions": ["admin:full"]}),
    ] {
        developer
            .patch(&key.path(), &form)
            .problem(403, "beyond_your_rights");
    }
    // Any user with access to keys may remove scopes.
    developer
        .patch(&key.path(), &json!({"permissions": ["contacts:read"]}))
        .expect(200);
    developer.act(&key, "reveal").expect(200);
}

#[test]
fn changes_by_a_key_stay_within_its_grant() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let mut form = key_form(&["admin:keys", "contacts:read"]);
    form["expires_in_days"] = json!(10);
    form["ip_allowlist"] = json!(["127.0.0.0/8"]);
    let parent = owner.create_key(&form);
    let patch =
        |key: &Key<'_>, form: Value| parent.request("PATCH", &key.path()).json(&form).send();

    let wide = owner.create_key(&key_form(&["contacts:read"]));
    // The calling key may make harmless changes, whatever the other key's permissions are.
    patch(&wide, json!({"name": "b"})).expect(200);
    let rotated = parent.post(&wide.action("rotate"), &json!({}));
    rotated.problem_of_fields(403, "beyond_your_rights", &["expires_at", "ip_allowlist"]);
    patch(
        &wide,
        json!({"expires_at": app.clock.now() + TimeDelta::days(5)}),
    )
    .expect(200);
    patch(&wide, json!({"ip_allowlist": ["127.0.0.1"]})).expect(200);
    let rotated = parent.post(&wide.action("rotate"), &json!({})).expect(201);
    assert_eq!(rotated["key"]["created_by"]["type"], "key");

    let key = Key::shown(&app, &rotated);
    let problem = patch(
        &key,
        json!({"permissions": ["contacts:read", "emails:send"]}),
    );
    assert_eq!(
        problem.problem(403, "beyond_your_rights")["required_scope"],
        json!(["emails:send"])
    );
    let late = json!({"expires_at": app.clock.now() + TimeDelta::days(11)});
    patch(&key, late).problem_of_fields(403, "beyond_your_rights", &["expires_at"]);
    let everywhere = json!({"ip_allowlist": []});
    patch(&key, everywhere).problem_of_fields(403, "beyond_your_rights", &["ip_allowlist"]);
    patch(
        &key,
        json!({"expires_at": app.clock.now() + TimeDelta::days(9)}),
    )
    .expect(200);

    let mut test = key_form(&["contacts:read"]);
    test["environment"] = json!("test");
    test["expires_in_days"] = json!(1);
    test["ip_allowlist"] = json!(["127.0.0.1"]);
    let test = owner.create_key(&test);
    let rotated = parent.post(&test.action("rotate"), &json!({}));
    rotated.problem(404, "not_found");
    // These actions require a user.
    for action in ["disable", "enable", "approve", "reveal", "playground-token"] {
        parent
            .post(&key.action(action), &json!({}))
            .problem(401, "not_signed_in");
    }
    parent.request("DELETE", &key.path()).send().expect(200);
}
