//! Approvals and environments cannot be bypassed.

use crate::{
    lifecycle::{act, simple},
    util::{Key, Session, TestApp, json},
};
use serde_json::Value;
use shared::role::Role;

const KEYS: &str = "/api/v1/platform/api-keys";
const USAGE: &str = "/api/v1/tenant/analytics/api-usage";

/// Creates a key that the owner has approved for campaigns.
fn approved<'a>(owner: &Session<'a>) -> Key<'a> {
    let key = owner.create_key(&simple(&["campaigns:write", "emails:send_bulk"]));
    owner.approve(&key);
    key
}

fn permissions(key: &Key<'_>) -> Value {
    key.get("/v1/whoami").expect(200)["permissions"].clone()
}

/// Tries to start a campaign without recipients.
fn start_campaign(with: &Key<'_>, author: &Key<'_>) -> crate::util::Answer {
    let form = json!({"name": "a", "subject": "a", "html_body": "a"});
    let campaign = author.post("/v1/campaigns", &form).expect(201);
    let id = campaign["id"].as_str().expect("has an id").to_owned();
    with.request("POST", &format!("/v1/campaigns/{id}/start"))
        .send()
}

fn in_environment<'a>(app: &'a TestApp, environment: &str, permissions: &[&str]) -> Key<'a> {
    app.key_from(&json!({
        "name": environment, "environment": environment, "permissions": permissions
    }))
}

#[test]
fn rotating_an_approved_key_needs_a_new_approval_unless_the_caller_could_give_it() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = approved(&owner);
    let developer = app.sign_in(Role::Developer).with_sudo();
    let rotated = act(&developer, &key, "rotate").expect(201);
    let pending = &rotated["key"]["pending_permissions"];
    assert_eq!(*pending, json!(["emails:send_bulk"]));
    let new = Key::shown(&app, &rotated);
    let refused = start_campaign(&new, &key).problem(403, "insufficient_scope");
    assert_eq!(refused["required_scope"], json!(["emails:send_bulk"]));
    // The old key keeps working for its grace period.
    start_campaign(&key, &key).problem(409, "no_recipients");
    owner.approve(&new);
    start_campaign(&new, &new).problem(409, "no_recipients");
    // The audit log shows that the successor is not approved.
    let log = owner.get(&format!(
        "/api/v1/tenant/audit-log?action=key.created&subject_id={}",
        new.id
    ));
    let created = &log.expect(200)["data"][0]["after"];
    assert_eq!(created["bulk_approved_at"], Value::Null);

    let admin = app.sign_in(Role::Admin).with_sudo();
    let rotated = act(&admin, &new, "rotate").expect(201);
    assert_eq!(rotated["key"]["pending_permissions"], json!([]));
}

#[test]
fn a_key_passes_on_only_an_approval_that_it_has() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let scopes = ["admin:keys", "campaigns:write", "emails:send_bulk"];
    let parent = owner.create_key(&simple(&scopes));
    let sibling = approved(&owner);
    let rotate = |key: &Key<'_>| parent.post(&key.action("rotate"), &json!({})).expect(201);
    let rotated = rotate(&sibling);
    let pending = &rotated["key"]["pending_permissions"];
    assert_eq!(*pending, json!(["emails:send_bulk"]));
    // Widening a sibling that has more scopes in effect is refused as well.
    let sibling = approved(&owner);
    let narrow = json!({"ip_allowlist": ["127.0.0.1"]});
    owner.patch(&sibling.path(), &narrow).expect(200);
    let wide = parent.request("PATCH", &sibling.path());
    let refused = wide.json(&json!({"ip_allowlist": []})).send();
    let refused = refused.problem(403, "beyond_your_rights");
    assert_eq!(refused["required_scope"], json!(["emails:send_bulk"]));

    owner.approve(&parent);
    let sibling = approved(&owner);
    let rotated = rotate(&sibling);
    assert_eq!(rotated["key"]["pending_permissions"], json!([]));
    // Any caller's new key waits for approval.
    let child = parent
        .post(KEYS, &simple(&["emails:send_bulk"]))
        .expect(201);
    let pending = &child["key"]["pending_permissions"];
    assert_eq!(*pending, json!(["emails:send_bulk"]));
}

#[test]
fn an_approved_key_is_not_widened_enabled_or_revealed_without_the_right_to_approve() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let mut form = simple(&["campaigns:write", "emails:send_bulk"]);
    form["recoverable"] = json!(true);
    form["ip_allowlist"] = json!(["127.0.0.1"]);
    form["expires_in_days"] = json!(5);
    let key = owner.create_key(&form);
    owner.approve(&key);
    let developer = app.sign_in(Role::Developer).with_sudo();
    let beyond = |answer: crate::util::Answer| {
        let problem = answer.problem(403, "beyond_your_rights");
        assert_eq!(problem["required_scope"], json!(["emails:send_bulk"]));
    };
    beyond(act(&developer, &key, "reveal"));
    let expires_at = app.clock.now() + chrono::TimeDelta::days(6);
    for wider in [
        json!({"ip_allowlist": []}),
        json!({"expires_at": null}),
        json!({"expires_at": expires_at}),
        json!({"permissions": ["campaigns:write", "contacts:read", "emails:send_bulk"]}),
    ] {
        beyond(developer.patch(&key.path(), &wider));
    }
    act(&developer, &key, "disable").expect(200);
    beyond(act(&developer, &key, "enable"));
    act(&owner, &key, "enable").expect(200);
    // Any user may remove the approved scope, and afterwards change the rest.
    let given_up = json!({"permissions": ["campaigns:write"], "ip_allowlist": []});
    developer.patch(&key.path(), &given_up).expect(200);
}

#[test]
fn enabling_is_granting() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let developer = app.sign_in(Role::Developer).with_sudo();
    for scope in ["admin:full", "admin:keys", "admin:billing"] {
        let key = owner.create_key(&simple(&[scope, "contacts:read"]));
        act(&developer, &key, "disable").expect(200);
        let problem = act(&developer, &key, "enable").problem(403, "beyond_your_rights");
        assert_eq!(problem["required_scope"], json!([scope]));
        key.get("/v1/whoami").problem(401, "invalid_token");
        act(&app.sign_in(Role::Admin).with_sudo(), &key, "enable").expect(200);
    }
    let plain = owner.create_key(&simple(&["contacts:read"]));
    act(&developer, &plain, "disable").expect(200);
    act(&developer, &plain, "enable").expect(200);
}

#[test]
fn a_playground_token_has_no_more_than_its_user_could_give() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = approved(&owner);
    let developer = app.sign_in(Role::Developer).with_sudo();
    let token = key.playground_token(&developer);
    assert_eq!(
        permissions(&token),
        json!(["campaigns:read", "campaigns:write"])
    );
    let refused = start_campaign(&token, &key).problem(403, "insufficient_scope");
    assert_eq!(refused["required_scope"], json!(["emails:send_bulk"]));
    let detail = refused["detail"].as_str().expect("is a text");
    assert!(detail.contains("playground token"), "{detail}");
    // The key itself still may, and so may the owner's token.
    start_campaign(&key, &key).problem(409, "no_recipients");
    let token = key.playground_token(&owner);
    start_campaign(&token, &key).problem(409, "no_recipients");
}

#[test]
fn a_playground_token_does_not_follow_a_later_widening() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&simple(&["contacts:read", "emails:send_bulk"]));
    let token = key.playground_token(&owner);
    let wider = json!({"permissions": ["contacts:write", "emails:send", "emails:send_bulk"]});
    owner.patch(&key.path(), &wider).expect(200);
    owner.approve(&key);
    let contact = json!({"email": "a@example.com"});
    key.post("/v1/contacts", &contact).expect(201);
    assert_eq!(permissions(&token), json!(["contacts:read"]));
    let refused = token.post("/v1/contacts", &contact);
    let refused = refused.problem(403, "insufficient_scope");
    let detail = refused["detail"].as_str().expect("is a text");
    assert!(detail.contains("when the token was made"), "{detail}");
    // A new token has the key's current rights.
    let token = key.playground_token(&owner);
    token.post("/v1/contacts", &contact).expect(200);
    // Narrowing the key still revokes its tokens immediately.
    let narrow = json!({"permissions": ["contacts:read"]});
    owner.patch(&key.path(), &narrow).expect(200);
    token.get("/v1/whoami").problem(401, "invalid_token");
}

#[test]
fn a_key_sees_and_changes_keys_of_its_own_environment_only() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let scopes = ["admin:keys", "contacts:read", "analytics:read"];
    let keys = ["live", "test"].map(|environment| in_environment(&app, environment, &scopes));
    for (own, other) in [(&keys[0], &keys[1]), (&keys[1], &keys[0])] {
        for query in ["", "?search=live", "?search=test", "?status=active"] {
            let page = own.get(&format!("{KEYS}{query}")).expect(200);
            let data = page["data"].as_array().expect("is a list");
            assert_eq!(page["total"], data.len());
            assert!(data.iter().all(|key| key["id"] == own.id.as_str()));
        }
        other.get(&other.path()).expect(200);
        own.get(&other.path()).problem(404, "not_found");
        let patch = own.request("PATCH", &other.path());
        let renamed = patch.json(&json!({"name": "b"})).send();
        renamed.problem(404, "not_found");
        for path in [other.path(), format!("{}?descendants=true", other.path())] {
            own.delete(&path).problem(404, "not_found");
        }
        own.post(&other.action("rotate"), &json!({}))
            .problem(404, "not_found");
        own.get(&format!("{USAGE}?key_id={}", other.id))
            .problem(404, "not_found");
        other.get("/v1/whoami").expect(200);
    }
    // Users see keys of both environments.
    assert_eq!(owner.get(KEYS).expect(200)["total"], 2);
}

#[test]
fn a_key_sees_the_requests_and_limits_of_its_own_environment_only() {
    let app = TestApp::start();
    let scopes = ["analytics:read", "analytics:export"];
    let live = in_environment(&app, "live", &scopes);
    let test = in_environment(&app, "test", &scopes);
    // Two live keys and a test key; each makes a successful and a failing request.
    let other = in_environment(&app, "live", &["emails:send"]);
    for key in [&live, &other, &test] {
        key.get("/v1/whoami").expect(200);
        key.get("/v1/contacts").problem(403, "insufficient_scope");
    }
    app.flush();
    // First, because the calls below are counted too.
    let developer = app.sign_in(Role::Developer);
    for (environment, requests) in [("live", 4), ("test", 2)] {
        let path = format!("{USAGE}?environment={environment}");
        assert_eq!(
            developer.get(&path).expect(200)["totals"]["requests"],
            requests
        );
    }
    for (key, keys) in [(&live, vec![&live, &other]), (&test, vec![&test])] {
        let count = keys.len();
        let usage = key.get(USAGE).expect(200);
        assert_eq!(usage["totals"]["requests"], 2 * count);
        assert_eq!(usage["keys"].as_array().map(Vec::len), Some(count));
        let total = |list: &Value, member: &str| -> u64 {
            let list = list.as_array().expect("is a list").iter();
            list.filter_map(|entry| entry[member].as_u64()).sum()
        };
        assert_eq!(total(&usage["series"], "total"), 2 * count as u64);
        assert_eq!(total(&usage["endpoints"], "requests"), 2 * count as u64);
        assert_eq!(total(&usage["errors"]["by_status"], "count"), count as u64);
        let recent = usage["errors"]["recent"].as_array().expect("is a list");
        assert_eq!(recent.len(), count);
        for error in recent {
            assert!(keys.iter().any(|key| error["key_id"] == key.id.as_str()));
        }
        assert_eq!(usage["rate_limit"]["environment"], app_environment(key));
        let file = key.get(&format!("{USAGE}/errors.csv")).text();
        assert_eq!(file.lines().count(), 1 + count, "{file}");
    }
    let id = live
        .get("/v1/whoami")
        .header("x-request-id")
        .map(str::to_owned);
    app.flush();
    let path = format!("/api/v1/tenant/requests/{}", id.expect("has an id"));
    test.get(&path).problem(404, "not_found");
    live.get(&path).expect(200);

    let limit = "/api/v1/tenant/rate-limit";
    for (key, own, other) in [(&live, "live", "test"), (&test, "test", "live")] {
        let asked = key.get(&format!("{limit}?environment={own}")).expect(200);
        assert_eq!(asked["plan"], key.get(limit).expect(200)["plan"]);
        key.get(&format!("{limit}?environment={other}"))
            .problem_of_fields(403, "beyond_your_rights", &["environment"]);
    }
}

/// Returns the environment that `whoami` reports for the key.
fn app_environment(key: &Key<'_>) -> Value {
    key.get("/v1/whoami").expect(200)["environment"].clone()
}

#[test]
fn only_keys_that_may_send_see_what_emails_say() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let sender = app.key(&["emails:send"]);
    let form = json!({
        "to": "delivered@sandbox.penguinmails.test", "subject": "Reset your password",
        "html_body": "<a href=\"https://acme.example/reset?secret=1\">Reset</a>",
        "text_body": "https://acme.example/reset?secret=1"
    });
    let sent = sender.post("/v1/emails/send", &form).expect(200);
    let path = format!("/v1/emails/{}", sent["id"].as_str().expect("has an id"));
    let shown = sender.get(&path).expect(200);
    assert_eq!(shown["html_body"], form["html_body"]);
    assert_eq!(shown["text_body"], form["text_body"]);
    assert!(shown["html_as_sent"].as_str().is_some());
    // A reader follows the link.
    let html = shown["html_as_sent"].as_str().expect("is HTML");
    let link = html
        .split("href=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let link = link.expect("has a link").replace("&amp;", "&");
    let tracked = &link[link.find("/t/c/").expect("is tracked")..];
    app.request("GET", tracked).send();

    let token_without_send = app.key(&["analytics:read"]).playground_token(&owner);
    for reader in [app.key(&["analytics:read"]), token_without_send] {
        let answer = reader.get(&path);
        let metadata = answer.expect(200);
        for body in ["html_body", "html_as_sent", "text_body"] {
            assert_eq!(metadata.get(body), Some(&Value::Null), "{body}");
        }
        assert!(!answer.text().contains("secret=1"), "{metadata}");
        for member in ["id", "to", "subject", "status", "created_at", "captured"] {
            assert!(!metadata[member].is_null(), "{member}");
        }
        let list = reader.get("/v1/emails");
        list.expect(200);
        assert!(!list.text().contains("secret=1"));
    }
    for reader in [
        app.key(&["analytics:read", "emails:send"]),
        app.key(&["admin:full"]),
    ] {
        let shown = reader.get(&path).expect(200);
        assert_eq!(shown["text_body"], form["text_body"]);
        let clicked = shown["events"].as_array().expect("is a list").iter();
        let urls: Vec<_> = clicked.filter(|event| event["kind"] == "clicked").collect();
        assert_eq!(urls.len(), 1, "{shown}");
        assert_eq!(urls[0]["url"], "https://acme.example/reset?secret=1");
    }
    // A test key with the scope cannot read emails of the live environment.
    let test = in_environment(&app, "test", &["emails:send"]);
    test.get(&path).problem(404, "not_found");
}
