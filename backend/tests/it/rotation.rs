//! Rotating keys: grace periods, usage and successors.

use crate::{
    lifecycle::{ACTIONS, act, full_form, simple},
    util::{Key, TestApp, json},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use shared::role::Role;

#[test]
fn rotate_201_and_both_keys_work_until_the_grace_ends() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let old = owner.create_key(&full_form());
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
    crate::util::eventually(|| {
        app.flush();
        let total = |key: &Key<'_>| owner.key_view(&key.id)["usage"]["total_requests"].clone();
        (total(&old) == 3 && total(&new) == 2).then_some(())
    });
}

#[test]
fn usage_is_told_key_by_key_of_a_chain() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let mut chain = vec![owner.create_key(&simple(&["contacts:read"]))];
    for _ in 0..3 {
        app.advance(TimeDelta::seconds(1));
        let rotated = act(&owner, chain.last().unwrap(), "rotate").expect(201);
        chain.push(Key::shown(&app, &rotated));
    }
    for (key, calls) in chain.iter().zip([1, 2, 4, 8]) {
        for _ in 0..calls {
            key.get("/v1/contacts").expect(200);
        }
    }
    chain[1]
        .get("/v1/contacts?limit=0")
        .problem(400, "invalid_query");
    let seen = || -> Vec<[u64; 3]> {
        app.flush();
        let number = |view: &Value, name: &str| view["usage"][name].as_u64().unwrap();
        let views = chain.iter().map(|key| owner.key_view(&key.id));
        let numbers = |view| {
            ["total_requests", "last_24h", "successors_last_24h"].map(|name| number(&view, name))
        };
        views.map(numbers).collect()
    };
    let expected = [[1, 1, 15], [3, 3, 12], [4, 4, 8], [8, 8, 0]];
    crate::util::eventually(|| (seen() == expected).then_some(()));
    let rate = |key: &Key<'_>| {
        owner.key_view(&key.id)["usage"]["error_rate"]
            .as_f64()
            .unwrap()
    };
    assert!((rate(&chain[1]) - 1.0 / 3.0).abs() < 1e-9);
    assert!(rate(&chain[0]).abs() < 1e-9);

    // Revoked successors are not counted, whether revoked by a user or by the end of their grace
    // period.
    owner.delete(&chain[2].path()).expect(200);
    assert_eq!(seen(), [[1, 1, 11], [3, 3, 8], [4, 4, 8], [8, 8, 0]]);
    owner.delete(&chain[3].path()).expect(200);
    assert_eq!(seen(), [[1, 1, 3], [3, 3, 0], [4, 4, 0], [8, 8, 0]]);
    let listed = owner.get("/api/v1/platform/api-keys").expect(200);
    let of_first = |row: &&Value| row["id"] == chain[0].id.as_str();
    let first = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(of_first)
        .unwrap();
    assert_eq!(first["usage"]["successors_last_24h"], 3);
    app.advance(TimeDelta::hours(25));
    let owner = app.sign_in(Role::Owner);
    assert_eq!(owner.key_view(&chain[0].id)["usage"]["last_24h"], 0);
    assert_eq!(owner.key_view(&chain[0].id)["usage"]["total_requests"], 1);
}

#[test]
fn rotate_201_with_any_grace_but_never_past_the_expiry() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let rotated = |form: &Value, expires_in_days: &Value| {
        let mut key = simple(&["contacts:read"]);
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
    let key = owner.create_key(&simple(&["contacts:read"]));
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
fn rotate_409_unless_the_key_is_active() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&simple(&["contacts:read"]));
    act(&owner, &key, "disable").expect(200);
    act(&owner, &key, "rotate").problem(409, "key_not_active");
    act(&owner, &key, "enable").expect(200);
    let new = Key::shown(&app, &act(&owner, &key, "rotate").expect(201));
    act(&owner, &key, "rotate").problem(409, "key_not_active");
    owner.delete(&key.path()).expect(200);
    for action in ACTIONS {
        act(&owner, &key, action).problem(409, "key_already_revoked");
    }
    owner
        .patch(&key.path(), &json!({"name": "b"}))
        .problem(409, "key_already_revoked");
    new.get("/v1/whoami").expect(200);
}

#[test]
fn rotate_201_once_of_many_at_once() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&simple(&["contacts:read"]));
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6)
            .map(|_| scope.spawn(|| act(&owner, &key, "rotate").status))
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
