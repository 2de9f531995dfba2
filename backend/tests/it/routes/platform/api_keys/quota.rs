//! Quota of API keys.

use crate::util::{
    Key, Session, TestApp, json,
    quotas::{keys, refused, set_quotas, used},
};
use chrono::TimeDelta;
use serde_json::Value;
use shared::role::Role;

#[test]
fn create_403_over_quota_but_rotation_works() {
    let app = TestApp::start();
    set_quotas(&app, keys(2));
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = |environment: &str, expires_in_days: Option<u32>| {
        json!({"name": "k", "environment": environment, "permissions": ["contacts:read"],
            "expires_in_days": expires_in_days})
    };
    let create = |form: &Value| owner.post("/api/v1/platform/api-keys", form);
    let first = Key::shown(&app, &create(&form("live", None)).expect(201));
    let short = Key::shown(&app, &create(&form("live", Some(1))).expect(201));
    refused(&create(&form("live", None)), "API keys", "live", 2);
    create(&form("test", None)).expect(201);
    let rotated = owner.post(&first.action("rotate"), &json!({})).expect(201);
    let successor = Key::shown(&app, &rotated);
    refused(&create(&form("live", None)), "API keys", "live", 2);
    owner
        .post(&successor.action("disable"), &json!({}))
        .expect(200);
    refused(&create(&form("live", None)), "API keys", "live", 2);

    app.advance(TimeDelta::days(2));
    let owner = app.sign_in(Role::Owner).with_sudo();
    let create = |form: &Value| owner.post("/api/v1/platform/api-keys", form);
    assert_eq!(
        used(&app, "live")["keys"],
        1,
        "an expired key does not count"
    );
    let third = Key::shown(&app, &create(&form("live", None)).expect(201));
    let extend = || owner.patch(&short.path(), &json!({"expires_at": null}));
    refused(&extend(), "API keys", "live", 2);
    owner
        .patch(&short.path(), &json!({"name": "old"}))
        .expect(200);
    owner.delete(&third.path()).expect(200);
    extend().expect(200);
    assert_eq!(used(&app, "live")["keys"], 2);
}

#[test]
fn rotate_403_beyond_five_working_predecessors() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({"name": "k", "environment": "live", "permissions": ["contacts:read"]});
    let mut newest = owner.create_key(&form);
    let rotate = |key: &Key<'_>, grace: u32| {
        owner.post(&key.action("rotate"), &json!({"grace_seconds": grace}))
    };
    let mut earlier = Vec::new();
    for _ in 0..5 {
        let rotated = rotate(&newest, 3600).expect(201);
        earlier.push(std::mem::replace(&mut newest, Key::shown(&app, &rotated)));
    }
    rotate(&newest, 3600).problem(403, "quota_exceeded");
    newest.get("/v1/whoami").expect(200);
    // A rotation without a grace period does not increase the number of keys.
    newest = Key::shown(&app, &rotate(&newest, 0).expect(201));
    owner.delete(&earlier[0].path()).expect(200);
    newest = Key::shown(&app, &rotate(&newest, 3600).expect(201));
    app.advance(TimeDelta::hours(1));
    let owner = app.sign_in(Role::Owner).with_sudo();
    owner
        .post(&newest.action("rotate"), &json!({"grace_seconds": 3600}))
        .expect(201);
}

#[test]
fn create_403_until_the_grace_period_of_a_rotated_key_ends() {
    let app = TestApp::start();
    set_quotas(&app, keys(2));
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({"name": "k", "environment": "live", "permissions": ["contacts:read"]});
    let create = |owner: &Session<'_>| owner.post("/api/v1/platform/api-keys", &form);
    let old = Key::shown(&app, &create(&owner).expect(201));
    let week = json!({"grace_seconds": 604_800});
    let rotated = owner.post(&old.action("rotate"), &week).expect(201);
    let new = Key::shown(&app, &rotated);
    refused(&create(&owner), "API keys", "live", 2);
    // Revoking the successor makes room for one key: the old key still works.
    owner.delete(&new.path()).expect(200);
    create(&owner).expect(201);
    refused(&create(&owner), "API keys", "live", 2);
    app.advance(TimeDelta::days(7));
    let owner = app.sign_in(Role::Owner).with_sudo();
    assert_eq!(used(&app, "live")["keys"], 1);
    create(&owner).expect(201);
}
