//! `GET /api/v1/platform/api-keys/{id}`: usage, last use and last refusal of the key.

use crate::util::{Key, Session, TestApp, eventually, json};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use shared::role::Role;

/// Waits until this many requests are counted, and returns the key.
#[track_caller]
fn counted(session: &Session<'_>, key_id: &str, requests: u64) -> Value {
    eventually(|| {
        session.app.flush();
        let view = session.key_view(key_id);
        let total = view["usage"]["total_requests"].as_u64();
        (total >= Some(requests)).then_some(view)
    })
}

/// Makes eight calls with different responses; the last two after the key was revoked.
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
fn get_200_counts_every_response() {
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
    let last_used: DateTime<Utc> = view["last_used_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(last_used, app.clock.now());
    assert_eq!(counted(&owner, &other.id, 1)["usage"]["error_rate"], 0.0);

    // Reading the usage does not count, and after a day the requests leave `last_24h`.
    app.advance(TimeDelta::hours(25));
    let owner = app.sign_in(Role::Owner);
    let view = counted(&owner, &key.id, 8);
    assert_eq!(view["usage"]["total_requests"], 8);
    assert_eq!(view["usage"]["last_24h"], 0);
}

#[test]
fn get_200_names_unused_permissions_after_30_days() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({
        "name": "a", "environment": "live",
        "permissions": ["contacts:read", "contacts:write", "emails:send"]
    });
    let key = owner.create_key(&form);
    app.advance(TimeDelta::days(29));
    key.get("/v1/contacts").expect(200);
    // A rejected request uses no permission.
    key.post("/v1/contacts", &json!({"email": "nonsense"}))
        .problem(400, "invalid_email");
    let owner = app.sign_in(Role::Owner).with_sudo();
    assert_eq!(counted(&owner, &key.id, 2)["unused_permissions"], json!([]));
    app.advance(TimeDelta::days(1));
    let owner = app.sign_in(Role::Owner).with_sudo();
    let unused = owner.key_view(&key.id)["unused_permissions"].clone();
    assert_eq!(unused, json!(["contacts:write", "emails:send"]));
    // Its successor starts without usage.
    let rotated = owner.post(&key.action("rotate"), &json!({})).expect(201);
    assert_eq!(rotated["previous"]["unused_permissions"], unused);
    assert_eq!(rotated["key"]["unused_permissions"], json!([]));
    assert_eq!(rotated["key"]["usage"]["last_24h"], 0);
    assert_eq!(rotated["previous"]["usage"]["last_24h"], 2);
}

#[test]
fn get_200_refused_requests_are_not_uses_of_the_key() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&json!({"name": "a", "environment": "live",
        "permissions": ["contacts:read"], "ip_allowlist": ["192.0.2.1"]}));
    let last_use = || {
        app.flush();
        let view = owner.key_view(&key.id);
        json!({
            "last_used_at": view["last_used_at"],
            "last_used_address": view["last_used_address"],
            "last_refusal": view["last_refusal"],
        })
    };
    key.get("/v1/contacts").problem(403, "ip_not_allowed");
    insta::assert_json_snapshot!(last_use(), @r#"
    {
      "last_used_at": null,
      "last_used_address": null,
      "last_refusal": {
        "at": "2026-11-18T11:06:40Z",
        "address": "127.0.0.1",
        "route": "GET /v1/contacts",
        "error": "ip_not_allowed"
      }
    }
    "#);
    let view = owner.key_view(&key.id);
    let listed = owner.get("/api/v1/platform/api-keys").expect(200)["data"][0].clone();
    assert_eq!(listed["last_refusal"], view["last_refusal"]);
    assert_eq!(view["usage"]["total_requests"], 1, "it counts as a request");

    app.advance(TimeDelta::seconds(1));
    let anywhere = json!({"ip_allowlist": []});
    owner.patch(&key.path(), &anywhere).expect(200);
    let send = json!({"to": "a@example.com", "subject": "a", "html_body": "a"});
    key.post("/v1/emails/send", &send)
        .problem(403, "insufficient_scope");
    insta::assert_json_snapshot!(last_use(), @r#"
    {
      "last_used_at": null,
      "last_used_address": null,
      "last_refusal": {
        "at": "2026-11-18T11:06:41Z",
        "address": "127.0.0.1",
        "route": "POST /v1/emails/send",
        "error": "insufficient_scope"
      }
    }
    "#);

    // A request that fails after the key was admitted is a use.
    app.advance(TimeDelta::seconds(1));
    key.get("/v1/contacts?limit=0")
        .problem(400, "invalid_query");
    insta::assert_json_snapshot!(last_use(), @r#"
    {
      "last_used_at": "2026-11-18T11:06:42Z",
      "last_used_address": "127.0.0.1",
      "last_refusal": {
        "at": "2026-11-18T11:06:41Z",
        "address": "127.0.0.1",
        "route": "POST /v1/emails/send",
        "error": "insufficient_scope"
      }
    }
    "#);

    app.advance(TimeDelta::seconds(1));
    owner.act(&key, "disable").expect(200);
    key.get("/v1/contacts").problem(401, "invalid_token");
    insta::assert_json_snapshot!(last_use(), @r#"
    {
      "last_used_at": "2026-11-18T11:06:42Z",
      "last_used_address": "127.0.0.1",
      "last_refusal": {
        "at": "2026-11-18T11:06:43Z",
        "address": "127.0.0.1",
        "route": "GET /v1/contacts",
        "error": "invalid_token"
      }
    }
    "#);
    // Its successor has been neither used nor refused.
    owner.act(&key, "enable").expect(200);
    let rotated = owner.act(&key, "rotate").expect(201);
    assert_eq!(rotated["key"]["last_refusal"], Value::Null);
    assert_eq!(rotated["key"]["last_used_at"], Value::Null);
}

#[test]
fn get_200_requests_over_the_rate_limit_are_not_uses_of_the_key() {
    let app = TestApp::start();
    app.set_rate_limits(1, 1);
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
