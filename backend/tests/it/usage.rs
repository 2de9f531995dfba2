//! What is counted.

use crate::util::{Key, Session, TestApp, eventually, json};
use serde_json::Value;
use shared::role::Role;

/// The key as soon as this many requests are counted.
#[track_caller]
fn counted(session: &Session<'_>, key_id: &str, requests: u64) -> Value {
    eventually(|| {
        session.app.flush();
        let view = session.key_view(key_id);
        let total = view["usage"]["total_requests"].as_u64();
        (total >= Some(requests)).then_some(view)
    })
}

/// Seven calls with different answers; the last two come after the key was revoked.
fn make_calls(owner: &Session<'_>, key: &Key<'_>) -> Vec<u16> {
    let contact = json!({"email": "a@example.com"});
    let mut statuses = vec![
        key.get("/v1/whoami").status,
        key.get("/v1/contacts").status,
        key.get("/v1/contacts?limit=0").status,
        key.get(&format!("/v1/contacts?key={}", key.plain)).status,
        key.post("/v1/contacts", &contact).status,
        key.get("/v1/nothing").status,
    ];
    owner.delete(&key.path()).expect(200);
    statuses.push(key.get("/v1/whoami").status);
    statuses.push(key.get("/v1/whoami").status);
    statuses
}

#[test]
fn usage_counts_every_answer() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({"name": "a", "environment": "live", "permissions": ["contacts:read"]});
    let (key, other) = (owner.create_key(&form), owner.create_key(&form));
    other.get("/v1/whoami").expect(200);
    let statuses = make_calls(&owner, &key);
    assert_eq!(statuses, [200, 200, 400, 400, 403, 404, 401, 401]);
    let view = counted(&owner, &key.id, 8);
    assert_eq!(view["usage"]["total_requests"], 8);
    assert_eq!(view["usage"]["last_24h"], 8);
    assert_eq!(view["usage"]["error_rate"], 0.75);
    let last_used: chrono::DateTime<chrono::Utc> =
        view["last_used_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(last_used, app.clock.now());
    assert_eq!(counted(&owner, &other.id, 1)["usage"]["error_rate"], 0.0);

    // Looking at the usage is no usage, and a day later it is history.
    app.advance(chrono::TimeDelta::hours(25));
    let owner = app.sign_in(Role::Owner);
    let view = counted(&owner, &key.id, 8);
    assert_eq!(view["usage"]["total_requests"], 8);
    assert_eq!(view["usage"]["last_24h"], 0);
}

#[test]
fn usage_survives_a_restart() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({"name": "a", "environment": "live", "permissions": ["contacts:read"]});
    let key = owner.create_key(&form);
    for _ in 0..5 {
        key.get("/v1/whoami").expect(200);
    }
    let (id, plain, token) = (key.id, key.plain, owner.token);
    let app = app.restart();
    let owner = Session { app: &app, token };
    assert_eq!(owner.key_view(&id)["usage"]["total_requests"], 5);
    let key = Key {
        app: &app,
        id,
        plain,
    };
    key.get("/v1/whoami").expect(200);
    assert_eq!(counted(&owner, &key.id, 6)["usage"]["total_requests"], 6);
}

#[test]
fn unused_permissions_are_told_after_thirty_days() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({
        "name": "a", "environment": "live",
        "permissions": ["contacts:read", "contacts:write", "emails:send"]
    });
    let key = owner.create_key(&form);
    app.advance(chrono::TimeDelta::days(29));
    key.get("/v1/contacts").expect(200);
    // What was refused needs no permission.
    key.post("/v1/contacts", &json!({"email": "nonsense"}))
        .problem(400, "invalid_email");
    let owner = app.sign_in(Role::Owner).with_sudo();
    assert_eq!(counted(&owner, &key.id, 2)["unused_permissions"], json!([]));
    app.advance(chrono::TimeDelta::days(1));
    let owner = app.sign_in(Role::Owner).with_sudo();
    let unused = owner.key_view(&key.id)["unused_permissions"].clone();
    assert_eq!(unused, json!(["contacts:write", "emails:send"]));
    // Its successor inherits what is known.
    let rotated = owner.post(&key.action("rotate"), &json!({})).expect(201);
    assert_eq!(rotated["previous"]["unused_permissions"], unused);
    assert_eq!(rotated["key"]["usage"]["last_24h"], 2);
    assert_eq!(rotated["key"]["usage"]["own_last_24h"], 0);
    assert_eq!(rotated["previous"]["usage"]["own_last_24h"], 2);
}
