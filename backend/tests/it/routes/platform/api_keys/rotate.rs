//! `POST /api/v1/platform/api-keys/{id}/rotate`.

use crate::util::{
    Key, TestApp,
    api_keys::{KEY_ACTIONS, full_key_form, key_form},
    eventually, json,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use shared::role::Role;

#[test]
fn rotate_201_both_keys_work_during_the_grace_period() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let old = owner.create_key(&full_key_form());
    old.get("/v1/whoami").expect(200);
    let before = owner.key_view(&old.id);
    let answer = owner
        .post(&old.action("rotate"), &json!({"grace_seconds": 3600}))
        .expect(201);
    let new = Key::shown(&app, &answer);
    let grace_until: DateTime<Utc> = answer["previous"]["grace_until"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(grace_until, app.clock.now() + TimeDelta::hours(1));
    assert_eq!(answer["previous"]["id"], old.id.as_str());
    assert_eq!(answer["previous"]["status"], "rotating");
    assert_ne!(new.id, old.id);
    for field in [
        "name",
        "description",
        "environment",
        "permissions",
        "ip_allowlist",
        "expires_at",
        "lineage_id",
    ] {
        assert_eq!(answer["key"][field], before[field], "{field}");
    }
    assert_eq!(answer["key"]["status"], "active");
    app.advance(TimeDelta::hours(1) - TimeDelta::milliseconds(1));
    old.get("/v1/whoami").expect(200);
    new.get("/v1/whoami").expect(200);
    app.advance(TimeDelta::milliseconds(1));
    old.get("/v1/whoami").problem(401, "invalid_token");
    new.get("/v1/whoami").expect(200);
    let owner = app.sign_in(Role::Owner).with_sudo();
    assert_eq!(owner.key_view(&old.id)["status"], "revoked");
    owner
        .delete(&old.path())
        .problem(409, "key_already_revoked");
    // Usage is counted for each key separately.
    eventually(|| {
        app.flush();
        let total = |key: &Key<'_>| owner.key_view(&key.id)["usage"]["total_requests"].clone();
        (total(&old) == 3 && total(&new) == 2).then_some(())
    });
}

#[test]
fn rotate_201_grace_period_ends_no_later_than_the_expiry() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let rotated = |form: &Value, expires_in_days: &Value| {
        let mut key = key_form(&["contacts:read"]);
        key["expires_in_days"] = expires_in_days.clone();
        let key = owner.create_key(&key);
        key.get("/v1/whoami").expect(200);
        let request = owner.request("POST", &key.action("rotate"));
        let request = if form.is_null() {
            request
        } else {
            request.json(form)
        };
        let previous = request.send().expect(201)["previous"].clone();
        let until = previous["grace_until"].as_str().unwrap();
        let secs = (until.parse::<DateTime<Utc>>().unwrap() - app.clock.now()).num_seconds();
        (
            secs,
            previous["status"].clone(),
            key.get("/v1/whoami").status,
        )
    };
    assert_eq!(
        rotated(&Value::Null, &Value::Null),
        (86_400, json!("rotating"), 200)
    );
    assert_eq!(rotated(&json!({}), &Value::Null).0, 86_400);
    assert_eq!(
        rotated(&json!({"grace_seconds": 0}), &Value::Null),
        (0, json!("revoked"), 401)
    );
    assert_eq!(
        rotated(&json!({"grace_seconds": 604_800}), &Value::Null).0,
        604_800
    );
    assert_eq!(
        rotated(&json!({"grace_seconds": 604_800}), &json!(1)).0,
        86_400
    );
    let key = owner.create_key(&key_form(&["contacts:read"]));
    for (form, code) in [
        (json!({"grace_seconds": 604_801}), "invalid_field"),
        (json!({"grace_seconds": -1}), "invalid_field"),
        (json!({"grace_seconds": "1"}), "invalid_field"),
        (json!({"grace": 1}), "unknown_field"),
    ] {
        owner.post(&key.action("rotate"), &form).problem(400, code);
    }
    assert_eq!(owner.key_view(&key.id)["status"], "active");
}

#[test]
fn rotate_201_once_for_concurrent_requests() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&key_form(&["contacts:read"]));
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6)
            .map(|_| scope.spawn(|| owner.act(&key, "rotate").status))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409]);
    assert_eq!(
        owner.get("/api/v1/platform/api-keys").expect(200)["total"],
        2
    );
}

#[test]
fn rotate_409_unless_the_key_is_active() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&key_form(&["contacts:read"]));
    owner.act(&key, "disable").expect(200);
    owner.act(&key, "rotate").problem(409, "key_not_active");
    owner.act(&key, "enable").expect(200);
    let new = Key::shown(&app, &owner.act(&key, "rotate").expect(201));
    owner.act(&key, "rotate").problem(409, "key_not_active");
    owner.delete(&key.path()).expect(200);
    for action in KEY_ACTIONS {
        owner.act(&key, action).problem(409, "key_already_revoked");
    }
    owner
        .patch(&key.path(), &json!({"name": "b"}))
        .problem(409, "key_already_revoked");
    new.get("/v1/whoami").expect(200);
}

#[test]
fn rotate_201_keeps_an_approval_only_if_the_caller_could_give_it() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_approved_key();
    let developer = app.sign_in(Role::Developer).with_sudo();
    let rotated = developer.act(&key, "rotate").expect(201);
    let pending = &rotated["key"]["pending_permissions"];
    assert_eq!(*pending, json!(["emails:send_bulk"]));
    let new = Key::shown(&app, &rotated);
    let refused = new
        .start_empty_campaign(&key)
        .problem(403, "insufficient_scope");
    assert_eq!(refused["required_scope"], json!(["emails:send_bulk"]));
    // The old key keeps working for its grace period.
    key.start_empty_campaign(&key).problem(409, "no_recipients");
    owner.approve(&new);
    new.start_empty_campaign(&new).problem(409, "no_recipients");
    // The audit log shows that the successor is not approved.
    let log = owner.get(&format!(
        "/api/v1/tenant/audit-log?action=key.created&subject_id={}",
        new.id
    ));
    let created = &log.expect(200)["data"][0]["after"];
    assert_eq!(created["bulk_approved_at"], Value::Null);

    let admin = app.sign_in(Role::Admin).with_sudo();
    let rotated = admin.act(&new, "rotate").expect(201);
    assert_eq!(rotated["key"]["pending_permissions"], json!([]));
}
