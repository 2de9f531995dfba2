//! Playground tokens in place of a key.

use crate::util::{Answer, Key, TestApp, eventually, json};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use shared::{plan::Plan, role::Role};

fn form(environment: &str) -> Value {
    json!({
        "name": "a", "environment": environment, "permissions": ["contacts:read", "emails:send"],
        "ip_allowlist": ["192.0.2.0/24"]
    })
}

#[track_caller]
fn refused(answer: &Answer) {
    answer.problem(401, "invalid_token");
}

#[test]
fn a_token_is_accepted_as_its_key_by_the_public_api_only() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&form("live"));
    let token = key.playground_token(&owner);
    // The allowlist excludes this IP address for the key. The token requires the IP address of
    // its session.
    key.get("/v1/whoami").problem(403, "ip_not_allowed");
    let answer = token.get("/v1/whoami");
    let whoami = answer.expect(200);
    assert_eq!(whoami["key_id"], key.id.as_str());
    assert_eq!(
        whoami["permissions"],
        json!(["contacts:read", "emails:send"])
    );
    assert_eq!(answer.header("x-ratelimit-remaining"), Some("499"));
    token.get("/v1/contacts").expect(200);
    token
        .post("/v1/contacts", &json!({"email": "a@example.com"}))
        .problem(403, "insufficient_scope");
    // Tokens are valid for the public API only, not for the management API.
    app.add_tenant("other", Plan::Starter);
    refused(&token.get("/api/v1/tenant/rate-limit"));
    refused(&token.get(&key.path()));
    // Tokens are not valid as live keys or with another length.
    for wrong in [
        token.plain.replace("play", "live"),
        format!("{}x", token.plain),
    ] {
        let mut other = token.clone();
        other.plain = wrong;
        refused(&other.get("/v1/whoami"));
    }
}

#[test]
fn calls_do_not_count_as_usage_of_the_key() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner
        .create_key(&json!({"name": "a", "environment": "test", "permissions": ["contacts:read"]}));
    let token = key.playground_token(&owner);
    token.get("/v1/whoami").expect(200);
    key.get("/v1/whoami").expect(200);
    app.advance(TimeDelta::minutes(1));
    token.get("/v1/whoami").expect(200);
    let view = eventually(|| {
        app.flush();
        let view = owner.key_view(&key.id);
        (view["usage"]["total_requests"] == 1).then_some(view)
    });
    let last_used: DateTime<Utc> = view["last_used_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(last_used, app.clock.now() - TimeDelta::minutes(1));
    assert_eq!(view["last_used_address"], "127.0.0.1");
}

#[test]
fn a_token_ends_with_its_lifetime_session_or_key() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let create = || {
        let key = owner.create_key(&form("test"));
        let token = key.playground_token(&owner);
        token.get("/v1/whoami").expect(200);
        (key, token)
    };
    let (key, ended) = create();
    owner.delete(&key.path()).expect(200);
    refused(&ended.get("/v1/whoami"));

    let (key, ended) = create();
    owner
        .request("POST", &key.action("disable"))
        .send()
        .expect(200);
    refused(&ended.get("/v1/whoami"));
    owner
        .request("POST", &key.action("enable"))
        .send()
        .expect(200);
    refused(&ended.get("/v1/whoami"));

    let (key, ended) = create();
    owner
        .patch(&key.path(), &json!({"permissions": ["contacts:read"]}))
        .expect(200);
    refused(&ended.get("/v1/whoami"));

    let (key, kept) = create();
    owner.patch(&key.path(), &json!({"name": "b"})).expect(200);
    kept.get("/v1/whoami").expect(200);

    let developer = app.sign_in(Role::Developer);
    let of_developer = key.playground_token(&developer);
    of_developer.get("/v1/whoami").expect(200);
    developer.post("/api/v1/auth/logout", &json!({}));
    refused(&of_developer.get("/v1/whoami"));
    kept.get("/v1/whoami").expect(200);

    let (_, ended) = create();
    app.advance(TimeDelta::minutes(5) - TimeDelta::milliseconds(1));
    ended.get("/v1/whoami").expect(200);
    app.advance(TimeDelta::milliseconds(1));
    refused(&ended.get("/v1/whoami"));
}

#[test]
fn a_token_ends_when_the_users_role_changes() {
    let app = TestApp::start();
    let key = app
        .sign_in(Role::Owner)
        .with_sudo()
        .create_key(&form("test"));
    let token = key.playground_token(&app.sign_in(Role::Developer));
    token.get("/v1/whoami").expect(200);
    app.write(|conn| {
        use diesel::RunQueryDsl;
        let demote = "UPDATE users SET role = 'member' WHERE id = 'usr_acme_developer'";
        diesel::sql_query(demote).execute(conn)?;
        Ok(())
    });
    refused(&token.get("/v1/whoami"));
}

#[test]
fn call_401_from_another_address_than_the_session() {
    let app = TestApp::start_with(&["--trusted-proxy", "127.0.0.1/32"]);
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&form("test"));
    let from = |caller: &Key<'_>, address: &str| {
        caller
            .request("GET", "/v1/whoami")
            .header("X-Forwarded-For", address)
            .send()
    };
    let answer = owner
        .request("POST", &key.action("playground-token"))
        .header("X-Forwarded-For", "198.51.100.7")
        .send();
    let mut token = key.clone();
    token.plain = answer.expect(201)["token"].as_str().unwrap().to_owned();
    from(&token, "198.51.100.7").expect(200);
    refused(&from(&token, "198.51.100.8"));
    // Not even from an IP address in the key's allowlist.
    refused(&from(&token, "192.0.2.1"));
}
