//! What is counted.

use crate::util::{Key, Session, TestApp, eventually, json};
use backend::models::tenant::Tenant;
use chrono::TimeDelta;
use serde_json::Value;
use shared::{plan::PlanLimits, role::Role};

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
    app.advance(TimeDelta::hours(25));
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
    app.advance(TimeDelta::days(29));
    key.get("/v1/contacts").expect(200);
    // What was refused needs no permission.
    key.post("/v1/contacts", &json!({"email": "nonsense"}))
        .problem(400, "invalid_email");
    let owner = app.sign_in(Role::Owner).with_sudo();
    assert_eq!(counted(&owner, &key.id, 2)["unused_permissions"], json!([]));
    app.advance(TimeDelta::days(1));
    let owner = app.sign_in(Role::Owner).with_sudo();
    let unused = owner.key_view(&key.id)["unused_permissions"].clone();
    assert_eq!(unused, json!(["contacts:write", "emails:send"]));
    // Its successor begins anew.
    let rotated = owner.post(&key.action("rotate"), &json!({})).expect(201);
    assert_eq!(rotated["previous"]["unused_permissions"], unused);
    assert_eq!(rotated["key"]["unused_permissions"], json!([]));
    assert_eq!(rotated["key"]["usage"]["last_24h"], 0);
    assert_eq!(rotated["previous"]["usage"]["last_24h"], 2);
}

#[test]
fn a_refused_request_is_no_use_of_its_key() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&json!({"name": "a", "environment": "live",
        "permissions": ["contacts:read"], "ip_allowlist": ["192.0.2.1"]}));
    let seen = |refused_with: &str| {
        app.flush();
        let view = owner.key_view(&key.id);
        assert_eq!(view["last_refusal"]["error"], refused_with, "{view}");
        assert_eq!(view["last_refusal"]["address"], "127.0.0.1");
        view
    };
    key.get("/v1/contacts").problem(403, "ip_not_allowed");
    let view = seen("ip_not_allowed");
    assert_eq!(view["last_used_at"], Value::Null);
    assert_eq!(view["last_used_address"], Value::Null);
    let listed = owner.get("/api/v1/platform/api-keys").expect(200)["data"][0].clone();
    assert_eq!(listed["last_refusal"], view["last_refusal"]);
    assert_eq!(view["usage"]["total_requests"], 1, "it counts as a request");

    app.advance(TimeDelta::seconds(1));
    let anywhere = json!({"ip_allowlist": []});
    owner.patch(&key.path(), &anywhere).expect(200);
    let send = json!({"to": "a@example.com", "subject": "a", "html_body": "a"});
    key.post("/v1/emails/send", &send)
        .problem(403, "insufficient_scope");
    let view = seen("insufficient_scope");
    assert_eq!(view["last_refusal"]["route"], "POST /v1/emails/send");
    assert_eq!(view["last_used_at"], Value::Null);

    // What fails after the key was let in is a use.
    app.advance(TimeDelta::seconds(1));
    key.get("/v1/contacts?limit=0")
        .problem(400, "invalid_query");
    let view = seen("insufficient_scope");
    let used_at = view["last_used_at"].clone();
    assert_eq!(used_at, "2026-11-18T11:06:42Z");
    assert_eq!(view["last_used_address"], "127.0.0.1");

    app.advance(TimeDelta::seconds(1));
    crate::lifecycle::act(&owner, &key, "disable").expect(200);
    key.get("/v1/contacts").problem(401, "invalid_token");
    let view = seen("invalid_token");
    assert_eq!(view["last_used_at"], used_at);
    assert_eq!(view["last_refusal"]["at"], "2026-11-18T11:06:43Z");
    // The key that follows has been neither used nor refused.
    crate::lifecycle::act(&owner, &key, "enable").expect(200);
    let rotated = crate::lifecycle::act(&owner, &key, "rotate").expect(201);
    assert_eq!(rotated["key"]["last_refusal"], Value::Null);
    assert_eq!(rotated["key"]["last_used_at"], Value::Null);
}

#[test]
fn a_request_over_the_limit_is_no_use_of_its_key() {
    let app = TestApp::start();
    let limits = PlanLimits {
        rate_per_minute: 1,
        burst: 1,
    };
    app.write(|conn| Tenant::set_limits(conn, &app.tenant, limits));
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&json!({"name": "a", "environment": "live",
        "permissions": ["contacts:read"]}));
    key.get("/v1/contacts").expect(200);
    app.advance(TimeDelta::seconds(1));
    key.get("/v1/contacts").problem(429, "rate_limit_exceeded");
    app.flush();
    let view = owner.key_view(&key.id);
    assert_eq!(view["last_refusal"]["error"], "rate_limit_exceeded");
    assert_ne!(view["last_used_at"], view["last_refusal"]["at"]);
}
