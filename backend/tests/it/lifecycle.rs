//! Updating, disabling, enabling and approving keys. Rotation and reveal have their own files.

use crate::util::{Key, Session, TestApp, json};
use chrono::TimeDelta;
use serde_json::Value;
use shared::role::Role;

/// Actions on a key without a request body.
pub const ACTIONS: [&str; 6] = [
    "rotate",
    "disable",
    "enable",
    "approve",
    "reveal",
    "playground-token",
];

pub fn full_form() -> Value {
    json!({
        "name": "Production App", "description": "Sign-up form", "environment": "live",
        "permissions": ["contacts:read", "emails:send"], "expires_in_days": 30,
        "ip_allowlist": ["127.0.0.0/8"]
    })
}

pub fn simple(permissions: &[&str]) -> Value {
    json!({"name": "a", "environment": "live", "permissions": permissions})
}

/// Performs an action without a request body.
#[track_caller]
pub fn act(session: &Session<'_>, key: &Key<'_>, action: &str) -> crate::util::Answer {
    session.request("POST", &key.action(action)).send()
}

#[test]
fn update_200_changes_one_field_and_nothing_else() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&full_form());
    let soon =
        (app.clock.now() + TimeDelta::days(1)).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    for (field, value) in [
        ("name", json!("CRM")),
        ("description", json!("")),
        ("permissions", json!(["contacts:read"])),
        ("expires_at", json!(soon)),
        ("ip_allowlist", json!(["127.0.0.1/32"])),
    ] {
        let mut expected = owner.key_view(&key.id);
        assert_ne!(expected[field], value);
        let changed = owner.patch(&key.path(), &json!({field: value})).expect(200);
        expected[field] = value;
        assert_ne!(changed["version"], expected["version"], "{field}");
        expected["version"] = changed["version"].clone();
        assert_eq!(changed, expected, "{field}");
        assert_eq!(owner.key_view(&key.id), expected, "{field}");
    }
    let before = owner.key_view(&key.id);
    assert_eq!(owner.patch(&key.path(), &json!({})).expect(200), before);
}

#[test]
fn update_200_narrowing_counts_from_the_next_request() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&simple(&["contacts:read", "analytics:read"]));
    key.get("/v1/contacts").expect(200);
    owner
        .patch(&key.path(), &json!({"permissions": ["analytics:read"]}))
        .expect(200);
    key.get("/v1/contacts").problem(403, "insufficient_scope");
    owner
        .patch(&key.path(), &json!({"ip_allowlist": ["192.0.2.1"]}))
        .expect(200);
    key.get("/v1/whoami").problem(403, "ip_not_allowed");
    owner
        .patch(&key.path(), &json!({"ip_allowlist": []}))
        .expect(200);
    key.get("/v1/whoami").expect(200);
}

#[test]
fn update_403_widening_needs_sudo_and_narrowing_does_not() {
    let app = TestApp::start();
    let key = app
        .sign_in(Role::Owner)
        .with_sudo()
        .create_key(&full_form());
    let developer = app.sign_in(Role::Developer);
    let wider = [
        json!({"permissions": ["contacts:read", "emails:send", "contacts:delete"]}),
        json!({"permissions": ["contacts:write"]}),
        json!({"expires_at": null}),
        json!({"expires_at": app.clock.now() + TimeDelta::days(31)}),
        json!({"ip_allowlist": []}),
        json!({"ip_allowlist": ["127.0.0.0/8", "192.0.2.1"]}),
        json!({"name": "x", "ip_allowlist": ["0.0.0.0/0"]}),
    ];
    let before = developer.key_view(&key.id);
    for form in &wider {
        developer
            .patch(&key.path(), form)
            .problem(403, "sudo_required");
    }
    assert_eq!(developer.key_view(&key.id), before);
    for form in [
        json!({"permissions": ["contacts:read"], "name": "b"}),
        json!({"expires_at": app.clock.now() + TimeDelta::days(2)}),
        json!({"ip_allowlist": ["127.0.0.1"]}),
    ] {
        developer.patch(&key.path(), &form).expect(200);
    }
    let developer = developer.with_sudo();
    for form in &wider {
        developer.patch(&key.path(), form).expect(200);
    }
}

#[test]
fn update_400_names_every_bad_field() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&full_form());
    let bad = json!({
        "name": "", "description": "x".repeat(501), "permissions": [],
        "expires_at": "2001-01-01T00:00:00Z", "ip_allowlist": ["nonsense"]
    });
    let fields = [
        "name",
        "description",
        "permissions",
        "expires_at",
        "ip_allowlist[0]",
    ];
    owner
        .patch(&key.path(), &bad)
        .problem_of_fields(400, "invalid_field", &fields);
    for (form, code, field) in [
        (json!({"name": null}), "invalid_field", "name"),
        (json!({"permissions": null}), "invalid_field", "permissions"),
        (
            json!({"permissions": ["contacts:eat"]}),
            "invalid_field",
            "permissions[0]",
        ),
        (
            json!({"environment": "test"}),
            "unknown_field",
            "environment",
        ),
        (
            json!({"expires_in_days": 1}),
            "unknown_field",
            "expires_in_days",
        ),
    ] {
        owner
            .patch(&key.path(), &form)
            .problem_of_fields(400, code, &[field]);
    }
    owner
        .request("PATCH", &key.path())
        .send()
        .problem(415, "unsupported_media_type");
}

#[test]
fn a_developer_gets_nothing_out_of_a_key_beyond_his_rights() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let mut form = simple(&["admin:keys", "contacts:read"]);
    form["recoverable"] = json!(true);
    form["ip_allowlist"] = json!(["127.0.0.1"]);
    let key = owner.create_key(&form);
    let developer = app.sign_in(Role::Developer).with_sudo();
    for action in ["rotate", "reveal", "playground-token"] {
        let problem = act(&developer, &key, action).problem(403, "beyond_your_rights");
        assert_eq!(problem["required_scope"], json!(["admin:keys"]), "{action}");
    }
    act(&developer, &key, "approve").problem(403, "insufficient_role");
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
    act(&developer, &key, "reveal").expect(200);
}

#[test]
fn changes_by_key_stay_within_it() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let mut form = simple(&["admin:keys", "contacts:read"]);
    form["expires_in_days"] = json!(10);
    form["ip_allowlist"] = json!(["127.0.0.0/8"]);
    let parent = owner.create_key(&form);
    let patch =
        |key: &Key<'_>, form: Value| parent.request("PATCH", &key.path()).json(&form).send();

    let wide = owner.create_key(&simple(&["contacts:read"]));
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

    let mut test = simple(&["contacts:read"]);
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

#[test]
fn disable_200_and_enable_200_take_effect_at_once() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&simple(&["contacts:read"]));
    key.get("/v1/whoami").expect(200);
    // Disabling needs no sudo, because it must be quick in an emergency.
    let developer = app.sign_in(Role::Developer);
    for _ in 0..2 {
        assert_eq!(
            act(&developer, &key, "disable").expect(200)["status"],
            "disabled"
        );
        key.get("/v1/whoami").problem(401, "invalid_token");
    }
    act(&developer, &key, "enable").problem(403, "sudo_required");
    for _ in 0..2 {
        assert_eq!(act(&owner, &key, "enable").expect(200)["status"], "active");
        key.get("/v1/whoami").expect(200);
    }
}

#[test]
fn approve_200_gives_effect_to_bulk_sending() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let developer = app.sign_in(Role::Developer).with_sudo();
    let key = developer.create_key(&simple(&["emails:send", "emails:send_bulk"]));
    let permissions = || key.get("/v1/whoami").expect(200)["permissions"].clone();
    assert_eq!(
        developer.key_view(&key.id)["pending_permissions"],
        json!(["emails:send_bulk"])
    );
    assert_eq!(permissions(), json!(["emails:send"]));
    act(&app.sign_in(Role::Admin), &key, "approve").problem(403, "sudo_required");
    let approved = act(&owner, &key, "approve").expect(200);
    assert_eq!(approved["pending_permissions"], json!([]));
    assert_eq!(permissions(), json!(["emails:send", "emails:send_bulk"]));
    act(&owner, &key, "approve").problem(409, "nothing_to_approve");
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
fn change_404_for_the_key_of_another_tenant() {
    let app = TestApp::start();
    app.add_tenant("other", shared::plan::Plan::Starter);
    let key = app.key(&["contacts:read"]);
    let stranger = Session::sign_in(&app, "owner@other.test").with_sudo();
    for action in ACTIONS {
        act(&stranger, &key, action).problem(404, "not_found");
    }
    stranger
        .patch(&key.path(), &json!({"name": "b"}))
        .problem(404, "not_found");
    key.get("/v1/whoami").expect(200);
}
