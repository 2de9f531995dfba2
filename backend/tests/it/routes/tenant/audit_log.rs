//! `GET /api/v1/tenant/audit-log`.

use crate::util::{Key, Session, TestApp, json};
use chrono::TimeDelta;
use insta::assert_json_snapshot;
use serde_json::Value;
use shared::{plan::Plan, role::Role};

const LOG: &str = "/api/v1/tenant/audit-log";

#[track_caller]
fn entries(session: &Session<'_>, query: &str) -> Vec<Value> {
    let page = session.get(&format!("{LOG}?limit=100&{query}")).expect(200);
    page["data"].as_array().expect("a page has rows").clone()
}

#[track_caller]
fn actions(session: &Session<'_>, query: &str) -> Vec<String> {
    let mut actions: Vec<_> = entries(session, query)
        .iter()
        .map(|entry| entry["action"].as_str().expect("has an action").to_owned())
        .collect();
    actions.reverse();
    actions
}

#[test]
fn every_change_of_a_key_is_recorded() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({
        "name": "a", "environment": "test", "recoverable": true,
        "permissions": ["contacts:read", "emails:send_bulk"], "ip_allowlist": ["192.0.2.0/24"]
    });
    let key = owner.create_key(&form);
    let act = |action: &str| owner.request("POST", &key.action(action)).send();
    key.get("/v1/whoami").problem(403, "ip_not_allowed");
    key.get("/v1/whoami").problem(403, "ip_not_allowed");
    owner
        .patch(&key.path(), &json!({"ip_allowlist": [], "name": "b"}))
        .expect(200);
    owner.patch(&key.path(), &json!({"name": "b"})).expect(200);
    act("disable").expect(200);
    act("disable").expect(200);
    act("enable").expect(200);
    act("approve").expect(200);
    act("reveal").expect(200);
    act("playground-token").expect(201);
    let new = Key::shown(&app, &act("rotate").expect(201));
    owner.delete(&key.path()).expect(200);
    // Refused actions, and actions without effect, are not recorded.
    act("enable").problem(409, "key_already_revoked");
    let subject = format!("subject_id={}", key.id);
    assert_eq!(
        actions(&owner, &subject),
        [
            "key.created",
            "key.address_refused",
            "key.updated",
            "key.disabled",
            "key.enabled",
            "key.approved",
            "key.revealed",
            "key.playground_token",
            "key.rotated",
            "key.revoked",
        ]
    );
    assert_eq!(
        actions(&owner, &format!("subject_id={}", new.id)),
        ["key.created"]
    );

    let updated = &entries(&owner, &format!("{subject}&action=key.updated"))[0];
    assert_json_snapshot!(updated, {".id" => "[audit id]", ".subject_id" => "[key id]"}, @r#"
    {
      "id": "[audit id]",
      "at": "2026-11-18T11:06:40Z",
      "actor": {
        "type": "user",
        "id": "usr_acme_owner",
        "email": "owner@acme.test",
        "address": "127.0.0.1"
      },
      "action": "key.updated",
      "subject_id": "[key id]",
      "before": {
        "name": "a",
        "ip_allowlist": [
          "192.0.2.0/24"
        ]
      },
      "after": {
        "name": "b",
        "ip_allowlist": []
      }
    }
    "#);
    let refused = &entries(&owner, &format!("{subject}&action=key.address_refused"))[0];
    assert_json_snapshot!(refused, {
        ".id" => "[audit id]", ".actor.id" => "[key id]", ".subject_id" => "[key id]"
    }, @r#"
    {
      "id": "[audit id]",
      "at": "2026-11-18T11:06:40Z",
      "actor": {
        "type": "key",
        "id": "[key id]",
        "email": "owner@acme.test",
        "address": "127.0.0.1"
      },
      "action": "key.address_refused",
      "subject_id": "[key id]",
      "before": null,
      "after": {
        "address": "127.0.0.1",
        "ip_allowlist": [
          "192.0.2.0/24"
        ]
      }
    }
    "#);
}

#[test]
fn a_refused_address_is_recorded_once_an_hour() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&json!({
        "name": "a", "environment": "live", "permissions": ["contacts:read"],
        "ip_allowlist": ["192.0.2.0/24"]
    }));
    for count in 1..3 {
        for _ in 0..3 {
            key.get("/v1/whoami").problem(403, "ip_not_allowed");
        }
        assert_eq!(actions(&owner, "action=key.address_refused").len(), count);
        app.advance(TimeDelta::hours(1));
    }
}

#[test]
fn sign_ins_and_plan_changes_are_recorded() {
    let app = TestApp::start();
    let admin = app.sign_in(Role::Admin).with_sudo();
    let change = |plan: &str| {
        admin
            .request("PUT", "/api/v1/tenant/plan")
            .json(&json!({"plan": plan}))
            .send()
    };
    change("business").expect(200);
    app.sign_in(Role::Developer)
        .post("/api/v1/auth/logout", &json!({}));
    let change = &entries(&admin, "action=plan.changed")[0];
    assert_eq!(
        change["before"],
        json!({"plan": "professional", "rate_per_minute": 300, "burst": 500})
    );
    assert_eq!(
        change["after"],
        json!({"plan": "business", "rate_per_minute": 1000, "burst": 2000})
    );
    assert_eq!(
        actions(&admin, ""),
        [
            "session.started",
            "session.sudo",
            "plan.changed",
            "session.started",
            "session.ended"
        ]
    );
}

#[test]
fn list_200_pages_of_the_own_tenant() {
    let app = TestApp::start();
    app.add_tenant("other", Plan::Starter);
    let owner = app.sign_in(Role::Owner).with_sudo();
    Session::sign_in(&app, "owner@other.test");
    for name in ["a", "b", "c"] {
        owner.create_key(
            &json!({"name": name, "environment": "live", "permissions": ["contacts:read"]}),
        );
    }
    let (mut path, mut names) = (format!("{LOG}?limit=2"), Vec::new());
    loop {
        let page = owner.get(&path).expect(200);
        assert_eq!(page["total"], 5);
        for entry in page["data"].as_array().unwrap() {
            names.push(entry["after"]["name"].as_str().unwrap_or("-").to_owned());
            assert!(
                entry["actor"]["email"]
                    .as_str()
                    .unwrap()
                    .ends_with("@acme.test")
            );
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("{LOG}?limit=2&cursor={cursor}");
    }
    assert_eq!(names, ["c", "b", "a", "-", "-"]);
    owner
        .get(&format!("{LOG}?action=key.eaten"))
        .problem(400, "invalid_query");
    owner
        .get(&format!("{LOG}?cursor=x"))
        .problem(400, "invalid_query");
    app.key(&["admin:full"]).get(LOG).expect(200);
    app.key(&["analytics:read"])
        .get(LOG)
        .problem(403, "insufficient_scope");
}
