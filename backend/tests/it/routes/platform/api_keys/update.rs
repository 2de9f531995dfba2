//! `PATCH /api/v1/platform/api-keys/{id}`.

use crate::util::{
    TestApp,
    api_keys::{full_key_form, key_form},
    json,
};
use chrono::TimeDelta;
use shared::role::Role;

#[test]
fn update_200_changes_one_field_only() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&full_key_form());
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
fn update_200_narrowing_applies_to_the_next_request() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&key_form(&["contacts:read", "analytics:read"]));
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
fn update_400_names_every_invalid_field() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&full_key_form());
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
fn update_403_widening_without_sudo() {
    let app = TestApp::start();
    let key = app
        .sign_in(Role::Owner)
        .with_sudo()
        .create_key(&full_key_form());
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
