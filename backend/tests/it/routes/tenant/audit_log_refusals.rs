//! `GET /api/v1/tenant/audit-log`: failed sign-ins and refused requests.

use crate::util::{
    Session, TestApp,
    accounts::{PROXIED, exhaust_guesses, login_from},
    json,
};
use chrono::TimeDelta;
use insta::assert_json_snapshot;
use serde_json::Value;
use shared::{plan::Plan, role::Role};

const LOG: &str = "/api/v1/tenant/audit-log";
const SUDO: &str = "/api/v1/auth/sudo";

/// Returns the owner's audit log entries with this action, newest first.
fn entries(app: &TestApp, owner: &Session<'_>, action: &str) -> Vec<Value> {
    app.flush();
    let page = owner
        .get(&format!("{LOG}?limit=100&action={action}"))
        .expect(200);
    page["data"].as_array().expect("a page has rows").clone()
}

#[test]
fn failed_sign_ins_are_recorded_once_an_hour_with_a_count() {
    let app = TestApp::start_with(PROXIED);
    app.add_tenant("other", Plan::Starter);
    let owner = app.sign_in(Role::Owner);
    exhaust_guesses(&app, "203.0.113.7", "developer@acme.test");
    exhaust_guesses(&app, "2001:db8:1:2::3", "Developer@acme.test");
    exhaust_guesses(&app, "203.0.113.9", "nobody@acme.test");
    exhaust_guesses(&app, "203.0.113.10", "owner@other.test");
    let recorded = entries(&app, &owner, "session.login_failed");
    assert_json_snapshot!(recorded, {"[].id" => "[audit id]"}, @r#"
    [
      {
        "id": "[audit id]",
        "at": "2026-11-18T11:06:40Z",
        "actor": {
          "type": "anonymous",
          "id": "",
          "email": "",
          "address": "2001:db8:1:2::3"
        },
        "action": "session.login_failed",
        "subject_id": "usr_acme_developer",
        "before": null,
        "after": {
          "reason": "wrong_credentials",
          "network": "2001:db8:1:2::",
          "attempts": 1
        }
      },
      {
        "id": "[audit id]",
        "at": "2026-11-18T11:06:40Z",
        "actor": {
          "type": "anonymous",
          "id": "",
          "email": "",
          "address": "203.0.113.7"
        },
        "action": "session.login_failed",
        "subject_id": "usr_acme_developer",
        "before": null,
        "after": {
          "reason": "wrong_credentials",
          "network": "203.0.113.7",
          "attempts": 1
        }
      }
    ]
    "#);
    // The repetitions are recorded at the end of the hour.
    app.advance(TimeDelta::hours(1));
    let recorded = entries(&app, &owner, "session.login_failed");
    assert_eq!(recorded.len(), 4);
    for entry in &recorded[..2] {
        assert_eq!(entry["after"]["attempts"], 9, "{entry}");
    }
    assert!(
        !serde_json::to_string(&recorded)
            .unwrap()
            .contains("wrong\"")
    );
}

#[test]
fn guesses_from_many_networks_do_not_fill_the_log() {
    let app = TestApp::start_with(PROXIED);
    let owner = app.sign_in(Role::Owner);
    for network in 0..40 {
        let from = format!("203.0.113.{network}");
        login_from(&app, &from, "member@acme.test", "wrong", None)
            .problem(401, "wrong_credentials");
    }
    assert_eq!(entries(&app, &owner, "session.login_failed").len(), 20);
    app.advance(TimeDelta::hours(1));
    let recorded = entries(&app, &owner, "session.login_failed");
    assert_eq!(recorded.len(), 21);
    assert_eq!(recorded[0]["after"]["attempts"], 20);
}

#[test]
fn wrong_sudo_passwords_and_refused_calls_are_recorded() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    let member = app.sign_in(Role::Member);
    for _ in 0..3 {
        member
            .post(SUDO, &json!({"password": "not my password"}))
            .problem(403, "wrong_password");
        member
            .get("/api/v1/platform/api-keys")
            .problem(403, "insufficient_role");
    }
    // The role may not change anything, but the session is valid.
    let foreign = app
        .request("POST", "/api/v1/auth/logout")
        .header("Cookie", &format!("pm_session={}", member.token))
        .header("Origin", "https://evil.example");
    foreign.send().problem(403, "cross_site_request");
    // A request for the password is not recorded as a refusal.
    let form = json!({"name": "a", "environment": "live", "permissions": ["contacts:read"]});
    owner
        .post("/api/v1/platform/api-keys", &form)
        .problem(403, "sudo_required");
    let sudo = entries(&app, &owner, "session.sudo_failed");
    assert_json_snapshot!(sudo, {"[].id" => "[audit id]"}, @r#"
    [
      {
        "id": "[audit id]",
        "at": "2026-11-18T11:06:40Z",
        "actor": {
          "type": "user",
          "id": "usr_acme_member",
          "email": "member@acme.test",
          "address": "127.0.0.1"
        },
        "action": "session.sudo_failed",
        "subject_id": "usr_acme_member",
        "before": null,
        "after": {
          "reason": "wrong_password",
          "network": "127.0.0.1",
          "attempts": 1
        }
      }
    ]
    "#);
    let refused = entries(&app, &owner, "session.call_refused");
    assert_json_snapshot!(refused, {"[].id" => "[audit id]"}, @r#"
    [
      {
        "id": "[audit id]",
        "at": "2026-11-18T11:06:40Z",
        "actor": {
          "type": "user",
          "id": "usr_acme_member",
          "email": "member@acme.test",
          "address": "127.0.0.1"
        },
        "action": "session.call_refused",
        "subject_id": "usr_acme_member",
        "before": null,
        "after": {
          "reason": "cross_site_request",
          "network": "127.0.0.1",
          "attempts": 1
        }
      },
      {
        "id": "[audit id]",
        "at": "2026-11-18T11:06:40Z",
        "actor": {
          "type": "user",
          "id": "usr_acme_member",
          "email": "member@acme.test",
          "address": "127.0.0.1"
        },
        "action": "session.call_refused",
        "subject_id": "usr_acme_member",
        "before": null,
        "after": {
          "reason": "insufficient_role",
          "network": "127.0.0.1",
          "attempts": 1
        }
      }
    ]
    "#);
}
